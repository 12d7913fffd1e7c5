//! Law 6, for what the neutral format can say: merge and link never widen; merges may be repeated, swapped and
//! regrouped. (Unmerge, S28, has no line there.)

use super::Case;
use super::consent::same;
use crate::model::generate::CONTACTS;
use crate::model::oracle::Decision;
use crate::model::say::{link, merge};
use crate::model::subject::Subject;

/// No ask is allowed with a merge or a link that is denied without it.
pub(super) fn to_join_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let [one, other, _] = three_contacts(case);
    let shared_key = [link("the-link", one, "k1"), link("the-other-link", other, "k1")];
    let without = subject.answers(&case.history);
    for join in [&[merge("the-merge", one, other)][..], &shared_key] {
        let with = subject.answers(&case.with(join));
        for (without, with) in without.iter().zip(&with) {
            if matches!(with.decision, Decision::Allow(_)) && !matches!(without.decision, Decision::Allow(_))
            {
                return Err(format!("{without:?}, and joined {with:?}"));
            }
        }
    }
    Ok(())
}

/// Merging twice, or into the other, or in another order, answers the same.
pub(super) fn a_merge_is_one_merge(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let [one, other, third] = three_contacts(case);
    let merged = |merges: &[(&str, &str)]| -> Vec<_> {
        let merges = merges.iter().zip(["m1", "m2"]).map(|((from, into), id)| merge(id, from, into));
        subject.answers(&case.with(&merges.collect::<Vec<_>>()))
    };
    let once = merged(&[(one, other)]);
    same(&once, &merged(&[(one, other), (one, other)]))?;
    same(&once, &merged(&[(other, one)]))?;
    same(&merged(&[(one, other), (other, third)]), &merged(&[(other, third), (one, other)]))
}

fn three_contacts(case: &Case) -> [&'static str; 3] {
    let first = case.which.index(3);
    [0, 1, 2].map(|place| CONTACTS[(first + place) % 3])
}
