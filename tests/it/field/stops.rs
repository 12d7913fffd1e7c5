//! How a no gets lost on its way: in a scanner, a filter, an error, a copy, a list, another system.

use placet::{
    ActId, Actor, Ask, Confirm, Evidence, Identity, Instant, Method, Purpose, Reach, Stop,
    channel::EMAIL,
    consent::{ActError, Appended, Provenance, Unproven},
};

use super::{ADA, BOB, Office, mail, newsletter, offers};
use crate::support::{at, grant, name};

#[test]
fn a_scanner_that_fetches_the_link_confirms_nothing() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let waiting = grant("act-a", newsletter(), mail(ADA), at("09:00:00")).confirm_by(at("12:00:00")).unwrap();
    let _ = office.book.append(&name("ada"), waiting).unwrap();
    let fetched = Evidence::new(Actor::Person, Method::LinkFetched);
    let click = Confirm::new(name("c-1"), name("act-a"), mail(ADA), fetched, at("09:00:02"), at("09:00:02"));
    assert_eq!(click.err(), Some(ActError::Unproven(Unproven::Method)));
    assert_eq!(office.asked("ada", newsletter(), ADA, "09:01:00"), "pending");
    assert_eq!(office.asked("ada", newsletter(), ADA, "12:00:00"), "unconfirmed");
}

#[test]
fn a_scanner_that_follows_the_unsubscribe_link_stops_the_mail_and_the_record_says_so() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    let fetched = Evidence::new(Actor::SomebodyElse, Method::LinkFetched).at(name("unsubscribe-link"));
    let stop = Stop::withdraw(name("auto-1"), newsletter().into(), at("09:30:00"), at("09:30:00"));
    let _ = office.book.stop(&name("ada"), stop.with_evidence(fetched.clone())).unwrap();
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:00"), "withdrawn", "a no needs no proof");
    let on_file = office.contact("ada").ledger().act(&name("auto-1")).unwrap();
    assert_eq!(on_file.evidence(), Some(&fetched), "whoever asks why sees that a link was fetched");
}

#[test]
fn a_stop_under_an_id_in_use_is_in_force() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let _ = office.book.append(&name("ada"), grant("1", newsletter(), mail(ADA), at("09:00:00"))).unwrap();
    let stop = Stop::withdraw(name("1"), newsletter().into(), at("10:00:00"), at("10:00:00"));
    assert_eq!(
        office.book.stop(&name("ada"), stop).map(|done| done.appended()),
        Ok(Appended::IdTaken),
        "somebody hands out ids twice"
    );
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:01"), "withdrawn");
}

#[test]
fn a_stop_in_words_that_no_catalogue_has_is_in_force() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    let unheard_of = name::<Purpose>("skywriting").by(name("zeppelin"));
    office.withdraws("ada", unheard_of.clone(), "10:00:00");
    assert_eq!(office.asked("ada", unheard_of, ADA, "11:00:00"), "withdrawn");
    let partly = Reach::everything().purpose(name("skywriting"));
    office.withdraws("ada", partly, "10:00:00");
    let other = name::<Purpose>("skywriting").by(EMAIL);
    assert_eq!(office.asked("ada", other, ADA, "11:00:00"), "withdrawn");
    assert_eq!(
        office.asked("ada", newsletter(), ADA, "11:00:00"),
        "permitted",
        "and nothing else is stopped"
    );
}

#[test]
fn a_stop_that_comes_in_over_an_unknown_address_is_in_force() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    let stop = Stop::withdraw(name("act-x"), newsletter().into(), at("10:00:00"), at("10:00:00"));
    let from_elsewhere = stop.about(mail("a.lovelace@engine.example"));
    assert_eq!(office.book.stop(&name("ada"), from_elsewhere).map(|done| done.appended()), Ok(Appended::New));
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:01"), "withdrawn");
}

#[test]
fn every_kind_of_stop_stops_and_no_filter_has_to_know_them() {
    type Kind = fn(ActId, Reach, Instant, Instant) -> Stop;
    let erase: Kind = |id, _, acted, recorded| Stop::erase(id, acted, recorded);
    let kinds: [(Kind, &str); 5] = [
        (Stop::withdraw, "withdrawn"),
        (Stop::refuse, "refused"),
        (Stop::object, "objected"),
        (Stop::restrict, "restricted"),
        (erase, "erased"),
    ];
    for (kind, reason) in kinds {
        let mut office = Office::opens();
        office.has_subscriber("ada", ADA, "09:00:00");
        office.sees("ada", "newsletter-signup", ADA, "09:00:00");
        let stop = kind(name("stop"), newsletter().into(), at("10:00:00"), at("10:00:00"));
        let _ = office.book.stop(&name("ada"), stop).unwrap();
        assert_eq!(office.asked("ada", newsletter(), ADA, "11:00:00"), reason);
        assert_eq!(office.posts("11:00:00"), [format!("welcome-mail is dropped: {reason}")]);
    }
}

#[test]
fn to_leave_one_list_is_not_to_leave_all() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.grants("ada", offers(), ADA, "09:00:00");
    office.withdraws("ada", newsletter(), "10:00:00");
    assert_eq!(office.asked("ada", newsletter(), ADA, "11:00:00"), "withdrawn");
    assert_eq!(office.asked("ada", offers(), ADA, "11:00:00"), "permitted");
}

#[test]
fn to_leave_all_is_to_leave_every_list_those_of_tomorrow_too() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.grants("ada", offers(), ADA, "09:00:00");
    office.withdraws("ada", Reach::everything().by(EMAIL), "10:00:00");
    let of_tomorrow = name::<Purpose>("members-letter").by(EMAIL);
    for list in [newsletter(), offers(), of_tomorrow] {
        assert_eq!(office.asked("ada", list, ADA, "11:00:00"), "withdrawn");
    }
    // A yes to one list afterwards is a yes to that one.
    office.grants("ada", offers(), ADA, "12:00:00");
    assert_eq!(office.asked("ada", offers(), ADA, "12:00:00"), "permitted");
    assert_eq!(office.asked("ada", newsletter(), ADA, "12:00:00"), "withdrawn");
}

#[test]
fn a_no_told_in_one_place_holds_in_every_other_before_the_link_and_after_it() {
    for linked_before in [true, false] {
        for (says_no, other) in [("shop", "web"), ("web", "shop")] {
            let mut office = Office::opens();
            office.has_subscriber("shop", ADA, "09:00:00");
            office.has_subscriber("web", "a.lovelace@engine.example", "09:00:00");
            if linked_before {
                office.links("web", ADA);
            }
            office.withdraws(says_no, newsletter(), "10:00:00");
            if !linked_before {
                office.links("web", ADA);
            }
            let address = if other == "shop" { ADA } else { "a.lovelace@engine.example" };
            assert_eq!(office.asked(other, newsletter(), address, "11:00:00"), "withdrawn");
            let ask = Ask::new(newsletter(), Identity::email(address).unwrap());
            let ledger = office.contact(other).ledger();
            let refused = ledger.permit(&ask, at("11:00:00")).err().unwrap();
            let told = refused.cause(ledger).unwrap();
            assert_eq!(told.provenance(), Provenance::Told, "the record says that it came from elsewhere");
        }
    }
}

#[test]
fn a_yes_in_one_place_is_none_in_another() {
    let mut office = Office::opens();
    office.has_subscriber("shop", ADA, "09:00:00");
    office.knows("web", ADA);
    office.links("web", BOB);
    assert_eq!(office.asked("web", newsletter(), ADA, "10:00:00"), "no_grant");
    assert_eq!(office.asked("web", newsletter(), BOB, "10:00:00"), "no_grant");
}

#[test]
fn a_no_that_was_told_stays_when_the_address_is_given_up() {
    let mut office = Office::opens();
    office.has_subscriber("shop", ADA, "09:00:00");
    office.has_subscriber("web", BOB, "09:00:00");
    office.links("web", ADA);
    office.withdraws("shop", newsletter(), "10:00:00");
    office.book.unlink(&name("web"), &mail(ADA)).unwrap();
    assert_eq!(office.asked("web", newsletter(), BOB, "11:00:00"), "withdrawn");
    // What is said after that is no longer told.
    office.withdraws("shop", offers(), "12:00:00");
    office.grants("web", offers(), BOB, "11:30:00");
    assert_eq!(office.asked("web", offers(), BOB, "13:00:00"), "permitted");
}
