//! How a stored act is read back: first what every question looks at, then, where it is asked for, the rest.

use super::act::{Act, ActKind, Confirm, Grant, Lift, Provenance, Stamp, Stop, StopKind};
use super::evidence::{Actor, Evidence, Method, NoticeDigest, Packed, RoundTrip};
use super::form::{
    CONFIRM_BY, Coded, DIGEST, EVIDENCE, FRONT, NOTICE, PRINTS, RECORDED, ROUND_TRIP, TARGET, TOUCHPOINT,
    UNTIL, WIDE_INSTANTS, WIDE_NUMBERS, cut, narrow, wide,
};
use super::identities::Identities;
use super::log::Lexicon;
use super::{AskKey, Slot};
use crate::vocab::{ActId, Instant, Name, ScopeKey, Word};

/// A stored act, read as far as it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Row<'l> {
    kind: ActKind,
    front: &'l [u8; FRONT],
    /// What stands behind.
    rest: &'l [u8],
}

/// An ask, and how nearly every go is written that it is for.
pub(super) struct Asked {
    key: AskKey,
    narrow: Option<[u8; 4]>,
}

impl Asked {
    #[inline]
    pub(super) fn new(key: AskKey) -> Asked {
        let AskKey { scope, slot } = key;
        let numbers =
            [slot.number(), scope.purpose.number(), scope.channel.number(), scope.recipient.number()];
        let [slot, purpose, channel, recipient] = numbers.map(narrow);
        let all = slot.zip(purpose).zip(channel.zip(recipient));
        Asked {
            key,
            narrow: all.map(|((slot, purpose), (channel, recipient))| [slot, purpose, channel, recipient]),
        }
    }
}

impl<'l> Row<'l> {
    /// `None` for a word.
    #[inline]
    pub(super) fn read(record: &'l [u8]) -> Option<Row<'l>> {
        let (front, rest) = record.split_first_chunk::<FRONT>()?;
        Some(Row { kind: ActKind::decoded(front[1] & 15)?, front, rest })
    }

    #[inline]
    fn form(&self) -> u8 {
        self.front[1]
    }

    #[inline]
    fn has(&self) -> u8 {
        self.front[2]
    }

    /// Slot, purpose, channel and recipient.
    #[inline]
    fn numbers(&self) -> [u16; 4] {
        let [_, _, _, slot, purpose, channel, recipient, ..] = *self.front;
        let low = [slot, purpose, channel, recipient];
        if self.form() & WIDE_NUMBERS == 0 { low.map(wide) } else { self.wide_numbers(low) }
    }

    #[cold]
    fn wide_numbers(&self, [a, b, c, d]: [u8; 4]) -> [u16; 4] {
        let [e, f, g, h] = self.rest.first_chunk().copied().unwrap_or_default();
        [[a, e], [b, f], [c, g], [d, h]].map(u16::from_le_bytes)
    }

    /// What stands behind the parts that every act has.
    #[inline]
    fn more(&self) -> &'l [u8] {
        let form = self.form();
        if form & (WIDE_NUMBERS | WIDE_INSTANTS) == 0 {
            return self.rest;
        }
        let numbers = if form & WIDE_NUMBERS == 0 { 0 } else { 4 };
        let acted = if form & WIDE_INSTANTS == 0 { 0_usize } else { 12 };
        self.rest.get(acted.saturating_add(numbers)..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn kind(&self) -> ActKind {
        self.kind
    }
    #[inline]
    pub(super) fn acted(&self) -> Instant {
        let [.., a, b, c, d] = *self.front;
        let second = Instant::of_second(u32::from_le_bytes([a, b, c, d]));
        if self.form() & WIDE_INSTANTS == 0 { second } else { self.wide_acted().unwrap_or(second) }
    }
    #[cold]
    fn wide_acted(&self) -> Option<Instant> {
        let begin = if self.form() & WIDE_NUMBERS == 0 { 0 } else { 4 };
        Instant::of_bytes(*self.rest.get(begin..)?.first_chunk()?)
    }
    #[inline]
    pub(super) fn slot(&self) -> Slot {
        let [slot, ..] = self.numbers();
        Slot::numbered(slot)
    }
    /// Of a go: the scope. Of a stop: the reach, `Word::NONE` for any. Of a confirm: nothing.
    #[inline]
    pub(super) fn key(&self) -> ScopeKey {
        let [_, purpose, channel, recipient] = self.numbers();
        let [purpose, channel, recipient] = [purpose, channel, recipient].map(Word::numbered);
        ScopeKey { purpose, channel, recipient }
    }
    #[inline]
    pub(super) fn recorded(&self) -> Instant {
        self.instant(RECORDED).unwrap_or_else(|| self.acted())
    }
    #[inline]
    pub(super) fn until(&self) -> Option<Instant> {
        self.instant(UNTIL)
    }
    #[inline]
    pub(super) fn confirm_by(&self) -> Option<Instant> {
        self.instant(CONFIRM_BY)
    }

    #[inline]
    fn instant(&self, which: u8) -> Option<Instant> {
        if self.has() & which == 0 {
            return None;
        }
        let before = (self.has() & which.wrapping_sub(1)).count_ones();
        let mut rest = self.more().get(self.width().saturating_mul(usize::try_from(before).ok()?)..)?;
        read_instant(self.form(), &mut rest)
    }

    /// How many bytes an instant has.
    fn width(&self) -> usize {
        if self.form() & WIDE_INSTANTS == 0 { 4 } else { 12 }
    }

    fn provenance(&self) -> Provenance {
        Provenance::decoded(self.form() >> 4 & 3).unwrap_or_default()
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
    pub(super) fn matches(&self, ask: &Asked) -> bool {
        let [_, _, _, slot, purpose, channel, recipient, ..] = *self.front;
        if self.kind.is_stop() {
            self.key().covers(ask.key.scope)
        } else if self.form() & WIDE_NUMBERS == 0 {
            ask.narrow == Some([slot, purpose, channel, recipient])
        } else {
            self.slot() == ask.key.slot && self.key() == ask.key.scope
        }
    }

    /// Whether this is a confirm that completes `grant`, from its own instant on (S25), by the round trip that
    /// the grant began, if it began one.
    pub(super) fn confirms(&self, grant: &Row<'_>) -> bool {
        self.kind == ActKind::Confirm
            && self.slot() == grant.slot()
            && self.acted() >= grant.acted()
            && grant.confirm_by().is_some_and(|before| self.acted() < before)
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
        let order = self.acted().cmp(&other.acted());
        let order = order.then_with(|| end(other).cmp(&end(self)));
        order.then_with(|| other.names().1.cmp(self.names().1)).is_lt()
    }

    /// Whether it could have the content of an act: enough to tell most others from it.
    pub(super) fn is_like(&self, act: &Act) -> bool {
        self.kind == act.kind() && self.acted() == act.acted() && self.provenance() == act.provenance()
    }

    /// An id stands last, so that of few the names are looked for.
    #[inline]
    pub(super) fn is_named(&self, id: &[u8]) -> bool {
        self.rest.last() == id.last() && self.rest.ends_with(id) && self.names().1 == id
    }

    pub(super) fn id(&self) -> ActId {
        Name::stored(self.names().1).into()
    }

    /// Of a confirm: the grant it names.
    pub(super) fn target(&self) -> Option<ActId> {
        self.names().0.map(|target| Name::stored(target).into())
    }

    /// The id of the grant that a confirm names, and its own.
    #[inline]
    fn names(&self) -> (Option<&'l [u8]>, &'l [u8]) {
        let rest = self.filed().get(self.evidence_length()..).unwrap_or_default();
        let length = Some(self.has() & TARGET).filter(|target| *target != 0).and_then(|_| rest.split_first());
        let target = length.and_then(|(length, rest)| rest.split_at_checked(usize::from(*length)));
        target.map_or((None, rest), |(target, id)| (Some(target), id))
    }

    /// What stands behind the instants: the evidence, and the names.
    #[inline]
    fn filed(&self) -> &'l [u8] {
        let instants = (self.has() & (UNTIL | CONFIRM_BY | RECORDED)).count_ones();
        let instants = usize::try_from(instants).unwrap_or_default().saturating_mul(self.width());
        self.more().get(instants..).unwrap_or_default()
    }

    /// How many bytes the evidence has.
    #[inline]
    fn evidence_length(&self) -> usize {
        let has = |part: u8, length: usize| if self.has() & part == 0 { 0 } else { length };
        let number = if self.form() & WIDE_NUMBERS == 0 { 1_usize } else { 2 };
        let words = number.saturating_mul(has(NOTICE, 2).saturating_add(has(TOUCHPOINT, 1)));
        let prints =
            Some(self.has() & PRINTS).filter(|prints| *prints != 0).and_then(|_| self.filed().get(1));
        let digest = prints.map_or(0, |prints| if prints & DIGEST == 0 { 1 } else { 33 });
        let round_trip = prints.map_or(0, |prints| if prints & ROUND_TRIP == 0 { 0 } else { 16 });
        has(EVIDENCE, 1).saturating_add(words).saturating_add(digest).saturating_add(round_trip)
    }

    /// What is on file for it.
    fn evidence(&self) -> Option<Packed> {
        let mut filed = self.filed();
        self.packed(&mut filed)
    }

    fn packed(&self, rest: &mut &'l [u8]) -> Option<Packed> {
        if self.has() & EVIDENCE == 0 {
            return None;
        }
        let has = |part| self.has() & part != 0;
        let [how] = cut(rest)?;
        let [prints] = if has(PRINTS) { cut(rest)? } else { [0] };
        let mut word = || read_number(self.form(), rest).map(Word::numbered);
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

    pub(super) fn act(&self, lexicon: Lexicon<'_>, identities: &Identities) -> Act {
        let identity = identities.get(self.slot()).cloned();
        let stamp = Stamp {
            id: self.id(),
            acted: self.acted(),
            recorded: self.recorded(),
            identity,
            evidence: self.evidence().map(|packed| Evidence::unpack(packed, lexicon)),
        };
        let lift = |stamp, scope, restriction| Act::Lift(Lift { stamp, scope, restriction });
        let stop = |kind| (kind, lexicon.reach(self.key()));
        let (kind, reach) = match (self.kind, self.target(), lexicon.scope(self.key())) {
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
            .field("slot", &self.slot())
            .field("key", &self.key())
            .field("acted", &self.acted())
            .field("recorded", &self.recorded())
            .field("until", &self.until())
            .field("confirm_by", &self.confirm_by())
            .field("confirms", &self.target())
            .field("evidence", &self.evidence())
            .finish()
    }
}
