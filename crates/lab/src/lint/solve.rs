//! A bounded search for a choice of facts that fulfils all goals. That there is none is a proof.

use std::collections::BTreeMap;

use placet::{Scope, identity::IdentityKind, name::Name};

use super::ages::{Ages, Past, ages};
use super::value::{Carried, Compared, carried};
use super::world::{Fact, Goal, Parts, Whose, World};

/// What a search came to.
#[derive(Debug)]
pub(super) enum Solved<'j> {
    /// These facts fulfil all goals.
    So(Choice<'j>),
    /// Nothing does.
    Never,
    /// It was given up.
    Unknown,
}

/// Steps that are left, for one search and for all together. Counted, not timed: the same journey, the same findings.
#[derive(Debug)]
pub(super) struct Budget {
    pub(super) left: u64,
    each: u64,
}

impl Budget {
    /// For which rules fire: about a second.
    pub(super) const EXPLORING: Budget = Budget { left: 20_000_000, each: 200_000 };
    /// For one kind of finding.
    pub(super) const LOOKING: Budget = Budget { left: 5_000_000, each: 100_000 };

    pub(super) fn spend(&mut self, steps: usize) {
        self.left = self.left.saturating_sub(u64::try_from(steps).unwrap_or(u64::MAX));
    }
}

/// Facts that are chosen. A consent that is not named may be either.
#[derive(Debug, Default)]
pub(super) struct Choice<'j> {
    consents: BTreeMap<Scope, Vec<(Whose, bool)>>,
    attributes: BTreeMap<&'j Name, Vec<Compared<'j>>>,
    past: BTreeMap<u16, Vec<Past>>,
    trail: Vec<Mark<'j>>,
}

/// What was chosen last, to be taken back.
#[derive(Debug)]
enum Mark<'j> {
    Consent(Scope),
    Attribute(&'j Name),
    Past(u16),
}

impl<'j> Choice<'j> {
    /// Every scope that is named: whose consent is given, and whose is not.
    pub(super) fn consents(&self) -> impl Iterator<Item = (&Scope, &[(Whose, bool)])> {
        self.consents
            .iter()
            .filter(|(_, whose)| !whose.is_empty())
            .map(|(scope, whose)| (scope, whose.as_slice()))
    }

    /// What the signal carries.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'j Name, Carried)> {
        self.attributes.iter().filter_map(|(name, compared)| Some((*name, carried(compared)?)))
    }

    /// What is asked about the past, by kind.
    pub(super) fn past(&self) -> impl Iterator<Item = (u16, &[Past])> {
        self.past.iter().filter(|(_, past)| !past.is_empty()).map(|(kind, past)| (*kind, past.as_slice()))
    }

    /// Adds a fact; false where it contradicts those that are there. How much was looked at is counted.
    fn add(&mut self, fact: Fact<'j>, world: &World<'_, 'j>, looked: &mut u64) -> bool {
        let (mark, length, fits) = match fact {
            Fact::Consent(scope, whose, given) => {
                let there = self.consents.entry(scope.clone()).or_default();
                if there.contains(&(whose.clone(), given)) {
                    return true;
                }
                there.push((whose, given));
                (Mark::Consent(scope), there.len(), consistent(there, world.arrived))
            }
            Fact::Attribute(name, compared) => {
                let there = self.attributes.entry(name).or_default();
                if there.contains(&compared) {
                    return true;
                }
                there.push(compared);
                (Mark::Attribute(name), there.len(), carried(there).is_some())
            }
            Fact::Past(kind, past) => {
                let there = self.past.entry(kind).or_default();
                if there.contains(&past) {
                    return true;
                }
                there.push(past);
                (Mark::Past(kind), there.len(), ages(there, kind == world.on, 0).is_some())
            }
        };
        self.trail.push(mark);
        *looked = looked.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        fits
    }

    fn take_back(&mut self, to: usize) {
        while self.trail.len() > to {
            match self.trail.pop() {
                Some(Mark::Consent(scope)) => drop(self.consents.get_mut(&scope).and_then(Vec::pop)),
                Some(Mark::Attribute(name)) => drop(self.attributes.get_mut(name).and_then(Vec::pop)),
                Some(Mark::Past(kind)) => drop(self.past.get_mut(&kind).and_then(Vec::pop)),
                None => {}
            }
        }
    }
}

/// How the past is to be, for each kind that is asked about, where so many have happened already.
pub(super) fn pasts(choice: &Choice<'_>, on: u16, there: impl Fn(u16) -> u32) -> Option<Vec<(u16, Ages)>> {
    choice.past().map(|(kind, past)| Some((kind, ages(past, kind == on, there(kind))?))).collect()
}

/// Whether the consents of one scope can be as they are named. That of one identity is that of its kind, and of any;
/// a contact may have further identities of every kind.
fn consistent(named: &[(Whose, bool)], arrived: Option<&IdentityKind>) -> bool {
    let is = |whose: &Whose, given| named.iter().any(|(other, also)| other == whose && *also == given);
    named.iter().filter(|(_, given)| *given).all(|(whose, _)| {
        let kind = match (whose, arrived) {
            (Whose::Arrived, Some(kind)) => Some(Whose::Kind(kind.clone())),
            _ => None,
        };
        !is(whose, false) && !is(&Whose::Any, false) && kind.is_none_or(|kind| !is(&kind, false))
    })
}

/// Where the search can turn back to.
struct Fork<'j> {
    trail: usize,
    pending: Vec<Vec<Goal<'j>>>,
    /// What is left to be tried.
    others: Vec<Goal<'j>>,
}

/// Searches for facts that fulfil all goals.
pub(super) fn solve<'j>(goals: Vec<Goal<'j>>, world: &World<'_, 'j>, budget: &mut Budget) -> Solved<'j> {
    let mut search = Search { world, choice: Choice::default(), pending: Vec::new(), steps: 0 };
    let most = budget.each.min(budget.left);
    let solved = search.run(goals, most);
    budget.left = budget.left.saturating_sub(search.steps);
    match solved {
        _ if search.steps > most => Solved::Unknown,
        true => Solved::So(search.choice),
        false => Solved::Never,
    }
}

struct Search<'s, 'w, 'j> {
    world: &'s World<'w, 'j>,
    choice: Choice<'j>,
    /// Alternatives, of each of which one must be fulfilled.
    pending: Vec<Vec<Goal<'j>>>,
    steps: u64,
}

impl<'j> Search<'_, '_, 'j> {
    /// INVARIANT: on a stack of its own, not that of the thread: a guard of ten thousand alternatives is no overflow.
    fn run(&mut self, goals: Vec<Goal<'j>>, most: u64) -> bool {
        let mut forks: Vec<Fork<'j>> = Vec::new();
        let mut goals = goals;
        for (scope, identities) in self.world.kept.into_iter().flatten() {
            for identity in identities {
                let kept = Fact::Consent(scope.clone(), Whose::Kind(identity.kind().clone()), true);
                self.choice.add(kept, self.world, &mut self.steps);
            }
        }
        loop {
            if self.steps > most {
                return false;
            }
            let narrowed = if self.demand(std::mem::take(&mut goals)) { self.narrow() } else { None };
            match narrowed {
                Some(Narrowed::Done) => return true,
                Some(Narrowed::Forced(goal)) => goals.push(goal),
                Some(Narrowed::Fork(mut alternatives)) => {
                    let first = alternatives.pop();
                    self.steps =
                        self.steps.saturating_add(u64::try_from(self.pending.len()).unwrap_or(u64::MAX));
                    let trail = self.choice.trail.len();
                    forks.push(Fork { trail, pending: self.pending.clone(), others: alternatives });
                    goals.extend(first);
                }
                None => loop {
                    let Some(fork) = forks.last_mut() else {
                        return false;
                    };
                    self.choice.take_back(fork.trail);
                    if let Some(other) = fork.others.pop() {
                        self.pending.clone_from(&fork.pending);
                        goals.push(other);
                        break;
                    }
                    forks.pop();
                },
            }
        }
    }

    /// Takes goals apart as far as there is nothing to choose; false where they contradict what is chosen.
    fn demand(&mut self, mut goals: Vec<Goal<'j>>) -> bool {
        while let Some(goal) = goals.pop() {
            self.steps = self.steps.saturating_add(1);
            match self.world.parts(goal) {
                Parts::Known(true) => {}
                Parts::Known(false) => return false,
                Parts::Fact(fact) => {
                    if !self.choice.add(fact, self.world, &mut self.steps) {
                        return false;
                    }
                }
                Parts::All(all) => goals.extend(all),
                Parts::Any(mut any) => match any.len() {
                    0 => return false,
                    1 => goals.append(&mut any),
                    _ => self.pending.push(any),
                },
            }
        }
        true
    }

    /// Strikes out alternatives that contradict what is chosen, and picks where fewest are left; `None` where none is.
    fn narrow(&mut self) -> Option<Narrowed<'j>> {
        let mut pending = std::mem::take(&mut self.pending);
        let mut fewest: Option<(usize, usize)> = None;
        let mut at = 0;
        while let Some(alternatives) = pending.get_mut(at) {
            let mut met = false;
            alternatives.retain(|goal| {
                let viable = self.viable(*goal);
                met |= viable.is_none();
                viable != Some(false)
            });
            if met {
                pending.swap_remove(at);
                continue;
            }
            let left = alternatives.len();
            if left == 0 {
                return None;
            }
            if fewest.is_none_or(|(least, _)| left < least) {
                fewest = Some((left, at));
            }
            at = at.saturating_add(1);
        }
        let picked = fewest.map(|(_, at)| pending.swap_remove(at));
        self.pending = pending;
        Some(match picked {
            None => Narrowed::Done,
            Some(mut alternatives) => match (alternatives.len(), alternatives.pop()) {
                (1, Some(only)) => Narrowed::Forced(only),
                (_, last) => {
                    alternatives.extend(last);
                    alternatives.reverse(); // the first as written is tried first
                    Narrowed::Fork(alternatives)
                }
            },
        })
    }

    /// Whether a goal can be fulfilled at first sight; `None` where it is, whatever else is chosen.
    fn viable(&mut self, goal: Goal<'j>) -> Option<bool> {
        self.steps = self.steps.saturating_add(1);
        match self.world.parts(goal) {
            Parts::Known(true) => None,
            Parts::Known(false) => Some(false),
            Parts::Any(any) => Some(!any.is_empty()),
            Parts::All(all) => match all.as_slice() {
                [] => None,
                [only] => self.viable(*only),
                _ => Some(true),
            },
            Parts::Fact(fact) => {
                let trail = self.choice.trail.len();
                let fits = self.choice.add(fact, self.world, &mut self.steps);
                let known = self.choice.trail.len() == trail;
                self.choice.take_back(trail);
                if known { None } else { Some(fits) }
            }
        }
    }
}

enum Narrowed<'j> {
    /// Nothing is left to choose.
    Done,
    /// One alternative is left of some.
    Forced(Goal<'j>),
    /// Several are left; the last is tried first.
    Fork(Vec<Goal<'j>>),
}
