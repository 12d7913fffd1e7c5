//! Contacts, and what is between them: shared keys and merges (S13 to S16). As a backend keeps them that has too many to
//! tell everybody of everything at once: a stop is noted for the person and the keys it concerns, and told to the ledger
//! of a contact before that is asked. How far stops, keys and merges go is known here; what follows from it, the ledger says.

use std::collections::{BTreeSet, HashMap};

use placet::{
    Act, ActId, Contact, ContactId, Identity, Reach, Scope, Stage, Stop, Vocabulary, consent::AppendError,
};

use super::read::{StopKind, Why};
use super::stops::{Like, Reaches, Said};
use super::ties::{Key, Ties};

#[derive(Default)]
pub(crate) struct Persons {
    pub(crate) contacts: Vec<Contact>,
    numbers: HashMap<ContactId, usize>,
    /// For each contact the person that it opened, under the same number.
    pub(crate) persons: Vec<Person>,
    pub(crate) keys: Vec<Key>,
    key_numbers: HashMap<ActId, usize>,
    pub(crate) reaches: Reaches,
}

/// One person, or a part of the one `above`.
pub(crate) struct Person {
    above: Option<usize>,
    held: Option<Stage>,
    erased: bool,
    /// What others must hear; none as long as no key and no merge makes others.
    pub(crate) ties: Option<Box<Ties>>,
}

impl Persons {
    /// The number of a contact that was opened.
    pub(crate) fn find(&self, id: &ContactId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// Opens a contact where it is named first; that alone makes nothing known (S18).
    pub(crate) fn open(
        &mut self,
        id: &ContactId,
        vocabulary: &std::sync::Arc<Vocabulary>,
    ) -> Result<usize, Why> {
        if let Some(contact) = self.find(id) {
            return Ok(contact);
        }
        let contact = self.contacts.len();
        self.contacts.push(Contact::open(id.clone(), identity(id)?, vocabulary));
        self.persons.push(Person { above: None, held: None, erased: false, ties: None });
        self.numbers.insert(id.clone(), contact);
        Ok(contact)
    }

    /// The stage that a contact holds with those merged with it; none once erased (S12, S23).
    pub(crate) fn held(&mut self, contact: usize) -> Option<Stage> {
        let person = self.shorten(contact);
        let person = self.persons.get(person)?;
        person.held.clone().filter(|_| !person.erased)
    }

    pub(crate) fn hold(&mut self, contact: usize, stage: Option<Stage>) {
        let person = self.shorten(contact);
        if let Some(person) = self.persons.get_mut(person) {
            person.held = stage;
        }
    }

    /// Appends a go: it concerns nobody else.
    pub(crate) fn append(&mut self, contact: usize, go: Act) -> Result<(), AppendError> {
        self.contacts.get_mut(contact).map_or(Ok(()), |contact| contact.append(go).map(drop))
    }

    /// Appends a stop, and notes it for whom it concerns.
    pub(crate) fn stop(&mut self, contact: usize, stop: &Stop) {
        if let Some(held) = self.contacts.get_mut(contact) {
            let _ = held.stop(stop.clone());
        }
        let (reach, act) = (stop.reach().clone(), Act::from(stop.clone()));
        let Some(kind) = StopKind::of(&act) else {
            return;
        };
        let person = self.shorten(contact);
        let Some(there) = self.persons.get_mut(person) else {
            return;
        };
        there.erased |= kind == StopKind::Erase;
        if there.ties.is_some() {
            let like = (self.reaches.number(&reach), kind);
            self.note(person, like, &Said { at: act.effective(), act: act.id().clone(), by: contact });
        }
    }

    /// A key of a contact; stops cross it, both ways (S13).
    pub(crate) fn link(&mut self, contact: usize, key: &ActId) {
        let keys = &mut self.keys;
        let key = *self.key_numbers.entry(key.clone()).or_insert_with(|| {
            keys.push(Key::default());
            keys.len().saturating_sub(1)
        });
        self.name(contact);
        let person = self.shorten(contact);
        self.tie(person);
        if !self.ties_mut(person).is_some_and(|ties| ties.keys.insert(key)) {
            return;
        }
        if self.ties(person).is_some_and(|ties| ties.many) {
            self.attach(person, key);
            return;
        }
        for (like, said) in self.stops_of(person) {
            self.leave(key, like, &said);
        }
        self.spread(person);
    }

    /// Makes one person of two contacts (S14, S15); `rank` says how far along a stage is (S23).
    pub(crate) fn merge(&mut self, from: usize, into: usize, rank: impl Fn(Option<&Stage>) -> usize) {
        self.name(from);
        self.name(into);
        let (from, into) = (self.shorten(from), self.shorten(into));
        if from == into {
            return;
        }
        let held = [into, from].map(|person| self.held(person));
        let held = held.into_iter().max_by_key(|stage| rank(stage.as_ref())).flatten();
        self.tie(from);
        self.tie(into);
        let weight = |ties: &Ties| (ties.many, ties.stops.len().saturating_add(ties.keys.len()));
        let (less, more) = if self.ties(from).map(weight) > self.ties(into).map(weight) {
            (into, from)
        } else {
            (from, into)
        };
        let Some(part) = self.persons.get_mut(less) else {
            return;
        };
        part.above = Some(more);
        part.held = None;
        let (erased, part) = (part.erased, part.ties.take().unwrap_or_default());
        if let Some(person) = self.persons.get_mut(more) {
            person.held = held;
            person.erased |= erased;
        }
        self.unite(more, less, *part);
    }

    /// A contact that has been told the stops of others that cover these scopes. One ledger asked for one scope needs no
    /// more than the latest of each kind.
    pub(crate) fn told<'s>(
        &mut self,
        contact: usize,
        scopes: impl IntoIterator<Item = &'s Scope>,
    ) -> Option<&mut Contact> {
        self.tell(contact, scopes.into_iter());
        self.contacts.get_mut(contact)
    }

    fn tell<'s>(&mut self, contact: usize, scopes: impl Iterator<Item = &'s Scope>) {
        let person = self.shorten(contact);
        let Some(ties) = self.ties(person) else {
            return;
        };
        let mut told = BTreeSet::new();
        let mut stops: Vec<Stop> = Vec::new();
        let mut add = |like: Like, said: &Said, own: bool| {
            if said.by != contact && told.insert((like, own)) {
                let stop = self.reaches.stop(like, said);
                stops.extend(stop.map(|stop| if own { stop.joined() } else { stop.told() }));
            }
        };
        if self.persons.get(person).is_some_and(|person| person.erased) {
            // Nothing else counts any more (S12).
            let everything = self.reaches.find(&Reach::everything());
            let stops = everything.into_iter().flat_map(|reach| ties.stops.of(reach));
            let erased = stops.filter(|((_, kind), _)| *kind == StopKind::Erase);
            erased.for_each(|(like, said)| add(like, said, true));
        } else {
            let sources = self.sources(person, ties);
            for scope in scopes.filter(|_| !sources.is_empty()) {
                for (like, said, own) in self.latest(&sources, scope) {
                    add(like, said, own);
                }
            }
        }
        if let Some(contact) = self.contacts.get_mut(contact) {
            for stop in stops {
                let _ = contact.stop(stop);
            }
        }
    }

    /// The person that a contact is, or is a part of.
    pub(crate) fn person_of(&self, contact: usize) -> usize {
        let mut person = contact;
        while let Some(above) = self.persons.get(person).and_then(|person| person.above) {
            person = above;
        }
        person
    }

    /// The same; the way there is shorter next time.
    fn shorten(&mut self, contact: usize) -> usize {
        let (person, mut at) = (self.person_of(contact), contact);
        while let Some(above) = self.persons.get_mut(at).and_then(|part| part.above.as_mut()) {
            at = std::mem::replace(above, person);
        }
        person
    }

    /// A link or a merge names a contact (S18): its own identity, linked again, says no more than that.
    fn name(&mut self, contact: usize) {
        if let Some(contact) = self.contacts.get_mut(contact) {
            let own = contact.ledger().identities().next().cloned();
            if let Some(own) = own {
                contact.link(own);
            }
        }
    }
}

/// The identity that a contact id stands for.
pub(crate) fn identity(contact: &ContactId) -> Result<Identity, Why> {
    contact.with_text(|id| Identity::of_kind("id", id)).map_err(|_| Why::BadName)
}
