//! What acts do and what they cannot do: the promise, and laws 1, 2, 3, 10 and 11.

use std::collections::BTreeMap;

use super::Case;
use crate::model::neutral::{Instant, Line, Reach, Scope, StopKind};
use crate::model::oracle::{Answer, Decision, Reason};
use crate::model::subject::Subject;

/// Section 1: whatever is permitted names, for each scope, a grant above of exactly this scope and contact that has
/// begun and not ended.
pub(super) fn the_promise(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let lines = &case.history;
    for answer in subject.answers(lines) {
        let above = &lines[..answer.line];
        let (contact, now, needs, proof) = match (&lines[answer.line - 1], &answer.decision) {
            (Line::Ask { contact, now, scope, .. }, Decision::Allow(proof)) => {
                (contact, now, vec![scope], vec![proof])
            }
            (Line::Signal { contact, now, .. }, Decision::Emit { emission, proof }) => {
                let rule = above.iter().find(|line| emission.ends_with(&format!("#{}", line.id())));
                let Some(Line::Rule { needs, .. }) = rule else { return Err(format!("no rule: {answer:?}")) };
                (contact, now, needs.iter().collect(), proof.iter().collect())
            }
            _ => continue,
        };
        let covers = |(need, proof): (&&Scope, &&String)| {
            above.iter().any(|line| match line {
                Line::Grant { id, contact: by, at, scope, until, .. } => {
                    let (this, live) =
                        (id == *proof && by == contact, until.is_none_or(|until| *now < until));
                    this && scope == *need && at <= now && live
                }
                _ => false,
            })
        };
        if needs.len() != proof.len() || !needs.iter().zip(&proof).all(covers) {
            return Err(format!("{answer:?} rests on no such grant"));
        }
    }
    Ok(())
}

/// Law 1, for asks, and for sends of what was queued with and without the stop.
pub(super) fn a_stop_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let place = case.place.index(case.history.len() + 1);
    let mut stopped = case.history.clone();
    stopped.insert(place, case.stop.clone());
    let by_line = |lines: &[Line], shift: usize| -> BTreeMap<usize, Decision> {
        let answers = subject.answers(lines).into_iter();
        answers
            .map(|answer| (answer.line - if answer.line > place { shift } else { 0 }, answer.decision))
            .collect()
    };
    let (without, with) = (by_line(&case.history, 0), by_line(&stopped, 1));
    for (number, decision) in &with {
        let permits = match (&case.history[number - 1], decision) {
            (Line::Ask { .. }, Decision::Allow(_)) => !matches!(without[number], Decision::Allow(_)),
            (Line::Send { signal, rule, .. }, Decision::Sent) => {
                let emission = format!("{signal}#{rule}");
                let queued = |answers: &BTreeMap<usize, Decision>| -> Vec<usize> {
                    let queues = answers.iter().filter(|(_, decision)| decision.queues(&emission));
                    queues.map(|(number, _)| *number).collect()
                };
                queued(&with) == queued(&without) && without[number] != Decision::Sent
            }
            _ => false,
        };
        if permits {
            return Err(format!("line {number}: {:?}, and with the stop {decision:?}", without[number]));
        }
    }
    Ok(())
}

/// Law 2: below a withdrawal of everything at t, and asked at t or later, a permission rests on a grant later than t.
pub(super) fn a_withdrawal_of_everything_holds(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let (place, t) = (case.place.index(case.history.len() + 1), case.now);
    let mut lines = case.history.clone();
    let (id, contact, kind) = ("the-stop".to_owned(), "c1".to_owned(), StopKind::Withdraw);
    lines.insert(place, Line::Stop { id, contact, at: t, kind, reach: Reach::default() });
    let granted_later = |grant: &str| {
        let later = |line: &Line| matches!(line, Line::Grant { at, .. } if *at > t);
        lines.iter().any(|line| line.id() == grant && later(line))
    };
    let any_later = lines.iter().any(|line| matches!(line, Line::Grant { at, .. } if *at > t));
    for answer in subject.answers(&lines).iter().filter(|answer| answer.line > place) {
        let (contact, now) = match &lines[answer.line - 1] {
            Line::Ask { contact, now, .. } | Line::Signal { contact, now, .. } => (contact.as_str(), *now),
            Line::Send { now, .. } => ("c1", *now),
            _ => continue,
        };
        let permitted = match &answer.decision {
            Decision::Allow(proof) => !granted_later(proof),
            Decision::Emit { proof, .. } => !proof.iter().all(|proof| granted_later(proof)),
            Decision::Sent => !any_later,
            _ => false,
        };
        if contact == "c1" && now >= t && permitted {
            return Err(format!("{answer:?} below a withdrawal of everything at {t:?}"));
        }
    }
    Ok(())
}

/// Law 3: the acts, links and merges of each half of a history come first in it, in one order and in another; every
/// answer is the same. (Histories with merges have no stages here: those go by the order of lines, S23.)
pub(super) fn order_is_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let cut = case.place.index(case.history.len() + 1);
    let ordered = |shuffled: bool| -> Vec<Line> {
        let halves = case.history.split_at(cut);
        let movable = |line: &Line| line.is_act() || matches!(line, Line::Link { .. } | Line::Merge { .. });
        let half = |lines: &[Line]| {
            let (acts, rest): (Vec<Line>, Vec<Line>) = lines.iter().cloned().partition(movable);
            let mut acts: Vec<(u64, Line)> = (1..).zip(acts).collect();
            if shuffled {
                acts.sort_by_key(|(number, _)| number.wrapping_mul(case.order | 1) >> 7);
            }
            acts.into_iter().map(|(_, act)| act).chain(rest).collect::<Vec<_>>()
        };
        [half(halves.0), half(halves.1)].concat()
    };
    same(&subject.answers(&ordered(false)), &subject.answers(&ordered(true)))
}

/// Law 10, for an ask, and for the send of one queued emission.
pub(super) fn time_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let (early, late) = (case.now, Instant { seconds: case.now.seconds + case.later, ..case.now });
    let future_go = case.history.iter().any(|line| match line {
        Line::Grant { at, .. } | Line::Confirm { at, .. } | Line::Lift { at, .. } => {
            early < *at && *at <= late
        }
        _ => false,
    });
    if future_go {
        return Ok(());
    }
    let unsent: Vec<Line> =
        case.history.iter().filter(|line| !matches!(line, Line::Send { .. })).cloned().collect();
    let ask = |now| {
        let (id, contact, scope) = ("the-ask".to_owned(), "c1".to_owned(), case.scope.clone());
        Line::Ask { id, contact, now, scope }
    };
    let emitted = subject.answers(&unsent).into_iter().find_map(|answer| match answer.decision {
        Decision::Emit { emission, .. } => Some(emission),
        _ => None,
    });
    let send = |now| {
        let (signal, rule) = emitted.as_deref()?.split_once('#')?;
        let (id, signal, rule) = ("the-send".to_owned(), signal.to_owned(), rule.to_owned());
        Some(Line::Send { id, signal, rule, now })
    };
    let answer = |line: Line| {
        let answers = subject.answers(&[&unsent[..], &[line]].concat());
        answers.last().map(|answer| answer.decision.clone())
    };
    let pairs = [(Some(ask(early)), Some(ask(late))), (send(early), send(late))];
    for (early, late) in pairs.into_iter().filter_map(|(early, late)| early.zip(late)) {
        let (before, after) = (answer(early), answer(late));
        let yes = |decision: &Option<Decision>| matches!(decision, Some(Decision::Allow(_) | Decision::Sent));
        if !yes(&before) && yes(&after) {
            return Err(format!("{before:?}, and later without a go {after:?}"));
        }
    }
    Ok(())
}

/// Law 11: without the act that a refusal names the verdict, the reason or the act named is another.
///
/// So much any act on record satisfies, for what is not there is not named. Therefore the act must be enough as well:
/// alone with the confirms and lifts, which refuse nothing, it gives the same reason.
pub(super) fn a_refusal_is_true(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let cut = case.place.index(case.history.len() + 1);
    let lines = &case.history[..cut];
    let told = |lines: &[Line]| {
        let verdict = subject.judge(lines, "c1", &case.scope, case.now);
        (verdict, subject.cause(lines, "c1", &case.scope, case.now))
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
    let refuses_nothing = |line: &Line| matches!(line, Line::Confirm { .. } | Line::Lift { .. });
    let alone = told(&only(&|line| line.id() == act || refuses_nothing(line)));
    if alone != (verdict.clone(), Some(act.clone())) {
        return Err(format!("{verdict:?} names {act}, which alone gives {alone:?}"));
    }
    Ok(())
}

/// The answers are the same, wherever their lines stand.
pub(super) fn same(one: &[Answer], other: &[Answer]) -> Result<(), String> {
    let told = |answers: &[Answer]| -> Vec<(String, Decision)> {
        answers.iter().map(|answer| (answer.id.clone(), answer.decision.clone())).collect()
    };
    let (one, other) = (told(one), told(other));
    match one.iter().zip(&other).find(|(one, other)| one != other) {
        Some((one, other)) => Err(format!("{one:?}, and {other:?}")),
        None if one.len() != other.len() => Err(format!("{} answers, and {}", one.len(), other.len())),
        None => Ok(()),
    }
}
