//! What a contact keeps of admitted signals: how many of each kind, the latest, and no more than the rules can ask for.

use crate::vocab::{Instant, Word};

/// The most instants of one kind that a contact keeps, and so the most that a guard can count within a time.
pub(crate) const MOST_KEPT: u8 = 32;

#[derive(Debug, Default, Clone)]
pub(crate) struct Facts {
    kinds: Vec<Kind>,
}

#[derive(Debug, Clone)]
struct Kind {
    kind: Word,
    count: u32,
    latest: Instant,
    /// The latest instants, newest first: as many as some guard of the vocabulary's journey counts within a time.
    recent: Vec<Instant>,
}

impl Facts {
    pub(crate) fn count(&self, kind: Word) -> u32 {
        self.of(kind).map_or(0, |facts| facts.count)
    }

    /// Every kind, with how many were admitted and the latest.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Word, u32, Instant)> {
        self.kinds.iter().map(|facts| (facts.kind, facts.count, facts.latest))
    }

    pub(crate) fn latest(&self, kind: Word) -> Option<Instant> {
        self.of(kind).map(|facts| facts.latest)
    }

    /// How many of the kept instants are later than `after` and not later than `now`.
    pub(crate) fn count_within(&self, kind: Word, after: Option<Instant>, now: Instant) -> u32 {
        let within = |at: &&Instant| after.is_none_or(|after| **at > after) && **at <= now;
        let count = self.of(kind).map_or(0, |facts| facts.recent.iter().filter(within).count());
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub(crate) fn admit(&mut self, kind: Word, at: Instant, keep: u8) {
        let place = self.kinds.iter().position(|facts| facts.kind == kind);
        if let Some(facts) = place.and_then(|place| self.kinds.get_mut(place)) {
            facts.count = facts.count.saturating_add(1);
            facts.latest = facts.latest.max(at);
            facts.keep(at, keep);
        } else {
            let mut facts = Kind { kind, count: 1, latest: at, recent: Vec::new() };
            facts.keep(at, keep);
            self.kinds.push(facts);
        }
    }

    fn of(&self, kind: Word) -> Option<&Kind> {
        self.kinds.iter().find(|facts| facts.kind == kind)
    }
}

impl Kind {
    fn keep(&mut self, at: Instant, keep: u8) {
        let place = self.recent.iter().position(|kept| *kept <= at).unwrap_or(self.recent.len());
        if place < usize::from(keep) {
            self.recent.truncate(usize::from(keep).saturating_sub(1));
            self.recent.insert(place.min(self.recent.len()), at);
        }
    }
}
