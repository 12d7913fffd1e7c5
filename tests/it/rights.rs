//! What a person may ask for: access, portability, restriction, objection, rectification; and who is to be told.

use placet::{
    Act, Actor, Ask, Book, Contact, ContactId, Entry, Event, Evidence, Grant, Identity, Journey, JourneySpec,
    Lift, Method, Reach, Reason, Scope, SignalSpec, Stop,
    book::{BookError, JournalError, Journaled, Obligation, Outgoing, Right},
    channel::{EMAIL, SMS},
    consent::Appended,
    entry::Body,
    purpose::{NEWSLETTER, OFFERS, SHARING},
    send::EventKey,
};
use serde_json::Value as Json;

use crate::support::{at, email, grant, name, proof, signal};

const PRINTER: &str = "letter-shop";

/// The reference journey, with a partner who prints, and a letter for who signs up.
fn journey() -> Journey {
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    spec.catalogue.recipients.push(name(PRINTER));
    spec.catalogue.recipients.push(name("nobody-asked"));
    spec.catalogue.purposes.push(SHARING);
    Journey::compile(spec).unwrap()
}

fn newsletter() -> Scope {
    NEWSLETTER.by(EMAIL)
}

fn printing() -> Scope {
    SHARING.by(EMAIL).to(name(PRINTER))
}

fn ada() -> ContactId {
    name("ada")
}

/// Ada permitted the newsletter and the printer; a welcome mail waits.
fn story() -> Book {
    let mut book = Book::new(journey());
    book.open(ada(), email()).unwrap();
    let _ = book.append(&ada(), grant("a-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let _ = book.append(&ada(), grant("a-2", printing(), email(), at("09:00:00"))).unwrap();
    let signup = signal(book.journey(), "s-1", "newsletter-signup", email(), at("10:00:00"));
    book.observe(&signup, at("10:00:00")).unwrap();
    book
}

fn waiting(book: &Book) -> EventKey {
    book.outbox().queued().next().unwrap().key()
}

fn send(book: &mut Book, time: &str) {
    book.dispatch(at(time), &mut |_: Event<'_>| Ok::<_, ()>(()));
}

fn access(book: &mut Book, time: &str) -> Json {
    serde_json::to_value(book.access(&ada(), at(time)).unwrap()).unwrap()
}

#[test]
fn access_gives_everything_that_is_kept() {
    let mut book = story();
    send(&mut book, "11:00:00");
    let _ = book
        .stop(&ada(), Stop::withdraw(name("a-3"), newsletter().into(), at("12:00:00"), at("12:00:00")))
        .unwrap();
    let all = access(&mut book, "13:00:00");
    assert_eq!((&all["controller"], &all["journey"]), (&"the-brand".into(), &"reference-2013".into()));
    assert_eq!((&all["held_stage"], &all["stands_at"]), (&"subscriber".into(), &Json::Null));
    assert_eq!(all["recipients"], serde_json::json!([PRINTER]));
    let [contact] = &all["contacts"].as_array().unwrap()[..] else { panic!("one contact") };
    assert_eq!(contact["identities"], serde_json::json!(["email:ada@example.org"]));
    let acts = contact["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 3);
    assert_eq!((&acts[0]["method"], &acts[0]["notice"]), (&"unticked_box".into(), &"newsletter-form".into()));
    assert_eq!(contact["admitted"][0]["kind"], "newsletter-signup");
    assert_eq!(
        (&contact["admitted"][0]["count"], &contact["signals"]),
        (&1.into(), &serde_json::json!(["s-1"]))
    );
    let [event] = &all["events"].as_array().unwrap()[..] else { panic!("one event") };
    assert_eq!(event["became"]["sent"]["at"], "2013-05-01T11:00:00Z");
    assert_eq!(event["event"]["needs"][0]["identity"], "email:ada@example.org");
}

#[test]
fn access_tells_what_waits_and_what_was_dropped() {
    let mut book = story();
    assert_eq!(access(&mut book, "11:00:00")["events"][0]["became"], "queued");
    let _ = book
        .stop(&ada(), Stop::withdraw(name("a-3"), newsletter().into(), at("10:30:00"), at("10:30:00")))
        .unwrap();
    send(&mut book, "11:00:00");
    assert_eq!(access(&mut book, "12:00:00")["events"][0]["became"]["dropped"]["reason"], "withdrawn");
}

#[test]
fn access_includes_who_was_merged_and_not_who_shares_a_key() {
    let mut book = story();
    let card = Identity::of_kind("card", "7").unwrap();
    book.open(name("shop"), card.clone()).unwrap();
    book.open(name("namesake"), Identity::email("ADA@example.org").unwrap()).unwrap();
    let ids = |all: &Json| {
        let contacts = all["contacts"].as_array().unwrap().iter();
        contacts.map(|contact| contact["contact"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&access(&mut book, "11:00:00")), ["ada"]);
    book.merge(&name("shop"), &ada()).unwrap();
    assert_eq!(ids(&access(&mut book, "11:00:00")), ["ada", "shop"]);
    let shop = serde_json::to_value(book.access(&name("shop"), at("11:00:00")).unwrap()).unwrap();
    assert_eq!(
        (ids(&shop), &shop["held_stage"]),
        (vec!["ada".to_owned(), "shop".to_owned()], &"subscriber".into())
    );
    assert_eq!(book.access(&name("who"), at("11:00:00")), Err(BookError::UnknownContact));
}

/// A token is planted in everything that a signal carries. What was not admitted was never kept (SPEC S26).
#[test]
fn what_was_not_admitted_is_not_in_the_answer_for_it_was_never_kept() {
    let mut book = story();
    let like = |id: &str| {
        let text = format!(
            r#"{{"id":"{id}","contact":"ada","identity":"account/facebook:{id}","kind":"like",
              "at":"2013-05-01T10:30:00Z","attributes":[{{"name":"page","value":{{"text":"{id}"}}}}]}}"#
        );
        SignalSpec::from_json(&text).unwrap()
    };
    let refused = book.journey().signal(like("zz9plural")).unwrap();
    let observed = book.observe(&refused, at("10:30:00")).unwrap();
    assert!(observed.decision().unwrap().unadmitted().is_some());
    let all = access(&mut book, "11:00:00").to_string();
    assert!(!all.contains("zz9plural") && !all.contains("\"like\""), "{all}");
    assert!(!format!("{book:?}").contains("zz9plural"), "nor anywhere in the book");

    // The same, permitted, is kept and is found.
    let account = Identity::parse("account/facebook:zz9ok").unwrap();
    book.link(&ada(), account.clone()).unwrap();
    let _ =
        book.append(&ada(), grant("a-9", crate::support::on_facebook(), account, at("10:00:00"))).unwrap();
    let permitted = book.journey().signal(like("zz9ok")).unwrap();
    book.observe(&permitted, at("10:30:00")).unwrap();
    let all = access(&mut book, "11:00:00").to_string();
    assert!(all.contains("zz9ok") && all.contains("\"like\""));
}

#[test]
fn the_journal_adds_what_the_book_does_not_keep() {
    let journey = journey();
    let mut book = story();
    let mut twin = Contact::open(ada(), email(), journey.vocabulary());
    let _ = twin.grant(grant("a-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let signup = signal(&journey, "s-1", "newsletter-signup", email(), at("10:00:00"));
    let mut entries = journey.decide(&twin, &signup, at("10:00:00")).unwrap().parts(&twin).unwrap().entries;
    entries.push(Entry::new(name("bob"), Body::Opened(Identity::email("bob@example.org").unwrap().into())));
    let all = book.access(&ada(), at("11:00:00")).unwrap().with_entries(&entries);
    assert_eq!(all.entries.len(), entries.len() - 1, "and nothing of bob");
    let taken = book.portability(&ada()).unwrap().with_entries(&entries);
    let [contact] = &taken.contacts[..] else { panic!("one contact") };
    assert_eq!(contact.signals.len(), 1);
}

#[test]
fn portability_gives_what_was_provided_and_nothing_derived() {
    let mut book = story();
    let nine = at("09:30:00");
    let by_us = Stop::restrict(name("a-3"), printing().into(), nine, nine)
        .with_evidence(Evidence::new(Actor::Controller, Method::Paper));
    let _ = book.stop(&ada(), by_us).unwrap();
    let _ = book.stop(&ada(), Stop::withdraw(name("a-4"), printing().into(), nine, nine)).unwrap();
    book.open(name("namesake"), Identity::email("ADA@example.org").unwrap()).unwrap();
    let _ = book
        .stop(&name("namesake"), Stop::object(name("a-5"), Reach::everything().by(SMS), nine, nine))
        .unwrap();
    let taken = serde_json::to_value(book.portability(&ada()).unwrap()).unwrap();
    let acts = taken["contacts"][0]["acts"].as_array().unwrap().iter();
    let ids: Vec<_> = acts.map(|act| act["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["a-1", "a-2", "a-4"], "not the controller's act, nor what another contact told");
    let text = taken.to_string();
    assert!(!text.contains("stage") && !text.contains("subscriber") && !text.contains("count"), "{text}");
}

#[test]
fn restriction_suspends_and_says_what_must_follow() {
    let mut book = story();
    let key = waiting(&book);
    let ten = at("10:30:00");
    let done = book.exercise(&ada(), Stop::restrict(name("a-3"), Reach::everything(), ten, ten)).unwrap();
    let of = Right::Restriction;
    let expected = [
        Obligation::Confirm { contact: ada(), of },
        Obligation::Tell { recipient: name(PRINTER), contact: ada(), of },
        Obligation::StopQueued { event: key },
        Obligation::TellBeforeLifting { contact: ada() },
    ];
    assert_eq!((done.outcome.appended(), &done.obligations[..]), (Appended::New, &expected[..]));
    let again = book.exercise(&ada(), Stop::restrict(name("a-3"), Reach::everything(), ten, ten)).unwrap();
    assert_eq!((again.outcome.appended(), again.obligations), (Appended::Again, done.obligations));
    let ask = Ask::new(newsletter(), email());
    let ledger = book.contact(&ada()).unwrap().ledger();
    assert_eq!(ledger.refuses(&ask, at("11:00:00")), Some(Reason::Restricted));

    let lift = Evidence::new(Actor::Controller, Method::Paper);
    let untold =
        Lift::unrestrict(name("a-4"), newsletter(), email(), lift.clone(), at("12:00:00"), at("12:00:00"));
    assert!(untold.is_err(), "without telling first");
    let told = lift.shown(crate::support::notice());
    let lift = Lift::unrestrict(name("a-4"), newsletter(), email(), told, at("12:00:00"), at("12:00:00"));
    let _ = book.append(&ada(), lift.unwrap()).unwrap();
    assert_eq!(book.contact(&ada()).unwrap().ledger().refuses(&ask, at("13:00:00")), None);
}

#[test]
fn a_narrow_objection_obliges_no_further_than_it_reaches() {
    let mut book = story();
    let key = waiting(&book);
    let ten = at("10:30:00");
    let of = Right::Objection;
    let confirm = Obligation::Confirm { contact: ada(), of };
    let erase = Obligation::EraseUnlessOtherBasis { contact: ada() };
    let done = book.exercise(&ada(), Stop::object(name("a-3"), OFFERS.by(EMAIL).into(), ten, ten)).unwrap();
    assert_eq!(done.obligations, [confirm.clone(), erase.clone()]);
    let done = book
        .exercise(&ada(), Stop::object(name("a-4"), Reach::everything().purpose(NEWSLETTER), ten, ten))
        .unwrap();
    assert_eq!(done.obligations, [confirm.clone(), Obligation::StopQueued { event: key }, erase.clone()]);
    send(&mut book, "11:00:00");
    let done = book
        .exercise(&ada(), Stop::object(name("a-5"), Reach::everything().to(name(PRINTER)), ten, ten))
        .unwrap();
    let tell = Obligation::Tell { recipient: name(PRINTER), contact: ada(), of };
    assert_eq!(done.obligations, [confirm, tell, erase], "what was dropped needs no stopping");
    assert_eq!(
        book.exercise(&name("who"), Stop::object(name("a-6"), Reach::everything(), ten, ten)),
        Err(BookError::UnknownContact)
    );
}

/// A stop crosses a shared key, and so the mail that waits for whoever shares it is stopped.
#[test]
fn queued_events_of_who_shares_a_key_are_named() {
    let mut book = story();
    let key = waiting(&book);
    book.open(name("namesake"), Identity::email("ADA@example.org").unwrap()).unwrap();
    let ten = at("10:30:00");
    let done =
        book.exercise(&name("namesake"), Stop::withdraw(name("n-1"), Reach::everything(), ten, ten)).unwrap();
    assert!(done.obligations.contains(&Obligation::StopQueued { event: key }));
    let tells = done.obligations.iter().any(|todo| matches!(todo, Obligation::Tell { .. }));
    assert!(!tells, "the printer was named by ada, who may be somebody else");
    send(&mut book, "11:00:00");
    assert_eq!(
        book.outbox().get(key),
        Some(&Outgoing::Dropped { reason: Reason::Withdrawn, at: at("11:00:00") })
    );
}

#[test]
fn what_an_erasure_obliges_to_is_asked_before() {
    let mut book = story();
    let of = Right::Erasure;
    let expected = [
        Obligation::Confirm { contact: ada(), of },
        Obligation::Tell { recipient: name(PRINTER), contact: ada(), of },
        Obligation::StopQueued { event: waiting(&book) },
    ];
    assert_eq!(book.obligations(&ada(), of, &Reach::everything()).unwrap(), expected);
    let erase = Stop::erase(name("a-9"), at("10:30:00"), at("10:30:00"));
    assert_eq!(book.exercise(&ada(), erase).unwrap().obligations, expected);
    assert_eq!(book.obligations(&name("who"), of, &Reach::everything()), Err(BookError::UnknownContact));
}

#[test]
fn rectification_takes_no_consent_along() {
    let mut book = story();
    let key = waiting(&book);
    let new = Identity::email("ada@married.example").unwrap();
    let todo = book.rectify(&ada(), &email(), new.clone(), at("10:30:00")).unwrap();
    let of = Right::Rectification;
    let expected = [
        Obligation::Confirm { contact: ada(), of },
        Obligation::Tell { recipient: name(PRINTER), contact: ada(), of },
        Obligation::StopQueued { event: key },
        Obligation::AskAnew { contact: ada(), scope: newsletter() },
        Obligation::AskAnew { contact: ada(), scope: printing() },
    ];
    assert_eq!(todo, expected);
    let ledger = book.contact(&ada()).unwrap().ledger();
    assert_eq!(ledger.identities().collect::<Vec<_>>(), [&new]);
    assert_eq!(ledger.past_identities().collect::<Vec<_>>(), [&email()]);
    assert_eq!(
        ledger.act(&name("a-1")).unwrap().identity(),
        Some(&email()),
        "acts stay where they were given"
    );
    let refused = |identity| ledger.refuses(&Ask::new(newsletter(), identity), at("11:00:00"));
    assert_eq!((refused(new), refused(email())), (Some(Reason::NoGrant), Some(Reason::NoGrant)));
    send(&mut book, "11:00:00");
    assert_eq!(
        book.outbox().get(key),
        Some(&Outgoing::Dropped { reason: Reason::IdentityGone, at: at("11:00:00") })
    );
}

#[test]
fn a_stop_outlives_the_address_it_came_in_over() {
    let mut book = story();
    let ten = at("10:30:00");
    let _done =
        book.exercise(&ada(), Stop::object(name("a-3"), Reach::everything().by(EMAIL), ten, ten)).unwrap();
    let new = Identity::email("ada@married.example").unwrap();
    let todo = book.rectify(&ada(), &email(), new.clone(), at("10:45:00")).unwrap();
    let asks = todo.iter().any(|todo| matches!(todo, Obligation::AskAnew { .. }));
    assert!(!asks, "nothing was permitted any more, and nobody asks who objected");
    let late = grant("a-4", newsletter(), new.clone(), at("11:00:00"));
    let _ = book.append(&ada(), late).unwrap();
    let ledger = book.contact(&ada()).unwrap().ledger();
    assert_eq!(ledger.refuses(&Ask::new(newsletter(), new), at("12:00:00")), Some(Reason::Objected));
}

#[test]
fn rectification_finds_the_member_that_has_the_address() {
    let mut book = story();
    let card = Identity::of_kind("card", "7").unwrap();
    book.open(name("shop"), card.clone()).unwrap();
    book.merge(&name("shop"), &ada()).unwrap();
    let new = Identity::of_kind("card", "8").unwrap();
    let todo = book.rectify(&ada(), &card, new.clone(), at("11:00:00")).unwrap();
    assert_eq!(todo, [Obligation::Confirm { contact: ada(), of: Right::Rectification }]);
    let mut identities =
        |id| book.contact(&name(id)).unwrap().ledger().identities().cloned().collect::<Vec<_>>();
    assert_eq!((identities("shop"), identities("ada")), (vec![new.clone()], vec![email()]));
    assert_eq!(book.rectify(&ada(), &card, new.clone(), at("11:00:00")), Err(BookError::UnknownIdentity));
    assert_eq!(book.rectify(&ada(), &new, new.clone(), at("11:00:00")).unwrap().len(), 1, "nothing to do");
    assert_eq!(identities_of(&mut book, "shop"), [new]);
}

fn identities_of(book: &mut Book, id: &str) -> Vec<Identity> {
    book.contact(&name(id)).unwrap().ledger().identities().cloned().collect()
}

/// Where one contact is enough, no book is needed.
#[test]
fn on_a_contact_alone() {
    let mut ada = Contact::open(ada(), email(), journey().vocabulary());
    let _ = ada
        .grant(Grant::new(name("a-1"), printing(), email(), proof(), at("09:00:00"), at("09:00:00")).unwrap())
        .unwrap();
    assert_eq!(ada.recipients(&Reach::everything()).len(), 1);
    assert_eq!(ada.recipients(&newsletter().into()).len(), 0);
    let new = Identity::email("ada@married.example").unwrap();
    assert!(ada.rectify(&email(), new.clone()));
    assert!(!ada.rectify(&email(), new.clone()), "it is gone");
    let all = ada.access();
    assert_eq!((all.identities, all.past_identities, all.acts.len()), (vec![new], vec![email()], 1));
    assert_eq!(ada.portability().acts.len(), 1);
}

#[test]
fn obligations_are_written_as_data_without_addresses() {
    let mut book = story();
    let new = Identity::email("ada@married.example").unwrap();
    let todo = book.rectify(&ada(), &email(), new, at("10:30:00")).unwrap();
    let written = serde_json::to_value(&todo).unwrap();
    assert_eq!(
        written[1],
        serde_json::json!({ "obligation": "tell", "recipient": PRINTER, "contact": "ada", "of": "rectification" })
    );
    assert_eq!(written[3]["scope"], "newsletter by email");
    assert!(!written.to_string().contains('@'));
}

/// What goes through a journal is there after a crash.
#[test]
fn rights_and_imports_through_a_journal() {
    let mut kept = Journaled::new(Book::new(journey()), String::new());
    let line = |act: Act| serde_json::to_string(&Entry::new(ada(), Body::Act(act))).unwrap();
    let yes = line(grant("a-1", newsletter(), email(), at("09:00:00")).into());
    let report = kept.import([yes.as_str(), "no act"], at("10:00:00")).unwrap();
    assert_eq!((report.appended, report.opened, report.refused.len()), (1, 1, 1));
    let new = Identity::email("ada@married.example").unwrap();
    let todo = kept.rectify(&ada(), &email(), new.clone(), at("10:30:00")).unwrap();
    assert_eq!(todo.len(), 2);
    let stop = Stop::restrict(name("a-2"), Reach::everything(), at("11:00:00"), at("11:00:00"));
    assert_eq!(kept.exercise(&ada(), stop).unwrap().obligations.len(), 2);
    let unknown = kept.rectify(&ada(), &email(), new, at("12:00:00"));
    assert_eq!(unknown, Err(JournalError::Book(BookError::UnknownIdentity)));

    let (mut book, text) = kept.into_parts().unwrap();
    let mut replayed = Book::replay(journey(), &text).unwrap().book;
    let all = |book: &mut Book| access(book, "12:00:00");
    assert_eq!(all(&mut replayed), all(&mut book));
    assert_eq!(all(&mut book)["contacts"][0]["acts"].as_array().unwrap().len(), 2);
}

/// The accounts of what was sent are made again from a journal, too.
#[test]
fn accounts_are_replayed() {
    let mut kept = Journaled::new(Book::new(journey()), String::new());
    kept.open(ada(), email()).unwrap();
    let _ = kept.append(&ada(), grant("a-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let signup = signal(kept.book().journey(), "s-1", "newsletter-signup", email(), at("10:00:00"));
    kept.observe(&signup, at("10:00:00")).unwrap();
    let key = waiting(kept.book());
    kept.dispatch_one(key, at("11:00:00"), &mut |_: Event<'_>| Ok::<_, ()>(())).unwrap();
    let late = Stop::withdraw(name("a-2"), newsletter().into(), at("10:30:00"), at("12:00:00"));
    let _ = kept.stop(&ada(), late).unwrap();
    let (mut book, text) = kept.into_parts().unwrap();
    let mut replayed = Book::replay(journey(), &text).unwrap().book;
    let accounts = |book: &Book| {
        book.outbox().accounts().map(|(event, fate)| (event.key(), fate.sent_at())).collect::<Vec<_>>()
    };
    assert_eq!((accounts(&book), accounts(&replayed)), (vec![(key, Some(at("11:00:00")))], accounts(&book)));
    assert_eq!(access(&mut replayed, "13:00:00"), access(&mut book, "13:00:00"));
}
