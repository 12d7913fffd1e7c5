//! Under which key somebody was forgotten in a journal: a check value of it, and never the key.

use super::replay::Damage;
use super::{Journal, JournalError, Journaled};
use crate::book::Book;
use crate::name::Fingerprint;
use crate::wire::write_key_check;

impl Book {
    /// The line by which a journal says under which key somebody was forgotten; empty of a book without a key.
    pub(super) fn key_line(&self) -> String {
        let key = self.memory.terms().key.as_ref();
        key.map(|key| write_key_check(key.check()) + "\n").unwrap_or_default()
    }

    /// Whether a journal was scrubbed under this book's key.
    pub(super) fn has_key(&self, check: Fingerprint) -> Result<(), Damage> {
        match &self.memory.terms().key {
            None => Err(Damage::NoKey),
            Some(key) if key.check() == check => Ok(()),
            Some(_) => Err(Damage::OtherKey),
        }
    }
}

impl<J: Journal> Journaled<J> {
    /// Goes on with another journal: what could not be written to the old one is written to the new one. Gives the old one.
    pub fn replace_journal(&mut self, journal: J) -> J {
        self.says_its_key = false;
        std::mem::replace(&mut self.journal, journal)
    }

    /// Says under which key somebody is forgotten from here on, if the journal does not say so.
    pub(super) fn say_key(&mut self) -> Result<(), JournalError<J::Error>> {
        if !self.says_its_key {
            self.flush()?;
            self.journal.append(&self.book.key_line()).map_err(JournalError::Journal)?;
            self.says_its_key = true;
        }
        Ok(())
    }
}
