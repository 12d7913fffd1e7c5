//! The guards of a journey: every name resolved, every value of the type that was declared.

use std::fmt::Arguments;

use super::{Compiler, MOST_ATTRIBUTES};
use crate::contact::MOST_KEPT;
use crate::journey::fault::{Declared, FaultKind};
use crate::journey::guard::{AttributeTest, Comparison, Guard, Queued, Test, Unanswered};
use crate::journey::plan::Check;
use crate::journey::spec::SignalKindSpec;
use crate::name::{EffectName, Purpose};
use crate::signal::ValueType;

impl Compiler<'_> {
    pub(super) fn guard(
        &mut self,
        path: Arguments<'_>,
        guard: &Guard,
        signal: Option<&SignalKindSpec>,
    ) -> Check {
        match guard.test() {
            Test::All(guards) => Check::All(self.guards(format_args!("{path}.all"), guards, signal)),
            Test::Any(guards) => Check::Any(self.guards(format_args!("{path}.any"), guards, signal)),
            Test::Not(guard) => Check::Not(Box::new(self.guard(format_args!("{path}.not"), guard, signal))),
            Test::Stage(stage) => Check::Stage(self.stage(format_args!("{path}.stage"), stage)),
            Test::Count(count) => {
                let kind =
                    self.kind(format_args!("{path}.count.kind"), count.kind.name()).unwrap_or_default();
                let within = count.within.is_some();
                self.countable(format_args!("{path}.count.at_least"), count.at_least, within);
                let within = count.within.map(crate::journey::Span::as_delta);
                Check::Count { kind, at_least: count.at_least, within }
            }
            Test::Recency(recency) => {
                let kind = self.kind(format_args!("{path}.recency.kind"), recency.kind.name());
                Check::Recency { kind: kind.unwrap_or_default(), within: recency.within.as_delta() }
            }
            Test::Unanswered(Unanswered { kind, by }) => {
                let kind = self.kind(format_args!("{path}.unanswered.kind"), kind.name());
                if by.is_empty() {
                    self.fault(format_args!("{path}.unanswered.by"), FaultKind::NoAnswer);
                }
                let answers = by.iter().enumerate().map(|(at, by)| {
                    self.kind(format_args!("{path}.unanswered.by[{at}]"), by.name()).unwrap_or_default()
                });
                Check::Unanswered { by: answers.collect(), kind: kind.unwrap_or_default() }
            }
            Test::NotOlderThan(kind) => {
                let kind = self.kind(format_args!("{path}.not_older_than"), kind.name());
                Check::NotOlderThan { kind: kind.unwrap_or_default() }
            }
            Test::Queued(queued) => {
                self.queued(path, queued);
                Check::Queued(queued.clone())
            }
            Test::Attribute(test) => {
                self.attribute(path, test, signal);
                Check::Attribute { name: test.name.clone(), is: test.is, value: test.value.clone() }
            }
            Test::Consent(need) => Check::Consent(self.need(format_args!("{path}.consent"), need.parts())),
        }
    }

    fn guards(
        &mut self,
        path: Arguments<'_>,
        guards: &[Guard],
        signal: Option<&SignalKindSpec>,
    ) -> Vec<Check> {
        let guards = guards.iter().enumerate();
        guards.map(|(at, guard)| self.guard(format_args!("{path}[{at}]"), guard, signal)).collect()
    }

    fn queued(&mut self, path: Arguments<'_>, queued: &Queued) {
        let Queued { effect, purpose, at_least, within } = queued;
        if effect.is_some() == purpose.is_some() {
            self.fault(format_args!("{path}.queued"), FaultKind::QueuedOfWhat);
        }
        let rules = self.spec.rules.iter();
        let effects = rules.flat_map(|rule| &rule.effects).map(|effect| effect.name.name());
        if let Some(unknown) = effect.as_ref().map(EffectName::name) {
            if effects.clone().all(|effect| effect != unknown) {
                self.unknown(format_args!("{path}.queued.effect"), Declared::Effect, unknown, effects);
            }
        }
        if let Some(unknown) = purpose.as_ref().filter(|purpose| !self.purposes.contains_key(purpose)) {
            let names = self.spec.catalogue.purposes.iter().map(Purpose::name);
            self.unknown(format_args!("{path}.queued.purpose"), Declared::Purpose, unknown.name(), names);
        }
        self.countable(format_args!("{path}.queued.at_least"), *at_least, within.is_some());
    }

    /// What can be counted: something, and within a time no more than a contact keeps.
    fn countable(&mut self, path: Arguments<'_>, at_least: u32, within: bool) {
        if at_least == 0 {
            self.fault(path, FaultKind::CountZero);
        }
        if within && at_least > u32::from(MOST_KEPT) {
            self.fault(path, FaultKind::CountTooLarge { most: MOST_KEPT });
        }
    }

    fn attribute(&mut self, path: Arguments<'_>, test: &AttributeTest, signal: Option<&SignalKindSpec>) {
        let Some(signal) = signal.filter(|signal| signal.attributes.len() <= MOST_ATTRIBUTES) else {
            return; // the unknown kind, or the long list, is reported already
        };
        let Some(declared) = signal.attributes.iter().find(|declared| declared.name == test.name) else {
            let names = signal.attributes.iter().map(|declared| &declared.name);
            return self.unknown(
                format_args!("{path}.attribute.name"),
                Declared::Attribute,
                &test.name,
                names,
            );
        };
        let (declared, found) = (declared.value_type, test.value.value_type());
        if declared != found {
            let name = test.name.clone();
            self.fault(
                format_args!("{path}.attribute.value"),
                FaultKind::ValueType { name, declared, found },
            );
        } else if found == ValueType::Bool && !matches!(test.is, Comparison::Equal | Comparison::NotEqual) {
            self.fault(format_args!("{path}.attribute.is"), FaultKind::BoolOrder);
        }
    }
}
