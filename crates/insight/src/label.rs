//! What a cell is called: words and numbers, and nothing that could be an id or an address.

use std::fmt;

use placet::name::Name;
use placet::signal::Value;
use serde::{Serialize, Serializer};

use crate::zone::{written_day, written_month};

/// One key of a cell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Label {
    /// A value that signals carry.
    Value(Value),
    /// A name: of a network, a source, an effect, a stage.
    Name(Name),
    /// No stage.
    NoStage,
    /// An hour of the day, 0 to 23.
    Hour(i64),
    /// A day of the week: 0 is Monday.
    Weekday(i64),
    /// A day, counted from 1970.
    Day(i64),
    /// A month, counted from the year 0.
    Month(i64),
    /// Whether people are in a segment.
    Within(bool),
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl Label {
    /// The label before this one, of those that follow each other in time.
    pub(crate) fn before(&self) -> Option<Label> {
        Some(match self {
            Label::Hour(number) => Label::Hour(number.saturating_sub(1)),
            Label::Weekday(number) => Label::Weekday(number.saturating_sub(1)),
            Label::Day(number) => Label::Day(number.saturating_sub(1)),
            Label::Month(number) => Label::Month(number.saturating_sub(1)),
            _ => return None,
        })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Value(value) => value.fmt(f),
            Label::Name(name) => name.fmt(f),
            Label::NoStage => f.write_str("none"),
            Label::Hour(hour) => write!(f, "{hour:02}:00"),
            Label::Weekday(day) => {
                let day = usize::try_from(*day).ok().and_then(|day| WEEKDAYS.get(day));
                f.write_str(day.copied().unwrap_or_default())
            }
            Label::Day(day) => f.write_str(&written_day(*day)),
            Label::Month(month) => f.write_str(&written_month(*month)),
            Label::Within(true) => f.write_str("in"),
            Label::Within(false) => f.write_str("out"),
        }
    }
}

/// As [`Value`]'s: a text is not shown.
impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Value(value) => fmt::Debug::fmt(value, f),
            Label::Name(_) => f.write_str("Name"),
            other => write!(f, "{other}"),
        }
    }
}

/// Written as the word that it is shown as; a number stays a number.
impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Label::Value(Value::Integer(number)) | Label::Hour(number) => serializer.serialize_i64(*number),
            Label::Value(Value::Bool(is)) => serializer.serialize_bool(*is),
            other => serializer.collect_str(other),
        }
    }
}
