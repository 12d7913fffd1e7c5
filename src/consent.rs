//! The consent floor: what a person said, what it permits, and the one file that proves it (`permit.rs`).
//!
//! A ledger is a vector of plain rows (`row.rs`) and what they come to (`standings.rs`), by rules that stand in
//! `standing.rs` alone.

mod act;
mod as_of;
mod ask;
mod citation;
mod error;
mod evidence;
mod identities;
mod ids;
mod names;
mod permit;
mod reason;
mod refusal;
mod remedy;
mod reply;
mod row;
mod standing;
mod standings;

use std::sync::Arc;

pub use act::{Act, ActKind, Confirm, Grant, Lift, Provenance, Stop};
pub(crate) use act::{Presence, Record, Width};
pub use as_of::AsOf;
pub use ask::Ask;
pub(crate) use ask::{AskKey, Slot};
pub use citation::Citation;
pub use error::{ActError, AppendError, Appended};
pub use evidence::{
    Actor, Deed, Evidence, Method, Notice, NoticeDigest, NoticeId, NoticeVersion, RoundTrip, Touchpoint,
    Unproven,
};
use identities::Identities;
use ids::Ids;
pub(crate) use names::Names;
pub use permit::Permit;
pub use reason::{Reason, Remedy, Step};
pub use refusal::Refusal;
pub use reply::{NoReply, Reply, ReplyGateway};
use row::{Beside, Row};
pub(crate) use standing::Verdict;
use standing::{Click, Given, Mark, Waiting};
use standings::Standings;

use crate::identity::Identity;
use crate::name::{ActId, ContactId, Controller, Instant, Scope, Vocabulary};

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
pub struct ConsentLedger {
    contact: ContactId,
    /// Something names this contact (S18).
    known: bool,
    identities: Identities,
    names: Names,
    rows: Vec<Row>,
    beside: Beside,
    ids: Ids,
    standings: Standings,
}

impl ConsentLedger {
    pub(crate) fn open(contact: ContactId, identity: Identity, vocabulary: &Arc<Vocabulary>) -> Self {
        ConsentLedger {
            contact,
            known: false,
            identities: Identities::new(identity),
            names: Names::new(Arc::clone(vocabulary)),
            rows: Vec::new(),
            beside: Beside::default(),
            ids: Ids::default(),
            standings: Standings::default(),
        }
    }

    /// The id of the contact whose ledger this is.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// The controller who knows this contact: the sender of whatever is sent to it.
    pub(crate) fn controller(&self) -> &Controller {
        self.names.vocabulary().controller()
    }

    /// How many acts it holds. A citation names how many there were when it was true.
    #[must_use]
    pub fn version(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// All acts, oldest record first, as values.
    pub fn acts(&self) -> impl ExactSizeIterator<Item = Act> + '_ {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.rows.iter().enumerate().map(move |(at, row)| self.act_of(row, place(at)))
    }

    /// The stops among them, with or without those that crossed a shared key.
    pub(crate) fn stops(&self, told: bool) -> impl Iterator<Item = Stop> {
        let stop = move |row: &Row| {
            row.kind.is_stop() && row.kind != ActKind::Void && (told || row.provenance != Provenance::Told)
        };
        let stops = (0..u32::MAX).zip(&self.rows).filter(move |(_, row)| stop(row));
        stops.filter_map(|(place, row)| match self.act_of(row, place) {
            Act::Stop(stop) => Some(stop),
            _ => None,
        })
    }

    fn act_of(&self, row: &Row, place: u32) -> Act {
        row.act(place, &self.names, &self.identities, &self.beside)
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
        self.identities.all_past()
    }

    /// Why an ask is refused at an instant, or `None` where it is permitted: the plain answer, without proof.
    ///
    /// It serves reports and guards; only [`ConsentLedger::permit`] opens a way to an event.
    #[must_use]
    pub fn refuses(&self, ask: &Ask, now: Instant) -> Option<Reason> {
        match self.verdict(self.key(ask), now) {
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
        if self.erased() {
            return Remedy::of(Vec::new());
        }
        let waits = |waiting: &Waiting| {
            let row = self.row(waiting.given.place)?;
            Some((row.id.clone(), row.at))
        };
        let tools: (standing::Ids<'_>, remedy::Waits<'_>) =
            (&|one, other| self.compare_ids(one, other), &waits);
        let remedy = if self.is_past(now) {
            let (goes, stops, _) = self.read(key, now, |_, _| true);
            goes.remedy(&stops, self.known, scope, now, tools)
        } else {
            self.standings.goes(key).remedy(&self.stops_over(key), self.known, scope, now, tools)
        };
        if key.slot == Slot::NONE { remedy.with_address(scope.channel().clone()) } else { remedy }
    }

    pub(crate) fn key(&self, ask: &Ask) -> AskKey {
        AskKey { scope: self.names.key(&ask.scope), slot: self.slot(&ask.identity) }
    }

    /// SPEC S17: whether something names the contact, whether it is erased, and then what its acts come to.
    #[inline]
    pub(crate) fn verdict(&self, key: AskKey, now: Instant) -> Verdict {
        self.verdict_for(key, now, self.known())
    }

    /// The same for a person: another contact that was merged, or the signal at hand, can make this one known (S18).
    #[inline]
    pub(crate) fn verdict_for(&self, key: AskKey, now: Instant, known: bool) -> Verdict {
        if !known {
            return Verdict::Refused { reason: Reason::UnknownContact, cause: None }; // (1)
        }
        if let Some(erase) = self.standings.erased {
            return Verdict::Refused { reason: Reason::Erased, cause: Some(erase) }; // (2)
        }
        if self.is_past(now) {
            return self.read_verdict(key, now, |_, _| true);
        }
        let ids: standing::Ids<'_> = &|one, other| self.compare_ids(one, other);
        self.standings.goes(key).answer(&self.stops_over(key), now, ids) // (3) on
    }

    /// Whether goes are on file that were not done at an instant yet: what the acts come to does not say then.
    #[inline]
    fn is_past(&self, now: Instant) -> bool {
        self.standings.upto.is_some_and(|upto| now < upto)
    }

    #[inline]
    fn stops_over(&self, key: AskKey) -> std::borrow::Cow<'_, standing::Stops> {
        let asked = self.identities.get(key.slot);
        self.standings.stops_over(key.scope, |only| self.identities.same_address(only, asked))
    }

    /// The act that caused a refusal, when the ledger held so many acts.
    pub(crate) fn cause(&self, ask: AskKey, now: Instant, version: u32) -> Option<Act> {
        let verdict = if version == self.version() {
            self.verdict(ask, now)
        } else {
            self.at_version(version).verdict_of(ask, now)
        };
        match verdict {
            Verdict::Refused { cause, .. } => self.act_at(cause?),
            Verdict::Permitted { .. } => None,
        }
    }

    #[inline]
    fn row(&self, place: u32) -> Option<&Row> {
        self.rows.get(usize::try_from(place).ok()?)
    }

    pub(crate) fn act_at(&self, place: u32) -> Option<Act> {
        self.row(place).map(|row| self.act_of(row, place))
    }

    pub(crate) fn id_at(&self, place: u32) -> Option<&ActId> {
        self.row(place).map(|row| &row.id)
    }

    fn compare_ids(&self, one: u32, other: u32) -> std::cmp::Ordering {
        self.id_at(one).cmp(&self.id_at(other))
    }

    /// The names that its numbers stand for.
    #[inline]
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    pub(crate) fn names_mut(&mut self) -> &mut Names {
        &mut self.names
    }

    /// Whether its numbers stand for the names of this vocabulary.
    #[inline]
    pub(crate) fn speaks(&self, vocabulary: &Arc<Vocabulary>) -> bool {
        Arc::ptr_eq(self.names.vocabulary(), vocabulary)
    }

    /// The current slot of an identity; [`Slot::NONE`] if it is not the contact's.
    #[inline]
    pub(crate) fn slot(&self, identity: &Identity) -> Slot {
        self.identities.slot(identity)
    }

    /// The identity of a slot, whether it is the contact's or was.
    #[inline]
    pub(crate) fn identity(&self, slot: Slot) -> Option<&Identity> {
        self.identities.get(slot)
    }

    /// The identities that are the contact's now, with their slots.
    #[inline]
    pub(crate) fn slots(&self) -> impl Iterator<Item = (Slot, &Identity)> {
        self.identities.all_current()
    }

    /// Whether a stop erased the contact itself, for good (S12).
    #[must_use]
    #[inline]
    pub fn erased(&self) -> bool {
        self.standings.erased.is_some()
    }

    /// Whether something names the contact (S18).
    #[inline]
    pub(crate) fn known(&self) -> bool {
        self.known || !self.rows.is_empty()
    }

    /// Something names this contact (S18).
    #[inline]
    pub(crate) fn name_it(&mut self) {
        self.known = true;
    }

    /// Adds an identity, or brings one back; false where it was there, or where no place is left.
    pub(crate) fn link(&mut self, identity: Identity) -> bool {
        self.name_it();
        self.identities.link(identity)
    }

    /// Ends an identity; its acts stay. False where it was not the contact's.
    pub(crate) fn unlink(&mut self, identity: &Identity) -> bool {
        self.identities.unlink(identity)
    }

    /// What would become of a go, as far as can be told without a try.
    pub(crate) fn would_append(&self, go: &Act) -> Result<Appended, AppendError> {
        self.place_for(go).map(|slot| if slot.is_some() { Appended::New } else { Appended::Again })
    }

    /// For which of the identities a go is to be appended; `None` where it stands there already.
    fn place_for(&self, go: &Act) -> Result<Option<Slot>, AppendError> {
        let there = self.places(go.id()).find(|place| self.row(*place).is_some_and(Row::is_own));
        if let Some(there) = there.and_then(|place| self.act_at(place)) {
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
        if self.push(go.record(), slot) { Ok(Appended::New) } else { Err(AppendError::Full) }
    }

    /// Whether a stop that came from another contact would change no answer, now or ever. What crossed a key is not
    /// passed on: it does not stand for a stop that is.
    pub(crate) fn says(&self, stop: &Stop) -> bool {
        let Record { kind, provenance, until, only, .. } = stop.0;
        if kind == ActKind::Void || kind == ActKind::Erase && provenance != Provenance::Told {
            return kind == ActKind::Void;
        }
        let slot = match &stop.0.identity {
            Some(identity) if only => self.identities.slot_ever(identity),
            _ => Slot::NONE,
        };
        if !self.names.knows(&stop.0.reach) || only && slot == Slot::NONE {
            return false;
        }
        let stops = self.standings.stops(self.names.reach_key(&stop.0.reach), slot);
        let at = stop.0.acted.min(stop.0.recorded);
        let says = stops.and_then(|stops| stops.says(kind, provenance, until, at));
        let passed_on = |place: u32| self.row(place).is_some_and(|row| row.provenance != Provenance::Told);
        says.is_some_and(|place| provenance == Provenance::Told || passed_on(place))
    }

    /// Appends a stop; there is nothing that could refuse it.
    pub(crate) fn append_stop(&mut self, stop: &Act) -> Appended {
        // Copies of one stop can have its id: its own, one that crossed a key, one that came with a merge.
        let mut there = self.places(stop.id()).peekable();
        let taken = there.peek().is_some();
        if there.filter_map(|place| self.act_like(place, stop)).any(|there| same(&there, stop)) {
            return Appended::Again;
        }
        let slot = match stop.identity() {
            Some(identity) if stop.is_only() => self.identities.name(identity),
            Some(identity) => self.slot(identity),
            None => Slot::NONE,
        };
        self.push(stop.record(), slot);
        if taken { Appended::IdTaken } else { Appended::New }
    }

    /// The act of a place, unless it differs from another one at first sight.
    fn act_like(&self, place: u32, other: &Act) -> Option<Act> {
        let row = self.row(place)?;
        let like = row.kind == other.kind() && row.provenance == other.provenance();
        like.then(|| self.act_of(row, place))
    }

    /// The same ledger, where some acts have another id; `None` where all keep theirs. Only for ids that must be
    /// forgotten: an act is never changed in what it says.
    pub(crate) fn renamed(&self, rename: impl Fn(&Act) -> Option<ActId>) -> Option<ConsentLedger> {
        self.acts().find_map(|act| rename(&act))?;
        let mut renamed = ConsentLedger {
            contact: self.contact.clone(),
            known: self.known,
            identities: self.identities.clone(),
            // The same names have the same numbers.
            names: self.names.clone(),
            rows: Vec::with_capacity(self.rows.len()),
            beside: Beside::default(),
            ids: Ids::default(),
            standings: Standings::default(),
        };
        for mut act in self.acts() {
            if let Some(id) = rename(&act) {
                act.record_mut().id = id;
            }
            let slot = act.identity().map_or(Slot::NONE, |identity| self.identities.slot_ever(identity));
            // INVARIANT: every name has its number, so that no act is lost.
            renamed.push(act.record(), slot);
        }
        Some(renamed)
    }

    /// Keeps an act; false where no number is left for a name of a go.
    fn push(&mut self, record: &Record, slot: Slot) -> bool {
        let place = self.version();
        let Some(row) = Row::keep(record, slot, place, &mut self.names, &mut self.beside) else {
            return false;
        };
        self.rows.push(row);
        self.ids.note(&self.rows, &self.beside);
        self.take_in(place);
        true
    }

    /// Takes an act into what all acts come to.
    fn take_in(&mut self, place: u32) {
        let Some(row) = self.row(place) else { return };
        let (kind, at, key, slot) = (row.kind, row.at, row.key, row.slot);
        let mark = Mark { at, place };
        let (provenance, until, only) = (row.provenance, row.until, if row.only { slot } else { Slot::NONE });
        if !kind.is_stop() {
            self.standings.upto = self.standings.upto.max(Some(at));
        }
        match kind {
            ActKind::Erase if provenance != Provenance::Told => self.standings.erased = Some(place),
            ActKind::Withdraw
            | ActKind::Refuse
            | ActKind::Object
            | ActKind::Restrict
            | ActKind::Pause
            | ActKind::Erase => {
                self.standings.stops_mut(key, only).absorb(kind, provenance, until, mark);
            }
            ActKind::Grant => self.judge(place),
            ActKind::Unobject | ActKind::Unrestrict => self.lift(place),
            ActKind::Confirm => {
                if let Some(grant) = self.named_go(place) {
                    self.judge(grant);
                }
            }
            ActKind::Void => self.bear(place),
        }
    }

    /// Takes in what has become of the go that a void names, if there is one of this ledger (S31).
    fn bear(&mut self, void: u32) {
        let Some(place) = self.named_go(void) else { return };
        match self.row(place).map(|row| row.kind) {
            Some(ActKind::Grant) => self.judge(place),
            Some(ActKind::Confirm) => {
                if let Some(grant) = self.named_go(place) {
                    self.judge(grant);
                }
            }
            Some(ActKind::Unobject | ActKind::Unrestrict) => self.read_lifts(place),
            _ => {}
        }
    }

    /// The go that an act names.
    fn named_go(&self, place: u32) -> Option<u32> {
        let id = self.beside.names(place)?;
        let is_go = |place: &u32| self.row(*place).is_some_and(|row| !row.kind.is_stop());
        self.places(id).find(is_go)
    }

    /// Whether a go was made void (S31).
    fn is_void(&self, place: u32, counts: impl Fn(u32, &Row) -> bool) -> bool {
        let void = |place: u32| {
            self.row(place).is_some_and(|row| row.kind == ActKind::Void && row.is_own() && counts(place, row))
        };
        self.id_at(place).is_some_and(|id| self.naming(id).any(void))
    }

    /// What became of the request to confirm a grant, by the confirms that count (S25, S31).
    fn click(&self, place: u32, grant: &Row, counts: impl Fn(u32, &Row) -> bool + Copy) -> Click {
        let more = self.beside.more(place);
        let Some(before) = more.and_then(|more| more.confirm_by) else {
            return Click::Good;
        };
        let secret = more.and_then(|more| more.round_trip);
        let mut best = Click::Missing;
        for confirm in self.naming(&grant.id) {
            let Some(row) = self.row(confirm).filter(|row| row.kind == ActKind::Confirm) else { continue };
            let in_time = grant.at <= row.at && row.at < before;
            let back = self.beside.more(confirm).and_then(|more| more.round_trip);
            if row.slot == grant.slot && in_time && back == secret && counts(confirm, row) {
                best = best.max(if self.is_void(confirm, counts) { Click::Void } else { Click::Good });
            }
        }
        best
    }

    /// A grant with all that is known of it, by the acts that count.
    fn grant_by(&self, place: u32, row: &Row, counts: impl Fn(u32, &Row) -> bool + Copy) -> Waiting {
        let click = self.click(place, row, counts);
        let void = click == Click::Void || self.is_void(place, counts);
        let more = self.beside.more(place);
        Waiting {
            given: Given { place, at: row.at, until: row.until, void },
            begins: more.and_then(|more| more.begins).map_or(row.at, |begins| begins.max(row.at)),
            confirm_by: more.and_then(|more| more.confirm_by),
            click,
        }
    }

    /// Takes in a grant, or what has become of it.
    fn judge(&mut self, place: u32) {
        let Some(row) = self.row(place).filter(|row| row.kind == ActKind::Grant) else { return };
        let (grant, key) =
            (self.grant_by(place, row, |_, _| true), AskKey { scope: row.key, slot: row.slot });
        let upto = self.standings.upto.unwrap_or(grant.given.at);
        let ConsentLedger { standings, rows, .. } = self;
        let id =
            |place: u32| usize::try_from(place).ok().and_then(|place| rows.get(place)).map(|row| &row.id);
        standings.goes_mut(key).grant(grant, upto, &|one, other| id(one).cmp(&id(other)));
    }

    /// Takes in an unobject or an unrestrict, unless it is void.
    fn lift(&mut self, place: u32) {
        let Some(row) = self.row(place).filter(|_| !self.is_void(place, |_, _| true)) else { return };
        let (kind, mark) = (row.kind, Mark { at: row.at, place });
        let goes = self.standings.goes_mut(AskKey { scope: row.key, slot: row.slot });
        if kind == ActKind::Unobject { goes.unobject(mark) } else { goes.unrestrict(mark) }
    }

    /// Finds the lifts of a scope and an identity again, of which this one is void.
    fn read_lifts(&mut self, void: u32) {
        let Some(row) = self.row(void) else { return };
        let (kind, key) = (row.kind, AskKey { scope: row.key, slot: row.slot });
        let lifts = (0..u32::MAX).zip(&self.rows);
        let of_key = |row: &Row| row.kind == kind && (row.key, row.slot) == (key.scope, key.slot);
        let lifts = lifts.filter(|(place, row)| of_key(row) && !self.is_void(*place, |_, _| true));
        let latest = lifts.map(|(place, row)| Mark { at: row.at, place }).max();
        self.standings.goes_mut(key).lifted_last(kind, latest);
    }

    /// The act that an id names: the earliest that was done here, or else the earliest.
    fn find(&self, id: &ActId) -> Option<u32> {
        self.places(id).min_by_key(|place| (!self.row(*place).is_some_and(Row::is_own), *place))
    }

    /// Where acts of an id stand.
    fn places<'s>(&'s self, id: &'s ActId) -> impl Iterator<Item = u32> + 's {
        self.ids.of(&self.rows, id)
    }

    /// Where acts that name an id stand.
    fn naming<'s>(&'s self, id: &'s ActId) -> impl Iterator<Item = u32> + 's {
        self.ids.naming(&self.beside, id)
    }
}

impl std::fmt::Debug for ConsentLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConsentLedger")
            .field("contact", &self.contact)
            .field("known", &self.known())
            .field("identities", &self.identities)
            .field("acts", &self.acts().collect::<Vec<_>>())
            .field("standings", &self.standings)
            .finish()
    }
}

/// Whether two acts have the same content; when each was recorded does not count (S2), nor does an
/// identity that a stop came in over and the contact did not have: the ledger keeps none of those.
fn same(there: &Act, again: &Act) -> bool {
    let (there, again) = (there.record(), again.record());
    let identity = again.identity.as_ref().filter(|_| !again.kind.is_stop() || there.identity.is_some());
    (there.kind, &there.id, there.acted, there.identity.as_ref())
        == (again.kind, &again.id, again.acted, identity)
        && (&there.evidence, &there.reach, &there.names) == (&again.evidence, &again.reach, &again.names)
        && (there.begins, there.until, there.confirm_by) == (again.begins, again.until, again.confirm_by)
        && (there.only, there.provenance) == (again.only, again.provenance)
}
