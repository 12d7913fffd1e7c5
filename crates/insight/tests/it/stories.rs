//! What a marketer of a brand of cars may know, told as it happens. `cars.json` is the journey, `questions.json` what is
//! asked.

use placet::entry::Body;
use placet::{Entry, Reach, Reason, Stop};
use placet_insight::{Crowd, Label, Left, Minutes, NoiseKey};
use placet_tests::support::name;

use crate::world::{World, at, insight, scope, text};

const MAIL: &str = "email:ada@example.org";
const FACEBOOK: &str = "account/facebook:ada.l";

/// Ada lets us keep her likes and look at them. She likes us alone, and says that she drives a Renault.
fn ada() -> World {
    let mut world = World::new();
    world.open("ada", MAIL);
    world.link("ada", FACEBOOK);
    world.grant("ada", FACEBOOK, "social-linking/social/facebook", at("05-01"));
    world.grant("ada", MAIL, "profiling/email", at("05-01"));
    world.signal("ada", FACEBOOK, "like", at("05-02"), &[("brand", text("vw")), ("category", text("cars"))]);
    world.signal("ada", FACEBOOK, "like", at("05-20"), &[("brand", text("vw")), ("category", text("cars"))]);
    world.signal("ada", MAIL, "statement", at("05-21"), &[("drives", text("renault"))]);
    world
}

#[test]
fn the_fan_who_drives_a_rival_is_written_to_only_after_the_conclusion_was_admitted() {
    let (insight, mut world) = (insight(), ada());
    let june = at("06-01");
    world.grant("ada", MAIL, "offers/email", at("05-22"));
    let (signal, points) = world.ask("ada", |known| {
        let profile = insight.view("interest").unwrap().profile(known, june).unwrap();
        assert!(profile.is_in("fan-who-drives-a-rival").unwrap());
        let heat = profile.score("heat").unwrap();
        let made = profile.signal("fan-who-drives-a-rival", name("heat-2013-06-01")).unwrap();
        (made.expect("she is in the segment"), heat.points())
    });
    // The journal keeps the conclusion as a signal like any other, under the consent that was asked for it.
    assert_eq!(
        (signal.kind.as_str(), signal.at, signal.identity.exact_key()),
        ("hot-prospect", june, MAIL.to_owned())
    );
    assert_eq!(signal.attributes.len(), 1);
    assert_eq!(signal.attributes[0].value.to_string(), points.to_string());

    let mut book = world.book();
    let checked = world.journey.signal(signal.clone()).unwrap();
    let observed = book.observe(&checked, june).unwrap();
    let queued: Vec<String> = observed.decision().unwrap().queued().map(ToString::to_string).collect();
    assert_eq!(queued, ["test-drive"]);

    // Had she withdrawn a minute before, the door would have been closed.
    let mut book = world.book();
    let _ = book
        .stop(&name("ada"), Stop::withdraw(name("no"), scope("profiling/email").into(), june, june))
        .unwrap();
    let observed = book.observe(&checked, june).unwrap();
    assert_eq!(observed.decision().unwrap().unadmitted().unwrap().reason(), Reason::Withdrawn);
}

#[test]
fn a_score_says_where_every_point_comes_from() {
    let (insight, world) = (insight(), ada());
    // 30 days after the first like, 12 after the second: one weighs a half, the other 48 / 60.
    let heat = world.ask("ada", |known| {
        insight.view("interest").unwrap().profile(known, at("06-01")).unwrap().score("heat").unwrap()
    });
    assert_eq!((heat.points(), heat.sum(), heat.done()), (53, 53, 13));
    let told = heat.explain();
    let lines: Vec<&str> = told.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "40 drives-a-rival: stated, holds",
            "13 likes-us: done, 2 facts from 2013-05-02T00:00:00Z to 2013-05-20T00:00:00Z, 20 before decay",
            "0 bought: done, 0 facts",
            "0 complained: done, 0 facts",
            "53 sum",
        ]
    );
}

#[test]
fn a_stop_ends_a_fact_for_good_and_what_ended_by_itself_comes_back() {
    let insight = insight();
    let likes = |world: &World, when: &str| {
        world.ask("ada", |known| {
            insight.view("interest").unwrap().profile(known, at(when)).map(|profile| {
                let left: Vec<_> = profile.left_out().iter().map(|left| (left.why(), left.facts())).collect();
                (profile.signals().count(), left)
            })
        })
    };
    // Her consent to be linked ends in June, and she renews it in July: what was kept stands again.
    let mut world = World::new();
    world.open("ada", MAIL);
    world.link("ada", FACEBOOK);
    world.grant("ada", MAIL, "profiling/email", at("05-01"));
    world.grant_until("ada", FACEBOOK, "social-linking/social/facebook", at("05-01"), Some(at("06-01")));
    world.signal("ada", FACEBOOK, "like", at("05-02"), &[("brand", text("vw"))]);
    assert_eq!(likes(&world, "05-10").unwrap(), (1, vec![]));
    assert_eq!(likes(&world, "06-10").unwrap(), (0, vec![(Left::Now(Reason::Expired), 1)]));
    world.grant("ada", FACEBOOK, "social-linking/social/facebook", at("07-01"));
    assert_eq!(likes(&world, "07-10").unwrap(), (1, vec![]));

    // She withdraws in August, and grants again in September: the new yes lets new facts stand, never the old ones.
    world.withdraw("ada", scope("social-linking/social/facebook").into(), at("08-01"));
    assert_eq!(likes(&world, "08-10").unwrap(), (0, vec![(Left::Since, 1)]));
    world.grant("ada", FACEBOOK, "social-linking/social/facebook", at("09-01"));
    world.signal("ada", FACEBOOK, "like", at("09-02"), &[("brand", text("vw"))]);
    assert_eq!(likes(&world, "09-10").unwrap(), (1, vec![(Left::Since, 1)]));

    // Without the consent to be looked at there is nothing to ask.
    world.withdraw("ada", Reach::everything(), at("10-01"));
    assert_eq!(likes(&world, "10-10").unwrap_err().reason(), Reason::Withdrawn);
}

#[test]
fn a_profile_says_on_what_it_rests_and_until_when() {
    let (insight, mut world) = (insight(), ada());
    world.grant_until("ada", MAIL, "profiling/email", at("05-15"), Some(at("08-01")));
    world.grant_until("ada", FACEBOOK, "social-linking/social/facebook", at("05-15"), Some(at("07-01")));
    let written = world.ask("ada", |known| {
        let profile = insight.view("interest").unwrap().profile(known, at("06-01")).unwrap();
        assert_eq!(profile.not_after(), Some(at("07-01")), "the earliest end of all that it rests on");
        assert_eq!(profile.stage().map(ToString::to_string), Some("fan".to_owned()));
        assert_eq!(profile.standing(), 3, "two likes and a statement");
        serde_json::to_value(&profile).unwrap()
    });
    for (field, value) in [
        ("view", "interest"),
        ("person", "ada"),
        ("now", "2013-06-01T00:00:00Z"),
        ("not_after", "2013-07-01T00:00:00Z"),
        ("stage", "fan"),
    ] {
        assert_eq!(written[field], value);
    }
    assert_eq!(written["citations"][0]["purpose"], "profiling");
    assert_eq!(written["segments"], serde_json::json!(["fan-who-drives-a-rival", "our-fans"]));
    assert_eq!(written["scores"][0]["points"], 53);
    assert_eq!(written["facts"].as_array().unwrap().len(), 3);
}

#[test]
fn a_merge_lets_each_be_looked_at_on_their_own_yes() {
    let (insight, mut world) = (insight(), ada());
    world.open("adele", "email:adele@example.org");
    world.signal("adele", "email:adele@example.org", "purchase", at("05-10"), &[]);
    world.note("adele", Body::Merged { into: name("ada"), held: None });
    let kinds = |world: &World| {
        world.ask("ada", |known| {
            insight.view("interest").unwrap().profile(known, at("06-01")).unwrap().signals().count()
        })
    };
    assert_eq!(kinds(&world), 3, "what adele bought is not looked at: she never said that it may be");
    world.grant("adele", "email:adele@example.org", "profiling/email", at("05-25"));
    assert_eq!(kinds(&world), 4, "her own dealing stands as soon as she may be looked at");
    // And a no of one is a no of both.
    world.withdraw("adele", Reach::everything(), at("05-26"));
    let refused =
        world.ask("ada", |known| insight.view("interest").unwrap().profile(known, at("06-01")).err());
    assert_eq!(refused.map(|no| no.reason()), Some(Reason::Withdrawn));
}

#[test]
fn an_unmerge_undoes_a_merge_but_for_stops() {
    let (insight, mut world) = (insight(), ada());
    world.open("adele", "email:adele@example.org");
    let standing = |world: &World| {
        world.ask("ada", |known| {
            let profile = insight.view("interest").unwrap().profile(known, at("06-01"));
            profile.map(|profile| profile.signals().map(ToString::to_string).collect::<Vec<_>>())
        })
    };
    let before = standing(&world).unwrap();
    world.note("adele", Body::Merged { into: name("ada"), held: None });
    assert_eq!(standing(&world).unwrap(), before);
    world.note("adele", Body::Unmerged { held: None });
    assert_eq!(standing(&world).unwrap(), before, "as if never merged");
    world.note("adele", Body::Merged { into: name("ada"), held: None });
    world.withdraw("adele", Reach::everything(), at("05-30"));
    world.note("adele", Body::Unmerged { held: None });
    assert_eq!(
        standing(&world).unwrap_err().reason(),
        Reason::Withdrawn,
        "what was said meanwhile stays on both"
    );
}

#[test]
fn a_complaint_is_unheard_until_it_is_answered() {
    let (insight, mut world) = (insight(), ada());
    let unheard = |world: &World, when: &str| {
        world.ask("ada", |known| {
            insight.view("interest").unwrap().profile(known, at(when)).unwrap().is_in("unheard").unwrap()
        })
    };
    assert!(!unheard(&world, "06-01"), "there is nothing to hear");
    world.signal("ada", MAIL, "complaint", at("06-02"), &[("ticket", text("t1"))]);
    assert!(unheard(&world, "06-03"));
    world.signal("ada", MAIL, "answer", at("06-02"), &[("ticket", text("t1"))]);
    assert!(!unheard(&world, "06-03"), "an answer at the same instant is one");
    world.signal("ada", MAIL, "complaint", at("06-04"), &[("ticket", text("t2"))]);
    assert!(unheard(&world, "06-05"));
}

#[test]
fn whoever_bought_lately_or_is_hot_enough_is_hot() {
    let (insight, mut world) = (insight(), ada());
    let hot = |world: &World, when: &str| {
        world.ask("ada", |known| {
            insight.view("interest").unwrap().profile(known, at(when)).unwrap().is_in("hot").unwrap()
        })
    };
    assert!(!hot(&world, "06-01"));
    world.signal("ada", MAIL, "purchase", at("06-02"), &[("amount", placet::signal::Value::Integer(100))]);
    assert!(hot(&world, "06-05"), "she bought within a week");
    assert!(hot(&world, "06-20"), "40 stated, 25 for the purchase, and what is left of the likes");
}

/// Forty people; the first thirty like us, the others like Renault.
fn forty() -> World {
    let mut world = World::new();
    for number in 0..40 {
        let (who, facebook, mail) = (
            format!("p-{number}"),
            format!("account/facebook:u{number}"),
            format!("email:u{number}@example.org"),
        );
        world.open(&who, &mail);
        world.link(&who, &facebook);
        world.grant(&who, &facebook, "social-linking/social/facebook", at("05-01"));
        world.grant(&who, &mail, "profiling/email", at("05-01"));
        let brand = if number < 30 { "vw" } else { "renault" };
        let hour = if number % 2 == 0 { 8 } else { 19 };
        for day in 2..5 {
            world.signal(
                &who,
                &facebook,
                "like",
                at(&format!("05-{day:02} {hour:02}:30")),
                &[("brand", text(brand))],
            );
        }
    }
    world
}

fn crowd(world: &World) -> Crowd {
    insight().crowd(&world.histories(), at("06-01"), Minutes(60))
}

#[test]
fn between_nine_and_seventeen_nobody_is_awake() {
    let crowd = crowd(&forty());
    let hours = crowd.table("hours").unwrap().hours().unwrap();
    // An hour east of Greenwich: the likes of 8:30 and 19:30 are those of 9:30 and 20:30.
    assert_eq!(hours.to_string(), "09:00-10:00, 20:00-21:00");
    assert!(hours.hours().eq([9, 20]));
    // Of Ada alone there are too few likes to tell: everybody's hours are hers.
    let world = forty();
    let own = world.ask("p-3", |known| {
        let insight = insight();
        let profile = insight.view("interest").unwrap().profile(known, at("06-01")).unwrap();
        profile.awake(&crowd.table("hours").unwrap()).unwrap().to_string()
    });
    assert_eq!(own, "09:00-10:00, 20:00-21:00, by everybody's");
}

#[test]
fn she_withdraws_and_every_figure_that_held_her_changes() {
    let (key, mut world) = (NoiseKey::new(*b"sixteen secret b"), forty());
    let published = |world: &World| {
        let crowd = crowd(world);
        let table = |name: &str| crowd.table(name).unwrap();
        [
            serde_json::to_string(&table("likes").published(&key)).unwrap(),
            serde_json::to_string(&table("hours").published(&key)).unwrap(),
            serde_json::to_string(&table("likes-of-our-fans").published(&key)).unwrap(),
        ]
    };
    let before = published(&world);
    assert_eq!(before, published(&world), "asking again averages nothing out");
    world.withdraw("p-7", Reach::everything(), at("05-20"));
    let (after, inside) = (published(&world), crowd(&world));
    for (before, after) in before.iter().zip(&after) {
        assert_ne!(before, after);
    }
    let vw = inside.table("likes").unwrap().row(&[Label::Value(text("vw"))]).unwrap();
    assert_eq!((vw.people(), vw.facts()), (29, 29), "inside it is exact: one less");
    // Outside, what is left of two published tables is noise: over many keys the difference is hardly ever the truth.
    let differences = (0..200_u8).map(|seed| {
        let key = NoiseKey::new([seed; 16]);
        let people = |world: &World| {
            let published = crowd(world).table("likes").unwrap().published(&key);
            i64::try_from(published.rows()[1].people()).unwrap()
        };
        people(&forty()) - people(&world)
    });
    let right = differences.take(40).filter(|difference| *difference == 1).count();
    assert!(right < 20, "the truth shows in {right} of 40 differences");
}

#[test]
fn an_erased_person_is_in_no_figure() {
    let mut world = forty();
    world.erase("p-7", at("05-20"));
    let without: Vec<Entry> =
        world.entries.iter().filter(|entry| *entry.contact() != name("p-7")).cloned().collect();
    let other = World { entries: without, ..forty() };
    let (one, other) = (crowd(&world), crowd(&other));
    for (name, table) in one.tables() {
        assert_eq!(table.to_string(), other.table(name.as_str()).unwrap().to_string());
    }
}

#[test]
fn indicators_follow_the_phase_of_the_relation() {
    let insight = insight();
    let names = |stage: Option<&placet::Stage>| {
        insight.indicators(stage).iter().map(|name| name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(&name("fan"))), ["likes", "hours"]);
    assert_eq!(names(None), ["stages"]);
    assert_eq!(names(Some(&name("customer"))), Vec::<&str>::new());
}

#[test]
fn a_golfer_brings_others_by_a_code() {
    let (insight, mut world) = (insight(), ada());
    world.signal("ada", MAIL, "handed-code", at("05-22"), &[("code", text("ada-7"))]);
    for number in 0..31 {
        let (who, mail) = (format!("n-{number}"), format!("email:n{number}@example.org"));
        world.open(&who, &mail);
        let topic = if number < 30 { "cars" } else { "golf" };
        world.signal(&who, &mail, "arrival", at("06-01"), &[("code", text("ada-7")), ("topic", text(topic))]);
        if number % 2 == 0 {
            let late = if number == 0 { "07-02" } else { "06-10" };
            world.signal(&who, &mail, "purchase", at(late), &[]);
        }
    }
    let ask = |world: &World, when: &str| {
        let crowd = insight.crowd(&world.histories(), at(when), Minutes(0));
        world.ask("ada", |known| {
            let profile = insight.view("interest").unwrap().profile(known, at(when)).unwrap();
            profile.advocacy("friends", &crowd).unwrap()
        })
    };
    let early = ask(&world, "06-20");
    assert_eq!((early.reached(), early.interval()), (0, (0, 1_000_000)), "nobody had the time to follow yet");
    assert_eq!(serde_json::to_string(&early).unwrap(), r#""fewer than 10 reached""#);
    let friends = ask(&world, "07-10");
    assert_eq!((friends.reached(), friends.followed()), (30, 14), "one came for golf, one bought too late");
    let (low, high) = friends.interval();
    assert!(low < 466_667 && 466_667 < high);
    assert!(serde_json::to_string(&friends).unwrap().starts_with(r#"{"reached":30,"followed":14,"#));
    // A newcomer who says no is not in it; a code that two were handed is nobody's.
    world.withdraw("n-2", Reach::everything(), at("06-20"));
    assert_eq!((ask(&world, "07-10").reached(), ask(&world, "07-10").followed()), (29, 13));
    world.signal("n-3", "email:n3@example.org", "handed-code", at("06-21"), &[("code", text("ada-7"))]);
    assert_eq!(ask(&world, "07-10").reached(), 0);
}

#[test]
fn nothing_that_was_not_admitted_is_a_fact() {
    let mut world = ada();
    world.withdraw("ada", scope("social-linking/social/facebook").into(), at("06-02"));
    let mut book = world.book();
    let like = placet::SignalSpec::from_json(
        r#"{"id":"late","contact":"ada","identity":"account/facebook:ada.l","kind":"like","at":"2013-06-03T00:00:00Z"}"#,
    );
    let checked = world.journey.signal(like.unwrap()).unwrap();
    assert!(book.observe(&checked, at("06-03")).unwrap().decision().unwrap().unadmitted().is_some());
    let counted = book.contact(&name("ada")).unwrap().admitted(&name("like"));
    assert_eq!(counted, 2, "the journal has no trace of it, and nothing here can bring it back");
}

#[test]
fn a_release_after_a_profile_asks_again() {
    let (insight, mut world) = (insight(), ada());
    world.grant("ada", MAIL, "offers/email", at("05-22"));
    let signal = world.ask("ada", |known| {
        let profile = insight.view("interest").unwrap().profile(known, at("06-01")).unwrap();
        profile.signal("fan-who-drives-a-rival", name("hot-1")).unwrap().unwrap()
    });
    let mut book = world.book();
    let checked = world.journey.signal(signal).unwrap();
    let _ = book.observe(&checked, at("06-01")).unwrap();
    let _ = book
        .stop(
            &name("ada"),
            Stop::withdraw(name("no"), scope("offers/email").into(), at("06-02"), at("06-02")),
        )
        .unwrap();
    let mut sent = 0;
    let report = book.dispatch(at("06-03"), &mut |_: placet::Event<'_>| {
        sent += 1;
        Ok::<_, ()>(())
    });
    assert_eq!((sent, report.refused.len()), (0, 1));
}
