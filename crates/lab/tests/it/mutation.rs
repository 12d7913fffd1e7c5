//! Mutation: what is changed, what is set apart, and that the shipped scenes notice all the rest.

use placet::{
    Contact, Identity, Journey, Reach, Stage, Stop,
    channel::EMAIL,
    journey::Guard,
    name::TimeDelta,
    purpose::{NEWSLETTER, OFFERS},
};
use placet_lab::mutation::{Fate, mutants};
use placet_lab::scenario::{Scenarios, Suite};
use proptest::prelude::*;

use super::guarded;
use super::scenario::{REFERENCE, reference, with_an_occasion};

fn suite(journey: &Journey, text: &str) -> Suite {
    Scenarios::read(text).unwrap().compile(journey).unwrap()
}

#[test]
fn the_shipped_scenes_notice_every_mutant_that_is_not_equivalent() {
    let mutation = suite(&reference(), REFERENCE).mutate().unwrap();
    assert!(mutation.survived().is_empty(), "{mutation}");
    assert_eq!((mutation.killed().len(), mutation.apart().len()), (215, 13));
    assert_eq!(
        mutation.to_string(),
        "215 of 215 mutants are noticed by a scenario\nset apart: 7 that are no journey, 6 that nothing can tell from it\n"
    );
}

/// None of the shipped scenes is there for nothing: without it something changes, and nobody notices.
#[test]
fn without_any_of_the_scenes_a_mutant_survives() {
    let all = Scenarios::from_text(REFERENCE).unwrap().scenarios;
    for at in 0..all.len() {
        let mut rest = all.clone();
        let left_out = rest.remove(at);
        let mutation = Scenarios::of(rest).compile(&reference()).unwrap().mutate().unwrap();
        assert!(!mutation.survived().is_empty(), "{} is there for nothing", left_out.name);
    }
}

/// The mutants themselves, each with its path and its sentence, and what becomes of it by scenes that try every edge.
#[test]
fn every_kind_of_guard_is_changed_at_every_edge() {
    let journey = guarded::journey();
    let suite = suite(&journey, guarded::EDGES);
    let told: String = mutants(journey.spec())
        .iter()
        .map(|mutant| {
            let fate = match suite.fate(mutant) {
                Fate::Killed { by } => format!("noticed by {by}"),
                Fate::Survived => "survived".to_owned(),
                Fate::NoJourney { fault } => format!("no journey: {fault}"),
                Fate::Equivalent => "equivalent".to_owned(),
            };
            format!("{mutant}\n  {fate}\n")
        })
        .collect();
    assert_eq!(told, include_str!("golden/mutants.txt"));
}

/// What an effect says of its occasion is changed at every edge, and scenes at the edges notice.
#[test]
fn the_occasion_of_an_effect_is_changed() {
    let journey = with_an_occasion(
        r#""when": { "not": { "recency": { "kind": "purchase", "within": "7d" } } }, "within": "24h", "still": ["subscriber", "fan"]"#,
    );
    let all = mutants(journey.spec());
    let told = |part: &str| -> Vec<String> {
        let of = format!("rules[2].effects[0].{part}");
        all.iter().map(ToString::to_string).filter(|told| told.starts_with(&of)).collect()
    };
    assert_eq!(
        told("within"),
        [
            "rules[2].effects[0].within: welcome-mail may leave at any time",
            "rules[2].effects[0].within: welcome-mail may leave within 23h instead of 24h",
            "rules[2].effects[0].within: welcome-mail may leave within 25h instead of 24h",
        ]
    );
    assert_eq!(
        told("still"),
        [
            "rules[2].effects[0].still: welcome-mail may leave wherever the contact stands",
            "rules[2].effects[0].still[0]: welcome-mail may not leave at subscriber",
            "rules[2].effects[0].still[1]: welcome-mail may not leave at fan",
        ]
    );
    let guard = told("when");
    assert_eq!(guard[0], "rules[2].effects[0].when: the effect welcome-mail has no guard");
    assert_eq!(guard.len(), 5, "negated, bare, and a day less and more: {guard:#?}");
    let suite = suite(
        &journey,
        "placet scenarios 1
scenario in-time
identity mail email:ada@example.org
given 2013-05-01 10:00 grants newsletter by email
when 2013-05-01 10:00 signal newsletter-signup
then moves to subscriber
then queues welcome-mail
when 2013-05-02 09:59 releases
then sends welcome-mail
scenario too-late
identity mail email:ada@example.org
given 2013-05-01 10:00 grants newsletter by email
given 2013-05-01 10:00 signal newsletter-signup
when 2013-05-02 10:00 releases
then drops welcome-mail because too_late
scenario passed
identity mail email:ada@example.org
given 2013-05-01 10:00 grants newsletter by email
given 2013-05-01 10:00 signal newsletter-signup
given 2013-05-01 11:00 signal purchase
when 2013-05-01 12:00 releases
then drops welcome-mail because passed
",
    );
    for mutant in all.iter().filter(|mutant| {
        ["within", "still"]
            .iter()
            .any(|part| mutant.path().starts_with(&format!("rules[2].effects[0].{part}")))
    }) {
        let survives = mutant.path().ends_with("still[1]");
        assert_eq!(suite.fate(mutant) == Fate::Survived, survives, "{mutant}");
    }
}

#[test]
fn who_survives_is_listed_with_the_change() {
    let mutation = suite(&guarded::journey(), guarded::ONE_PURCHASE).mutate().unwrap();
    let text = mutation.to_string();
    assert!(text.contains("\nno scenario notices that\n"), "{text}");
    assert!(text.contains("\n  rules[1]: the rule big-purchase is gone\n"), "{text}");
    let json = serde_json::to_value(&mutation).unwrap();
    let survived = &json["survived"][json["survived"].as_array().unwrap().len() - 1];
    assert_eq!(survived["path"], "rules[1].to");
    assert_eq!(survived["change"], "the rule big-purchase moves to none instead of customer");
    assert_eq!(survived["fate"], "survived");
    assert_eq!(json["killed"][0]["fate"]["killed"]["by"], "two-likes");
}

#[test]
fn who_is_wrong_about_the_journey_judges_none_of_its_mutants() {
    let wrong = guarded::ONE_PURCHASE.replace("then nothing", "then moves to customer");
    let report = suite(&guarded::journey(), &wrong).mutate().unwrap_err();
    assert!(report.to_string().contains("1 of 1 scenarios of guarded end otherwise than they say"));
}

/// A guard that nests as deep as guards may cannot be negated: that is no journey, and no mutant that was noticed.
#[test]
fn a_guard_that_would_nest_too_deep_is_set_apart() {
    let mut spec = guarded::journey().spec().clone();
    let like = || Guard::stage("customer".parse().unwrap());
    let deep = (1..16).try_fold(like(), |guard, _| Guard::all(vec![guard])).unwrap();
    spec.rules[0].when = Some(deep);
    let journey = Journey::compile(spec).unwrap();
    let suite = suite(
        &journey,
        "placet scenarios 1\nscenario s\nidentity mail email:a@b.c\nwhen 2013-05-01 10:00 signal like\nthen nothing",
    );
    let mutation = suite.mutate().unwrap();
    let deep = mutation
        .apart()
        .iter()
        .filter(|judged| judged.fate == Fate::NoJourney { fault: "guards nest at most 16 deep".to_owned() });
    assert_eq!(deep.count(), 16, "each of its parts, negated");
}

/// The work can be spread in any way: the fates are those of the mutants, and come together in the order of the spec.
#[test]
fn mutants_can_be_judged_anywhere() {
    let suite = suite(&guarded::journey(), guarded::EDGES);
    let all = mutants(suite.journey().spec());
    let (left, right) = all.split_at(all.len() / 3);
    let judge = |part: &[placet_lab::mutation::Mutant]| {
        part.iter()
            .map(|mutant| placet_lab::mutation::Judged { fate: suite.fate(mutant), mutant: mutant.clone() })
            .collect::<Vec<_>>()
    };
    let spread: placet_lab::mutation::Mutation = std::thread::scope(|scope| {
        let right = scope.spawn(|| judge(right));
        let left = judge(left);
        left.into_iter().chain(right.join().unwrap()).collect()
    });
    assert_eq!(spread, suite.mutate().unwrap());
}

/// What happens on some day: a signal, a grant or a stop, by number.
type History = Vec<(u8, i64)>;

/// Likes, sign-ups, purchases, grants and stops, at most two days from one to the next.
fn history() -> impl Strategy<Value = History> {
    proptest::collection::vec((0..9_u8, 0..3_i64), 1..14)
}

/// What follows from each signal of a history, in words, and where she stands at the end.
fn lived(journey: &Journey, history: &History) -> Vec<String> {
    let (mail, account) = (crate::support::email(), crate::support::facebook());
    let mut ada = Contact::open("ada".parse().unwrap(), mail.clone(), journey.vocabulary());
    ada.link(account.clone());
    let mut now = crate::support::at("10:00:00");
    let mut told = Vec::new();
    for ((what, days), number) in history.iter().zip(1..) {
        now = now.checked_add(TimeDelta::days(*days)).unwrap();
        let id = format!("x-{number}");
        let mut does = |kind: &str, identity: &Identity| {
            let signal = crate::support::signal(journey, &id, kind, identity.clone(), now);
            let decision = journey.decide(&ada, &signal, now).unwrap();
            told.extend(crate::support::told(&decision));
            drop(decision.commit(&mut ada).unwrap());
        };
        let grant = |scope, identity: &Identity| crate::support::grant(&id, scope, identity.clone(), now);
        match what {
            0 | 1 => does("like", &account),
            2 => does("newsletter-signup", &mail),
            3 => does("purchase", &mail),
            4 => does("recommendation", &mail),
            5 => drop(ada.grant(grant(NEWSLETTER.by(EMAIL), &mail)).unwrap()),
            6 => drop(ada.grant(grant(OFFERS.by(EMAIL), &mail)).unwrap()),
            7 => drop(ada.grant(grant(crate::support::on_facebook(), &account)).unwrap()),
            _ => drop(ada.stop(Stop::withdraw(id.parse().unwrap(), Reach::everything(), now, now))),
        }
    }
    told.push(journey.stands_at(&ada, now).map_or("none", Stage::as_str).to_owned());
    told
}

/// The reference journey with its rules in another order, some guarded and some from anywhere: many mutants of it are
/// equivalent, some for a rule that stands behind one that is always taken.
fn scrambled() -> impl Strategy<Value = Journey> {
    let order = Just((0..8_usize).collect::<Vec<_>>()).prop_shuffle();
    (order, proptest::collection::vec(0..5_u8, 8)).prop_map(|(order, changes)| {
        let mut spec = reference().spec().clone();
        let rules = spec.rules.clone();
        spec.rules = order.into_iter().map(|place| rules[place].clone()).collect();
        for (rule, change) in spec.rules.iter_mut().zip(changes) {
            match change {
                0 => rule.from = None,
                1 => rule.when = Some(Guard::count(rule.on.kind(), 2, None)),
                2 => {
                    rule.from = None;
                    rule.when = Some(Guard::count(rule.on.kind(), 2, None));
                }
                _ => {}
            }
        }
        Journey::compile(spec).unwrap()
    })
}

proptest! {
    /// Sound: what is called equivalent is told from the journey by no history.
    #[test]
    fn no_history_tells_an_equivalent_mutant(journey in scrambled(), histories in proptest::collection::vec(history(), 12)) {
        let quiet = "placet scenarios 1\nscenario s\nidentity mail email:a@b.c\nwhen 2013-05-01 10:00 waits\nthen stands at none";
        let suite = suite(&journey, quiet);
        for mutant in mutants(journey.spec()).iter().filter(|mutant| suite.fate(mutant) == Fate::Equivalent) {
            let other = Journey::compile(mutant.spec().unwrap().clone()).unwrap();
            for history in &histories {
                prop_assert_eq!(lived(&journey, history), lived(&other, history), "{}", mutant);
            }
        }
    }
}
