//! A rule at a spot: facts are chosen so that it fires, put into a history, and run through the engine. Only what the
//! engine does is believed.

use placet::journey::plan::Check;
use placet::{Decision, identity::IdentityKind};

use super::explore::{Explorer, Spot};
use super::fill::fill;
use super::finding::Undecided;
use super::solve::{Choice, Solved};
use super::walk::{Play, Walk, attributes, granted};
use super::world::Goal;

/// What was found out about a rule at a spot.
pub(super) enum Tried<'j> {
    /// It fires; the walk ends with it.
    Fired(Box<Walk<'j>>),
    /// It does not.
    Never,
    Undecided(Undecided),
}

/// What became of a try.
pub(super) enum Fire {
    Fired,
    /// Other rules got in the way, and nothing that the past allows gets around them.
    Learned,
    Failed(Undecided),
}

impl<'j> Explorer<'j> {
    /// Notes that an earlier rule takes what this one would have taken; false where that was known.
    pub(super) fn learn(&mut self, rule: u16, shadow: u16) -> bool {
        self.rules.get_mut(usize::from(rule)).is_some_and(|known| known.shadows.insert(shadow))
    }

    pub(super) fn taken(&self, decision: &Decision<'_>) -> Option<u16> {
        self.by_name.get(decision.rule()?).copied()
    }

    pub(super) fn play(
        &self,
        kind: u16,
        choice: &Choice<'j>,
        arrived: Option<&IdentityKind>,
        late: Option<placet::name::TimeDelta>,
    ) -> Option<Play> {
        let (arrival, mut granted) = granted(choice, arrived, &self.stranger)?;
        for (scope, identities) in self.kept.iter().flatten() {
            granted.entry(scope.clone()).or_default().extend(identities.iter().cloned());
        }
        let (attributes, late) = (attributes(choice), late.unwrap_or_default());
        Some(Play { kind, arrival, granted, attributes, late })
    }

    /// Whether a rule fires at a spot while all of this is so too. Where it is not known how the stage comes to be held,
    /// only whether it cannot.
    ///
    /// The facts that are chosen are put into a history, and the engine runs it. Where an earlier rule takes the
    /// signal, that rule's guard must not hold either, and the search goes on: no more than the earlier rules that
    /// get in the way are ever looked at.
    pub(super) fn attempt(&mut self, spot: Spot, further: &[Goal<'j>]) -> Tried<'j> {
        let Some(walk) = self.held.remove(&spot.held) else {
            return self.attempt_from(spot, further, None);
        };
        let tried = self.attempt_from(spot, further, Some(&walk));
        self.held.insert(spot.held, walk);
        tried
    }

    fn attempt_from(&mut self, spot: Spot, further: &[Goal<'j>], walk: Option<&Walk<'j>>) -> Tried<'j> {
        let Some(kind) = self.kind_of(spot.rule) else {
            return Tried::Never;
        };
        loop {
            let goals = self.goals(spot, further);
            let choice = match self.choose(kind, Some(spot.at), &goals, None) {
                Solved::Never => return Tried::Never,
                Solved::Unknown => return Tried::Undecided(Undecided::Steps),
                Solved::So(choice) => choice,
            };
            let Some(walk) = walk else {
                return Tried::Undecided(Undecided::Stage);
            };
            let (mut walk, late) = match fill(self, walk, &choice, kind, spot.held) {
                Ok(filled) => filled,
                Err(why) => return Tried::Undecided(why),
            };
            match self.fire(spot, further, &mut walk, late) {
                Fire::Fired => {
                    let walk = walk.straightened().map(Box::new);
                    return walk.map_or(Tried::Undecided(Undecided::Past), Tried::Fired);
                }
                Fire::Learned => {}
                Fire::Failed(why) => return Tried::Undecided(why),
            }
        }
    }

    /// Lets a rule fire at the end of a walk that holds the stage, with its past as it is.
    pub(super) fn fire(
        &mut self,
        spot: Spot,
        further: &[Goal<'j>],
        walk: &mut Walk<'j>,
        late: placet::name::TimeDelta,
    ) -> Fire {
        let Some(kind) = self.kind_of(spot.rule) else {
            return Fire::Failed(Undecided::Past);
        };
        let mut learned = false;
        loop {
            let goals = self.goals(spot, further);
            let settles = |check: &Check| walk.settles(check, kind, late);
            let (solved, arrived) = self.choose_arrival(kind, Some(spot.at), &goals, Some(&settles), false);
            let choice = match solved {
                Solved::So(choice) => choice,
                Solved::Never if learned => return Fire::Learned,
                Solved::Never => return Fire::Failed(Undecided::Past),
                Solved::Unknown => return Fire::Failed(Undecided::Steps),
            };
            let play = self.play(kind, &choice, arrived.as_ref(), Some(late));
            let decided = play.and_then(|play| Some((walk.decide(&play)?, play)));
            let Some((decision, play)) = decided else {
                return Fire::Failed(Undecided::Past);
            };
            self.budget.spend(usize::from(spot.rule / 64));
            match self.taken(&decision) {
                Some(taken) if taken == spot.rule => {
                    let kept = walk.take(&play, &decision);
                    return kept.map_or(Fire::Failed(Undecided::Past), |()| Fire::Fired);
                }
                Some(taken) if taken < spot.rule && self.learn(spot.rule, taken) => learned = true,
                _ => return Fire::Failed(Undecided::Past),
            }
            if walk.leave().is_none() {
                return Fire::Failed(Undecided::Past);
            }
        }
    }

    /// A signal of a kind that leaves the contact where it is held, or that is admitted at all.
    pub(super) fn pass(&mut self, walk: &mut Walk<'j>, kind: u16, stays: bool) -> Option<()> {
        /// So many rules may get in the way.
        const MOST: usize = 64;
        let held = self.place_of(walk.held().as_ref());
        for at in self.below(held).into_iter().take(MOST) {
            let mut goals = vec![Goal::Stands(held, at)];
            while goals.len() < MOST {
                let settles = |check: &Check| walk.settles(check, kind, placet::name::TimeDelta::zero());
                let (solved, arrived) = self.choose_arrival(kind, Some(at), &goals, Some(&settles), false);
                let Solved::So(choice) = solved else {
                    break;
                };
                let play = self.play(kind, &choice, arrived.as_ref(), None)?;
                let decision = walk.decide(&play)?;
                if decision.transition().is_none() || !stays {
                    return walk.take(&play, &decision);
                }
                goals.push(self.refused(self.taken(&decision)?));
                walk.leave()?;
            }
        }
        None
    }
}
