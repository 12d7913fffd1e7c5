//! Crowds: what is said of many, in one pass over their histories (I17 to I20).

mod gather;
mod gifts;

pub(crate) use self::gifts::{identity_of, matches, network};
use std::collections::BTreeMap;
use std::sync::Arc;

use placet::name::Name;
use placet::{ContactId, Instant};

use crate::advocacy::Codes;
use crate::cell::{Cells, Gift};
use crate::credit::CreditCells;
use crate::fault::InsightError;
use crate::histories::HistoriesPart;
use crate::insight::{Insight, place};
use crate::loyalty::{Buyer, Edges, Life};
use crate::table::Table;
use crate::trial::Groups;
use crate::zone::Zone;

/// Many people at one instant: the figures of every table, loyalty, advocacy, credit and trial of an insight, before anything is hidden.
///
/// Crowds of parts add up to that of the whole ([`Crowd::and`]). It is for inside: ask for a [`Table`], and publish that.
///
/// ```
/// use placet::{Journey, desk::Terms};
/// use placet_insight::{Histories, Insight, Minutes};
/// let journey = Journey::reference()?;
/// let insight = Insight::from_json(r#"{"placet":1,"name":"fans",
///     "views":[{"name":"interest","needs":[{"purpose":"offers","channel":"email"}]}],
///     "tables":[{"name":"hours","view":"interest","count":{"kind":"purchase"},"by":["hour"]}]}"#, &journey)?;
/// let histories = Histories::read("", &Terms::new(journey))?;
/// let now = "2013-06-01T00:00:00Z".parse()?;
/// let crowd = insight.crowd(&histories, now, Minutes(120));
/// assert_eq!(crowd.table("hours")?.rows().count(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Crowd {
    pub(crate) insight: Insight,
    pub(crate) now: Instant,
    pub(crate) zone: Arc<dyn Zone>,
    /// Who gave anything, by place: the least contact id of each.
    pub(crate) people: Vec<ContactId>,
    pub(crate) tables: Vec<Cells>,
    pub(crate) buyers: Vec<Vec<Buyer>>,
    pub(crate) codes: Vec<Codes>,
    pub(crate) credits: Vec<CreditCells>,
    pub(crate) trials: Vec<Groups>,
    /// What the person who is looked at gives to a table; here to be used again.
    gifts: Vec<Gift>,
}

impl Insight {
    /// Looks at many people at an instant, in the zone given. Parts of histories can be looked at on several threads, and
    /// added up.
    #[must_use]
    pub fn crowd<'h>(
        &self,
        histories: impl Into<HistoriesPart<'h>>,
        now: Instant,
        zone: impl Zone + 'static,
    ) -> Crowd {
        let compiled = self.compiled();
        let mut crowd = Crowd {
            insight: self.clone(),
            now,
            zone: Arc::new(zone),
            people: Vec::new(),
            tables: compiled.tables.iter().map(|_| Cells::default()).collect(),
            buyers: compiled.loyalty.iter().map(|_| Vec::new()).collect(),
            codes: compiled.advocacy.iter().map(|_| Codes::default()).collect(),
            credits: compiled.credits.iter().map(|_| CreditCells::default()).collect(),
            trials: compiled.trials.iter().map(Groups::of).collect(),
            gifts: Vec::new(),
        };
        crowd.gather(histories.into());
        crowd
    }
}

impl Crowd {
    /// Adds the crowd of another part of the same histories, asked by the same insight at the same instant.
    ///
    /// # Errors
    /// [`InsightError::NotAlike`] for any other.
    pub fn and(mut self, other: Crowd) -> Result<Crowd, InsightError> {
        if !self.insight.is_same(&other.insight) || self.now != other.now {
            return Err(InsightError::NotAlike);
        }
        let shift = u32::try_from(self.people.len()).unwrap_or(u32::MAX);
        self.people.extend(other.people);
        for (cells, others) in self.tables.iter_mut().zip(other.tables) {
            cells.and(others, shift);
        }
        for (buyers, others) in self.buyers.iter_mut().zip(other.buyers) {
            buyers.extend(others);
        }
        for (codes, others) in self.codes.iter_mut().zip(other.codes) {
            codes.and(others);
        }
        for (cells, others) in self.credits.iter_mut().zip(other.credits) {
            cells.and(others);
        }
        for (groups, others) in self.trials.iter_mut().zip(other.trials) {
            groups.and(others);
        }
        Ok(self)
    }

    /// The instant at which it was asked.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// A table by its name.
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn table(&self, name: &str) -> Result<Table<'_>, InsightError> {
        let place = place("table", name, self.insight.spec().tables.iter().map(|table| &table.name))?;
        Table::new(self, place).ok_or(InsightError::NoFigure)
    }

    /// The life table of a loyalty (I30): how many came again, by how often and how lately they had come.
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn life(&self, loyalty: &str) -> Result<Life, InsightError> {
        let place = self.loyalty(loyalty)?;
        Life::of(self, place).ok_or(InsightError::NoFigure)
    }

    /// The edges of the fifths of a loyalty (I28).
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn edges(&self, loyalty: &str) -> Result<Edges, InsightError> {
        let place = self.loyalty(loyalty)?;
        Edges::of(self, place).ok_or(InsightError::NoFigure)
    }

    fn loyalty(&self, name: &str) -> Result<usize, InsightError> {
        place("loyalty", name, self.insight.spec().loyalty.iter().map(|loyalty| &loyalty.name))
    }

    /// All tables by name, in the order of the spec.
    pub fn tables(&self) -> impl Iterator<Item = (&Name, Table<'_>)> {
        let names = self.insight.spec().tables.iter().map(|table| &table.name).enumerate();
        names.filter_map(|(place, name)| Some((name, Table::new(self, place)?)))
    }
}

/// How many are in it, and nothing of them.
impl std::fmt::Debug for Crowd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crowd")
            .field("now", &self.now)
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

/// A number for each name of a list, for whoever looks many of them up.
pub(crate) type ByCode<T> = BTreeMap<Name, T>;
