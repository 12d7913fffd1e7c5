//! The conformance runner: reads a history in the neutral format and writes an answer to every line that asks.
//!
//! ```sh
//! cargo run --release --example conformance [--bare] [FILE]
//! ```
//!
//! FILE, or standard input; answers go to standard output, one JSON object a line. `--bare` leaves out
//! reasons and proofs. A line that breaks a rule ends the run with exit status 2. See `docs/SPEC.md`.
#![allow(clippy::print_stderr, reason = "a program tells its user what is wrong")]

mod answer;
mod insight;
mod read;
mod rules;
mod run;

use std::io::{BufReader, BufWriter, Read};
use std::process::ExitCode;

use answer::answer;

fn main() -> ExitCode {
    let mut bare = false;
    let mut file = None;
    for argument in std::env::args_os().skip(1) {
        if argument == "--bare" {
            bare = true;
        } else if argument == "--help" || file.is_some() {
            eprintln!("usage: conformance [--bare] [FILE]");
            return ExitCode::from(1);
        } else {
            file = Some(argument);
        }
    }
    let input: Box<dyn Read> = match file.map(std::fs::File::open) {
        None => Box::new(std::io::stdin()),
        Some(Ok(file)) => Box::new(file),
        Some(Err(error)) => {
            eprintln!("conformance: the file cannot be read: {error}");
            return ExitCode::from(1);
        }
    };
    match answer(BufReader::with_capacity(1 << 20, input), BufWriter::new(std::io::stdout().lock()), bare) {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(_)) => ExitCode::from(2),
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(1)
        }
    }
}
