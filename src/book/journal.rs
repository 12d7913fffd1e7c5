//! The journal: what a book writes down before it changes, so that it can be made again after a crash.
//!
//! A line is one JSON object with a wire version, or a list of such objects that belong together. Goes,
//! links, merges and decisions are written first and then done. A stop is in force first, and acknowledged
//! when it is written: what the journal could not take is written before anything else next time.

use thiserror::Error;

use super::{Book, BookError, Dispatched, Observed, Outgoing, Plan, digest};
use crate::contact::{Admitted, Body, Entry, Moved};
use crate::engine::Decision;
use crate::event::{EventKey, Gateway};
use crate::identity::Identity;
use crate::journey::Journey;
use crate::ledger::{Act, Appended, Stop};
use crate::signal::Signal;
use crate::vocab::{ContactId, Instant};
use crate::wire::{WireError, read};

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
}

impl Journal for String {
    type Error = std::convert::Infallible;

    fn append(&mut self, line: &str) -> Result<(), Self::Error> {
        self.push_str(line);
        Ok(())
    }
}

/// A book that writes everything down in a journal.
///
/// ```
/// use placet::*;
/// let at: Instant = "2013-05-01T10:00:00Z".parse()?;
/// let (ada, mail) = ("c-1".parse()?, Identity::email("ada@example.org")?);
/// let mut kept = Journaled::new(Book::new(Journey::reference()?), String::new());
/// kept.open(ada, mail)?;
/// kept.stop(&"c-1".parse()?, Stop::withdraw("a-1".parse()?, Reach::everything(), at, at))?;
///
/// let (_, text) = kept.into_parts();
/// let replayed = Book::replay(Journey::reference()?, &text)?;
/// assert_eq!(replayed.book.contact(&"c-1".parse()?).map(|ada| ada.ledger().version()), Some(1));
/// assert_eq!(replayed.valid, text.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
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
    /// written next time; anything else has not happened.
    #[error("the journal could not be written: {0}")]
    Journal(E),
}

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
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
enum Damage {
    #[error(transparent)]
    Wire(WireError),
    #[error(transparent)]
    Book(BookError),
    #[error("it sends or drops an event that no line before it queued")]
    NotQueued,
}

impl<J: Journal> Journaled<J> {
    /// A book, and the journal that begins or goes on with it.
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

    /// Writes what has happened and could not be written.
    ///
    /// # Errors
    /// [`JournalError::Journal`], where it still cannot.
    pub fn flush(&mut self) -> Result<(), JournalError<J::Error>> {
        while let Some(line) = self.unwritten.first() {
            self.journal.append(line).map_err(JournalError::Journal)?;
            self.unwritten.remove(0);
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
        self.write(&[Entry::new(id.clone(), Body::Opened(identity.clone()))])?;
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
    ) -> Result<Appended, JournalError<J::Error>> {
        let go = match act.into() {
            Act::Stop(stop) => return self.stop(contact, stop),
            go => go,
        };
        let held = self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        if held.ledger().would_append(&go).map_err(BookError::from)? == Appended::Again {
            return Ok(Appended::Again);
        }
        self.write(&[Entry::new(contact.clone(), Body::Act(go.clone()))])?;
        Ok(self.book.append(contact, go)?)
    }

    /// [`Book::stop`]. In force when this returns, whatever it returns but for an unknown contact; on `Ok`
    /// it is written as well.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Result<Appended, JournalError<J::Error>> {
        let appended = self.book.stop(contact, stop.clone())?;
        if appended == Appended::Again {
            self.flush()?;
        } else {
            self.acknowledge(contact, Body::Act(stop.into()))?;
        }
        Ok(appended)
    }

    /// [`Book::link`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn link(&mut self, contact: &ContactId, identity: Identity) -> Result<bool, JournalError<J::Error>> {
        self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        self.write(&[Entry::new(contact.clone(), Body::Linked(identity.clone()))])?;
        Ok(self.book.link(contact, identity)?)
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
        self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        self.write(&[Entry::new(contact.clone(), Body::Unlinked(identity.clone()))])?;
        Ok(self.book.unlink(contact, identity)?)
    }

    /// [`Book::merge`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn merge(&mut self, from: &ContactId, into: &ContactId) -> Result<bool, JournalError<J::Error>> {
        let held = self.book.would_hold(from, into)?;
        self.write(&[Entry::new(from.clone(), Body::Merged { into: into.clone(), held })])?;
        Ok(self.book.merge(from, into)?)
    }

    /// [`Book::unmerge`].
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn unmerge(&mut self, contact: &ContactId) -> Result<bool, JournalError<J::Error>> {
        self.book.contact(contact).ok_or(BookError::UnknownContact)?;
        self.write(&[Entry::new(contact.clone(), Body::Unmerged)])?;
        Ok(self.book.unmerge(contact)?)
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
        let id = &plan.signal.spec().contact;
        if !plan.kept {
            return Vec::new();
        }
        let entries = self.persons.with(id, |person| plan.decision.entries(person, &plan.queued));
        let mut entries = entries.unwrap_or_default();
        let alone = plan.alone.as_ref();
        if let Some((rule, moved)) = alone.and_then(|alone| Some((alone.rule()?, alone.transition()?))) {
            let moved = Moved {
                signal: plan.signal.id().clone(),
                rule: rule.clone(),
                from: moved.from().cloned(),
                to: moved.to().cloned(),
                at: alone.map_or(plan.signal.at(), Decision::now),
            };
            entries.push(Entry::new(id.clone(), Body::TransitionAlone(moved)));
        }
        entries
    }

    /// Makes a book again from its journal, under the journey that is in force now. What was decided stays decided.
    ///
    /// A last line that a crash cut short, or that stands there twice, does no harm: what was acknowledged is
    /// there. See [`Replayed::valid`].
    ///
    /// # Errors
    /// [`DamagedJournal`] with the number of the line, for any other damage.
    pub fn replay(journey: Journey, text: &str) -> Result<Replayed, DamagedJournal> {
        let mut book = Book::new(journey);
        let mut valid = 0_usize;
        let mut last = "";
        for (whole, number) in text.split_inclusive('\n').zip(1..) {
            let Some(line) = whole.strip_suffix('\n') else {
                break;
            };
            if line != last {
                book.replay_line(line).map_err(|why| DamagedJournal { line: number, why })?;
            }
            valid = valid.saturating_add(whole.len());
            last = line;
        }
        Ok(Replayed { book, valid })
    }

    fn replay_line(&mut self, line: &str) -> Result<(), Damage> {
        let entries: Vec<Entry> = if line.starts_with('[') {
            read(line).map_err(Damage::Wire)?
        } else {
            vec![read(line).map_err(Damage::Wire)?]
        };
        entries.into_iter().try_for_each(|entry| self.replay_entry(entry))
    }

    fn replay_entry(&mut self, entry: Entry) -> Result<(), Damage> {
        let Entry { contact, body } = entry;
        match body {
            Body::Opened(identity) => self.open(contact, identity).map_err(Damage::Book)?,
            Body::Linked(identity) => drop(self.link(&contact, identity).map_err(Damage::Book)?),
            Body::Unlinked(identity) => drop(self.unlink(&contact, &identity).map_err(Damage::Book)?),
            Body::Act(act) => drop(self.append(&contact, act).map_err(Damage::Book)?),
            Body::Merged { into, held } => {
                self.merge(&contact, &into).map_err(Damage::Book)?;
                self.persons.hold(&contact, held.as_ref());
            }
            Body::Unmerged => drop(self.unmerge(&contact).map_err(Damage::Book)?),
            Body::Signal(Admitted { signal, .. }) => {
                let record = self.record(&contact).map_err(Damage::Book)?;
                let digest = digest(&signal);
                record.contact.admit(&signal.kind, signal.at);
                record.contact.advance(1);
                record.signals.insert(signal.id, digest);
            }
            Body::Transition(moved) => {
                let joint = self.persons.is_joint(&contact);
                self.persons.hold(&contact, moved.to());
                let record = self.record(&contact).map_err(Damage::Book)?;
                if !joint {
                    record.contact.hold(moved.to());
                }
                record.contact.advance(1);
            }
            Body::TransitionAlone(moved) => {
                let record = self.record(&contact).map_err(Damage::Book)?;
                record.contact.hold(moved.to());
                record.contact.advance(1);
            }
            Body::Queued(event) => {
                self.record(&contact).map_err(Damage::Book)?.contact.advance(1);
                self.outbox.put(event);
            }
            Body::EffectRefused(_) => self.record(&contact).map_err(Damage::Book)?.contact.advance(1),
            Body::Sent { key, at } => {
                self.outbox.settle(key, Outgoing::Sent { at }).ok_or(Damage::NotQueued)?
            }
            Body::Dropped { key, reason, at } => {
                self.outbox.settle(key, Outgoing::Dropped { reason, at }).ok_or(Damage::NotQueued)?;
            }
        }
        Ok(())
    }
}
