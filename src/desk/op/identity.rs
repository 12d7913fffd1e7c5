//! To link and to unlink an identity.

use std::sync::Arc;

use super::Pending;
use crate::consent::{Act, Stop};
use crate::contact::{Body, Contact, Entry};
use crate::desk::found::{Found, Loaded};
use crate::desk::store::{KeyRow, Operation, Plan, Step, UnderKey, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::{Identity, WideKey};
use crate::name::ContactId;

/// Adds an identity to a contact; then the person's own stops are put under its key. What lies there holds for the person
/// at once.
#[derive(Debug)]
pub struct Link {
    terms: Arc<Terms>,
    contact: ContactId,
    identity: Identity,
    linked: bool,
    /// It is linked, and stops are to cross.
    crossing: bool,
    answer: Pending<bool>,
}

impl Link {
    /// To link this identity. The answer is false where it was the contact's.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, identity: Identity) -> Link {
        Link { terms, contact, identity, linked: false, crossing: false, answer: Pending::new() }
    }

    /// To go on with one that is linked.
    pub(in crate::desk) fn again(terms: Arc<Terms>, contact: ContactId, identity: Identity) -> Link {
        Link { crossing: true, ..Link::new(terms, contact, identity) }
    }

    fn link(&mut self, loaded: &Loaded<'_>) -> Plan {
        let contact = loaded.contact();
        self.identity = self.terms.identity_kept(contact, self.identity.clone());
        let there = contact.ledger().identities().any(|own| *own == self.identity);
        self.linked = !there;
        let id = contact.id().clone();
        let key = KeyRow { key: self.terms.key_of(&self.identity), contact: id.clone(), has: true };
        Plan {
            expect: vec![(loaded.id.clone(), loaded.count)],
            entries: vec![Entry::new(id, Body::Linked(self.identity.clone()))],
            keys: vec![key],
            ..Plan::default()
        }
    }

    fn under(&self, loaded: &Loaded<'_>) -> Plan {
        let key = self.terms.key_of(&self.identity);
        let own = loaded.stops_of(|_| true).into_iter();
        let crossing = own.map(|stop| self.terms.as_crossing(stop.told()));
        let missing = crossing.filter(|stop| !loaded.under.says(&key, stop));
        let under = missing.map(|stop| UnderKey { key: key.clone(), stop }).collect();
        Plan { under, ..Plan::default() }
    }
}

impl Step for Link {
    fn want(&self) -> Want {
        self.terms.want(&self.contact)
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match (found.person, self.crossing) {
            (None, _) => {
                self.answer.set(Err(DeskError::UnknownContact));
                Plan::default()
            }
            (Some(loaded), false) => self.link(&loaded),
            (Some(loaded), true) => self.under(&loaded),
        }
    }

    fn written(&mut self, _: &Found<'_>) {
        if self.crossing && !self.answer.is_set() {
            self.answer.set(Ok(self.linked));
        }
        self.crossing = true;
    }
}

impl Operation for Link {
    type Answer = Result<bool, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Link { terms, contact, identity, linked, crossing, answer } = self;
        answer.finish(|answer| Link { terms, contact, identity, linked, crossing, answer })
    }
}

/// Ends an identity of a contact. What the person heard over it stays: it becomes theirs.
#[derive(Debug)]
pub struct Unlink {
    terms: Arc<Terms>,
    contact: ContactId,
    identity: Identity,
    answer: Pending<bool>,
}

impl Unlink {
    /// To unlink this identity. The answer is false where it was not the contact's, and for somebody who was erased,
    /// whose no must still be found under it (S12).
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, identity: Identity) -> Unlink {
        Unlink { terms, contact, identity, answer: Pending::new() }
    }

    fn unlink(&mut self, loaded: &Loaded<'_>) -> Plan {
        let contact = loaded.contact();
        let has = contact.ledger().identities().any(|own| *own == self.identity);
        self.answer.set(Ok(has && !contact.ledger().erased()));
        if !has || contact.ledger().erased() {
            return Plan::default();
        }
        let key = self.terms.key_of(&self.identity);
        let mut entries = Vec::new();
        for member in loaded.members() {
            entries.extend(kept_of(member, &loaded.under.of(&key)));
        }
        entries.push(Entry::new(contact.id().clone(), Body::Unlinked(self.identity.clone())));
        let others = contact.ledger().identities().filter(|own| **own != self.identity);
        let still = others.map(|own| self.terms.key_of(own)).any(|other| other == key);
        let row = |key: WideKey| KeyRow { key, contact: contact.id().clone(), has: false };
        Plan {
            expect: vec![(loaded.id.clone(), loaded.count)],
            entries,
            keys: (!still).then(|| row(key)).into_iter().collect(),
            ..Plan::default()
        }
    }
}

/// The entries by which a contact keeps stops of others as it heard them, where its own record does not say as much.
pub(super) fn kept_of(contact: &Contact, stops: &[Stop]) -> Vec<Entry> {
    let stops = stops.iter().filter(|stop| !stop.is_only() && !contact.ledger().has_on_file(stop));
    stops.map(|stop| Entry::new(contact.id().clone(), Body::Act(Act::Stop(stop.clone())))).collect()
}

impl Step for Unlink {
    fn want(&self) -> Want {
        self.terms.want(&self.contact)
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match found.person {
            None => {
                self.answer.set(Err(DeskError::UnknownContact));
                Plan::default()
            }
            Some(loaded) => {
                self.identity = self.terms.identity_kept(loaded.contact(), self.identity.clone());
                self.unlink(&loaded)
            }
        }
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl Operation for Unlink {
    type Answer = Result<bool, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Unlink { terms, contact, identity, answer } = self;
        answer.finish(|answer| Unlink { terms, contact, identity, answer })
    }
}
