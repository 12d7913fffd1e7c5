//! The written form of queued events and events. `type` tells them apart; only a queued event is ever read.

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::consent::Citation;
use crate::event::{Event, QueuedEvent};
use crate::name::EventKey;
use crate::name::{ContactId, EffectName, Name, RuleName, SignalId, object_only};

const QUEUED: &str = "queued_event";

#[derive(Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct QueuedLine {
    #[serde(rename = "type")]
    type_name: Name,
    v: u32,
    key: EventKey,
    contact: ContactId,
    signal: SignalId,
    rule: RuleName,
    effect: EffectName,
    /// One citation for each need, the addressing one first.
    needs: Vec<Citation>,
}

object_only!(QueuedLine);

impl Serialize for QueuedEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = QueuedLine {
            type_name: Name::known(QUEUED),
            v: QueuedEvent::SCHEMA_VERSION,
            key: self.key(),
            contact: self.contact.clone(),
            signal: self.signal.clone(),
            rule: self.rule.clone(),
            effect: self.effect.clone(),
            needs: self.citations().cloned().collect(),
        };
        Serialize::serialize(&line, serializer)
    }
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "event")?;
        map.serialize_entry("v", &QueuedEvent::SCHEMA_VERSION)?;
        map.serialize_entry("key", &self.key())?;
        map.serialize_entry("contact", self.contact())?;
        map.serialize_entry("controller", self.controller())?;
        map.serialize_entry("signal", self.signal())?;
        map.serialize_entry("rule", self.rule())?;
        map.serialize_entry("effect", self.effect())?;
        map.serialize_entry("needs", &self.citations().collect::<Vec<_>>())?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for QueuedEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<QueuedEvent, D::Error> {
        let line: QueuedLine = Deserialize::deserialize(deserializer)?;
        QueuedEvent::try_from(line).map_err(serde::de::Error::custom)
    }
}

/// Why a written queued event is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueuedEventError {
    /// Something else than a queued event, an event for example.
    #[error("only a `queued_event` is read: nothing else can be released")]
    Type,
    /// A version that this crate does not know.
    #[error("this version of a queued event is not known; version 1 is")]
    Version,
    /// The list of needs is empty.
    #[error("a queued event has at least one need, the addressing one")]
    NoNeeds,
    /// Its needs are of several instants.
    #[error("all needs of a queued event are of one decision: they have one instant")]
    MixedNeeds,
    /// The key is not that of its contact, signal, rule and effect.
    #[error("the key is not that of the contact, signal, rule and effect that stand beside it")]
    Key,
}

impl TryFrom<QueuedLine> for QueuedEvent {
    type Error = QueuedEventError;

    fn try_from(line: QueuedLine) -> Result<QueuedEvent, QueuedEventError> {
        let QueuedLine { type_name, v, key, contact, signal, rule, effect, needs } = line;
        if type_name.as_str() != QUEUED {
            return Err(QueuedEventError::Type);
        }
        if v != QueuedEvent::SCHEMA_VERSION {
            return Err(QueuedEventError::Version);
        }
        let mut needs = needs.into_iter();
        let addressing = needs.next().ok_or(QueuedEventError::NoNeeds)?;
        let further: Vec<Citation> = needs.collect();
        if further.iter().any(|need| need.decided_at != addressing.decided_at) {
            return Err(QueuedEventError::MixedNeeds);
        }
        let queued = QueuedEvent { contact, signal, rule, effect, addressing, further };
        if queued.key() == key { Ok(queued) } else { Err(QueuedEventError::Key) }
    }
}
