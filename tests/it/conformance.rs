//! The neutral format: the project's own corpus, the shared histories where the folder is there, and generated ones. The
//! runner (in process), the oracle and the crate under the model's adapter must give exactly the right answers.
//!
//! The adapter reads no text: lines that are rejected when they are read are there the matter of the model's reader. Bare
//! contacts know no others, so that they answer only histories without links and merges.

mod corpus;
mod runner;

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::model::adapter::Crate;
use crate::model::fault::Fault;
use crate::model::generate::{everything, persons, spell, spelling};
use crate::model::neutral::Line;
use crate::model::neutral_text::{instant, read_text};
use crate::model::oracle::{Answer, answer_text};
use crate::support::beside;
use corpus::corpus;
use runner::runner_answers;

/// Each who answers a history otherwise than it should be, with what was answered.
fn wrong(name: &str, history: &[u8], right: &[Value]) -> Vec<String> {
    let (runner, stopped) = runner_answers(history);
    let adapted = [Crate::Bare, Crate::Book, Crate::Forgetful].map(|how| crate_answers(history, how));
    let rejected = right.last().is_some_and(|last| last.get("rejected").is_some());
    let exit = (stopped != rejected).then(|| format!("{name}: the exit status of the runner is wrong"));
    let all = [("the runner", Some(runner)), ("the oracle", Some(answer_text(history, Fault::None)))];
    all.into_iter()
        .chain(["the contacts", "the book", "the book that forgets"].into_iter().zip(adapted))
        .filter_map(|(who, ours)| Some((who, ours.filter(|ours| ours != right)?)))
        .map(|(who, ours)| format!("{name}: {who} {}, right {}", json!(ours), json!(right)))
        .chain(exit)
        .collect()
}

/// The crate's answers under the adapter; `None` where it has links or merges and contacts are bare.
fn crate_answers(history: &[u8], how: Crate) -> Option<Vec<Value>> {
    let (numbered, unread) = read_text(history, instant);
    let (numbers, lines): (Vec<usize>, Vec<Line>) = numbered.into_iter().unzip();
    let single = |line: &Line| !matches!(line, Line::Link { .. } | Line::Merge { .. });
    if matches!(how, Crate::Bare) && !lines.iter().all(single) {
        return None;
    }
    let (answers, rejected) = how.answer_with(&lines);
    let place = |line: usize| numbers[line - 1];
    let answers = answers.iter().map(|answer| {
        let line = place(answer.line);
        Answer { line, ..answer.clone() }.to_value()
    });
    let rejected = rejected.map(|(line, why)| (place(line), why)).or(unread);
    let rejected = rejected.map(|(line, why)| json!({"line": line, "rejected": why.word()}));
    Some(answers.chain(rejected).collect())
}

#[test]
fn the_corpus_is_answered() {
    let wrong: Vec<String> = corpus()
        .iter()
        .flat_map(|case| wrong(&format!("{}: {}", case.file, case.name), &case.history, &case.answers))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_corpus_shows_every_rule_by_several_cases() {
    let cases = corpus();
    assert!(cases.len() >= 300, "{} cases", cases.len());
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names.len(), cases.len(), "two cases have one name");
    for rule in 1..=27 {
        let rule = format!("S{rule}");
        let shown = cases.iter().filter(|case| case.rules.contains(&rule)).count();
        assert!(shown >= 3, "{rule} is shown {shown} times");
    }
    let rules = (1..=27).map(|rule| format!("S{rule}")).collect::<BTreeSet<_>>();
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
    let reasons = "unknown_contact erased restricted objected pending unconfirmed refused withdrawn expired \
        no_grant not_queued already_sent dropped";
    let whys = "bad_json line_too_long duplicate_key number bad_type bad_kind bad_fields bad_name bad_instant \
        rule_without_needs until_not_after_at confirm_by_not_after_at now_before_at id_reused sustain_circle";
    let missing: Vec<&str> = [decisions, reasons, whys]
        .iter()
        .flat_map(|words| words.split_whitespace())
        .filter(|word| !said.contains(*word))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let spec = include_str!("../../docs/SPEC.md");
    let mut words = [decisions, reasons, whys].into_iter().flat_map(str::split_whitespace);
    assert_eq!(words.find(|word| !spec.contains(&format!("`{word}`")) && *word != "allow"), None);
}

/// A mistake in any clause is caught. Answers name no act as the cause of a no, so that one fault cannot show.
#[test]
fn the_corpus_catches_every_seeded_fault() {
    let cases = corpus();
    let caught = |fault| cases.iter().any(|case| answer_text(&case.history, fault) != case.answers);
    let missed: Vec<Fault> = Fault::ALL.iter().copied().filter(|fault| !caught(*fault)).collect();
    assert_eq!(missed, [Fault::BlamesAnother]);
}

fn values(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_shared_cases_are_answered() {
    let Some(folder) = beside("conformance") else { return };
    let cases = values(&std::fs::read_to_string(folder.join("named-cases.jsonl")).unwrap());
    let mistakes = cases.iter().flat_map(|case| {
        let lines: Vec<&str> = case["history"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        wrong(
            case["name"].as_str().unwrap(),
            lines.join("\n").as_bytes(),
            case["answers"].as_array().unwrap(),
        )
    });
    let mistakes: Vec<String> = mistakes.collect();
    assert!(!cases.is_empty() && mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn the_shared_histories_are_answered() {
    let Some(folder) = beside("conformance") else { return };
    let mut histories = 0;
    while let Ok(history) = std::fs::read(folder.join(format!("{histories:02}.history.jsonl"))) {
        let answers = folder.join(format!("{histories:02}.answers.jsonl"));
        let right = values(&std::fs::read_to_string(answers).unwrap());
        let mistakes = wrong(&format!("history {histories:02}"), &history, &right);
        assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
        histories += 1;
    }
    assert!(histories > 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Several contacts, linked and merged, in any spelling: the runner and the oracle agree.
    #[test]
    fn persons_are_answered_alike(history in persons(), spellings in prop::collection::vec(spelling(), 1..5)) {
        let text = spell(&history, &spellings);
        prop_assert_eq!(runner_answers(text.as_bytes()).0, answer_text(text.as_bytes(), Fault::None));
    }

    /// And with a journey.
    #[test]
    fn journeys_of_persons_are_answered_alike(history in everything(), spellings in prop::collection::vec(spelling(), 1..5)) {
        let text = spell(&history, &spellings);
        prop_assert_eq!(runner_answers(text.as_bytes()).0, answer_text(text.as_bytes(), Fault::None));
    }
}
