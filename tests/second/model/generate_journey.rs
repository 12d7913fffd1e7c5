//! Journeys for generated histories: rules, admissions, sustains, and the lines that ask about them.

use super::generate::{Draft, contact, instant, now, scope, within};
use super::neutral::{Line, Scope};
use super::say;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Stages from low to high; the `else` of a sustain line is lower than its stage, so there is no circle.
const STAGES: [&str; 5] = ["lost", "none", "fan", "customer", "ambassador"];
/// The stages that may have a sustain line, by their place in [`STAGES`].
const SUSTAINED: [usize; 4] = [0, 2, 3, 4];
const KINDS: [&str; 4] = ["like", "buy", "praise", "quit"];

/// Rules first, then what admits and sustains.
pub fn journey() -> BoxedStrategy<Vec<Draft>> {
    (vec(rule(), 3..7), vec(journey_part(), 0..6))
        .prop_map(|(rules, parts)| rules.into_iter().chain(parts).map(Draft::Line).collect())
        .boxed()
}

/// A signal, a send, a question for a stage, or one more line of the journey itself.
pub fn journey_line(of: usize) -> BoxedStrategy<Draft> {
    let signal =
        (contact(of), instant(), select(KINDS.to_vec()), 0..8_i64).prop_map(|(contact, at, kind, late)| {
            let now = at.plus(late);
            Draft::Line(Line::Signal { id: String::new(), contact, at, kind: kind.into(), now })
        });
    let send = (prop_oneof![now(), instant()], any::<Index>(), weighted(0.15, any::<Index>()))
        .prop_map(|(now, which, astray)| Draft::Send { now, which, astray });
    let stage = (contact(of), weighted(0.6, now()))
        .prop_map(|(contact, now)| Draft::Line(Line::Stage { id: String::new(), contact, now }));
    prop_oneof![8 => signal, 6 => send, 4 => stage, 1 => journey_part().prop_map(Draft::Line)].boxed()
}

fn journey_part() -> BoxedStrategy<Line> {
    let admission = (select(KINDS.to_vec()), needs()).prop_map(|(on, needs)| Line::Admission {
        id: String::new(),
        on: on.into(),
        needs,
    });
    let sustain = (select(SUSTAINED.to_vec()), any::<Index>(), needs()).prop_map(|(stage, lower, needs)| {
        // Below the lowest stage there is only the absence of one.
        let otherwise = if stage == 0 { "none" } else { STAGES[lower.index(stage)] };
        Line::Sustain { id: String::new(), stage: STAGES[stage].into(), needs, otherwise: otherwise.into() }
    });
    prop_oneof![4 => rule(), 1 => admission, 6 => sustain].boxed()
}

/// Mostly one scope.
fn needs() -> BoxedStrategy<Vec<Scope>> {
    prop_oneof![3 => vec(scope(), 1), 1 => vec(scope(), 2..4)].boxed()
}

fn rule() -> BoxedStrategy<Line> {
    let stage = || select(STAGES.to_vec());
    let occasion = (weighted(0.4, within()), weighted(0.5, vec(stage(), 1..3)));
    let moves = (weighted(0.4, stage()), weighted(0.9, stage()));
    (select(KINDS.to_vec()), moves, needs(), occasion)
        .prop_map(|(on, (from, to), needs, (within, still))| {
            let rule = say::rule("", on, from, to, &needs);
            let Line::Rule { id, on, needs, emit, from, to, .. } = rule else {
                return rule;
            };
            let still = still.map(|stages| stages.into_iter().map(str::to_owned).collect());
            Line::Rule { id, on, needs, emit, from, to, within, still }
        })
        .boxed()
}
