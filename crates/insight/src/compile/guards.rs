//! The guards of segments and of stated terms.

use std::fmt::Arguments;

use placet::journey::Span;

use super::Compiler;
use crate::fault::InsightFaultKind as Kind;
use crate::guard::{FactGuard, FactTest};
use crate::plan::FactCheck;

impl Compiler<'_> {
    /// A guard under a view, inside a score or not; `None` where a fault in it is reported.
    pub(super) fn guard(
        &mut self,
        path: Arguments<'_>,
        guard: &FactGuard,
        of: (usize, bool),
    ) -> Option<FactCheck> {
        Some(match guard.test() {
            FactTest::All(guards) => FactCheck::All(self.guards(format_args!("{path}.all"), guards, of)),
            FactTest::Any(guards) => FactCheck::Any(self.guards(format_args!("{path}.any"), guards, of)),
            FactTest::Not(guard) => {
                FactCheck::Not(Box::new(self.guard(format_args!("{path}.not"), guard, of)?))
            }
            FactTest::Stage(stage) => FactCheck::Stage(self.stage(format_args!("{path}.stage"), stage)),
            FactTest::Consent(need) => FactCheck::Consent(self.need(&format!("{path}.consent"), need)?),
            FactTest::Count(count) => {
                self.countable(format_args!("{path}.count.at_least"), count.at_least);
                let facts =
                    self.select(format_args!("{path}.count"), &count.kind, &count.carrying, count.within);
                FactCheck::Count { facts, at_least: count.at_least }
            }
            FactTest::Recency(recency) => {
                let within = Some(recency.within);
                let facts = self.select(format_args!("{path}.recency"), &recency.kind, &[], within);
                FactCheck::Count { facts, at_least: 1 }
            }
            FactTest::Unanswered(open) => {
                let (kind, _) = self.kind(format_args!("{path}.unanswered.kind"), &open.kind);
                if open.by.is_empty() {
                    self.fault(format_args!("{path}.unanswered.by"), Kind::Empty);
                }
                let by = open.by.iter().enumerate();
                let by =
                    by.map(|(at, by)| self.kind(format_args!("{path}.unanswered.by[{at}]"), by).0).collect();
                FactCheck::Unanswered { kind, by }
            }
            FactTest::Latest(latest) => {
                let (kind, spec) = self.kind(format_args!("{path}.latest.kind"), &latest.kind);
                let compared = (&latest.name, latest.is, latest.value.value_type());
                self.compared(format_args!("{path}.latest"), spec, compared);
                let (name, value) = (latest.name.clone(), latest.value.clone());
                FactCheck::Latest { kind, name, is: latest.is, value }
            }
            FactTest::Distinct(distinct) => {
                self.countable(format_args!("{path}.distinct.at_least"), distinct.at_least);
                let path = format!("{path}.distinct");
                let facts = self.select(&path, &distinct.kind, &distinct.carrying, distinct.within);
                let spec = self.journey.spec().signals.iter().find(|spec| spec.kind == distinct.kind);
                self.attribute(format_args!("{path}.name"), spec, &distinct.name, None);
                FactCheck::Distinct { facts, name: distinct.name.clone(), at_least: distinct.at_least }
            }
            FactTest::Score(score) => {
                let (view, in_score) = of;
                if in_score {
                    self.fault(format_args!("{path}.score"), Kind::ScoreInScore);
                }
                let place = self.score_place(format_args!("{path}.score.name"), &score.name, view);
                FactCheck::Score { place, at_least: score.at_least }
            }
        })
    }

    fn guards(&mut self, path: Arguments<'_>, guards: &[FactGuard], of: (usize, bool)) -> Vec<FactCheck> {
        let guards = guards.iter().enumerate();
        guards.filter_map(|(at, guard)| self.guard(format_args!("{path}[{at}]"), guard, of)).collect()
    }

    fn countable(&mut self, path: Arguments<'_>, at_least: u32) {
        if at_least == 0 {
            self.fault(path, Kind::CountZero);
        }
    }

    pub(super) fn span(within: Option<Span>) -> Option<placet::name::TimeDelta> {
        within.map(Span::as_delta)
    }
}
