//! The store in memory: the embedded default. It keeps contacts alive in the place of their entries; what is written to it
//! it takes in entry by entry, exactly as a journal of them is read again.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use super::op::{Forget, Halt, Link, Merge};
use super::outbox::Outbox;
use super::persons::Joints;
use super::records::{Record, Records, Upto};
use super::store::{Operation, Plan, Settled, Step, Store, Want, Written};
use super::under::Keys;
use super::{DeskError, Found, Kept, Loaded, Terms, Under, digest};
use crate::consent::{Act, Provenance};
use crate::contact::{Admitted, Body, Contact, Entry, Person};
use crate::identity::{Identity, WideKey};
use crate::name::{ContactId, EventKey, ReplyKey, Stage};

/// Persons in memory.
pub struct Memory {
    terms: Arc<Terms>,
    records: Records,
    joints: Joints,
    keys: Keys,
    outbox: Outbox,
    replies: BTreeMap<ReplyKey, Settled>,
    /// Somebody was forgotten, and a journal may still tell about them.
    pub(crate) unerased: bool,
}

impl Memory {
    /// Nobody yet.
    #[must_use]
    pub fn new(terms: Terms) -> Memory {
        Memory {
            terms: Arc::new(terms),
            records: Records::default(),
            joints: Joints::default(),
            keys: Keys::default(),
            outbox: Outbox::default(),
            replies: BTreeMap::new(),
            unerased: false,
        }
    }

    /// By what it judges.
    #[must_use]
    pub fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    /// Puts another journey in force.
    pub fn adopt(&mut self, journey: crate::journey::Journey) {
        self.terms = Arc::new(Terms { journey, key: self.terms.key.clone() });
    }

    /// What is queued, sent and dropped.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Whether there is a contact of this id.
    #[must_use]
    pub fn has(&self, id: &ContactId) -> bool {
        self.record(id).is_some()
    }

    /// The id under which a contact stands here: its own, or what is left of it.
    pub(crate) fn id_of(&self, id: &ContactId) -> ContactId {
        self.records.id_of(id, self.terms.key.as_ref())
    }

    /// A contact's own record. To ask it, load the person.
    pub(crate) fn own(&self, id: &ContactId) -> Option<&Contact> {
        self.record(id).map(|record| &record.contact)
    }

    pub(super) fn record(&self, id: &ContactId) -> Option<&Record> {
        let by_left = || self.records.get(&self.terms.key.as_ref()?.contact(id));
        self.records.get(id).or_else(by_left)
    }

    fn there(&mut self, id: &ContactId) -> Result<&mut Record, DeskError> {
        self.records.get_mut(id).ok_or(DeskError::UnknownContact)
    }

    /// All contacts' own records, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Contact> {
        self.records.values().map(|record| &record.contact)
    }

    /// The ids of admitted signals of a contact.
    pub(crate) fn signals(&self, id: &ContactId) -> Vec<crate::name::SignalId> {
        self.record(id).into_iter().flat_map(|record| record.signals.keys().cloned()).collect()
    }

    /// All contacts of the person that a contact belongs to, in order.
    pub(crate) fn members(&self, id: &ContactId) -> Vec<ContactId> {
        let joint = self.record(id).and_then(|record| self.joints.get(record.joint?));
        joint.map_or_else(|| vec![self.id_of(id)], |joint| joint.members().cloned().collect())
    }

    /// The stage that a contact holds, with those merged with it.
    pub(crate) fn held(&self, id: &ContactId) -> Option<Stage> {
        let record = self.record(id)?;
        match record.joint.and_then(|joint| self.joints.get(joint)) {
            Some(joint) => joint.held().cloned(),
            None => record.contact.held_stage(),
        }
    }

    /// The contacts that have an identity with the key of this one.
    pub(crate) fn sharers(&self, identity: &Identity) -> impl Iterator<Item = &Contact> + use<'_> {
        let holders: Vec<&ContactId> = self.keys.holders(&self.terms.key_of(identity)).collect();
        holders.into_iter().filter_map(|holder| Some(&self.records.get(holder)?.contact))
    }

    /// The contacts of those persons who have a key.
    fn holders_of(&self, key: &WideKey) -> Vec<ContactId> {
        let mut all: Vec<ContactId> =
            self.keys.holders(key).flat_map(|holder| self.members(holder)).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Lets a person hear what lies under its keys, and what those merged with it said no to, since the last time.
    pub(crate) fn refresh(&mut self, id: &ContactId) {
        let Memory { records, joints, keys, terms, .. } = self;
        let Some(Record { contact, keys: own, joint, heard, .. }) = records.get_mut(id) else { return };
        if let Some(joint) = *joint {
            joints.refresh(joint, records, keys, terms);
        } else if heard.keys < keys.change() {
            for key in &*own {
                for stop in keys.news(key, heard.keys) {
                    contact.hear(stop, Provenance::Told, Some(key), |identity| terms.key_of(identity));
                }
            }
            heard.keys = keys.change();
        }
    }

    /// A person as it is now.
    pub(crate) fn with<T>(&self, id: &ContactId, look: impl FnOnce(Option<Loaded<'_>>) -> T) -> T {
        let Some(record) = self.records.get(id) else { return look(None) };
        let (contact, under) = (&record.contact, Under::Keys(&self.keys));
        let Some(joint) = record.joint.and_then(|joint| self.joints.get(joint)) else {
            let (id, person) = (contact.id(), Person::from(contact));
            return look(Some(Loaded { id, count: record.count, person, under, known: None }));
        };
        let others = joint.members().filter(|member| *member != contact.id());
        let others: Vec<&Record> = others.filter_map(|other| self.records.get(other)).collect();
        let count = others.iter().fold(record.count, |sum, other| sum.saturating_add(other.count));
        let others: Vec<&Contact> = others.into_iter().map(|other| &other.contact).collect();
        let person = Person::joined(contact, &others, joint.held());
        let known = Some(joint.known());
        look(Some(Loaded { id: contact.id(), count, person, under, known }))
    }

    /// Hands out what is found for a step. With [`Memory::write`] a store that writes a log can keep what it reads back here.
    pub fn find<T>(&mut self, want: &Want, look: impl FnOnce(&Found<'_>) -> T) -> T {
        let id = self.id_of(&want.contact);
        let other = want.other.as_ref().map(|other| self.id_of(&other.contact));
        self.refresh(&id);
        other.iter().for_each(|other| self.refresh(other));
        let digest = |signal| self.records.get(&id).and_then(|record| record.signals.get(signal).copied());
        let signal = want.signal.as_ref().and_then(digest);
        let event = want.event.and_then(|key| self.outbox.kept(key));
        let reply = want.reply.and_then(|key| self.replies.get(&key).copied());
        let holders = want.holders.as_ref().map_or_else(Vec::new, |key| self.holders_of(key));
        let events = self.outbox.of(&want.events);
        let found = Found { signal, event, reply, holders: &holders, events: &events, ..Found::default() };
        self.with(&id, |person| match &other {
            None => look(&Found { person, ..found }),
            Some(other) => self.with(other, |other| look(&Found { person, other, ..found })),
        })
    }

    /// Tells a step that its plan is written, with what is there now.
    pub(crate) fn look_back(&mut self, want: &Want, step: &mut dyn Step) {
        match step.looks_back() {
            true => self.find(want, |found| step.written(found)),
            false => step.written(&Found::default()),
        }
    }

    /// Takes in a plan that was written: its entries, in their order, what lies under keys, what became of a reply, and whom to
    /// forget. All else that a plan says follows from its entries. A plan is to be of persons as they are here: what does
    /// not fit is left out.
    pub fn write(&mut self, plan: Plan) {
        let Plan { entries, under, replied, forget, signal, .. } = plan;
        let digest = signal.map(|(_, _, digest)| digest);
        for entry in entries {
            // INVARIANT: a plan is about persons that were found.
            let _ = self.take_in(entry, digest);
        }
        under.into_iter().for_each(|row| self.keys.put(row.key, row.stop));
        self.replies.extend(replied);
        if let Some(forget) = forget {
            self.forget(&forget);
        }
    }

    /// Takes in one entry of a journal that is read again.
    pub(crate) fn take(&mut self, entry: Entry) -> Result<(), DeskError> {
        self.take_in(entry, None)
    }

    /// Takes in one entry; the digest is that of a signal, if it is known.
    fn take_in(&mut self, entry: Entry, known: Option<u64>) -> Result<(), DeskError> {
        let (id, body) = entry.into_parts();
        match body {
            Body::Opened(opened) => {
                if self.records.get(&id).is_some() {
                    return Err(DeskError::OpenedAgain);
                }
                let identity = opened.into_identity();
                let key = self.terms.key_of(&identity);
                let mut record =
                    Record::new(Contact::open(id.clone(), identity, self.terms.journey.vocabulary()));
                record.keys.push(key.clone());
                self.records.insert(record);
                self.keys.note(key, id.clone(), true);
            }
            Body::Linked(identity) => {
                let key = self.terms.key_of(&identity);
                let record = self.there(&id)?;
                record.contact.link(identity);
                if !record.keys.contains(&key) {
                    record.keys.push(key.clone());
                    // What lies there is news.
                    record.heard.keys = 0;
                    if let Some(joint) = record.joint {
                        self.joints.key(joint, &id, &key, true);
                    }
                }
                self.keys.note(key, id.clone(), true);
            }
            Body::Unlinked(identity) => {
                let terms = Arc::clone(&self.terms);
                let key = terms.key_of(&identity);
                let record = self.there(&id)?;
                record.contact.unlink(&identity);
                if !record.contact.ledger().identities().any(|own| terms.key_of(own) == key) {
                    record.keys.retain(|other| *other != key);
                    if let Some(joint) = record.joint {
                        self.joints.key(joint, &id, &key, false);
                    }
                    self.keys.note(key, id.clone(), false);
                }
            }
            Body::Act(act) => {
                let record = self.there(&id)?;
                record.contact.keep(&act)?;
                let joint = record.joint;
                if let (Act::Stop(stop), Some(joint)) = (act, joint) {
                    self.joints.say(joint, &id, stop);
                }
            }
            Body::Signal(Admitted { signal, .. }) => {
                let record = self.there(&id)?;
                record.contact.admit(&signal.kind, signal.at);
                record.contact.advance(1);
                if !record.contact.is_scrubbed() {
                    let digest = known.unwrap_or_else(|| digest(&signal));
                    record.signals.insert(signal.id, digest);
                }
            }
            Body::Transition(moved) => {
                let record = self.there(&id)?;
                record.contact.advance(1);
                match record.joint {
                    Some(joint) => self.joints.hold(joint, moved.to().cloned()),
                    None => record.contact.hold(moved.to()),
                }
            }
            Body::TransitionAlone(moved) => {
                let record = self.there(&id)?;
                record.contact.hold(moved.to());
                record.contact.advance(1);
            }
            Body::Merged { into, held } => self.merge(&id, &into, held)?,
            Body::Unmerged { held } => self.unmerge(&id, held)?,
            Body::Queued(event) => {
                let record = self.there(&id)?;
                record.contact.queue(&event);
                record.contact.advance(1);
                self.outbox.put(event);
            }
            Body::EffectRefused(_) => self.there(&id)?.contact.advance(1),
            Body::Sent { key, at } => {
                self.outbox.settle(key, Settled::Sent { at }).ok_or(DeskError::NotQueued)?;
            }
            Body::Dropped { key, reason, at } => {
                self.outbox.settle(key, Settled::Dropped { reason, at }).ok_or(DeskError::NotQueued)?;
            }
        }
        if let Some(record) = self.records.get_mut(&id) {
            record.count = record.count.saturating_add(1);
        }
        Ok(())
    }

    /// Takes in one entry of a journal that is read again, and does what its operation did after it.
    pub(crate) fn replay(&mut self, entry: Entry) -> Result<(), DeskError> {
        let terms = Arc::clone(&self.terms);
        let id = entry.contact().clone();
        match entry.body() {
            Body::Act(Act::Stop(stop)) => {
                let halt = Halt::again(terms, id, stop.clone());
                self.take(entry)?;
                always(self, halt).map(drop)
            }
            Body::Linked(identity) => {
                let link = Link::again(terms, id, identity.clone());
                self.take(entry)?;
                always(self, link).map(drop)
            }
            Body::Merged { into, .. } => {
                let (theirs, ours) = (self.members(&id), self.members(into));
                let side = if theirs.len() <= ours.len() { theirs } else { ours };
                let merge = Merge::again(terms, id, into.clone(), side);
                self.take(entry)?;
                always(self, merge).map(drop)
            }
            _ => self.take(entry),
        }
    }

    fn merge(&mut self, from: &ContactId, into: &ContactId, held: Option<Stage>) -> Result<(), DeskError> {
        for id in [from, into] {
            self.there(id)?.contact.name_it();
        }
        let Memory { records, joints, .. } = self;
        joints.merge(records, from, into, held);
        Ok(())
    }

    /// `held`: the stage that those who stay hold; where it was not written down, it is found by the journey in force.
    fn unmerge(&mut self, id: &ContactId, held: Option<Option<Stage>>) -> Result<(), DeskError> {
        self.there(id)?;
        let Memory { records, joints, terms, .. } = self;
        joints.unmerge(records, id, held, |stage| terms.journey.how_far(stage));
        Ok(())
    }

    /// Puts in the place of contacts what may be kept of them.
    fn forget(&mut self, forget: &Forget) {
        let erased: Vec<ContactId> = forget.contacts().cloned().collect();
        for id in &erased {
            let left = self.records.get(id).and_then(|record| record.contact.scrubbed(forget.key()));
            let Some((contact, record)) = left.and_then(|left| Some((left, self.records.remove(id)?))) else {
                continue;
            };
            self.keys.replace(record.keys.iter().cloned(), id, contact.id());
            if let Some(joint) = record.joint {
                self.joints.rename(joint, id, contact.id());
            }
            let Record { count, keys, joint, .. } = record;
            self.records.insert(Record { count, keys, joint, ..Record::new(contact) });
        }
        self.keys.rename(|stop| forget.stop(stop));
        let acts = forget.acts().cloned().collect();
        for record in self.records.values_mut() {
            record.contact.rename_heard(|stop| forget.stop(stop));
            if let Some(contact) = record.contact.without_ids_of(&acts, forget.key()) {
                record.contact = contact;
            }
            record.heard = Upto::default();
        }
        self.joints.hear_again();
        self.joints.rename_stops(|stop| forget.stop(stop));
        self.unerased = true;
        erased.iter().for_each(|id| self.refresh(&forget.left(id)));
        let scrubber = forget.scrubber();
        self.outbox.scrub(|event| scrubber.event(event));
    }
}

/// What it holds, and not how far anybody has heard of it: that changes with every question.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Memory { terms, records, joints, keys, outbox, replies, .. } = self;
        let mut fields = f.debug_struct("Memory");
        fields.field("terms", terms).field("records", records).field("joints", joints).field("keys", keys);
        fields.field("outbox", outbox).field("replies", replies).finish()
    }
}

/// Carries out an operation on memory, which has no errors of its own, and which nobody else changes.
pub(crate) fn always<O: Operation>(memory: &mut Memory, mut operation: O) -> O::Answer {
    loop {
        let Ok(_) = memory.step(&mut operation);
        match operation.finish() {
            Ok(answer) => return answer,
            Err(next) => operation = next,
        }
    }
}

impl Store for Memory {
    type Error = Infallible;

    fn step(&mut self, step: &mut dyn Step) -> Result<Written, Infallible> {
        let want = step.want();
        let plan = self.find(&want, |found| step.plan(found));
        self.write(plan);
        self.look_back(&want, step);
        Ok(Written::All)
    }

    fn waiting(&mut self, most: usize) -> Result<Vec<EventKey>, Infallible> {
        Ok(self.outbox.waiting().into_iter().take(most).collect())
    }

    fn contact_of(&mut self, event: EventKey) -> Result<Option<ContactId>, Infallible> {
        Ok(self.outbox.kept(event).map(|kept: Kept<'_>| kept.event.contact().clone()))
    }
}
