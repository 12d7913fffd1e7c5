//! What an act did: whether anything changed, what still stands against it, and what outlives it.

use super::act::{Act, ActKind, Lift, Record, Stop};
use super::ask::{AskKey, Slot};
use super::error::{AppendError, Appended};
use super::reason::Reason;
use super::row::Row;
use super::standing::{Click, Verdict};
use super::{ConsentLedger, Evidence, Notice};
use crate::identity::Identity;
use crate::name::{ActId, Instant, Scope, ScopeKey, SignalId, SignalKind, Word};

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
    /// What is on file says as much already: a wider or later stop, a grant that is preferred, a confirm that came before.
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
            unknown_notice: false,
        }
    }

    /// What became of a go on a contact of whom nothing is kept.
    pub(crate) fn forgotten() -> Outcome {
        Outcome::of(Appended::Forgotten)
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

    /// Whether anything changed for anybody.
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

    /// The same go, once an objection was taken back with it.
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

/// What the acts of one tick of a form did: the go, and the unobject that it was proof of as well.
#[must_use = "the grant can be refused all the same: `outcome.refused` tells"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn {
    /// What the go did, with the objection taken back where one was.
    pub outcome: Outcome,
    /// The unobject that was appended with it; `None` where none was needed, or the evidence does not prove one.
    pub unobject: Option<Lift>,
}

/// What a go gave.
pub(crate) struct Gave {
    /// The kind of signal that tells of it.
    pub(crate) kind: SignalKind,
    pub(crate) scope: Scope,
    pub(crate) identity: Identity,
    pub(crate) at: Instant,
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

    /// What a go that is on file gave: a grant that permits at once, or a confirm that confirmed one, neither of them void.
    pub(crate) fn gave(&self, go: &ActId) -> Option<Gave> {
        let place = self
            .places(go)
            .find(|place| self.row(*place).is_some_and(|row| row.is_own() && !row.kind.is_stop()))?;
        let row = self.row(place).filter(|_| !self.erased() && !self.is_void(place, |_, _| true))?;
        let (kind, grant) = match row.kind {
            ActKind::Grant => (SignalKind::known("act:grant"), row),
            ActKind::Confirm => {
                let grant = self.named_go(place).and_then(|grant| self.row(grant));
                (SignalKind::known("act:confirm"), grant.filter(|_| self.is_good_confirm(place))?)
            }
            _ => return None,
        };
        let waits = || self.beside.more(place).is_some_and(|more| more.confirm_by.is_some());
        if row.kind == ActKind::Grant && waits() {
            return None;
        }
        let identity = self.identities.current(row.slot)?.clone();
        Some(Gave { kind, scope: self.names.scope(grant.key)?, identity, at: row.at })
    }

    fn is_good_confirm(&self, place: u32) -> bool {
        let confirm = self.act_at(place);
        let slot = self.row(place).map_or(Slot::NONE, |row| row.slot);
        confirm.is_some_and(|confirm| self.before_confirm(confirm.record(), slot) == Some(Idle::Covered))
    }

    /// The acts of which the signal of an id can tell.
    pub(crate) fn told_by(&self, signal: &SignalId) -> Vec<ActId> {
        match signal.told_act().filter(|act| self.places(act).next().is_some()) {
            Some(act) => vec![act],
            None => {
                let ids = self.rows.iter().map(|row| &row.id);
                ids.filter(|id| SignalId::of_act(id) == *signal).cloned().collect()
            }
        }
    }

    /// The voids of all goes that were given under one version of a notice, and are not void yet.
    pub(crate) fn voids_of(&self, notice: &Notice, acted: Instant, recorded: Instant) -> Vec<Stop> {
        let (id, version) = (self.names.word(notice.id().name()), self.names.word(notice.version().name()));
        let shown = |row: &Row| row.is_own() && !row.kind.is_stop() && row.notice() == Some((id, version));
        let goes = (0..u32::MAX)
            .zip(&self.rows)
            .filter(|(place, row)| shown(row) && !self.is_void(*place, |_, _| true));
        let void = |(_, row): (u32, &Row)| {
            let void = ActId::of_void(self.contact(), &row.id);
            Stop::void(void, row.id.clone(), acted, recorded)
        };
        goes.map(void).collect()
    }

    /// Whether a go and an unobject of this id can both be appended.
    pub(crate) fn may_opt_in(&self, go: &Act, unobject: &ActId) -> Result<(), AppendError> {
        let taken = *go.id() == *unobject
            || self.places(unobject).any(|place| self.row(place).is_some_and(Row::is_own));
        if self.would_append(go)? == Appended::New && taken { Err(AppendError::IdReused) } else { Ok(()) }
    }

    /// The unobject that a grant, or the confirm of one, is proof of as well: whoever objected once and ticks a box today
    /// takes the objection back for what the box says. `None` where no objection bars it, where the grant still waits for
    /// its confirm, or where the evidence does not prove an unobject.
    pub(crate) fn unobject_with(&self, go: &Act, outcome: &mut Outcome, id: ActId) -> Option<Lift> {
        if outcome.appended == Appended::Again {
            *outcome = self.outcome_again(go);
        }
        let record = go.record();
        let proven = match record.kind {
            ActKind::Grant => record.confirm_by.is_none(),
            // It is on file by now, so that a good one has nothing left to confirm.
            ActKind::Confirm => {
                let slot = record.identity.as_ref().map_or(Slot::NONE, |identity| self.slot(identity));
                self.before_confirm(record, slot) == Some(Idle::Covered)
            }
            _ => false,
        };
        let barred = proven && outcome.refused == Some(Reason::Objected);
        let Record { acted, recorded, .. } = *record;
        let scope = match record.kind {
            ActKind::Grant => record.reach.narrow(),
            _ => self.act(record.names.as_ref()?).and_then(|grant| grant.record().reach.narrow()),
        };
        let parts = (scope?, record.identity.clone()?, record.evidence.clone()?);
        let (scope, identity, evidence) = Some(parts).filter(|_| barred)?;
        Lift::unobject(id, scope, identity, evidence, acted, recorded).ok()
    }

    fn before_confirm(&self, record: &Record, slot: Slot) -> Option<Idle> {
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
                outcome.idle = self.idle_stop(row, absorbed);
                if outcome.idle != Some(Idle::UnknownName) {
                    let about = self.identities.get(row.slot).filter(|_| row.only);
                    outcome.outlived = self.outlive(row.key, about, &row.at, row.clocks(place, &self.beside));
                }
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

    /// The outcome of a go that is on file already: what stands against it today.
    fn outcome_again(&self, go: &Act) -> Outcome {
        let mut outcome = Outcome::again();
        let there = self
            .places(go.id())
            .find_map(|place| self.row(place).filter(|row| row.is_own()).zip(Some(place)));
        let Some((row, place)) = there else { return outcome };
        let about = if row.kind == ActKind::Confirm {
            self.named_go(place).and_then(|go| self.row(go))
        } else {
            Some(row)
        };
        if let Some(about) = about {
            let key = AskKey { scope: about.key, slot: about.slot };
            self.note_refusal(&mut outcome, key, row.clocks(place, &self.beside));
        }
        outcome
    }

    fn note_refusal(&self, outcome: &mut Outcome, key: AskKey, clocks: (Instant, Instant)) {
        if let Verdict::Refused { reason, cause } = self.verdict(key, self.known_at(clocks)) {
            outcome.refused = Some(reason);
            outcome.cause = cause.and_then(|cause| self.id_at(cause)).cloned();
        }
    }

    /// The instant at which an outcome is told: as soon as the act is known and no go on file is yet to come.
    fn known_at(&self, (acted, recorded): (Instant, Instant)) -> Instant {
        acted.max(recorded).max(self.standings.upto.unwrap_or(recorded))
    }

    fn idle_stop(&self, row: &Row, absorbed: bool) -> Option<Idle> {
        let known = self.names.vocabulary();
        let unknown = |word: &Word| *word != Word::NONE && known.name(*word).is_none();
        if !absorbed {
            Some(Idle::Covered)
        } else if row.only && self.identities.current(row.slot).is_none() {
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

    /// The grants within the reach of a stop of somebody merged with the contact that it does not end.
    pub(crate) fn outlived(&self, stop: &Stop) -> Vec<ActId> {
        let Record { acted, recorded, reach, identity, only, .. } = &stop.0;
        let about = identity.as_ref().filter(|_| *only);
        // A name that this ledger never heard of is in the scope of none of its goes.
        if !self.names.knows(reach) {
            return Vec::new();
        }
        self.outlive(self.names.reach_key(reach), about, acted.min(recorded), (*acted, *recorded))
    }

    fn outlive(
        &self,
        reach: ScopeKey,
        about: Option<&Identity>,
        at: &Instant,
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
            let later = goes.not_yet(*at, &stops, now);
            outlived.extend(later.filter_map(|place| self.id_at(place).cloned()));
        }
        outlived
    }

    /// The go of an id.
    fn go_of(&self, id: &ActId) -> Option<u32> {
        self.places(id).find(|place| self.row(*place).is_some_and(|row| !row.kind.is_stop()))
    }
}
