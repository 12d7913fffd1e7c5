//! What acts do and what they cannot do: the promise, and laws 1, 2, 3, 10 and 14.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use crate::model::generate::CONTACTS;
use crate::model::neutral::{Act, Deed, Instant, Line, Reach, StopKind};
use crate::model::oracle::{Answer, Decision};
use crate::model::say;
use crate::model::subject::Subject;

/// Section 1: whatever is permitted names, for each scope, a grant above of exactly this scope and contact that has
/// begun, has not ended and that nobody has called void.
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
        let acts = || above.iter().filter_map(Line::act);
        let void = |id: &str| {
            acts().any(|act| {
                matches!(&act.deed, Deed::Void { act: named } if named == id) && act.contact == *contact
            })
        };
        let covers = |(need, proof): (&_, &&String)| {
            acts().any(|act| match &act.deed {
                Deed::Grant { scope, begins, until, .. } => {
                    let begun = act.instant() <= *now && begins.is_none_or(|begins| begins <= *now);
                    let live = until.is_none_or(|until| *now < until);
                    act.id == **proof && act.contact == *contact && scope == need && begun && live
                }
                _ => false,
            }) && !void(proof)
        };
        if needs.len() != proof.len() || !needs.iter().copied().zip(&proof).all(covers) {
            return Err(format!("{answer:?} rests on no such grant"));
        }
    }
    Ok(())
}

/// Law 1, for asks, and for sends of what was queued with and without the stop by a rule without `still`.
pub(super) fn a_stop_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let place = case.halves().0.len();
    let by_line = |lines: &[Line], shift: usize| -> BTreeMap<usize, Decision> {
        let answers = subject.answers(lines).into_iter();
        answers
            .map(|answer| (answer.line - if answer.line > place { shift } else { 0 }, answer.decision))
            .collect()
    };
    let stopped = case.with(std::slice::from_ref(&case.stop));
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
                let same = queued(&with) == queued(&without);
                same && !asks_for_a_stage(&case.history, rule) && without[number] != Decision::Sent
            }
            _ => false,
        };
        if permits {
            return Err(format!("line {number}: {:?}, and with the stop {decision:?}", without[number]));
        }
    }
    Ok(())
}

fn asks_for_a_stage(lines: &[Line], rule: &str) -> bool {
    lines.iter().any(|line| line.id() == rule && matches!(line, Line::Rule { still: Some(_), .. }))
}

/// Law 2: below a withdrawal of everything at t, and asked at t or later, a permission rests on a grant later than t.
pub(super) fn a_withdrawal_of_everything_holds(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    withdrawn(subject, case, None, Act::instant)
}

/// Law 14: the same of a withdrawal that was recorded at t, and of grants by the time of their record.
pub(super) fn nothing_recorded_before_permits(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    withdrawn(subject, case, Some(case.now), |grant| grant.recorded.unwrap_or(grant.at))
}

/// All that is permitted below a withdrawal of everything rests on grants of which `when` is later.
fn withdrawn(
    subject: &dyn Subject,
    case: &Case,
    recorded: Option<Instant>,
    when: fn(&Act) -> Instant,
) -> Result<(), String> {
    let (place, t) = (case.halves().0.len(), case.now);
    let withdraw = say::stop("the-stop", CONTACTS[0], t, StopKind::Withdraw, Reach::default());
    let lines = case.with(&[withdraw.recorded_at(recorded)]);
    let later: BTreeSet<&str> = lines
        .iter()
        .filter_map(Line::act)
        .filter(|act| matches!(act.deed, Deed::Grant { .. }) && when(act) > t)
        .map(|act| act.id.as_str())
        .collect();
    for answer in subject.answers(&lines).iter().filter(|answer| answer.line > place) {
        let now = match &lines[answer.line - 1] {
            Line::Ask { contact, now, .. } | Line::Signal { contact, now, .. } if contact == CONTACTS[0] => {
                *now
            }
            Line::Send { now, .. } => *now,
            _ => continue,
        };
        let permitted = match &answer.decision {
            Decision::Allow(proof) => !later.contains(proof.as_str()),
            Decision::Emit { proof, .. } => !proof.iter().all(|proof| later.contains(proof.as_str())),
            Decision::Sent => later.is_empty(),
            _ => false,
        };
        if now >= t && permitted {
            return Err(format!("{answer:?} below a withdrawal of everything at {t:?}"));
        }
    }
    Ok(())
}

/// Law 3: the acts, links and merges of each half of a history come first in it, in one order and in another; every
/// answer is the same. (Histories with merges have no stages here: those go by the order of lines, S23.)
pub(super) fn order_is_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    // Re-deliveries are left out: of two records the one that comes first stands.
    let mut ids = BTreeSet::new();
    let (above, below) = case.halves();
    let halves = [above, below].map(|half| {
        half.iter().filter(|line| ids.insert(line.id().to_owned())).cloned().collect::<Vec<Line>>()
    });
    let movable = |line: &Line| line.is_act() || matches!(line, Line::Link { .. } | Line::Merge { .. });
    let ordered = |shuffled: bool| -> Vec<Line> {
        let half = |lines: &Vec<Line>| {
            let (acts, rest): (Vec<Line>, Vec<Line>) = lines.iter().cloned().partition(movable);
            let mut acts: Vec<(u64, Line)> = (1..).zip(acts).collect();
            if shuffled {
                acts.sort_by_key(|(number, _)| number.wrapping_mul(case.order | 1) >> 7);
            }
            acts.into_iter().map(|(_, act)| act).chain(rest).collect::<Vec<_>>()
        };
        halves.iter().flat_map(half).collect()
    };
    same(&subject.answers(&ordered(false)), &subject.answers(&ordered(true)))
}

/// Law 10, for an ask, and for the send of one queued emission of a rule without `still`.
pub(super) fn time_permits_nothing(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let (early, late) = (case.now, case.now.plus(case.later));
    let between = |instant: Instant| early < instant && instant <= late;
    let opens = |act: &Act| match &act.deed {
        Deed::Grant { begins, .. } => between(act.instant()) || begins.is_some_and(between),
        Deed::Stop { kind: StopKind::Pause { until }, .. } => between(*until),
        _ => act.is_go() && between(act.instant()),
    };
    if case.history.iter().filter_map(Line::act).any(opens) {
        return Ok(());
    }
    let unsent: Vec<Line> =
        case.history.iter().filter(|line| !matches!(line, Line::Send { .. })).cloned().collect();
    let emitted = subject.answers(&unsent).into_iter().find_map(|answer| match answer.decision {
        Decision::Emit { emission, .. } => {
            let (signal, rule) = emission.split_once('#')?;
            let free = !asks_for_a_stage(&unsent, rule);
            free.then(|| (signal.to_owned(), rule.to_owned()))
        }
        _ => None,
    });
    let ask = |now| say::ask("the-ask", CONTACTS[0], now, &case.scope);
    let send = |now| emitted.as_ref().map(|(signal, rule)| say::send("the-send", signal, rule, now));
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
