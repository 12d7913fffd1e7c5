//! What a contact keeps of admitted signals: how many of each kind, and when the latest happened; no more than any
//! journey can ask for.

use crate::name::{Instant, Word};

/// The most instants of one kind that a contact keeps, and so the most that a guard can count within a time.
pub(crate) const MOST_KEPT: u8 = 32;

/// Admitted signals by kind, in the order in which the kinds came up.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    kinds: Vec<Kind>,
}

/// The signals of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kind {
    kind: Word,
    count: u32,
    /// The latest instants, in a ring: once it is full, the earliest of them stands at `earliest`.
    recent: Vec<Instant>,
    earliest: u8,
}

impl Facts {
    #[inline]
    fn of(&self, kind: Word) -> Option<&Kind> {
        self.kinds.iter().find(|facts| facts.kind == kind)
    }

    /// How many signals of a kind were admitted.
    #[inline]
    pub(crate) fn count(&self, kind: Word) -> u32 {
        self.of(kind).map_or(0, |facts| facts.count)
    }

    /// When the latest signal of a kind happened.
    #[inline]
    pub(crate) fn latest(&self, kind: Word) -> Option<Instant> {
        self.of(kind).and_then(Kind::latest)
    }

    /// Every kind, with how many were admitted and the latest.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Word, u32, Instant)> {
        self.kinds.iter().filter_map(|facts| Some((facts.kind, facts.count, facts.latest()?)))
    }

    /// How many of the kept instants are later than `after` and not later than `now`.
    pub(crate) fn count_within(&self, kind: Word, after: Option<Instant>, now: Instant) -> u32 {
        let recent = self.of(kind).map(|facts| facts.recent.as_slice()).unwrap_or_default();
        let within = |at: &&Instant| after.is_none_or(|after| **at > after) && **at <= now;
        u32::try_from(recent.iter().filter(within).count()).unwrap_or(u32::MAX)
    }

    /// Takes an admitted signal in.
    #[inline]
    pub(crate) fn admit(&mut self, kind: Word, at: Instant) {
        match self.kinds.iter_mut().find(|facts| facts.kind == kind) {
            Some(facts) => facts.admit(at),
            None => {
                let mut recent = Vec::with_capacity(4);
                recent.push(at);
                self.kinds.push(Kind { kind, count: 1, recent, earliest: 0 });
            }
        }
    }
}

impl Kind {
    #[inline]
    fn latest(&self) -> Option<Instant> {
        let before = match self.earliest {
            0 => self.recent.last(),
            earliest => self.recent.get(usize::from(earliest).saturating_sub(1)),
        };
        before.copied()
    }

    #[inline]
    fn admit(&mut self, at: Instant) {
        self.count = self.count.saturating_add(1);
        let in_order = self.latest().is_none_or(|latest| latest <= at);
        if in_order && self.recent.len() < usize::from(MOST_KEPT) {
            self.recent.push(at);
        } else if in_order {
            // INVARIANT: `earliest` is below the length of the full ring.
            if let Some(earliest) = self.recent.get_mut(usize::from(self.earliest)) {
                *earliest = at;
                self.earliest = self.earliest.wrapping_add(1) % MOST_KEPT;
            }
        } else {
            self.admit_late(at);
        }
    }

    /// A signal that happened before one that is here already.
    #[inline(never)]
    fn admit_late(&mut self, at: Instant) {
        self.recent.rotate_left(usize::from(self.earliest));
        self.earliest = 0;
        let place = self.recent.partition_point(|kept| *kept <= at);
        self.recent.insert(place, at);
        if self.recent.len() > usize::from(MOST_KEPT) {
            self.recent.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_in_whatever_order_they_came() -> Result<(), Box<dyn std::error::Error>> {
        let kind = Word::at(3).ok_or("a word")?;
        let at =
            |minute: u32| format!("2013-05-01T{:02}:{:02}:00Z", minute / 60, minute % 60).parse::<Instant>();
        let last = at(1_000)?;
        for step in [1_u32, 7, 41, 60] {
            let (mut facts, mut all) = (Facts::default(), Vec::new());
            assert_eq!((facts.count(kind), facts.latest(kind)), (0, None));
            for number in 0..100 {
                let instant = at(number * step % 101)?;
                facts.admit(kind, instant);
                all.push(instant);
                all.sort_unstable();
                assert_eq!(facts.latest(kind), all.last().copied());
                for after in [None, Some(at(50)?), all.first().copied()] {
                    let kept = all.iter().rev().take(32).filter(|at| after.is_none_or(|after| **at > after));
                    assert_eq!(facts.count_within(kind, after, last), u32::try_from(kept.count())?);
                }
            }
            assert_eq!(facts.count(kind), 100);
        }
        Ok(())
    }
}
