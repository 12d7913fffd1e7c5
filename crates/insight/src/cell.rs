//! Cells: who gave how much to each, so that a cell can be hidden, bounded and made noisy by its people.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::label::Label;
use crate::plan::{Key, TablePlan};

/// What a fact gives to a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gift {
    /// The number of its cell; `None` where it lacks a key.
    pub(crate) cell: Option<usize>,
    pub(crate) amount: i64,
    /// Of a table of times: how many seconds until it ended, `None` for one that has not.
    pub(crate) span: Option<i64>,
}

/// One person in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Giver {
    /// By their place in the crowd.
    pub(crate) person: u32,
    /// Facts given, within `most`.
    pub(crate) facts: u32,
    /// The sum of amounts given.
    pub(crate) amount: i64,
}

/// A cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) givers: Vec<Giver>,
    pub(crate) facts: u64,
    /// Without the bound of facts a person.
    pub(crate) unbounded: u64,
    pub(crate) amount: i64,
    pub(crate) spans: Vec<i64>,
    /// Times that have not ended.
    pub(crate) open: u64,
}

/// The cells of a table, and what is in none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cells {
    numbers: BTreeMap<Vec<Label>, usize>,
    cells: Vec<Cell>,
    pub(crate) total: Cell,
    /// Facts that lack a key.
    pub(crate) without: u64,
}

impl Cell {
    /// Takes in what one person gives: the latest `most` of it count.
    fn give(&mut self, person: u32, gifts: &[Gift], plan: &TablePlan) {
        let counted = gifts.get(gifts.len().saturating_sub(plan.most)..).unwrap_or(gifts);
        let facts = u32::try_from(counted.len()).unwrap_or(u32::MAX);
        let amount = counted.iter().fold(0_i64, |sum, gift| sum.saturating_add(gift.amount));
        self.givers.push(Giver { person, facts, amount });
        self.facts = self.facts.saturating_add(u64::from(facts));
        self.unbounded = self.unbounded.saturating_add(u64::try_from(gifts.len()).unwrap_or(u64::MAX));
        self.amount = self.amount.saturating_add(amount);
        if plan.until.is_some() {
            self.spans.extend(counted.iter().filter_map(|gift| gift.span));
            let open = counted.iter().filter(|gift| gift.span.is_none()).count();
            self.open = self.open.saturating_add(u64::try_from(open).unwrap_or(u64::MAX));
        }
    }

    fn and(&mut self, other: Cell, shift: u32) {
        let shifted = |giver: Giver| Giver { person: giver.person.saturating_add(shift), ..giver };
        self.givers.extend(other.givers.into_iter().map(shifted));
        self.facts = self.facts.saturating_add(other.facts);
        self.unbounded = self.unbounded.saturating_add(other.unbounded);
        self.amount = self.amount.saturating_add(other.amount);
        self.spans.extend(other.spans);
        self.open = self.open.saturating_add(other.open);
    }

    /// How many people are in it.
    pub(crate) fn people(&self) -> usize {
        self.givers.len()
    }
}

impl Cells {
    /// The number of the cell of a fact, made if need be; `None` where the fact lacks a key, and of a table without keys.
    pub(crate) fn number(
        &mut self,
        by: &[Key],
        mut label: impl FnMut(&Key) -> Option<Label>,
    ) -> Option<usize> {
        match by {
            [] => None,
            [one] => Some(self.numbered(&[label(one)?])),
            [one, other] => Some(self.numbered(&[label(one)?, label(other)?])),
            // INVARIANT: a table has at most two keys.
            _ => None,
        }
    }

    fn numbered(&mut self, key: &[Label]) -> usize {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.cells.len();
        self.numbers.insert(key.to_vec(), number);
        self.cells.push(Cell::default());
        number
    }

    /// Takes in what one person gives, in the order of the facts.
    pub(crate) fn give(&mut self, person: u32, gifts: &mut [Gift], plan: &TablePlan) {
        if gifts.is_empty() {
            return;
        }
        self.total.give(person, gifts, plan);
        if plan.by.is_empty() {
            return;
        }
        gifts.sort_by_key(|gift| gift.cell); // stable: the order of the facts stays within a cell
        for gifts in gifts.chunk_by(|one, other| one.cell == other.cell) {
            let number = gifts.first().and_then(|gift| gift.cell);
            match number.and_then(|number| self.cells.get_mut(number)) {
                Some(cell) => cell.give(person, gifts, plan),
                None => {
                    let lacking = u64::try_from(gifts.len()).unwrap_or(u64::MAX);
                    self.without = self.without.saturating_add(lacking);
                }
            }
        }
    }

    /// The cell of a key, and the key as it is kept.
    pub(crate) fn get(&self, key: &[Label]) -> Option<(&[Label], &Cell)> {
        let (key, number) = self.numbers.get_key_value(key)?;
        Some((key, self.cells.get(*number)?))
    }

    /// All cells, by their keys.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = (&[Label], &Cell)> {
        self.numbers.iter().filter_map(|(key, number)| Some((key.as_slice(), self.cells.get(*number)?)))
    }

    /// The cells before a key, the nearest first.
    pub(crate) fn before(&self, key: &[Label]) -> impl Iterator<Item = (&[Label], &Cell)> {
        let earlier = self.numbers.range::<[Label], _>((Bound::Unbounded, Bound::Excluded(key))).rev();
        earlier.filter_map(|(key, number)| Some((key.as_slice(), self.cells.get(*number)?)))
    }

    /// Adds the cells of another part, whose people stand behind those of this one.
    pub(crate) fn and(&mut self, other: Cells, shift: u32) {
        let Cells { numbers, mut cells, total, without } = other;
        for (key, theirs) in numbers {
            let ours = self.numbered(&key);
            if let (Some(ours), Some(theirs)) = (self.cells.get_mut(ours), cells.get_mut(theirs)) {
                ours.and(std::mem::take(theirs), shift);
            }
        }
        self.total.and(total, shift);
        self.without = self.without.saturating_add(without);
    }
}
