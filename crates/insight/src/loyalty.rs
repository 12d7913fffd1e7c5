//! Loyalty: how lately, how often and for how much people bought, and who may leave (I26 to I31).

mod life;

use std::fmt;

use placet::Instant;
use placet::signal::Value;

pub use life::{Leaving, Life};

use crate::crowd::Crowd;
use crate::fact::Fact;
use crate::fault::InsightError;
use crate::figure::{edges, fifth};
use crate::insight::Insight;
use crate::plan::LoyaltyPlan;
use crate::profile::Profile;
use crate::query::{carried, of_kind};
use crate::zone::{Zone, day};

/// The purchases of one person: the days of them, each once and in order, and what they came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buyer {
    pub(crate) days: Vec<i64>,
    pub(crate) amount: i64,
}

impl LoyaltyPlan {
    /// What a person bought; `None` for whoever bought nothing (I26).
    pub(crate) fn buyer(&self, facts: &[Fact<'_>], zone: &dyn Zone) -> Option<Buyer> {
        let mut days: Vec<i64> = of_kind(facts, self.kind).map(|fact| day(zone, fact.at)).collect();
        days.sort_unstable(); // a zone's clock may run back
        days.dedup();
        let sum = |kind| {
            let amounts =
                of_kind(facts, kind).filter_map(|fact| match carried(fact, self.amount.as_ref()?) {
                    Some(Value::Integer(amount)) => Some(*amount),
                    _ => None,
                });
            amounts.fold(0_i64, i64::saturating_add)
        };
        let amount = sum(self.kind).saturating_sub(self.minus.map_or(0, sum));
        (!days.is_empty()).then_some(Buyer { days, amount })
    }
}

impl Buyer {
    /// Days since the last purchase (I27).
    pub(crate) fn recency(&self, today: i64) -> i64 {
        today.saturating_sub(self.days.last().copied().unwrap_or(today))
    }

    /// The number of purchase days.
    pub(crate) fn frequency(&self) -> i64 {
        i64::try_from(self.days.len()).unwrap_or(i64::MAX)
    }
}

/// Where the fifths of recency, frequency and amount lie among everybody who bought (I28).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edges {
    asked: Asked,
    /// `None`: too few people bought.
    edges: Option<[[i64; 4]; 3]>,
}

/// Of which loyalty, and when, something of a crowd was asked.
#[derive(Clone)]
pub(crate) struct Asked {
    insight: Insight,
    place: usize,
    now: Instant,
    zone: std::sync::Arc<dyn Zone>,
}

impl PartialEq for Asked {
    fn eq(&self, other: &Asked) -> bool {
        self.insight.is_same(&other.insight) && (self.place, self.now) == (other.place, other.now)
    }
}
impl Eq for Asked {}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("now", &self.now).finish_non_exhaustive()
    }
}

impl Asked {
    pub(crate) fn of(crowd: &Crowd, place: usize) -> Asked {
        Asked { insight: crowd.insight.clone(), place, now: crowd.now, zone: crowd.zone.clone() }
    }

    pub(crate) fn plan(&self) -> Option<&LoyaltyPlan> {
        self.insight.compiled().loyalty.get(self.place)
    }

    pub(crate) fn today(&self) -> i64 {
        day(&*self.zone, self.now)
    }

    /// What the person of a profile bought, by the same loyalty at the same instant; `None` for nothing.
    pub(crate) fn buyer(&self, profile: &Profile<'_>) -> Result<Option<Buyer>, InsightError> {
        let plan = self.plan().ok_or(InsightError::NoFigure)?;
        if !self.insight.is_same(profile.insight()) || self.now != profile.now() {
            return Err(InsightError::NotAlike);
        }
        if plan.view != profile.view_place() {
            return Err(InsightError::OtherView { what: "loyalty" });
        }
        Ok(plan.buyer(profile.facts(), &*self.zone))
    }
}

impl Edges {
    pub(crate) fn of(crowd: &Crowd, place: usize) -> Option<Edges> {
        let asked = Asked::of(crowd, place);
        let (buyers, k) = (crowd.buyers.get(place)?, asked.plan()?.k);
        let today = asked.today();
        let of = |value: &dyn Fn(&Buyer) -> i64| edges(buyers.iter().map(value).collect());
        let all = (buyers.len() >= k.saturating_mul(5)).then(|| {
            Some([of(&|buyer| buyer.recency(today))?, of(&Buyer::frequency)?, of(&|buyer| buyer.amount)?])
        });
        Some(Edges { edges: all.flatten(), asked })
    }

    /// The edges of recency in days, of frequency in days, and of the amount; `None` where fewer than 5 k people bought.
    #[must_use]
    pub fn edges(&self) -> Option<[[i64; 4]; 3]> {
        self.edges
    }
}

/// The fifths of a person, 1 to 5 each: 555 is who bought lately, often and for much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rfm {
    /// Of recency: 5 is lately.
    pub recency: u8,
    /// Of frequency: 5 is often.
    pub frequency: u8,
    /// Of the amount: 5 is much.
    pub amount: u8,
}

impl Profile<'_> {
    /// The fifths of the person among everybody who bought (I29); `None` for whoever bought nothing, and where too few did.
    ///
    /// # Errors
    /// [`InsightError`] where the edges were asked by another insight, at another instant, or under another view.
    pub fn rfm(&self, edges: &Edges) -> Result<Option<Rfm>, InsightError> {
        let Some((buyer, [recency, frequency, amount])) = edges.asked.buyer(self)?.zip(edges.edges) else {
            return Ok(None);
        };
        Ok(Some(Rfm {
            recency: 6_u8.saturating_sub(fifth(buyer.recency(edges.asked.today()), &recency)),
            frequency: fifth(buyer.frequency(), &frequency),
            amount: fifth(buyer.amount, &amount),
        }))
    }
}

impl fmt::Display for Rfm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.recency, self.frequency, self.amount)
    }
}
