//! The journal of a book: killed at every byte and failing at every write, no acknowledged stop is lost, and every
//! permitted event is delivered exactly once in the end.

use std::collections::{BTreeMap, BTreeSet};

use placet::{
    Act, Ask, Book, Event, Gateway, Identity, Journey, QueuedEvent, Reach, Reason, SignalSpec, Stop,
    book::{BookError, Journal, JournalError, Journaled, Outgoing},
    channel::EMAIL,
    purpose::{NEWSLETTER, OFFERS},
    send::EventKey,
};

use serde_json::json;

use crate::support::journal::Port;
use crate::support::{at, email, facebook, grant, name, on_facebook};

/// A gateway that drops keys it knows.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Letters {
    delivered: BTreeSet<EventKey>,
    /// Keys under which each effect came.
    keys: BTreeMap<(String, String), BTreeSet<EventKey>>,
}

impl Gateway for Letters {
    type Error = ();

    fn send(&mut self, event: Event<'_>) -> Result<(), ()> {
        let effect = (event.signal().to_string(), event.effect().to_string());
        self.keys.entry(effect).or_default().insert(event.key());
        self.delivered.insert(event.key());
        Ok(())
    }
}

type Kept = Journaled<Port>;
type Fails = JournalError<&'static str>;

/// One thing that a host does, and does again when it is not sure that it was done.
enum Op {
    Open(&'static str, Identity),
    Link(&'static str, Identity),
    Go(&'static str, Act),
    Stop(&'static str, Stop),
    Merge(&'static str, &'static str),
    Unmerge(&'static str),
    Signal(&'static str, &'static str, &'static str, Identity, &'static str),
    Dispatch(&'static str),
}

impl Op {
    fn run(&self, kept: &mut Kept, letters: &mut Letters) -> Result<(), Fails> {
        let again = |error: Fails| match error {
            JournalError::Book(BookError::OpenedAgain) => Ok(()),
            error => Err(error),
        };
        match self {
            Op::Open(id, identity) => kept.open(name(id), identity.clone()).or_else(again),
            Op::Link(id, identity) => kept.link(&name(id), identity.clone()).map(drop),
            Op::Go(id, act) => kept.append(&name(id), act.clone()).map(drop),
            Op::Stop(id, stop) => kept.stop(&name(id), stop.clone()).map(drop),
            Op::Merge(from, into) => kept.merge(&name(from), &name(into)).map(drop),
            Op::Unmerge(id) => kept.unmerge(&name(id)).map(drop),
            Op::Signal(id, signal, kind, identity, when) => {
                let spec = SignalSpec {
                    id: name(signal),
                    contact: name(id),
                    identity: identity.clone(),
                    kind: name(kind),
                    source: None,
                    at: at(when),
                    attributes: Vec::new(),
                };
                let signal = kept.book().journey().signal(spec).unwrap();
                kept.observe(&signal, at(when)).map(drop)
            }
            Op::Dispatch(when) => {
                let keys: Vec<EventKey> = kept.book().outbox().queued().map(QueuedEvent::key).collect();
                keys.into_iter().try_for_each(|key| kept.dispatch_one(key, at(when), letters).map(drop))
            }
        }
    }
}

fn stop(id: &str, when: &str) -> Stop {
    Stop::withdraw(name(id), Reach::everything().by(EMAIL), at(when), at(when))
}

/// Ada and Bo, who share an address; Ada and Cy, who turn out to be one person for a while.
fn script() -> Vec<Op> {
    let cy = Identity::email("cy@example.org").unwrap();
    let go = |id, scope, identity, when| Act::from(grant(id, scope, identity, at(when)));
    vec![
        Op::Open("ada", email()),
        Op::Link("ada", facebook()),
        Op::Open("bo", Identity::email("ADA@example.org").unwrap()),
        Op::Go("ada", go("g-1", NEWSLETTER.by(EMAIL), email(), "08:00:00")),
        Op::Go("ada", go("g-2", on_facebook(), facebook(), "08:00:01")),
        Op::Go("ada", go("g-3", OFFERS.by(EMAIL), email(), "08:00:02")),
        Op::Signal("ada", "s-1", "like", facebook(), "09:00:00"),
        Op::Signal("ada", "s-2", "newsletter-signup", email(), "09:01:00"),
        Op::Dispatch("09:02:00"),
        Op::Open("cy", cy.clone()),
        Op::Go("cy", go("g-4", OFFERS.by(EMAIL), cy.clone(), "09:03:00")),
        Op::Merge("cy", "ada"),
        Op::Signal("cy", "s-3", "purchase", cy, "09:04:00"),
        Op::Dispatch("09:05:00"),
        Op::Signal("ada", "s-4", "recommendation", email(), "09:06:00"),
        Op::Unmerge("cy"),
        Op::Stop("bo", stop("w-1", "09:07:00")),
        Op::Dispatch("09:08:00"),
    ]
}

fn journey() -> Journey {
    Journey::reference().unwrap()
}

fn begun(text: &str, fails_at: Option<usize>) -> Kept {
    let replayed = Book::replay(journey(), text).unwrap();
    Journaled::new(replayed.book, Port::of(&text[..replayed.valid], fails_at))
}

/// All of the script without an accident: the journal after each step, and what was delivered.
fn undisturbed() -> (Vec<String>, Letters, String) {
    let (mut kept, mut letters) = (begun("", None), Letters::default());
    let mut journals = Vec::new();
    for op in script() {
        op.run(&mut kept, &mut letters).unwrap();
        journals.push(kept.journal().text().unwrap());
    }
    (journals, letters, format!("{:?}", kept.book()))
}

#[test]
fn replay_equals_live() {
    let (journals, letters, live) = undisturbed();
    assert_eq!(letters.delivered.len(), 3, "welcome, best prospect, onboarding");
    let replayed = Book::replay(journey(), journals.last().unwrap()).unwrap();
    assert_eq!(format!("{:?}", replayed.book), live);
}

#[test]
fn cut_at_every_byte_of_its_last_lines() {
    let (journals, letters, _) = undisturbed();
    let mut cuts = 0;
    for journal in &journals {
        let lines: Vec<&str> = journal.split_inclusive('\n').collect();
        let tail: usize = lines.iter().rev().take(3).map(|line| line.len()).sum();
        for cut in journal.len() - tail..=journal.len() {
            cuts += 1;
            let mut kept = begun(&journal[..cut], None);
            // A stop whose line is whole was acknowledged: it holds for both who share the address.
            let whole = journal[..cut].rfind('\n').map_or("", |end| &journal[..end]);
            if whole.contains("\"w-1\"") {
                for (id, identity) in [("ada", email()), ("bo", Identity::email("ADA@example.org").unwrap())]
                {
                    let contact = kept.contact(&name(id)).unwrap();
                    let ask = Ask::new(NEWSLETTER.by(EMAIL), identity);
                    assert_eq!(contact.ledger().refuses(&ask, at("10:00:00")), Some(Reason::Withdrawn));
                }
            }
            // The host does everything again that it is not sure of. The gateway drops keys it knows.
            let mut again = Letters::default();
            // Its clock has not run back: what was decided before the crash is asked about after it (S22).
            for op in script() {
                let op = if let Op::Dispatch(_) = op { Op::Dispatch("09:08:00") } else { op };
                op.run(&mut kept, &mut again).unwrap();
            }
            let sent_before = letters.delivered.difference(&again.delivered);
            for key in sent_before {
                assert!(
                    matches!(kept.book().outbox().get(*key), Some(Outgoing::Sent { .. })),
                    "cut at {cut}: sent before the crash, or lost"
                );
            }
            assert!(again.delivered.is_subset(&letters.delivered), "cut at {cut}: nothing else leaves");
            for (effect, keys) in &again.keys {
                assert_eq!(letters.keys.get(effect), Some(keys), "one key for one effect");
            }
        }
    }
    assert!(cuts > 5_000, "{cuts} cuts were tried");
}

#[test]
fn the_writer_fails_at_every_write() {
    let (journals, letters, live) = undisturbed();
    for fails_at in 0..journals.last().unwrap().lines().count() {
        let (mut kept, mut delivered) = (begun("", Some(fails_at)), Letters::default());
        let mut failed = 0;
        for op in script() {
            if let Err(error) = op.run(&mut kept, &mut delivered) {
                failed += 1;
                assert_eq!(error.to_string(), "the journal could not be written: the disk is full");
                if let Op::Stop(id, _) = &op {
                    let contact = kept.contact(&name(id)).unwrap();
                    assert_eq!(contact.ledger().version(), 1, "in force, written or not");
                }
                op.run(&mut kept, &mut delivered).unwrap();
            }
        }
        assert_eq!(failed, 1, "write {fails_at}");
        assert_eq!(delivered, letters, "write {fails_at}");
        assert_eq!(format!("{:?}", kept.book()), live, "write {fails_at}");
        let replayed = Book::replay(journey(), &kept.journal().text().unwrap()).unwrap();
        assert_eq!(format!("{:?}", replayed.book), live, "write {fails_at}");
    }
}

#[test]
fn a_last_line_that_stands_there_twice() {
    let (journals, _, _) = undisturbed();
    for journal in &journals {
        let last = journal.split_inclusive('\n').next_back().unwrap();
        let once = Book::replay(journey(), journal).unwrap();
        let twice = Book::replay(journey(), &format!("{journal}{last}")).unwrap();
        assert_eq!(format!("{:?}", once.book), format!("{:?}", twice.book));
    }
}

#[test]
fn a_damaged_line_in_the_middle_is_named() {
    let (journals, ..) = undisturbed();
    let journal = journals.last().unwrap();
    let lines: Vec<&str> = journal.lines().collect();
    for (number, line) in lines.iter().enumerate().take(lines.len() - 1) {
        let mut damaged = lines.clone();
        let cut = &line[..line.len() / 2];
        damaged[number] = cut;
        let error = Book::replay(journey(), &(damaged.join("\n") + "\n")).unwrap_err();
        assert_eq!(error.line(), number + 1);
        let message = error.to_string();
        assert!(message.starts_with(&format!("line {} of the journal: ", number + 1)), "{message}");
        assert!(!message.contains("example.org") && !message.contains("ada"), "{message}");
    }
    let lost = journal.replacen(lines[0], "", 1);
    let lost = lost.trim_start().to_owned();
    assert_eq!(
        Book::replay(journey(), &lost).unwrap_err().to_string(),
        "line 1 of the journal: no contact of this id is in the book: open it first"
    );
    let sent = lines.iter().find(|line| line.contains("\"type\":\"sent\"")).unwrap();
    assert_eq!(
        Book::replay(journey(), &format!("{sent}\n")).unwrap_err().to_string(),
        "line 1 of the journal: it sends or drops an event that no line before it queued"
    );
}

/// What was decided stays decided: the stage that those who stay hold after an unmerge is written down, and another
/// journey does not find another one after a restart.
#[test]
fn an_unmerge_is_read_again_as_it_was_decided_under_whatever_journey() {
    let mut spec = Journey::reference().unwrap().spec().clone();
    spec.rules.reverse();
    let turned = Journey::compile(spec).unwrap();
    let mut kept = Journaled::new(Book::new(Journey::reference().unwrap()), String::new());
    let people = [("ada", "purchase"), ("bob", "newsletter-signup"), ("cy", "recommendation")];
    for (id, kind) in people {
        let card = Identity::of_kind("card", id).unwrap();
        kept.open(name(id), card.clone()).unwrap();
        let text = json!({"id": format!("s-{id}"), "contact": id, "identity": format!("card:{id}"), "kind": kind,
            "at": "2013-05-01T10:00:00Z"});
        let spec = SignalSpec::from_json(&text.to_string()).unwrap();
        let signal = kept.book().journey().signal(spec).unwrap();
        kept.observe(&signal, at("10:00:00")).unwrap();
    }
    kept.merge(&name("bob"), &name("ada")).unwrap();
    kept.merge(&name("cy"), &name("ada")).unwrap();
    kept.unmerge(&name("cy")).unwrap();
    let held = |book: &Book| people.map(|(id, _)| book.held_stage(&name(id)));
    let live = held(kept.book());
    assert_eq!(live[0], live[1], "the two who stay are one");
    let customer_is_further = |journey: &Journey| {
        journey.how_far(Some(&name("customer"))) > journey.how_far(Some(&name("subscriber")))
    };
    assert!(customer_is_further(kept.book().journey()) && !customer_is_further(&turned));
    let replayed = Book::replay(turned, kept.journal()).unwrap().book;
    assert_eq!(held(&replayed), live);
}
