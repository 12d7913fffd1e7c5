//! What is written down of a table (I18 to I20).

use std::fmt;

use placet::consent::ActKind;
use placet::journey::Span;
use placet::journey::guard::AttributeTest;
use placet::name::{EffectName, Name, Purpose, SignalKind, Stage};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::strict::{never_null, object_only};

/// People and facts counted by keys.
///
/// ```
/// use placet_insight::TableSpec;
/// let hours: TableSpec = placet::entry::read_json(
///     r#"{"name":"hours","view":"interest","count":{"kind":"like"},"by":["hour"]}"#)?;
/// assert_eq!((hours.k, hours.by.len()), (None, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TableSpec {
    /// Its name.
    pub name: Name,
    /// The view whose needs nobody counted said no to; not of a table of acts (`said`).
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub view: Option<Name>,
    /// Only people in this segment: those who have a profile for its view, and of whom its guard holds.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub segment: Option<Name>,
    /// What is counted.
    pub count: CountedSpec,
    /// By which keys; at most two. Without one there is one cell, the total.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 2)))]
    pub by: Vec<KeySpec>,
    /// Only facts that were handled while one of these stages was held; `none` for no stage. Absent: all.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub stages: Option<Vec<Stage>>,
    /// A cell of fewer people is hidden; absent: 20, never below 10.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 10, max = 4_294_967_295_u32)))]
    pub k: Option<u32>,
    /// So many facts of one person count in a cell, the latest; absent: 1, at most 1,048,576.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_048_576)))]
    pub most: Option<u32>,
    /// The integer attribute that is summed; needs `clamp`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Name>,
    /// An amount above this counts as this, one below 0 as 0.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = i64::MAX)))]
    pub clamp: Option<i64>,
    /// Makes it a table of times: how long from each fact to what ends it (I20).
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub until: Option<UntilSpec>,
}

/// What a table counts: exactly one of `kind`, `sent`, `moved`, `people` and `said`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CountedSpec {
    /// Standing facts of a kind of signal.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub kind: Option<SignalKind>,
    /// Events that were sent: of one effect, or `*` for all.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub sent: Option<Which<EffectName>>,
    /// Moves to a stage, or `*` for all.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub moved: Option<Which<Stage>>,
    /// `true`: people, each once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub people: bool,
    /// Acts of one kind for one purpose: what a controller must be able to show.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub said: Option<SaidSpec>,
    /// What the facts must carry; of a kind alone.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
    /// Facts later than now minus this span count; without it, all do.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// Acts of one kind, such as withdrawals, that cover a purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SaidSpec {
    /// Which acts: grants, withdrawals, refusals, objections, restrictions, pauses, and lifts of the last three but one.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    pub kind: ActKind,
    /// For which purpose. A stop that names none covers all.
    pub purpose: Purpose,
}

/// One name, or all of them, written `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which<T> {
    /// All.
    All,
    /// This one.
    One(T),
}

/// By what facts are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeySpec {
    /// The value of an attribute of the signal.
    Attribute(Name),
    /// The network of the identity that it arrived on, or went to.
    Network,
    /// Where the signal came from; of an act, the place where it was done.
    Source,
    /// The effect that was sent.
    Effect,
    /// The hour of the day, 0 to 23, in the zone given.
    Hour,
    /// The day of the week.
    Weekday,
    /// The day.
    Day,
    /// The month.
    Month,
    /// The stage at which the person stands now.
    Stage,
    /// The stage that the person held when it was handled.
    Held,
    /// The value that the person's latest standing fact of a kind carries.
    Latest(LatestKeySpec),
    /// Whether the person is in a segment; only of people who have a profile for its view.
    Segment(Name),
}

/// An attribute of the latest fact of a kind that carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct LatestKeySpec {
    /// The kind of signal.
    pub kind: SignalKind,
    /// The attribute.
    pub name: Name,
}

/// What ends a time that began with a fact: a later signal or a move, exactly one of `by` and `moved`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct UntilSpec {
    /// The first later signal of this kind.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub by: Option<SignalKind>,
    /// The first later move to this stage.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub moved: Option<Stage>,
    /// The attribute whose value both must share, such as a ticket; with `by` alone.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub same: Option<Name>,
}

object_only!(TableSpec, CountedSpec, SaidSpec, LatestKeySpec, UntilSpec);

const ALL: &str = "*";

impl<T: Serialize> Serialize for Which<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Which::All => serializer.serialize_str(ALL),
            Which::One(name) => name.serialize(serializer),
        }
    }
}

impl<'de, T: std::str::FromStr<Err: fmt::Display>> Deserialize<'de> for Which<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Which<T>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        if text == ALL {
            Ok(Which::All)
        } else {
            text.parse().map(Which::One).map_err(serde::de::Error::custom)
        }
    }
}

#[cfg(feature = "schema")]
impl<T> schemars::JsonSchema for Which<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "NameOrAll".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^(\*|[a-z0-9][a-z0-9+._:/-]{0,63})$" })
    }
}
