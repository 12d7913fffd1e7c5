//! How an act, or a word, becomes a record.

use super::Slot;
use super::act::{Act, Grant, Lift};
use super::evidence::Packed;
use super::form::{
    CONFIRM_BY, Coded, DIGEST, EVIDENCE, NOTICE, PRINTS, RECORDED, ROUND_TRIP, TARGET, TOUCHPOINT, UNTIL,
    WIDE_INSTANTS, WIDE_NUMBERS, WORD, flag, narrow,
};
use super::log::Words;
use crate::vocab::{Instant, Name, ScopeKey, Word};

/// No record is longer, by the widths above.
const LONGEST: usize = 244;

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

    /// As bytes. Recording never runs backwards: it was recorded after all others.
    pub(super) fn written(&self, after: Option<Instant>) -> Written {
        let Record { act, slot, key, evidence } = self;
        let (until, confirm_by, target) = match act {
            Act::Grant(grant) => (grant.until, grant.confirm_by, None),
            Act::Confirm(confirm) => (None, None, Some(&confirm.grant)),
            Act::Lift(_) | Act::Stop(_) => (None, None, None),
        };
        let recorded = after.map_or(act.recorded(), |after| after.max(act.recorded()));
        let recorded = Some(recorded).filter(|recorded| *recorded != act.acted());
        let instants = [Some(act.acted()), until, confirm_by, recorded];
        let notice = evidence.and_then(|evidence| evidence.notice);
        let touchpoint = evidence.and_then(|evidence| evidence.touchpoint);
        let numbers = [slot.number(), key.purpose.number(), key.channel.number(), key.recipient.number()];
        let words = [notice.map(|notice| notice.0), notice.map(|notice| notice.1), touchpoint];
        let words = words.map(|word| word.map(Word::number));
        let digest = notice.and_then(|notice| notice.2);
        let round_trip = evidence.and_then(|evidence| evidence.round_trip);

        let wide_numbers =
            numbers.into_iter().chain(words.into_iter().flatten()).any(|number| narrow(number).is_none());
        let wide_instants = instants.into_iter().flatten().any(|instant| instant.whole_second().is_none());
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

        let mut written = Written { bytes: [0; LONGEST], length: 0 };
        written.put(&[0, form, has]);
        let number = |written: &mut Written, number: u16| match narrow(number).filter(|_| !wide_numbers) {
            Some(narrow) => written.put(&[narrow]),
            None => written.put(&number.to_le_bytes()),
        };
        numbers.into_iter().for_each(|part| number(&mut written, part));
        for instant in instants.into_iter().flatten() {
            match instant.whole_second().filter(|_| !wide_instants) {
                Some(second) => written.put(&second.to_le_bytes()),
                None => written.put(&instant.to_bytes()),
            }
        }
        if let Some(evidence) = evidence {
            written.put(&[evidence.actor.code() | evidence.method.code() << 4]);
        }
        if has & PRINTS != 0 {
            written.put(&[flag(digest.is_some(), DIGEST) | flag(round_trip.is_some(), ROUND_TRIP)]);
        }
        words.into_iter().flatten().for_each(|word| number(&mut written, word));
        digest.iter().for_each(|digest| written.put(digest.bytes()));
        round_trip.iter().for_each(|round_trip| written.put(round_trip.bytes()));
        if let Some(target) = target.map(|target| target.name().as_bytes()) {
            written.put(&[u8::try_from(target.len()).unwrap_or(u8::MAX)]);
            written.put(target);
        }
        written.put(act.id().name().as_bytes());
        written.closed()
    }
}

/// A record as bytes.
pub(super) struct Written {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Written {
    /// Of a word that is not of the vocabulary.
    pub(super) fn of_word(name: &Name) -> Written {
        let mut written = Written { bytes: [0; LONGEST], length: 0 };
        written.put(&[0, WORD]);
        written.put(name.as_bytes());
        written.closed()
    }

    fn closed(mut self) -> Written {
        self.bytes[0] = u8::try_from(self.length).unwrap_or(u8::MAX);
        self
    }

    #[inline]
    fn put(&mut self, part: &[u8]) {
        let end = self.length.saturating_add(part.len());
        // INVARIANT: no record is longer than there is room.
        if let Some(room) = self.bytes.get_mut(self.length..end) {
            room.copy_from_slice(part);
            self.length = end;
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}
