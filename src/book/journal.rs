//! The journal: what a book writes down before it changes, so that it can be made again after a crash.
//!
//! A line is one JSON object with a wire version, or a list of such objects that belong together. Goes,
//! links, merges and decisions are written first and then done. A stop is in force first, and acknowledged
//! when it is written: what the journal could not take is written before anything else next time. After an
//! erasure the whole journal is rewritten in one step, so that nothing is left in it of whoever was erased.

mod replay;

use thiserror::Error;

pub use replay::{DamagedJournal, Replayed};

use super::{Book, BookError, Dispatched, Observed, Outgoing, Plan, Suppressed};
use crate::consent::{Act, Appended, Notice, OptIn, Outcome, Stop};
use crate::contact::{Body, Contact, Entry, Moved, Opened};
use crate::decide::Decision;
use crate::event::Gateway;
use crate::identity::Identity;
use crate::journey::Journey;
use crate::name::EventKey;
use crate::name::{ActId, ContactId, Instant};
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
/// let (_, text) = kept.into_parts();
/// let replayed = Book::replay(Journey::reference()?, &text)?;
/// assert_eq!(replayed.book.contact(&"c-1".parse()?).map(|ada| ada.ledger().version()), Some(1));
/// assert_eq!(replayed.valid, text.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Journaled<J> {
    book: Book,
    journal: J,
    /// Lines of what has happened and could not be written.
    unwritten: Vec<String>,
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

/// The journal is full of addresses, and is not shown.
impl<J> std::fmt::Debug for Journaled<J> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Journaled { book, unwritten, .. } = self;
        f.debug_struct("Journaled")
            .field("book", book)
            .field("unwritten", &unwritten.len())
            .finish_non_exhaustive()
    }
}

impl<J: Journal> Journaled<J> {
    /// A book, and the journal that goes on with it: a new book and an empty journal, or a replayed book and the
    /// journal that it was replayed from. [`Journaled::flush`] does what a crash may have left undone.
    #[must_use]
    pub fn new(book: Book, journal: J) -> Journaled<J> {
        Journaled { book, journal, unwritten: Vec::new() }
    }

    /// The book, to look at and to ask.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &J {
        &self.journal
    }

    /// The book and the journal, apart.
    #[must_use]
    pub fn into_parts(self) -> (Book, J) {
        (self.book, self.journal)
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
        while let Some(line) = self.unwritten.first() {
            self.journal.append(line).map_err(JournalError::Journal)?;
            self.unwritten.remove(0);
        }
        if self.book.unerased { self.rewrite() } else { Ok(()) }
    }

    /// Leaves nothing in the journal of whoever was erased. The book is made again from what is left, so that replay
    /// equals live (law 7).
    fn rewrite(&mut self) -> Result<(), JournalError<J::Error>> {
        let text = self.journal.text().map_err(JournalError::Journal)?;
        let text = self.book.scrubbed_journal(&text).map_err(JournalError::Damaged)?;
        let left = self.book.emptied().replaying(&text).map_err(JournalError::Damaged)?.book;
        self.journal.replace_with(&text).map_err(JournalError::Journal)?;
        self.book.unerased = false;
        // A book that held more than its journal keeps it.
        if left.contacts().map(Contact::id).eq(self.book.contacts().map(Contact::id)) {
            self.book = left;
        }
        Ok(())
    }

    /// Writes before it is done.
    fn write(&mut self, entries: &[Entry]) -> Result<(), JournalError<J::Error>> {
        self.flush()?;
        match line(entries) {
            Some(line) => self.journal.append(&line).map_err(JournalError::Journal),
            None => Ok(()),
        }
    }

    /// Writes what is done already.
    fn acknowledge(&mut self, contact: &ContactId, body: Body) -> Result<(), JournalError<J::Error>> {
        self.unwritten.extend(line(&[Entry::new(contact.clone(), body)]));
        self.flush()
    }

    /// [`Book::open`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn open(&mut self, id: ContactId, identity: Identity) -> Result<(), JournalError<J::Error>> {
        if self.book.contact(&id).is_some() {
            return Err(BookError::OpenedAgain.into());
        }
        let controller = self.book.journey().spec().controller.clone();
        let opened = Opened::new(identity.clone(), controller);
        self.write(&[Entry::new(id.clone(), Body::Opened(opened))])?;
        Ok(self.book.open(id, identity)?)
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
        let go = match act.into() {
            Act::Stop(stop) => return self.stop(contact, stop),
            go => go,
        };
        let held = self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        if held.is_scrubbed() {
            return Ok(Outcome::forgotten());
        }
        if held.ledger().would_append(&go).map_err(BookError::from)? == Appended::Again {
            return Ok(Outcome::again());
        }
        self.write(&[Entry::new(contact.clone(), Body::Act(go.clone()))])?;
        Ok(self.book.append(contact, go)?)
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
        let go = go.into();
        let held = self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        held.ledger().may_opt_in(&go, &unobject).map_err(BookError::from)?;
        let mut outcome = self.append(contact, go.clone())?;
        let held = self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        let unobject = held.ledger().unobject_with(&go, &mut outcome, unobject);
        if let Some(unobject) = &unobject {
            let lifted = self.append(contact, unobject.clone())?;
            outcome = outcome.with_unobject(&lifted);
        }
        Ok(OptIn { outcome, unobject })
    }

    /// [`Book::stop`]. In force when this returns, whatever it returns but for an unknown contact; on `Ok`
    /// it is written as well.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Result<Outcome, JournalError<J::Error>> {
        let id = self.book.persons.records.id_of(contact);
        let stop = self.book.as_kept(&id, stop);
        let outcome = self.book.stop(&id, stop.clone())?;
        if outcome.appended() == Appended::Again {
            self.flush()?;
        } else {
            self.acknowledge(&id, Body::Act(stop.into()))?;
        }
        Ok(outcome)
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
        let voids = self.book.void_notice(notice, acted, recorded);
        let mut written = Ok(());
        for (contact, void) in &voids {
            let done = self.acknowledge(contact, Body::Act(void.clone().into()));
            written = written.and(done);
        }
        written.map(|()| voids)
    }

    /// [`Book::link`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Result<bool, JournalError<J::Error>> {
        let id = self.book.contact(contact).ok_or(BookError::UnknownContact)?.id().clone();
        let identity = self.book.identity_kept(&id, identity);
        self.write(&[Entry::new(id.clone(), Body::Linked(identity.clone()))])?;
        Ok(self.book.link(&id, identity)?)
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
        let id = self.book.contact(contact).ok_or(BookError::UnknownContact)?.id().clone();
        let identity = self.book.identity_kept(&id, identity.clone());
        self.write(&[Entry::new(id.clone(), Body::Unlinked(identity.clone()))])?;
        Ok(self.book.unlink(&id, &identity)?)
    }

    /// [`Book::merge`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn merge(&mut self, from: &ContactId, into: &ContactId) -> Result<bool, JournalError<J::Error>> {
        let held = self.book.would_hold(from, into)?;
        let [from, into] = [from, into].map(|id| self.book.persons.records.id_of(id));
        self.write(&[Entry::new(from.clone(), Body::Merged { into: into.clone(), held })])?;
        let merged = self.book.merge(&from, &into)?;
        self.flush()?;
        Ok(merged)
    }

    /// [`Book::unmerge`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn unmerge(&mut self, contact: &ContactId) -> Result<bool, JournalError<J::Error>> {
        let id = self.book.contact(contact).ok_or(BookError::UnknownContact)?.id().clone();
        self.write(&[Entry::new(id.clone(), Body::Unmerged)])?;
        Ok(self.book.unmerge(&id)?)
    }

    /// [`Book::suppress`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn suppress(&mut self, entry: Suppressed) -> Result<bool, JournalError<J::Error>> {
        let Some((id, identity, erase)) = self.book.suppression(entry)? else {
            return Ok(false);
        };
        if self.book.contact(&id).is_none() {
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
        let Some(plan) = self.book.plan(signal, now)? else {
            return Ok(Observed::Again);
        };
        let entries = self.book.entries(&plan);
        self.write(&entries)?;
        Ok(Observed::Decided(Box::new(self.book.take(plan))))
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
        let contact = self.book.outbox.contact_of(key).cloned();
        let dispatched = self.book.dispatch_one(key, now, gateway);
        let fate = match self.book.outbox().get(key) {
            Some(Outgoing::Sent { at }) => Some(Body::Sent { key, at: *at }),
            Some(Outgoing::Dropped { reason, at }) => Some(Body::Dropped { key, reason: *reason, at: *at }),
            Some(Outgoing::Queued { .. }) | None => None,
        };
        if let (Some(contact), Some(fate)) = (contact, fate) {
            self.acknowledge(&contact, fate)?;
        }
        Ok(dispatched)
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

impl Book {
    /// What a plan leaves in the journal.
    fn entries(&self, plan: &Plan) -> Vec<Entry> {
        let id = &plan.decision.signal().spec().contact;
        if !plan.kept {
            return Vec::new();
        }
        let entries = self.persons.with(id, |person| plan.decision.entries(person, &plan.queued));
        let mut entries = entries.unwrap_or_default();
        let alone = plan.alone.as_ref();
        if let Some((rule, moved)) = alone.and_then(|alone| Some((alone.rule()?, alone.transition()?))) {
            let moved = Moved {
                signal: plan.decision.signal().id().clone(),
                rule: rule.clone(),
                from: moved.from().cloned(),
                to: moved.to().cloned(),
                at: alone.map_or(plan.decision.signal().at(), Decision::now),
            };
            entries.push(Entry::new(id.clone(), Body::TransitionAlone(moved)));
        }
        entries
    }
}
