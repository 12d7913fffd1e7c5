//! What a contact keeps of admitted signals: how many of each kind, the latest, and no more than the rules can ask for.

use crate::vocab::{IN_PLACE, Instant, Keep, Vocabulary, Word};

/// The most instants of one kind that a contact keeps, and so the most that a guard can count within a time.
pub(crate) const MOST_KEPT: u8 = 32;

/// The first kinds of the contact's vocabulary are counted in place, in one cache line; what few contacts or few
/// journeys need is elsewhere.
#[derive(Debug, Default, Clone)]
#[repr(C)]
pub(crate) struct Facts {
    more: Option<Box<More>>,
    kinds: [Counted; IN_PLACE],
}

/// Of one kind: how many, and when the latest was.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    count: u32,
    /// In whole seconds since 1970; [`NEVER`], or [`ELSEWHERE`].
    latest: u32,
}

const NEVER: u32 = 0;
/// It is no whole second of 1970 to 2106, and stands among [`More`].
const ELSEWHERE: u32 = u32::MAX;

#[derive(Debug, Default, Clone)]
struct More {
    latest: [Option<Instant>; IN_PLACE],
    /// Of the kinds that are counted in place: those that guards count within a time.
    recent: Box<[Option<Instant>]>,
    /// Kinds beyond those.
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
    #[inline]
    pub(crate) fn count(&self, kind: Word, keep: Keep) -> u32 {
        match keep.place {
            Some(place) => self.kinds.get(usize::from(place)).map_or(0, |kind| kind.count),
            None => self.other(kind).map_or(0, |facts| facts.count),
        }
    }

    /// Every kind, with how many were admitted and the latest.
    pub(crate) fn all(&self, vocabulary: &Vocabulary) -> impl Iterator<Item = (Word, u32, Instant)> {
        let in_place = vocabulary.kinds_in_place().map(|kind| (kind, vocabulary.keep(kind)));
        let in_place = in_place.map(|(kind, keep)| (kind, self.count(kind, keep), self.latest(kind, keep)));
        let others = self.more.iter().flat_map(|more| &more.kinds);
        let others = others.map(|facts| (facts.kind, facts.count, facts.latest));
        in_place.chain(others).filter_map(|(kind, count, latest)| Some((kind, count, latest?)))
    }

    pub(crate) fn latest(&self, kind: Word, keep: Keep) -> Option<Instant> {
        match keep.place {
            Some(place) => self.latest_in_place(usize::from(place)),
            None => self.other(kind)?.latest,
        }
    }

    fn latest_in_place(&self, place: usize) -> Option<Instant> {
        match self.kinds.get(place)?.latest {
            NEVER => None,
            ELSEWHERE => *self.more.as_ref()?.latest.get(place)?,
            second => Some(Instant::of_second(second)),
        }
    }

    /// How many of the kept instants are later than `after` and not later than `now`.
    pub(crate) fn count_within(&self, kind: Word, keep: Keep, after: Option<Instant>, now: Instant) -> u32 {
        let recent = match keep.recent() {
            Some(recent) => self.more.as_ref().and_then(|more| more.recent.get(recent)),
            None => self.other(kind).map(|facts| &*facts.recent),
        };
        let within = |at: &&Instant| after.is_none_or(|after| **at > after) && **at <= now;
        let count = recent.unwrap_or_default().iter().flatten().filter(within).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    #[inline]
    pub(crate) fn admit(&mut self, kind: Word, keep: Keep, at: Instant, vocabulary: &Vocabulary) {
        let Some(place) = keep.place.map(usize::from) else {
            return self.admit_elsewhere(kind, keep, at);
        };
        // INVARIANT: a place is below `IN_PLACE`.
        let Some(kind) = self.kinds.get_mut(place) else { return };
        kind.count = kind.count.saturating_add(1);
        match at.whole_second() {
            Some(second) if kind.latest != ELSEWHERE && !matches!(second, NEVER | ELSEWHERE) => {
                kind.latest = second.max(kind.latest);
            }
            _ => self.latest_elsewhere(place, at),
        }
        if keep.most > 0 {
            self.keep_recent(keep, at, vocabulary);
        }
    }

    #[inline(never)]
    fn keep_recent(&mut self, keep: Keep, at: Instant, vocabulary: &Vocabulary) {
        let kept = &mut self.more.get_or_insert_default().recent;
        if kept.is_empty() {
            *kept = vec![None; vocabulary.instants()].into();
        }
        let recent = keep.recent().and_then(|recent| kept.get_mut(recent));
        recent.into_iter().for_each(|recent| insert(recent, at));
    }

    #[cold]
    fn latest_elsewhere(&mut self, place: usize, at: Instant) {
        let latest = self.latest_in_place(place).max(Some(at));
        let there = self.more.get_or_insert_default().latest.get_mut(place);
        if let (Some(there), Some(kind)) = (there, self.kinds.get_mut(place)) {
            (*there, kind.latest) = (latest, ELSEWHERE);
        }
    }

    #[inline(never)]
    fn admit_elsewhere(&mut self, kind: Word, keep: Keep, at: Instant) {
        let kinds = &mut self.more.get_or_insert_default().kinds;
        if kinds.iter().all(|facts| facts.kind != kind) {
            let recent = vec![None; keep.most.into()].into();
            kinds.push(Kind { kind, count: 0, latest: None, recent });
        }
        if let Some(facts) = kinds.iter_mut().find(|facts| facts.kind == kind) {
            facts.count = facts.count.saturating_add(1);
            facts.latest = facts.latest.max(Some(at));
            insert(&mut facts.recent, at);
        }
    }

    fn other(&self, kind: Word) -> Option<&Kind> {
        self.more.as_ref()?.kinds.iter().find(|facts| facts.kind == kind)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::{Name, SELF};

    #[test]
    fn the_latest_to_the_nanosecond_and_in_any_century() -> Result<(), Box<dyn std::error::Error>> {
        let kind = Name::new("like")?;
        let vocabulary = Vocabulary::keeping(SELF.name().clone().into(), [(kind.clone(), 2)], &[&kind]);
        let word = vocabulary.word(&kind).ok_or("declared")?;
        let (keep, mut facts) = (vocabulary.keep(word), Facts::default());
        let latest = |facts: &Facts| facts.latest(word, keep).map(|at| at.to_string());
        assert_eq!(latest(&facts), None);
        let mut before = Some("0001-01-01T00:00:00Z".parse()?);
        for at in [
            "1970-01-01T00:00:00Z",
            "2013-05-01T10:00:00Z",
            "2013-05-01T10:00:00.000000001Z",
            "2013-05-01T10:00:01Z",
            "2106-02-07T06:28:15Z",
            "9999-12-31T23:59:59Z",
        ] {
            facts.admit(word, keep, at.parse()?, &vocabulary);
            assert_eq!(latest(&facts).as_deref(), Some(at));
            let later = facts.latest(word, keep);
            facts.admit(word, keep, "0001-01-01T00:00:00Z".parse()?, &vocabulary);
            assert_eq!(facts.latest(word, keep), later, "an earlier one is counted, and is not the latest");
            assert_eq!(facts.count_within(word, keep, before, "9999-12-31T23:59:59Z".parse()?), 1);
            before = later;
        }
        assert_eq!(facts.count(word, keep), 12);
        Ok(())
    }

    #[test]
    fn each_kind_keeps_its_own_instants() -> Result<(), Box<dyn std::error::Error>> {
        let kinds = [Name::new("like")?, Name::new("share")?, Name::new("visit")?];
        let most = kinds.iter().cloned().zip([1, 2, 0]);
        let vocabulary = Vocabulary::keeping(SELF.name().clone().into(), most, &kinds.each_ref());
        let (mut facts, mut counts) = (Facts::default(), Vec::new());
        for time in ["10:00:01", "10:00:02", "10:00:03"] {
            for word in vocabulary.kinds_in_place() {
                let at = format!("2013-05-01T{time}Z").parse()?;
                facts.admit(word, vocabulary.keep(word), at, &vocabulary);
                counts.push(facts.count_within(word, vocabulary.keep(word), None, at));
            }
        }
        assert_eq!(counts, [1, 1, 0, 1, 2, 0, 1, 2, 0]);
        Ok(())
    }
}
