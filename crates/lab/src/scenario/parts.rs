//! Scopes and reaches as objects of their parts.

use placet::{Channel, Purpose, Reach, Recipient, Scope, name::SELF};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::strict::{never_null, object_only};

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub(super) struct ScopeParts {
    purpose: Purpose,
    channel: Channel,
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    recipient: Option<Recipient>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub(super) struct ReachParts {
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    recipient: Option<Recipient>,
}

object_only!(ScopeParts, ReachParts);

impl From<&Scope> for ScopeParts {
    fn from(scope: &Scope) -> ScopeParts {
        let recipient = Some(scope.recipient()).filter(|recipient| **recipient != SELF).cloned();
        ScopeParts { purpose: scope.purpose().clone(), channel: scope.channel().clone(), recipient }
    }
}

impl From<ScopeParts> for Scope {
    fn from(parts: ScopeParts) -> Scope {
        Scope::new(parts.purpose, parts.channel, parts.recipient.unwrap_or(SELF))
    }
}

/// One scope; without a recipient the controller itself.
pub(super) mod of_scope {
    use super::{Deserialize, Deserializer, Scope, ScopeParts, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(scope: &Scope, serializer: S) -> Result<S::Ok, S::Error> {
        ScopeParts::from(scope).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Scope, D::Error> {
        <ScopeParts as Deserialize>::deserialize(deserializer).map(Scope::from)
    }
}

/// A scope that may be left out.
pub(super) mod of_any_scope {
    use super::{Deserialize, Deserializer, Scope, ScopeParts, Serialize, Serializer};

    #[allow(clippy::ref_option, reason = "serde's `with` hands a reference")]
    pub(crate) fn serialize<S: Serializer>(scope: &Option<Scope>, serializer: S) -> Result<S::Ok, S::Error> {
        scope.as_ref().map(ScopeParts::from).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Scope>, D::Error> {
        <ScopeParts as Deserialize>::deserialize(deserializer).map(|parts| Some(parts.into()))
    }
}

/// How far a stop reaches; a part that is left out is any.
pub(super) mod of_reach {
    use super::{Deserialize, Deserializer, Reach, ReachParts, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(reach: &Reach, serializer: S) -> Result<S::Ok, S::Error> {
        let (purpose, channel, recipient) = reach.parts();
        let (purpose, channel, recipient) = (purpose.cloned(), channel.cloned(), recipient.cloned());
        ReachParts { purpose, channel, recipient }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reach, D::Error> {
        let parts = <ReachParts as Deserialize>::deserialize(deserializer)?;
        let mut reach = Reach::everything();
        if let Some(purpose) = parts.purpose {
            reach = reach.purpose(purpose);
        }
        if let Some(channel) = parts.channel {
            reach = reach.by(channel);
        }
        if let Some(recipient) = parts.recipient {
            reach = reach.to(recipient);
        }
        Ok(reach)
    }
}
