//! The outcomes of many, each given out to the touches before it, for every model (I35 to I38).

use std::collections::{BTreeMap, BTreeSet};

use placet::Instant;
use placet::signal::Value;

use super::CreditShare;
use crate::apportion::apportion;
use crate::credit_spec::{Model, TouchKey};
use crate::crowd::{identity_of, matches, network};
use crate::fact::{Fact, What};
use crate::label::Label;
use crate::plan::{ChannelOf, CreditPlan, TouchKind, TouchPlan};
use crate::query::{carried, carries};

/// The longest path: of more touches the latest count.
const LONGEST: usize = 64;

/// What an outcome is worth as an outcome: a million millionths.
const ONE: i64 = 1_000_000;

/// A sum of shares, wider than any that can be asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    millionths: i128,
    amount: i128,
}

impl Sum {
    fn add(&mut self, millionths: i64, amount: i64) {
        self.millionths = self.millionths.saturating_add(i128::from(millionths));
        self.amount = self.amount.saturating_add(i128::from(amount));
    }

    pub(crate) fn and(&mut self, other: Sum) {
        self.millionths = self.millionths.saturating_add(other.millionths);
        self.amount = self.amount.saturating_add(other.amount);
    }

    pub(crate) fn share(self) -> CreditShare {
        let narrowed = |sum: i128| i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX });
        CreditShare { millionths: narrowed(self.millionths), amount: narrowed(self.amount) }
    }
}

/// What a channel is credited with, by the places of [`Model::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ChannelCredit {
    /// People in whose paths it is.
    pub(crate) people: u64,
    sums: [Sum; 4],
}

impl ChannelCredit {
    fn and(&mut self, other: &ChannelCredit) {
        self.people = self.people.saturating_add(other.people);
        self.sums.iter_mut().zip(other.sums).for_each(|(sum, other)| sum.and(other));
    }

    pub(crate) fn sum(&self, model: Model) -> Sum {
        let of = self.sums.iter().zip(Model::ALL).find(|(_, other)| *other == model);
        of.map_or(Sum::default(), |(sum, _)| *sum)
    }
}

/// Credits of many people, before anything is hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CreditCells {
    pub(crate) channels: BTreeMap<Label, ChannelCredit>,
    pub(crate) untouched: Sum,
    pub(crate) unlinked: Sum,
    /// Every outcome, counted before it is given out.
    pub(crate) all: Sum,
}

/// A touch of a person.
struct Touch {
    at: Instant,
    /// The place of the fact among those of the profile.
    place: usize,
    /// The number of its channel among those of the person.
    channel: usize,
}

/// The touches of a person, and what their channels are credited with.
#[derive(Default)]
struct Touches {
    all: Vec<Touch>,
    numbers: BTreeMap<Label, usize>,
    credits: Vec<ChannelCredit>,
}

impl CreditPlan {
    /// The amount of a fact that is an outcome; `None` of any other.
    fn outcome_of(&self, fact: &Fact<'_>) -> Option<i64> {
        let is = fact.kind == Some(self.outcome.kind) && carries(fact, &self.outcome.carrying);
        let amount = self.amount.as_ref().and_then(|name| carried(fact, name));
        is.then_some(match amount {
            Some(Value::Integer(amount)) => *amount,
            _ => 0,
        })
    }

    /// The channel of a fact that is a touch.
    fn channel_of(&self, fact: &Fact<'_>) -> Option<Label> {
        self.touches.iter().find_map(|touch| touch.channel_of(fact))
    }
}

impl TouchPlan {
    fn channel_of(&self, fact: &Fact<'_>) -> Option<Label> {
        let is = match (&self.what, fact.what) {
            (TouchKind::Kind(select), What::Signal(_)) => {
                fact.kind == Some(select.kind) && carries(fact, &select.carrying)
            }
            (TouchKind::Sent(which), What::Sent(event)) => matches(which, |effect| effect == event.effect()),
            _ => false,
        };
        if !is {
            return None;
        }
        match (&self.channel, fact.what) {
            (ChannelOf::Named(name), _) => Some(Label::Name(name.clone())),
            (ChannelOf::By(TouchKey::Attribute(name)), _) => match carried(fact, name)? {
                // A channel is one, whether a signal or the spec names it.
                Value::Text(name) => Some(Label::Name(name.clone())),
                other => Some(Label::Value(other.clone())),
            },
            (ChannelOf::By(TouchKey::Network), _) => network(identity_of(fact)?),
            (ChannelOf::By(TouchKey::Effect), What::Sent(event)) => {
                Some(Label::Name(event.effect().name().clone()))
            }
            (ChannelOf::By(TouchKey::Effect), _) => None,
        }
    }
}

impl CreditCells {
    /// The outcomes of somebody whose path is not looked at.
    pub(crate) fn unlinked<'f, 'l: 'f>(
        &mut self,
        plan: &CreditPlan,
        facts: impl Iterator<Item = &'f Fact<'l>>,
    ) {
        for amount in facts.filter_map(|fact| plan.outcome_of(fact)) {
            self.all.add(ONE, amount);
            self.unlinked.add(ONE, amount);
        }
    }

    /// The outcomes and touches of a profile, in the order of the facts.
    pub(crate) fn linked(&mut self, plan: &CreditPlan, facts: &[Fact<'_>]) {
        let mut touches: Option<Touches> = None;
        for (outcome, place) in facts.iter().zip(0_usize..) {
            let Some(amount) = plan.outcome_of(outcome) else { continue };
            self.all.add(ONE, amount);
            let touches = touches.get_or_insert_with(|| plan.touches_of(facts));
            if !touches.credit(plan, (outcome.at, place), amount) {
                self.untouched.add(ONE, amount);
            }
        }
        let Touches { numbers, credits, .. } = touches.unwrap_or_default();
        for (channel, number) in numbers {
            if let Some(credit) = credits.get(number).filter(|credit| credit.people > 0) {
                self.channels.entry(channel).or_default().and(credit);
            }
        }
    }

    pub(crate) fn and(&mut self, other: CreditCells) {
        for (channel, theirs) in other.channels {
            self.channels.entry(channel).or_default().and(&theirs);
        }
        self.untouched.and(other.untouched);
        self.unlinked.and(other.unlinked);
        self.all.and(other.all);
    }
}

impl CreditPlan {
    fn touches_of(&self, facts: &[Fact<'_>]) -> Touches {
        let mut touches = Touches::default();
        for (fact, place) in facts.iter().zip(0_usize..) {
            let Some(channel) = self.channel_of(fact) else { continue };
            let next = touches.credits.len();
            let channel = *touches.numbers.entry(channel).or_insert(next);
            if channel == next {
                touches.credits.push(ChannelCredit::default());
            }
            touches.all.push(Touch { at: fact.at, place, channel });
        }
        touches
    }

    /// The path of an outcome: the latest touches within the window, up to its own instant. No outcome is its own touch.
    fn path<'t>(&self, touches: &'t [Touch], at: Instant, outcome: usize) -> Vec<&'t Touch> {
        let after = at.checked_sub(self.window);
        let first = touches.partition_point(|touch| after.is_some_and(|after| touch.at <= after));
        let end = touches.partition_point(|touch| touch.at <= at);
        let within = touches.get(first..end).unwrap_or_default();
        let mut path: Vec<&Touch> =
            within.iter().rev().filter(|touch| touch.place != outcome).take(LONGEST).collect();
        path.reverse();
        path
    }
}

impl Touches {
    /// Gives an outcome out to its path, for every model; `false` where there is none.
    fn credit(&mut self, plan: &CreditPlan, (at, place): (Instant, usize), amount: i64) -> bool {
        let path = plan.path(&self.all, at, place);
        for touch in &path {
            if let Some(credit) = self.credits.get_mut(touch.channel) {
                credit.people = 1; // this one person
            }
        }
        for (model, number) in Model::ALL.into_iter().zip(0_usize..) {
            let weights = weights(model, &path);
            let shares = apportion(ONE, &weights).into_iter().zip(apportion(amount, &weights));
            for (touch, (millionths, amount)) in path.iter().zip(shares) {
                let credit = self.credits.get_mut(touch.channel);
                if let Some(sum) = credit.and_then(|credit| credit.sums.get_mut(number)) {
                    sum.add(millionths, amount);
                }
            }
        }
        !path.is_empty()
    }
}

/// The weights of the touches of a path (I37).
fn weights(model: Model, path: &[&Touch]) -> Vec<u64> {
    let last = path.len().saturating_sub(1);
    let mut channels = BTreeSet::new();
    let mut weights = Vec::with_capacity(path.len());
    for (touch, place) in path.iter().zip(0_usize..) {
        weights.push(u64::from(match model {
            Model::First => place == 0,
            Model::Last => place == last,
            Model::Linear => true,
            Model::Shared => channels.insert(touch.channel),
        }));
    }
    weights
}

#[cfg(test)]
mod tests;
