//! Real data read from beside the project, where it is there: eight years of a project's people.
//!
//! `project_ledger.jsonl` is a git history: who was entered, by whom, with which address. The project mails its
//! lists to those addresses. Who of them may be mailed? Strictly, whoever entered the address in person, in a
//! change of their own; laxly, whoever has one. No row of the file is repeated here.

mod cla;

use std::collections::BTreeMap;

use placet::{
    Act, ActId, Actor, Ask, Book, Contact, ContactId, Evidence, Grant, Identity, Instant, Journey, Lift,
    Method, Notice, Purpose, Reach, Reason, Scope, SignalSpec, Stop,
    book::BookError,
    channel::EMAIL,
    consent::{ActError, Step, Unproven},
    name::{Network, SignalKind},
};
use serde::Deserialize;

use crate::support::{beside, name};

/// One line of the file, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Row {
    seq: u32,
    at: Instant,
    contact: String,
    kind: SignalKind,
    by: By,
    /// The commit touched more than ten people: an import, not an act of the person.
    #[serde(default)]
    bulk: bool,
    network: Option<Network>,
}

/// Who made the change.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    #[serde(rename = "self")]
    Person,
    Other,
    Unknown,
}

/// What is on file for an address that was entered: the same row, read in two ways.
type Reading = fn(&Row) -> Evidence;

/// As it was: whether it proves the person's own act is for [`Evidence::proves`] to say, not for this test.
fn strictly(row: &Row) -> Evidence {
    let actor = match row.by {
        By::Person => Actor::Person,
        By::Other => Actor::SomebodyElse,
        By::Unknown => Actor::Import,
    };
    let method = match row.bulk {
        true => Method::Import,
        false => Method::AccountSetting,
    };
    Evidence::new(actor, method).shown(what_the_field_says())
}

/// As if everybody had done it in person. It is false, and no type can know: this is what a lie in a ledger costs.
fn laxly(_: &Row) -> Evidence {
    Evidence::new(Actor::Person, Method::AccountSetting).shown(what_the_field_says())
}

/// The documentation of the field: "the address used for mailing lists".
fn what_the_field_says() -> Notice {
    Notice::new(name("people-file-email"), name("1"))
}

fn mailing_lists() -> Scope {
    name::<Purpose>("mailing-lists").by(EMAIL)
}

/// What else the people did are signals: dealings with the project, of which its record may be kept.
const DEALINGS: &str = r#"{
  "placet": 1, "name": "project", "controller": "the-project",
  "catalogue": { "purposes": ["mailing-lists"], "channels": [{ "name": "email" }] },
  "stages": [{ "name": "contributor" }],
  "signals": [
    { "kind": "handle_renamed" }, { "kind": "group_joined" }, { "kind": "group_left" },
    { "kind": "lead_started" }, { "kind": "lead_ended" }, { "kind": "alumni_recorded" },
    { "kind": "list_subscribed" }, { "kind": "list_unsubscribed" },
    { "kind": "contact_paused" }, { "kind": "contact_resumed" },
    { "kind": "review_queue_joined" }, { "kind": "review_queue_left" },
    { "kind": "pr_merged" }, { "kind": "pr_reviewed" }, { "kind": "funding_listing_on" }
  ],
  "rules": [{ "name": "first-merge", "on": "pr_merged", "from": ["none"], "to": "contributor" }]
}"#;

/// Who comes back after a deletion comes back as whom?
#[derive(Clone, Copy, PartialEq)]
enum Return {
    AsNewContact,
    UnderTheOldId,
}

/// The project's book, and what the file's people are called in it.
struct Project {
    book: Book,
    reading: Reading,
    returning: Return,
    people: BTreeMap<String, Person>,
    /// Why addresses were entered without making a grant.
    unproven: Vec<Unproven>,
    entered_twice: u32,
}

#[derive(Clone)]
struct Person {
    id: ContactId,
    /// The address entered last. The file has none, so these are made up: a change is another one.
    address: Option<Identity>,
    profile: bool,
    deleted: bool,
}

impl Project {
    fn new(reading: Reading, returning: Return) -> Project {
        let book = Book::new(Journey::from_json(DEALINGS).unwrap());
        Project { book, reading, returning, people: BTreeMap::new(), unproven: vec![], entered_twice: 0 }
    }

    fn read(mut self, rows: &[Row]) -> Project {
        rows.iter().for_each(|row| self.take(row));
        self
    }

    fn take(&mut self, row: &Row) {
        if row.kind.as_str() == "profile_created" {
            return self.enter_profile(row);
        }
        // Most contributors have no profile: their first contribution opens the contact.
        self.open(row, self.people.get(&row.contact).map_or(name(&row.contact), |person| person.id.clone()));
        let id = self.people[&row.contact].id.clone();
        let stop = |make: fn(ActId, Reach, Instant, Instant) -> Stop| {
            make(act_id(row), mailing_lists().into(), row.at, row.at)
        };
        match row.kind.as_str() {
            "email_given" | "email_changed" => self.enter_address(row),
            // `email = false`, documented as "explicitly disable": it says no to what comes later, too, until the
            // person takes it back. That is an objection. Whoever wrote it: a stop needs no proof.
            "email_refused" => drop(self.book.stop(&id, stop(Stop::object)).unwrap()),
            // The line is gone: what it permitted has ended, and nothing is said of what may come.
            "email_removed" => drop(self.book.stop(&id, stop(Stop::withdraw)).unwrap()),
            "profile_deleted" => {
                let _ = self.book.stop(&id, Stop::erase(act_id(row), row.at, row.at)).unwrap();
                self.people.get_mut(&row.contact).unwrap().deleted = true;
            }
            "identity_linked" => drop(self.book.link(&id, account(row)).unwrap()),
            "identity_unlinked" => drop(self.book.unlink(&id, &account(row)).unwrap()),
            "identity_changed" => {} // one handle for another at the same network; the file knows neither
            _ => self.observe(row, id),
        }
    }

    /// A profile is entered. Dirt of the file: two are entered twice; the second time changes nothing. Three were
    /// deleted before. An erased contact stays erased (SPEC S12), and "the person may come back as a new contact
    /// with a new grant" (S13): so they do, under a new id. The erasure crosses to it, as a withdrawal at its instant.
    fn enter_profile(&mut self, row: &Row) {
        let known = self.people.get(&row.contact);
        self.entered_twice += u32::from(known.is_some_and(|person| person.profile && !person.deleted));
        let back = known.is_some_and(|person| person.deleted) && self.returning == Return::AsNewContact;
        match back {
            true => self.open(row, name(&format!("{}.{}", row.contact, row.seq))),
            false => self.open(row, name(&row.contact)),
        }
        self.people.get_mut(&row.contact).unwrap().profile = true;
    }

    /// Opens a contact; one whose id is in use stays as it is.
    fn open(&mut self, row: &Row, id: ContactId) {
        match self.book.open(id.clone(), known_as(row)).map(drop) {
            Ok(()) => {
                let person = Person { id, address: None, profile: false, deleted: false };
                self.people.insert(row.contact.clone(), person);
            }
            Err(BookError::OpenedAgain) => {}
            Err(error) => panic!("row {}: {error}", row.seq),
        }
    }

    /// An address takes the place of the last one. What would permit it is what the remedy names; whether this
    /// row is that act is for its evidence to prove.
    fn enter_address(&mut self, row: &Row) {
        let Person { id, address: last, .. } = self.people[&row.contact].clone();
        let address = Identity::email(&format!("{}.{}@example.invalid", row.contact, row.seq)).unwrap();
        self.book.link(&id, address.clone()).unwrap();
        last.map(|last| self.book.unlink(&id, &last).unwrap());
        self.people.get_mut(&row.contact).unwrap().address = Some(address.clone());

        let evidence = (self.reading)(row);
        let ask = Ask::new(mailing_lists(), address.clone());
        let remedy = self.book.contact(&id).unwrap().ledger().remedy(&ask, row.at);
        for (number, step) in remedy.steps().iter().enumerate() {
            let act = name(&format!("act-{}.{number}", row.seq));
            let (address, evidence) = (address.clone(), evidence.clone());
            let go = match step.clone() {
                Step::Grant { scope, .. } => {
                    Grant::new(act, scope, address, evidence, row.at, row.at).map(Act::from)
                }
                // Who enters an address where `false` stood takes that back by the same act.
                Step::Unobject { scope, .. } => {
                    Lift::unobject(act, scope, address, evidence, row.at, row.at).map(Act::from)
                }
                step => panic!("row {}: nothing here needs {step}", row.seq),
            };
            match go {
                Ok(go) => drop(self.book.append(&id, go).unwrap()),
                Err(ActError::Unproven(why)) => return self.unproven.push(why),
                Err(error) => panic!("row {}: {error}", row.seq),
            }
        }
    }

    fn observe(&mut self, row: &Row, contact: ContactId) {
        let spec = SignalSpec {
            id: name(&format!("s-{}", row.seq)),
            contact,
            identity: known_as(row),
            kind: row.kind.clone(),
            source: None,
            at: row.at,
            attributes: vec![],
        };
        let signal = self.book.journey().signal(spec).unwrap();
        let observed = self.book.observe(&signal, row.at).unwrap();
        assert!(observed.decision().is_some(), "row {}: every row is another signal", row.seq);
    }

    /// What the ledger answers for everybody's address; for those without one it is asked all the same.
    fn answers(&mut self, now: Instant) -> Vec<Result<(), Reason>> {
        let answer = |person: &Person| {
            let contact = self.book.contact(&person.id).unwrap();
            let address = person.address.clone();
            let address = address.unwrap_or_else(|| Identity::email("nobody@example.invalid").unwrap());
            let ask = Ask::new(mailing_lists(), address);
            contact.ledger().permit(&ask, now).map(drop).map_err(|no| no.reason())
        };
        self.people.values().map(answer).collect()
    }

    fn may_be_mailed(&mut self, now: Instant) -> usize {
        self.answers(now).iter().filter(|answer| answer.is_ok()).count()
    }
}

fn act_id(row: &Row) -> ActId {
    name(&format!("act-{}", row.seq))
}

fn known_as(row: &Row) -> Identity {
    Identity::of_kind("person", &row.contact).unwrap()
}

fn account(row: &Row) -> Identity {
    Identity::account(row.network.clone().unwrap(), &row.contact).unwrap()
}

/// The file's rows, and an instant after the last of them.
fn project_ledger() -> Option<(Vec<Row>, Instant)> {
    let text = std::fs::read_to_string(beside("data/fetched")?.join("project_ledger.jsonl")).unwrap();
    let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Some((rows, "2026-09-01T00:00:00Z".parse().unwrap()))
}

// The figures come from `EXPECTED-dev.json`, which another program made: email_given_by_self_at_end, email_state_end.

#[test]
fn strictly_96_people_may_be_mailed() {
    let Some((rows, now)) = project_ledger() else { return };
    let mut project = Project::new(strictly, Return::AsNewContact).read(&rows);
    assert_eq!(project.may_be_mailed(now), 96);
    assert_eq!(project.people.len(), 957);
    assert_eq!(project.entered_twice, 2);
    // Of 374 addresses entered 107 were by the person, and no grant could be constructed of the others.
    assert_eq!(project.unproven, vec![Unproven::Actor; 374 - 107]);
}

#[test]
fn laxly_303_people_may_be_mailed() {
    let Some((rows, now)) = project_ledger() else { return };
    let mut project = Project::new(laxly, Return::AsNewContact).read(&rows);
    assert_eq!(project.may_be_mailed(now), 303);
    assert_eq!(project.unproven, []);
    let answers = project.answers(now);
    let count = |reason| answers.iter().filter(|answer| **answer == Err(reason)).count();
    assert_eq!(count(Reason::Objected), 13, "whoever refused and did not come back");
}

/// Of 626 people with a merged contribution one deleted the profile later, and is no longer counted as one.
#[test]
fn an_erased_person_is_forgotten_as_a_contributor() {
    let Some((rows, now)) = project_ledger() else { return };
    let Project { mut book, .. } = Project::new(strictly, Return::AsNewContact).read(&rows);
    let journey = book.journey().clone();
    let stands = |contact: &&Contact| journey.stands_at(*contact, now).is_some();
    assert_eq!(book.contacts().filter(stands).count(), 626 - 1);
    let merged = |contact: &&Contact| contact.admitted(&name("pr_merged")) > 0;
    assert_eq!(book.contacts().filter(merged).count(), 626 - 1);
}

/// Erasure is final: an address entered for a contact that was erased permits nothing, whoever enters it. Under
/// the old id one person is missing strictly, two laxly: those who came back with an address after a deletion.
#[test]
fn who_comes_back_under_an_erased_id_is_not_mailed() {
    let Some((rows, now)) = project_ledger() else { return };
    let old_ids = |reading| Project::new(reading, Return::UnderTheOldId).read(&rows).may_be_mailed(now);
    assert_eq!((old_ids(strictly), old_ids(laxly)), (95, 301));
}

/// In the file nobody entered their own address in bulk, so that the figures above do not show that it matters.
#[test]
fn an_address_that_came_in_bulk_is_no_grant_even_under_the_persons_own_name() {
    let row = |bulk: bool| -> Row {
        let made_up = format!(
            r#"{{"seq":1,"at":"2020-02-02T10:00:00Z","contact":"made-up","kind":"email_given","by":"self","bulk":{bulk}}}"#
        );
        serde_json::from_str(&made_up).unwrap()
    };
    let now = "2020-03-01T00:00:00Z".parse().unwrap();
    let mut own = Project::new(strictly, Return::AsNewContact).read(&[row(false)]);
    assert_eq!((own.may_be_mailed(now), own.unproven.len()), (1, 0));
    let mut bulk = Project::new(strictly, Return::AsNewContact).read(&[row(true)]);
    assert_eq!((bulk.may_be_mailed(now), &bulk.unproven[..]), (0, &[Unproven::Method][..]));
    let mut lax = Project::new(laxly, Return::AsNewContact).read(&[row(true)]);
    assert_eq!(lax.may_be_mailed(now), 1);
}
