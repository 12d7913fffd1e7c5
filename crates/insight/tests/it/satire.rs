//! The satire of 2010 once more: the agency MSS buys data, cross-checks it, scores and finds look-alikes. Each step is
//! refused by a type, or by a typed no.

use placet::entry::Body;
use placet::{Reason, SignalSpec, Stop};
use placet_insight::{Insight, Minutes, NoiseKey};
use placet_tests::support::name;
use serde_json::{Value, json};

use crate::world::{QUESTIONS, World, at, insight, journey, text};

/// People whose data were bought: nobody of them ever said anything to us.
fn bought() -> World {
    let mut world = World::new();
    for number in 0..60 {
        let (who, facebook) = (format!("m-{number}"), format!("account/facebook:m{number}"));
        world.open(&who, &facebook);
        world.link(&who, &format!("email:m{number}@example.org"));
        // The likes are written straight into the journal, past the door.
        world.signal(&who, &facebook, "like", at("05-02"), &[("brand", text("furniture"))]);
    }
    world
}

/// The same, with the likes only in the entries: the door is what `book` would have kept shut.
fn scored(world: &World, who: &str) -> Reason {
    let entries: Vec<_> =
        world.entries.iter().filter(|entry| *entry.contact() == name(who)).cloned().collect();
    let contact = placet::Contact::replay(&entries, world.journey.vocabulary()).unwrap();
    let known = placet_insight::Known::new(&contact, &entries);
    insight().view("interest").unwrap().profile(&known, at("06-01")).unwrap_err().reason()
}

#[test]
fn a_score_of_somebody_who_never_said_yes() {
    assert_eq!(scored(&bought(), "m-1"), Reason::NoGrant);
}

#[test]
fn a_segment_of_people_in_distress() {
    // What statuses say is no attribute that anybody declared, and a text is a name: there is nothing to scan.
    let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
    spec["segments"][3]["when"] =
        json!({"latest": {"kind": "statement", "name": "mood", "is": "equal", "value": {"text": "lonely"}}});
    let error = Insight::from_json(&spec.to_string(), &journey()).unwrap_err().to_string();
    assert!(error.contains("segments[3].when.latest.name: no attribute `mood` is declared"), "{error}");
    spec["segments"][3]["when"] = json!({"latest": {"kind": "statement", "name": "drives", "is": "equal", "value": {"text": "I feel so alone!"}}});
    assert!(Insight::from_json(&spec.to_string(), &journey()).is_err(), "free text is no value");
}

#[test]
fn a_conclusion_that_passes_for_a_message_of_theirs() {
    let mut spec: Value = serde_json::from_str(QUESTIONS).unwrap();
    spec["segments"][3]["signal"] = json!("statement");
    let error = Insight::from_json(&spec.to_string(), &journey()).unwrap_err().to_string();
    assert!(error.contains("a conclusion of ours must not pass for a message of theirs"), "{error}");
}

#[test]
fn a_conclusion_about_somebody_who_said_no() {
    // The signal is written by hand, as if a profile had made it: the door asks, and it is closed.
    let mut world = World::new();
    world.open("eve", "email:eve@example.org");
    world.grant("eve", "email:eve@example.org", "profiling/email", at("05-01"));
    let mut book = world.book();
    let _ = book
        .stop(&name("eve"), Stop::object(name("no"), placet::Reach::everything(), at("05-02"), at("05-02")))
        .unwrap();
    let forged = SignalSpec::from_json(
        r#"{"id":"hot","contact":"eve","identity":"email:eve@example.org","kind":"hot-prospect","at":"2013-06-01T00:00:00Z",
            "attributes":[{"name":"score","value":{"integer":100}}]}"#,
    );
    let checked = world.journey.signal(forged.unwrap()).unwrap();
    let observed = book.observe(&checked, at("06-01")).unwrap();
    assert_eq!(observed.decision().unwrap().unadmitted().unwrap().reason(), Reason::Objected);
}

#[test]
fn look_alikes_of_people_whose_likes_were_bought() {
    // The likes are in the journal, and none of them stands: nobody permitted that they be kept. No cell is there to sell.
    let world = bought();
    let insight = insight();
    let crowd = insight.crowd(&world.histories(), at("06-01"), Minutes(0));
    let (fans, all) = (crowd.table("likes-of-our-fans").unwrap(), crowd.table("likes").unwrap());
    assert_eq!((all.rows().count(), all.total().map(|row| row.people())), (0, None));
    let published = fans.likeness(&all).unwrap().published(&NoiseKey::new(*b"0123456789abcdef"));
    assert!(published.rows().is_empty());
    // What is handed over has no place for an id, an address or a handle, whoever asks.
    let written = serde_json::to_value(&published).unwrap();
    assert_eq!(written, json!({"name": "likes-of-our-fans", "by": ["attribute"], "k": 10, "rows": []}));
}

#[test]
fn two_who_look_alike_are_made_one_person() {
    // A broker says that eve and ada are the same: her yes does not become theirs, and their no becomes hers.
    let mut world = World::new();
    for who in ["ada", "eve"] {
        world.open(who, &format!("email:{who}@example.org"));
        world.link(who, &format!("account/facebook:{who}"));
    }
    world.grant("ada", "account/facebook:ada", "social-linking/social/facebook", at("05-01"));
    world.grant("ada", "email:ada@example.org", "profiling/email", at("05-01"));
    world.signal("ada", "account/facebook:ada", "like", at("05-02"), &[("brand", text("vw"))]);
    world.note("eve", Body::Merged { into: name("ada"), held: None });
    let insight = insight();
    let standing = |world: &World, who: &str| {
        world.ask(who, |known| {
            let profile = insight.view("interest").unwrap().profile(known, at("06-01"));
            profile.map(|profile| profile.signals().count()).map_err(|no| no.reason())
        })
    };
    assert_eq!(standing(&world, "eve"), Ok(1), "it is ada's profile, on her yes, with her like alone");
    world.withdraw("eve", placet::Reach::everything(), at("05-20"));
    assert_eq!(standing(&world, "ada"), Err(Reason::Withdrawn));
}
