//! When two journeys cannot be told apart: a sound argument, read off the two specs.

use std::collections::BTreeSet;

use placet::{
    JourneySpec, Stage,
    journey::{RuleSpec, Trigger},
    name::{NO_STAGE, SignalKind},
};

/// Whether no contact, signal, instant or merge tells two journeys apart.
///
/// The argument: the catalogue, the stages and what sustains them, the kinds and what admits them are the same; for
/// every kind of signal and every stage at which a contact can stand, the same rules are tried in the same order, as
/// far as the first that has no guard and so leaves none to be tried behind it (S19); and the rules name the stages
/// that they move to in the same order, which is all that a merge looks at (S23).
pub(super) fn same(one: &JourneySpec, other: &JourneySpec) -> bool {
    let around = |spec: &JourneySpec| {
        (spec.controller.clone(), spec.catalogue.clone(), spec.stages.clone(), spec.signals.clone())
    };
    around(one) == around(other) && order(one) == order(other) && {
        let none = NO_STAGE;
        let stages = one.stages.iter().map(|stage| &stage.name);
        let stages: Vec<&Stage> = stages.filter(|stage| **stage != none).chain([&none]).collect();
        // Those of acts among them, which no spec declares.
        let kinds: BTreeSet<SignalKind> =
            one.rules.iter().chain(&other.rules).map(|rule| rule.on.kind()).collect();
        let cells = kinds.iter().flat_map(|kind| stages.iter().map(move |stage| (kind, *stage)));
        cells.into_iter().all(|(kind, stage)| {
            let tried = |spec| tried(spec, |rule| rule.on.kind() == *kind, stage);
            let alike = |(one, other): (&RuleSpec, &RuleSpec)| {
                (&one.name, &one.on, &one.when, &one.to, &one.effects)
                    == (&other.name, &other.on, &other.when, &other.to, &other.effects)
            };
            let (one, other) = (tried(one), tried(other));
            one.len() == other.len() && one.into_iter().zip(other).all(alike)
        })
    }
}

/// The rules that a signal can come to at a stage.
fn tried<'s>(spec: &'s JourneySpec, on: impl Fn(&RuleSpec) -> bool, stage: &Stage) -> Vec<&'s RuleSpec> {
    let from = |rule: &&RuleSpec| rule.from.as_ref().is_none_or(|from| from.contains(stage));
    let rules = spec.rules.iter().filter(|rule| on(rule)).filter(from);
    let mut last = false;
    let mut tried = Vec::new();
    for rule in rules {
        if !last {
            tried.push(rule);
        }
        // What an act must be is a guard, too.
        last |= rule.when.is_none() && matches!(rule.on, Trigger::Signal(_));
    }
    tried
}

/// The stages that rules move to, by first mention.
fn order(spec: &JourneySpec) -> Vec<&Stage> {
    let mut order = Vec::new();
    for stage in spec.rules.iter().filter_map(|rule| rule.to.as_ref()).filter(|stage| **stage != NO_STAGE) {
        if !order.contains(&stage) {
            order.push(stage);
        }
    }
    order
}
