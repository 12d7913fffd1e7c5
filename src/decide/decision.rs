//! What was decided: a value for one version of one contact, to look at, to commit, or to take apart.

use thiserror::Error;

use super::ask::View;
use super::few::Few;
use super::refused::{Fate, Permitting, Refused};
use crate::contact::{Admitted, Body, Contact, Entry, Moved, Person, RefusedEffect};
use crate::event::QueuedEvent;
use crate::journey::{Effect, Journey, Need, Place, Plan, Rule};
use crate::name::{ContactId, EffectName, Instant, RuleName, Stage};
use crate::signal::Signal;

/// The decision about one signal: `Send`, and `'static` once it is owned. Names, events and entries are made on demand.
#[must_use = "a decision changes nothing until it is committed"]
#[derive(Debug, Clone)]
pub struct Decision<'d> {
    about: About<'d>,
    /// Of the person that it was made for: the version, and of how many contacts they were made.
    version: u64,
    size: u32,
    now: Instant,
    outcome: Outcome,
}

/// By which journey, and which signal. Borrowed, they cost a decision no more than two references.
#[derive(Debug, Clone)]
enum About<'d> {
    Lent(&'d Journey, &'d Signal),
    Kept(Box<(Journey, Signal)>),
}

impl About<'_> {
    #[inline]
    fn journey(&self) -> &Journey {
        match self {
            About::Lent(journey, _) => journey,
            About::Kept(both) => &both.0,
        }
    }

    #[inline]
    fn signal(&self) -> &Signal {
        match self {
            About::Lent(_, signal) => signal,
            About::Kept(both) => &both.1,
        }
    }
}

/// What became of the signal, by places in the journey.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) taken: Taken,
    /// Whether and where to it moved the held stage.
    pub(super) moved: Option<(Place, Place)>,
    /// What was decided about each effect of the rule that was taken; or what refused the admission.
    pub(super) fates: Few<Fate>,
}

/// Which rule was taken.
#[derive(Debug, Clone, Copy)]
pub(super) enum Taken {
    /// None was tried, since a need of admission was refused: then nothing of the signal is kept (S26).
    Unadmitted,
    /// None of them fits.
    NoRule,
    /// The first that fits (S19).
    Rule(u16),
}

/// The contact has moved on since the decision was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the contact has moved on since this decision was made: load it again and decide again")]
pub struct Stale;

/// What a backend stores in one transaction: entries under the version expected, queued events under their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The version that the person had: of one contact [`Contact::version`], of several the sum of theirs. Where entries
    /// are stored, that is not what to expect of the store: its own count of the entries that were read is.
    pub version: u64,
    /// What to append to its journal. Empty for a signal that leaves no trace: an unadmitted one (S26), and any about a
    /// contact that was erased (S12).
    pub entries: Vec<Entry>,
    /// What to put in the outbox, each under its [`EventKey`](crate::send::EventKey).
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

impl<'d> Decision<'d> {
    #[inline]
    pub(super) fn new(
        journey: &'d Journey,
        signal: &'d Signal,
        view: &View<'_>,
        outcome: Outcome,
    ) -> Decision<'d> {
        let (version, size) = (view.person.version(), view.person.size());
        Decision { about: About::Lent(journey, signal), version, size, now: view.now, outcome }
    }

    /// The same decision, with a journey and a signal of its own: it can be kept and sent to another task.
    pub fn into_owned(self) -> Decision<'static> {
        let about = match self.about {
            About::Lent(journey, signal) => Box::new((journey.clone(), signal.clone())),
            About::Kept(both) => both,
        };
        let Decision { version, size, now, outcome, .. } = self;
        Decision { about: About::Kept(about), version, size, now, outcome }
    }

    /// The instant that it was made for.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The version of the contact that it was made for; of several contacts the sum of theirs.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The first need of admission that was refused; `None` where the signal was admitted.
    #[must_use]
    pub fn unadmitted(&self) -> Option<Refused<'_>> {
        // INVARIANT: a decision is made for a kind of its journey, and refuses a need of that kind.
        let kind = self.plan().kind(self.signal().kind_place())?;
        let refused = self.outcome.fates.get(0).refused().filter(|_| !self.is_admitted());
        refused?.among(&kind.admission, self.now)
    }

    /// The rule that was taken.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleName> {
        self.taken().map(|rule| &rule.name)
    }

    /// The move of the held stage, if there is one.
    #[must_use]
    pub fn transition(&self) -> Option<Transition<'_>> {
        let (from, to) = self.outcome.moved?;
        let journey = self.plan();
        Some(Transition { from: journey.stage(from), to: journey.stage(to) })
    }

    /// The effects that were permitted, by name. The events are made when the decision is committed.
    pub fn queued(&self) -> impl Iterator<Item = &EffectName> {
        self.permitted().map(|(effect, _)| &effect.name)
    }

    /// The effects that were refused, each with the first need that was.
    #[inline]
    pub fn refusals(&self) -> impl Iterator<Item = (&EffectName, Refused<'_>)> {
        self.answers().filter_map(|(effect, fate)| {
            Some((&effect.name, fate.refused()?.among(&effect.needs, self.now)?))
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
        self.keep(contact);
        queued.iter().for_each(|event| contact.queue(event));
        Ok(queued)
    }

    /// Applies the decision to the contact that it was made for, and queues nothing.
    pub(crate) fn keep(&self, contact: &mut Contact) {
        if self.leaves_a_trace(Person::from(&*contact)) {
            self.apply(contact);
            contact.advance(self.entry_count());
        }
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

    /// Keeps the signal and the move.
    #[inline]
    pub(crate) fn apply(&self, contact: &mut Contact) {
        let journey = self.plan();
        let same = contact.ledger().speaks(journey.vocabulary());
        let kind = journey.kind(self.signal().kind_place()).filter(|_| same);
        match kind.and_then(|kind| kind.word) {
            Some(word) => contact.admit_word(word, self.signal().at()),
            None => contact.admit(self.signal().kind(), self.signal().at()),
        }
        if let Some((_, to)) = self.outcome.moved {
            match journey.standing(to).and_then(|standing| standing.word) {
                word @ Some(_) if same => contact.hold_word(word),
                _ => contact.hold(journey.stage(to)),
            }
        }
    }

    #[inline]
    pub(crate) fn fresh(&self, person: Person<'_>) -> Result<(), Stale> {
        let fresh =
            (self.version, self.size) == (person.version(), person.size()) && *self.contact() == *person.id();
        if fresh { Ok(()) } else { Err(Stale) }
    }

    /// An unadmitted signal leaves none (S26), nor does any signal on an erased contact (S12).
    pub(crate) fn leaves_a_trace(&self, person: Person<'_>) -> bool {
        self.is_admitted() && person.erased().is_none()
    }

    /// How many entries it makes: the signal, the move, the effects.
    pub(crate) fn entry_count(&self) -> u64 {
        let effects = self.answers().filter(|(_, fate)| !matches!(fate, Fate::NotAsked));
        let entries =
            effects.count().saturating_add(usize::from(self.outcome.moved.is_some())).saturating_add(1);
        u64::try_from(entries).unwrap_or(u64::MAX)
    }

    #[inline]
    fn is_admitted(&self) -> bool {
        !matches!(self.outcome.taken, Taken::Unadmitted)
    }

    #[inline]
    fn taken(&self) -> Option<&Rule> {
        self.plan().rule(self.taken_place()?)
    }

    #[inline]
    pub(crate) fn taken_place(&self) -> Option<u16> {
        match self.outcome.taken {
            Taken::Rule(place) => Some(place),
            Taken::NoRule | Taken::Unadmitted => None,
        }
    }

    #[inline]
    pub(super) fn plan(&self) -> &Plan {
        self.about.journey().plan()
    }

    /// The signal that was decided.
    #[must_use]
    #[inline]
    pub fn signal(&self) -> &Signal {
        self.about.signal()
    }

    fn contact(&self) -> &ContactId {
        self.signal().contact()
    }

    /// The effects of the rule that was taken, each with what was decided about it.
    #[inline]
    fn answers(&self) -> impl Iterator<Item = (&Effect, Fate)> {
        let effects = self.taken().map(|rule| rule.effects.as_slice()).unwrap_or_default();
        let fate = |place| self.outcome.fates.get(place);
        effects.iter().enumerate().map(move |(place, effect)| (effect, fate(place)))
    }

    fn permitted(&self) -> impl Iterator<Item = (&Effect, Permitting)> {
        self.answers().filter_map(|(effect, fate)| match fate {
            Fate::Permitted(by) => Some((effect, by)),
            Fate::NotAsked | Fate::Refused(_) => None,
        })
    }

    /// The queued events, each with the grants that its needs rest on. The decision is fresh, so that the grants that
    /// it found are the ones that permit now.
    #[inline]
    pub(crate) fn events(&self, person: Person<'_>) -> Vec<QueuedEvent> {
        match self.taken().zip(self.permitted().next()) {
            Some((rule, _)) => self.events_of(rule, person),
            None => Vec::new(),
        }
    }

    #[inline(never)]
    fn events_of(&self, rule: &Rule, person: Person<'_>) -> Vec<QueuedEvent> {
        let view = View::new(self.plan(), &person, Some(&self.signal().spec().identity), self.now);
        let mut queued = Vec::with_capacity(self.permitted().count());
        for (effect, Permitting { seat, way, grant }) in self.permitted() {
            let Some((addressing, further)) = effect.needs.split_first() else { continue };
            let cite = |need: &Need| {
                let answer = view.ask(need);
                view.cite(need, answer.seat, answer.way, answer.outcome.ok()?.place)
            };
            // INVARIANT: what was permitted when it was decided is permitted now: nothing has changed since.
            let Some(further) = further.iter().map(cite).collect() else { continue };
            let Some(addressing) = view.cite(addressing, seat, way, grant) else { continue };
            queued.push(QueuedEvent {
                contact: self.contact().clone(),
                signal: self.signal().id().clone(),
                rule: rule.name.clone(),
                effect: effect.name.clone(),
                addressing,
                further,
            });
        }
        queued
    }

    pub(crate) fn entries(&self, person: Person<'_>, queued: &[QueuedEvent]) -> Vec<Entry> {
        let id = person.id();
        let entry = |body| Entry::new(id.clone(), body);
        let mut entries =
            vec![entry(Body::Signal(Admitted { signal: self.signal().spec().clone(), now: self.now }))];
        let Some(rule) = self.taken() else {
            return entries;
        };
        if let Some(moved) = self.transition() {
            entries.push(entry(Body::Transition(Moved {
                signal: self.signal().id().clone(),
                rule: rule.name.clone(),
                from: moved.from().cloned(),
                to: moved.to().cloned(),
                at: self.now,
            })));
        }
        let mut queued = queued.iter();
        for (effect, fate) in self.answers() {
            entries.extend(match fate {
                Fate::NotAsked => None,
                Fate::Permitted(_) => queued.next().map(|event| entry(Body::Queued(event.clone()))),
                Fate::Refused(refused) => refused.among(&effect.needs, self.now).map(|no| {
                    entry(Body::EffectRefused(RefusedEffect {
                        signal: self.signal().id().clone(),
                        rule: rule.name.clone(),
                        effect: effect.name.clone(),
                        scope: no.scope().clone(),
                        reason: no.reason(),
                        cause: no.cause(person).map(|act| act.id().clone()),
                        at: self.now,
                    }))
                }),
            });
        }
        entries
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_cache_lines() {
        assert!(size_of::<super::Decision<'_>>() <= 128, "{}", size_of::<super::Decision<'_>>());
        assert_eq!(
            size_of::<Result<super::Decision<'_>, super::super::Misfit>>(),
            size_of::<super::Decision<'_>>()
        );
    }
}
