//! What is written down of a trial: its arms, who is held out, and what it is to win (I42 to I48).

use placet::journey::Span;
use placet::journey::guard::AttributeTest;
use placet::name::{Name, SignalKind};
use serde::{Deserialize, Serialize};

use crate::guard::FactGuard;
use crate::strict::{never_null, object_only};

/// Variants side by side, with a holdout that gets none of them.
///
/// ```
/// use placet_insight::{PolicySpec, TrialSpec};
/// let subject: TrialSpec = placet::entry::read_json(r#"{"name":"subject-line","view":"interest","kind":"assigned",
///     "arms":[{"name":"a"},{"name":"b"}],"holdout":100,"within":"14d","win":{"kind":"purchase"}}"#)?;
/// assert_eq!((subject.arms.len(), subject.policy), (2, PolicySpec::Even));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TrialSpec {
    /// Its name.
    pub name: Name,
    /// The view under which arms and segments are asked, and whose needs nobody counted said no to.
    pub view: Name,
    /// The kind of signal that carries an assignment, with the text attributes `trial` and `arm`.
    pub kind: SignalKind,
    /// The variants; 1 to 16.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 16)))]
    pub arms: Vec<ArmSpec>,
    /// So many of a thousand people get none of the arms, whatever else changes; absent: 0, at most 999.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "schema", schemars(range(max = 999)))]
    pub holdout: u32,
    /// How the arms are given to the others; absent: `even`.
    #[serde(default, skip_serializing_if = "PolicySpec::is_usual")]
    pub policy: PolicySpec,
    /// So many of a thousand people get each arm, whatever the tallies say; absent: 0. Times the arms at most 1000.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "schema", schemars(range(max = 1000)))]
    pub least: u32,
    /// How long after the assignment a win counts, and after which it is counted at all.
    pub within: Span,
    /// What it is to win.
    pub win: WinSpec,
    /// With how many of a million a verdict may be wrong, whoever looks how often; absent: 50,000.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 500_000)))]
    pub alpha: Option<u32>,
    /// The arm that all but the holdout get from now on: whoever writes it closes the trial.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub closed: Option<Name>,
    /// Tallies are kept for the first of these segments that holds, and for everybody else; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 64)))]
    pub segments: Vec<Name>,
}

/// A variant: a message, or an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ArmSpec {
    /// Its name; not `holdout`.
    pub name: Name,
    /// Only for people in whose profile this holds (I48).
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub when: Option<FactGuard>,
}

/// Which facts are wins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct WinSpec {
    /// The kind of signal.
    pub kind: SignalKind,
    /// What the facts must carry.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
}

/// How the arms are given to those who are not held out.
///
/// `even` learns: where arms differ a verdict comes sooner. `adaptive` earns: arms that win are given more often while it
/// runs, and verdicts come late or never. `least` buys one with the other. Measured for this project's specification: of 900
/// possible wins `adaptive` earned 871 and `even` 780; `even` reached a verdict in 189 of 300 campaigns, `adaptive` in none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PolicySpec {
    /// Each arm to the same share of people.
    #[default]
    Even,
    /// Each arm as often as it is likely to be the best (Thompson sampling), by the tallies so far.
    Adaptive,
}

impl PolicySpec {
    fn is_usual(&self) -> bool {
        *self == PolicySpec::Even
    }
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

object_only!(TrialSpec, ArmSpec, WinSpec);
