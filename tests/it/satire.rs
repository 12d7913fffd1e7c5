//! A covert profiling agency, step by step, each refused by type or by a typed no.
//!
//! After the satire of 2010: a fictitious agency that befriends lonely people under false names, and sells
//! them to a furniture chain. Its developer is determined, and has this crate. Ada knows nothing of it.
//! What no type can hold stands under "Cannot be prevented", with a test of what is left to hold then.

use placet::{
    Act, Actor, Ask, Book, Entry, Evidence, Grant, Identity, Journey, JourneySpec, Method, Purpose,
    QueuedEvent, Reach, Reason, Recipient, Scope, SignalSpec, Stop,
    channel::EMAIL,
    consent::{ActError, Unproven},
    name::Name,
    purpose::{OFFERS, SHARING},
};

use crate::stories::{Story, told};
use crate::support::{at, email, facebook, grant, name, notice, signal};

/// The journey the developer writes: every word of it is declared, because it must be.
const AGENCY: &str = r#"{
  "placet": 1, "name": "lonely-hearts", "controller": "covert-agency",
  "catalogue": {
    "purposes": ["profiling", "befriending", "sharing", "offers"],
    "channels": [{ "name": "email" }, { "name": "phone" }, { "name": "post" }, { "name": "social/facebook" }],
    "recipients": ["hired-hands", "furniture-chain"]
  },
  "stages": [{ "name": "befriended" }],
  "signals": [
    { "kind": "bought-like", "admission": [{ "purpose": "profiling", "channel": "social/*" }] },
    { "kind": "status", "admission": [{ "purpose": "profiling", "channel": "social/*" }],
      "attributes": [{ "name": "mood", "type": "text" }] },
    { "kind": "trigger-phrase", "admission": [{ "purpose": "profiling", "channel": "social/*" }] },
    { "kind": "message" },
    { "kind": "ripe" }
  ],
  "rules": [
    { "name": "keep-warm", "on": "message", "to": "befriended",
      "effects": [{ "name": "automatic-reply", "purpose": "befriending", "channel": "social/*" }] },
    { "name": "alert", "on": "trigger-phrase",
      "effects": [{ "name": "alert", "purpose": "profiling", "channel": "social/*", "recipient": "hired-hands" }] },
    { "name": "sell", "on": "ripe",
      "effects": [
        { "name": "hand-over", "purpose": "sharing", "channel": "email", "recipient": "furniture-chain" },
        { "name": "call", "purpose": "offers", "channel": "phone", "recipient": "furniture-chain" },
        { "name": "letter", "purpose": "offers", "channel": "post", "recipient": "furniture-chain" },
        { "name": "mail", "purpose": "offers", "channel": "email", "recipient": "furniture-chain" }
      ] }
  ]
}"#;

/// Ada as the agency knows her: her account, her address, her number, her door.
fn ada() -> Story {
    let mut story = Story::under(Journey::from_json(AGENCY).unwrap(), facebook());
    story.ada.link(email());
    story.ada.link(Identity::phone("+32 2 555 01 00").unwrap());
    story.ada.link(Identity::of_kind("post", "door-7").unwrap());
    story
}

fn on_facebook(purpose: &str) -> Scope {
    name::<Purpose>(purpose).by(name("social/facebook"))
}

fn furniture_chain() -> Recipient {
    name("furniture-chain")
}

/// The signal is handled, and afterwards the contact is what it was, to the last byte of its memory.
fn leaves_no_trace(story: &mut Story, kind: &str) {
    let before = format!("{:?}", story.ada);
    let decision = story.decision(kind, facebook(), "10:00:00");
    let parts = decision.parts(&story.ada).unwrap();
    assert!(decision.unadmitted().is_some(), "{kind} needs a consent that nobody gave");
    assert!(parts.entries.is_empty() && parts.queued.is_empty(), "{kind}: nothing to store or to send");
    decision.commit(&mut story.ada).unwrap();
    assert_eq!(format!("{:?}", story.ada), before, "{kind}: nothing in memory");
}

/// Why a text is not a journey.
fn fault(text: &str) -> String {
    Journey::from_json(text).unwrap_err().to_string()
}

/// Bought: a list of profiles from networks and a broker. By type, a `Grant` has no other constructor than
/// the ones tried here, and no act of a ledger can be changed afterwards
/// (`tests/ui/mutable_look_into_a_past_act.rs`, `tests/ui/reorder_the_acts.rs`).
#[test]
fn step_1_bought_profiles_joined_to_somebody_who_knows_nothing_of_it() {
    let bought = [
        (Evidence::new(Actor::Import, Method::Import), Unproven::Actor),
        (Evidence::new(Actor::SomebodyElse, Method::UntickedBox), Unproven::Actor),
        (Evidence::new(Actor::Controller, Method::SignedForm), Unproven::Actor),
        (Evidence::new(Actor::Person, Method::Import), Unproven::Method),
        (Evidence::new(Actor::Person, Method::TermsAcceptance), Unproven::Method),
    ];
    for (evidence, lacks) in bought {
        let (id, when) = (name("bought-1"), at("09:00:00"));
        let grant =
            Grant::new(id, on_facebook("profiling"), facebook(), evidence.shown(notice()), when, when);
        assert_eq!(grant.err(), Some(ActError::Unproven(lacks)));
    }
    // Nor in at the back door, as the text of an act or of a journal.
    let text = r#""id":"bought-1","acted":"2013-05-01T09:00:00Z","recorded":"2013-05-01T09:00:00Z",
        "identity":"account/facebook:ada.l","purpose":"profiling","channel":"social/facebook",
        "recipient":"self","until":"never","confirm_by":"not_needed","actor":"import","method":"import",
        "notice":"newsletter-form","notice_version":"2013-01""#;
    let unproven = "the evidence does not prove the act: only the person or a guardian can do this";
    let act = Act::from_json(&format!(r#"{{"type":"grant",{text}}}"#)).unwrap_err().to_string();
    assert!(act.contains(unproven), "{act}");
    let entry = format!(r#"{{"v":1,"contact":"ada","type":"grant",{text}}}"#);
    let entry = Entry::from_json(&entry).unwrap_err().to_string();
    assert!(entry.contains(unproven), "{entry}");

    // The bought likes themselves: looked at, and forgotten.
    leaves_no_trace(&mut ada(), "bought-like");

    // Cannot be prevented: to open a contact under a bought address, to link a bought account to one, or to enter
    // a bought purchase as a dealing with us. It brings nothing that is permitted. Nor can a lie be told from the
    // truth: evidence that *says* "the person, an unticked box" makes a grant (`real_data.rs` counts what such a
    // lie would bring: 303 for 96).
    let story = ada();
    for identity in story.ada.ledger().identities() {
        let ask = Ask::new(OFFERS.by(EMAIL), identity.clone());
        assert_eq!(story.ada.ledger().refuses(&ask, at("10:00:00")), Some(Reason::NoGrant));
    }
}

/// Scanned: statuses, for distress and for trouble between couples. By type, a value has no free text, and a
/// signal is made by a journey that declares its kind (`tests/ui/forge_a_signal.rs`, `deserialise_a_signal.rs`).
#[test]
fn step_2_statuses_scanned_for_distress() {
    assert!(Name::new("so alone since Tom left").is_err(), "no value holds what she wrote");
    let sent = |journey: &Journey, kind: &str, attributes: &str| {
        let text = format!(
            r#"{{"id":"s-1","contact":"ada","identity":"account/facebook:ada.l","kind":"{kind}",
                "at":"2013-05-01T10:00:00Z","attributes":[{attributes}]}}"#
        );
        SignalSpec::from_json(&text)
            .map_err(|error| error.to_string())
            .and_then(|spec| journey.signal(spec).map_err(|error| error.to_string()))
    };
    let (reference, agency) = (Journey::reference().unwrap(), Journey::from_json(AGENCY).unwrap());
    let mood = r#"{"name":"mood","value":{"text":"distress"}}"#;
    let wrote = r#"{"name":"mood","value":{"text":"so alone since Tom left"}}"#;
    assert_eq!(sent(&reference, "status", "").unwrap_err(), "no kind of signal of this name is declared");
    assert_eq!(sent(&reference, "like", mood).unwrap_err(), "no attribute of this name is declared");
    assert!(sent(&agency, "status", wrote).unwrap_err().contains("of a name is not one of a-z"));

    // The developer declares it all, and the kind needs her consent: looked at, and forgotten, mood and all.
    let mut story = ada();
    let distress = sent(&agency, "status", mood).unwrap();
    let decision = story.journey.decide(&story.ada, &distress, at("10:00:00")).unwrap();
    assert_eq!(told(&decision), ["not admitted: no_grant"]);
    assert!(decision.parts(&story.ada).unwrap().entries.is_empty());
    leaves_no_trace(&mut story, "status");

    // Cannot be prevented: to declare the kind *without* admission, which means "her own dealings with us", and
    // so to keep a count of it. No type knows a special category when it sees one. It stands in the journey,
    // where whoever audits it can read it; and it permits no event.
    let mut spec = JourneySpec::from_json(AGENCY).unwrap();
    spec.signals[1].admission = None;
    let mut story = Story::under(Journey::compile(spec).unwrap(), facebook());
    story.does("status", facebook(), "10:00:00");
    assert_eq!(story.ada.admitted(&name("status")), 1);
    assert!(story.dispatch("10:00:01").is_empty());
}

/// Befriended: by hired hands under a false name. By type, no effect, queued event or event has a field for
/// a sender (`tests/ui/a_persona_on_an_event.rs`), and no event is written by hand (`tests/ui/write_an_event.rs`).
#[test]
fn step_3_befriended_under_a_false_name() {
    let jenny =
        AGENCY.replace(r#""purpose": "befriending""#, r#""sender": "jenny", "purpose": "befriending""#);
    let no_field = fault(&jenny);
    assert!(no_field.starts_with("rules[0].effects[0]"), "{no_field}");
    assert!(no_field.contains("a field that is not known"), "{no_field}");

    let mut story = ada();
    let follows = story.does("message", facebook(), "10:00:00");
    assert_eq!(follows, ["moves to befriended", "refuses automatic-reply: no_grant"]);

    // Even somebody who agreed to all of it reads who writes.
    story.grants(on_facebook("befriending"), facebook(), "11:00:00");
    let queued = story.decision("message", facebook(), "11:30:00").commit(&mut story.ada).unwrap().remove(0);
    let text = serde_json::to_string(&queued).unwrap();
    let event = story.journey.release(queued, &story.ada, at("11:30:01")).into_result().unwrap();
    assert_eq!(event.controller().as_str(), "covert-agency");

    // Cannot be prevented: a journey whose controller is called jenny. What is queued names no sender that could be
    // rewritten: the event takes it from the contact, and reaches nobody any longer who took the permission back.
    assert!(!text.contains("controller") && !text.contains("covert-agency"));
    let persona = text.replace(r#""v":1"#, r#""v":1,"controller":"jenny""#);
    assert!(QueuedEvent::from_json(&persona).unwrap_err().what().contains("not known"));
    let kept = QueuedEvent::from_json(&text).unwrap();
    story.withdraws(Reach::everything(), "12:00:00");
    assert_eq!(
        story.journey.release(kept, &story.ada, at("12:00:01")).into_result().unwrap_err().reason(),
        Reason::Withdrawn
    );
}

/// Kept warm: by automatic replies. By type, an effect says what for and which way
/// (`tests/ui/effect_without_purpose.rs`, `effect_without_channel.rs`), and one permit makes one event
/// (`tests/ui/spend_a_permit_twice.rs`, `clone_an_event.rs`).
#[test]
fn step_4_automatic_replies_keep_the_bond_warm() {
    let for_nothing = AGENCY.replace(r#""purpose": "befriending", "#, "");
    assert!(
        fault(&for_nothing).contains("the field `purpose` is missing"),
        "a reply for no purpose is no reply"
    );

    let mut story = ada();
    for time in ["10:00:00", "11:00:00", "12:00:00"] {
        let follows = story.does("message", facebook(), time);
        assert!(
            follows.contains(&"refuses automatic-reply: no_grant".to_owned()),
            "to write is not to permit"
        );
    }
    // She permits it, writes, and thinks better of it: what waits is dropped, what comes is refused.
    story.grants(on_facebook("befriending"), facebook(), "13:00:00");
    assert_eq!(story.does("message", facebook(), "13:01:00"), ["queues automatic-reply"]);
    story.withdraws(Reach::everything(), "13:02:00");
    assert_eq!(story.dispatch("13:03:00"), ["automatic-reply is dropped: withdrawn"]);
    assert_eq!(story.does("message", facebook(), "13:04:00"), ["refuses automatic-reply: withdrawn"]);
}

/// Alerted: the hired hands, when she writes a trigger phrase. By type, what a rehearsal finds cannot be sent
/// (`tests/ui/rehearsed_event_to_a_gateway.rs`).
#[test]
fn step_5_alerts_when_she_writes_a_trigger_phrase() {
    let phrase = r#""on": "trigger-phrase", "when": { "contains": { "text": "he never listens" } },"#;
    let searched = fault(&AGENCY.replace(r#""on": "trigger-phrase","#, phrase));
    assert!(searched.starts_with("rules[1].when"), "{searched}");
    assert!(searched.contains("a word that is not known"), "no guard searches a text: {searched}");
    let unnamed = fault(&AGENCY.replace(r#"["hired-hands", "#, "["));
    assert_eq!(unnamed, "rules[1].effects[0].recipient: no recipient `hired-hands` is declared");

    leaves_no_trace(&mut ada(), "trigger-phrase");

    // She permits the agency itself to analyse what she writes: that is no leave to tell anybody else.
    let mut story = ada();
    story.grants(on_facebook("profiling"), facebook(), "10:00:00");
    assert_eq!(story.does("trigger-phrase", facebook(), "11:00:00"), ["refuses alert: no_grant"]);

    // Cannot be prevented: a program that reads her statuses before they ever become a signal, and alerts by
    // itself. It needs nothing of this crate, and gets nothing from it.
}

/// Handed over: the full contact details, to the partner who pays. By type, an event holds one identity, its
/// permit's own (`tests/ui/readdress_an_event.rs`), and there is no second copy of a ledger to hand out
/// (`tests/ui/clone_a_ledger.rs`); a contact has no serde at all.
#[test]
fn step_6_full_contact_details_for_the_partner() {
    let mut story = ada();
    story.grants(SHARING.by(EMAIL), email(), "10:00:00");
    let follows = story.does("ripe", facebook(), "10:01:00");
    assert!(
        follows.contains(&"refuses hand-over: no_grant".to_owned()),
        "a grant to self is none to a partner"
    );

    // With her leave, one address leaves: the one she named, and no account, number or door beside it.
    story.grants(SHARING.by(EMAIL).to(furniture_chain()), email(), "11:00:00");
    let queued = story.decision("ripe", facebook(), "11:01:00").commit(&mut story.ada).unwrap();
    let [hand_over] = <[QueuedEvent; 1]>::try_from(queued).unwrap();
    let event = story.journey.release(hand_over, &story.ada, at("11:01:01")).into_result().unwrap();
    assert_eq!(event.effect().as_str(), "hand-over");
    let leaves = serde_json::to_string(&event).unwrap();
    assert!(leaves.contains("ada@example.org"));
    for other in ["ada.l", "3225550100", "door-7"] {
        assert!(!leaves.contains(other), "{other} does not leave");
        assert!(!format!("{:?}", story.ada).contains(other), "nor does a log show {other}");
    }
    // Cannot be prevented: a program that has the contact in memory reads its identities, because a gateway
    // must, and writes them where it likes.
}

/// Called, written to and mailed: by the partner. By type, nothing but an event enters a gateway
/// (`tests/ui/queued_event_to_a_gateway.rs`), and a withdrawal cannot come between
/// (`tests/ui/withdraw_between_release_and_send.rs`).
#[test]
fn step_7_the_partner_calls_writes_and_mails() {
    let mut story = ada();
    story.grants(OFFERS.by(EMAIL), email(), "10:00:00");
    story.grants(OFFERS.by(EMAIL).to(name("hired-hands")), email(), "10:00:00");
    let refused = [
        "refuses hand-over: no_grant",
        "refuses call: no_grant",
        "refuses letter: no_grant",
        "refuses mail: no_grant",
    ];
    assert_eq!(story.does("ripe", facebook(), "10:01:00"), refused, "leave for one is none for another");

    // She wants the chain's mail. That is its mail: no call, no letter, and her address is not theirs to keep.
    story.grants(OFFERS.by(EMAIL).to(furniture_chain()), email(), "11:00:00");
    let follows = story.does("ripe", facebook(), "11:01:00");
    assert_eq!(follows[0], "queues mail");
    assert_eq!(follows[1..], refused[..3]);

    // One objection ends it, whoever sends, whichever way, and no later tick of a box revives it.
    let objection = story.next_act();
    let no_more = Reach::everything().purpose(OFFERS);
    let _ = story.ada.stop(Stop::object(objection, no_more, at("11:02:00"), at("11:02:00")));
    let _ = story
        .ada
        .grant(grant("box-2", OFFERS.by(EMAIL).to(furniture_chain()), email(), at("11:03:00")))
        .unwrap();
    assert_eq!(story.dispatch("11:04:00"), ["mail is dropped: objected"]);

    // Cannot be prevented: a partner who has the address already, and mails without asking. What left under a
    // permit is on file: which act permitted it, and when.
}

/// The same steps again in a book: what it remembers of somebody who permitted nothing is her first address.
#[test]
fn a_book_remembers_nothing_of_somebody_who_permitted_nothing() {
    let mut book = Book::new(Journey::from_json(AGENCY).unwrap());
    book.open(name("ada"), facebook()).unwrap();
    let before = format!("{book:?}");
    for kind in ["bought-like", "status", "trigger-phrase"] {
        let signal = signal(book.journey(), "s-1", kind, facebook(), at("10:00:00"));
        let observed = book.observe(&signal, at("10:00:00")).unwrap();
        assert_eq!(told(observed.decision().unwrap()), ["not admitted: unknown_contact"]);
    }
    assert_eq!(format!("{book:?}"), before, "no count, no stage, not even an id");
}
