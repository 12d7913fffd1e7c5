//! Figures in whole numbers: rates, growth, medians, edges, and how many are outside the base (I23, I24, I28, I32).

use crate::score::rounded;

const MILLION: i128 = 1_000_000;

/// A part of a whole in millionths, rounded half up; `None` of nothing.
///
/// ```
/// assert_eq!(placet_insight::rate(2, 3), Some(666_667));
/// assert_eq!(placet_insight::rate(2, 0), None);
/// ```
#[must_use]
pub fn rate(part: u64, whole: u64) -> Option<u64> {
    let rate = rounded(i128::from(part).saturating_mul(MILLION), i128::from(whole));
    (whole > 0).then(|| u64::try_from(rate).unwrap_or_default())
}

/// By how much a figure grew over the one before, in thousandths, rounded half away from zero; `None` where that is 0.
///
/// ```
/// assert_eq!(placet_insight::growth(4_015, 6_292), Some(567));
/// ```
#[must_use]
pub fn growth(before: u64, after: u64) -> Option<i64> {
    let grown = i128::from(after).saturating_sub(i128::from(before));
    (before > 0).then(|| rounded(grown.saturating_mul(1000), i128::from(before)))
}

/// The lower of the middle values (nearest rank); `None` of nothing.
///
/// ```
/// assert_eq!(placet_insight::median([3, 1, 2, 9]), Some(2));
/// ```
#[must_use]
pub fn median(values: impl IntoIterator<Item = i64>) -> Option<i64> {
    let mut values: Vec<i64> = values.into_iter().collect();
    values.sort_unstable();
    values.get(values.len().checked_sub(1)?.div_euclid(2)).copied()
}

/// The values in place ceil(q * n / 5) of the ordered ones, for q from 1 to 4; `None` of nothing (I28).
pub(crate) fn edges(mut values: Vec<i64>) -> Option<[i64; 4]> {
    values.sort_unstable();
    let place = |q: usize| {
        let place = q.saturating_mul(values.len()).div_ceil(5).checked_sub(1)?;
        values.get(place).copied()
    };
    Some([place(1)?, place(2)?, place(3)?, place(4)?])
}

/// The fifth of a value: 1 and the number of edges below it (I29).
pub(crate) fn fifth(value: i64, edges: &[i64; 4]) -> u8 {
    let below = edges.iter().filter(|edge| **edge < value).count();
    u8::try_from(below).unwrap_or(4).saturating_add(1)
}

/// Which of 24 hours have at least half of what an even day would give them (I24).
///
/// ```
/// let mut facts = [0; 24];
/// (facts[9], facts[10], facts[23]) = (100, 90, 3);
/// let awake = placet_insight::awake(&facts);
/// assert!(awake[9] && awake[10] && !awake[23]);
/// ```
#[must_use]
pub fn awake(facts: &[u64; 24]) -> [bool; 24] {
    let all = facts.iter().fold(0_u128, |sum, facts| sum.saturating_add(u128::from(*facts)));
    facts.map(|facts| all > 0 && u128::from(facts).saturating_mul(48) >= all)
}

/// How many possible buyers are not in our base, from a sample that was asked and the number of it that we had (I32): the
/// estimate of Chapman, (base + 1)(sample + 1) div (both + 1) - 1 - base. Three counts, and no person.
///
/// ```
/// // 1,000 people were asked in the shop, and 150 of them were among our 30,000.
/// assert_eq!(placet_insight::outside(30_000, 1_000, 150), 168_879);
/// ```
#[must_use]
pub fn outside(base: u64, sample: u64, both: u64) -> u64 {
    let more = |count: u64| u128::from(count).saturating_add(1);
    let all = more(base).saturating_mul(more(sample)).checked_div(more(both)).unwrap_or_default();
    u64::try_from(all.saturating_sub(more(base))).unwrap_or(u64::MAX)
}
