//! What can be wrong with scenarios: in a text the first place, with line and column; in meaning all places at once.
//! No message repeats what it does not know: it may be an address. Names are repeated, which cannot be one.

use std::collections::BTreeMap;
use std::fmt;

use placet::{
    Reason,
    consent::ActError,
    entry::WireError,
    identity::IdentityError,
    journey::SignalFault,
    name::{Name, NameError},
};
use thiserror::Error;

use super::day::DayError;
use super::report::Report;

/// Why a text, or a value, is not scenarios of a journey.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScenarioError {
    /// The text is not written as scenarios are.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// The JSON has not the form of scenarios.
    #[error(transparent)]
    Json(#[from] WireError),
    /// They have the form, and say something that cannot be meant.
    #[error("{}", listed(.0))]
    Meaning(Vec<Fault>),
}

/// Why a check fails: bad input, or scenarios that end otherwise than they say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckError {
    /// There is nothing to run.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// Expected beside got, and why.
    #[error("{0}")]
    Failed(Report),
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The first place of a text that is not written as scenarios are. Lines and columns are counted from 1, columns in
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct TextFault {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) problem: Problem,
}

impl TextFault {
    /// The line and the column.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.line, self.column)
    }

    /// What is wrong there.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Problem {
    /// Not the first line that says what the text is.
    #[error("scenarios begin with the line `placet scenarios 1`")]
    Header,
    /// Something else is due.
    #[error("expected {what}{}", meant(*.nearest))]
    Expected {
        /// What is due.
        what: &'static str,
        /// The word that may have been meant.
        nearest: Option<&'static str>,
    },
    /// The line ends too early.
    #[error("the line ends, and {what} is due")]
    Ends {
        /// What is due.
        what: &'static str,
    },
    /// Something stands after the end.
    #[error("nothing more is due on this line{}", meant(*.nearest))]
    After {
        /// The word that may have been meant.
        nearest: Option<&'static str>,
    },
    /// An instant that cannot be read.
    #[error(
        "a time is written `2013-05-01 10:00`, or `2013-05-01T10:00:00Z`, or `day 3 10:00` where the file says `day 1 is 2013-05-01`; all are UTC"
    )]
    Time,
    /// A day that cannot be read.
    #[error(transparent)]
    Day(DayError),
    /// A name that is none.
    #[error(transparent)]
    Name(NameError),
    /// An address or account that is none.
    #[error(transparent)]
    Identity(IdentityError),
    /// A line that belongs to a scenario stands before the first.
    #[error("this line belongs into a scenario: begin one with `scenario` and a name")]
    Outside,
    /// A `then` after nothing.
    #[error("a `then` says what follows from the `when` above it, and there is none")]
    NoWhen,
    /// An identity after the first step.
    #[error("identities stand before the first `given` or `when`")]
    LateIdentity,
    /// The day that is counted from, where it comes too late.
    #[error("`day 1 is` stands once, above the first scenario")]
    LateDay,
    /// It is said already, or something that excludes it.
    #[error("this is said already, or contradicts a `then` above it")]
    Contradicts,
}

/// One thing that cannot be meant, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) path: String,
    pub(super) position: Option<(usize, usize)>,
    pub(super) kind: FaultKind,
}

impl Fault {
    /// The path to the place, such as `scenarios[2].steps[1].when.what.signal.kind`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line and column, where the scenarios were read from the plain form.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }

    /// What is wrong there.
    #[must_use]
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "line {line}, column {column}: {}", self.kind),
            None => write!(f, "{}: {}", self.path, self.kind),
        }
    }
}

/// What a scenario names, and a journey or the scenario itself declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// A purpose of the catalogue.
    Purpose,
    /// A channel of the catalogue.
    Channel,
    /// A recipient of the catalogue, or `self`.
    Recipient,
    /// A stage, or `none`.
    Stage,
    /// An effect of some rule.
    Effect,
    /// A scenario of the file.
    Scenario,
    /// An identity of the scenario.
    Identity,
    /// A grant of the scenario, above the place.
    Grant,
    /// An act of the scenario.
    Act,
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Known::Purpose => "purpose",
            Known::Channel => "channel",
            Known::Recipient => "recipient",
            Known::Stage => "stage",
            Known::Effect => "effect",
            Known::Scenario => "scenario",
            Known::Identity => "identity",
            Known::Grant => "grant",
            Known::Act => "act",
        })
    }
}

/// What cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// A version of the form that this crate does not know.
    #[error("version {found} of scenarios is not known; version 1 is")]
    Version {
        /// The version found.
        found: u32,
    },
    /// There is nothing to try.
    #[error("there is no scenario: a test of nothing would always pass")]
    NoScenario,
    /// A scenario that tries nothing.
    #[error("a scenario without a `when` tries nothing: say what arrives, and what follows then")]
    NoWhen,
    /// A contact without identity.
    #[error("a scenario names at least one identity of its contact")]
    NoIdentity,
    /// Several identities, and it is not said which.
    #[error("the contact has several identities: say which one is meant")]
    WhichIdentity,
    /// A name that nothing declares.
    #[error("no {what} `{name}` is declared{}", meant(nearest.as_ref()))]
    Unknown {
        /// What it should be.
        what: Known,
        /// The name used.
        name: Name,
        /// The declared name nearest to it.
        nearest: Option<Name>,
    },
    /// A name that stands twice.
    #[error("the {what} `{name}` is there twice")]
    Twice {
        /// What is.
        what: Known,
        /// The name.
        name: Name,
    },
    /// A signal that the journey does not know.
    #[error(transparent)]
    Signal(SignalFault),
    /// An act that cannot be made.
    #[error(transparent)]
    Act(ActError),
    /// A stop that is made void.
    #[error(
        "a stop cannot be made void: let the person take it back, with `unobjects` or a new grant, or end it with `unrestricts`"
    )]
    VoidStop,
    /// A reason that no signal is ever refused for.
    #[error("`{reason}` is never the answer to a signal: only to `releases`, with `drops`")]
    OnlyOfReleases {
        /// The reason.
        reason: Reason,
    },
    /// A scope where the reason speaks of none.
    #[error("`{reason}` is about the event and not about a scope: leave `for` out")]
    NoScope {
        /// The reason.
        reason: Reason,
    },
    /// A signal that is handled before it happened.
    #[error("a signal cannot be handled before it happened")]
    HandledBefore,
    /// Not admitted, and yet something follows.
    #[error("a signal that is not admitted leaves no trace: nothing else follows from it")]
    Trace,
    /// Something that follows from a signal only.
    #[error("only a signal is admitted or not, moves the stage, and has effects queued or refused")]
    OnlySignals,
    /// Something that follows from a release only.
    #[error("only `releases` sends and drops")]
    OnlyReleases,
    /// An act of which nothing is looked at.
    #[error("nothing follows from this by itself: say where the contact `stands at` then")]
    SaysNothing,
}

fn meant<T: fmt::Display>(nearest: Option<T>) -> String {
    nearest.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}

/// Where each part of a value was read: its line and column, by its path. Two values are equal wherever they were read.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(pub(super) BTreeMap<String, (usize, usize)>);

impl Places {
    /// Where a part was read, or the smallest part around it that was.
    pub(super) fn of(&self, path: &str) -> Option<(usize, usize)> {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path) {
                return Some(*place);
            }
            (path, _) = path.rsplit_once(['.', '['])?;
        }
    }
}

impl PartialEq for Places {
    fn eq(&self, _: &Places) -> bool {
        true
    }
}
impl Eq for Places {}
