//! Findings about numbers: one that falls between two rules, and minutes where months may be meant.

use std::collections::BTreeMap;

use placet::journey::guard::{AttributeTest, Test};
use placet::journey::{Guard, RuleSpec, Span};
use placet::name::{Name, SignalKind, Stage};
use placet::signal::{Value, ValueType};

use super::explore::Explorer;
use super::finding::{Code, Finding};
use super::kinds;
use crate::guards;

/// Of so many rules every pair is looked at in no time.
const MOST_SIBLINGS: usize = 64;

/// Rules on one kind, from the same stages, that look at one attribute and at nothing else.
type Siblings<'j> = BTreeMap<(&'j SignalKind, Option<Vec<&'j Stage>>, &'j Name), Vec<(usize, &'j Guard)>>;

/// Numbers that no rule takes, although rules take the one below and the one above.
pub(super) fn gaps(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let rules = &explorer.journey.spec().rules;
    let mut siblings = Siblings::new();
    for (at, rule) in rules.iter().enumerate() {
        let (Some(guard), Some(attribute)) = (&rule.when, rule.when.as_ref().and_then(only_number)) else {
            continue;
        };
        if let placet::journey::Trigger::Signal(kind) = &rule.on {
            siblings.entry((kind, from(rule), attribute)).or_default().push((at, guard));
        }
    }
    for ((kind, from, attribute), looking) in siblings {
        let takes = |value: i64| looking.iter().any(|(_, guard)| holds(guard, value));
        // A rule that looks at something else may take it, too.
        let may_take = |(at, rule): (usize, &RuleSpec)| {
            let meets = match (&from, &rule.from) {
                (Some(ours), Some(theirs)) => theirs.iter().any(|stage| ours.contains(&stage)),
                _ => true,
            };
            rule.on.kind() == *kind && meets && looking.iter().all(|(ours, _)| *ours != at)
        };
        if !(2..=MOST_SIBLINGS).contains(&looking.len()) || rules.iter().enumerate().any(may_take) {
            continue;
        }
        let mut numbers: Vec<i64> = looking.iter().flat_map(|(_, guard)| compared(guard)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        for value in numbers {
            let sides = [value.checked_sub(1), value.checked_add(1)];
            if takes(value) || !sides.iter().all(|side| side.is_some_and(takes)) {
                continue;
            }
            let places: Vec<String> = looking.iter().map(|(at, _)| format!("rules[{at}]")).collect();
            let sentence = format!(
                "no rule takes a `{kind}` whose `{attribute}` is {value}, and rules take the one below and the one above ({}); let one of them include it",
                places.join(", ")
            );
            let path = format!("{}.when", places.first().map_or(".", String::as_str));
            findings.push(Finding::new(Code::Gap, path, sentence));
        }
    }
}

fn from(rule: &RuleSpec) -> Option<Vec<&Stage>> {
    let mut from: Vec<&Stage> = rule.from.as_ref()?.iter().collect();
    from.sort();
    Some(from)
}

/// The tests of a guard that looks at attributes alone; `None` of any other.
fn tests(guard: &Guard) -> Option<Vec<&AttributeTest>> {
    let parts = guards::parts(String::new(), guard);
    let mut tests = Vec::new();
    for (_, part) in parts {
        match part.test() {
            Test::Attribute(test) => tests.push(test),
            Test::All(_) | Test::Any(_) | Test::Not(_) => {}
            _ => return None,
        }
    }
    Some(tests)
}

/// The one whole number that a guard looks at, if it looks at nothing else.
fn only_number(guard: &Guard) -> Option<&Name> {
    let tests = tests(guard)?;
    let first = &tests.first()?.name;
    let one = tests.iter().all(|test| test.name == *first && test.value.value_type() == ValueType::Integer);
    one.then_some(first)
}

fn compared(guard: &Guard) -> Vec<i64> {
    let tests = tests(guard).unwrap_or_default();
    let number = |test: &AttributeTest| match test.value {
        Value::Integer(number) => Some(number),
        _ => None,
    };
    tests.into_iter().filter_map(number).collect()
}

/// Whether a guard that looks at one number alone holds of this one.
fn holds(guard: &Guard, value: i64) -> bool {
    match guard.test() {
        Test::All(guards) => guards.iter().all(|guard| holds(guard, value)),
        Test::Any(guards) => guards.iter().any(|guard| holds(guard, value)),
        Test::Not(guard) => !holds(guard, value),
        Test::Attribute(test) => test.is.holds(&Value::Integer(value), &test.value),
        _ => false,
    }
}

/// The most minutes that may be meant as months.
const MONTHS: i64 = 36;

/// Spans of a few minutes: `6m` is six minutes, and no month can be written.
pub(super) fn minutes(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    for (at, rule) in explorer.journey.spec().rules.iter().enumerate() {
        let mut spans: Vec<(String, Span)> = Vec::new();
        spans.extend(rule.when.iter().flat_map(|guard| within(format!("rules[{at}].when"), guard)));
        for (place, effect) in rule.effects.iter().enumerate() {
            let path = format!("rules[{at}].effects[{place}]");
            spans.extend(effect.within.map(|span| (format!("{path}.within"), span)));
            spans.extend(effect.when.iter().flat_map(|guard| within(format!("{path}.when"), guard)));
        }
        for (path, span) in spans {
            let number = span.to_string().strip_suffix('m').and_then(|number| number.parse::<i64>().ok());
            let Some(number) = number.filter(|number| *number <= MONTHS) else { continue };
            let unit = if number == 1 { "minute" } else { "minutes" };
            let days = number.saturating_mul(30);
            let sentence = format!("`{span}` is {number} {unit}; if months are meant, write `{days}d`");
            findings.push(Finding::new(Code::Minutes, path, sentence));
        }
    }
}

fn within(path: String, guard: &Guard) -> Vec<(String, Span)> {
    let parts = guards::parts(path, guard).into_iter();
    let span = |(path, part): (String, &Guard)| {
        kinds::within(part).map(|(word, span)| (format!("{path}.{word}.within"), span))
    };
    parts.filter_map(span).collect()
}
