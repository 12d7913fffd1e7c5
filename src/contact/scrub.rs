//! Scrubbing: what may be kept of somebody who was erased (SPEC S12, S13; GDPR 17(3)): that there was a contact, its
//! stops, and fingerprints in the place of addresses and ids.

use std::collections::{BTreeMap, BTreeSet};

use super::{Body, Contact, Entry, Opened};
use crate::consent::Citation;
use crate::consent::{Act, ActKind, Provenance, Stop};
use crate::event::QueuedEvent;
use crate::identity::{Identity, SuppressionKey};
use crate::name::EventKey;
use crate::name::{ActId, ContactId, SignalId};

/// Rewrites stored entries so that nothing is left of contacts that were erased but what must be kept.
///
/// Hand it all entries of the store, in order; it keeps what this table says and is for whoever keeps a journal of
/// their own ([`Journaled`](crate::book::Journaled) does it by itself). Run again, it changes nothing.
///
/// | of an erased contact | becomes |
/// |---|---|
/// | its id, ids of its acts and signals | a name made of a fingerprint, everywhere |
/// | opened, linked, unlinked | the same with [`SuppressionKey::erased`] in the place of the identity |
/// | a stop | the same, without identity and evidence |
/// | a go, a signal, a transition, a refused effect | nothing |
/// | the id of a stop, in entries of others that it came to or refused | the name that stands for it |
/// | a queued event, its sending, its drop | the same, with neither address nor ids; its key changes with them |
///
/// ```
/// use placet::{Entry, entry::Scrubber, identity::SuppressionKey};
/// let key = SuppressionKey::new(*b"sixteen random b");
/// let mut scrubber = Scrubber::new(&key, |contact| contact.to_string() == "c-1");
/// let opened = Entry::from_json(r#"{"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org"}"#)?;
/// let left = serde_json::to_string(&scrubber.entry(opened))?;
/// assert!(left.contains("erased:") && !left.contains("example.org") && !left.contains("c-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scrubber<'k, F> {
    key: &'k SuppressionKey,
    erased: F,
    /// Keys of the events that were scrubbed, by those that they had.
    events: BTreeMap<EventKey, EventKey>,
    /// Ids of their stops, and what stands for them in entries of others.
    acts: BTreeMap<ActId, ActId>,
    /// Ids of all their acts: they can be the cause of a refusal.
    causes: BTreeMap<ActId, ActId>,
}

impl<'k, F: Fn(&ContactId) -> bool> Scrubber<'k, F> {
    /// For the contacts of whom `erased` says so.
    #[must_use]
    pub fn new(key: &'k SuppressionKey, erased: F) -> Scrubber<'k, F> {
        Scrubber { key, erased, events: BTreeMap::new(), acts: BTreeMap::new(), causes: BTreeMap::new() }
    }

    /// The same, where ids of their acts are known from elsewhere.
    pub(crate) fn knowing(mut self, acts: &BTreeMap<ActId, ActId>, causes: &BTreeMap<ActId, ActId>) -> Self {
        self.acts.clone_from(acts);
        self.causes.clone_from(causes);
        self
    }

    /// What may be kept of an entry.
    pub fn entry(&mut self, entry: Entry) -> Option<Entry> {
        let Entry { contact, body } = entry;
        let gone = (self.erased)(&contact);
        let body = match body {
            Body::Merged { into, held } => {
                let held = if gone && (self.erased)(&into) { None } else { held };
                Body::Merged { into: self.contact(into), held }
            }
            Body::Queued(event) => {
                let before = event.key();
                let event = self.event(event);
                self.events.insert(before, event.key());
                Body::Queued(event)
            }
            Body::Sent { key, at } => Body::Sent { key: self.event_key(key), at },
            Body::Dropped { key, reason, at } => Body::Dropped { key: self.event_key(key), reason, at },
            body if !gone => return Some(self.elsewhere(Entry { contact, body })),
            Body::Act(act) => {
                let (id, left) = (act.id().clone(), self.key.act(act.id()));
                if act.kind().is_stop() {
                    self.acts.insert(id.clone(), left.clone());
                }
                self.causes.insert(id, left);
                match act {
                    // A void names a go, and no go is kept.
                    Act::Stop(stop) if stop.kind() != ActKind::Void => Body::Act(self.key.stop(stop).into()),
                    _ => return None,
                }
            }
            Body::Opened(Opened { identity, controller }) => {
                Body::Opened(Opened { identity: self.key.erased(&identity), controller })
            }
            Body::Linked(identity) => Body::Linked(self.key.erased(&identity)),
            Body::Unlinked(identity) => Body::Unlinked(self.key.erased(&identity)),
            Body::Unmerged { held } => Body::Unmerged { held },
            Body::Signal(_) | Body::Transition(_) | Body::TransitionAlone(_) | Body::EffectRefused(_) => {
                return None;
            }
        };
        Some(Entry { contact: self.contact(contact), body })
    }

    /// An entry of somebody else, in which a stop of theirs has another id: as one that came from them, and as the cause of
    /// a refusal.
    fn elsewhere(&self, mut entry: Entry) -> Entry {
        match &mut entry.body {
            Body::Act(Act::Stop(stop)) if stop.provenance() != Provenance::Own => {
                if let Some(id) = self.acts.get(stop.id()) {
                    stop.0.id = id.clone();
                }
            }
            Body::EffectRefused(refused) => {
                if let Some(id) = refused.cause.as_ref().and_then(|cause| self.causes.get(cause)) {
                    refused.cause = Some(id.clone());
                }
            }
            _ => {}
        }
        entry
    }

    /// What may be kept of an event, in an outbox apart from the entries: nothing personal of its contact, nor of another
    /// that a need of it rests on. Its key changes with it.
    #[must_use]
    pub fn event(&self, mut event: QueuedEvent) -> QueuedEvent {
        let gone = (self.erased)(&event.contact);
        let citations = std::iter::once(&mut event.addressing).chain(&mut event.further);
        citations
            .filter(|need| gone || (self.erased)(&need.contact))
            .for_each(|need| self.key.citation(need));
        if gone {
            event.contact = self.key.contact(&event.contact);
            event.signal = self.key.signal(&event.signal);
        }
        event
    }

    fn event_key(&self, key: EventKey) -> EventKey {
        self.events.get(&key).copied().unwrap_or(key)
    }

    fn contact(&self, contact: ContactId) -> ContactId {
        if (self.erased)(&contact) { self.key.contact(&contact) } else { contact }
    }
}

impl SuppressionKey {
    /// The id that stands for one of a contact that was erased.
    #[must_use]
    pub fn contact(&self, id: &ContactId) -> ContactId {
        ContactId::of(id.with_text(|id| self.pseudonym("contact", id)))
    }

    /// The id that stands for one of an act of theirs.
    #[must_use]
    pub fn act(&self, id: &ActId) -> ActId {
        ActId::of(id.with_text(|id| self.pseudonym("act", id)))
    }

    /// The id that stands for one of a signal about them.
    #[must_use]
    pub fn signal(&self, id: &SignalId) -> SignalId {
        SignalId::of(id.with_text(|id| self.pseudonym("signal", id)))
    }

    /// What may be kept of a stop: that it was done, when, and how far it reaches.
    pub(crate) fn stop(&self, mut stop: Stop) -> Stop {
        stop.0.id = self.act(&stop.0.id);
        stop.0.names = stop.0.names.map(|act| self.act(&act));
        stop.0.evidence = None;
        stop.0.identity = stop.0.identity.filter(|_| stop.0.only).map(|identity| self.erased(&identity));
        stop
    }

    fn citation(&self, need: &mut Citation) {
        need.contact = self.contact(&need.contact);
        need.act = self.act(&need.act);
        need.identity = self.erased(&need.identity);
    }
}

impl Contact {
    /// What may be kept of a contact that was erased: its stops, under fingerprints of its id and its identities.
    /// `None` where nothing else is there.
    pub(crate) fn scrubbed(&self, key: &SuppressionKey) -> Option<Contact> {
        let ledger = self.ledger();
        let clean = |act: Act| {
            act.kind().is_stop() && act.identity().is_none_or(Identity::is_erased) && act.evidence().is_none()
        };
        let identities = || ledger.identities().chain(ledger.past_identities());
        if identities().all(Identity::is_erased) && ledger.acts().all(clean) {
            return None;
        }
        let id = key.contact(self.id());
        let mut prints = identities().map(|identity| key.erased(identity));
        let mut left = Contact::open(id, prints.next()?, ledger.names().vocabulary());
        for print in prints {
            left.link(print);
        }
        // Two addresses that stops cross between leave one fingerprint.
        let current: Vec<Identity> = ledger.identities().map(|identity| key.erased(identity)).collect();
        let ended = ledger.past_identities().map(|identity| key.erased(identity));
        for print in ended.filter(|print| !current.contains(print)) {
            left.unlink(&print);
        }
        for stop in ledger.stops(true) {
            let _ = left.stop(key.stop(stop));
        }
        Some(left)
    }

    /// Whether it was erased and scrubbed: nothing more is to be kept of it.
    pub(crate) fn is_scrubbed(&self) -> bool {
        let mut identities = self.ledger().identities().chain(self.ledger().past_identities());
        self.ledger().erased() && identities.all(Identity::is_erased)
    }

    /// Gives stops of others that it heard other ids.
    pub(crate) fn rename_heard(&mut self, rename: impl Fn(&Stop) -> Option<Stop>) {
        self.ledger.rename_heard(rename);
    }

    /// The same contact, where stops that came from somebody who was erased have the ids that are left of theirs.
    /// `None` where there are none such.
    pub(crate) fn without_ids_of(&self, erased: &BTreeSet<ActId>, key: &SuppressionKey) -> Option<Contact> {
        let ledger = self.ledger.renamed(|act| {
            let theirs = act.provenance() != Provenance::Own && erased.contains(act.id());
            theirs.then(|| key.act(act.id()))
        })?;
        Some(Contact {
            ledger,
            held: self.held,
            version: self.version,
            facts: self.facts.clone(),
            effects: self.effects.clone(),
            purposes: self.purposes.clone(),
        })
    }
}
