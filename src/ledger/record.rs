//! How an act, or a word, becomes a record.

use super::Slot;
use super::act::{Act, Grant, Lift};
use super::evidence::Packed;
use super::form::{
    CONFIRM_BY, Coded, DIGEST, EVIDENCE, FRONT, NOTICE, PRINTS, RECORDED, ROUND_TRIP, TARGET, TOUCHPOINT,
    UNTIL, WIDE_INSTANTS, WIDE_NUMBERS, WORD, flag, narrow,
};
use super::log::Words;
use crate::vocab::{Instant, Name, ScopeKey, Word};

/// So many bytes at once are asked for, or an eighth of what there is: contacts are many, and most of them say little.
const GROWTH: usize = 64;

/// An act about to be stored, in the words of its ledger.
#[derive(Debug)]
pub(super) struct Record<'a> {
    act: &'a Act,
    slot: Slot,
    key: ScopeKey,
    evidence: Option<Packed>,
}

impl<'a> Record<'a> {
    /// `None` where no place is left for a word.
    pub(super) fn of_go(go: &'a Act, slot: Slot, words: &mut Words<'_>) -> Option<Record<'a>> {
        let key = match go {
            Act::Grant(Grant { scope, .. }) | Act::Lift(Lift { scope, .. }) => words.scope(scope)?,
            Act::Confirm(_) | Act::Stop(_) => ScopeKey::NOTHING,
        };
        let (evidence, whole) = Record::evidence(go, words);
        whole.then_some(Record { act: go, slot, key, evidence })
    }

    pub(super) fn of_stop(stop: &'a Act, slot: Slot, words: &mut Words<'_>) -> Record<'a> {
        let key = match stop {
            Act::Stop(stop) => words.reach(stop.reach()),
            _ => ScopeKey::NOTHING,
        };
        let (evidence, _) = Record::evidence(stop, words);
        Record { act: stop, slot, key, evidence }
    }

    /// The evidence of an act, and whether all of it found a place among the words.
    fn evidence(act: &Act, words: &mut Words<'_>) -> (Option<Packed>, bool) {
        match act.evidence().map(|evidence| evidence.pack(words)) {
            Some((packed, whole)) => (Some(packed), whole),
            None => (None, true),
        }
    }

    /// Writes it behind others. Recording never runs backwards: it was recorded after all of them.
    pub(super) fn write(&self, after: Option<Instant>, bytes: &mut Vec<u8>) {
        let Record { act, slot, key: ScopeKey { purpose, channel, recipient }, evidence } = self;
        let (until, confirm_by, target) = match act {
            Act::Grant(grant) => (grant.until, grant.confirm_by, None),
            Act::Confirm(confirm) => (None, None, Some(&confirm.grant)),
            Act::Lift(_) | Act::Stop(_) => (None, None, None),
        };
        let recorded = after.map_or(act.recorded(), |after| after.max(act.recorded()));
        let recorded = Some(recorded).filter(|recorded| *recorded != act.acted());
        let (acted, numbers) =
            (act.acted(), [slot.number(), purpose.number(), channel.number(), recipient.number()]);
        let notice = evidence.as_ref().and_then(|evidence| evidence.notice.as_ref());
        let words = notice.map(|notice| [notice.0.number(), notice.1.number()]);
        let touchpoint = evidence.as_ref().and_then(|evidence| evidence.touchpoint).map(Word::number);
        let digest = notice.and_then(|notice| notice.2.as_ref());
        let round_trip = evidence.as_ref().and_then(|evidence| evidence.round_trip.as_ref());

        let fits = |number: u16| narrow(number).is_some();
        let wide_numbers = !(numbers.into_iter().all(fits)
            && words.is_none_or(|words| words.into_iter().all(fits))
            && touchpoint.is_none_or(fits));
        let whole = |at: Option<Instant>| at.is_none_or(|at| at.whole_second().is_some());
        let wide_instants = !(whole(Some(acted)) && whole(until) && whole(confirm_by) && whole(recorded));
        let form = act.kind().code()
            | act.provenance().code() << 4
            | flag(wide_numbers, WIDE_NUMBERS)
            | flag(wide_instants, WIDE_INSTANTS);
        let has = flag(until.is_some(), UNTIL)
            | flag(confirm_by.is_some(), CONFIRM_BY)
            | flag(recorded.is_some(), RECORDED)
            | flag(evidence.is_some(), EVIDENCE)
            | flag(notice.is_some(), NOTICE)
            | flag(touchpoint.is_some(), TOUCHPOINT)
            | flag(target.is_some(), TARGET)
            | flag(digest.is_some() || round_trip.is_some(), PRINTS);

        let mut written = Written::new(bytes, wide_numbers, wide_instants);
        let halves = numbers.map(u16::to_le_bytes);
        let [slot, purpose, channel, recipient] = halves.map(|[low, _]| low);
        let [a, b, c, d] = acted.whole_second().unwrap_or_default().to_le_bytes();
        let front: [u8; FRONT] = [0, form, has, slot, purpose, channel, recipient, a, b, c, d];
        written.put(&front);
        if wide_numbers {
            written.put(&halves.map(|[_, high]| high));
        }
        if wide_instants {
            written.instant(Some(acted));
        }
        written.instant(until);
        written.instant(confirm_by);
        written.instant(recorded);
        if let Some(evidence) = evidence {
            written.put(&[evidence.actor.code() | evidence.method.code() << 4]);
        }
        if has & PRINTS != 0 {
            written.put(&[flag(digest.is_some(), DIGEST) | flag(round_trip.is_some(), ROUND_TRIP)]);
        }
        if let Some([id, version]) = words {
            written.number(id);
            written.number(version);
        }
        touchpoint.into_iter().for_each(|word| written.number(word));
        digest.into_iter().for_each(|digest| written.put(digest.bytes()));
        round_trip.into_iter().for_each(|round_trip| written.put(round_trip.bytes()));
        if let Some(target) = target.map(|target| target.name().as_bytes()) {
            written.put(&[u8::try_from(target.len()).unwrap_or(u8::MAX)]);
            written.put(target);
        }
        written.put(act.id().name().as_bytes());
        written.close();
    }
}

/// Writes a word that is not of the vocabulary behind other records.
pub(super) fn write_word(name: &Name, bytes: &mut Vec<u8>) {
    let mut written = Written::new(bytes, false, false);
    written.put(&[0, WORD]);
    written.put(name.as_bytes());
    written.close();
}

/// A record as it is written.
struct Written<'b> {
    bytes: &'b mut Vec<u8>,
    begin: usize,
    wide_numbers: bool,
    wide_instants: bool,
}

impl Written<'_> {
    fn new(bytes: &mut Vec<u8>, wide_numbers: bool, wide_instants: bool) -> Written<'_> {
        Written { begin: bytes.len(), bytes, wide_numbers, wide_instants }
    }

    /// INVARIANT: no record has more than 248 bytes, by the widths in `form`.
    fn close(self) {
        let length = u8::try_from(self.bytes.len().saturating_sub(self.begin)).unwrap_or(u8::MAX);
        self.bytes.get_mut(self.begin).into_iter().for_each(|first| *first = length);
    }

    #[inline]
    fn put(&mut self, part: &[u8]) {
        if self.bytes.capacity().saturating_sub(self.bytes.len()) < part.len() {
            self.grow(part.len());
        }
        self.bytes.extend_from_slice(part);
    }

    #[cold]
    fn grow(&mut self, length: usize) {
        self.bytes.reserve_exact(length.max(self.bytes.len() / 8).max(GROWTH));
    }

    #[inline]
    fn number(&mut self, number: u16) {
        match narrow(number) {
            Some(narrow) if !self.wide_numbers => self.put(&[narrow]),
            _ => self.put(&number.to_le_bytes()),
        }
    }

    #[inline]
    fn instant(&mut self, instant: Option<Instant>) {
        match instant.map(|instant| (instant, instant.whole_second())) {
            Some((_, Some(second))) if !self.wide_instants => self.put(&second.to_le_bytes()),
            Some((instant, _)) => self.put(&instant.to_bytes()),
            None => {}
        }
    }
}
