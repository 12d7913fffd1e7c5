//! The contacts of a memory by id, and the key under which those that were erased are still found.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::contact::Contact;
use crate::identity::{SuppressionKey, WideKey};
use crate::name::{ContactId, SignalId};

/// A contact, and what memory knows of it.
pub(super) struct Record {
    pub(super) contact: Contact,
    /// How many entries of it there were.
    pub(super) count: u64,
    /// Admitted signals, each with a digest of its content (S2).
    pub(super) signals: BTreeMap<SignalId, u64>,
    /// The keys of its identities.
    pub(super) keys: Vec<WideKey>,
    /// Of which joint person it is a part.
    pub(super) joint: Option<u64>,
    /// How much it has heard of what holds for it.
    pub(super) heard: Upto,
}

/// Contacts by id; those that were scrubbed by what is left of theirs.
#[derive(Default)]
pub(super) struct Records {
    places: BTreeMap<ContactId, usize>,
    all: Vec<Option<Record>>,
    /// The places of those that were removed.
    free: Vec<usize>,
    /// The place that was looked up last.
    last: AtomicUsize,
}

/// How much somebody has heard.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Upto {
    /// The latest change under a key that a contact by itself has seen.
    pub(super) keys: u64,
    /// So many of the stops that crossed to its joint person.
    pub(super) told: usize,
    /// So many of the stops of the members of its joint person.
    pub(super) said: usize,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Record { contact, signals, keys, joint, .. } = self;
        let mut fields = f.debug_struct("Record");
        fields.field("contact", contact).field("signals", signals).field("keys", keys).field("joint", joint);
        fields.finish_non_exhaustive()
    }
}

impl Record {
    pub(super) fn new(contact: Contact) -> Record {
        Record {
            contact,
            count: 0,
            signals: BTreeMap::new(),
            keys: Vec::new(),
            joint: None,
            heard: Upto::default(),
        }
    }
}

impl Records {
    /// The id under which a contact stands here: its own, or what is left of it.
    pub(super) fn id_of(&self, id: &ContactId, key: Option<&SuppressionKey>) -> ContactId {
        let left = || Some(key?.contact(id)).filter(|left| self.get(left).is_some());
        let here = self.get(id).is_some();
        if here { id.clone() } else { left().unwrap_or_else(|| id.clone()) }
    }

    /// Where a contact stands. Whoever asks for one mostly asks for the same again.
    fn place(&self, id: &ContactId) -> Option<usize> {
        let last = self.last.load(Ordering::Relaxed);
        let is = |record: &Record| record.contact.id() == id;
        if self.all.get(last).and_then(Option::as_ref).is_some_and(is) {
            return Some(last);
        }
        let place = *self.places.get(id)?;
        self.last.store(place, Ordering::Relaxed);
        Some(place)
    }

    /// By the id under which it stands here.
    pub(super) fn get(&self, id: &ContactId) -> Option<&Record> {
        self.all.get(self.place(id)?)?.as_ref()
    }

    /// By the id under which it stands here.
    pub(super) fn get_mut(&mut self, id: &ContactId) -> Option<&mut Record> {
        let place = self.place(id)?;
        self.all.get_mut(place)?.as_mut()
    }

    pub(super) fn insert(&mut self, record: Record) {
        let place = self.free.pop().unwrap_or(self.all.len());
        self.places.insert(record.contact.id().clone(), place);
        match self.all.get_mut(place) {
            Some(there) => *there = Some(record),
            None => self.all.push(Some(record)),
        }
    }

    pub(super) fn remove(&mut self, id: &ContactId) -> Option<Record> {
        let place = self.places.remove(id)?;
        self.free.push(place);
        self.all.get_mut(place)?.take()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Record> {
        self.places.values().filter_map(|place| self.all.get(*place)?.as_ref())
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        self.all.iter_mut().flatten()
    }
}

/// By id.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.values().map(|record| (record.contact.id(), record))).finish()
    }
}
