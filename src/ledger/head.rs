//! The head of a ledger: all that a decision looks at which refuses or ignores, in one cache line.
//!
//! What it says of the scopes that a journey asks for is a cache of the acts behind it. An answer changes only
//! where an act is appended, an identity comes or goes, or `now` passes an *edge*: the instant at which a go
//! begins to count, a grant ends, or the time to confirm is over. So the head keeps each answer as it was at
//! one instant, and how long no edge follows; outside of that time it says nothing, and the acts are read.

use std::sync::Arc;

use super::row::Row;
use super::standing::Verdict;
use super::{AskKey, ConsentLedger, Reason, Slot};
use crate::identity::IdentityKind;
use crate::vocab::{ContactId, Instant, Offered, Vocabulary, Word};

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
        let reason = match self.standings.checked_shr(scope.shift())? & 7 {
            1 => None,
            2 => Some(Reason::Restricted),
            3 => Some(Reason::Objected),
            4 => Some(Reason::Refused),
            5 => Some(Reason::Withdrawn),
            6 => Some(Reason::Expired),
            7 => Some(Reason::NoGrant),
            _ => return None,
        };
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
        let bits = match verdict {
            Some(Verdict::Permitted { .. }) => 1,
            Some(Verdict::Refused { reason, .. }) => match reason {
                Reason::Restricted => 2,
                Reason::Objected => 3,
                Reason::Refused => 4,
                Reason::Withdrawn => 5,
                Reason::Expired => 6,
                Reason::NoGrant => 7,
                _ => 0,
            },
            None => 0,
        };
        let at = |bits: u64| bits.checked_shl(scope.shift()).unwrap_or_default();
        self.standings = self.standings & !at(7) | at(bits);
    }

    /// Makes room for an edge of an act that is appended, which can lie before or after the time that is known.
    fn narrow(&mut self, edge: Instant) {
        match edge.second() {
            Some(second) if edge > Instant::of_second(self.from) => self.until = self.until.min(second),
            _ => {}
        }
    }
}

/// The edges of an act.
fn edges(row: &Row) -> impl Iterator<Item = Instant> {
    let begins = (!row.kind().is_stop()).then_some(row.acted());
    [begins, row.until(), row.confirm_by()].into_iter().flatten()
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
        self.head.acts = super::position(self.rows.len());
        let Some(row) = self.rows.last() else {
            return;
        };
        if row.erases() {
            self.head.marks |= ERASED;
        }
        // What counts from now on moves the head on to it; what waits, or ends, ends what is known.
        let begins = whole(row.acted()).filter(|_| !row.kind().is_stop() && row.acted() <= row.recorded());
        if let Some(second) = begins.filter(|second| (self.head.from..self.head.until).contains(second)) {
            self.head.from = second;
        }
        edges(row).for_each(|edge| self.head.narrow(edge));
        self.judge(self.concerned(self.grant_of(row)));
    }

    /// The scopes on which an act bears, as bits.
    fn concerned(&self, row: &Row) -> u32 {
        let offers = self.head.vocabulary.offers().iter().zip(0..32_u32);
        let bears = |key| if row.kind().is_stop() { row.key().covers(key) } else { row.key() == key };
        offers
            .filter(|(offer, _)| bears(offer.key))
            .fold(0, |bits, (_, place)| bits | 1_u32.rotate_left(place))
    }

    /// Finds the standing of these scopes anew.
    fn judge(&mut self, scopes: u32) {
        let now = Instant::of_second(self.head.from);
        let vocabulary = Arc::clone(&self.head.vocabulary);
        for (offer, place) in vocabulary.offers().iter().zip(0..32_u32) {
            if scopes.rotate_right(place) & 1 == 0 {
                continue;
            }
            let slot = self.head.slot(offer.scope);
            let verdict =
                slot.map(|slot| self.tally(AskKey { scope: offer.key, slot }, now).known(true).verdict(now));
            self.head.set(offer.scope, verdict);
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
        for row in &self.rows {
            for edge in edges(row) {
                if edge > now {
                    until = edge.second().map_or(until, |second| until.min(second));
                    continue;
                }
                from = whole(edge).map_or(from, |second| from.max(second));
                if edge > behind {
                    passed |= self.concerned(self.grant_of(row));
                }
            }
        }
        (self.head.from, self.head.until) = (from, until);
        self.judge(if back { u32::MAX } else { passed });
    }

    /// The act whose scope an act bears on: of a confirm, its grant.
    fn grant_of<'r>(&'r self, row: &'r Row) -> &'r Row {
        let grant = row.target().and_then(|grant| self.rows.get(usize::try_from(self.find(grant)?).ok()?));
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
