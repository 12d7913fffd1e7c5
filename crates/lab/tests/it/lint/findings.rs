//! Every finding: a journey that triggers it, what it says word for word, its witness, and a twin that has none of it.

mod effects;
mod guards;
mod occasion;
mod plain;
mod rules;
mod stages;

use placet::{Entry, Journey};
use placet_lab::lint::{Code, Finding, Severity};
use placet_lab::{Rehearsal, lint};
use serde_json::{Value as Json, json};

use super::sound::rehearsed as run;
use placet_tests::style::in_style;

/// A journey of these stages, signals and rules; what `more` names replaces what is usual.
pub fn journey(more: &Json) -> Journey {
    let mut spec = json!({
        "placet": 1, "name": "j", "controller": "acme",
        "catalogue": {
            "purposes": ["offers", "newsletter", "linking"],
            "channels": [{ "name": "email" }, { "name": "social/facebook" }],
            "notices": [{ "id": "form", "version": "1" }]
        },
        "stages": [{ "name": "fan" }],
        "signals": [{ "kind": "signup", "attributes": [{ "name": "n", "type": "integer" }] }, { "kind": "buy" }],
        "rules": []
    });
    for (key, value) in more.as_object().unwrap() {
        spec[key] = value.clone();
    }
    Journey::from_json(&spec.to_string()).unwrap()
}

/// The rules of a journey, named `r0`, `r1` and so on, on sign-ups if nothing else is said.
pub fn rules(rules: Json) -> Json {
    let mut rules = rules;
    for (at, rule) in rules.as_array_mut().unwrap().iter_mut().enumerate() {
        rule["name"] = json!(format!("r{at}"));
        if rule.get("on").is_none() {
            rule["on"] = json!("signup");
        }
    }
    json!({ "rules": rules })
}

fn and(mut more: Json, key: &str, value: Json) -> Json {
    more[key] = value;
    more
}

fn all_of(more: &Json, code: Code) -> Vec<Finding> {
    lint(&journey(more)).into_iter().filter(|finding| finding.code() == code).collect()
}

/// The one finding of a code; its witness, if it has one, can be run.
#[track_caller]
fn finds(more: &Json, code: Code, path: &str, sentence: &str) -> Finding {
    let found = all_of(more, code);
    let [finding] = &found[..] else { panic!("{found:#?}") };
    assert_eq!((finding.path(), finding.sentence()), (path, sentence));
    assert_eq!(finding.severity(), code.severity());
    let words = format!("{} {} at {path}: {sentence}", code.severity(), code.as_str());
    assert_eq!((finding.to_string(), code.to_string()), (words, code.as_str().to_owned()));
    in_style(finding.sentence());
    if let Some(history) = finding.witness() {
        run(&journey(more), history);
    }
    if let Some(scenario) = finding.scenario(&journey(more)) {
        placet_lab::scenario::check(&journey(more), &scenario.to_string()).unwrap();
    }
    finding.clone()
}

#[track_caller]
fn clean(more: &Json, code: Code) {
    let found = all_of(more, code);
    assert!(found.is_empty(), "{found:#?}");
}

/// What becomes of a finding's witness.
#[track_caller]
fn rehearsed(more: &Json, finding: &Finding) -> Rehearsal {
    run(&journey(more), finding.witness().expect("a witness"))
}

fn n(is: &str, value: i64) -> Json {
    json!({ "attribute": { "name": "n", "is": is, "value": { "integer": value } } })
}

fn consent(purpose: &str) -> Json {
    json!({ "consent": { "purpose": purpose, "channel": "email" } })
}

fn need(purpose: &str) -> Json {
    json!([{ "purpose": purpose, "channel": "email" }])
}

fn effect(purpose: &str) -> Json {
    json!([{ "name": "mail", "purpose": purpose, "channel": "email" }])
}

const DEAD: Code = Code::DeadRule;

fn sustained(purpose: &str) -> Json {
    json!([{ "name": "fan", "sustain": [{ "needs": need(purpose), "else": "none" }] }])
}

#[test]
fn what_is_not_decided_says_why() {
    let undecided = |guard: Json| rules(json!([{ "when": guard, "to": "fan" }]));
    let says = |why: &str| format!("it is not known whether `r0` ever fires: {why}");
    let billions = undecided(json!({ "count": { "kind": "buy", "at_least": u32::MAX } }));
    let why = says("a history that shows it takes more than 2000 signals of one kind");
    finds(&billions, Code::UndecidedRule, "rules[0]", &why);
    clean(&billions, DEAD);
    clean(&billions, Code::UnreachableStage);
    clean(&undecided(json!({ "count": { "kind": "buy", "at_least": 1000 } })), Code::UndecidedRule);

    let back = undecided(json!({ "all": [
        { "recency": { "kind": "buy", "within": "1d" } }, { "not": { "count": { "kind": "buy", "at_least": 1, "within": "1d" } } }
    ] }));
    let why =
        says("only a signal dated later than the next one is handled could show it: a clock that ran back");
    finds(&back, Code::UndecidedRule, "rules[0]", &why);

    // Twelve pigeons, and eleven holes with room for one each: a short proof there is none of, a long search is not made.
    let hole = |pigeon: usize, hole: usize| json!({ "consent": { "purpose": format!("p{pigeon}"), "channel": format!("c{hole}") } });
    let (pigeons, holes) = (12, 11);
    let mut parts: Vec<Json> = (0..pigeons)
        .map(|pigeon| json!({ "any": (0..holes).map(|at| hole(pigeon, at)).collect::<Vec<_>>() }))
        .collect();
    for at in 0..holes {
        for one in 0..pigeons {
            for other in 0..one {
                parts.push(json!({ "not": { "all": [hole(one, at), hole(other, at)] } }));
            }
        }
    }
    let catalogue = json!({
        "purposes": (0..pigeons).map(|at| format!("p{at}")).collect::<Vec<_>>(),
        "channels": (0..holes).map(|at| json!({ "name": format!("c{at}") })).collect::<Vec<_>>(),
        "notices": [{ "id": "form", "version": "1" }]
    });
    let hard = and(undecided(json!({ "all": parts })), "catalogue", catalogue);
    let why = says("the search was given up after too many steps; simplify its guard");
    finds(&hard, Code::UndecidedRule, "rules[0]", &why);

    // To have bought is to be a friend, and from there no way leads back to being a fan.
    let rules = rules(json!([
        { "on": "buy", "to": "friend" },
        { "from": ["none"], "to": "fan" },
        { "from": ["fan"], "when": { "count": { "kind": "buy", "at_least": 1 } }, "to": "none" },
        { "from": ["high"], "to": "none" },
        { "from": ["fan"], "when": { "count": { "kind": "buy", "at_least": u32::MAX } }, "to": "high" }
    ]));
    let stages = json!([{ "name": "fan" }, { "name": "friend" }, { "name": "high" }]);
    let found = all_of(&and(rules, "stages", stages), Code::UndecidedRule);
    let found: Vec<_> = found.iter().map(|finding| (finding.path(), finding.sentence())).collect();
    let [elsewhere, stage, _] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        *elsewhere,
        (
            "rules[2]",
            "it is not known whether `r2` ever fires: the signals that it counts move the contact elsewhere on every way that was tried"
        )
    );
    assert_eq!(
        *stage,
        (
            "rules[3]",
            "it is not known whether `r3` ever fires: it starts from a stage of which it is not known whether it can be held"
        )
    );
}

#[test]
fn what_was_cut_short_says_so() {
    let rule = |at: u32| json!({ "when": n("equal", i64::from(at)), "to": if at % 2 == 0 { "fan" } else { "none" } });
    let many: Json = (0..120).map(rule).collect();
    let sentence = "only the first 4000 pairs of rules on one kind of signal were compared for whether order alone decides";
    finds(&rules(many), Code::CutShort, "rules", sentence);
    let few: Json = (0..60).map(rule).collect();
    clean(&rules(few), Code::CutShort);
}

/// Looked at by a person: the notes on the reference journey, and nothing else.
#[test]
fn the_reference_journey() {
    let journey = Journey::reference().unwrap();
    let found = lint(&journey);
    let words: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            // Meant: the article's last stage.
            "note final-stage at stages[4]: no rule leads on from `ambassador`; let one start there, if it is not meant to be the last",
            // Meant: the welcome, and what is offered to the best prospects.
            "note several-events at rules[3].effects: one person can receive 2 events for one signal, which is the most in this journey, when `fan-signs-up` fires; spread them, if that is too many",
            // Meant: a record of dealings in the shop, for whoever reads the contact.
            "note unused-kind at signals[3]: `shop-visit` is kept of everybody, and no rule looks at it; let a rule use it, or leave the kind out",
            "note unused-kind at signals[5]: `refund` is kept of everybody, and no rule looks at it; let a rule use it, or leave the kind out",
        ]
    );
    for finding in found.iter().filter(|finding| finding.code() != Code::UnusedKind) {
        run(&journey, finding.witness().unwrap());
        let scenario = finding.scenario(&journey).unwrap().to_string();
        placet_lab::scenario::check(&journey, &scenario).unwrap();
    }
    // Whoever gave up the newsletter and signs up without it still stands as a fan: without its guard the mailing would
    // go to her again and again.
    let unguarded = Journey::REFERENCE_JSON
        .replace(
            r#""when": { "not": { "count": { "kind": "newsletter-signup", "at_least": 2 } } }"#,
            "\"x\": 0",
        )
        .replace(",\n          \"x\": 0", "");
    let found = lint(&Journey::from_json(&unguarded).unwrap());
    let endless: Vec<_> = found.iter().filter(|finding| finding.code() == Code::EndlessEvents).collect();
    assert_eq!(endless.iter().map(|finding| finding.path()).collect::<Vec<_>>(), ["rules[3].effects[1]"]);
}

/// What the project ships is without errors and warnings, but for the journey that shows what lint finds.
#[test]
fn every_shipped_journey() {
    for file in [
        "src/journey/reference.json",
        "crates/lab/examples/second-sign.json",
        "examples/permesso/journey.json",
    ] {
        let text = std::fs::read_to_string(placet_tests::project().join(file)).unwrap();
        let found = lint(&Journey::from_json(&text).unwrap());
        let bad: Vec<String> = found
            .iter()
            .filter(|finding| finding.severity() != Severity::Note)
            .map(ToString::to_string)
            .collect();
        assert_eq!(bad, Vec::<String>::new(), "{file}");
    }
}

#[test]
fn findings_are_written_for_machines() {
    let more = rules(json!([{ "to": "fan" }, { "to": "none" }]));
    let findings = lint(&journey(&more));
    let written = serde_json::to_value(&findings).unwrap();
    assert_eq!(
        written[0],
        json!({
            "code": "dead-rule", "severity": "error", "path": "rules[1]",
            "sentence": "`r1` never fires: every signal that it could take is taken by the earlier rule `r0`; move it up, or narrow that one"
        })
    );
    assert_eq!(written[1]["code"], "final-stage");
    let steps = written[1]["witness"].as_array().unwrap();
    for step in steps {
        Entry::from_json(&step.to_string()).unwrap();
    }
    assert_eq!((&steps[0]["type"], &steps[1]["type"]), (&json!("opened"), &json!("signal")));
    assert_eq!(findings[0].severity(), Severity::Error);
    assert_eq!(
        lint(&journey(&more)).iter().map(ToString::to_string).collect::<Vec<_>>(),
        findings.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
}

/// However large a journey is: what can be proven is, and what is left says so.
#[test]
fn large_journeys() {
    let count =
        |more: &Json, code| lint(&journey(more)).iter().filter(|finding| finding.code() == code).count();
    let equal: Json = (0..10_000).map(|at| json!({ "when": n("equal", at), "to": "fan" })).collect();
    let found = lint(&journey(&rules(equal)));
    assert!(found.iter().all(|finding| ![DEAD, Code::UndecidedRule].contains(&finding.code())));

    let same: Json = (0..10_000).map(|_| json!({ "to": "fan" })).collect();
    assert_eq!(count(&rules(same), DEAD), 9_999);

    let wide: Vec<Json> = (0..10_000).map(|at| n("equal", at)).collect();
    let not_any = json!([{ "when": { "not": { "any": wide.clone() } }, "to": "fan" }, { "when": { "any": wide }, "to": "none" }]);
    assert_eq!(count(&rules(not_any), DEAD), 0);

    let stages: Json = (0..1_500).map(|at| json!({ "name": format!("st{at}") })).collect();
    let from = |at: u32| at.checked_sub(1).map_or("none".to_owned(), |at| format!("st{at}"));
    let chain: Json = (0..1_500).map(|at| json!({ "from": [from(at)], "to": format!("st{at}") })).collect();
    let found = lint(&journey(&and(rules(chain), "stages", stages)));
    assert!(found.iter().all(|finding| ![DEAD, Code::UnreachableStage].contains(&finding.code())));
}
