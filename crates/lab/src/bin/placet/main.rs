//! The rule lab at the terminal: rules are tried out here before they meet anybody.
//!
//! `placet help`
//!
//! Nothing that it makes can be sent: it draws, looks and counts. It ends with 0 where all is fine, with 1 where
//! something was found, and with 2 where a file or an argument cannot be read, so that CI can stop on it.
//!
//! | file | what it does |
//! |---|---|
//! | `help.rs`, `help/` | what each command is for, with an example, and how the files are written |
//! | `arguments.rs` | the command, its files and options |
//! | `files.rs` | files in and out; what is wrong is named by file and place |
//! | `answer.rs` | what a command says, and how it ends |
//! | `lint.rs`, `draw.rs`, `scenarios.rs`, `backtest.rs`, `insight.rs`, `insight/` | the commands |
//!
//! Beside it, in `crates/lab/examples`: two journeys to compare with the reference journey, and what that must do, scene by
//! scene.

mod answer;
mod arguments;
mod backtest;
mod draw;
mod files;
mod help;
mod insight;
mod lint;
mod scenarios;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use answer::Answer;
use arguments::{Asked, Command, asked};

fn main() -> ExitCode {
    let mut bar = Bar { shown: std::io::stderr().is_terminal(), full: 0 };
    let answer = run(std::env::args_os().skip(1), &mut |done, all| bar.show(done, all));
    // Whoever reads may stop reading: `placet help | head -1`.
    let _ = std::io::stdout().write_all(answer.said.as_bytes());
    let _ = std::io::stderr().write_all(answer.told.as_bytes());
    answer.end.into()
}

/// Told how much is done, and of how much.
type Progress<'p> = &'p mut dyn FnMut(usize, usize);

/// Runs a command. All that it reads and writes is files; what it says is the answer.
fn run(arguments: impl IntoIterator<Item = OsString>, progress: Progress<'_>) -> Answer {
    match asked(arguments) {
        Ok(Asked::Help(topic)) => Answer::fine(help::of(topic)),
        Ok(Asked::Run(request)) => {
            let answer = match request.command {
                Command::Lint => lint::run(&request),
                Command::Test => scenarios::test(&request),
                Command::Coverage => scenarios::coverage(&request),
                Command::Mutate => scenarios::mutate(&request, progress),
                Command::Draw => draw::run(&request),
                Command::Backtest => backtest::run(&request, progress),
                Command::Diff => backtest::diff(&request, progress),
                Command::Insight => insight::run(&request),
            };
            answer.unwrap_or_else(Answer::bad)
        }
        Err(problem) => Answer::bad(problem),
    }
}

/// A bar on the terminal, which goes when all is done. Where nobody sees it, there is none.
struct Bar {
    shown: bool,
    /// So many of its forty parts are full.
    full: usize,
}

impl Bar {
    fn show(&mut self, done: usize, all: usize) {
        let full = done.saturating_mul(40).checked_div(all).unwrap_or(40);
        if !self.shown || full == self.full {
            return;
        }
        self.full = full;
        let mut err = std::io::stderr();
        let _ = match done < all {
            true => write!(err, "\r[{:-<40}] {done} of {all}", "#".repeat(full)),
            false => write!(err, "\r{:70}\r", ""),
        };
    }
}
