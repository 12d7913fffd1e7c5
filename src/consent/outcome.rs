//! What an act did: whether anything changed, what still stands against it, and what outlives it.

use super::act::{Act, ActKind, Provenance, Record, Stop};
use super::ask::{AskKey, Slot};
use super::error::{AppendError, Appended};
use super::reason::Reason;
use super::row::Row;
use super::standing::{Click, Verdict};
use super::{ConsentLedger, Evidence};
use crate::identity::Identity;
use crate::name::{ActId, Instant, ScopeKey, Word};

/// What an act did. Whoever tells a person "done" looks here first.
///
/// ```
/// use placet::{Contact, Identity, Journey, Reach, Stop, consent::Idle, purpose::NEWSLETTER};
/// let at = "2013-06-01T10:00:00Z".parse()?;
/// let journey = Journey::reference()?;
/// let mut ada = Contact::open("c-1".parse()?, Identity::email("ada@example.org")?, journey.vocabulary());
/// let misspelt = Reach::everything().purpose("newsleter".parse()?);
/// let outcome = ada.stop(Stop::withdraw("a-1".parse()?, misspelt, at, at));
/// assert_eq!(outcome.idle(), Some(Idle::UnknownName), "it is kept, and stops nothing that there is");
/// let outcome = ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything().purpose(NEWSLETTER), at, at));
/// assert!(outcome.changed() && outcome.outlived().is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an act can have done nothing, or not all that the person expects: `changed`, `refused` and `outlived` tell"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    appended: Appended,
    idle: Option<Idle>,
    refused: Option<Reason>,
    cause: Option<ActId>,
    bears_on: Option<ActId>,
    outlived: Vec<ActId>,
    bears_on_nothing: bool,
    unknown_notice: bool,
}

/// Why an act changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idle {
    /// It was delivered before (S2).
    Again,
    /// The contact was erased (S12).
    Erased,
    /// What is on file says as much already: a later stop of the same reach, a grant that is preferred, a confirm that came
    /// before.
    Covered,
    /// A stop names a purpose, a channel or a recipient that neither the journey has nor any go on file.
    UnknownName,
    /// A stop is about an address alone that is not the contact's. It holds should the address be linked.
    OtherAddress,
    /// A confirm or a void names no go that is on file here. It holds should the go arrive.
    NothingNamed,
    /// A confirm of a grant that needs none.
    NoConfirmNeeded,
    /// A confirm that came over another address than the one the grant is for (S25).
    WrongAddress,
    /// A confirm that does not bring back the secret that the grant is bound to (S25).
    WrongSecret,
    /// A confirm that came before the grant, or at its deadline or later (S25).
    OutOfTime,
    /// An unobject or an unrestrict where nothing is on file that it lifts.
    NothingToLift,
}

impl Outcome {
    fn of(appended: Appended) -> Outcome {
        let idle = match appended {
            Appended::Again => Some(Idle::Again),
            Appended::Forgotten => Some(Idle::Erased),
            Appended::New | Appended::IdTaken => None,
        };
        Outcome {
            appended,
            idle,
            refused: None,
            cause: None,
            bears_on: None,
            outlived: Vec::new(),
            bears_on_nothing: false,
            unknown_notice: false,
        }
    }

    /// What became of a go on a contact of whom nothing is kept.
    pub(crate) fn forgotten() -> Outcome {
        Outcome::of(Appended::Forgotten)
    }

    /// What became of a stop on somebody whose record cannot be read: it is kept, and nobody can tell what it leaves.
    pub(crate) fn unread() -> Outcome {
        Outcome::of(Appended::New)
    }

    /// What became of an act that is kept already.
    pub(crate) fn again() -> Outcome {
        Outcome::of(Appended::Again)
    }

    /// What became of it in the ledger: whoever stores acts stores what is new.
    #[must_use]
    pub fn appended(&self) -> Appended {
        self.appended
    }

    /// Whether the act changed an answer that somebody can ask for.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.idle.is_none()
    }

    /// Why nothing changed; `None` where something did.
    #[must_use]
    pub fn idle(&self) -> Option<Idle> {
        self.idle
    }

    /// Of a go: why what it was to permit is refused all the same, once it is on file: an objection that nobody took
    /// back, a later withdrawal, a confirm that is missing. `None` where it is permitted, and for stops.
    #[must_use]
    pub fn refused(&self) -> Option<Reason> {
        self.refused
    }

    /// The act that refuses it.
    #[must_use]
    pub fn cause(&self) -> Option<&ActId> {
        self.cause.as_ref()
    }

    /// The grant that a confirm confirmed; the go that a void made void.
    #[must_use]
    pub fn bears_on(&self) -> Option<&ActId> {
        self.bears_on.as_ref()
    }

    /// Of a stop: the grants within its reach that it does not end, since they are later. Where there are any, mail can
    /// still leave: do not confirm to the person that it cannot.
    #[must_use]
    pub fn outlived(&self) -> &[ActId] {
        &self.outlived
    }

    /// Of a stop, also of one that was delivered before: whether it names what nobody here was ever asked for, or an address
    /// that is not the contact's.
    pub(crate) fn bears_on_nothing(&self) -> bool {
        self.bears_on_nothing
    }

    /// The outcome of a go whose objection was taken back by an unobject.
    pub(crate) fn with_unobject(self, unobject: &Outcome) -> Outcome {
        Outcome { refused: unobject.refused, cause: unobject.cause.clone(), ..self }
    }

    /// Of a go: whether it was given under a notice that the catalogue of the journey does not have, or not in this version.
    /// Somebody should find out what the person read.
    #[must_use]
    pub fn unknown_notice(&self) -> bool {
        self.unknown_notice
    }

    /// Grants of those merged with the contact that outlive a stop as well.
    pub(crate) fn also_outlived(&mut self, by: impl IntoIterator<Item = ActId>) {
        self.outlived.extend(by);
    }
}

/// What an act will come to, as far as that can be told before it is appended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Forecast {
    appended: Appended,
    pub(super) slot: Slot,
    before: Before,
    absorbs: bool,
}

impl ConsentLedger {
    /// What an act will come to; `None` for one that is on file already.
    pub(crate) fn forecast(&self, act: &Act) -> Result<Option<Forecast>, AppendError> {
        let (appended, slot) = match act {
            Act::Stop(_) => match self.place_for_stop(act) {
                None => return Ok(None),
                Some((appended, slot)) => (appended, slot),
            },
            go => match self.place_for(go)? {
                None => return Ok(None),
                Some(slot) => (Appended::New, slot),
            },
        };
        let absorbs = match act {
            Act::Stop(stop) => self.absorbs(stop, slot),
            _ => true,
        };
        Ok(Some(Forecast { appended, slot, before: self.found(act.record(), slot), absorbs }))
    }

    /// What the act came to that was appended last.
    pub(crate) fn came_to(&self, forecast: Forecast) -> Outcome {
        self.outcome(forecast.appended, forecast.before, forecast.absorbs)
    }

    /// What an act comes to that is on file already.
    pub(crate) fn on_file(&self, act: &Act) -> Outcome {
        match act {
            Act::Stop(_) => self.outcome_of_stop_again(act),
            _ => Outcome::again(),
        }
    }

    /// Whether a stop makes what all stops come to another thing.
    fn absorbs(&self, stop: &Stop, slot: Slot) -> bool {
        let only = if stop.is_only() { slot } else { Slot::NONE };
        match (stop.kind(), stop.provenance()) {
            (ActKind::Void, _) => true,
            (ActKind::Erase, Provenance::Own | Provenance::Joined) => !self.erased(),
            (_, provenance) => !self.knows_of(stop, provenance, only),
        }
    }
}

/// What was so before an act, as far as its outcome depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Before {
    /// Nothing that matters.
    Any,
    /// Why a confirm, a lift or a void will change nothing.
    Idle(Option<Idle>),
}

impl ConsentLedger {
    /// What an act finds, before it is appended.
    pub(super) fn found(&self, record: &Record, slot: Slot) -> Before {
        match record.kind {
            ActKind::Confirm => Before::Idle(self.before_confirm(record, slot)),
            ActKind::Unobject | ActKind::Unrestrict => {
                let key = AskKey { scope: self.names.reach_key(&record.reach), slot };
                let (goes, stops) = (self.standings.goes(key), self.stops_over(key));
                let lifted = record.acted.min(record.recorded);
                let there = match record.kind {
                    ActKind::Unobject => goes.objected(&stops),
                    _ => goes.restricted(&stops),
                };
                let lifts = there.is_some_and(|stop| stop.at < lifted);
                Before::Idle((!lifts).then_some(Idle::NothingToLift))
            }
            ActKind::Void => {
                let named = record.names.as_ref().and_then(|id| self.go_of(id));
                Before::Idle(match named {
                    None => Some(Idle::NothingNamed),
                    Some(place) => self.is_void(place, |_, _| true).then_some(Idle::Covered),
                })
            }
            _ => Before::Any,
        }
    }

    /// Why a confirm will change nothing. One that is on file and good has nothing left to confirm.
    pub(super) fn before_confirm(&self, record: &Record, slot: Slot) -> Option<Idle> {
        let named = record.names.as_ref().and_then(|id| self.go_of(id));
        let grant = named.and_then(|place| Some((place, self.row(place)?)));
        let Some((place, grant)) = grant.filter(|(_, row)| row.kind == ActKind::Grant) else {
            return Some(Idle::NothingNamed);
        };
        let more = self.beside.more(place);
        let Some(deadline) = more.and_then(|more| more.confirm_by) else {
            return Some(Idle::NoConfirmNeeded);
        };
        let at = record.acted.min(record.recorded);
        let back = record.evidence.as_ref().and_then(Evidence::round_trip);
        if slot != grant.slot {
            Some(Idle::WrongAddress)
        } else if back != more.and_then(|more| more.round_trip) {
            Some(Idle::WrongSecret)
        } else if at < grant.at || at >= deadline {
            Some(Idle::OutOfTime)
        } else {
            let click = self.click(place, grant, |_, _| true);
            (click == Click::Good).then_some(Idle::Covered)
        }
    }

    /// What the act of the last row did. `absorbed`: whether what all stops come to is another thing now.
    pub(super) fn outcome(&self, appended: Appended, before: Before, absorbed: bool) -> Outcome {
        let mut outcome = Outcome::of(appended);
        let place = self.version().saturating_sub(1);
        let Some(row) = self.row(place) else { return outcome };
        if self.erased() && row.kind != ActKind::Erase {
            outcome.idle = Some(Idle::Erased);
            return outcome;
        }
        match row.kind {
            ActKind::Void => {
                let Before::Idle(idle) = before else { return outcome };
                outcome.idle = idle;
                outcome.bears_on = self.named_go(place).and_then(|go| self.id_at(go)).cloned();
            }
            kind if kind.is_stop() => {
                outcome.idle = if absorbed { self.strange(row) } else { Some(Idle::Covered) };
                self.note_what_lives_on(&mut outcome, place, row);
            }
            kind => {
                let vocabulary = self.names.vocabulary();
                outcome.unknown_notice = row.notice().is_some_and(|notice| !vocabulary.has_notice(notice));
                let key = AskKey { scope: row.key, slot: row.slot };
                let asked = match (kind, before) {
                    (ActKind::Grant, _) => {
                        outcome.idle = (!self.standings.goes(key).has(place)).then_some(Idle::Covered);
                        Some(key)
                    }
                    (ActKind::Confirm, Before::Idle(idle)) => {
                        outcome.idle = idle;
                        let named = self.named_go(place).and_then(|grant| self.row(grant));
                        if matches!(idle, None | Some(Idle::Covered)) {
                            outcome.bears_on = named.map(|grant| grant.id.clone());
                        }
                        let named = named.filter(|grant| grant.kind == ActKind::Grant);
                        named.map(|grant| AskKey { scope: grant.key, slot: grant.slot })
                    }
                    (_, Before::Idle(idle)) => {
                        outcome.idle = idle;
                        Some(key)
                    }
                    (_, Before::Any) => None,
                };
                if let Some(key) = asked {
                    self.note_refusal(&mut outcome, key, row.clocks(place, &self.beside));
                }
            }
        }
        outcome
    }

    pub(super) fn note_refusal(&self, outcome: &mut Outcome, key: AskKey, clocks: (Instant, Instant)) {
        if let Verdict::Refused { reason, cause } = self.verdict(key, self.known_at(clocks)) {
            outcome.refused = Some(reason);
            outcome.cause = cause.and_then(|cause| self.id_at(cause)).cloned();
        }
    }

    /// The instant at which an outcome is told: as soon as the act is known and no go on file is yet to come.
    fn known_at(&self, (acted, recorded): (Instant, Instant)) -> Instant {
        acted.max(recorded).max(self.standings.upto.unwrap_or(recorded))
    }

    /// Why a stop bears on nothing that there is.
    fn strange(&self, row: &Row) -> Option<Idle> {
        let known = self.names.vocabulary();
        let unknown = |word: &Word| *word != Word::NONE && known.name(*word).is_none();
        if row.only && self.identities.current(row.slot).is_none() {
            Some(Idle::OtherAddress)
        } else if known.len() > 0
            && row.key.words().iter().any(unknown)
            && !self.standings.all_goes().any(|(go, _)| row.key.covers(go.scope))
        {
            Some(Idle::UnknownName)
        } else {
            None
        }
    }

    /// Notes what a stop on file leaves as it is.
    fn note_what_lives_on(&self, outcome: &mut Outcome, place: u32, row: &Row) {
        outcome.bears_on_nothing = self.strange(row).is_some();
        if !outcome.bears_on_nothing {
            let about = self.identities.get(row.slot).filter(|_| row.only);
            outcome.outlived = self.outlive(row.key, about, row.at, row.clocks(place, &self.beside));
        }
    }

    /// The outcome of a stop that is on file already: nothing changed, and what it leaves as it is it leaves still.
    pub(super) fn outcome_of_stop_again(&self, stop: &Act) -> Outcome {
        let mut outcome = Outcome::again();
        let there = self.places(stop.id()).find_map(|place| Some((place, self.row(place)?)));
        let there = there.filter(|(_, row)| row.kind == stop.kind() && row.kind != ActKind::Void);
        if let Some((place, row)) = there {
            self.note_what_lives_on(&mut outcome, place, row);
        }
        outcome
    }

    /// The grants within the reach of a stop of somebody merged with the contact that it does not end.
    pub(crate) fn outlived(&self, stop: &Stop) -> Vec<ActId> {
        let Record { acted, recorded, reach, identity, only, .. } = &stop.0;
        let about = identity.as_ref().filter(|_| *only);
        // A name that this ledger never heard of is in the scope of none of its goes.
        if !self.names.knows(reach) {
            return Vec::new();
        }
        self.outlive(self.names.reach_key(reach), about, *acted.min(recorded), (*acted, *recorded))
    }

    fn outlive(
        &self,
        reach: ScopeKey,
        about: Option<&Identity>,
        at: Instant,
        clocks: (Instant, Instant),
    ) -> Vec<ActId> {
        if self.erased() {
            return Vec::new();
        }
        let now = self.known_at(clocks);
        let is_about = |slot: Slot| about.is_none() || self.identities.same_address(slot, about);
        let within =
            self.standings.all_goes().filter(|(key, _)| reach.covers(key.scope) && is_about(key.slot));
        let mut outlived = Vec::new();
        for (key, goes) in within {
            if let Verdict::Permitted { grant } = self.verdict(key, now) {
                outlived.extend(self.id_at(grant.place).cloned());
            }
            let stops = self.stops_over(key);
            let later = goes.not_yet(at, &stops, now);
            outlived.extend(later.filter_map(|place| self.id_at(place).cloned()));
        }
        outlived
    }

    /// The go of an id.
    pub(super) fn go_of(&self, id: &ActId) -> Option<u32> {
        self.places(id).find(|place| self.row(*place).is_some_and(|row| !row.kind.is_stop()))
    }
}
