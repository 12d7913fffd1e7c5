//! The consent floor: what a person said, what it permits, and the one file that proves it (`permit.rs`).
//!
//! A ledger is a vector of plain rows (`row.rs`) and what they come to (`standings.rs`), by rules that stand in
//! `standing.rs` alone.

mod act;
mod answered;
mod append;
mod as_of;
mod ask;
mod citation;
mod error;
mod evidence;
mod gave;
mod heard;
mod identities;
mod ids;
mod looked;
mod names;
mod opt_in;
mod outcome;
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
pub use answered::Answered;
pub use as_of::AsOf;
pub use ask::Ask;
pub(crate) use ask::{AskKey, Slot};
pub use citation::Citation;
pub use error::{ActError, AppendError, Appended};
pub use evidence::{
    Actor, Deed, Evidence, Method, Notice, NoticeDigest, NoticeId, NoticeVersion, RoundTrip, Touchpoint,
    Unproven,
};
pub(crate) use gave::Gave;
use heard::HeardStops;
use identities::Identities;
use ids::Ids;
pub(crate) use names::Names;
pub use opt_in::OptIn;
pub(crate) use outcome::Forecast;
pub use outcome::{Idle, Outcome};
pub use permit::Permit;
pub use reason::{Reason, Remedy, Step};
pub use refusal::Refusal;
pub use reply::{NoReply, Reply, ReplyGateway};
use row::{Beside, Row};
use standing::Waiting;
pub(crate) use standing::{Given, Verdict};
use standings::Standings;

use crate::identity::Identity;
use crate::name::{ActId, ContactId, Controller, Instant, Name, Scope, Vocabulary};

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
/// let _ = ada.stop(Stop::withdraw("a-1".parse()?, Reach::everything(), at, at));
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
    heard: HeardStops,
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
            heard: HeardStops::default(),
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

    /// What turns a refusal for its notice: a new grant, later than the one that would permit.
    pub(crate) fn remedy_of_notice(&self, key: AskKey, scope: &Scope, now: Instant) -> Remedy {
        match self.verdict_for(key, now, true) {
            Verdict::Permitted { grant } => {
                Remedy::of(vec![Step::Grant { scope: scope.clone(), after: Some(grant.at) }])
            }
            Verdict::Refused { .. } => self.remedy_of(key, scope, now),
        }
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
            let (goes, stops, _) = self.read(key, now, |_, _| true, |_| true);
            goes.remedy(&stops, self.known(), scope, now, tools)
        } else {
            self.standings.goes(key).remedy(&self.stops_over(key), self.known(), scope, now, tools)
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

    /// The verdict for a person: another contact that was merged, or the signal at hand, can make this one known (S18).
    #[inline]
    pub(crate) fn verdict_for(&self, key: AskKey, now: Instant, known: bool) -> Verdict {
        if !known {
            return Verdict::Refused { reason: Reason::UnknownContact, cause: None }; // (1)
        }
        if let Some(erase) = self.standings.erased {
            return Verdict::Refused { reason: Reason::Erased, cause: Some(erase) }; // (2)
        }
        if self.is_past(now) {
            return self.read_verdict(key, now, |_, _| true, |_| true);
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
        self.row(place).map(|row| self.act_of(row, place)).or_else(|| self.heard_at(place))
    }

    /// The id and the version of the notice that an act was done under.
    pub(crate) fn notice_at(&self, place: u32) -> Option<(&Name, &Name)> {
        let (id, version) = self.row(place)?.notice()?;
        self.names.name(id).zip(self.names.name(version))
    }

    pub(crate) fn id_at(&self, place: u32) -> Option<&ActId> {
        self.row(place).map(|row| &row.id).or_else(|| self.heard_id(place))
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
        self.known || !self.rows.is_empty() || !self.heard.is_empty()
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
            .finish()
    }
}
