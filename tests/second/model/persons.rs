//! Who is who: merged ids, ids that share a key, and erasures (S12 to S15).

use super::consent::Above;
use super::fault::Fault;
use super::neutral::{Deed, Instant, Line};
use std::collections::BTreeSet;

/// A set of contact ids.
pub type Ids<'a> = BTreeSet<&'a str>;

impl<'a> Above<'a> {
    /// S14: the ids that are one person with `contact`: the smallest set with it that no merge leaves.
    pub fn joint(self, contact: &'a str) -> Ids<'a> {
        let step = |ids: &Ids<'a>| -> Ids<'a> {
            let pairs = self.lines.iter().filter_map(|line| {
                if let Line::Merge { from, into, .. } = line { Some([from.as_str(), into]) } else { None }
            });
            ids.iter()
                .copied()
                .chain(pairs.filter(|pair| pair.iter().any(|id| ids.contains(id))).flatten())
                .collect()
        };
        let start = Ids::from([contact]);
        if self.has(Fault::MergeIsDirect) { step(&start) } else { closure(start, step) }
    }

    /// S13: the ids whose stops cross a shared key: everybody merged with an id linked to a key of the joint contact.
    pub fn sharers(self, joint: &Ids<'a>) -> Ids<'a> {
        let links = || {
            self.lines.iter().filter_map(|line| {
                if let Line::Link { contact, key, .. } = line { Some((contact.as_str(), key)) } else { None }
            })
        };
        let step = |ids: &Ids<'a>| -> Ids<'a> {
            let keys: BTreeSet<_> = links().filter(|(id, _)| ids.contains(id)).map(|(_, key)| key).collect();
            links()
                .filter(|(_, key)| keys.contains(key))
                .flat_map(|(id, _)| self.joint(id))
                .chain(ids.iter().copied())
                .collect()
        };
        let with_sharers = match self.fault {
            Fault::KeyIgnored => joint.clone(),
            Fault::KeyIsTransitive => closure(joint.clone(), step),
            _ => step(joint),
        };
        with_sharers.difference(joint).copied().collect()
    }

    /// S12: an erase of the contact or of an id merged with it, whatever its date.
    pub fn erasure(self, contact: &'a str, now: Instant) -> Option<&'a str> {
        let joint = self.joint(contact);
        let crossed = if self.has(Fault::CrossedErasureIsFinal) { self.sharers(&joint) } else { Ids::new() };
        let erasing = self.acts().find(|act| {
            let of = act.contact.as_str();
            act.deed == Deed::Erase
                && (joint.contains(of) || crossed.contains(of))
                && !(self.has(Fault::ErasureWaits) && self.instant(act) > now)
        });
        erasing.map(|act| act.id.as_str())
    }
}

/// The smallest set that holds `start` and that `step` does not widen.
fn closure<'a>(start: Ids<'a>, step: impl Fn(&Ids<'a>) -> Ids<'a>) -> Ids<'a> {
    let wider = step(&start);
    if wider == start { start } else { closure(wider, step) }
}
