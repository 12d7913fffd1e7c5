//! Coverage: which rules, guards, refusals, admissions and fall-backs of a journey a set of scenarios exercises.

use std::collections::BTreeMap;
use std::fmt;

use placet::{
    JourneySpec, Reason, Scope, Stage,
    decide::Explanation,
    journey::{NeedSpec, Way},
    name::{EffectName, NO_STAGE, Name, RuleName},
};
use serde::Serialize;
use thiserror::Error;

use super::guards::parts;
use super::scenario::{Suite, Watch, play};

/// What a set of scenarios exercises of a journey, place by place, in the order of the journey's spec.
///
/// It is counted from [`Explanation`]s alone. The coverage of two sets together is the sum of both, in any order
/// ([`Coverage::add`]). `Display` is a table for a terminal.
///
/// ```
/// use placet::Journey;
/// use placet_lab::scenario::Scenarios;
/// let journey = Journey::reference()?;
/// let suite = Scenarios::from_text("placet scenarios 1\nscenario no-consent\nidentity ada account/facebook:ada
///   when 2013-05-01 10:00 signal like\n then not admitted because unknown_contact")?.compile(&journey)?;
/// let coverage = suite.coverage();
/// let met: Vec<_> = coverage.points().iter().filter(|point| point.times > 0).collect();
/// assert_eq!(met.len(), 1);
/// assert_eq!(met[0].to_string(), "signals[0].admission (like): not admitted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    journey: Name,
    points: Vec<Point>,
}

/// One thing that can be exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Point {
    /// The path into the spec, such as `rules[2].when.all[0]`.
    pub path: String,
    /// What stands there: the name of a rule, an effect, a kind of signal, a stage; a guard in words.
    pub name: String,
    /// What can become of it.
    pub what: Exercise,
    /// How often it did.
    pub times: u64,
    /// The reasons of a refusal that were met, and how often.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reasons: BTreeMap<Reason, u64>,
}

/// What can become of a place of a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exercise {
    /// A stage fell back by this line, for want of what sustains it.
    FellBack,
    /// A signal that needs consent was admitted.
    Admitted,
    /// It was not.
    NotAdmitted,
    /// A rule was taken.
    Taken,
    /// A part of a guard held.
    Held,
    /// It did not.
    DidNotHold,
    /// An effect was permitted.
    Queued,
    /// It was refused.
    Refused,
    /// An event was released within the time that its effect names.
    InTime,
    /// It was refused for having waited too long.
    TooLate,
    /// An event was released where the contact must still stand.
    StillThere,
    /// It was refused, since the contact no longer stood there.
    Passed,
}

impl Exercise {
    const ALL: [Exercise; 12] = [
        Exercise::FellBack,
        Exercise::Admitted,
        Exercise::NotAdmitted,
        Exercise::Taken,
        Exercise::Held,
        Exercise::DidNotHold,
        Exercise::Queued,
        Exercise::Refused,
        Exercise::InTime,
        Exercise::TooLate,
        Exercise::StillThere,
        Exercise::Passed,
    ];

    /// The heading of its column.
    fn heading(self) -> &'static str {
        match self {
            Exercise::FellBack => "fall-backs",
            Exercise::Admitted => "admissions permitted",
            Exercise::NotAdmitted => "admissions refused",
            Exercise::Taken => "rules taken",
            Exercise::Held => "guard parts that held",
            Exercise::DidNotHold => "guard parts that did not",
            Exercise::Queued => "effects queued",
            Exercise::Refused => "effects refused",
            Exercise::InTime => "events in time",
            Exercise::TooLate => "events too late",
            Exercise::StillThere => "events still in place",
            Exercise::Passed => "events passed by",
        }
    }
}

impl fmt::Display for Exercise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Exercise::FellBack => "fell back",
            Exercise::Admitted => "admitted",
            Exercise::NotAdmitted => "not admitted",
            Exercise::Taken => "taken",
            Exercise::Held => "held",
            Exercise::DidNotHold => "did not hold",
            Exercise::Queued => "queued",
            Exercise::Refused => "refused",
            Exercise::InTime => "in time",
            Exercise::TooLate => "too late",
            Exercise::StillThere => "still there",
            Exercise::Passed => "passed by",
        })
    }
}

/// Two coverages that cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the two coverages are of different journeys: add those of one journey")]
pub struct OtherJourney;

impl Suite {
    /// What these scenarios exercise of their journey.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let spec = self.journey().spec();
        let mut watch = Counting { spec, coverage: Coverage::none_of(spec) };
        for (_, scenario) in self.scenarios() {
            // INVARIANT: made ready for this journey, which knows its signals.
            let _ = play(self.journey(), scenario, &mut watch, |_, _| true);
        }
        watch.coverage
    }
}

impl Coverage {
    /// Every point of a spec, none of them exercised.
    #[must_use]
    pub fn none_of(spec: &JourneySpec) -> Coverage {
        let mut points = Vec::new();
        let mut point = |path: String, name: String, all: &[Exercise]| {
            points.extend(all.iter().map(|what| Point {
                path: path.clone(),
                name: name.clone(),
                what: *what,
                times: 0,
                reasons: BTreeMap::new(),
            }));
        };
        for (at, stage) in spec.stages.iter().enumerate() {
            for (line, sustain) in stage.sustain.iter().enumerate() {
                let name = format!("{} to {}", stage.name, sustain.otherwise);
                point(format!("stages[{at}].sustain[{line}]"), name, &[Exercise::FellBack]);
            }
        }
        for (at, signal) in spec.signals.iter().enumerate().filter(|(_, signal)| signal.admission.is_some()) {
            let both = [Exercise::Admitted, Exercise::NotAdmitted];
            point(format!("signals[{at}].admission"), signal.kind.to_string(), &both);
        }
        for (at, rule) in spec.rules.iter().enumerate() {
            point(format!("rules[{at}]"), rule.name.to_string(), &[Exercise::Taken]);
            for (path, guard) in rule.when.iter().flat_map(|guard| parts(format!("rules[{at}].when"), guard))
            {
                point(path, guard.to_string(), &[Exercise::Held, Exercise::DidNotHold]);
            }
            for (index, effect) in rule.effects.iter().enumerate() {
                let (path, name) =
                    (format!("rules[{at}].effects[{index}]"), format!("{}: {}", rule.name, effect.name));
                for (path, guard) in effect.when.iter().flat_map(|guard| parts(format!("{path}.when"), guard))
                {
                    point(path, guard.to_string(), &[Exercise::Held, Exercise::DidNotHold]);
                }
                point(path.clone(), name.clone(), &[Exercise::Queued, Exercise::Refused]);
                if effect.within.is_some() {
                    let both = [Exercise::InTime, Exercise::TooLate];
                    point(format!("{path}.within"), name.clone(), &both);
                }
                if effect.still.is_some() {
                    point(format!("{path}.still"), name, &[Exercise::StillThere, Exercise::Passed]);
                }
            }
        }
        Coverage { journey: spec.name.clone(), points }
    }

    /// Counts what one explanation tells.
    pub fn note(&mut self, spec: &JourneySpec, why: &Explanation<'_>) {
        let mut admission = why.admission().peekable();
        if admission.peek().is_some() {
            let kind = why.decision().signal().kind();
            let at = spec.signals.iter().position(|signal| signal.kind == *kind).unwrap_or_default();
            let refused = admission.find_map(|asked| asked.reason());
            let what = if refused.is_some() { Exercise::NotAdmitted } else { Exercise::Admitted };
            self.hit(&format!("signals[{at}].admission"), what, refused);
        }
        if why.decision().unadmitted().is_some() {
            return;
        }
        self.fell(spec, &Vec::from_iter(why.fell_back()), why.stands_at());
        for considered in why.rules() {
            let Some(at) = spec.rules.iter().position(|rule| rule.name == *considered.rule()) else {
                continue;
            };
            let guard = spec.rules.get(at).and_then(|rule| rule.when.as_ref());
            let inside = guard.into_iter().flat_map(|guard| parts(format!("rules[{at}].when"), guard));
            for ((path, _), checked) in inside.zip(considered.guard()) {
                self.hit(&path, if checked.holds() { Exercise::Held } else { Exercise::DidNotHold }, None);
            }
            if !considered.taken() {
                continue;
            }
            self.hit(&format!("rules[{at}]"), Exercise::Taken, None);
            let effects = spec.rules.get(at).map(|rule| rule.effects.as_slice()).unwrap_or_default();
            for (index, effect) in effects.iter().enumerate() {
                let path = format!("rules[{at}].effects[{index}]");
                let inside = effect.when.iter().flat_map(|guard| parts(format!("{path}.when"), guard));
                for ((path, _), checked) in inside.zip(considered.effect_guard(&effect.name)) {
                    self.hit(
                        &path,
                        if checked.holds() { Exercise::Held } else { Exercise::DidNotHold },
                        None,
                    );
                }
                let refused = why.decision().refusals().find(|(name, _)| **name == effect.name);
                if let Some((_, no)) = refused {
                    self.hit(&path, Exercise::Refused, Some(no.reason()));
                } else if why.decision().queued().any(|name| *name == effect.name) {
                    self.hit(&path, Exercise::Queued, None);
                }
            }
        }
    }

    /// Counts what became of one queued event when it was to leave: `None` where it was released. A refusal for want of
    /// consent says nothing of the occasion.
    pub fn note_release(
        &mut self,
        spec: &JourneySpec,
        (rule, effect): (&RuleName, &EffectName),
        refused: Option<Reason>,
    ) {
        let at = spec.rules.iter().position(|other| other.name == *rule);
        let effects = at.and_then(|at| spec.rules.get(at)).map(|rule| rule.effects.as_slice());
        let index = effects.unwrap_or_default().iter().position(|other| other.name == *effect);
        let (Some(at), Some(index)) = (at, index) else {
            return;
        };
        let (within, still) = match refused {
            None => (Some(Exercise::InTime), Some(Exercise::StillThere)),
            Some(Reason::TooLate) => (Some(Exercise::TooLate), None),
            Some(Reason::Passed) => (Some(Exercise::InTime), Some(Exercise::Passed)),
            Some(_) => (None, None),
        };
        let path = format!("rules[{at}].effects[{index}]");
        within.into_iter().for_each(|what| self.hit(&format!("{path}.within"), what, None));
        still.into_iter().for_each(|what| self.hit(&format!("{path}.still"), what, None));
    }

    /// Counts the lines by which a contact fell from stage to stage, down to where it stands.
    fn fell(&mut self, spec: &JourneySpec, fell_back: &[(&Stage, &Scope)], stands_at: Option<&Stage>) {
        let none = NO_STAGE;
        let below = fell_back.iter().skip(1).map(|(stage, _)| *stage);
        let below = below.chain(std::iter::once(stands_at.unwrap_or(&none)));
        for ((stage, lacks), below) in fell_back.iter().zip(below) {
            let Some((at, stage)) = spec.stages.iter().enumerate().find(|(_, other)| other.name == **stage)
            else {
                continue;
            };
            let line = stage.sustain.iter().position(|line| {
                line.otherwise == *below && line.needs.iter().any(|need| asks_for(need, lacks))
            });
            self.hit(
                &format!("stages[{at}].sustain[{}]", line.unwrap_or_default()),
                Exercise::FellBack,
                None,
            );
        }
    }

    fn hit(&mut self, path: &str, what: Exercise, reason: Option<Reason>) {
        if let Some(point) = self.points.iter_mut().find(|point| point.what == what && point.path == path) {
            point.times = point.times.saturating_add(1);
            if let Some(reason) = reason {
                let times = point.reasons.entry(reason).or_default();
                *times = times.saturating_add(1);
            }
        }
    }

    /// Adds what other scenarios exercise of the same journey; the order does not matter.
    ///
    /// # Errors
    /// [`OtherJourney`]; nothing has changed then.
    pub fn add(&mut self, other: &Coverage) -> Result<(), OtherJourney> {
        let place = |point: &Point| (point.path.clone(), point.name.clone(), point.what);
        if self.journey != other.journey || !self.points.iter().map(place).eq(other.points.iter().map(place))
        {
            return Err(OtherJourney);
        }
        for (point, more) in self.points.iter_mut().zip(&other.points) {
            point.times = point.times.saturating_add(more.times);
            for (reason, more) in &more.reasons {
                let times = point.reasons.entry(*reason).or_default();
                *times = times.saturating_add(*more);
            }
        }
        Ok(())
    }

    /// Every point, in the order of the spec.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Those that no scenario exercises.
    pub fn missing(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.times == 0)
    }
}

struct Counting<'s> {
    spec: &'s JourneySpec,
    coverage: Coverage,
}

impl Watch for Counting<'_> {
    fn decided(&mut self, why: &Explanation<'_>) {
        self.coverage.note(self.spec, why);
    }

    fn released(&mut self, effect: (&RuleName, &EffectName), refused: Option<Reason>) {
        self.coverage.note_release(self.spec, effect, refused);
    }

    fn stood(&mut self, fell_back: &[(&Stage, &Scope)], at: Option<&Stage>) {
        self.coverage.fell(self.spec, fell_back, at);
    }
}

/// Whether a scope is one that this need asks for: for `social/*` that of any network.
fn asks_for(need: &NeedSpec, scope: &Scope) -> bool {
    let by = match &need.channel {
        Way::By(channel) => channel == scope.channel(),
        Way::OwnNetwork => scope.channel().network().is_some(),
    };
    by && need.purpose == *scope.purpose() && need.recipient == *scope.recipient()
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.path, self.name, self.what)
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |points: &mut dyn Iterator<Item = &Point>| {
            points.fold((0_usize, 0_usize), |(met, all), point| {
                (met.saturating_add(usize::from(point.times > 0)), all.saturating_add(1))
            })
        };
        let (met, all) = count(&mut self.points.iter());
        writeln!(f, "coverage of {}: {met} of {all} points", self.journey)?;
        for what in Exercise::ALL {
            let (met, all) = count(&mut self.points.iter().filter(|point| point.what == what));
            if all > 0 {
                writeln!(f, "  {:<24}  {met:>3} of {all}", what.heading())?;
            }
        }
        let refusals: Vec<&Point> = self.points.iter().filter(|point| !point.reasons.is_empty()).collect();
        if !refusals.is_empty() {
            writeln!(f, "refusals met, by reason")?;
        }
        let longest = refusals.iter().map(|point| point.name.len()).max().unwrap_or_default();
        for point in refusals {
            let reasons = point.reasons.iter().map(|(reason, times)| format!("{reason} {times}"));
            writeln!(f, "  {:longest$}  {}", point.name, reasons.collect::<Vec<_>>().join(", "))?;
        }
        if met < all {
            writeln!(f, "never met")?;
        }
        self.missing().try_for_each(|point| writeln!(f, "  {point}"))
    }
}
