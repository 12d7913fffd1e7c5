//! What a guard asks, in words: one wording for explanations, pictures and tables.

use std::fmt::{self, Display};

use chrono::TimeDelta;

use super::guard::{Comparison, Guard, Queued, Test};
use crate::name::{NO_STAGE, Name, Stage};
use crate::signal::Value;

/// One part of a guard, without what is inside it.
pub(crate) enum Asks<'a> {
    All(usize),
    Any(usize),
    Not,
    /// `None`: no stage.
    Stage(Option<&'a Stage>),
    Count {
        kind: &'a Name,
        at_least: u32,
        within: Option<TimeDelta>,
    },
    Recency {
        kind: &'a Name,
        within: TimeDelta,
    },
    Unanswered {
        kind: &'a Name,
        by: Vec<&'a Name>,
    },
    NotOlderThan(&'a Name),
    Queued {
        of: &'a dyn Display,
        at_least: u32,
        within: Option<TimeDelta>,
    },
    Attribute {
        name: &'a Name,
        is: Comparison,
        value: &'a Value,
    },
    Consent(&'a dyn Display),
}

impl fmt::Display for Asks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Asks::All(parts) => write!(f, "all of {parts}"),
            Asks::Any(parts) => write!(f, "any of {parts}"),
            Asks::Not => f.write_str("not"),
            Asks::Stage(None) => f.write_str("stands at no stage"),
            Asks::Stage(Some(stage)) => write!(f, "stands at {stage}"),
            Asks::Count { kind, at_least, within } => {
                write!(f, "at least {at_least} of {kind}")?;
                within.map_or(Ok(()), |within| write!(f, " within {}", Length(within)))
            }
            Asks::Recency { kind, within } => write!(f, "an earlier {kind} within {}", Length(*within)),
            Asks::Unanswered { kind, by } => {
                let by: Vec<&str> = by.iter().map(|kind| kind.as_str()).collect();
                write!(f, "{kind} without {} after it", by.join(" or "))
            }
            Asks::NotOlderThan(kind) => write!(f, "not older than the latest {kind}"),
            Asks::Queued { of, at_least, within } => {
                write!(f, "at least {at_least} events {of}")?;
                within.map_or(Ok(()), |within| write!(f, " within {}", Length(within)))
            }
            Asks::Attribute { name, is, value } => write!(f, "{name} is {is} {value}"),
            Asks::Consent(scope) => write!(f, "consent to {scope}"),
        }
    }
}

/// A length of time in the largest unit that leaves no rest.
struct Length(TimeDelta);

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Length(time) = self;
        let units = [
            (time.num_days(), 86_400, "days"),
            (time.num_hours(), 3600, "hours"),
            (time.num_minutes(), 60, "minutes"),
        ];
        let whole =
            |(number, seconds, _): &(i64, i64, _)| number.saturating_mul(*seconds) == time.num_seconds();
        let (number, _, unit) = units.into_iter().find(whole).unwrap_or((time.num_seconds(), 1, "seconds"));
        write!(f, "{number} {}", if number == 1 { unit.trim_end_matches('s') } else { unit })
    }
}

/// The whole guard as one sentence, in the words of an [`Explanation`](crate::decide::Explanation).
///
/// ```
/// use placet::{Stage, journey::Guard};
/// let often = Guard::count("like".parse()?, 2, Some("30d".parse()?));
/// let new = Guard::any(vec![Guard::stage("none".parse()?), Guard::stage("fan".parse()?)])?;
/// let both = Guard::all(vec![often, Guard::not(new)?])?;
/// let said = "at least 2 of like within 30 days and not (stands at no stage or stands at fan)";
/// assert_eq!(both.to_string(), said);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.test() {
            Test::All(guards) => joined(f, guards, " and "),
            Test::Any(guards) => joined(f, guards, " or "),
            Test::Not(guard) => {
                f.write_str("not ")?;
                inner(f, guard)
            }
            Test::Stage(stage) => Asks::Stage(Some(stage).filter(|stage| **stage != NO_STAGE)).fmt(f),
            Test::Count(count) => {
                let within = count.within.map(super::Span::as_delta);
                Asks::Count { kind: count.kind.name(), at_least: count.at_least, within }.fmt(f)
            }
            Test::Recency(recency) => {
                Asks::Recency { kind: recency.kind.name(), within: recency.within.as_delta() }.fmt(f)
            }
            Test::Unanswered(open) => {
                let by = open.by.iter().map(|kind| kind.name()).collect();
                Asks::Unanswered { kind: open.kind.name(), by }.fmt(f)
            }
            Test::NotOlderThan(kind) => Asks::NotOlderThan(kind.name()).fmt(f),
            Test::Queued(queued) => {
                let within = queued.within.map(super::Span::as_delta);
                Asks::Queued { of: queued, at_least: queued.at_least, within }.fmt(f)
            }
            Test::Attribute(test) => {
                Asks::Attribute { name: &test.name, is: test.is, value: &test.value }.fmt(f)
            }
            Test::Consent(need) => Asks::Consent(need).fmt(f),
        }
    }
}

/// Which events it counts.
impl fmt::Display for Queued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.effect, &self.purpose) {
            (Some(effect), None) => write!(f, "of {effect}"),
            (None, Some(purpose)) => write!(f, "for {purpose}"),
            _ => f.write_str("of an effect or for a purpose"),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, guards: &[Guard], word: &str) -> fmt::Result {
    for (place, guard) in guards.iter().enumerate() {
        if place > 0 {
            f.write_str(word)?;
        }
        if guards.len() > 1 { inner(f, guard)? } else { guard.fmt(f)? }
    }
    Ok(())
}

/// In brackets where it would read otherwise without.
fn inner(f: &mut fmt::Formatter<'_>, guard: &Guard) -> fmt::Result {
    match guard.test() {
        Test::All(guards) | Test::Any(guards) if guards.len() > 1 => write!(f, "({guard})"),
        Test::All(guards) | Test::Any(guards) => guards.iter().try_for_each(|guard| inner(f, guard)),
        _ => guard.fmt(f),
    }
}
