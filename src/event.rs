//! Floor 4: the queued event (inert), `release` (ask again), and the event (may leave).

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::consent::Citation;
use crate::contact::Person;
use crate::identity::Identity;
use crate::consent::{Ask, AskKey, Reason};
use crate::consent::Permit;
use crate::consent::Refusal;
use crate::vocab::{Channel, ContactId, Controller, EffectName, Instant, Name, RuleName, Scope, SignalId};

/// The account of an effect that was permitted when it was decided: stored, read back, never sendable.
///
/// It cannot be forged into more than the ledger permits: [`QueuedEvent::release`] asks again for every
/// contact, identity and scope it names, and takes the sender from the contact. What it says of its own
/// rule, effect and further needs is only as good as the outbox that kept it.
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

/// The key of one effect of one rule on one signal of one contact: the same input, the same key.
///
/// A crash can make a gateway see one key twice, never two keys for one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EventKey(Uuid);

impl EventKey {
    const NAMESPACE: Uuid = Uuid::from_u128(0x5d0c_9d5e_6a0f_5c1b_9b7e_706c_6163_6574);

    /// UUID v5 of the four names; none of them can contain the line feed that separates them.
    #[must_use]
    pub fn of(contact: &ContactId, signal: &SignalId, rule: &RuleName, effect: &EffectName) -> EventKey {
        let text = format!("{contact}\n{signal}\n{rule}\n{effect}");
        EventKey(Uuid::new_v5(&EventKey::NAMESPACE, text.as_bytes()))
    }

    /// The key as a UUID.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for EventKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for EventKey {
    /// From the one spelling that it is written in. Every UUID is a name, of 36 characters.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<EventKey, D::Error> {
        let text = Name::deserialize(deserializer)?;
        let key = Uuid::try_parse(text.as_str()).ok().map(EventKey);
        let mut spelling = [0; Hyphenated::LENGTH];
        let key = key.filter(|key| key.0.hyphenated().encode_lower(&mut spelling) == text.as_str());
        key.ok_or_else(|| serde::de::Error::custom("an event key is a UUID, in lower case and with hyphens"))
    }
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

    /// Asks the contact's ledger again, for every need, and makes the event if all are permitted at `now`
    /// (or at the instant of the decision, if the clock ran back; SPEC S22).
    ///
    /// The event keeps the contact borrowed until the gateway has taken it: a stop in between does not compile.
    ///
    /// # Errors
    /// The [`Refusal`] of the first need that is refused. It is final: mark the event refused for good.
    ///
    /// ```
    /// # use placet::*;
    /// fn dispatch<G: Gateway>(queued: QueuedEvent, ada: &Contact, now: Instant, gateway: &mut G) -> Result<(), G::Error> {
    ///     match queued.release(ada, now) {
    ///         Ok(event) => gateway.send(event),
    ///         Err(no) => { println!("dropped for good: {}", no.reason()); Ok(()) }
    ///     }
    /// }
    /// ```
    pub fn release<'l>(self, contact: impl Into<Person<'l>>, now: Instant) -> Result<Event<'l>, Refusal> {
        let person = contact.into();
        let at = now.max(self.decided_at());
        if *person.id() != self.contact {
            return Err(Refusal::new(
                Reason::OtherContact,
                AskKey::NOTHING,
                person.named().ledger().version(),
                at,
            ));
        }
        let addressing = ask_again(person, &self.addressing, at)?;
        let further = self.further.iter().zip(1..);
        let further =
            further.map(|(need, place)| ask_again(person, need, at).map_err(|no| no.of_need(place)));
        let further = further.collect::<Result<Vec<_>, _>>()?;
        let controller = person.named().ledger().controller();
        let QueuedEvent { contact, signal, rule, effect, .. } = self;
        Ok(Event { contact, controller, signal, rule, effect, addressing, further })
    }
}

fn ask_again<'l>(person: Person<'l>, need: &Citation, at: Instant) -> Result<Permit<'l>, Refusal> {
    let Some(contact) = person.members().find(|contact| *contact.id() == need.contact) else {
        return Err(Refusal::new(
            Reason::IdentityGone,
            AskKey::NOTHING,
            person.named().ledger().version(),
            at,
        ));
    };
    // An erasure of one is an erasure of all (S12, S15), told or not.
    let contact = person.members().find(|contact| contact.ledger().erased()).unwrap_or(contact);
    let ask = Ask::new(need.scope.clone(), need.identity.clone());
    let answer = contact.ledger().permit(&ask, at);
    let gone = !contact.ledger().identities().any(|identity| identity == &need.identity);
    match answer {
        Err(no) if gone && no.reason() != Reason::Erased => {
            Err(Refusal::new(Reason::IdentityGone, AskKey::NOTHING, no.version(), at))
        }
        answer => answer,
    }
}

/// What may leave, now: the only thing that a gateway takes.
///
/// Made by [`QueuedEvent::release`] alone; it holds a permit for every need. It can be written out
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
