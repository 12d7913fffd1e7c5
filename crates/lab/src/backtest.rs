//! Back-test: journeys side by side over one recording, and who would have gained or lost what by the change.

mod diff;
mod page;
mod sheet;

use placet::{
    Instant, Journey, Stage,
    name::{EffectName, Name, RuleName},
};
use serde::Serialize;
use thiserror::Error;

pub use diff::{Change, Diff, Example, Shift, Side};

use super::recording::Part;
use super::rehearse::{Course, Rehearsal, Tally, run};

/// Journeys over one recording: what each would have done, and how the others differ from the first.
///
/// As data it is serialised, in a terminal it is shown by `Display`, in a browser by [`Backtest::page`].
///
/// ```
/// use placet::{Journey, JourneySpec};
/// use placet_lab::{Backtest, Recording};
/// let recording = Recording::read(r#"
/// {"v":1,"type":"opened","contact":"c-1","identity":"card:7-0042"}
/// {"v":1,"type":"signal","contact":"c-1","id":"s-1","identity":"card:7-0042","kind":"purchase","at":"2013-05-01T10:00:00Z","now":"2013-05-01T10:00:00Z"}
/// "#)?;
/// let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON)?;
/// spec.rules.retain(|rule| rule.name.as_str() != "first-purchase");
/// let journeys = [Journey::reference()?, Journey::compile(spec)?];
///
/// let backtest = Backtest::of(&journeys, &recording, |_| {});
/// let lost = &backtest.diffs[0].reached[&Some("customer".parse()?)].loses;
/// assert_eq!(lost.contacts, 1);
/// assert_eq!(lost.examples.first().map(|example| example.contact.to_string()), Some("c-1".to_owned()));
/// assert!(backtest.to_string().contains("customer"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Backtest {
    /// The end of the recording, to which time is counted.
    pub until: Option<Instant>,
    /// What each journey would have done, in the order given.
    pub journeys: Vec<Tried>,
    /// How each journey but the first differs from the first.
    pub diffs: Vec<Diff>,
}

/// A journey that was tried: its names in its own order, for whoever shows them, and what it would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// Its name.
    pub name: Name,
    /// Its stages, lowest first.
    pub stages: Vec<Stage>,
    /// Its rules, in order.
    pub rules: Vec<RuleName>,
    /// The effects they ask for, each once.
    pub effects: Vec<EffectName>,
    /// What it would have done.
    pub rehearsal: Rehearsal,
}

/// Two back-tests are not of the same journeys, and cannot be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("these back-tests are of different journeys: add up those of the same journeys in the same order")]
pub struct OtherJourneys;

impl Backtest {
    /// Runs a recording, or a part of one, through journeys. After each group of contacts that is run together
    /// `progress` is told how many contacts are done.
    #[must_use]
    pub fn of<'r>(
        journeys: &[Journey],
        recording: impl Into<Part<'r>>,
        mut progress: impl FnMut(usize),
    ) -> Backtest {
        let part = recording.into();
        let mut tallies: Vec<Tally<'_>> = journeys.iter().map(Tally::of).collect();
        let mut diffs: Vec<Diff> = journeys.iter().skip(1).map(|_| Diff::default()).collect();
        let mut done = 0_usize;
        for group in part.groups {
            let mut courses = tallies.iter_mut().map(|tally| run(tally, group, part.until));
            let first: Vec<Course<'_>> = courses.next().unwrap_or_default();
            for (diff, other) in diffs.iter_mut().zip(courses) {
                diff.note(group, &first, &other);
            }
            done = done.saturating_add(group.members.len());
            progress(done);
        }
        let tried = journeys.iter().zip(tallies).map(|(journey, tally)| Tried::of(journey, tally.by_name()));
        Backtest { until: part.until, journeys: tried.collect(), diffs }
    }

    /// With another back-test's counts, of other contacts through the same journeys. The order does not matter, and
    /// an empty one ([`Backtest::default`]) adds nothing.
    ///
    /// # Errors
    /// [`OtherJourneys`] where the journeys have other names, stages, rules or effects.
    pub fn and(self, other: Backtest) -> Result<Backtest, OtherJourneys> {
        if self.journeys.is_empty() {
            return Ok(other);
        }
        if other.journeys.is_empty() {
            return Ok(self);
        }
        let same = self.journeys.len() == other.journeys.len()
            && self.journeys.iter().zip(&other.journeys).all(|(one, other)| one.is_like(other));
        if !same {
            return Err(OtherJourneys);
        }
        let both = self.journeys.into_iter().zip(other.journeys);
        let journeys =
            both.map(|(one, other)| Tried { rehearsal: one.rehearsal.and(other.rehearsal), ..one });
        let diffs = self.diffs.into_iter().zip(other.diffs).map(|(one, other)| one.and(other));
        let until = self.until.max(other.until);
        Ok(Backtest { until, journeys: journeys.collect(), diffs: diffs.collect() })
    }
}

impl Tried {
    fn of(journey: &Journey, rehearsal: Rehearsal) -> Tried {
        let spec = journey.spec();
        let mut effects: Vec<EffectName> = Vec::new();
        for effect in spec.rules.iter().flat_map(|rule| &rule.effects) {
            if !effects.contains(&effect.name) {
                effects.push(effect.name.clone());
            }
        }
        Tried {
            name: spec.name.clone(),
            stages: spec.stages.iter().map(|stage| stage.name.clone()).collect(),
            rules: spec.rules.iter().map(|rule| rule.name.clone()).collect(),
            effects,
            rehearsal,
        }
    }

    fn is_like(&self, other: &Tried) -> bool {
        (&self.name, &self.stages, &self.rules, &self.effects)
            == (&other.name, &other.stages, &other.rules, &other.effects)
    }
}
