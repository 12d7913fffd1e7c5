//! Questions about a rule wherever it can be looked at: from every stage that is held, where the contact stands then.

use std::collections::BTreeSet;

use placet::journey::plan::{Check, Need, Place};
use placet::{Entry, Stage};

use super::explore::{Explorer, Spot};
use super::finding::Liveness;
use super::fire::Tried;
use super::solve::Solved;
use super::walk::{Walk, granted};
use super::world::Goal;
use crate::recording::Recording;
use crate::rehearse::Rehearsal;

/// From more spots than this a rule is looked at as from anywhere, which finds less and is no less true.
const MOST_SPOTS: usize = 64;

/// No kind of signal: for questions about where a contact stands, whatever arrives.
pub(super) const NO_KIND: u16 = u16::MAX;

impl<'j> Explorer<'j> {
    /// The stages that are held, or of which it is not known that they cannot be.
    pub(super) fn holdable(&self) -> BTreeSet<Place> {
        self.held.keys().chain(&self.open).copied().collect()
    }

    pub(super) fn life(&self, rule: u16) -> Option<&Liveness> {
        self.rules.get(usize::from(rule)).map(|known| &known.life)
    }

    /// The history in which a rule fires.
    pub(super) fn firing(&self, rule: u16) -> Option<Vec<Entry>> {
        match self.life(rule) {
            Some(Liveness::Fires(history)) => Some(history.clone()),
            _ => None,
        }
    }

    pub(super) fn name(&self, rule: u16) -> String {
        self.rule(rule).map(|rule| rule.name().to_string()).unwrap_or_default()
    }

    pub(super) fn guard(&self, rule: u16) -> Option<&'j Check> {
        self.rule(rule)?.when()
    }

    /// Where a rule can be looked at; `None` where these are too many.
    pub(super) fn spots(&mut self, rule: u16) -> Option<Vec<Spot>> {
        let mut spots = Vec::new();
        let mut add = |held: Place, at: Place| {
            spots.push(Spot { rule, held, at });
            (spots.len() <= MOST_SPOTS).then_some(())
        };
        match self.rule(rule)?.from() {
            None => {
                let holdable = self.held.keys().chain(&self.open);
                holdable
                    .into_iter()
                    .try_for_each(|held| self.below(*held).into_iter().try_for_each(|at| add(*held, at)))?;
            }
            Some(from) => {
                for at in from {
                    let above = self.above(*at);
                    let here = above.contains(at).then_some(at);
                    let above = here.into_iter().chain(above.iter().filter(|held| *held != at));
                    above.filter(|held| self.is_holdable(**held)).try_for_each(|held| add(*held, *at))?;
                }
            }
        }
        Some(spots)
    }

    fn is_holdable(&self, held: Place) -> bool {
        self.held.contains_key(&held) || self.open.contains(&held)
    }

    /// Whether all of this can be so where a rule is looked at; `None` where that is not known.
    pub(super) fn can(&mut self, rule: u16, goals: &[Goal<'j>]) -> Option<bool> {
        let kind = self.kind_of(rule)?;
        match self.spots(rule) {
            Some(spots) => self.can_at(&spots, goals),
            None => known(&self.choose(kind, None, goals, None)),
        }
    }

    /// The same, at one of these spots.
    pub(super) fn can_at(&mut self, spots: &[Spot], goals: &[Goal<'j>]) -> Option<bool> {
        let mut all = Some(false);
        for Spot { rule, held, at } in spots {
            let kind = self.kind_of(*rule)?;
            let goals: Vec<Goal<'j>> = goals.iter().copied().chain([Goal::Stands(*held, *at)]).collect();
            match known(&self.choose(kind, Some(*at), &goals, None)) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all = None,
            }
        }
        all
    }

    /// The same, for somebody who is erased.
    pub(super) fn can_erased(&mut self, rule: u16, goals: &[Goal<'j>]) -> Option<bool> {
        let kind = self.kind_of(rule)?;
        if !self.starts_at(rule, Place::NONE) {
            return Some(false);
        }
        known(&self.choose_arrival(kind, Some(Place::NONE), goals, None, true).0)
    }

    /// A history in which a rule fires at one of these spots while all of this is so too.
    pub(super) fn show(&mut self, spots: Vec<Spot>, further: &[Goal<'j>]) -> Option<Walk<'j>> {
        spots.into_iter().find_map(|spot| match self.attempt(spot, further) {
            Tried::Fired(walk) => Some(*walk),
            Tried::Never | Tried::Undecided(_) => None,
        })
    }

    /// Whether a contact that holds one of these can stand at a stage while all of this is so.
    pub(super) fn can_stand(
        &mut self,
        held: &BTreeSet<Place>,
        at: Place,
        goals: &[Goal<'j>],
    ) -> Option<bool> {
        let above = self.above(at);
        let mut all = Some(false);
        for held in held.iter().filter(|held| above.contains(held)) {
            let goals: Vec<Goal<'j>> = goals.iter().copied().chain([Goal::Stands(*held, at)]).collect();
            match known(&self.choose(NO_KIND, Some(at), &goals, None)) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all = None,
            }
        }
        all
    }

    /// A history at the end of which the contact stands at a stage while all of this is so, beginning with this one.
    pub(super) fn come_to_stand(
        &mut self,
        walk: &Walk<'j>,
        at: Place,
        goals: &[Goal<'j>],
    ) -> Option<Vec<Entry>> {
        let held = self.place_of(walk.held().as_ref());
        let goals: Vec<Goal<'j>> = goals.iter().copied().chain([Goal::Stands(held, at)]).collect();
        let Solved::So(choice) = self.choose(NO_KIND, Some(at), &goals, None) else {
            return None;
        };
        let mut walk = walk.again()?;
        let (_, granted) = granted(&choice, None, &self.stranger)?;
        walk.permit(&granted)?;
        let history = walk.history();
        let stage = self.stage(at);
        let counts = Rehearsal::of(self.journey, &Recording::of(history.iter().cloned()).ok()?);
        counts.stages.get(&stage).is_some_and(|count| count.at_end > 0).then_some(history)
    }

    /// A history at the end of which the contact stands at a stage.
    pub(super) fn standing_at(&mut self, at: Place) -> Option<Vec<Entry>> {
        let above = self.above(at);
        let held: Vec<Place> = std::iter::once(at).chain(above.iter().copied()).collect();
        held.into_iter().find_map(|held| {
            let walk = self.held.get(&held)?.again()?;
            self.come_to_stand(&walk, at, &[])
        })
    }

    pub(super) fn stage(&self, at: Place) -> Option<Stage> {
        self.plan.stage(at).cloned()
    }
}

/// Every need is permitted.
pub(super) fn asked<'j>(needs: &'j [Need]) -> impl Iterator<Item = Goal<'j>> {
    needs.iter().map(|need| Goal::Asked(need, true))
}

/// What a guard must be, or need not be where there is none.
pub(super) fn holds(guard: Option<&Check>, holds: bool) -> Vec<Goal<'_>> {
    match guard {
        Some(guard) => vec![Goal::Holds(guard, holds)],
        None if holds => Vec::new(),
        None => vec![Goal::Never],
    }
}

fn known(solved: &Solved<'_>) -> Option<bool> {
    match solved {
        Solved::So(_) => Some(true),
        Solved::Never => Some(false),
        Solved::Unknown => None,
    }
}
