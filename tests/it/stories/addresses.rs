//! Which address, and which network: consent is given for one, and what leaves goes there and nowhere else.

use placet::{
    Ask, Channel, Entry, Identity, Journey, JourneySpec, Reach, Reason, Scope,
    channel::EMAIL,
    consent::{AppendError, Step},
    entry::Body,
    journey::{ChannelSpec, EffectSpec, NeedSpec, Reaches, RuleSpec, SignalKindSpec, Way},
    name::SELF,
    purpose::{CARE, OFFERS, SOCIAL_LINKING},
};

use super::{Story, newsletter, told};
use crate::support::{at, email, facebook, grant, name};

fn work_address() -> Identity {
    Identity::email("a.lovelace@engine.example").unwrap()
}

fn twitter() -> Identity {
    Identity::parse("account/twitter:ada").unwrap()
}

/// Answering questions by direct message.
fn direct_message() -> Scope {
    CARE.by(name("direct-message"))
}

/// The reference journey with one thing more: who asks a question is answered where it was asked.
fn with_questions_answered() -> Journey {
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    spec.catalogue.purposes.push(CARE);
    spec.catalogue
        .channels
        .push(ChannelSpec { name: name("direct-message"), reaches: Some(Reaches::Arrival) });
    spec.signals.push(SignalKindSpec {
        kind: name("question"),
        admission: None,
        derived: false,
        attributes: vec![],
    });
    let answer = EffectSpec {
        name: name("answer"),
        purpose: CARE,
        channel: name::<Channel>("direct-message").into(),
        recipient: SELF,
        needs: vec![],
        when: None,
        within: None,
        still: None,
    };
    spec.rules.push(RuleSpec {
        name: name("answer-questions"),
        on: name("question"),
        from: None,
        when: None,
        to: None,
        effects: vec![answer],
    });
    Journey::compile(spec).unwrap()
}

#[test]
fn an_answer_goes_where_the_question_came_from() {
    let mut story = Story::under(with_questions_answered(), facebook());
    story.ada.link(twitter());
    story.grants(direct_message(), twitter(), "09:00:00");
    story.grants(direct_message(), facebook(), "09:30:00");

    assert_eq!(story.does("question", twitter(), "10:00:00"), ["queues answer"]);
    assert_eq!(
        story.dispatch("10:00:01"),
        ["answer leaves for ada"],
        "and not for ada.l, who permitted it later"
    );
    assert_eq!(story.does("question", facebook(), "11:00:00"), ["queues answer"]);
    assert_eq!(story.dispatch("11:00:01"), ["answer leaves for ada.l"]);
}

#[test]
fn a_question_from_an_account_that_permitted_nothing_is_not_answered_over_another_one() {
    let mut story = Story::under(with_questions_answered(), facebook());
    story.ada.link(twitter());
    story.grants(direct_message(), facebook(), "09:00:00");
    assert_eq!(story.does("question", twitter(), "10:00:00"), ["refuses answer: no_grant"]);
}

#[test]
fn of_two_addresses_the_mail_goes_to_the_one_permitted_last() {
    for (first, last, addressee) in
        [(email(), work_address(), "a.lovelace@engine.example"), (work_address(), email(), "ada@example.org")]
    {
        let mut story = Story::begins(email());
        story.ada.link(work_address());
        story.grants(newsletter(), first, "09:00:00");
        story.grants(newsletter(), last, "09:30:00");
        story.does("newsletter-signup", email(), "10:00:00");
        assert_eq!(story.dispatch("10:00:01"), [format!("welcome-mail leaves for {addressee}")]);
    }
}

#[test]
fn when_the_later_consent_has_ended_the_mail_goes_to_the_address_that_still_permits() {
    let mut story = Story::begins(email());
    story.ada.link(work_address());
    story.grants(newsletter(), email(), "09:00:00");
    let id = story.next_act();
    let until_noon =
        grant(&id.to_string(), newsletter(), work_address(), at("09:30:00")).until(at("12:00:00")).unwrap();
    let _ = story.ada.grant(until_noon).unwrap();
    story.does("newsletter-signup", email(), "12:00:00");
    assert_eq!(story.dispatch("12:00:01"), ["welcome-mail leaves for ada@example.org"]);
}

#[test]
fn consent_for_one_address_says_nothing_of_another() {
    let mut story = Story::begins(email());
    story.ada.link(work_address());
    story.grants(newsletter(), email(), "09:00:00");
    let ledger = story.ada.ledger();
    assert_eq!(ledger.refuses(&Ask::new(newsletter(), email()), at("10:00:00")), None);
    let other = ledger.refuses(&Ask::new(newsletter(), work_address()), at("10:00:00"));
    assert_eq!(other, Some(Reason::NoGrant));
}

#[test]
fn a_stop_holds_for_every_address() {
    let mut story = Story::begins(email());
    story.ada.link(work_address());
    story.grants(newsletter(), email(), "09:00:00");
    story.grants(newsletter(), work_address(), "09:00:00");
    story.withdraws(newsletter(), "09:30:00");
    let decision = story.decision("newsletter-signup", email(), "10:00:00");
    assert_eq!(told(&decision), ["moves to subscriber", "refuses welcome-mail: withdrawn"]);
}

#[test]
fn a_mail_that_waits_for_an_address_she_has_left_does_not_leave() {
    let mut story = Story::begins(email());
    story.ada.link(work_address());
    story.grants(newsletter(), email(), "09:00:00");
    story.grants(newsletter(), work_address(), "09:30:00");
    story.does("newsletter-signup", email(), "10:00:00");
    assert!(story.ada.unlink(&work_address()));
    let fate = story.dispatch("10:00:01");
    assert_eq!(
        fate,
        ["welcome-mail is dropped: identity_gone"],
        "it does not fall over to the other address"
    );
}

#[test]
fn no_consent_can_be_noted_for_an_address_that_is_not_hers() {
    let mut story = Story::begins(email());
    let foreign = grant("act-1", newsletter(), work_address(), at("09:00:00"));
    assert_eq!(story.ada.grant(foreign), Err(AppendError::UnknownIdentity));
    assert_eq!(story.ada.version(), 0);
}

#[test]
fn a_refusal_names_the_network_that_the_like_came_from() {
    let mut story = Story::begins(twitter());
    let decision = story.decision("like", twitter(), "09:00:00");
    let no = decision.unadmitted().unwrap();
    assert_eq!(no.scope().to_string(), "social-linking by social/twitter");
    let remedy = no.remedy(&story.ada);
    assert_eq!(remedy.to_string(), "a grant of social-linking by social/twitter by the person");
    let [Step::Grant { scope, .. }] = remedy.steps() else { panic!("one grant cures it") };
    story.grants(scope.clone(), twitter(), "09:30:00");
    assert_eq!(story.does("like", twitter(), "10:00:00"), ["moves to fan"]);
}

#[test]
fn a_refused_mailing_names_the_network_whose_link_is_missing() {
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    let rule = spec.rules.iter_mut().find(|rule| rule.name.as_str() == "first-purchase").unwrap();
    let own_network = NeedSpec { purpose: SOCIAL_LINKING, channel: Way::OwnNetwork, recipient: SELF };
    rule.effects[0].needs.push(own_network);
    let mut story = Story::under(Journey::compile(spec).unwrap(), email());
    story.ada.link(twitter());
    story.grants(OFFERS.by(EMAIL), email(), "09:00:00");
    story.grants(SOCIAL_LINKING.by(name("social/twitter")), twitter(), "09:00:00");
    story.does("follow", twitter(), "09:30:00");
    story.withdraws(Reach::everything().purpose(SOCIAL_LINKING), "10:00:00");

    let decision = story.decision("purchase", email(), "11:00:00");
    let (_, no) = decision.refusals().next().unwrap();
    assert_eq!(no.scope().to_string(), "social-linking by social/twitter");
    let stored = decision.parts(&story.ada).unwrap().entries;
    let Some(Body::EffectRefused(refused)) = stored.last().map(Entry::body) else { panic!("it is stored") };
    assert_eq!(refused.scope(), no.scope());

    let purchase = crate::support::signal(&story.journey, "next", "purchase", email(), at("11:00:00"));
    let why = story.journey.explain(&story.ada, &purchase, at("11:00:00")).unwrap();
    let fell_back = why.fell_back().map(|(stage, scope)| format!("{stage} for want of {scope}"));
    assert_eq!(Vec::from_iter(fell_back), ["fan for want of social-linking by social/twitter"]);
}
