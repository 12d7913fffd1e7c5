//! Release: a queued event is asked about again when it is to leave, by the journey in force (SPEC S22).

use super::ask::View;
use crate::consent::{Ask, AskKey, Citation, Permit, Reason, Refusal};
use crate::contact::Person;
use crate::event::{Event, QueuedEvent};
use crate::journey::{Effect, Journey, Need};
use crate::name::Instant;

/// The answer to a release.
///
/// It may grow a third case, an event that is held until an instant: whoever matches on it leaves what is neither an
/// event nor a refusal in the queue.
#[derive(Debug)]
#[must_use = "an event that is not handed to the gateway was not sent"]
#[non_exhaustive]
#[allow(
    clippy::large_enum_variant,
    reason = "an event is spent at once, and a box would be an allocation for each"
)]
pub enum Release<'l> {
    /// It may leave, now.
    Event(Event<'l>),
    /// It may not. A refusal is final: mark the event as dropped.
    Refused(Refusal),
}

impl<'l> Release<'l> {
    /// The event, or the refusal.
    ///
    /// # Errors
    /// The [`Refusal`], which is final.
    pub fn into_result(self) -> Result<Event<'l>, Refusal> {
        match self {
            Release::Event(event) => Ok(event),
            Release::Refused(refusal) => Err(refusal),
        }
    }
}

impl Journey {
    /// Asks again whether a queued event may leave, and makes the event if it may.
    ///
    /// Needs, sender, `within` and `still` come from this journey; the account says only which effect of which signal it
    /// is and to which of the person's addresses it was to go. Consent is asked at `now`, and at the instant of the
    /// decision as well where that is later (a clock that ran back, an account that was tampered with); then the
    /// occasion is, at the later of the two (SPEC S22). An account of a rule or an effect that this journey does not
    /// have is refused with [`Reason::RuleGone`]: whoever changes a journey under way and still wants to send what the
    /// old one queued releases it with the old one.
    ///
    /// The event keeps the person borrowed until the gateway has taken it: a stop in between does not compile.
    ///
    /// ```
    /// # use placet::{Contact, Gateway, Instant, Journey, QueuedEvent, Release};
    /// fn dispatch<G: Gateway>(
    ///     journey: &Journey,
    ///     queued: QueuedEvent,
    ///     ada: &Contact,
    ///     now: Instant,
    ///     gateway: &mut G,
    /// ) -> Result<(), G::Error> {
    ///     match journey.release(queued, ada, now) {
    ///         Release::Event(event) => gateway.send(event),
    ///         Release::Refused(no) => { println!("dropped for good: {}", no.reason()); Ok(()) }
    ///         _ => Ok(()), // not yet: it stays in the queue
    ///     }
    /// }
    /// ```
    pub fn release<'l>(
        &self,
        queued: QueuedEvent,
        contact: impl Into<Person<'l>>,
        now: Instant,
    ) -> Release<'l> {
        match self.release_for(queued, contact.into(), now) {
            Ok(event) => Release::Event(event),
            Err(refusal) => Release::Refused(refusal),
        }
    }

    fn release_for<'l>(
        &self,
        queued: QueuedEvent,
        person: Person<'l>,
        now: Instant,
    ) -> Result<Event<'l>, Refusal> {
        let no = |reason| Refusal::new(reason, AskKey::NOTHING, person.named().ledger().version(), now);
        if *person.id() != queued.contact {
            return Err(no(Reason::OtherContact));
        }
        let controller = person.named().ledger().controller();
        if *controller != self.spec().controller {
            return Err(no(Reason::OtherController));
        }
        let effect = self.plan().effect(&queued.rule, &queued.effect).ok_or_else(|| no(Reason::RuleGone))?;
        let mut permits = self.permits(effect, &queued, person, now)?;
        let then = now.max(queued.decided_at());
        if then > now {
            permits = self.permits(effect, &queued, person, then)?;
        }
        let over = effect.within.and_then(|within| queued.decided_at().checked_add(within));
        if over.is_some_and(|over| then >= over) {
            return Err(no(Reason::TooLate));
        }
        if let Some(still) = &effect.still {
            let arrived = Some(&queued.addressing.identity);
            if !still.contains(&View::new(self.plan(), &person, arrived, then).stands_at()) {
                return Err(no(Reason::Passed));
            }
        }
        let further = permits.split_off(1.min(permits.len()));
        // INVARIANT: an effect has at least one need, the addressing one.
        let addressing = permits.pop().ok_or_else(|| no(Reason::RuleGone))?;
        Ok(Event::released(queued, controller, addressing, further))
    }

    /// A permit for every need of an effect, at one instant.
    fn permits<'l>(
        &self,
        effect: &Effect,
        queued: &QueuedEvent,
        person: Person<'l>,
        at: Instant,
    ) -> Result<Vec<Permit<'l>>, Refusal> {
        let mut cited = queued.citations();
        let mut permits = Vec::with_capacity(effect.needs.len());
        for (need, place) in effect.needs.iter().zip(0..) {
            let permit = self.permit(need, cited.next(), person, at).map_err(|no| no.of_need(place))?;
            if !self.plan().allows_notice(|| permit.notice()) {
                let version = permit.cite().version();
                return Err(Refusal::new(Reason::UnknownNotice, AskKey::NOTHING, version, at).of_need(place));
            }
            permits.push(permit);
        }
        Ok(permits)
    }

    /// A permit for a need: for the identity that the account names, if the need reaches it, or for any that it reaches
    /// where the account names none.
    fn permit<'l>(
        &self,
        need: &Need,
        cited: Option<&Citation>,
        person: Person<'l>,
        at: Instant,
    ) -> Result<Permit<'l>, Refusal> {
        let journey = self.plan();
        let gone = |version| Refusal::new(Reason::IdentityGone, AskKey::NOTHING, version, at);
        let Some(cited) = cited else {
            let view = View::new(journey, &person, None, at);
            let answer = view.ask(need);
            let (_, key) = view.asked(need, answer);
            return person.member(answer.seat).unwrap_or(person.named()).ledger().permit_key(key, at);
        };
        let holder = person.members().find(|contact| *contact.id() == cited.contact);
        let Some(holder) = holder else {
            return Err(gone(person.named().ledger().version()));
        };
        // An erasure of one is an erasure of all (S12, S15).
        let contact = person.erased().map_or(holder, |(_, contact)| contact);
        let way = journey.way(need, &cited.identity).filter(|_| need.reaches(&cited.identity, true));
        let scope = match way {
            Some(way) => need.wanted(way).scope.clone(),
            None => need.scope().clone(),
        };
        let answer = contact.ledger().permit(&Ask::new(scope, cited.identity.clone()), at);
        let is_gone = !contact.ledger().identities().any(|identity| *identity == cited.identity);
        match answer {
            Err(no) if no.reason() == Reason::Erased => Err(no),
            Err(no) if is_gone => Err(gone(no.version())),
            // The journey asks for another kind of address now.
            Ok(permit) if way.is_none() => Err(gone(permit.cite().version())),
            answer => answer,
        }
    }
}
