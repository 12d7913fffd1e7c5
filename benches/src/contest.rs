//! Everybody does the same work. Each holds all contacts at once, opened before; what it takes to make acts and
//! signals out of rows is not measured, and what comes out is counted by all alike.

use std::time::Duration;

use cpu_time::ThreadTime;
use placet::{Act, Book, Contact, Journey, Signal};
use statig::blocking::{IntoStateMachineExt, StateMachine};

use super::counting::counts;
use super::floor::{self, Flat};
use super::kept::{Arrival, Keeps};
use super::proven::Proven;
use super::rivals::{Machine, Mapped, stage_of};
use super::shape::{Step, Work};
use super::subject::{self, Edge, Out};
use super::tally::Tally;

/// Somebody who does the work.
pub trait Contestant {
    /// Takes the contacts of the work on.
    fn open(work: &Work) -> Self;
    /// Does a part of the work.
    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost;
    /// Counts the stages that are held.
    fn stages(&mut self, tally: &mut Tally);
}

/// What the measured part of the work cost.
#[derive(Debug, Default, Clone, Copy)]
pub struct Cost {
    /// Of the processor.
    pub time: Duration,
    /// How often memory was asked for.
    pub allocations: u64,
    /// Held by the contestant at the end: zero where no allocator counts.
    pub bytes: i64,
}

/// The whole work, done by one.
pub fn all<C: Contestant>(work: &Work) -> (Tally, Cost) {
    let mut tally = Tally::default();
    let (_, before) = counts();
    let mut contestant = C::open(work);
    let mut cost = contestant.run(&work.steps, &mut tally);
    cost.bytes = counts().1 - before;
    contestant.stages(&mut tally);
    (tally, cost)
}

/// The measured part. Not inlined, and its name is one that a profiler can tell: see `callgrind.rs`.
#[inline(never)]
pub fn collected(work: impl FnOnce()) -> Cost {
    let ((asked, _), begin) = (counts(), ThreadTime::now());
    work();
    Cost { time: begin.elapsed(), allocations: counts().0 - asked, bytes: 0 }
}

/// The number of rows that become acts and signals at once, so that the whole work need not be held in memory.
const AT_ONCE: usize = 250_000;

/// Makes of some rows what arrives, and then has it taken. What is left of it is freed when the time is taken.
fn in_parts<A>(
    steps: &[Step],
    arriving: impl Fn(&[Step]) -> A,
    mut take: impl FnMut(&[Step], &mut A),
) -> Cost {
    let mut all = Cost::default();
    for steps in steps.chunks(AT_ONCE) {
        let mut arriving = arriving(steps);
        let cost = collected(|| take(steps, &mut arriving));
        all.time += cost.time;
        all.allocations += cost.allocations;
    }
    all
}

pub struct Floor(Vec<Flat>);

impl Contestant for Floor {
    fn open(work: &Work) -> Floor {
        Floor(vec![Flat::NEW; work.contacts as usize])
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        collected(|| {
            for step in steps {
                floor::arrive(&mut self.0[step.contact as usize], step, tally);
            }
        })
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.0.iter().for_each(|flat| tally.holds(flat.stage));
    }
}

pub struct Ledger(Vec<Proven>);

impl Contestant for Ledger {
    fn open(work: &Work) -> Ledger {
        Ledger((0..work.contacts).map(|_| Proven::default()).collect())
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        collected(|| {
            for step in steps {
                self.0[step.contact as usize].arrive(step, tally);
            }
        })
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.0.iter().for_each(|proven| tally.holds(proven.stage()));
    }
}

pub struct MapAndMatch(Vec<Mapped>);

impl Contestant for MapAndMatch {
    fn open(work: &Work) -> MapAndMatch {
        MapAndMatch((0..work.contacts).map(|_| Mapped::default()).collect())
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        collected(|| {
            for step in steps {
                self.0[step.contact as usize].arrive(step, tally);
            }
        })
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.0.iter().for_each(|mapped| tally.holds(mapped.stage));
    }
}

pub struct Statig(Vec<StateMachine<Machine>>);

impl Contestant for Statig {
    fn open(work: &Work) -> Statig {
        Statig((0..work.contacts).map(|_| Machine::default().state_machine()).collect())
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        collected(|| {
            for step in steps {
                self.0[step.contact as usize].handle_with_context(step, tally);
            }
        })
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.0.iter().for_each(|machine| tally.holds(stage_of(machine.state())));
    }
}

/// A map and a match that keep what `placet` keeps. `BOOK`: what its book keeps, too.
pub struct Kept<const BOOK: bool>(Vec<Keeps<BOOK>>);

impl<const BOOK: bool> Contestant for Kept<BOOK> {
    fn open(work: &Work) -> Self {
        Kept((0..work.contacts).map(Keeps::open).collect())
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        let arriving = |steps: &[Step]| steps.iter().map(Arrival::of).collect::<Vec<_>>();
        in_parts(steps, arriving, |steps, arriving| {
            for (step, arrival) in steps.iter().zip(arriving) {
                self.0[step.contact as usize].arrive(arrival, step, tally);
            }
        })
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.0.iter().for_each(|keeps| tally.holds(keeps.stage()));
    }
}

/// `placet`, by contact: appending, deciding, committing. Whoever stores the signals keeps their ids.
pub struct Placet {
    journey: Journey,
    edge: Edge,
    contacts: Vec<Contact>,
}

/// Rows as signals, checked, and as acts.
pub type Arriving = (Vec<Option<Signal>>, Vec<Act>);

fn arriving(journey: &Journey, edge: &Edge, steps: &[Step]) -> Arriving {
    let check = |step| Some(journey.signal(edge.signal(step)?).unwrap());
    (steps.iter().map(check).collect(), steps.iter().filter_map(|step| edge.act(step)).collect())
}

impl Placet {
    pub fn arriving(&self, steps: &[Step]) -> Arriving {
        arriving(&self.journey, &self.edge, steps)
    }

    /// What is measured.
    pub fn take(&mut self, steps: &[Step], (signals, acts): &mut Arriving, tally: &mut Tally) {
        let mut acts = std::mem::take(acts).into_iter();
        for (step, signal) in steps.iter().zip(&*signals) {
            let contact = &mut self.contacts[step.contact as usize];
            match signal {
                Some(signal) => {
                    let mut out = Out { tally, contact: step.contact, at: step.at };
                    subject::does(contact, signal, &self.journey, &mut out).unwrap();
                }
                None => subject::says(contact, acts.next().unwrap()).unwrap(),
            }
        }
    }

    /// The stage that a contact holds.
    pub fn stage(&self, contact: u32) -> u8 {
        subject::stage(&self.contacts[contact as usize])
    }
}

impl Contestant for Placet {
    fn open(work: &Work) -> Placet {
        let (journey, edge) = (subject::journey().unwrap(), Edge::new(work.ids));
        let contacts = (0..work.contacts).map(|contact| edge.open(contact, &journey)).collect();
        Placet { journey, edge, contacts }
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        let (journey, edge) = (self.journey.clone(), Edge::new(self.edge.ids));
        let arriving = |steps: &[Step]| arriving(&journey, &edge, steps);
        in_parts(steps, arriving, |steps, arriving| self.take(steps, arriving, tally))
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.contacts.iter().for_each(|contact| tally.holds(subject::stage(contact)));
    }
}

/// `placet`'s book in memory: the ids of signals and the outbox are kept, too.
pub struct PlacetBook {
    book: Book,
    edge: Edge,
    ids: Vec<placet::ContactId>,
}

impl Contestant for PlacetBook {
    fn open(work: &Work) -> PlacetBook {
        let edge = Edge::new(work.ids);
        let ids: Vec<_> = (0..work.contacts).map(|contact| edge.id(contact)).collect();
        let mut book = Book::new(subject::journey().unwrap());
        (0..).zip(&ids).for_each(|(contact, id)| book.open(id.clone(), Edge::identity(contact)).unwrap());
        PlacetBook { book, edge, ids }
    }

    fn run(&mut self, steps: &[Step], tally: &mut Tally) -> Cost {
        let PlacetBook { book, edge, ids } = self;
        let journey = book.journey().clone();
        let arriving = |steps: &[Step]| arriving(&journey, edge, steps);
        in_parts(steps, arriving, |steps, (signals, acts)| {
            let mut acts = std::mem::take(acts).into_iter();
            for (step, signal) in steps.iter().zip(&*signals) {
                match signal {
                    Some(signal) => {
                        let mut out = Out { tally, contact: step.contact, at: step.at };
                        subject::observed(book, signal, &mut out).unwrap();
                    }
                    None => drop(book.append(&ids[step.contact as usize], acts.next().unwrap()).unwrap()),
                }
            }
        })
    }

    fn stages(&mut self, tally: &mut Tally) {
        self.ids.iter().for_each(|id| tally.holds(subject::stage(self.book.contact(id).unwrap())));
    }
}
