//! Floor 4: signals. What arrived about a contact: a like, a sign-up, a purchase, a mention, a visit to the shop.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::name::{
    ActId, ContactId, Instant, Name, Scope, SignalId, SignalKind, never_null, object_only, word_only,
};

/// A signal as it comes in: plain data. A journey checks it against the kinds it declares and
/// makes it a [`Signal`] ([`Journey::signal`](crate::Journey::signal)).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SignalSpec {
    /// Its id, unique for the contact (SPEC S2).
    pub id: SignalId,
    /// About whom.
    pub contact: ContactId,
    /// The identity it arrived on. Admission is asked for this one (SPEC S29).
    pub identity: Identity,
    /// What kind of signal.
    pub kind: SignalKind,
    /// Where it came from.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// When it happened. When it is handled is an argument of `decide`.
    pub at: Instant,
    /// What the kind declares it carries; at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

/// One attribute of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Attribute {
    /// Its declared name.
    pub name: Name,
    /// Its value, of the declared type.
    pub value: Value,
}

object_only!(SignalSpec, Attribute);

/// A typed value. There is no free text: a `text` is a name, such as a category or a page's label.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A name.
    Text(Name),
    /// A whole number; money is counted in minor units.
    Integer(#[cfg_attr(feature = "schema", schemars(range(min = i64::MIN, max = i64::MAX)))] i64),
    /// Yes or no.
    Bool(bool),
    /// A point in time.
    Instant(Instant),
}

/// The types that attributes are declared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum ValueType {
    /// A name.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Bool,
    /// A point in time.
    Instant,
}

impl Value {
    /// Of which type it is.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        match self {
            Value::Text(_) => ValueType::Text,
            Value::Integer(_) => ValueType::Integer,
            Value::Bool(_) => ValueType::Bool,
            Value::Instant(_) => ValueType::Instant,
        }
    }
}

/// Does not show a text: it should be no handle, and could be one.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Text(_) => f.write_str("Text"),
            Value::Integer(number) => f.debug_tuple("Integer").field(number).finish(),
            Value::Bool(is) => f.debug_tuple("Bool").field(is).finish(),
            Value::Instant(at) => f.debug_tuple("Instant").field(at).finish(),
        }
    }
}
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Text(name) => write!(f, "{name}"),
            Value::Integer(number) => write!(f, "{number}"),
            Value::Bool(true) => f.write_str("true"),
            Value::Bool(false) => f.write_str("false"),
            Value::Instant(at) => write!(f, "{at}"),
        }
    }
}

impl std::fmt::Display for ValueType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ValueType::Text => "text",
            ValueType::Integer => "integer",
            ValueType::Bool => "bool",
            ValueType::Instant => "instant",
        })
    }
}

/// Where a signal came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Source {
    /// A social network.
    Network,
    /// A shop, at the counter.
    Shop,
    /// A site or an application.
    Web,
    /// Mail, electronic or not.
    Mail,
    /// A call.
    Phone,
}

word_only!(ValueType, Source);

/// A checked signal: its kind and attributes are declared by the journey that made it. Cheap to clone.
///
/// What a decision and its events name stands in place; the data behind it is shared and seldom touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    contact: ContactId,
    id: SignalId,
    kind: u16,
    at: Instant,
    spec: Arc<SignalSpec>,
}

impl SignalSpec {
    /// The signal that tells of a go: what was given, as attributes.
    pub(crate) fn of_act(
        act: &ActId,
        contact: ContactId,
        identity: Identity,
        kind: SignalKind,
        scope: Scope,
        at: Instant,
    ) -> SignalSpec {
        let (purpose, channel, recipient) = scope.into_parts();
        let parts = [
            ("purpose", purpose.name().clone()),
            ("channel", channel.name().clone()),
            ("recipient", recipient.name().clone()),
        ];
        let attribute = |(name, value)| Attribute { name: Name::known(name), value: Value::Text(value) };
        let (id, attributes) = (SignalId::of_act(act), parts.map(attribute).into());
        SignalSpec { id, contact, identity, kind, source: None, at, attributes }
    }
}

impl Signal {
    /// INVARIANT: called by `Journey::signal` alone, after the check, and for a signal of the same kind.
    pub(crate) fn checked(spec: impl Into<Arc<SignalSpec>>, kind: u16) -> Signal {
        let spec = spec.into();
        let (contact, id, at) = (spec.contact.clone(), spec.id.clone(), spec.at);
        Signal { contact, id, kind, at, spec }
    }

    /// The place of its kind in the journey that made it.
    #[inline]
    pub(crate) fn kind_place(&self) -> u16 {
        self.kind
    }

    /// About whom.
    #[must_use]
    #[inline]
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// The data of it.
    #[must_use]
    pub fn spec(&self) -> &SignalSpec {
        &self.spec
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &SignalId {
        &self.id
    }

    /// What kind of signal.
    #[must_use]
    pub fn kind(&self) -> &SignalKind {
        &self.spec.kind
    }

    /// When it happened.
    #[must_use]
    #[inline]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The value of an attribute, if it carries one of that name.
    #[must_use]
    pub fn attribute(&self, name: &Name) -> Option<&Value> {
        self.spec
            .attributes
            .iter()
            .find(|attribute| attribute.name == *name)
            .map(|attribute| &attribute.value)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn little_more_than_a_cache_line() {
        assert_eq!(size_of::<super::Signal>(), 72);
    }
}
