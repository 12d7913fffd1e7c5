//! `Fingerprint`: 128 bits of a keyed function (SipHash-2-4), by which a text is known again and never read back.

use std::fmt;
use std::hash::Hasher;

use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher24};

use super::hex::{Hex, HexError};

/// What is left of a text under a key: equal texts under one key give one fingerprint, and without the key
/// nobody tells which text it was, nor tries them all. It is written as 32 hex digits.
///
/// A fingerprint of an address is still personal data: whoever has the key can look for an address they know.
///
/// ```
/// use placet::name::Fingerprint;
/// let print: Fingerprint = "00112233445566778899aabbccddeeff".parse()?;
/// assert_eq!(print.to_string(), "00112233445566778899aabbccddeeff");
/// assert_eq!("ada".parse::<Fingerprint>().unwrap_err().to_string(), "expected 32 hex digits, in lower case");
/// # Ok::<(), placet::name::HexError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Fingerprint(Hex<16>);

impl Fingerprint {
    /// Of several texts, told apart by their lengths, under a key.
    pub(crate) fn of(key: &[u8; 16], texts: &[&str]) -> Fingerprint {
        let mut hasher = SipHasher24::new_with_key(key);
        for text in texts {
            hasher.write_u64(u64::try_from(text.len()).unwrap_or(u64::MAX));
            hasher.write(text.as_bytes());
        }
        Fingerprint(Hex(hasher.finish128().as_bytes()))
    }
}

impl std::str::FromStr for Fingerprint {
    type Err = HexError;
    fn from_str(text: &str) -> Result<Fingerprint, HexError> {
        Hex::parse(text).map(Fingerprint)
    }
}
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vector_of_siphash_128() {
        // The first vector of the reference implementation: the key 00..0f, and an empty text.
        let key: [u8; 16] = std::array::from_fn(|at| u8::try_from(at).unwrap_or_default());
        let none = SipHasher24::new_with_key(&key).finish128().as_bytes();
        assert_eq!(Hex(none).to_string(), "a3817f04ba25a8e66df67214c7550293");
    }

    #[test]
    fn texts_are_told_apart_by_their_lengths() {
        let key = [7; 16];
        assert_ne!(Fingerprint::of(&key, &["ab", "c"]), Fingerprint::of(&key, &["a", "bc"]));
        assert_ne!(Fingerprint::of(&key, &["ab"]), Fingerprint::of(&[8; 16], &["ab"]));
    }
}
