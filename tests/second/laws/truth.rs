//! What is told to people: refusals (law 11) and replies (law 13).

use std::collections::BTreeSet;

use super::Case;
use crate::model::generate::CONTACTS;
use crate::model::neutral::{Deed, Line};
use crate::model::oracle::{Decision, Reason};
use crate::model::subject::Subject;

/// Law 11: without the act that a refusal names the verdict, the reason or the act named is another.
///
/// So much any act on record satisfies, for what is not there is not named. Therefore the act must be enough as well:
/// alone with the acts that refuse nothing by themselves it gives the same reason. (What is paused or void is a grant,
/// so that there the other grants stay, too.)
pub(super) fn a_refusal_is_true(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let lines = case.halves().0;
    let told = |lines: &[Line]| {
        let verdict = subject.judge(lines, CONTACTS[0], &case.scope, case.now);
        (verdict, subject.cause(lines, CONTACTS[0], &case.scope, case.now))
    };
    let (verdict, cause) = told(lines);
    let act = match (&verdict, cause) {
        (Decision::Deny(Reason::NoGrant | Reason::UnknownContact) | Decision::Allow(_), None) => {
            return Ok(());
        }
        (Decision::Deny(_), Some(act)) => act,
        other => return Err(format!("names the wrong thing: {other:?}")),
    };
    let only = |keep: &dyn Fn(&Line) -> bool| -> Vec<Line> {
        lines.iter().filter(|line| keep(line)).cloned().collect()
    };
    if told(&only(&|line| line.id() != act)) == (verdict.clone(), Some(act.clone())) {
        return Err(format!("{verdict:?} names {act}, and is the same without it"));
    }
    let of_a_grant = matches!(verdict, Decision::Deny(Reason::Paused | Reason::Void));
    let refuses_nothing = |line: &Line| match line.act().map(|act| &act.deed) {
        Some(Deed::Confirm { .. } | Deed::Lift { .. } | Deed::Void { .. }) => true,
        Some(Deed::Grant { .. }) => of_a_grant,
        _ => false,
    };
    let alone = told(&only(&|line| line.id() == act || refuses_nothing(line)));
    if alone != (verdict.clone(), Some(act.clone())) {
        return Err(format!("{verdict:?} names {act}, which alone gives {alone:?}"));
    }
    Ok(())
}

/// Law 13: an act is answered once at most, and not below an erasure of its id or of one merged with it. A reply that
/// was refused stays refused.
pub(super) fn a_reply_is_one(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let lines = &case.history;
    let mut settled = BTreeSet::new();
    for answer in subject.answers(lines) {
        let Line::Reply { act, .. } = &lines[answer.line - 1] else {
            continue;
        };
        let above = &lines[..answer.line];
        if answer.decision == Decision::Sent {
            let contact =
                above.iter().filter_map(Line::act).find(|one| one.id == *act).map(|one| &one.contact);
            let Some(contact) = contact else { return Err(format!("{answer:?} answers no act")) };
            if settled.contains(act) {
                return Err(format!("{answer:?} answers {act} again"));
            }
            let person = person(above, contact);
            if above
                .iter()
                .filter_map(Line::act)
                .any(|act| act.deed == Deed::Erase && person.contains(act.contact.as_str()))
            {
                return Err(format!("{answer:?} below an erasure"));
            }
        }
        if answer.decision != Decision::Deny(Reason::NotAnswerable) {
            settled.insert(act);
        }
    }
    Ok(())
}

/// The ids that merges have made one with this.
fn person<'a>(lines: &'a [Line], contact: &'a str) -> BTreeSet<&'a str> {
    let mut ids = BTreeSet::from([contact]);
    // Each round over all merges adds one id or none; there are no more rounds needed than merges.
    for _ in lines {
        for line in lines {
            match line {
                Line::Merge { from, into, .. } if ids.contains(from.as_str()) => ids.insert(into),
                Line::Merge { from, into, .. } if ids.contains(into.as_str()) => ids.insert(from),
                _ => false,
            };
        }
    }
    ids
}
