//! The port: what a store is asked for, what it is given to write, and the one driver that both meet in.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::DeskError;
use super::found::Found;
use super::op::Forget;
use crate::consent::{Reason, Stop};
use crate::contact::Entry;
use crate::event::QueuedEvent;
use crate::identity::WideKey;
use crate::name::{ContactId, EventKey, Id, Instant, ReplyKey, SignalId, Stage};

/// What a step of an operation has to know: a person, and what is known under some ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    /// The contact whose person is asked for: the contact itself, those merged with it, and the stops under all their
    /// keys.
    pub contact: ContactId,
    /// Where no contact of that id is there: the id that is left of it after an erasure.
    pub left: Option<ContactId>,
    /// A second contact, with its person: the other side of a merge.
    pub other: Option<Box<Want>>,
    /// Whether a signal of this id was admitted, and with which digest.
    pub signal: Option<SignalId>,
    /// A queued event: what became of it. The store keeps it, and the person, locked until the step is over.
    pub event: Option<EventKey>,
    /// Whether an act was answered.
    pub reply: Option<ReplyKey>,
    /// Whether the step goes on where the person cannot be read: a stop does.
    pub unread: bool,
    /// Whose person has this key: all contacts of each such person.
    pub holders: Option<WideKey>,
    /// All events that were ever queued about these contacts, and what became of each.
    pub events: Vec<ContactId>,
}

impl Want {
    /// The person of a contact, and nothing else.
    #[must_use]
    pub fn person(contact: ContactId) -> Want {
        Want {
            contact,
            left: None,
            other: None,
            signal: None,
            event: None,
            reply: None,
            unread: false,
            holders: None,
            events: Vec::new(),
        }
    }

    /// Nobody: a step that looks at something else, or at nothing more.
    #[must_use]
    pub fn nobody() -> Want {
        Want::person(ContactId::of(Id::ERASED))
    }

    /// The ids under which the contact may stand, the first that is there counts.
    pub fn ids(&self) -> impl Iterator<Item = &ContactId> {
        std::iter::once(&self.contact).chain(&self.left)
    }
}

/// What a step writes: all of it in one transaction, or nothing.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Plan {
    /// Persons of which nothing may have been written since they were read: id and count of entries as found. One with
    /// the count 0 is not there yet. A stop expects nothing.
    pub expect: Vec<(ContactId, u64)>,
    /// Entries, each to be appended to the journal of its contact; the count of its person grows by one each. One of type
    /// `opened` makes the contact, and a person of it alone, under its id.
    pub entries: Vec<Entry>,
    /// Which contacts have a key from now on, and which no longer.
    pub keys: Vec<KeyRow>,
    /// Stops that lie under a key from now on. The same one need not be written again; the id of the act does not tell, for
    /// two contacts that share a key may each have an act of that id.
    pub under: Vec<UnderKey>,
    /// Contacts that are one person from now on, in the place of the persons that they were part of. The count of the new
    /// person is the sum of the counts of those.
    pub persons: Vec<PersonRow>,
    /// The stage that a person of several contacts holds from now on, by the id of the person.
    pub held: Option<(ContactId, Option<Stage>)>,
    /// A signal that was admitted, with a digest of its content: unique by contact and id.
    pub signal: Option<(ContactId, SignalId, u64)>,
    /// Events to be queued, each under its key; one whose key is there is not queued again.
    pub queued: Vec<QueuedEvent>,
    /// What became of a queued event.
    pub settled: Option<(EventKey, Settled)>,
    /// What became of a reply: unique by key.
    pub replied: Option<(ReplyKey, Settled)>,
    /// Whom to forget.
    pub forget: Option<Forget>,
}

/// Whether a contact has a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// The key.
    pub key: WideKey,
    /// The contact.
    pub contact: ContactId,
    /// Whether it has it from now on.
    pub has: bool,
}

/// A stop that lies under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderKey {
    /// The key.
    pub key: WideKey,
    /// The stop, as it crosses: written and read as an act with the provenance `told`.
    pub stop: Stop,
}

/// Contacts that are one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The id of the person: that of one of its contacts.
    pub person: ContactId,
    /// All its contacts.
    pub members: Vec<ContactId>,
    /// The stage that they hold together, where they are several.
    pub held: Option<Stage>,
}

/// What became of a queued event, or of a reply. It is written as JSON with the word for it, such as
/// `{"became":"dropped","reason":"withdrawn","at":"2013-06-01T10:00:00Z"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "became", rename_all = "snake_case", deny_unknown_fields)]
pub enum Settled {
    /// The gateway took it.
    Sent {
        /// When.
        at: Instant,
    },
    /// It was refused, for good.
    Dropped {
        /// Why.
        reason: Reason,
        /// When.
        at: Instant,
    },
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// All of it is written.
    All,
    /// A person has moved on since it was read, or an id is taken: nothing is written; read again, plan again.
    Conflict,
}

/// One step of an operation: what it wants to know, what it makes of that, and what it tells once that is written.
/// A step is planned anew after a conflict.
pub trait Step {
    /// What it has to know.
    fn want(&self) -> Want;

    /// What is to be written, by what was found.
    fn plan(&mut self, found: &Found<'_>) -> Plan;

    /// Takes note that the plan was written; `found` is as it was left by it.
    fn written(&mut self, found: &Found<'_>);

    /// Whether `written` looks at what is there then. Where not, a store need not look for it, and may hand it nothing.
    fn looks_back(&self) -> bool {
        true
    }
}

/// An operation: steps that are taken one after the other.
pub trait Operation: Step + Sized {
    /// What it answers.
    type Answer;

    /// The answer, once it is over; itself as long as there is another step to take.
    ///
    /// # Errors
    /// The operation, to go on with.
    fn finish(self) -> Result<Self::Answer, Self>;
}

/// Where persons are kept: a database, a file, memory. The host implements it.
///
/// What it promises, and [`kit`](super) proves:
///
/// 1. A step is one transaction: the person is read and the plan is written as if nothing happened in between, or the
///    step is a [`Written::Conflict`] and nothing of it is there.
/// 2. A plan that expects nothing, a stop, is never a conflict for that.
/// 3. Whoever asks with `event` or `reply` holds the person until the step is over: a stop that was acknowledged before is seen, and
///    one that comes meanwhile waits, also where somebody else says it who shares a key. Two who ask for one event, or one
///    reply, do so one after the other.
/// 4. Keys of events and replies, and ids of signals by contact, are unique.
/// 5. What [`Forget`] names is replaced in the same transaction.
/// 6. A step finds what any process has written before it began, also a step that writes nothing.
pub trait Store {
    /// What can go wrong with the medium.
    type Error;

    /// Takes one step: reads what it wants, has it planned, writes the plan, and tells it what is there then.
    ///
    /// # Errors
    /// Of the medium. Nothing of the plan is there then, or nobody knows: the operation is tried again with the same ids.
    fn step(&mut self, step: &mut dyn Step) -> Result<Written, Self::Error>;

    /// The keys of events that wait, oldest first, at most so many.
    ///
    /// # Errors
    /// Of the medium.
    fn waiting(&mut self, most: usize) -> Result<Vec<EventKey>, Self::Error>;

    /// About whom a queued event is; `None` where none of this key was ever queued.
    ///
    /// # Errors
    /// Of the medium.
    fn contact_of(&mut self, event: EventKey) -> Result<Option<ContactId>, Self::Error>;
}

/// How often an operation is planned again after a conflict.
const TRIES: u32 = 16;

/// Why an operation was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DriveError<E> {
    /// The desk declines; nothing has changed.
    #[error(transparent)]
    Declined(#[from] DeskError),
    /// The store says so.
    #[error("the store failed: {0}")]
    Store(E),
    /// Somebody else was faster, again and again. Nothing is half done that doing it again would not complete.
    #[error("others kept changing this person: try again")]
    Busy,
}

/// Carries out an operation on a store.
///
/// # Errors
/// [`DriveError`].
pub fn drive<S: Store + ?Sized, O: Operation>(
    store: &mut S,
    mut operation: O,
) -> Result<O::Answer, DriveError<S::Error>> {
    let mut conflicts = 0_u32;
    loop {
        match store.step(&mut operation).map_err(DriveError::Store)? {
            Written::All => match operation.finish() {
                Ok(answer) => return Ok(answer),
                Err(next) => operation = next,
            },
            Written::Conflict if conflicts < TRIES => conflicts = conflicts.saturating_add(1),
            Written::Conflict => return Err(DriveError::Busy),
        }
    }
}
