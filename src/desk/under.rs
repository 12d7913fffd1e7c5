//! What memory keeps under keys: who has a key, and the stops that lie there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::consent::Stop;
use crate::identity::WideKey;
use crate::name::ContactId;

/// Keys, with who has them and what lies there.
#[derive(Clone, Default)]
pub(crate) struct Keys {
    all: BTreeMap<WideKey, OneKey>,
    /// Grows with every stop that comes to lie anywhere.
    change: u64,
}

#[derive(Clone, Default)]
struct OneKey {
    holders: BTreeSet<ContactId>,
    stops: Vec<Arc<Stop>>,
    /// When the latest of them came.
    changed: u64,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.all.iter().map(|(key, one)| (key, (&one.holders, &one.stops)))).finish()
    }
}

impl Keys {
    /// The stops under a key.
    pub(crate) fn under(&self, key: &WideKey) -> &[Arc<Stop>] {
        self.all.get(key).map(|one| one.stops.as_slice()).unwrap_or_default()
    }

    /// The stops under a key, if one of them came after a change that was seen.
    pub(crate) fn news(&self, key: &WideKey, seen: u64) -> &[Arc<Stop>] {
        self.all.get(key).filter(|one| one.changed > seen).map(|one| one.stops.as_slice()).unwrap_or_default()
    }

    /// The latest change.
    pub(crate) fn change(&self) -> u64 {
        self.change
    }

    /// The contacts that have a key.
    pub(crate) fn holders(&self, key: &WideKey) -> impl Iterator<Item = &ContactId> + use<'_> {
        self.all.get(key).into_iter().flat_map(|one| &one.holders)
    }

    /// A contact has a key from now on, or no longer.
    pub(crate) fn note(&mut self, key: WideKey, contact: ContactId, has: bool) {
        if has {
            self.all.entry(key).or_default().holders.insert(contact);
        } else if let Some(one) = self.all.get_mut(&key) {
            one.holders.remove(&contact);
        }
    }

    /// Puts a stop under a key; those that it covers are no longer needed there.
    pub(crate) fn put(&mut self, key: WideKey, stop: Stop) {
        let one = self.all.entry(key).or_default();
        if one.stops.iter().any(|there| there.says(&stop)) {
            return;
        }
        one.stops.retain(|there| !stop.says(there));
        one.stops.push(Arc::new(stop));
        self.change = self.change.saturating_add(1);
        one.changed = self.change;
    }

    /// Gives stops other ids.
    pub(crate) fn rename(&mut self, rename: impl Fn(&Stop) -> Option<Stop>) {
        for one in self.all.values_mut() {
            for stop in &mut one.stops {
                if let Some(renamed) = rename(stop) {
                    *stop = Arc::new(renamed);
                }
            }
        }
    }

    /// Another contact has the keys of one.
    pub(crate) fn replace(
        &mut self,
        keys: impl IntoIterator<Item = WideKey>,
        old: &ContactId,
        new: &ContactId,
    ) {
        for key in keys {
            self.note(key.clone(), old.clone(), false);
            self.note(key, new.clone(), true);
        }
    }
}
