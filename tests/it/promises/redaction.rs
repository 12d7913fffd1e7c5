//! No `Debug`, no message and no explanation shows an address: one is planted wherever one can stand.

use crate::support::{at, grant, name};
use placet::{
    Act, Ask, Book, Confirm, Contact, Entry, Event, Identity, Instant, Journey, Lift, Person, Reach,
    SignalSpec, Stop,
    book::Journaled,
    channel::EMAIL,
    entry::Body,
    journey::Span,
    name::Name,
    purpose::NEWSLETTER,
    signal::{Attribute, Value},
};

const TOKEN: &str = "zz9plural";
const NUMBER: &str = "3299977788";

fn identities() -> Vec<Identity> {
    vec![
        Identity::email(&format!("{TOKEN}@example.org")).unwrap(),
        Identity::email(&format!("ada@{TOKEN}.example")).unwrap(),
        Identity::phone(&format!("+{NUMBER}")).unwrap(),
        Identity::account(name("facebook"), TOKEN).unwrap(),
        Identity::of_kind("card", TOKEN).unwrap(),
    ]
}

/// Looks at what a value shows, plain and pretty.
#[track_caller]
fn hides(value: &dyn std::fmt::Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains(TOKEN) && !shown.contains(NUMBER), "an address is shown: {shown}");
    }
}

#[track_caller]
fn hides_in_words(value: &dyn std::fmt::Display) {
    let shown = value.to_string();
    assert!(!shown.contains(TOKEN) && !shown.contains(NUMBER), "an address is shown: {shown}");
}

#[test]
fn the_token_is_where_it_is_looked_for() {
    for identity in identities() {
        let key = identity.exact_key();
        assert!(key.contains(TOKEN) || key.contains(NUMBER));
        let written = serde_json::to_string(&identity).unwrap();
        assert!(written.contains(TOKEN) || written.contains(NUMBER), "the wire needs it");
    }
}

#[test]
fn identities_and_acts() {
    let ten = at("10:00:00");
    for identity in identities() {
        hides(&identity);
        hides(&identity.wide_key());
        hides_in_words(identity.kind());
        let scope = || NEWSLETTER.by(EMAIL);
        hides(&Ask::new(scope(), identity.clone()));
        let granted = grant("a-1", scope(), identity.clone(), ten);
        hides(&granted);
        hides(&Act::from(granted));
        let proof = crate::support::proof;
        hides(&Confirm::new(name("a-2"), name("a-1"), identity.clone(), proof(), ten, ten));
        hides(&Lift::unobject(name("a-3"), scope(), identity.clone(), proof(), ten, ten));
        let stop = Stop::withdraw(name("a-4"), Reach::everything(), ten, ten).about(identity.clone());
        hides(&stop);
        for body in
            [Body::Opened(identity.clone().into()), Body::Linked(identity.clone()), Body::Act(stop.into())]
        {
            hides(&body);
            hides(&Entry::new(name("ada"), body));
        }
    }
}

/// All that a signal leads to, on every identity.
#[test]
fn contacts_decisions_and_events() {
    let text = Journey::REFERENCE_JSON
        .replace(r#"{ "name": "email" }"#, r#"{ "name": "email", "reaches": "arrival" }"#);
    let journey = Journey::from_json(&text).unwrap();
    for identity in identities() {
        let (ten, noon) = (at("10:00:00"), at("12:00:00"));
        let mut ada = Contact::open(name("ada"), identity.clone(), journey.vocabulary());
        let _ = ada.grant(grant("a-1", NEWSLETTER.by(EMAIL), identity.clone(), ten)).unwrap();
        let signup = crate::support::signal(&journey, "s-1", "newsletter-signup", identity.clone(), noon);
        hides(&signup);
        hides(signup.spec());
        let why = journey.explain(&ada, &signup, noon).unwrap();
        hides(&why);
        hides_in_words(&why);
        hides_in_words(&serde_json::to_string(&why).unwrap());
        let decision = journey.decide(&ada, &signup, noon).unwrap();
        hides(&decision);
        hides(&decision.parts(&ada).unwrap());
        let queued = decision.commit(&mut ada).unwrap();
        assert_eq!(queued.len(), 1);
        hides(&queued);
        queued[0].citations().for_each(|citation| hides(citation));
        hides(&ada);
        hides(ada.ledger());
        hides(&ada.ledger().as_of(noon));
        hides(&Person::from(&ada));
        let ask = Ask::new(NEWSLETTER.by(EMAIL), identity.clone());
        hides(&ada.ledger().permit(&ask, noon).unwrap());
        hides(&journey.release(queued[0].clone(), &ada, noon).into_result().unwrap());

        let _ = ada.stop(Stop::withdraw(name("a-2"), Reach::everything(), noon, noon));
        let no = ada.ledger().permit(&ask, noon).unwrap_err();
        hides(&no);
        hides(&no.cause(ada.ledger()));
        hides_in_words(&no.remedy(&ask, ada.ledger()));
        hides(&journey.release(queued[0].clone(), &ada, noon).into_result().unwrap_err());
        let purchase = crate::support::signal(&journey, "s-2", "purchase", identity.clone(), noon);
        let decision = journey.decide(&ada, &purchase, noon).unwrap();
        let (_, refused) = decision.refusals().next().unwrap();
        hides(&refused);
        hides_in_words(&refused.remedy(&ada));
        let why = journey.explain(&ada, &purchase, noon).unwrap();
        hides(&why);
        hides_in_words(&why);
    }
}

/// A text of a signal is a name, and a handle can be one.
#[test]
fn texts_of_signals() {
    let journey = Journey::reference().unwrap();
    let page = Attribute { name: name("page"), value: Value::Text(name(TOKEN)) };
    let (identity, at) = (crate::support::facebook(), at("10:00:00"));
    let spec = SignalSpec {
        id: name("s-1"),
        contact: name("ada"),
        identity,
        kind: name("like"),
        source: None,
        at,
        attributes: vec![page],
    };
    hides(&spec);
    assert!(serde_json::to_string(&spec).unwrap().contains(TOKEN), "the wire needs it");
    hides(&journey.signal(spec).unwrap());
}

#[test]
fn books() {
    let journey = Journey::reference().unwrap();
    let ten = at("10:00:00");
    let identity = identities().remove(0);
    let mut book = Book::new(journey.clone());
    book.open(name("ada"), identity.clone()).unwrap();
    let granted = grant("a-1", NEWSLETTER.by(EMAIL), identity.clone(), ten);
    let _ = book.append(&name("ada"), granted.clone()).unwrap();
    let signup = crate::support::signal(&journey, "s-1", "newsletter-signup", identity.clone(), ten);
    hides(&book.observe(&signup, ten).unwrap());
    hides(&book);
    for identity in identities() {
        let mut kept = Journaled::new(Book::new(journey.clone()), String::new());
        kept.open(name("ada"), identity).unwrap();
        hides(&kept);
    }
    hides(book.outbox());
    hides(&book.outbox().queued().collect::<Vec<_>>());
    hides(&book.dispatch(ten, &mut |event: Event<'_>| {
        hides(&event);
        Ok::<_, ()>(())
    }));
}

/// What the person is given shows addresses where it is written, and nowhere else.
#[test]
fn rights() {
    let ten = at("10:00:00");
    for identity in identities() {
        let mut book = Book::new(Journey::reference().unwrap());
        book.open(name("ada"), identity.clone()).unwrap();
        let line = Entry::new(
            name("ada"),
            Body::Act(grant("a-1", NEWSLETTER.by(EMAIL), identity.clone(), ten).into()),
        );
        hides(&book.import([serde_json::to_string(&line).unwrap()], ten));
        let access = book.access(&name("ada"), ten).unwrap();
        hides(&access);
        hides(&book.portability(&name("ada")).unwrap());
        let written = serde_json::to_string(&access).unwrap();
        assert!(written.contains(TOKEN) || written.contains(NUMBER));
        let new = Identity::of_kind("badge", TOKEN).unwrap();
        let todo = book.rectify(&name("ada"), &identity, new, ten).unwrap();
        hides(&todo);
        hides_in_words(&serde_json::to_string(&todo).unwrap());
    }
}

/// An address that is not one is not shown, either; `hostile` plants it in every place of every text.
#[test]
fn texts_that_are_refused() {
    let long = TOKEN.repeat(40);
    for text in [
        TOKEN.to_owned(),
        format!("email:{TOKEN}"),
        format!("email:{TOKEN} @example.org"),
        format!("email:ada@{TOKEN}_.example"),
        format!("email:{long}@example.org"),
        format!("phone:{NUMBER}"),
        format!("phone:+{NUMBER}{NUMBER}"),
        format!("account/facebook:{TOKEN} {TOKEN}"),
        format!("account/{TOKEN}!:ada"),
        format!("{TOKEN}!:ada"),
        format!("card:{long}"),
    ] {
        let error = Identity::parse(&text).unwrap_err();
        hides(&error);
        hides_in_words(&error);
        let name = Name::new(&format!("{text}!")).unwrap_err();
        hides(&name);
        hides_in_words(&name);
        let instant = text.parse::<Instant>().unwrap_err();
        hides(&instant);
        hides_in_words(&instant);
        let span = text.parse::<Span>().unwrap_err();
        hides(&span);
        hides_in_words(&span);
    }
}

/// An address in the place of a name of a journey is refused for its form, and not repeated.
#[test]
fn addresses_in_a_journey() {
    for address in [format!("{TOKEN}@example.org"), format!("+{NUMBER}")] {
        for word in
            ["reference-2013", "the-brand", "newsletter-form", "customer-recommends", "fan", "refund", "page"]
        {
            let text = Journey::REFERENCE_JSON.replacen(&format!("\"{word}\""), &format!("\"{address}\""), 1);
            let error = Journey::from_json(&text).unwrap_err();
            hides(&error);
            hides_in_words(&error);
        }
    }
}
