//! What can be counted, and is the same on every machine: allocations, bytes on the heap, lines to write.
//!
//! A binary of its own: the allocator that counts is one for the whole of it.

use placet::{Contact, Journey, Signal};
use placet_benches::contest::{self, Placet};
use placet_benches::counting::{Counting, counted};
use placet_benches::shape::{Ids, Work};
use placet_benches::subject::{self, Edge};

#[global_allocator]
static COUNTING: Counting = Counting;

/// Everybody's acts and signals, each counted apart.
fn run(work: &Work, mut does: impl FnMut(&Journey, &mut Contact, &Signal)) -> Vec<Contact> {
    let (journey, edge) = (subject::journey().unwrap(), Edge::new(Ids::Uuid));
    let mut contacts = Vec::with_capacity(work.contacts as usize);
    contacts.extend((0..work.contacts).map(|contact| edge.open(contact, &journey)));
    for step in &work.steps {
        let contact = &mut contacts[step.contact as usize];
        match edge.signal(step) {
            Some(signal) => does(&journey, contact, &journey.signal(signal).unwrap()),
            None => subject::says(contact, edge.act(step).unwrap()).unwrap(),
        }
    }
    contacts
}

#[test]
fn a_decision_allocates_nothing_and_a_signal_hardly_anything() {
    let (mut signals, mut deciding, mut committing, mut queuing, mut outbox) = (0, 0, 0, 0, 0);
    let mut explaining = 0;
    run(&Work::new(1_000, 2013), |journey, contact, signal| {
        let why = || journey.explain(&*contact, signal, signal.at()).unwrap();
        let (_, asked, _) = counted(|| why().effects().filter_map(|(_, asked)| asked.reason()).count());
        explaining += asked;
        let (decision, asked, _) = counted(|| journey.decide(&*contact, signal, signal.at()).unwrap());
        (signals, deciding) = (signals + 1, deciding + asked);
        let (queued, asked, _) = counted(|| decision.commit(contact).unwrap());
        if queued.is_empty() {
            committing += asked;
        } else {
            (queuing, outbox) = (queuing + 1, outbox + asked);
        }
    });
    eprintln!("{signals} signals: {deciding} deciding, {committing} committing, {outbox} to queue {queuing}");
    assert_eq!(deciding, 0, "a decision allocates nothing");
    assert_eq!(explaining, 0, "nor does an explanation, until it is told in words");
    // A contact keeps the latest 32 instants of each kind, whatever journey is in force (S23, law 7): lists that grow to
    // that and no further. On this work that is 0.24 a signal.
    assert!(committing * 100 <= signals * 25, "at most 0.25 a signal: {committing}");
    // One list, the ids of the signal and of the act where they are UUIDs, one list more for further needs.
    assert!(outbox * 10 <= queuing * 32, "to queue {queuing}: {outbox}");
}

/// Of the work of 1,000 contacts, asserted within 3 %, so that it neither grows nor stays here when it shrinks.
const ALLOCATIONS_A_ROW: f64 = 0.3945;
const BYTES_A_CONTACT: f64 = 2_987.0;

#[test]
fn the_work_asks_for_memory_as_often_and_holds_as_much_as_recorded() {
    let work = Work::new(1_000, 2013);
    let (_, cost) = contest::all::<Placet>(&work);
    let allocations = cost.allocations as f64 / work.steps.len() as f64;
    let bytes = cost.bytes as f64 / f64::from(work.contacts);
    eprintln!(
        "{allocations:.4} allocations a row, {bytes:.0} bytes a contact, {} in place",
        size_of::<Contact>()
    );
    for (counted, recorded) in [(allocations, ALLOCATIONS_A_ROW), (bytes, BYTES_A_CONTACT)] {
        assert!((counted / recorded - 1.0).abs() < 0.03, "{counted:.4}, recorded as {recorded}");
    }
}

#[test]
fn the_work_is_few_lines_to_write() {
    let lines = |text: &str| {
        let code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        text.lines().filter(code).count()
    };
    // Imports are the editor's work, and how many lines they take is the formatter's.
    let (user, _) = include_str!("../src/subject.rs").split_once("// The edge, from here on.").unwrap();
    let (_, user) = user.rsplit_once("\nuse ").unwrap_or(("", user));
    let (_, user) = user.split_once(";\n").unwrap();
    let user = lines(user);
    let journey = lines(include_str!("../src/journey.json"));
    eprintln!("{user} lines and a journey of {journey}");
    assert!(user + journey <= 46, "{user} + {journey}");
}
