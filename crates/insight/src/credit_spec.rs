//! What is written down of a credit: which outcomes, which touches, and how long before (I35).

use placet::journey::Span;
use placet::journey::guard::AttributeTest;
use placet::name::{EffectName, Name, SignalKind};
use serde::{Deserialize, Serialize};

use crate::strict::{never_null, object_only};
use crate::table_spec::Which;

/// How an outcome is shared among the touches before it (I35).
///
/// ```
/// use placet_insight::{CreditSpec, Model};
/// let spring: CreditSpec = placet::entry::read_json(r#"{"name":"spring","view":"interest",
///     "outcome":{"kind":"purchase","amount":"amount"},
///     "touches":[{"sent":"*","by":"effect"},{"kind":"like","channel":"social"}],
///     "window":"30d","model":"shared"}"#)?;
/// assert_eq!((spring.touches.len(), spring.model), (2, Model::Shared));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CreditSpec {
    /// Its name.
    pub name: Name,
    /// The view whose needs a person must permit for their touches to be looked at.
    pub view: Name,
    /// Which facts are outcomes.
    pub outcome: OutcomeSpec,
    /// Which facts are touches; 1 to 64. A fact is the first of these that fits and names a channel.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 64)))]
    pub touches: Vec<TouchSpec>,
    /// How long before an outcome a touch may be.
    pub window: Span,
    /// How an outcome is given out where nothing else is asked for.
    pub model: Model,
    /// A channel of fewer people is hidden; absent: 20, never below 10.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(range(min = 10, max = 4_294_967_295_u32)))]
    pub k: Option<u32>,
}

/// Which facts are outcomes, and what each is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct OutcomeSpec {
    /// The kind of signal.
    pub kind: SignalKind,
    /// What the facts must carry.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
    /// The integer attribute that is its amount, in minor units of one currency; a fact without it has the amount 0.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Name>,
}

/// Which facts are touches: a `kind` of signal or what was `sent`, of a `channel` or told apart `by` something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct TouchSpec {
    /// The kind of signal; either this or `sent`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub kind: Option<SignalKind>,
    /// Events that were sent: of one effect, or `*` for all; either this or `kind`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub sent: Option<Which<EffectName>>,
    /// What the facts must carry; of a kind alone.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub carrying: Vec<AttributeTest>,
    /// The channel that gets the credit; either this or `by`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub channel: Option<Name>,
    /// What names the channel that gets the credit; either this or `channel`. A fact without it is no touch.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub by: Option<TouchKey>,
}

/// What names the channel of a touch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TouchKey {
    /// The value of an attribute; of a kind of signal alone.
    Attribute(Name),
    /// The network of the identity that it arrived on, or went to.
    Network,
    /// The effect that was sent; of what was `sent` alone.
    Effect,
}

/// How the worth of an outcome is given to the touches before it (I37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// All to the first touch.
    First,
    /// All to the last touch.
    Last,
    /// The same to every touch.
    Linear,
    /// The same to every channel, at its first touch: the Shapley value where an outcome counts for the channels it had.
    Shared,
}

impl Model {
    /// All models.
    pub const ALL: [Model; 4] = [Model::First, Model::Last, Model::Linear, Model::Shared];

    /// The word for it, as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Model::First => "first",
            Model::Last => "last",
            Model::Linear => "linear",
            Model::Shared => "shared",
        }
    }
}

object_only!(CreditSpec, OutcomeSpec, TouchSpec);
