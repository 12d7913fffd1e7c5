//! What a rule fires on, as data: a kind of signal, or a go of consent.

use serde::{Deserialize, Serialize};

use super::spec::{is_self, to_self};
use crate::consent::ActKind;
use crate::name::{Channel, NameError, Purpose, Recipient, SELF, SignalKind, never_null, object_only};

/// What a rule fires on: a kind of signal, or a go of consent.
///
/// A kind is written as its name. Of a go the rule sees a signal of the kind `act:grant` or `act:confirm`, which
/// [`Journey::signal_of`](crate::Journey::signal_of) makes:
///
/// ```
/// use placet::{journey::Trigger, name::SignalKind};
/// let like: Trigger = serde_json::from_str(r#""like""#)?;
/// let confirmed: Trigger = serde_json::from_str(r#"{"confirm": {"purpose": "newsletter"}}"#)?;
/// assert_eq!((like.kind(), confirmed.kind()), (SignalKind::new("like")?, SignalKind::new("act:confirm")?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A signal of this kind.
    Signal(SignalKind),
    /// A grant that permits at once; one that waits for its confirm fires nothing.
    Grant(Given),
    /// A confirm that confirmed a grant.
    Confirm(Given),
}

/// What was given: all parts that are named must be those of the grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Given {
    /// What for; absent: whatever for.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// Which way; absent: whichever.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// To whom; absent: the controller itself.
    #[serde(default = "to_self", skip_serializing_if = "is_self")]
    pub recipient: Recipient,
}

/// How a go is written.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum ActTrigger {
    /// A grant that permits at once.
    Grant(Given),
    /// A confirm that confirmed a grant.
    Confirm(Given),
}

impl Trigger {
    /// What stands before the kinds of signals that tell of acts. No journey declares one.
    pub(crate) const ACTS: &'static str = "act:";

    /// The kind of signal that it fires on.
    #[must_use]
    pub fn kind(&self) -> SignalKind {
        match self {
            Trigger::Signal(kind) => kind.clone(),
            Trigger::Grant(_) => SignalKind::known("act:grant"),
            Trigger::Confirm(_) => SignalKind::known("act:confirm"),
        }
    }

    /// Of which acts it is told, and which of them it fires on; `None` for a kind of signal.
    pub(crate) fn act(&self) -> Option<(ActKind, &Given)> {
        match self {
            Trigger::Signal(_) => None,
            Trigger::Grant(given) => Some((ActKind::Grant, given)),
            Trigger::Confirm(given) => Some((ActKind::Confirm, given)),
        }
    }
}

impl From<SignalKind> for Trigger {
    fn from(kind: SignalKind) -> Trigger {
        Trigger::Signal(kind)
    }
}
impl std::str::FromStr for Trigger {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Trigger, NameError> {
        SignalKind::new(text).map(Trigger::Signal)
    }
}
impl std::fmt::Display for Trigger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (word, given) = match self {
            Trigger::Signal(kind) => return write!(f, "{kind}"),
            Trigger::Grant(given) => ("grant", given),
            Trigger::Confirm(given) => ("confirm", given),
        };
        f.write_str(word)?;
        match (&given.purpose, &given.channel) {
            (None, None) => {}
            (Some(purpose), None) => write!(f, " of {purpose}")?,
            (None, Some(channel)) => write!(f, " of anything by {channel}")?,
            (Some(purpose), Some(channel)) => write!(f, " of {purpose} by {channel}")?,
        }
        if given.recipient == SELF { Ok(()) } else { write!(f, " to {}", given.recipient) }
    }
}
impl Serialize for Trigger {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Trigger::Signal(kind) => kind.serialize(serializer),
            Trigger::Grant(given) => ActTrigger::Grant(given.clone()).serialize(serializer),
            Trigger::Confirm(given) => ActTrigger::Confirm(given.clone()).serialize(serializer),
        }
    }
}
impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Trigger, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "snake_case")]
        enum Key {
            Grant,
            Confirm,
        }
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Trigger;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a kind of signal, or `{\"confirm\": …}` or `{\"grant\": …}`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Trigger, E> {
                SignalKind::new(text).map(Trigger::Signal).map_err(E::custom)
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Trigger, A::Error> {
                let one = || serde::de::Error::custom("a rule fires on one act: `grant` or `confirm`");
                let trigger = match map.next_key()?.ok_or_else(one)? {
                    Key::Grant => Trigger::Grant(map.next_value()?),
                    Key::Confirm => Trigger::Confirm(map.next_value()?),
                };
                match (map.next_key()?, &trigger) {
                    (None, _) => Ok(trigger),
                    (Some(Key::Grant), Trigger::Grant(_)) => Err(serde::de::Error::duplicate_field("grant")),
                    (Some(Key::Confirm), Trigger::Confirm(_)) => {
                        Err(serde::de::Error::duplicate_field("confirm"))
                    }
                    (Some(_), _) => Err(one()),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
#[cfg(feature = "schema")]
impl schemars::JsonSchema for Trigger {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Trigger".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let (kind, act) = (generator.subschema_for::<SignalKind>(), generator.subschema_for::<ActTrigger>());
        schemars::json_schema!({ "anyOf": [kind, act] })
    }
}

object_only!(Given);
