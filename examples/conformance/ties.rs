//! Who hears whom: the keys of persons, and where their stops are left for others to find.

use std::collections::{BTreeMap, BTreeSet};

use placet::{Act, Scope};

use super::persons::Persons;
use super::read::StopKind;
use super::stops::{Like, Said, Stops};

/// A person with more keys than this is asked for its stops, instead of leaving them at each of its keys; and is told
/// those of others, instead of looking for them there. So nobody has to go through many keys. (In small tests two are many.)
const MANY: usize = if cfg!(test) { 2 } else { 64 };

/// What a person has in common with others.
#[derive(Default)]
pub(crate) struct Ties {
    /// Its own stops, those of all that are merged.
    pub(crate) stops: Stops,
    pub(crate) keys: BTreeSet<usize>,
    /// Whether it has, or had at a merge, many keys.
    pub(crate) many: bool,
    /// If so: the stops of persons with few keys that share one.
    pub(crate) heard: Stops,
    /// If so: others with many keys that share one.
    pub(crate) near: BTreeSet<usize>,
}

/// A shared key.
#[derive(Default)]
pub(crate) struct Key {
    /// The stops of persons with few keys.
    pub(crate) stops: Stops,
    /// Its persons with many keys.
    pub(crate) many: Vec<usize>,
}

impl Persons {
    pub(crate) fn ties(&self, person: usize) -> Option<&Ties> {
        self.persons.get(person)?.ties.as_deref()
    }

    pub(crate) fn ties_mut(&mut self, person: usize) -> Option<&mut Ties> {
        self.persons.get_mut(person)?.ties.as_deref_mut()
    }

    pub(crate) fn stops_of(&self, person: usize) -> Vec<(Like, Said)> {
        let stops = self.ties(person).into_iter().flat_map(|ties| ties.stops.all());
        stops.map(|(like, said)| (like, said.clone())).collect()
    }

    /// From now on there are others: they must hear what has been said so far.
    pub(crate) fn tie(&mut self, person: usize) {
        let there = self.persons.get_mut(person).filter(|person| person.ties.is_none());
        let (Some(there), Some(contact)) = (there, self.contacts.get(person)) else {
            return;
        };
        let mut ties = Ties::default();
        for stop in contact.stops() {
            let reach = self.reaches.number(stop.reach());
            let act = Act::from(stop);
            if let Some(kind) = StopKind::of(&act) {
                let said = Said { at: act.effective(), act: act.id().clone(), by: person };
                ties.stops.put((reach, kind), &said);
            }
        }
        there.ties = Some(Box::new(ties));
    }

    /// The keys and stops of one person become another's.
    pub(crate) fn unite(&mut self, person: usize, part: usize, ties: Ties) {
        let Some(ours) = self.ties_mut(person) else {
            return;
        };
        let gained: Vec<usize> = ties.keys.iter().copied().filter(|key| ours.keys.insert(*key)).collect();
        ours.near.extend(&ties.near);
        for (like, said) in ties.heard.all() {
            ours.heard.put(like, said);
        }
        if !ours.many {
            for (like, said) in self.stops_of(person) {
                gained.iter().for_each(|key| self.leave(*key, like, &said));
            }
        }
        for (like, said) in ties.stops.all() {
            self.note(person, like, said);
        }
        self.spread(person);
        if self.ties(person).is_some_and(|ours| ours.many) {
            for key in ties.keys {
                if let Some(key) = self.keys.get_mut(key) {
                    key.many.retain(|there| *there != part);
                }
                self.attach(person, key);
            }
        }
    }

    /// Notes a stop of a person, unless it has a like that is no earlier.
    pub(crate) fn note(&mut self, person: usize, like: Like, said: &Said) {
        let Some(ties) = self.ties_mut(person) else {
            return;
        };
        if ties.stops.put(like, said) && !ties.many {
            ties.keys.clone().into_iter().for_each(|key| self.leave(key, like, said));
        }
    }

    /// Leaves a stop at a key.
    pub(crate) fn leave(&mut self, key: usize, like: Like, said: &Said) {
        let Some(key) = self.keys.get_mut(key) else {
            return;
        };
        if !key.stops.put(like, said) {
            return;
        }
        for person in key.many.clone() {
            let person = self.person_of(person);
            if let Some(ties) = self.ties_mut(person) {
                ties.heard.put(like, said);
            }
        }
    }

    /// Whoever has many keys now attends to each of them.
    pub(crate) fn spread(&mut self, person: usize) {
        let Some(ties) = self.ties_mut(person).filter(|ties| !ties.many && ties.keys.len() > MANY) else {
            return;
        };
        ties.many = true;
        ties.keys.clone().into_iter().for_each(|key| self.attach(person, key));
    }

    /// A person with many keys attends to one of them.
    pub(crate) fn attach(&mut self, person: usize, key: usize) {
        let Some(key) = self.keys.get_mut(key).filter(|key| !key.many.contains(&person)) else {
            return;
        };
        let others = key.many.clone();
        key.many.push(person);
        // Not by way of `ties_mut`: the stops at the key are read meanwhile.
        let ties = self.persons.get_mut(person).and_then(|person| person.ties.as_deref_mut());
        if let Some(ties) = ties {
            ties.near.extend(&others);
            key.stops.all().for_each(|(like, said)| _ = ties.heard.put(like, said));
        }
        for other in others {
            let other = self.person_of(other);
            if let Some(ties) = self.ties_mut(other) {
                ties.near.insert(person);
            }
        }
    }

    /// Of each kind the latest stop that covers a scope: of the person's own, and of those that crossed a key.
    pub(crate) fn latest<'s>(
        &self,
        sources: &[(&'s Stops, bool)],
        scope: &Scope,
    ) -> impl Iterator<Item = (Like, &'s Said, bool)> + use<'s> {
        let mut latest: BTreeMap<(StopKind, bool), (Like, &Said, bool)> = BTreeMap::new();
        for reach in self.reaches.covering(scope) {
            for (stops, own) in sources {
                for (like, said) in stops.of(reach) {
                    let best = latest.entry((like.1, *own)).or_insert((like, said, *own));
                    if said.at > best.1.at {
                        *best = (like, said, *own);
                    }
                }
            }
        }
        latest.into_values()
    }

    /// Where stops that concern a person are noted, its own first.
    pub(crate) fn sources<'s>(&'s self, person: usize, ties: &'s Ties) -> Vec<(&'s Stops, bool)> {
        let stops_of = |other: &usize| {
            let other = Some(self.person_of(*other)).filter(|other| *other != person);
            other.and_then(|other| self.ties(other)).map(|ties| &ties.stops)
        };
        let heard: Vec<&Stops> = if ties.many {
            std::iter::once(&ties.heard).chain(ties.near.iter().filter_map(stops_of)).collect()
        } else {
            let keys = ties.keys.iter().filter_map(|key| self.keys.get(*key));
            keys.flat_map(|key| std::iter::once(&key.stops).chain(key.many.iter().filter_map(stops_of)))
                .collect()
        };
        let all = std::iter::once((&ties.stops, true)).chain(heard.into_iter().map(|stops| (stops, false)));
        all.filter(|(stops, _)| stops.len() > 0).collect()
    }
}
