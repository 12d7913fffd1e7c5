//! Consent that nobody gave: drawn from the dates in the data and a seed, and labelled in every act.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use chrono::TimeDelta;
use placet::{Act, Actor, Evidence, Grant, Instant, Method, Notice, Stop};

use crate::chance::Chance;
use crate::data::History;
use crate::replay::{identity, later, letters};

/// Where the simulated chances begin. Another number gives another year.
pub(crate) const SEED: u64 = 2013;
/// Of 100 on the list of a campaign, so many stop at the counter: in the article 60,000 of 400,000 came.
pub(crate) const COME_PER_100: u64 = 15;
/// Of 100 who stop, so many say yes: in the article 30,000 of 60,000 authorised it.
pub(crate) const CONSENT_PER_100: u64 = 50;
/// Of 100 to whom a mailing is due, so many take their yes back. Invented, and high, to be seen.
pub(crate) const WITHDRAW_PER_100: u64 = 20;
/// They do so within so many hours after the campaign began: before the mailing leaves, or after. Invented.
pub(crate) const HOURS_TO_WITHDRAW: u64 = 36;
/// So many days a simulated grant lasts. Invented.
pub(crate) const DAYS_OF_GRANT: i64 = 180;

/// Acts that nobody did. Every one of them says so in its evidence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Simulation {
    pub(crate) acts: Vec<Simulated>,
    /// Questions: a household on a campaign's list that came to the shop afterwards.
    pub(crate) asked: u64,
}

/// One simulated act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Simulated {
    pub(crate) household: u32,
    pub(crate) at: Instant,
    pub(crate) deed: Deed,
}

/// What the household is made to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Deed {
    /// Permits offers by post, until then.
    Grant { until: Instant },
    /// Answers no to the question.
    Refuse,
    /// Takes the yes back.
    Withdraw,
}

impl Simulation {
    /// Draws the acts, from the dates in the data and a seed, in whole numbers.
    pub(crate) fn of(history: &History, seed: u64) -> Result<Simulation, Box<dyn Error>> {
        let mut dates: BTreeMap<u32, BTreeSet<(Instant, Date)>> = BTreeMap::new();
        for row in &history.contacts {
            dates.entry(row.household).or_default().insert((row.campaign.begins, Date::Campaign));
        }
        for basket in &history.baskets {
            dates.entry(basket.household).or_default().insert((basket.at, Date::Visit));
        }
        let mut simulation = Simulation::default();
        let mut chance = Chance(seed);
        for (household, dates) in dates {
            simulation.household(household, dates, &mut chance)?;
        }
        Ok(simulation)
    }

    fn household(
        &mut self,
        household: u32,
        dates: BTreeSet<(Instant, Date)>,
        chance: &mut Chance,
    ) -> Result<(), Box<dyn Error>> {
        let mut ends: Option<Instant> = None;
        let (mut leaving, mut to_ask) = (false, false);
        for (at, date) in dates {
            let consents = ends.is_some_and(|ends| at < ends);
            match date {
                Date::Campaign if !consents => to_ask = true,
                Date::Campaign if !leaving && chance.below(100) < WITHDRAW_PER_100 => {
                    let hours = i64::try_from(1 + chance.below(HOURS_TO_WITHDRAW))?;
                    let then = later(at, TimeDelta::hours(hours))?;
                    self.acts.push(Simulated { household, at: then, deed: Deed::Withdraw });
                    (ends, leaving) = (ends.min(Some(then)), true);
                }
                Date::Visit if to_ask && !consents => {
                    to_ask = false;
                    self.asked += 1;
                    if chance.below(100) >= COME_PER_100 {
                        continue;
                    }
                    let deed = if chance.below(100) < CONSENT_PER_100 {
                        let until = later(at, TimeDelta::days(DAYS_OF_GRANT))?;
                        (ends, leaving) = (Some(until), false);
                        Deed::Grant { until }
                    } else {
                        Deed::Refuse
                    };
                    self.acts.push(Simulated { household, at, deed });
                }
                Date::Campaign | Date::Visit => {}
            }
        }
        Ok(())
    }

    /// How many acts are of a kind.
    pub(crate) fn count(&self, of: impl Fn(&Deed) -> bool) -> usize {
        self.acts.iter().filter(|act| of(&act.deed)).count()
    }
}

/// A day on which something can be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Date {
    Campaign,
    Visit,
}

impl Simulated {
    /// The act, as a ledger takes it.
    pub(crate) fn act(&self, number: u32) -> Result<Act, Box<dyn Error>> {
        let id = format!("simulated-{number}").parse()?;
        let at = self.at;
        let evidence =
            |method| Ok::<_, Box<dyn Error>>(Evidence::new(Actor::Person, method).at("simulated".parse()?));
        Ok(match self.deed {
            Deed::Grant { until } => {
                let notice = Notice::new("shop-counter".parse()?, "2013-01".parse()?);
                let evidence = evidence(Method::SignedForm)?.shown(notice);
                Grant::new(id, letters(), identity(self.household)?, evidence, at, at)?.until(until)?.into()
            }
            Deed::Refuse => Stop::refuse(id, letters().into(), at, at)
                .with_evidence(evidence(Method::OralRecorded)?)
                .into(),
            Deed::Withdraw => {
                Stop::withdraw(id, letters().into(), at, at).with_evidence(evidence(Method::Paper)?).into()
            }
        })
    }
}
