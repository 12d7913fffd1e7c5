//! Guards over facts: the conditions of segments and of what people state in scores (I13). They read like the guards of a
//! journey, and ask more of the past and nothing of a signal at hand.

use placet::journey::guard::{AttributeTest, Recency, Unanswered};
use placet::journey::{Comparison, GuardError, NeedSpec, Span};
use placet::name::{Name, SignalKind, Stage};
use placet::signal::Value;
use serde::{Deserialize, Deserializer, Serialize};

use crate::strict::{never_null, object_only};

/// How deep guards nest.
const DEEPEST: u8 = 16;

/// A condition on the standing facts of a person (I13).
///
/// | JSON | holds when |
/// |---|---|
/// | `{"all": […]}`, `{"any": […]}`, `{"not": …}` | as they say; lists are not empty |
/// | `{"stage": "fan"}` | the person stands there; `none` for no stage |
/// | `{"consent": {"purpose": "offers", "channel": "email"}}` | permitted now for any identity the channel reaches |
/// | `{"count": {"kind": "like", "at_least": 2, "within": "30d", "where": […]}}` | so many facts of the kind stand |
/// | `{"recency": {"kind": "purchase", "within": "90d"}}` | one standing fact of the kind is later than now - 90 days |
/// | `{"unanswered": {"kind": "complaint", "by": ["answer"]}}` | one stands, and nothing that answers it is as late |
/// | `{"latest": {"kind": "statement", "name": "drives", "is": "not_equal", "value": {"text": "vw"}}}` | the latest standing fact that carries the attribute compares so |
/// | `{"distinct": {"kind": "like", "name": "brand", "at_least": 2}}` | so many different values stand |
/// | `{"score": {"name": "heat", "at_least": 40}}` | a score of the same view is so high; not inside a score |
///
/// ```
/// use placet_insight::FactGuard;
/// let fan: FactGuard = placet::entry::read_json(r#"{"count":{"kind":"like","at_least":1}}"#)?;
/// let rule_only = placet::entry::read_json::<FactGuard>(r#"{"attribute":{"name":"a","is":"equal","value":{"integer":1}}}"#);
/// assert!(rule_only.is_err(), "no signal is at hand");
/// # let _ = fan;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct FactGuard {
    test: FactTest,
    #[serde(skip)]
    depth: u8,
}

/// The outermost condition of a [`FactGuard`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FactTest {
    /// All of these hold. The list is not empty.
    All(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<FactGuard>),
    /// One of these holds at least. The list is not empty.
    Any(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<FactGuard>),
    /// This does not hold.
    Not(Box<FactGuard>),
    /// The person stands at this stage; `none` for no stage.
    Stage(Stage),
    /// This is permitted now, for any identity that the channel reaches.
    Consent(NeedSpec),
    /// So many facts of a kind stand.
    Count(FactCount),
    /// A standing fact of a kind happened not too long ago.
    Recency(Recency),
    /// The latest fact of a kind was answered by none that happened then or later.
    Unanswered(Unanswered),
    /// The latest standing fact that carries an attribute has a value that compares so.
    Latest(LatestTest),
    /// So many different values of an attribute stand.
    Distinct(DistinctTest),
    /// A score of the same view is so high.
    Score(ScoreTest),
}

/// So many standing facts of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct FactCount {
    /// The kind of signal.
    pub kind: SignalKind,
    /// The smallest number for which it holds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    pub at_least: u32,
    /// Facts later than now minus this span count; without it, all do.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// What the facts must carry; a comparison that a fact does not carry does not hold.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
}

/// The value that somebody stated last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LatestTest {
    /// The kind of signal.
    pub kind: SignalKind,
    /// The name of the attribute.
    pub name: Name,
    /// How its value compares with the other one.
    pub is: Comparison,
    /// The other value.
    pub value: Value,
}

/// So many different values of an attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct DistinctTest {
    /// The kind of signal.
    pub kind: SignalKind,
    /// The name of the attribute.
    pub name: Name,
    /// The smallest number for which it holds.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    pub at_least: u32,
    /// Facts later than now minus this span count; without it, all do.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// What the facts must carry besides.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
}

/// A score of the same view, so high.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ScoreTest {
    /// The name of the score.
    pub name: Name,
    /// The fewest points for which it holds.
    #[cfg_attr(feature = "schema", schemars(range(min = i64::MIN, max = i64::MAX)))]
    pub at_least: i64,
}

object_only!(FactCount, LatestTest, DistinctTest, ScoreTest);

impl FactGuard {
    /// Puts a guard together.
    ///
    /// # Errors
    /// [`GuardError`] for an empty list, or nested more than 16 deep.
    pub fn new(test: FactTest) -> Result<FactGuard, GuardError> {
        let below = match &test {
            FactTest::All(guards) | FactTest::Any(guards) => {
                guards.iter().map(|guard| guard.depth).max().ok_or(GuardError::Empty)?
            }
            FactTest::Not(guard) => guard.depth,
            _ => 0,
        };
        let depth = below.saturating_add(1);
        if depth > DEEPEST { Err(GuardError::TooDeep) } else { Ok(FactGuard { test, depth }) }
    }

    /// The outermost condition.
    #[must_use]
    pub fn test(&self) -> &FactTest {
        &self.test
    }
}

impl<'de> Deserialize<'de> for FactGuard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FactGuard, D::Error> {
        FactGuard::new(FactTest::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
