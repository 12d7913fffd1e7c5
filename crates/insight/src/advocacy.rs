//! Advocacy: who brings others, and how surely (I33, I34). No code reaches its owner, and newcomers are not named.

use std::fmt;

use placet::name::Name;
use placet::signal::Value;
use placet::{ContactId, Instant};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::crowd::{ByCode, Crowd};
use crate::fact::Fact;
use crate::fault::InsightError;
use crate::insight::place;
use crate::interval::interval;
use crate::plan::AdvocacyPlan;
use crate::profile::Profile;
use crate::query::{carried, carries, is_within, of_kind};

/// The chance, in millionths, that an interval is wrong, however often somebody looks.
const ALPHA: u32 = 50_000;
/// Below so many reached it is not written out: an access answer must not tell one what a friend bought.
const FEWEST: u32 = 10;

/// Which codes are whose, and whom each reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Codes {
    /// The person to whom a code was handed; `None` where there are two.
    owners: ByCode<Option<ContactId>>,
    /// Whom it reached, and whether they followed.
    reached: ByCode<Vec<(ContactId, bool)>>,
}

impl Codes {
    /// Takes in a person: the codes they were handed, and, if they are counted, the one that they came with.
    pub(crate) fn take(
        &mut self,
        plan: &AdvocacyPlan,
        id: &ContactId,
        facts: &[Fact<'_>],
        now: Instant,
        counted: bool,
    ) {
        for code in codes(plan, facts) {
            self.own(code, Some(id.clone()));
        }
        let (kind, name) = &plan.arrives;
        let latest = of_kind(facts, *kind).rfind(|fact| carries(fact, &plan.topic));
        let Some(arrived) = latest.filter(|_| counted) else { return };
        let ripe = arrived.at.checked_add(plan.within).filter(|end| *end <= now);
        if let (Some(Value::Text(code)), Some(end)) = (carried(arrived, name), ripe) {
            let mut then = of_kind(facts, plan.then);
            let followed = then.any(|fact| fact.at > arrived.at && is_within(fact.at, None, end));
            self.reached.entry(code.clone()).or_default().push((id.clone(), followed));
        }
    }

    fn own(&mut self, code: &Name, whose: Option<ContactId>) {
        let owner = self.owners.entry(code.clone()).or_insert_with(|| whose.clone());
        if *owner != whose {
            *owner = None;
        }
    }

    pub(crate) fn and(&mut self, other: Codes) {
        for (code, whose) in other.owners {
            self.own(&code, whose);
        }
        for (code, reached) in other.reached {
            self.reached.entry(code).or_default().extend(reached);
        }
    }
}

/// The codes that a person was handed, each once.
fn codes<'f>(plan: &'f AdvocacyPlan, facts: &'f [Fact<'_>]) -> Vec<&'f Name> {
    let (kind, name) = &plan.given;
    let mut codes: Vec<&Name> = of_kind(facts, *kind)
        .filter_map(|fact| match carried(fact, name) {
            Some(Value::Text(code)) => Some(code),
            _ => None,
        })
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// How many a person reached, and how many of them followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advocacy {
    reached: u32,
    followed: u32,
    low: u32,
    high: u32,
}

impl Advocacy {
    /// How many people came with a code of theirs, long enough ago to have followed.
    #[must_use]
    pub fn reached(&self) -> u32 {
        self.reached
    }

    /// How many of them followed.
    #[must_use]
    pub fn followed(&self) -> u32 {
        self.followed
    }

    /// Between which rates the true one lies, in millionths (I45): it holds at all times at once, however often one looks.
    #[must_use]
    pub fn interval(&self) -> (u32, u32) {
        (self.low, self.high)
    }

    /// Who advocates most surely: the higher low end, then more who followed. Who is still alike goes by id.
    #[must_use]
    pub fn rank(&self, other: &Advocacy) -> std::cmp::Ordering {
        (other.low, other.followed).cmp(&(self.low, self.followed))
    }
}

impl Profile<'_> {
    /// How many the person brought, of a crowd that was asked at the same instant (I34).
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such advocacy, it is of another view, or the crowd was asked otherwise.
    pub fn advocacy(&self, name: &str, crowd: &Crowd) -> Result<Advocacy, InsightError> {
        let insight = self.insight();
        let place = place("advocacy", name, insight.spec().advocacy.iter().map(|advocacy| &advocacy.name))?;
        if !insight.is_same(&crowd.insight) || self.now() != crowd.now {
            return Err(InsightError::NotAlike);
        }
        let plan = insight.compiled().advocacy.get(place).filter(|plan| plan.view == self.view_place());
        let plan = plan.ok_or(InsightError::OtherView { what: "advocacy" })?;
        let all = crowd.codes.get(place).ok_or(InsightError::NoFigure)?;
        let (mut reached, mut followed) = (0_u32, 0_u32);
        let own = codes(plan, self.facts()).into_iter();
        for code in own.filter(|code| all.owners.get(*code).and_then(Option::as_ref) == Some(self.id())) {
            let newcomers = all.reached.get(code).into_iter().flatten();
            for (_, follows) in newcomers.filter(|(newcomer, _)| newcomer != self.id()) {
                reached = reached.saturating_add(1);
                followed = followed.saturating_add(u32::from(*follows));
            }
        }
        let (low, high) = interval(followed, reached, ALPHA);
        Ok(Advocacy { reached, followed, low, high })
    }
}

/// Below 10 reached it says only that they were few.
impl Serialize for Advocacy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.reached < FEWEST {
            return serializer.serialize_str("fewer than 10 reached");
        }
        let mut out = serializer.serialize_struct("Advocacy", 4)?;
        out.serialize_field("reached", &self.reached)?;
        out.serialize_field("followed", &self.followed)?;
        out.serialize_field("low", &self.low)?;
        out.serialize_field("high", &self.high)?;
        out.end()
    }
}

impl fmt::Display for Advocacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Advocacy { reached, followed, low, high } = self;
        write!(f, "{followed} of {reached} followed: between {low} and {high} of a million")
    }
}
