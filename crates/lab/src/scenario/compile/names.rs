//! The names in a scenario: each must be declared, by the journey or by the scenario itself.

use placet::{
    Reason, Recipient, Scope, Stage,
    name::{NO_STAGE, Name, SELF},
};

use super::{Compiler, On};
use crate::scenario::fault::{FaultKind, Known};
use crate::scenario::near::nearest;
use crate::scenario::then::{Then, speaks_of_a_scope};
use crate::scenario::what::What;

/// So many faults come with the name that may have been meant.
const MOST_GUESSES: usize = 100;

impl<'s> Compiler<'s> {
    pub(super) fn then(&mut self, path: &str, what: &What, then: &Then, on: &On<'s>) {
        let signals = then.not_admitted.is_some() || then.moves_to.is_some();
        let signals = signals || !then.queues.is_empty() || !then.refuses.is_empty();
        let releases = !then.sends.is_empty() || !then.drops.is_empty();
        let no_trace = Then { not_admitted: None, ..then.clone() }.is_quiet();
        match what {
            What::Signal(_) if then.not_admitted.is_some() && !no_trace => self.fault(path, FaultKind::Trace),
            What::Signal(_) if releases => self.fault(path, FaultKind::OnlyReleases),
            What::Signal(_) => {}
            // A rule can fire on a go. Whether it is admitted is no question: it is on file.
            What::Grant(_) | What::Confirm(_) if !releases && then.not_admitted.is_none() => {}
            _ if signals => self.fault(path, FaultKind::OnlySignals),
            What::Release(_) => {}
            _ if releases => self.fault(path, FaultKind::OnlyReleases),
            _ if then.stands_at.is_none() => self.fault(path, FaultKind::SaysNothing),
            _ => {}
        }
        for (stage, field) in [(&then.moves_to, "moves_to"), (&then.stands_at, "stands_at")] {
            if let Some(stage) = stage {
                self.stage(&format!("{path}.{field}"), stage);
            }
        }
        if let Some(no) = &then.not_admitted {
            self.refused(&format!("{path}.not_admitted"), no.because, no.scope.as_ref(), true);
        }
        let spec = self.spec;
        let effects = spec.rules.iter().flat_map(|rule| &rule.effects).map(|effect| effect.name.name());
        let names = on.scenario.identities.iter().map(|known| &known.name);
        for (list, field) in [(&then.queues, "queues"), (&then.sends, "sends")] {
            for (at, yes) in list.iter().enumerate() {
                let path = format!("{path}.{field}[{at}]");
                self.known(&format!("{path}.effect"), Known::Effect, yes.effect.name(), effects.clone());
                if let Some(to) = &yes.to {
                    self.known(&format!("{path}.to"), Known::Identity, to, names.clone());
                }
            }
        }
        for (list, field) in [(&then.refuses, "refuses"), (&then.drops, "drops")] {
            for (at, no) in list.iter().enumerate() {
                let path = format!("{path}.{field}[{at}]");
                self.known(&format!("{path}.effect"), Known::Effect, no.effect.name(), effects.clone());
                self.refused(&path, no.because, no.scope.as_ref(), field == "refuses");
            }
        }
    }

    /// A reason, and a scope beside it: a signal is never refused for what only a release looks at, and a release that
    /// looks at the occasion looks at no scope.
    fn refused(&mut self, path: &str, reason: Reason, scope: Option<&Scope>, signal: bool) {
        if signal && reason.is_of_release() {
            self.fault(format!("{path}.because"), FaultKind::OnlyOfReleases { reason });
        } else if scope.is_some() && !speaks_of_a_scope(reason) {
            self.fault(format!("{path}.scope"), FaultKind::NoScope { reason });
        }
        if let Some(scope) = scope {
            self.scope(&format!("{path}.scope"), scope);
        }
    }

    pub(super) fn stage(&mut self, path: &str, stage: &Stage) {
        let none = NO_STAGE;
        let stages = self.spec.stages.iter().map(|stage| stage.name.name());
        self.known(path, Known::Stage, stage.name(), stages.chain([none.name()]));
    }

    pub(super) fn scope(&mut self, path: &str, scope: &Scope) {
        let (purpose, channel) = (scope.purpose().name(), scope.channel().name());
        self.parts(path, Some(purpose), Some(channel), Some(scope.recipient()));
    }

    pub(super) fn parts(
        &mut self,
        path: &str,
        purpose: Option<&Name>,
        channel: Option<&Name>,
        recipient: Option<&Recipient>,
    ) {
        let catalogue = &self.spec.catalogue;
        if let Some(purpose) = purpose {
            let names = catalogue.purposes.iter().map(|purpose| purpose.name());
            self.known(&format!("{path}.purpose"), Known::Purpose, purpose, names);
        }
        if let Some(channel) = channel {
            let names = catalogue.channels.iter().map(|channel| channel.name.name());
            self.known(&format!("{path}.channel"), Known::Channel, channel, names);
        }
        if let Some(recipient) = recipient {
            let itself = SELF;
            let names = catalogue.recipients.iter().map(|recipient| recipient.name());
            self.known(
                &format!("{path}.recipient"),
                Known::Recipient,
                recipient.name(),
                names.chain([itself.name()]),
            );
        }
    }

    /// A name that must be one of these.
    pub(super) fn known<'n>(
        &mut self,
        path: &str,
        what: Known,
        name: &Name,
        declared: impl Iterator<Item = &'n Name> + Clone,
    ) {
        if declared.clone().all(|other| other != name) {
            // Whoever has so many faults already is not helped by a guess, and a hostile file costs no more for it.
            let near = if self.faults.len() < MOST_GUESSES {
                nearest(name.as_str(), declared.map(Name::as_str))
            } else {
                None
            };
            let nearest = near.and_then(|text| Name::new(text).ok());
            self.fault(path, FaultKind::Unknown { what, name: name.clone(), nearest });
        }
    }
}
