//! The store, each time on a database file of its own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::sync::Barrier;
use std::thread;

use placet::channel::EMAIL;
use placet::consent::{AppendError, Appended, Method, Provenance, Reply};
use placet::desk::{
    Desk, DeskError, Dispatched, DriveError, Observed, Plan, Replied, Report, Step, Store, Terms, Want,
    Written,
};
use placet::identity::SuppressionKey;
use placet::purpose::{NEWSLETTER, OFFERS};
use placet::send::EventKey;
use placet::{
    ActId, Actor, Ask, ContactId, Event, Evidence, Grant, Identity, Instant, Journey, Notice, Purpose, Reach,
    Reason, SignalSpec, Stop,
};
use placet_sqlite::{Sqlite, StoreError};
use rusqlite::Connection;
use tempfile::TempDir;

const MAIL: &str = "ada@example.org";
const SPELT_OTHERWISE: &str = "Ada@Example.ORG";

type Error = DriveError<StoreError>;

/// A folder that goes away with its database.
struct Home(TempDir, Terms);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap(), Terms::new(Journey::reference().unwrap()))
    }

    /// Where whoever is erased is forgotten.
    fn forgetting() -> Home {
        let Home(folder, terms) = Home::new();
        Home(folder, terms.suppressing(SuppressionKey::new([7; 16])))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    /// A desk with a connection of its own.
    fn desk(&self) -> Desk<Sqlite> {
        Desk::new(Sqlite::open(self.file(), self.1.clone()).unwrap(), self.1.clone())
    }

    /// The database as anybody sees it.
    fn raw(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }

    fn damage(&self, change: &str) {
        self.raw().execute_batch(change).unwrap();
    }

    fn count(&self, query: &str) -> i64 {
        self.raw().query_row(query, [], |row| row.get(0)).unwrap()
    }

    fn waiting(&self) -> i64 {
        self.count("SELECT count(*) FROM outbox WHERE became IS NULL")
    }

    /// A contact that consents to newsletter and offers.
    fn with_ada(&self) -> Desk<Sqlite> {
        let mut desk = self.desk();
        open(&mut desk, "c-1", MAIL);
        desk
    }

    /// The same, with a welcome that waits.
    fn with_welcome(&self) -> Desk<Sqlite> {
        let mut desk = self.with_ada();
        assert_eq!(observe(&mut desk, "c-1", "s-1", "newsletter-signup", day(2)), 1);
        desk
    }
}

/// Opens a contact that consents to newsletter and offers.
fn open(desk: &mut Desk<Sqlite>, contact: &str, address: &str) {
    desk.open(id(contact), mail(address)).unwrap();
    for (act, purpose) in [("a-1", NEWSLETTER), ("a-2", OFFERS)] {
        let outcome = desk.append(&id(contact), grant(act, purpose, address), day(1)).unwrap();
        assert_eq!(outcome.appended(), Appended::New);
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

fn signal(contact: &str, id: &str, kind: &str, at: Instant) -> SignalSpec {
    let (id, kind) = (id.parse().unwrap(), kind.parse().unwrap());
    let (contact, identity) = (contact.parse().unwrap(), mail(MAIL));
    SignalSpec { id, contact, identity, kind, source: None, at, attributes: Vec::new() }
}

fn tell(desk: &mut Desk<Sqlite>, signal: SignalSpec, now: Instant) -> Result<Observed, Error> {
    let signal = desk.journey().signal(signal).unwrap();
    desk.observe(&signal, now)
}

/// How many events a new signal queued.
fn observe(desk: &mut Desk<Sqlite>, contact: &str, id: &str, kind: &str, at: Instant) -> usize {
    let observed = tell(desk, signal(contact, id, kind, at), at).unwrap();
    observed.decision().unwrap().queued().count()
}

/// A gateway that takes everything, and what it took.
fn taking(seen: &mut Vec<EventKey>) -> impl FnMut(Event<'_>) -> Result<(), &'static str> {
    |event| {
        seen.push(event.key());
        Ok(())
    }
}

fn dispatch(desk: &mut Desk<Sqlite>, at: Instant) -> Report {
    desk.dispatch(100, at, &mut taking(&mut Vec::new())).unwrap()
}

fn sent(count: u64) -> Report {
    Report { sent: count, ..Report::default() }
}

fn refused(reason: Reason) -> Report {
    Report { refused: [(reason, 1)].into(), ..Report::default() }
}

/// Why a newsletter may not go out to a contact.
fn refuses(desk: &mut Desk<Sqlite>, contact: &str, address: &str, at: Instant) -> Option<Reason> {
    let ask = Ask::new(NEWSLETTER.by(EMAIL), mail(address));
    desk.person(&id(contact), |person| person.unwrap().ledger().refuses(&ask, at)).unwrap()
}

#[test]
fn a_story_from_end_to_end() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    let mut seen = Vec::new();
    assert_eq!(desk.dispatch(10, day(2), &mut taking(&mut seen)).unwrap(), sent(1));
    let key = *seen.first().unwrap();
    assert_eq!(desk.dispatch_one(key, day(2), &mut taking(&mut seen)).unwrap(), Dispatched::AlreadySent);

    assert_eq!(observe(&mut desk, "c-1", "s-2", "purchase", day(3)), 1);
    let _ = desk.stop(&id("c-1"), withdraw("a-3", day(4)), day(4)).unwrap();
    let key = desk.store_mut().waiting(1).unwrap().pop().unwrap();
    assert_eq!(desk.dispatch(10, day(4), &mut taking(&mut seen)).unwrap(), refused(Reason::Withdrawn));
    // A no is final.
    assert_eq!(desk.dispatch(10, day(5), &mut taking(&mut seen)).unwrap(), Report::default());
    assert_eq!(desk.dispatch_one(key, day(5), &mut taking(&mut seen)).unwrap(), Dispatched::Dropped);
    assert_eq!(seen.len(), 1);
}

#[test]
fn a_signal_twice_queues_one_event() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    let rows = "SELECT (SELECT count(*) FROM entries) * 100 + (SELECT count(*) FROM signals)";
    let before = home.count(rows);
    let signup = signal("c-1", "s-1", "newsletter-signup", day(2));
    assert!(matches!(tell(&mut desk, signup.clone(), day(3)).unwrap(), Observed::Again));
    assert!(matches!(tell(&mut home.desk(), signup.clone(), day(3)).unwrap(), Observed::Again));
    let other = tell(&mut desk, signal("c-1", "s-1", "purchase", day(2)), day(3)).unwrap_err();
    assert!(matches!(other, DriveError::Declined(DeskError::SignalIdReused)));
    assert_eq!((home.count(rows), home.waiting()), (before, 1));
}

#[test]
fn an_unadmitted_signal_leaves_no_trace() {
    let home = Home::new();
    let mut desk = home.with_ada();
    let rows = "SELECT (SELECT count(*) FROM entries) + (SELECT count FROM persons)";
    let before = home.count(rows);
    assert_eq!(observe(&mut desk, "c-1", "s-1", "like", day(2)), 0);
    assert_eq!((home.count(rows), home.count("SELECT count(*) FROM signals")), (before, 0));
}

/// A plan of before.
struct Late(Option<Plan>);

impl Step for Late {
    fn want(&self) -> Want {
        Want::person(id("c-1"))
    }

    fn plan(&mut self, _: &placet::desk::Found<'_>) -> Plan {
        self.0.take().unwrap()
    }

    fn written(&mut self, _: &placet::desk::Found<'_>) {
        panic!("nothing was written");
    }
}

/// Step by step, as somebody would who plans elsewhere: of a plan for a person that has moved on nothing is written.
#[test]
fn a_plan_that_is_late_is_a_conflict() {
    let home = Home::new();
    let mut desk = home.with_ada();
    let mut late = Plan::default();
    late.expect = vec![(id("c-1"), 2)];
    late.signal = Some((id("c-1"), "s-9".parse().unwrap(), 9));
    assert_eq!(desk.store_mut().step(&mut Late(Some(late))).unwrap(), Written::Conflict);
    assert_eq!(home.count("SELECT count(*) FROM signals"), 0);
}

#[test]
fn the_file_survives_reopening() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    open(&mut desk, "c-2", "bob@example.org");
    assert!(desk.merge(&id("c-2"), &id("c-1")).unwrap());
    let _ = desk.stop(&id("c-2"), withdraw("a-3", day(3)), day(3)).unwrap();
    let told = |desk: &mut Desk<Sqlite>, contact: &str| {
        let journey = desk.journey().clone();
        let asked = |person: Option<placet::Person<'_>>| {
            let person = person.unwrap();
            let acts: Vec<_> = person.ledger().acts().collect();
            format!("{acts:?} {:?} {person:?}", journey.stands_at(person, day(4)))
        };
        desk.person(&id(contact), asked).unwrap()
    };
    let live = ["c-1", "c-2"].map(|contact| told(&mut desk, contact));
    drop(desk);
    let mut desk = home.desk();
    assert_eq!(live, ["c-1", "c-2"].map(|contact| told(&mut desk, contact)));
    let again = signal("c-1", "s-1", "newsletter-signup", day(2));
    assert!(matches!(tell(&mut desk, again, day(4)).unwrap(), Observed::Again));
    assert_eq!(dispatch(&mut desk, day(4)), refused(Reason::Withdrawn));
}

#[test]
fn a_go_is_tried_before_it_is_stored() {
    let home = Home::new();
    let mut desk = home.with_ada();
    let before = home.count("SELECT count(*) FROM entries");
    let twice = desk.append(&id("c-1"), grant("a-1", NEWSLETTER, MAIL), day(1)).unwrap();
    let reused = desk.append(&id("c-1"), grant("a-1", OFFERS, MAIL), day(1)).unwrap_err();
    let unknown = desk.append(&id("c-1"), grant("a-9", OFFERS, "bob@example.org"), day(1)).unwrap_err();
    assert_eq!(twice.appended(), Appended::Again);
    assert!(matches!(reused, DriveError::Declined(DeskError::Append(AppendError::IdReused))));
    assert!(matches!(unknown, DriveError::Declined(DeskError::Append(AppendError::UnknownIdentity))));
    assert_eq!(home.count("SELECT count(*) FROM entries"), before);
}

#[test]
fn a_stop_twice_is_one() {
    let home = Home::new();
    let mut desk = home.with_ada();
    open(&mut desk, "c-2", SPELT_OTHERWISE);
    let rows = "SELECT (SELECT count(*) FROM entries) * 100 + (SELECT count(*) FROM under)";
    let stop =
        |desk: &mut Desk<Sqlite>| desk.stop(&id("c-1"), withdraw("a-3", day(3)), day(3)).unwrap().appended();
    assert_eq!(stop(&mut desk), Appended::New);
    let before = home.count(rows);
    assert_eq!((stop(&mut desk), stop(&mut home.desk())), (Appended::Again, Appended::Again));
    assert_eq!((home.count(rows), home.count("SELECT count(*) FROM under")), (before, 1));
    assert_eq!(observe(&mut desk, "c-1", "s-1", "newsletter-signup", day(4)), 0);
    let later = desk.append(&id("c-1"), grant("a-4", NEWSLETTER, MAIL), day(4)).unwrap();
    assert_eq!((later.appended(), later.refused()), (Appended::New, Some(Reason::Withdrawn)));
}

/// The process ends between the entry of a stop and its rows under keys. Delivered again, it is completed.
#[test]
fn a_stop_that_was_cut_short_is_completed() {
    let home = Home::new();
    let mut desk = home.with_ada();
    open(&mut desk, "c-2", SPELT_OTHERWISE);
    home.damage("CREATE TRIGGER crash BEFORE INSERT ON under BEGIN SELECT RAISE(ABORT, 'power cut'); END");
    let cut = desk.stop(&id("c-1"), withdraw("a-3", day(3)), day(3)).unwrap_err();
    assert!(matches!(cut, DriveError::Store(StoreError::Database(_))), "not acknowledged");
    home.damage("DROP TRIGGER crash");
    let mut desk = home.desk();
    let spelt = [("c-1", MAIL), ("c-2", SPELT_OTHERWISE)];
    let there = spelt.map(|(contact, address)| refuses(&mut desk, contact, address, day(3)));
    assert_eq!(there, [Some(Reason::Withdrawn), None], "it holds where it was done");
    let again = desk.stop(&id("c-1"), withdraw("a-3", day(3)), day(3)).unwrap();
    assert_eq!(
        (again.appended(), refuses(&mut desk, "c-2", SPELT_OTHERWISE, day(3))),
        (Appended::Again, Some(Reason::Withdrawn))
    );
}

/// Whoever shares an address, in any spelling, has its stops: those from before it was opened or linked, and those from
/// after. What is not one's own is not passed on.
#[test]
fn a_stop_holds_for_whoever_shares_the_address() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    open(&mut desk, "c-2", SPELT_OTHERWISE);
    let _ = home.desk().stop(&id("c-2"), withdraw("a-3", day(3)), day(3)).unwrap();
    assert_eq!(dispatch(&mut desk, day(3)), refused(Reason::Withdrawn));
    assert_eq!(
        home.count("SELECT count(*) FROM entries WHERE contact = 'c-1' AND line LIKE '%withdraw\"%'"),
        0
    );

    open(&mut desk, "c-3", "ADA@example.org");
    assert_eq!(refuses(&mut desk, "c-3", "ADA@example.org", day(3)), Some(Reason::Withdrawn));

    open(&mut desk, "c-4", "bob@example.org");
    open(&mut desk, "c-5", "bob@example.org");
    assert!(desk.link(&id("c-4"), mail(SPELT_OTHERWISE)).unwrap());
    assert!(!desk.link(&id("c-4"), mail(SPELT_OTHERWISE)).unwrap());
    let bob = ["c-4", "c-5"].map(|contact| refuses(&mut desk, contact, "bob@example.org", day(3)));
    assert_eq!(bob, [Some(Reason::Withdrawn), None]);
    let _ = desk.stop(&id("c-4"), withdraw("a-3", day(4)), day(4)).unwrap();
    assert_eq!(refuses(&mut desk, "c-5", "bob@example.org", day(4)), Some(Reason::Withdrawn));
    // What was heard over an address stays when the address goes.
    assert!(desk.unlink(&id("c-4"), &mail(SPELT_OTHERWISE)).unwrap());
    let took = desk.stop_for(mail(MAIL), withdraw("a-5", day(5)), day(5)).unwrap();
    let holders: Vec<_> = took.into_iter().map(|took| took.contact).collect();
    assert_eq!(holders, ["c-1", "c-2", "c-3"].map(id));
}

/// Two contacts may each have an act of one id: both lie under the key that they share.
#[test]
fn stops_of_one_id_lie_side_by_side() {
    let home = Home::new();
    let mut desk = home.with_ada();
    open(&mut desk, "c-2", SPELT_OTHERWISE);
    let offers = Stop::withdraw(act("a-3"), Reach::everything().purpose(OFFERS), day(3), day(3));
    let _ = desk.stop(&id("c-1"), offers, day(3)).unwrap();
    let _ = desk.stop(&id("c-2"), withdraw("a-3", day(4)), day(4)).unwrap();
    assert_eq!(refuses(&mut desk, "c-1", MAIL, day(4)), Some(Reason::Withdrawn));
}

#[test]
fn a_merge_shares_stops_and_stage_and_an_unmerge_takes_the_stage_back() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    open(&mut desk, "c-2", "bob@example.org");
    open(&mut desk, "c-3", "bob@example.org");
    assert!(desk.merge(&id("c-2"), &id("c-1")).unwrap());
    assert!(!desk.merge(&id("c-1"), &id("c-2")).unwrap());
    assert_eq!(home.count("SELECT count(*) FROM persons"), 2);
    let entries = home.count("SELECT count(*) FROM entries WHERE contact IN ('c-1', 'c-2')");
    assert_eq!(home.count("SELECT count FROM persons WHERE id = 'c-1'"), entries);

    let journey = desk.journey().clone();
    let stands = |desk: &mut Desk<Sqlite>, contact| {
        desk.person(&id(contact), |person| {
            journey.stands_at(person.unwrap(), day(3)).map(ToString::to_string)
        })
        .unwrap()
    };
    assert_eq!(stands(&mut desk, "c-2"), Some("subscriber".to_owned()));
    // A purchase of the one moves both; only the one would have moved alone.
    assert_eq!(observe(&mut desk, "c-1", "s-2", "purchase", day(3)), 1);
    assert_eq!(stands(&mut desk, "c-2"), Some("customer".to_owned()));
    let _ = desk.stop(&id("c-2"), withdraw("a-3", day(4)), day(4)).unwrap();
    let stopped = [("c-1", MAIL), ("c-2", "bob@example.org"), ("c-3", "bob@example.org")];
    for (contact, address) in stopped {
        assert_eq!(refuses(&mut desk, contact, address, day(4)), Some(Reason::Withdrawn), "{contact}");
    }

    assert!(desk.unmerge(&id("c-1")).unwrap());
    assert!(!desk.unmerge(&id("c-1")).unwrap());
    assert_eq!(home.count("SELECT count(*) FROM persons"), 3);
    assert_eq!(
        (stands(&mut desk, "c-2"), refuses(&mut desk, "c-1", MAIL, day(4))),
        (None, Some(Reason::Withdrawn))
    );
}

/// Where a person moves and the contact that was named would not, the contact has not moved after an unmerge.
#[test]
fn a_move_of_the_person_is_none_of_the_contact() {
    let home = Home::new();
    let mut desk = home.with_ada();
    open(&mut desk, "c-2", "bob@example.org");
    assert_eq!(observe(&mut desk, "c-1", "s-1", "purchase", day(2)), 1);
    assert!(desk.merge(&id("c-2"), &id("c-1")).unwrap());
    assert_eq!(observe(&mut desk, "c-2", "s-2", "recommendation", day(3)), 0);
    let journey = desk.journey().clone();
    let stands = |desk: &mut Desk<Sqlite>, contact| {
        desk.person(&id(contact), |person| {
            journey.stands_at(person.unwrap(), day(3)).map(ToString::to_string)
        })
        .unwrap()
    };
    assert_eq!(stands(&mut desk, "c-1"), Some("ambassador".to_owned()));
    assert!(desk.unmerge(&id("c-2")).unwrap());
    assert_eq!(["c-1", "c-2"].map(|contact| stands(&mut desk, contact)), [Some("customer".to_owned()), None]);
}

/// A stop of one of several ends what the others were granted, and the answer says so at once.
#[test]
fn a_stop_of_a_merged_contact_leaves_nothing() {
    let home = Home::new();
    let mut desk = home.with_ada();
    open(&mut desk, "c-2", "bob@example.org");
    assert!(desk.merge(&id("c-2"), &id("c-1")).unwrap());
    let outcome = desk.stop(&id("c-2"), withdraw("a-3", day(4)), day(4)).unwrap();
    assert_eq!(outcome.outlived(), []);
}

/// Nothing of theirs is left in the file, but their no still holds for whoever comes with the address.
#[test]
fn whoever_is_erased_is_forgotten() {
    let home = Home::forgetting();
    let mut desk = home.with_welcome();
    open(&mut desk, "c-2", "bob@example.org");
    assert!(desk.merge(&id("c-2"), &id("c-1")).unwrap());
    let _ = desk.stop(&id("c-1"), withdraw("ada-said-no", day(3)), day(3)).unwrap();
    assert!(desk.unmerge(&id("c-2")).unwrap());
    let before = std::fs::read(home.file()).unwrap();

    let erased = desk.stop(&id("c-1"), Stop::erase(act("a-9"), day(4), day(4)), day(4)).unwrap();
    assert_eq!(erased.appended(), Appended::New);
    let again = desk.stop(&id("c-1"), Stop::erase(act("a-9"), day(4), day(4)), day(4)).unwrap();
    assert_eq!(again.appended(), Appended::Again);
    let after = std::fs::read(home.file()).unwrap();
    for theirs in [MAIL, "\"c-1\"", "ada-said-no", "s-1"] {
        let is_in = |file: &[u8]| {
            file.windows(theirs.len()).any(|there| there.eq_ignore_ascii_case(theirs.as_bytes()))
        };
        assert_eq!((is_in(&before), is_in(&after)), (true, false), "{theirs}");
    }
    // Under the old id they are still found, and hold no stage; of others nothing is gone.
    assert_eq!(refuses(&mut desk, "c-1", MAIL, day(5)), Some(Reason::Erased));
    assert!(matches!(desk.open(id("c-1"), mail(MAIL)), Err(DriveError::Declined(DeskError::OpenedAgain))));
    assert_eq!(dispatch(&mut desk, day(5)), refused(Reason::Erased));
    assert_eq!(refuses(&mut desk, "c-2", "bob@example.org", day(5)), Some(Reason::Withdrawn));
    open(&mut desk, "c-3", SPELT_OTHERWISE);
    assert_eq!(refuses(&mut desk, "c-3", SPELT_OTHERWISE, day(5)), Some(Reason::Withdrawn));
}

/// The gateway takes it, and then the mark fails: it takes the same key once more.
#[test]
fn a_crash_after_handing_over_repeats_one_key() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    home.damage("CREATE TRIGGER crash BEFORE UPDATE ON outbox BEGIN SELECT RAISE(ABORT, 'power cut'); END");
    let mut seen = Vec::new();
    let report = desk.dispatch(10, day(2), &mut taking(&mut seen)).unwrap();
    assert_eq!((report.failed, seen.len()), (1, 1));
    drop(desk);
    home.damage("DROP TRIGGER crash");
    assert_eq!(home.waiting(), 1);
    let mut desk = home.desk();
    assert_eq!(desk.dispatch(10, day(3), &mut taking(&mut seen)).unwrap(), sent(1));
    assert_eq!(desk.dispatch(10, day(4), &mut taking(&mut seen)).unwrap(), Report::default());
    assert!(matches!(seen.as_slice(), [one, other] if one == other), "{seen:?}");
}

#[test]
fn what_the_gateway_does_not_take_stays_queued() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    let report = desk.dispatch(10, day(2), &mut |_: Event<'_>| Err("the wire is down")).unwrap();
    assert_eq!(report, Report { failed: 1, ..Report::default() });
    assert_eq!(dispatch(&mut desk, day(3)), sent(1));
}

/// Nor does it wait before all others for ever.
#[test]
fn what_cannot_be_read_keeps_nobody_back() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    for (contact, address) in
        [("c-2", "bob@example.org"), ("c-3", "eve@example.org"), ("c-4", "dan@example.org")]
    {
        open(&mut desk, contact, address);
        assert_eq!(observe(&mut desk, contact, "s-1", "newsletter-signup", day(2)), 1);
    }
    home.damage("UPDATE entries SET line = '{}' WHERE contact = 'c-1' AND place = 2");
    home.damage("UPDATE outbox SET line = '{}' WHERE contact = 'c-2'");
    home.damage("UPDATE entries SET line = '{}' WHERE contact = 'c-2' AND line LIKE '%queued%'");
    home.damage("INSERT INTO under SELECT key, 'a-9', '{}' FROM keys WHERE contact = 'c-3'");
    home.damage("INSERT INTO outbox (place, key, contact, line) VALUES (-1, 'no key', 'c-9', '{}')");
    let mut sent_or_failed = (0, 0);
    for _ in 0..4 {
        let report = desk.dispatch(1, day(2), &mut taking(&mut Vec::new())).unwrap();
        sent_or_failed = (sent_or_failed.0 + report.sent, sent_or_failed.1 + report.failed);
    }
    assert_eq!(sent_or_failed, (1, 3));
    for contact in ["c-1", "c-2", "c-3"] {
        let unread = desk.person(&id(contact), |_| ()).unwrap_err();
        assert!(matches!(unread, DriveError::Store(StoreError::Unreadable(_))), "{contact}: {unread}");
        // A stop is taken all the same: it is there for when they can be read, and for those who share the address at once.
        assert!(desk.stop(&id(contact), withdraw("a-3", day(3)), day(3)).is_ok());
    }
    // Whoever is merged with them is them; everybody else goes on.
    assert!(desk.merge(&id("c-4"), &id("c-1")).is_err());
    let _ = desk.stop(&id("c-4"), withdraw("a-3", day(3)), day(3)).unwrap();
}

#[test]
fn an_act_is_answered_once() {
    let home = Home::new();
    let mut desk = home.with_ada();
    let no = withdraw("a-3", day(3)).about(mail(MAIL));
    let _ = desk.stop(&id("c-1"), no, day(3)).unwrap();
    let mut answered = 0;
    let mut answer = |_: Reply<'_>| -> Result<(), &'static str> {
        answered += 1;
        Ok(())
    };
    let first = desk.reply(&id("c-1"), &act("a-3"), day(3), &mut answer).unwrap();
    let second = home.desk().reply(&id("c-1"), &act("a-3"), day(3), &mut answer).unwrap();
    assert_eq!((first, second, answered), (Replied::Sent, Replied::AlreadySent, 1));
}

/// Does two things at once, each on a connection of its own, and gives what each came to.
fn at_once<A: Send, B: Send>(
    home: &Home,
    one: impl FnOnce(&mut Desk<Sqlite>) -> A + Send,
    other: impl FnOnce(&mut Desk<Sqlite>) -> B + Send,
) -> (A, B) {
    let (begin, mut first, mut second) = (Barrier::new(2), home.desk(), home.desk());
    thread::scope(|scope| {
        let other = scope.spawn(|| {
            begin.wait();
            other(&mut second)
        });
        begin.wait();
        let one = one(&mut first);
        (one, other.join().unwrap())
    })
}

#[test]
fn signals_and_a_stop_at_once_lose_nothing() {
    let home = Home::new();
    drop(home.with_ada());
    let visits = |thread: &'static str| {
        move |desk: &mut Desk<Sqlite>| {
            for number in 0..12 {
                observe(desk, "c-1", &format!("s-{thread}-{number}"), "shop-visit", day(2));
            }
        }
    };
    at_once(&home, visits("one"), visits("two"));
    let signups = |desk: &mut Desk<Sqlite>| -> usize {
        (0..8).map(|number| observe(desk, "c-1", &format!("s-{number}"), "newsletter-signup", day(3))).sum()
    };
    let stop =
        |desk: &mut Desk<Sqlite>| desk.stop(&id("c-1"), withdraw("a-3", day(2)), day(2)).unwrap().appended();
    let (welcomes, stopped) = at_once(&home, signups, stop);
    assert!(welcomes <= 1 && stopped == Appended::New);
    let mut desk = home.desk();
    assert_eq!(dispatch(&mut desk, day(3)).sent, 0);
    assert_eq!(home.count("SELECT count(*) FROM signals"), 32);
    assert_eq!(home.count("SELECT count FROM persons"), home.count("SELECT count(*) FROM entries"));
    assert_eq!(home.count("SELECT count(*) FROM entries"), home.count("SELECT max(place) FROM entries"));
}

#[test]
fn two_dispatchers_send_each_event_once() {
    let home = Home::new();
    let mut desk = home.desk();
    for number in 0..10 {
        let contact = format!("c-{number}");
        open(&mut desk, &contact, &format!("ada-{number}@example.org"));
        assert_eq!(observe(&mut desk, &contact, "s-1", "newsletter-signup", day(2)), 1);
    }
    let run = |desk: &mut Desk<Sqlite>| {
        let mut seen = Vec::new();
        let report = desk.dispatch(100, day(2), &mut taking(&mut seen)).unwrap();
        (report.sent, report.failed, seen)
    };
    let ((one, no, mut seen), (two, none, more)) = at_once(&home, run, run);
    seen.extend(more);
    seen.sort();
    seen.dedup();
    assert_eq!((one + two, no + none, seen.len()), (10, 0, 10));
}

/// While a gateway takes an event its person is held: a stop waits until it has.
#[test]
fn a_stop_waits_for_the_gateway() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    let (order, begun) = (std::sync::Mutex::new(Vec::new()), Barrier::new(2));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut other = home.desk();
            begun.wait();
            let _ = other.stop(&id("c-1"), withdraw("a-3", day(2)), day(2)).unwrap();
            order.lock().unwrap().push("stopped");
        });
        let mut slow = |_: Event<'_>| -> Result<(), &'static str> {
            begun.wait();
            thread::sleep(std::time::Duration::from_millis(200));
            order.lock().unwrap().push("sent");
            Ok(())
        };
        assert_eq!(desk.dispatch(1, day(2), &mut slow).unwrap(), sent(1));
    });
    assert_eq!(order.into_inner().unwrap(), ["sent", "stopped"]);
}

#[test]
fn two_sharers_who_stop_at_once_have_both() {
    for _ in 0..8 {
        let home = Home::new();
        let mut desk = home.with_ada();
        open(&mut desk, "c-2", SPELT_OTHERWISE);
        let stop = |contact: &'static str, purpose: Purpose| {
            move |desk: &mut Desk<Sqlite>| {
                let stop = Stop::withdraw(act("a-3"), Reach::everything().purpose(purpose), day(3), day(3));
                desk.stop(&id(contact), stop, day(3)).unwrap().appended()
            }
        };
        let both = at_once(&home, stop("c-1", NEWSLETTER), stop("c-2", OFFERS));
        assert_eq!(both, (Appended::New, Appended::New));
        for (contact, address) in [("c-1", MAIL), ("c-2", SPELT_OTHERWISE)] {
            for purpose in [NEWSLETTER, OFFERS] {
                let ask = Ask::new(purpose.by(EMAIL), mail(address));
                let no = desk
                    .person(&id(contact), |person| person.unwrap().ledger().refuses(&ask, day(3)))
                    .unwrap();
                assert_eq!(no, Some(Reason::Withdrawn));
            }
        }
    }
}

#[test]
fn a_stop_beside_an_open_or_a_merge_reaches_both() {
    for _ in 0..8 {
        let home = Home::new();
        let mut desk = home.with_ada();
        open(&mut desk, "c-3", "bob@example.org");
        let stop =
            |desk: &mut Desk<Sqlite>| drop(desk.stop(&id("c-1"), withdraw("a-3", day(3)), day(3)).unwrap());
        at_once(&home, stop, |desk| open(desk, "c-2", SPELT_OTHERWISE));
        assert_eq!(refuses(&mut desk, "c-2", SPELT_OTHERWISE, day(3)), Some(Reason::Withdrawn));

        open(&mut desk, "c-4", "bob@example.org");
        let stop =
            |desk: &mut Desk<Sqlite>| drop(desk.stop(&id("c-2"), withdraw("a-4", day(4)), day(4)).unwrap());
        let (merged, ()) = at_once(&home, |desk| desk.merge(&id("c-3"), &id("c-2")).unwrap(), stop);
        assert!(merged);
        for contact in ["c-3", "c-4"] {
            assert_eq!(refuses(&mut desk, contact, "bob@example.org", day(4)), Some(Reason::Withdrawn));
        }
    }
}

#[test]
fn no_address_is_shown() {
    let home = Home::new();
    let mut desk = home.with_welcome();
    let mut texts = vec![format!("{desk:?}"), format!("{:?}", desk.store_mut().waiting(9))];
    let stranger = desk.append(&id("c-1"), grant("a-9", OFFERS, "bob@example.org"), day(1)).unwrap_err();
    let mut errors = vec![
        desk.open(id("c-1"), mail(MAIL)).unwrap_err(),
        stranger,
        tell(&mut desk, signal("c-1", "s-2", "purchase", day(3)), day(2)).unwrap_err(),
        desk.stop(&id("c-9"), withdraw("a-3", day(3)), day(3)).unwrap_err(),
    ];
    let mut fails = |change: &str, desk: &mut Desk<Sqlite>| {
        home.damage(change);
        errors.push(desk.person(&id("c-1"), |_| ()).unwrap_err());
    };
    fails("UPDATE entries SET line = replace(line, 'email:', 'e-mail ') WHERE place > 1", &mut desk);
    fails(
        "DELETE FROM entries WHERE place = 1; UPDATE entries SET line = replace(line, 'e-mail ', 'email:')",
        &mut desk,
    );
    fails("UPDATE persons SET held = 'ada@example.org '", &mut desk);
    fails("INSERT INTO under SELECT key, 'ada@example.org', 'ada@example.org' FROM keys", &mut desk);
    fails("DROP TABLE under", &mut desk);
    home.damage("CREATE TRIGGER no BEFORE INSERT ON keys BEGIN SELECT RAISE(ABORT, 'no'); END");
    errors.push(desk.open(id("c-2"), mail(MAIL)).unwrap_err());
    home.damage("DROP TABLE keys");
    errors.push(desk.open(id("c-3"), mail(MAIL)).unwrap_err());
    home.damage("UPDATE outbox SET contact = 'ada@example.org '");
    let waiting = desk.store_mut().waiting(1).unwrap().pop().unwrap();
    texts.push(format!("{:?}", desk.store_mut().contact_of(waiting).unwrap_err()));
    texts.extend(errors.iter().map(|error| format!("{error} {error:?}")));

    let story = std::process::Command::new(env!("CARGO_BIN_EXE_placet-sqlite")).output().unwrap();
    assert!(story.status.success());
    texts.push(String::from_utf8(story.stdout).unwrap());
    for text in texts {
        let text = text.to_lowercase();
        assert!(!text.contains("ada@") && !text.contains("example.org"), "{text}");
    }
}

/// What anybody did to whom is to be read off the entries: one who was told has none of others.
#[test]
fn entries_are_ones_own() {
    let home = Home::new();
    let mut desk = home.with_ada();
    open(&mut desk, "c-2", SPELT_OTHERWISE);
    let _ = desk.stop(&id("c-1"), withdraw("a-3", day(3)), day(3)).unwrap();
    let own = |person: Option<placet::Person<'_>>| {
        person.unwrap().ledger().acts().all(|act| act.provenance() == Provenance::Own)
    };
    assert!(desk.person(&id("c-2"), own).unwrap());
}
