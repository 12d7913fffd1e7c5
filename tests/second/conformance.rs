//! The neutral format: histories that others made, where they are there, answered by the model.

use serde_json::{Value, json};

use crate::model::fault::Fault;
use crate::model::oracle::answer_text;

/// A folder beside the project that is not part of it; `None`, with a message, where it is absent.
fn beside(folder: &str) -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder);
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
