//! From fan to ambassador: one contact's story, and then a year of purchases and campaigns.
//!
//! `cargo run --release --example fan_to_ambassador [FOLDER]`
//!
//! FOLDER holds the three files of the Complete Journey data; without it, the excerpt in `examples/data`
//! is read. The output is the same on every machine and in every run, but for the two times.
//!
//! | file | what it does |
//! |---|---|
//! | `story.rs` | Ada, from a like to a recommendation, in sentences made from the decisions |
//! | `data.rs` | reads the files; what is wrong is named by file, line and column |
//! | `replay.rs` | purchases and campaigns as signals; acts of consent, if any; what came of it |
//! | `simulate.rs` | acts of consent that nobody did, for the second pass |
//! | `chance.rs` | the chances it draws |
//! | `counts.rs` | decisions, counted |
//! | `report.rs` | tables, bars and words |
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]
#![allow(clippy::arithmetic_side_effects, reason = "it counts rows of one file, and tells the time of day")]

mod chance;
mod counts;
mod data;
mod replay;
mod report;
mod simulate;
mod story;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant as Clock;

use data::History;
use replay::Pass;
use simulate::Simulation;

fn main() -> ExitCode {
    let folder = std::env::args_os().nth(1).map_or_else(excerpt, PathBuf::from);
    match run(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fan_to_ambassador: {error}");
            ExitCode::FAILURE
        }
    }
}

fn excerpt() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data")
}

fn run(folder: &Path) -> Result<(), Box<dyn Error>> {
    println!("{}", report::WORDS);
    println!("{}", story::tell()?);

    let history = History::read(folder)?;
    println!("{}", report::history(&history));

    let (as_it_is, time) = timed(&history, &Simulation::default())?;
    println!("{}\n{time}\n", report::pass(report::AS_IT_IS, &as_it_is));

    let simulation = Simulation::of(&history, simulate::SEED)?;
    println!("{}", report::simulation(&simulation));
    let (simulated, time) = timed(&history, &simulation)?;
    println!("{}\n{time}\n", report::pass(report::SIMULATED, &simulated));
    print!("{}", report::compared(&as_it_is, &simulated));
    Ok(())
}

/// One pass, and how long it took on this machine.
fn timed(history: &History, simulation: &Simulation) -> Result<(Pass, String), Box<dyn Error>> {
    let begin = Clock::now();
    let pass = replay::run(history, simulation)?;
    let time = report::time(&pass, begin.elapsed());
    Ok((pass, time))
}
