//! The contacts of a memory by id, and the key under which those that were erased are still found.

use std::collections::BTreeMap;
use std::fmt;

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
#[derive(Debug, Default)]
pub(super) struct Records {
    all: BTreeMap<ContactId, Record>,
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
        let left = || Some(key?.contact(id)).filter(|left| self.all.contains_key(left));
        let here = self.all.contains_key(id);
        if here { id.clone() } else { left().unwrap_or_else(|| id.clone()) }
    }

    /// By the id under which it stands here.
    pub(super) fn get(&self, id: &ContactId) -> Option<&Record> {
        self.all.get(id)
    }

    /// By the id under which it stands here.
    pub(super) fn get_mut(&mut self, id: &ContactId) -> Option<&mut Record> {
        self.all.get_mut(id)
    }

    pub(super) fn insert(&mut self, record: Record) {
        self.all.insert(record.contact.id().clone(), record);
    }

    pub(super) fn remove(&mut self, id: &ContactId) -> Option<Record> {
        self.all.remove(id)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Record> {
        self.all.values()
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Record> {
        self.all.values_mut()
    }
}
