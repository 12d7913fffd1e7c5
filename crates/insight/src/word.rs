//! Numbers that look like chance and follow from a key: keyed words, and streams of them (I41).

use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher24};

/// The step of a stream, and of the words that a cell's noise is drawn from.
pub(crate) const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The first 8 bytes of a keyed function (SipHash-2-4-128) of texts, told apart by their lengths.
pub(crate) fn word(key: &[u8; 16], texts: &[&str]) -> u64 {
    let mut hasher = SipHasher24::new_with_key(key);
    for text in texts {
        hasher.write(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.write(text.as_bytes());
    }
    hasher.finish128().h1
}

/// The finaliser of SplitMix64.
pub(crate) fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// A stream of words that begins at a word: the generator SplitMix64.
pub(crate) struct Stream(u64);

impl Stream {
    pub(crate) fn of(word: u64) -> Stream {
        Stream(word)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// How many of so many coins fall on 0: 64 coins a word, and of the last word its lowest bits.
    fn zeros(&mut self, coins: u64) -> u64 {
        let mut zeros = 0_u64;
        for _ in 0..coins.div_euclid(64) {
            zeros = zeros.saturating_add(u64::from(self.next().count_zeros()));
        }
        let left = u32::try_from(coins.rem_euclid(64)).unwrap_or_default();
        if left > 0 {
            let lowest = u64::MAX.checked_shl(left).unwrap_or_default();
            zeros = zeros.saturating_add(u64::from((self.next() | lowest).count_zeros()));
        }
        zeros
    }

    /// A draw of Beta(won + 1, lost + 1) to 64 bits (I43): the place of the (won + 1)-th smallest of won + lost + 1 numbers
    /// between 0 and 1, found bit by bit by tossing a coin for each number that is still in question.
    pub(crate) fn beta(mut self, won: u64, lost: u64) -> u64 {
        let mut numbers = won.saturating_add(lost).saturating_add(1);
        let mut place = won.saturating_add(1);
        let mut drawn = 0_u64;
        for _ in 0..64 {
            let zeros = self.zeros(numbers);
            drawn <<= 1;
            if place <= zeros {
                numbers = zeros;
            } else {
                drawn |= 1;
                place = place.saturating_sub(zeros);
                numbers = numbers.saturating_sub(zeros);
            }
        }
        drawn
    }
}
