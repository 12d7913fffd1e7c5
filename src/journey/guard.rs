//! Guards: a small closed language of conditions. No strings to evaluate, bounded depth, every name checked at load.

use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use super::spec::NeedSpec;
use crate::name::{EffectName, Name, Purpose, SignalKind, Stage, never_null, object_only, word_only};
use crate::signal::Value;

/// How deep guards nest.
const DEEPEST: u8 = 16;

/// A condition on the contact and the signal at hand.
///
/// On the wire each is an object with one key, so that an error's path reaches inside:
///
/// | JSON | holds when |
/// |---|---|
/// | `{"all": […]}`, `{"any": […]}`, `{"not": …}` | as they say; lists are not empty |
/// | `{"stage": "fan"}` | the contact stands there; `none` for no stage |
/// | `{"count": {"kind": "like", "at_least": 2, "within": "30d"}}` | so many signals of the kind were admitted, this one included, later than now - 30 days; without `within`: ever |
/// | `{"recency": {"kind": "purchase", "within": "90d"}}` | an earlier signal of the kind happened later than now - 90 days |
/// | `{"unanswered": {"kind": "complaint", "by": ["answer"]}}` | a signal of the kind was admitted, and none of those that answer it happened at its instant or later; the signal at hand is not looked at |
/// | `{"not_older_than": "follow"}` | this signal did not happen before the latest admitted signal of the kind: what arrives late changes nothing |
/// | `{"queued": {"purpose": "offers", "at_least": 2, "within": "7d"}}` | so many events of the purpose, or with `effect` of the effect, were queued later than now - 7 days; without `within`: ever |
/// | `{"attribute": {"name": "amount", "is": "at_least", "value": {"integer": 100}}}` | this signal carries it and it compares so; false where it carries none |
/// | `{"consent": {"purpose": "offers", "channel": "email"}}` | permitted now for any identity the channel reaches |
///
/// ```
/// use placet::{journey::Guard, name::SignalKind};
/// let guard = Guard::not(Guard::count("like".parse()?, 2, Some("30d".parse()?)))?;
/// assert_eq!(serde_json::to_string(&guard)?, r#"{"not":{"count":{"kind":"like","at_least":2,"within":"30d"}}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Guard {
    test: Test,
    #[serde(skip)]
    depth: u8,
}

/// The outermost condition of a [`Guard`], to be read: [`Guard::test`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// All of these hold. The list is not empty.
    All(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<Guard>),
    /// One of these holds at least. The list is not empty.
    Any(#[cfg_attr(feature = "schema", schemars(length(min = 1)))] Vec<Guard>),
    /// This does not hold.
    Not(Box<Guard>),
    /// The contact stands at this stage; `none` for no stage.
    Stage(Stage),
    /// So many signals of a kind were admitted.
    Count(Count),
    /// An earlier signal of a kind happened not too long ago.
    Recency(Recency),
    /// The latest signal of a kind was answered by none that happened then or later.
    Unanswered(Unanswered),
    /// The signal at hand did not happen before the latest admitted signal of a kind.
    NotOlderThan(SignalKind),
    /// So many events were queued.
    Queued(Queued),
    /// The signal at hand carries an attribute that compares so.
    Attribute(AttributeTest),
    /// This is permitted now for any identity that the channel reaches.
    Consent(NeedSpec),
}

/// So many signals of a kind, the one at hand included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Count {
    /// The kind of signal.
    pub kind: SignalKind,
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    /// The smallest number for which it holds.
    pub at_least: u32,
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    /// Signals later than now minus this span count; without it, all signals count.
    pub within: Option<Span>,
}

/// An earlier signal of a kind, not too long ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Recency {
    /// The kind of signal.
    pub kind: SignalKind,
    /// A signal later than now minus this span counts.
    pub within: Span,
}

/// A signal of a kind, such as a complaint, to which no answer has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Unanswered {
    /// The kind of signal that asks for an answer.
    pub kind: SignalKind,
    /// The kinds of signal that are one. The list is not empty.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub by: Vec<SignalKind>,
}

/// So many events of one effect, or of one purpose, were queued for the contact before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Queued {
    /// The effects of this name, in any rule; either this or `purpose`.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub effect: Option<EffectName>,
    /// The effects that go out for this purpose.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4_294_967_295_u32)))]
    /// The smallest number for which it holds.
    pub at_least: u32,
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    /// Events queued later than now minus this span count; without it, all count.
    pub within: Option<Span>,
}

/// An attribute of the signal at hand, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AttributeTest {
    /// The name of the attribute.
    pub name: Name,
    /// How its value compares with the other one.
    pub is: Comparison,
    /// The other value.
    pub value: Value,
}

object_only!(Count, Recency, Unanswered, Queued, AttributeTest);

/// How two values of one type compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same.
    NotEqual,
    /// Smaller, earlier, or before it as text.
    Less,
    /// Not greater.
    AtMost,
    /// Not less.
    AtLeast,
    /// Greater, later, or after it as text.
    Greater,
}

word_only!(Comparison);

impl Comparison {
    /// Whether it holds between two values; never between values of two types.
    ///
    /// ```
    /// use placet::{journey::Comparison, signal::Value};
    /// assert!(Comparison::AtLeast.holds(&Value::Integer(7), &Value::Integer(7)));
    /// assert!(!Comparison::NotEqual.holds(&Value::Integer(1), &Value::Bool(true)));
    /// ```
    #[must_use]
    pub fn holds(self, left: &Value, right: &Value) -> bool {
        let order = left.cmp(right);
        left.value_type() == right.value_type()
            && match self {
                Comparison::Equal => order.is_eq(),
                Comparison::NotEqual => order.is_ne(),
                Comparison::Less => order.is_lt(),
                Comparison::AtMost => order.is_le(),
                Comparison::AtLeast => order.is_ge(),
                Comparison::Greater => order.is_gt(),
            }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Comparison::Equal => "equal to",
            Comparison::NotEqual => "other than",
            Comparison::Less => "less than",
            Comparison::AtMost => "at most",
            Comparison::AtLeast => "at least",
            Comparison::Greater => "greater than",
        })
    }
}

/// A length of time, written as a whole number and a unit: `45m`, `12h`, `30d`, `8w`. A day has 24 hours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    number: u32,
    unit: Unit,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
}

/// Why a text is not a [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "a span is a whole number from 1 to 999999999 and a unit s, m (minutes), h, d or w, such as 30d; a month is 30d"
)]
pub struct SpanError;

impl Span {
    /// The same length for `chrono`.
    #[must_use]
    pub fn as_delta(self) -> TimeDelta {
        let number = i64::from(self.number);
        // INVARIANT: at most 999,999,999 weeks, which `chrono` can hold.
        let delta = match self.unit {
            Unit::Second => TimeDelta::try_seconds(number),
            Unit::Minute => TimeDelta::try_minutes(number),
            Unit::Hour => TimeDelta::try_hours(number),
            Unit::Day => TimeDelta::try_days(number),
            Unit::Week => TimeDelta::try_weeks(number),
        };
        delta.unwrap_or(TimeDelta::MAX)
    }
}

impl std::str::FromStr for Span {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Span, SpanError> {
        let split = text.len().checked_sub(1).ok_or(SpanError)?;
        let (number, unit) = text.split_at_checked(split).ok_or(SpanError)?;
        let unit = match unit {
            "s" => Unit::Second,
            "m" => Unit::Minute,
            "h" => Unit::Hour,
            "d" => Unit::Day,
            "w" => Unit::Week,
            _ => return Err(SpanError),
        };
        let plain = (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = number.parse().map_err(|_| SpanError)?;
        if plain && number > 0 { Ok(Span { number, unit }) } else { Err(SpanError) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Second => 's',
            Unit::Minute => 'm',
            Unit::Hour => 'h',
            Unit::Day => 'd',
            Unit::Week => 'w',
        };
        write!(f, "{}{unit}", self.number)
    }
}
impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a guard cannot be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GuardError {
    /// Nested more than 16 deep.
    #[error("guards nest at most 16 deep")]
    TooDeep,
    /// `all` or `any` of nothing.
    #[error("`all` and `any` need at least one guard inside")]
    Empty,
}

impl Guard {
    /// Holds when every one of them does.
    ///
    /// # Errors
    /// [`GuardError`] for an empty list, or nested too deep.
    pub fn all(guards: Vec<Guard>) -> Result<Guard, GuardError> {
        Guard::new(Test::All(guards))
    }

    /// Holds when one of them does.
    ///
    /// # Errors
    /// [`GuardError`] for an empty list, or nested too deep.
    pub fn any(guards: Vec<Guard>) -> Result<Guard, GuardError> {
        Guard::new(Test::Any(guards))
    }

    /// Holds when it does not.
    ///
    /// # Errors
    /// [`GuardError::TooDeep`].
    #[allow(clippy::should_implement_trait, reason = "it can refuse, and reads as the JSON does")]
    pub fn not(guard: Guard) -> Result<Guard, GuardError> {
        Guard::new(Test::Not(Box::new(guard)))
    }

    /// Holds when the contact stands at the stage.
    #[must_use]
    pub fn stage(stage: Stage) -> Guard {
        Guard { test: Test::Stage(stage), depth: 1 }
    }

    /// Holds when at least so many signals of the kind were admitted, this one included.
    #[must_use]
    pub fn count(kind: SignalKind, at_least: u32, within: Option<Span>) -> Guard {
        Guard { test: Test::Count(Count { kind, at_least, within }), depth: 1 }
    }

    /// Holds when an earlier signal of the kind happened not longer ago than this.
    #[must_use]
    pub fn recency(kind: SignalKind, within: Span) -> Guard {
        Guard { test: Test::Recency(Recency { kind, within }), depth: 1 }
    }

    /// Holds when the latest signal of the kind was answered by none of these kinds.
    ///
    /// ```
    /// use placet::journey::Guard;
    /// let open = Guard::unanswered("complaint".parse()?, vec!["answer".parse()?]);
    /// assert_eq!(open.to_string(), "complaint without answer after it");
    /// # Ok::<(), placet::name::NameError>(())
    /// ```
    #[must_use]
    pub fn unanswered(kind: SignalKind, by: Vec<SignalKind>) -> Guard {
        Guard { test: Test::Unanswered(Unanswered { kind, by }), depth: 1 }
    }

    /// Holds when the signal did not happen before the latest admitted signal of the kind.
    #[must_use]
    pub fn not_older_than(kind: SignalKind) -> Guard {
        Guard { test: Test::NotOlderThan(kind), depth: 1 }
    }

    /// Holds when at least so many events of the effect were queued.
    #[must_use]
    pub fn queued(effect: EffectName, at_least: u32, within: Option<Span>) -> Guard {
        let queued = Queued { effect: Some(effect), purpose: None, at_least, within };
        Guard { test: Test::Queued(queued), depth: 1 }
    }

    /// Holds when at least so many events for the purpose were queued.
    ///
    /// ```
    /// use placet::{journey::Guard, purpose::OFFERS};
    /// let at_most_one_a_week = Guard::not(Guard::queued_for(OFFERS, 2, Some("7d".parse()?)))?;
    /// assert_eq!(at_most_one_a_week.to_string(), "not at least 2 events for offers within 7 days");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn queued_for(purpose: Purpose, at_least: u32, within: Option<Span>) -> Guard {
        let queued = Queued { effect: None, purpose: Some(purpose), at_least, within };
        Guard { test: Test::Queued(queued), depth: 1 }
    }

    /// Holds when the signal carries the attribute and it compares so.
    #[must_use]
    pub fn attribute(name: Name, is: Comparison, value: Value) -> Guard {
        Guard { test: Test::Attribute(AttributeTest { name, is, value }), depth: 1 }
    }

    /// Holds when the scope is permitted now, for any identity that its channel reaches.
    #[must_use]
    pub fn consent(need: NeedSpec) -> Guard {
        Guard { test: Test::Consent(need), depth: 1 }
    }

    /// Its outermost condition, for whoever analyses guards. A guard is made by the constructors above alone.
    ///
    /// ```
    /// use placet::journey::{Guard, guard::Test};
    /// let fan = Guard::stage("fan".parse()?);
    /// assert!(matches!(fan.test(), Test::Stage(stage) if stage.as_str() == "fan"));
    /// # Ok::<(), placet::name::NameError>(())
    /// ```
    #[must_use]
    pub fn test(&self) -> &Test {
        &self.test
    }

    fn new(test: Test) -> Result<Guard, GuardError> {
        let below = match &test {
            Test::All(guards) | Test::Any(guards) => {
                guards.iter().map(|guard| guard.depth).max().ok_or(GuardError::Empty)?
            }
            Test::Not(guard) => guard.depth,
            _ => 0,
        };
        let depth = below.saturating_add(1);
        if depth > DEEPEST { Err(GuardError::TooDeep) } else { Ok(Guard { test, depth }) }
    }
}

impl<'de> Deserialize<'de> for Guard {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Guard, D::Error> {
        Guard::new(Test::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
