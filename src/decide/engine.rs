//! `decide`: admission, stage, rule, effects (SPEC S18 to S21, S26, S27, S29). Pure; the same input, the same decision.

use std::sync::Arc;

use thiserror::Error;

use super::ask::{Answer, View};
use super::decision::{Decision, Outcome, Taken};
use super::explanation::Explanation;
use super::few::Few;
use super::refused::{Fate, Permitting, Refusing};
use crate::contact::Person;
use crate::identity::Identity;
use crate::journey::{Journey, Kind, Place};
use crate::name::{Instant, Scope, Stage};
use crate::signal::Signal;

/// Why nothing can be decided: the input does not fit together. A refusal is no misfit; it is a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Misfit {
    /// The signal is of another contact.
    #[error("the signal is of another contact: decide it for the one that it names")]
    OtherContact,
    /// The contact is another controller's than the journey is.
    #[error("the contact is another controller's: decide it under a journey of its own controller")]
    OtherController,
    /// The signal was checked by another journey, which has another kind in that place.
    #[error("the signal was checked by another journey: have this one check it")]
    OtherJourney,
    /// A signal of a kind `act:…` that tells of no act on file, or of one that gave nothing.
    #[error(
        "the signal tells of a go that is not on file, or that gave nothing: let the journey make it from the act"
    )]
    NoSuchAct,
    /// Handled before it happened.
    #[error("a signal cannot be handled before it happened: `now` is before `at`")]
    NowBeforeAt,
}

impl Journey {
    /// Decides what follows from a signal, at the instant `now` at which it is handled.
    ///
    /// Nothing is changed: the [`Decision`] is committed to the contact, or taken apart by a backend
    /// that stores entries itself. It allocates nothing, but for one list where the rule has more than two effects, and
    /// borrows the journey and the signal, not the contact; [`Decision::into_owned`] makes it `'static`.
    ///
    /// # Errors
    /// [`Misfit`] for input that does not fit together. A refusal is never an error.
    ///
    /// ```
    /// use placet::{Contact, Identity, Journey, SignalSpec};
    /// let journey = Journey::reference()?;
    /// let card = Identity::of_kind("card", "7-0042")?;
    /// let mut ada = Contact::open("c-1".parse()?, card, journey.vocabulary());
    /// let purchase = journey.signal(SignalSpec::from_json(r#"{"id":"s-1","contact":"c-1",
    ///   "identity":"card:7-0042","kind":"purchase","source":"shop","at":"2013-05-01T10:00:00Z"}"#)?)?;
    ///
    /// let decision = journey.decide(&ada, &purchase, purchase.at())?;
    /// assert_eq!(decision.transition().and_then(|moved| moved.to().cloned()), Some("customer".parse()?));
    /// let (effect, no) = decision.refusals().next().unwrap();
    /// assert_eq!((effect.as_str(), no.reason().as_str()), ("onboarding", "no_grant"));
    /// assert!(decision.commit(&mut ada)?.is_empty(), "nothing is queued without consent");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide<'a, 'd>(
        &'d self,
        contact: impl Into<Person<'a>>,
        signal: &'d Signal,
        now: Instant,
    ) -> Result<Decision<'d>, Misfit> {
        self.decide_for(contact.into(), signal, now)
    }

    /// Decides, and keeps the person that was asked, so that the [`Explanation`] can tell why.
    ///
    /// # Errors
    /// [`Misfit`], as [`Journey::decide`].
    pub fn explain<'a>(
        &'a self,
        contact: impl Into<Person<'a>>,
        signal: &'a Signal,
        now: Instant,
    ) -> Result<Explanation<'a>, Misfit> {
        let person = contact.into();
        Ok(Explanation::new(self.decide_for(person, signal, now)?, person))
    }

    /// The stage at which a contact stands at an instant (S27); `None` for no stage.
    #[must_use]
    pub fn stands_at<'a>(&self, contact: impl Into<Person<'a>>, now: Instant) -> Option<&Stage> {
        self.stands_at_for(contact, None, now)
    }

    /// The stage at which a contact stands, where channels that reach only where a signal arrived ([`Reaches::Arrival`](crate::journey::Reaches::Arrival))
    /// are asked for this identity.
    #[must_use]
    pub fn stands_at_for<'a>(
        &self,
        contact: impl Into<Person<'a>>,
        arrived: Option<&'a Identity>,
        now: Instant,
    ) -> Option<&Stage> {
        self.plan().stage(self.place_of(contact.into(), arrived, now))
    }

    /// The stage at which a person stands, by its place in the plan.
    fn place_of(&self, person: Person<'_>, arrived: Option<&Identity>, now: Instant) -> Place {
        View::new(self.plan(), &person, arrived, now).stands_at()
    }

    /// The stages that a contact falls back from at an instant (S27), each with the scope it lacks.
    pub fn fell_back<'a>(
        &'a self,
        person: &'a Person<'a>,
        arrived: Option<&'a Identity>,
        now: Instant,
    ) -> impl Iterator<Item = (&'a Stage, &'a Scope)> {
        View::new(self.plan(), person, arrived, now).fell_back()
    }

    /// Plan once, here, whoever asks.
    #[inline]
    fn decide_for<'d>(
        &'d self,
        person: Person<'_>,
        signal: &'d Signal,
        now: Instant,
    ) -> Result<Decision<'d>, Misfit> {
        let journey = self.plan();
        if *signal.contact() != *person.id() {
            return Err(Misfit::OtherContact);
        }
        let vocabulary = person.named().ledger().names().vocabulary();
        if !Arc::ptr_eq(vocabulary, journey.vocabulary())
            && *vocabulary.controller() != journey.spec().controller
        {
            return Err(Misfit::OtherController);
        }
        if now < signal.at() {
            return Err(Misfit::NowBeforeAt);
        }
        let kind = journey.kind(signal.kind_place()).filter(|kind| kind.name == *signal.kind().name());
        let kind = kind.ok_or(Misfit::OtherJourney)?;
        if kind.act.is_some() && !self.tells_of_an_act(person, signal) {
            return Err(Misfit::NoSuchAct);
        }
        let mut view = View::new(journey, &person, Some(&signal.spec().identity), now);
        let outcome = Outcome::of(kind, signal, &mut view);
        Ok(Decision::new(self, signal, &view, outcome))
    }
}

impl Outcome {
    /// Admission, stage, rule, effects, in this order.
    #[inline]
    fn of(kind: &Kind, signal: &Signal, view: &mut View<'_>) -> Outcome {
        for (need, place) in kind.admission.iter().zip(0..) {
            let answer = view.ask_arrived(need);
            if let Err(reason) = answer.outcome {
                let no = Refusing::of(view, need, place, answer, reason);
                return Outcome { taken: Taken::Unadmitted, moved: None, fates: Few::One(Fate::Refused(no)) };
            }
        }
        view.known = true;

        let at = view.stands_at();
        let taken = kind.rules_at(at).find_map(|place| {
            let rule = view.journey.rule(place)?;
            let holds = rule.when.as_ref().is_none_or(|check| view.holds(check, signal, at));
            holds.then_some((place, rule))
        });
        let Some((place, rule)) = taken else {
            return Outcome { taken: Taken::NoRule, moved: None, fates: Few::None };
        };

        let mut restricted = false;
        let fates = Few::each(&rule.effects, |effect| {
            let mut fate = Fate::NotAsked;
            for (need, place) in effect.needs.iter().zip(0..) {
                let answer = view.ask(need);
                restricted |= View::is_restriction(answer);
                match (answer.outcome, fate) {
                    (_, Fate::Refused(_)) => {}
                    (Ok(grant), Fate::NotAsked) => {
                        let Answer { seat, way, .. } = answer;
                        fate = Fate::Permitted(Permitting { seat, way, grant: grant.place });
                    }
                    (Ok(_), Fate::Permitted(_)) => {}
                    (Err(reason), _) => {
                        fate = Fate::Refused(Refusing::of(view, need, place, answer, reason));
                    }
                }
            }
            let asked = effect.when.as_ref().is_none_or(|check| view.holds(check, signal, at));
            if asked { fate } else { Fate::NotAsked }
        });
        let to = rule.to.filter(|_| !restricted && !view.is_erased());
        let moved = to.map(|to| (view.held(), to)).filter(|(held, to)| held != to);
        Outcome { taken: Taken::Rule(place), moved, fates }
    }
}
