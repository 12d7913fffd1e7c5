//! Scores: points for what a person states and does, explained term by term in exact whole numbers (I14 to I16).

use std::fmt;

use placet::name::{Name, TimeDelta};
use placet::{ContactId, Instant};
use serde::Serialize;

use crate::fault::InsightError;
use crate::plan::{TermKind, TermPlan};
use crate::profile::Profile;

/// The most facts that a term counts, the latest ones (I60).
const MOST_FACTS: usize = 1_048_576;
/// A fact weighs nothing from so many half-lives on.
const FORGOTTEN: i128 = 31;

/// A score of a profile: its points, and where each of them comes from.
///
/// The terms add up to [`Scored::sum`]; [`Scored::points`] is that sum within the bounds of the score. `Display` writes a
/// line for each term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scored {
    name: Name,
    points: i64,
    sum: i64,
    terms: Vec<Term>,
}

/// What one term gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Term {
    name: Name,
    kind: Basis,
    facts: u64,
    earliest: Option<Instant>,
    latest: Option<Instant>,
    before: i64,
    decayed: i64,
    points: i64,
}

/// Whether a term rests on what a person states or on what they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A guard holds.
    Stated,
    /// Each of these facts counts.
    Done,
}

impl Scored {
    /// The name of the score.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The points of the score, within its bounds.
    #[must_use]
    pub fn points(&self) -> i64 {
        self.points
    }

    /// The sum of the points of all terms, before the bounds of the score.
    #[must_use]
    pub fn sum(&self) -> i64 {
        self.sum
    }

    /// The terms, in the order of the spec.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The sum of the points of the terms for what was done.
    #[must_use]
    pub fn done(&self) -> i64 {
        let done = self.terms.iter().filter(|term| term.kind == Basis::Done);
        done.fold(0, |sum, term| sum.saturating_add(term.points))
    }

    /// The explanation, one line for each term, the sum and the bound.
    #[must_use]
    pub fn explain(&self) -> String {
        self.to_string()
    }

    /// Ranking: more points first, then more for what was done; who is still alike goes by id.
    fn rank(&self) -> std::cmp::Reverse<(i64, i64)> {
        std::cmp::Reverse((self.points, self.done()))
    }
}

impl Term {
    /// The name of the term.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whether it is stated or done.
    #[must_use]
    pub fn kind(&self) -> Basis {
        self.kind
    }

    /// How many facts it counts; of a stated term 1 where the guard holds.
    #[must_use]
    pub fn facts(&self) -> u64 {
        self.facts
    }

    /// The instants of the earliest and the latest of its facts.
    #[must_use]
    pub fn span(&self) -> Option<(Instant, Instant)> {
        self.earliest.zip(self.latest)
    }

    /// The points that its facts give without any decay.
    #[must_use]
    pub fn before(&self) -> i64 {
        self.before
    }

    /// The points after decay, before the bound of the term.
    #[must_use]
    pub fn decayed(&self) -> i64 {
        self.decayed
    }

    /// The points that the term adds to the score.
    #[must_use]
    pub fn points(&self) -> i64 {
        self.points
    }
}

impl Profile<'_> {
    /// A score of the view.
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such score, or it is of another view.
    pub fn score(&self, name: &str) -> Result<Scored, InsightError> {
        let place = self.insight().score_place(name)?;
        self.score_at(place).ok_or(InsightError::OtherView { what: "score" })
    }

    pub(crate) fn score_at(&self, place: usize) -> Option<Scored> {
        let compiled = self.insight().compiled();
        let plan = compiled.scores.get(place).filter(|plan| plan.view == self.view_place())?;
        let name = compiled.spec.scores.get(place)?.name.clone();
        let terms: Vec<Term> = plan.terms.iter().map(|term| self.term(term)).collect();
        let sum = terms.iter().fold(0_i64, |sum, term| sum.saturating_add(term.points));
        let points = sum.max(plan.least.unwrap_or(i64::MIN)).min(plan.most.unwrap_or(i64::MAX));
        Some(Scored { name, points, sum, terms })
    }

    fn term(&self, plan: &TermPlan) -> Term {
        let (mut earliest, mut latest, mut facts, mut weights) = (None, None, 0_u64, Weights::new(None));
        let kind = match &plan.what {
            TermKind::Stated(guard) => {
                if self.holds(guard) {
                    (facts, weights.sum) = (1, weights.one);
                }
                Basis::Stated
            }
            TermKind::Done { facts: select, half_life } => {
                weights = Weights::new(*half_life);
                for fact in select.of(self.facts(), self.now()).rev().take(MOST_FACTS) {
                    facts = facts.saturating_add(1);
                    latest = latest.or(Some(fact.at));
                    earliest = Some(fact.at);
                    weights.add(fact.at, self.now());
                }
                Basis::Done
            }
        };
        let before = plan.points.saturating_mul(i64::try_from(facts).unwrap_or(i64::MAX));
        let decayed = weights.times(plan.points);
        let most = plan.most.unwrap_or(i64::MAX);
        let points = decayed.clamp(most.saturating_neg(), most);
        Term { name: plan.name.clone(), kind, facts, earliest, latest, before, decayed, points }
    }
}

/// A sum of weights as an exact fraction: with half-life h and age a, q = a div h, r = a mod h, a fact weighs
/// (2h - r) / (2h * 2^q). All are brought to the denominator 2h * 2^30.
struct Weights {
    half_life: Option<i128>,
    one: i128,
    sum: i128,
}

impl Weights {
    fn new(half_life: Option<TimeDelta>) -> Weights {
        let half_life = half_life.map(|span| i128::from(span.num_seconds().max(1)));
        // INVARIANT: a half-life is below 2^50 seconds, 2^20 facts and points below 2^20: nothing here reaches 2^127.
        let one = half_life.map_or(1, |h| h.saturating_mul(1 << 31));
        Weights { half_life, one, sum: 0 }
    }

    fn add(&mut self, at: Instant, now: Instant) {
        let weight = match self.half_life {
            None => 1,
            Some(h) => {
                let age = i128::from(now.since_epoch().saturating_sub(at.since_epoch()).max(0));
                let (q, r) = (age.div_euclid(h), age.rem_euclid(h));
                let halvings = u32::try_from(FORGOTTEN.saturating_sub(1).saturating_sub(q)).ok();
                let whole = h.saturating_mul(2).saturating_sub(r);
                halvings.map_or(0, |halvings| whole.saturating_mul(1_i128.checked_shl(halvings).unwrap_or(0)))
            }
        };
        self.sum = self.sum.saturating_add(weight);
    }

    /// So many points for a weight of one; rounded once, half away from zero.
    fn times(&self, points: i64) -> i64 {
        let exact = i128::from(points).saturating_mul(self.sum);
        rounded(exact, self.one)
    }
}

/// A quotient rounded half away from zero; the divisor is above 0.
pub(crate) fn rounded(number: i128, by: i128) -> i64 {
    let by = by.max(1);
    let size = number.saturating_abs().saturating_mul(2).saturating_add(by).div_euclid(by.saturating_mul(2));
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if number < 0 { size.saturating_neg() } else { size }
}

/// Profiles of one view, the highest score first (I16). Whoever has no profile is not in it.
pub struct Ranking<'l> {
    rows: Vec<(Scored, Profile<'l>)>,
    without: usize,
}

impl<'l> Ranking<'l> {
    pub(crate) fn new(mut rows: Vec<(Scored, Profile<'l>)>, without: usize) -> Ranking<'l> {
        rows.sort_by(|(one, of_one), (other, of_other)| {
            one.rank().cmp(&other.rank()).then_with(|| of_one.id().cmp(of_other.id()))
        });
        Ranking { rows, without }
    }

    /// The scores and their profiles, the highest first.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = (&Scored, &Profile<'l>)> {
        self.rows.iter().map(|(scored, profile)| (scored, profile))
    }

    /// The ids of the people, the highest score first.
    pub fn ids(&self) -> impl Iterator<Item = &'l ContactId> {
        self.rows.iter().map(|(_, profile)| profile.id())
    }

    /// How many people were asked for who have no profile under this view.
    #[must_use]
    pub fn without(&self) -> usize {
        self.without
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Basis::Stated => "stated",
            Basis::Done => "done",
        })
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Term { name, kind, facts, before, decayed, points, .. } = self;
        write!(f, "{points:>8} {name}: {kind}")?;
        match kind {
            Basis::Stated => f.write_str(if *facts > 0 { ", holds" } else { ", does not hold" })?,
            Basis::Done => write!(f, ", {facts} facts")?,
        }
        if let Some((earliest, latest)) = self.span() {
            write!(f, " from {earliest} to {latest}")?;
        }
        if decayed != before {
            write!(f, ", {before} before decay")?;
        }
        if points != decayed { write!(f, ", {decayed} before the bound") } else { Ok(()) }
    }
}

impl fmt::Display for Scored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.terms.iter().try_for_each(|term| writeln!(f, "{term}"))?;
        writeln!(f, "{:>8} sum", self.sum)?;
        if self.points != self.sum {
            writeln!(f, "{:>8} within the bounds of {}", self.points, self.name)
        } else {
            Ok(())
        }
    }
}
