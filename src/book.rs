//! Floor 7: the book. The embedded default for whoever has no database yet: contacts, signal ids and outbox in memory.
//!
//! What concerns several contacts (shared keys, merge and unmerge, suppression) and the journal live on this floor, too.

mod outbox;

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::hash::{DefaultHasher, Hash, Hasher};

use thiserror::Error;

pub use outbox::{Dispatched, Outbox, Outgoing, Report};

use crate::contact::Contact;
use crate::engine::{Decision, Misfit};
use crate::event::{EventKey, Gateway};
use crate::identity::Identity;
use crate::journey::Journey;
use crate::ledger::{Act, AppendError, Appended, Stop};
use crate::signal::Signal;
use crate::vocab::{ContactId, Instant, SignalId};

/// Contacts under one journey, with idempotent signals and an outbox.
///
/// ```
/// use placet::*;
/// let at: Instant = "2013-05-01T10:00:00Z".parse()?;
/// let mail = Identity::email("ada@example.org")?;
/// let mut book = Book::new(Journey::reference()?);
/// book.open("c-1".parse()?, mail.clone())?;
///
/// let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
/// let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
/// book.append(&"c-1".parse()?, Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail, evidence, at, at)?)?;
///
/// let signup = book.journey().signal(SignalSpec::from_json(r#"{"id":"s-1","contact":"c-1",
///   "identity":"email:ada@example.org","kind":"newsletter-signup","at":"2013-05-01T10:00:00Z"}"#)?)?;
/// let observed = book.observe(&signup, at)?;
/// assert_eq!(observed.decision().map(|decision| decision.queued().count()), Some(1));
/// assert!(book.observe(&signup, at)?.decision().is_none(), "delivered again: nothing happens");
///
/// let mut sent = Vec::new();
/// book.dispatch(at, &mut |event: Event<'_>| { sent.push(event.effect().to_string()); Ok::<_, ()>(()) });
/// assert_eq!(sent, ["welcome-mail"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Book {
    journey: Journey,
    records: BTreeMap<ContactId, Record>,
    outbox: Outbox,
}

#[derive(Debug)]
struct Record {
    contact: Contact,
    /// Admitted signals, each with a digest of its content (S2).
    signals: BTreeMap<SignalId, u64>,
}

/// Why a book cannot do what it was asked. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BookError {
    /// No contact of this id was opened.
    #[error("no contact of this id is in the book: open it first")]
    UnknownContact,
    /// A contact of this id is there.
    #[error("a contact of this id is in the book already")]
    OpenedAgain,
    /// The signal id names another signal of this contact (S2).
    #[error("this signal id names another signal of the contact already")]
    SignalIdReused,
    /// The go cannot be appended.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The signal does not fit.
    #[error(transparent)]
    Misfit(#[from] Misfit),
}

/// What became of a signal.
#[derive(Debug, Clone)]
pub enum Observed {
    /// It was decided and committed; an unadmitted one left no trace.
    Decided(Box<Decision>),
    /// It was delivered again: no effect (S2).
    Again,
}

impl Observed {
    /// The decision, unless the signal was delivered again.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Observed::Decided(decision) => Some(decision),
            Observed::Again => None,
        }
    }
}

impl Book {
    /// An empty book under a journey.
    #[must_use]
    pub fn new(journey: Journey) -> Book {
        Book { journey, records: BTreeMap::new(), outbox: Outbox::default() }
    }

    /// The journey in force.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// Puts another journey in force, from the next signal on. Contacts stay as they are.
    pub fn adopt(&mut self, journey: Journey) {
        self.journey = journey;
    }

    /// Opens a contact under its first identity.
    ///
    /// # Errors
    /// [`BookError::OpenedAgain`].
    pub fn open(&mut self, id: ContactId, identity: Identity) -> Result<&Contact, BookError> {
        match self.records.entry(id) {
            btree_map::Entry::Occupied(_) => Err(BookError::OpenedAgain),
            btree_map::Entry::Vacant(place) => {
                let contact = Contact::open(place.key().clone(), identity, self.journey.vocabulary());
                Ok(&place.insert(Record { contact, signals: BTreeMap::new() }).contact)
            }
        }
    }

    /// A contact, to look at and to ask.
    #[must_use]
    pub fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.records.get(id).map(|record| &record.contact)
    }

    /// All contacts, by id.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.records.values().map(|record| &record.contact)
    }

    /// Appends an act to a contact's ledger.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], [`BookError::Append`] for a go.
    pub fn append(&mut self, contact: &ContactId, act: impl Into<Act>) -> Result<Appended, BookError> {
        let record = self.records.get_mut(contact).ok_or(BookError::UnknownContact)?;
        Ok(record.contact.append(act)?)
    }

    /// Appends a stop. In force when this returns.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], nothing else.
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Result<Appended, BookError> {
        let record = self.records.get_mut(contact).ok_or(BookError::UnknownContact)?;
        Ok(record.contact.stop(stop))
    }

    /// Adds an identity to a contact; false if it was there.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Result<bool, BookError> {
        let record = self.records.get_mut(contact).ok_or(BookError::UnknownContact)?;
        Ok(record.contact.link(identity))
    }

    /// Ends an identity of a contact; false if it was not there.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Result<bool, BookError> {
        let record = self.records.get_mut(contact).ok_or(BookError::UnknownContact)?;
        Ok(record.contact.unlink(identity))
    }

    /// Decides a signal, commits the decision and puts what was permitted into the outbox. Idempotent by
    /// the signal's id; the id of an unadmitted signal is not kept (S26).
    ///
    /// # Errors
    /// [`BookError`] for an unknown contact, an id in use, or a signal that does not fit.
    pub fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Observed, BookError> {
        let record = self.records.get_mut(&signal.spec().contact).ok_or(BookError::UnknownContact)?;
        let digest = digest(signal);
        match record.signals.get(signal.id()) {
            Some(there) if *there == digest => return Ok(Observed::Again),
            Some(_) => return Err(BookError::SignalIdReused),
            None => {}
        }
        let decision = self.journey.decide(&record.contact, signal, now)?;
        // INVARIANT: decided for this very contact, which nobody else can have changed: it is not stale.
        for queued in decision.commit(&mut record.contact).unwrap_or_default() {
            self.outbox.put(queued);
        }
        if decision.unadmitted().is_none() {
            record.signals.insert(signal.id().clone(), digest);
        }
        Ok(Observed::Decided(Box::new(decision)))
    }

    /// What is queued, sent and dropped.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Releases one queued event and hands it to the gateway (SPEC S22).
    pub fn dispatch_one<G: Gateway>(
        &mut self,
        key: EventKey,
        now: Instant,
        gateway: &mut G,
    ) -> Dispatched<G::Error> {
        let records = &self.records;
        self.outbox.dispatch_one(key, now, gateway, |id| records.get(id).map(|record| &record.contact))
    }

    /// Releases all that is queued, oldest first. What the gateway could not take stays queued, under its key.
    pub fn dispatch<G: Gateway>(&mut self, now: Instant, gateway: &mut G) -> Report {
        let mut report = Report::default();
        for key in self.outbox.waiting() {
            report.note(&self.dispatch_one(key, now, gateway));
        }
        report
    }
}

/// Tells a signal delivered again from another one under its id. Lives in memory only.
fn digest(signal: &Signal) -> u64 {
    let mut hasher = DefaultHasher::new();
    signal.spec().hash(&mut hasher);
    hasher.finish()
}
