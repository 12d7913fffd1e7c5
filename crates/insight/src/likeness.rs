//! Likeness: what a segment has more of than everybody, as words and numbers (I22). It is what a look-alike, a sponsor or a
//! prize is chosen by.

use std::fmt;

use crate::cell::Cell;
use crate::label::Label;
use crate::publish::{NoiseKey, Published};
use crate::table::{Table, joined};

/// A segment's table beside everybody's of the same shape.
#[derive(Clone, Copy)]
pub struct Likeness<'c> {
    segment: Table<'c>,
    everybody: Table<'c>,
}

/// A cell, and how much more frequent it is in the segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike<'c> {
    key: &'c [Label],
    people: u64,
    index: u64,
}

impl<'c> Alike<'c> {
    /// The keys of the cell.
    #[must_use]
    pub fn key(&self) -> &'c [Label] {
        self.key
    }

    /// How many people of the segment are in it.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    /// How much more frequent it is in the segment than among everybody: 100 is as frequent.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }
}

impl<'c> Likeness<'c> {
    pub(crate) fn new(segment: Table<'c>, everybody: Table<'c>) -> Likeness<'c> {
        Likeness { segment, everybody }
    }

    pub(crate) fn segment(&self) -> Table<'c> {
        self.segment
    }

    /// The cells that both tables show: by index down, people down, key up.
    #[must_use]
    pub fn rows(&self) -> Vec<Alike<'c>> {
        self.indexed(|_, cell| u64::try_from(cell.people()).unwrap_or(u64::MAX))
    }

    /// The rows by how many people a cell is said to have: 100 * (s * N) / (S * n), rounded half up.
    pub(crate) fn indexed(&self, people: impl Fn(&Table<'_>, &Cell) -> u64) -> Vec<Alike<'c>> {
        let Likeness { segment, everybody } = self;
        let (Some(of_segment), Some(of_all)) = (segment.total(), everybody.total()) else {
            return Vec::new();
        };
        let totals = (people(segment, of_segment.cell()), people(everybody, of_all.cell()));
        let alike = |row: crate::table::Row<'c>| {
            let all = people(everybody, everybody.row(row.key())?.cell());
            let here = people(segment, row.cell());
            let index = index(here, totals.0, all, totals.1)?;
            Some(Alike { key: row.key(), people: here, index })
        };
        let mut rows: Vec<Alike<'c>> = segment.rows().filter_map(alike).collect();
        rows.sort_by(|one, other| {
            let size = |alike: &Alike<'_>| (alike.index, alike.people);
            size(other).cmp(&size(one)).then_with(|| one.key.cmp(other.key))
        });
        rows
    }

    /// The likeness made safe to leave the house: worked out from published figures alone.
    #[must_use]
    pub fn published(&self, key: &NoiseKey) -> Published {
        Published::likeness(self, key)
    }
}

/// 100 times the share in the segment over the share among all, rounded half up.
fn index(here: u64, segment: u64, all: u64, everybody: u64) -> Option<u64> {
    let over = u128::from(here).saturating_mul(u128::from(everybody)).saturating_mul(100);
    let under = u128::from(segment).saturating_mul(u128::from(all));
    let twice = over.saturating_mul(2).saturating_add(under);
    let index = twice.checked_div(under.saturating_mul(2))?;
    Some(u64::try_from(index).unwrap_or(u64::MAX))
}

impl fmt::Display for Likeness<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for alike in self.rows() {
            writeln!(f, "{:>24} {:>8} people {:>6} of 100", joined(alike.key), alike.people, alike.index)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Likeness<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Likeness").field("of", &self.segment).field("in", &self.everybody).finish()
    }
}
