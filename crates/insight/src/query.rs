//! What guards and terms ask of standing facts (I13).

use std::collections::BTreeSet;

use placet::journey::guard::AttributeTest;
use placet::name::{Name, TimeDelta};
use placet::signal::Value;
use placet::{Instant, SignalSpec};

use crate::fact::{Fact, What};
use crate::plan::{FactCheck, KindPlace, Select};
use crate::profile::Profile;

/// The value that a fact carries under a name.
pub(crate) fn carried<'l>(fact: &Fact<'l>, name: &Name) -> Option<&'l Value> {
    let What::Signal(signal) = fact.what else { return None };
    attribute(signal, name)
}

fn attribute<'l>(signal: &'l SignalSpec, name: &Name) -> Option<&'l Value> {
    signal.attributes.iter().find(|attribute| attribute.name == *name).map(|attribute| &attribute.value)
}

/// Whether a fact carries all of this: one that it does not carry does not hold.
pub(crate) fn carries(fact: &Fact<'_>, tests: &[AttributeTest]) -> bool {
    tests.iter().all(|test| carried(fact, &test.name).is_some_and(|value| test.is.holds(value, &test.value)))
}

/// Whether an instant is within a span: later than now - within, and not later than now.
pub(crate) fn is_within(at: Instant, within: Option<TimeDelta>, now: Instant) -> bool {
    let after = within.and_then(|within| now.checked_sub(within));
    at <= now && after.is_none_or(|after| at > after)
}

/// The facts of a kind, in order.
pub(crate) fn of_kind<'f, 'l>(
    facts: &'f [Fact<'l>],
    kind: KindPlace,
) -> impl DoubleEndedIterator<Item = &'f Fact<'l>> {
    facts.iter().filter(move |fact| fact.kind == Some(kind))
}

impl Select {
    /// The facts that are meant, in order.
    pub(crate) fn of<'f, 'l>(
        &'f self,
        facts: &'f [Fact<'l>],
        now: Instant,
    ) -> impl DoubleEndedIterator<Item = &'f Fact<'l>> {
        let meant =
            move |fact: &&Fact<'l>| is_within(fact.at, self.within, now) && carries(fact, &self.carrying);
        of_kind(facts, self.kind).filter(meant)
    }
}

impl Profile<'_> {
    /// Whether a guard holds, looking at no more than is needed.
    pub(crate) fn holds(&self, check: &FactCheck) -> bool {
        let facts = self.facts();
        let latest = |kind| of_kind(facts, kind).next_back().map(|fact| fact.at);
        match check {
            FactCheck::All(checks) => checks.iter().all(|check| self.holds(check)),
            FactCheck::Any(checks) => checks.iter().any(|check| self.holds(check)),
            FactCheck::Not(check) => !self.holds(check),
            FactCheck::Stage(stage) => self.stage() == stage.as_ref(),
            FactCheck::Consent(need) => self.permits_now(need),
            FactCheck::Count { facts: select, at_least } => {
                let enough = usize::try_from(*at_least).unwrap_or(usize::MAX);
                select.of(facts, self.now()).take(enough).count() >= enough
            }
            FactCheck::Unanswered { kind, by } => {
                let answered = by.iter().filter_map(|by| latest(*by)).max();
                latest(*kind).is_some_and(|asked| answered.is_none_or(|answered| answered < asked))
            }
            FactCheck::Latest { kind, name, is, value } => {
                latest_value(facts, *kind, name).is_some_and(|found| is.holds(found, value))
            }
            FactCheck::Distinct { facts: select, name, at_least } => {
                let values: BTreeSet<&Value> =
                    select.of(facts, self.now()).filter_map(|fact| carried(fact, name)).collect();
                values.len() >= usize::try_from(*at_least).unwrap_or(usize::MAX)
            }
            FactCheck::Score { place, at_least } => {
                self.score_at(*place).is_some_and(|scored| scored.points() >= *at_least)
            }
        }
    }
}

/// The value that the latest fact of a kind carries, of those that carry the attribute.
pub(crate) fn latest_value<'l>(facts: &[Fact<'l>], kind: KindPlace, name: &Name) -> Option<&'l Value> {
    of_kind(facts, kind).rev().find_map(|fact| carried(fact, name))
}
