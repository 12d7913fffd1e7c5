//! An index over the acts of a ledger: the same findings as reading all of them, without reading all of them.
//!
//! Stops count whatever their date (S6), so that of each reach only the latest matters. Goes count when
//! their instant is not after `now`, so that each scope and identity has its goes in order of time. The
//! ledger is the truth and this is a cache of it: `Tally::of` reads the acts themselves, and tests hold
//! the two together for every law and every `now`.

use std::collections::BTreeMap;

use super::AskKey;
use super::act::{ActKind, Provenance, Stop, StopKind};
use super::row::Row;
use super::rows::Rows;
use super::standing::{Given, Mark, Tally, later};
use crate::vocab::{ActId, Instant, ScopeKey};

#[derive(Debug, Default)]
pub(super) struct Index {
    erased: Option<u32>,
    stops: BTreeMap<ScopeKey, Stops>,
    cells: BTreeMap<AskKey, Cell>,
    /// Confirms that stand above the grant they name (S25).
    early: BTreeMap<ActId, Vec<u32>>,
}

/// The latest stops of one reach.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Stops {
    restricted: Option<Mark>,
    objected: Option<Mark>,
    stopped: Option<Mark>,
    only_refused: bool,
}

/// The goes of one scope and identity.
#[derive(Debug, Default)]
struct Cell {
    /// Places of the grants that need no confirm, the one that S7 prefers last.
    grants: Vec<u32>,
    rare: Option<Box<Rare>>,
}

/// What few scopes have.
#[derive(Debug, Default)]
struct Rare {
    doubles: Vec<Double>,
    unobjected: Vec<Instant>,
    unrestricted: Vec<Instant>,
}

/// A grant that needs a confirm, and when it had one first.
#[derive(Debug)]
struct Double {
    place: u32,
    confirmed: Option<Instant>,
}

impl Index {
    /// Takes note of the act that stands at `place`, the last of `rows`.
    pub(super) fn note(&mut self, rows: Rows<'_>, place: u32, find: impl Fn(&ActId) -> Option<u32>) {
        let Some(row) = rows.at(place) else {
            return;
        };
        let mark = Mark { at: row.acted(), place };
        match row.kind() {
            ActKind::Erase if row.erases() => self.erased = Some(place),
            ActKind::Erase | ActKind::Withdraw | ActKind::Refuse | ActKind::Restrict | ActKind::Object => {
                self.stops(&row).count(&row, mark);
            }
            ActKind::Unobject => keep(&mut self.rare(&row).unobjected, row.acted()),
            ActKind::Unrestrict => keep(&mut self.rare(&row).unrestricted, row.acted()),
            ActKind::Grant if row.confirm_by().is_some() => {
                let early = self.early.remove(&row.id()).unwrap_or_default();
                let confirms = early.iter().filter_map(|place| rows.at(*place));
                let confirmed =
                    confirms.filter(|confirm| confirm.confirms(&row)).map(|confirm| confirm.acted()).min();
                self.rare(&row).doubles.push(Double { place, confirmed });
            }
            ActKind::Grant => {
                let grants = &mut self.cell(&row).grants;
                let after = grants
                    .partition_point(|other| rows.at(*other).is_none_or(|other| !row.is_before(&other)));
                grants.insert(after, place);
            }
            ActKind::Confirm => self.confirm(rows, &row, place, find),
        }
    }

    fn confirm(&mut self, rows: Rows<'_>, row: &Row<'_>, place: u32, find: impl Fn(&ActId) -> Option<u32>) {
        let Some(target) = row.target() else {
            return;
        };
        let Some((grant_place, grant)) = find(&target).and_then(|place| Some((place, rows.at(place)?)))
        else {
            return self.early.entry(target).or_default().push(place);
        };
        if row.confirms(&grant) {
            let mut doubles = self.rare(&grant).doubles.iter_mut();
            if let Some(double) = doubles.find(|double| double.place == grant_place) {
                let first = double.confirmed.map_or(row.acted(), |first| first.min(row.acted()));
                double.confirmed = Some(first);
            }
        }
    }

    /// The latest stops of a reach.
    pub(super) fn stops_of(&self, reach: ScopeKey) -> Stops {
        self.stops.get(&reach).copied().unwrap_or_default()
    }

    fn stops(&mut self, row: &Row<'_>) -> &mut Stops {
        self.stops.entry(row.key()).or_default()
    }

    fn cell(&mut self, row: &Row<'_>) -> &mut Cell {
        self.cells.entry(AskKey { scope: row.key(), slot: row.slot() }).or_default()
    }

    fn rare(&mut self, row: &Row<'_>) -> &mut Rare {
        self.cell(row).rare.get_or_insert_default()
    }

    /// What reading all acts would find, for any ask and instant.
    pub(super) fn tally<'l>(&self, rows: Rows<'l>, ask: AskKey, now: Instant) -> Tally<'l> {
        let mut tally = Tally::default();
        tally.erased = self.erased;
        for reach in ask.scope.reaches() {
            if let Some(stops) = self.stops.get(&reach) {
                stops.restricted.into_iter().for_each(|mark| latest(&mut tally.restricted, mark));
                stops.objected.into_iter().for_each(|mark| latest(&mut tally.objected, mark));
                stops.stopped.into_iter().for_each(|mark| tally.stop(mark, stops.only_refused));
            }
        }
        let Some(cell) = self.cells.get(&ask) else {
            return tally;
        };
        let counting =
            cell.grants.partition_point(|place| rows.at(*place).is_some_and(|row| row.acted() <= now));
        let newest = counting.checked_sub(1).and_then(|last| cell.grants.get(last));
        tally.granted = newest.and_then(|place| Given::new(rows, *place));
        let Some(rare) = &cell.rare else {
            return tally;
        };
        tally.unobjected = last_by(&rare.unobjected, now);
        tally.unrestricted = last_by(&rare.unrestricted, now);
        for double in &rare.doubles {
            let Some(given) = Given::new(rows, double.place).filter(|given| given.row.acted() <= now) else {
                continue;
            };
            if double.confirmed.is_some_and(|confirmed| confirmed <= now) {
                later(&mut tally.granted, given);
            } else {
                tally.wait(given, now);
            }
        }
        tally
    }
}

impl Stops {
    /// Reads all acts for the stops of a reach.
    pub(super) fn of(rows: Rows<'_>, reach: ScopeKey) -> Stops {
        let mut stops = Stops::default();
        let of_reach = |row: &Row<'_>| row.kind().is_stop() && !row.erases() && row.key() == reach;
        for (place, row) in rows.iter().filter(|(_, row)| of_reach(row)) {
            stops.count(&row, Mark { at: row.acted(), place });
        }
        stops
    }

    fn count(&mut self, row: &Row<'_>, mark: Mark) {
        match row.kind() {
            ActKind::Restrict => return latest(&mut self.restricted, mark),
            ActKind::Object => latest(&mut self.objected, mark),
            _ => {}
        }
        let refuse = row.kind() == ActKind::Refuse;
        super::standing::stop(&mut self.stopped, &mut self.only_refused, mark, refuse);
    }

    /// Whether they leave another stop of their reach nothing to change. One that came with a merge is told on, so
    /// that one that was told does not say the same.
    pub(super) fn says(&self, rows: Rows<'_>, stop: &Stop) -> bool {
        let (acted, told) = (stop.stamp.acted, stop.provenance == Provenance::Told);
        let alike = |mark: &Mark| told || rows.at(mark.place).is_some_and(|row| !row.was_told());
        let later = |mark: Option<Mark>| mark.filter(alike).is_some_and(|mark| mark.at >= acted);
        let strictly = |mark: Option<Mark>| mark.filter(alike).is_some_and(|mark| mark.at > acted);
        match stop.kind {
            // A later erasure crosses as a later withdrawal.
            StopKind::Erase if !told => false,
            StopKind::Erase | StopKind::Withdraw if self.only_refused => strictly(self.stopped),
            StopKind::Erase | StopKind::Withdraw | StopKind::Refuse => later(self.stopped),
            StopKind::Object => later(self.objected),
            StopKind::Restrict => later(self.restricted),
        }
    }
}

fn latest(last: &mut Option<Mark>, mark: Mark) {
    super::standing::latest(last, mark);
}

/// Keeps instants in order.
fn keep(instants: &mut Vec<Instant>, instant: Instant) {
    let after = instants.partition_point(|other| *other <= instant);
    instants.insert(after, instant);
}

/// The last of ordered instants that is not after `now`.
fn last_by(instants: &[Instant], now: Instant) -> Option<Instant> {
    let counting = instants.partition_point(|instant| *instant <= now);
    counting.checked_sub(1).and_then(|last| instants.get(last)).copied()
}
