//! Acts for generated histories: mostly grants, so that a fair share of questions is answered yes.

use super::generate::{Draft, contact, instant, reach, scope};
use super::neutral::{Deed, Instant, LiftKind, Line, StopKind};
use super::say;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Any act, one in four with the instant at which it was recorded.
pub fn act(of: usize) -> BoxedStrategy<Draft> {
    let line = prop_oneof![
        124 => grant(of), 30 => stop(of), 24 => lift(of),
        1 => (contact(of), instant()).prop_map(|(contact, at)| say::act("", &contact, at, Deed::Erase))
    ];
    let line = (line, recorded()).prop_map(|(line, recorded)| Draft::Line(line.recorded_at(recorded)));
    let named = || (weighted(0.2, contact(of)), instant(), recorded(), any::<Index>());
    let confirm = named().prop_map(|(by, at, recorded, which)| Draft::Confirm { by, at, recorded, which });
    let void = named().prop_map(|(by, at, recorded, which)| Draft::Void { by, at, recorded, which });
    prop_oneof![180 => line, 22 => confirm, 9 => void].boxed()
}

fn recorded() -> BoxedStrategy<Option<Instant>> {
    weighted(0.25, instant()).boxed()
}

/// A stop on one scope, or a wide one; some only about their address.
pub fn stop(of: usize) -> BoxedStrategy<Line> {
    let kind = prop_oneof![
        4 => Just(StopKind::Withdraw), 3 => Just(StopKind::Refuse), 2 => Just(StopKind::Object),
        2 => Just(StopKind::Restrict), 4 => Just(StopKind::Pause { until: say::t(0) })
    ];
    (contact(of), instant(), kind, 1..9_i64, reach(), prop::bool::weighted(0.2))
        .prop_map(|(contact, at, kind, lasts, reach, only)| {
            let pause = matches!(kind, StopKind::Pause { .. });
            let kind = if pause { StopKind::Pause { until: at.plus(lasts) } } else { kind };
            say::act("", &contact, at, Deed::Stop { kind, reach, only })
        })
        .boxed()
}

fn lift(of: usize) -> BoxedStrategy<Line> {
    let kind = select(vec![LiftKind::Unobject, LiftKind::Unrestrict]);
    (contact(of), instant(), kind, scope())
        .prop_map(|(contact, at, kind, scope)| say::act("", &contact, at, Deed::Lift { kind, scope }))
        .boxed()
}

/// A grant with or without an end, a few of them to be confirmed, a few that begin later.
fn grant(of: usize) -> BoxedStrategy<Line> {
    let later = || 1..10_i64;
    let parts = (weighted(0.12, 0..5_i64), weighted(0.4, later()), weighted(0.2, later()));
    (contact(of), instant(), scope(), parts)
        .prop_map(|(contact, at, scope, (begins, until, confirm_by))| {
            let begins = begins.map(|seconds| at.plus(seconds));
            let until = until.map(|seconds| begins.unwrap_or(at).plus(seconds));
            let confirm_by = confirm_by.map(|seconds| at.plus(seconds));
            say::act("", &contact, at, Deed::Grant { scope, begins, until, confirm_by })
        })
        .boxed()
}

/// What most contacts have before anything else happens: a grant for the most usual scope.
pub fn grant_of_old(of: usize) -> BoxedStrategy<Draft> {
    (contact(of), 0..3_i64)
        .prop_map(|(contact, at)| Draft::Line(say::grant("", &contact, at, &say::scope("news", "email"))))
        .boxed()
}
