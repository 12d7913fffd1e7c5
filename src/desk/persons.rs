//! Persons of several contacts, as memory keeps them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::records::Records;
use crate::consent::{ActKind, Provenance, Stop};
use crate::name::{ContactId, Stage};

/// The joint persons, by number.
#[derive(Debug, Default)]
pub(super) struct Joints {
    all: BTreeMap<u64, Joint>,
    next: u64,
}

/// Several contacts that are one person (S14), and the stage they hold together (S23).
#[derive(Debug, Default)]
pub(super) struct Joint {
    members: BTreeSet<ContactId>,
    held: Option<Stage>,
    /// What each of them said no to: it holds for all of them (S15).
    stops: Vec<(ContactId, Arc<Stop>)>,
}

impl Joint {
    pub(super) fn members(&self) -> impl Iterator<Item = &ContactId> {
        self.members.iter()
    }

    pub(super) fn held(&self) -> Option<&Stage> {
        self.held.as_ref()
    }

    pub(super) fn stops(&self) -> &[(ContactId, Arc<Stop>)] {
        &self.stops
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
            None => {
                let contact = records.get(id).map(|record| &record.contact);
                let stops = contact.into_iter().flat_map(crate::contact::Contact::all_stops);
                let stops = stops.map(|stop| (id.clone(), Arc::new(stop))).collect();
                Joint { members: BTreeSet::from([id.clone()]), held: None, stops }
            }
        });
        let (mut large, small) =
            if theirs.members.len() > ours.members.len() { (theirs, ours) } else { (ours, theirs) };
        let base = large.stops.len();
        let number = self.number();
        // The larger side has heard of its own; the smaller hears from the beginning.
        for member in large.members.iter().chain(&small.members) {
            if let Some(record) = records.get_mut(member) {
                let of_small = small.members.contains(member);
                record.joint = Some(number);
                record.heard = (0, if of_small { 0 } else { record.heard.1.min(base) });
            }
        }
        large.members.extend(small.members);
        large.stops.extend(small.stops);
        large.held = held;
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
        rank: impl Fn(Option<&Stage>) -> usize,
    ) {
        let Some(joint) = records.get_mut(id).and_then(|record| record.joint.take()) else { return };
        if let Some(record) = records.get_mut(id) {
            record.heard.1 = 0;
        }
        let Some(joint) = self.all.remove(&joint) else { return };
        let Joint { mut members, stops, .. } = joint;
        members.remove(id);
        let alone = members.iter().filter_map(|member| Some(records.get(member)?.contact.held_stage()));
        let held = alone.max_by_key(|stage| rank(stage.as_ref())).flatten();
        let number = (members.len() > 1).then(|| self.number());
        for member in &members {
            if let Some(record) = records.get_mut(member) {
                record.joint = number;
                record.heard.1 = 0;
            }
        }
        if let Some(number) = number {
            let stops = stops.into_iter().filter(|(of, _)| of != id).collect();
            self.all.insert(number, Joint { members, held, stops });
        }
    }

    /// A member has another id from now on.
    pub(super) fn rename(&mut self, joint: u64, old: &ContactId, new: &ContactId) {
        if let Some(joint) = self.all.get_mut(&joint) {
            joint.members.remove(old);
            joint.members.insert(new.clone());
            joint.held = None;
            joint.stops.iter_mut().filter(|(of, _)| of == old).for_each(|(of, _)| *of = new.clone());
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
