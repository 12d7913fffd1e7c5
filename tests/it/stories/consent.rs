//! Yes, no, not yet, no longer: what each act of consent does to the mail that it concerns.

use placet::{
    Act, ActId, Actor, Ask, Book, Confirm, Event, Evidence, Grant, Identity, Journey, Lift, Method, Reach,
    Reason, Scope, Stop,
    book::Dispatched,
    consent::{ActError, RoundTrip, Step, Unproven},
    purpose::OFFERS,
};

use super::{Story, newsletter, offers, told};
use crate::support::{at, email, grant, name, notice, proof};

/// A subscriber whose welcome mail waits to leave.
fn with_a_welcome_mail_waiting() -> Story {
    let mut story = Story::begins(email());
    story.grants(newsletter(), email(), "09:00:00");
    let follows = story.does("newsletter-signup", email(), "09:00:00");
    assert_eq!(follows, ["moves to subscriber", "queues welcome-mail"]);
    story
}

/// Somebody who buys, so that the onboarding mail is asked for.
fn what_a_purchase_brings(story: &Story, time: &str) -> Vec<String> {
    told(&story.decision("purchase", email(), time))
}

#[test]
fn a_withdrawal_stops_a_mail_that_already_waits() {
    let mut story = with_a_welcome_mail_waiting();
    story.withdraws(newsletter(), "09:00:01");
    assert_eq!(story.dispatch("09:00:02"), ["welcome-mail is dropped: withdrawn"]);
}

#[test]
fn a_withdrawal_by_a_clock_that_runs_ahead_stops_the_mail_at_once() {
    let mut story = with_a_welcome_mail_waiting();
    story.withdraws(newsletter(), "23:00:00");
    assert_eq!(story.dispatch("09:00:02"), ["welcome-mail is dropped: withdrawn"]);
}

#[test]
fn a_mail_dropped_once_stays_dropped_when_consent_returns() {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), email()).unwrap();
    let _ = book.append(&name("ada"), grant("act-1", newsletter(), email(), at("09:00:00"))).unwrap();
    let signup = crate::support::signal(book.journey(), "s-1", "newsletter-signup", email(), at("09:00:00"));
    book.observe(&signup, at("09:00:00")).unwrap();
    let key = book.outbox().queued().next().unwrap().key();
    let withdrawal = Stop::withdraw(name("act-2"), newsletter().into(), at("09:01:00"), at("09:01:00"));
    let _ = book.stop(&name("ada"), withdrawal).unwrap();

    let mut gateway = |_: Event<'_>| -> Result<(), ()> { panic!("nothing may leave") };
    let report = book.dispatch(at("09:02:00"), &mut gateway);
    assert_eq!((report.sent, report.refused.get(&Reason::Withdrawn)), (0, Some(&1)));
    let _ = book.append(&name("ada"), grant("act-3", newsletter(), email(), at("09:03:00"))).unwrap();
    assert_eq!(book.dispatch_one(key, at("09:04:00"), &mut gateway), Dispatched::Dropped);
}

#[test]
fn applying_the_cure_that_a_refusal_names_turns_it() {
    let mut story = Story::begins(email());
    let decision = story.decision("purchase", email(), "10:00:00");
    let (_, no) = decision.refusals().next().unwrap();
    let remedy = no.remedy(&story.ada);
    let [Step::Grant { scope, after: None }] = remedy.steps() else { panic!("one grant cures it: {remedy}") };
    story.grants(scope.clone(), email(), "10:05:00");
    assert_eq!(what_a_purchase_brings(&story, "10:05:00"), ["moves to customer", "queues onboarding"]);
}

#[test]
fn a_cure_of_three_steps_turns_the_refusal_with_the_third_and_not_before() {
    let mut story = Story::begins(email());
    let (objection, restriction) = (story.next_act(), story.next_act());
    let _ = story.ada.stop(Stop::object(objection, Reach::everything(), at("10:00:00"), at("10:00:00")));
    let _ = story.ada.stop(Stop::restrict(restriction, Reach::everything(), at("10:01:00"), at("10:01:00")));

    let ask = Ask::new(offers(), email());
    let remedy = story.ada.ledger().remedy(&ask, at("10:02:00"));
    assert_eq!(
        remedy.to_string(),
        "an unrestrict of offers by email by the controller, later than 2013-05-01T10:01:00Z, then \
         an unobject of offers by email by the person, later than 2013-05-01T10:00:00Z, then \
         a new grant of offers by email by the person, later than 2013-05-01T10:00:00Z"
    );
    for (step, time) in remedy.steps().iter().zip(["10:03:00", "10:04:00", "10:05:00"]) {
        assert!(story.ada.ledger().refuses(&ask, at(time)).is_some(), "before {step}");
        let id = story.next_act();
        let _ = match step.clone() {
            Step::Unrestrict { scope, .. } => story.ada.lift(unrestrict(id, scope, time)).unwrap(),
            Step::Unobject { scope, .. } => story.ada.lift(unobject(id, scope, time)).unwrap(),
            Step::Grant { scope, .. } => {
                story.ada.grant(grant(&id.to_string(), scope, email(), at(time))).unwrap()
            }
            Step::Link { .. } => panic!("she has an address"),
            Step::Confirm { .. } => panic!("nothing waits for a confirm"),
        };
    }
    assert_eq!(story.ada.ledger().refuses(&ask, at("10:05:00")), None);
    assert!(story.ada.ledger().remedy(&ask, at("10:05:00")).steps().is_empty(), "nothing is left to cure");
}

/// The person takes an objection back.
fn unobject(id: ActId, scope: Scope, time: &str) -> Lift {
    Lift::unobject(id, scope, email(), proof(), at(time), at(time)).unwrap()
}

/// The controller ends a restriction, having told the person.
fn unrestrict(id: ActId, scope: Scope, time: &str) -> Lift {
    let told = Evidence::new(Actor::Controller, Method::OralRecorded).shown(notice());
    Lift::unrestrict(id, scope, email(), told, at(time), at(time)).unwrap()
}

/// A subscription that waits until 12:00 for a click on the link in a mail; it is act-1.
fn with_a_double_opt_in() -> Story {
    let mut story = Story::begins(email());
    let id = story.next_act();
    let (when, before) = (at("10:00:00"), at("12:00:00"));
    let waiting = Grant::double_opt_in(id, newsletter(), email(), proof(), when, when, SECRET, before);
    let _ = story.ada.grant(waiting.unwrap()).unwrap();
    story
}

/// What the mail to Ada held, and nobody else knows.
const SECRET: &[u8; 16] = b"only in her mail";

fn click(id: ActId, time: &str) -> Confirm {
    click_with(RoundTrip::of(SECRET, &name("act-1"), &email()), id, time)
}

fn click_with(came_back: RoundTrip, id: ActId, time: &str) -> Confirm {
    let evidence = Evidence::new(Actor::Person, Method::DoubleOptIn).bound_by(came_back);
    Confirm::new(id, name("act-1"), email(), evidence, at(time), at(time)).unwrap()
}

#[test]
fn a_double_opt_in_permits_nothing_until_the_click() {
    let mut story = with_a_double_opt_in();
    let decision = story.decision("newsletter-signup", email(), "10:00:00");
    let (_, no) = decision.refusals().next().unwrap();
    assert_eq!(no.reason(), Reason::Pending);
    assert_eq!(no.remedy(&story.ada).to_string(), "a confirm of grant act-1 before 2013-05-01T12:00:00Z");
    let click = click(story.next_act(), "11:00:00");
    let _ = story.ada.confirm(click).unwrap();
    let follows = story.does("newsletter-signup", email(), "11:00:00");
    assert_eq!(follows, ["moves to subscriber", "queues welcome-mail"]);
}

#[test]
fn a_click_that_comes_too_late_confirms_nothing() {
    let mut story = with_a_double_opt_in();
    let click = click(story.next_act(), "12:00:00");
    let _ = story.ada.confirm(click).unwrap();
    let follows = story.does("newsletter-signup", email(), "13:00:00");
    assert_eq!(follows, ["moves to subscriber", "refuses welcome-mail: unconfirmed"]);
}

#[test]
fn a_click_without_the_secret_of_this_very_mail_confirms_nothing() {
    let bob = Identity::email("bob@example.org").unwrap();
    let others = [
        ("guessed", RoundTrip::of(b"what may it be??", &name("act-1"), &email())),
        ("of another grant", RoundTrip::of(SECRET, &name("act-7"), &email())),
        ("mailed to somebody else", RoundTrip::of(SECRET, &name("act-1"), &bob)),
    ];
    for (secret, came_back) in others {
        let mut story = with_a_double_opt_in();
        let click = click_with(came_back, story.next_act(), "11:00:00");
        let _ = story.ada.confirm(click).unwrap();
        let follows = story.does("newsletter-signup", email(), "11:00:00");
        assert_eq!(follows, ["moves to subscriber", "refuses welcome-mail: pending"], "{secret}");
    }
    // Nor does a claim by another way: what one channel proves says nothing for another.
    let mut story = with_a_double_opt_in();
    let setting = Evidence::new(Actor::Person, Method::AccountSetting);
    let (id, when) = (story.next_act(), at("11:00:00"));
    let _ =
        story.ada.confirm(Confirm::new(id, name("act-1"), email(), setting, when, when).unwrap()).unwrap();
    let follows = story.does("newsletter-signup", email(), "11:00:00");
    assert_eq!(follows, ["moves to subscriber", "refuses welcome-mail: pending"]);
}

#[test]
fn a_stop_by_a_mail_scanner_is_honoured_and_labelled() {
    let mut story = Story::begins(email());
    let id = story.next_act();
    let _ = story.ada.grant(grant(&id.to_string(), newsletter(), email(), at("09:00:00"))).unwrap();
    let (id, when) = (story.next_act(), at("10:00:00"));
    let fetched = Evidence::new(Actor::SomebodyElse, Method::LinkFetched);
    let _ =
        story.ada.stop(Stop::withdraw(id.clone(), newsletter().into(), when, when).with_evidence(fetched));
    let follows = story.does("newsletter-signup", email(), "11:00:00");
    assert_eq!(follows, ["moves to subscriber", "refuses welcome-mail: withdrawn"]);
    let automatic = |act: Act| act.evidence().is_some_and(Evidence::is_automatic);
    let labelled: Vec<bool> = story.ada.ledger().acts().map(automatic).collect();
    assert_eq!(labelled, [false, true], "somebody may ask her whether she meant it");
}

#[test]
fn a_mail_scanner_that_fetches_the_link_is_no_click() {
    let scanner = Evidence::new(Actor::Person, Method::LinkFetched);
    let (id, when) = (name("act-2"), at("10:00:01"));
    let click = Confirm::new(id, name("act-1"), email(), scanner, when, when);
    assert_eq!(click.err(), Some(ActError::Unproven(Unproven::Method)));
}

#[test]
fn consent_with_an_end_ends() {
    let mut story = Story::begins(email());
    let id = story.next_act();
    let until_noon = grant(&id.to_string(), offers(), email(), at("10:00:00")).until(at("12:00:00")).unwrap();
    let _ = story.ada.grant(until_noon).unwrap();
    assert_eq!(what_a_purchase_brings(&story, "11:59:59"), ["moves to customer", "queues onboarding"]);
    let at_noon = what_a_purchase_brings(&story, "12:00:00");
    assert_eq!(at_noon, ["moves to customer", "refuses onboarding: expired"]);
}

#[test]
fn a_mail_that_waits_longer_than_the_consent_lasts_does_not_leave() {
    let mut story = Story::begins(email());
    let id = story.next_act();
    let until_noon =
        grant(&id.to_string(), newsletter(), email(), at("10:00:00")).until(at("12:00:00")).unwrap();
    let _ = story.ada.grant(until_noon).unwrap();
    story.does("newsletter-signup", email(), "11:59:59");
    assert_eq!(story.dispatch("12:00:00"), ["welcome-mail is dropped: expired"]);
}

#[test]
fn an_objection_blocks_later_grants_until_it_is_taken_back_and_a_new_grant_follows() {
    let mut story = Story::begins(email());
    let objection = story.next_act();
    let _ = story.ada.stop(Stop::object(
        objection,
        Reach::everything().purpose(OFFERS),
        at("10:00:00"),
        at("10:00:00"),
    ));
    story.grants(offers(), email(), "10:30:00");
    let refused = what_a_purchase_brings(&story, "10:30:00");
    assert_eq!(refused, ["moves to customer", "refuses onboarding: objected"]);

    let lift = unobject(story.next_act(), offers(), "11:00:00");
    let _ = story.ada.lift(lift).unwrap();
    let turned = what_a_purchase_brings(&story, "11:00:00");
    assert_eq!(
        turned,
        ["moves to customer", "queues onboarding"],
        "the grant of 10:30 followed the objection"
    );
}

#[test]
fn taking_an_objection_back_permits_nothing_by_itself() {
    let mut story = Story::begins(email());
    story.grants(offers(), email(), "09:00:00");
    let objection = story.next_act();
    let _ = story.ada.stop(Stop::object(
        objection,
        Reach::everything().purpose(OFFERS),
        at("10:00:00"),
        at("10:00:00"),
    ));
    let lift = unobject(story.next_act(), offers(), "11:00:00");
    let _ = story.ada.lift(lift).unwrap();
    let refused = what_a_purchase_brings(&story, "11:00:00");
    assert_eq!(refused, ["moves to customer", "refuses onboarding: withdrawn"]);
}

#[test]
fn an_objection_that_comes_again_blocks_again() {
    let mut story = Story::begins(email());
    let (first, again) = (story.next_act(), story.next_act());
    let _ = story.ada.stop(Stop::object(first, offers().into(), at("09:00:00"), at("09:00:00")));
    let lift = unobject(story.next_act(), offers(), "10:00:00");
    let _ = story.ada.lift(lift).unwrap();
    let _ = story.ada.stop(Stop::object(again, offers().into(), at("11:00:00"), at("11:00:00")));
    story.grants(offers(), email(), "12:00:00");
    let refused = what_a_purchase_brings(&story, "12:00:00");
    assert_eq!(refused, ["moves to customer", "refuses onboarding: objected"]);
}

#[test]
fn a_restriction_stops_mail_and_movement_and_nothing_is_lost_when_it_is_lifted() {
    let mut story = Story::begins(email());
    story.grants(offers(), email(), "09:00:00");
    let restriction = story.next_act();
    let _ = story.ada.stop(Stop::restrict(restriction, Reach::everything(), at("10:00:00"), at("10:00:00")));
    assert_eq!(story.does("purchase", email(), "10:30:00"), ["refuses onboarding: restricted"]);
    assert_eq!(story.stands_at("10:30:00"), "none", "no movement while the matter is looked into");

    let lift = unrestrict(story.next_act(), offers(), "11:00:00");
    let _ = story.ada.lift(lift).unwrap();
    let follows = story.does("purchase", email(), "11:30:00");
    assert_eq!(follows, ["moves to customer", "queues onboarding"], "the old grant is alive again");
}

#[test]
fn erasure_is_final() {
    let mut story = with_a_welcome_mail_waiting();
    let erasure = story.next_act();
    let _ = story.ada.stop(Stop::erase(erasure, at("10:00:00"), at("10:00:00")));
    assert_eq!(story.dispatch("10:00:01"), ["welcome-mail is dropped: erased"]);
    assert_eq!((story.stands_at("10:00:01"), story.ada.held_stage()), ("none", None));
    assert_eq!(story.ada.admitted(&name("newsletter-signup")), 0, "nothing admitted is kept");

    story.grants(newsletter(), email(), "11:00:00");
    let decision = story.decision("newsletter-signup", email(), "11:30:00");
    assert_eq!(told(&decision), ["refuses welcome-mail: erased"]);
    assert!(decision.parts(&story.ada).unwrap().entries.is_empty(), "nothing is stored of the signal");
    let version = story.ada.version();
    decision.commit(&mut story.ada).unwrap();
    assert_eq!(story.ada.version(), version);
    assert_eq!(story.stands_at("11:30:00"), "none");
    assert_eq!(story.ada.admitted(&name("newsletter-signup")), 0, "nor does she begin again under this id");
    let remedy = story.ada.ledger().remedy(&Ask::new(newsletter(), email()), at("12:00:00"));
    assert_eq!(remedy.to_string(), "nothing can cure this");
}
