//! What is written down of insight: plain data in lists, checked against a journey by
//! [`Insight::compile`](crate::Insight::compile).

use placet::journey::guard::AttributeTest;
use placet::journey::{NeedSpec, Span};
use placet::name::{Name, SignalKind, Stage};
use serde::{Deserialize, Serialize};

use crate::credit_spec::CreditSpec;
use crate::guard::FactGuard;
use crate::strict::{never_null, object_only};
use crate::table_spec::TableSpec;
use crate::trial_spec::TrialSpec;

/// Views, scores, segments, tables, credits and trials as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct InsightSpec {
    /// The version of this form: 1.
    #[cfg_attr(feature = "schema", schemars(extend("const" = 1)))]
    pub placet: u32,
    /// The name of this set of questions.
    pub name: Name,
    /// Under which needs people are looked at; at most 64.
    pub views: Vec<ViewSpec>,
    /// Points for what people state and do; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<ScoreSpec>,
    /// Named guards over facts; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<SegmentSpec>,
    /// What is counted of many; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableSpec>,
    /// How an outcome is shared among what came before it; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<CreditSpec>,
    /// Variants side by side; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trials: Vec<TrialSpec>,
    /// What purchases say of who may leave; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loyalty: Vec<LoyaltySpec>,
    /// Who brings others; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advocacy: Vec<AdvocacySpec>,
    /// Which tables are looked at while people stand at a stage (I25); at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phases: Vec<PhaseSpec>,
}

/// A named list of needs under which people are looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ViewSpec {
    /// Its name.
    pub name: Name,
    /// What a person must permit to be looked at. The list is not empty.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub needs: Vec<NeedSpec>,
}

/// Points for what a person states and does (I14 to I16).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ScoreSpec {
    /// Its name.
    pub name: Name,
    /// The view under which it is asked.
    pub view: Name,
    /// Its terms, in order; 1 to 32.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 32)))]
    pub terms: Vec<TermSpec>,
    /// The score is not below this.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = i64::MIN, max = i64::MAX)))]
    pub least: Option<i64>,
    /// The score is not above this.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = i64::MIN, max = i64::MAX)))]
    pub most: Option<i64>,
}

/// One term of a score: what is stated (`when`) or done (`each`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TermSpec {
    /// Its name.
    pub name: Name,
    /// Its points once if this holds; either this or `each`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub when: Option<FactGuard>,
    /// Its points for each of these facts; either this or `when`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub each: Option<EachSpec>,
    /// Points, from -1,000,000 to 1,000,000 and not 0.
    #[cfg_attr(feature = "schema", schemars(range(min = -1_000_000, max = 1_000_000)))]
    pub points: i64,
    /// After this long a fact weighs half; belongs to `each`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub half_life: Option<Span>,
    /// The size of the term is not above this, whatever its sign.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = i64::MAX)))]
    pub most: Option<i64>,
}

/// Which standing facts a term counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct EachSpec {
    /// The kind of signal.
    pub kind: SignalKind,
    /// What the facts must carry.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
    /// Facts later than now minus this span count; without it, all do.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// A named guard over the facts of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SegmentSpec {
    /// Its name.
    pub name: Name,
    /// The view under which it is asked.
    pub view: Name,
    /// What must hold.
    pub when: FactGuard,
    /// The derived kind of signal by which membership enters the journey (I12).
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub signal: Option<SignalKind>,
    /// The score that fills the integer attribute `score` of that signal.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub score: Option<Name>,
}

/// What purchases say of a person's worth and of who may leave (I26 to I31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LoyaltySpec {
    /// Its name.
    pub name: Name,
    /// The view under which it is asked.
    pub view: Name,
    /// The kind of signal that is a purchase.
    pub kind: SignalKind,
    /// The integer attribute that is its amount, in minor units of one currency.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Name>,
    /// The kind of signal that is a refund, whose amounts are taken off.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub minus: Option<SignalKind>,
    /// How far ahead is looked: a whole number of days, such as `90d`.
    pub horizon: Span,
    /// So many people make a block of the life table; absent: 20, never below 10.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 10, max = 4_294_967_295_u32)))]
    pub k: Option<u32>,
}

/// Who brings others (I33).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AdvocacySpec {
    /// Its name.
    pub name: Name,
    /// The view under which it is asked.
    pub view: Name,
    /// Where we noted the code that a person was handed.
    pub given: CodeSpec,
    /// What arrives at the newcomer with such a code.
    pub arrives: CodeSpec,
    /// What a newcomer does who follows.
    pub then: SignalKind,
    /// Within which time after arriving.
    pub within: Span,
    /// What the arrival must carry besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topic: Vec<AttributeTest>,
}

/// A kind of signal, and its attribute that holds a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CodeSpec {
    /// The kind of signal.
    pub kind: SignalKind,
    /// The attribute, a text.
    pub name: Name,
}

/// The indicators of one phase of the relation (I25).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct PhaseSpec {
    /// The stage; `none` for no stage.
    pub stage: Stage,
    /// The tables that are looked at while people stand there.
    pub tables: Vec<Name>,
}

object_only!(
    InsightSpec,
    ViewSpec,
    ScoreSpec,
    TermSpec,
    EachSpec,
    SegmentSpec,
    LoyaltySpec,
    AdvocacySpec,
    CodeSpec,
    PhaseSpec,
);

impl InsightSpec {
    /// Reads a spec from JSON, without checking what it means.
    ///
    /// # Errors
    /// [`WireError`](placet::entry::WireError): the first place that has not the form of a spec.
    pub fn from_json(text: &str) -> Result<InsightSpec, placet::entry::WireError> {
        placet::entry::read_json(text)
    }
}
