//! The life table: how many of those who had bought so often, and been silent so long, came again (I30, I31). It is counted
//! and not fitted.

use std::cmp::Ordering;
use std::fmt;

use super::{Asked, Buyer};
use crate::crowd::Crowd;
use crate::fault::InsightError;
use crate::figure::rate;
use crate::profile::Profile;

/// The longest silence that is told apart, in eighths of the horizon.
const LONGEST: usize = 15;
/// The classes of how often: 1, 2, 3 to 4, 5 to 9, and 10 days or more.
const CLASSES: usize = 5;

/// People of one class or of several neighbouring ones, and how many of them came again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Block {
    people: u64,
    again: u64,
}

/// How many came again within the horizon, by how often and how lately they had bought before it began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    asked: Asked,
    /// By class of frequency, the block of each silence.
    blocks: [[Block; LONGEST + 1]; CLASSES],
    /// Everybody.
    all: Block,
    k: usize,
}

/// How likely it is that a person does not come again, and of how many that is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaving {
    share: u64,
    people: u64,
    again: u64,
    silence: i64,
}

impl Life {
    pub(crate) fn of(crowd: &Crowd, place: usize) -> Option<Life> {
        let asked = Asked::of(crowd, place);
        let plan = asked.plan()?;
        let (k, horizon) = (plan.k, plan.horizon);
        let mark = asked.today().saturating_sub(horizon);
        let mut counts = [[Block::default(); LONGEST + 1]; CLASSES];
        let mut all = Block::default();
        for buyer in crowd.buyers.get(place)? {
            let so_far = buyer.days.partition_point(|day| *day <= mark);
            let Some(last) = so_far.checked_sub(1).and_then(|last| buyer.days.get(last)) else { continue };
            let again = u64::from(so_far < buyer.days.len());
            let (frequency, silence) = class(so_far, mark.saturating_sub(*last), horizon);
            let block = counts.get_mut(frequency).and_then(|row| row.get_mut(silence));
            for block in block.into_iter().chain([&mut all]) {
                block.people = block.people.saturating_add(1);
                block.again = block.again.saturating_add(again);
            }
        }
        let least = u64::try_from(k).unwrap_or(u64::MAX);
        Some(Life { blocks: counts.map(|row| smoothed(row, least)), all, k, asked })
    }

    /// How many people are in it, and how many of them came again.
    #[must_use]
    pub fn people(&self) -> (u64, u64) {
        (self.all.people, self.all.again)
    }

    /// How many people came to a mark with so many purchase days and so long a silence, with the neighbours that were put
    /// together with them, and how many of these came again.
    #[must_use]
    pub fn block(&self, purchase_days: usize, silent_days: i64) -> (u64, u64) {
        let horizon = self.asked.plan().map_or(1, |plan| plan.horizon);
        let (frequency, silence) = class(purchase_days, silent_days, horizon);
        let block = self.blocks.get(frequency).and_then(|row| row.get(silence)).copied().unwrap_or_default();
        (block.people, block.again)
    }
}

/// The class of somebody who bought on so many days, and not for so long.
fn class(days: usize, silence: i64, horizon: i64) -> (usize, usize) {
    let frequency = match days {
        0 | 1 => 0,
        2 => 1,
        3 | 4 => 2,
        5..=9 => 3,
        _ => 4,
    };
    let eighths = silence.max(0).saturating_mul(8).checked_div(horizon.max(1)).unwrap_or_default();
    (frequency, usize::try_from(eighths).unwrap_or(LONGEST).min(LONGEST))
}

/// Neighbours are put together until each block is of enough people and no longer silence promises more.
fn smoothed(row: [Block; LONGEST + 1], least: u64) -> [Block; LONGEST + 1] {
    // Each block with how many silences it is made of.
    let mut blocks: Vec<(Block, usize)> = Vec::new();
    for class in row {
        blocks.push((class, 1));
        while let [.., (before, _), (last, _)] = blocks.as_slice() {
            let promises =
                |block: &Block, people: u64| u128::from(block.again).saturating_mul(u128::from(people));
            if before.people >= least && promises(last, before.people) <= promises(before, last.people) {
                break;
            }
            put_together(&mut blocks);
        }
    }
    if blocks.len() > 1 && blocks.last().is_some_and(|(last, _)| last.people < least) {
        put_together(&mut blocks);
    }
    let mut all = blocks.into_iter().flat_map(|(block, classes)| std::iter::repeat_n(block, classes));
    row.map(|class| all.next().unwrap_or(class))
}

/// The last block is put into the one before.
fn put_together(blocks: &mut Vec<(Block, usize)>) {
    if let Some((last, classes)) = blocks.pop() {
        if let Some((before, of)) = blocks.last_mut() {
            before.people = before.people.saturating_add(last.people);
            before.again = before.again.saturating_add(last.again);
            *of = of.saturating_add(classes);
        }
    }
}

impl Leaving {
    fn of(life: &Life, buyer: &Buyer) -> Option<Leaving> {
        let silence = buyer.recency(life.asked.today());
        let (people, again) = life.block(buyer.days.len(), silence);
        let enough = people >= u64::try_from(life.k).unwrap_or(u64::MAX);
        let (people, again) = if enough { (people, again) } else { life.people() };
        let share = rate(people.saturating_sub(again), people)?;
        Some(Leaving { share, people, again, silence })
    }

    /// The share of those alike who did not come again, in millionths.
    #[must_use]
    pub fn share(&self) -> u64 {
        self.share
    }

    /// Of how many people that is said, and how many of them came again.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.people, self.again)
    }

    /// Who may leave first: the higher share, then the longer silence. Who is still alike goes by id.
    #[must_use]
    pub fn rank(&self, other: &Leaving) -> Ordering {
        (other.share, other.silence).cmp(&(self.share, self.silence))
    }
}

impl Profile<'_> {
    /// How likely it is that the person does not come again within the horizon, as counted of those who were alike (I31);
    /// `None` for whoever bought nothing, and where nobody had bought by the mark.
    ///
    /// # Errors
    /// [`InsightError`] where the life table was asked by another insight, at another instant, or under another view.
    pub fn leaving(&self, life: &Life) -> Result<Option<Leaving>, InsightError> {
        Ok(life.asked.buyer(self)?.and_then(|buyer| Leaving::of(life, &buyer)))
    }
}

impl fmt::Display for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = self.share.saturating_add(500) / 1000;
        let (whole, tenth) = (tenths / 10, tenths % 10);
        write!(f, "{whole}.{tenth} %: of {} as silent, {} came again", self.people, self.again)
    }
}
