//! Tables: people and facts counted by keys, as far as enough people are in a cell (I18 to I20, I23, I24).

use std::fmt;

use placet::ContactId;
use placet::name::Name;

use crate::cell::{Cell, Cells};
use crate::crowd::Crowd;
use crate::fault::InsightError;
use crate::figure::{awake, growth, median, rate};
use crate::hours::{Awake, Hours};
use crate::label::Label;
use crate::likeness::Likeness;
use crate::plan::{Counted, Key, TablePlan};
use crate::profile::Profile;
use crate::publish::{NoiseKey, Published};
use crate::query::of_kind;
use crate::zone::hour;

/// People and facts by keys, for inside the house.
///
/// Cells of fewer than `k` people are hidden: they are counted and not summed. Where a total stands beside a table, one
/// hidden cell can be worked out; what leaves the house is a [`Published`], and nothing else of a table can be written
/// out.
#[derive(Clone, Copy)]
pub struct Table<'c> {
    pub(crate) crowd: &'c Crowd,
    pub(crate) place: usize,
    pub(crate) plan: &'c TablePlan,
    pub(crate) cells: &'c Cells,
}

/// A cell that is shown.
#[derive(Clone, Copy)]
pub struct Row<'c> {
    key: &'c [Label],
    cell: &'c Cell,
}

/// The least own facts by which a profile's own hours are told (I24).
const OWN_HOURS: usize = 20;

impl<'c> Row<'c> {
    /// Its keys, in the order of the table.
    #[must_use]
    pub fn key(&self) -> &'c [Label] {
        self.key
    }

    /// How many different people are in it.
    #[must_use]
    pub fn people(&self) -> u64 {
        u64::try_from(self.cell.people()).unwrap_or(u64::MAX)
    }

    /// How many facts, of each person at most `most`.
    #[must_use]
    pub fn facts(&self) -> u64 {
        self.cell.facts
    }

    /// The sum of their amounts, each within the clamp.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.cell.amount
    }

    /// Its facts as a part of those of another cell, in millionths (I23).
    #[must_use]
    pub fn rate(&self, of: &Row<'_>) -> Option<u64> {
        rate(self.facts(), of.facts())
    }

    /// The lower middle of its times in whole seconds, and how many have not ended (I23).
    #[must_use]
    pub fn median(&self) -> (Option<i64>, u64) {
        (median(self.cell.spans.iter().copied()), self.cell.open)
    }

    pub(crate) fn cell(&self) -> &'c Cell {
        self.cell
    }
}

impl<'c> Table<'c> {
    pub(crate) fn new(crowd: &'c Crowd, place: usize) -> Option<Table<'c>> {
        let plan = crowd.insight.compiled().tables.get(place)?;
        Some(Table { crowd, place, plan, cells: crowd.tables.get(place)? })
    }

    /// The name of the table.
    #[must_use]
    pub fn name(&self) -> &'c Name {
        let spec = self.crowd.insight.spec();
        spec.tables.get(self.place).map_or(&spec.name, |table| &table.name)
    }

    /// So many people make a cell.
    #[must_use]
    pub fn k(&self) -> usize {
        self.plan.k
    }

    pub(crate) fn is_shown(&self, cell: &Cell) -> bool {
        cell.people() >= self.plan.k
    }

    /// The cells that are shown, by their keys.
    pub fn rows(&self) -> impl Iterator<Item = Row<'c>> {
        let table = *self;
        let cells = self.cells.all().map(|(key, cell)| Row { key, cell });
        cells.filter(move |row| table.is_shown(row.cell))
    }

    /// The shown cell of a key.
    #[must_use]
    pub fn row(&self, key: &[Label]) -> Option<Row<'c>> {
        let (key, cell) = self.cells.get(key)?;
        Some(Row { key, cell }).filter(|_| self.is_shown(cell))
    }

    /// The cell without keys, if it is shown: all that is counted, what lacks a key included.
    #[must_use]
    pub fn total(&self) -> Option<Row<'c>> {
        Some(Row { key: &[], cell: &self.cells.total }).filter(|row| self.is_shown(row.cell))
    }

    /// How many cells are hidden.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.cells.all().filter(|(_, cell)| !self.is_shown(cell)).count()
    }

    /// How many facts lack a key, and are in no cell.
    #[must_use]
    pub fn without(&self) -> u64 {
        self.cells.without
    }

    /// So many shown cells, by facts down, then by key up (I23).
    #[must_use]
    pub fn top(&self, most: usize) -> Vec<Row<'c>> {
        let mut rows: Vec<Row<'c>> = self.rows().collect();
        rows.sort_by(|one, other| other.facts().cmp(&one.facts()).then_with(|| one.key.cmp(other.key)));
        rows.truncate(most);
        rows
    }

    /// How the facts of each shown cell grew over the one before, in thousandths; `None` where the one before is hidden,
    /// not there or 0 (I23). The one before is the hour, day or month before, and of other keys the one that stands before.
    #[must_use]
    pub fn growth(&self) -> Vec<(Row<'c>, Option<i64>)> {
        let before = |row: &Row<'c>| -> Option<Row<'c>> {
            let (first, others) = row.key.split_first()?;
            if let Some(before) = first.before() {
                let key: Vec<Label> = std::iter::once(before).chain(others.iter().cloned()).collect();
                return self.row(&key);
            }
            let mut alike = self.cells.before(row.key).filter(|(key, _)| key.get(1..) == Some(others));
            let (key, cell) = alike.next()?;
            Some(Row { key, cell }).filter(|_| self.is_shown(cell))
        };
        let grown = |row: Row<'c>| (row, before(&row).and_then(|before| growth(before.facts(), row.facts())));
        self.rows().map(grown).collect()
    }

    /// The lower middle time of each shown cell, of a table of times (I23).
    ///
    /// # Errors
    /// [`InsightError::NoFigure`] for any other table.
    pub fn median(&self) -> Result<Medians<'c>, InsightError> {
        if self.plan.until.is_some() { Ok(Medians(*self)) } else { Err(InsightError::NoFigure) }
    }

    /// When people are awake, of a table by the hour alone (I24). A hidden hour is none.
    ///
    /// # Errors
    /// [`InsightError::NoFigure`] for any other table.
    pub fn hours(&self) -> Result<Hours, InsightError> {
        if !matches!(self.plan.by.as_slice(), [Key::Hour]) {
            return Err(InsightError::NoFigure);
        }
        let (mut facts, mut shown) = ([0; 24], [false; 24]);
        for (key, cell) in self.cells.all() {
            if let Some(place) = hour_of(key) {
                if let (Some(facts), Some(shown)) = (facts.get_mut(place), shown.get_mut(place)) {
                    (*facts, *shown) = (cell.unbounded, self.is_shown(cell));
                }
            }
        }
        let mut hours = awake(&facts);
        hours.iter_mut().zip(shown).for_each(|(awake, shown)| *awake &= shown);
        Ok(Hours::new(hours))
    }

    /// Which cells are more frequent here, in a segment's table, than in everybody's of the same shape (I22).
    ///
    /// # Errors
    /// [`InsightError::NotAlike`] where the tables are not of one crowd, or count otherwise or by other keys.
    pub fn likeness(&self, everybody: &Table<'c>) -> Result<Likeness<'c>, InsightError> {
        let specs = &self.crowd.insight.spec().tables;
        let shape =
            |table: &Table<'_>| specs.get(table.place).map(|spec| (spec.by.clone(), spec.count.clone()));
        let same = std::ptr::eq(self.crowd, everybody.crowd) && shape(self) == shape(everybody);
        if same { Ok(Likeness::new(*self, *everybody)) } else { Err(InsightError::NotAlike) }
    }

    /// The table made safe to leave the house (I21).
    #[must_use]
    pub fn published(&self, key: &NoiseKey) -> Published {
        Published::table(self, key)
    }

    pub(crate) fn person(&self, number: u32) -> Option<&'c ContactId> {
        self.crowd.people.get(usize::try_from(number).ok()?)
    }

    /// The keys by which it tells apart, in words.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        self.plan.by.iter().map(key_word).collect()
    }
}

fn hour_of(key: &[Label]) -> Option<usize> {
    match key {
        [Label::Hour(hour)] => usize::try_from(*hour).ok(),
        _ => None,
    }
}

fn key_word(key: &Key) -> &'static str {
    match key {
        Key::Attribute(_) => "attribute",
        Key::Network => "network",
        Key::Source => "source",
        Key::Effect => "effect",
        Key::Hour => "hour",
        Key::Weekday => "weekday",
        Key::Day => "day",
        Key::Month => "month",
        Key::Stage => "stage",
        Key::Held => "held",
        Key::Latest(..) => "latest",
        Key::Segment(_) => "segment",
    }
}

impl Profile<'_> {
    /// When this person is awake: by their own facts of the kind that a table by the hour counts, from 20 on; below, as
    /// everybody of the table is (I24).
    ///
    /// # Errors
    /// [`InsightError::NoFigure`] for a table that does not count a kind of signal by the hour alone.
    pub fn awake(&self, table: &Table<'_>) -> Result<Awake, InsightError> {
        let crowds = table.hours()?;
        let Counted::Kind(select) = &table.plan.count else { return Err(InsightError::NoFigure) };
        let mut facts = [0_u64; 24];
        for fact in of_kind(self.facts(), select.kind) {
            let hour = usize::try_from(hour(&*table.crowd.zone, fact.at)).unwrap_or_default();
            if let Some(facts) = facts.get_mut(hour) {
                *facts = facts.saturating_add(1);
            }
        }
        if of_kind(self.facts(), select.kind).count() < OWN_HOURS {
            return Ok(Awake { hours: crowds, is_own: false });
        }
        Ok(Awake { hours: Hours::new(awake(&facts)), is_own: true })
    }
}

/// The middle times of a table of times, in whole seconds.
#[derive(Debug, Clone, Copy)]
pub struct Medians<'c>(Table<'c>);

impl<'c> Medians<'c> {
    /// Each shown cell with the lower middle of its times, and how many have not ended.
    pub fn rows(&self) -> impl Iterator<Item = (Row<'c>, Option<i64>, u64)> {
        self.0.rows().map(|row| {
            let (median, open) = row.median();
            (row, median, open)
        })
    }
}

pub(crate) fn joined(key: &[Label]) -> String {
    if key.is_empty() {
        return "all".to_owned();
    }
    key.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: by {}",
            self.name(),
            if self.plan.by.is_empty() { "nothing".to_owned() } else { self.keys().join(", ") }
        )?;
        for row in self.rows().chain(self.total()) {
            write!(f, "{:>24} {:>8} people {:>10} facts", joined(row.key), row.people(), row.facts())?;
            if self.plan.amount.is_some() { writeln!(f, " {:>14}", row.amount())? } else { writeln!(f)? }
        }
        writeln!(
            f,
            "{} cells of fewer than {} people are hidden; {} facts lack a key",
            self.hidden(),
            self.k(),
            self.without()
        )
    }
}

impl fmt::Display for Medians<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (row, median, open) in self.rows() {
            let median = median.map_or("-".to_owned(), |median| format!("{median} s"));
            writeln!(f, "{:>24} {median:>10}, {open} have not ended", joined(row.key))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("name", self.name())
            .field("shown", &self.rows().count())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Row")
            .field("people", &self.people())
            .field("facts", &self.facts())
            .finish_non_exhaustive()
    }
}
