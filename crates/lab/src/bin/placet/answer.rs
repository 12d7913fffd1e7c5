//! What a command says, and how it ends.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;
use thiserror::Error;

use crate::arguments::Command;

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// All is fine.
    Fine,
    /// Something was found that somebody should look at.
    Found,
    /// A file or an argument cannot be read.
    BadInput,
}

impl From<End> for ExitCode {
    fn from(end: End) -> ExitCode {
        ExitCode::from(match end {
            End::Fine => 0,
            End::Found => 1,
            End::BadInput => 2,
        })
    }
}

/// What a command says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// On standard output.
    pub(crate) said: String,
    /// On standard error.
    pub(crate) told: String,
    /// How it ends.
    pub(crate) end: End,
}

impl Answer {
    pub(crate) fn fine(said: impl Into<String>) -> Answer {
        Answer { said: said.into(), told: String::new(), end: End::Fine }
    }

    /// Fine, unless something was found.
    pub(crate) fn found(said: impl Into<String>, found: bool) -> Answer {
        let end = if found { End::Found } else { End::Fine };
        Answer { end, ..Answer::fine(said) }
    }

    pub(crate) fn bad(problem: Problem) -> Answer {
        Answer { said: String::new(), told: format!("{problem}\n"), end: End::BadInput }
    }
}

/// Why a command cannot begin.
#[derive(Debug, Error)]
pub(crate) enum Problem {
    #[error("placet: say what to do: {}; `placet help` explains each", Command::listed())]
    NoCommand,
    #[error("placet: there is no command `{word}`{}; there are {}", meant(*.nearest), Command::listed())]
    NoSuchCommand { word: String, nearest: Option<Command> },
    #[error("placet {command}: {what}; `placet help {command}` shows an example")]
    Arguments { command: Command, what: String },
    #[error("{}", at_file(file, what))]
    File { file: PathBuf, what: String },
    #[error("placet: this cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn meant(nearest: Option<Command>) -> String {
    nearest.map(|command| format!(": did you mean `{command}`?")).unwrap_or_default()
}

/// Every line with the file before it, as compilers write it.
pub(crate) fn at_file(file: &Path, what: &str) -> String {
    let lines = what.lines().map(|line| format!("{}: {line}", file.display()));
    lines.collect::<Vec<_>>().join("\n")
}

/// As text, or as JSON.
pub(crate) fn written(json: bool, what: &(impl Display + Serialize)) -> Result<String, Problem> {
    if json { as_json(what) } else { Ok(format!("{what}\n")) }
}

/// As JSON, for machines and for people who look at what machines are given.
pub(crate) fn as_json(what: &impl Serialize) -> Result<String, Problem> {
    Ok(format!("{}\n", serde_json::to_string_pretty(what)?))
}
