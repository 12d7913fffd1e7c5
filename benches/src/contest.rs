//! Everybody does the same work. Each holds all contacts at once, opened before; what it takes to make `placet`'s
//! acts and signals out of rows is not measured, and what comes out is counted by all alike.

use std::time::Duration;

use cpu_time::ThreadTime;
use placet::{Act, Contact, Journey, Signal};
use statig::blocking::{IntoStateMachineExt, StateMachine};

use super::edge::Edge;
use super::floor::{self, Flat};
use super::rivals::{Machine, Mapped, stage_of};
use super::shape::{Step, Work};
use super::tally::Tally;
use super::user;

/// Somebody who does the work.
pub trait Contestant {
    /// Takes so many contacts on.
    fn open(contacts: u32) -> Self;
    /// Does a part of the work. Gives the processor time of what is measured.
    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Duration;
    /// Counts the stages that are held.
    fn stages(&self, tally: &mut Tally);
}

/// The whole work, done by one.
pub fn all<C: Contestant>(work: &Work) -> (Tally, Duration) {
    let mut contestant = C::open(work.contacts);
    let mut tally = Tally::default();
    let time = contestant.run(&work.steps, &mut tally);
    contestant.stages(&mut tally);
    (tally, time)
}

fn measured(work: impl FnOnce()) -> Duration {
    let begin = ThreadTime::now();
    work();
    begin.elapsed()
}

pub struct Floor(Vec<Flat>);

impl Contestant for Floor {
    fn open(contacts: u32) -> Floor {
        Floor(vec![Flat::NEW; contacts as usize])
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Duration {
        measured(|| {
            for step in steps {
                floor::arrive(&mut self.0[step.contact as usize], step, tally);
            }
        })
    }

    fn stages(&self, tally: &mut Tally) {
        self.0.iter().for_each(|flat| tally.stages[usize::from(flat.stage)] += 1);
    }
}

pub struct MapAndMatch(Vec<Mapped>);

impl Contestant for MapAndMatch {
    fn open(contacts: u32) -> MapAndMatch {
        MapAndMatch((0..contacts).map(|_| Mapped::default()).collect())
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Duration {
        measured(|| {
            for step in steps {
                self.0[step.contact as usize].arrive(step, tally);
            }
        })
    }

    fn stages(&self, tally: &mut Tally) {
        self.0.iter().for_each(|mapped| tally.stages[usize::from(mapped.stage)] += 1);
    }
}

pub struct Statig(Vec<StateMachine<Machine>>);

impl Contestant for Statig {
    fn open(contacts: u32) -> Statig {
        Statig((0..contacts).map(|_| Machine::default().state_machine()).collect())
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Duration {
        measured(|| {
            for step in steps {
                self.0[step.contact as usize].handle_with_context(step, tally);
            }
        })
    }

    fn stages(&self, tally: &mut Tally) {
        self.0.iter().for_each(|machine| tally.stages[usize::from(stage_of(machine.state()))] += 1);
    }
}

/// So many rows at once become acts and signals, so that those of the whole work need not be held at once.
const AT_ONCE: usize = 250_000;

/// `placet`, with signals that were checked as they came in: what is measured is appending, deciding, committing.
pub struct Placet {
    pub journey: Journey,
    pub edge: Edge,
    pub contacts: Vec<Contact>,
}

impl Placet {
    /// Rows as signals, checked, and as acts.
    pub fn arriving(&self, steps: &[Step]) -> (Vec<Option<Signal>>, Vec<Act>) {
        let check = |step| Some(self.journey.signal(self.edge.signal(step)?).unwrap());
        (steps.iter().map(check).collect(), steps.iter().filter_map(|step| self.edge.act(step)).collect())
    }

    /// What is measured.
    pub fn take(&mut self, steps: &[Step], signals: &[Option<Signal>], acts: Vec<Act>, tally: &mut Tally) {
        let mut acts = acts.into_iter();
        for (step, signal) in steps.iter().zip(signals) {
            let contact = &mut self.contacts[step.contact as usize];
            match signal {
                Some(signal) => user::does(contact, signal, &self.journey, tally).unwrap(),
                None => user::says(contact, acts.next().unwrap()).unwrap(),
            }
        }
    }
}

impl Contestant for Placet {
    fn open(contacts: u32) -> Placet {
        let (journey, edge) = (user::journey().unwrap(), Edge::new());
        let contacts = (0..contacts).map(|contact| edge.open(contact, &journey)).collect();
        Placet { journey, edge, contacts }
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Duration {
        let mut time = Duration::ZERO;
        for steps in steps.chunks(AT_ONCE) {
            let (signals, acts) = self.arriving(steps);
            time += measured(|| self.take(steps, &signals, acts, tally));
        }
        time
    }

    fn stages(&self, tally: &mut Tally) {
        self.contacts.iter().for_each(|contact| tally.holds(contact));
    }
}

/// The same, with the check of every signal in what is measured.
pub struct PlacetChecking(Placet);

impl Contestant for PlacetChecking {
    fn open(contacts: u32) -> PlacetChecking {
        PlacetChecking(Placet::open(contacts))
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Duration {
        let Placet { journey, edge, contacts } = &mut self.0;
        let mut time = Duration::ZERO;
        for steps in steps.chunks(AT_ONCE) {
            let signals: Vec<_> = steps.iter().map(|step| edge.signal(step)).collect();
            let acts: Vec<Act> = steps.iter().filter_map(|step| edge.act(step)).collect();
            let mut acts = acts.into_iter();
            time += measured(|| {
                for (step, signal) in steps.iter().zip(signals) {
                    let contact = &mut contacts[step.contact as usize];
                    match signal {
                        Some(signal) => {
                            let signal = journey.signal(signal).unwrap();
                            user::does(contact, &signal, journey, tally).unwrap();
                        }
                        None => user::says(contact, acts.next().unwrap()).unwrap(),
                    }
                }
            });
        }
        time
    }

    fn stages(&self, tally: &mut Tally) {
        self.0.stages(tally);
    }
}
