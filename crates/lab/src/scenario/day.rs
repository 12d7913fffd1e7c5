//! The short forms of instants in a text: `2013-05-01 10:00` and, counted from a first day, `day 3 10:00`.

use placet::Instant;
use serde::{Deserialize, Serialize};

use thiserror::Error;

/// A day in UTC, from midnight to midnight, from which a text counts: that day is `day 1`.
///
/// ```
/// use placet_lab::scenario::Day;
/// let first: Day = "2013-05-01".parse()?;
/// assert_eq!(first.to_string(), "2013-05-01");
/// assert!("1 May 2013".parse::<Day>().is_err());
/// # Ok::<(), placet_lab::scenario::DayError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Instant);

/// Why a text is not a [`Day`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a day is written 2013-05-01, and exists")]
pub struct DayError;

impl TryFrom<String> for Day {
    type Error = DayError;
    fn try_from(text: String) -> Result<Day, DayError> {
        text.parse()
    }
}
impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl std::str::FromStr for Day {
    type Err = DayError;
    fn from_str(text: &str) -> Result<Day, DayError> {
        let midnight = Instant::parse(&format!("{text}T00:00:00Z"));
        midnight.map(Day).map_err(|_| DayError)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.to_string().split('T').next().unwrap_or_default())
    }
}

impl Day {
    /// The `number`th day from this one, which is the first; `None` beyond year 9999 and for 0.
    fn later(self, number: i64) -> Option<Day> {
        let days = placet::name::TimeDelta::try_days(number.checked_sub(1).filter(|days| *days >= 0)?)?;
        self.0.checked_add(days).map(Day)
    }

    /// Which day from this one an instant lies in; `None` before it.
    fn number(self, at: Instant) -> Option<i64> {
        let days = at.since(self.0).num_days().saturating_add(1);
        (at >= self.0).then_some(days)
    }
}

/// Reads the words of an instant; they are as many as [`words`] says.
pub(super) fn read(words: &[&str], first: Option<Day>) -> Option<Instant> {
    let clock = |day: Day, time: &str| {
        let seconds = if time.len() == 5 { ":00" } else { "" };
        Instant::parse(&format!("{day}T{time}{seconds}Z")).ok()
    };
    match words {
        ["day", number, time] => {
            let plain = (1..=7).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            let number = number.parse().ok().filter(|_| plain)?;
            clock(first?.later(number)?, time)
        }
        [day, time] => clock(day.parse().ok()?, time),
        [instant] => Instant::parse(instant).ok(),
        _ => None,
    }
}

/// Of how many words an instant is that begins with this one.
pub(super) fn words(first: &str) -> usize {
    match first {
        "day" => 3,
        _ if first.contains('T') => 1,
        _ => 2,
    }
}

/// Writes an instant in its short form.
pub(super) fn write(at: Instant, first: Option<Day>) -> String {
    let text = at.to_string();
    let (day, time) = text.split_once('T').unwrap_or_default();
    let time = time.trim_end_matches('Z');
    let time = match time.strip_suffix(":00") {
        Some(minutes) if minutes.len() == 5 => minutes,
        _ => time,
    };
    match first.and_then(|first| first.number(at)) {
        Some(number) => format!("day {number} {time}"),
        None => format!("{day} {time}"),
    }
}
