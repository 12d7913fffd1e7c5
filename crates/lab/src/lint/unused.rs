//! Findings about words that a journey declares and does not use.

use std::collections::BTreeSet;

use placet::journey::guard::Test;
use placet::journey::{Guard, NeedSpec, Trigger, Way};
use placet::name::{Channel, Purpose, Recipient, SignalKind};

use super::explore::Explorer;
use super::finding::{Code, Finding};
use super::kinds;
use crate::guards;

/// What the rules, stages and admissions of a journey speak of.
#[derive(Default)]
struct Used<'j> {
    kinds: BTreeSet<&'j SignalKind>,
    purposes: BTreeSet<&'j Purpose>,
    channels: BTreeSet<&'j Channel>,
    recipients: BTreeSet<&'j Recipient>,
    /// Some need names the network of whoever is asked about.
    own_network: bool,
    /// Some consent is asked for.
    asks: bool,
}

impl<'j> Used<'j> {
    fn need(&mut self, purpose: &'j Purpose, channel: &'j Way, recipient: &'j Recipient) {
        self.asks = true;
        self.purposes.insert(purpose);
        self.recipients.insert(recipient);
        match channel {
            Way::By(channel) => drop(self.channels.insert(channel)),
            Way::OwnNetwork => self.own_network = true,
        }
    }

    fn needs(&mut self, needs: impl IntoIterator<Item = &'j NeedSpec>) {
        for NeedSpec { purpose, channel, recipient } in needs {
            self.need(purpose, channel, recipient);
        }
    }

    fn guard(&mut self, guard: &'j Guard) {
        for (_, part) in guards::parts(String::new(), guard) {
            self.kinds.extend(kinds::named(part));
            match part.test() {
                Test::Queued(queued) => self.purposes.extend(&queued.purpose),
                Test::Consent(need) => self.needs([need]),
                _ => {}
            }
        }
    }

    fn trigger(&mut self, on: &'j Trigger) {
        match on {
            Trigger::Signal(kind) => drop(self.kinds.insert(kind)),
            Trigger::Grant(given) | Trigger::Confirm(given) => {
                self.purposes.extend(&given.purpose);
                self.channels.extend(&given.channel);
                self.recipients.insert(&given.recipient);
            }
        }
    }
}

/// Kinds that are kept of everybody and that no rule looks at; purposes, channels and recipients that nothing asks for;
/// notices where no consent is asked for.
pub(super) fn words(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let spec = explorer.journey.spec();
    let mut used = Used::default();
    for rule in &spec.rules {
        used.trigger(&rule.on);
        rule.when.iter().for_each(|guard| used.guard(guard));
        for effect in &rule.effects {
            used.need(&effect.purpose, &effect.channel, &effect.recipient);
            used.needs(&effect.needs);
            effect.when.iter().for_each(|guard| used.guard(guard));
        }
    }
    spec.stages.iter().flat_map(|stage| &stage.sustain).for_each(|line| used.needs(&line.needs));
    spec.signals.iter().filter_map(|kind| kind.admission.as_ref()).for_each(|needs| used.needs(needs));

    for (at, kind) in spec.signals.iter().enumerate() {
        if kind.admission.is_none() && !used.kinds.contains(&kind.kind) {
            let sentence = format!(
                "`{}` is kept of everybody, and no rule looks at it; let a rule use it, or leave the kind out",
                kind.kind
            );
            findings.push(Finding::new(Code::UnusedKind, format!("signals[{at}]"), sentence));
        }
    }
    let mut unused = |list: &str, at: usize, word: String| {
        let sentence = format!("`{word}` is declared and nothing asks for it; use it, or leave it out");
        findings.push(Finding::new(Code::UnusedWord, format!("catalogue.{list}[{at}]"), sentence));
    };
    let catalogue = &spec.catalogue;
    for (at, purpose) in catalogue.purposes.iter().enumerate() {
        if !used.purposes.contains(purpose) {
            unused("purposes", at, purpose.to_string());
        }
    }
    for (at, channel) in catalogue.channels.iter().enumerate() {
        let by_network = used.own_network && channel.name.network().is_some();
        if !by_network && !used.channels.contains(&channel.name) {
            unused("channels", at, channel.name.to_string());
        }
    }
    for (at, recipient) in catalogue.recipients.iter().enumerate() {
        if !used.recipients.contains(recipient) {
            unused("recipients", at, recipient.to_string());
        }
    }
    for (at, notice) in catalogue.notices.iter().enumerate().filter(|_| !used.asks) {
        unused("notices", at, format!("{} {}", notice.id, notice.version));
    }
}
