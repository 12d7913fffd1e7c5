//! What the record does to answers: laws 4, 5, 7, 8 and 12.

use serde_json::Value;

use super::Case;
use super::consent::same;
use crate::model::neutral::Line;
use crate::model::oracle::{Answer, Decision, Reason};
use crate::model::subject::Subject;

/// Law 4: a line comes again further down, an act with any record; no answer changes and none is added. An unadmitted
/// signal is another matter: it left no trace, and is judged anew (S26).
pub(super) fn again_is_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    if case.history.is_empty() {
        return Ok(());
    }
    let which = case.which.index(case.history.len());
    let place = which + 1 + case.place.index(case.history.len() - which);
    let once = subject.answers(&case.history);
    let line = &case.history[which];
    let id = line.id();
    if once.iter().any(|answer| answer.id == id && matches!(answer.decision, Decision::Unadmitted(_))) {
        return Ok(());
    }
    for again in [line.clone(), line.clone().recorded_at(Some(case.now)), line.clone().recorded_at(None)] {
        let mut twice = case.history.clone();
        twice.insert(place, again);
        same(&once, &subject.answers(&twice))?;
    }
    Ok(())
}

/// Law 5.
pub(super) fn nothing_is_seen_below(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let above = case.halves().0;
    let (all, some) = (subject.answers(&case.history), subject.answers(above));
    same(&all[..some.len().min(all.len())], &some)
}

/// Law 7: what is written down and read back on the way answers as what was not.
pub(super) fn replay_equals_live(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    equal(&subject.values(&case.history), &subject.replayed(&case.history))
}

/// Law 8.
pub(super) fn spelling_is_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    equal(&subject.values(&case.history), &subject.spelled(&case.history, &case.spellings))
}

/// Law 12: without rules, signals and all else of a journey every ask is answered the same. (That a signal makes its
/// contact known, S18, is no permission.)
pub(super) fn a_stage_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let (whole, acts) = (&case.history, |line: &&Line| line.is_act() || matches!(line, Line::Ask { .. }));
    let acts: Vec<Line> = whole.iter().filter(acts).cloned().collect();
    let asks = |lines: &[Line]| -> Vec<Answer> {
        let answers = subject.answers(lines).into_iter();
        let mut asks: Vec<_> =
            answers.filter(|answer| matches!(lines[answer.line - 1], Line::Ask { .. })).collect();
        for ask in &mut asks {
            if ask.decision == Decision::Deny(Reason::UnknownContact) {
                ask.decision = Decision::Deny(Reason::NoGrant);
            }
        }
        asks
    };
    same(&asks(whole), &asks(&acts))
}

fn equal(one: &[Value], other: &[Value]) -> Result<(), String> {
    match one.iter().zip(other).find(|(one, other)| one != other) {
        Some((one, other)) => Err(format!("{one}, and {other}")),
        None if one.len() != other.len() => Err(format!("{} answers, and {}", one.len(), other.len())),
        None => Ok(()),
    }
}
