//! What an attribute can be: whether one value fulfils a set of comparisons, and the smallest that does.

use placet::{
    Instant,
    journey::Comparison,
    name::Name,
    signal::{Value, ValueType},
};

/// A comparison with an attribute of the signal at hand, that must hold or must not.
pub(super) type Compared<'j> = (Comparison, &'j Value, bool);

/// What a signal carries so that comparisons come out as they should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Carried {
    /// Nothing of the name: no comparison holds then.
    Absent,
    /// The smallest value there is.
    Value(Value),
}

/// Every name is made of these, in this order, and begins with one of the letters and digits.
const LETTERS: &[u8] = b"+-./0123456789:_abcdefghijklmnopqrstuvwxyz";
const LONGEST: usize = 64;

/// How one attribute fulfils all of it; `None` where it cannot.
///
/// Exact: every type is ordered and each value but the last has a next one, so that the walk from the lower bound
/// over the values that are ruled out ends at the smallest that is not, or beyond the upper bound.
pub(super) fn carried(compared: &[Compared<'_>]) -> Option<Carried> {
    let Some((_, value, _)) = compared.iter().find(|(.., holds)| *holds) else {
        return Some(Carried::Absent);
    };
    let mut value = least(value.value_type())?;
    for (is, bound, holds) in compared {
        let from = match (is, holds) {
            (Comparison::Equal | Comparison::AtLeast, true)
            | (Comparison::NotEqual | Comparison::Less, false) => Some((*bound).clone()),
            (Comparison::Greater, true) | (Comparison::AtMost, false) => Some(next(bound)?),
            _ => None,
        };
        value = from.map_or(value.clone(), |from| value.max(from));
    }
    let mut excluded: Vec<&Value> = compared.iter().filter_map(excluded).collect();
    excluded.sort_unstable();
    for out in excluded {
        if *out == value {
            value = next(&value)?;
        }
    }
    let fulfils = compared.iter().all(|(is, bound, holds)| is.holds(&value, bound) == *holds);
    fulfils.then_some(Carried::Value(value))
}

/// The one value that a comparison rules out.
fn excluded<'j>((is, bound, holds): &Compared<'j>) -> Option<&'j Value> {
    match (is, holds) {
        (Comparison::NotEqual, true) | (Comparison::Equal, false) => Some(bound),
        _ => None,
    }
}

fn least(of: ValueType) -> Option<Value> {
    Some(match of {
        ValueType::Text => Value::Text(Name::new("0").ok()?),
        ValueType::Integer => Value::Integer(i64::MIN),
        ValueType::Bool => Value::Bool(false),
        ValueType::Instant => Value::Instant(Instant::parse("0001-01-01T00:00:00Z").ok()?),
    })
}

/// The next value of the same type; `None` after the last.
fn next(value: &Value) -> Option<Value> {
    match value {
        Value::Text(name) => next_name(name).map(Value::Text),
        Value::Integer(number) => number.checked_add(1).map(Value::Integer),
        Value::Bool(yes) => (!yes).then_some(Value::Bool(true)),
        Value::Instant(at) => at.checked_add(placet::name::TimeDelta::nanoseconds(1)).map(Value::Instant),
    }
}

/// The next name in the order of names: one character longer, or, at full length, the next of a shorter beginning.
fn next_name(name: &Name) -> Option<Name> {
    let text = name.as_str();
    if text.len() < LONGEST {
        return Name::new(&format!("{text}+")).ok();
    }
    let mut begin = text.to_owned();
    while let Some(last) = begin.pop() {
        let place = LETTERS.iter().position(|letter| char::from(*letter) == last)?;
        let mut later = LETTERS.iter().skip(place.saturating_add(1));
        let name = later.find_map(|letter| Name::new(&format!("{begin}{}", char::from(*letter))).ok());
        if name.is_some() {
            return name;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_each_other() {
        let name = |text: &str| Name::new(text).ok();
        let after = |text: &str| next_name(&name(text)?);
        assert_eq!(after("a"), name("a+"));
        let after_b = |begins: usize, end: &str| name(&format!("{}{end}", "b".repeat(begins)));
        let after_long = |end: &str| next_name(&after_b(LONGEST.saturating_sub(end.len()), end)?);
        assert_eq!(after_long("c"), after_b(63, "d"));
        assert_eq!(after_long("9"), after_b(63, ":"));
        assert_eq!(after_long("czz"), after_b(61, "d"));
        assert_eq!(after(&format!("9{}", "z".repeat(63))), name("a"));
        assert_eq!(after(&"z".repeat(LONGEST)), None);
    }
}
