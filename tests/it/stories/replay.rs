//! What is stored makes the same contact again, and what is delivered twice happens once.

use placet::{
    Act, Book, Contact, Entry, Event, Identity, Journey, Scope, Signal, Stop,
    book::{BookError, Dispatched, Observed},
    decide::Stale,
    entry::Body,
};

use super::{Story, newsletter, offers, told};
use crate::support::{at, email, facebook, grant, name, on_facebook, signal};

/// What Ada did on that day: acts and signals, in order.
enum Did {
    Granted(Scope, Identity),
    Withdrew(Scope),
    Linked(Identity),
    Signal(&'static str, Identity),
}

fn a_day() -> Vec<(&'static str, Did)> {
    vec![
        ("08:00:00", Did::Signal("like", facebook())),
        ("09:00:00", Did::Granted(on_facebook(), facebook())),
        ("09:05:00", Did::Signal("like", facebook())),
        ("09:10:00", Did::Linked(email())),
        ("09:15:00", Did::Granted(newsletter(), email())),
        ("09:20:00", Did::Signal("newsletter-signup", email())),
        ("10:00:00", Did::Granted(offers(), email())),
        ("11:00:00", Did::Signal("purchase", email())),
        ("12:00:00", Did::Withdrew(on_facebook())),
        ("12:05:00", Did::Signal("like", facebook())),
    ]
}

/// Lives through the day: the contact as committed, and the journal that a backend would have stored.
fn lived(journey: &Journey) -> (Contact, Vec<Entry>) {
    let mut ada = Contact::open(name("ada"), facebook(), journey.vocabulary());
    let entry = |body| Entry::new(name("ada"), body);
    let mut journal = vec![entry(Body::Opened(facebook().into()))];
    for (number, (time, did)) in a_day().into_iter().enumerate() {
        let id = format!("id-{number}");
        match did {
            Did::Granted(scope, identity) => {
                let act = Act::from(grant(&id, scope, identity, at(time)));
                journal.push(entry(Body::Act(act.clone())));
                let _ = ada.append(act).unwrap();
            }
            Did::Withdrew(scope) => {
                let act = Act::from(Stop::withdraw(name(&id), scope.into(), at(time), at(time)));
                journal.push(entry(Body::Act(act.clone())));
                let _ = ada.append(act).unwrap();
            }
            Did::Linked(identity) => {
                journal.push(entry(Body::Linked(identity.clone())));
                ada.link(identity);
            }
            Did::Signal(kind, identity) => {
                let signal = signal(journey, &id, kind, identity, at(time));
                let decision = journey.decide(&ada, &signal, at(time)).unwrap();
                let parts = decision.parts(&ada).unwrap();
                let queued = decision.commit(&mut ada).unwrap();
                assert_eq!(parts.queued, queued, "both ways hand out the same queued events");
                journal.extend(parts.entries);
            }
        }
    }
    (ada, journal)
}

#[test]
fn a_contact_replayed_from_its_entries_is_the_contact_that_lived() {
    let journey = Journey::reference().unwrap();
    let (lived, journal) = lived(&journey);
    let lines: Vec<String> = journal.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    let read: Vec<Entry> = lines.iter().map(|line| Entry::from_json(line).unwrap()).collect();
    assert_eq!(read, journal, "written and read, an entry is the same");

    let again = Contact::replay(&read, journey.vocabulary()).unwrap();
    assert_eq!(again.version(), lived.version());
    assert_eq!(again.held_stage(), lived.held_stage());
    assert_eq!(again.held_stage().unwrap().as_str(), "customer");
    assert!(again.ledger().acts().eq(lived.ledger().acts()));
    for kind in ["like", "newsletter-signup", "purchase"] {
        assert_eq!(again.admitted(&name(kind)), lived.admitted(&name(kind)), "{kind}");
    }
    for (kind, identity) in [("like", facebook()), ("recommendation", email()), ("purchase", email())] {
        let next = signal(&journey, "next", kind, identity, at("13:00:00"));
        let decide = |contact: &Contact| {
            journey.decide(contact, &next, at("13:00:00")).unwrap().parts(contact).unwrap()
        };
        assert_eq!(decide(&again), decide(&lived), "the next {kind} is answered alike");
    }
}

#[test]
fn a_journal_tells_the_day_as_it_was() {
    let (_, journal) = lived(&Journey::reference().unwrap());
    let types: Vec<&str> = journal.iter().map(Entry::type_name).collect();
    let expected = [
        "opened", // the like at 08:00 is not told: it left no trace
        "grant",
        "signal",
        "transition", // a fan
        "linked",
        "grant",
        "signal",
        "transition",
        "queued",
        "effect_refused", // welcome, no offers yet
        "grant",
        "signal",
        "transition",
        "queued",   // a customer, onboarded
        "withdraw", // and the like at 12:05 is not told either
    ];
    assert_eq!(types, expected);
}

#[test]
fn a_decision_about_a_contact_that_has_moved_on_is_stale() {
    let mut story = Story::begins(email());
    story.grants(newsletter(), email(), "09:00:00");
    let decision = story.decision("newsletter-signup", email(), "10:00:00");
    story.withdraws(newsletter(), "10:00:01");
    assert_eq!(decision.commit(&mut story.ada).err(), Some(Stale));
    assert_eq!(decision.parts(&story.ada).err(), Some(Stale));
    assert_eq!(story.stands_at("10:00:02"), "none");
}

/// A book with one subscriber, whose sign-up has been observed; the signal comes with it.
fn with_a_signup_observed() -> (Book, Signal) {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), email()).unwrap();
    let _ = book.append(&name("ada"), grant("act-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let signup = signal(book.journey(), "s-1", "newsletter-signup", email(), at("09:00:00"));
    let observed = book.observe(&signup, at("09:00:00")).unwrap();
    let follows = told(observed.decision().unwrap());
    assert_eq!(follows, ["moves to subscriber", "queues welcome-mail"]);
    (book, signup)
}

#[test]
fn a_signup_delivered_three_times_is_welcomed_once() {
    let (mut book, signup) = with_a_signup_observed();
    let version = book.contact(&name("ada")).unwrap().version();
    assert!(matches!(book.observe(&signup, at("09:00:05")), Ok(Observed::Again)));
    let mut letters = 0;
    let mut gateway = |_: Event<'_>| -> Result<(), ()> {
        letters += 1;
        Ok(())
    };
    assert_eq!(book.dispatch(at("09:01:00"), &mut gateway).sent, 1);
    assert!(matches!(book.observe(&signup, at("09:02:00")), Ok(Observed::Again)));
    assert_eq!(book.dispatch(at("09:03:00"), &mut gateway).sent, 0);
    assert_eq!(letters, 1);
    assert_eq!(book.contact(&name("ada")).unwrap().version(), version, "delivery again is not an entry");
}

#[test]
fn another_signal_under_a_used_id_is_refused_and_changes_nothing() {
    let (mut book, _) = with_a_signup_observed();
    let other = signal(book.journey(), "s-1", "purchase", email(), at("09:05:00"));
    let version = book.contact(&name("ada")).unwrap().version();
    assert_eq!(book.observe(&other, at("09:05:00")).err(), Some(BookError::SignalIdReused));
    assert_eq!(book.contact(&name("ada")).unwrap().version(), version);
}

#[test]
fn what_the_gateway_could_not_take_waits_under_its_key_and_is_asked_for_again() {
    let (mut book, _) = with_a_signup_observed();
    let key = book.outbox().queued().next().unwrap().key();
    let mut down = |_: Event<'_>| Err("the mail server is down");
    assert_eq!(book.dispatch(at("09:01:00"), &mut down).failed, 1);
    let mut up = |event: Event<'_>| -> Result<(), &str> {
        assert_eq!(event.key(), key);
        Ok(())
    };
    assert_eq!(book.dispatch(at("09:02:00"), &mut up).sent, 1);
    assert_eq!(book.dispatch_one(key, at("09:03:00"), &mut up), Dispatched::AlreadySent);
}
