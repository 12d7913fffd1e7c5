//! The crate and the model on the same histories: the runner of `examples/conformance` answers as the model does.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::model::fault::Fault;
use crate::model::generate::any_text;
use crate::model::oracle::answer_text;
use crate::model::rough::rough;
use crate::runner::runner_answers;

/// Histories a run; `PLACET_TIMES` multiplies them.
fn histories(count: u32) -> ProptestConfig {
    let times = std::env::var("PLACET_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    ProptestConfig { cases: count * times, failure_persistence: None, ..ProptestConfig::default() }
}

#[test]
fn the_crate_answers_as_the_model_does() {
    let mut runner = TestRunner::new(histories(5_000));
    let agreed = runner.run(&any_text(), |text| {
        let (ours, _) = runner_answers(text.as_bytes());
        let right = answer_text(text.as_bytes(), Fault::None);
        let differs = ours.iter().zip(&right).find(|(ours, right)| ours != right);
        prop_assert!(differs.is_none(), "{differs:?}");
        prop_assert_eq!(ours.len(), right.len());
        Ok(())
    });
    agreed.unwrap();
}

/// Where two rejections apply either is right; which line is rejected is not free.
#[test]
fn the_crate_rejects_the_line_that_the_model_rejects() {
    let line = |answers: &[Value]| answers.last().filter(|last| last.get("rejected").is_some()).cloned();
    let mut runner = TestRunner::new(histories(2_000));
    let agreed = runner.run(&rough(), |rough| {
        let text = rough.text.as_bytes();
        let (ours, _) = runner_answers(text);
        let right = answer_text(text, Fault::None);
        let at = |answers: &[Value]| line(answers).and_then(|last| last.get("line").cloned());
        prop_assert_eq!(at(&ours), at(&right), "{:?} {:?}", line(&ours), line(&right));
        Ok(())
    });
    agreed.unwrap();
}
