//! What can be counted, and is the same on every machine: allocations, bytes on the heap, lines to write.
//!
//! A binary of its own: the allocator that counts is one for the whole of it, and the one place of this package
//! where `unsafe` must stand, for `GlobalAlloc` is an unsafe trait. It hands every call on to the system.
#![allow(unsafe_code, reason = "a `GlobalAlloc` cannot be written without; nothing else here is unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use placet::{Contact, Journey, Signal};
use placet_benches::edge::Edge;
use placet_benches::shape::Work;
use placet_benches::user;

thread_local! {
    /// How often this thread has asked for memory, and how many bytes it holds.
    static COUNTS: Cell<(u64, i64)> = const { Cell::new((0, 0)) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(asked: u64, bytes: i64) {
    // A thread that ends frees what it has after its counts are gone.
    let _ = COUNTS.try_with(|counts| counts.set((counts.get().0 + asked, counts.get().1 + bytes)));
}

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, there: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        unsafe { System.dealloc(there, layout) }
    }

    unsafe fn realloc(&self, there: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as i64 - layout.size() as i64);
        unsafe { System.realloc(there, layout, size) }
    }
}

/// What something does on the heap: how often it asks for memory, and how many bytes more it holds afterwards.
fn counted<T>(what: impl FnOnce() -> T) -> (T, u64, i64) {
    let (asked, bytes) = COUNTS.get();
    let done = what();
    let (asked_then, bytes_then) = COUNTS.get();
    (done, asked_then - asked, bytes_then - bytes)
}

/// Everybody's acts and signals, each counted apart.
fn run(work: &Work, mut does: impl FnMut(&Journey, &mut Contact, &Signal)) -> Vec<Contact> {
    let (journey, edge) = (user::journey().unwrap(), Edge::new());
    let mut contacts = Vec::with_capacity(work.contacts as usize);
    contacts.extend((0..work.contacts).map(|contact| edge.open(contact, &journey)));
    for step in &work.steps {
        let contact = &mut contacts[step.contact as usize];
        match edge.signal(step) {
            Some(signal) => does(&journey, contact, &journey.signal(signal).unwrap()),
            None => user::says(contact, edge.act(step).unwrap()).unwrap(),
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
    assert!(committing * 100 <= signals * 5, "at most 0.05 a signal: {committing}");
    assert!(
        outbox * 10 <= queuing * 11,
        "one list for each signal that queues, one for further needs: {outbox}"
    );
}

/// The goal of DESIGN section 7.
const MOST_BYTES: i64 = 512;

#[test]
fn a_contact_with_all_its_acts_and_facts_is_small() {
    let work = Work::new(1_000, 2013);
    let does = |journey: &Journey, contact: &mut Contact, signal: &Signal| {
        let decision = journey.decide(&*contact, signal, signal.at()).unwrap();
        drop(decision.commit(contact).unwrap());
    };
    let (contacts, _, bytes) = counted(|| run(&work, does));
    let each = bytes / i64::from(work.contacts);
    eprintln!("{each} bytes a contact, {} of them in place", size_of::<Contact>());
    assert!(each <= MOST_BYTES, "{each} bytes");
    drop(contacts);
}

#[test]
fn the_work_is_few_lines_to_write() {
    let lines = |text: &str| {
        let code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        text.lines().filter(code).count()
    };
    let user = lines(include_str!("../src/user.rs"));
    let journey = lines(include_str!("../src/journey.json"));
    eprintln!("{user} lines and a journey of {journey}");
    assert!(user + journey <= 46, "{user} + {journey}");
}
