//! Texts that are no errors: reasons, remedies, scopes, explanations.

use super::{in_style, says};
use crate::support::{at, email, grant, name, proof};
use placet::{
    Act, Ask, Contact, Grant, Identity, Journey, Reach, Reason, SignalSpec, Stop, Vocabulary,
    channel::EMAIL,
    consent::Remedy,
    journey::Declared,
    purpose::{NEWSLETTER, SHARING},
    signal::ValueType,
};

#[test]
fn reasons() {
    let reasons = [
        (Reason::OtherContact, "other_contact"),
        (Reason::IdentityGone, "identity_gone"),
        (Reason::UnknownContact, "unknown_contact"),
        (Reason::Erased, "erased"),
        (Reason::Restricted, "restricted"),
        (Reason::Objected, "objected"),
        (Reason::Pending, "pending"),
        (Reason::Unconfirmed, "unconfirmed"),
        (Reason::Refused, "refused"),
        (Reason::Withdrawn, "withdrawn"),
        (Reason::Expired, "expired"),
        (Reason::NoGrant, "no_grant"),
    ];
    for (reason, text) in reasons {
        says(&reason, text);
        assert_eq!(serde_json::to_value(reason).unwrap(), text, "the same word on the wire");
    }
}

#[test]
fn scopes() {
    says(&NEWSLETTER.by(EMAIL), "newsletter by email");
    says(&SHARING.by(EMAIL).to(name("acme")), "sharing by email to acme");
}

#[test]
fn declared_things_and_types() {
    let things = [
        (Declared::Purpose, "purpose"),
        (Declared::Channel, "channel"),
        (Declared::Recipient, "recipient"),
        (Declared::Notice, "notice"),
        (Declared::Stage, "stage"),
        (Declared::SignalKind, "kind of signal"),
        (Declared::Attribute, "attribute"),
        (Declared::Rule, "rule"),
        (Declared::Effect, "effect"),
    ];
    for (thing, text) in things {
        says(&thing, text);
    }
    let types = [ValueType::Text, ValueType::Integer, ValueType::Bool, ValueType::Instant];
    assert_eq!(types.map(|kind| kind.to_string()), ["text", "integer", "bool", "instant"]);
}

/// Ada's ledger after some acts, and what would cure the no to the newsletter by e-mail.
fn remedy(acts: impl IntoIterator<Item = Act>) -> Remedy {
    let mut ada = Contact::open(name("ada"), email(), &Vocabulary::new([]));
    for act in acts {
        let _ = ada.append(act).unwrap();
    }
    ada.ledger().remedy(&Ask::new(NEWSLETTER.by(EMAIL), email()), at("12:00:00"))
}

#[test]
fn remedies() {
    let (ten, one) = (at("10:00:00"), at("13:00:00"));
    let everything = Reach::everything;
    says(&remedy([]), "a grant of newsletter by email by the person");
    let withdrawn = Stop::withdraw(name("a-2"), everything(), ten, ten);
    let again = "a new grant of newsletter by email by the person, later than 2013-05-01T10:00:00Z";
    says(&remedy([withdrawn.into()]), again);
    let pending = grant("a-1", NEWSLETTER.by(EMAIL), email(), ten).confirm_by(one).unwrap();
    says(&remedy([pending.into()]), "a confirm of grant a-1 before 2013-05-01T13:00:00Z");
    let objected = Stop::object(name("a-3"), everything(), ten, ten);
    says(
        &remedy([objected.into()]),
        &format!(
            "an unobject of newsletter by email by the person, later than 2013-05-01T10:00:00Z, then {again}"
        ),
    );
    let granted = grant("a-1", NEWSLETTER.by(EMAIL), email(), at("11:00:00"));
    let restricted = Stop::restrict(name("a-4"), everything(), ten, ten);
    says(
        &remedy([granted.into(), restricted.into()]),
        "an unrestrict of newsletter by email by the controller, later than 2013-05-01T10:00:00Z",
    );
    says(&remedy([Stop::erase(name("a-5"), ten, ten).into()]), "nothing can cure this");
    let granted = Grant::new(name("a-6"), NEWSLETTER.by(EMAIL), email(), proof(), ten, ten).unwrap();
    assert!(remedy([granted.into()]).steps().is_empty(), "there is nothing to cure");
}

#[test]
fn explanations_are_for_people() {
    let text = Journey::REFERENCE_JSON.replace(
        r#""on": "purchase","#,
        r#""on": "purchase", "when": {"all": [
            {"attribute": {"name": "amount", "is": "at_least", "value": {"integer": 100}}},
            {"not": {"recency": {"kind": "refund", "within": "36h"}}},
            {"any": [{"count": {"kind": "like", "at_least": 2, "within": "30d"}}, {"stage": "none"}]},
            {"not": {"count": {"kind": "purchase", "at_least": 2, "within": "90s"}}}]},"#,
    );
    let journey = Journey::from_json(&text).unwrap();
    let card = Identity::of_kind("card", "7-0042").unwrap();
    let ada = Contact::open(name("ada"), card, journey.vocabulary());
    let purchase = SignalSpec::from_json(
        r#"{"id":"s-1","contact":"ada","identity":"card:7-0042","kind":"purchase","at":"2013-05-01T10:00:00Z",
            "attributes":[{"name":"amount","value":{"integer":100}}]}"#,
    );
    let purchase = journey.signal(purchase.unwrap()).unwrap();
    let why = journey.explain(&ada, &purchase, purchase.at()).unwrap();
    let lines = "\
stands at no stage
rule first-purchase is taken
  all of 4: yes
    amount is at least 100: yes (found 100)
    not: yes
      an earlier refund within 36 hours: no
    any of 2: yes
      at least 2 of like within 30 days: no (found 0)
      stands at no stage: yes
    not: yes
      at least 2 of purchase within 90 seconds: no (found 1)
effect onboarding: offers by email is refused, no_grant; cure: an address that email reaches, then a grant of offers by email by the person
moves to customer
";
    assert_eq!(why.to_string(), lines);
    lines.lines().for_each(in_style);
}
