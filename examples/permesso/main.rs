//! Permesso: **a simulation** of the case in the 2013 article on social CRM, at its own size. Nobody in it exists.
//!
//! `cargo run --release --example permesso -- [--mailed 400000] [--come 15] [--authorise 50] …` (`--help` tells all)
//!
//! | file | what it does |
//! |---|---|
//! | `case.rs` | the article's numbers, what is assumed besides, and how to ask for others |
//! | `people.rs` | draws who says what, apart from every ledger |
//! | `weeks.rs` | three weeks through the public API: a mailing, a dialogue, likes, a mailing chosen by them |
//! | `journey.json` | the journey: what is admitted, what sustains a stage, who is sent what |
//! | `report.rs` | tables |
//! | `checks.rs` | its tests, at a small size |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]
#![allow(clippy::arithmetic_side_effects, reason = "it counts people, and tells the time of day")]

mod case;
#[path = "../fan_to_ambassador/chance.rs"]
mod chance;
#[cfg(test)]
mod checks;
#[path = "../fan_to_ambassador/counts.rs"]
mod counts;
mod people;
mod report;
mod weeks;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Instant as Clock;

use case::Case;
use weeks::{Done, Weeks};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("permesso: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Done<()> {
    let Some(case) = Case::of(std::env::args().skip(1))? else {
        println!("{}", case::HELP);
        return Ok(());
    };
    println!("{}", case::ABOUT);
    let begin = Clock::now();
    let mut weeks = Weeks::new(case, &mut show)?;
    weeks.run(&mut show)?;
    let time = begin.elapsed();
    if std::io::stderr().is_terminal() {
        eprint!("\r{:60}\r", "");
    }
    println!("{}", report::outcome(&weeks)?);
    println!("{}", report::cost(&weeks, time));
    if weeks.astray > 0 {
        return Err("something was sent without consent, which cannot be".into());
    }
    Ok(())
}

/// How far it is, on one line of a terminal or on lines of a log.
fn show(what: &str, done: usize, of: usize) {
    let percent = done * 100 / of.max(1);
    if std::io::stderr().is_terminal() {
        eprint!("\r{what}: {percent} %{:20}", "");
        // Progress that cannot be shown stops nothing.
        let _ = std::io::stderr().flush();
    } else if done == 0 {
        eprintln!("{what} …");
    }
}
