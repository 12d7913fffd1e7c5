//! The neutral format: the project's own corpus, and histories that others made, where they are there, answered by the
//! model.

mod corpus;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::model::fault::Fault;
use crate::model::oracle::answer_text;
use corpus::corpus;

/// A folder beside the project that is not part of it; `None`, with a message, where it is absent.
fn beside(folder: &str) -> Option<std::path::PathBuf> {
    let path = placet_tests::project().join("../shared").join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {folder} is not beside the project");
    None
}

fn values(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn wrong(name: &str, history: &[u8], right: &[Value]) -> Option<String> {
    let ours = answer_text(history, Fault::None);
    let differs = ours.iter().zip(right).find(|(ours, right)| ours != right);
    match differs {
        Some((ours, right)) => Some(format!("{name}: {ours}, right {right}")),
        None if ours.len() != right.len() => Some(format!("{name}: {}, right {}", json!(ours), json!(right))),
        None => None,
    }
}

#[test]
fn the_corpus_is_answered() {
    let wrong: Vec<String> = corpus()
        .iter()
        .filter_map(|case| wrong(&format!("{}: {}", case.file, case.name), &case.history, &case.answers))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// S28 and S29 are not in the neutral format.
#[test]
fn the_corpus_shows_every_rule_by_several_cases() {
    let cases = corpus();
    assert!(cases.len() >= 800, "{} cases", cases.len());
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    let rules: BTreeSet<String> = (1..=27).chain(30..=32).map(|rule| format!("S{rule}")).collect();
    for rule in &rules {
        let shown = cases.iter().filter(|case| case.rules.contains(rule)).count();
        assert!(shown >= 3, "{rule} is shown {shown} times");
    }
    let strange = cases.iter().flat_map(|case| &case.rules).find(|rule| !rules.contains(*rule));
    assert_eq!(strange, None, "no such rule in the neutral format");
}

#[test]
fn the_corpus_shows_every_word_of_an_answer() {
    let said: BTreeSet<String> = corpus()
        .iter()
        .flat_map(|case| &case.answers)
        .flat_map(|answer| ["decision", "reason", "rejected"].map(|field| answer[field].as_str()))
        .flatten()
        .map(str::to_owned)
        .collect();
    let decisions = "allow deny emit refuse unadmitted none";
    let reasons = "unknown_contact erased restricted objected paused pending unconfirmed refused withdrawn void \
        expired no_grant too_late passed confirmed not_answerable not_queued already_sent dropped";
    let whys = "bad_json line_too_long duplicate_key number bad_type bad_kind bad_fields bad_name bad_instant \
        rule_without_needs begins_before_at until_not_after_at confirm_by_not_after_at now_before_at id_reused \
        sustain_circle";
    let words = || [decisions, reasons, whys].into_iter().flat_map(str::split_whitespace);
    let missing: Vec<&str> = words().filter(|word| !said.contains(*word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let spec = include_str!("../../docs/SPEC.md");
    let unexplained = words().find(|word| !spec.contains(&format!("`{word}`")) && *word != "allow");
    assert_eq!(unexplained, None, "docs/SPEC.md does not say what it means");
}

/// A mistake in any clause is caught. Answers name no act as the cause of a no, so that one fault cannot show.
#[test]
fn the_corpus_catches_every_seeded_fault() {
    let cases = corpus();
    let caught = |fault| cases.iter().any(|case| answer_text(&case.history, fault) != case.answers);
    let missed: Vec<Fault> = Fault::ALL.iter().copied().filter(|fault| !caught(*fault)).collect();
    assert_eq!(missed, [Fault::BlamesAnother]);
}

#[test]
fn the_named_cases_beside_the_project_are_answered() {
    let Some(folder) = beside("conformance-2") else { return };
    let cases = values(&std::fs::read_to_string(folder.join("named-cases.jsonl")).unwrap());
    let mistakes = cases.iter().filter_map(|case| {
        let lines: Vec<&str> = case["history"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let answers = case["answers"].as_array().unwrap();
        wrong(case["name"].as_str().unwrap(), lines.join("\n").as_bytes(), answers)
    });
    let mistakes: Vec<String> = mistakes.collect();
    eprintln!("{} named cases, {} wrong", cases.len(), mistakes.len());
    assert!(!cases.is_empty() && mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn the_histories_beside_the_project_are_answered() {
    let Some(folder) = beside("conformance-2") else { return };
    let (mut histories, mut mistakes) = (0, Vec::new());
    while let Ok(history) = std::fs::read(folder.join(format!("{histories:02}.history.jsonl"))) {
        let answers = folder.join(format!("{histories:02}.answers.jsonl"));
        let right = values(&std::fs::read_to_string(answers).unwrap());
        mistakes.extend(wrong(&format!("history {histories:02}"), &history, &right));
        histories += 1;
    }
    eprintln!("{histories} histories, {} wrong", mistakes.len());
    assert!(histories > 0 && mistakes.is_empty(), "{}", mistakes.join("\n"));
}
