//! To make one person of two, and two of one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Pending;
use super::forget::Forget;
use crate::consent::{Act, Provenance, Stop};
use crate::contact::{Body, Contact, Entry};
use crate::desk::found::{Found, Loaded};
use crate::desk::store::{Operation, PersonRow, Plan, Step, UnderKey, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::WideKey;
use crate::name::{ContactId, Stage};

/// Makes one person of two contacts (S14): stops hold for both, where they are; grants stay with the identity they were given
/// for (S15); the stage furthest along is held (S23). Then the stops of each side are put under the keys of the other.
#[derive(Debug)]
pub struct Merge {
    terms: Arc<Terms>,
    from: ContactId,
    into: ContactId,
    merged: bool,
    /// The contacts of the smaller side.
    side: Vec<ContactId>,
    at: At,
    answer: Pending<bool>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Entry,
    /// They are one, and their stops are to cross.
    Keys,
    /// One of them was erased, and so all are.
    Forget,
}

impl Merge {
    /// To merge these two. The answer is false where they were one person.
    #[must_use]
    pub fn new(terms: Arc<Terms>, from: ContactId, into: ContactId) -> Merge {
        Merge { terms, from, into, merged: false, side: Vec::new(), at: At::Entry, answer: Pending::new() }
    }

    /// To go on with those that are one.
    pub(in crate::desk) fn again(
        terms: Arc<Terms>,
        from: ContactId,
        into: ContactId,
        side: Vec<ContactId>,
    ) -> Merge {
        Merge { merged: true, side, at: At::Keys, ..Merge::new(terms, from, into) }
    }

    fn merge(&mut self, from: &Loaded<'_>, into: &Loaded<'_>) -> Plan {
        let ids =
            |loaded: &Loaded<'_>| loaded.members().map(|member| member.id().clone()).collect::<Vec<_>>();
        let (theirs, ours) = (ids(from), ids(into));
        let again = ours.contains(from.contact().id());
        self.merged = !again;
        let held = [into, from].map(|loaded| held(loaded));
        let journey = &self.terms.journey;
        // Whoever is merged with somebody who was erased holds none.
        let erased = [from, into].iter().any(|loaded| loaded.person.erased().is_some());
        let furthest = held.into_iter().max_by_key(|stage| journey.how_far(stage.as_ref())).flatten();
        let held = furthest.filter(|_| !erased);
        let entry = |of: &Loaded<'_>, with: &Loaded<'_>| {
            let into = with.contact().id().clone();
            Entry::new(of.contact().id().clone(), Body::Merged { into, held: held.clone() })
        };
        if again {
            // Whether their stops have crossed is not known: the merge may have ended half way. Whoever is merged with
            // itself is known by it all the same (S18).
            self.side.clear();
            let entries = if from.person.known() { Vec::new() } else { vec![entry(from, into)] };
            return Plan { entries, ..Plan::default() };
        }
        // Each has it in its own journal.
        let entries = vec![entry(from, into), entry(into, from)];
        let members: Vec<ContactId> = ours.iter().chain(&theirs).cloned().collect();
        let person = into.id.clone();
        self.side = if theirs.len() <= ours.len() { theirs } else { ours };
        Plan {
            expect: vec![(from.id.clone(), from.count), (into.id.clone(), into.count)],
            entries,
            persons: vec![PersonRow { person, members, held }],
            ..Plan::default()
        }
    }

    /// The stops of each side under the keys of the other. Where it is not known who was merged with whom, everybody's stops
    /// cross to everybody.
    fn cross(&self, loaded: &Loaded<'_>) -> Vec<UnderKey> {
        let side: BTreeSet<&ContactId> = self.side.iter().collect();
        let of_side = |of: &ContactId| side.is_empty() || side.contains(of);
        let of_rest = |of: &ContactId| side.is_empty() || !side.contains(of);
        let mut under = Vec::new();
        let mut put = |stops: Vec<Stop>, keys: Vec<WideKey>| {
            for stop in stops.into_iter().map(|stop| self.terms.as_crossing(stop.told())) {
                let missing = keys.iter().filter(|key| !loaded.under.says(key, &stop));
                under.extend(missing.map(|key| UnderKey { key: key.clone(), stop: stop.clone() }));
            }
        };
        put(loaded.stops_of(of_side), loaded.keys_of(&self.terms, of_rest));
        put(loaded.stops_of(of_rest), loaded.keys_of(&self.terms, of_side));
        under
    }
}

/// The stage that a person holds.
fn held(loaded: &Loaded<'_>) -> Option<Stage> {
    if loaded.person.erased().is_some() {
        return None;
    }
    match loaded.person.held() {
        Some(joint) => joint.cloned(),
        None => loaded.contact().held_stage(),
    }
}

impl Step for Merge {
    fn want(&self) -> Want {
        let from = self.terms.want(&self.from);
        match self.at {
            At::Entry => Want { other: Some(Box::new(self.terms.want(&self.into))), ..from },
            At::Keys | At::Forget => from,
        }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match (self.at, found.person, found.other) {
            (At::Entry, Some(from), Some(into)) => self.merge(&from, &into),
            (At::Forget, Some(loaded), _) => {
                Plan { forget: Forget::of(&self.terms, &loaded), ..Plan::default() }
            }
            (At::Keys, Some(loaded), _) => Plan { under: self.cross(&loaded), ..Plan::default() },
            _ => {
                self.answer.set(Err(DeskError::UnknownContact));
                Plan::default()
            }
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        let erased = || found.person.is_some_and(|loaded| loaded.person.erased().is_some());
        match self.at {
            _ if self.answer.is_set() => {}
            At::Entry => self.at = At::Keys,
            At::Keys if self.terms.key.is_some() && erased() => self.at = At::Forget,
            At::Keys | At::Forget => self.answer.set(Ok(self.merged)),
        }
    }
}

impl Operation for Merge {
    type Answer = Result<bool, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Merge { terms, from, into, merged, side, at, answer } = self;
        answer.finish(|answer| Merge { terms, from, into, merged, side, at, answer })
    }
}

/// Makes a contact a person of its own again. Its grants and its stage are as if it had never been merged, its signals those
/// that named it. Stops stay on both sides (S28): what each heard of the other becomes an entry of its own.
#[derive(Debug)]
pub struct Unmerge {
    terms: Arc<Terms>,
    contact: ContactId,
    answer: Pending<bool>,
}

impl Unmerge {
    /// To take this contact out of its person. The answer is false where it was one by itself.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId) -> Unmerge {
        Unmerge { terms, contact, answer: Pending::new() }
    }

    fn unmerge(&mut self, loaded: &Loaded<'_>) -> Plan {
        self.answer.set(Ok(loaded.is_joint()));
        if !loaded.is_joint() {
            return Plan::default();
        }
        let (leaver, mut rest): (&Contact, Vec<&Contact>) =
            (loaded.contact(), loaded.members().skip(1).collect());
        // In one order, whatever order a store has them in.
        rest.sort_by(|one, other| one.id().cmp(other.id()));
        let journey = &self.terms.journey;
        let alone = rest.iter().map(|member| member.held_stage());
        let held = alone.max_by_key(|stage| journey.how_far(stage.as_ref())).flatten();
        // What is decided is written down: another journey would find another stage.
        let unmerged = Body::Unmerged { held: Some(held.clone()) };
        let mut entries = vec![Entry::new(leaver.id().clone(), unmerged)];
        for (member, others) in
            rest.iter().map(|member| (*member, vec![leaver])).chain([(leaver, rest.clone())])
        {
            let told = loaded.under.of_others(&self.terms, member, &others);
            let on_file = others.iter().flat_map(|other| other.all_stops().collect::<Vec<_>>());
            let told = on_file.filter(|stop| stop.provenance() == Provenance::Told).chain(told);
            let joined = others.iter().flat_map(|other| other.stops().collect::<Vec<_>>());
            let joined = joined.filter(|stop| !stop.is_only()).map(Stop::joined);
            let mut kept: Vec<Stop> = Vec::new();
            for stop in joined.chain(told).filter(|stop| !member.ledger().has_on_file(stop)) {
                if !kept.contains(&stop) {
                    kept.push(stop);
                }
            }
            entries.extend(
                kept.into_iter().map(|stop| Entry::new(member.id().clone(), Body::Act(Act::Stop(stop)))),
            );
        }
        let row = |members: Vec<ContactId>, held| {
            let person = members.first().cloned();
            person.map(|person| PersonRow { person, members, held })
        };
        let left = row(rest.iter().map(|member| member.id().clone()).collect(), held);
        let persons = row(vec![leaver.id().clone()], leaver.held_stage()).into_iter().chain(left).collect();
        Plan { expect: vec![(loaded.id.clone(), loaded.count)], entries, persons, ..Plan::default() }
    }
}

impl Step for Unmerge {
    fn want(&self) -> Want {
        self.terms.want(&self.contact)
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match found.person {
            None => {
                self.answer.set(Err(DeskError::UnknownContact));
                Plan::default()
            }
            Some(loaded) => self.unmerge(&loaded),
        }
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl Operation for Unmerge {
    type Answer = Result<bool, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Unmerge { terms, contact, answer } = self;
        answer.finish(|answer| Unmerge { terms, contact, answer })
    }
}
