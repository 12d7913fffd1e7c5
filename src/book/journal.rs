//! The journal: what a book writes down before it changes, so that it can be made again after a crash.
//!
//! A line is one JSON object with a wire version, or a list of such objects that belong together. Goes,
//! links, merges and decisions are written first and then done. A stop is in force first, and acknowledged
//! when it is written: what the journal could not take is written before anything else next time. After an
//! erasure the whole journal is rewritten in one step, so that nothing is left in it of whoever was erased.

mod key;
mod replay;

use std::sync::Arc;

use thiserror::Error;

pub use replay::{DamagedJournal, Replayed};

use super::{Access, Book, BookError, Dispatched, Observed, Replied, Suppressed};
use crate::consent::{Act, Notice, OptIn, Outcome, ReplyGateway, Stop};
use crate::contact::{Contact, Entry};
use crate::desk::{
    Append, Dispatch, DriveError, Halt, Link, Merge, Observe, Open, Operation, OptingIn, ReplyTo, Step,
    Store, Terms, Unlink, Unmerge, Written, drive,
};
use crate::event::Gateway;
use crate::identity::Identity;
use crate::journey::Journey;
use crate::name::{ActId, ContactId, EventKey, Instant};
use crate::signal::Signal;

/// Where a book's journal goes: a file, a table, a log. The host implements it.
pub trait Journal {
    /// What can go wrong.
    type Error;

    /// Adds one line, line feed included, durably. What it acknowledges must survive a crash; a line that a
    /// crash cuts short is dropped by [`Book::replay`]. An error means that nothing of the line is there.
    ///
    /// # Errors
    /// Whatever the medium says.
    fn append(&mut self, line: &str) -> Result<(), Self::Error>;

    /// All of it, as it was appended or last replaced.
    ///
    /// # Errors
    /// Whatever the medium says.
    fn text(&self) -> Result<String, Self::Error>;

    /// Puts another text in the place of all of it, durably and in one step: after a crash there is all of the old or
    /// all of the new (write a second file, flush it, rename it over the first). Copies that the host has made
    /// elsewhere, and what a medium keeps of the old text, are the host's to delete.
    ///
    /// # Errors
    /// Whatever the medium says; then the old text is still there.
    fn replace_with(&mut self, text: &str) -> Result<(), Self::Error>;
}

impl Journal for String {
    type Error = std::convert::Infallible;

    fn append(&mut self, line: &str) -> Result<(), Self::Error> {
        self.push_str(line);
        Ok(())
    }

    fn text(&self) -> Result<String, Self::Error> {
        Ok(self.clone())
    }

    fn replace_with(&mut self, text: &str) -> Result<(), Self::Error> {
        self.clear();
        self.push_str(text);
        Ok(())
    }
}

/// A book that writes everything down in a journal.
///
/// ```
/// use placet::{Book, Identity, Instant, Journey, Reach, Stop, book::Journaled};
/// let at: Instant = "2013-05-01T10:00:00Z".parse()?;
/// let (ada, mail) = ("c-1".parse()?, Identity::email("ada@example.org")?);
/// let mut kept = Journaled::new(Book::new(Journey::reference()?), String::new());
/// kept.open(ada, mail)?;
/// let _ = kept.stop(&"c-1".parse()?, Stop::withdraw("a-1".parse()?, Reach::everything(), at, at))?;
///
/// let Ok((_, text)) = kept.into_parts() else { panic!("a string takes everything") };
/// let mut replayed = Book::replay(Journey::reference()?, &text)?;
/// assert_eq!(replayed.book.contact(&"c-1".parse()?).map(|ada| ada.ledger().version()), Some(1));
/// assert_eq!(replayed.valid, text.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Journaled<J: Journal> {
    book: Book,
    journal: J,
    /// Lines of what has happened and could not be written.
    unwritten: Vec<String>,
    /// Why, of the operation that is being carried out.
    failed: Option<J::Error>,
    /// The journal says under which key somebody was forgotten. After a restart it may say so twice.
    says_its_key: bool,
}

/// Why a journaled book did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JournalError<E> {
    /// The book refused; nothing has changed.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The journal could not be written. A stop, a sending and a drop are in force all the same and are
    /// written next time, and whoever was erased is forgotten next time; anything else has not happened.
    #[error("the journal could not be written: {0}")]
    Journal(E),
    /// The journal cannot be read again, to take out of it whoever was erased. What was asked is in force and written.
    #[error("the journal cannot be rewritten: {0}")]
    Damaged(DamagedJournal),
}

/// A journaled book that was not taken apart, since something that has happened in it could not be written.
#[derive(Debug)]
pub struct Unwritten<J: Journal> {
    /// All of it.
    pub kept: Journaled<J>,
    /// Why not.
    pub error: JournalError<J::Error>,
}

/// The journal is full of addresses, and is not shown.
impl<J: Journal> std::fmt::Debug for Journaled<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Journaled { book, unwritten, .. } = self;
        f.debug_struct("Journaled")
            .field("book", book)
            .field("unwritten", &unwritten.len())
            .finish_non_exhaustive()
    }
}

/// What follows from a step is one line: it has happened, or it has not. A stop, a sending and a drop have happened when they
/// are planned: where they cannot be written, they are written next time.
impl<J: Journal> Store for Journaled<J> {
    type Error = JournalError<J::Error>;

    fn step(&mut self, step: &mut dyn Step) -> Result<Written, Self::Error> {
        let want = step.want();
        let plan = self.book.memory.find(&want, |found| step.plan(found));
        let line = line(&plan.entries);
        if plan.expect.is_empty() {
            self.unwritten.extend(line);
            self.book.memory.write(plan);
            if self.failed.is_none() {
                // It goes on all the same, and whoever asked for it is told at the end.
                self.failed = self.write_down().err();
            }
        } else {
            self.flush()?;
            if let Some(line) = line {
                self.journal.append(&line).map_err(JournalError::Journal)?;
            }
            self.book.memory.write(plan);
        }
        self.book.memory.look_back(&want, step);
        Ok(Written::All)
    }

    fn waiting(&mut self, most: usize) -> Result<Vec<EventKey>, Self::Error> {
        Ok(self.book.memory.outbox().waiting().into_iter().take(most).collect())
    }

    fn contact_of(&mut self, event: EventKey) -> Result<Option<ContactId>, Self::Error> {
        Ok(self.book.memory.outbox().about(event).cloned())
    }
}

impl<J: Journal> Journaled<J> {
    /// A book, and the journal that goes on with it: a new book and an empty journal, or a replayed book and the
    /// journal that it was replayed from. [`Journaled::flush`] does what a crash may have left undone.
    #[must_use]
    pub fn new(book: Book, journal: J) -> Journaled<J> {
        Journaled { book, journal, unwritten: Vec::new(), failed: None, says_its_key: false }
    }

    /// The book, to look at. To ask a contact, take [`Journaled::contact`].
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// [`Book::contact`].
    #[must_use]
    pub fn contact(&mut self, id: &ContactId) -> Option<&Contact> {
        self.book.contact(id)
    }

    /// [`Book::access`].
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn access(&mut self, contact: &ContactId, now: Instant) -> Result<Access, BookError> {
        self.book.access(contact, now)
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// The book and the journal, apart. What has happened and is not written is written first.
    ///
    /// # Errors
    /// This, and why it could not be written: nothing that was acknowledged is lost.
    pub fn into_parts(mut self) -> Result<(Book, J), Box<Unwritten<J>>> {
        match self.flush() {
            Ok(()) => Ok((self.book, self.journal)),
            Err(error) => Err(Box::new(Unwritten { kept: self, error })),
        }
    }

    /// Puts another journey in force. The journal keeps what was decided, not by which rules.
    pub fn adopt(&mut self, journey: Journey) {
        self.book.adopt(journey);
    }

    /// Writes what has happened and could not be written, and takes out of the journal whoever was erased.
    ///
    /// # Errors
    /// [`JournalError::Journal`], where it still cannot; [`JournalError::Damaged`].
    pub fn flush(&mut self) -> Result<(), JournalError<J::Error>> {
        self.write_down().map_err(JournalError::Journal)?;
        if self.book.memory.unerased { self.rewrite() } else { Ok(()) }
    }

    fn write_down(&mut self) -> Result<(), J::Error> {
        while let Some(line) = self.unwritten.first() {
            self.journal.append(line)?;
            self.unwritten.remove(0);
        }
        Ok(())
    }

    /// Leaves nothing in the journal of whoever was erased. The book is made again from what is left, so that replay
    /// equals live (law 7).
    fn rewrite(&mut self) -> Result<(), JournalError<J::Error>> {
        let text = self.journal.text().map_err(JournalError::Journal)?;
        let text = self.book.scrubbed_journal(&text).map_err(JournalError::Damaged)?;
        let left = self.book.emptied().replaying(&text).map_err(JournalError::Damaged)?.book;
        self.journal.replace_with(&text).map_err(JournalError::Journal)?;
        self.says_its_key = true;
        self.book.memory.unerased = false;
        // A book that held more than its journal keeps it.
        let ids = |book: &Book| book.memory.all().map(|contact| contact.id().clone()).collect::<Vec<_>>();
        if ids(&left) == ids(&self.book) {
            self.book = left;
        }
        Ok(())
    }

    pub(super) fn terms(&self) -> Arc<Terms> {
        self.book.terms()
    }

    /// The book, for what changes nothing that a journal keeps.
    pub(super) fn book_mut(&mut self) -> &mut Book {
        &mut self.book
    }

    /// Carries out an operation that the book never declines, and writes what has happened.
    pub(super) fn always<O: Operation>(&mut self, operation: O) -> Result<O::Answer, JournalError<J::Error>> {
        let answer = match drive(self, operation) {
            Ok(answer) => answer,
            Err(DriveError::Store(error)) => return Err(error),
            // INVARIANT: a step on memory is never a conflict.
            Err(DriveError::Declined(_) | DriveError::Busy) => return Err(BookError::UnknownContact.into()),
        };
        self.settle()?;
        Ok(answer)
    }

    /// Carries an operation out, and writes what has happened.
    pub(super) fn run<T, O>(&mut self, operation: O) -> Result<T, JournalError<J::Error>>
    where
        O: Operation<Answer = Result<T, BookError>>,
    {
        Ok(self.always(operation)??)
    }

    /// Ends an operation: what could not be written of it is told.
    fn settle(&mut self) -> Result<(), JournalError<J::Error>> {
        match self.failed.take() {
            Some(error) => Err(JournalError::Journal(error)),
            None => self.flush(),
        }
    }

    /// [`Book::open`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(&mut self, id: ContactId, identity: Identity) -> Result<(), JournalError<J::Error>> {
        self.run(Open::new(self.terms(), id, identity))
    }

    /// [`Book::append`]; a stop goes the way of [`Journaled::stop`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn append(
        &mut self,
        contact: &ContactId,
        act: impl Into<Act>,
    ) -> Result<Outcome, JournalError<J::Error>> {
        match act.into() {
            Act::Stop(stop) => self.stop(contact, stop),
            go => self.run(Append::new(self.terms(), contact.clone(), go)),
        }
    }

    /// [`Book::opt_in`]. Where the journal could not be written between the two acts, the grant alone is there, and
    /// refused: do it again.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn opt_in(
        &mut self,
        contact: &ContactId,
        go: impl Into<Act>,
        unobject: ActId,
    ) -> Result<OptIn, JournalError<J::Error>> {
        self.run(OptingIn::new(self.terms(), contact.clone(), go.into(), unobject))
    }

    /// [`Book::stop`]. In force when this returns, whatever it returns but for an unknown contact; on `Ok`
    /// it is written as well.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Result<Outcome, JournalError<J::Error>> {
        self.run(Halt::new(self.terms(), contact.clone(), stop))
    }

    /// [`Book::void_notice`]. All of it is in force when this returns; on `Ok` all of it is written.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn void_notice(
        &mut self,
        notice: &Notice,
        acted: Instant,
        recorded: Instant,
    ) -> Result<Vec<(ContactId, Stop)>, JournalError<J::Error>> {
        let voids = self.book.voids_of(notice, acted, recorded);
        let mut written = Ok(());
        for (contact, void) in &voids {
            let done = self.stop(contact, void.clone()).map(drop);
            written = written.and(done);
        }
        written.map(|()| voids)
    }

    /// [`Book::link`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Result<bool, JournalError<J::Error>> {
        self.run(Link::new(self.terms(), contact.clone(), identity))
    }

    /// [`Book::unlink`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn unlink(
        &mut self,
        contact: &ContactId,
        identity: &Identity,
    ) -> Result<bool, JournalError<J::Error>> {
        self.run(Unlink::new(self.terms(), contact.clone(), identity.clone()))
    }

    /// [`Book::merge`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn merge(&mut self, from: &ContactId, into: &ContactId) -> Result<bool, JournalError<J::Error>> {
        self.run(Merge::new(self.terms(), from.clone(), into.clone()))
    }

    /// [`Book::unmerge`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn unmerge(&mut self, contact: &ContactId) -> Result<bool, JournalError<J::Error>> {
        self.run(Unmerge::new(self.terms(), contact.clone()))
    }

    /// [`Book::suppress`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn suppress(&mut self, entry: Suppressed) -> Result<bool, JournalError<J::Error>> {
        let Some((id, identity, erase)) = self.book.suppression(entry)? else {
            return Ok(false);
        };
        self.say_key()?;
        if self.book.memory.own(&id).is_none() {
            self.open(id.clone(), identity)?;
        }
        let _ = self.stop(&id, erase)?;
        Ok(true)
    }

    /// [`Book::observe`]. All that follows from a signal is one line: it has happened, or it has not.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Observed, JournalError<J::Error>> {
        self.run(Observe::new(self.terms(), signal, now))
    }

    /// [`Book::dispatch_one`]. What the gateway took, or the ledger refused, has happened: on an error it is
    /// written next time. After a crash in between the gateway sees the same key again.
    ///
    /// # Errors
    /// [`JournalError::Journal`].
    pub fn dispatch_one<G: Gateway>(
        &mut self,
        key: EventKey,
        now: Instant,
        gateway: &mut G,
    ) -> Result<Dispatched<G::Error>, JournalError<J::Error>> {
        let Some(contact) = self.book.memory.outbox().about(key).cloned() else {
            return Ok(Dispatched::NotQueued);
        };
        self.always(Dispatch::new(self.terms(), key, contact, now, gateway))
    }

    /// [`Book::reply`]. That an act was answered is kept in memory, not in the journal: after a crash the gateway can see
    /// the same key again.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn reply<G: ReplyGateway>(
        &mut self,
        contact: &ContactId,
        act: &ActId,
        now: Instant,
        gateway: &mut G,
    ) -> Result<Replied<G::Error>, JournalError<J::Error>> {
        self.run(ReplyTo::new(self.terms(), contact.clone(), act.clone(), now, gateway))
    }
}

/// Entries that belong together, as one line of a journal; `None` for no entries.
fn line(entries: &[Entry]) -> Option<String> {
    let json = match entries {
        [] => return None,
        [entry] => serde_json::to_string(entry),
        entries => serde_json::to_string(entries),
    };
    // INVARIANT: entries are structs of texts and numbers, which JSON can always hold.
    json.ok().map(|json| json + "\n")
}
