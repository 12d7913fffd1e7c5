//! A book as imports and rights change it: alone, or with its journal.

use std::convert::Infallible;

use super::journal::{Journal, JournalError, Journaled};
use super::{Book, BookError};
use crate::consent::{Act, Outcome};
use crate::contact::Contact;
use crate::identity::Identity;
use crate::name::ContactId;

/// What a change comes to: the book's answer, unless the journal could not be written.
pub(super) type Kept<T, E> = Result<Result<T, BookError>, E>;

/// The changes that imports and rights make.
pub(super) trait Keeps {
    type Error;

    fn book(&self) -> &Book;
    /// A contact with all that holds for it, to ask.
    fn contact(&mut self, id: &ContactId) -> Option<&Contact>;
    fn open(&mut self, id: ContactId, identity: Identity) -> Kept<(), Self::Error>;
    fn append(&mut self, contact: &ContactId, act: Act) -> Kept<Outcome, Self::Error>;
    fn link(&mut self, contact: &ContactId, identity: Identity) -> Kept<bool, Self::Error>;
    fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Kept<bool, Self::Error>;
}

/// Without a journal there is only the book's answer.
pub(super) fn surely<T>(kept: Result<T, Infallible>) -> T {
    match kept {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

impl Keeps for Book {
    type Error = Infallible;

    fn book(&self) -> &Book {
        self
    }
    fn contact(&mut self, id: &ContactId) -> Option<&Contact> {
        self.contact(id)
    }
    fn open(&mut self, id: ContactId, identity: Identity) -> Kept<(), Infallible> {
        Ok(self.open(id, identity))
    }
    fn append(&mut self, contact: &ContactId, act: Act) -> Kept<Outcome, Infallible> {
        Ok(self.append(contact, act))
    }
    fn link(&mut self, contact: &ContactId, identity: Identity) -> Kept<bool, Infallible> {
        Ok(self.link(contact, identity))
    }
    fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Kept<bool, Infallible> {
        Ok(self.unlink(contact, identity))
    }
}

impl<J: Journal> Keeps for Journaled<J> {
    type Error = JournalError<J::Error>;

    fn book(&self) -> &Book {
        self.book()
    }
    fn contact(&mut self, id: &ContactId) -> Option<&Contact> {
        self.contact(id)
    }
    fn open(&mut self, id: ContactId, identity: Identity) -> Kept<(), Self::Error> {
        apart(self.open(id, identity))
    }
    fn append(&mut self, contact: &ContactId, act: Act) -> Kept<Outcome, Self::Error> {
        apart(self.append(contact, act))
    }
    fn link(&mut self, contact: &ContactId, identity: Identity) -> Kept<bool, Self::Error> {
        apart(self.link(contact, identity))
    }
    fn unlink(&mut self, contact: &ContactId, identity: &Identity) -> Kept<bool, Self::Error> {
        apart(self.unlink(contact, identity))
    }
}

/// The book's no apart from what the journal says.
fn apart<T, E>(kept: Result<T, JournalError<E>>) -> Kept<T, JournalError<E>> {
    match kept {
        Err(JournalError::Book(no)) => Ok(Err(no)),
        other => other.map(Ok),
    }
}

/// Both in one, for whoever hands them on.
pub(super) fn together<T, E>(kept: Kept<T, JournalError<E>>) -> Result<T, JournalError<E>> {
    kept?.map_err(JournalError::Book)
}
