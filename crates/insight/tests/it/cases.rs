//! Our own cases of the lines `profile` and `table`: `tests/cases`, in the form of the corpus of `placet`. Their answers were
//! reasoned from the rules, never copied from a program.

use serde_json::Value;

use crate::runner;

struct Case {
    name: String,
    rules: Vec<String>,
    history: String,
    answers: Vec<Value>,
}

fn cases() -> Vec<Case> {
    let case = |line: &str| {
        let case: Value = serde_json::from_str(line).unwrap();
        let texts = |field: &str| case[field].as_array().unwrap().clone();
        Case {
            name: case["name"].as_str().unwrap().to_owned(),
            rules: texts("rules").iter().map(|rule| rule.as_str().unwrap().to_owned()).collect(),
            history: texts("history").iter().map(|line| format!("{line}\n")).collect(),
            answers: texts("answers"),
        }
    };
    include_str!("../cases/facts.jsonl").lines().map(case).collect()
}

#[test]
fn our_own_cases_are_answered() {
    let cases = cases();
    let wrong = cases.iter().filter_map(|case| {
        let ours = runner::asked(&case.history, &case.answers);
        (ours != case.answers).then(|| format!("{}: {ours:?}, right {:?}", case.name, case.answers))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
    assert!(cases.len() >= 25, "{} cases", cases.len());
}

#[test]
fn every_rule_of_facts_and_counts_has_a_case() {
    let cases = cases();
    for rule in ["I2", "I3", "I4", "I5", "I8", "I17", "I18", "I19"] {
        assert!(cases.iter().any(|case| case.rules.iter().any(|of| of == rule)), "{rule} has no case");
    }
}

/// What a line of these two kinds must not be.
#[test]
fn a_damaged_question_is_rejected() {
    let rejected = |line: &str| runner::answers(line).pop().unwrap()["rejected"].as_str().unwrap().to_owned();
    let profile = r#"{"type":"profile","id":"q","contact":"c1","now":"2024-01-01T00:00:00Z","needs":[]}"#;
    assert_eq!(rejected(profile), "rule_without_needs");
    let table = |k: &str| {
        format!(
            r#"{{"type":"table","id":"q","kind":"like","now":"2024-01-01T00:00:00Z","k":{k},"needs":[{{"purpose":"p","channel":"c"}}]}}"#
        )
    };
    for (k, why) in
        [("\"9\"", "bad_fields"), ("\"ten\"", "bad_fields"), ("10", "number"), ("\"010\"", "bad_fields")]
    {
        assert_eq!(rejected(&table(k)), why, "{k}");
    }
    assert_eq!(runner::answers(&table("\"10\""))[0]["decision"], "hidden");
}
