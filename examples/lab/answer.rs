//! What a command says, and how it ends.

use std::path::PathBuf;
use std::process::ExitCode;

use placet::JourneyError;
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
    #[error("lab: say what to do: {}; `lab help` explains each", Command::listed())]
    NoCommand,
    #[error("lab: there is no command `{word}`{}; there are {}", meant(*.nearest), Command::listed())]
    NoSuchCommand { word: String, nearest: Option<Command> },
    #[error("lab {command}: {what}; `lab help {command}` shows an example")]
    Arguments { command: Command, what: String },
    #[error("{}: {what}", file.display())]
    File { file: PathBuf, what: String },
    #[error("{}", at_file(file, error))]
    Journey { file: PathBuf, error: JourneyError },
}

fn meant(nearest: Option<Command>) -> String {
    nearest.map(|command| format!(": did you mean `{command}`?")).unwrap_or_default()
}

/// Every fault with the file before it, as compilers write it.
fn at_file(file: &std::path::Path, error: &JourneyError) -> String {
    let faults = error.to_string();
    let lines = faults.lines().map(|fault| format!("{}: {fault}", file.display()));
    lines.collect::<Vec<_>>().join("\n")
}
