//! The shared histories, where the folder is there: the crate and the oracle must give exactly the right answers.
//!
//! Lines that are rejected when they are read are the matter of the model's reader (the crate reads no neutral lines):
//! of those cases the crate answers what stands above the line. What lines above make impossible (`id_reused`,
//! `now_before_at`, `sustain_circle`) the crate's adapter finds itself.

use serde_json::{Value, json};

use crate::model::adapter::Crate;
use crate::model::fault::Fault;
use crate::model::neutral::Line;
use crate::model::neutral_text::{instant, read_text};
use crate::model::oracle::{Answer, answer_text};
use crate::support::beside;

/// The crate's answers to a text; `None` where it has links or merges and contacts are bare.
fn crate_answers(text: &str, how: Crate) -> Option<Vec<Value>> {
    let (numbered, unread) = read_text(text.as_bytes(), instant);
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

fn values(text: &str) -> Vec<Value> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn named_cases() {
    let Some(folder) = beside("conformance") else { return };
    let cases = values(&std::fs::read_to_string(folder.join("named-cases.jsonl")).unwrap());
    let (mut answered, mut wrong) = (0, Vec::new());
    for case in &cases {
        let lines: Vec<&str> = case["history"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let text = lines.join("\n");
        let oracle = answer_text(text.as_bytes(), Fault::None);
        let both = [Crate::Bare, Crate::Book].map(|how| crate_answers(&text, how));
        answered += usize::from(both[0].is_some());
        for ours in both.into_iter().flatten().chain([oracle]).map(Value::Array) {
            if ours != case["answers"] {
                wrong.push(format!("{}: ours {ours}, right {}", case["name"], case["answers"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        answered * 5 > cases.len() * 4,
        "most cases are of single contacts: {answered} of {}",
        cases.len()
    );
}

/// All of them have links or merges.
#[test]
fn numbered_histories() {
    let Some(folder) = beside("conformance") else { return };
    let mut histories = 0;
    while let Ok(history) = std::fs::read_to_string(folder.join(format!("{histories:02}.history.jsonl"))) {
        let answers = folder.join(format!("{histories:02}.answers.jsonl"));
        let right = values(&std::fs::read_to_string(answers).unwrap());
        assert_eq!(answer_text(history.as_bytes(), Fault::None), right, "history {histories:02}");
        assert_eq!(crate_answers(&history, Crate::Book), Some(right), "history {histories:02}");
        histories += 1;
    }
    assert!(histories > 0);
}
