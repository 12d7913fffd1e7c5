//! What people write where the flat struct of the floor is too tight: a std `HashMap` of consents a contact and a
//! match; and the same map beside `statig`, a state machine. Neither keeps a history or proves anything, too.

use std::collections::HashMap;

use statig::prelude::*;

use super::floor::{
    AMBASSADOR, CUSTOMER, Counts, FAN, NO_STAGE, PROSPECT, REGULAR, SUBSCRIBER, Standing, Standings, ask,
};
use super::shape::{PAIRS, Reach, Step, What};
use super::tally::Tally;

type Map = HashMap<u8, Standing>;

impl Standings for Map {
    fn get(&self, pair: u8) -> Standing {
        HashMap::get(self, &pair).copied().unwrap_or_default()
    }

    fn of(&mut self, pair: u8) -> &mut Standing {
        self.entry(pair).or_default()
    }

    fn covered(&mut self, reach: Reach, change: impl Fn(&mut Standing)) {
        (0..PAIRS as u8).filter(|pair| reach.covers((*pair).into())).for_each(|pair| change(self.of(pair)));
    }
}

/// One contact: a map and a match.
#[derive(Debug, Clone, Default)]
pub struct Mapped {
    map: Map,
    pub stage: u8,
    counts: Counts,
}

impl Mapped {
    pub fn arrive(&mut self, step: &Step, tally: &mut Tally) {
        let What::Signal(kind) = step.what else {
            self.map.apply(step.what, step.at);
            return;
        };
        self.counts.admit(kind);
        if let Some((to, effect)) = self.counts.rule(kind, self.stage) {
            let moves = effect.is_none_or(|effect| ask(&self.map, kind, effect, step, tally));
            self.stage = to.filter(|_| moves).unwrap_or(self.stage);
        }
    }
}

/// One contact: a state machine and a map.
#[derive(Default)]
pub struct Machine {
    map: Map,
    counts: Counts,
}

#[state_machine(initial = "State::none()", state(derive(Debug)))]
impl Machine {
    #[state]
    fn none(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(NO_STAGE, event, context)
    }

    #[state]
    fn fan(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(FAN, event, context)
    }

    #[state]
    fn subscriber(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(SUBSCRIBER, event, context)
    }

    #[state]
    fn prospect(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(PROSPECT, event, context)
    }

    #[state]
    fn customer(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(CUSTOMER, event, context)
    }

    #[state]
    fn regular(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(REGULAR, event, context)
    }

    #[state]
    fn ambassador(&mut self, event: &Step, context: &mut Tally) -> Outcome<State> {
        self.arrive(AMBASSADOR, event, context)
    }
}

impl Machine {
    #[inline]
    fn arrive(&mut self, stage: u8, step: &Step, tally: &mut Tally) -> Outcome<State> {
        let What::Signal(kind) = step.what else {
            self.map.apply(step.what, step.at);
            return Handled;
        };
        self.counts.admit(kind);
        let Some((to, effect)) = self.counts.rule(kind, stage) else {
            return Handled;
        };
        let moves = effect.is_none_or(|effect| ask(&self.map, kind, effect, step, tally));
        match to.filter(|_| moves) {
            Some(FAN) => Transition(State::fan()),
            Some(SUBSCRIBER) => Transition(State::subscriber()),
            Some(PROSPECT) => Transition(State::prospect()),
            Some(CUSTOMER) => Transition(State::customer()),
            Some(REGULAR) => Transition(State::regular()),
            Some(AMBASSADOR) => Transition(State::ambassador()),
            _ => Handled,
        }
    }
}

pub fn stage_of(state: &State) -> u8 {
    match state {
        State::None {} => NO_STAGE,
        State::Fan {} => FAN,
        State::Subscriber {} => SUBSCRIBER,
        State::Prospect {} => PROSPECT,
        State::Customer {} => CUSTOMER,
        State::Regular {} => REGULAR,
        State::Ambassador {} => AMBASSADOR,
    }
}
