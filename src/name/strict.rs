//! Strict reading: an object is an object (serde alone also takes an array), a word is a word (serde also takes
//! `{"word": null}`), null is nothing's name, and an end is always written.

use std::fmt::Display;

use serde::de::{Deserialize, Deserializer, IntoDeserializer, Visitor};

/// Reads structs from maps only. serde's derived visitors accept a sequence of the fields as well,
/// which would let `["c-1", "a-1", …]` pass for an act.
pub(crate) struct ObjectOnly<D>(pub(crate) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Writes a scope as the sentence it is shown as. For what is read by people; entries hold its parts.
pub(crate) fn in_words<S: serde::Serializer>(scope: &super::Scope, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(scope)
}

/// Gives a struct that derives serde with `remote = "Self"` its two impls, reading objects only.
macro_rules! object_only {
    ($($type:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$type>::deserialize(crate::name::ObjectOnly(deserializer))
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$type>::serialize(self, serializer)
            }
        }
    )+};
}
pub(crate) use object_only;

/// Reads enums without content from texts only.
pub(crate) struct WordOnly<D>(pub(crate) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for WordOnly<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        struct Word<V>(V);
        impl<'de, V: Visitor<'de>> Visitor<'de> for Word<V> {
            type Value = V::Value;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a word")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<V::Value, E> {
                self.0.visit_enum(text.into_deserializer())
            }
        }
        self.0.deserialize_str(Word(visitor))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Gives an enum that derives serde with `remote = "Self"` its two impls, reading texts only.
macro_rules! word_only {
    ($($type:ty),+ $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$type>::deserialize(crate::name::WordOnly(deserializer))
            }
        }
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$type>::serialize(self, serializer)
            }
        }
    )+};
}
pub(crate) use word_only;

/// Reads a field that may be left out, and is never null.
pub(crate) fn never_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Reads a text, or the one word that stands for none.
pub(crate) fn read_or<'de, D: Deserializer<'de>, T, E: Display>(
    deserializer: D,
    none: &'static str,
    parse: fn(&str) -> Result<T, E>,
) -> Result<Option<T>, D::Error> {
    struct Text<T, E>(&'static str, fn(&str) -> Result<T, E>);
    impl<T, E: Display> Visitor<'_> for Text<T, E> {
        type Value = Option<T>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "a text, or `{}`", self.0)
        }
        fn visit_str<X: serde::de::Error>(self, text: &str) -> Result<Option<T>, X> {
            if text == self.0 { Ok(None) } else { self.1(text).map(Some).map_err(X::custom) }
        }
    }
    deserializer.deserialize_str(Text(none, parse))
}

/// An end that is never left out: an instant, or the word `never`.
pub(crate) mod explicit_end {
    use serde::{Deserializer, Serialize, Serializer};

    use crate::name::Instant;

    pub(crate) const NEVER: &str = "never";

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's `with` hands a reference")]
    pub(crate) fn serialize<S: Serializer>(end: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
        match end {
            Some(end) => end.serialize(serializer),
            None => serializer.serialize_str(NEVER),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Instant>, D::Error> {
        super::read_or(deserializer, NEVER, Instant::parse)
    }
}
