//! Journeys that are too deep, too large, or wrong in ten thousand places.

use std::time::{Duration, Instant};

use placet::{
    Journey,
    journey::{Guard, GuardError, JourneyError},
};
use serde_json::{Value, json};

/// Runs it in the time that a slow machine needs for something that is not quadratic.
#[track_caller]
fn soon<T>(work: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = work();
    assert!(begin.elapsed() < Duration::from_secs(20), "took {:?}", begin.elapsed());
    done
}

fn with(edit: impl FnOnce(&mut Value)) -> String {
    let mut journey = crate::wire::samples::journey();
    edit(&mut journey);
    journey.to_string()
}

fn faults(text: &str) -> Vec<String> {
    match soon(|| Journey::from_json(text)) {
        Err(JourneyError::Meaning(faults)) => faults.iter().map(ToString::to_string).collect(),
        Err(error) => panic!("{error}"),
        Ok(_) => Vec::new(),
    }
}

fn nested(depth: usize) -> Value {
    (1..depth).fold(json!({"stage": "fan"}), |guard, at| match at % 3 {
        0 => json!({"not": guard}),
        1 => json!({"all": [guard]}),
        _ => json!({"any": [{"stage": "fan"}, guard]}),
    })
}

#[test]
fn guards_nest_sixteen_deep_and_no_deeper() {
    let fan = || Guard::stage("fan".parse().unwrap());
    let wraps: [fn(Guard) -> Result<Guard, GuardError>; 3] =
        [Guard::not, |guard| Guard::all(vec![guard]), |guard| Guard::any(vec![guard])];
    for wrap in wraps {
        let deepest = (1..16).try_fold(fan(), |guard, _| wrap(guard)).unwrap();
        assert_eq!(wrap(deepest), Err(GuardError::TooDeep));
    }
    assert_eq!(Guard::all(Vec::new()), Err(GuardError::Empty));
    assert_eq!(faults(&with(|j| j["rules"][0]["when"] = nested(16))), Vec::<String>::new());
    for depth in [17, 18, 30] {
        let error = Journey::from_json(&with(|j| j["rules"][0]["when"] = nested(depth))).unwrap_err();
        let JourneyError::Shape(fault) = error else { panic!("{error}") };
        assert_eq!(fault.what(), "guards nest at most 16 deep");
        assert!(fault.path().starts_with("rules[0].when"), "{}", fault.path());
        assert_eq!(fault.path() == "rules[0].when", depth == 17, "the place where it becomes too deep");
    }
}

#[test]
fn too_large_is_said_and_not_tried() {
    let said = [".: a journey holds at most 65,000 names, stages, kinds, rules, effects and needs each"];
    let rules =
        |count: u32| (0..count).map(|at| json!({"name": format!("r{at}"), "on": "like"})).collect::<Value>();
    let names = |count: u32| (0..count).map(|at| json!(format!("n{at}"))).collect::<Value>();
    let named =
        |count: u32, field: &str| (0..count).map(|at| json!({field: format!("n{at}")})).collect::<Value>();
    assert_eq!(faults(&with(|j| j["rules"] = rules(100_000))), said);
    assert_eq!(faults(&with(|j| j["stages"] = named(70_000, "name"))), said);
    assert_eq!(faults(&with(|j| j["signals"] = named(70_000, "kind"))), said);
    assert_eq!(faults(&with(|j| j["catalogue"]["purposes"] = names(70_000))), said);
    let effect = json!({"name": "e", "purpose": "offers", "channel": "email"});
    assert_eq!(faults(&with(|j| j["rules"][0]["effects"] = vec![effect.clone(); 70_000].into())), said);
    let need = json!({"purpose": "offers", "channel": "email"});
    let with_needs = with(|j| j["rules"][2]["effects"][0]["needs"] = vec![need.clone(); 70_000].into());
    assert_eq!(faults(&with_needs), said);
    // A notice is two words, and together they are more than a vocabulary holds.
    let notices: Value =
        (0..40_000).map(|at| json!({"id": format!("n{at}"), "version": format!("v{at}")})).collect();
    assert_eq!(faults(&with(|j| j["catalogue"]["notices"] = notices)), said);
}

#[test]
fn long_and_fine_is_compiled_soon() {
    let rules: Value = (0..20_000)
        .map(|at| {
            let last = json!({"name": "e", "purpose": "p19999", "channel": "email", "recipient": "r19999"});
            json!({"name": format!("r{at}"), "on": "like", "effects": [last]})
        })
        .collect();
    let text = with(|j| {
        let purposes = j["catalogue"]["purposes"].as_array_mut().unwrap();
        purposes.extend((0..20_000).map(|at| json!(format!("p{at}"))));
        let recipients = j["catalogue"]["recipients"].as_array_mut().unwrap();
        recipients.extend((0..20_000).map(|at| json!(format!("r{at}"))));
        j["rules"] = rules;
    });
    assert_eq!(faults(&text), Vec::<String>::new());
}

#[test]
fn ten_thousand_misspelt_names() {
    let long = "x".repeat(59);
    let text = with(|j| {
        j["stages"]
            .as_array_mut()
            .unwrap()
            .extend((0..10_000).map(|at| json!({"name": format!("{long}{at:05}")})));
        let misspelt = |at| json!({"name": format!("r{at}"), "on": "like", "to": format!("{long}y{at:04}")});
        j["rules"] = (0..10_000).map(misspelt).collect();
    });
    let faults = faults(&text);
    assert_eq!(faults.len(), 10_000, "each is reported");
    assert!(faults[0].ends_with(&format!(": did you mean `{long}00000`?")), "{}", faults[0]);
    assert!(faults[9_999].ends_with(" is declared"), "only the first get a suggestion: {}", faults[9_999]);
}

#[test]
fn one_kind_with_a_hundred_thousand_attributes() {
    let text = with(|j| {
        let attribute = |at| json!({"name": format!("a{at}"), "type": "integer"});
        j["signals"][4]["attributes"] = (0..100_000).map(attribute).collect();
        let test = json!({"attribute": {"name": "a99999", "is": "equal", "value": {"integer": 1}}});
        j["rules"][6]["when"] = json!({"any": vec![test; 20_000]});
    });
    assert_eq!(faults(&text), ["signals[4].attributes: a kind of signal carries at most 32 attributes"]);
}

#[test]
fn a_circle_of_many_stages() {
    let text = with(|j| {
        let needs = json!([{"purpose": "offers", "channel": "email"}]);
        let stage = |at| json!({"name": format!("n{at}"), "sustain": [{"needs": needs, "else": format!("n{}", (at + 1) % 10_000)}]});
        j["stages"].as_array_mut().unwrap().extend((0..10_000).map(stage));
    });
    let faults = faults(&text);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("falls back on itself"), "{}", faults[0]);
}
