//! What leaves the house: figures that tell nothing sure about one person (I21, I41).
//!
//! This is the cell-key method of official statistics with a binomial table: the same people giving the same figures get the
//! same noise whatever was asked, and one person or one fact more or less gets fresh noise. It is not differential privacy.

use std::fmt;

use placet::name::Name;
use serde::Serialize;

use crate::cell::Cell;
use crate::label::Label;
use crate::likeness::Likeness;
use crate::table::{Table, joined};
use crate::word::{STEP, mix, word};

/// The key of the noise: 16 secret bytes, the same for everything that is published. Whoever has it can take the noise off.
#[derive(Clone)]
pub struct NoiseKey([u8; 16]);

impl NoiseKey {
    /// A key of 16 bytes, which the host draws at random once and keeps secret.
    #[must_use]
    pub fn new(secret: [u8; 16]) -> NoiseKey {
        NoiseKey(secret)
    }

    /// The first 8 bytes of a keyed function (SipHash-2-4-128) of texts, told apart by their lengths.
    fn word(&self, texts: &[&str]) -> u64 {
        word(&self.0, texts)
    }
}

/// The key is secret, and not shown.
impl fmt::Debug for NoiseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoiseKey")
    }
}

/// What one person gives to the noise of a cell's people, facts and amount.
fn words_of(key: &NoiseKey, id: &str, facts: &str, amount: &str) -> [u64; 3] {
    [key.word(&["cell", id]), key.word(&["cell-facts", id, facts]), key.word(&["cell-amount", id, amount])]
}

/// From -4 to 4: the set bits among the lowest 8 of a mixed word, less 4.
fn noise(sum: u64, figure: u64) -> i64 {
    let bits = mix(sum.wrapping_add(figure.wrapping_add(1).wrapping_mul(STEP))) & 0xFF;
    i64::from(bits.count_ones()).saturating_sub(4)
}

/// The three figures of a cell with their noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Noisy {
    pub(crate) people: u64,
    pub(crate) facts: u64,
    pub(crate) amount: i64,
}

impl Table<'_> {
    /// The noise of a cell by the words of its people.
    fn noises(&self, cell: &Cell, key: &NoiseKey) -> [i64; 3] {
        let mut sums = [0_u64; 3];
        for giver in &cell.givers {
            let Some(id) = self.person(giver.person) else { continue };
            let (facts, amount) = (giver.facts.to_string(), giver.amount.to_string());
            let words = id.with_text(|id| words_of(key, id, &facts, &amount));
            sums.iter_mut().zip(words).for_each(|(sum, word)| *sum = sum.wrapping_add(word));
        }
        let [people, facts, amount] = sums;
        [noise(people, 0), noise(facts, 1), noise(amount, 2)]
    }

    /// The figures of a cell with noise; one person's share is the unit of it, and no figure falls below what is shown at
    /// all.
    pub(crate) fn noisy(&self, cell: &Cell, key: &NoiseKey) -> Noisy {
        let [people, facts, amount] = self.noises(cell, key);
        let k = i64::try_from(self.plan.k).unwrap_or(i64::MAX);
        let most = i64::try_from(self.plan.most).unwrap_or(i64::MAX);
        let clamp = self.plan.amount.as_ref().map_or(0, |(_, clamp)| *clamp);
        let count = |count: u64, noise: i64| {
            let noisy = i64::try_from(count).unwrap_or(i64::MAX).saturating_add(noise).max(k);
            u64::try_from(noisy).unwrap_or_default()
        };
        let there = u64::try_from(cell.people()).unwrap_or(u64::MAX);
        Noisy {
            people: count(there, people),
            facts: count(cell.facts, most.saturating_mul(facts)),
            amount: cell.amount.saturating_add(clamp.saturating_mul(most).saturating_mul(amount)).max(0),
        }
    }
}

/// A table, or a likeness, that may leave the house: words and numbers with noise, and no id of anybody.
///
/// It is made by [`Table::published`] and [`Likeness::published`] alone, can be written out, and is never read back.
///
/// ```
/// # use placet::{Journey, desk::Terms};
/// # use placet_insight::{Histories, Insight, Minutes, NoiseKey};
/// # let journey = Journey::reference()?;
/// # let insight = Insight::from_json(r#"{"placet":1,"name":"fans",
/// #     "views":[{"name":"interest","needs":[{"purpose":"offers","channel":"email"}]}],
/// #     "tables":[{"name":"hours","view":"interest","count":{"kind":"purchase"},"by":["hour"]}]}"#, &journey)?;
/// # let crowd = insight.crowd(&Histories::read("", &Terms::new(journey))?, "2013-06-01T00:00:00Z".parse()?, Minutes(0));
/// let key = NoiseKey::new(*b"sixteen secret b");
/// let published = crowd.table("hours")?.published(&key);
/// assert_eq!(serde_json::to_string(&published)?, r#"{"name":"hours","by":["hour"],"k":20,"rows":[]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    name: Name,
    by: Vec<&'static str>,
    k: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<PublishedRow>,
    rows: Vec<PublishedRow>,
}

/// A published cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedRow {
    key: Vec<Label>,
    people: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
}

impl PublishedRow {
    fn of(table: &Table<'_>, key: &[Label], cell: &Cell, noise: &NoiseKey) -> PublishedRow {
        let Noisy { people, facts, amount } = table.noisy(cell, noise);
        let amount = table.plan.amount.as_ref().map(|_| amount);
        PublishedRow { key: key.to_vec(), people, facts: Some(facts), amount, index: None }
    }

    /// The keys of the cell.
    #[must_use]
    pub fn key(&self) -> &[Label] {
        &self.key
    }

    /// How many people are in it, about.
    #[must_use]
    pub fn people(&self) -> u64 {
        self.people
    }

    /// How many facts, about; not of a likeness.
    #[must_use]
    pub fn facts(&self) -> Option<u64> {
        self.facts
    }

    /// The sum of their amounts, about; of a table of amounts.
    #[must_use]
    pub fn amount(&self) -> Option<i64> {
        self.amount
    }

    /// How much more frequent it is than among everybody: 100 is as frequent. Of a likeness.
    #[must_use]
    pub fn index(&self) -> Option<u64> {
        self.index
    }
}

impl Published {
    pub(crate) fn table(table: &Table<'_>, key: &NoiseKey) -> Published {
        let rows = table.rows().map(|row| PublishedRow::of(table, row.key(), row.cell(), key)).collect();
        let total = table.total().map(|row| PublishedRow::of(table, &[], row.cell(), key));
        Published { name: table.name().clone(), by: table.keys(), k: table.k(), total, rows }
    }

    pub(crate) fn likeness(likeness: &Likeness<'_>, key: &NoiseKey) -> Published {
        let table = likeness.segment();
        let rows = likeness.indexed(|table, cell| table.noisy(cell, key).people);
        let rows = rows.into_iter().map(|alike| PublishedRow {
            key: alike.key().to_vec(),
            people: alike.people(),
            facts: None,
            amount: None,
            index: Some(alike.index()),
        });
        Published {
            name: table.name().clone(),
            by: table.keys(),
            k: table.k(),
            total: None,
            rows: rows.collect(),
        }
    }

    /// The name of the table that it was made of.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The cell without keys, if it is shown.
    #[must_use]
    pub fn total(&self) -> Option<&PublishedRow> {
        self.total.as_ref()
    }

    /// The cells that are shown.
    #[must_use]
    pub fn rows(&self) -> &[PublishedRow] {
        &self.rows
    }
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: by {}, with noise", self.name, self.by.join(", "))?;
        for row in self.rows.iter().chain(&self.total) {
            write!(f, "{:>24} {:>8} people", joined(&row.key), row.people)?;
            if let Some(facts) = row.facts {
                write!(f, " {facts:>10} facts")?;
            }
            if let Some(amount) = row.amount {
                write!(f, " {amount:>14}")?;
            }
            if let Some(index) = row.index {
                write!(f, " {index:>6} of 100")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
