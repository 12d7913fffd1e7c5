//! The runner of `examples/conformance` and the model of `tests/second`, in process: the very modules, without the programs
//! around them. They answer the lines `profile` and `table`, and say what a slow reader of the rules of consent says.

#[path = "../../../../examples/conformance/answer.rs"]
mod answer;
#[path = "../../../../examples/conformance/insight.rs"]
mod insight;
#[path = "../../../../examples/conformance/read.rs"]
mod read;
#[path = "../../../../examples/conformance/rules.rs"]
mod rules;
#[path = "../../../../examples/conformance/run.rs"]
mod run;

use serde_json::Value;

/// What the program would write about a history.
pub(crate) fn answers(history: &str) -> Vec<Value> {
    let mut output = Vec::new();
    answer::answer(history.as_bytes(), &mut output, false).unwrap();
    let lines = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// The answers to some lines alone, as a case of the neutral format gives them.
pub(crate) fn asked(history: &str, lines: &[Value]) -> Vec<Value> {
    let answers = answers(history);
    let of = |right: &Value| answers.iter().find(|ours| ours["line"] == right["line"]).cloned();
    lines.iter().map(|right| of(right).unwrap_or(Value::Null)).collect()
}
