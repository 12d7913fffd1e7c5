//! Guards changed at one part: negated, dropped, all for any, and every count, time and comparison moved by one.

use placet::journey::guard::Test;
use placet::{
    JourneySpec,
    journey::{Comparison, Guard, GuardError, Span},
    signal::Value,
};

use super::need::others;

/// What becomes of the part.
pub(super) enum Edit {
    To(Result<Guard, GuardError>),
    /// It is left out of the list that it stands in.
    Gone,
}

/// Every change of one part of a guard, with its sentence. `listed` where it stands in a list with others.
pub(super) fn edits(spec: &JourneySpec, part: &Guard, listed: bool) -> Vec<(String, Edit)> {
    let mut edits = Vec::new();
    let mut edit = |guard: Result<Guard, GuardError>| {
        let change = match &guard {
            Ok(guard) => format!("`{part}` becomes `{guard}`"),
            Err(_) => format!("`{part}` is negated"),
        };
        edits.push((change, Edit::To(guard)));
    };
    match part.test() {
        Test::Not(inside) => edit(Ok(Guard::clone(inside))),
        _ => edit(Guard::not(part.clone())),
    }
    match part.test() {
        Test::All(guards) if guards.len() > 1 => edit(Guard::any(guards.clone())),
        Test::Any(guards) if guards.len() > 1 => edit(Guard::all(guards.clone())),
        Test::Count(count) => {
            let with = |at_least, within| Guard::count(count.kind.clone(), at_least, within);
            for at_least in [count.at_least.saturating_sub(1), count.at_least.saturating_add(1)] {
                edit(Ok(with(at_least, count.within)));
            }
            if let Some(within) = count.within {
                near(within).into_iter().for_each(|within| edit(Ok(with(count.at_least, Some(within)))));
                edit(Ok(with(count.at_least, None)));
            }
        }
        Test::Recency(recency) => {
            for within in near(recency.within) {
                edit(Ok(Guard::recency(recency.kind.clone(), within)));
            }
        }
        Test::Queued(queued) => {
            let with = |at_least, within| match (&queued.effect, &queued.purpose) {
                (Some(effect), _) => Guard::queued(effect.clone(), at_least, within),
                (None, Some(purpose)) => Guard::queued_for(purpose.clone(), at_least, within),
                (None, None) => part.clone(),
            };
            for at_least in [queued.at_least.saturating_sub(1), queued.at_least.saturating_add(1)] {
                edit(Ok(with(at_least, queued.within)));
            }
            if let Some(within) = queued.within {
                near(within).into_iter().for_each(|within| edit(Ok(with(queued.at_least, Some(within)))));
                edit(Ok(with(queued.at_least, None)));
            }
        }
        Test::Attribute(test) => {
            let with = |is, value| Guard::attribute(test.name.clone(), is, value);
            edit(Ok(with(edge(test.is), test.value.clone())));
            if let (Value::Integer(number), false) = (&test.value, is_equality(test.is)) {
                for number in [number.saturating_sub(1), number.saturating_add(1)] {
                    edit(Ok(with(test.is, Value::Integer(number))));
                }
            }
        }
        Test::Unanswered(open) => {
            for left_out in open.by.iter().filter(|_| open.by.len() > 1) {
                let by = open.by.iter().filter(|kind| *kind != left_out).cloned().collect();
                edit(Ok(Guard::unanswered(open.kind.clone(), by)));
            }
        }
        Test::NotOlderThan(_) => {}
        Test::Consent(need) => {
            others(spec, need).into_iter().for_each(|other| edit(Ok(Guard::consent(other))));
        }
        Test::All(_) | Test::Any(_) | Test::Not(_) | Test::Stage(_) => {}
    }
    if listed {
        edits.push((format!("`{part}` is gone"), Edit::Gone));
    }
    edits
}

/// The guard with its part of this number changed, counted as an explanation tells them; `None` where it is gone.
pub(super) fn edited(guard: &Guard, part: usize, edit: &Edit) -> Result<Option<Guard>, GuardError> {
    rebuilt(guard, &mut part.saturating_add(1), edit)
}

fn rebuilt(guard: &Guard, left: &mut usize, edit: &Edit) -> Result<Option<Guard>, GuardError> {
    *left = left.saturating_sub(1);
    // Once it has come to 0 the part is changed, and all that follow are kept.
    if *left == 0 {
        *left = usize::MAX;
        return match edit {
            Edit::To(guard) => guard.clone().map(Some),
            Edit::Gone => Ok(None),
        };
    }
    let list = |guards: &[Guard], left: &mut usize| -> Result<Vec<Guard>, GuardError> {
        guards.iter().filter_map(|guard| rebuilt(guard, left, edit).transpose()).collect()
    };
    Ok(Some(match guard.test() {
        Test::All(guards) => Guard::all(list(guards, left)?)?,
        Test::Any(guards) => Guard::any(list(guards, left)?)?,
        Test::Not(inside) => match rebuilt(inside, left, edit)? {
            Some(inside) => Guard::not(inside)?,
            None => return Ok(None),
        },
        _ => guard.clone(),
    }))
}

/// The nearest shorter and longer time in the unit it is written in; of one unit, the shorter in the next smaller.
pub(super) fn near(span: Span) -> Vec<Span> {
    let text = span.to_string();
    let Some((number, unit)) = text.split_at_checked(text.len().saturating_sub(1)) else {
        return Vec::new();
    };
    let number: u32 = number.parse().unwrap_or_default();
    let shorter = match (number, unit) {
        (1, "w") => "6d".to_owned(),
        (1, "d") => "23h".to_owned(),
        (1, "h") => "59m".to_owned(),
        (1, "m") => "59s".to_owned(),
        _ => format!("{}{unit}", number.saturating_sub(1)),
    };
    let longer = format!("{}{unit}", number.saturating_add(1));
    // A time of one second has no shorter one, and of the longest there is no longer.
    [shorter, longer].iter().filter_map(|text| text.parse().ok()).collect()
}

/// The comparison that differs at the edge alone.
fn edge(is: Comparison) -> Comparison {
    match is {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::AtMost,
        Comparison::AtMost => Comparison::Less,
        Comparison::AtLeast => Comparison::Greater,
        Comparison::Greater => Comparison::AtLeast,
    }
}

fn is_equality(is: Comparison) -> bool {
    matches!(is, Comparison::Equal | Comparison::NotEqual)
}
