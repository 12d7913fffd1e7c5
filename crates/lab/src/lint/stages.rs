//! Findings about stages: those that nobody reaches, that lead nowhere, that outlast the consent they came with.

use std::collections::BTreeSet;

use placet::journey::plan::{Check, Need, Place, Target};
use placet::{
    journey::{Reaches, Way},
    name::NO_STAGE,
};

use super::contexts::holds;
use super::explore::{Explorer, Spot};
use super::finding::{Code, Finding, Liveness};
use super::fire::Tried;
use super::world::Goal;

/// Stages at which no contact ever stands, and those from which no rule leads on.
pub(super) fn reached(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let holdable = explorer.holdable();
    for (path, at) in named(explorer) {
        let name = explorer.stage(at).map(|stage| stage.to_string()).unwrap_or_default();
        match explorer.can_stand(&holdable, at, &[]) {
            Some(false) if holdable.contains(&at) => {
                let sentence = format!(
                    "`{name}` can be held, and no contact ever stands there: what sustains it is never permitted; change its `sustain`"
                );
                findings.push(Finding::new(Code::UnreachableStage, path, sentence));
            }
            Some(false) => {
                let sentence = format!(
                    "no contact ever stands at `{name}`: no rule that can fire leads there, and no stage falls back on it; add a rule, or leave the stage out"
                );
                findings.push(Finding::new(Code::UnreachableStage, path, sentence));
            }
            Some(true) if !leads_on(explorer, &holdable, at) => {
                let sentence = format!(
                    "no rule leads on from `{name}`; let one start there, if it is not meant to be the last"
                );
                let shown = explorer.standing_at(at);
                findings.push(Finding::new(Code::FinalStage, path, sentence).shown_by(shown));
            }
            _ => {}
        }
    }
}

/// The stages of the spec but "no stage", each with its path.
fn named(explorer: &Explorer<'_>) -> Vec<(String, Place)> {
    let stages = explorer.journey.spec().stages.iter().enumerate();
    let stages = stages.filter(|(_, stage)| stage.name != NO_STAGE);
    stages.map(|(at, stage)| (format!("stages[{at}]"), explorer.place_of(Some(&stage.name)))).collect()
}

/// Whether a rule can fire for a contact that stands at a stage and leads elsewhere, as far as is known.
fn leads_on(explorer: &mut Explorer<'_>, holdable: &BTreeSet<Place>, at: Place) -> bool {
    let above = explorer.above(at);
    let on = explorer.rules_from(at).into_iter().filter(|rule| {
        let elsewhere = explorer.rule(*rule).and_then(|rule| rule.to()).is_some_and(|to| to != at);
        elsewhere && matches!(explorer.life(*rule), Some(Liveness::Fires(_) | Liveness::Undecided(_)))
    });
    let on: Vec<u16> = on.collect();
    let fired =
        |rule: &u16| explorer.rules.get(usize::from(*rule)).is_some_and(|known| known.fired_at == Some(at));
    if on.iter().any(fired) {
        return true;
    }
    on.into_iter().any(|rule| {
        let held = std::iter::once(&at).filter(|at| holdable.contains(at)).chain(above.iter());
        held.filter(|held| holdable.contains(held))
            .any(|held| !matches!(explorer.attempt(Spot { rule, held: *held, at }, &[]), Tried::Never))
    })
}

/// Stages that stay when the consent ends by which they were entered: what admits the signal or what the guard asks
/// for is not among what sustains the stage.
///
/// What an effect needs does not count: the stage moves whatever becomes of the effects (SPEC S20).
pub(super) fn outlasting(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let mut found: BTreeSet<(Place, String)> = BTreeSet::new();
    for rule in explorer.all_rules() {
        let Some(to) = explorer.rule(rule).and_then(|rule| rule.to()).filter(|to| *to != Place::NONE) else {
            continue;
        };
        if explorer.firing(rule).is_none() {
            continue;
        }
        for (need, path) in rests_on(explorer, rule) {
            let without = [Goal::Asked(need, false)];
            if found.contains(&(to, words(need)))
                || explorer.can_stand(&BTreeSet::from([to]), to, &without) != Some(true)
            {
                continue;
            }
            let spots = explorer.spots(rule).unwrap_or_default();
            let walk = explorer.show(spots, &[]);
            let shown = walk.and_then(|walk| explorer.come_to_stand(&walk, to, &without));
            let stage = explorer.stage(to).map(|stage| stage.to_string()).unwrap_or_default();
            let sentence = format!(
                "`{stage}` is entered by consent to {} ({path}), and stays when that ends; name it in the `sustain` of the stage",
                words(need)
            );
            found.insert((to, words(need)));
            let at = format!("rules[{rule}].to");
            findings.push(Finding::new(Code::SurvivesConsent, at, sentence).shown_by(shown));
        }
    }
}

/// The consents without which a rule does not fire, each with where that is written.
fn rests_on<'j>(explorer: &mut Explorer<'j>, rule: u16) -> Vec<(&'j Need, String)> {
    let Some(kind) = explorer.kind_of(rule) else {
        return Vec::new();
    };
    let admission = explorer.plan.kind(kind).map(|kind| kind.admission()).unwrap_or_default();
    let path = |at: usize| format!("signals[{kind}].admission[{at}]");
    let mut needs: Vec<(&'j Need, String)> =
        admission.iter().enumerate().map(|(at, need)| (need, path(at))).collect();
    let guard = explorer.guard(rule);
    let mut asked = Vec::new();
    if let Some(guard) = guard {
        consents(guard, &format!("rules[{rule}].when"), &mut asked);
    }
    for (need, path) in asked {
        let mut goals = holds(guard, true);
        goals.push(Goal::Asked(need, false));
        if explorer.can(rule, &goals) == Some(false) {
            needs.push((need, path));
        }
    }
    needs
}

/// The consents that a guard asks about, with their paths.
pub(super) fn consents<'j>(check: &'j Check, path: &str, found: &mut Vec<(&'j Need, String)>) {
    match check {
        Check::All(checks) | Check::Any(checks) => {
            let list = if matches!(check, Check::All(_)) { "all" } else { "any" };
            for (at, check) in checks.iter().enumerate() {
                consents(check, &format!("{path}.{list}[{at}]"), found);
            }
        }
        Check::Not(check) => consents(check, &format!("{path}.not"), found),
        Check::Consent(need) => found.push((need, format!("{path}.consent"))),
        Check::Stage(_)
        | Check::Count { .. }
        | Check::Recency { .. }
        | Check::Unanswered { .. }
        | Check::NotOlderThan { .. }
        | Check::Queued(_)
        | Check::Attribute { .. } => {}
    }
}

/// A need in words; `social/*` as it is written.
pub(super) fn words(need: &Need) -> String {
    match need.target() {
        Target::Reached(_) => need.scope().to_string(),
        Target::OwnNetwork => {
            let (purpose, recipient) = (need.scope().purpose(), need.scope().recipient());
            let to =
                if *recipient == placet::name::SELF { String::new() } else { format!(" to {recipient}") };
            format!("{purpose} by {}{to}", Way::OwnNetwork)
        }
    }
}

/// Stages that rest on a channel which reaches only where a signal has just arrived: between signals none of them stands.
pub(super) fn fleeting(explorer: &Explorer<'_>, findings: &mut Vec<Finding>) {
    for (stage, spec) in explorer.journey.spec().stages.iter().enumerate() {
        let place = explorer.place_of(Some(&spec.name));
        for (line, (needs, _)) in explorer.plan.sustain(place).iter().enumerate() {
            for (at, need) in needs.iter().enumerate() {
                if matches!(need.target(), Target::Reached(Reaches::Arrival)) {
                    let sentence = format!(
                        "`{}` rests on {}, a channel that reaches only where a signal has just arrived: between signals nobody stands there; name a channel that reaches a kind of identity",
                        spec.name,
                        need.scope()
                    );
                    let path = format!("stages[{stage}].sustain[{line}].needs[{at}]");
                    findings.push(Finding::new(Code::SustainByArrival, path, sentence));
                }
            }
        }
    }
}
