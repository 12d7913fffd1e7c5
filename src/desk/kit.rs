//! The kit (feature `kit`): what proves that a store keeps the promises of [`Store`]. A host writes one line in
//! its tests:
//!
//! ```
//! use placet::desk::{Memory, kit};
//! // A store that one process shares among its threads, in memory.
//! kit::check(|terms| kit::Shared::new(Memory::new(terms.clone())))?;
//! # Ok::<(), kit::Failed>(())
//! ```
//!
//! It plays small stories against an empty place: acts that are delivered again, stops over keys in every order, merges and
//! unmerges, random histories that the store in memory answers alike, a crash before and after every step, two connections
//! at once, erasures, rows that cannot be read. It takes no database apart and knows none. Threads wait for each other up to
//! a fifth of a second, to tell a store that locks from one that finds a conflict; nothing is timed.

mod alone;
mod crash;
mod dice;
mod races;
mod scene;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::store::{Step, Store, Written};
use super::{Memory, Terms};
use crate::name::{ContactId, EventKey};

/// A place with nothing in it, and how to connect to it.
pub trait Place: Sync {
    /// The store.
    type Store: Store<Error: fmt::Debug> + Send;

    /// One more connection to the same place, as another process has one.
    fn connect(&self) -> Self::Store;

    /// Makes what is stored of a contact unreadable. `false` where that cannot be: then nobody asks what becomes of it.
    fn damage(&self, contact: &ContactId) -> bool {
        let _ = contact;
        false
    }

    /// All that is stored, as text, to be searched for what must not be there; `None` where that cannot be had.
    fn everything(&self) -> Option<String> {
        None
    }
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Part {
    /// What is delivered again changes nothing.
    Again,
    /// A no is found under every key of the person, before and after the contact, in whatever order it came.
    Keys,
    /// Merges and unmerges; the stage that a person of several contacts holds, forward and back.
    Persons,
    /// Random histories: the store in memory answers alike.
    Histories,
    /// A crash before and after every step, and the same again.
    Crashes,
    /// Signals and a stop of one contact at once.
    Signals,
    /// A stop beside a contact that is opened, linked or merged at the same time.
    Newcomers,
    /// Two who share a key stop at once.
    Sharers,
    /// A stop waits while the gateway takes an event of the person.
    Sending,
    /// Two dispatchers at once, and two who answer one act.
    Dispatchers,
    /// Keys of events, keys of replies and ids of signals are taken once.
    Once,
    /// Whoever is erased is forgotten, and the no is still found.
    Erasure,
    /// A row that cannot be read keeps nobody else's events back.
    Unreadable,
    /// A no for an address finds whoever has it, and whoever comes later.
    Strangers,
    /// A right knows whom to tell and what waits.
    Rights,
    /// A connection sees what another one wrote, also where it only looks.
    Behind,
}

const PARTS: [Part; 16] = [
    Part::Again,
    Part::Keys,
    Part::Persons,
    Part::Histories,
    Part::Crashes,
    Part::Signals,
    Part::Newcomers,
    Part::Sharers,
    Part::Sending,
    Part::Dispatchers,
    Part::Once,
    Part::Erasure,
    Part::Unreadable,
    Part::Strangers,
    Part::Rights,
    Part::Behind,
];

/// The parts that a store failed, each with what was seen.
#[derive(Clone, PartialEq, Eq)]
pub struct Failed(Vec<(Part, String)>);

impl Failed {
    /// Each part that failed, with what was seen.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &str)> {
        self.0.iter().map(|(part, what)| (*part, what.as_str()))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store fails {} of {} parts of the kit", self.0.len(), PARTS.len())?;
        self.0.iter().try_for_each(|(part, what)| write!(f, "\n{part:?}: {what}"))
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Failed {}

/// What was seen that must not be.
type Seen = Result<(), String>;

/// Looks at a store. `fresh` makes a place with nothing in it, for these terms; it is called some hundred times.
///
/// # Errors
/// [`Failed`], with each part and what was seen.
pub fn check<P: Place>(fresh: impl Fn(&Terms) -> P) -> Result<(), Failed> {
    let failed: Vec<(Part, String)> =
        PARTS.into_iter().filter_map(|part| Some((part, check_part(part, &fresh).err()?))).collect();
    if failed.is_empty() { Ok(()) } else { Err(Failed(failed)) }
}

/// Looks at one part.
///
/// # Errors
/// What was seen.
pub fn check_part<P: Place>(part: Part, fresh: impl Fn(&Terms) -> P) -> Result<(), String> {
    let fresh: &dyn Fn(&Terms) -> P = &fresh;
    match part {
        Part::Again => alone::again(fresh),
        Part::Keys => alone::keys(fresh),
        Part::Persons => alone::persons(fresh),
        Part::Histories => alone::histories(fresh),
        Part::Crashes => crash::crashes(fresh),
        Part::Signals => races::signals(fresh),
        Part::Newcomers => races::newcomers(fresh),
        Part::Sharers => races::sharers(fresh),
        Part::Sending => races::sending(fresh),
        Part::Dispatchers => races::dispatchers(fresh),
        Part::Once => alone::once(fresh),
        Part::Erasure => alone::erasure(fresh),
        Part::Unreadable => alone::unreadable(fresh),
        Part::Strangers => alone::strangers(fresh),
        Part::Rights => alone::rights(fresh),
        Part::Behind => alone::behind(fresh),
    }
}

/// A store that threads share, one after the other.
#[derive(Debug)]
pub struct Shared<S>(Arc<Mutex<S>>);

impl<S> Shared<S> {
    /// Shares a store.
    #[must_use]
    pub fn new(store: S) -> Shared<S> {
        Shared(Arc::new(Mutex::new(store)))
    }
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Shared<S> {
        Shared(Arc::clone(&self.0))
    }
}

impl<S: Store> Store for Shared<S> {
    type Error = S::Error;

    fn step(&mut self, step: &mut dyn Step) -> Result<Written, S::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).step(step)
    }

    fn waiting(&mut self, most: usize) -> Result<Vec<EventKey>, S::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting(most)
    }

    fn contact_of(&mut self, event: EventKey) -> Result<Option<ContactId>, S::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contact_of(event)
    }
}

impl<S: Store<Error: fmt::Debug> + Send> Place for Shared<S> {
    type Store = Shared<S>;

    fn connect(&self) -> Shared<S> {
        self.clone()
    }
}

/// The store that others are compared with.
fn memory(terms: &Terms) -> Shared<Memory> {
    Shared::new(Memory::new(terms.clone()))
}
