//! Cells: who gave how much to each, so that a cell can be hidden, bounded and made noisy by its people.

use std::collections::BTreeMap;

use crate::label::Label;
use crate::plan::TablePlan;

/// What a fact gives to a table.
#[derive(Debug, Clone)]
pub(crate) struct Gift {
    /// Its keys; `None` for one that it lacks.
    pub(crate) key: Vec<Option<Label>>,
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
    pub(crate) all: BTreeMap<Vec<Label>, Cell>,
    pub(crate) total: Cell,
    /// Facts that lack a key.
    pub(crate) without: u64,
}

impl Cell {
    /// Takes in what one person gives: the latest `most` of it count.
    fn give(&mut self, person: u32, gifts: &[&Gift], plan: &TablePlan) {
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
    /// Takes in what one person gives, in the order of the facts.
    pub(crate) fn give(&mut self, person: u32, gifts: &[Gift], plan: &TablePlan) {
        if gifts.is_empty() {
            return;
        }
        let all: Vec<&Gift> = gifts.iter().collect();
        self.total.give(person, &all, plan);
        if plan.by.is_empty() {
            return;
        }
        let mut keyed: Vec<&Gift> = Vec::with_capacity(gifts.len());
        for gift in gifts {
            if gift.key.iter().all(Option::is_some) {
                keyed.push(gift);
            } else {
                self.without = self.without.saturating_add(1);
            }
        }
        keyed.sort_by(|one, other| one.key.cmp(&other.key)); // stable: the order of the facts stays within a cell
        for gifts in keyed.chunk_by(|one, other| one.key == other.key) {
            let Some(key) = gifts.first().map(|gift| gift.key.iter().flatten().cloned().collect()) else {
                continue;
            };
            self.all.entry(key).or_default().give(person, gifts, plan);
        }
    }

    /// Adds the cells of another part, whose people stand behind those of this one.
    pub(crate) fn and(&mut self, other: Cells, shift: u32) {
        for (key, cell) in other.all {
            self.all.entry(key).or_default().and(cell, shift);
        }
        self.total.and(other.total, shift);
        self.without = self.without.saturating_add(other.without);
    }
}
