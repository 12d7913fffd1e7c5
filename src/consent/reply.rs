//! The one other thing that may leave: a reply to an act of the person (SPEC S32). The only file that makes one.

use chrono::TimeDelta;
use serde::Serialize;
use serde::ser::SerializeMap;
use thiserror::Error;

use super::act::ActKind;
use super::ask::{AskKey, Slot};
use super::standing::Click;
use super::{ConsentLedger, Reason, Refusal};
use crate::identity::Identity;
use crate::name::{ActId, ContactId, Controller, Instant, Reach, ReplyKey};

/// How long after a stop its receipt may leave.
const RECEIPT_DAYS: i64 = 30;

/// An answer to one act, to the address where the act was done, once, and about nothing else: "please confirm" for a
/// double opt-in, "we heard you" for a withdrawal, a refusal or an objection.
///
/// It needs no grant, since the person asked for it. Made by [`ConsentLedger::reply`] alone; it can be written out for
/// the gateway's wire and never read back, and the ledger stays borrowed until the gateway has taken it.
#[must_use = "a reply that is not handed to the gateway was not sent"]
pub struct Reply<'l> {
    ledger: &'l ConsentLedger,
    act: ActId,
    kind: ActKind,
    identity: &'l Identity,
    reach: Reach,
    at: Instant,
}

/// Why there is no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoReply {
    /// The act is none that is answered: a grant that waits for a confirm, and a withdrawal, a refusal or an objection
    /// with an address, done at this contact, are. Nothing was refused; it may be asked again.
    #[error("only a grant that must be confirmed and a stop with an address are answered")]
    NotAnswerable,
    /// It may not leave. This is final: it is not asked again.
    #[error("the reply is refused: {}", .0.reason())]
    Refused(Refusal),
}

impl ConsentLedger {
    /// Asks for a reply to an act of this contact.
    ///
    /// Whoever keeps the outbox asks once for each act: a reply that was sent or refused is not asked for again
    /// ([`Reply::key`] tells which it was).
    ///
    /// # Errors
    /// [`NoReply`].
    ///
    /// ```
    /// use placet::{Contact, Identity, Reach, Stop, Vocabulary, consent::NoReply};
    /// let at = "2013-06-01T10:00:00Z".parse()?;
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
    /// let _ = ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), at, at).about(mail.clone()));
    /// let _ = ada.stop(Stop::restrict("a-2".parse()?, Reach::everything(), at, at).about(mail.clone()));
    /// let receipt = ada.ledger().reply(&"a-1".parse()?, at)?;
    /// assert_eq!(receipt.identity(), &mail);
    /// assert_eq!(ada.ledger().reply(&"a-2".parse()?, at).err(), Some(NoReply::NotAnswerable));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reply(&self, act: &ActId, now: Instant) -> Result<Reply<'_>, NoReply> {
        let own = |place: &u32| self.row(*place).is_some_and(super::Row::is_own);
        let place = self.find(act).filter(own).ok_or(NoReply::NotAnswerable)?;
        let row = self.row(place).ok_or(NoReply::NotAnswerable)?;
        let before = self.beside.more(place).and_then(|more| more.confirm_by);
        let answered = match row.kind {
            ActKind::Grant => before.is_some(),
            ActKind::Withdraw | ActKind::Refuse | ActKind::Object => row.slot != Slot::NONE,
            _ => false,
        };
        if !answered {
            return Err(NoReply::NotAnswerable);
        }
        let at = now.max(row.at);
        let key = AskKey { scope: row.key, slot: row.slot };
        let no = |reason| Err(NoReply::Refused(Refusal::new(reason, key, self.version(), at)));
        if self.erased() {
            return no(Reason::Erased);
        }
        let Some(identity) = self.identities.current(row.slot) else {
            return no(Reason::IdentityGone);
        };
        if row.kind == ActKind::Grant {
            let (goes, stops, _) = self.read(key, at, |_, _| true, |_| true);
            let counts = |_, other: &super::Row| other.kind.is_stop() || other.at <= at;
            let click = self.click(place, row, counts);
            let refused = if goes.restricted(&stops).is_some() {
                Some(Reason::Restricted)
            } else if goes.objected(&stops).is_some() {
                Some(Reason::Objected)
            } else if click == Click::Void || self.is_void(place, counts) {
                Some(Reason::Void)
            } else if click == Click::Good {
                Some(Reason::Confirmed)
            } else if let Some(no) = stops.no.filter(|no| no.at >= row.at) {
                Some(if no.withdrawn { Reason::Withdrawn } else { Reason::Refused })
            } else {
                before.filter(|before| at >= *before).map(|_| Reason::Unconfirmed)
            };
            if let Some(reason) = refused {
                return no(reason);
            }
        } else if TimeDelta::try_days(RECEIPT_DAYS).and_then(|days| row.at.checked_add(days)) <= Some(at) {
            return no(Reason::TooLate);
        }
        let (act, kind, reach) = (row.id.clone(), row.kind, self.names.reach(row.key));
        Ok(Reply { ledger: self, act, kind, identity, reach, at })
    }
}

impl Reply<'_> {
    /// The key under which a gateway drops what it has seen, and an outbox knows that the act was answered: the same
    /// act, the same key.
    #[must_use]
    pub fn key(&self) -> ReplyKey {
        ReplyKey::of(self.contact(), &self.act)
    }

    /// The contact who did the act.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        self.ledger.contact()
    }

    /// Who answers: the sender that the message names.
    #[must_use]
    pub fn controller(&self) -> &Controller {
        self.ledger.controller()
    }

    /// The act that is answered.
    #[must_use]
    pub fn act(&self) -> &ActId {
        &self.act
    }

    /// The kind of the act: a grant is asked to be confirmed, a stop is confirmed to have been heard.
    #[must_use]
    pub fn about(&self) -> ActKind {
        self.kind
    }

    /// The purposes, channels and recipients that the act covers.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The address where the act was done, the only one that the reply goes to.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        self.identity
    }

    /// The instant at which it was asked for.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }
}

impl std::fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("Reply");
        fields.field("contact", self.contact()).field("act", &self.act).field("about", &self.kind).finish()
    }
}

impl Serialize for Reply<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "reply")?;
        map.serialize_entry("v", &1)?;
        map.serialize_entry("key", &self.key())?;
        map.serialize_entry("contact", self.contact())?;
        map.serialize_entry("controller", self.controller())?;
        map.serialize_entry("act", &self.act)?;
        map.serialize_entry("about", &self.kind)?;
        map.serialize_entry("identity", self.identity)?;
        let (purpose, channel, recipient) = self.reach.parts();
        map.serialize_entry("purpose", purpose.map_or("*", |part| part.as_str()))?;
        map.serialize_entry("channel", channel.map_or("*", |part| part.as_str()))?;
        map.serialize_entry("recipient", recipient.map_or("*", |part| part.as_str()))?;
        map.serialize_entry("at", &self.at)?;
        map.end()
    }
}

/// Takes replies out of the house, as a [`Gateway`](crate::Gateway) takes events.
pub trait ReplyGateway {
    /// The error of the wire. The reply may be asked for again.
    type Error;

    /// Hands one reply over. A gateway that drops keys it knows delivers exactly once.
    ///
    /// # Errors
    /// The error of the wire.
    fn reply(&mut self, reply: Reply<'_>) -> Result<(), Self::Error>;
}

impl<F, E> ReplyGateway for F
where
    F: FnMut(Reply<'_>) -> Result<(), E>,
{
    type Error = E;

    fn reply(&mut self, reply: Reply<'_>) -> Result<(), E> {
        self(reply)
    }
}
