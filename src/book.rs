//! Floor 7: the book. The embedded default for whoever has no database yet: contacts, signal ids and outbox in memory.
//!
//! What concerns several contacts is in `persons`: shared keys, merge and unmerge, and who must be told of a stop.

mod digest;
mod erasure;
mod import;
mod journal;
mod kept;
mod outbox;
mod persons;
mod records;
mod rights;

use std::collections::BTreeMap;

use thiserror::Error;

use digest::digest;
pub use erasure::Suppressed;
pub use import::{
    CellFault, Column, Dated, Doubt, DoubtKind, ImportReport, Mapped, Mapping, MappingFault, RefusedRow,
    RowFault, Taken, Words,
};
pub use journal::{DamagedJournal, Journal, JournalError, Journaled, Replayed};
pub use outbox::{Dispatched, Outbox, Outgoing, Report};
use persons::Persons;
pub use rights::{
    Access, AccessedContact, Account, AdmittedKind, Exercised, Fate, Obligation, Portable, PortableContact,
    Right,
};

use crate::consent::{Act, AppendError, Notice, OptIn, Outcome, Provenance, Stop};
use crate::contact::{Contact, Person};
use crate::decide::{Decision, Misfit};
use crate::event::{Gateway, QueuedEvent};
use crate::identity::Identity;
use crate::journey::Journey;
use crate::name::EventKey;
use crate::name::{ActId, ContactId, Instant, SignalId, Stage};
use crate::signal::Signal;

/// Contacts under one journey, with idempotent signals and an outbox.
///
/// ```
/// use placet::{
///     Actor, Book, Event, Evidence, Grant, Identity, Instant, Journey, Method, Notice, SignalSpec,
///     channel::EMAIL, purpose::NEWSLETTER,
/// };
/// let at: Instant = "2013-05-01T10:00:00Z".parse()?;
/// let mail = Identity::email("ada@example.org")?;
/// let mut book = Book::new(Journey::reference()?);
/// book.open("c-1".parse()?, mail.clone())?;
///
/// let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
/// let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
/// let _ = book.append(&"c-1".parse()?, Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail, evidence, at, at)?)?;
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
    persons: Persons,
    outbox: Outbox,
    /// Somebody was erased, and a journal of this book may still tell about them.
    unerased: bool,
}

#[derive(Debug)]
struct Record {
    contact: Contact,
    /// Admitted signals, each with a digest of its content (S2).
    signals: BTreeMap<SignalId, u64>,
    /// Of which joint person it is a part.
    joint: Option<u64>,
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
    /// The contact does not have this identity, nor has one that is merged with it.
    #[error("the contact has no such identity: there is nothing to rectify")]
    UnknownIdentity,
    /// Nothing can be suppressed without a key ([`Book::suppressing`]).
    #[error("this book has no suppression key: make it with one")]
    NoSuppressionKey,
    /// A suppression list that was made by another version of the folding of addresses.
    #[error(
        "this fingerprint is of version {found} of the folding of addresses, and no address would be found by it: make the list again from the addresses, with this version of the library"
    )]
    OtherFolding {
        /// The version of the entry.
        found: u32,
    },
    /// The signal id names another signal of this contact (S2).
    #[error("this signal id names another signal of the contact already: give the new one an id of its own")]
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
    Decided(Box<Decision<'static>>),
    /// It was delivered again: no effect (S2).
    Again,
}

impl Observed {
    /// The decision, unless the signal was delivered again.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision<'static>> {
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
        Book { journey, persons: Persons::default(), outbox: Outbox::default(), unerased: false }
    }

    /// The journey in force.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// Puts another journey in force, from the next signal on. Contacts stay as they are: what a guard of the new
    /// journey counts within a time begins to count for contacts that are opened, or replayed, under it.
    pub fn adopt(&mut self, journey: Journey) {
        self.journey = journey;
    }

    /// Opens a contact under its first identity. It is told the stops of whoever shares its wide key (S13).
    ///
    /// # Errors
    /// [`BookError::OpenedAgain`].
    pub fn open(&mut self, id: ContactId, identity: Identity) -> Result<(), BookError> {
        if self.persons.get(&id).is_some() {
            return Err(BookError::OpenedAgain);
        }
        let contact = Contact::open(id.clone(), identity.clone(), self.journey.vocabulary());
        self.persons.records.insert(Record { contact, signals: BTreeMap::new(), joint: None });
        self.persons.share(&id, &identity);
        Ok(())
    }

    /// A contact, to look at and to ask.
    #[must_use]
    pub fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.persons.get(id).map(|record| &record.contact)
    }

    /// All contacts, by id.
    pub fn contacts(&self) -> impl Iterator<Item = &Contact> {
        self.persons.records.values().map(|record| &record.contact)
    }

    /// The contacts that are one person with this one, itself included, by id.
    #[must_use]
    pub fn person_of(&self, id: &ContactId) -> Vec<ContactId> {
        self.persons.members(id).into_iter().collect()
    }

    /// The stage that a contact holds, with those merged with it (S23).
    #[must_use]
    pub fn held_stage(&self, id: &ContactId) -> Option<Stage> {
        self.persons.held(id)
    }

    /// The stage at which a contact stands, with those merged with it (S27); `arrived` as in
    /// [`Journey::stands_at_for`].
    #[must_use]
    pub fn stands_at(&self, id: &ContactId, arrived: Option<&Identity>, now: Instant) -> Option<Stage> {
        let stage = |person: Person<'_>| self.journey.stands_at_for(person, arrived, now).cloned();
        self.persons.with(id, stage).flatten()
    }

    /// Appends an act to a contact's ledger. A stop is told to whom it concerns.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], [`BookError::Append`] for a go.
    pub fn append(&mut self, contact: &ContactId, act: impl Into<Act>) -> Result<Outcome, BookError> {
        match act.into() {
            Act::Stop(stop) => self.stop(contact, stop),
            go => {
                let contact = &mut self.record(contact)?.contact;
                if contact.is_scrubbed() { Ok(Outcome::forgotten()) } else { Ok(contact.append(go)?) }
            }
        }
    }

    /// Appends what one tick of a form proves ([`Contact::opt_in`]).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], [`BookError::Append`].
    pub fn opt_in(
        &mut self,
        contact: &ContactId,
        go: impl Into<Act>,
        unobject: ActId,
    ) -> Result<OptIn, BookError> {
        let contact = &mut self.record(contact)?.contact;
        if contact.is_scrubbed() {
            return Ok(OptIn { outcome: Outcome::forgotten(), unobject: None });
        }
        Ok(contact.opt_in(go, unobject)?)
    }

    /// Appends a stop, and tells it to the contacts merged with this one and to whoever shares a key with
    /// one of them (S13, S15). In force everywhere when this returns.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], nothing else.
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Result<Outcome, BookError> {
        let id = &self.persons.records.id_of(contact);
        let stop = self.as_kept(id, stop);
        let mut outcome = self.record(id)?.contact.stop(stop.clone());
        if stop.provenance() != Provenance::Told {
            self.persons.tell(id, &stop);
            for member in self.persons.members(id).iter().filter(|member| *member != id) {
                let ledger = self.contact(member).map(Contact::ledger);
                outcome.also_outlived(ledger.into_iter().flat_map(|ledger| ledger.outlived(&stop)));
            }
        }
        self.scrub(id);
        Ok(outcome)
    }

    /// Makes all goes void that anybody gave under one version of a notice ([`Contact::void_notice`]). Gives the voids,
    /// each with the contact that it is of.
    #[must_use = "the voids are in force; whoever is concerned may have to be told"]
    pub fn void_notice(
        &mut self,
        notice: &Notice,
        acted: Instant,
        recorded: Instant,
    ) -> Vec<(ContactId, Stop)> {
        let mut voids = Vec::new();
        for record in self.persons.records.values_mut() {
            let id = record.contact.id().clone();
            let of_contact = record.contact.void_notice(notice, acted, recorded);
            voids.extend(of_contact.into_iter().map(|void| (id.clone(), void)));
        }
        voids
    }

    /// Adds an identity to a contact; false if it was there. Stops cross its wide key, both ways (S13).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Result<bool, BookError> {
        let id = &self.persons.records.id_of(contact);
        let identity = self.identity_kept(id, identity);
        let linked = self.record(id)?.contact.link(identity.clone());
        self.persons.share(id, &identity);
        Ok(linked)
    }

    /// Ends an identity of a contact; false if it was not there, and for somebody who was erased, whose no must still be
    /// found under it (S12). What crossed over it stays.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Result<bool, BookError> {
        let id = &self.persons.records.id_of(contact);
        if self.record(id)?.contact.ledger().erased() {
            return Ok(false);
        }
        let unlinked = self.record(id)?.contact.unlink(identity);
        self.persons.unshare(id, identity);
        Ok(unlinked)
    }

    /// Makes one person of two contacts (S14): stops hold for both, grants stay with the identity they were
    /// given for (S15), the stage furthest along is held (S23). False if they were one already.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn merge(&mut self, from: &ContactId, into: &ContactId) -> Result<bool, BookError> {
        let (from, into) = (&self.persons.records.id_of(from), &self.persons.records.id_of(into));
        self.record(from)?;
        self.record(into)?;
        let rank = |stage: Option<&Stage>| self.journey.how_far(stage);
        let merged = self.persons.merge(from, into, rank);
        self.scrub(into);
        Ok(merged)
    }

    /// The stage that two contacts would hold together after a merge (S23).
    fn would_hold(&self, from: &ContactId, into: &ContactId) -> Result<Option<Stage>, BookError> {
        for id in [from, into] {
            self.persons.get(id).ok_or(BookError::UnknownContact)?;
        }
        Ok(self.persons.furthest(from, into, |stage| self.journey.how_far(stage)))
    }

    /// Makes a contact a person of its own again; false if it was. Its grants and its stage are as if it had
    /// never been merged, its signals those that named it; stops stay on both sides (S28). Those who stay are one
    /// person still, and hold the stage furthest along of what each would hold alone (S23).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn unmerge(&mut self, contact: &ContactId) -> Result<bool, BookError> {
        let id = &self.persons.records.id_of(contact);
        self.record(id)?;
        let rank = |stage: Option<&Stage>| self.journey.how_far(stage);
        Ok(self.persons.unmerge(id, rank))
    }

    fn record(&mut self, id: &ContactId) -> Result<&mut Record, BookError> {
        self.persons.records.find_mut(id).ok_or(BookError::UnknownContact)
    }

    /// The signal that tells of a grant or a confirm on file ([`Journey::signal_of`]), to be observed.
    ///
    /// ```
    /// # use placet::{ActId, Book, ContactId, Instant, book::BookError};
    /// # fn follow(book: &mut Book, ada: &ContactId, confirm: &ActId, now: Instant) -> Result<(), BookError> {
    /// if let Some(confirmed) = book.signal_of(ada, confirm) {
    ///     book.observe(&confirmed, now)?; // the welcome mail that waited for the confirm
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn signal_of(&self, contact: &ContactId, act: &ActId) -> Option<Signal> {
        self.persons.with(contact, |person| self.journey.signal_of(person, act)).flatten()
    }

    /// Decides a signal, commits the decision and puts what was permitted into the outbox. Idempotent by
    /// the signal's id; the id of an unadmitted signal is not kept (S26).
    ///
    /// # Errors
    /// [`BookError`] for an unknown contact, an id in use, or a signal that does not fit.
    pub fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Observed, BookError> {
        match self.plan(signal, now)? {
            Some(plan) => Ok(Observed::Decided(Box::new(self.take(plan)))),
            None => Ok(Observed::Again),
        }
    }

    /// Decides a signal and changes nothing; `None` where it was delivered again.
    fn plan(&self, signal: &Signal, now: Instant) -> Result<Option<Plan>, BookError> {
        let kept = self.signal_kept(signal);
        let signal = kept.as_ref().unwrap_or(signal);
        let id = &signal.spec().contact;
        let record = self.persons.get(id).ok_or(BookError::UnknownContact)?;
        let digest = digest(signal.spec());
        match record.signals.get(signal.id()) {
            Some(there) if *there == digest => return Ok(None),
            Some(_) => return Err(BookError::SignalIdReused),
            None => {}
        }
        let decide = |person: Person<'_>| {
            let decision = self.journey.decide(person, signal, now)?;
            let queued = decision.events(person);
            let kept = decision.leaves_a_trace(person);
            Ok::<_, Misfit>((decision.into_owned(), queued, kept))
        };
        let (decision, queued, kept) = self.persons.with(id, decide).ok_or(BookError::UnknownContact)??;
        // A contact that is merged also moves as it would alone, for an unmerge to find (S28).
        let joint = kept && self.persons.is_joint(id);
        let alone = if joint { self.journey.decide(&record.contact, signal, now).ok() } else { None };
        let alone = alone.map(Decision::into_owned);
        Ok(Some(Plan { digest, decision, alone, queued, kept }))
    }

    /// Does what was planned.
    fn take(&mut self, plan: Plan) -> Decision<'static> {
        let Plan { digest, decision, alone, queued, kept } = plan;
        let signal = decision.signal();
        let id = &signal.spec().contact;
        if let Some(moved) = decision.transition().filter(|_| kept) {
            self.persons.hold(id, moved.to());
        }
        let Some(record) = self.persons.records.get_mut(id) else {
            return decision;
        };
        queued.iter().for_each(|event| record.contact.queue(event));
        queued.into_iter().for_each(|event| self.outbox.put(event));
        if kept {
            alone.as_ref().unwrap_or(&decision).apply(&mut record.contact);
            let moved_alone = alone.as_ref().and_then(Decision::transition).is_some();
            record.contact.advance(decision.entry_count().saturating_add(u64::from(moved_alone)));
        }
        if decision.unadmitted().is_none() && !record.contact.is_scrubbed() {
            record.signals.insert(signal.id().clone(), digest);
        }
        decision
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
        let Some(contact) = self.outbox.contact_of(key).cloned() else {
            return self.outbox.settled(key);
        };
        let (outbox, journey) = (&mut self.outbox, &self.journey);
        let dispatched =
            self.persons.with(&contact, |person| outbox.dispatch_one(key, now, gateway, (journey, person)));
        dispatched.unwrap_or(Dispatched::NotQueued)
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

/// What follows from a signal, decided and not yet done.
struct Plan {
    digest: u64,
    decision: Decision<'static>,
    alone: Option<Decision<'static>>,
    queued: Vec<QueuedEvent>,
    kept: bool,
}
