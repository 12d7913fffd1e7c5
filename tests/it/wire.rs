//! The written forms, byte for byte: `golden/*.jsonl` and `golden/*.txt`.
//!
//! Each file is made again from code and compared. After a change that is meant, write the files anew with
//! `PLACET_BLESS=1 cargo test -p placet-tests --test it wire`, read the difference, and say in the changelog what it does to
//! who stores these forms.

mod kinds;
#[cfg(feature = "proptest")]
mod round_trip;

use crate::support::{at, email, grant, name};
use placet::{
    Contact, Event, Instant, Journey, JourneySpec, QueuedEvent, Reach, Stop,
    channel::EMAIL,
    consent::Citation,
    purpose::{NEWSLETTER, OFFERS},
};
pub use placet_tests::{golden::compare as golden_in, samples};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Compares lines with a file below `golden`, or writes it where `PLACET_BLESS` is set.
#[track_caller]
pub fn golden(file: &str, lines: &[String]) {
    golden_in("tests/it/golden", file, lines);
}

fn written<T: Serialize>(all: &[T]) -> Vec<String> {
    all.iter().map(|one| serde_json::to_string(one).unwrap()).collect()
}

/// Writes, compares, reads back, and writes again.
#[track_caller]
fn golden_both_ways<T>(file: &str, all: &[T])
where
    T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let lines = written(all);
    golden(file, &lines);
    for (line, one) in lines.iter().zip(all) {
        let again: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}\n{line}"));
        assert_eq!(&again, one, "{line}");
        assert_eq!(&serde_json::to_string(&again).unwrap(), line);
    }
}

#[test]
fn acts() {
    golden_both_ways("acts.jsonl", &samples::acts());
}

#[test]
fn entries() {
    golden_both_ways("entries.jsonl", &samples::entries());
}

#[test]
fn queued_events() {
    let (_, queued) = samples::story();
    assert!(queued.iter().any(|event| event.citations().count() > 1), "one has further needs");
    golden_both_ways("queued_events.jsonl", &queued);
}

#[test]
fn signals_and_citations() {
    golden_both_ways("signals.jsonl", &samples::signals());
    let (_, queued) = samples::story();
    let citations: Vec<Citation> = queued.iter().flat_map(QueuedEvent::citations).cloned().collect();
    golden_both_ways("citations.jsonl", &citations);
}

/// Events go out only; they are as their queued events but for the name, and what the ledger says now.
#[test]
fn events() {
    let journey = Journey::reference().unwrap();
    let mut ada = samples::ada(&journey);
    let (_, queued) = samples::story();
    let _ = ada.grant(grant("a-9", NEWSLETTER.by(EMAIL), email(), at("12:00:00"))).unwrap();
    let events: Vec<Event<'_>> = queued
        .into_iter()
        .map(|queued| journey.release(queued, &ada, at("13:00:00")).into_result().unwrap())
        .collect();
    let lines = written(&events);
    golden("events.jsonl", &lines);
    for line in lines {
        // An event names its sender, which nothing that is read can do; without that its type gives it away.
        assert!(QueuedEvent::from_json(&line).unwrap_err().what().contains("not known"), "{line}");
        let disguised = line.replace(r#""controller":"the-brand","#, "");
        let error = QueuedEvent::from_json(&disguised).unwrap_err();
        assert_eq!(error.what(), "only a `queued_event` is read: nothing else can be released");
    }
}

#[test]
fn explanations_and_remedies() {
    let journey = Journey::compile(serde_json::from_value(samples::journey()).unwrap()).unwrap();
    let mut ada = samples::ada(&journey);
    let mut lines = Vec::new();
    let mut explain = |ada: &Contact, kind: &str, when: Instant| {
        let signal = crate::support::signal(&journey, "s-1", kind, crate::support::facebook(), when);
        let why = journey.explain(ada, &signal, when).unwrap();
        lines.push(serde_json::to_string(&why).unwrap());
        lines.extend(why.to_string().lines().map(|line| format!("  {line}")));
    };
    explain(&ada, "newsletter-signup", at("10:30:00"));
    explain(&ada, "purchase", at("10:30:00"));
    let _ = ada.stop(Stop::object(name("a-4"), OFFERS.by(EMAIL).into(), at("11:00:00"), at("11:00:00")));
    explain(&ada, "purchase", at("11:30:00"));
    let _ = ada.stop(Stop::withdraw(name("a-5"), Reach::everything(), at("12:00:00"), at("12:00:00")));
    explain(&ada, "like", at("12:30:00"));
    golden("explanations.txt", &lines);

    let remedies = samples::remedies();
    let told = remedies
        .iter()
        .map(|(reason, remedy)| format!("{reason}: {remedy}\n  {}", serde_json::to_string(remedy).unwrap()));
    golden(
        "remedies.txt",
        &told.flat_map(|told| told.lines().map(ToOwned::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>(),
    );
}

#[test]
fn journey_faults() {
    let mut lines = Vec::new();
    for (edit, _) in crate::messages::journeys::BROKEN {
        let error = crate::messages::journeys::broken(edit).unwrap_err();
        lines.extend(error.to_string().lines().map(ToOwned::to_owned));
    }
    golden("faults.txt", &lines);
}

/// A journey is written as it is read.
#[test]
fn journeys() {
    let spec: JourneySpec = serde_json::from_value(samples::journey()).unwrap();
    let text = serde_json::to_string_pretty(&spec).unwrap();
    golden("journey.json", &text.lines().map(ToOwned::to_owned).collect::<Vec<_>>());
    assert_eq!(JourneySpec::from_json(&text).unwrap(), spec);
}
