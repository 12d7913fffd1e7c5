//! The head of a ledger: all that a decision looks at which refuses or ignores, in one cache line.
//!
//! What it says of the scopes that a journey asks for is a cache of the acts behind it. An answer changes only
//! where an act is appended, an identity comes or goes, or `now` passes an *edge*: the instant at which a go
//! begins to count, a grant ends, or the time to confirm is over. So the head keeps each answer as it was at
//! one instant, and how long no edge follows; outside of that time it says nothing, and the acts are read.

use std::sync::Arc;

use super::act::ActKind;
use super::row::Row;
use super::standing::Verdict;
use super::{AskKey, ConsentLedger, Reason, Slot};
use crate::identity::IdentityKind;
use crate::vocab::{ContactId, Instant, Offer, Offered, Vocabulary, Word};

/// See above: 64 bytes, with which a contact begins.
#[derive(Debug)]
pub(crate) struct Head {
    contact: ContactId,
    vocabulary: Arc<Vocabulary>,
    /// How often the contact has changed.
    version: u64,
    /// Three bits for each scope that the vocabulary offers, in its order.
    standings: u64,
    /// The standings were found for this second since 1970, and hold until the other one.
    from: u32,
    until: u32,
    acts: u32,
    /// The stage that the contact holds; [`Word::NONE`] for no stage.
    held: Word,
    /// Two marks, and then for each kind of identity that channels reach the slot of the only one, in three bits.
    marks: u16,
}

const KNOWN: u16 = 1;
const ERASED: u16 = 2;
/// Of the three bits of a kind of identity: there is none of it; there are several, or one far down the list.
const NO_SLOT: u16 = 6;
const SEVERAL: u16 = 7;

/// A standing in three bits, as acts move it; where it is unread, the acts are.
const UNREAD: u64 = 0;
const PERMITTED: u64 = 1;
const RESTRICTED: u64 = 2;
const OBJECTED: u64 = 3;
const REFUSED: u64 = 4;
const WITHDRAWN: u64 = 5;

/// What these numbers say, in their order: nothing where it is unread, and else why not, or that it is permitted.
const REASONS: [Option<Option<Reason>>; 8] = [
    None,
    Some(None),
    Some(Some(Reason::Restricted)),
    Some(Some(Reason::Objected)),
    Some(Some(Reason::Refused)),
    Some(Some(Reason::Withdrawn)),
    Some(Some(Reason::Expired)),
    Some(Some(Reason::NoGrant)),
];

/// What the head says of one scope: for which identity, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glance {
    pub(crate) slot: Slot,
    pub(crate) reason: Option<Reason>,
}

impl Head {
    pub(super) fn new(contact: ContactId, vocabulary: Arc<Vocabulary>) -> Head {
        let (version, acts, held, marks) = (0, 0, Word::NONE, 0);
        Head { contact, vocabulary, version, standings: 0, from: 0, until: u32::MAX, acts, held, marks }
    }

    /// The head of the same contact before its first act.
    pub(super) fn of_no_acts(&self) -> Head {
        let head = Head::new(self.contact.clone(), Arc::clone(&self.vocabulary));
        Head { version: self.version, held: self.held, marks: self.marks & KNOWN, ..head }
    }

    #[inline]
    pub(crate) fn contact(&self) -> &ContactId {
        &self.contact
    }

    #[inline]
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// How many acts the ledger holds.
    #[inline]
    pub(crate) fn acts(&self) -> u32 {
        self.acts
    }

    /// The stage that is held as a word, or none.
    #[inline]
    pub(crate) fn held_word(&self) -> Word {
        self.held
    }

    #[inline]
    pub(crate) fn held(&self) -> Option<Word> {
        Some(self.held).filter(|word| *word != Word::NONE)
    }

    #[inline]
    pub(crate) fn known(&self) -> bool {
        self.marks & KNOWN != 0
    }

    #[inline]
    pub(crate) fn erased(&self) -> bool {
        self.marks & ERASED != 0
    }

    #[inline]
    pub(super) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// Whether its words are those of a vocabulary: numbers can be compared in the place of names.
    #[inline]
    pub(crate) fn speaks(&self, vocabulary: &Arc<Vocabulary>) -> bool {
        Arc::ptr_eq(&self.vocabulary, vocabulary)
    }

    /// The answer for a known contact that is not erased, to an ask in the words of its own vocabulary.
    /// `None`: read the acts.
    #[inline]
    pub(crate) fn glance(&self, scope: Offered, second: u32) -> Option<Glance> {
        if second < self.from || second >= self.until {
            return None;
        }
        let bits = self.standings.checked_shr(scope.shift())? & 7;
        let reason = (*REASONS.get(usize::try_from(bits).ok()?)?)?;
        Some(Glance { slot: self.slot(scope)?, reason })
    }

    /// The only identity of the kind that reaches a scope; `None` where there are several.
    #[inline]
    fn slot(&self, scope: Offered) -> Option<Slot> {
        match self.marks.checked_shr(scope.reached_shift())? & 7 {
            SEVERAL => None,
            NO_SLOT => Some(Slot::NONE),
            slot => Some(Slot(slot)),
        }
    }

    fn set(&mut self, scope: Offered, verdict: Option<Verdict>) {
        let said = verdict.map(|verdict| match verdict {
            Verdict::Permitted { .. } => None,
            Verdict::Refused { reason, .. } => Some(reason),
        });
        // The rarer reasons have no number.
        let bits = REASONS.iter().zip(UNREAD..).find(|(other, _)| **other == said);
        self.put(scope, bits.map_or(UNREAD, |(_, bits)| bits));
    }

    fn put(&mut self, scope: Offered, bits: u64) {
        let at = |bits: u64| bits.checked_shl(scope.shift()).unwrap_or_default();
        self.standings = self.standings & !at(7) | at(bits);
    }

    /// Moves the standings of these scopes on by an act that was done after all others; gives those for which that does
    /// not tell: where the acts must be read anyway, and after what lifts or confirms.
    fn follow(&mut self, kind: ActKind, slot: Slot, scopes: u32) -> u32 {
        let mut unread = 0;
        for place in places(scopes) {
            let Some(Offer { scope, .. }) = self.vocabulary.offer(place) else {
                return scopes;
            };
            let bits = match (kind, self.standings.wrapping_shr(scope.shift()) & 7) {
                (_, UNREAD) => None,
                (ActKind::Grant, before @ (RESTRICTED | OBJECTED)) => Some(before),
                (ActKind::Grant, before) => {
                    Some(if self.slot(scope) == Some(slot) { PERMITTED } else { before })
                }
                (ActKind::Restrict, _)
                | (ActKind::Withdraw | ActKind::Refuse | ActKind::Object, RESTRICTED) => Some(RESTRICTED),
                (ActKind::Object, _) | (ActKind::Withdraw | ActKind::Refuse, OBJECTED) => Some(OBJECTED),
                (ActKind::Withdraw, _) => Some(WITHDRAWN),
                (ActKind::Refuse, _) => Some(REFUSED),
                (ActKind::Confirm | ActKind::Unobject | ActKind::Unrestrict | ActKind::Erase, _) => None,
            };
            match bits {
                Some(bits) => self.put(scope, bits),
                None => unread |= 1_u32.rotate_left(place),
            }
        }
        unread
    }

    /// Makes room for an edge of an act that is appended, which can lie before or after the time that is known.
    fn narrow(&mut self, edge: Instant) {
        match edge.second() {
            Some(second) if edge > Instant::of_second(self.from) => self.until = self.until.min(second),
            _ => {}
        }
    }
}

/// The places of scopes that stand as bits, the first one first.
fn places(mut scopes: u32) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = Some(scopes.trailing_zeros()).filter(|place| *place < u32::BITS);
        scopes &= scopes.wrapping_sub(1);
        place
    })
}

/// The edges of an act.
fn edges(row: &Row<'_>) -> [Option<Instant>; 3] {
    let begins = (!row.kind().is_stop()).then_some(row.acted());
    [begins, row.until(), row.confirm_by()]
}

/// The first whole second that is not before an instant; `None` outside 1970 to 2106.
fn whole(edge: Instant) -> Option<u32> {
    let second = edge.second()?;
    if Instant::of_second(second) == edge { Some(second) } else { second.checked_add(1) }
}

impl ConsentLedger {
    pub(crate) fn head(&self) -> &Head {
        &self.head
    }

    pub(crate) fn hold(&mut self, stage: Option<Word>) {
        self.head.held = stage.unwrap_or(Word::NONE);
    }

    /// Counts changes of the contact.
    pub(crate) fn advance(&mut self, entries: u64) {
        self.head.version = self.head.version.saturating_add(entries);
    }

    /// Something named this contact (S18).
    pub(crate) fn name_it(&mut self) {
        self.head.marks |= KNOWN;
    }

    /// Takes note of the act that was appended last.
    pub(super) fn head_note(&mut self) {
        self.name_it();
        self.head.acts = self.head.acts.saturating_add(1);
        let Some(row) = self.log.last() else {
            return;
        };
        // What counts from now on moves the head on to it; what waits, or ends, ends what is known.
        let begins = whole(row.acted()).filter(|_| !row.kind().is_stop() && row.acted() <= row.recorded());
        let (kind, erases, edges) = (row.kind(), row.erases(), edges(&row));
        let (slot, concerned) = (row.slot(), self.concerned(&self.grant_of(row)));
        // Done after all others, an act bears on a standing in one way, whatever else there is.
        let second = row.acted().whole_second();
        // INVARIANT: `u32::MAX` stands for later than can be told, so that nothing is done after it.
        let after_all = second.is_some_and(|second| (self.log.latest..u32::MAX).contains(&second));
        let newest = after_all && row.confirm_by().is_none();
        self.log.latest =
            row.acted().second().map_or(u32::MAX, |second| second.saturating_add(1)).max(self.log.latest);
        if erases {
            self.head.marks |= ERASED;
        }
        let begins = begins.filter(|second| (self.head.from..self.head.until).contains(second));
        if let Some(second) = begins {
            self.head.from = second;
        }
        edges.into_iter().flatten().for_each(|edge| self.head.narrow(edge));
        let follows = newest && (kind.is_stop() || begins.is_some());
        let unread = if follows { self.head.follow(kind, slot, concerned) } else { concerned };
        self.judge(unread);
    }

    /// The scopes on which an act bears, as bits.
    fn concerned(&self, row: &Row<'_>) -> u32 {
        self.head.vocabulary.concerned(row.key(), row.kind().is_stop())
    }

    /// Finds the standing of these scopes anew.
    fn judge(&mut self, scopes: u32) {
        let now = Instant::of_second(self.head.from);
        for place in places(scopes) {
            let Some(Offer { key, scope }) = self.head.vocabulary.offer(place) else {
                return;
            };
            let slot = self.head.slot(scope);
            let verdict = slot.map(|slot| self.tally(AskKey { scope: key, slot }, now).verdict(true, now));
            self.head.set(scope, verdict);
        }
    }

    /// Takes note of who is reached: an identity came or went.
    pub(super) fn head_seats(&mut self) {
        let vocabulary = Arc::clone(&self.head.vocabulary);
        for (kind, offered) in vocabulary.reached() {
            let reached = self.slots().filter(|(_, identity)| {
                kind.is_none_or(|kind| IdentityKind::new(kind).is_ok_and(|kind| kind == *identity.kind()))
            });
            let mut reached = reached.map(|(slot, _)| slot.0);
            let pair = (reached.next(), reached.next());
            drop(reached);
            let slot = match pair {
                (None, _) => NO_SLOT,
                (Some(slot), None) if slot < NO_SLOT => slot,
                _ => SEVERAL,
            };
            let at = |bits: u16| bits.checked_shl(offered.reached_shift()).unwrap_or_default();
            self.head.marks = self.head.marks & !at(7) | at(slot);
        }
        self.judge(u32::MAX);
    }

    /// Moves the head on to an instant at which something was decided.
    #[inline]
    pub(crate) fn pass(&mut self, now: Instant) {
        match now.second() {
            Some(second) if second < self.head.from || second >= self.head.until => self.move_to(second),
            _ => {}
        }
    }

    fn move_to(&mut self, second: u32) {
        // All edges behind are in the standings; those that are passed now bear on some of them. Where time ran
        // back, all are found anew.
        let back = second < self.head.from;
        let (behind, now) = (Instant::of_second(self.head.from), Instant::of_second(second));
        let (mut from, mut until, mut passed) = (if back { 0 } else { self.head.from }, u32::MAX, 0);
        for (_, row) in self.rows().iter() {
            for edge in edges(&row).into_iter().flatten() {
                if edge > now {
                    until = edge.second().map_or(until, |second| until.min(second));
                    continue;
                }
                from = whole(edge).map_or(from, |second| from.max(second));
                if edge > behind {
                    passed |= self.concerned(&self.grant_of(row));
                }
            }
        }
        (self.head.from, self.head.until) = (from, until);
        self.judge(if back { u32::MAX } else { passed });
    }

    /// The act whose scope an act bears on: of a confirm, its grant.
    fn grant_of<'r>(&'r self, row: Row<'r>) -> Row<'r> {
        if row.kind() != ActKind::Confirm {
            return row;
        }
        let grant = row.target().and_then(|grant| self.rows().at(self.find(&grant)?));
        grant.unwrap_or(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cache_line() {
        assert_eq!(size_of::<Head>(), 64);
        assert_eq!(std::mem::offset_of!(ConsentLedger, head), 0);
    }
}
