//! Files in and out. What is wrong is named by file and place.

use std::fmt::Display;
use std::io::ErrorKind;
use std::path::Path;

use placet::Journey;
use placet_lab::Recording;
use placet_lab::scenario::{Scenarios, Suite};

use crate::answer::Problem;

/// The name under which the reference journey is there without a file.
pub(crate) const REFERENCE: &str = "reference";

/// The text of a file.
pub(crate) fn text(file: &Path) -> Result<String, Problem> {
    let bytes = std::fs::read(file).map_err(|error| problem(file, "read", &error))?;
    let what = match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, ..] => {
            "it begins with a byte order mark, which is no part of the text: save it as UTF-8 without one (editors say `UTF-8`, not `UTF-8 with BOM`)"
        }
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "it is UTF-16 text: save it as UTF-8",
        _ => match String::from_utf8(bytes) {
            Ok(text) => return Ok(text),
            Err(_) => "it is not UTF-8 text",
        },
    };
    Err(Problem::File { file: file.to_owned(), what: what.to_owned() })
}

/// A journey from a file, or the one that is always there.
pub(crate) fn journey(file: &Path) -> Result<Journey, Problem> {
    let text = match file.to_str() {
        Some(REFERENCE) => Journey::REFERENCE_JSON.to_owned(),
        _ => text(file)?,
    };
    Journey::from_json(&text).map_err(at(file))
}

/// A recorded history from a file.
pub(crate) fn recording(file: &Path) -> Result<Recording, Problem> {
    Recording::read(&text(file)?).map_err(at(file))
}

/// Scenarios from a file, made ready for a journey.
pub(crate) fn scenarios(file: &Path, journey: &Journey) -> Result<Suite, Problem> {
    let scenarios = Scenarios::read(&text(file)?).map_err(at(file))?;
    scenarios.compile(journey).map_err(at(file))
}

/// What is wrong in a file, as a problem of that file.
pub(crate) fn at<E: Display>(file: &Path) -> impl Fn(E) -> Problem {
    move |error| Problem::File { file: file.to_owned(), what: error.to_string() }
}

/// Writes a file anew.
pub(crate) fn write(file: &Path, text: &str) -> Result<(), Problem> {
    std::fs::write(file, text).map_err(|error| problem(file, "written", &error))
}

/// In words that are the same on every system.
fn problem(file: &Path, done: &str, error: &std::io::Error) -> Problem {
    let what = match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => format!("it may not be {done}"),
        ErrorKind::IsADirectory => "it is a folder, not a file".to_owned(),
        _ => format!("it cannot be {done}: {error}"),
    };
    Problem::File { file: file.to_owned(), what }
}
