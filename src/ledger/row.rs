//! How a ledger stores acts: as bytes, one record behind the other, appended and never rewritten.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | how long the record is |
//! | 2 | kind and provenance, which widths are used; what of the parts below there is |
//! | 4 or 8 | slot of the identity; purpose, channel and recipient as words: a scope, a reach, or nothing |
//! | 4 or 12 | acted; then, where there are, until, confirm by, and recorded if it is not acted |
//! | 1 to 56 | evidence: actor and method, and what there is of notice, digest, touchpoint and round trip |
//! | 2 to 65 | of a confirm: the id of its grant, behind its length |
//! | 1 to 64 | its own id: the rest |
//!
//! The narrow widths hold what nearly all acts have: words and slots below 255, whole seconds of 1970 to 2106.
//! What is read first stands first, so that one pass over a ledger looks at ten bytes an act.

use super::act::{Act, ActKind, Confirm, Grant, Lift, Provenance, Stamp, Stop, StopKind};
use super::evidence::{Actor, Evidence, Method, NoticeDigest, Packed, RoundTrip};
use super::{AskKey, Held, Slot};
use crate::vocab::{ActId, Instant, Lexicon, Name, ScopeKey, Word};

/// A small type that is written as a number.
trait Coded: Copy + Sized + 'static {
    const ALL: &'static [Self];
    fn code(self) -> u8;

    #[inline]
    fn decoded(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

/// By the order in which the values stand here, which is part of no written form.
macro_rules! coded {
    ($($type:ident: $($value:ident = $code:literal),+;)+) => {$(
        impl Coded for $type {
            const ALL: &'static [$type] = &[$($type::$value),+];

            #[inline]
            fn code(self) -> u8 {
                match self {
                    $($type::$value => $code),+
                }
            }
        }
    )+};
}

coded! {
    ActKind: Grant = 0, Confirm = 1, Unobject = 2, Unrestrict = 3, Withdraw = 4, Refuse = 5, Object = 6, Restrict = 7,
        Erase = 8;
    Provenance: Own = 0, Told = 1, Joined = 2;
    Actor: Person = 0, Guardian = 1, SomebodyElse = 2, Import = 3, Controller = 4;
    Method: UntickedBox = 0, AccountSetting = 1, SignedForm = 2, OralRecorded = 3, Paper = 4, DoubleOptIn = 5,
        PreTickedBox = 6, Scrolling = 7, TermsAcceptance = 8, LinkFetched = 9, Import = 10;
}

/// The first byte of a form: four bits of kind, two of provenance, and whether these are wide.
const WIDE_NUMBERS: u8 = 1 << 6;
const WIDE_INSTANTS: u8 = 1 << 7;

/// What there is, by the second byte. The instants stand in this order.
const UNTIL: u8 = 1;
const CONFIRM_BY: u8 = 1 << 1;
const RECORDED: u8 = 1 << 2;
const EVIDENCE: u8 = 1 << 3;
const NOTICE: u8 = 1 << 4;
const TOUCHPOINT: u8 = 1 << 5;
const TARGET: u8 = 1 << 6;
/// A digest of the notice or a round trip: a byte more in front of the evidence says which.
const PRINTS: u8 = 1 << 7;
const DIGEST: u8 = 1;
const ROUND_TRIP: u8 = 2;

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
    /// `None` where the lexicon is full.
    pub(super) fn of_go(go: &'a Act, slot: Slot, lexicon: &mut Lexicon) -> Option<Record<'a>> {
        let key = match go {
            Act::Grant(Grant { scope, .. }) | Act::Lift(Lift { scope, .. }) => lexicon.intern_scope(scope)?,
            Act::Confirm(_) | Act::Stop(_) => ScopeKey::NOTHING,
        };
        let (evidence, whole) = Record::evidence(go, lexicon);
        whole.then_some(Record { act: go, slot, key, evidence })
    }

    pub(super) fn of_stop(stop: &'a Act, slot: Slot, lexicon: &mut Lexicon) -> Record<'a> {
        let key = match stop {
            Act::Stop(stop) => lexicon.intern_reach(stop.reach()),
            _ => ScopeKey::NOTHING,
        };
        let (evidence, _) = Record::evidence(stop, lexicon);
        Record { act: stop, slot, key, evidence }
    }

    /// The evidence of an act, and whether all of it found a place in the lexicon.
    fn evidence(act: &Act, lexicon: &mut Lexicon) -> (Option<Packed>, bool) {
        match act.evidence().map(|evidence| evidence.pack(lexicon)) {
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
        if let Some(target) = target.map(|target| target.as_str().as_bytes()) {
            written.put(&[u8::try_from(target.len()).unwrap_or(u8::MAX)]);
            written.put(target);
        }
        written.put(act.id().as_str().as_bytes());
        written.bytes[0] = u8::try_from(written.length).unwrap_or(u8::MAX);
        written
    }
}

/// A record as bytes.
pub(super) struct Written {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Written {
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

fn flag(is: bool, flag: u8) -> u8 {
    if is { flag } else { 0 }
}

/// A number below 255 in one byte, and "none" as 255.
fn narrow(number: u16) -> Option<u8> {
    if number == u16::MAX { Some(u8::MAX) } else { u8::try_from(number).ok().filter(|byte| *byte != u8::MAX) }
}

fn wide(byte: u8) -> u16 {
    if byte == u8::MAX { u16::MAX } else { u16::from(byte) }
}

/// Cuts so many bytes off; a record that was written here has them.
fn cut<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}

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
        let (form, has, numbers, acted, rest) = match *record {
            [_, form, has, slot, purpose, channel, recipient, a, b, c, d, ref rest @ ..]
                if form & (WIDE_NUMBERS | WIDE_INSTANTS) == 0 =>
            {
                let acted = Instant::of_second(u32::from_le_bytes([a, b, c, d]));
                (form, has, [slot, purpose, channel, recipient].map(wide), acted, rest)
            }
            [_, form, has, ref rest @ ..] => Row::read_wide(form, has, rest)?,
            _ => return None,
        };
        let kind = ActKind::decoded(form & 15)?;
        let [slot, purpose, channel, recipient] = numbers;
        let [purpose, channel, recipient] = [purpose, channel, recipient].map(Word::numbered);
        let key = ScopeKey { purpose, channel, recipient };
        Some(Row { kind, form, has, slot: Slot::numbered(slot), key, acted, rest })
    }

    #[cold]
    fn read_wide(form: u8, has: u8, mut rest: &'l [u8]) -> Option<(u8, u8, [u16; 4], Instant, &'l [u8])> {
        let mut numbers = [0; 4];
        for number in &mut numbers {
            *number = read_number(form, &mut rest)?;
        }
        let acted = read_instant(form, &mut rest)?;
        Some((form, has, numbers, acted, rest))
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

    pub(super) fn act(&self, lexicon: &Lexicon, identities: &[Held]) -> Act {
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
        (0..).zip(Records(self.bytes)).filter_map(|(place, record)| Some((place, Row::read(record)?)))
    }

    #[inline]
    pub(super) fn at(self, place: u32) -> Option<Row<'l>> {
        let place = usize::try_from(place).ok()?;
        match self.begins.get(place) {
            Some(begin) => self.beginning(*begin),
            None => Records(self.bytes).nth(place).and_then(Row::read),
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
        let id = id.as_str().as_bytes();
        let ends = (0..).zip(Records(self.bytes)).filter(move |(_, record)| record.ends_with(id));
        ends.filter(move |(_, record)| Row::read(record).is_some_and(|row| row.names().1 == id))
            .map(|(place, _)| place)
    }

    /// Where each begins.
    pub(super) fn beginnings(self) -> impl Iterator<Item = usize> {
        Records(self.bytes).scan(0_usize, |end, record| {
            let begin = *end;
            *end = end.saturating_add(record.len());
            Some(begin)
        })
    }

    /// The first so many.
    pub(super) fn first(self, count: u32) -> Rows<'l> {
        let left = Records(self.bytes)
            .zip(0..count)
            .fold(0_usize, |end, (record, _)| end.saturating_add(record.len()));
        Rows { bytes: self.bytes.get(..left).unwrap_or_default(), begins: self.begins }
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|(_, row)| row)).finish()
    }
}

/// Records, one behind the other.
#[derive(Clone, Copy)]
struct Records<'l>(&'l [u8]);

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
