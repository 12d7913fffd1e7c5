//! What comes with lists: imports, upserts, exports that lost a column, addresses spelled in two ways.

use placet::{
    Act, Actor, Ask, Evidence, Grant, Instant, Lift, Method, Reach, Reason,
    book::BookError,
    consent::{ActError, AppendError, Appended, Unproven},
    name::InstantError,
};

use super::{ADA, BOB, Office, mail, newsletter, offers};
use crate::support::{at, grant, name, proof};

/// A row of a list: nobody knows who did it.
fn row_of_a_list(id: &str, address: &str, time: &str) -> Result<Grant, ActError> {
    let imported = Evidence::new(Actor::Import, Method::Import);
    Grant::new(name(id), newsletter(), mail(address), imported, at(time), at(time))
}

#[test]
fn a_list_imported_again_after_an_opt_out_mails_nobody() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.withdraws("ada", newsletter(), "10:00:00");

    let again = office.book.open(name("ada"), mail(ADA));
    assert_eq!(again, Err(BookError::OpenedAgain), "she is there already");
    let row = row_of_a_list("row-1", ADA, "11:00:00");
    assert_eq!(row.err(), Some(ActError::Unproven(Unproven::Actor)), "a list proves nothing");
    office.grants("ada", newsletter(), ADA, "09:30:00");
    assert_eq!(
        office.asked("ada", newsletter(), ADA, "12:00:00"),
        "withdrawn",
        "nor does old consent return"
    );

    office.knows("row-1", ADA);
    office.grants("row-1", newsletter(), ADA, "09:30:00");
    assert_eq!(office.asked("row-1", newsletter(), ADA, "12:00:00"), "withdrawn", "nor under a new number");
    let follows = office.sees("row-1", "newsletter-signup", ADA, "12:00:00");
    assert_eq!(follows, ["moves to subscriber", "refuses welcome-mail: withdrawn"]);
    assert!(office.posts("12:00:01").is_empty());
}

#[test]
fn an_update_that_leaves_out_a_field_takes_no_limit_away() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let until_noon = grant("act-a", newsletter(), mail(ADA), at("09:00:00")).until(at("12:00:00")).unwrap();
    let written = serde_json::to_string(&Act::from(until_noon.clone())).unwrap();
    let _ = office.book.append(&name("ada"), until_noon).unwrap();

    let without_its_end = written.replace(r#""until":"2013-05-01T12:00:00Z","#, "");
    assert_ne!(without_its_end, written);
    assert!(Act::from_json(&without_its_end).is_err(), "to have no end is written `never`");
    let for_ever = grant("act-a", newsletter(), mail(ADA), at("09:00:00"));
    let update = office.book.append(&name("ada"), for_ever);
    assert_eq!(update, Err(BookError::Append(AppendError::IdReused)), "a grant is never written over");
    assert_eq!(office.asked("ada", newsletter(), ADA, "12:00:00"), "expired");
}

#[test]
fn an_update_that_leaves_out_the_opt_out_leaves_it_in_force() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let subscribed = grant("act-a", newsletter(), mail(ADA), at("09:00:00"));
    let _ = office.book.append(&name("ada"), subscribed.clone()).unwrap();
    office.withdraws("ada", newsletter(), "10:00:00");
    let update = office.book.append(&name("ada"), subscribed);
    assert_eq!(
        update.map(|done| done.appended()),
        Ok(Appended::Again),
        "the other system knows of the subscription alone"
    );
    assert_eq!(office.asked("ada", newsletter(), ADA, "11:00:00"), "withdrawn");
}

#[test]
fn a_list_that_lost_its_do_not_contact_column_lifts_no_objection() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    office.objects("ada", Reach::everything(), "09:00:00");
    // The list of the bought company has her, with consent that is proven and newer.
    office.has_subscriber("bought-1", ADA, "10:00:00");
    // An objection that crosses ends what was granted before and bars no new grant (S13): this one is proven and newer.
    assert_eq!(office.asked("bought-1", newsletter(), ADA, "11:00:00"), "permitted");
    // Her own record still says no, whatever the list says.
    assert_eq!(office.asked("ada", newsletter(), ADA, "11:00:00"), "objected");
    // A consent that is older than her no is ended by it.
    office.has_subscriber("bought-2", ADA, "08:00:00");
    assert_eq!(office.asked("bought-2", newsletter(), ADA, "11:00:00"), "withdrawn");
    let imported = Evidence::new(Actor::Import, Method::Import);
    let id = name("row-2");
    let lift = Lift::unobject(id, newsletter(), mail(ADA), imported, at("10:30:00"), at("10:30:00"));
    assert_eq!(lift.err(), Some(ActError::Unproven(Unproven::Actor)));
}

#[test]
fn an_opt_out_of_an_address_spelled_otherwise_is_an_opt_out() {
    for (opted_out, imported) in [("Ada@Example.org", ADA), (ADA, "ADA@example.ORG")] {
        let mut office = Office::opens();
        office.has_subscriber("ada", opted_out, "08:00:00");
        office.withdraws("ada", Reach::everything(), "09:00:00");
        office.has_subscriber("row-1", imported, "08:30:00");
        assert_eq!(office.asked("row-1", newsletter(), imported, "10:00:00"), "withdrawn");
    }
}

#[test]
fn a_yes_of_an_address_spelled_otherwise_is_no_yes() {
    let mut office = Office::opens();
    office.has_subscriber("ada", "Ada@example.org", "09:00:00");
    office.links("ada", ADA);
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:00"), "no_grant", "they may be two people");
    assert_eq!(
        office.asked("ada", newsletter(), "Ada@EXAMPLE.org", "10:00:00"),
        "permitted",
        "a domain is one"
    );
}

#[test]
fn who_was_erased_and_is_imported_again_is_not_mailed() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "08:00:00");
    office.sees("ada", "newsletter-signup", ADA, "08:00:00");
    office.is_erased("ada", "09:00:00");
    assert_eq!(office.posts("09:00:01"), ["welcome-mail is dropped: erased"]);

    office.grants("ada", newsletter(), ADA, "10:00:00");
    assert_eq!(
        office.asked("ada", newsletter(), ADA, "11:00:00"),
        "erased",
        "under the old number never again"
    );
    office.has_subscriber("row-1", ADA, "08:30:00");
    assert_eq!(office.asked("row-1", newsletter(), ADA, "11:00:00"), "withdrawn", "nor with the old consent");
    office.grants("row-1", newsletter(), ADA, "12:00:00");
    assert_eq!(
        office.asked("row-1", newsletter(), ADA, "12:00:00"),
        "permitted",
        "unless she comes back herself"
    );
}

#[test]
fn a_campaign_that_asks_everybody_for_permission_has_nobody_to_ask() {
    let mut office = Office::opens();
    // The address is on a disk somewhere; no act, link or signal names her.
    office.knows("ada", ADA);
    assert_eq!(office.asked("ada", newsletter(), ADA, "10:00:00"), "unknown_contact");
    let unheard_of = office.signal("s-1", "nobody", "newsletter-signup", BOB, "10:00:00");
    assert_eq!(office.book.observe(&unheard_of, at("10:00:00")).err(), Some(BookError::UnknownContact));

    // Bob bought something once, and permitted nothing.
    office.knows("bob", BOB);
    assert_eq!(
        office.sees("bob", "purchase", BOB, "10:00:00"),
        ["moves to customer", "refuses onboarding: no_grant"]
    );
    assert_eq!(office.asked("bob", newsletter(), BOB, "10:00:00"), "no_grant");
    assert!(office.posts("10:00:01").is_empty());
}

#[test]
fn an_end_is_one_instant_in_every_time_zone() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let end: Instant = "2013-05-02T00:00:00+02:00".parse().unwrap();
    let today = grant("act-a", offers(), mail(ADA), at("09:00:00")).until(end).unwrap();
    let _ = office.book.append(&name("ada"), today).unwrap();
    let mut asked = |when: &str| {
        let ask = Ask::new(offers(), mail(ADA));
        office.contact("ada").ledger().refuses(&ask, when.parse().unwrap())
    };
    for before in ["2013-05-01T21:59:59.999999999Z", "2013-05-02T03:44:59+05:45", "2013-05-01T14:59:59-07:00"]
    {
        assert_eq!(asked(before), None, "{before}");
    }
    for after in ["2013-05-01T22:00:00Z", "2013-05-02T03:45:00+05:45", "2013-05-01T15:00:00-07:00"] {
        assert_eq!(asked(after), Some(Reason::Expired), "{after}");
    }
}

#[test]
fn on_the_day_the_clocks_go_back_an_end_comes_once() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    // In Brussels it is half past two twice that night; the consent ends at the first.
    let end: Instant = "2013-10-27T02:30:00+02:00".parse().unwrap();
    let ending = grant("act-a", offers(), mail(ADA), at("09:00:00")).until(end).unwrap();
    let _ = office.book.append(&name("ada"), ending).unwrap();
    let mut asked = |when: &str| {
        let ask = Ask::new(offers(), mail(ADA));
        office.contact("ada").ledger().refuses(&ask, when.parse().unwrap())
    };
    assert_eq!(asked("2013-10-27T02:29:59+02:00"), None);
    assert_eq!(
        asked("2013-10-27T02:15:00+01:00"),
        Some(Reason::Expired),
        "the clock shows less, and it is later"
    );
    let which = "2013-10-27T02:30:00".parse::<Instant>();
    assert_eq!(which, Err(InstantError::Form), "a time without its offset is not read");
}

#[test]
fn a_grant_that_came_with_its_proof_is_taken_over() {
    let mut office = Office::opens();
    office.knows("ada", ADA);
    let moved_over =
        Grant::new(name("old-7"), newsletter(), mail(ADA), proof(), at("09:00:00"), at("12:00:00"));
    let _ = office.book.append(&name("ada"), moved_over.unwrap()).unwrap();
    assert_eq!(office.asked("ada", newsletter(), ADA, "12:00:00"), "permitted");
}
