//! Floor 7: the book. The desk over memory: the embedded default for whoever has no database yet.

mod erasure;
mod imports;
mod journal;
mod rights;

use std::sync::Arc;

pub use crate::desk::{
    Access, AccessedContact, Account, AdmittedKind, CellFault, Column, Dated, DeskError as BookError,
    Dispatched, Doubt, DoubtKind, Exercised, Fate, ImportReport, Mapped, Mapping, MappingFault, Obligation,
    Observed, Outbox, Outgoing, Portable, PortableContact, RefusedRow, Replied, Report, Right, RowFault,
    Taken, Took, Words,
};
pub use erasure::Suppressed;
pub use journal::{DamagedJournal, Journal, JournalError, Journaled, Replayed, Unwritten};

use crate::consent::{Act, Notice, OptIn, Outcome, ReplyGateway, Stop};
use crate::contact::{Contact, Person};
use crate::desk::{
    Append, Dispatch, Halt, Link, Memory, Merge, Observe, Open, Operation, OptingIn, ReplyTo, Terms, Unlink,
    Unmerge, always,
};
use crate::event::Gateway;
use crate::identity::Identity;
use crate::journey::Journey;
use crate::name::{ActId, ContactId, EventKey, Instant, Stage};
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
    memory: Memory,
}

/// A book that nobody changes meanwhile: an audit reads it, or a report.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'b> {
    book: &'b Book,
}

impl<'b> Reading<'b> {
    /// The book.
    #[must_use]
    pub fn book(&self) -> &'b Book {
        self.book
    }

    /// A contact, to look at and to ask, with the stops of others that hold for it.
    #[must_use]
    pub fn contact(&self, id: &ContactId) -> Option<&'b Contact> {
        self.book.memory.own(id)
    }

    /// All contacts, by id.
    pub fn contacts(&self) -> impl Iterator<Item = &'b Contact> + use<'b> {
        self.book.memory.all()
    }
}

impl Book {
    /// An empty book under a journey.
    #[must_use]
    pub fn new(journey: Journey) -> Book {
        Book { memory: Memory::new(Terms::new(journey)) }
    }

    fn run<T, O: Operation<Answer = Result<T, BookError>>>(&mut self, operation: O) -> Result<T, BookError> {
        always(&mut self.memory, operation)
    }

    fn terms(&self) -> Arc<Terms> {
        Arc::clone(self.memory.terms())
    }

    /// The journey in force.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.memory.terms().journey
    }

    /// Puts another journey in force, from the next signal on. Contacts stay as they are: what a guard of the new
    /// journey counts within a time begins to count for contacts that are opened, or replayed, under it.
    pub fn adopt(&mut self, journey: Journey) {
        self.memory.adopt(journey);
    }

    /// Opens a contact under its first identity. The stops under its key hold for it from its first question on (S13).
    ///
    /// # Errors
    /// [`BookError::OpenedAgain`].
    pub fn open(&mut self, id: ContactId, identity: Identity) -> Result<(), BookError> {
        self.run(Open::new(self.terms(), id, identity))
    }

    /// A contact, to look at and to ask, with the stops of others that hold for it: those under its keys, and those of
    /// whoever is merged with it. Reading them is what changes the book.
    #[must_use]
    pub fn contact(&mut self, id: &ContactId) -> Option<&Contact> {
        let id = self.memory.id_of(id);
        self.memory.refresh(&id);
        self.memory.own(&id)
    }

    /// All contacts, by id, each as [`Book::contact`] gives it.
    pub fn contacts(&mut self) -> impl Iterator<Item = &Contact> {
        let ids: Vec<ContactId> = self.memory.all().map(|contact| contact.id().clone()).collect();
        ids.iter().for_each(|id| self.memory.refresh(id));
        self.memory.all()
    }

    /// The ids of all contacts, in order.
    pub fn ids(&self) -> impl Iterator<Item = &ContactId> {
        self.memory.all().map(Contact::id)
    }

    /// The book to be read by many at once: everybody has heard what holds for them.
    #[must_use]
    pub fn reading(&mut self) -> Reading<'_> {
        let _ = self.contacts();
        Reading { book: self }
    }

    /// The contacts that are one person with this one, itself included, by id.
    #[must_use]
    pub fn person_of(&self, id: &ContactId) -> Vec<ContactId> {
        self.memory.members(id)
    }

    /// The stage that a contact holds, with those merged with it (S23).
    #[must_use]
    pub fn held_stage(&self, id: &ContactId) -> Option<Stage> {
        self.memory.held(id)
    }

    /// The stage at which a contact stands, with those merged with it (S27); `arrived` as in
    /// [`Journey::stands_at_for`].
    #[must_use]
    pub fn stands_at(&mut self, id: &ContactId, arrived: Option<&Identity>, now: Instant) -> Option<Stage> {
        let journey = self.journey().clone();
        self.person(id, |person| journey.stands_at_for(person, arrived, now).cloned()).flatten()
    }

    /// A contact with those merged with it, as a person to ask; `None` where there is no such contact.
    pub fn person<T>(&mut self, id: &ContactId, look: impl FnOnce(Person<'_>) -> T) -> Option<T> {
        let id = self.memory.id_of(id);
        self.memory.refresh(&id);
        self.memory.with(&id, |loaded| loaded.map(|loaded| look(loaded.person)))
    }

    /// Appends an act to a contact's ledger.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], [`BookError::Append`] for a go.
    pub fn append(&mut self, contact: &ContactId, act: impl Into<Act>) -> Result<Outcome, BookError> {
        match act.into() {
            Act::Stop(stop) => self.stop(contact, stop),
            go => self.run(Append::new(self.terms(), contact.clone(), go)),
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
        self.run(OptingIn::new(self.terms(), contact.clone(), go.into(), unobject))
    }

    /// Appends a stop, and puts it under the keys of the person: it is in force for those merged with the contact and for
    /// whoever shares a key with one of them (S13, S15) when this returns.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], nothing else.
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Result<Outcome, BookError> {
        self.run(Halt::new(self.terms(), contact.clone(), stop))
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
        let voids = self.voids_of(notice, acted, recorded);
        for (contact, void) in &voids {
            // INVARIANT: the contact is there.
            let _ = self.stop(contact, void.clone());
        }
        voids
    }

    fn voids_of(&self, notice: &Notice, acted: Instant, recorded: Instant) -> Vec<(ContactId, Stop)> {
        let of_contact = |contact: &Contact| contact.ledger().voids_of(notice, acted, recorded);
        let all = self.memory.all();
        all.flat_map(|contact| of_contact(contact).into_iter().map(|void| (contact.id().clone(), void)))
            .collect()
    }

    /// Adds an identity to a contact; false if it was there. Stops cross its wide key, both ways (S13).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Result<bool, BookError> {
        self.run(Link::new(self.terms(), contact.clone(), identity))
    }

    /// Ends an identity of a contact; false if it was not there, and for somebody who was erased, whose no must still be
    /// found under it (S12). What crossed over it stays.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Result<bool, BookError> {
        self.run(Unlink::new(self.terms(), contact.clone(), identity.clone()))
    }

    /// Makes one person of two contacts (S14): stops hold for both, grants stay with the identity they were
    /// given for (S15), the stage furthest along is held (S23). False if they were one already.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn merge(&mut self, from: &ContactId, into: &ContactId) -> Result<bool, BookError> {
        self.run(Merge::new(self.terms(), from.clone(), into.clone()))
    }

    /// Makes a contact a person of its own again; false if it was. Its grants and its stage are as if it had
    /// never been merged, its signals those that named it; stops stay on both sides (S28). Those who stay are one
    /// person still, and hold the stage furthest along of what each would hold alone (S23).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn unmerge(&mut self, contact: &ContactId) -> Result<bool, BookError> {
        self.run(Unmerge::new(self.terms(), contact.clone()))
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
    pub fn signal_of(&mut self, contact: &ContactId, act: &ActId) -> Option<Signal> {
        let journey = self.journey().clone();
        self.person(contact, |person| journey.signal_of(person, act)).flatten()
    }

    /// Decides a signal, commits the decision and puts what was permitted into the outbox. Idempotent by
    /// the signal's id; the id of an unadmitted signal is not kept (S26).
    ///
    /// # Errors
    /// [`BookError`] for an unknown contact, an id in use, or a signal that does not fit.
    pub fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Observed, BookError> {
        self.run(Observe::new(self.terms(), signal, now))
    }

    /// What is queued, sent and dropped.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        self.memory.outbox()
    }

    /// Releases one queued event and hands it to the gateway (SPEC S22).
    pub fn dispatch_one<G: Gateway>(
        &mut self,
        key: EventKey,
        now: Instant,
        gateway: &mut G,
    ) -> Dispatched<G::Error> {
        let Some(contact) = self.memory.outbox().about(key).cloned() else { return Dispatched::NotQueued };
        let dispatch = Dispatch::new(self.terms(), key, contact, now, gateway);
        always(&mut self.memory, dispatch)
    }

    /// Releases all that is queued, oldest first. What the gateway could not take stays queued, under its key.
    pub fn dispatch<G: Gateway>(&mut self, now: Instant, gateway: &mut G) -> Report {
        let mut report = Report::default();
        for key in self.memory.outbox().waiting() {
            report.note(&self.dispatch_one(key, now, gateway));
        }
        report
    }

    /// Answers an act of a contact, at most once (SPEC S32).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn reply<G: ReplyGateway>(
        &mut self,
        contact: &ContactId,
        act: &ActId,
        now: Instant,
        gateway: &mut G,
    ) -> Result<Replied<G::Error>, BookError> {
        self.run(ReplyTo::new(self.terms(), contact.clone(), act.clone(), now, gateway))
    }
}
