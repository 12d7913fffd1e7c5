//! What a step found: persons as their ledgers answer, with the stops that lie under their keys; and how a store makes it
//! of rows.

use std::sync::Arc;

use super::Terms;
use super::store::{Plan, Settled, UnderKey};
use crate::consent::{Provenance, Stop};
use crate::contact::{Body, Contact, Entry, Person, ReplayError};
use crate::event::QueuedEvent;
use crate::identity::WideKey;
use crate::name::{ContactId, Stage};

/// What was found for a [`Want`](super::Want).
#[derive(Debug, Clone, Copy, Default)]
pub struct Found<'a> {
    /// The person asked for; `None` where there is no such contact.
    pub person: Option<Loaded<'a>>,
    /// The other one.
    pub other: Option<Loaded<'a>>,
    /// The digest of the signal of the id asked about, where one was admitted.
    pub signal: Option<u64>,
    /// The event asked about.
    pub event: Option<Kept<'a>>,
    /// What became of the reply asked about.
    pub reply: Option<Settled>,
    /// Where the contact is there and its person cannot be read: what is known of it all the same. Only for a step that takes
    /// that ([`Want::unread`](super::Want::unread)); any other is an error of the store.
    pub unread: Option<Unread<'a>>,
    /// The contacts asked for by a key.
    pub holders: &'a [ContactId],
    /// The events asked for by contacts, in any order.
    pub events: &'a [Kept<'a>],
}

/// A person whose rows cannot be read.
#[derive(Debug, Clone, Copy)]
pub struct Unread<'a> {
    /// The contact asked for.
    pub contact: &'a ContactId,
    /// The keys of its person.
    pub keys: &'a [WideKey],
}

/// A queued event, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The event.
    pub event: &'a QueuedEvent,
    /// What became of it; `None` as long as it waits.
    pub settled: Option<Settled>,
}

/// A person as it was found.
#[derive(Debug, Clone, Copy)]
pub struct Loaded<'a> {
    /// The id of the person.
    pub id: &'a ContactId,
    /// How many entries of its contacts are stored.
    pub count: u64,
    /// The contact asked for, and those merged with it.
    pub person: Person<'a>,
    /// The stops under its keys.
    pub(crate) under: Under<'a>,
    /// What the contacts of a person of several said and have, where it is at hand.
    pub(crate) known: Option<Known<'a>>,
}

/// What each contact of a person said no to, and the keys that it has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) stops: &'a [(ContactId, Arc<Stop>)],
    pub(crate) keys: &'a [(ContactId, WideKey)],
}

/// The stops under the keys of a person.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Under<'a> {
    /// As rows of a store.
    Rows(&'a [UnderKey]),
    /// As memory keeps them.
    Keys(&'a super::under::Keys),
}

impl Under<'_> {
    /// Whether a stop lies under a key, or one of the same reach that says as much.
    pub(crate) fn says(&self, key: &WideKey, stop: &Stop) -> bool {
        match self {
            Under::Rows(rows) => rows.iter().filter(|row| row.key == *key).any(|row| row.stop.says(stop)),
            Under::Keys(keys) => keys.under(key).iter().any(|there| there.says(stop)),
        }
    }

    /// The stops under a key, without those that another one there says as well.
    pub(crate) fn of(&self, key: &WideKey) -> Vec<Stop> {
        match self {
            Under::Rows(rows) => {
                let mut all: Vec<Stop> = Vec::new();
                for row in rows.iter().filter(|row| row.key == *key) {
                    if !all.iter().any(|there| there.says(&row.stop)) {
                        all.retain(|there| !row.stop.says(there));
                        all.push(row.stop.clone());
                    }
                }
                all
            }
            Under::Keys(keys) => keys.under(key).iter().map(|stop| Stop::clone(stop)).collect(),
        }
    }

    /// The stops under keys that others of a person have and a contact has not.
    pub(crate) fn of_others(&self, terms: &Terms, contact: &Contact, others: &[&Contact]) -> Vec<Stop> {
        let keys_of = |contact: &Contact| -> Vec<WideKey> {
            contact.ledger().identities().map(|identity| terms.key_of(identity)).collect()
        };
        let own = keys_of(contact);
        let mut keys: Vec<WideKey> = others.iter().flat_map(|other| keys_of(other)).collect();
        keys.sort();
        keys.dedup();
        let crossed = keys.iter().filter(|key| !own.contains(key)).flat_map(|key| self.of(key));
        crossed.filter(|stop| !stop.is_only()).collect()
    }
}

impl<'a> Loaded<'a> {
    /// The contact asked for.
    #[must_use]
    pub fn contact(&self) -> &'a Contact {
        self.person.named()
    }

    /// Whether it is several contacts.
    #[must_use]
    pub fn is_joint(&self) -> bool {
        self.person.held().is_some()
    }

    /// The stops of some of its contacts that cross to others, without those that another of them says as well.
    pub(crate) fn stops_of(&self, of: impl Fn(&ContactId) -> bool) -> Vec<Stop> {
        let mut all: Vec<Stop> = Vec::new();
        let mut take = |stop: &Stop| {
            let crosses = stop.provenance() != Provenance::Told && !stop.is_only() && !stop.is_void();
            if crosses && !all.iter().any(|there| there.says(stop)) {
                all.retain(|there| !stop.says(there));
                all.push(stop.clone());
            }
        };
        match self.known {
            Some(known) => known.stops.iter().filter(|(who, _)| of(who)).for_each(|(_, stop)| take(stop)),
            None => {
                let members = self.members().filter(|member| of(member.id()));
                members.flat_map(|member| member.stops().collect::<Vec<_>>()).for_each(|stop| take(&stop));
            }
        }
        all
    }

    /// The keys of some of its contacts.
    pub(crate) fn keys_of(&self, terms: &Terms, of: impl Fn(&ContactId) -> bool) -> Vec<WideKey> {
        let mut keys: Vec<WideKey> = match self.known {
            Some(known) => known.keys.iter().filter(|(who, _)| of(who)).map(|(_, key)| key.clone()).collect(),
            None => {
                let members = self.members().filter(|member| of(member.id()));
                members.flat_map(|member| member.ledger().identities()).map(|own| terms.key_of(own)).collect()
            }
        };
        keys.sort();
        keys.dedup();
        keys
    }

    /// Its contacts, the one asked for first.
    pub fn members(&self) -> impl Iterator<Item = &'a Contact> + use<'a> {
        self.person.members()
    }
}

/// A person as rows of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The id of the person.
    pub person: ContactId,
    /// How many entries of its contacts are stored.
    pub count: u64,
    /// The entries of its contacts, contact by contact and in order, those of the contact asked for first.
    pub entries: Vec<Vec<Entry>>,
    /// The stage that they hold together, where they are several.
    pub held: Option<Stage>,
    /// What lies under the keys of all of them.
    pub under: Vec<UnderKey>,
}

/// A person, made again from the rows of a store.
#[derive(Debug)]
pub struct People {
    person: ContactId,
    count: u64,
    contacts: Vec<Contact>,
    held: Option<Stage>,
    under: Vec<UnderKey>,
    terms: Terms,
}

impl People {
    /// Makes a person again from its rows, with the stops that lie under its keys and those of whoever is merged with it.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn read(rows: Rows, terms: &Terms) -> Result<People, ReplayError> {
        let Rows { person, count, entries, held, under } = rows;
        let contacts = entries.iter().map(|entries| Contact::replay(entries, terms.journey.vocabulary()));
        let contacts: Vec<Contact> = contacts.collect::<Result<_, _>>()?;
        let mut people = People { person, count, contacts, held, under, terms: terms.clone() };
        people.hear();
        Ok(people)
    }

    /// Hearing twice is hearing once.
    fn hear(&mut self) {
        let own: Vec<(usize, Arc<Stop>)> = if self.contacts.len() > 1 {
            let contacts = self.contacts.iter().enumerate();
            contacts
                .flat_map(|(place, contact)| contact.all_stops().map(move |stop| (place, Arc::new(stop))))
                .collect()
        } else {
            Vec::new()
        };
        let under: Vec<(WideKey, Arc<Stop>)> =
            self.under.iter().map(|row| (row.key.clone(), Arc::new(row.stop.clone()))).collect();
        for (place, contact) in self.contacts.iter_mut().enumerate() {
            for (_, stop) in own.iter().filter(|(of, _)| *of != place) {
                contact.hear(stop, stop.of_member(), None, |identity| self.terms.key_of(identity));
            }
            for (of, stop) in &under {
                contact.hear(stop, Provenance::Told, Some(of), |identity| self.terms.key_of(identity));
            }
        }
    }

    /// Hands the person out as it is.
    pub fn with<T>(&self, look: impl FnOnce(Option<Loaded<'_>>) -> T) -> T {
        let Some((named, others)) = self.contacts.split_first() else { return look(None) };
        let others: Vec<&Contact> = others.iter().collect();
        let person = match &self.held {
            _ if others.is_empty() => Person::from(named),
            held => Person::joined(named, &others, held.as_ref()),
        };
        look(Some(Loaded {
            id: &self.person,
            count: self.count,
            person,
            under: Under::Rows(&self.under),
            known: None,
        }))
    }

    /// Takes in what was written of it, so that it can be asked as it is now. Merges and erasures are read again.
    ///
    /// # Errors
    /// [`ReplayError`].
    pub fn take(&mut self, plan: &Plan) -> Result<(), ReplayError> {
        for entry in &plan.entries {
            let contact = self.contacts.iter_mut().find(|contact| contact.id() == entry.contact());
            if let Some(contact) = contact.filter(|_| !matches!(entry.body(), Body::Opened(_))) {
                contact.take_in(entry)?;
                self.count = self.count.saturating_add(1);
            }
        }
        self.under.extend(plan.under.iter().cloned());
        // A stop of one of them holds for all of them from now on.
        self.hear();
        Ok(())
    }
}
