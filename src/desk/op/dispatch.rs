//! To send what is queued, and to answer an act.

use std::sync::Arc;

use crate::consent::{NoReply, Refusal, ReplyGateway};
use crate::contact::{Body, Entry};
use crate::desk::found::Found;
use crate::desk::store::{Operation, Plan, Settled, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::event::{Gateway, QueuedEvent};
use crate::name::{ActId, ContactId, EventKey, Instant, ReplyKey};

/// Releases one queued event and hands it to the gateway, with the person held by the store until the gateway has taken it
/// (SPEC S22).
#[derive(Debug)]
pub struct Dispatch<'g, G: Gateway> {
    terms: Arc<Terms>,
    key: EventKey,
    contact: ContactId,
    now: Instant,
    gateway: &'g mut G,
    /// What has happened already: it does not happen again after a conflict.
    settled: Option<Settled>,
    answer: Option<Dispatched<G::Error>>,
}

/// The answer to one dispatch (SPEC S22).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dispatched<E> {
    /// The gateway took it.
    Sent,
    /// The ledger refused it, for good.
    Refused(Refusal),
    /// It was sent before.
    AlreadySent,
    /// It was refused before.
    Dropped,
    /// No event was queued under this key.
    NotQueued,
    /// The gateway could not take it: it stays queued.
    Failed(E),
}

impl<'g, G: Gateway> Dispatch<'g, G> {
    /// To send the event of a key, which is about this contact.
    #[must_use]
    pub fn new(
        terms: Arc<Terms>,
        key: EventKey,
        contact: ContactId,
        now: Instant,
        gateway: &'g mut G,
    ) -> Dispatch<'g, G> {
        Dispatch { terms, key, contact, now, gateway, settled: None, answer: None }
    }

    fn release(&mut self, event: &QueuedEvent, found: &Found<'_>) -> Option<Settled> {
        let loaded = found.person?;
        match self.terms.journey.release(event.clone(), loaded.person, self.now).into_result() {
            Ok(event) => {
                let at = event.released_at();
                match self.gateway.send(event) {
                    Ok(()) => {
                        self.answer = Some(Dispatched::Sent);
                        Some(Settled::Sent { at })
                    }
                    Err(error) => {
                        self.answer = Some(Dispatched::Failed(error));
                        None
                    }
                }
            }
            Err(no) => {
                self.answer = Some(Dispatched::Refused(no));
                Some(Settled::Dropped { reason: no.reason(), at: no.at() })
            }
        }
    }
}

impl<G: Gateway> Step for Dispatch<'_, G> {
    fn want(&self) -> Want {
        Want { event: Some(self.key), ..self.terms.want(&self.contact) }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        let event = match found.event {
            None => {
                self.answer = Some(Dispatched::NotQueued);
                return Plan::default();
            }
            Some(kept) if self.settled.is_none() => match kept.settled {
                Some(Settled::Sent { .. }) => {
                    self.answer = Some(Dispatched::AlreadySent);
                    return Plan::default();
                }
                Some(Settled::Dropped { .. }) => {
                    self.answer = Some(Dispatched::Dropped);
                    return Plan::default();
                }
                None => kept.event,
            },
            Some(kept) => kept.event,
        };
        if self.settled.is_none() {
            self.settled = self.release(event, found);
        }
        let Some(settled) = self.settled else {
            self.answer.get_or_insert(Dispatched::NotQueued);
            return Plan::default();
        };
        let key = self.key;
        let body = match settled {
            Settled::Sent { at } => Body::Sent { key, at },
            Settled::Dropped { reason, at } => Body::Dropped { key, reason, at },
        };
        Plan {
            entries: vec![Entry::new(event.contact().clone(), body)],
            settled: Some((key, settled)),
            ..Plan::default()
        }
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl<G: Gateway> Operation for Dispatch<'_, G> {
    type Answer = Dispatched<G::Error>;

    fn finish(self) -> Result<Self::Answer, Self> {
        match self {
            Dispatch { answer: Some(answer), .. } => Ok(answer),
            next => Err(next),
        }
    }
}

/// Answers an act of a contact, at most once (SPEC S32).
#[derive(Debug)]
pub struct ReplyTo<'g, G: ReplyGateway> {
    terms: Arc<Terms>,
    contact: ContactId,
    act: ActId,
    now: Instant,
    gateway: &'g mut G,
    settled: Option<Settled>,
    answer: Option<Result<Replied<G::Error>, DeskError>>,
}

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replied<E> {
    /// The gateway took it.
    Sent,
    /// The act is none that is answered. It may be asked again.
    NotAnswerable,
    /// It was refused, for good.
    Refused(Refusal),
    /// It was sent before.
    AlreadySent,
    /// It was refused before.
    Dropped,
    /// The gateway could not take it: it may be asked again.
    Failed(E),
}

impl<'g, G: ReplyGateway> ReplyTo<'g, G> {
    /// To answer this act.
    #[must_use]
    pub fn new(
        terms: Arc<Terms>,
        contact: ContactId,
        act: ActId,
        now: Instant,
        gateway: &'g mut G,
    ) -> ReplyTo<'g, G> {
        ReplyTo { terms, contact, act, now, gateway, settled: None, answer: None }
    }

    fn reply(&mut self, found: &Found<'_>) -> Result<Replied<G::Error>, DeskError> {
        let loaded = found.person.ok_or(DeskError::UnknownContact)?;
        match found.reply {
            Some(Settled::Sent { .. }) => return Ok(Replied::AlreadySent),
            Some(Settled::Dropped { .. }) => return Ok(Replied::Dropped),
            None => {}
        }
        match loaded.contact().ledger().reply(&self.act, self.now) {
            Ok(reply) => {
                let at = reply.at();
                Ok(match self.gateway.reply(reply) {
                    Ok(()) => {
                        self.settled = Some(Settled::Sent { at });
                        Replied::Sent
                    }
                    Err(error) => Replied::Failed(error),
                })
            }
            Err(NoReply::Refused(no)) => {
                self.settled = Some(Settled::Dropped { reason: no.reason(), at: no.at() });
                Ok(Replied::Refused(no))
            }
            Err(NoReply::NotAnswerable) => Ok(Replied::NotAnswerable),
        }
    }
}

impl<G: ReplyGateway> Step for ReplyTo<'_, G> {
    fn want(&self) -> Want {
        let reply = Some(ReplyKey::of(&self.contact, &self.act));
        Want { reply, ..self.terms.want(&self.contact) }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        if self.settled.is_none() {
            self.answer = Some(self.reply(found));
        }
        let key = ReplyKey::of(&self.contact, &self.act);
        Plan { replied: self.settled.map(|settled| (key, settled)), ..Plan::default() }
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl<G: ReplyGateway> Operation for ReplyTo<'_, G> {
    type Answer = Result<Replied<G::Error>, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        match self {
            ReplyTo { answer: Some(answer), .. } => Ok(answer),
            next => Err(next),
        }
    }
}
