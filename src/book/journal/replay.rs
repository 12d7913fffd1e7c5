//! A journal read again: the book that it tells of, and the same journal without whoever was erased.

use std::convert::Infallible;

use thiserror::Error;

use super::line;
use crate::book::{Book, BookError};
use crate::contact::{Body, Contact, Entry, Scrubber};
use crate::journey::Journey;
use crate::wire::{Entries, WireError, read_key_check};

/// A book made again from its journal.
#[derive(Debug)]
pub struct Replayed {
    /// The book.
    pub book: Book,
    /// How many bytes of the text hold. Cut the journal there before anything is added: what follows was
    /// never acknowledged.
    pub valid: usize,
}

/// Why a journal cannot be replayed. A damaged line is never skipped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} of the journal: {why}")]
pub struct DamagedJournal {
    line: usize,
    why: Damage,
}

impl DamagedJournal {
    /// Which line, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Whether nothing is damaged, and the suppression key is missing under which somebody was forgotten, or is another
    /// one. Under the right key the journal can be replayed; without it nobody who was erased would be known again.
    #[must_use]
    pub fn lacks_its_key(&self) -> bool {
        matches!(self.why, Damage::NoKey | Damage::OtherKey)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Damage {
    #[error(transparent)]
    Wire(WireError),
    #[error(transparent)]
    Book(BookError),
    #[error("the contact is another controller's: replay the journal under a journey of its own controller")]
    OtherController,
    #[error(
        "somebody was forgotten in this journal under a suppression key: replay it into a book that has the key"
    )]
    NoKey,
    #[error(
        "somebody was forgotten in this journal under another suppression key: replay it into a book that has that key"
    )]
    OtherKey,
}

impl Book {
    /// Makes a book again from its journal, under the journey that is in force now. What was decided stays decided.
    ///
    /// A last line that a crash cut short, or that stands there twice, does no harm: what was acknowledged is
    /// there. See [`Replayed::valid`].
    ///
    /// # Errors
    /// [`DamagedJournal`] with the number of the line, for any other damage.
    pub fn replay(journey: Journey, text: &str) -> Result<Replayed, DamagedJournal> {
        Book::new(journey).replaying(text)
    }

    /// The same into this book, which is to be empty: one with a key ([`Book::suppressing`]), for example.
    ///
    /// # Errors
    /// [`DamagedJournal`], as [`Book::replay`].
    pub fn replaying(mut self, text: &str) -> Result<Replayed, DamagedJournal> {
        let mut valid = 0_usize;
        let mut last = "";
        let mut entries = Entries::default();
        for (whole, line, number) in whole_lines(text) {
            if let Some(check) = read_key_check(line) {
                self.has_key(check).map_err(|why| DamagedJournal { line: number, why })?;
            } else if line != last {
                let read = entries.each(line, |entry| self.replay_entry(entry)).map_err(Damage::Wire);
                let replayed = read.and_then(|replayed| replayed);
                replayed.map_err(|why| DamagedJournal { line: number, why })?;
            }
            valid = valid.saturating_add(whole.len());
            last = line;
        }
        Ok(Replayed { book: self, valid })
    }

    /// A journal without anything of whoever was erased but what must be kept. Lines of others stay as they are. The
    /// first line says under which key it was done.
    pub(super) fn scrubbed_journal(&self, text: &str) -> Result<String, DamagedJournal> {
        let Some(key) = &self.memory.terms().key else {
            return Ok(text.to_owned());
        };
        let mut scrubber = Scrubber::new(key, |id| self.memory.own(id).is_some_and(Contact::is_scrubbed));
        let mut scrubbed = String::with_capacity(text.len());
        scrubbed.push_str(&self.key_line());
        let mut entries = Entries::default();
        for (whole, line, number) in whole_lines(text).filter(|(_, line, _)| read_key_check(line).is_none()) {
            let mut before = Vec::new();
            let read = entries.each(line, |entry| {
                before.push(entry);
                Ok::<_, Infallible>(())
            });
            let Ok(()) = read.map_err(|error| DamagedJournal { line: number, why: Damage::Wire(error) })?;
            let left: Vec<Entry> = before.iter().cloned().filter_map(|entry| scrubber.entry(entry)).collect();
            match self::line(&left) {
                _ if left == before => scrubbed.push_str(whole),
                left => scrubbed.extend(left),
            }
        }
        Ok(scrubbed)
    }

    fn replay_entry(&mut self, entry: Entry) -> Result<(), Damage> {
        let controller = &self.journey().spec().controller;
        match entry.body() {
            Body::Opened(opened) if !opened.is_of(controller) => Err(Damage::OtherController),
            _ => self.memory.replay(entry).map_err(Damage::Book),
        }
    }
}

/// The lines of a journal that were written to their end: with the line feed, without it, and their number.
fn whole_lines(text: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    let lines = text.split_inclusive('\n').zip(1..);
    lines.filter_map(|(whole, number)| Some((whole, whole.strip_suffix('\n')?, number)))
}
