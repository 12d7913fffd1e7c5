//! Findings about effects: those that are always refused, and those that are sent without end.

use std::collections::BTreeMap;

use placet::journey::plan::{Check, Effect, Need, Place, Target};
use placet::{identity::IdentityKind, journey::Reaches, name::TimeDelta};

use super::contexts::{asked, holds};
use super::explore::{Explorer, Spot};
use super::fill::PLAY;
use super::finding::{Code, Finding, Liveness};
use super::fire::Fire;
use super::walk::Walk;
use super::world::{Goal, exists};

/// So often an effect is repeated at least, and at most, before it is called endless.
const ROUNDS: (u32, u32) = (3, 100);

/// What no grant can cover: channels that no identity is reached by, and a catalogue without a notice.
pub(super) fn catalogue(explorer: &Explorer<'_>, findings: &mut Vec<Finding>) {
    let catalogue = &explorer.journey.spec().catalogue;
    for (at, channel) in catalogue.channels.iter().enumerate() {
        let reaches = channel.reaches.clone();
        let reaches = reaches.unwrap_or_else(|| Reaches::Kind(IdentityKind::needed_by(&channel.name)));
        let unread = match &reaches {
            Reaches::Kind(kind) if !exists(kind) => Some(kind),
            _ => None,
        };
        if let Some(kind) = unread {
            let sentence = format!(
                "the channel `{}` reaches identities of the kind `{kind}`, and no address is ever read as one; name another kind in `reaches`",
                channel.name
            );
            let shown = explorer.all_rules().find_map(|rule| {
                let effects = explorer.rule(rule).map(|rule| rule.effects()).unwrap_or_default();
                let by = |need: &Need| *need.scope().channel() == channel.name && !can_reach(need);
                let uses = effects.iter().any(|effect| effect.needs().iter().any(by));
                uses.then(|| explorer.firing(rule)).flatten()
            });
            let path = format!("catalogue.channels[{at}]");
            findings.push(Finding::new(Code::NoIdentity, path, sentence).shown_by(shown));
        }
    }
    if catalogue.notices.is_empty() && asks_for_consent(explorer) {
        let sentence = "consents are asked for, and the catalogue names no notice: a grant is proven by the text that was shown; name the texts";
        findings.push(Finding::new(Code::NoNotice, "catalogue.notices", sentence));
    }
}

fn can_reach(need: &Need) -> bool {
    !matches!(need.target(), Target::Reached(Reaches::Kind(kind)) if !exists(kind))
}

fn asks_for_consent(explorer: &Explorer<'_>) -> bool {
    fn asks(check: &Check) -> bool {
        match check {
            Check::All(checks) | Check::Any(checks) => checks.iter().any(asks),
            Check::Not(check) => asks(check),
            Check::Consent(_) => true,
            Check::Stage(_)
            | Check::Count { .. }
            | Check::Recency { .. }
            | Check::Unanswered { .. }
            | Check::NotOlderThan { .. }
            | Check::Queued(_)
            | Check::Attribute { .. } => false,
        }
    }
    let spec = explorer.journey.spec();
    spec.stages.iter().any(|stage| !stage.sustain.is_empty())
        || spec.signals.iter().any(|signal| signal.admission.is_some())
        || explorer.all_rules().any(|rule| {
            explorer
                .rule(rule)
                .is_some_and(|rule| !rule.effects().is_empty() || rule.when().is_some_and(asks))
        })
}

/// Effects whose needs contradict what must be so for their rule to fire.
pub(super) fn refused(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    for rule in explorer.all_rules() {
        if !matches!(explorer.life(rule), Some(Liveness::Fires(_))) {
            continue;
        }
        for (at, effect) in effects(explorer, rule).iter().enumerate() {
            // A guard of the effect that never holds is found as such: the effect is not refused then, it is not asked for.
            let mut asked_for = holds(explorer.guard(rule), true);
            asked_for.extend(holds(effect.when(), true));
            let fruitless = effect.needs().iter().all(can_reach)
                && can_queue(explorer, rule, &[effect]) == Some(false)
                && (effect.when().is_none() || explorer.can(rule, &asked_for) == Some(true));
            if fruitless {
                let sentence = format!(
                    "`{}` is refused whenever `{}` fires{}: {} only where a consent is missing that the effect needs; change its guard, or the effect",
                    effect.name(),
                    explorer.name(rule),
                    if effect.when().is_some() { " and its own guard holds" } else { "" },
                    if effect.when().is_some() { "that is so" } else { "the rule fires" },
                );
                let shown = explorer.firing(rule);
                let path = format!("rules[{rule}].effects[{at}]");
                findings.push(Finding::new(Code::NeverQueued, path, sentence).shown_by(shown));
            }
        }
    }
}

fn effects<'j>(explorer: &Explorer<'j>, rule: u16) -> &'j [Effect] {
    explorer.rule(rule).map(|rule| rule.effects()).unwrap_or_default()
}

/// Whether a rule can fire with all of these asked for and permitted.
fn can_queue<'j>(explorer: &mut Explorer<'j>, rule: u16, effects: &[&'j Effect]) -> Option<bool> {
    let mut goals = holds(explorer.guard(rule), true);
    goals.extend(needs(effects));
    explorer.can(rule, &goals)
}

fn needs<'j>(effects: &[&'j Effect]) -> Vec<Goal<'j>> {
    let guards = effects.iter().flat_map(|effect| holds(effect.when(), true));
    guards.chain(effects.iter().flat_map(|effect| asked(effect.needs()))).collect()
}

/// The largest number of events that one person can receive for one signal.
pub(super) fn several(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let mut largest: Option<(usize, usize, u16, Walk<'_>)> = None;
    for rule in explorer.all_rules() {
        let all = effects(explorer, rule);
        let fires = matches!(explorer.life(rule), Some(Liveness::Fires(_)));
        if !fires || all.len() <= largest.as_ref().map_or(1, |(most, ..)| *most) {
            continue;
        }
        let possible: Vec<&Effect> =
            all.iter().filter(|effect| can_queue(explorer, rule, &[effect]) != Some(false)).collect();
        let mut together: Vec<&Effect> = Vec::new();
        for effect in &possible {
            together.push(effect);
            if can_queue(explorer, rule, &together) != Some(true) {
                together.pop();
            }
        }
        if together.len() <= largest.as_ref().map_or(1, |(least, ..)| *least) {
            continue;
        }
        let spots = explorer.spots(rule).unwrap_or_default();
        if let Some(walk) = explorer.show(spots, &needs(&together)) {
            largest = Some((together.len(), possible.len(), rule, walk));
        }
    }
    if let Some((least, most, rule, walk)) = largest {
        let number = if least == most { most.to_string() } else { format!("{least} to {most}") };
        let sentence = format!(
            "one person can receive {number} events for one signal, which is the most in this journey, when `{}` fires; spread them, if that is too many",
            explorer.name(rule)
        );
        let path = format!("rules[{rule}].effects");
        findings.push(Finding::new(Code::SeveralEvents, path, sentence).shown_by(Some(walk.history())));
    }
}

/// Effects that the same person can be sent again and again within hours.
///
/// The signals are repeated, those that lead back to the rule included, more often than any guard counts, with minutes
/// in between. What a guard holds back for a day, or from the third time on, is not endless.
pub(super) fn endless(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let rounds = ROUNDS.0.max(explorer.largest_count().saturating_add(2)).min(ROUNDS.1);
    let ways = ways(explorer);
    for rule in explorer.all_rules() {
        if !matches!(explorer.life(rule), Some(Liveness::Fires(_))) {
            continue;
        }
        for (at, effect) in effects(explorer, rule).iter().enumerate() {
            let Some((walk, signals)) = repeat(explorer, rule, effect, rounds, &ways) else {
                continue;
            };
            let sentence = format!(
                "the same person can be sent `{}` again and again, {rounds} times within hours in the witness, by giving {signals}; add a guard, such as `not` a `recency`, or let the rule lead on",
                effect.name()
            );
            let path = format!("rules[{rule}].effects[{at}]");
            findings.push(Finding::new(Code::EndlessEvents, path, sentence).shown_by(Some(walk.history())));
        }
    }
}

/// From each stage that is held, the rules that may lead elsewhere.
type Ways = BTreeMap<Place, Vec<(u16, Place, Place)>>;

fn ways(explorer: &mut Explorer<'_>) -> Ways {
    /// So many rules are followed from one stage.
    const MOST: usize = 32;
    let mut ways = Ways::new();
    for held in explorer.held.keys().copied().collect::<Vec<_>>() {
        let mut on = Vec::new();
        for at in explorer.below(held) {
            let rules = explorer.rules_from(at);
            explorer.budget.spend(rules.len());
            let fires = |rule: &u16| matches!(explorer.life(*rule), Some(Liveness::Fires(_)));
            let rules = rules.into_iter().filter(fires);
            let leads = rules
                .filter_map(|rule| Some((rule, at, explorer.rule(rule)?.to().filter(|to| *to != held)?)));
            on.extend(leads.take(MOST));
            if explorer.budget.left == 0 {
                return ways;
            }
        }
        ways.insert(held, on);
    }
    ways
}

/// A rule and its effect, over and over, and the signals that this takes in words.
fn repeat<'j>(
    explorer: &mut Explorer<'j>,
    rule: u16,
    effect: &'j Effect,
    rounds: u32,
    ways: &Ways,
) -> Option<(Walk<'j>, String)> {
    let further = needs(&[effect]);
    let spots = explorer.spots(rule)?;
    let mut walk = explorer.show(spots, &further)?;
    let mut signals: Vec<String> = Vec::new();
    for round in 1..rounds {
        // Who withdraws in between and grants anew has asked for it anew: consents stay as they are, or grow.
        explorer.kept = Some(walk.granted().clone());
        let back = way_back(explorer, &mut walk, rule, &further, ways);
        explorer.kept = None;
        let back = back?;
        if round == 1 {
            let kinds = back.into_iter().filter_map(|rule| explorer.kind_of(rule));
            let kinds = kinds.filter_map(|kind| Some(format!("`{}`", explorer.plan.kind(kind)?.name())));
            signals = kinds.collect();
        }
    }
    Some((walk, signals.join(", then ")))
}

/// Goes on until the rule fires again; the rules that fired on the way, it included.
fn way_back<'j>(
    explorer: &mut Explorer<'j>,
    walk: &mut Walk<'j>,
    rule: u16,
    further: &[Goal<'j>],
    ways: &Ways,
) -> Option<Vec<u16>> {
    let from = explorer.place_of(walk.held().as_ref());
    let mut seen: BTreeMap<Place, Vec<(u16, Place)>> = BTreeMap::from([(from, Vec::new())]);
    let mut next = vec![from];
    let mut at = 0;
    while let Some(held) = next.get(at).copied() {
        at = at.saturating_add(1);
        let path = seen.get(&held)?.clone();
        for stand in
            explorer.below(held).into_iter().filter(|at| explorer.starts_at(rule, *at)).collect::<Vec<_>>()
        {
            explorer.budget.spend(walk.length().saturating_mul(PLAY));
            let mut tried = walk.again()?;
            let mut fired = Vec::new();
            let none: &[Goal<'j>] = &[];
            let steps = path.iter().map(|(rule, at)| (*rule, *at, none));
            let whole = steps.chain([(rule, stand, further)]).try_for_each(|(rule, at, further)| {
                let spot = Spot { rule, held: explorer.place_of(tried.held().as_ref()), at };
                fired.push(rule);
                let fire = explorer.fire(spot, further, &mut tried, TimeDelta::zero());
                matches!(fire, Fire::Fired).then_some(())
            });
            if whole.is_some() {
                *walk = tried.straightened()?;
                return Some(fired);
            }
        }
        for (rule, stand, to) in ways.get(&held).into_iter().flatten() {
            if !seen.contains_key(to) {
                let longer = path.iter().copied().chain([(*rule, *stand)]).collect();
                seen.insert(*to, longer);
                next.push(*to);
            }
        }
    }
    None
}
