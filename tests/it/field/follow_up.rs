//! What follows from a confirm, what arrives late, and who has had enough mail for a week.

use placet::{
    Book, Confirm, Contact, Entry, Instant, Journey, Signal, SignalSpec, Vocabulary, book::Observed,
    decide::Misfit, entry::ReplayError, name::TimeDelta,
};
use serde_json::json;

use super::{ADA, BOB, Office, mail, newsletter, offers};
use crate::stories::told;
use crate::support::{at, grant, name, notice, proof};

/// Somebody signs up and is asked to confirm.
fn waiting() -> Office {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let waits = grant("g", newsletter(), mail(ADA), at("09:00:00")).confirm_by(at("20:00:00")).unwrap();
    let _ = office.book.append(&name("ada"), waits).unwrap();
    let asked = ["moves to subscriber", "refuses welcome-mail: pending"];
    assert_eq!(office.sees("ada", "newsletter-signup", ADA, "09:00:01"), asked);
    office
}

fn clicks(office: &mut Office, id: &str, time: &str) {
    let click = Confirm::new(name(id), name("g"), mail(ADA), proof(), at(time), at(time)).unwrap();
    let _ = office.book.append(&name("ada"), click).unwrap();
}

#[test]
fn the_welcome_mail_follows_the_confirm() {
    let mut office = waiting();
    assert_eq!(office.posts("09:30:00"), [""; 0]);
    assert_eq!(office.book.signal_of(&name("ada"), &name("g")), None, "a grant that waits gives nothing");
    clicks(&mut office, "c-1", "10:00:00");
    let confirmed = office.book.signal_of(&name("ada"), &name("c-1")).unwrap();
    let observed = office.book.observe(&confirmed, at("10:00:01")).unwrap();
    assert_eq!(told(observed.decision().unwrap()), ["queues welcome-mail"]);
    assert_eq!(office.posts("10:00:02"), [format!("welcome-mail leaves for {ADA}")]);
    assert!(matches!(office.book.observe(&confirmed, at("10:05:00")), Ok(Observed::Again)), "once");
}

#[test]
fn a_confirm_that_confirms_nothing_sends_nothing() {
    let mut office = waiting();
    clicks(&mut office, "late", "20:00:00");
    assert_eq!(office.book.signal_of(&name("ada"), &name("late")), None);
    assert_eq!(office.book.signal_of(&name("ada"), &name("nothing")), None);
    clicks(&mut office, "in-time", "19:59:59");
    office.withdraws("ada", newsletter(), "20:30:00");
    let confirmed = office.book.signal_of(&name("ada"), &name("in-time")).unwrap();
    let observed = office.book.observe(&confirmed, at("21:00:00")).unwrap();
    assert_eq!(
        told(observed.decision().unwrap()),
        ["refuses welcome-mail: withdrawn"],
        "asked like any other"
    );
}

/// Whoever can write signals, and no acts, gains nothing.
#[test]
fn a_confirm_that_is_made_up_decides_nothing() {
    let mut office = waiting();
    let forged = |id: &str| -> Signal {
        let text = json!({"id": id, "contact": "ada", "identity": format!("email:{ADA}"), "kind": "act:confirm",
            "at": "2013-05-01T10:00:00Z", "attributes": [{"name": "purpose", "value": {"text": "newsletter"}},
                {"name": "channel", "value": {"text": "email"}}, {"name": "recipient", "value": {"text": "self"}}]});
        office.book.journey().signal(SignalSpec::from_json(&text.to_string()).unwrap()).unwrap()
    };
    let made_up = ["act:c-1", "act:g", "s-1"].map(forged);
    let decides = |office: &mut Office, signal| {
        let journey = office.book.journey().clone();
        journey.decide(office.contact("ada"), signal, at("11:00:00")).map(drop)
    };
    assert_eq!(decides(&mut office, &made_up[0]), Err(Misfit::NoSuchAct), "there is no such confirm yet");
    clicks(&mut office, "c-1", "10:00:00");
    assert_eq!(decides(&mut office, &made_up[0]), Ok(()), "word for word what the journey says of it");
    for signal in &made_up[1..] {
        assert_eq!(decides(&mut office, signal), Err(Misfit::NoSuchAct));
    }
}

fn journey(rules: serde_json::Value) -> Journey {
    let journey = json!({"placet": 1, "name": "j", "controller": "the-brand",
        "catalogue": {"purposes": ["newsletter", "offers"], "channels": [{"name": "email"}],
            "notices": [{"id": "newsletter-form", "version": "2013-01"}]},
        "stages": [{"name": "fan"}, {"name": "gone"}],
        "signals": [{"kind": "follow"}, {"kind": "unfollow"}, {"kind": "visit"}],
        "rules": rules});
    Journey::from_json(&journey.to_string()).unwrap()
}

#[test]
fn a_follow_that_arrives_after_the_unfollow_it_came_before_moves_nobody() {
    let journey = journey(json!([
        {"name": "follow", "on": "follow", "when": {"not_older_than": "unfollow"}, "to": "fan"},
        {"name": "unfollow", "on": "unfollow", "when": {"not_older_than": "follow"}, "to": "gone"}]));
    let mut office = Office { book: Book::new(journey), acts: 0, signals: 0 };
    office.knows("ada", ADA);
    let mut handled = |kind: &str, happened: &str, now: &str| {
        let signal = office.signal(&format!("{kind}-{happened}"), "ada", kind, ADA, happened);
        told(office.book.observe(&signal, at(now)).unwrap().decision().unwrap())
    };
    assert_eq!(handled("unfollow", "09:05:00", "09:06:00"), ["moves to gone"]);
    assert_eq!(handled("follow", "09:00:00", "09:07:00"), [""; 0], "it happened before");
    assert_eq!(
        handled("follow", "09:05:00", "09:08:00"),
        ["moves to fan"],
        "at the same instant it is not older"
    );
    assert_eq!(handled("unfollow", "09:04:00", "09:09:00"), [""; 0]);
}

fn day(number: i64) -> Instant {
    at("09:00:00").checked_add(TimeDelta::days(number)).unwrap()
}

/// Live, and replayed from what is stored, the same (law 7).
#[test]
fn at_most_two_offers_a_week_and_one_letter_ever_also_after_a_restart() {
    let journey = journey(json!([{"name": "visit", "on": "visit", "effects": [
        {"name": "offer", "purpose": "offers", "channel": "email",
            "when": {"not": {"queued": {"purpose": "offers", "at_least": 2, "within": "7d"}}}},
        {"name": "letter", "purpose": "newsletter", "channel": "email",
            "when": {"not": {"queued": {"effect": "letter", "at_least": 1}}}}]}]));
    let opened = placet::entry::Opened::new(mail(ADA), name("the-brand"));
    let mut stored = vec![Entry::new(name("ada"), placet::entry::Body::Opened(opened))];
    for (id, scope) in [("g-1", newsletter()), ("g-2", offers())] {
        stored.push(Entry::new(
            name("ada"),
            placet::entry::Body::Act(grant(id, scope, mail(ADA), day(1)).into()),
        ));
    }
    let mut live = Contact::replay(&stored, journey.vocabulary()).unwrap();
    let days = [(2, "offer letter"), (3, "offer"), (4, ""), (8, ""), (9, "offer"), (10, "offer"), (11, "")];
    for (number, expected) in days {
        let text = format!(
            r#"{{"id":"v-{number}","contact":"ada","identity":"email:{ADA}","kind":"visit","at":"{}"}}"#,
            day(number)
        );
        let visit = journey.signal(SignalSpec::from_json(&text).unwrap()).unwrap();
        let replayed = Contact::replay(&stored, journey.vocabulary()).unwrap();
        let queued = |contact: &Contact| {
            let decision = journey.decide(contact, &visit, day(number)).unwrap();
            decision.queued().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            (queued(&live), queued(&replayed)),
            (expected.to_owned(), expected.to_owned()),
            "day {number}"
        );
        let decision = journey.decide(&live, &visit, day(number)).unwrap();
        stored.extend(decision.parts(&live).unwrap().entries);
        decision.commit(&mut live).unwrap();
    }
    let other = Contact::replay(&stored, &Vocabulary::new([])).err();
    assert_eq!(other, Some(ReplayError::OtherController), "without a journey contacts are those of `self`");
}

#[test]
fn a_contact_of_another_controller_is_neither_replayed_nor_decided() {
    let opened = |whose: &str| {
        format!(r#"{{"v":1,"type":"opened","contact":"ada","identity":"email:ada@example.org"{whose}}}"#)
    };
    let theirs = opened(r#","controller":"another-brand""#);
    let reference = Journey::reference().unwrap();
    let entry = Entry::from_json(&theirs).unwrap();
    assert_eq!(Contact::replay([&entry], reference.vocabulary()).err(), Some(ReplayError::OtherController));
    let replayed = Book::replay(reference.clone(), &format!("{theirs}\n")).err().unwrap();
    assert_eq!(
        replayed.to_string(),
        "line 1 of the journal: the contact is another controller's: replay the journal under a journey of its own controller"
    );
    // What was stored before this was written down is read as ever.
    let silent = Entry::from_json(&opened("")).unwrap();
    assert!(Contact::replay([&silent], reference.vocabulary()).is_ok());

    let mut spec = reference.spec().clone();
    spec.controller = name("another-brand");
    let other = Journey::compile(spec).unwrap();
    let ada = Contact::open(name("ada"), mail(ADA), other.vocabulary());
    let signup = Office::opens().signal("s-1", "ada", "newsletter-signup", ADA, "09:00:00");
    assert_eq!(reference.decide(&ada, &signup, at("09:00:00")).err(), Some(Misfit::OtherController));
}

#[test]
fn a_grant_under_a_text_that_nobody_knows_is_told_of_and_can_be_made_to_permit_nothing() {
    let under = |id: &str, version: &str| {
        let shown = placet::Notice::new(name("newsletter-form"), name(version));
        let tick = placet::Evidence::new(placet::Actor::Person, placet::Method::UntickedBox).shown(shown);
        placet::Grant::new(name(id), newsletter(), mail(ADA), tick, at("09:00:00"), at("09:00:00")).unwrap()
    };
    let mut spec = Journey::reference().unwrap().spec().clone();
    for (strict, expected) in [(false, "queues welcome-mail"), (true, "refuses welcome-mail: unknown_notice")]
    {
        spec.catalogue.known_notices_only = strict;
        let book = Book::new(Journey::compile(spec.clone()).unwrap());
        let mut office = Office { book, acts: 0, signals: 0 };
        office.knows("ada", ADA);
        let done = office.book.append(&name("ada"), under("g", "2012-12")).unwrap();
        assert!(done.changed() && done.unknown_notice());
        assert_eq!(office.sees("ada", "newsletter-signup", ADA, "09:00:01")[1], expected);
        if strict {
            let cured = office.book.append(&name("ada"), under("h", "2013-01")).unwrap();
            assert!(
                !cured.unknown_notice() && cured.idle().is_some(),
                "given at the same instant, `g` is preferred"
            );
        }
    }
    // What was queued before the switch does not leave after it.
    spec.catalogue.known_notices_only = false;
    let mut office = Office { book: Book::new(Journey::compile(spec.clone()).unwrap()), acts: 0, signals: 0 };
    office.knows("ada", ADA);
    let _ = office.book.append(&name("ada"), under("g", "2012-12")).unwrap();
    office.sees("ada", "newsletter-signup", ADA, "09:00:01");
    spec.catalogue.known_notices_only = true;
    office.book.adopt(Journey::compile(spec).unwrap());
    assert_eq!(office.posts("09:00:02"), ["welcome-mail is dropped: unknown_notice"]);
}

#[test]
fn a_faulty_form_is_made_void_for_everybody_in_one_call() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.has_subscriber("bob", BOB, "09:00:00");
    let voids = office.book.void_notice(&notice(), at("10:00:00"), at("10:00:00"));
    assert_eq!(voids.iter().map(|(who, _)| who.to_string()).collect::<Vec<_>>(), ["ada", "bob"]);
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:01"), "void");
    assert_eq!(office.asked("bob", newsletter(), BOB, "10:00:01"), "void");
    assert!(office.book.void_notice(&notice(), at("11:00:00"), at("11:00:00")).is_empty(), "once");
    office.grants("ada", newsletter(), ADA, "12:00:00");
    assert_eq!(office.asked("ada", newsletter(), ADA, "12:00:00"), "permitted", "asked anew");
}
