//! What came out: for each scenario that ended otherwise than it says, expected beside got, and why.

use std::fmt;

use placet::{
    Journey, Reason, Scope, Stage,
    decide::Explanation,
    name::{EffectName, Name, RuleName},
};
use serde::Serialize;

use super::Suite;
use super::play::{Ran, Watch, play};
use super::then::{About, Then};

/// What came out of scenarios. `Display` is made for a terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    journey: Name,
    passed: usize,
    failed: Vec<Failure>,
}

/// A scenario that ended otherwise than it says: its first step that did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Which scenario.
    pub scenario: Name,
    /// Which of its steps, counted from 1.
    pub step: usize,
    /// The line of the step, where it was read from the plain form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// What happened, in the words of the plain form.
    pub happened: String,
    /// What was expected beside what was got.
    pub rows: Vec<Row>,
    /// Why it is what it is: [`Journey::explain`] in sentences.
    pub why: Vec<String>,
}

/// What was expected beside what was got; empty where there is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What the scenario says.
    pub expected: String,
    /// What the journey does.
    pub got: String,
    /// Whether they are the same.
    pub same: bool,
}

/// Keeps why the last step is what it is.
#[derive(Default)]
struct Why(Vec<String>);

impl Watch for Why {
    fn decided(&mut self, why: &Explanation<'_>) {
        self.0 = why.to_string().lines().map(str::to_owned).collect();
    }

    fn released(&mut self, (rule, effect): (&RuleName, &EffectName), refused: Option<Reason>) {
        self.0.push(match refused {
            None => format!("{effect} of {rule} is sent"),
            Some(reason) => format!("{effect} of {rule} is dropped: {reason}"),
        });
    }

    fn stood(&mut self, fell_back: &[(&Stage, &Scope)], at: Option<&Stage>) {
        let fell =
            |(stage, scope): &_| format!("afterwards does not stand at {stage}: {scope} is not permitted");
        self.0.extend(fell_back.iter().map(fell));
        self.0.push(format!("afterwards stands at {}", at.map_or("no stage", Stage::as_str)));
    }
}

impl Report {
    pub(super) fn of(suite: &Suite, journey: &Journey) -> Report {
        let mut report = Report { journey: journey.spec().name.clone(), passed: 0, failed: Vec::new() };
        for scenario in &suite.scenarios {
            let mut failed = None;
            let played = play(journey, scenario, &mut Why::default(), |ran, why| {
                if !ran.as_expected() {
                    failed = Some(Failure::new(&scenario.name, &ran, std::mem::take(&mut why.0)));
                }
                why.0.clear();
                failed.is_none()
            });
            match (played, failed) {
                (Ok(()), None) => report.passed = report.passed.saturating_add(1),
                (_, failed) => report.failed.extend(failed),
            }
        }
        report
    }

    /// Whether every scenario ended as it says.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.failed.is_empty()
    }

    /// How many did.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// Those that did not, in the order of the file.
    #[must_use]
    pub fn failed(&self) -> &[Failure] {
        &self.failed
    }
}

impl Failure {
    fn new(scenario: &Name, ran: &Ran<'_>, why: Vec<String>) -> Failure {
        let rows = match &ran.step.then {
            Some(then) => rows(then, &ran.got.as_told_by(then)),
            None => vec![Row {
                expected: "admitted, as all that is given".to_owned(),
                got: ran.got.sayings().into_iter().map(|(_, saying)| saying).next().unwrap_or_default(),
                same: false,
            }],
        };
        Failure {
            scenario: scenario.clone(),
            step: ran.step.number,
            line: ran.step.line,
            happened: ran.step.told.clone(),
            rows,
            why,
        }
    }
}

/// What is the same stands in one row, and so does what is about the same.
fn rows(expected: &Then, got: &Then) -> Vec<Row> {
    let (expected, mut got) = (expected.sayings(), got.sayings());
    let mut take = |fits: &dyn Fn(&(About<'_>, String)) -> bool| {
        let place = got.iter().position(fits)?;
        Some(got.remove(place).1)
    };
    let alike: Vec<_> = expected.iter().map(|saying| take(&|other| other == saying)).collect();
    let mut rows = Vec::new();
    for ((about, saying), alike) in expected.into_iter().zip(alike) {
        let same = alike.is_some();
        let got = alike.or_else(|| take(&|(other, _)| *other == about)).unwrap_or_default();
        rows.push(Row { expected: saying, got, same });
    }
    let rest = got.into_iter().map(|(_, got)| Row { expected: String::new(), got, same: false });
    rows.extend(rest);
    rows
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failed {
            writeln!(f, "{failure}")?;
        }
        let all = self.passed.saturating_add(self.failed.len());
        match self.failed.len() {
            0 => write!(f, "{all} of {all} scenarios of {} end as they say", self.journey),
            failed => {
                write!(f, "{failed} of {all} scenarios of {} end otherwise than they say", self.journey)
            }
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map(|line| format!(", line {line}")).unwrap_or_default();
        writeln!(f, "scenario {}, step {}{line}", self.scenario, self.step)?;
        writeln!(f, "  {}", self.happened)?;
        let expected = self.rows.iter().map(|row| row.expected.len()).chain([8]).max().unwrap_or_default();
        writeln!(f, "    {:expected$}   got", "expected")?;
        for Row { expected: left, got: right, same } in &self.rows {
            let or_nothing =
                |text: &str| if text.is_empty() { "(nothing)".to_owned() } else { text.to_owned() };
            let mark = if *same { ' ' } else { '!' };
            let row = format!("  {mark} {:expected$}   {}", or_nothing(left), or_nothing(right));
            writeln!(f, "{}", row.trim_end())?;
        }
        if !self.why.is_empty() {
            writeln!(f, "  why:")?;
        }
        self.why.iter().try_for_each(|why| writeln!(f, "    {why}"))
    }
}
