//! What was decided: a value for one version of one contact, to look at, to commit, or to take apart.

use std::sync::Arc;

use thiserror::Error;

use super::ask::{Answer, View};
use super::few::Few;
use crate::contact::{Admitted, Body, Contact, Entry, Moved, Person, RefusedEffect, Seat};
use crate::event::QueuedEvent;
use crate::journey::{Compiled, Effect, Journey, Place, Rule};
use crate::ledger::{Act, Ask, AskKey, Reason, Remedy};
use crate::refusal::Refusal;
use crate::signal::Signal;
use crate::vocab::{ContactId, EffectName, Instant, RuleName, Scope, Stage};

/// The decision about one signal: owned, `'static` and `Send`. Names, events and entries are made on demand.
#[must_use = "a decision changes nothing until it is committed"]
#[derive(Debug, Clone)]
pub struct Decision {
    journey: Arc<Compiled>,
    signal: Signal,
    contact: ContactId,
    version: u64,
    /// Of how many contacts the person was made.
    size: usize,
    now: Instant,
    outcome: Outcome,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    /// Nothing of the signal is kept (S26).
    Unadmitted { scope: Scope, seat: Seat, refusal: Refusal },
    /// At most one rule was taken (S19), which may have moved the held stage.
    Admitted { rule: Option<u16>, moved: Option<(Place, Place)>, effects: Few<EffectAnswer> },
}

#[derive(Debug, Clone)]
pub(super) enum EffectAnswer {
    Queued,
    Refused { scope: Scope, seat: Seat, refusal: Refusal },
}

/// The contact has moved on since the decision was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the contact has moved on since this decision was made: load it again and decide again")]
pub struct Stale;

/// What a backend stores in one transaction: entries under the version expected, queued events under their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The version that the contact must still have.
    pub version: u64,
    /// What to append to its journal. Empty for an unadmitted signal, which leaves no trace.
    pub entries: Vec<Entry>,
    /// What to put in the outbox, each under its [`EventKey`](crate::EventKey).
    pub queued: Vec<QueuedEvent>,
}

/// A move to another stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition<'d> {
    from: Option<&'d Stage>,
    to: Option<&'d Stage>,
}

impl<'d> Transition<'d> {
    /// The stage held before; `None` for no stage.
    #[must_use]
    pub fn from(&self) -> Option<&'d Stage> {
        self.from
    }

    /// The stage held now; `None` for no stage.
    #[must_use]
    pub fn to(&self) -> Option<&'d Stage> {
        self.to
    }
}

/// A need that was refused: what was asked for, why, and what would cure it.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'d> {
    scope: &'d Scope,
    seat: Seat,
    refusal: Refusal,
}

impl<'d> Refused<'d> {
    /// What was asked for.
    #[must_use]
    pub fn scope(&self) -> &'d Scope {
        self.scope
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.refusal.reason()
    }

    /// The refusal itself.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// The act that caused it.
    #[must_use]
    pub fn cause<'a>(&self, contact: impl Into<Person<'a>>) -> Option<Act> {
        self.refusal.cause(contact.into().member(self.seat)?.ledger())
    }

    /// The fewest acts that would turn it.
    #[must_use]
    pub fn remedy<'a>(&self, contact: impl Into<Person<'a>>) -> Remedy {
        let person = contact.into();
        let ledger = person.member(self.seat).unwrap_or(person.named()).ledger();
        let key = AskKey { scope: ledger.lexicon().key(self.scope), slot: self.seat.slot };
        ledger.remedy_of(key, self.scope, self.refusal.at())
    }
}

impl Decision {
    pub(super) fn new(
        journey: &Journey,
        person: Person<'_>,
        signal: &Signal,
        now: Instant,
        outcome: Outcome,
    ) -> Decision {
        Decision {
            journey: Arc::clone(journey.compiled()),
            signal: signal.clone(),
            contact: person.id().clone(),
            version: person.version(),
            size: person.size(),
            now,
            outcome,
        }
    }

    /// The instant that it was made for.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The version of the contact that it was made for.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The first need of admission that was refused; `None` where the signal was admitted.
    #[must_use]
    pub fn unadmitted(&self) -> Option<Refused<'_>> {
        match &self.outcome {
            Outcome::Unadmitted { scope, seat, refusal } => {
                Some(Refused { scope, seat: *seat, refusal: *refusal })
            }
            Outcome::Admitted { .. } => None,
        }
    }

    /// The rule that was taken.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleName> {
        self.taken().map(|(_, rule, _)| &rule.name)
    }

    /// The move of the held stage, if there is one.
    #[must_use]
    pub fn transition(&self) -> Option<Transition<'_>> {
        let Outcome::Admitted { moved: Some((from, to)), .. } = self.outcome else {
            return None;
        };
        Some(Transition { from: self.journey.stage(from), to: self.journey.stage(to) })
    }

    /// The effects that were permitted, by name. The events are made when the decision is committed.
    pub fn queued(&self) -> impl Iterator<Item = &EffectName> {
        let queued = self.answers().filter(|(_, answer)| matches!(answer, EffectAnswer::Queued));
        queued.map(|(effect, _)| &effect.name)
    }

    /// The effects that were refused, each with the first need that was.
    pub fn refusals(&self) -> impl Iterator<Item = (&EffectName, Refused<'_>)> {
        self.answers().filter_map(|(effect, answer)| match answer {
            EffectAnswer::Queued => None,
            EffectAnswer::Refused { scope, seat, refusal } => {
                Some((&effect.name, Refused { scope, seat: *seat, refusal: *refusal }))
            }
        })
    }

    /// Applies the decision to the contact and hands out what was queued.
    ///
    /// A person of several contacts is kept by a [`Book`](crate::Book), or by a backend that stores [`Decision::parts`].
    ///
    /// # Errors
    /// [`Stale`] where the contact is another one or has moved on; nothing has changed then.
    pub fn commit(&self, contact: &mut Contact) -> Result<Vec<QueuedEvent>, Stale> {
        let person = Person::from(&*contact);
        self.fresh(person)?;
        let queued = self.events(person);
        if self.leaves_a_trace(person) {
            contact.admit(self.signal.kind(), self.signal.at());
            if let Some(moved) = self.transition() {
                contact.hold(moved.to());
            }
            contact.advance(self.entry_count());
        }
        Ok(queued)
    }

    /// Takes the decision apart for a backend that stores entries itself (the embedding recipe in the README).
    ///
    /// # Errors
    /// [`Stale`] where the contact is another one or has moved on.
    pub fn parts<'a>(&self, contact: impl Into<Person<'a>>) -> Result<Parts, Stale> {
        let person = contact.into();
        self.fresh(person)?;
        let queued = self.events(person);
        let entries = if self.leaves_a_trace(person) { self.entries(person, &queued) } else { Vec::new() };
        Ok(Parts { version: self.version, entries, queued })
    }

    pub(crate) fn fresh(&self, person: Person<'_>) -> Result<(), Stale> {
        let fresh =
            (self.version, self.size) == (person.version(), person.size()) && self.contact == *person.id();
        if fresh { Ok(()) } else { Err(Stale) }
    }

    /// An unadmitted signal leaves none (S26), nor does any signal on an erased contact (S12).
    pub(crate) fn leaves_a_trace(&self, person: Person<'_>) -> bool {
        self.unadmitted().is_none() && !person.erased()
    }

    /// How many entries it makes: the signal, the move, the effects.
    pub(crate) fn entry_count(&self) -> u64 {
        let moves = usize::from(self.transition().is_some());
        let entries = self.answers().count().saturating_add(moves).saturating_add(1);
        u64::try_from(entries).unwrap_or(u64::MAX)
    }

    fn taken(&self) -> Option<(u16, &Rule, &Few<EffectAnswer>)> {
        match &self.outcome {
            Outcome::Admitted { rule: Some(place), effects, .. } => {
                Some((*place, self.journey.rule(*place)?, effects))
            }
            _ => None,
        }
    }

    pub(super) fn taken_place(&self) -> Option<u16> {
        self.taken().map(|(place, ..)| place)
    }

    pub(super) fn journey(&self) -> &Compiled {
        &self.journey
    }

    pub(super) fn signal(&self) -> &Signal {
        &self.signal
    }

    fn answers(&self) -> impl Iterator<Item = (&Effect, &EffectAnswer)> {
        self.taken().into_iter().flat_map(|(_, rule, effects)| rule.effects.iter().zip(effects.iter()))
    }

    /// The queued events: the ledger is asked for a permit for every need, and its citation is kept.
    pub(crate) fn events(&self, person: Person<'_>) -> Vec<QueuedEvent> {
        let view = View::new(&self.journey, person, Some(&self.signal.spec().identity), self.now);
        let Some((_, rule, _)) = self.taken() else {
            return Vec::new();
        };
        let queued = self.answers().filter(|(_, answer)| matches!(answer, EffectAnswer::Queued));
        queued
            .filter_map(|(effect, _)| {
                let mut citations = effect.needs.iter().map(|need| {
                    let Answer::Permitted { seat, .. } = view.ask(need) else {
                        return None;
                    };
                    let identity = person.identity(seat)?;
                    let ask = Ask::new(view.scope(need, identity)?, identity.clone());
                    Some(person.member(seat)?.ledger().permit(&ask, self.now).ok()?.cite().clone())
                });
                Some(QueuedEvent {
                    contact: self.contact.clone(),
                    signal: self.signal.id().clone(),
                    rule: rule.name.clone(),
                    effect: effect.name.clone(),
                    addressing: citations.next()??,
                    further: citations.collect::<Option<Vec<_>>>()?,
                })
            })
            .collect()
    }

    pub(crate) fn entries(&self, person: Person<'_>, queued: &[QueuedEvent]) -> Vec<Entry> {
        let id = person.id();
        let entry = |body| Entry::new(id.clone(), body);
        let mut entries =
            vec![entry(Body::Signal(Admitted { signal: self.signal.spec().clone(), now: self.now }))];
        let Some((_, rule, _)) = self.taken() else {
            return entries;
        };
        if let Some(moved) = self.transition() {
            entries.push(entry(Body::Transition(Moved {
                signal: self.signal.id().clone(),
                rule: rule.name.clone(),
                from: moved.from().cloned(),
                to: moved.to().cloned(),
                at: self.now,
            })));
        }
        let mut queued = queued.iter();
        for (effect, answer) in self.answers() {
            entries.extend(match answer {
                EffectAnswer::Queued => queued.next().map(|event| entry(Body::Queued(event.clone()))),
                EffectAnswer::Refused { scope, seat, refusal } => {
                    let ledger = person.member(*seat).unwrap_or(person.named()).ledger();
                    Some(entry(Body::EffectRefused(RefusedEffect {
                        signal: self.signal.id().clone(),
                        rule: rule.name.clone(),
                        effect: effect.name.clone(),
                        scope: scope.clone(),
                        reason: refusal.reason(),
                        cause: refusal.cause(ledger).map(|act| act.id().clone()),
                        at: self.now,
                    })))
                }
            });
        }
        entries
    }
}
