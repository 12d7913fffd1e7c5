//! Keys of messages: by them a gateway and an outbox know what they have seen.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::checked::Name;
use super::effect::{EffectName, RuleName};
use super::id::{ActId, ContactId, SignalId};

/// The key of one effect of one rule on one signal of one contact: the same input, the same key.
///
/// A crash can make a gateway see one key twice, never two keys for one effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EventKey(Uuid);

impl EventKey {
    const NAMESPACE: Uuid = Uuid::from_u128(0x5d0c_9d5e_6a0f_5c1b_9b7e_706c_6163_6574);

    /// UUID v5 of the four names; none of them can contain the line feed that separates them.
    #[must_use]
    pub fn of(contact: &ContactId, signal: &SignalId, rule: &RuleName, effect: &EffectName) -> EventKey {
        let text = format!("{contact}\n{signal}\n{rule}\n{effect}");
        EventKey(Uuid::new_v5(&EventKey::NAMESPACE, text.as_bytes()))
    }

    /// The key as a UUID.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for EventKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

/// The key of the reply to one act of one contact: the same act, the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReplyKey(Uuid);

impl ReplyKey {
    /// UUID v5 of the two ids, apart from every key of an event.
    #[must_use]
    pub fn of(contact: &ContactId, act: &ActId) -> ReplyKey {
        ReplyKey(Uuid::new_v5(&EventKey::NAMESPACE, format!("{contact}\n{act}\nreply").as_bytes()))
    }

    /// The key as a UUID.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl std::fmt::Display for ReplyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

/// From the one spelling that a key is written in. Every UUID is a name, of 36 characters.
macro_rules! read_key {
    ($type:ident, $what:literal) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$type, D::Error> {
                let text = Name::deserialize(deserializer)?;
                let key = Uuid::try_parse(text.as_str()).ok().map($type);
                let mut spelling = [0; Hyphenated::LENGTH];
                let key = key.filter(|key| key.0.hyphenated().encode_lower(&mut spelling) == text.as_str());
                key.ok_or_else(|| {
                    serde::de::Error::custom(concat!($what, " is a UUID, in lower case and with hyphens"))
                })
            }
        }
    };
}

read_key!(EventKey, "an event key");
read_key!(ReplyKey, "a reply key");
