//! Between which rates the true one lies, in whole numbers (I45).

/// A hundred per cent, in millionths.
const WHOLE: u32 = 1_000_000;

/// Fractions of a logarithm: 2^-32.
const UNIT: u32 = 32;

/// The log2 of a mantissa whose highest bit is set, above its 63rd bit, in units of 2^-32: each squaring gives a bit.
fn fraction(mut mantissa: u64) -> i128 {
    let mut bits = 0_i128;
    for _ in 0..UNIT {
        let square = (u128::from(mantissa).saturating_mul(u128::from(mantissa))) >> 63;
        bits = bits.saturating_mul(2);
        match u64::try_from(square) {
            Ok(below) => mantissa = below,
            Err(_) => {
                bits = bits.saturating_add(1);
                mantissa = u64::try_from(square >> 1).unwrap_or(u64::MAX);
            }
        }
    }
    bits
}

/// A number as a 64-bit mantissa with its highest bit set, times a power of 2.
#[derive(Clone, Copy)]
struct Float {
    mantissa: u64,
    exponent: i128,
}

impl Float {
    fn of(number: u64) -> Float {
        let number = number.max(1);
        let zeros = number.leading_zeros();
        Float { mantissa: number << zeros, exponent: i128::from(63_u32.saturating_sub(zeros)) }
    }

    /// The product, cut.
    fn times(self, number: u64) -> Float {
        let number = Float::of(number);
        let product = u128::from(self.mantissa).saturating_mul(u128::from(number.mantissa));
        let exponent = self.exponent.saturating_add(number.exponent);
        match u64::try_from(product >> 63) {
            Ok(mantissa) => Float { mantissa, exponent },
            Err(_) => Float {
                mantissa: u64::try_from(product >> 64).unwrap_or(u64::MAX),
                exponent: exponent.saturating_add(1),
            },
        }
    }

    fn log2(self) -> i128 {
        self.exponent.saturating_mul(1 << UNIT).saturating_add(fraction(self.mantissa))
    }
}

/// The log2 of a number from 1 on, in units of 2^-32.
pub(crate) fn log2(number: u64) -> i128 {
    Float::of(number).log2()
}

/// The log2 of 1 * 2 * .. * number.
fn log2_of_factorial(number: u64) -> i128 {
    let mut product = Float::of(1);
    for factor in 2..=number {
        product = product.times(factor);
    }
    product.log2()
}

/// The log2 of B(won + 1, lost + 1) = won! lost! / (won + lost + 1)!, in units of 2^-32.
pub(crate) fn log2_of_beta(won: u64, lost: u64) -> i128 {
    let all = won.saturating_add(lost).saturating_add(1);
    log2_of_factorial(won).saturating_add(log2_of_factorial(lost)).saturating_sub(log2_of_factorial(all))
}

/// The rates that are not excluded when so many of those who were shown something won: the nearest excluded millionths on
/// both sides. Whoever looks as often as they like is wrong with at most `alpha` millionths at any time.
///
/// ```
/// assert_eq!(placet_insight::interval(20, 20, 16_666), (699_810, 1_000_000));
/// assert_eq!(placet_insight::interval(0, 0, 50_000), (0, 1_000_000));
/// ```
#[must_use]
pub fn interval(won: u32, shown: u32, alpha: u32) -> (u32, u32) {
    let won = won.min(shown);
    let lost = shown.saturating_sub(won);
    if shown == 0 {
        return (0, WHOLE);
    }
    let (w, n) = (u64::from(won), u64::from(shown));
    let beta = log2_of_beta(w, u64::from(lost));
    let limit = log2(u64::from(WHOLE)).saturating_sub(log2(u64::from(alpha)));
    let is_excluded = |rate: u32| {
        let whole = log2(u64::from(WHOLE));
        let p = log2(u64::from(rate)).saturating_sub(whole);
        let q = log2(u64::from(WHOLE.saturating_sub(rate))).saturating_sub(whole);
        let odds = i128::from(won).saturating_mul(p).saturating_add(i128::from(lost).saturating_mul(q));
        beta.saturating_sub(odds) >= limit
    };
    let best = w.saturating_mul(u64::from(WHOLE)).checked_div(n).unwrap_or_default();
    let best = u32::try_from(best).unwrap_or(WHOLE).clamp(1, WHOLE.saturating_sub(1));
    let low = if won == 0 { 0 } else { last_true(0, best, is_excluded) };
    let high = if lost == 0 {
        WHOLE
    } else {
        WHOLE.saturating_sub(last_true(0, WHOLE.saturating_sub(best), |rate| {
            is_excluded(WHOLE.saturating_sub(rate))
        }))
    };
    (low, high)
}

/// The last place from `first` on, which holds, and before `end` for which something holds that holds up to a place.
fn last_true(mut first: u32, mut end: u32, holds: impl Fn(u32) -> bool) -> u32 {
    while end.saturating_sub(first) > 1 {
        let middle = first.saturating_add(end.saturating_sub(first) / 2);
        if holds(middle) { first = middle } else { end = middle }
    }
    first
}
