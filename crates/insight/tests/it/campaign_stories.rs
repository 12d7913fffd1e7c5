//! What a campaign did, told as stories: messages that are tried against each other, credits, and what alone may be called
//! caused.

use placet::entry::{Admitted, Body};
use placet::signal::Value;
use placet::{Book, ContactId, Entry, Identity, Instant, Reach, Reason};
use placet_insight::{Assigned, Insight, Label, Minutes, Model, Seed, Tallies};
use placet_tests::support::name;
use serde_json::json;

use crate::campaign::{QUESTIONS, crowd, hour, insight, journey};
use crate::tables::Dice;
use crate::world::{World, at, text};

pub(crate) fn seed() -> Seed {
    Seed::new(*b"drawn only once.")
}

/// Somebody of the base: they may be written to, and to know what they are interested in is permitted.
fn open(world: &mut World, who: &str) {
    let mail = format!("email:{who}@example.org");
    world.open(who, &mail);
    world.link(who, &format!("account/facebook:{who}"));
    for scope in ["profiling/email", "offers/email"] {
        world.grant(who, &mail, scope, at("01-01"));
    }
    world.grant(who, &format!("account/facebook:{who}"), "social-linking/social/facebook", at("01-01"));
}

fn bought(world: &mut World, who: &str, when: Instant, cents: i64) {
    let mail = format!("email:{who}@example.org");
    world.signal(who, &mail, "purchase", when, &[("amount", Value::Integer(cents))]);
}

/// Before anybody was assigned anything.
fn nothing_yet(insight: &Insight, trial: &str) -> Tallies {
    let nobody = World::of(journey()).histories();
    insight.crowd(&nobody, hour(0), Minutes(0)).tallies(trial).unwrap()
}

/// Assigns a person of the base, and keeps the signal that says so.
fn assign(world: &mut World, who: &str, tallies: &Tallies, when: Instant) -> String {
    let (insight, id, mail) = (insight(), name::<ContactId>(who), format!("email:{who}@example.org"));
    let assigned = insight.assign("subject-line", &seed(), &id, tallies).unwrap();
    let mail = Identity::parse(&mail).unwrap();
    let signal =
        insight.assignment("subject-line", &assigned, name(&format!("as-{who}")), (&id, &mail), when);
    let signal = world.journey.signal(signal.unwrap().unwrap()).unwrap().spec().clone();
    world.note(who, Body::Signal(Admitted::new(signal, when)));
    assigned.to_string()
}

/// Message a or b, and who gets neither: 600 people of a permission base, 20 a day for a month, won with these chances of a
/// hundred.
fn tried(chances: &[(&str, u64); 3], dice: u64) -> World {
    let (mut world, mut dice) = (World::of(journey()), Dice::new(dice));
    let tallies = nothing_yet(&insight(), "subject-line");
    for number in 0..600 {
        let (who, day) = (format!("p-{number}"), number / 20);
        open(&mut world, &who);
        let given = assign(&mut world, &who, &tallies, hour(day * 24 + 9));
        let (_, chance) = chances.iter().find(|(arm, _)| *arm == given).unwrap();
        if dice.below(100) < *chance {
            bought(&mut world, &who, hour(day * 24 + 10 + dice.below(150)), 1_999);
        }
    }
    world
}

/// What whoever looks every hour is told, from the first day on.
fn told(world: &World) -> Vec<Option<String>> {
    let (insight, histories) = (insight(), world.histories());
    let look = |hours: u64| {
        let crowd = insight.crowd(&histories, hour(hours), Minutes(0));
        crowd.tallies("subject-line").unwrap().verdict().map(ToString::to_string)
    };
    (0..38 * 24).map(look).collect()
}

#[test]
fn a_better_message_is_found_and_only_when_it_is_sure() {
    let world = tried(&[("a", 10), ("b", 40), ("holdout", 5)], 5);
    let told = told(&world);
    assert!(told.iter().all(|told| told.as_deref() != Some("a")), "the worse one is never declared");
    let first = told.iter().position(Option::is_some).unwrap();
    // Nobody is ripe for seven days, and then there are few.
    assert!((8 * 24..30 * 24).contains(&first), "hour {first}");
    assert_eq!(told.last().unwrap().as_deref(), Some("b"));
    let tallies = crowd(&world).tallies("subject-line").unwrap();
    let shown: Vec<(String, u32)> =
        tallies.arms().map(|(arm, tally)| (arm.to_string(), tally.shown())).collect();
    let all = shown.iter().map(|(_, shown)| shown).sum::<u32>() + tallies.holdout().shown();
    assert!(
        all > 500 && tallies.holdout().shown() > 80 && shown.iter().all(|(_, shown)| *shown > 180),
        "{tallies}"
    );
    let (low, high) = tallies.lift("b").unwrap().arm().interval();
    assert!(low < 400_000 && 400_000 < high, "the true rate is inside");
    let lift = tallies.lift("b").unwrap();
    assert!(lift.is_sure() && (250_000..450_000).contains(&lift.millionths().unwrap()), "{lift}");
    let page = tallies.to_string();
    assert!(
        page.contains("lift of b: 0.") && page.contains("verdict b is better than every other"),
        "{page}"
    );
    assert!(page.ends_with("only the lift over the holdout is called caused\n"));
}

#[test]
fn of_two_messages_that_are_alike_none_is_declared() {
    let world = tried(&[("a", 20), ("b", 20), ("holdout", 20)], 6);
    assert!(told(&world).iter().all(Option::is_none));
    let page = crowd(&world).tallies("subject-line").unwrap().to_string();
    assert!(
        page.contains("verdict none yet") && page.contains("caused, if anything: it may be chance"),
        "{page}"
    );
}

/// The arm is carried by a signal: a rule an arm queues that arm's mail, the journal keeps which it was, and what was sent
/// is credited.
#[test]
fn the_arm_is_carried_by_a_signal_and_kept_in_the_journal() {
    let (insight, journey) = (insight(), journey());
    let tallies = nothing_yet(&insight, "subject-line");
    let (mut world, mut given) = (World::of(journey.clone()), Vec::new());
    for number in 0..60 {
        let who = format!("p-{number}");
        open(&mut world, &who);
        let before = world.entries.len();
        let arm = assign(&mut world, &who, &tallies, hour(9));
        let Body::Signal(admitted) = world.entries[before].body() else { panic!("a signal was kept") };
        let signal = journey.signal(admitted.signal().clone()).unwrap();
        let mut book = base(&world, &who);
        let observed = book.observe(&signal, hour(9)).unwrap();
        let queued: Vec<String> = observed.decision().unwrap().queued().map(ToString::to_string).collect();
        let right: &[String] = if arm == "holdout" { &[] } else { &[format!("mail-{arm}")] };
        assert_eq!(queued, right, "{who} was given {arm}");
        let queued = book.outbox().queued().next().cloned();
        if let Some(queued) = queued {
            world.note(&who, Body::Queued(queued.clone()));
            world.note(&who, Body::Sent { key: queued.key(), at: hour(10) });
        }
        bought(&mut world, &who, hour(40), 100);
        given.push(arm);
    }
    let crowd = crowd(&world);
    let tallies = crowd.tallies("subject-line").unwrap();
    let number = |arm: &str| given.iter().filter(|given| *given == arm).count() as i64;
    for (arm, tally) in tallies.arms() {
        assert_eq!(
            (i64::from(tally.shown()), i64::from(tally.won())),
            (number(arm.as_str()), number(arm.as_str()))
        );
    }
    assert_eq!(i64::from(tallies.holdout().shown()), number("holdout"));
    let credit = crowd.credit("spring", Model::Last).unwrap();
    let cents: Vec<(String, i64)> =
        credit.rows().map(|row| (row.channel().to_string(), row.share().amount())).collect();
    assert_eq!(cents, [("mail-a".to_owned(), 100 * number("a")), ("mail-b".to_owned(), 100 * number("b"))]);
    assert_eq!(credit.untouched().amount(), 100 * number("holdout"));
    // Asked again, with whatever tallies, they keep what they were given; so does whoever looks at their profile.
    for (number, arm) in given.iter().enumerate() {
        let who = name::<ContactId>(&format!("p-{number}"));
        assert_eq!(insight.assign("subject-line", &seed(), &who, &tallies).unwrap().to_string(), *arm);
    }
    world.ask("p-7", |known| {
        let profile = insight.view("interest").unwrap().profile(known, hour(800)).unwrap();
        let other = Seed::new(*b"another one here");
        assert_eq!(profile.assign("subject-line", &other, &tallies).unwrap().to_string(), given[7]);
    });
}

/// A book in which one person of a world was opened and granted.
fn base(world: &World, who: &str) -> Book {
    let mut alone = World::of(world.journey.clone());
    let known = |entry: &&Entry| *entry.contact() == name(who) && !matches!(entry.body(), Body::Signal(_));
    alone.entries = world.entries.iter().filter(known).cloned().collect();
    alone.book()
}

/// The car maker's question of 2013: who bought, what did they drive, and whom did the social actions reach? Fans buy more;
/// they do so without the mail as well, and nothing but the difference to the holdout is called caused.
#[test]
fn who_bought_what_did_they_drive_and_whom_did_we_reach() {
    let (mut world, mut dice) = (World::of(journey()), Dice::new(11));
    let tallies = nothing_yet(&insight(), "subject-line");
    for number in 0..500 {
        let who = format!("p-{number}");
        let (mail, facebook) = (format!("email:{who}@example.org"), format!("account/facebook:{who}"));
        open(&mut world, &who);
        let drives = ["vw", "renault"][dice.below(2) as usize];
        world.signal(&who, &mail, "statement", at("02-01"), &[("drives", text(drives))]);
        let fan = dice.below(2) == 0;
        if fan {
            world.signal(&who, &facebook, "like", hour(2), &[("brand", text("vw"))]);
        }
        let _ = assign(&mut world, &who, &tallies, hour(9));
        if dice.below(100) < if fan { 50 } else { 10 } {
            bought(&mut world, &who, hour(10 + dice.below(100)), 20_000);
        }
    }
    let crowd = crowd(&world);
    // Whom the social actions reached: by channel, with what is untouched beside it, to the cent.
    let credit = crowd.credit("spring", Model::Shared).unwrap();
    let facebook = credit.row(&Label::Name("facebook".parse().unwrap())).unwrap();
    assert!(facebook.share().amount() > 2 * credit.untouched().amount(), "{credit}");
    assert_eq!(
        credit.credited().amount() + credit.untouched().amount() + credit.unlinked().amount(),
        credit.all().amount()
    );
    // Side by side: fans of both makes buy more, and so do those who were held out.
    for table in ["return", "return-of-the-holdout"] {
        let table = crowd.table(table).unwrap();
        for drives in ["vw", "renault"] {
            let sold = |reached: bool| {
                let row = table.row(&[Label::Value(text(drives)), Label::Within(reached)]);
                row.map_or(0, |row| row.facts())
            };
            assert!(sold(true) > 2 * sold(false), "{table}");
        }
        assert!(!table.to_string().contains("caused"));
    }
    // What the mail caused: nothing that could be told from chance.
    let tallies = crowd.tallies("subject-line").unwrap();
    assert!(["a", "b"].iter().all(|arm| !tallies.lift(arm).unwrap().is_sure()), "{tallies}");
    assert!(credit.to_string().ends_with(
        "credit is shared out by a rule and is no cause: only the lift over a holdout is called caused\n"
    ));
}

#[test]
fn a_withdrawal_moves_what_somebody_bought_to_unlinked() {
    let mut world = World::of(journey());
    open(&mut world, "ada");
    world.signal("ada", "account/facebook:ada", "like", hour(2), &[("brand", text("vw"))]);
    bought(&mut world, "ada", hour(10), 700);
    bought(&mut world, "ada", hour(400), 30);
    let figures = |world: &World| {
        let crowd = crowd(world);
        let credit = crowd.credit("spring", None).unwrap();
        [credit.credited(), credit.untouched(), credit.unlinked(), credit.all()].map(|share| share.amount())
    };
    assert_eq!(figures(&world), [700, 30, 0, 730]);
    let mut linked = world.clone();
    linked.withdraw("ada", crate::world::scope("social-linking/social/facebook").into(), hour(500));
    assert_eq!(
        figures(&linked),
        [0, 730, 0, 730],
        "the like stands no more: nothing that may be used touched it"
    );
    world.withdraw("ada", Reach::everything(), hour(500));
    assert_eq!(figures(&world), [0, 0, 730, 730]);
    // A new yes lets new facts stand, and never the like of before.
    world.grant("ada", "email:ada@example.org", "profiling/email", hour(600));
    assert_eq!(figures(&world), [0, 730, 0, 730]);
    world.erase("ada", hour(700));
    assert_eq!(figures(&world), [0, 0, 730, 730]);
}

/// Offers are arms with a condition: each is asked in a profile, and without one none of them is for anybody.
#[test]
fn an_offer_goes_to_whom_it_is_for() {
    let insight = insight();
    let mut world = World::of(journey());
    for (who, drives) in [("ada", "renault"), ("bob", "vw"), ("eve", "renault")] {
        open(&mut world, who);
        world.signal(
            who,
            &format!("email:{who}@example.org"),
            "statement",
            at("02-01"),
            &[("drives", text(drives))],
        );
    }
    world.withdraw("eve", Reach::everything(), hour(1));
    let tallies = nothing_yet(&insight, "offer");
    let mut given = std::collections::BTreeSet::new();
    for number in 0..200_u8 {
        let seed = Seed::new([number; 16]);
        for who in ["ada", "bob"] {
            let assigned = world.ask(who, |known| {
                let profile = insight.view("interest").unwrap().profile(known, hour(20)).unwrap();
                profile.assign("offer", &seed, &tallies).unwrap()
            });
            given.insert((who, assigned.to_string()));
        }
        // Without a profile no arm with a condition is left; the holdout is a holdout still.
        let assigned = insight.assign("offer", &seed, &name("eve"), &tallies).unwrap();
        assert!(matches!(assigned, Assigned::NoArm | Assigned::Holdout));
        given.insert(("eve", assigned.to_string()));
    }
    let given: Vec<String> = given.into_iter().map(|(who, arm)| format!("{who}: {arm}")).collect();
    assert_eq!(
        given,
        [
            "ada: brochure",
            "ada: holdout",
            "ada: test-drive",
            "bob: brochure",
            "bob: holdout",
            "bob: service",
            "eve: holdout",
            "eve: no arm"
        ]
    );
    let refused = world.ask("eve", |known| insight.view("interest").unwrap().profile(known, hour(20)).err());
    assert_eq!(refused.map(|no| no.reason()), Some(Reason::Withdrawn));
    let (eve, mail) = (name("eve"), Identity::parse("email:eve@example.org").unwrap());
    let none = insight.assignment("offer", &Assigned::NoArm, name("s-1"), (&eve, &mail), hour(20));
    assert_eq!(none, Ok(None), "there is nothing to carry");
}

/// What is learnt of one segment decides for nobody else.
#[test]
fn offers_are_learnt_segment_by_segment() {
    let (insight, mut world) = (insight(), World::of(journey()));
    for number in 0..200 {
        let (who, rival) = (format!("p-{number}"), number % 2 == 0);
        open(&mut world, &who);
        let mail = format!("email:{who}@example.org");
        let drives = if rival { "renault" } else { "vw" };
        world.signal(&who, &mail, "statement", at("02-01"), &[("drives", text(drives))]);
        let arm = ["brochure", if rival { "test-drive" } else { "service" }][number / 2 % 2];
        world.signal(&who, &mail, "assigned", hour(9), &[("trial", text("offer")), ("arm", text(arm))]);
        // Whoever drives a rival comes for a drive; the others want the brochure.
        if (arm == "test-drive" || !rival && arm == "brochure") && number % 10 < 8 {
            bought(&mut world, &who, hour(30), 1);
        }
    }
    let tallies = crowd(&world).tallies("offer").unwrap();
    let rivals = tallies.within("drives-a-rival").unwrap();
    assert_eq!(
        (rivals.verdict().map(|arm| arm.as_str()), tallies.verdict().map(|arm| arm.as_str())),
        (None, None)
    );
    let shown = |tallies: &Tallies| -> Vec<(u32, u32)> {
        tallies.arms().map(|(_, tally)| (tally.shown(), tally.won())).collect()
    };
    assert_eq!(
        (shown(&rivals), shown(&tallies)),
        (vec![(50, 40), (0, 0), (50, 0)], vec![(0, 0), (50, 0), (50, 40)])
    );
    assert!(rivals.to_string().starts_with("offer within drives-a-rival\n"));
    assert!(tallies.to_string().starts_with("offer outside of all its segments\n"));
    open(&mut world, "new-1");
    open(&mut world, "new-2");
    for (who, drives, best) in [("new-1", "renault", "test-drive"), ("new-2", "vw", "brochure")] {
        world.signal(
            who,
            &format!("email:{who}@example.org"),
            "statement",
            at("02-01"),
            &[("drives", text(drives))],
        );
        let mut given = 0;
        for number in 0..100_u8 {
            let assigned = world.ask(who, |known| {
                let profile = insight.view("interest").unwrap().profile(known, hour(800)).unwrap();
                profile.assign("offer", &Seed::new([number; 16]), &tallies).unwrap()
            });
            given += u32::from(assigned.to_string() == best);
        }
        // A tenth is held out, and of the rest a tenth goes to the other arm whatever it won.
        assert!((70..90).contains(&given), "{who}: {given} of 100");
    }
}

/// Whoever closes a trial writes it down; who was assigned before gets the arm as well.
#[test]
fn a_verdict_closes_nothing_until_somebody_writes_it() {
    let mut spec: serde_json::Value = serde_json::from_str(QUESTIONS).unwrap();
    spec["trials"][0]["closed"] = json!("b");
    let closed = Insight::from_json(&spec.to_string(), &journey()).unwrap();
    let tallies = nothing_yet(&closed, "subject-line");
    let mut world = World::of(journey());
    for (who, arm) in [("ada", "a"), ("bob", "holdout")] {
        open(&mut world, who);
        world.signal(
            who,
            &format!("email:{who}@example.org"),
            "assigned",
            hour(9),
            &[("trial", text("subject-line")), ("arm", text(arm))],
        );
    }
    let given = |who: &str| {
        world.ask(who, |known| {
            let profile = closed.view("interest").unwrap().profile(known, hour(20)).unwrap();
            profile.assign("subject-line", &Seed::new([9; 16]), &tallies).unwrap().to_string()
        })
    };
    assert_eq!((given("ada"), given("bob")), ("b".to_owned(), "holdout".to_owned()));
    assert!(
        crowd(&tried(&[("a", 0), ("b", 50), ("holdout", 0)], 1))
            .tallies("subject-line")
            .unwrap()
            .verdict()
            .is_some()
    );
    assert!(insight().spec().trials[0].closed.is_none(), "the verdict is an answer, and changes nothing");
}
