//! The values of attributes: a bare word is what it looks like, and in quotes always a name.

use placet::signal::{Attribute, Value};

use crate::scenario::fault::Problem;

/// `name=value`: a whole number, `true` or `false`, an instant, or a name; in quotes always a name.
pub(super) fn attribute(word: &str) -> Result<Attribute, Problem> {
    let what = "an attribute, written name=value";
    let (name, value) = word.split_once('=').ok_or(Problem::Expected { what, nearest: None })?;
    let name = name.parse().map_err(Problem::Name)?;
    let value = match unquoted(value) {
        Some(text) => Value::Text(text.parse().map_err(Problem::Name)?),
        None => match bare(value) {
            Some(value) => value,
            None => Value::Text(value.parse().map_err(Problem::Name)?),
        },
    };
    Ok(Attribute { name, value })
}

/// What a value without quotes means that is no name.
pub(in crate::scenario) fn bare(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Value::Integer);
    }
    match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        _ => text.parse().ok().map(Value::Instant),
    }
}

pub(super) fn unquoted(word: &str) -> Option<&str> {
    word.strip_prefix('"')?.strip_suffix('"')
}
