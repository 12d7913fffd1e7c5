//! The store, each time on a database file of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;

use placet::{
    Act, ActId, Actor, ContactId, Entry, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice,
    Purpose, Reach, Reason, SignalSpec, Stop,
    channel::EMAIL,
    consent::{AppendError, Appended, Provenance},
    entry::Body,
    purpose::{NEWSLETTER, OFFERS},
    send::EventKey,
};
use placet_sqlite::{Handled, Loaded, State, Store, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

const MAIL: &str = "ada@example.org";
const SPELT_OTHERWISE: &str = "Ada@Example.ORG";

/// A folder that goes away with its database.
struct Home(TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    fn store(&self) -> Store {
        Store::open(self.file(), Journey::reference().unwrap()).unwrap()
    }

    /// The database as anybody sees it.
    fn raw(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }

    fn count(&self, query: &str) -> i64 {
        self.raw().query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// A contact that consents to newsletter and offers.
    fn with_ada(&self) -> Store {
        let mut store = self.store();
        store.open_contact(&id("c-1"), &mail(MAIL)).unwrap();
        for (act, purpose) in [("a-1", NEWSLETTER), ("a-2", OFFERS)] {
            assert_eq!(store.append(&id("c-1"), grant(act, purpose, MAIL)).unwrap(), Appended::New);
        }
        store
    }
}

fn id(text: &str) -> ContactId {
    text.parse().unwrap()
}

fn act(text: &str) -> ActId {
    text.parse().unwrap()
}

fn mail(address: &str) -> Identity {
    Identity::email(address).unwrap()
}

/// Noon of a day in May 2013.
fn day(day: u32) -> Instant {
    format!("2013-05-{day:02}T12:00:00Z").parse().unwrap()
}

fn grant(id: &str, purpose: Purpose, address: &str) -> Grant {
    let shown = Notice::new("newsletter-form".parse().unwrap(), "2013-01".parse().unwrap());
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    Grant::new(act(id), purpose.by(EMAIL), mail(address), evidence, day(1), day(1)).unwrap()
}

fn withdraw(id: &str, at: Instant) -> Stop {
    Stop::withdraw(act(id), Reach::everything(), at, at)
}

fn signal(id: &str, kind: &str, at: Instant) -> SignalSpec {
    let (id, kind) = (id.parse().unwrap(), kind.parse().unwrap());
    let contact = "c-1".parse().unwrap();
    SignalSpec { id, contact, identity: mail(MAIL), kind, source: None, at, attributes: Vec::new() }
}

fn queued(handled: &Handled) -> usize {
    match handled {
        Handled::Stored(parts) => parts.queued.len(),
        Handled::Again | Handled::NoTrace => panic!("{handled:?}"),
    }
}

/// A gateway that takes everything, and what it took.
fn taking(seen: &mut Vec<EventKey>) -> impl FnMut(Event<'_>) -> Result<(), &'static str> {
    |event| {
        seen.push(event.key());
        Ok(())
    }
}

fn told(loaded: &Loaded) -> usize {
    loaded.contact.ledger().acts().filter(|act| act.provenance() == Provenance::Told).count()
}

#[test]
fn a_story_from_end_to_end() {
    let home = Home::new();
    let mut store = home.with_ada();
    assert_eq!(queued(&store.handle(signal("s-1", "newsletter-signup", day(2)), day(2)).unwrap()), 1);
    let mut seen = Vec::new();
    let report = store.dispatch(day(2), &mut taking(&mut seen)).unwrap();
    assert_eq!((report.sent, report.failed, report.refused.len()), (1, 0, 0));
    assert_eq!(store.outbox(State::Sent).unwrap().iter().map(|sent| sent.key()).collect::<Vec<_>>(), seen);

    assert_eq!(queued(&store.handle(signal("s-2", "purchase", day(3)), day(3)).unwrap()), 1);
    store.append(&id("c-1"), withdraw("a-3", day(4))).unwrap();
    let report = store.dispatch(day(4), &mut taking(&mut seen)).unwrap();
    assert_eq!((report.sent, report.refused.get(&Reason::Withdrawn)), (0, Some(&1)));
    assert_eq!((seen.len(), store.outbox(State::Refused).unwrap().len()), (1, 1));
    // A no is final.
    assert_eq!(store.dispatch(day(5), &mut taking(&mut seen)).unwrap(), placet::book::Report::default());
}

#[test]
fn a_signal_twice_queues_one_event() {
    let home = Home::new();
    let mut store = home.with_ada();
    let signup = signal("s-1", "newsletter-signup", day(2));
    assert_eq!(queued(&store.handle(signup.clone(), day(2)).unwrap()), 1);
    let before = store.load(&id("c-1")).unwrap().version;
    assert!(matches!(store.handle(signup.clone(), day(3)).unwrap(), Handled::Again));
    assert!(matches!(home.store().handle(signup, day(3)).unwrap(), Handled::Again));
    assert_eq!(store.load(&id("c-1")).unwrap().version, before);
    assert_eq!(store.outbox(State::Queued).unwrap().len(), 1);
}

#[test]
fn an_unadmitted_signal_leaves_no_trace() {
    let home = Home::new();
    let mut store = home.with_ada();
    let before = store.load(&id("c-1")).unwrap().version;
    assert!(matches!(store.handle(signal("s-1", "like", day(2)), day(2)).unwrap(), Handled::NoTrace));
    assert_eq!(store.load(&id("c-1")).unwrap().version, before);
    assert_eq!(home.count("SELECT count(*) FROM signals"), 0);
}

#[test]
fn two_decide_on_one_version_and_one_decides_again() {
    let home = Home::new();
    let (mut one, mut two) = (home.with_ada(), home.store());
    let journey = Journey::reference().unwrap();
    let signals = ["s-1", "s-2"].map(|id| journey.signal(signal(id, "newsletter-signup", day(2))).unwrap());
    let [first, second] = &signals;
    let decide = |store: &Store, signal| {
        let Loaded { contact, version } = store.load(&id("c-1")).unwrap();
        (journey.decide(&contact, signal, day(2)).unwrap().parts(&contact).unwrap(), version)
    };
    let ((parts, version), (stale, same)) = (decide(&one, first), decide(&two, second));
    assert_eq!((version, parts.queued.len(), stale.queued.len()), (same, 1, 1), "both would welcome");
    assert!(one.keep(first, &parts, version).unwrap());
    assert!(!two.keep(second, &stale, same).unwrap());
    assert_eq!(home.count("SELECT count(*) FROM signals"), 1, "of the other nothing is stored");

    // Decided again, she is a subscriber already: no second welcome.
    assert_eq!(queued(&two.handle(second.spec().clone(), day(2)).unwrap()), 0);
    assert_eq!(one.outbox(State::Queued).unwrap().len(), 1);
    let entries = one.load(&id("c-1")).unwrap().version;
    assert_eq!(usize::try_from(entries - version).unwrap(), parts.entries.len() + 1);
}

#[test]
fn threads_lose_no_entry() {
    let home = Home::new();
    drop(home.with_ada());
    let begin = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let (mut store, begin) = (home.store(), &begin);
            scope.spawn(move || {
                begin.wait();
                // As many as the other's tries can bear, whoever wins.
                for number in 0..4 {
                    let id = format!("s-{thread}-{number}");
                    queued(&store.handle(signal(&id, "shop-visit", day(2)), day(2)).unwrap());
                }
            });
        }
    });
    let Loaded { contact, version } = home.store().load(&id("c-1")).unwrap();
    assert_eq!((version, contact.admitted(&"shop-visit".parse().unwrap())), (3 + 8, 8));
    assert_eq!(home.count("SELECT version FROM contacts"), version);
}

/// A go that was tried on a version that is gone is tried again; a stop conflicts with nothing.
#[test]
fn a_go_is_tried_before_it_is_stored() {
    let home = Home::new();
    let mut store = home.with_ada();
    let before = store.load(&id("c-1")).unwrap().version;
    let twice = store.append(&id("c-1"), grant("a-1", NEWSLETTER, MAIL)).unwrap();
    let reused = store.append(&id("c-1"), grant("a-1", OFFERS, MAIL)).unwrap_err();
    let unknown = store.append(&id("c-1"), grant("a-9", OFFERS, "bob@example.org")).unwrap_err();
    assert_eq!(twice, Appended::Again);
    assert!(matches!(reused, StoreError::Refused(AppendError::IdReused)));
    assert!(matches!(unknown, StoreError::Refused(AppendError::UnknownIdentity)));
    assert_eq!(store.load(&id("c-1")).unwrap().version, before);
}

#[test]
fn a_stop_twice_does_not_block_the_contact() {
    let home = Home::new();
    let mut store = home.with_ada();
    store.open_contact(&id("c-2"), &mail(SPELT_OTHERWISE)).unwrap();
    assert_eq!(store.stop(&id("c-1"), withdraw("a-3", day(3))).unwrap(), Appended::New);
    let before = ["c-1", "c-2"].map(|contact| store.load(&id(contact)).unwrap().version);
    assert_eq!(store.stop(&id("c-1"), withdraw("a-3", day(3))).unwrap(), Appended::Again);
    assert_eq!(before, ["c-1", "c-2"].map(|contact| store.load(&id(contact)).unwrap().version));
    // Stored twice by somebody else's hand it counts here, and changes nothing there.
    let stop = Entry::new(id("c-1"), Body::Act(Act::Stop(withdraw("a-3", day(3)))));
    let raw = home.raw();
    raw.execute("UPDATE contacts SET version = version + 1 WHERE id = 'c-1'", []).unwrap();
    let row = "INSERT INTO entries SELECT id, version, ?1 FROM contacts WHERE id = 'c-1'";
    raw.execute(row, [serde_json::to_string(&stop).unwrap()]).unwrap();
    let Loaded { contact, version } = store.load(&id("c-1")).unwrap();
    assert!(i64::try_from(contact.version()).unwrap() + 1 < version);

    assert_eq!(queued(&store.handle(signal("s-1", "newsletter-signup", day(4)), day(4)).unwrap()), 0);
    assert_eq!(store.append(&id("c-1"), grant("a-4", NEWSLETTER, MAIL)).unwrap(), Appended::New);
}

/// Even where an entry cannot be read any more: then nothing leaves either.
#[test]
fn a_stop_is_stored_whatever_else_is() {
    let home = Home::new();
    let mut store = home.with_ada();
    store.open_contact(&id("c-2"), &mail(SPELT_OTHERWISE)).unwrap();
    home.raw().execute("UPDATE entries SET line = '{}' WHERE contact = 'c-2'", []).unwrap();
    assert_eq!(store.stop(&id("c-2"), withdraw("a-3", day(3))).unwrap(), Appended::New);
    assert_eq!(told(&store.load(&id("c-1")).unwrap()), 1);
    assert_eq!(home.count("SELECT count(*) FROM entries WHERE contact = 'c-2'"), 2);
    assert!(matches!(store.stop(&id("c-9"), withdraw("a-4", day(3))), Err(StoreError::UnknownContact)));
}

#[test]
fn a_stop_of_the_same_address_keeps_in_what_was_queued() {
    let home = Home::new();
    let mut store = home.with_ada();
    store.open_contact(&id("c-2"), &mail(SPELT_OTHERWISE)).unwrap();
    assert_eq!(queued(&store.handle(signal("s-1", "newsletter-signup", day(2)), day(2)).unwrap()), 1);
    home.store().stop(&id("c-2"), withdraw("a-3", day(3))).unwrap();
    let mut seen = Vec::new();
    let report = store.dispatch(day(3), &mut taking(&mut seen)).unwrap();
    assert_eq!((seen.len(), report.refused.get(&Reason::Withdrawn)), (0, Some(&1)));
}

/// Who is opened or linked later hears of it, and tells its own; what was told is not told on.
#[test]
fn stops_cross_when_an_address_comes_to_be_shared() {
    let home = Home::new();
    let mut store = home.with_ada();
    store.stop(&id("c-1"), withdraw("a-3", day(3))).unwrap();
    store.open_contact(&id("c-2"), &mail(SPELT_OTHERWISE)).unwrap();
    assert_eq!(told(&store.load(&id("c-2")).unwrap()), 1);

    store.open_contact(&id("c-3"), &mail("bob@example.org")).unwrap();
    store.stop(&id("c-3"), withdraw("a-4", day(4))).unwrap();
    assert!(store.link(&id("c-3"), &mail(SPELT_OTHERWISE)).unwrap());
    assert!(!store.link(&id("c-3"), &mail(SPELT_OTHERWISE)).unwrap());
    assert_eq!(["c-1", "c-2", "c-3"].map(|contact| told(&store.load(&id(contact)).unwrap())), [1, 2, 1]);
}

#[test]
fn a_crash_after_handing_over_repeats_one_key() {
    let home = Home::new();
    let mut store = home.with_ada();
    store.handle(signal("s-1", "newsletter-signup", day(2)), day(2)).unwrap();
    // The gateway takes it, and then the mark fails.
    let mut seen = Vec::new();
    let mut gateway = |event: Event<'_>| -> Result<(), StoreError> {
        seen.push(event.key());
        let crash =
            "CREATE TRIGGER crash BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'power cut'); END";
        Ok(home.raw().execute_batch(crash)?)
    };
    assert!(matches!(store.dispatch(day(2), &mut gateway), Err(StoreError::Database(_))));
    drop(store);
    home.raw().execute_batch("DROP TRIGGER crash").unwrap();

    let mut store = home.store();
    assert_eq!(store.outbox(State::Queued).unwrap().len(), 1);
    store.dispatch(day(3), &mut taking(&mut seen)).unwrap();
    store.dispatch(day(4), &mut taking(&mut seen)).unwrap();
    assert!(matches!(seen.as_slice(), [one, other] if one == other), "{seen:?}");
}

#[test]
fn what_the_gateway_does_not_take_stays_queued() {
    let home = Home::new();
    let mut store = home.with_ada();
    store.handle(signal("s-1", "newsletter-signup", day(2)), day(2)).unwrap();
    let report = store.dispatch(day(2), &mut |_: Event<'_>| Err("the wire is down")).unwrap();
    assert_eq!((report.sent, report.failed), (0, 1));
    let mut seen = Vec::new();
    assert_eq!(store.dispatch(day(3), &mut taking(&mut seen)).unwrap().sent, 1);
}

#[test]
fn no_address_is_shown() {
    let home = Home::new();
    let mut store = home.with_ada();
    let mut texts = Vec::new();
    let handled = store.handle(signal("s-1", "newsletter-signup", day(2)), day(2)).unwrap();
    texts.push(format!("{handled:?} {:?} {:?}", store.outbox(State::Queued), store.load(&id("c-1"))));
    texts.push(format!("{store:?}"));

    let mut errors = vec![
        store.open_contact(&id("c-1"), &mail(MAIL)).unwrap_err(),
        store.append(&id("c-1"), grant("a-9", OFFERS, "bob@example.org")).unwrap_err(),
        store.handle(signal("s-2", "no-such-kind", day(2)), day(2)).unwrap_err(),
        store.handle(signal("s-2", "purchase", day(3)), day(2)).unwrap_err(),
        store.load(&id("c-9")).unwrap_err(),
    ];
    let damage = |change: &str| home.raw().execute_batch(change).unwrap();
    damage("UPDATE outbox SET line = replace(line, 'email:', 'e-mail ')");
    errors.push(store.dispatch(day(2), &mut taking(&mut Vec::new())).unwrap_err());
    damage("UPDATE entries SET line = replace(line, 'email:', 'e-mail ') WHERE number > 1");
    errors.push(store.load(&id("c-1")).unwrap_err());
    damage(
        "DELETE FROM entries WHERE number = 1; UPDATE entries SET line = replace(line, 'e-mail ', 'email:')",
    );
    errors.push(store.load(&id("c-1")).unwrap_err());
    damage("CREATE TRIGGER no BEFORE INSERT ON keys BEGIN SELECT RAISE(ABORT, 'no'); END");
    errors.push(store.open_contact(&id("c-2"), &mail(MAIL)).unwrap_err());
    damage("DROP TABLE keys");
    errors.push(store.open_contact(&id("c-2"), &mail(MAIL)).unwrap_err());
    texts.extend(errors.iter().map(|error| format!("{error} {error:?}")));

    let story = std::process::Command::new(env!("CARGO_BIN_EXE_placet-sqlite")).output().unwrap();
    assert!(story.status.success());
    texts.push(String::from_utf8(story.stdout).unwrap());
    for text in texts {
        assert!(!text.contains('@') && !text.to_lowercase().contains("example.org"), "{text}");
    }
}

#[test]
fn what_is_read_back_is_what_was_live() {
    let home = Home::new();
    let mut store = home.with_ada();
    let mut live = store.load(&id("c-1")).unwrap().contact;
    let journey = store.journey().clone();
    for (id, kind, at) in [("s-1", "newsletter-signup", day(2)), ("s-2", "purchase", day(3))] {
        let spec = signal(id, kind, at);
        store.handle(spec.clone(), at).unwrap();
        let checked = journey.signal(spec).unwrap();
        journey.decide(&live, &checked, at).unwrap().commit(&mut live).unwrap();
    }
    store.stop(&id("c-1"), withdraw("a-3", day(4))).unwrap();
    let _ = live.stop(withdraw("a-3", day(4)));

    drop(store);
    let Loaded { contact, version } = home.store().load(&id("c-1")).unwrap();
    assert_eq!((contact.held_stage(), contact.version()), (live.held_stage(), live.version()));
    assert_eq!(contact.held_stage(), Some("customer".parse().unwrap()));
    assert_eq!(version, home.count("SELECT count(*) FROM entries"));
    assert_eq!(version, home.count("SELECT version FROM contacts"));
}
