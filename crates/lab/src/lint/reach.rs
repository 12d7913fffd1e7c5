//! Which stages can be held and which rules can fire: first by histories, from stage to stage, then, for what these
//! leave open, by what cannot be ruled out.

use std::collections::VecDeque;
use std::collections::btree_map::Entry;

use placet::journey::plan::Place;

use super::explore::{Explorer, Spot};
use super::finding::{Cause, Liveness, Undecided};
use super::fire::Tried;
use super::solve::Solved;
use super::world::Goal;

impl<'j> Explorer<'j> {
    /// Goes from stage to stage: first by histories, then, for what they leave open, by what cannot be ruled out.
    pub(super) fn explore(&mut self) -> Option<()> {
        for rule in self.all_rules() {
            let hopeless = self.hopeless(rule);
            let known = self.rules.get_mut(usize::from(rule))?;
            known.hopeless = hopeless;
        }
        let fresh = self.fresh()?;
        self.held.insert(Place::NONE, fresh);
        let mut next = VecDeque::from([Place::NONE]);
        while let Some(held) = next.pop_front() {
            next.extend(self.try_from_holding(held));
        }
        self.erased();
        while let Some(held) = self.doubtful.pop() {
            if !self.held.contains_key(&held) && self.open.insert(held) {
                self.try_from_holding(held);
            }
        }
        if self.budget.left == 0 {
            let targets: Vec<Place> = self.all_rules().filter_map(|rule| self.rule(rule)?.to()).collect();
            self.open.extend(targets.into_iter().filter(|to| !self.held.contains_key(to)));
        }
        for rule in self.all_rules() {
            let life = self.why_never(rule)?;
            let known = self.rules.get_mut(usize::from(rule))?;
            if let (Liveness::Never(_), Some(life)) = (&known.life, life) {
                known.life = life;
            }
        }
        Some(())
    }

    /// Tries every rule that can start where a contact stands that holds this; the stages reached for the first time.
    fn try_from_holding(&mut self, held: Place) -> Vec<Place> {
        let mut reached = Vec::new();
        for at in self.below(held) {
            for rule in self.rules_from(at) {
                self.budget.spend(1);
                if self.budget.left == 0 {
                    return reached; // what is left is undecided
                }
                if self.is_to_be_tried(rule, held) {
                    reached.extend(self.meet(Spot { rule, held, at }));
                }
            }
        }
        reached
    }

    fn is_to_be_tried(&self, rule: u16, held: Place) -> bool {
        self.rules.get(usize::from(rule)).is_some_and(|known| match known.life {
            _ if known.hopeless => false,
            Liveness::Fires(_) => false,
            Liveness::Undecided(_) => self.held.contains_key(&held),
            Liveness::Never(_) | Liveness::FiresErased(_) => true,
        })
    }

    /// Tries a rule at a spot and keeps what was found; the stage that is reached for the first time, if one is.
    fn meet(&mut self, spot: Spot) -> Option<Place> {
        let tried = self.attempt(spot, &[]);
        let to = self.rule(spot.rule)?.to();
        let mut reached = None;
        let (life, hopeless) = match tried {
            Tried::Fired(walk) => {
                let held = self.place_of(walk.held().as_ref());
                let history = walk.history();
                if let Entry::Vacant(entry) = self.held.entry(held) {
                    entry.insert(*walk);
                    reached = Some(held);
                }
                (Some(Liveness::Fires(history)), false)
            }
            Tried::Undecided(why) => {
                self.doubtful.extend(to);
                (Some(Liveness::Undecided(why)), false)
            }
            Tried::Never => (None, self.hopeless(spot.rule)),
        };
        let known = self.rules.get_mut(usize::from(spot.rule))?;
        known.tried = true;
        known.fired_at = matches!(life, Some(Liveness::Fires(_))).then_some(spot.at).or(known.fired_at);
        known.hopeless = hopeless;
        if let Some(life) = life {
            known.life = life;
        }
        reached
    }

    /// Why a rule never fires that was tried in vain; that it is undecided, where the search was cut short.
    fn why_never(&mut self, rule: u16) -> Option<Option<Liveness>> {
        let known = self.rules.get(usize::from(rule))?;
        let shadows = known.shadows.iter().filter_map(|rule| Some(self.rule(*rule)?.name().clone()));
        Some(Some(match (known.hopeless, known.shadows.is_empty()) {
            (false, _) if self.budget.left == 0 => Liveness::Undecided(Undecided::Steps),
            (_, false) => Liveness::Never(Cause::Shadowed(shadows.collect())),
            (true, true) => Liveness::Never(Cause::Contradiction),
            (false, true) if known.tried => Liveness::Never(Cause::NotWhereItStarts),
            (false, true) => Liveness::Never(Cause::NeverThere),
        }))
    }

    /// Somebody who is erased stands at no stage, and a rule that they take is refused all (S12).
    fn erased(&mut self) -> Option<()> {
        for rule in self.all_rules() {
            let dead = matches!(self.rules.get(usize::from(rule))?.life, Liveness::Never(_));
            if !dead || !self.starts_at(rule, Place::NONE) {
                continue;
            }
            let kind = self.kind_of(rule)?;
            loop {
                let goals = self.goals(Spot { rule, held: Place::NONE, at: Place::NONE }, &[]);
                let (solved, arrived) = self.choose_arrival(kind, Some(Place::NONE), &goals, None, true);
                let life = match solved {
                    Solved::Never => break,
                    Solved::Unknown => Liveness::Undecided(Undecided::Steps),
                    Solved::So(choice) => {
                        let mut walk = self.fresh()?;
                        walk.erase()?;
                        let play = self.play(kind, &choice, arrived.as_ref(), None)?;
                        let decision = walk.decide(&play)?;
                        let taken = self.taken(&decision);
                        if taken == Some(rule) {
                            walk.take(&play, &decision)?;
                            Liveness::FiresErased(walk.history())
                        } else if taken.is_some_and(|taken| taken < rule && self.learn(rule, taken)) {
                            continue;
                        } else {
                            Liveness::Undecided(Undecided::Past)
                        }
                    }
                };
                self.rules.get_mut(usize::from(rule))?.life = life;
                break;
            }
        }
        Some(())
    }

    /// Whether a rule is ruled out wherever a contact stands.
    fn hopeless(&mut self, rule: u16) -> bool {
        let Some(kind) = self.kind_of(rule) else {
            return false;
        };
        let guard = self.rule(rule).and_then(|rule| rule.when());
        let mut goals: Vec<Goal<'j>> = guard.map(|guard| Goal::Holds(guard, true)).into_iter().collect();
        let from = self.rule(rule).and_then(|rule| rule.from());
        let wider = |shadow: &u16| match (self.rule(*shadow).map(|rule| rule.from()), from) {
            (Some(None), _) => true,
            (Some(Some(wide)), Some(from)) => from.iter().all(|place| wide.contains(place)),
            _ => false,
        };
        let shadows = self.rules.get(usize::from(rule)).map(|known| &known.shadows);
        goals.extend(
            shadows.into_iter().flatten().filter(|shadow| wider(shadow)).map(|shadow| self.refused(*shadow)),
        );
        matches!(self.choose(kind, None, &goals, None), Solved::Never)
    }
}
