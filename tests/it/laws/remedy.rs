//! A remedy is sound: do what it says, and the refusal becomes a permit. None means erased.

use placet::{Act, ActId, Ask, Confirm, Grant, Instant, Reason, consent::Step};

use super::{Case, case, for_all};
use crate::model::adapter::{identity_of, instant, kept, lift, name, scope_of};
use crate::model::desk::Desk;
use crate::model::generate::acts;
use crate::model::neutral::{LiftKind, Line};

#[test]
fn what_a_remedy_says_turns_the_refusal() {
    for_all(&case(acts()), 1_000, cures);
}

fn cures(case: &Case) -> Result<(), String> {
    let (contact, ask) = (name("c1"), Ask::new(scope_of(&case.scope), identity_of("c1")));
    let mut desk = kept(&case.history[..case.place.index(case.history.len() + 1)]);
    if desk.contact(&contact).is_none() {
        desk.open(&contact, identity_of("c1"));
    }
    let (ledger, now) = (desk.contact(&contact).unwrap().ledger(), instant(case.now));
    let Err(no) = ledger.permit(&ask, now) else {
        return if ledger.remedy(&ask, now).steps().is_empty() {
            Ok(())
        } else {
            Err("cures a permit".into())
        };
    };
    let remedy = no.remedy(&ask, ledger);
    if remedy.steps().is_empty() != (no.reason() == Reason::Erased) {
        return Err(format!("{}: {remedy}", no.reason()));
    }
    // As early as the step allows, or no earlier than now: both must do.
    let earliest = if case.order % 2 == 0 { now } else { "2000-01-01T00:00:00Z".parse().unwrap() };
    let mut done = now;
    for (number, step) in remedy.steps().iter().enumerate() {
        let (act, at) = act_of(step, name(&format!("cure-{number}")), earliest, now);
        done = done.max(at);
        desk.append(&contact, act);
    }
    if remedy.steps().is_empty() || between(&case.history, now, done) {
        return Ok(());
    }
    let after = desk.contact(&contact).unwrap().ledger().refuses(&ask, done);
    after.map_or(Ok(()), |after| Err(format!("{} at {now}, and {after} after: {remedy}", no.reason())))
}

/// The act of a step, at the first instant that it allows and that is not before `earliest`.
fn act_of(step: &Step, id: ActId, earliest: Instant, now: Instant) -> (Act, Instant) {
    let identity = || identity_of("c1");
    let later = |after: Instant| after.checked_add(chrono::TimeDelta::nanoseconds(1)).unwrap().max(earliest);
    match step {
        Step::Link { .. } => unreachable!("the contact has the identity that is asked about"),
        Step::Grant { scope, after } => {
            let at = after.map_or(earliest, later);
            let proof = crate::support::proof();
            (Grant::new(id, scope.clone(), identity(), proof, at, at).unwrap().into(), at)
        }
        Step::Confirm { grant, from, before } => {
            assert!(*from <= now && now < *before);
            let (proof, at) = (crate::support::proof(), earliest.max(*from));
            (Confirm::new(id, grant.clone(), identity(), proof, at, at).unwrap().into(), at)
        }
        Step::Unobject { scope, after } => {
            let at = later(*after);
            (lift(LiftKind::Unobject, id, scope.clone(), identity(), at).into(), at)
        }
        Step::Unrestrict { scope, after } => {
            let at = later(*after);
            (lift(LiftKind::Unrestrict, id, scope.clone(), identity(), at).into(), at)
        }
    }
}

/// Whether something on record begins while a stop that is dated in the future (S6) keeps the cure waiting, or a grant
/// ends in the very instant of the cure.
fn between(history: &[Line], now: Instant, done: Instant) -> bool {
    history.iter().any(|line| match line {
        Line::Grant { at, until, .. } => {
            let ends = until.is_some_and(|until| now < done && instant(until) == done);
            ends || (now < instant(*at) && instant(*at) <= done)
        }
        Line::Confirm { at, .. } | Line::Lift { at, .. } => now < instant(*at) && instant(*at) <= done,
        _ => false,
    })
}
