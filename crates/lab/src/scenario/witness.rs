//! A history as a scenario: what happened, in words that can be pasted into a file, and what follows at its end.

use placet::{
    Entry, Identity, Journey,
    entry::Body,
    name::{Name, SignalKind},
};

use super::play::{Nobody, play};
use super::what::{Arrives, What};
use super::{Scenario, Scenarios, Step, Then};

/// The history of one contact as a scenario that holds: all that happened is given, and what follows from the last of it
/// is looked at. `None` of a history that scenarios cannot tell: of several contacts, or with a signal before the last that
/// was not admitted.
pub(crate) fn scenario(journey: &Journey, name: Name, history: &[Entry]) -> Option<Scenarios> {
    let mut told = Scenario::named(name);
    for entry in history {
        match entry.body() {
            Body::Opened(opened) => told = known(told, opened.identity())?,
            Body::Linked(identity) => told = known(told, identity)?,
            Body::Act(act) => {
                let what = What::of_act(act, called(&told, act.identity()))?;
                told = told.given(act.acted(), what);
            }
            Body::Signal(admitted) => {
                let spec = admitted.signal();
                // What tells of an act follows from the act.
                if tells_of_an_act(&spec.kind) {
                    continue;
                }
                let arrives = Arrives::of(spec, called(&told, Some(&spec.identity)), admitted.now());
                told = told.given(spec.at, arrives);
            }
            _ => return None,
        }
    }
    let Some(Step::Given(last)) = told.steps.pop() else { return None };
    let open = Scenarios::of(vec![told.clone().when(last.at, last.what.clone(), Then::nothing())]);
    let suite = open.compile(journey).ok()?;
    let (_, ready) = suite.scenarios().next()?;
    let (mut then, mut admitted, count) = (Then::nothing(), true, told.steps.len());
    let mut step = 0_usize;
    let look = |ran: super::play::Ran<'_>, _: &mut Nobody| {
        admitted &= step >= count || ran.got.not_admitted.is_none();
        step = step.saturating_add(1);
        then = ran.got;
        true
    };
    play(journey, ready, &mut Nobody, look).ok()?;
    admitted.then(|| Scenarios::of(vec![told.when(last.at, last.what, then)]))
}

fn tells_of_an_act(kind: &SignalKind) -> bool {
    kind.as_str().starts_with("act:")
}

/// With one more identity, called by its kind and number.
fn known(told: Scenario, identity: &Identity) -> Option<Scenario> {
    let number = told.identities.len().saturating_add(1);
    let name = Name::new(&format!("address-{number}")).ok()?;
    Some(told.identity(name, identity.clone()))
}

/// What an identity is called; nothing where there is only one.
fn called(told: &Scenario, identity: Option<&Identity>) -> Option<Name> {
    let identity = identity.filter(|_| told.identities.len() > 1)?;
    told.identities.iter().find(|known| known.identity == *identity).map(|known| known.name.clone())
}
