//! A recorded history to try journeys on: the Complete Journey data, and consents, likes and recommendations that
//! are **simulated**.
//!
//! `cargo run --release -p placet-lab --example record [HOUSEHOLD ...] > history.jsonl`
//!
//! It writes one entry or one list of entries a line, as a book's journal does, for all households of the excerpt in
//! `examples/data` of the project or for those named: the same bytes on every machine and in every run. `excerpt.jsonl`
//! beside this file is three of them, to look at.
//!
//! Purchases (`basket-…`) and the campaigns that a household was sent (`campaign-…`) are the data's. The data holds
//! no address, no consent, no like and no recommendation: whatever has an id that begins with `simulated-`, and every
//! address, is made up by [`simulate`], at the rates that are written there.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to its reader")]
#![allow(clippy::arithmetic_side_effects, reason = "it counts days of one year")]

#[path = "../../../../examples/fan_to_ambassador/chance.rs"]
mod chance;
#[path = "../../../../examples/fan_to_ambassador/data.rs"]
mod data;
mod simulate;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use data::History;

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(text) => match std::io::stdout().write_all(text.as_bytes()) {
            // Whoever reads may stop reading: `record | head`.
            Ok(()) | Err(_) => ExitCode::SUCCESS,
        },
        Err(error) => {
            eprintln!("record: {error}");
            ExitCode::FAILURE
        }
    }
}

fn excerpt() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data")
}

/// The recording as text.
fn run(households: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let mut history = History::read(&excerpt())?;
    let wanted = households.map(|number| number.parse::<u32>()).collect::<Result<BTreeSet<u32>, _>>();
    let wanted = wanted.map_err(|_| "a household is named by its number: record 24 240")?;
    if !wanted.is_empty() {
        let known = history.households();
        if let Some(number) = wanted.iter().find(|number| !known.contains(number)) {
            return Err(format!("there is no household {number} in examples/data").into());
        }
        history.baskets.retain(|basket| wanted.contains(&basket.household));
        history.contacts.retain(|contact| wanted.contains(&contact.household));
    }
    let mut text = String::new();
    for line in simulate::recording(&history)? {
        text.push_str(&match line.as_slice() {
            [entry] => serde_json::to_string(entry)?,
            entries => serde_json::to_string(entries)?,
        });
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use placet::{Entry, Journey, entry::Body};
    use placet_lab::{Backtest, Recording};

    use super::*;

    type Tested = Result<(), Box<dyn Error>>;

    fn lines(text: &str) -> Result<Vec<Entry>, Box<dyn Error>> {
        let read = text.lines().map(|line| match line.strip_prefix('[') {
            Some(_) => serde_json::from_str::<Vec<Entry>>(line),
            None => serde_json::from_str::<Entry>(line).map(|entry| vec![entry]),
        });
        Ok(read.collect::<Result<Vec<_>, _>>()?.concat())
    }

    #[test]
    fn the_excerpt_is_what_the_code_makes() -> Tested {
        let households = ["96", "384", "1344"].map(str::to_owned);
        let committed = std::fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/record/excerpt.jsonl"),
        )?;
        assert!(
            run(households.into_iter())? == committed,
            "make it again: record 96 384 1344 > excerpt.jsonl"
        );
        Ok(())
    }

    #[test]
    fn a_household_is_the_same_alone_and_among_others() -> Tested {
        let all = run(std::iter::empty())?;
        assert_eq!(all, run(std::iter::empty())?);
        let alone = run(["384".to_owned()].into_iter())?;
        assert!(alone.lines().all(|line| all.contains(line)));
        Ok(())
    }

    /// Purchases and campaigns are the data's, one for one; everything else is labelled.
    #[test]
    fn what_is_simulated_says_so() -> Tested {
        let history = History::read(&excerpt())?;
        let (mut baskets, mut campaigns, mut acts, mut signals) = (0, 0, 0, 0);
        for entry in lines(&run(std::iter::empty())?)? {
            match entry.body() {
                Body::Opened(opened) => {
                    assert!(serde_json::to_string(opened.identity())?.contains("simulated"));
                }
                Body::Linked(identity) => {
                    assert!(serde_json::to_string(identity)?.contains("simulated"));
                }
                Body::Act(act) => {
                    assert!(act.id().to_string().starts_with("simulated-"));
                    let label = act.evidence().and_then(|evidence| evidence.touchpoint());
                    assert_eq!(label.map(ToString::to_string).as_deref(), Some("simulated"));
                    acts += 1;
                }
                Body::Signal(admitted) => match admitted.signal().id.to_string() {
                    id if id.starts_with("basket-") => baskets += 1,
                    id if id.starts_with("campaign-") => campaigns += 1,
                    id => {
                        assert!(id.starts_with("simulated-"), "{id}");
                        signals += 1;
                    }
                },
                _ => return Err("an entry of another type".into()),
            }
        }
        assert_eq!((baskets, campaigns), (history.baskets.len(), history.contacts.len()));
        assert!(acts > 50 && signals > 100, "{acts} acts, {signals} signals");
        Ok(())
    }

    /// The rates of the article, as far as 327 draws can keep them.
    #[test]
    fn fifteen_of_a_hundred_come_and_half_of_them_consent() -> Tested {
        let history = History::read(&excerpt())?;
        let entries = lines(&run(std::iter::empty())?)?;
        let count = |of: &str| entries.iter().filter(|entry| entry.type_name() == of).count();
        let visits = entries.iter().filter(|entry| {
            matches!(entry.body(), Body::Signal(admitted) if admitted.signal().kind.as_str() == "shop-visit")
        });
        let (visits, linked, refused) = (visits.count(), count("linked"), count("refuse"));
        assert_eq!(visits, linked + refused, "whoever comes says yes or no");
        let asked = history.contacts.len() + history.households().len();
        assert!((8..=22).contains(&(visits * 100 / asked)), "{visits} of {asked}");
        assert!((30..=70).contains(&(linked * 100 / visits)), "{linked} of {visits}");
        Ok(())
    }

    /// It says something: every stage is reached, and consent is lacking, ends and is taken back.
    #[test]
    fn a_journey_can_be_tried_on_it() -> Tested {
        let recording = Recording::read(&run(std::iter::empty())?)?;
        let journey = Journey::reference()?;
        let backtest = Backtest::of(std::slice::from_ref(&journey), &recording, |_| {});
        let counts = backtest.journeys.first().map(|tried| tried.rehearsal.clone()).unwrap_or_default();
        assert_eq!((counts.contacts, counts.unknown.values().sum::<u64>()), (104, 327 + 104));
        assert!(counts.stages.values().all(|stage| stage.reached > 0), "{:?}", counts.stages);
        let queued: u64 = counts.effects.values().map(|effect| effect.queued).sum();
        assert!(queued > 10 && !counts.lost.is_empty());
        Ok(())
    }

    #[test]
    fn what_is_asked_for_wrongly_is_said() {
        let refused =
            |number: &str| run([number.to_owned()].into_iter()).err().map(|error| error.to_string());
        assert_eq!(refused("x").as_deref(), Some("a household is named by its number: record 24 240"));
        assert_eq!(refused("25").as_deref(), Some("there is no household 25 in examples/data"));
    }
}
