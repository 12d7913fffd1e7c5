//! Counts by the places of a journey. Names are looked up when a recording has been run, not at every signal.

use std::collections::{BTreeMap, HashMap};

use placet::journey::plan::{Effect, Place};
use placet::{
    Journey, Scope,
    name::{EffectName, RuleName},
};

use super::cast::{Cured, Decided, Fate};
use super::{EffectCount, LostReach, Rehearsal, RuleCount, StageCount, add, count};

/// A journey that recordings are run through.
pub(crate) struct Trial<'j> {
    pub(super) journey: &'j Journey,
    /// The places of the rules.
    rules: HashMap<&'j RuleName, u16>,
    /// The effects by name, each once.
    effects: Vec<&'j EffectName>,
    /// Of each rule's effects, in order.
    places: Vec<Vec<Places>>,
    /// All scopes that a rule asks for, each once.
    scopes: Vec<&'j Scope>,
}

/// Where an effect is among those by name, and its scope, if it needs no other, among those of all.
pub(super) struct Places {
    effect: usize,
    pub(super) scope: Option<usize>,
}

impl<'j> Trial<'j> {
    pub(crate) fn of(journey: &'j Journey) -> Trial<'j> {
        let rules = journey.plan().rules();
        let all = || rules.iter().flat_map(|rule| rule.effects());
        let effects = sorted(all().map(|effect| effect.name()));
        let scopes = sorted(all().flat_map(|effect| effect.needs()).flat_map(|need| need.scopes()));
        let places = |effect: &Effect| {
            let mut asked = effect.needs().iter().flat_map(|need| need.scopes());
            let only = asked.next().filter(|_| asked.next().is_none());
            let scope = only.and_then(|scope| scopes.binary_search(&scope).ok());
            Places { effect: effects.binary_search(&effect.name()).unwrap_or_default(), scope }
        };
        let places = rules.iter().map(|rule| rule.effects().iter().map(places).collect()).collect();
        let rules = rules.iter().map(|rule| rule.name()).zip(0..).collect();
        Trial { journey, rules, effects, places, scopes }
    }

    /// The place of a rule.
    pub(super) fn rule(&self, rule: &RuleName) -> Option<u16> {
        self.rules.get(rule).copied()
    }

    /// The effects of a rule; none of no rule.
    pub(super) fn effects(&self, rule: Option<u16>) -> &'j [Effect] {
        let rule = rule.and_then(|rule| self.journey.plan().rule(rule));
        rule.map(|rule| rule.effects()).unwrap_or_default()
    }

    /// The places of a rule's effects.
    pub(super) fn places(&self, rule: Option<u16>) -> &[Places] {
        rule.and_then(|rule| self.places.get(usize::from(rule))).map(Vec::as_slice).unwrap_or_default()
    }

    /// The place of a scope that a rule asks for.
    pub(super) fn scope(&self, scope: &Scope) -> Option<usize> {
        self.scopes.binary_search(&scope).ok()
    }
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// What would have happened under a journey, by its places.
pub(crate) struct Tally<'j> {
    pub(super) trial: Trial<'j>,
    /// What is counted by name at once: there is little of it.
    pub(super) rare: Rehearsal,
    /// No stage first.
    stages: Vec<StageCount>,
    rules: Vec<RuleCount>,
    effects: Vec<EffectCount>,
    /// Of scopes, and the same of people who said no.
    lost: Vec<LostReach>,
    lost_to_a_no: Vec<LostReach>,
    moves: BTreeMap<(Place, Place), u64>,
}

impl<'j> Tally<'j> {
    pub(crate) fn of(journey: &'j Journey) -> Tally<'j> {
        let trial = Trial::of(journey);
        Tally {
            rare: Rehearsal::default(),
            stages: vec![StageCount::default(); journey.spec().stages.len().saturating_add(1)],
            rules: vec![RuleCount::default(); journey.plan().rules().len()],
            effects: vec![EffectCount::default(); trial.effects.len()],
            lost: vec![LostReach::default(); trial.scopes.len()],
            lost_to_a_no: vec![LostReach::default(); trial.scopes.len()],
            moves: BTreeMap::new(),
            trial,
        }
    }

    /// Counts one decision.
    pub(super) fn note(&mut self, decided: &Decided, fates: &[Fate]) {
        add(&mut self.rare.signals, 1);
        if let Some(no) = &decided.unadmitted {
            count(&mut self.rare.unadmitted, no.clone(), 1);
        }
        if let Some(moved) = decided.moved {
            count(&mut self.moves, moved, 1);
        }
        let Some(rule) = decided.rule else { return };
        self.rule(rule, |count| add(&mut count.taken, 1));
        for (places, fate) in self.trial.places(Some(rule)).iter().zip(fates) {
            let Some(effect) = self.effects.get_mut(places.effect) else { continue };
            match fate {
                Fate::Queued => add(&mut effect.queued, 1),
                Fate::NotAskedFor => {}
                Fate::Refused { reason, cure } => {
                    count(&mut effect.refused, *reason, 1);
                    let lost = cure.and_then(|cured| {
                        let lost = if cured.said_no { &mut self.lost_to_a_no } else { &mut self.lost };
                        Some(&mut lost.get_mut(cured.scope)?.effects)
                    });
                    add(lost.unwrap_or(&mut self.rare.lost_otherwise), 1);
                }
            }
        }
    }

    pub(super) fn stage(&mut self, place: Place, note: impl FnOnce(&mut StageCount)) {
        self.stages.get_mut(place.index()).map(note);
    }

    pub(super) fn rule(&mut self, place: u16, note: impl FnOnce(&mut RuleCount)) {
        self.rules.get_mut(usize::from(place)).map(note);
    }

    pub(super) fn effect(&mut self, name: &EffectName, note: impl FnOnce(&mut EffectCount)) {
        let place = self.trial.effects.binary_search(&name).ok();
        place.and_then(|place| self.effects.get_mut(place)).map(note);
    }

    pub(super) fn lost(&mut self, to: Cured, note: impl FnOnce(&mut LostReach)) {
        let lost = if to.said_no { &mut self.lost_to_a_no } else { &mut self.lost };
        lost.get_mut(to.scope).map(note);
    }

    /// The same by name, with every stage, rule and effect of the journey.
    pub(crate) fn by_name(self) -> Rehearsal {
        let Tally { trial, rare, stages, rules, effects, lost, lost_to_a_no, moves } = self;
        let journey = trial.journey.plan();
        let stage = |place: Place| journey.stage(place).cloned();
        let names = std::iter::once(None)
            .chain(trial.journey.spec().stages.iter().map(|stage| Some(stage.name.clone())));
        let rule_names = journey.rules().iter().map(|rule| rule.name().clone());
        let moves = moves.into_iter().map(|((from, to), count)| ((stage(from), stage(to)), count));
        let by_scope = |lost: Vec<LostReach>| {
            let lost = trial.scopes.iter().map(|scope| (*scope).clone()).zip(lost);
            lost.filter(|(_, lost)| lost.effects > 0).collect()
        };
        Rehearsal {
            stages: names.zip(stages).collect(),
            rules: rule_names.zip(rules).collect(),
            effects: trial.effects.into_iter().cloned().zip(effects).collect(),
            transitions: moves.collect(),
            lost: by_scope(lost),
            lost_to_a_no: by_scope(lost_to_a_no),
            ..rare
        }
    }
}
