//! Credits at their edges: outcomes that need a consent themselves, outcomes that touch the next one, and instants that are
//! just inside a window or just outside.

use placet::signal::Value;
use placet_insight::{Insight, Label, Minutes};
use serde_json::json;

use crate::campaign::{QUESTIONS, hour, journey};
use crate::world::{World, at, text};

const MAIL: &str = "email:ada@example.org";
const FACEBOOK: &str = "account/facebook:ada";

fn ada() -> World {
    let mut world = World::of(journey());
    world.open("ada", MAIL);
    world.link("ada", FACEBOOK);
    world.grant("ada", MAIL, "profiling/email", at("01-01"));
    world.grant("ada", FACEBOOK, "social-linking/social/facebook", at("01-01"));
    world
}

/// Credited, untouched, unlinked and all outcomes of a world, in whole ones; by a credit with these parts.
fn outcomes(world: &World, outcome: &str, touches: serde_json::Value) -> [i64; 4] {
    let mut spec: serde_json::Value = serde_json::from_str(QUESTIONS).unwrap();
    spec["credits"][0]["outcome"] = json!({"kind": outcome});
    spec["credits"][0]["touches"] = touches;
    let insight = Insight::from_json(&spec.to_string(), &journey()).unwrap_or_else(|error| panic!("{error}"));
    let crowd = insight.crowd(&world.histories(), hour(800), Minutes(0));
    let credit = crowd.credit("spring", None).unwrap();
    [credit.credited(), credit.untouched(), credit.unlinked(), credit.all()].map(|share| {
        assert_eq!(share.millionths() % 1_000_000, 0);
        share.millionths() / 1_000_000
    })
}

/// An outcome whose kind needs a consent is a fact like any other: when it stands no more it is no outcome, linked or not.
/// Only own dealings are counted of whoever may not be looked at.
#[test]
fn an_outcome_that_was_taken_back_is_none() {
    let mut world = ada();
    world.signal("ada", MAIL, "visit", hour(1), &[("from", text("search"))]);
    world.signal("ada", FACEBOOK, "like", hour(5), &[("brand", text("vw"))]);
    world.signal("ada", MAIL, "purchase", hour(6), &[("amount", Value::Integer(5))]);
    let visits = || json!([{"kind": "visit", "channel": "web"}]);
    let (likes, sales) = (
        |world: &World| outcomes(world, "like", visits()),
        |world: &World| outcomes(world, "purchase", visits()),
    );
    assert_eq!((likes(&world), sales(&world)), ([1, 0, 0, 1], [1, 0, 0, 1]));
    let mut taken_back = world.clone();
    taken_back.withdraw("ada", crate::world::scope("social-linking/social/facebook").into(), hour(10));
    assert_eq!((likes(&taken_back), sales(&taken_back)), ([0, 0, 0, 0], [1, 0, 0, 1]));
    let mut not_looked_at = world.clone();
    not_looked_at.withdraw("ada", crate::world::scope("profiling/email").into(), hour(10));
    assert_eq!((likes(&not_looked_at), sales(&not_looked_at)), ([0, 0, 1, 1], [0, 0, 1, 1]));
    world.erase("ada", hour(10));
    assert_eq!((likes(&world), sales(&world)), ([0, 0, 0, 0], [0, 0, 1, 1]));
}

/// What was bought can touch what is bought next, and never itself.
#[test]
fn no_outcome_is_its_own_touch() {
    let mut world = ada();
    for hours in [1, 1, 30, 400] {
        world.signal("ada", MAIL, "purchase", hour(hours), &[]);
    }
    // The two of one instant touch each other, and the third follows them; nothing touched the last.
    assert_eq!(outcomes(&world, "purchase", json!([{"kind": "purchase", "channel": "again"}])), [3, 1, 0, 4]);
}

/// The window is open at its beginning and closed at its end, and a fact is the first touch of the spec that fits and names
/// a channel.
#[test]
fn windows_and_touches_are_exact() {
    let touched = |touch: u64, bought: u64| {
        let mut world = ada();
        world.signal("ada", MAIL, "purchase", hour(bought), &[]);
        world.signal("ada", MAIL, "visit", hour(touch), &[]);
        let touches =
            json!([{"kind": "visit", "by": {"attribute": "from"}}, {"kind": "visit", "channel": "web"}]);
        outcomes(&world, "purchase", touches)[0] == 1
    };
    let told = [(10, 130), (11, 130), (130, 130), (131, 130)].map(|(touch, bought)| touched(touch, bought));
    assert_eq!(told, [false, true, true, false], "five days before, an hour later, at once, an hour after");
    let mut world = World::of(journey());
    for number in 0..10 {
        let (who, mail) = (format!("p-{number}"), format!("email:p{number}@example.org"));
        world.open(&who, &mail);
        world.grant(&who, &mail, "profiling/email", at("01-01"));
        let carried: &[(&str, Value)] = if number < 9 { &[("from", text("shop"))] } else { &[] };
        world.signal(&who, &mail, "visit", hour(1), carried);
        world.signal(&who, &mail, "purchase", hour(1), &[]);
    }
    let mut spec: serde_json::Value = serde_json::from_str(QUESTIONS).unwrap();
    spec["credits"][0]["touches"] =
        json!([{"kind": "visit", "by": {"attribute": "from"}}, {"kind": "visit", "channel": "shop"}]);
    let insight = Insight::from_json(&spec.to_string(), &journey()).unwrap();
    let crowd = insight.crowd(&world.histories(), hour(800), Minutes(0));
    let credit = crowd.credit("spring", None).unwrap();
    // A channel is one, whether the spec names it or a signal: nine and one are ten people.
    let shop = credit.row(&Label::Name("shop".parse().unwrap())).unwrap();
    assert_eq!((shop.people(), shop.share().millionths(), credit.hidden()), (10, 10_000_000, 0));
}
