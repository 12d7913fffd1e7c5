//! Tallies: how many were shown each arm and won, when that is sure, and what was caused (I40, I44 to I48).

use std::fmt;

use placet::name::Name;

use super::Given;
use crate::compile::HOLDOUT;
use crate::credit::decimal;
use crate::crowd::Crowd;
use crate::fault::InsightError;
use crate::insight::{Insight, place};
use crate::interval::{interval, log2, log2_of_beta};
use crate::plan::TrialPlan;
use crate::score::rounded;

const MILLION: i128 = 1_000_000;

/// How many people were given something long enough ago, and how many of them won.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) shown: u32,
    pub(crate) won: u32,
}

impl Count {
    pub(crate) fn lost(self) -> u32 {
        self.shown.saturating_sub(self.won)
    }

    fn take(&mut self, won: bool) {
        self.shown = self.shown.saturating_add(1);
        self.won = self.won.saturating_add(u32::from(won));
    }

    fn and(&mut self, other: Count) {
        self.shown = self.shown.saturating_add(other.shown);
        self.won = self.won.saturating_add(other.won);
    }
}

/// The counts of people in one segment, or in none of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) arms: Vec<Count>,
    pub(crate) holdout: Count,
}

/// The groups of a trial: one a segment, and one for everybody else, which is the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Groups(pub(crate) Vec<Group>);

impl Groups {
    pub(crate) fn of(plan: &TrialPlan) -> Groups {
        let group = Group { arms: vec![Count::default(); plan.arms.len()], holdout: Count::default() };
        Groups(vec![group; plan.segments.len().saturating_add(1)])
    }

    /// Takes in a person of a segment, by its place; `None` for everybody else.
    pub(crate) fn take(&mut self, segment: Option<usize>, given: Given, won: bool) {
        let last = self.0.len().saturating_sub(1);
        let Some(group) = self.0.get_mut(segment.unwrap_or(last)) else { return };
        match given {
            Given::Holdout => group.holdout.take(won),
            Given::Arm(arm) => {
                if let Some(count) = arm.and_then(|arm| group.arms.get_mut(arm)) {
                    count.take(won);
                }
            }
        }
    }

    pub(crate) fn and(&mut self, other: Groups) {
        for (group, other) in self.0.iter_mut().zip(other.0) {
            group.arms.iter_mut().zip(other.arms).for_each(|(count, other)| count.and(other));
            group.holdout.and(other.holdout);
        }
    }
}

/// How the arms of a trial did, by assignment, among people for whom it is ripe: those whose time to win has passed.
///
/// It is for inside the house: there is no least number of people, and it cannot be written out. Where the trial names
/// segments, figures are of everybody who is in none of them, and [`Tallies::within`] tells those of a segment.
///
/// ```
/// # use placet::{Journey, desk::Terms};
/// # use placet_insight::{Histories, Insight, Minutes};
/// # let spec = r#"{"placet":1,"name":"mail","controller":"the-brand","catalogue":{"purposes":["profiling"],"channels":[{"name":"email"}]},
/// #     "stages":[],"rules":[],"signals":[{"kind":"purchase"},
/// #     {"kind":"assigned","attributes":[{"name":"trial","type":"text"},{"name":"arm","type":"text"}]}]}"#;
/// # let journey = Journey::from_json(spec)?;
/// # let insight = Insight::from_json(r#"{"placet":1,"name":"mail",
/// #     "views":[{"name":"interest","needs":[{"purpose":"profiling","channel":"email"}]}],
/// #     "trials":[{"name":"subject-line","view":"interest","kind":"assigned","arms":[{"name":"a"},{"name":"b"}],
/// #         "holdout":100,"within":"14d","win":{"kind":"purchase"}}]}"#, &journey)?;
/// # let crowd = insight.crowd(&Histories::read("", &Terms::new(journey))?, "2013-06-01T00:00:00Z".parse()?, Minutes(0));
/// let tallies = crowd.tallies("subject-line")?;
/// assert_eq!(tallies.verdict(), None);
/// assert_eq!(tallies.lift("b")?.to_string(), "b: nothing can be called caused yet");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Tallies {
    insight: Insight,
    place: usize,
    groups: Groups,
    /// The place of the segment that is looked at; `None` for everybody else.
    segment: Option<usize>,
}

/// How one arm, or the holdout, did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmTally {
    count: Count,
    alpha: u32,
}

impl ArmTally {
    /// How many people were given it, long enough ago to have won.
    #[must_use]
    pub fn shown(&self) -> u32 {
        self.count.shown
    }

    /// How many of them won.
    #[must_use]
    pub fn won(&self) -> u32 {
        self.count.won
    }

    /// Between which rates the true one lies, in millionths (I45): it holds at all times at once, however often one looks.
    #[must_use]
    pub fn interval(&self) -> (u32, u32) {
        interval(self.count.won, self.count.shown, self.alpha)
    }
}

impl Crowd {
    /// The tallies of a trial (I44): of everybody who said no to no need of its view.
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn tallies(&self, trial: &str) -> Result<Tallies, InsightError> {
        let (place, _) = self.insight.trial(trial)?;
        let groups = self.trials.get(place).cloned().ok_or(InsightError::NoFigure)?;
        Ok(Tallies { insight: self.insight.clone(), place, groups, segment: None })
    }
}

impl Tallies {
    #[cfg(test)]
    pub(super) fn counted(insight: &Insight, place: usize, groups: Groups) -> Tallies {
        Tallies { insight: insight.clone(), place, groups, segment: None }
    }

    /// The name of the trial.
    #[must_use]
    pub fn name(&self) -> &Name {
        let spec = self.insight.spec();
        spec.trials.get(self.place).map_or(&spec.name, |trial| &trial.name)
    }

    /// The tallies of a segment that the trial names.
    ///
    /// # Errors
    /// [`InsightError::Unknown`].
    pub fn within(&self, segment: &str) -> Result<Tallies, InsightError> {
        let spec = self.insight.spec();
        let names = spec.trials.get(self.place).map(|trial| trial.segments.as_slice()).unwrap_or_default();
        let segment = place("segment", segment, names.iter())?;
        Ok(Tallies { segment: Some(segment), ..self.clone() })
    }

    /// Each arm, in the order of the spec.
    pub fn arms(&self) -> impl Iterator<Item = (&Name, ArmTally)> {
        let counts = self.group(self.segment).map(|group| group.arms.as_slice()).unwrap_or_default();
        let names = self.plan().map(|plan| plan.arms.as_slice()).unwrap_or_default();
        let alpha = self.alpha();
        names.iter().zip(counts).map(move |((name, _), count)| (name, ArmTally { count: *count, alpha }))
    }

    /// Those who were held out.
    #[must_use]
    pub fn holdout(&self) -> ArmTally {
        let count = self.group(self.segment).map(|group| group.holdout).unwrap_or_default();
        ArmTally { count, alpha: self.alpha() }
    }

    /// The arm that is better than every other, as soon as that is sure (I46). Whoever asks every hour is told a wrong one
    /// with at most the `alpha` of the spec. None is an answer.
    ///
    /// A verdict closes nothing: to close a trial, write the arm into its spec (I47).
    #[must_use]
    pub fn verdict(&self) -> Option<&Name> {
        let counts = &self.group(self.segment)?.arms;
        let best = best(counts, self.alpha())?;
        self.plan()?.arms.get(best).map(|(name, _)| name)
    }

    /// What an arm caused: its rate less that of the holdout (I40).
    ///
    /// # Errors
    /// [`InsightError::Unknown`] where the trial has no such arm.
    pub fn lift(&self, arm: &str) -> Result<Uplift, InsightError> {
        let plan = self.plan().ok_or(InsightError::NoFigure)?;
        let at = plan.arm(arm)?;
        let (name, _) = plan.arms.get(at).ok_or(InsightError::NoFigure)?;
        let of = self.arms().nth(at).map(|(_, tally)| tally).ok_or(InsightError::NoFigure)?;
        Ok(Uplift { name: name.clone(), arm: of, holdout: self.holdout() })
    }

    /// The counts that decide for a person of a segment.
    pub(super) fn of_trial(
        &self,
        insight: &Insight,
        place: usize,
        segment: Option<usize>,
    ) -> Result<&Group, InsightError> {
        if !self.insight.is_same(insight) || self.place != place {
            return Err(InsightError::NotAlike);
        }
        self.group(segment).ok_or(InsightError::NoFigure)
    }

    fn group(&self, segment: Option<usize>) -> Option<&Group> {
        match segment {
            Some(segment) => self.groups.0.get(segment),
            None => self.groups.0.last(),
        }
    }

    fn plan(&self) -> Option<&TrialPlan> {
        self.insight.compiled().trials.get(self.place)
    }

    fn alpha(&self) -> u32 {
        self.plan().map_or(0, |plan| plan.alpha)
    }
}

/// How sure it is that two arms differ, as a log2 in units of 2^-32: how much better each rate by itself explains what was won
/// than one rate for both.
pub(super) fn apart(one: Count, other: Count) -> i128 {
    let count = |number: u32| u64::from(number);
    let beta = |of: Count| log2_of_beta(count(of.won), count(of.lost()));
    let times = |number: u64| match number {
        0 => 0,
        number => i128::from(number).saturating_mul(log2(number)),
    };
    let won = count(one.won).saturating_add(count(other.won));
    let lost = count(one.lost()).saturating_add(count(other.lost()));
    let alike = times(won).saturating_add(times(lost)).saturating_sub(times(won.saturating_add(lost)));
    beta(one).saturating_add(beta(other)).saturating_sub(alike)
}

/// The place of the arm that is surely better than every other (I46).
pub(super) fn best(counts: &[Count], alpha: u32) -> Option<usize> {
    let arms = u64::try_from(counts.len()).unwrap_or(u64::MAX);
    let pairs = arms.saturating_mul(arms.saturating_sub(1)).div_euclid(2);
    if pairs == 0 {
        return None; // one arm is better than none other
    }
    let limit = log2(pairs.saturating_mul(1_000_000)).saturating_sub(log2(u64::from(alpha)));
    let is_higher = |one: Count, other: Count| {
        let (mine, theirs) = (u64::from(one.won), u64::from(other.won));
        mine.saturating_mul(u64::from(other.shown)) > theirs.saturating_mul(u64::from(one.shown))
    };
    let beats = |place: usize, one: Count| {
        let mut others = counts.iter().zip(0_usize..).filter(|(_, at)| *at != place);
        others.all(|(other, _)| is_higher(one, *other) && apart(one, *other) >= limit)
    };
    counts.iter().zip(0_usize..).find(|(count, place)| beats(*place, **count)).map(|(_, place)| place)
}

/// What an arm caused: how much more of those who were given it won than of the holdout, which was given nothing. People were
/// put into both by chance, and by nothing that they are or did: so this alone is called caused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uplift {
    name: Name,
    arm: ArmTally,
    holdout: ArmTally,
}

impl Uplift {
    /// The difference of the rates in millionths, half away from zero; `None` where nobody was shown the arm, or nobody was
    /// held out.
    #[must_use]
    pub fn millionths(&self) -> Option<i64> {
        let number = |number: u32| i128::from(number);
        let (arm, holdout) = (self.arm.count, self.holdout.count);
        let mine = number(arm.won).saturating_mul(number(holdout.shown));
        let theirs = number(holdout.won).saturating_mul(number(arm.shown));
        let both = number(arm.shown).saturating_mul(number(holdout.shown));
        (both > 0).then(|| rounded(mine.saturating_sub(theirs).saturating_mul(MILLION), both))
    }

    /// How the arm did.
    #[must_use]
    pub fn arm(&self) -> ArmTally {
        self.arm
    }

    /// How the holdout did.
    #[must_use]
    pub fn holdout(&self) -> ArmTally {
        self.holdout
    }

    /// Whether the two intervals have no rate in common.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        let ((low, high), (least, most)) = (self.arm.interval(), self.holdout.interval());
        low > most || least > high
    }
}

fn rate(millionths: u32) -> String {
    decimal(i64::from(millionths))
}

impl fmt::Display for Uplift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((low, high), (least, most)) = (self.arm.interval(), self.holdout.interval());
        match self.millionths() {
            Some(lift) if self.is_sure() => write!(f, "{}: {} caused", self.name, decimal(lift))?,
            Some(lift) => {
                write!(f, "{}: {} caused, if anything: it may be chance", self.name, decimal(lift))?
            }
            None => return write!(f, "{}: nothing can be called caused yet", self.name),
        }
        write!(
            f,
            " (between {} and {}, the holdout between {} and {})",
            rate(low),
            rate(high),
            rate(least),
            rate(most)
        )
    }
}

impl fmt::Display for Tallies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spec = self.insight.spec().trials.get(self.place);
        let segments = spec.map(|trial| trial.segments.as_slice()).unwrap_or_default();
        match self.segment.and_then(|segment| segments.get(segment)) {
            Some(segment) => writeln!(f, "{} within {segment}", self.name())?,
            None if segments.is_empty() => writeln!(f, "{}", self.name())?,
            None => writeln!(f, "{} outside of all its segments", self.name())?,
        }
        let line = |f: &mut fmt::Formatter<'_>, name: &str, tally: ArmTally| {
            let (low, high) = tally.interval();
            writeln!(
                f,
                "{name:>24} {:>8} of {:>8} won: between {} and {}",
                tally.won(),
                tally.shown(),
                rate(low),
                rate(high)
            )
        };
        for (name, tally) in self.arms() {
            line(f, name.as_str(), tally)?;
        }
        line(f, HOLDOUT, self.holdout())?;
        for (name, _) in self.arms() {
            if let Ok(lift) = self.lift(name.as_str()) {
                writeln!(f, "{:>24} {lift}", "lift of")?;
            }
        }
        match self.verdict() {
            Some(arm) => writeln!(f, "{:>24} {arm} is better than every other", "verdict")?,
            None => writeln!(f, "{:>24} none yet", "verdict")?,
        }
        writeln!(f, "only the lift over the holdout is called caused")
    }
}

/// How many arms there are, and nothing of them.
impl fmt::Debug for Tallies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tallies").field("trial", self.name()).finish_non_exhaustive()
    }
}
