//! Scenarios: given, when, then, for people who write journeys and no Rust. As code, as JSON, and as a plain text.
//!
//! A scenario is the story of one contact: the acts and signals that are *given*, and *when* something arrives, what
//! must follow *then*. A file of them runs as a test with one line:
//!
//! ```
//! # let journey = placet::Journey::reference()?;
//! # const FILE: &str = "placet scenarios 1\nscenario a-purchase-makes-a-customer\n identity card card:7-0042
//! #  when 2013-05-01 10:00 signal purchase\n then moves to customer\n then refuses onboarding because no_grant";
//! // #[test] fn our_scenarios() { check(&journey, include_str!("ours.scenarios")).unwrap() }
//! placet_lab::scenario::check(&journey, FILE)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The plain form
//!
//! ```text
//! placet scenarios 1
//! day 1 is 2013-05-01
//!
//! # A fan who signs up becomes the best prospect. She was never asked about offers.
//! scenario fan-signs-up
//!   identity  mail      email:ada@example.org
//!   identity  facebook  account/facebook:ada.l
//!   given     day 1 09:00  grants social-linking by social/facebook for facebook
//!   given     day 1 09:05  signal like on facebook
//!   given     day 2 10:00  grants newsletter by email for mail
//!   when      day 2 10:00  signal newsletter-signup on mail
//!   then      moves to subscriber+fan
//!   then      queues welcome-mail
//!   then      refuses best-prospect-mailing because no_grant
//! ```
//!
//! One line says one thing; blanks may be any number, and `#` begins a comment. What stands in brackets may be left out.
//!
//! | line | means |
//! |---|---|
//! | `placet scenarios 1` | the first line: what this is, and the version of the form |
//! | `day 1 is` DATE | the day that `day` N counts from |
//! | `scenario` NAME | a new story begins |
//! | `identity` NAME KIND`:`ADDRESS | an address or account of the contact, and what it is called below |
//! | `given` TIME WHAT | it happened, in the order of the lines; a signal that is not admitted here fails the scenario |
//! | `when` TIME WHAT | it happens, and what follows is looked at |
//! | `then` FOLLOWS | what follows: **all of it**. A mail, a refusal or a move that no line says fails the scenario |
//!
//! TIME is `2013-05-01 10:00`, `day 3 10:00` or `2013-05-01T10:00:00Z`, with seconds where needed, always UTC: day 3
//! is the second day after day 1. WHAT is one of these; SCOPE is PURPOSE `by` CHANNEL [`to` RECIPIENT]:
//!
//! | WHAT | means |
//! |---|---|
//! | `signal` KIND [`on` IDENTITY] [`from` SOURCE] [`with` NAME`=`VALUE …] [`handled` TIME] | a signal arrives; it is handled at once, or later |
//! | `grants` SCOPE [`for` IDENTITY] [`begins` TIME] [`until` TIME] [`confirm by` TIME] [`as` NAME] | the person permits one scope |
//! | `confirms` NAME | a double opt-in is completed |
//! | `unobjects`, `unrestricts` SCOPE [`for` IDENTITY] | an objection is taken back, a restriction is ended |
//! | `withdraws`, `refuses`, `objects`, `restricts` PURPOSE or `everything` [`by` CHANNEL] [`to` RECIPIENT] [`only` IDENTITY] | a stop, as wide as it is written; with `only` about that address alone |
//! | `pauses` PURPOSE or `everything` [`by` CHANNEL] [`to` RECIPIENT] [`only` IDENTITY] `until` TIME | a stop that ends by itself |
//! | `voids` NAME | a grant, confirm or lift above was never good |
//! | `erases` | the person is erased |
//! | `merges with` STAGE | the contact turns out to be one that holds a stage, and has said nothing (SPEC S23) |
//! | `releases` | all that is queued is asked about again, and sent or dropped (SPEC S22) |
//! | `waits` | time passes |
//!
//! The IDENTITY may be left out where the contact has one. A VALUE is a whole number, `true`, `false`, an instant or a
//! name; a name that looks like one of the others stands in double quotes. The person's acts are proven by an empty box
//! that was ticked under a notice, an `unrestricts` by the controller's notice. Without `as`, acts are called `step-1`
//! and so on, by their place in the scenario. FOLLOWS is one of these, REASON one of [`Reason`](placet::Reason); an event
//! that waited longer than its `within` is dropped because `too_late`, one whose `still` the contact no longer stands at
//! because `passed`:
//!
//! | FOLLOWS | means |
//! |---|---|
//! | `nothing` | the signal is admitted and no more; no line but `stands at` goes with it |
//! | `not admitted because` REASON [`for` SCOPE] | it leaves no trace |
//! | `moves to` STAGE, `stays` | the held stage moves, or does not; without either line it must not |
//! | `queues` EFFECT [`to` IDENTITY] | the effect is permitted |
//! | `refuses` EFFECT `because` REASON [`for` SCOPE] | it is refused |
//! | `sends` EFFECT [`to` IDENTITY], `drops` EFFECT `because` REASON [`for` SCOPE] | what becomes of it at a release |
//! | `stands at` STAGE | where the contact stands afterwards; after an act, `merges` or `waits` this is what is looked at |

mod compile;
mod day;
mod fault;
mod near;
mod parts;
mod play;
mod report;
mod strict;
mod text;
mod then;
mod what;
mod witness;
mod words;
mod write;

use placet::{Identity, Instant, Journey, name::Name};
use serde::{Deserialize, Serialize};

pub use day::{Day, DayError};
use fault::Places;
pub use fault::{CheckError, Fault, FaultKind, Known, Problem, ScenarioError, TextFault};
pub(super) use play::{Nobody, Watch, play};
pub use report::{Failure, Report, Row};
pub use then::{Permitted, Refused, Then, Unadmitted};
pub use what::{Arrives, Confirms, Grants, Lifts, Merges, Pauses, Plain, Stops, Voids, What};
pub(super) use witness::scenario as of_history;

use strict::{never_null, object_only};

/// A file of scenarios: plain data, the same value in both written forms.
///
/// ```
/// use placet::{Identity, Journey, Reason};
/// use placet_lab::scenario::*;
/// let at = "2013-05-01T10:00:00Z".parse()?;
/// let bought = Scenario::named("a-purchase-makes-a-customer".parse()?)
///     .identity("card".parse()?, Identity::of_kind("card", "7-0042")?)
///     .when(at, Arrives::new("purchase".parse()?), Then::nothing()
///         .moves_to("customer".parse()?)
///         .refuses("onboarding".parse()?, Reason::NoGrant));
/// let scenarios = Scenarios::of(vec![bought]);
///
/// assert_eq!(Scenarios::from_text(&scenarios.to_string())?, scenarios);
/// assert_eq!(Scenarios::from_json(&serde_json::to_string(&scenarios)?)?, scenarios);
/// assert!(scenarios.compile(&Journey::reference()?)?.run().is_fine());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Scenarios {
    /// The version of this form: 1.
    #[cfg_attr(feature = "schema", schemars(extend("const" = 1)))]
    pub placet: u32,
    /// The day that the plain form counts from. Instants in JSON are written out.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub day_1: Option<Day>,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
    #[serde(skip)]
    places: Places,
}

/// The story of one contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Scenario {
    /// Its name, unique in its file.
    pub name: Name,
    /// The identities of the contact, which is opened under the first.
    pub identities: Vec<KnownBy>,
    /// What happens, in the order in which it is recorded.
    pub steps: Vec<Step>,
}

/// An address or account of the contact, and what it is called in the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct KnownBy {
    /// What it is called.
    pub name: Name,
    /// What it is.
    pub identity: Identity,
}

/// One step of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "few are made, and a box would stand in the way of whoever reads them"
)]
pub enum Step {
    /// It happened: what follows is not looked at, but that a signal is admitted.
    Given(Given),
    /// It happens, and what follows is looked at.
    When(When),
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Given {
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
}

/// What happens, and what must follow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct When {
    /// When.
    pub at: Instant,
    /// What.
    pub what: What,
    /// What must follow: all of it.
    pub then: Then,
}

object_only!(Scenarios, Scenario, KnownBy, Given, When);

/// Scenarios made ready for a journey: every name in them is known to it.
#[derive(Debug, Clone)]
pub struct Suite {
    journey: Journey,
    scenarios: Vec<compile::Ready>,
}

/// Reads scenarios in either form, and runs them: the one line of a host's own test.
///
/// # Errors
/// [`CheckError`], whose `Display` is the report: what cannot be read or meant, with its line; or, for each scenario
/// that ends otherwise than it says, expected beside got, and why.
///
/// ```
/// let journey = placet::Journey::reference()?;
/// let error = placet_lab::scenario::check(&journey, "placet scenarios 1\nscenario one\nidentity mail email:a@b.c
///   when 2013-05-01 10:00 signal purchse").unwrap_err();
/// assert_eq!(error.to_string(),
///     "line 4, column 32: no kind of signal of this name is declared: did you mean `purchase`?");
/// # Ok::<(), placet::journey::JourneyError>(())
/// ```
pub fn check(journey: &Journey, text: &str) -> Result<Report, CheckError> {
    let report = Scenarios::read(text)?.compile(journey)?.run();
    if report.is_fine() { Ok(report) } else { Err(CheckError::Failed(report)) }
}

impl Scenarios {
    /// The version of the written forms.
    pub const VERSION: u32 = 1;

    /// These scenarios.
    #[must_use]
    pub fn of(scenarios: Vec<Scenario>) -> Scenarios {
        Scenarios { placet: Scenarios::VERSION, day_1: None, scenarios, places: Places::default() }
    }

    /// Reads either form: what begins with `{` is JSON, anything else the plain form.
    ///
    /// # Errors
    /// [`ScenarioError`], as [`Scenarios::from_text`] and [`Scenarios::from_json`].
    pub fn read(text: &str) -> Result<Scenarios, ScenarioError> {
        if text.trim_start().starts_with('{') {
            Scenarios::from_json(text)
        } else {
            Scenarios::from_text(text)
        }
    }

    /// Reads the plain form.
    ///
    /// # Errors
    /// [`ScenarioError::Text`]: the first place that is not written as it should be, by line and column.
    pub fn from_text(text: &str) -> Result<Scenarios, ScenarioError> {
        Ok(text::read(text)?)
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`ScenarioError::Json`]: the first place that has not the form of scenarios.
    pub fn from_json(text: &str) -> Result<Scenarios, ScenarioError> {
        Ok(placet::entry::read_json(text)?)
    }

    /// Makes them ready for a journey.
    ///
    /// # Errors
    /// [`ScenarioError::Meaning`] with all faults at once: names that the journey does not declare, acts that cannot
    /// be, outcomes that cannot follow.
    pub fn compile(&self, journey: &Journey) -> Result<Suite, ScenarioError> {
        compile::compile(self, journey).map_err(ScenarioError::Meaning)
    }
}

impl Suite {
    /// Runs all scenarios. Nothing that comes out of it can be sent.
    #[must_use]
    pub fn run(&self) -> Report {
        Report::of(self, &self.journey)
    }

    /// The journey that they were made ready for.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// Each scenario, with its name.
    pub(super) fn scenarios(&self) -> impl Iterator<Item = (&Name, &compile::Ready)> {
        self.scenarios.iter().map(|scenario| (&scenario.name, scenario))
    }
}

impl Scenario {
    /// A scenario with nothing in it.
    #[must_use]
    pub fn named(name: Name) -> Scenario {
        Scenario { name, identities: Vec::new(), steps: Vec::new() }
    }

    /// With an identity of the contact.
    #[must_use]
    pub fn identity(mut self, name: Name, identity: Identity) -> Scenario {
        self.identities.push(KnownBy { name, identity });
        self
    }

    /// With something that happened.
    #[must_use]
    pub fn given(mut self, at: Instant, what: impl Into<What>) -> Scenario {
        self.steps.push(Step::Given(Given { at, what: what.into() }));
        self
    }

    /// With something that happens, and what must follow.
    #[must_use]
    pub fn when(mut self, at: Instant, what: impl Into<What>, then: Then) -> Scenario {
        self.steps.push(Step::When(When { at, what: what.into(), then }));
        self
    }
}
