//! Findings about the occasion of an effect: where its event may leave, and where the rule leaves the contact.

use std::collections::BTreeSet;

use placet::journey::plan::Place;
use placet::name::NO_STAGE;

use super::explore::Explorer;
use super::finding::{Code, Finding, Liveness};

/// What an effect says of the stages at which its event may leave.
pub(super) fn still(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let holdable = explorer.holdable();
    for rule in explorer.all_rules() {
        if !matches!(explorer.life(rule), Some(Liveness::Fires(_) | Liveness::Undecided(_))) {
            continue;
        }
        let effects = explorer.rule(rule).map(|rule| rule.effects()).unwrap_or_default();
        for (at, effect) in effects.iter().enumerate() {
            let Some(still) = effect.still() else {
                continue;
            };
            let found = look(explorer, rule, &effect.name().to_string(), still, &holdable);
            if let Some((code, sentence)) = found {
                let shown = explorer.firing(rule);
                let path = format!("rules[{rule}].effects[{at}].still");
                findings.push(Finding::new(code, path, sentence).shown_by(shown));
            }
        }
    }
}

fn look(
    explorer: &mut Explorer<'_>,
    rule: u16,
    effect: &str,
    still: &[Place],
    holdable: &BTreeSet<Place>,
) -> Option<(Code, String)> {
    let declared = explorer.journey.spec().stages.iter().filter(|stage| stage.name != NO_STAGE);
    let declared: Vec<Place> = declared.map(|stage| explorer.plan.place(Some(&stage.name))).collect();
    if declared.iter().chain([&Place::NONE]).all(|place| still.contains(place)) {
        let sentence = format!("`still` of `{effect}` names every stage, and decides nothing; leave it out");
        return Some((Code::AlwaysTrue, sentence));
    }
    if still.iter().all(|at| explorer.can_stand(holdable, *at, &[]) == Some(false)) {
        let sentence = format!(
            "`{effect}` is queued and never leaves: no contact ever stands at {}; name another stage in `still`",
            list(explorer, still)
        );
        return Some((Code::NeverLeaves, sentence));
    }
    // Where the rule leaves the contact, and every stage that this can fall back to, or climb up to again.
    let left: BTreeSet<Place> = match explorer.rule(rule)?.to() {
        Some(to) => BTreeSet::from([to]),
        None => explorer.spots(rule)?.into_iter().map(|spot| spot.held).collect(),
    };
    let stands: BTreeSet<Place> = left.iter().flat_map(|held| explorer.below(*held)).collect();
    if left.is_empty() || still.iter().any(|at| stands.contains(at)) {
        return None;
    }
    let left: Vec<Place> = left.into_iter().collect();
    let sentence = format!(
        "`{effect}` may leave at {} only, and `{}` leaves the contact at {}: unless something moves it before the event leaves, the event is dropped as `passed`; name the stage in `still`, or leave it out",
        list(explorer, still),
        explorer.name(rule),
        list(explorer, &left)
    );
    Some((Code::MovedAway, sentence))
}

/// Some stages in words.
fn list(explorer: &Explorer<'_>, places: &[Place]) -> String {
    let names = places.iter().map(|place| match explorer.stage(*place) {
        Some(stage) => format!("`{stage}`"),
        None => "no stage".to_owned(),
    });
    names.collect::<Vec<_>>().join(" or ")
}
