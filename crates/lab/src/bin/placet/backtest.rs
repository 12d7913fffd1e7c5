//! `placet backtest` and `placet diff`: journeys over a recorded history.

use placet::Journey;
use placet_lab::{Backtest, Diff};

use crate::Progress;
use crate::answer::{Answer, Problem, as_json};
use crate::arguments::Request;
use crate::files;

pub(crate) fn run(request: &Request, progress: Progress<'_>) -> Result<Answer, Problem> {
    if request.files.is_empty() {
        return Err(request.fault("name one journey or several: files, or `reference`"));
    }
    let backtest = backtest(request, progress)?;
    Ok(Answer::fine(if request.json { as_json(&backtest)? } else { backtest.to_string() }))
}

/// Two journeys; something is found where the second would have done anything else.
pub(crate) fn diff(request: &Request, progress: Progress<'_>) -> Result<Answer, Problem> {
    if request.files.len() != 2 {
        return Err(
            request.fault("name two journeys, the one there is and the one to be: files, or `reference`")
        );
    }
    let backtest = backtest(request, progress)?;
    let differs = !backtest.diffs.iter().all(Diff::is_empty);
    Ok(Answer::found(if request.json { as_json(&backtest.diffs)? } else { backtest.to_string() }, differs))
}

/// The journeys over the history, and the page where one is asked for.
fn backtest(request: &Request, progress: Progress<'_>) -> Result<Backtest, Problem> {
    let history = request.history.as_ref();
    let history =
        history.ok_or_else(|| request.fault("say `--history FILE`: what happened, one entry a line"))?;
    let journeys = request.files.iter().map(|file| files::journey(file));
    let journeys: Vec<Journey> = journeys.collect::<Result<_, _>>()?;
    let recording = files::recording(history)?;
    let contacts = recording.contacts();
    let backtest = Backtest::of(&journeys, &recording, |done| progress(done, contacts));
    if let Some(html) = &request.html {
        files::write(html, &backtest.page(&journeys))?;
    }
    Ok(backtest)
}
