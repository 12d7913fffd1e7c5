//! The contacts of a book by id, and the key under which those that were erased are still found.

use std::collections::BTreeMap;

use super::Record;
use crate::identity::{Identity, SuppressionKey, WideKey};
use crate::name::ContactId;

/// Contacts by id; those that were scrubbed by what is left of theirs.
#[derive(Debug, Default)]
pub(super) struct Records {
    all: BTreeMap<ContactId, Record>,
    pub(super) key: Option<SuppressionKey>,
}

impl Records {
    /// The id under which a contact stands here: its own, or what is left of it.
    pub(super) fn id_of(&self, id: &ContactId) -> ContactId {
        self.left_of(id).unwrap_or_else(|| id.clone())
    }

    /// The id of what is left of a contact, where that is what stands here.
    fn left_of(&self, id: &ContactId) -> Option<ContactId> {
        let key = self.key.as_ref().filter(|_| !self.all.contains_key(id))?;
        Some(key.contact(id)).filter(|left| self.all.contains_key(left))
    }

    /// By its own id, or that under which it stands here.
    pub(super) fn find_mut(&mut self, id: &ContactId) -> Option<&mut Record> {
        let left = self.left_of(id);
        self.all.get_mut(left.as_ref().unwrap_or(id))
    }

    pub(super) fn get(&self, id: &ContactId) -> Option<&Record> {
        let left = || self.all.get(&self.key.as_ref()?.contact(id));
        self.all.get(id).or_else(left)
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

    /// Over what the stops of an identity cross: its wide key, or what an erasure would leave of it.
    pub(super) fn crossing(&self, identity: &Identity) -> WideKey {
        match &self.key {
            Some(key) => key.erased(identity).wide_key(),
            None => identity.wide_key(),
        }
    }
}
