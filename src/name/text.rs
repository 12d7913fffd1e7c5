//! `Text`: a text that does not change. A short one stands in place, a longer one is shared.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Up to `N` bytes in place, without a heap allocation. Cloning one never allocates.
#[derive(Clone)]
pub(crate) enum Text<const N: usize> {
    /// How many bytes, and zeros behind them.
    Inline(u8, [u8; N]),
    /// More than `N` bytes.
    Shared(Arc<str>),
}

impl<const N: usize> Text<N> {
    /// INVARIANT: the bytes are those of a text.
    #[inline]
    pub(crate) fn stored(bytes: &[u8]) -> Text<N> {
        let mut place = [0; N];
        match (place.get_mut(..bytes.len()), u8::try_from(bytes.len())) {
            (Some(room), Ok(length)) => {
                room.copy_from_slice(bytes);
                Text::Inline(length, place)
            }
            _ => Text::Shared(std::str::from_utf8(bytes).unwrap_or_default().into()),
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Text::Shared(text) => text.as_bytes(),
            Text::Inline(length, bytes) => bytes.get(..usize::from(*length)).unwrap_or_default(),
        }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Text::Shared(text) => text,
            // INVARIANT: these are the bytes of a text, so that the default is never taken.
            Text::Inline(..) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
        }
    }

    /// All of the place it stands in, where it does.
    #[inline]
    pub(crate) fn inline(&self) -> Option<&[u8; N]> {
        match self {
            Text::Inline(_, bytes) => Some(bytes),
            Text::Shared(_) => None,
        }
    }
}

impl<const N: usize> From<&str> for Text<N> {
    #[inline]
    fn from(text: &str) -> Text<N> {
        Text::stored(text.as_bytes())
    }
}

impl<const N: usize> PartialEq for Text<N> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Text::Inline(length, one), Text::Inline(other_length, other)) => {
                length == other_length && one == other
            }
            (Text::Shared(one), Text::Shared(other)) => one == other,
            _ => false,
        }
    }
}
impl<const N: usize> Eq for Text<N> {}
impl<const N: usize> Ord for Text<N> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}
impl<const N: usize> PartialOrd for Text<N> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<const N: usize> Hash for Text<N> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_place_or_shared_it_is_the_same_text() {
        for text in ["", "a", "émile", "12345678", "123456789", &"x".repeat(300)] {
            let held = Text::<8>::from(text);
            assert_eq!((held.as_str(), held.as_bytes()), (text, text.as_bytes()));
            assert_eq!(held.inline().is_some(), text.len() <= 8);
            assert!(held == held.clone());
        }
        // One byte more, and a zero at the end, are other texts.
        let (one, other) = (Text::<8>::from("1234567"), Text::<8>::from("1234567\0"));
        assert!(one != other && one < other && other < Text::from("123456789"));
    }

    #[test]
    fn equal_ordered_and_hashed_as_the_text_is() {
        use std::hash::BuildHasher;
        let hasher = std::hash::RandomState::new();
        let lengths = [0, 7, 8, 15, 16, 21, 22, 23, 40, 200];
        let begins = lengths.iter().map(|length| "m".repeat(*length));
        let texts: Vec<_> =
            begins.flat_map(|begin| ["", "\0", "a", "z", "é"].map(|end| format!("{begin}{end}"))).collect();
        for (one, other) in texts.iter().flat_map(|one| texts.iter().map(move |other| (one, other))) {
            let (short, long) = (Text::<22>::from(one.as_str()), Text::<22>::from(other.as_str()));
            assert_eq!(
                (short == long, short.cmp(&long)),
                (one == other, one.cmp(other)),
                "{one:?} {other:?}"
            );
            assert_eq!(hasher.hash_one(&short) == hasher.hash_one(&long), one == other, "{one:?} {other:?}");
        }
    }
}
