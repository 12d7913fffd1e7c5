//! What can be wrong with a text from outside. No message repeats a byte of the text: it may hold an address.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_path_to_error::Segment;
use thiserror::Error;

use crate::consent::ActError;
use crate::name::nearest;

/// Why a text is not an act, an entry, a signal or a queued event: what, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{what} (at `{path}`, line {line}, column {column})")]
pub struct WireError {
    what: String,
    path: String,
    line: usize,
    column: usize,
}

impl WireError {
    /// The path to the place, such as `needs[0].identity`; `.` is the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Where reading stopped: the line, counted from 1 where there is any, and how many bytes of it had been read.
    #[must_use]
    pub fn position(&self) -> (usize, usize) {
        (self.line, self.column)
    }
}

/// Why the fields of an act or an entry do not fit its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineError {
    /// A field that this type needs is not there.
    #[error("the field `{field}` is missing")]
    Missing {
        /// Which field.
        field: &'static str,
    },
    /// A field that this type does not have is there.
    #[error("the field `{field}` does not belong to this type")]
    Unexpected {
        /// Which field.
        field: &'static str,
    },
    /// A go that is not narrow (SPEC S4).
    #[error("`{field}` must name exactly one: only a stop can cover all of them with `*`")]
    TooWide {
        /// Which field.
        field: &'static str,
    },
    /// A pause that never ends.
    #[error("a pause ends: write the instant in `until`, or use `withdraw`")]
    Endless,
    /// No type of that name.
    #[error("this `type` is not known; `grant`, `withdraw` and `signal` are some that are")]
    Type,
    /// A version that this crate does not know.
    #[error("this version of an entry is not known; version 1 is")]
    Version,
    /// A queued event of another contact than its entry.
    #[error("the queued event is of another contact than the entry that it stands in")]
    OtherContact,
    /// The act itself is refused.
    #[error(transparent)]
    Act(#[from] ActError),
}

/// Reads one value of any type from JSON, and nothing after it, as this crate reads its own. What is good costs nothing
/// more than to read it; what is not is read once more, to say where.
///
/// # Errors
/// [`WireError`] with the path to the place; the message repeats nothing of the text, as long as the messages of the
/// type's own checks repeat nothing.
///
/// ```
/// let error = placet::entry::read_json::<Vec<bool>>("[true, 7]").unwrap_err();
/// assert_eq!((error.path(), error.what()), ("[1]", "expected true or false"));
/// ```
pub fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, WireError> {
    serde_json::from_str(text).or_else(|_| read_again(text))
}

#[cold]
fn read_again<T: DeserializeOwned>(text: &str) -> Result<T, WireError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| safe(text, error.inner(), error.path().iter().collect()))?;
    reader.end().map_err(|error| safe(text, &error, Vec::new()))?;
    Ok(value)
}

/// Why a text was not read: once more as a whole, to say where, and never anything but an error.
#[cold]
pub(super) fn why_not<T: DeserializeOwned>(text: &str, error: &serde_json::Error) -> WireError {
    read_again::<T>(text).err().unwrap_or_else(|| safe(text, error, Vec::new()))
}

/// Keeps what this crate and serde say, drops what they quote of the input, and says it without the words of Rust.
fn safe(text: &str, error: &serde_json::Error, mut path: Vec<&Segment>) -> WireError {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    let what = if error.classify() == Category::Data {
        if message.starts_with("unknown field") {
            path.pop(); // the unknown name itself
        }
        of_data(message)
    } else if message == "expected value" && serde_json::from_str::<IgnoredAny>(text).is_ok() {
        // serde_json's word for an object where one word of a list is due, with more or fewer fields than one.
        "expected an object with exactly one field, whose name says what it is, or a known word".to_owned()
    } else {
        of_syntax(message)
    };
    let (line, column) = match error.line() {
        0 => end_of(text), // all of it was read before it was found wrong
        line => (line, error.column()),
    };
    WireError { what, path: written(&path), line, column }
}

fn end_of(text: &str) -> (usize, usize) {
    let text = text.trim_end();
    (text.lines().count(), text.lines().last().map_or(0, str::len))
}

/// What does not fit. `serde` quotes what it found before the last `, expected`, and what is known after it.
fn of_data(message: &str) -> String {
    let (found, expected) = message
        .rsplit_once(", expected ")
        .or_else(|| message.rsplit_once(", there are "))
        .unwrap_or((message, "something else"));
    let field = |before: &str| Some(message.strip_prefix(before)?.trim_matches('`'));
    if found.starts_with("unknown field ") {
        known("a field that is not known", found, expected)
    } else if found.starts_with("unknown variant ") {
        known("a word that is not known", found, expected)
    } else if found.starts_with("invalid ") {
        format!("expected {}", plain(expected))
    } else if let Some(field) = field("missing field ") {
        format!("the field `{field}` is missing")
    } else if let Some(field) = field("duplicate field ") {
        format!("the field `{field}` is there twice")
    } else {
        message.to_owned()
    }
}

/// With the word that may have been meant, or all words where none is near.
fn known(what: &str, found: &str, expected: &str) -> String {
    let misspelt = found.split_once('`').map_or("", |(_, word)| word.trim_end_matches('`'));
    let words = expected.split('`').skip(1).step_by(2);
    match nearest(misspelt, words) {
        Some(word) => format!("{what}: did you mean `{word}`?"),
        None => format!("{what}, expected {expected}"),
    }
}

/// What is expected, in the words of JSON.
fn plain(expected: &str) -> &str {
    match expected.split(' ').next().unwrap_or_default() {
        "struct" | "tuple" | "map" => "an object",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not below 0 and not too large",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number, not too large",
        "string" | "str" => "a text",
        "enum" | "variant" | "unit" | "newtype" => "a known word, or an object with one known field",
        _ => match expected {
            "a boolean" => "true or false",
            "a map" => "an object",
            "a sequence" => "a list",
            "a string" | "a borrowed string" | "a character" => "a text",
            other => other,
        },
    }
}

/// What is no JSON.
fn of_syntax(message: &str) -> String {
    if let Some(inside) = message.strip_prefix("EOF while parsing ") {
        return format!("the input ends inside {}", plain(inside));
    }
    match message {
        "recursion limit exceeded" => "lists and objects stand too deep in one another".to_owned(),
        "key must be a string" => "the name of a field is a text, in quotes".to_owned(),
        _ if message.starts_with("control character") => {
            "a control character in a text is written \\u and four digits".to_owned()
        }
        "trailing characters" => "something stands after the end".to_owned(),
        other => format!("this is not JSON: {other}"),
    }
}

fn written(path: &[&Segment]) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key: name } | Segment::Enum { variant: name } => {
                text.push_str(if text.is_empty() { "" } else { "." });
                text.push_str(name);
            }
            Segment::Unknown => {}
        }
    }
    if text.is_empty() { ".".to_owned() } else { text }
}
