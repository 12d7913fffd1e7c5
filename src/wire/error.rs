//! What can be wrong with a text from outside. No message repeats a byte of the text: it may hold an address.

use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::ledger::ActError;

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

    /// The line and column, counted from 1, where reading stopped.
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
    #[error("`{field}` of a go names exactly one: only a stop can be wide")]
    TooWide {
        /// Which field.
        field: &'static str,
    },
    /// No type of that name.
    #[error("no act or entry of this type is known")]
    Type,
    /// A version that this crate does not know.
    #[error("this version of an entry is not known; version 1 is")]
    Version,
    /// A queued event of another contact than its entry.
    #[error("a queued event stands in an entry of its own contact")]
    OtherContact,
    /// The act itself is refused.
    #[error(transparent)]
    Act(#[from] ActError),
}

/// Reads one value and nothing after it.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, WireError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        safe(error.inner(), path)
    })?;
    reader.end().map_err(|error| safe(&error, ".".to_owned()))?;
    Ok(value)
}

/// Keeps what this crate and serde say, drops what they quote of the input.
fn safe(error: &serde_json::Error, path: String) -> WireError {
    let message = error.to_string();
    let what = match message.rsplit_once(" at line ") {
        Some((what, _)) => what,
        None => message.as_str(),
    };
    let expected = what.rsplit_once(", expected ").map(|(_, expected)| expected);
    let (what, path) = match expected {
        // The last step of the path is the unknown name itself.
        Some(expected) if what.starts_with("unknown field") => {
            let parent = path.rsplit_once('.').map_or(".", |(parent, _)| parent).to_owned();
            (format!("a field that is not known, expected {expected}"), parent)
        }
        Some(expected) if what.starts_with("unknown variant") => {
            (format!("a word that is not known, expected {expected}"), path)
        }
        Some(expected) if what.starts_with("invalid") => (format!("expected {expected}"), path),
        _ if what.starts_with("unknown field") => ("a field that is not known".to_owned(), ".".to_owned()),
        _ if what.starts_with("unknown") || what.starts_with("invalid") => {
            ("not of the expected form".to_owned(), path)
        }
        _ => (what.to_owned(), path),
    };
    WireError { what, path, line: error.line(), column: error.column() }
}
