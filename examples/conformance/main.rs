//! The conformance runner: reads a history in the neutral format and writes an answer to every line that asks.
//!
//! ```sh
//! cargo run --release --example conformance [--bare] [FILE]
//! ```
//!
//! FILE, or standard input; answers go to standard output, one JSON object a line. `--bare` leaves out
//! reasons and proofs. A line that breaks a rule ends the run with exit status 2. See `docs/SPEC.md`.
#![allow(clippy::print_stderr, reason = "a program tells its user what is wrong")]

mod read;
mod rules;
mod run;

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;

use read::{LONGEST_LINE, Why};
use run::Runner;

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

/// Answers a whole history; the reason where a line was rejected.
fn answer(
    mut input: impl BufRead,
    mut output: impl Write,
    bare: bool,
) -> Result<Option<Why>, Box<dyn std::error::Error>> {
    let mut runner = Runner::new(bare)?;
    let mut line = Vec::new();
    // One byte more than a line may have, and its newline.
    let limit = u64::try_from(LONGEST_LINE).unwrap_or(u64::MAX).saturating_add(2);
    loop {
        line.clear();
        if input.by_ref().take(limit).read_until(b'\n', &mut line)? == 0 {
            output.flush()?;
            return Ok(None);
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let answered = runner.line(text);
        if let Some(answer) = &answered.answer {
            serde_json::to_writer(&mut output, answer)?;
            output.write_all(b"\n")?;
        }
        if answered.rejected.is_some() {
            output.flush()?;
            return Ok(answered.rejected);
        }
    }
}
