//! `explain` tells in sentences why a decision is what it is. The whole text is the promise.

use placet::{Identity, Reach};

use super::{Story, newsletter};
use crate::support::{at, email, facebook, on_facebook, signal};

fn why(story: &Story, kind: &str, identity: Identity, time: &str) -> String {
    let signal = signal(&story.journey, "next", kind, identity, at(time));
    story.journey.explain(&story.ada, &signal, at(time)).unwrap().to_string()
}

#[test]
fn why_a_like_was_not_kept() {
    let mut story = Story::begins(facebook());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.withdraws(on_facebook(), "10:00:00");
    let expected = "\
not admitted: social-linking by social/facebook is refused, withdrawn because of act-2; \
cure: a new grant of social-linking by social/facebook by the person, later than 2013-05-01T10:00:00Z
the signal leaves no trace
";
    assert_eq!(why(&story, "like", facebook(), "11:00:00"), expected);
}

#[test]
fn why_a_fan_was_welcomed_and_got_no_offer() {
    let mut story = Story::begins(facebook());
    story.ada.link(email());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.does("like", facebook(), "09:05:00");
    story.grants(newsletter(), email(), "10:00:00");
    let expected = "\
stands at fan
rule signup-makes-subscriber starts from another stage
rule fan-signs-up is taken
effect best-prospect-mailing is asked for, by its own guard
  not: yes
    at least 2 of newsletter-signup: no (found 1)
effect welcome-mail: newsletter by email is permitted by act-2
effect best-prospect-mailing: offers by email is refused, no_grant; \
cure: a grant of offers by email by the person
effect best-prospect-mailing: social-linking by social/facebook is permitted by act-1
moves to subscriber+fan
";
    assert_eq!(why(&story, "newsletter-signup", email(), "10:00:00"), expected);
}

#[test]
fn why_a_lapsed_subscriber_who_buys_becomes_a_customer_without_a_mail() {
    let mut story = Story::begins(facebook());
    story.ada.link(email());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.does("like", facebook(), "09:05:00");
    story.grants(newsletter(), email(), "10:00:00");
    story.does("newsletter-signup", email(), "10:00:00");
    story.withdraws(Reach::everything(), "11:00:00");
    let expected = "\
does not stand at subscriber+fan: newsletter by email is not permitted
does not stand at fan: social-linking by social/facebook is not permitted
stands at no stage
rule first-purchase is taken
effect onboarding: offers by email is refused, withdrawn because of act-3; \
cure: a new grant of offers by email by the person, later than 2013-05-01T11:00:00Z
moves to customer
";
    assert_eq!(why(&story, "purchase", email(), "12:00:00"), expected);
}

#[test]
fn asking_why_changes_nothing() {
    let mut story = Story::begins(facebook());
    story.grants(on_facebook(), facebook(), "09:00:00");
    let version = story.ada.version();
    let once = why(&story, "like", facebook(), "10:00:00");
    assert_eq!(why(&story, "like", facebook(), "10:00:00"), once);
    assert_eq!((story.ada.version(), story.ada.held_stage()), (version, None));
}

/// While a complaint waits for its answer, an offer is not asked for. The signal at hand is looked at by no `unanswered`.
#[test]
fn a_complaint_holds_the_offer_back_until_it_is_answered() {
    let spec = r#"{"placet":1,"name":"care","controller":"the-brand",
        "catalogue":{"purposes":["offers"],"channels":[{"name":"email"}]},"stages":[{"name":"customer"}],
        "signals":[{"kind":"complaint"},{"kind":"answer"},{"kind":"apology"},{"kind":"purchase"}],
        "rules":[{"name":"buys","on":"purchase","when":{"not":{"unanswered":{"kind":"complaint","by":["answer","apology"]}}},
            "to":"customer"}]}"#;
    let journey = placet::Journey::from_json(spec).unwrap();
    let mut ada = placet::Contact::open(crate::support::name("ada"), email(), journey.vocabulary());
    let mut does = |id: &str, kind: &str, time: &str| {
        let signal = signal(&journey, id, kind, email(), at(time));
        let decision = journey.decide(&ada, &signal, at(time)).unwrap();
        let buys = decision.rule().is_some();
        let _ = decision.commit(&mut ada).unwrap();
        buys
    };
    assert!(does("s-1", "purchase", "09:00:00"), "nothing was asked");
    does("s-2", "complaint", "10:00:00");
    assert!(!does("s-3", "purchase", "10:01:00"));
    does("s-4", "answer", "09:59:00");
    assert!(!does("s-5", "purchase", "10:02:00"), "what was said before the complaint is no answer to it");
    does("s-6", "apology", "10:00:00");
    assert!(does("s-7", "purchase", "10:03:00"), "at the same instant is in time");
    does("s-8", "complaint", "11:00:00");
    assert!(!does("s-9", "purchase", "11:01:00"));
}
