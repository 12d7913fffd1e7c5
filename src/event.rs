//! The queued event (inert), the event (may leave), and the gateway that takes it.

use crate::consent::Citation;
use crate::consent::Permit;
use crate::identity::Identity;
use crate::name::{Channel, ContactId, Controller, EffectName, EventKey, Instant, RuleName, Scope, SignalId};

/// The account of an effect that was permitted when it was decided: stored, read back, never sendable.
///
/// It cannot be forged into more than the ledger permits: [`Journey::release`](crate::Journey::release) takes what must
/// be permitted, how long it may wait and the sender from the journey in force, and asks the ledger again.
///
/// On the wire it is an object with a list `needs`, one citation each; the first is the addressing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedEvent {
    /// The contact that the signal named; after a merge a need can rest on another contact of the same person.
    pub(crate) contact: ContactId,
    pub(crate) signal: SignalId,
    pub(crate) rule: RuleName,
    pub(crate) effect: EffectName,
    /// Says to whom and which way, and when it was decided.
    pub(crate) addressing: Citation,
    pub(crate) further: Vec<Citation>,
}

impl QueuedEvent {
    /// The version of the written form.
    pub const SCHEMA_VERSION: u32 = 1;

    /// Its key, computed on demand.
    #[must_use]
    pub fn key(&self) -> EventKey {
        EventKey::of(self.contact(), &self.signal, &self.rule, &self.effect)
    }

    /// About whom.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// The signal that led to it.
    #[must_use]
    pub fn signal(&self) -> &SignalId {
        &self.signal
    }

    /// The rule that asked.
    #[must_use]
    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// What it is.
    #[must_use]
    pub fn effect(&self) -> &EffectName {
        &self.effect
    }

    /// When it was decided.
    #[must_use]
    pub fn decided_at(&self) -> Instant {
        self.addressing.decided_at
    }

    /// On what each of its needs rested then, the addressing one first.
    pub fn citations(&self) -> impl Iterator<Item = &Citation> {
        std::iter::once(&self.addressing).chain(&self.further)
    }
}

/// What may leave, now: the only thing that a gateway takes.
///
/// Made by [`Journey::release`](crate::Journey::release) alone; it holds a permit for every need. It can be written out
/// for the gateway's wire, and never read back.
#[must_use = "an event that is not handed to the gateway was not sent"]
#[derive(Debug)]
pub struct Event<'l> {
    contact: ContactId,
    controller: &'l Controller,
    signal: SignalId,
    rule: RuleName,
    effect: EffectName,
    addressing: Permit<'l>,
    further: Vec<Permit<'l>>,
}

impl<'l> Event<'l> {
    /// INVARIANT: called by `Journey::release` alone, with a permit for every need of the effect.
    pub(crate) fn released(
        queued: QueuedEvent,
        controller: &'l Controller,
        addressing: Permit<'l>,
        further: Vec<Permit<'l>>,
    ) -> Event<'l> {
        let QueuedEvent { contact, signal, rule, effect, .. } = queued;
        Event { contact, controller, signal, rule, effect, addressing, further }
    }
}

impl Event<'_> {
    /// The key under which a gateway drops what it has seen.
    #[must_use]
    pub fn key(&self) -> EventKey {
        EventKey::of(self.contact(), &self.signal, &self.rule, &self.effect)
    }

    /// About whom.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// Who acts: the sender that the message names. It comes from the contact, never from what was queued.
    #[must_use]
    pub fn controller(&self) -> &Controller {
        self.controller
    }

    /// The signal that led to it.
    #[must_use]
    pub fn signal(&self) -> &SignalId {
        &self.signal
    }

    /// The rule that asked.
    #[must_use]
    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// What to do.
    #[must_use]
    pub fn effect(&self) -> &EffectName {
        &self.effect
    }

    /// To which address. It comes from the permit: right permit, wrong person cannot be written.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.addressing.identity()
    }

    /// Which way. It comes from the permit, too.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        self.addressing.scope().channel()
    }

    /// What the addressing permit covers.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        self.addressing.scope()
    }

    /// When it was released.
    #[must_use]
    pub fn released_at(&self) -> Instant {
        self.addressing.at()
    }

    /// On what each need rests, the addressing one first.
    pub fn citations(&self) -> impl Iterator<Item = &Citation> {
        std::iter::once(&self.addressing).chain(&self.further).map(Permit::cite)
    }
}

/// Whatever takes events out of the house: a mail server's client, a broker's producer.
pub trait Gateway {
    /// What can go wrong on the wire. The event stays queued and keeps its key.
    type Error;

    /// Hands one event over. A gateway that drops keys it knows delivers exactly once.
    ///
    /// # Errors
    /// Whatever the wire says.
    fn send(&mut self, event: Event<'_>) -> Result<(), Self::Error>;
}

impl<F, E> Gateway for F
where
    F: FnMut(Event<'_>) -> Result<(), E>,
{
    type Error = E;

    fn send(&mut self, event: Event<'_>) -> Result<(), E> {
        self(event)
    }
}
