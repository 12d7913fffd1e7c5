//! Local time: which hour and which day an instant falls on for the people who are looked at.

use chrono::{DateTime, Datelike};
use placet::Instant;

/// A time zone, as an argument: minutes east of UTC at an instant. Zones as data are the host's, such as those of
/// `chrono-tz` or `jiff`.
///
/// ```
/// use placet::Instant;
/// use placet_insight::{Minutes, Zone};
/// /// Brussels in 2013, by the two changes of that year's clock.
/// struct Brussels;
/// impl Zone for Brussels {
///     fn minutes_east(&self, at: Instant) -> i32 {
///         let summer = 1_364_691_600..1_382_835_600;
///         if summer.contains(&at.since_epoch()) { 120 } else { 60 }
///     }
/// }
/// assert_eq!(Brussels.minutes_east("2013-05-01T10:00:00Z".parse()?), 120);
/// assert_eq!(Minutes(60).minutes_east("2013-05-01T10:00:00Z".parse()?), 60);
/// # Ok::<(), placet::name::InstantError>(())
/// ```
pub trait Zone: Send + Sync {
    /// How many minutes local time is ahead of UTC at an instant.
    fn minutes_east(&self, at: Instant) -> i32;
}

/// A zone that never changes its clock: so many minutes east of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minutes(pub i32);

impl Zone for Minutes {
    fn minutes_east(&self, _: Instant) -> i32 {
        self.0
    }
}

const SECONDS_OF_A_DAY: i64 = 86_400;

/// Seconds since 1970 by the local clock.
pub(crate) fn local(zone: &dyn Zone, at: Instant) -> i64 {
    at.since_epoch().saturating_add(i64::from(zone.minutes_east(at)).saturating_mul(60))
}

/// Days since 1970 by the local clock (I26).
pub(crate) fn day(zone: &dyn Zone, at: Instant) -> i64 {
    local(zone, at).div_euclid(SECONDS_OF_A_DAY)
}

/// The hour of the day, 0 to 23.
pub(crate) fn hour(zone: &dyn Zone, at: Instant) -> i64 {
    local(zone, at).rem_euclid(SECONDS_OF_A_DAY).div_euclid(3600)
}

/// 0 for Monday to 6 for Sunday. The first day of 1970 was a Thursday.
pub(crate) fn weekday(zone: &dyn Zone, at: Instant) -> i64 {
    day(zone, at).saturating_add(3).rem_euclid(7)
}

/// Months since the year 0.
pub(crate) fn month(zone: &dyn Zone, at: Instant) -> i64 {
    let date = DateTime::from_timestamp(local(zone, at), 0).unwrap_or_default();
    i64::from(date.year()).saturating_mul(12).saturating_add(i64::from(date.month0()))
}

/// A day since 1970 as `2013-05-01`.
pub(crate) fn written_day(day: i64) -> String {
    let date = DateTime::from_timestamp(day.saturating_mul(SECONDS_OF_A_DAY), 0).unwrap_or_default();
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

/// A month since the year 0 as `2013-05`.
pub(crate) fn written_month(month: i64) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12).saturating_add(1))
}
