//! How a ledger grows: an act is checked, kept as a row, and taken into what all acts come to.

use super::ConsentLedger;
use super::act::{Act, ActKind, Provenance, Record};
use super::ask::{AskKey, Slot};
use super::error::{AppendError, Appended};
use super::heard::HeardStops;
use super::ids::Ids;
use super::outcome::Outcome;
use super::row::{Beside, Row};
use super::standing::{Click, Given, Mark, Waiting};
use super::standings::Standings;
use crate::name::ActId;

/// So many acts a ledger holds; a stop is taken beyond.
const MOST_ACTS: u32 = 1 << 30;

impl ConsentLedger {
    /// What would become of a go, as far as can be told without a try.
    pub(crate) fn would_append(&self, go: &Act) -> Result<Appended, AppendError> {
        self.place_for(go).map(|slot| if slot.is_some() { Appended::New } else { Appended::Again })
    }

    /// For which of the identities a go is to be appended; `None` where it stands there already.
    pub(super) fn place_for(&self, go: &Act) -> Result<Option<Slot>, AppendError> {
        let there = self.places(go.id()).find(|place| self.row(*place).is_some_and(Row::is_own));
        if let Some(there) = there.and_then(|place| self.act_at(place)) {
            return if same(&there, go) { Ok(None) } else { Err(AppendError::IdReused) };
        }
        let slot = go.identity().map_or(Slot::NONE, |identity| self.slot(identity));
        if slot == Slot::NONE {
            return Err(AppendError::UnknownIdentity);
        }
        if self.version() >= MOST_ACTS { Err(AppendError::Full) } else { Ok(Some(slot)) }
    }

    /// Appends a go.
    pub(crate) fn append_go(&mut self, go: &Act) -> Result<Outcome, AppendError> {
        let Some(forecast) = self.forecast(go)? else {
            return Ok(Outcome::again());
        };
        self.push(go.record(), forecast.slot).ok_or(AppendError::Full)?;
        Ok(self.came_to(forecast))
    }

    /// Appends a go that was appended before, or is of no interest: nobody is told what it did.
    pub(crate) fn keep_go(&mut self, go: &Act) -> Result<Appended, AppendError> {
        match self.place_for(go)? {
            None => Ok(Appended::Again),
            Some(slot) => self.push(go.record(), slot).map(|_| Appended::New).ok_or(AppendError::Full),
        }
    }

    /// Appends a stop; there is nothing that could refuse it.
    pub(crate) fn append_stop(&mut self, stop: &Act) -> Outcome {
        // INVARIANT: a stop is never refused.
        let Ok(Some(forecast)) = self.forecast(stop) else {
            return self.outcome_of_stop_again(stop);
        };
        self.push_stop(stop);
        self.came_to(forecast)
    }

    /// As [`ConsentLedger::keep_go`].
    pub(crate) fn keep_stop(&mut self, stop: &Act) -> Appended {
        match self.place_for_stop(stop) {
            Some((taken, _)) => {
                self.push_stop(stop);
                taken
            }
            None => Appended::Again,
        }
    }

    fn push_stop(&mut self, stop: &Act) {
        let slot = match stop.identity() {
            Some(identity) if stop.is_only() => self.identities.name(identity),
            Some(identity) => self.slot(identity),
            None => Slot::NONE,
        };
        self.push(stop.record(), slot);
    }

    /// The slot of the address that a stop came over, and whether its id is new; `None` where it stands there already.
    pub(super) fn place_for_stop(&self, stop: &Act) -> Option<(Appended, Slot)> {
        // Copies of one stop can have its id: its own, one that crossed a key, one that came with a merge.
        let mut there = self.places(stop.id()).peekable();
        let taken = if there.peek().is_some() { Appended::IdTaken } else { Appended::New };
        if there.filter_map(|place| self.act_like(place, stop)).any(|there| same(&there, stop)) {
            return None;
        }
        let slot = match stop.identity() {
            Some(identity) if stop.is_only() => self.identities.slot_ever(identity),
            Some(identity) => self.slot(identity),
            None => Slot::NONE,
        };
        Some((taken, slot))
    }

    /// The act of a place, unless it differs from another one at first sight.
    fn act_like(&self, place: u32, other: &Act) -> Option<Act> {
        let row = self.row(place)?;
        let like = row.kind == other.kind() && row.provenance == other.provenance();
        like.then(|| self.act_of(row, place))
    }

    /// A copy of the ledger in which some acts have another id; `None` where all keep theirs. Only for ids that must be
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
            heard: HeardStops::default(),
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

    /// Keeps an act; `None` where no number is left for a name of a go, else whether what all stops come to is another
    /// thing now.
    fn push(&mut self, record: &Record, slot: Slot) -> Option<bool> {
        let place = self.version();
        let ConsentLedger { names, beside, rows, .. } = self;
        let row = Row::keep(record, slot, place, names, beside, rows.last())?;
        self.rows.push(row);
        self.ids.note(&self.rows, &self.beside);
        Some(self.take_in(place))
    }

    /// Takes an act into what all acts come to; false for a stop that says nothing new.
    fn take_in(&mut self, place: u32) -> bool {
        let Some(row) = self.row(place) else { return false };
        let (kind, at, key, slot) = (row.kind, row.at, row.key, row.slot);
        let mark = Mark { at, place };
        let (provenance, until, only) = (row.provenance, row.until, if row.only { slot } else { Slot::NONE });
        if !kind.is_stop() {
            self.standings.upto = self.standings.upto.max(Some(at));
        }
        match kind {
            ActKind::Erase if provenance != Provenance::Told => {
                return self.standings.erased.replace(place).is_none();
            }
            ActKind::Withdraw
            | ActKind::Refuse
            | ActKind::Object
            | ActKind::Restrict
            | ActKind::Pause
            | ActKind::Erase => {
                return self.standings.stops_mut(key, only).absorb(kind, provenance, until, mark);
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
        true
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
    pub(super) fn named_go(&self, place: u32) -> Option<u32> {
        self.go_of(self.beside.names(place)?)
    }

    /// Whether a go was made void (S31).
    pub(super) fn is_void(&self, place: u32, counts: impl Fn(u32, &Row) -> bool) -> bool {
        let void = |place: u32| {
            self.row(place).is_some_and(|row| row.kind == ActKind::Void && row.is_own() && counts(place, row))
        };
        self.beside.any_names() && self.id_at(place).is_some_and(|id| self.naming(id).any(void))
    }

    /// What became of the request to confirm a grant, by the confirms that count (S25, S31).
    pub(super) fn click(&self, place: u32, grant: &Row, counts: impl Fn(u32, &Row) -> bool + Copy) -> Click {
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
    pub(super) fn grant_by(
        &self,
        place: u32,
        row: &Row,
        counts: impl Fn(u32, &Row) -> bool + Copy,
    ) -> Waiting {
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
