//! What a contact keeps of admitted signals: how many of each kind, the latest, and no more than the rules can ask for.

use crate::vocab::{IN_PLACE, Instant, Keep, Vocabulary, Word};

/// The most instants of one kind that a contact keeps, and so the most that a guard can count within a time.
pub(crate) const MOST_KEPT: u8 = 32;

/// The first kinds of the contact's vocabulary are counted in place; their instants are one allocation, made once.
#[derive(Debug, Default, Clone)]
pub(crate) struct Facts {
    counts: [u32; IN_PLACE],
    /// Of the kinds that are counted in place: the latest of each, then those that guards count within a time.
    instants: Box<[Option<Instant>]>,
    others: Option<Box<Others>>,
}

/// Kinds beyond those: few contacts have any.
#[derive(Debug, Default, Clone)]
struct Others {
    kinds: Vec<Kind>,
}

#[derive(Debug, Clone)]
struct Kind {
    kind: Word,
    count: u32,
    latest: Option<Instant>,
    recent: Box<[Option<Instant>]>,
}

impl Facts {
    pub(crate) fn count(&self, kind: Word, keep: Keep) -> u32 {
        match keep.place {
            Some(place) => self.counts.get(usize::from(place)).copied().unwrap_or_default(),
            None => self.other(kind).map_or(0, |facts| facts.count),
        }
    }

    /// Every kind, with how many were admitted and the latest.
    pub(crate) fn all(&self, vocabulary: &Vocabulary) -> impl Iterator<Item = (Word, u32, Instant)> {
        let in_place = vocabulary.kinds_in_place().map(|kind| (kind, vocabulary.keep(kind)));
        let in_place = in_place.map(|(kind, keep)| (kind, self.count(kind, keep), self.latest(kind, keep)));
        let others = self
            .others
            .iter()
            .flat_map(|others| &others.kinds)
            .map(|facts| (facts.kind, facts.count, facts.latest));
        in_place.chain(others).filter_map(|(kind, count, latest)| Some((kind, count, latest?)))
    }

    pub(crate) fn latest(&self, kind: Word, keep: Keep) -> Option<Instant> {
        match keep.place {
            Some(place) => *self.instants.get(usize::from(place))?,
            None => self.other(kind)?.latest,
        }
    }

    /// How many of the kept instants are later than `after` and not later than `now`.
    pub(crate) fn count_within(&self, kind: Word, keep: Keep, after: Option<Instant>, now: Instant) -> u32 {
        let recent = match keep.recent() {
            Some(recent) => self.instants.get(recent),
            None => self.other(kind).map(|facts| &*facts.recent),
        };
        let within = |at: &&Instant| after.is_none_or(|after| **at > after) && **at <= now;
        let count = recent.unwrap_or_default().iter().flatten().filter(within).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    pub(crate) fn admit(&mut self, kind: Word, at: Instant, vocabulary: &Vocabulary) {
        let keep = vocabulary.keep(kind);
        let (count, latest, recent) = match (keep.place.map(usize::from), keep.recent()) {
            (Some(place), Some(recent)) => {
                if self.instants.is_empty() {
                    self.instants = vec![None; vocabulary.instants()].into();
                }
                let Some((firsts, rest)) = self.instants.split_at_mut_checked(recent.start) else {
                    return;
                };
                (self.counts.get_mut(place), firsts.get_mut(place), rest.get_mut(..recent.len()))
            }
            _ => {
                let others = &mut self.others.get_or_insert_default().kinds;
                if others.iter().all(|facts| facts.kind != kind) {
                    let recent = vec![None; keep.most.into()].into();
                    others.push(Kind { kind, count: 0, latest: None, recent });
                }
                let Some(facts) = others.iter_mut().find(|facts| facts.kind == kind) else {
                    return;
                };
                (Some(&mut facts.count), Some(&mut facts.latest), Some(&mut *facts.recent))
            }
        };
        if let (Some(count), Some(latest), Some(recent)) = (count, latest, recent) {
            *count = count.saturating_add(1);
            *latest = (*latest).max(Some(at));
            insert(recent, at);
        }
    }

    fn other(&self, kind: Word) -> Option<&Kind> {
        self.others.as_ref()?.kinds.iter().find(|facts| facts.kind == kind)
    }
}

/// Keeps the latest instants, newest first.
fn insert(recent: &mut [Option<Instant>], at: Instant) {
    let place = recent.iter().position(|kept| *kept <= Some(at));
    if let Some(later) = place.and_then(|place| recent.get_mut(place..)) {
        later.rotate_right(1);
        if let Some(first) = later.first_mut() {
            *first = Some(at);
        }
    }
}
