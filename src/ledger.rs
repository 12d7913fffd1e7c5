//! Floor 2: the consent ledger of one contact. Append only; it answers for every scope, identity and instant.

mod act;
mod as_of;
mod ask;
mod error;
mod evidence;
mod form;
mod head;
mod identities;
mod index;
mod log;
mod many;
mod record;
mod row;
mod rows;
mod standing;

use std::sync::Arc;

pub use act::{Act, ActKind, Confirm, Grant, Lift, Provenance, Stop};
pub use as_of::AsOf;
pub use ask::Ask;
pub(crate) use ask::{AskKey, Slot};
pub use error::{ActError, AppendError, Appended};
pub use evidence::{
    Actor, Deed, Evidence, Method, Notice, NoticeDigest, NoticeId, NoticeVersion, RoundTrip, Touchpoint,
    Unproven,
};
pub(crate) use head::Head;
use identities::Identities;
use index::Stops;
pub(crate) use log::Lexicon;
use log::{Log, Words};
use many::find;
use record::Record;
use rows::{Counted, Rows};
pub use standing::{Reason, Remedy, Step};
pub(crate) use standing::{Tally, Verdict};

use crate::identity::Identity;
use crate::vocab::{ActId, ContactId, Controller, Instant, Name, Scope, Vocabulary, Word};

/// The acts of one contact, in the order in which they were recorded.
///
/// It can be asked and grown, never edited: no act is handed out for change, none is removed or
/// moved, and there is no second copy of a ledger to ask instead (it is not `Clone`).
/// Past acts are read as values:
///
/// ```
/// use placet::{Contact, Identity, Reach, Stop, Vocabulary};
/// let at = "2013-06-01T10:00:00Z".parse()?;
/// let mut ada = Contact::open("c-1".parse()?, Identity::email("ada@example.org")?, &Vocabulary::new([]));
/// ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), at, at));
/// assert_eq!(ada.ledger().acts().map(|act| act.id().to_string()).collect::<Vec<_>>(), ["a-1"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[repr(C)]
pub struct ConsentLedger {
    head: Head,
    identities: Identities,
    log: Log,
}

impl ConsentLedger {
    pub(crate) fn open(contact: ContactId, identity: Identity, vocabulary: &Arc<Vocabulary>) -> Self {
        let mut ledger = ConsentLedger {
            head: Head::new(contact, Arc::clone(vocabulary)),
            identities: Identities::new(identity),
            log: Log::default(),
        };
        ledger.head_seats();
        ledger
    }

    /// Whose ledger it is.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        self.head.contact()
    }

    /// Who knows this contact: the sender of whatever is sent to it.
    pub(crate) fn controller(&self) -> &Controller {
        self.head.vocabulary().controller()
    }

    /// How many acts it holds. A citation names the version at which it was true.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.head.acts()
    }

    /// All acts, oldest record first, as values.
    pub fn acts(&self) -> impl ExactSizeIterator<Item = Act> + '_ {
        let acts = self.rows().iter().map(|(_, row)| row.act(self.lexicon(), &self.identities));
        Counted { rows: acts, left: usize::try_from(self.version()).unwrap_or(usize::MAX) }
    }

    fn rows(&self) -> Rows<'_> {
        self.log.rows()
    }

    /// The stops among them, with or without those that were told.
    pub(crate) fn stops(&self, told: bool) -> impl Iterator<Item = Stop> {
        let stops =
            self.rows().iter().filter(move |(_, row)| row.kind().is_stop() && (told || !row.was_told()));
        stops.filter_map(|(_, row)| match row.act(self.lexicon(), &self.identities) {
            Act::Stop(stop) => Some(stop),
            _ => None,
        })
    }

    /// The act of an id. Where a stop took an id that was in use, the earlier act answers.
    #[must_use]
    pub fn act(&self, id: &ActId) -> Option<Act> {
        self.find(id).and_then(|place| self.act_at(place))
    }

    /// The identities that are the contact's now, in the order they were linked.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.slots().map(|(_, identity)| identity)
    }

    /// The identities that were the contact's once, and are no longer; their acts are still in the ledger.
    pub fn past_identities(&self) -> impl Iterator<Item = &Identity> {
        self.identities.all(false).map(|(_, identity)| identity)
    }

    /// Why an ask is refused at an instant, or `None` where it is permitted: the plain answer, without proof.
    ///
    /// It serves reports and guards; only [`ConsentLedger::permit`] opens a way to an event.
    #[must_use]
    pub fn refuses(&self, ask: &Ask, now: Instant) -> Option<Reason> {
        match self.tally(self.key(ask), now).verdict(self.head.known(), now) {
            Verdict::Permitted { .. } => None,
            Verdict::Refused { reason, .. } => Some(reason),
        }
    }

    /// The fewest acts that would turn a refusal into a permission; empty where it is permitted
    /// already, and where nothing ever can (S12).
    #[must_use]
    pub fn remedy(&self, ask: &Ask, now: Instant) -> Remedy {
        self.remedy_of(self.key(ask), ask.scope(), now)
    }

    pub(crate) fn remedy_of(&self, key: AskKey, scope: &Scope, now: Instant) -> Remedy {
        let known = self.head.known();
        let remedy = self.tally(key, now).remedy(known, scope, now, |place| self.act_at(place));
        if key.slot == Slot::NONE { remedy.with_address(scope.channel().clone()) } else { remedy }
    }

    pub(crate) fn key(&self, ask: &Ask) -> AskKey {
        AskKey { scope: self.lexicon().key(&ask.scope), slot: self.slot(&ask.identity) }
    }

    pub(crate) fn tally(&self, ask: AskKey, now: Instant) -> Tally<'_> {
        match self.log.many() {
            Some(many) => many.index.tally(self.rows(), ask, now),
            None => Tally::of(self.rows(), ask, now, |_| true),
        }
    }

    /// The act that caused a refusal, when the ledger held so many acts.
    pub(crate) fn cause(&self, ask: AskKey, now: Instant, version: u32) -> Option<Act> {
        let tally = if version == self.version() {
            self.tally(ask, now)
        } else {
            self.at_version(version).tally(ask, now)
        };
        match tally.verdict(true, now) {
            Verdict::Refused { cause, .. } => self.act_at(cause?),
            Verdict::Permitted { .. } => None,
        }
    }

    pub(crate) fn act_at(&self, place: u32) -> Option<Act> {
        self.rows().at(place).map(|row| row.act(self.lexicon(), &self.identities))
    }

    pub(crate) fn acted_at(&self, place: u32) -> Option<Instant> {
        self.rows().at(place).map(|row| row.acted())
    }

    /// What its numbers mean.
    pub(crate) fn lexicon(&self) -> Lexicon<'_> {
        Lexicon { vocabulary: self.head.vocabulary(), log: &self.log }
    }

    /// The same, to add to.
    fn words(&mut self) -> Words<'_> {
        Words { vocabulary: self.head.vocabulary(), log: &mut self.log }
    }

    pub(crate) fn intern(&mut self, name: &Name) -> Option<Word> {
        self.words().word(name)
    }

    /// The current slot of an identity; [`Slot::NONE`] if it is not the contact's.
    pub(crate) fn slot(&self, identity: &Identity) -> Slot {
        self.identities.slot(identity)
    }

    pub(crate) fn identity(&self, slot: Slot) -> Option<&Identity> {
        self.identities.get(slot)
    }

    /// The identity of a slot, if it is the contact's now.
    pub(crate) fn current(&self, slot: Slot) -> Option<&Identity> {
        self.identities.current(slot)
    }

    /// The identities that are the contact's now, with their slots.
    pub(crate) fn slots(&self) -> impl Iterator<Item = (Slot, &Identity)> {
        self.identities.all(true)
    }

    /// Whether a stop erased the contact itself, for good (S12).
    #[must_use]
    pub fn erased(&self) -> bool {
        self.head.erased()
    }

    /// Adds an identity, or brings one back; false where it was there, or where no place is left.
    pub(crate) fn link(&mut self, identity: Identity) -> bool {
        self.name_it();
        let linked = self.identities.link(identity);
        self.head_seats();
        linked
    }

    /// Ends an identity; its acts stay. False where it was not the contact's.
    pub(crate) fn unlink(&mut self, identity: &Identity) -> bool {
        let unlinked = self.identities.unlink(identity);
        self.head_seats();
        unlinked
    }

    /// What would become of a go, as far as can be told without a try.
    pub(crate) fn would_append(&self, go: &Act) -> Result<Appended, AppendError> {
        self.place_for(go).map(|slot| if slot.is_some() { Appended::New } else { Appended::Again })
    }

    /// For which of the identities a go is to be appended; `None` where it stands there already.
    fn place_for(&self, go: &Act) -> Result<Option<Slot>, AppendError> {
        let own = self.find(go.id()).filter(|place| self.is_own(*place));
        if let Some(there) = own.and_then(|place| self.act_at(place)) {
            return if same(&there, go) { Ok(None) } else { Err(AppendError::IdReused) };
        }
        let slot = go.identity().map_or(Slot::NONE, |identity| self.slot(identity));
        if slot == Slot::NONE {
            return Err(AppendError::UnknownIdentity);
        }
        if self.version() == u32::MAX { Err(AppendError::Full) } else { Ok(Some(slot)) }
    }

    /// Appends a go.
    pub(crate) fn append_go(&mut self, go: &Act) -> Result<Appended, AppendError> {
        let Some(slot) = self.place_for(go)? else {
            return Ok(Appended::Again);
        };
        let record = Record::of_go(go, slot, &mut self.words()).ok_or(AppendError::Full)?;
        self.push(&record);
        Ok(Appended::New)
    }

    /// Whether a stop that came from another contact would change no answer, now or ever.
    pub(crate) fn says(&self, stop: &Stop) -> bool {
        let Some(reach) = self.lexicon().reach_key(&stop.reach) else {
            return false;
        };
        let stops = match self.log.many() {
            Some(many) => many.index.stops_of(reach),
            None => Stops::of(self.rows(), reach),
        };
        stops.says(self.rows(), stop)
    }

    /// Appends a stop; there is nothing that could refuse it.
    pub(crate) fn append_stop(&mut self, stop: &Act) -> Appended {
        // Copies of one stop can have its id: its own, one that was told, one that came with a merge.
        let mut there = self.places(stop.id()).peekable();
        let taken = there.peek().is_some();
        if there.filter_map(|place| self.act_like(place, stop)).any(|there| same(&there, stop)) {
            return Appended::Again;
        }
        let slot = stop.identity().map_or(Slot::NONE, |identity| self.slot(identity));
        let record = Record::of_stop(stop, slot, &mut self.words());
        self.push(&record);
        if taken { Appended::IdTaken } else { Appended::New }
    }

    /// The act of a place, unless it differs from another one at first sight.
    fn act_like(&self, place: u32, other: &Act) -> Option<Act> {
        let row = self.rows().at(place)?;
        row.is_like(other).then(|| row.act(self.lexicon(), &self.identities))
    }

    /// The same ledger, where some acts have another id; `None` where all keep theirs. Only for ids that must be
    /// forgotten: an act is never changed in what it says.
    pub(crate) fn renamed(&self, rename: impl Fn(&Act) -> Option<ActId>) -> Option<ConsentLedger> {
        self.acts().find_map(|act| rename(&act))?;
        let mut renamed = ConsentLedger {
            head: self.head.of_no_acts(),
            identities: self.identities.clone(),
            log: Log::default(),
        };
        // The same words have the same numbers.
        for word in self.log.words() {
            renamed.intern(&word);
        }
        renamed.head_seats();
        for mut act in self.acts() {
            if let Some(id) = rename(&act) {
                act.set_id(id);
            }
            let slot = act.identity().map_or(Slot::NONE, |identity| self.identities.slot_ever(identity));
            let record = match &act {
                Act::Stop(_) => Some(Record::of_stop(&act, slot, &mut renamed.words())),
                go => Record::of_go(go, slot, &mut renamed.words()),
            };
            // INVARIANT: every word is there already, so that no act is lost.
            record.into_iter().for_each(|record| renamed.push(&record));
        }
        Some(renamed)
    }

    fn push(&mut self, record: &Record<'_>) {
        let acts = self.version();
        self.log.append(record, acts);
        self.head_note();
    }

    /// The act that an id names.
    fn find(&self, id: &ActId) -> Option<u32> {
        match self.log.many() {
            Some(many) => find(many.places(id), self.rows()),
            None => find(self.rows().places(id), self.rows()),
        }
    }

    fn is_own(&self, place: u32) -> bool {
        self.rows().at(place).is_some_and(|row| row.is_own())
    }

    /// Where acts of an id stand, the earliest first.
    fn places<'s>(&'s self, id: &'s ActId) -> impl Iterator<Item = u32> + 's {
        let (few, many) = match self.log.many() {
            Some(many) => (None, Some(many.places(id))),
            None => (Some(self.rows().places(id)), None),
        };
        few.into_iter().flatten().chain(many.into_iter().flatten())
    }
}

impl std::fmt::Debug for ConsentLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsentLedger")
            .field("head", &self.head)
            .field("words", &self.log.words().collect::<Vec<_>>())
            .field("identities", &self.identities)
            .field("rows", &self.rows())
            .field("many", &self.log.many())
            .finish()
    }
}

/// Whether two acts have the same content; when each was recorded does not count (S2), nor does an
/// identity that a stop came in over and the contact did not have: the ledger keeps none of those.
fn same(there: &Act, again: &Act) -> bool {
    let mut again = again.clone();
    again.set_recorded(there.recorded());
    if let (Act::Stop(stop), None) = (&mut again, there.identity()) {
        stop.stamp.identity = None;
    }
    *there == again
}
