//! Bytes that are written as hex digits, two a byte and in lower case.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// So many bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Hex<const N: usize>(pub(crate) [u8; N]);

/// Why a text is not a fingerprint or a digest. The text itself is never repeated in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected {digits} hex digits, in lower case")]
pub struct HexError {
    digits: usize,
}

impl<const N: usize> Hex<N> {
    pub(crate) fn parse(text: &str) -> Result<Hex<N>, HexError> {
        let mut bytes = [0; N];
        let mut digits = text.bytes().map(digit);
        for byte in &mut bytes {
            let pair = digits.next().flatten().zip(digits.next().flatten());
            let (high, low) = pair.ok_or(Hex::<N>::ERROR)?;
            *byte = high.wrapping_shl(4) | low;
        }
        if digits.next().is_some() { Err(Hex::<N>::ERROR) } else { Ok(Hex(bytes)) }
    }

    const ERROR: HexError = HexError { digits: N.saturating_mul(2) };
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hex<N>, D::Error> {
        struct Visitor<const N: usize>;
        impl<const N: usize> serde::de::Visitor<'_> for Visitor<N> {
            type Value = Hex<N>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} hex digits, in lower case", N.saturating_mul(2))
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hex<N>, E> {
                Hex::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
