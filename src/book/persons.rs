//! What concerns several contacts: who shares a key, who is merged with whom, and who must be told of a stop.
//!
//! Every contact keeps its own ledger. A stop that concerns others is told: it becomes an entry in each of
//! their ledgers (S13, S15), so that any of them can be asked alone. One that a ledger has a later like of
//! adds nothing and is left out. So a stop costs as much as there are contacts to tell, and an ask nothing; whoever has
//! thousands behind one key tells a contact before it is asked instead, as `examples/conformance/persons.rs` does.

use std::collections::{BTreeMap, BTreeSet};

use crate::consent::{Provenance, Stop};
use crate::contact::{Contact, Person};
use crate::identity::{Identity, WideKey};
use crate::name::{ActId, ContactId, Stage};

use super::Record;
use super::records::Records;

/// Contacts by id, with the keys they share and the persons that merges made of them.
#[derive(Debug, Default)]
pub(super) struct Persons {
    pub(super) records: Records,
    sharers: BTreeMap<WideKey, BTreeSet<ContactId>>,
    joint: BTreeMap<u64, Joint>,
    next: u64,
}

/// Several contacts that are one person (S14), and the stage they hold together (S23).
#[derive(Debug)]
struct Joint {
    members: BTreeSet<ContactId>,
    held: Option<Stage>,
}

impl Persons {
    pub(super) fn get(&self, id: &ContactId) -> Option<&Record> {
        self.records.get(id)
    }

    /// A contact and those merged with it.
    pub(super) fn with<T>(&self, id: &ContactId, look: impl FnOnce(Person<'_>) -> T) -> Option<T> {
        let record = self.records.get(id)?;
        let Some(joint) = record.joint.and_then(|joint| self.joint.get(&joint)) else {
            return Some(look(Person::from(&record.contact)));
        };
        let others = joint.members.iter().filter(|member| *member != record.contact.id());
        let others: Vec<&Contact> =
            others.filter_map(|other| Some(&self.records.get(other)?.contact)).collect();
        Some(look(Person::joined(&record.contact, &others, joint.held.as_ref())))
    }

    /// All contacts of the person that a contact belongs to.
    pub(super) fn members(&self, id: &ContactId) -> BTreeSet<ContactId> {
        let joint = self.records.get(id).and_then(|record| self.joint.get(&record.joint?));
        joint.map_or_else(|| BTreeSet::from([self.records.id_of(id)]), |joint| joint.members.clone())
    }

    /// The stage that a contact holds, with those merged with it.
    pub(super) fn held(&self, id: &ContactId) -> Option<Stage> {
        let record = self.records.get(id)?;
        match record.joint.and_then(|joint| self.joint.get(&joint)) {
            Some(joint) if !record.contact.ledger().erased() => joint.held.clone(),
            Some(_) => None,
            None => record.contact.held_stage(),
        }
    }

    /// Whether a contact is merged with another.
    pub(super) fn is_joint(&self, id: &ContactId) -> bool {
        self.records.get(id).is_some_and(|record| record.joint.is_some())
    }

    /// Moves the stage that a contact holds with those merged with it.
    pub(super) fn hold(&mut self, id: &ContactId, stage: Option<&Stage>) {
        let joint = self.records.get(id).and_then(|record| record.joint);
        if let Some(joint) = joint.and_then(|joint| self.joint.get_mut(&joint)) {
            joint.held = stage.cloned();
        }
    }

    /// Takes note of an identity of a contact; the stops of everybody who shares its wide key cross, both ways.
    pub(super) fn share(&mut self, id: &ContactId, identity: &Identity) {
        let key = self.records.crossing(identity);
        let sharers = self.sharers.entry(key.clone()).or_default();
        sharers.insert(id.clone());
        if sharers.len() == 1 {
            return;
        }
        let members = self.members(id);
        let others = self.sharers.get(&key).into_iter().flatten().filter(|sharer| !members.contains(sharer));
        let others = self.spokesmen(others);
        // Whoever shared another key before has heard everything, and told everything.
        let near = self.sharing_but(&members, &key);
        for other in others.into_iter().filter(|other| !near.contains(other)) {
            self.cross(id, &other);
            self.cross(&other, id);
        }
    }

    /// Forgets an identity of a contact, unless another of its identities has the same wide key. What was told stays told.
    pub(super) fn unshare(&mut self, id: &ContactId, identity: &Identity) {
        let key = self.records.crossing(identity);
        let kept = self.records.get(id).is_some_and(|record| self.keys(record).any(|other| other == key));
        if let Some(sharers) = self.sharers.get_mut(&key).filter(|_| !kept) {
            sharers.remove(id);
        }
    }

    /// Tells a stop that a contact has now to those merged with it, and to whoever shares a key with one of them.
    pub(super) fn tell(&mut self, id: &ContactId, stop: &Stop) {
        let members = self.members(id);
        for member in members.iter().filter(|member| *member != id) {
            self.append(member, stop.clone().joined());
        }
        for other in self.sharing(&members) {
            for member in self.members(&other) {
                self.append(&member, stop.clone().told());
            }
        }
    }

    /// Makes one person of two contacts; false if they are one already.
    pub(super) fn merge(
        &mut self,
        from: &ContactId,
        into: &ContactId,
        rank: impl Fn(Option<&Stage>) -> usize,
    ) -> bool {
        for id in [from, into] {
            if let Some(record) = self.records.get_mut(id) {
                record.contact.name_it();
            }
        }
        let (ours, theirs) = (self.members(into), self.members(from));
        if ours.contains(from) {
            return false;
        }
        let (near_us, near_them) = (self.sharing(&ours), self.sharing(&theirs));
        let held = self.furthest(from, into, rank);
        self.join(&theirs, into);
        self.join(&ours, from);
        let far = |other: &&ContactId, near: &[ContactId]| !near.contains(*other);
        for other in near_us.iter().filter(|other| !theirs.contains(*other) && far(other, &near_them)) {
            self.cross(from, other);
            self.hear(&theirs, other);
        }
        for other in near_them.iter().filter(|other| !ours.contains(*other) && far(other, &near_us)) {
            self.cross(into, other);
            self.hear(&ours, other);
        }
        let members: BTreeSet<ContactId> = ours.union(&theirs).cloned().collect();
        self.make_joint(members, held);
        true
    }

    /// Of the stages that two contacts hold the one furthest along (S23).
    pub(super) fn furthest(
        &self,
        from: &ContactId,
        into: &ContactId,
        rank: impl Fn(Option<&Stage>) -> usize,
    ) -> Option<Stage> {
        let held = [self.held(into), self.held(from)];
        held.into_iter().max_by_key(|stage| rank(stage.as_ref())).flatten()
    }

    /// Makes a contact a person of its own again; false if it was one. Stops stay on both sides (S28).
    pub(super) fn unmerge(&mut self, id: &ContactId, rank: impl Fn(Option<&Stage>) -> usize) -> bool {
        let Some(joint) = self.records.get_mut(id).and_then(|record| record.joint.take()) else {
            return false;
        };
        let left = self.joint.remove(&joint).map(|joint| joint.members).unwrap_or_default();
        let left: BTreeSet<ContactId> = left.into_iter().filter(|member| member != id).collect();
        let alone = left.iter().filter_map(|member| Some(self.records.get(member)?.contact.held_stage()));
        let held = alone.max_by_key(|stage| rank(stage.as_ref())).flatten();
        self.make_joint(left, held);
        true
    }

    /// Whether a contact that is opened under this identity would be told a stop of this id.
    pub(super) fn would_tell(&self, identity: &Identity, stop: &ActId) -> bool {
        self.sharers_of_key(identity).flat_map(Contact::stops).any(|told| told.id() == stop)
    }

    /// The contacts that have an identity with the wide key of this one.
    pub(super) fn sharers_of_key<'p>(
        &'p self,
        identity: &Identity,
    ) -> impl Iterator<Item = &'p Contact> + use<'p> {
        let sharers = self.sharers.get(&self.records.crossing(identity)).into_iter().flatten();
        sharers.filter_map(|sharer| Some(&self.records.get(sharer)?.contact))
    }

    fn make_joint(&mut self, members: BTreeSet<ContactId>, held: Option<Stage>) {
        let joint = (members.len() > 1).then_some(self.next);
        self.next = self.next.saturating_add(1);
        for member in &members {
            if let Some(record) = self.records.get_mut(member) {
                if let Some(before) = std::mem::replace(&mut record.joint, joint) {
                    self.joint.remove(&before);
                }
            }
        }
        if let Some(joint) = joint {
            self.joint.insert(joint, Joint { members, held });
        }
    }

    /// The persons that share a key with one of these contacts, one contact for each; not these themselves.
    pub(super) fn sharing(&self, members: &BTreeSet<ContactId>) -> Vec<ContactId> {
        self.spokesmen(self.sharers_of(members, None).into_iter())
    }

    /// The same, over other keys than this one.
    fn sharing_but(&self, members: &BTreeSet<ContactId>, key: &WideKey) -> BTreeSet<ContactId> {
        let sharers = self.sharers_of(members, Some(key)).into_iter();
        sharers.flat_map(|sharer| self.members(sharer)).collect()
    }

    /// The keys over which a contact's stops cross.
    fn keys(&self, record: &Record) -> impl Iterator<Item = WideKey> {
        record.contact.ledger().identities().map(|identity| self.records.crossing(identity))
    }

    fn sharers_of(&self, members: &BTreeSet<ContactId>, but: Option<&WideKey>) -> BTreeSet<&ContactId> {
        let contacts = members.iter().filter_map(|member| self.records.get(member));
        let keys: BTreeSet<WideKey> = contacts.flat_map(|record| self.keys(record)).collect();
        let keys = keys.iter().filter(|key| Some(*key) != but);
        let sharers = keys.filter_map(|key| self.sharers.get(key)).flatten();
        sharers.filter(|sharer| !members.contains(*sharer)).collect()
    }

    /// One contact for each person among these: all members of a person have the same stops.
    fn spokesmen<'c>(&self, contacts: impl Iterator<Item = &'c ContactId>) -> Vec<ContactId> {
        let mut heard = BTreeSet::new();
        let joint = |id: &ContactId| self.records.get(id).and_then(|record| record.joint);
        contacts.filter(|id| joint(id).is_none_or(|joint| heard.insert(joint))).cloned().collect()
    }

    /// The stops of `from` and its person cross to `to` and its person.
    fn cross(&mut self, from: &ContactId, to: &ContactId) {
        self.hear(&self.members(to), from);
    }

    /// The stops of `from` and its person cross to these contacts.
    fn hear(&mut self, to: &BTreeSet<ContactId>, from: &ContactId) {
        for stop in self.stops(from) {
            to.iter().for_each(|member| self.append(member, stop.clone().told()));
        }
    }

    /// All stops of `from` and its person come to `members` with a merge, those it was told as told.
    fn join(&mut self, members: &BTreeSet<ContactId>, from: &ContactId) {
        let told = self.records.get(from).into_iter().flat_map(|record| record.contact.all_stops());
        let told: Vec<Stop> = told.filter(|stop| stop.provenance() == Provenance::Told).collect();
        for stop in told.into_iter().chain(self.stops(from)) {
            members.iter().for_each(|member| self.append(member, stop.clone().joined()));
        }
    }

    /// The stops of a person, to be told on. Each of its members has all of them, as its own or from a merge, those
    /// of whoever has left included (S28).
    fn stops(&self, id: &ContactId) -> Vec<Stop> {
        self.records.get(id).into_iter().flat_map(|record| record.contact.stops()).collect()
    }

    /// Keeps of these contacts what may be kept of somebody who was erased, and lets no other contact have the ids of
    /// their acts. False where nothing else was left of any of them.
    pub(super) fn scrub(&mut self, members: &BTreeSet<ContactId>) -> bool {
        let Some(key) = self.records.key.clone() else {
            return false;
        };
        let mut acts = BTreeSet::new();
        let mut scrubbed = false;
        for id in members {
            let left = self.records.get_mut(id).and_then(|record| record.contact.scrubbed(&key));
            let Some((contact, record)) = left.and_then(|left| Some((left, self.records.remove(id)?))) else {
                continue;
            };
            scrubbed = true;
            acts.extend(
                record
                    .contact
                    .stops()
                    .filter(|stop| stop.provenance() == Provenance::Own)
                    .map(|stop| stop.0.id),
            );
            for print in self.keys(&record).collect::<Vec<_>>() {
                if let Some(sharers) = self.sharers.get_mut(&print) {
                    sharers.remove(id);
                    sharers.insert(contact.id().clone());
                }
            }
            if let Some(joint) = record.joint.and_then(|joint| self.joint.get_mut(&joint)) {
                joint.members.remove(id);
                joint.members.insert(contact.id().clone());
                joint.held = None;
            }
            self.records.insert(Record { contact, signals: BTreeMap::new(), joint: record.joint });
        }
        for record in self.records.values_mut().filter(|_| scrubbed) {
            if let Some(contact) = record.contact.without_ids_of(&acts, &key) {
                record.contact = contact;
            }
        }
        scrubbed
    }

    fn append(&mut self, to: &ContactId, stop: Stop) {
        if let Some(record) = self.records.get_mut(to) {
            record.contact.hear(stop);
        }
    }
}
