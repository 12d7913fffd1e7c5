//! `Name`: the one checked short string that every id, word and label of this crate is made of.

use std::fmt;
use std::hash::{Hash, Hasher};

use thiserror::Error;

use super::text::Text;

/// Names of up to this many bytes are stored in place, without a heap allocation.
const INLINE: usize = 22;

/// The longest name, in characters (SPEC section 3).
const LONGEST: usize = 64;

/// A checked short string: 1 to 64 of `a-z 0-9 + . _ : / -`, beginning with a letter or digit.
///
/// Names match by equality only (SPEC S4) and are ordered as text. Cloning one never allocates.
///
/// ```
/// use placet::name::Name;
/// let name = Name::new("spring-2013")?;
/// assert_eq!(name.as_str(), "spring-2013");
/// assert!(Name::new("Ada Lovelace").is_err());
/// # Ok::<(), placet::name::NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Text<INLINE>);

impl Hash for Name {
    /// A short name as three numbers: names are looked up at every act.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0.inline() {
            Some(bytes) => ordered(bytes).into_iter().for_each(|number| state.write_u64(number)),
            None => self.as_bytes().hash(state),
        }
    }
}

/// Why a text is not a [`Name`]. The text itself is never repeated in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NameError {
    /// There is nothing in it.
    #[error("a name needs at least one character")]
    Empty,
    /// More than 64 characters.
    #[error("a name has at most 64 characters, this one has {length} bytes")]
    TooLong {
        /// Length of the text in bytes.
        length: usize,
    },
    /// The first character is neither a letter `a-z` nor a digit.
    #[error("a name begins with a letter a-z or a digit")]
    BadStart,
    /// A character other than `a-z 0-9 + . _ : / -`.
    #[error("character {position} of a name is not one of a-z 0-9 + . _ : / -")]
    BadCharacter {
        /// Position of the first such character, counted in bytes from 1.
        position: usize,
    },
}

impl Name {
    /// Checks a text and makes it a name.
    ///
    /// # Errors
    /// [`NameError`], which tells what is wrong and where.
    #[inline]
    pub fn new(text: &str) -> Result<Name, NameError> {
        check(text)?;
        Ok(Name(text.into()))
    }

    /// A constant of this crate. INVARIANT: the text is a name and no long one; the tests below check every constant.
    pub(crate) const fn known(text: &'static str) -> Name {
        let (mut length, mut bytes) = (0_u8, [0; INLINE]);
        let (mut rest, mut room): (&[u8], &mut [u8]) = (text.as_bytes(), &mut bytes);
        while let (Some((byte, after)), Some((place, more))) = (rest.split_first(), room.split_first_mut()) {
            *place = *byte;
            (length, rest, room) = (length.saturating_add(1), after, more);
        }
        Name(Text::Inline(length, bytes))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn check(text: &str) -> Result<(), NameError> {
    let Some(first) = text.bytes().next() else {
        return Err(NameError::Empty);
    };
    if text.len() > LONGEST {
        return Err(NameError::TooLong { length: text.len() });
    }
    if !(first.is_ascii_lowercase() || first.is_ascii_digit()) {
        return Err(NameError::BadStart);
    }
    let bad = |byte: u8| !matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'.' | b'_' | b':' | b'/' | b'-');
    match text.bytes().position(bad) {
        Some(position) => Err(NameError::BadCharacter { position: position.saturating_add(1) }),
        None => Ok(()),
    }
}

/// Three numbers that are ordered as the bytes are. The last two share two bytes.
#[inline]
fn ordered(bytes: &[u8; INLINE]) -> [u64; 3] {
    let middle = bytes.get(8..).and_then(|rest| rest.first_chunk());
    [bytes.first_chunk(), middle, bytes.last_chunk()]
        .map(|eight| eight.map_or(0, |eight| u64::from_be_bytes(*eight)))
}

impl Ord for Name {
    #[inline]
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self.0.inline(), other.0.inline()) {
            // The zeros beyond the shorter text come before all that a name can go on with.
            (Some(one), Some(other)) => ordered(one).cmp(&ordered(other)),
            _ => self.as_bytes().cmp(other.as_bytes()),
        }
    }
}
impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
impl std::str::FromStr for Name {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Name, NameError> {
        Name::new(text)
    }
}
impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl<'de> serde::Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Name, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name: 1 to 64 of a-z 0-9 + . _ : / -")
            }
            #[inline]
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Name, E> {
                Name::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

/// Makes a type of its own out of `Name`, so that a purpose is never taken for a channel.
macro_rules! name_type {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $type(crate::name::Name);

        impl $type {
            /// Checks a text and makes it a name of this kind.
            ///
            /// # Errors
            /// [`NameError`](crate::name::NameError), which tells what is wrong and where.
            pub fn new(text: &str) -> Result<Self, crate::name::NameError> {
                crate::name::Name::new(text).map(Self)
            }

            /// A constant of this crate. INVARIANT: the text is a name.
            #[allow(dead_code, reason = "not every type of name has constants")]
            pub(crate) const fn known(text: &'static str) -> Self {
                Self(crate::name::Name::known(text))
            }

            /// The text of the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The checked text without its kind.
            #[must_use]
            pub fn name(&self) -> &crate::name::Name {
                &self.0
            }
        }
        impl From<crate::name::Name> for $type {
            fn from(name: crate::name::Name) -> Self {
                Self(name)
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $type {
            type Err = crate::name::NameError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }
    };
}
pub(crate) use name_type;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_as_text() {
        // Around 8, 16 and 22 bytes, the last of them different.
        let cut = [1, 7, 8, 9, 14, 15, 16, 17, 21, 22, 23, 40].map(|length| "a".repeat(length));
        let ends = cut.iter().flat_map(|text| ["", "-", "b"].map(|end| format!("{text}{end}")));
        let mut names: Vec<Name> = ends.filter_map(|text| Name::new(&text).ok()).collect();
        names.extend([Name::known("aaaaaaaa-"), Name::known("aaaaaaaaaaaaaaaab"), Name::known("email")]);
        for (one, other) in names.iter().flat_map(|one| names.iter().map(move |other| (one, other))) {
            assert_eq!(one.cmp(other), one.as_str().cmp(other.as_str()), "{one} {other}");
        }
        assert_eq!(names.len(), 39);
    }

    #[test]
    fn equal_however_it_is_stored() {
        let long = "a".repeat(64);
        assert_eq!(Name::new("email"), Ok(Name::known("email")));
        assert_eq!(Name::new(&long).map(|name| name.as_str().len()), Ok(64));
        assert_eq!(size_of::<Name>(), 24);
    }
}
