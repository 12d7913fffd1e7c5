//! One of everything that is written: made by the code, the way it is made in use.

use crate::support::{at, email, facebook, grant, name, on_facebook, proof, signal};
use placet::{
    Act, Actor, Ask, Book, Confirm, Contact, Entry, Evidence, Grant, Identity, Instant, Journey, Lift,
    Method, QueuedEvent, Reach, Reason, Scope, SignalSpec, Stop, Vocabulary,
    book::Journaled,
    channel::EMAIL,
    consent::Remedy,
    entry::{Body, Entries},
    purpose::{NEWSLETTER, OFFERS, SHARING},
    signal::{Attribute, Source, Value},
};
use serde_json::json;

/// Every kind of act, with every field at least once.
pub fn acts() -> Vec<Act> {
    let (ten, noon) = (at("10:00:00"), at("12:00:00"));
    let scope = || NEWSLETTER.by(EMAIL);
    let counter = || proof().at(name("counter-1"));
    let controller = || Evidence::new(Actor::Controller, Method::Paper).shown(crate::support::notice());
    let plain = grant("a-1", scope(), email(), ten);
    let ending = grant("a-2", SHARING.by(EMAIL).to(name("acme")), email(), ten);
    let double = Grant::new(name("a-3"), scope(), email(), counter(), ten, noon).unwrap();
    let everything = Reach::everything;
    vec![
        plain.into(),
        ending.until(at("11:00:00.000000001")).unwrap().into(),
        double.until(noon).unwrap().confirm_by(at("11:00:00")).unwrap().into(),
        Confirm::new(name("a-4"), name("a-3"), email(), proof(), ten, ten).unwrap().into(),
        Lift::unobject(name("a-5"), scope(), email(), proof(), ten, ten).unwrap().into(),
        Lift::unrestrict(name("a-6"), scope(), email(), controller(), ten, ten).unwrap().into(),
        Stop::withdraw(name("a-7"), everything().by(EMAIL), ten, noon).about(email()).into(),
        Stop::refuse(name("a-8"), NEWSLETTER.by(EMAIL).into(), ten, ten).with_evidence(counter()).into(),
        Stop::object(name("a-9"), everything().purpose(OFFERS), ten, ten).into(),
        Stop::restrict(name("a-10"), everything().to(name("acme")), ten, ten).told().into(),
        Stop::erase(name("a-11"), ten, ten).about(facebook()).into(),
        Stop::erase(name("a-12"), ten, ten).told().into(),
        Stop::object(name("a-13"), everything(), ten, ten).joined().into(),
        bound(scope(), ten).into(),
        grant("a-15", scope(), email(), ten).begins(at("11:00:00")).unwrap().into(),
        Stop::pause(name("a-16"), everything().by(EMAIL), noon, ten, ten).unwrap().into(),
        Stop::void(name("a-17"), name("a-1"), ten, noon).with_evidence(controller()).into(),
        Stop::withdraw(name("a-18"), everything(), ten, ten).only(email()).into(),
        Stop::object(name("A-19/{x}"), everything(), ten, ten).only(email()).told().into(),
    ]
}

/// A double opt-in with all that can be on file.
fn bound(scope: Scope, when: Instant) -> Grant {
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".parse().unwrap();
    let shown = crate::support::notice().with_digest(digest);
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
    let (secret, before) = (b"sixteen random b", at("23:00:00"));
    Grant::double_opt_in(name("a-14"), scope, email(), evidence, when, when, secret, before).unwrap()
}

/// A subscriber who likes the brand, and permits it to be written to about that.
pub fn ada(journey: &Journey) -> Contact {
    let mut ada = Contact::open(name("ada"), email(), journey.vocabulary());
    ada.link(facebook());
    let ten = at("10:00:00");
    let _ = ada.grant(grant("a-1", NEWSLETTER.by(EMAIL), email(), ten)).unwrap();
    let offers = grant("a-2", OFFERS.by(EMAIL), email(), ten).until(at("23:00:00")).unwrap();
    let _ = ada.grant(offers).unwrap();
    let _ = ada.grant(grant("a-3", on_facebook(), facebook(), ten)).unwrap();
    ada
}

/// What Ada's story leaves in her journal, and what it queues.
pub fn story() -> (Vec<Entry>, Vec<QueuedEvent>) {
    let journey = Journey::reference().unwrap();
    let mut ada = ada(&journey);
    let (mut entries, mut queued) = (Vec::new(), Vec::new());
    let mut observe = |ada: &mut Contact, spec: SignalSpec| {
        let now = spec.at;
        let signal = journey.signal(spec).unwrap();
        let decision = journey.decide(&*ada, &signal, now).unwrap();
        entries.extend(decision.parts(&*ada).unwrap().entries);
        queued.extend(decision.commit(ada).unwrap());
    };
    let spec = |id, kind, identity, when| signal(&journey, id, kind, identity, when).spec().clone();
    observe(&mut ada, spec("s-1", "newsletter-signup", email(), at("10:30:00")));
    let page = Attribute { name: name("page"), value: Value::Text(name("spring")) };
    let like = spec("s-2", "like", facebook(), at("11:00:00"));
    observe(&mut ada, SignalSpec { source: Some(Source::Network), attributes: vec![page], ..like });
    let ten = at("10:00:00");
    let _ = ada.stop(Stop::withdraw(name("a-4"), Reach::everything().purpose(OFFERS), at("11:30:00"), ten));
    observe(&mut ada, spec("s-3", "purchase", email(), at("12:00:00")));
    (entries, queued)
}

/// What a merge, a rule that moves a contact alone, and an unmerge leave in a journal.
fn merged() -> Vec<Entry> {
    let journey = Journey::reference().unwrap();
    let mut kept = Journaled::new(Book::new(journey.clone()), String::new());
    let (ada, cy, ten) = (name("ada"), name("cy"), at("10:00:00"));
    let other = Identity::email("cy@example.org").unwrap();
    kept.open(name("ada"), email()).unwrap();
    kept.open(name("cy"), other.clone()).unwrap();
    let _ = kept.append(&cy, grant("a-1", NEWSLETTER.by(EMAIL), other.clone(), ten)).unwrap();
    kept.observe(&signal(&journey, "s-1", "newsletter-signup", other, ten), ten).unwrap();
    kept.merge(&cy, &ada).unwrap();
    kept.observe(&signal(&journey, "s-2", "purchase", email(), ten), ten).unwrap();
    kept.unmerge(&cy).unwrap();
    let (_, journal) = kept.into_parts().unwrap();
    let mut entries = Vec::new();
    let mut reader = Entries::default();
    for line in journal.lines() {
        let read = reader.each(line, |entry| {
            entries.push(entry);
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(()) = read.unwrap();
    }
    let is_of_a_merge =
        |entry: &Entry| matches!(entry.type_name(), "merged" | "unmerged" | "transition_alone");
    entries.into_iter().filter(is_of_a_merge).collect()
}

/// Every body of an entry.
pub fn entries() -> Vec<Entry> {
    let entry = |body| Entry::new(name("ada"), body);
    let mut entries = vec![
        entry(Body::Opened(email().into())),
        entry(Body::Linked(Identity::phone("+32 2 555 01 00").unwrap())),
        entry(Body::Unlinked(Identity::of_kind("card", "7-0042").unwrap())),
    ];
    entries.extend(acts().into_iter().map(|act| entry(Body::Act(act))));
    let (story, queued) = story();
    entries.extend(story);
    let key = queued[0].key();
    entries.push(entry(Body::Sent { key, at: at("13:00:00") }));
    entries.push(entry(Body::Dropped { key, reason: Reason::IdentityGone, at: at("13:00:00") }));
    entries.extend(merged());
    entries
}

/// A signal with an attribute of every type.
pub fn signals() -> Vec<SignalSpec> {
    let values = [
        ("a", Value::Text(name("spring"))),
        ("b", Value::Integer(i64::MIN)),
        ("c", Value::Bool(true)),
        ("d", Value::Instant(at("09:00:00"))),
    ];
    let attributes = values.map(|(label, value)| Attribute { name: name(label), value }).to_vec();
    let bare = SignalSpec {
        id: name("s-1"),
        contact: name("ada"),
        identity: facebook(),
        kind: name("like"),
        source: None,
        at: at("10:00:00"),
        attributes: Vec::new(),
    };
    vec![SignalSpec { source: Some(Source::Shop), attributes, ..bare.clone() }, bare]
}

/// The reference journey with everything that a journey can say.
pub fn journey() -> serde_json::Value {
    let mut journey: serde_json::Value = serde_json::from_str(Journey::REFERENCE_JSON).unwrap();
    journey["catalogue"]["recipients"] = json!(["acme"]);
    journey["catalogue"]["channels"][0]["reaches"] = json!({"kind": "email"});
    journey["rules"][6]["effects"][0]["recipient"] = json!("acme");
    journey["rules"][6]["when"] = json!({"any": [
        {"all": [{"count": {"kind": "like", "at_least": 2, "within": "30d"}}, {"not": {"stage": "fan"}},
            {"not_older_than": "like"}, {"queued": {"effect": "welcome-mail", "at_least": 1}}]},
        {"recency": {"kind": "purchase", "within": "90d"}},
        {"unanswered": {"kind": "refund", "by": ["recommendation", "like"]}},
        {"attribute": {"name": "amount", "is": "at_least", "value": {"integer": 100}}},
        {"consent": {"purpose": "offers", "channel": "email"}}]});
    let effect = &mut journey["rules"][6]["effects"][0];
    effect["when"] = json!({"not": {"queued": {"purpose": "referral", "at_least": 2, "within": "7d"}}});
    effect["within"] = json!("24h");
    effect["still"] = json!(["customer", "none"]);
    let given = json!({"grant": {"purpose": "offers", "channel": "email", "recipient": "acme"}});
    let rule = json!({"name": "shared", "on": given, "to": "fan"});
    journey["rules"].as_array_mut().unwrap().push(rule);
    let channels = journey["catalogue"]["channels"].as_array_mut().unwrap();
    channels.push(json!({"name": "post", "reaches": "any"}));
    channels.push(json!({"name": "counter", "reaches": "arrival"}));
    journey["allowed"] = json!([{"finding": "final-stage", "at": "stages[ambassador]", "because": "nobody is more than that"}]);
    journey["catalogue"]["known_notices_only"] = json!(true);
    journey["signals"][0]["derived"] = json!(true);
    journey["catalogue"]["notices"][0]["digest"] = json!("1".repeat(64));
    journey
}

/// Every reason of a ledger, and its remedy.
pub fn remedies() -> Vec<(Reason, Remedy)> {
    let (ten, one) = (at("10:00:00"), at("13:00:00"));
    let reach = Reach::everything;
    let scope = || NEWSLETTER.by(EMAIL);
    let granted = || grant("a-1", scope(), email(), ten);
    let acts: [Vec<Act>; 9] = [
        vec![grant("a-1", OFFERS.by(EMAIL), email(), ten).into()],
        vec![granted().until(at("11:00:00")).unwrap().into()],
        vec![granted().into(), Stop::withdraw(name("a-2"), reach(), ten, ten).into()],
        vec![Stop::refuse(name("a-2"), reach(), ten, ten).into()],
        vec![granted().confirm_by(at("11:00:00")).unwrap().into()],
        vec![granted().confirm_by(one).unwrap().into()],
        vec![granted().into(), Stop::object(name("a-2"), reach(), ten, ten).into()],
        vec![granted().into(), Stop::restrict(name("a-2"), reach(), ten, ten).into()],
        vec![Stop::erase(name("a-2"), ten, ten).into()],
    ];
    let unknown = std::iter::once(Vec::new());
    let of = |acts: Vec<Act>| {
        let mut ada = Contact::open(name("ada"), email(), &Vocabulary::new([]));
        for act in acts {
            let _ = ada.append(act).unwrap();
        }
        let ask = Ask::new(scope(), email());
        (ada.ledger().refuses(&ask, at("12:00:00")).unwrap(), ada.ledger().remedy(&ask, at("12:00:00")))
    };
    unknown.chain(acts).map(of).collect()
}
