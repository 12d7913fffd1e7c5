//! From a like to an ambassador: each transition triggers its own mail, and only where consent carries it.

use placet::{
    Book, Identity, Journey, Reach, Reason,
    channel::EMAIL,
    purpose::{REFERRAL, SOCIAL_LINKING},
};

use super::{Story, newsletter, offers, told};
use crate::support::{at, email, facebook, grant, name, on_facebook, signal};

/// Ada, known by her account and her address, who has authorised the link and signed up: the best prospect.
fn subscriber_and_fan() -> Story {
    let mut story = Story::begins(facebook());
    story.ada.link(email());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.does("like", facebook(), "09:05:00");
    story.grants(newsletter(), email(), "09:10:00");
    story.does("newsletter-signup", email(), "09:10:00");
    assert_eq!(story.stands_at("09:10:00"), "subscriber+fan");
    story
}

#[test]
fn a_like_before_the_authorisation_leaves_no_trace() {
    let mut story = Story::begins(facebook());
    let like = signal(&story.journey, "like-1", "like", facebook(), at("09:00:00"));
    let decision = story.journey.decide(&story.ada, &like, at("09:00:00")).unwrap();
    let parts = decision.parts(&story.ada).unwrap();
    assert_eq!(told(&decision), ["not admitted: unknown_contact"]);
    assert!(parts.entries.is_empty() && parts.queued.is_empty(), "there is nothing to store");

    decision.commit(&mut story.ada).unwrap();
    assert_eq!(story.ada.version(), 0);
    assert_eq!(story.ada.admitted(&name("like")), 0);
    assert_eq!(story.stands_at("09:00:00"), "none");
}

#[test]
fn the_id_of_a_like_that_left_no_trace_may_be_used_again() {
    let mut book = Book::new(Journey::reference().unwrap());
    book.open(name("ada"), facebook()).unwrap();
    let like = signal(book.journey(), "like-1", "like", facebook(), at("09:00:00"));
    let before = book.observe(&like, at("09:00:00")).unwrap();
    assert!(before.decision().unwrap().unadmitted().is_some());

    let authorisation = grant("act-1", on_facebook(), facebook(), at("09:01:00"));
    let _ = book.append(&name("ada"), authorisation).unwrap();
    let follow = signal(book.journey(), "like-1", "follow", facebook(), at("09:02:00"));
    let after = book.observe(&follow, at("09:02:00")).unwrap();
    assert_eq!(told(after.decision().unwrap()), ["moves to fan"]);
}

#[test]
fn once_she_authorises_the_link_a_like_makes_a_fan() {
    let mut story = Story::begins(facebook());
    story.grants(on_facebook(), facebook(), "09:00:00");
    assert_eq!(story.stands_at("09:00:00"), "none", "to permit is not yet to like");
    assert_eq!(story.does("like", facebook(), "09:05:00"), ["moves to fan"]);
    assert_eq!(story.stands_at("09:05:00"), "fan");
}

#[test]
fn leave_for_one_network_says_nothing_of_another() {
    let mut story = Story::begins(facebook());
    let twitter = Identity::parse("account/twitter:ada").unwrap();
    story.ada.link(twitter.clone());
    story.grants(on_facebook(), facebook(), "09:00:00");
    assert_eq!(story.does("like", twitter, "09:05:00"), ["not admitted: no_grant"]);
}

#[test]
fn signing_up_makes_a_subscriber_with_a_welcome_mail_on_the_same_day() {
    let mut story = Story::begins(email());
    story.grants(newsletter(), email(), "10:00:00");
    let follows = story.does("newsletter-signup", email(), "10:00:00");
    assert_eq!(follows, ["moves to subscriber", "queues welcome-mail"]);
    assert_eq!(story.dispatch("10:00:05"), ["welcome-mail leaves for ada@example.org"]);
}

#[test]
fn a_fan_who_signs_up_and_wants_offers_gets_the_welcome_and_the_best_prospect_mailing() {
    let mut story = Story::begins(facebook());
    story.ada.link(email());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.does("like", facebook(), "09:05:00");
    story.grants(newsletter(), email(), "10:00:00");
    story.grants(offers(), email(), "10:00:00");

    let follows = story.does("newsletter-signup", email(), "10:00:00");
    let expected = ["moves to subscriber+fan", "queues welcome-mail", "queues best-prospect-mailing"];
    assert_eq!(follows, expected);
    let sent = story.dispatch("10:00:05");
    let expected =
        ["welcome-mail leaves for ada@example.org", "best-prospect-mailing leaves for ada@example.org"];
    assert_eq!(sent, expected);
}

#[test]
fn a_subscriber_who_likes_is_the_best_prospect_too() {
    let mut story = Story::begins(email());
    story.ada.link(facebook());
    story.grants(newsletter(), email(), "09:00:00");
    story.grants(offers(), email(), "09:00:00");
    story.does("newsletter-signup", email(), "09:00:00");
    story.grants(on_facebook(), facebook(), "09:30:00");
    let follows = story.does("like", facebook(), "09:35:00");
    assert_eq!(follows, ["moves to subscriber+fan", "queues best-prospect-mailing"]);
}

#[test]
fn a_fan_who_was_never_asked_about_offers_gets_none() {
    let mut story = Story::begins(facebook());
    story.ada.link(email());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.does("like", facebook(), "09:05:00");
    story.grants(newsletter(), email(), "10:00:00");

    let decision = story.decision("newsletter-signup", email(), "10:00:00");
    let (effect, no) = decision.refusals().next().unwrap();
    assert_eq!((effect.as_str(), no.reason()), ("best-prospect-mailing", Reason::NoGrant));
    assert_eq!(no.cause(&story.ada), None, "nobody ever said anything about offers");
    assert_eq!(no.remedy(&story.ada).to_string(), "a grant of offers by email by the person");
    assert_eq!(decision.queued().count(), 1, "the welcome mail goes all the same");
}

#[test]
fn a_fan_who_withdrew_offers_gets_none_and_the_refusal_names_that_act() {
    let mut story = Story::begins(facebook());
    story.ada.link(email());
    story.grants(on_facebook(), facebook(), "09:00:00");
    story.does("like", facebook(), "09:05:00");
    story.grants(newsletter(), email(), "10:00:00");
    story.grants(offers(), email(), "10:00:00");
    story.withdraws(offers(), "10:30:00");

    let decision = story.decision("newsletter-signup", email(), "11:00:00");
    let (_, no) = decision.refusals().next().unwrap();
    assert_eq!(no.reason(), Reason::Withdrawn);
    assert_eq!(no.cause(&story.ada).unwrap().id().to_string(), "act-4");
    assert_eq!(
        no.remedy(&story.ada).to_string(),
        "a new grant of offers by email by the person, later than 2013-05-01T10:30:00Z"
    );
}

#[test]
fn the_first_purchase_makes_a_customer_who_is_onboarded() {
    let mut story = subscriber_and_fan();
    story.grants(offers(), email(), "11:00:00");
    let follows = story.does("purchase", email(), "12:00:00");
    assert_eq!(follows, ["moves to customer", "queues onboarding"]);
    assert!(story.does("purchase", email(), "13:00:00").is_empty(), "the second one is not the first");
}

#[test]
fn a_customer_without_consent_to_offers_is_a_customer_and_gets_no_onboarding() {
    let mut story = Story::begins(Identity::of_kind("card", "7-0042").unwrap());
    let card = Identity::of_kind("card", "7-0042").unwrap();
    let follows = story.does("purchase", card, "12:00:00");
    assert_eq!(follows, ["moves to customer", "refuses onboarding: no_grant"]);
    assert_eq!(story.stands_at("12:00:00"), "customer", "a sale is a fact in our own books");
}

#[test]
fn a_refund_alone_never_makes_a_customer() {
    let mut story = subscriber_and_fan();
    for time in ["10:00:00", "11:00:00", "12:00:00"] {
        assert!(story.does("refund", email(), time).is_empty());
        assert_eq!(story.stands_at(time), "subscriber+fan");
    }
}

#[test]
fn a_customer_who_recommends_becomes_an_ambassador_and_is_invited_to_refer() {
    let mut story = subscriber_and_fan();
    story.grants(REFERRAL.by(EMAIL), email(), "11:00:00");
    story.does("purchase", email(), "12:00:00");
    let follows = story.does("recommendation", email(), "14:00:00");
    assert_eq!(follows, ["moves to ambassador", "queues referral-invitation"]);
}

#[test]
fn who_recommends_before_buying_is_no_ambassador() {
    let mut story = subscriber_and_fan();
    assert!(story.does("recommendation", email(), "14:00:00").is_empty());
    assert_eq!(story.stands_at("14:00:00"), "subscriber+fan");
}

#[test]
fn when_the_newsletter_is_cancelled_the_best_prospect_is_a_fan_again() {
    let mut story = subscriber_and_fan();
    story.withdraws(newsletter(), "12:00:00");
    assert_eq!(story.stands_at("12:00:00"), "fan");
}

#[test]
fn when_the_network_is_unlinked_the_best_prospect_is_a_subscriber_again() {
    let mut story = subscriber_and_fan();
    story.withdraws(Reach::everything().purpose(SOCIAL_LINKING), "12:00:00");
    assert_eq!(story.stands_at("12:00:00"), "subscriber");
}

#[test]
fn when_all_consent_ends_nobody_stands_anywhere() {
    let mut story = subscriber_and_fan();
    story.withdraws(Reach::everything(), "12:00:00");
    assert_eq!(story.stands_at("12:00:00"), "none");
}

#[test]
fn the_stage_stands_again_when_consent_returns() {
    let mut story = subscriber_and_fan();
    story.withdraws(Reach::everything(), "12:00:00");
    assert_eq!(story.ada.held_stage().unwrap().as_str(), "subscriber+fan", "what is held is not forgotten");
    story.grants(newsletter(), email(), "13:00:00");
    assert_eq!(story.stands_at("12:59:59"), "none");
    assert_eq!(story.stands_at("13:00:00"), "subscriber", "the newsletter alone links no network");
    story.grants(on_facebook(), facebook(), "14:00:00");
    assert_eq!(story.stands_at("14:00:00"), "subscriber+fan");
}

#[test]
fn a_customer_stays_a_customer_whatever_consent_becomes_of() {
    let mut story = subscriber_and_fan();
    story.does("purchase", email(), "12:00:00");
    story.withdraws(Reach::everything(), "13:00:00");
    assert_eq!(story.stands_at("13:00:00"), "customer");
}
