//! Two contacts who are one person, or were thought to be: merges, and merges undone.

use placet::{Lift, Reach};

use super::{ADA, BOB, Office, mail, newsletter, offers};
use crate::support::name;

const WORK: &str = "a.lovelace@engine.example";

/// Two contacts with an address each, both subscribed.
fn two_subscribers() -> Office {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.has_subscriber("work", WORK, "09:00:00");
    office
}

fn asked(office: &mut Office, who: &str) -> &'static str {
    let address = if who == "ada" { ADA } else { WORK };
    office.asked(who, newsletter(), address, "12:00:00")
}

#[test]
fn a_merge_mails_no_address_that_never_subscribed() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.knows("work", WORK);
    office.merges("work", "ada");
    assert_eq!(office.asked("work", newsletter(), WORK, "10:00:00"), "no_grant");
    assert_eq!(office.asked("work", newsletter(), ADA, "10:00:00"), "no_grant", "it was given to the other");

    // Whichever of the two the signal names, the mail goes to the address that said yes.
    office.sees("work", "newsletter-signup", WORK, "10:00:00");
    assert_eq!(office.posts("10:00:01"), ["welcome-mail leaves for ada@example.org"]);
}

#[test]
fn a_mail_that_rests_on_the_other_contact_is_dropped_when_they_turn_out_to_be_two() {
    let mut office = Office::opens();
    office.has_subscriber("ada", ADA, "09:00:00");
    office.knows("work", WORK);
    office.merges("work", "ada");
    office.sees("work", "newsletter-signup", WORK, "10:00:00");
    office.unmerges("work");
    assert_eq!(office.posts("10:00:01"), ["welcome-mail is dropped: identity_gone"]);
}

/// All orders of the numbers below `n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    match n.checked_sub(1) {
        None => vec![vec![]],
        Some(last) => orders(last)
            .into_iter()
            .flat_map(|order| {
                (0..=last).map(move |place| {
                    let mut longer = order.clone();
                    longer.insert(place, last);
                    longer
                })
            })
            .collect(),
    }
}

/// What happens to the two contacts, in some order.
fn happens(office: &mut Office, what: &str) {
    match what {
        "stop" => office.withdraws("work", newsletter(), "10:00:00"),
        "merge" => office.merges("work", "ada"),
        "unmerge" => office.unmerges("work"),
        "link" => office.links("ada", WORK),
        "link the other way" => office.links("work", ADA),
        _ => panic!("{what}"),
    }
}

#[test]
fn in_no_order_of_merge_unmerge_link_and_stop_is_the_stop_lost() {
    for link in ["link", "link the other way"] {
        let steps = ["stop", "merge", "unmerge", link];
        for order in orders(steps.len()) {
            let mut office = two_subscribers();
            order.iter().for_each(|step| happens(&mut office, steps[*step]));
            for who in ["ada", "work"] {
                assert_eq!(asked(&mut office, who), "withdrawn", "{who} after {order:?} of {steps:?}");
            }
        }
    }
}

/// Erased themselves, they keep the erasure of the other all the same: it crosses their address as a withdrawal at its
/// own instant (S13, S28).
#[test]
fn the_later_of_two_erasures_crosses_after_an_unmerge() {
    for (from, into, said_no) in [("ada", "work", false), ("work", "ada", false), ("work", "ada", true)] {
        let mut office = two_subscribers();
        if said_no {
            office.withdraws("ada", Reach::everything(), "09:05:00");
        }
        office.is_erased("ada", "09:10:00");
        office.is_erased("work", "09:30:00");
        office.merges(from, into);
        office.unmerges("work");
        office.has_subscriber("back", ADA, "09:20:00");
        assert_eq!(office.asked("back", newsletter(), ADA, "12:00:00"), "withdrawn");
        office.grants("back", newsletter(), ADA, "09:40:00");
        assert_eq!(office.asked("back", newsletter(), ADA, "12:00:00"), "permitted", "they may come back");
    }
}

#[test]
fn a_stop_stays_on_both_sides_unless_it_came_when_they_were_two() {
    let steps = ["merge", "unmerge", "stop"];
    for order in orders(steps.len()) {
        let mut office = two_subscribers();
        order.iter().for_each(|step| happens(&mut office, steps[*step]));
        let were_two = order == [0, 1, 2];
        assert_eq!(asked(&mut office, "work"), "withdrawn");
        assert_eq!(asked(&mut office, "ada"), if were_two { "permitted" } else { "withdrawn" }, "{order:?}");
    }
}

#[test]
fn in_no_order_of_three_merges_and_a_stop_is_anybody_left_out() {
    let pairs = [("a", "b"), ("b", "c"), ("d", "c")];
    for order in orders(4) {
        let mut office = Office::opens();
        let people = ["a", "b", "c", "d"].map(|who| (who, format!("{who}@example.org")));
        for (who, address) in &people {
            office.has_subscriber(who, address, "09:00:00");
        }
        for step in &order {
            match pairs.get(*step) {
                Some((from, into)) => office.merges(from, into),
                None => office.withdraws("a", newsletter(), "10:00:00"),
            }
        }
        for (who, address) in &people {
            assert_eq!(office.asked(who, newsletter(), address, "12:00:00"), "withdrawn", "{who} {order:?}");
        }
    }
}

#[test]
fn who_joins_a_person_later_has_the_stops_of_one_who_has_left() {
    for erased in [false, true] {
        let mut office = Office::opens();
        for (who, address) in [("ada", ADA), ("work", WORK), ("bob", BOB), ("new", "new@example.org")] {
            office.has_subscriber(who, address, "09:00:00");
        }
        office.merges("ada", "work");
        office.merges("bob", "work");
        if erased {
            office.is_erased("bob", "10:00:00")
        } else {
            office.withdraws("bob", newsletter(), "10:00:00")
        }
        office.unmerges("bob");
        let reason = if erased { "erased" } else { "withdrawn" };
        assert_eq!(asked(&mut office, "work"), reason, "it stays with those he was merged with");

        office.merges("new", "work");
        assert_eq!(office.asked("new", newsletter(), "new@example.org", "12:00:00"), reason);
        // And it crosses a shared key as theirs.
        office.has_subscriber("home", WORK, "09:00:00");
        assert_eq!(office.asked("home", newsletter(), WORK, "12:00:00"), "withdrawn");
    }
}

#[test]
fn a_merge_undone_gives_grants_and_stages_back() {
    let mut office = two_subscribers();
    office.grants("work", offers(), WORK, "09:00:00");
    office.sees("ada", "newsletter-signup", ADA, "09:00:00");
    office.sees("work", "purchase", WORK, "09:00:00");
    office.merges("work", "ada");
    assert_eq!((office.stage("ada"), office.stage("work")), ("customer".into(), "customer".into()));
    office.unmerges("work");
    assert_eq!((office.stage("ada"), office.stage("work")), ("subscriber".into(), "customer".into()));
    assert_eq!(office.asked("ada", offers(), ADA, "10:00:00"), "no_grant");
    assert_eq!(office.asked("work", offers(), WORK, "10:00:00"), "permitted");
    let fates = office.posts("10:00:01");
    let both = ["welcome-mail leaves for ada@example.org", "onboarding leaves for a.lovelace@engine.example"];
    assert_eq!(fates, both, "to each what is theirs");
}

#[test]
fn an_erasure_while_they_were_thought_one_stays_on_both() {
    let mut office = two_subscribers();
    office.merges("work", "ada");
    office.is_erased("ada", "10:00:00");
    office.unmerges("ada");
    assert_eq!((asked(&mut office, "ada"), asked(&mut office, "work")), ("erased", "erased"));
    assert_eq!((office.stage("ada"), office.stage("work")), ("none".into(), "none".into()));
}

#[test]
fn a_lift_of_one_does_not_lift_for_the_other() {
    let mut office = two_subscribers();
    office.merges("work", "ada");
    office.objects("work", newsletter(), "10:00:00");
    let when = crate::support::at("10:30:00");
    let lift = Lift::unobject(name("l"), newsletter(), mail(WORK), crate::support::proof(), when, when);
    let _ = office.book.append(&name("work"), lift.unwrap()).unwrap();
    office.grants("work", newsletter(), WORK, "11:00:00");
    office.grants("ada", newsletter(), ADA, "11:00:00");
    assert_eq!((asked(&mut office, "ada"), asked(&mut office, "work")), ("objected", "permitted"));
}

#[test]
fn of_two_stages_the_one_furthest_along_is_held_whoever_is_merged_into_whom() {
    for (from, into) in [("ada", "work"), ("work", "ada")] {
        let mut office = two_subscribers();
        office.sees("ada", "newsletter-signup", ADA, "09:00:00");
        office.sees("work", "purchase", WORK, "09:00:00");
        office.merges(from, into);
        assert_eq!((office.stage("ada"), office.stage("work")), ("customer".into(), "customer".into()));
        // From there they go on together.
        office.sees("ada", "recommendation", ADA, "10:00:00");
        assert_eq!((office.stage("ada"), office.stage("work")), ("ambassador".into(), "ambassador".into()));
    }
}

#[test]
fn a_move_made_together_is_that_of_the_one_who_made_it() {
    let mut office = two_subscribers();
    office.merges("work", "ada");
    office.sees("ada", "newsletter-signup", ADA, "09:00:00");
    office.sees("work", "purchase", WORK, "10:00:00");
    assert_eq!(office.stage("ada"), "customer");
    office.unmerges("work");
    assert_eq!(office.stage("ada"), "subscriber", "she signed up");
    assert_eq!(office.stage("work"), "customer", "and the other bought");
}

#[test]
fn signals_after_a_merge_count_for_the_contact_that_they_named() {
    let mut office = two_subscribers();
    office.sees("ada", "shop-visit", ADA, "09:00:00");
    office.merges("work", "ada");
    office.sees("ada", "shop-visit", ADA, "10:00:00");
    office.sees("work", "shop-visit", WORK, "10:30:00");
    office.unmerges("work");
    let mut visits = |who: &str| office.contact(who).admitted(&name("shop-visit"));
    assert_eq!((visits("ada"), visits("work")), (2, 1));
}

#[test]
fn a_merge_again_and_a_merge_with_oneself_are_nothing() {
    let mut office = two_subscribers();
    assert_eq!(office.book.merge(&name("work"), &name("ada")), Ok(true));
    assert_eq!(office.book.merge(&name("ada"), &name("work")), Ok(false));
    assert_eq!(office.book.merge(&name("ada"), &name("ada")), Ok(false));
    assert_eq!(office.book.person_of(&name("work")), [name("ada"), name("work")]);
    assert_eq!(office.book.unmerge(&name("work")), Ok(true));
    assert_eq!(office.book.unmerge(&name("work")), Ok(false));
    assert_eq!(office.book.unmerge(&name("ada")), Ok(false), "nobody is left to part from");
}
