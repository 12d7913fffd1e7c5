//! Sharing out whole units, so that none is lost and none is made (I36).

/// A value in whole units, shared out by weights: each gets the whole part of its share, and what is left goes one unit each
/// to those with the largest remainders, the earlier first. A negative value is shared out as its size, and turned.
///
/// The parts always add up to the value. Weights that are all 0 count as 1 each; without weights there are no parts.
///
/// ```
/// use placet_insight::apportion;
/// assert_eq!(apportion(4_999, &[1, 1]), [2_500, 2_499]);
/// assert_eq!(apportion(-100, &[1, 0, 2]), [-33, 0, -67]);
/// ```
#[must_use]
pub fn apportion(value: i64, weights: &[u64]) -> Vec<i64> {
    let ones;
    let sum = weights.iter().fold(0_u128, |sum, weight| sum.saturating_add(u128::from(*weight)));
    let (weights, sum) = if sum > 0 {
        (weights, sum)
    } else {
        ones = vec![1; weights.len()];
        (ones.as_slice(), u128::try_from(weights.len()).unwrap_or(u128::MAX))
    };
    let size = u128::from(value.unsigned_abs());
    let mut left = size;
    let mut parts = Vec::with_capacity(weights.len());
    for (weight, place) in weights.iter().zip(0_usize..) {
        // INVARIANT: a size below 2^64 times a weight below 2^64 is below 2^128.
        let share = size.saturating_mul(u128::from(*weight));
        let part = share.checked_div(sum).unwrap_or_default();
        left = left.saturating_sub(part);
        parts.push((part, share.checked_rem(sum).unwrap_or_default(), place));
    }
    parts.sort_by_key(|(_, remainder, place)| (std::cmp::Reverse(*remainder), *place));
    for (part, ..) in parts.iter_mut().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        *part = part.saturating_add(1);
    }
    parts.sort_by_key(|(.., place)| *place);
    let turned = |part: u128| {
        let size = i128::try_from(part).unwrap_or(i128::MAX);
        let part = if value < 0 { size.saturating_neg() } else { size };
        // INVARIANT: no part is larger than the value.
        i64::try_from(part).unwrap_or(value)
    };
    parts.into_iter().map(|(part, ..)| turned(part)).collect()
}
