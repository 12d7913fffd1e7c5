//! The desk of a host with a store of its own.

use std::sync::Arc;

use super::import::{Import, ImportReport, Mapped};
use super::op::{
    Append, Dispatch, Dispatched, Halt, HaltFor, Link, Look, Merge, Observe, Observed, Open, OptingIn,
    Replied, ReplyTo, Took, Unlink, Unmerge,
};
use super::rights::{Access, Exercise, Exercised, Obligation, Portable, Rectify, ToAccess};
use super::store::{DriveError, Operation, Store, drive};
use super::{DeskError, Report, Terms};
use crate::consent::{Act, OptIn, Outcome, ReplyGateway, Stop};
use crate::contact::Person;
use crate::event::Gateway;
use crate::identity::Identity;
use crate::journey::Journey;
use crate::name::{ActId, ContactId, EventKey, Instant};
use crate::signal::Signal;

/// A store, and by what is judged. Every operation is carried out on the store, in steps that the store makes whole.
///
/// ```
/// use placet::{
///     Ask, Identity, Journey, Reach, Reason, Stop, channel::EMAIL, desk::{Desk, Memory, Terms}, purpose::NEWSLETTER,
/// };
/// let at = "2013-05-01T10:00:00Z".parse()?;
/// let terms = Terms::new(Journey::reference()?);
/// let mut desk = Desk::new(Memory::new(terms.clone()), terms);
/// desk.open("c-1".parse()?, Identity::email("ada@example.org")?)?;
/// let _ = desk.stop(&"c-1".parse()?, Stop::withdraw("a-1".parse()?, Reach::everything(), at, at), at)?;
/// // Whoever is opened under the same address later has it: nobody had to be told.
/// let spelled = Identity::email("Ada@example.org")?;
/// desk.open("c-2".parse()?, spelled.clone())?;
/// let ask = Ask::new(NEWSLETTER.by(EMAIL), spelled);
/// let refused = desk.person(&"c-2".parse()?, |person| person.and_then(|person| person.ledger().refuses(&ask, at)))?;
/// assert_eq!(refused, Some(Reason::Withdrawn));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Desk<S> {
    store: S,
    terms: Arc<Terms>,
}

/// What a desk answers: the value, or why not.
pub type Done<T, S> = Result<T, DriveError<<S as Store>::Error>>;

impl<S: Store> Desk<S> {
    /// A desk over a store.
    #[must_use]
    pub fn new(store: S, terms: Terms) -> Desk<S> {
        Desk { store, terms: Arc::new(terms) }
    }

    /// The journey in force.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.terms.journey
    }

    /// Puts another journey in force, from the next operation on.
    pub fn adopt(&mut self, journey: Journey) {
        self.terms = Arc::new(Terms { journey, key: self.terms.key.clone() });
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The store, to be read by means of its own.
    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// The store, and no desk.
    #[must_use]
    pub fn into_store(self) -> S {
        self.store
    }

    fn terms(&self) -> Arc<Terms> {
        Arc::clone(&self.terms)
    }

    fn run<T, O: Operation<Answer = Result<T, DeskError>>>(&mut self, operation: O) -> Done<T, S> {
        Ok(drive(&mut self.store, operation)??)
    }

    /// Opens a contact under its first identity. What lies under its key holds for it from its first question on (S13).
    ///
    /// # Errors
    /// [`DeskError::OpenedAgain`], and of the store.
    pub fn open(&mut self, contact: ContactId, identity: Identity) -> Done<(), S> {
        self.run(Open::new(self.terms(), contact, identity))
    }

    /// Looks at a person: the contact, those merged with it, and the stops under their keys. `None` where there is no such
    /// contact. It is a reading, and proves nothing once it is over: only [`Desk::dispatch_one`] sends.
    ///
    /// # Errors
    /// Of the store.
    pub fn person<T>(
        &mut self,
        contact: &ContactId,
        look: impl FnMut(Option<Person<'_>>) -> T,
    ) -> Done<T, S> {
        let look = Look::new(self.terms.want(contact), look);
        drive(&mut self.store, look)
    }

    /// Appends an act, recorded `now`, whatever it says itself. A stop goes the way of [`Desk::stop`].
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], [`DeskError::Append`] for a go, and of the store.
    pub fn append(&mut self, contact: &ContactId, act: impl Into<Act>, now: Instant) -> Done<Outcome, S> {
        match act.into() {
            Act::Stop(stop) => self.stop(contact, stop, now),
            go => self.run(Append::new(self.terms(), contact.clone(), go.recorded_at(now))),
        }
    }

    /// Appends what one tick of a form proves, recorded `now`.
    ///
    /// # Errors
    /// As [`Desk::append`].
    pub fn opt_in(
        &mut self,
        contact: &ContactId,
        go: impl Into<Act>,
        unobject: ActId,
        now: Instant,
    ) -> Done<OptIn, S> {
        let go = go.into().recorded_at(now);
        self.run(OptingIn::new(self.terms(), contact.clone(), go, unobject))
    }

    /// Appends a stop, recorded `now`, and puts it under the keys of the person. It is acknowledged once it lies there: on an
    /// error do it again, with the same id.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn stop(&mut self, contact: &ContactId, stop: Stop, now: Instant) -> Done<Outcome, S> {
        self.run(Halt::new(self.terms(), contact.clone(), stop.recorded_at(now)))
    }

    /// Appends a stop, recorded `now`, for whoever has an address, in any spelling: what a form says that knows no account, or
    /// a list of those who do not want to be written to. For an address that nobody has a contact is opened
    /// ([`Terms::id_for`]), so that the no is there before the person is: whoever is opened under it later hears it as what
    /// somebody else said (S13).
    ///
    /// ```
    /// use placet::{
    ///     Ask, Identity, Journey, Reach, Reason, Stop, channel::EMAIL, desk::{Desk, Memory, Terms}, purpose::NEWSLETTER,
    /// };
    /// let at = "2013-05-01T10:00:00Z".parse()?;
    /// let terms = Terms::new(Journey::reference()?);
    /// let mut desk = Desk::new(Memory::new(terms.clone()), terms);
    /// let ada = Identity::email("ada@example.org")?;
    /// let took = desk.stop_for(ada.clone(), Stop::object("a-1".parse()?, Reach::everything(), at, at), at)?;
    /// assert!(took[0].opened);
    /// desk.open("c-1".parse()?, ada.clone())?;
    /// let ask = Ask::new(NEWSLETTER.by(EMAIL), ada);
    /// let no = desk.person(&"c-1".parse()?, |person| person.and_then(|person| person.ledger().refuses(&ask, at)))?;
    /// assert_eq!(no, Some(Reason::Withdrawn));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Of the store: do it again then, with the same id.
    pub fn stop_for(&mut self, address: Identity, stop: Stop, now: Instant) -> Done<Vec<Took>, S> {
        let halt = HaltFor::new(self.terms(), address, stop.recorded_at(now));
        Ok(drive(&mut self.store, halt)?.unwrap_or_default())
    }

    /// Imports acts in their written form, one entry a line ([`Book::import`](crate::Book::import) says how).
    ///
    /// # Errors
    /// Of the store; the import ends there. Begin it again: what stands in the ledgers already is skipped.
    pub fn import<T: AsRef<str>>(
        &mut self,
        lines: impl IntoIterator<Item = T>,
        now: Instant,
    ) -> Done<ImportReport, S> {
        let mut import = Import::new(self.terms(), now);
        let mut report = ImportReport::default();
        for row in lines.into_iter().filter_map(|text| import.line(text.as_ref())) {
            report.add(drive(&mut self.store, row)?);
        }
        Ok(report)
    }

    /// Imports the rows of a foreign table ([`Book::import_table`](crate::Book::import_table) says how).
    ///
    /// # Errors
    /// As [`Desk::import`].
    pub fn import_table<R, C>(
        &mut self,
        table: &Mapped,
        rows: impl IntoIterator<Item = R>,
        now: Instant,
    ) -> Done<ImportReport, S>
    where
        R: AsRef<[C]>,
        C: AsRef<str>,
    {
        let mut import = Import::new(self.terms(), now);
        let mut report = ImportReport::default();
        for cells in rows {
            report.add(drive(&mut self.store, import.row(table, cells.as_ref()))?);
        }
        Ok(report)
    }

    /// Exercises the right that a stop stands for, recorded `now`: in force, and under the keys of the person, when this
    /// returns; the answer says what must follow.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store: do it again then, with the same id.
    pub fn exercise(&mut self, contact: &ContactId, stop: Stop, now: Instant) -> Done<Exercised, S> {
        self.run(Exercise::new(self.terms(), contact.clone(), stop.recorded_at(now)))
    }

    /// Replaces an identity (GDPR 16), for the contact, or the one merged with it, that has it. The answer says what must
    /// follow; `now` says which permissions of the old one were alive.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], [`DeskError::UnknownIdentity`], and of the store.
    pub fn rectify(
        &mut self,
        contact: &ContactId,
        old: &Identity,
        new: Identity,
        now: Instant,
    ) -> Done<Vec<Obligation>, S> {
        self.run(Rectify::new(self.terms(), contact.clone(), old.clone(), new, now))
    }

    /// Everything about a contact and those merged with it (GDPR 15), ids of signals apart.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn access(&mut self, contact: &ContactId, now: Instant) -> Done<Access, S> {
        self.run(ToAccess::new(self.terms(), contact.clone(), now))
    }

    /// What the person may take along (GDPR 20), of a contact and those merged with it.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn portability(&mut self, contact: &ContactId) -> Done<Portable, S> {
        let taken = self.person(contact, |person| person.map(Portable::of))?;
        Ok(taken.ok_or(DeskError::UnknownContact)?)
    }

    /// Adds an identity to a contact; false if it was there.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Done<bool, S> {
        self.run(Link::new(self.terms(), contact.clone(), identity))
    }

    /// Ends an identity of a contact; false if it was not there, and for somebody who was erased.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Done<bool, S> {
        self.run(Unlink::new(self.terms(), contact.clone(), identity.clone()))
    }

    /// Makes one person of two contacts (S14); false if they were one already.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn merge(&mut self, from: &ContactId, into: &ContactId) -> Done<bool, S> {
        self.run(Merge::new(self.terms(), from.clone(), into.clone()))
    }

    /// Makes a contact a person of its own again (S28); false if it was.
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn unmerge(&mut self, contact: &ContactId) -> Done<bool, S> {
        self.run(Unmerge::new(self.terms(), contact.clone()))
    }

    /// Decides a signal and stores what follows. Idempotent by the signal's id.
    ///
    /// # Errors
    /// [`DeskError`] for an unknown contact, an id in use, or a signal that does not fit; and of the store.
    pub fn observe(&mut self, signal: &Signal, now: Instant) -> Done<Observed, S> {
        self.run(Observe::new(self.terms(), signal, now))
    }

    /// The signal that tells of a grant or a confirm on file, to be observed.
    ///
    /// # Errors
    /// Of the store.
    pub fn signal_of(&mut self, contact: &ContactId, act: &ActId) -> Done<Option<Signal>, S> {
        let journey = self.journey().clone();
        self.person(contact, |person| person.and_then(|person| journey.signal_of(person, act)))
    }

    /// Releases one queued event and hands it to the gateway, with the person held meanwhile (SPEC S22).
    ///
    /// # Errors
    /// Of the store. Whether the gateway has taken it is not known then: it may see the same key again.
    pub fn dispatch_one<G: Gateway>(
        &mut self,
        key: EventKey,
        now: Instant,
        gateway: &mut G,
    ) -> Done<Dispatched<G::Error>, S> {
        let Some(contact) = self.store.contact_of(key).map_err(DriveError::Store)? else {
            return Ok(Dispatched::NotQueued);
        };
        let dispatch = Dispatch::new(self.terms(), key, contact, now, gateway);
        drive(&mut self.store, dispatch)
    }

    /// Releases what waits, oldest first, at most so many. What cannot be read, or sent, stays queued and keeps nothing else
    /// back; it is counted as failed.
    ///
    /// # Errors
    /// Of the store, where what waits cannot be listed.
    pub fn dispatch<G: Gateway>(&mut self, most: usize, now: Instant, gateway: &mut G) -> Done<Report, S> {
        let mut report = Report::default();
        for key in self.store.waiting(most).map_err(DriveError::Store)? {
            match self.dispatch_one(key, now, gateway) {
                Ok(dispatched) => report.note(&dispatched),
                Err(_) => report.failed = report.failed.saturating_add(1),
            }
        }
        Ok(report)
    }

    /// Answers an act of a contact, at most once (SPEC S32).
    ///
    /// # Errors
    /// [`DeskError::UnknownContact`], and of the store.
    pub fn reply<G: ReplyGateway>(
        &mut self,
        contact: &ContactId,
        act: &ActId,
        now: Instant,
        gateway: &mut G,
    ) -> Done<Replied<G::Error>, S> {
        self.run(ReplyTo::new(self.terms(), contact.clone(), act.clone(), now, gateway))
    }
}
