//! Rules that fire on a go of consent: the kinds of signals that tell of one, and what the go must be.

use super::Compiler;
use crate::consent::ActKind;
use crate::journey::fault::Declared;
use crate::journey::guard::Comparison;
use crate::journey::plan::{Check, Kind};
use crate::journey::spec::AttributeSpec;
use crate::journey::trigger::Given;
use crate::name::{Channel, Name, Purpose, Recipient};
use crate::signal::{Value, ValueType};

/// What a signal that tells of an act carries.
pub(super) fn attributes() -> Vec<AttributeSpec> {
    let text = |name| AttributeSpec { name: Name::known(name), value_type: ValueType::Text };
    ["purpose", "channel", "recipient"].map(text).into()
}

impl Compiler<'_> {
    /// The kinds of signals that tell of the acts which rules fire on.
    pub(super) fn act_kinds(&mut self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = Vec::new();
        for rule in &self.spec.rules {
            let Some((act, _)) = rule.on.act() else { continue };
            let name = rule.on.kind().name().clone();
            if kinds.iter().all(|kind| kind.name != name) {
                self.act_places.push((act, self.kind_places.len().saturating_add(kinds.len())));
                let word = self.vocabulary.word(&name);
                kinds.push(Kind {
                    name,
                    word,
                    admission: Vec::new(),
                    attributes: attributes(),
                    act: Some(act),
                    anywhere: Vec::new(),
                    from: Vec::new(),
                });
            }
        }
        kinds
    }

    /// What an act must be for a rule to fire on it, as checks of the signal that tells of it.
    pub(super) fn given(&mut self, at: usize, given: &Given) -> Vec<Check> {
        let Given { purpose, channel, recipient } = given;
        if let Some(unknown) = purpose.as_ref().filter(|purpose| !self.purposes.contains_key(purpose)) {
            let names = self.spec.catalogue.purposes.iter().map(Purpose::name);
            self.unknown(format_args!("rules[{at}].on.purpose"), Declared::Purpose, unknown.name(), names);
        }
        if let Some(unknown) = channel.as_ref().filter(|channel| !self.channels.contains_key(channel)) {
            let names = self.spec.catalogue.channels.iter().map(|channel| channel.name.name());
            self.unknown(format_args!("rules[{at}].on.channel"), Declared::Channel, unknown.name(), names);
        }
        if !self.recipients.contains_key(recipient) {
            let names = self.spec.catalogue.recipients.iter().map(Recipient::name);
            self.unknown(
                format_args!("rules[{at}].on.recipient"),
                Declared::Recipient,
                recipient.name(),
                names,
            );
        }
        let parts = [
            ("purpose", purpose.as_ref().map(Purpose::name)),
            ("channel", channel.as_ref().map(Channel::name)),
            ("recipient", Some(recipient.name())),
        ];
        let is = |(part, name): (&'static str, Option<&Name>)| {
            let (name, value) = (Name::known(part), Value::Text(name?.clone()));
            Some(Check::Attribute { name, is: Comparison::Equal, value })
        };
        parts.into_iter().filter_map(is).collect()
    }

    pub(super) fn act_place(&self, act: ActKind) -> Option<u16> {
        let place = self.act_places.iter().find(|(kind, _)| *kind == act).map(|(_, place)| *place)?;
        u16::try_from(place).ok()
    }
}
