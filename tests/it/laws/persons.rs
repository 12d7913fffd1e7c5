//! Law 6, for what the neutral format can say: merge and link never widen; a merge again or the other way round is
//! the same. (Unmerge, S28, has no line there.)

use super::Case;
use super::consent::same;
use crate::model::neutral::Line;
use crate::model::oracle::Decision;
use crate::model::say::{link, merge};
use crate::model::subject::Subject;

/// No ask is allowed with a merge or a link that is denied without it.
pub(super) fn to_join_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let place = case.place.index(case.history.len() + 1);
    let (one, other) = two_contacts(case);
    let shared_key = [link("the-link", one, "k1"), link("the-other-link", other, "k1")];
    let without = subject.answers(&case.history);
    for join in [&[merge("the-merge", one, other)][..], &shared_key] {
        let with = subject.answers(&inserted(&case.history, place, join));
        for (without, with) in without.iter().zip(&with) {
            if matches!(with.decision, Decision::Allow(_)) && !matches!(without.decision, Decision::Allow(_))
            {
                return Err(format!("{without:?}, and joined {with:?}"));
            }
        }
    }
    Ok(())
}

/// Merging twice, or into the other, answers the same.
pub(super) fn a_merge_is_one_merge(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let place = case.place.index(case.history.len() + 1);
    let (one, other) = two_contacts(case);
    let merged = |lines: &[Line]| -> Vec<_> { subject.answers(&inserted(&case.history, place, lines)) };
    let once = merged(&[merge("the-merge", one, other)]);
    same(&once, &merged(&[merge("the-merge", one, other), merge("again", one, other)]))?;
    same(&once, &merged(&[merge("the-merge", other, one)]))
}

fn two_contacts(case: &Case) -> (&'static str, &'static str) {
    [("c1", "c2"), ("c2", "c3"), ("c3", "c1")][case.which.index(3)]
}

fn inserted(history: &[Line], place: usize, lines: &[Line]) -> Vec<Line> {
    [&history[..place], lines, &history[place..]].concat()
}
