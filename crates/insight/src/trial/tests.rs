//! The vectors of draws, assignments and verdicts that another program worked out, ours and others'; and what follows by
//! hand.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    reason = "a test may stop"
)]

use placet::Journey;
use serde_json::{Value as Json, json};

use super::tallies::{Count, apart, best};
use super::*;

/// Our own vectors, and those that stand beside the project, where it is there.
fn all_vectors() -> Vec<Json> {
    let mut all = vec![serde_json::from_str(include_str!("../../tests/cases/campaign.json")).unwrap()];
    let folder = std::env::var_os("PLACET_SHARED").map(std::path::PathBuf::from);
    let folder = folder.unwrap_or_else(|| placet_tests::project().join("../shared"));
    match std::fs::read_to_string(folder.join("insight/vectors.json")) {
        Ok(text) => all.push(serde_json::from_str(&text).unwrap()),
        Err(_) => eprintln!("skipped: vectors.json is not beside the project"),
    }
    all
}

fn seed(vectors: &Json) -> Seed {
    Seed(u128::from_str_radix(vectors["key_hex"].as_str().unwrap(), 16).unwrap().to_be_bytes())
}

fn number(value: &Json) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

/// `[[shown, won], ..]`
fn counts(value: &Json) -> Vec<Count> {
    let count = |pair: &Json| Count { shown: number(&pair[0]), won: number(&pair[1]) };
    value.as_array().unwrap().iter().map(count).collect()
}

fn journey() -> Journey {
    let text = json!({"placet": 1, "name": "mail", "controller": "the-brand",
        "catalogue": {"purposes": ["profiling"], "channels": [{"name": "email"}]}, "stages": [], "rules": [],
        "signals": [{"kind": "purchase"}, {"kind": "assigned", "attributes":
            [{"name": "trial", "type": "text"}, {"name": "arm", "type": "text"}]}]});
    Journey::from_json(&text.to_string()).unwrap()
}

/// An insight with one trial, as a vector or a test has it.
fn insight(trial: &Json) -> Insight {
    let arms: Vec<Json> = trial["arms"].as_array().unwrap().iter().map(|arm| json!({"name": arm})).collect();
    let mut written = json!({"name": trial["trial"], "view": "v", "kind": "assigned", "arms": arms,
        "holdout": trial["holdout"], "least": trial["least"], "policy": trial["policy"], "within": "7d",
        "win": {"kind": "purchase"}});
    if let Some(closed) = trial.get("closed") {
        written["closed"] = closed.clone();
    }
    let spec = json!({"placet": 1, "name": "mail", "trials": [written],
        "views": [{"name": "v", "needs": [{"purpose": "profiling", "channel": "email"}]}]});
    Insight::from_json(&spec.to_string(), &journey()).unwrap()
}

fn tallies(insight: &Insight, arms: Vec<Count>, holdout: Count) -> Tallies {
    Tallies::counted(insight, 0, Groups(vec![Group { arms, holdout }]))
}

#[test]
fn draws_are_those_of_the_vectors() {
    let vectors = all_vectors();
    let draws = vectors
        .iter()
        .flat_map(|vectors| vectors["draw"].as_array().unwrap().iter().map(|draw| (seed(vectors), draw)));
    let mut tried = 0;
    for (seed, draw) in draws {
        tried += 1;
        let texts: Vec<&str> =
            draw["texts"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
        let (won, shown) = (u64::from(number(&draw["won"])), u64::from(number(&draw["shown"])));
        let drawn = Stream::of(seed.word(&texts)).beta(won, shown - won);
        assert_eq!(drawn.to_string(), draw["draw"].as_str().unwrap(), "{draw}");
    }
    assert!(tried >= 12);
}

#[test]
fn assignments_are_those_of_the_vectors() {
    let vectors = all_vectors();
    let assigns = vectors.iter().flat_map(|vectors| {
        vectors["assign"].as_array().unwrap().iter().map(|vector| (seed(vectors), vector))
    });
    let mut tried = 0;
    for (seed, vector) in assigns {
        tried += 1;
        let insight = insight(vector);
        let tallies = tallies(&insight, counts(&vector["tallies_shown_won"]), Count::default());
        let (trial, person) = (vector["trial"].as_str().unwrap(), vector["person"].as_str().unwrap());
        let assigned = insight.assign(trial, &seed, &person.parse().unwrap(), &tallies).unwrap();
        assert_eq!(assigned.to_string(), vector["arm"].as_str().unwrap(), "{vector}");
    }
    assert!(tried >= 16);
}

#[test]
fn verdicts_are_those_of_the_vectors() {
    let vectors = all_vectors();
    let (mut tried, mut found) = (0, 0);
    for vector in vectors.iter().flat_map(|vectors| vectors["verdict"].as_array().unwrap()) {
        tried += 1;
        let counts = counts(&vector["tallies_shown_won"]);
        let alpha = number(&vector["alpha"]);
        assert_eq!(apart(counts[0], counts[1]).to_string(), vector["apart_first_two"].as_str().unwrap());
        assert_eq!(json!(best(&counts, alpha)), vector["verdict"], "{vector}");
        found += u32::from(best(&counts, alpha).is_some());
    }
    assert!(tried >= 16 && found > 5);
}

fn ab(policy: &str, more: &Json) -> Json {
    let mut trial =
        json!({"trial": "spring", "arms": ["a", "b"], "holdout": 100, "least": 0, "policy": policy});
    for (name, value) in more.as_object().unwrap() {
        trial[name] = value.clone();
    }
    trial
}

/// What a thousand people are given.
fn thousand(trial: &Json, seed: &Seed, arms: &[(u32, u32)]) -> Vec<String> {
    let insight = insight(trial);
    let arms = arms.iter().map(|(shown, won)| Count { shown: *shown, won: *won }).collect();
    let tallies = tallies(&insight, arms, Count::default());
    let assign = |number: u32| {
        let person = format!("c-{number}").parse().unwrap();
        insight.assign("spring", seed, &person, &tallies).unwrap().to_string()
    };
    (0..1000).map(assign).collect()
}

fn how_many(given: &[String], arm: &str) -> usize {
    given.iter().filter(|given| *given == arm).count()
}

/// Law 10: a holdout of a seed stays one for every tally, policy, arm and number of arms.
#[test]
fn law_10_a_holdout_of_a_seed_stays_one() {
    let seed = Seed::new(*b"sixteen bytes ab");
    let held = |given: Vec<String>| -> Vec<bool> { given.iter().map(|given| given == "holdout").collect() };
    let usual = held(thousand(&ab("even", &json!({})), &seed, &[(0, 0), (0, 0)]));
    let number = usual.iter().filter(|held| **held).count();
    assert!((70..130).contains(&number), "{number} of 1000 are held out, and 100 should be");
    for (won, lost) in [(0, 0), (1, 3), (90, 10), (500, 500)] {
        for policy in ["even", "adaptive"] {
            for more in [json!({}), json!({"least": 250}), json!({"closed": "b"})] {
                let tallies = [(won + lost, won), (200, 20)];
                assert_eq!(held(thousand(&ab(policy, &more), &seed, &tallies)), usual, "{policy} {more}");
            }
        }
    }
    let three = json!({"arms": ["x", "y", "z"]});
    assert_eq!(held(thousand(&ab("even", &three), &seed, &[(0, 0), (0, 0), (0, 0)])), usual);
    // More are held out, and all who were are still.
    let more = held(thousand(&ab("even", &json!({"holdout": 300})), &seed, &[(0, 0), (0, 0)]));
    assert!(usual.iter().zip(&more).all(|(held, more)| !held || *more) && more != usual);
    // A seeded fault: with another seed others are held out, and the comparison above would see it.
    let other = Seed::new(*b"sixteen bytes ba");
    assert_ne!(held(thousand(&ab("even", &json!({})), &other, &[(0, 0), (0, 0)])), usual);
}

#[test]
fn even_gives_each_arm_its_share_and_adaptive_more_to_who_wins() {
    let seed = Seed::new(*b"sixteen bytes ab");
    let even = thousand(&ab("even", &json!({})), &seed, &[(100, 90), (100, 10)]);
    let (a, b) = (how_many(&even, "a"), how_many(&even, "b"));
    assert!((390..510).contains(&a) && (390..510).contains(&b), "{a} {b}");
    let adaptive = thousand(&ab("adaptive", &json!({})), &seed, &[(100, 60), (100, 40)]);
    let (a, b) = (how_many(&adaptive, "a"), how_many(&adaptive, "b"));
    // Beta(61, 41) is below Beta(41, 61) with a chance of .002.
    assert!(a > 850 && b < 20, "{a} {b}");
    // The same tallies: half and half, by chance.
    let alike = thousand(&ab("adaptive", &json!({})), &seed, &[(50, 5), (50, 5)]);
    assert!((390..510).contains(&how_many(&alike, "a")));
    // `least` keeps the worse arm alive: 100 of the thousand at least.
    let kept =
        thousand(&ab("adaptive", &json!({"least": 100, "holdout": 0})), &seed, &[(100, 60), (100, 40)]);
    assert!((70..140).contains(&how_many(&kept, "b")), "{}", how_many(&kept, "b"));
}

#[test]
fn whoever_closes_a_trial_gives_the_arm_to_all_but_the_holdout() {
    let seed = Seed::new(*b"sixteen bytes ab");
    let given = thousand(&ab("even", &json!({"closed": "b"})), &seed, &[(100, 10), (100, 50)]);
    assert_eq!((how_many(&given, "a"), how_many(&given, "b") + how_many(&given, "holdout")), (0, 1000));
    assert!(how_many(&given, "holdout") > 0);
}

/// Worked out by hand: 30 of 100 against 10 of 100 is 20 per cent; a third of 5 less a third of 4.
#[test]
fn a_lift_is_a_difference_of_rates_rounded_half_away_from_zero() {
    let insight = insight(&ab("even", &json!({})));
    let lift = |arm: (u32, u32), holdout: (u32, u32)| {
        let arms = vec![Count { shown: arm.0, won: arm.1 }, Count::default()];
        let tallies = tallies(&insight, arms, Count { shown: holdout.0, won: holdout.1 });
        tallies.lift("a").unwrap()
    };
    assert_eq!(lift((100, 30), (100, 10)).millionths(), Some(200_000));
    assert_eq!(lift((3, 1), (2, 1)).millionths(), Some(-166_667));
    assert_eq!(
        lift((2_000_000, 1), (1, 0)).millionths(),
        Some(1),
        "half of a millionth is rounded away from 0"
    );
    assert_eq!(lift((2_000_000, 0), (2_000_000, 1)).millionths(), Some(-1));
    assert_eq!((lift((0, 0), (5, 1)).millionths(), lift((5, 1), (0, 0)).millionths()), (None, None));
    assert_eq!(lift((u32::MAX, u32::MAX), (u32::MAX, 0)).millionths(), Some(1_000_000));
    assert!(!lift((3, 1), (2, 1)).is_sure() && lift((1000, 300), (1000, 100)).is_sure());
    assert_eq!(
        lift((1000, 300), (1000, 100)).to_string(),
        "a: 0.200000 caused (between 0.250337 and 0.353016, the holdout between 0.068780 and 0.138367)"
    );
    assert_eq!(
        lift((10, 3), (10, 1)).to_string(),
        "a: 0.200000 caused, if anything: it may be chance (between 0.036640 and 0.733260, the holdout between 0.000456 and 0.545119)"
    );
    assert_eq!(lift((0, 0), (10, 1)).to_string(), "a: nothing can be called caused yet");
    assert_eq!(insight_error(&insight), "no arm of this name is in the insight: did you mean `a`?");
}

fn insight_error(insight: &Insight) -> String {
    let none = tallies(insight, vec![Count::default(); 2], Count::default());
    assert_eq!(none.verdict(), None);
    none.lift("aa").unwrap_err().to_string()
}

/// Two messages with the same rate, looked at every day for thirty days: a winner may be declared in at most one campaign of
/// twenty, whoever looks how often.
#[test]
fn equal_messages_have_no_winner_more_often_than_promised() {
    let mut stream = 0x1234_5678_9abc_def0_u64;
    let mut chance = |of: u64| {
        stream = stream.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (stream >> 33) % of
    };
    let mut campaigns = |rates: (u64, u64)| {
        let mut declared = 0;
        for _ in 0..200 {
            let mut counts = [Count::default(); 2];
            for _ in 0..30 {
                for _ in 0..40 {
                    let arm = usize::try_from(chance(2)).unwrap();
                    counts[arm].shown += 1;
                    counts[arm].won += u32::from(chance(100) < [rates.0, rates.1][arm]);
                }
                if best(&counts, 50_000).is_some() {
                    declared += 1;
                    break;
                }
            }
        }
        declared
    };
    let wrong = campaigns((20, 20));
    assert!(wrong <= 10, "{wrong} of 200 campaigns of equal messages had a winner, and at most 10 may");
    let right = campaigns((20, 40));
    assert!(right > 190, "{right} of 200 campaigns found the better message");
}
