//! How a stored act is read back: first what every question looks at, then, where it is asked for, the rest.

use super::act::{Act, ActKind, Confirm, Grant, Lift, Provenance, Stamp, Stop, StopKind};
use super::evidence::{Actor, Evidence, Method, NoticeDigest, Packed, RoundTrip};
use super::form::{
    CONFIRM_BY, Coded, DIGEST, EVIDENCE, NOTICE, PRINTS, RECORDED, ROUND_TRIP, TARGET, TOUCHPOINT, UNTIL,
    WIDE_INSTANTS, WIDE_NUMBERS, WORD, cut, wide,
};
use super::log::Lexicon;
use super::{AskKey, Held, Slot};
use crate::vocab::{ActId, Instant, Name, ScopeKey, Word};

/// A stored act, of which what is asked first is read.
#[derive(Clone, Copy)]
pub(super) struct Row<'l> {
    kind: ActKind,
    form: u8,
    has: u8,
    slot: Slot,
    key: ScopeKey,
    acted: Instant,
    /// What stands behind the instant at which it was done.
    rest: &'l [u8],
}

impl<'l> Row<'l> {
    #[inline]
    fn read(record: &'l [u8]) -> Option<Row<'l>> {
        let [_, form, has, rest @ ..] = record else {
            return None;
        };
        let kind = ActKind::decoded(form & 15)?;
        let ([slot, purpose, channel, recipient], acted, rest) = match *rest {
            // As nearly all are written.
            [slot, purpose, channel, recipient, a, b, c, d, ref rest @ ..]
                if form & (WIDE_NUMBERS | WIDE_INSTANTS) == 0 =>
            {
                let numbers = [slot, purpose, channel, recipient].map(wide);
                (numbers, Instant::of_second(u32::from_le_bytes([a, b, c, d])), rest)
            }
            _ => Row::read_wide(*form, rest)?,
        };
        let [purpose, channel, recipient] = [purpose, channel, recipient].map(Word::numbered);
        let key = ScopeKey { purpose, channel, recipient };
        Some(Row { kind, form: *form, has: *has, slot: Slot::numbered(slot), key, acted, rest })
    }

    #[cold]
    fn read_wide(form: u8, mut rest: &'l [u8]) -> Option<([u16; 4], Instant, &'l [u8])> {
        let mut numbers = [0; 4];
        for number in &mut numbers {
            *number = read_number(form, &mut rest)?;
        }
        Some((numbers, read_instant(form, &mut rest)?, rest))
    }

    pub(super) fn kind(&self) -> ActKind {
        self.kind
    }
    pub(super) fn acted(&self) -> Instant {
        self.acted
    }
    pub(super) fn slot(&self) -> Slot {
        self.slot
    }
    /// Of a go: the scope. Of a stop: the reach, `Word::NONE` for any. Of a confirm: nothing.
    pub(super) fn key(&self) -> ScopeKey {
        self.key
    }
    pub(super) fn recorded(&self) -> Instant {
        self.instant(RECORDED).unwrap_or(self.acted)
    }
    pub(super) fn until(&self) -> Option<Instant> {
        self.instant(UNTIL)
    }
    pub(super) fn confirm_by(&self) -> Option<Instant> {
        self.instant(CONFIRM_BY)
    }

    #[inline]
    fn instant(&self, which: u8) -> Option<Instant> {
        if self.has & which == 0 {
            return None;
        }
        let before = (self.has & which.wrapping_sub(1)).count_ones();
        let mut rest = self.rest.get(self.width().saturating_mul(usize::try_from(before).ok()?)..)?;
        read_instant(self.form, &mut rest)
    }

    /// How many bytes an instant has.
    fn width(&self) -> usize {
        if self.form & WIDE_INSTANTS == 0 { 4 } else { 12 }
    }

    fn provenance(&self) -> Provenance {
        Provenance::decoded(self.form >> 4 & 3).unwrap_or_default()
    }

    /// An erasure of the contact itself; one that was told works as a withdrawal (S13).
    pub(super) fn erases(&self) -> bool {
        self.kind == ActKind::Erase && !self.was_told()
    }

    pub(super) fn is_own(&self) -> bool {
        self.provenance() == Provenance::Own
    }

    /// A stop that crossed a shared key; it is never told on (S13).
    pub(super) fn was_told(&self) -> bool {
        self.provenance() == Provenance::Told
    }

    /// A stop matches every value of a part it leaves out; a go matches its scope and identity (S4).
    #[inline]
    pub(super) fn matches(&self, ask: AskKey) -> bool {
        if self.kind.is_stop() {
            self.key.covers(ask.scope)
        } else {
            self.slot == ask.slot && self.key == ask.scope
        }
    }

    /// Whether this is a confirm that completes `grant`, from its own instant on (S25), by the round trip that
    /// the grant began, if it began one.
    pub(super) fn confirms(&self, grant: &Row<'_>) -> bool {
        self.kind == ActKind::Confirm
            && self.slot == grant.slot
            && self.acted >= grant.acted
            && grant.confirm_by().is_some_and(|before| self.acted < before)
            && self.names().0 == Some(grant.names().1)
            && self.round_trip() == grant.round_trip()
    }

    fn round_trip(&self) -> Option<RoundTrip> {
        self.evidence()?.round_trip
    }

    /// S7: whether another grant is preferred to this one: the latest, of two at one instant the one that
    /// ends first, then the smaller id.
    pub(super) fn is_before(&self, other: &Row<'_>) -> bool {
        let end = |row: &Row<'_>| (row.until().is_none(), row.until());
        let order = self.acted.cmp(&other.acted);
        let order = order.then_with(|| end(other).cmp(&end(self)));
        order.then_with(|| other.names().1.cmp(self.names().1)).is_lt()
    }

    /// Whether it could have the content of an act: enough to tell most others from it.
    pub(super) fn is_like(&self, act: &Act) -> bool {
        self.kind == act.kind() && self.acted == act.acted() && self.provenance() == act.provenance()
    }

    pub(super) fn id(&self) -> ActId {
        Name::stored(self.names().1).into()
    }

    /// Of a confirm: the grant it names.
    pub(super) fn target(&self) -> Option<ActId> {
        self.names().0.map(|target| Name::stored(target).into())
    }

    /// The id of the grant that a confirm names, and its own.
    fn names(&self) -> (Option<&'l [u8]>, &'l [u8]) {
        let (_, rest) = self.filed();
        let length = Some(self.has & TARGET).filter(|target| *target != 0).and_then(|_| rest.split_first());
        let target = length.and_then(|(length, rest)| rest.split_at_checked(usize::from(*length)));
        target.map_or((None, rest), |(target, id)| (Some(target), id))
    }

    fn evidence(&self) -> Option<Packed> {
        self.filed().0
    }

    /// What is on file for it, and the bytes behind.
    fn filed(&self) -> (Option<Packed>, &'l [u8]) {
        let instants = (self.has & (UNTIL | CONFIRM_BY | RECORDED)).count_ones();
        let instants = usize::try_from(instants).unwrap_or_default().saturating_mul(self.width());
        let mut rest = self.rest.get(instants..).unwrap_or_default();
        (self.packed(&mut rest), rest)
    }

    fn packed(&self, rest: &mut &'l [u8]) -> Option<Packed> {
        if self.has & EVIDENCE == 0 {
            return None;
        }
        let has = |part| self.has & part != 0;
        let [how] = cut(rest)?;
        let [prints] = if has(PRINTS) { cut(rest)? } else { [0] };
        let mut word = || read_number(self.form, rest).map(Word::numbered);
        let notice = if has(NOTICE) { Some((word()?, word()?)) } else { None };
        let touchpoint = if has(TOUCHPOINT) { Some(word()?) } else { None };
        let digest = if prints & DIGEST != 0 { Some(NoticeDigest::of(cut(rest)?)) } else { None };
        let round_trip = if prints & ROUND_TRIP != 0 { Some(RoundTrip::of_bytes(cut(rest)?)) } else { None };
        Some(Packed {
            actor: Actor::decoded(how & 15)?,
            method: Method::decoded(how >> 4)?,
            notice: notice.map(|(id, version)| (id, version, digest)),
            touchpoint,
            round_trip,
        })
    }

    pub(super) fn act(&self, lexicon: Lexicon<'_>, identities: &[Held]) -> Act {
        let held = identities.get(usize::from(self.slot.number()));
        let stamp = Stamp {
            id: self.id(),
            acted: self.acted,
            recorded: self.recorded(),
            identity: held.map(|held| held.identity.clone()),
            evidence: self.evidence().map(|packed| Evidence::unpack(packed, lexicon)),
        };
        let lift = |stamp, scope, restriction| Act::Lift(Lift { stamp, scope, restriction });
        let stop = |kind| (kind, lexicon.reach(self.key));
        let (kind, reach) = match (self.kind, self.target(), lexicon.scope(self.key)) {
            (ActKind::Grant, _, Some(scope)) => {
                let (until, confirm_by) = (self.until(), self.confirm_by());
                return Act::Grant(Grant { stamp, scope, until, confirm_by });
            }
            (ActKind::Confirm, Some(grant), _) => return Act::Confirm(Confirm { stamp, grant }),
            (ActKind::Unobject, _, Some(scope)) => return lift(stamp, scope, false),
            (ActKind::Unrestrict, _, Some(scope)) => return lift(stamp, scope, true),
            (ActKind::Withdraw, ..) => stop(StopKind::Withdraw),
            (ActKind::Refuse, ..) => stop(StopKind::Refuse),
            (ActKind::Object, ..) => stop(StopKind::Object),
            (ActKind::Restrict, ..) => stop(StopKind::Restrict),
            // INVARIANT: the scope of a go and the target of a confirm are there since `of_go`,
            // so that only erasures come here; the strictest reading is the default.
            (
                ActKind::Erase | ActKind::Grant | ActKind::Confirm | ActKind::Unobject | ActKind::Unrestrict,
                ..,
            ) => stop(StopKind::Erase),
        };
        Act::Stop(Stop { stamp, kind, reach, provenance: self.provenance() })
    }
}

fn read_number(form: u8, bytes: &mut &[u8]) -> Option<u16> {
    if form & WIDE_NUMBERS == 0 {
        cut(bytes).map(|[byte]| wide(byte))
    } else {
        cut(bytes).map(u16::from_le_bytes)
    }
}

#[inline]
fn read_instant(form: u8, bytes: &mut &[u8]) -> Option<Instant> {
    if form & WIDE_INSTANTS == 0 {
        Some(Instant::of_second(u32::from_le_bytes(cut(bytes)?)))
    } else {
        Instant::of_bytes(cut(bytes)?)
    }
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row")
            .field("id", &self.id())
            .field("kind", &self.kind)
            .field("provenance", &self.provenance())
            .field("slot", &self.slot)
            .field("key", &self.key)
            .field("acted", &self.acted)
            .field("recorded", &self.recorded())
            .field("until", &self.until())
            .field("confirm_by", &self.confirm_by())
            .field("confirms", &self.target())
            .field("evidence", &self.evidence())
            .finish()
    }
}

/// All rows of a ledger, or the first of them.
#[derive(Clone, Copy)]
pub(super) struct Rows<'l> {
    pub(super) bytes: &'l [u8],
    /// Where each begins, once there are too many to count through.
    pub(super) begins: &'l [usize],
}

impl<'l> Rows<'l> {
    /// With their places, the earliest first.
    #[inline]
    pub(super) fn iter(self) -> impl Iterator<Item = (u32, Row<'l>)> + Clone {
        self.records().filter_map(|(place, record)| Some((place, Row::read(record)?)))
    }

    #[inline]
    fn records(self) -> impl Iterator<Item = (u32, &'l [u8])> + Clone {
        (0..).zip(Records(self.bytes).filter(|record| !is_word(record)))
    }

    #[inline]
    pub(super) fn at(self, place: u32) -> Option<Row<'l>> {
        let place = usize::try_from(place).ok()?;
        match self.begins.get(place) {
            Some(begin) => self.beginning(*begin),
            None => self.records().nth(place).and_then(|(_, record)| Row::read(record)),
        }
    }

    /// The row of the record that begins there.
    #[inline]
    pub(super) fn beginning(self, begin: usize) -> Option<Row<'l>> {
        Records(self.bytes.get(begin..)?).next().and_then(Row::read)
    }

    /// Where acts of an id stand, the earliest first. An id stands last in its record, so that few are looked at twice.
    #[inline]
    pub(super) fn places(self, id: &ActId) -> impl Iterator<Item = u32> {
        let id = id.name().as_bytes();
        let ends = self.records().filter(move |(_, record)| record.ends_with(id));
        let whole = move |record| Row::read(record).is_some_and(|row| row.names().1 == id);
        ends.filter(move |(_, record)| whole(record)).map(|(place, _)| place)
    }

    /// The first so many.
    pub(super) fn first(self, count: u32) -> Rows<'l> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let begins = || Records(self.bytes).beginnings().filter(|(_, record)| !is_word(record));
        let end = self.begins.get(count).copied().or_else(|| begins().nth(count).map(|(begin, _)| begin));
        Rows { bytes: end.and_then(|end| self.bytes.get(..end)).unwrap_or(self.bytes), begins: self.begins }
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|(_, row)| row)).finish()
    }
}

/// Records, one behind the other: acts and words.
#[derive(Clone, Copy)]
pub(super) struct Records<'l>(pub(super) &'l [u8]);

impl<'l> Records<'l> {
    /// Each with where it begins.
    pub(super) fn beginnings(self) -> impl Iterator<Item = (usize, &'l [u8])> {
        self.scan(0_usize, |end, record| {
            let begin = *end;
            *end = end.saturating_add(record.len());
            Some((begin, record))
        })
    }

    /// The names of the words among them.
    #[inline]
    pub(super) fn words(self) -> impl Iterator<Item = &'l [u8]> {
        self.filter(|record| is_word(record)).filter_map(|record| record.get(2..))
    }
}

#[inline]
pub(super) fn is_word(record: &[u8]) -> bool {
    record.get(1) == Some(&WORD)
}

impl<'l> Iterator for Records<'l> {
    type Item = &'l [u8];

    #[inline]
    fn next(&mut self) -> Option<&'l [u8]> {
        let length = self.0.first()?;
        let (record, rest) = self.0.split_at_checked(usize::from(*length))?;
        self.0 = rest;
        Some(record)
    }
}

/// What is read of rows one after the other, and how many are left.
pub(super) struct Counted<I> {
    pub(super) rows: I,
    pub(super) left: usize,
}

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.saturating_sub(1);
        self.rows.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<I: Iterator> ExactSizeIterator for Counted<I> {}
