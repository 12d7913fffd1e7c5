//! `placet test`, `placet coverage` and `placet mutate`: scenarios, what they exercise, and what they do not notice.

use placet_lab::mutation::{Judged, Mutation, mutants};
use placet_lab::scenario::Suite;

use crate::Progress;
use crate::answer::{Answer, Problem, written};
use crate::arguments::Request;
use crate::files;

pub(crate) fn test(request: &Request) -> Result<Answer, Problem> {
    let report = suite(request)?.run();
    Ok(Answer::found(written(request.json, &report)?, !report.is_fine()))
}

pub(crate) fn coverage(request: &Request) -> Result<Answer, Problem> {
    let coverage = suite(request)?.coverage();
    let missing = coverage.missing().next().is_some();
    Ok(Answer::found(written(request.json, &coverage)?, missing))
}

/// Scenarios that fail before anything is changed are what is found.
pub(crate) fn mutate(request: &Request, progress: Progress<'_>) -> Result<Answer, Problem> {
    let suite = suite(request)?;
    let report = suite.run();
    if !report.is_fine() {
        return Ok(Answer::found(written(request.json, &report)?, true));
    }
    let mutants = mutants(suite.journey().spec());
    let all = mutants.len();
    let judged = mutants.into_iter().zip(1..).map(|(mutant, done)| {
        let fate = suite.fate(&mutant);
        progress(done, all);
        Judged { mutant, fate }
    });
    let mutation: Mutation = judged.collect();
    Ok(Answer::found(written(request.json, &mutation)?, !mutation.survived().is_empty()))
}

fn suite(request: &Request) -> Result<Suite, Problem> {
    let [journey, scenarios] = request.files.as_slice() else {
        return Err(request.fault("name a journey (a file, or `reference`) and a file of scenarios"));
    };
    files::scenarios(scenarios, &files::journey(journey)?)
}
