//! The changes, in the order of the spec: stages, signals, rules.

use placet::{
    JourneySpec, Stage,
    journey::{EffectSpec, Guard, NeedSpec, RuleSpec, Span},
    name::NO_STAGE,
};

use super::Mutant;
use super::guard::{edited, edits, near};
use super::need::{all_words, others};
use crate::guards::parts;

pub(super) fn all(spec: &JourneySpec) -> Vec<Mutant> {
    let mut mutants = Mutants { spec, all: Vec::new() };
    mutants.stages();
    mutants.signals();
    mutants.rules();
    mutants.all
}

struct Mutants<'s> {
    spec: &'s JourneySpec,
    all: Vec<Mutant>,
}

impl<'s> Mutants<'s> {
    fn add(&mut self, path: &str, change: String, edit: impl FnOnce(&mut JourneySpec) -> Option<()>) {
        let mut spec = self.spec.clone();
        // INVARIANT: every place that is edited was found in this very spec.
        if edit(&mut spec).is_some() {
            self.all.push(Mutant { path: path.to_owned(), change, made: Ok(Box::new(spec)) });
        }
    }

    fn stages(&mut self) {
        for (at, stage) in self.spec.stages.iter().enumerate() {
            for (line, sustain) in stage.sustain.iter().enumerate() {
                let path = format!("stages[{at}].sustain[{line}]");
                let (name, below, needs) = (&stage.name, &sustain.otherwise, all_words(&sustain.needs));
                self.add(&path, format!("{name} no longer falls back to {below} without {needs}"), |spec| {
                    spec.stages.get_mut(at)?.sustain.remove(line);
                    Some(())
                });
                self.needs(&format!("{path}.needs"), &sustain.needs, false, &move |spec| {
                    Some(&mut spec.stages.get_mut(at)?.sustain.get_mut(line)?.needs)
                });
                for other in self.other_stages(Some(below)) {
                    let change = format!("without {needs}, {name} falls back to {other} instead of {below}");
                    self.add(&format!("{path}.else"), change, |spec| {
                        spec.stages.get_mut(at)?.sustain.get_mut(line)?.otherwise = other;
                        Some(())
                    });
                }
            }
        }
    }

    fn signals(&mut self) {
        for (at, signal) in self.spec.signals.iter().enumerate() {
            let Some(needs) = &signal.admission else {
                continue;
            };
            let path = format!("signals[{at}].admission");
            let change = format!("{} is admitted without {}", signal.kind, all_words(needs));
            self.add(&path, change, |spec| {
                spec.signals.get_mut(at)?.admission = None;
                Some(())
            });
            self.needs(&path, needs, false, &move |spec| spec.signals.get_mut(at)?.admission.as_mut());
        }
    }

    /// Each need of a list gone, where one is left or none may be, and asking for something else.
    fn needs(
        &mut self,
        path: &str,
        needs: &[NeedSpec],
        may_be_empty: bool,
        list: &dyn Fn(&mut JourneySpec) -> Option<&mut Vec<NeedSpec>>,
    ) {
        for (index, need) in needs.iter().enumerate() {
            let path = format!("{path}[{index}]");
            if may_be_empty || needs.len() > 1 {
                self.add(&path, format!("{need} is not needed"), |spec| {
                    list(spec)?.remove(index);
                    Some(())
                });
            }
            for other in others(self.spec, need) {
                self.add(&path, format!("{need} becomes {other}"), |spec| {
                    *list(spec)?.get_mut(index)? = other;
                    Some(())
                });
            }
        }
    }

    fn rules(&mut self) {
        let spec = self.spec;
        for (at, rule) in spec.rules.iter().enumerate() {
            let path = format!("rules[{at}]");
            self.add(&path, format!("the rule {} is gone", rule.name), |spec| {
                spec.rules.remove(at);
                Some(())
            });
            let later = spec.rules.iter().enumerate().skip(at.saturating_add(1));
            for (other, later) in
                later.filter(|(other, later)| later.on == rule.on || *other == at.saturating_add(1))
            {
                let change = format!("the rules {} and {} change places", rule.name, later.name);
                self.add(&path, change, |spec| {
                    spec.rules.swap(at, other);
                    Some(())
                });
            }
            self.from(at, rule);
            if let Some(guard) = &rule.when {
                let owner = format!("the rule {}", rule.name);
                let place = |spec: &mut JourneySpec, guard| {
                    spec.rules.get_mut(at)?.when = guard;
                    Some(())
                };
                self.guard(format!("{path}.when"), &owner, guard, &place);
            }
            self.to(at, rule);
            for (index, effect) in rule.effects.iter().enumerate() {
                self.effect(at, index, rule, effect);
            }
        }
    }

    fn from(&mut self, at: usize, rule: &RuleSpec) {
        let Some(from) = &rule.from else {
            return;
        };
        let path = format!("rules[{at}].from");
        self.add(&path, format!("the rule {} starts from any stage", rule.name), |spec| {
            spec.rules.get_mut(at)?.from = None;
            Some(())
        });
        for (index, stage) in from.iter().enumerate().filter(|_| from.len() > 1) {
            let change = format!("the rule {} does not start from {stage}", rule.name);
            self.add(&format!("{path}[{index}]"), change, |spec| {
                spec.rules.get_mut(at)?.from.as_mut()?.remove(index);
                Some(())
            });
        }
    }

    fn guard(
        &mut self,
        path: String,
        owner: &str,
        guard: &Guard,
        place: &dyn Fn(&mut JourneySpec, Option<Guard>) -> Option<()>,
    ) {
        self.add(&path, format!("{owner} has no guard"), |spec| place(spec, None));
        for (number, (path, part)) in parts(path, guard).into_iter().enumerate() {
            let listed = path.ends_with(']');
            for (change, edit) in edits(self.spec, part, listed) {
                match edited(guard, number, &edit) {
                    Ok(guard) => self.add(&path, change, |spec| place(spec, guard)),
                    Err(error) => {
                        self.all.push(Mutant { path: path.clone(), change, made: Err(error.to_string()) });
                    }
                }
            }
        }
    }

    fn to(&mut self, at: usize, rule: &RuleSpec) {
        let Some(to) = &rule.to else {
            return;
        };
        let path = format!("rules[{at}].to");
        self.add(&path, format!("the rule {} does not move the stage", rule.name), |spec| {
            spec.rules.get_mut(at)?.to = None;
            Some(())
        });
        for other in self.other_stages(Some(to)) {
            let change = format!("the rule {} moves to {other} instead of {to}", rule.name);
            self.add(&path, change, |spec| {
                spec.rules.get_mut(at)?.to = Some(other);
                Some(())
            });
        }
    }

    fn effect(&mut self, at: usize, index: usize, rule: &RuleSpec, effect: &EffectSpec) {
        let path = format!("rules[{at}].effects[{index}]");
        self.add(&path, format!("the rule {} does not ask for {}", rule.name, effect.name), |spec| {
            spec.rules.get_mut(at)?.effects.remove(index);
            Some(())
        });
        let addressing = effect.addressing();
        for other in others(self.spec, &addressing) {
            let change = format!("{}: {addressing} becomes {other}", effect.name);
            self.add(&path, change, |spec| {
                let effect = spec.rules.get_mut(at)?.effects.get_mut(index)?;
                (effect.purpose, effect.channel, effect.recipient) =
                    (other.purpose, other.channel, other.recipient);
                Some(())
            });
        }
        self.needs(&format!("{path}.needs"), &effect.needs, true, &move |spec| {
            Some(&mut spec.rules.get_mut(at)?.effects.get_mut(index)?.needs)
        });
        if let Some(guard) = &effect.when {
            let place = |spec: &mut JourneySpec, guard| {
                spec.rules.get_mut(at)?.effects.get_mut(index)?.when = guard;
                Some(())
            };
            self.guard(format!("{path}.when"), &format!("the effect {}", effect.name), guard, &place);
        }
        self.occasion(at, index, effect);
    }

    /// How long an event may wait, and where the contact must still stand for it to leave.
    fn occasion(&mut self, at: usize, index: usize, effect: &EffectSpec) {
        let name = &effect.name;
        let path = format!("rules[{at}].effects[{index}]");
        if let Some(within) = effect.within {
            let path = format!("{path}.within");
            let mut set = |change: String, within: Option<Span>| {
                self.add(&path, change, |spec| {
                    spec.rules.get_mut(at)?.effects.get_mut(index)?.within = within;
                    Some(())
                });
            };
            set(format!("{name} may leave at any time"), None);
            for other in near(within) {
                set(format!("{name} may leave within {other} instead of {within}"), Some(other));
            }
        }
        if let Some(still) = &effect.still {
            let path = format!("{path}.still");
            self.add(&path, format!("{name} may leave wherever the contact stands"), |spec| {
                spec.rules.get_mut(at)?.effects.get_mut(index)?.still = None;
                Some(())
            });
            for (place, stage) in still.iter().enumerate().filter(|_| still.len() > 1) {
                let change = format!("{name} may not leave at {stage}");
                self.add(&format!("{path}[{place}]"), change, |spec| {
                    spec.rules.get_mut(at)?.effects.get_mut(index)?.still.as_mut()?.remove(place);
                    Some(())
                });
            }
        }
    }

    /// Every stage but this one, no stage among them.
    fn other_stages(&self, but: Option<&Stage>) -> Vec<Stage> {
        let stages = self.spec.stages.iter().map(|stage| stage.name.clone());
        let stages = stages.filter(|stage| *stage != NO_STAGE).chain([NO_STAGE]);
        stages.filter(|stage| Some(stage) != but).collect()
    }
}
