//! All fields that an act or an entry can have, none of them guessed: what a type does not use is an error.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::ANY;
use super::error::LineError;
use super::types::Called;
use crate::consent::{
    Actor, Method, NoticeDigest, NoticeId, NoticeVersion, Provenance, Reason, RoundTrip, Touchpoint,
};
use crate::event::QueuedEvent;
use crate::identity::Identity;
use crate::name::EventKey;
use crate::name::{
    ActId, ContactId, Controller, EffectName, Id, Instant, Name, RuleName, SignalId, SignalKind, Stage,
    explicit_end, read_or,
};
use crate::signal::{Attribute, Source};

/// A field that may be absent, and is never null.
#[derive(Debug, Clone)]
pub(super) struct Field<T>(pub(super) Option<T>);

impl<T> Default for Field<T> {
    fn default() -> Self {
        Field(None)
    }
}

impl<T> Field<T> {
    pub(super) fn take(&mut self, field: &'static str) -> Result<T, LineError> {
        self.0.take().ok_or(LineError::Missing { field })
    }

    pub(super) fn optional(&mut self) -> Option<T> {
        self.0.take()
    }

    fn read<'de, M: MapAccess<'de>>(&mut self, field: &'static str, map: &mut M) -> Result<(), M::Error>
    where
        T: Deserialize<'de>,
    {
        if self.0.is_some() {
            return Err(serde::de::Error::duplicate_field(field));
        }
        self.0 = Some(map.next_value()?);
        Ok(())
    }
}

macro_rules! line {
    ($($field:ident: $type:ty),+ $(,)?) => {
        #[derive(Debug, Default)]
        pub(super) struct Line {
            pub(super) type_name: Field<Called>,
            $(pub(super) $field: Field<$type>),+
        }

        #[derive(Deserialize)]
        #[serde(field_identifier)]
        #[allow(non_camel_case_types, reason = "they are the fields' own names")]
        enum Key {
            #[serde(rename = "type")]
            type_name,
            $($field),+
        }

        impl Line {
            fn read<'de, M: MapAccess<'de>>(&mut self, name: Key, map: &mut M) -> Result<(), M::Error> {
                match name {
                    Key::type_name => self.type_name.read("type", map),
                    $(Key::$field => self.$field.read(stringify!($field), map)),+
                }
            }

            /// Whether nothing of the line is left over.
            pub(super) fn end(&self) -> Result<(), LineError> {
                $(if self.$field.0.is_some() {
                    return Err(LineError::Unexpected { field: stringify!($field) });
                })+
                Ok(())
            }
        }
    };
}

line! {
    v: u32,
    contact: ContactId,
    id: AnyId,
    acted: Instant,
    recorded: Instant,
    identity: Identity,
    controller: Controller,
    purpose: Part,
    channel: Part,
    recipient: Part,
    begins: Instant,
    until: End,
    confirm_by: ConfirmBy,
    grant: ActId,
    act: ActId,
    only: Address,
    provenance: Provenance,
    actor: Actor,
    method: Method,
    notice: NoticeId,
    notice_version: NoticeVersion,
    notice_digest: NoticeDigest,
    round_trip: RoundTrip,
    touchpoint: Touchpoint,
    kind: SignalKind,
    source: Source,
    at: Instant,
    now: Instant,
    attributes: Vec<Attribute>,
    signal: SignalId,
    rule: RuleName,
    effect: EffectName,
    from: Stage,
    to: Stage,
    into: ContactId,
    held: Stage,
    event: Box<QueuedEvent>,
    reason: Reason,
    cause: ActId,
    key: EventKey,
}

impl Line {
    /// Whether any field of the evidence is there, so that all that it needs must be.
    pub(super) fn has_proof(&self) -> bool {
        let named = self.notice.0.is_some() || self.notice_version.0.is_some() || self.touchpoint.0.is_some();
        named
            || self.notice_digest.0.is_some()
            || self.round_trip.0.is_some()
            || self.actor.0.is_some()
            || self.method.0.is_some()
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Line, D::Error> {
        let mut line = Line::default();
        line.fill(deserializer)?;
        Ok(line)
    }
}

impl Line {
    /// Reads an object in place: a line is large, and most of its fields are those of other types.
    pub(super) fn fill<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        struct Fill<'l>(&'l mut Line);
        impl<'de> Visitor<'de> for Fill<'_> {
            type Value = ();
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
                while let Some(name) = map.next_key()? {
                    self.0.read(name, &mut map)?;
                }
                Ok(())
            }
        }
        deserializer.deserialize_map(Fill(self))
    }
}

/// The id of an act or of a signal.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct AnyId(Id);

impl From<AnyId> for ActId {
    fn from(id: AnyId) -> ActId {
        ActId::of(id.0)
    }
}
impl From<AnyId> for SignalId {
    fn from(id: AnyId) -> SignalId {
        SignalId::of(id.0)
    }
}

/// The word for a stop that concerns its own address alone.
pub(super) const ADDRESS: &str = "address";

/// The one thing that a stop can concern alone.
#[derive(Debug, Clone)]
pub(super) struct Address;

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Address, D::Error> {
        let refuse = |_: &str| Err::<(), _>("a stop can be `only` about its `address`");
        match read_or(deserializer, ADDRESS, refuse)? {
            None => Ok(Address),
            Some(()) => Err(serde::de::Error::custom("a stop can be `only` about its `address`")),
        }
    }
}

/// One part of a scope, or any.
#[derive(Debug, Clone)]
pub(super) struct Part(pub(super) Option<Name>);

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Part, D::Error> {
        read_or(deserializer, ANY, Name::new).map(Part)
    }
}

/// The end of a grant, or never.
#[derive(Debug, Clone)]
pub(super) struct End(pub(super) Option<Instant>);

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<End, D::Error> {
        read_or(deserializer, explicit_end::NEVER, Instant::parse).map(End)
    }
}

/// How "no double opt-in" is written. It must be: a missing field must not loosen anything.
pub(super) const NOT_NEEDED: &str = "not_needed";

/// The end of the time to confirm, or not needed.
#[derive(Debug, Clone)]
pub(super) struct ConfirmBy(pub(super) Option<Instant>);

impl<'de> Deserialize<'de> for ConfirmBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ConfirmBy, D::Error> {
        read_or(deserializer, NOT_NEEDED, Instant::parse).map(ConfirmBy)
    }
}
