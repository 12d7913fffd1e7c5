//! Trials: who gets which arm, by a seed and by what was won so far (I41 to I43, I47, I48).

mod tallies;

use std::fmt;

use placet::name::Name;
use placet::signal::{Attribute, Value};
use placet::{ContactId, Identity, Instant, SignalId, SignalSpec};

pub use self::tallies::{ArmTally, Tallies, Uplift};
pub(crate) use self::tallies::{Group, Groups};
use crate::compile::HOLDOUT;
use crate::fact::{Fact, What};
use crate::fault::InsightError;
use crate::insight::{Insight, place};
use crate::plan::TrialPlan;
use crate::profile::Profile;
use crate::query::of_kind;
use crate::trial_spec::PolicySpec;
use crate::word::{Stream, word};

/// A thousand people, of which `holdout` and `least` are parts.
const THOUSAND: u64 = 1000;

/// The seed of all draws: 16 bytes that the host keeps for as long as a trial runs. The same seed gives the same person the
/// same holdout, whatever else changes.
///
/// ```
/// let seed = placet_insight::Seed::new(*b"drawn only once.");
/// assert_eq!(format!("{seed:?}"), "Seed");
/// ```
#[derive(Clone)]
pub struct Seed([u8; 16]);

impl Seed {
    /// A seed of 16 bytes, which the host draws at random once.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Seed {
        Seed(bytes)
    }

    fn word(&self, texts: &[&str]) -> u64 {
        word(&self.0, texts)
    }
}

/// Whoever has the seed knows who is held out: it is not shown.
impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed")
    }
}

/// What a trial has for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "an assignment counts once its signal was handled"]
pub enum Assigned {
    /// This arm.
    Arm(Name),
    /// None of the arms: they are who the others are compared with.
    Holdout,
    /// No arm is left for them: none has a condition that holds.
    NoArm,
}

/// As an assignment is carried by its signal.
impl fmt::Display for Assigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Assigned::Arm(arm) => arm.fmt(f),
            Assigned::Holdout => f.write_str(HOLDOUT),
            Assigned::NoArm => f.write_str("no arm"),
        }
    }
}

/// Whom an assignment that was handled gave what, by the place of the arm; `None` for an arm that the spec has no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    Arm(Option<usize>),
    Holdout,
}

impl Insight {
    /// What a trial has for a person who is not looked at: arms with a condition are left out (I48). To have them asked, see
    /// [`Profile::assign`].
    ///
    /// The person is the contact that the signal of the assignment names ([`Insight::assignment`]).
    ///
    /// ```
    /// # use placet::{Journey, desk::Terms};
    /// # use placet_insight::{Assigned, Histories, Insight, Minutes, Seed};
    /// # let spec = r#"{"placet":1,"name":"mail","controller":"the-brand","catalogue":{"purposes":["profiling"],"channels":[{"name":"email"}]},
    /// #     "stages":[],"rules":[],"signals":[{"kind":"purchase"},
    /// #     {"kind":"assigned","attributes":[{"name":"trial","type":"text"},{"name":"arm","type":"text"}]}]}"#;
    /// # let journey = Journey::from_json(spec)?;
    /// let insight = Insight::from_json(r#"{"placet":1,"name":"mail",
    ///     "views":[{"name":"interest","needs":[{"purpose":"profiling","channel":"email"}]}],
    ///     "trials":[{"name":"subject-line","view":"interest","kind":"assigned","arms":[{"name":"a"},{"name":"b"}],
    ///         "holdout":100,"within":"14d","win":{"kind":"purchase"}}]}"#, &journey)?;
    /// # let crowd = insight.crowd(&Histories::read("", &Terms::new(journey))?, "2013-06-01T00:00:00Z".parse()?, Minutes(0));
    /// let seed = Seed::new(*b"drawn only once.");
    /// let tallies = crowd.tallies("subject-line")?;
    /// assert_eq!(insight.assign("subject-line", &seed, &"c-6".parse()?, &tallies)?, Assigned::Arm("b".parse()?));
    /// assert_eq!(insight.assign("subject-line", &seed, &"c-8".parse()?, &tallies)?, Assigned::Holdout);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such trial, or the tallies are not of it.
    pub fn assign(
        &self,
        trial: &str,
        seed: &Seed,
        person: &ContactId,
        tallies: &Tallies,
    ) -> Result<Assigned, InsightError> {
        let (place, plan) = self.trial(trial)?;
        let counts = tallies.of_trial(self, place, None)?;
        let fits: Vec<usize> = plan.places(|when| when.is_none());
        Ok(plan.draw((trial, seed), person, &fits, counts))
    }

    /// The signal that carries an assignment to the journey, where it is handled and kept like any other (I44); `None` where
    /// there is no arm. A rule an arm asks for that arm's effect.
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such trial, or the trial has no such arm.
    pub fn assignment(
        &self,
        trial: &str,
        assigned: &Assigned,
        id: SignalId,
        (contact, identity): (&ContactId, &Identity),
        now: Instant,
    ) -> Result<Option<SignalSpec>, InsightError> {
        let (place, plan) = self.trial(trial)?;
        let arm = match assigned {
            Assigned::NoArm => return Ok(None),
            Assigned::Holdout => Name::new(HOLDOUT).map_err(|_| InsightError::NoFigure)?,
            Assigned::Arm(arm) => plan.arm(arm.as_str()).map(|_| arm.clone())?,
        };
        let spec = self.spec().trials.get(place).ok_or(InsightError::NoFigure)?;
        let attribute = |name: &str, value: Name| {
            Some(Attribute { name: Name::new(name).ok()?, value: Value::Text(value) })
        };
        let attributes = [attribute("trial", spec.name.clone()), attribute("arm", arm)];
        Ok(Some(SignalSpec {
            id,
            contact: contact.clone(),
            identity: identity.clone(),
            kind: spec.kind.clone(),
            source: None,
            at: now,
            attributes: attributes.into_iter().flatten().collect(),
        }))
    }

    pub(crate) fn trial(&self, name: &str) -> Result<(usize, &TrialPlan), InsightError> {
        let place = place("trial", name, self.spec().trials.iter().map(|trial| &trial.name))?;
        let plan = self.compiled().trials.get(place).ok_or(InsightError::NoFigure)?;
        Ok((place, plan))
    }
}

impl Profile<'_> {
    /// What a trial has for this person: arms whose condition does not hold are left out, and the tallies are those of their
    /// segment (I48). Whoever was assigned before keeps what they were given, a holdout above all.
    ///
    /// The person is the one whose id the profile has ([`Profile::id`]): name that contact in the signal.
    ///
    /// # Errors
    /// [`InsightError`] where the insight has no such trial, it is of another view, or the tallies are not of it.
    pub fn assign(&self, trial: &str, seed: &Seed, tallies: &Tallies) -> Result<Assigned, InsightError> {
        let (place, plan) = self.insight().trial(trial)?;
        if plan.view != self.view_place() {
            return Err(InsightError::OtherView { what: "trial" });
        }
        let segment = plan.segments.iter().position(|segment| self.is_in_at(*segment) == Some(true));
        let counts = tallies.of_trial(self.insight(), place, segment)?;
        let before = plan.given(trial, self.facts()).map(|(given, _)| given);
        match (before, plan.closed) {
            (Some(Given::Holdout), _) => return Ok(Assigned::Holdout),
            (Some(Given::Arm(Some(arm))), None) => return Ok(plan.assigned(arm)),
            _ => {}
        }
        let fits = plan.places(|when| when.as_ref().is_none_or(|when| self.holds(when)));
        Ok(plan.draw((trial, seed), self.id(), &fits, counts))
    }
}

impl TrialPlan {
    /// The places of the arms whose condition is such.
    fn places(&self, fits: impl Fn(&Option<crate::plan::FactCheck>) -> bool) -> Vec<usize> {
        let arms = self.arms.iter().zip(0_usize..);
        arms.filter(|((_, when), _)| fits(when)).map(|(_, place)| place).collect()
    }

    /// The place of an arm.
    pub(crate) fn arm(&self, name: &str) -> Result<usize, InsightError> {
        place("arm", name, self.arms.iter().map(|(name, _)| name))
    }

    fn assigned(&self, arm: usize) -> Assigned {
        self.arms.get(arm).map_or(Assigned::NoArm, |(name, _)| Assigned::Arm(name.clone()))
    }

    /// I42: the holdout first, which depends on nothing but the seed; then one of the arms that are left.
    fn draw(
        &self,
        (trial, seed): (&str, &Seed),
        person: &ContactId,
        fits: &[usize],
        counts: &Group,
    ) -> Assigned {
        person.with_text(|person| {
            let word = |what: &str| seed.word(&[what, trial, person]);
            if word("holdout").rem_euclid(THOUSAND) < self.holdout {
                return Assigned::Holdout;
            }
            if let Some(closed) = self.closed {
                return if fits.contains(&closed) { self.assigned(closed) } else { Assigned::NoArm };
            }
            let arms = u64::try_from(fits.len()).unwrap_or(u64::MAX);
            let nth = |place: u64| usize::try_from(place).ok().and_then(|place| fits.get(place));
            let least = word("least").rem_euclid(THOUSAND);
            let arm = if least < self.least.saturating_mul(arms) {
                least.checked_div(self.least).and_then(nth).copied()
            } else {
                match self.policy {
                    PolicySpec::Even => word("even").checked_rem(arms).and_then(nth).copied(),
                    PolicySpec::Adaptive => self.likely((trial, seed), person, fits, counts),
                }
            };
            arm.map_or(Assigned::NoArm, |arm| self.assigned(arm))
        })
    }

    /// The arm with the greatest draw, the earlier of two (I43).
    fn likely(
        &self,
        (trial, seed): (&str, &Seed),
        person: &str,
        fits: &[usize],
        counts: &Group,
    ) -> Option<usize> {
        let mut best: Option<(u64, usize)> = None;
        for place in fits {
            let (name, _) = self.arms.get(*place)?;
            let count = counts.arms.get(*place).copied().unwrap_or_default();
            let stream = Stream::of(seed.word(&["arm", trial, person, name.as_str()]));
            let drawn = stream.beta(u64::from(count.won), u64::from(count.lost()));
            if best.is_none_or(|(greatest, _)| drawn > greatest) {
                best = Some((drawn, *place));
            }
        }
        best.map(|(_, place)| place)
    }

    /// The assignment of a person that counts, of their standing facts: the earliest holdout, else the earliest of all (I42).
    pub(crate) fn given(&self, trial: &str, facts: &[Fact<'_>]) -> Option<(Given, Instant)> {
        let mut earliest = None;
        for fact in of_kind(facts, self.kind) {
            if text(fact, "trial").is_none_or(|name| name.as_str() != trial) {
                continue;
            }
            let Some(arm) = text(fact, "arm") else { continue };
            if arm.as_str() == HOLDOUT {
                return Some((Given::Holdout, fact.at));
            }
            earliest = earliest.or_else(|| Some((Given::Arm(self.arm(arm.as_str()).ok()), fact.at)));
        }
        earliest
    }

    /// Whether somebody who was assigned then has won, where the trial is ripe for them (I44).
    pub(crate) fn won(&self, facts: &[Fact<'_>], assigned: Instant, now: Instant) -> Option<bool> {
        let end = assigned.checked_add(self.within).filter(|end| *end <= now)?;
        let mut wins = self.win.of(facts, end);
        Some(wins.any(|fact| fact.at > assigned))
    }
}

/// The text that a fact carries under a name.
fn text<'l>(fact: &Fact<'l>, name: &str) -> Option<&'l Name> {
    let What::Signal(signal) = fact.what else { return None };
    let carried = signal.attributes.iter().find(|attribute| attribute.name.as_str() == name)?;
    match &carried.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
