//! What must hold of every reader, whatever bytes it is handed: it does not panic, and what it reads is the same when it
//! is written and read again. Each function is one fuzz target (`fuzz_targets`); the tests of this package try them on the
//! seeds, whole and damaged, with any compiler:
//!
//! ```sh
//! cargo test --manifest-path fuzz/Cargo.toml      # the seeds, on stable
//! fuzz/run                                        # every target for some seconds, with cargo-fuzz and nightly
//! ```

mod table;

use placet::book::ImportReport;
use placet::{
    Book, Contact, Entry, Identity, Instant, Journey, JourneySpec, QueuedEvent, Release, SignalSpec,
};
use placet_lab::scenario::Scenarios;
use serde_json::to_string;

pub use table::{import_table, mapping};

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// An instant after most that a seed names.
fn now() -> Instant {
    "2026-01-01T00:00:00Z".parse().expect("an instant")
}

fn reference() -> Journey {
    Journey::reference().expect("the reference journey compiles")
}

/// `JourneySpec` and `Journey::compile`: a journey that compiles keeps its spec, and every tool of the lab that only reads
/// takes it.
pub fn journey(data: &[u8]) {
    let Some(Ok(spec)) = text(data).map(JourneySpec::from_json) else { return };
    let written = to_string(&spec).expect("a spec is written");
    let again = JourneySpec::from_json(&written).expect("what was written is read");
    assert_eq!(again, spec, "read again");
    assert_eq!(to_string(&again).expect("a spec is written"), written, "one way to write it");
    match Journey::compile(spec.clone()) {
        Ok(journey) => {
            assert_eq!(*journey.spec(), spec, "compiled as written");
            let _ = (placet_lab::draw::mermaid(&journey), placet_lab::draw::dot(&journey));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// `Entry`: every kind of line of a journal.
pub fn entry(data: &[u8]) {
    let Some(Ok(entry)) = text(data).map(Entry::from_json) else { return };
    let written = to_string(&entry).expect("an entry is written");
    let again = Entry::from_json(&written).expect("what was written is read");
    assert_eq!(again, entry, "read again");
    assert_eq!(to_string(&again).expect("an entry is written"), written, "one way to write it");
}

/// `SignalSpec`, and its check by a journey.
pub fn signal(data: &[u8]) {
    let Some(Ok(signal)) = text(data).map(SignalSpec::from_json) else { return };
    let written = to_string(&signal).expect("a signal is written");
    let again = SignalSpec::from_json(&written).expect("what was written is read");
    assert_eq!(again, signal, "read again");
    assert_eq!(to_string(&again).expect("a signal is written"), written, "one way to write it");
    let _ = reference().signal(signal);
}

/// `QueuedEvent`: whatever is stored, for a person who permitted nothing no event is ever made of it.
pub fn queued_event(data: &[u8]) {
    let Some(Ok(queued)) = text(data).map(QueuedEvent::from_json) else { return };
    let written = to_string(&queued).expect("an account is written");
    let again = QueuedEvent::from_json(&written).expect("what was written is read");
    assert_eq!(again, queued, "read again");
    assert_eq!(to_string(&again).expect("an account is written"), written, "one way to write it");
    let journey = reference();
    let identity = queued.citations().next().map(|citation| citation.identity().clone());
    let identity = identity.unwrap_or_else(|| Identity::email("ada@example.org").expect("an address"));
    let contact = Contact::open(queued.contact().clone(), identity, journey.vocabulary());
    assert!(!matches!(journey.release(queued, &contact, now()), Release::Event(_)), "sent without a grant");
}

/// `Book::replay`: what holds of a journal, replayed alone, is the same book.
pub fn journal(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let journey = reference();
    let Ok(mut replayed) = Book::replay(journey.clone(), text) else { return };
    let valid = text.get(..replayed.valid).expect("what holds ends with a character");
    let mut again = Book::replay(journey, valid).expect("what holds is replayed");
    assert_eq!(again.valid, replayed.valid, "all of it holds");
    assert_eq!(state(&mut again.book), state(&mut replayed.book), "the same book");
}

/// What a book answers: who is in it, where they stand, which acts there are, what is queued.
fn state(book: &mut Book) -> Vec<String> {
    let reading = book.reading();
    let contacts = reading.contacts().map(|contact| {
        let acts: Vec<String> =
            contact.ledger().acts().map(|act| to_string(&act).expect("an act is written")).collect();
        let person = reading.book().person_of(contact.id());
        format!("{} {:?} {person:?} {acts:?}", contact.id(), reading.book().held_stage(contact.id()))
    });
    let queued =
        reading.book().outbox().queued().map(|queued| to_string(queued).expect("an account is written"));
    contacts.chain(queued).collect()
}

/// `Book::import`: lines of acts from elsewhere.
pub fn import_lines(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let mut book = Book::new(reference());
    let report = book.import(text.lines(), now());
    told(&report);
    comes_to_rest(&mut book, report.rows, |book| book.import(text.lines(), now()));
}

/// Every refusal and doubt has a message.
fn told(report: &ImportReport) {
    report.refused.iter().for_each(|refused| assert!(!refused.to_string().is_empty()));
    report.doubts.iter().for_each(|doubt| assert!(!doubt.to_string().is_empty()));
}

/// Imported again and again, the same rows change nothing more: not at once, since a row may name a contact that only a
/// later one opens, but after as many times as there are rows.
fn comes_to_rest(book: &mut Book, rows: u64, mut import: impl FnMut(&mut Book) -> ImportReport) {
    for _ in 0..=rows {
        let before = state(book);
        let again = import(book);
        if (again.appended, again.opened) == (0, 0) {
            assert_eq!(state(book), before, "nothing was appended, and something changed");
            return;
        }
    }
    panic!("an import that never comes to rest");
}

/// `Scenarios::read`, in both forms; what is ready for the reference journey runs.
pub fn scenario(data: &[u8]) {
    let Some(Ok(scenarios)) = text(data).map(Scenarios::read) else { return };
    let written = scenarios.to_string();
    let again = Scenarios::from_text(&written).expect("what was written is read");
    assert_eq!(again, scenarios, "read again");
    assert_eq!(again.to_string(), written, "one way to write it");
    let json = to_string(&scenarios).expect("scenarios are written");
    assert_eq!(Scenarios::from_json(&json).expect("what was written is read"), scenarios, "as JSON");
    match scenarios.compile(&reference()) {
        Ok(suite) => assert!(!suite.run().to_string().is_empty()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    type Target = fn(&[u8]);

    const TARGETS: [(&str, Target); 9] = [
        ("journey", journey),
        ("entry", entry),
        ("signal", signal),
        ("queued_event", queued_event),
        ("journal", journal),
        ("import_lines", import_lines),
        ("import_table", import_table),
        ("mapping", mapping),
        ("scenario", scenario),
    ];

    fn seeds(target: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let made = std::process::Command::new(folder.join("make-seeds")).status().expect("bash is there");
        assert!(made.success(), "the seeds are made from the golden files");
        let files = std::fs::read_dir(folder.join("corpus").join(target)).expect("seeds of this target");
        let mut files: Vec<_> = files.map(|file| file.expect("a seed").path()).collect();
        files.sort();
        files.into_iter().map(|file| std::fs::read(file).expect("a seed")).collect()
    }

    /// Every target takes its seeds, and each of them damaged at some places: cut, with a byte changed, doubled or gone.
    #[test]
    fn seeds_whole_and_damaged() {
        for (name, target) in TARGETS {
            let seeds = seeds(name);
            assert!(!seeds.is_empty(), "{name}");
            for seed in seeds.iter().take(60) {
                target(seed);
                let step = (seed.len() / 24).max(1);
                for at in (0..seed.len()).step_by(step) {
                    target(&seed[..at]);
                    target(&[&seed[..at], &seed[at + 1..]].concat());
                    target(&[&seed[..at], &seed[at..=at], &seed[at..]].concat());
                    for byte in [b'"', b',', b'0', b'\n', 0x80] {
                        target(&[&seed[..at], &[byte], &seed[at + 1..]].concat());
                    }
                }
            }
        }
    }

    /// A target file for each function, and no other.
    #[test]
    fn every_target_is_a_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
        let files = std::fs::read_dir(folder).expect("the targets");
        let mut files: Vec<String> = files
            .map(|file| file.expect("a target").path().file_stem().expect("a name").display().to_string())
            .collect();
        files.sort();
        let mut targets = TARGETS.map(|(name, _)| name.to_owned()).to_vec();
        targets.sort();
        assert_eq!(files, targets);
    }
}
