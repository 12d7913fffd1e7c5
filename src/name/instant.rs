//! `Instant`: one strict reading of RFC 3339 (SPEC section 3), and the only arithmetic on time that there is.

use std::fmt;
use std::num::NonZeroU64;
use std::time::SystemTime;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use thiserror::Error;

/// A point on the UTC line, to the nanosecond, in the years 0001 to 9999 (SPEC S3).
///
/// The offset it was written with is gone: `2013-05-01T12:00:00+02:00` and `2013-05-01T10:00:00Z` are
/// one instant. Intervals are half-open: *until* an instant means before it.
///
/// ```
/// use placet::Instant;
/// let noon: Instant = "2013-05-01T12:00:00+02:00".parse()?;
/// assert_eq!(noon.to_string(), "2013-05-01T10:00:00Z");
/// assert!("2013-05-01 12:00:00Z".parse::<Instant>().is_err());
/// # Ok::<(), placet::name::InstantError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(Rust, packed(4))]
pub struct Instant {
    /// Since the second before year 1, so that none of it is zero.
    seconds: NonZeroU64,
    nanos: u32,
}

/// The first second of 1970, counted as above.
const EPOCH: i64 = 62_135_596_801;

/// The last second of year 9999, counted as above.
const LAST: u64 = 315_537_897_600;

const SECONDS_OF_A_DAY: i64 = 86_400;

/// Why a text or a `chrono` value is not an [`Instant`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstantError {
    /// Not of the form `2013-05-01T12:00:00Z`, with a capital `T`, and `Z` or an offset `+hh:mm`.
    #[error(
        "an instant is written 2013-05-01T12:00:00Z, with a capital T, at most 9 fraction digits, and Z or an offset such as +02:00"
    )]
    Form,
    /// A day, hour, minute, second or offset that does not exist; leap seconds are refused.
    #[error("there is no such day, hour, minute, second or offset (leap seconds are refused)")]
    NoSuchTime,
    /// Before year 0001 or after year 9999, as written or in UTC.
    #[error("an instant lies in the years 0001 to 9999, also in UTC")]
    Year,
}

impl Instant {
    /// Reads an RFC 3339 text strictly.
    ///
    /// # Errors
    /// [`InstantError`] for any other form, for times that do not exist and for years out of range.
    pub fn parse(text: &str) -> Result<Instant, InstantError> {
        let (local, rest) = text.as_bytes().split_first_chunk().ok_or(InstantError::Form)?;
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2] = *local
        else {
            return Err(InstantError::Form);
        };
        let (year, month, day) = (number([y1, y2, y3, y4])?, number([m1, m2])?, number([d1, d2])?);
        let (hour, minute, second) = (number([h1, h2])?, number([i1, i2])?, number([s1, s2])?);
        let (nanos, rest) = fraction(rest)?;
        let east = offset(rest)?;
        let midnight = midnight(year, month, day)?;
        let seconds = second_of_day(hour, minute, second).ok_or(InstantError::NoSuchTime)?;
        Instant::of(midnight.saturating_add(seconds).saturating_sub(east), nanos)
    }

    /// By seconds since the second before year 1.
    fn of(seconds: i64, nanos: u32) -> Result<Instant, InstantError> {
        let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds <= LAST);
        let seconds = seconds.and_then(NonZeroU64::new).ok_or(InstantError::Year)?;
        Ok(Instant { seconds, nanos })
    }

    /// Takes a `chrono` value over.
    ///
    /// # Errors
    /// [`InstantError::Year`] out of range, [`InstantError::NoSuchTime`] for a leap second.
    pub fn from_utc(utc: DateTime<Utc>) -> Result<Instant, InstantError> {
        if utc.nanosecond() >= 1_000_000_000 {
            return Err(InstantError::NoSuchTime);
        }
        Instant::of(utc.timestamp().saturating_add(EPOCH), utc.nanosecond())
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    #[inline]
    pub fn since_epoch(self) -> i64 {
        i64::try_from(self.seconds.get()).unwrap_or(i64::MAX).saturating_sub(EPOCH)
    }

    /// The same point for `chrono`.
    #[must_use]
    pub fn as_utc(self) -> DateTime<Utc> {
        // INVARIANT: the years 0001 to 9999 are `chrono`'s too, so that the default is never taken.
        DateTime::from_timestamp(self.since_epoch(), self.nanos).unwrap_or_default()
    }

    /// This much later (or earlier, for a negative span); `None` out of range.
    #[must_use]
    pub fn checked_add(self, span: TimeDelta) -> Option<Instant> {
        self.as_utc().checked_add_signed(span).and_then(|utc| Instant::from_utc(utc).ok())
    }

    /// This much earlier; `None` out of range.
    #[must_use]
    pub fn checked_sub(self, span: TimeDelta) -> Option<Instant> {
        self.as_utc().checked_sub_signed(span).and_then(|utc| Instant::from_utc(utc).ok())
    }

    /// How long after `earlier`; negative if before it.
    #[must_use]
    pub fn since(self, earlier: Instant) -> TimeDelta {
        self.as_utc().signed_duration_since(earlier.as_utc())
    }
}

/// A clock of the host's. What lies outside of the years 0001 to 9999 is the nearest instant that there is: a clock that
/// is so wrong says nothing better.
impl From<SystemTime> for Instant {
    fn from(clock: SystemTime) -> Instant {
        let (seconds, nanos) = match clock.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos()),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX).saturating_neg();
                match before.subsec_nanos() {
                    0 => (whole, 0),
                    nanos => (whole.saturating_sub(1), 1_000_000_000_u32.saturating_sub(nanos)),
                }
            }
        };
        let of_year_1 = seconds.saturating_add(EPOCH);
        let (first, last) = (NonZeroU64::MIN, NonZeroU64::new(LAST).unwrap_or(NonZeroU64::MIN));
        let out = if of_year_1 < 1 { (first, 0) } else { (last, 999_999_999) };
        let (seconds, nanos) = match Instant::of(of_year_1, nanos) {
            Ok(instant) => return instant,
            Err(_) => out,
        };
        Instant { seconds, nanos }
    }
}

/// The first second of a day, counted as above.
fn midnight(year: u32, month: u32, day: u32) -> Result<i64, InstantError> {
    let year = i32::try_from(year).ok().filter(|year| *year > 0).ok_or(InstantError::Year)?;
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(InstantError::NoSuchTime)?;
    let days = i64::from(date.num_days_from_ce()).saturating_sub(1);
    Ok(days.saturating_mul(SECONDS_OF_A_DAY).saturating_add(1))
}

fn second_of_day(hour: u32, minute: u32, second: u32) -> Option<i64> {
    let minutes = hour.saturating_mul(60).saturating_add(minute);
    let exists = hour <= 23 && minute <= 59 && second <= 59;
    exists.then(|| i64::from(minutes.saturating_mul(60).saturating_add(second)))
}

/// Nanoseconds, and what is written after them.
fn fraction(rest: &[u8]) -> Result<(u32, &[u8]), InstantError> {
    let Some(rest) = rest.strip_prefix(b".") else {
        return Ok((0, rest));
    };
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = rest.split_at_checked(count).ok_or(InstantError::Form)?;
    let mut nine = [b'0'; 9];
    nine.get_mut(..count).filter(|_| count > 0).ok_or(InstantError::Form)?.copy_from_slice(digits);
    Ok((number(nine)?, rest))
}

/// Seconds east of Greenwich.
fn offset(rest: &[u8]) -> Result<i64, InstantError> {
    let [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = *rest else {
        return if rest == b"Z" { Ok(0) } else { Err(InstantError::Form) };
    };
    let seconds = second_of_day(number([h1, h2])?, number([m1, m2])?, 0).ok_or(InstantError::NoSuchTime)?;
    Ok(if sign == b'-' { seconds.saturating_neg() } else { seconds })
}

fn number<const COUNT: usize>(digits: [u8; COUNT]) -> Result<u32, InstantError> {
    digits.iter().try_fold(0_u32, |value, byte| match byte {
        b'0'..=b'9' => Ok(value.saturating_mul(10).saturating_add(u32::from(byte.wrapping_sub(b'0')))),
        _ => Err(InstantError::Form),
    })
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC, with as many fraction digits as there is something to say.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (date, time) = (self.as_utc().date_naive(), self.as_utc().time());
        write!(f, "{:04}-{:02}-{:02}T", date.year(), date.month(), date.day())?;
        write!(f, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        if time.nanosecond() != 0 {
            write!(f, ".{}", format!("{:09}", time.nanosecond()).trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}
impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl std::str::FromStr for Instant {
    type Err = InstantError;
    fn from_str(text: &str) -> Result<Instant, InstantError> {
        Instant::parse(text)
    }
}
impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Instant;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 instant")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
                Instant::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_clock() {
        use std::time::Duration;
        let epoch = SystemTime::UNIX_EPOCH;
        let says = |clock: Option<SystemTime>| clock.map(|clock| Instant::from(clock).to_string());
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(says(Some(epoch)), is("1970-01-01T00:00:00Z"));
        assert_eq!(says(epoch.checked_add(Duration::new(1, 5))), is("1970-01-01T00:00:01.000000005Z"));
        assert_eq!(says(epoch.checked_sub(Duration::new(1, 5))), is("1969-12-31T23:59:58.999999995Z"));
        assert_eq!(says(epoch.checked_sub(Duration::from_secs(1))), is("1969-12-31T23:59:59Z"));
        let far = Duration::from_secs(400_000_000_000);
        assert_eq!(says(epoch.checked_add(far)), is("9999-12-31T23:59:59.999999999Z"));
        assert_eq!(says(epoch.checked_sub(far)), is("0001-01-01T00:00:00Z"));
    }

    #[test]
    fn a_compact_instant() {
        assert_eq!(size_of::<Option<Instant>>(), 12);
    }
}
