//! The naive model of a book: the list of what happened. What is told stays told, so that of each stop is kept who had
//! it; of stages what each person holds, and what each contact would hold alone; of the queue what became of it.

use std::collections::{BTreeMap, BTreeSet};

use placet::{
    Reason,
    book::BookError,
    consent::{AppendError, Appended},
};

use super::command::{Command, Kind};
use super::journey::{ADDRESSES, Stage};

pub type Ids = BTreeSet<usize>;

/// What the model gets wrong on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// S28: a stop that came with a merge goes with the unmerge.
    UnmergeTakesStopsAway,
    /// S28: stages after an unmerge are those held together.
    UnmergeLeavesStages,
    /// S29: an address that was given up may still be written to.
    UnlinkedAddressIsAsked,
    /// S13: what was told over an address is forgotten with it.
    UnlinkForgetsStops,
    /// S15: a grant is one for everybody who is merged with its contact.
    GrantsAreJoined,
    /// S22: what was queued is sent unasked.
    QueueIsTrusted,
    /// A guard does not see what was queued.
    QueueIsForgotten,
    /// What was queued long ago counts as what was queued of late.
    QueueIsEver,
    /// A rule is taken however late its signal came.
    LateIsTaken,
    /// A grant that waits for its confirm is told of.
    WaitingIsTold,
    /// A confirm that confirmed nothing is told of.
    EmptyConfirmIsTold,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub fault: Fault,
    /// What happened, in order; what was refused or came again is not in it.
    pub facts: Vec<Command>,
    pub stops: Vec<Carried>,
    pub persons: Vec<Person>,
    /// The stage that each contact would hold had it never been merged.
    pub alone: BTreeMap<usize, Stage>,
    pub queue: Vec<Queued>,
}

/// A stop, and who has it: as their own, and from others over a shared key.
#[derive(Debug, Clone)]
pub struct Carried {
    pub kind: Kind,
    pub reach: Option<usize>,
    pub at: i64,
    pub own: Ids,
    pub told: Ids,
    /// The keys that it lies under: those that whoever said it has, and had since.
    pub keys: BTreeSet<String>,
}

/// Contacts who are one, and the stage they hold together.
#[derive(Debug, Clone)]
pub struct Person {
    pub members: Ids,
    pub held: Stage,
}

/// An event that was queued: whose grants and addresses it rests on, and what became of it.
#[derive(Debug, Clone)]
pub struct Queued {
    pub who: usize,
    pub signal: usize,
    pub rule: usize,
    pub effect: &'static str,
    pub needs: Vec<Cited>,
    pub decided: i64,
    pub fate: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    pub contact: usize,
    pub address: usize,
    pub scope: usize,
    pub grant: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Waits,
    Sent,
    Dropped(Reason),
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Done,
    /// Whether something changed.
    Changed(bool),
    Appended(Result<Appended, BookError>),
    Again,
    IdReused,
    /// The act gave nothing.
    NothingToTell,
    Decided(Outcome),
    Dispatched(Result<(), Reason>),
    Settled(Fate),
    /// The number of the grant, or why not.
    Asked(Result<usize, Reason>),
}

/// What follows from a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Unadmitted(Reason),
    NoRule,
    /// Each effect is queued, refused, or not asked for.
    Taken {
        rule: usize,
        effects: Vec<Option<Result<(), Reason>>>,
    },
}

impl Model {
    pub fn with(fault: Fault) -> Model {
        Model { fault, ..Model::default() }
    }

    pub fn opened(&self) -> Vec<usize> {
        let opened = |fact: &Command| if let Command::Open { who, .. } = fact { Some(*who) } else { None };
        self.facts.iter().filter_map(opened).collect()
    }

    /// One more than any act or signal so far has.
    pub fn next_id(&self) -> usize {
        let ids = self.facts.iter().filter_map(|fact| match fact {
            Command::Observe { id, .. } => Some(*id),
            fact => fact.act(),
        });
        ids.max().map_or(0, |id| id + 1)
    }

    pub fn waiting(&self) -> Vec<usize> {
        (0..self.queue.len()).filter(|which| self.queue[*which].fate == Fate::Waits).collect()
    }

    /// The addresses that are a contact's now, in the order in which they were linked first.
    pub fn addresses(&self, of: usize) -> Vec<usize> {
        let mut first = Vec::new();
        let mut now = Ids::new();
        for fact in &self.facts {
            match fact {
                Command::Open { who, address } | Command::Link { who, address } if *who == of => {
                    if !first.contains(address) {
                        first.push(*address);
                    }
                    now.insert(*address);
                }
                Command::Unlink { who, address } if *who == of => drop(now.remove(address)),
                _ => {}
            }
        }
        first.retain(|address| now.contains(address));
        first
    }

    pub fn seats(&self) -> Vec<(usize, usize)> {
        let of = |who: usize| self.addresses(who).into_iter().map(move |address| (who, address));
        self.opened().into_iter().flat_map(of).collect()
    }

    fn keys(&self, who: usize) -> BTreeSet<String> {
        self.addresses(who).into_iter().map(|address| ADDRESSES[address].to_lowercase()).collect()
    }

    pub fn person(&self, of: usize) -> &Person {
        self.persons.iter().find(|person| person.members.contains(&of)).unwrap()
    }

    /// The stage that a contact holds with those merged with it (S12, S23).
    pub fn held(&self, who: usize) -> Stage {
        let person = self.person(who);
        if self.erased(&person.members) {
            None
        } else if person.members.len() == 1 {
            self.alone.get(&who).copied().flatten()
        } else {
            person.held
        }
    }

    pub fn erased(&self, members: &Ids) -> bool {
        self.stops.iter().any(|stop| stop.kind == Kind::Erase && !stop.own.is_disjoint(members))
    }

    /// It happens, and what is answered.
    pub fn apply(&mut self, command: &Command) -> Answer {
        let answer = match command {
            Command::Open { who, .. } => {
                self.persons.push(Person { members: Ids::from([*who]), held: None });
                self.keep(command, Answer::Done)
            }
            Command::Link { who, address } => {
                let new = !self.addresses(*who).contains(address);
                self.keep(command, Answer::Changed(new))
            }
            Command::Unlink { who, address } => {
                // S12: nothing that happens to somebody who was erased has an effect any more.
                if self.erased(&self.person(*who).members.clone()) {
                    return Answer::Changed(false);
                }
                let there = self.addresses(*who).contains(address);
                if there && self.fault == Fault::UnlinkForgetsStops {
                    for stop in &mut self.stops {
                        stop.told.remove(who);
                    }
                }
                self.keep(command, Answer::Changed(there))
            }
            Command::Stop { .. } => Answer::Appended(Ok(self.stop(command))),
            Command::Grant { .. } | Command::Confirm { .. } | Command::Lift { .. } => {
                Answer::Appended(self.go(command))
            }
            Command::Merge { from, into } => {
                let merged = self.merge(*from, *into);
                self.keep(command, Answer::Changed(merged))
            }
            Command::Unmerge { who } => {
                let unmerged = self.unmerge(*who);
                self.keep(command, Answer::Changed(unmerged))
            }
            Command::Observe { .. } => self.observe(command),
            Command::Tell { .. } => self.tell(command),
            Command::Dispatch { which, now } => self.dispatch(*which, *now),
            Command::Ask { who, address, scope, now } => {
                Answer::Asked(self.asked(*who, *address, *scope, *now))
            }
        };
        self.spread();
        answer
    }

    pub fn keep(&mut self, command: &Command, answer: Answer) -> Answer {
        self.facts.push(command.clone());
        answer
    }

    /// Whether the contact's own acts have this id (S2).
    fn has_act(&self, command: &Command) -> bool {
        let alike = |fact: &&Command| fact.act() == command.act() && fact.who() == command.who();
        self.facts.iter().any(|fact| fact.act().is_some() && alike(&fact))
    }

    fn stop(&mut self, command: &Command) -> Appended {
        let Command::Stop { who, kind, reach, at, .. } = command else { panic!("a stop") };
        if self.facts.contains(command) {
            return Appended::Again;
        }
        let answer = if self.has_act(command) { Appended::IdTaken } else { Appended::New };
        let own = Ids::from([*who]);
        self.stops.push(Carried {
            kind: *kind,
            reach: *reach,
            at: *at,
            own,
            told: Ids::new(),
            keys: BTreeSet::new(),
        });
        self.facts.push(command.clone());
        answer
    }

    fn go(&mut self, command: &Command) -> Result<Appended, BookError> {
        let (Command::Grant { who, address, .. }
        | Command::Confirm { who, address, .. }
        | Command::Lift { who, address, .. }) = command
        else {
            panic!("a go")
        };
        if self.facts.contains(command) {
            return Ok(Appended::Again);
        }
        if self.has_act(command) {
            return Err(AppendError::IdReused.into());
        }
        if !self.addresses(*who).contains(address) {
            return Err(AppendError::UnknownIdentity.into());
        }
        self.facts.push(command.clone());
        Ok(Appended::New)
    }

    fn merge(&mut self, from: usize, into: usize) -> bool {
        if self.person(into).members.contains(&from) {
            return false;
        }
        let held = self.held(from).max(self.held(into));
        let members = &self.person(from).members | &self.person(into).members;
        self.persons.retain(|person| person.members.is_disjoint(&members));
        self.persons.push(Person { members, held });
        true
    }

    /// S28: who leaves has the stage it would hold alone; those who stay, the furthest of theirs.
    fn unmerge(&mut self, who: usize) -> bool {
        let person = self.person(who).clone();
        if person.members.len() == 1 {
            return false;
        }
        let left = &person.members - &Ids::from([who]);
        if self.fault == Fault::UnmergeTakesStopsAway {
            for stop in self.stops.iter_mut().filter(|stop| stop.own.len() > 1) {
                stop.own.remove(&who);
            }
        }
        if self.fault == Fault::UnmergeLeavesStages {
            self.alone.extend(person.members.iter().map(|member| (*member, person.held)));
        }
        let held = left.iter().filter_map(|member| self.alone.get(member).copied().flatten()).max();
        self.persons.retain(|other| !other.members.contains(&who));
        self.persons.push(Person { members: Ids::from([who]), held: None });
        self.persons.push(Person { members: left, held });
        true
    }

    /// S15: a stop of one is a stop of all who are one with them. S13: it crosses the keys that they have, and no further.
    fn spread(&mut self) {
        let keys: BTreeMap<usize, _> = self.opened().into_iter().map(|who| (who, self.keys(who))).collect();
        for stop in &mut self.stops {
            let all_of = |some: &Ids| -> Ids {
                let persons = self.persons.iter().filter(|person| !person.members.is_disjoint(some));
                persons.flat_map(|person| &person.members).chain(some).copied().collect()
            };
            stop.own = all_of(&stop.own);
            stop.keys.extend(stop.own.iter().flat_map(|who| keys[who].clone()));
            let shared = &stop.keys;
            let near = keys.iter().filter(|(_, keys)| keys.iter().any(|key| shared.contains(key)));
            let told: Ids = near.map(|(who, _)| *who).chain(stop.told.iter().copied()).collect();
            stop.told = all_of(&told);
        }
    }
}
