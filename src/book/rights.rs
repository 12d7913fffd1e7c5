//! Rights of the person, over memory and over a journal: each is an operation of the desk.

use super::journal::{Journal, JournalError, Journaled};
use super::{Book, BookError};
use crate::consent::Stop;
use crate::desk::{Access, Exercise, Exercised, Obligation, Oblige, Portable, Rectify, Right, ToAccess};
use crate::identity::Identity;
use crate::name::{ContactId, Instant, Reach};

impl Book {
    /// Exercises the right that a stop stands for: a withdrawal, an objection, a restriction, an erasure. It is in
    /// force when this returns, for the contact and those merged with it, and told to whoever shares a key.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], nothing else.
    ///
    /// ```
    /// use placet::{Book, ContactId, Identity, Journey, Reach, Stop, book::{Obligation, Right}};
    /// let at = "2013-05-01T10:00:00Z".parse()?;
    /// let mut book = Book::new(Journey::reference()?);
    /// let ada: ContactId = "c-1".parse()?;
    /// book.open(ada.clone(), Identity::email("ada@example.org")?)?;
    /// let done = book.exercise(&ada, Stop::restrict("a-1".parse()?, Reach::everything(), at, at))?;
    /// assert_eq!(done.obligations, [
    ///     Obligation::Confirm { contact: ada.clone(), of: Right::Restriction },
    ///     Obligation::TellBeforeLifting { contact: ada },
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exercise(&mut self, contact: &ContactId, stop: Stop) -> Result<Exercised, BookError> {
        self.run(Exercise::new(self.terms(), contact.clone(), stop))
    }

    /// What a right obliges to, as far as the reach goes. Nothing is changed.
    ///
    /// Recipients are those that a grant of the person names, and those that an event went to or waits for. Queued
    /// events are those of the person and of whoever shares a key, since stops cross it.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn obligations(
        &mut self,
        contact: &ContactId,
        of: Right,
        reach: &Reach,
    ) -> Result<Vec<Obligation>, BookError> {
        let obliged = self.run(Oblige::new(self.terms(), contact.clone(), of, reach.clone()))?;
        Ok(obliged.obligations)
    }

    /// Replaces an identity (GDPR 16): [`Contact::rectify`](crate::Contact::rectify) for the contact, or the one merged with it, that has it.
    /// Stops cross the new one as with any link; `now` says which permissions of the old one were alive.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], [`BookError::UnknownIdentity`].
    ///
    /// ```
    /// use placet::{Book, Identity, Journey, book::{BookError, Obligation, Right}};
    /// let at = "2013-05-01T10:00:00Z".parse()?;
    /// let (old, new) = (Identity::email("ada@exmaple.org")?, Identity::email("ada@example.org")?);
    /// let mut book = Book::new(Journey::reference()?);
    /// book.open("c-1".parse()?, old.clone())?;
    /// let todo = book.rectify(&"c-1".parse()?, &old, new.clone(), at)?;
    /// assert_eq!(todo, [Obligation::Confirm { contact: "c-1".parse()?, of: Right::Rectification }]);
    /// assert_eq!(book.rectify(&"c-1".parse()?, &old, new, at), Err(BookError::UnknownIdentity));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rectify(
        &mut self,
        contact: &ContactId,
        old: &Identity,
        new: Identity,
        now: Instant,
    ) -> Result<Vec<Obligation>, BookError> {
        self.run(Rectify::new(self.terms(), contact.clone(), old.clone(), new, now))
    }

    /// Everything about a contact and those merged with it (GDPR 15).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    ///
    /// ```
    /// use placet::{Book, Identity, Journey};
    /// let now = "2013-05-01T10:00:00Z".parse()?;
    /// let mut book = Book::new(Journey::reference()?);
    /// book.open("c-1".parse()?, Identity::email("ada@example.org")?)?;
    /// let access = book.access(&"c-1".parse()?, now)?;
    /// assert!(serde_json::to_string(&access)?.contains("email:ada@example.org"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn access(&mut self, contact: &ContactId, now: Instant) -> Result<Access, BookError> {
        let mut access = self.run(ToAccess::new(self.terms(), contact.clone(), now))?;
        for contact in &mut access.contacts {
            contact.signals = self.memory.signals(&contact.contact);
        }
        Ok(access)
    }

    /// What the person may take along (GDPR 20), of a contact and those merged with it.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn portability(&mut self, contact: &ContactId) -> Result<Portable, BookError> {
        self.person(contact, Portable::of).ok_or(BookError::UnknownContact)
    }
}

impl<J: Journal> Journaled<J> {
    /// [`Book::exercise`] through the journal. The right is exercised even where the journal could not be written;
    /// [`Journaled::obligations`] tells what it obliges to.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn exercise(&mut self, contact: &ContactId, stop: Stop) -> Result<Exercised, JournalError<J::Error>> {
        self.run(Exercise::new(self.terms(), contact.clone(), stop))
    }

    /// [`Book::obligations`].
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn obligations(
        &mut self,
        contact: &ContactId,
        of: Right,
        reach: &Reach,
    ) -> Result<Vec<Obligation>, BookError> {
        self.book_mut().obligations(contact, of, reach)
    }

    /// [`Book::portability`].
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn portability(&mut self, contact: &ContactId) -> Result<Portable, BookError> {
        self.book_mut().portability(contact)
    }

    /// [`Book::rectify`] through the journal. Where it could not be written between the two identities, the contact
    /// has both: rectify again.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn rectify(
        &mut self,
        contact: &ContactId,
        old: &Identity,
        new: Identity,
        now: Instant,
    ) -> Result<Vec<Obligation>, JournalError<J::Error>> {
        self.run(Rectify::new(self.terms(), contact.clone(), old.clone(), new, now))
    }
}
