//! Ids of contacts, signals and acts: other systems' names for things, opaque and case-sensitive (SPEC section 3).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use thiserror::Error;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::checked::Name;

/// The longest id, in characters.
const LONGEST: usize = 128;

/// Ids of up to this many characters, other than UUIDs, are stored in place.
const SHORT: usize = 22;

/// An opaque id in 24 bytes: the text of a lower-case UUID as its number, a short text in place, any other shared.
///
/// INVARIANT: a text has one form, so that equal texts are equal values.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Id {
    Uuid([u8; 16]),
    /// How many bytes, and zeros behind them.
    Short(u8, [u8; SHORT]),
    Long(Arc<str>),
}

/// Why a text is not an id. The text itself is never repeated in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdError {
    /// There is nothing in it.
    #[error("an id needs at least one character")]
    Empty,
    /// More than 128 characters.
    #[error("an id has at most 128 characters, this one has {length} bytes")]
    TooLong {
        /// Length of the text in bytes.
        length: usize,
    },
    /// A blank, a control character, one beyond ASCII, or one of `"`, `#`, `@` and `\`.
    #[error(
        "character {position} of an id is not one of the printable ASCII characters, or it is one of \" # @ \\: an address is no id"
    )]
    BadCharacter {
        /// Position of the first such character, counted in bytes from 1.
        position: usize,
    },
}

impl Id {
    /// Stands for an id of somebody who was erased, should no fingerprint of it be there.
    pub(crate) const ERASED: Id = {
        let mut bytes = [0; SHORT];
        bytes[0] = b'x';
        Id::Short(1, bytes)
    };

    /// The id that is always made of the same text, and from which the text cannot be read.
    pub(crate) fn made_of(text: &str) -> Id {
        const NAMESPACE: Uuid = Uuid::from_u128(0x1b6f_83c4_2d0e_5a17_8c55_706c_6163_6574);
        Id::Uuid(Uuid::new_v5(&NAMESPACE, text.as_bytes()).into_bytes())
    }

    pub(crate) fn new(text: &str) -> Result<Id, IdError> {
        if text.is_empty() {
            return Err(IdError::Empty);
        }
        if text.len() > LONGEST {
            return Err(IdError::TooLong { length: text.len() });
        }
        let bad = |byte: u8| !byte.is_ascii_graphic() || matches!(byte, b'"' | b'#' | b'@' | b'\\');
        match text.bytes().position(bad) {
            Some(position) => Err(IdError::BadCharacter { position: position.saturating_add(1) }),
            None => Ok(Id::checked(text)),
        }
    }

    fn checked(text: &str) -> Id {
        if text.len() == Hyphenated::LENGTH {
            if let Some(uuid) = uuid_of(text) {
                return Id::Uuid(uuid);
            }
        }
        let mut place = [0; SHORT];
        match (place.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(text.as_bytes());
                Id::Short(length, place)
            }
            _ => Id::Long(text.into()),
        }
    }

    /// Hands the text to a function, without an allocation.
    pub(crate) fn with_text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
        match self {
            Id::Uuid(bytes) => {
                take(Uuid::from_bytes(*bytes).hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH]))
            }
            // INVARIANT: these are the bytes of an ASCII text, so that the default is never taken.
            Id::Short(length, bytes) => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                take(std::str::from_utf8(text).unwrap_or_default())
            }
            Id::Long(text) => take(text),
        }
    }
}

/// The number of a UUID that is written in lower case and with hyphens.
fn uuid_of(text: &str) -> Option<[u8; 16]> {
    let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    Uuid::try_parse(text).ok().filter(|_| lower).map(Uuid::into_bytes)
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Id::Uuid(bytes) => state.write(bytes),
            Id::Short(_, bytes) => state.write(bytes),
            Id::Long(text) => text.hash(state),
        }
    }
}
impl Ord for Id {
    /// By their texts, as bytes (SPEC S7).
    fn cmp(&self, other: &Id) -> Ordering {
        match (self, other) {
            (Id::Uuid(one), Id::Uuid(other)) => one.cmp(other),
            // The zeros beyond the shorter text come before all that an id can go on with.
            (Id::Short(_, one), Id::Short(_, other)) => one.cmp(other),
            _ => self.with_text(|one| other.with_text(|other| one.cmp(other))),
        }
    }
}
impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Id) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| f.pad(text))
    }
}
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_text(|text| fmt::Debug::fmt(text, f))
    }
}
impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_text(|text| serializer.serialize_str(text))
    }
}
impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id: 1 to 128 printable ASCII characters but \" # @ \\")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
                Id::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// Makes a type of its own out of `Id`, so that the id of a signal is never taken for that of an act.
macro_rules! id_type {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $type(pub(super) Id);

        impl $type {
            /// Checks a text and makes it an id.
            ///
            /// # Errors
            /// [`IdError`], which tells what is wrong and where.
            pub fn new(text: &str) -> Result<Self, IdError> {
                Id::new(text).map(Self)
            }

            /// Hands the text of the id to a function, without an allocation; `to_string` makes a text of its own.
            pub fn with_text<T>(&self, take: impl FnOnce(&str) -> T) -> T {
                self.0.with_text(take)
            }

            #[allow(dead_code, reason = "not every type of id stands for an erased one")]
            pub(crate) fn of(id: Id) -> Self {
                Self(id)
            }
        }
        /// Every name is an id.
        impl From<Name> for $type {
            fn from(name: Name) -> Self {
                Self(Id::checked(name.as_str()))
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($type)).field(&self.0).finish()
            }
        }
        impl std::str::FromStr for $type {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }
    };
}

id_type! {
    /// Names one contact. Choose an opaque id, never an address: it appears in logs and messages.
    ///
    /// ```
    /// use placet::ContactId;
    /// let (one, other) = (ContactId::new("003Dn00000X1aBcIAV")?, ContactId::new("003dn00000x1abciav")?);
    /// assert_ne!(one, other, "case counts");
    /// assert!(ContactId::new("ada@example.org").is_err(), "an address is no id");
    /// # Ok::<(), placet::name::IdError>(())
    /// ```
    ContactId
}
id_type! {
    /// Names one signal of a contact. The same id with the same content is a re-delivery (SPEC S2).
    SignalId
}
id_type! {
    /// Names one act in a ledger. Of two grants at one instant that end alike the one with the smaller id, as bytes,
    /// is preferred (SPEC S7).
    ActId
}

impl ActId {
    /// The id of the void of a go, where many are made void at once: always the same for the same go.
    pub(crate) fn of_void(contact: &ContactId, go: &ActId) -> ActId {
        let text = format!("{contact}\n{go}\nvoid");
        ActId(Id::checked(&Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()))
    }
}

impl SignalId {
    /// What stands before the id of an act in that of the signal that tells of it.
    const TELLS: &'static str = "act:";

    /// The id of the signal that tells of an act.
    pub(crate) fn of_act(act: &ActId) -> SignalId {
        let text = if SignalId::shortens(act) {
            Uuid::new_v5(&Uuid::NAMESPACE_OID, act.to_string().as_bytes()).to_string()
        } else {
            act.to_string()
        };
        SignalId(Id::checked(&format!("{}{text}", SignalId::TELLS)))
    }

    /// Whether the id of an act leaves no room for more, so that its digest stands for it.
    pub(crate) fn shortens(act: &ActId) -> bool {
        act.with_text(str::len) > LONGEST.saturating_sub(SignalId::TELLS.len())
    }

    /// The id of the act that it tells of, where it is not shortened.
    pub(crate) fn told_act(&self) -> Option<ActId> {
        self.with_text(|text| ActId::new(text.strip_prefix(SignalId::TELLS)?).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_a_text_and_ordered_as_text() -> Result<(), IdError> {
        let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
        let upper = uuid.to_uppercase();
        let long = "x".repeat(128);
        let texts = [
            "!",
            "a",
            "A",
            "0f8fad5b",
            uuid,
            &upper,
            "0f8fad5b-d9cb-469f-a165-70867728950g",
            &long,
            "x/~",
            "1234567890123456789012",
            "12345678901234567890123",
            "{0f8fad5b-d9cb-469f-a165-70867728950e}",
        ];
        for (one, other) in texts.iter().flat_map(|one| texts.iter().map(move |other| (one, other))) {
            let (a, b) = (Id::new(one)?, Id::new(other)?);
            assert_eq!((a == b, a.cmp(&b)), (one == other, one.cmp(other)), "{one} {other}");
            assert_eq!(a.to_string(), **one);
        }
        assert_eq!(size_of::<Id>(), 24);
        assert!(matches!(Id::new(uuid)?, Id::Uuid(_)) && matches!(Id::new(&upper)?, Id::Long(_)));
        Ok(())
    }

    #[test]
    fn what_is_no_id() {
        assert_eq!(Id::new(""), Err(IdError::Empty));
        assert_eq!(Id::new(&"x".repeat(129)), Err(IdError::TooLong { length: 129 }));
        for (text, position) in
            [("a b", 2), ("ada@x", 4), ("\"", 1), ("a#1", 2), ("a\\", 2), ("é", 1), ("a\n", 2)]
        {
            assert_eq!(Id::new(text), Err(IdError::BadCharacter { position }));
        }
    }
}
