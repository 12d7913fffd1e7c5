//! The runner of `examples/conformance`, in process: the very modules, without the program around them.

#[path = "../../examples/conformance/answer.rs"]
mod answer;
#[path = "../../examples/conformance/insight.rs"]
mod insight;
#[path = "../../examples/conformance/read.rs"]
mod read;
#[path = "../../examples/conformance/rules.rs"]
mod rules;
#[path = "../../examples/conformance/run.rs"]
mod run;

use serde_json::Value;

/// What the program would write about a history; and whether it would end with exit status 2.
pub(crate) fn runner_answers(history: &[u8]) -> (Vec<Value>, bool) {
    let mut output = Vec::new();
    let rejected = answer::answer(history, &mut output, false).unwrap();
    let answers = output.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    (answers.map(|line| serde_json::from_slice(line).unwrap()).collect(), rejected.is_some())
}
