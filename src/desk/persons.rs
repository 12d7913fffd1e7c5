//! Persons of several contacts, as memory keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::Terms;
use super::found::Known;
use super::records::{Record, Records, Upto};
use super::under::Keys;
use crate::consent::{ActKind, Provenance, Stop};
use crate::identity::{Identity, WideKey};
use crate::name::{ContactId, Stage};

/// The joint persons, by number.
#[derive(Debug, Default)]
pub(super) struct Joints {
    all: BTreeMap<u64, Joint>,
    next: u64,
}

/// Several contacts that are one person (S14), and the stage they hold together (S23).
#[derive(Default)]
pub(super) struct Joint {
    members: BTreeSet<ContactId>,
    held: Option<Stage>,
    /// What each of them said no to: it holds for all of them (S15).
    stops: Vec<(ContactId, Arc<Stop>)>,
    /// The keys that each of them has.
    keys: Vec<(ContactId, WideKey)>,
    /// What crossed to them over these keys, as far as it was looked for.
    told: Vec<(WideKey, Arc<Stop>)>,
    /// The latest change under a key that was looked at.
    seen: u64,
    /// So many of `told` and of `stops` all of them have heard.
    heard: (usize, usize),
}

/// Who is one, and what they say and have; not how far anybody has heard of it.
impl fmt::Debug for Joint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Joint { members, held, stops, .. } = self;
        let mut fields = f.debug_struct("Joint");
        fields.field("members", members).field("held", held).field("stops", stops).finish_non_exhaustive()
    }
}

impl Joint {
    pub(super) fn members(&self) -> impl Iterator<Item = &ContactId> {
        self.members.iter()
    }

    pub(super) fn held(&self) -> Option<&Stage> {
        self.held.as_ref()
    }

    /// What its members said and have.
    pub(super) fn known(&self) -> Known<'_> {
        Known { stops: &self.stops, keys: &self.keys }
    }

    /// Looks for what crossed to them since the last time, and lets each of them hear it, and the others.
    fn refresh(&mut self, records: &mut Records, keys: &Keys, terms: &Terms) {
        let Joint { members, stops, keys: own, told, seen, heard, .. } = self;
        if *seen < keys.change() {
            for (_, key) in &*own {
                for stop in keys.news(key, *seen) {
                    // What is about an address alone holds for its own key.
                    let says = |there: &Stop| !stop.is_only() && there.says(stop);
                    let known = stops.iter().any(|(_, there)| says(there));
                    if !known && !told.iter().any(|(_, there)| says(there)) {
                        told.push((key.clone(), Arc::clone(stop)));
                    }
                }
            }
            *seen = keys.change();
        }
        if *heard == (told.len(), stops.len()) {
            return;
        }
        let key_of = |identity: &Identity| terms.key_of(identity);
        for member in &*members {
            let Some(Record { contact, heard, .. }) = records.get_mut(member) else { continue };
            for (_, stop) in stops.iter().skip(heard.said).filter(|(of, _)| of != member) {
                contact.hear(stop, stop.of_member(), None, key_of);
            }
            for (key, stop) in told.iter().skip(heard.told) {
                contact.hear(stop, Provenance::Told, Some(key), key_of);
            }
            (heard.told, heard.said) = (told.len(), stops.len());
        }
        *heard = (told.len(), stops.len());
    }
}

impl Joint {
    /// A contact by itself, about to be one of several.
    fn of(records: &Records, id: &ContactId) -> Joint {
        let Some(record) = records.get(id) else { return Joint::default() };
        let stops = record.contact.all_stops().map(|stop| (id.clone(), Arc::new(stop))).collect();
        let keys = record.keys.iter().map(|key| (id.clone(), key.clone())).collect();
        Joint { members: BTreeSet::from([id.clone()]), stops, keys, ..Joint::default() }
    }
}

impl Joints {
    pub(super) fn get(&self, joint: u64) -> Option<&Joint> {
        self.all.get(&joint)
    }

    pub(super) fn hold(&mut self, joint: u64, stage: Option<Stage>) {
        if let Some(joint) = self.all.get_mut(&joint) {
            joint.held = stage;
        }
    }

    /// A member said no.
    pub(super) fn say(&mut self, joint: u64, member: &ContactId, stop: Stop) {
        let Some(joint) = self.all.get_mut(&joint) else { return };
        if stop.kind() == ActKind::Erase && stop.provenance() != Provenance::Told {
            joint.held = None;
        }
        if stop.kind() != ActKind::Void {
            joint.stops.push((member.clone(), Arc::new(stop)));
        }
    }

    /// Makes one person of those of two contacts, unless they are.
    pub(super) fn merge(
        &mut self,
        records: &mut Records,
        from: &ContactId,
        into: &ContactId,
        held: Option<Stage>,
    ) {
        let number = |id: &ContactId| records.get(id).and_then(|record| record.joint);
        let (theirs, ours) = (number(from), number(into));
        if from == into || theirs.is_some() && theirs == ours {
            self.hold_again(ours, held);
            return;
        }
        let [theirs, ours] = [(theirs, from), (ours, into)].map(|(joint, id)| match joint {
            Some(joint) => self.all.remove(&joint).unwrap_or_default(),
            None => Joint::of(records, id),
        });
        let (mut large, small) =
            if theirs.members.len() > ours.members.len() { (theirs, ours) } else { (ours, theirs) };
        let number = self.number();
        for member in &large.members {
            if let Some(record) = records.get_mut(member) {
                record.joint = Some(number);
            }
        }
        // The larger side has heard of its own; the smaller hears from the beginning.
        for member in &small.members {
            if let Some(record) = records.get_mut(member) {
                (record.joint, record.heard) = (Some(number), Upto::default());
            }
        }
        large.members.extend(small.members);
        large.stops.extend(small.stops);
        large.keys.extend(small.keys);
        large.told.extend(small.told);
        large.seen = large.seen.min(small.seen);
        large.held = held;
        large.heard = (0, 0);
        self.all.insert(number, large);
    }

    /// A merge of those who are one person already says which stage they hold.
    fn hold_again(&mut self, joint: Option<u64>, held: Option<Stage>) {
        if let Some(joint) = joint {
            self.hold(joint, held);
        }
    }

    fn number(&mut self) -> u64 {
        self.next = self.next.saturating_add(1);
        self.next
    }

    /// Makes a contact a person of its own again; those who stay hold the stage furthest along of what each would alone.
    pub(super) fn unmerge(
        &mut self,
        records: &mut Records,
        id: &ContactId,
        decided: Option<Option<Stage>>,
        rank: impl Fn(Option<&Stage>) -> usize,
    ) {
        let Some(joint) = records.get_mut(id).and_then(|record| record.joint.take()) else { return };
        let Some(joint) = self.all.remove(&joint) else { return };
        let Joint { mut members, stops, keys, .. } = joint;
        for member in &members {
            if let Some(record) = records.get_mut(member) {
                (record.joint, record.heard) = (None, Upto::default());
            }
        }
        members.remove(id);
        if members.len() < 2 {
            return;
        }
        let alone = members.iter().filter_map(|member| Some(records.get(member)?.contact.held_stage()));
        let furthest = alone.max_by_key(|stage| rank(stage.as_ref())).flatten();
        let held = decided.unwrap_or(furthest);
        let number = self.number();
        for member in &members {
            if let Some(record) = records.get_mut(member) {
                record.joint = Some(number);
            }
        }
        let stops = stops.into_iter().filter(|(of, _)| of != id).collect();
        let keys = keys.into_iter().filter(|(of, _)| of != id).collect();
        self.all.insert(number, Joint { members, held, stops, keys, ..Joint::default() });
    }

    /// A member has a key from now on, or no longer.
    pub(super) fn key(&mut self, joint: u64, member: &ContactId, key: &WideKey, has: bool) {
        let Some(joint) = self.all.get_mut(&joint) else { return };
        if has {
            joint.keys.push((member.clone(), key.clone()));
            // What lies there is news to all of them.
            joint.seen = 0;
        } else {
            joint.keys.retain(|(of, own)| of != member || own != key);
        }
    }

    /// Lets the members hear what holds for them.
    pub(super) fn refresh(&mut self, joint: u64, records: &mut Records, keys: &Keys, terms: &Terms) {
        if let Some(joint) = self.all.get_mut(&joint) {
            joint.refresh(records, keys, terms);
        }
    }

    /// Lets them hear all of it again.
    pub(super) fn hear_again(&mut self) {
        for joint in self.all.values_mut() {
            (joint.seen, joint.heard) = (0, (0, 0));
            joint.told.clear();
        }
    }

    /// A member has another id from now on.
    pub(super) fn rename(&mut self, joint: u64, old: &ContactId, new: &ContactId) {
        if let Some(joint) = self.all.get_mut(&joint) {
            joint.members.remove(old);
            joint.members.insert(new.clone());
            joint.held = None;
            joint.stops.iter_mut().filter(|(of, _)| of == old).for_each(|(of, _)| *of = new.clone());
            joint.keys.iter_mut().filter(|(of, _)| of == old).for_each(|(of, _)| *of = new.clone());
        }
    }

    /// Gives stops other ids.
    pub(super) fn rename_stops(&mut self, rename: impl Fn(&Stop) -> Option<Stop>) {
        for (_, stop) in self.all.values_mut().flat_map(|joint| &mut joint.stops) {
            if let Some(renamed) = rename(stop) {
                *stop = Arc::new(renamed);
            }
        }
    }
}
