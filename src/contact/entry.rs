//! Entries: what is stored in a contact's journal, and how a contact is replayed from them.

use std::sync::Arc;

use thiserror::Error;

use super::Contact;
use crate::consent::{Act, AppendError, Reason};
use crate::event::QueuedEvent;
use crate::identity::Identity;
use crate::name::EventKey;
use crate::name::{
    ActId, ContactId, Controller, EffectName, Instant, RuleName, Scope, SignalId, Stage, Vocabulary,
};
use crate::signal::SignalSpec;

/// One thing that happened to one contact, as it is stored. Written and read as one flat JSON object
/// with a `type` and a version `v`.
///
/// ```
/// use placet::Entry;
/// let line = r#"{"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org","controller":"the-brand"}"#;
/// let entry = Entry::from_json(line)?;
/// assert_eq!(serde_json::to_string(&entry)?, line);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub(crate) contact: ContactId,
    pub(crate) body: Body,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// The contact was opened under its first identity.
    Opened(Opened),
    /// An identity was added.
    Linked(Identity),
    /// An identity was ended.
    Unlinked(Identity),
    /// An act of consent.
    Act(Act),
    /// A signal was admitted. One that was not leaves no trace (SPEC S26).
    Signal(Admitted),
    /// The held stage moved, of the contact and of those merged with it.
    Transition(Moved),
    /// The stage moved that a merged contact would hold alone; it holds it again after an unmerge (SPEC S28).
    TransitionAlone(Moved),
    /// The contact became one person with another (SPEC S14).
    Merged {
        /// With which.
        into: ContactId,
        /// The stage that they hold from now on (SPEC S23).
        held: Option<Stage>,
    },
    /// The contact became a person of its own again (SPEC S28).
    Unmerged {
        /// The stage that those who stay hold together (SPEC S23); `None` where it was not written down.
        held: Option<Option<Stage>>,
    },
    /// An effect was permitted and queued.
    Queued(QueuedEvent),
    /// An effect was refused when it was decided.
    EffectRefused(RefusedEffect),
    /// A queued event was released and taken by the gateway.
    Sent {
        /// Which.
        key: EventKey,
        /// When.
        at: Instant,
    },
    /// A queued event was refused at release: dropped for good.
    Dropped {
        /// Which.
        key: EventKey,
        /// Why.
        reason: Reason,
        /// When.
        at: Instant,
    },
}

/// Under which identity a contact was opened, and whose contact it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub(crate) identity: Identity,
    pub(crate) controller: Option<Controller>,
}

/// An admitted signal, and the instant at which it was handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    pub(crate) signal: SignalSpec,
    pub(crate) now: Instant,
}

/// A transition: a fact in the controller's own books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    pub(crate) signal: SignalId,
    pub(crate) rule: RuleName,
    pub(crate) from: Option<Stage>,
    pub(crate) to: Option<Stage>,
    pub(crate) at: Instant,
}

/// An effect that was refused, as it is stored: the typed no, with names in the place of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedEffect {
    pub(crate) signal: SignalId,
    pub(crate) rule: RuleName,
    pub(crate) effect: EffectName,
    pub(crate) scope: Scope,
    pub(crate) reason: Reason,
    pub(crate) cause: Option<ActId>,
    pub(crate) at: Instant,
}

/// Why a contact cannot be replayed from its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// The first entry does not open a contact.
    #[error("the first entry must open the contact: begin with the one of type `opened`")]
    NotOpened,
    /// An entry is of another contact.
    #[error("entry {place} is of another contact: replay one contact at a time")]
    OtherContact {
        /// Which entry, counted from 1.
        place: u64,
    },
    /// The contact is another controller's.
    #[error("the contact is another controller's: replay it under a journey of its own controller")]
    OtherController,
    /// A contact is opened twice.
    #[error("entry {place} opens the contact again: only the first entry does")]
    OpenedAgain {
        /// Which entry, counted from 1.
        place: u64,
    },
    /// A go cannot be appended.
    #[error("entry {place} cannot be appended: {error}")]
    Append {
        /// Which entry, counted from 1.
        place: u64,
        /// Why.
        error: AppendError,
    },
}

impl Entry {
    /// The version of the written form.
    pub const SCHEMA_VERSION: u32 = 1;

    /// An entry of a contact.
    #[must_use]
    pub fn new(contact: ContactId, body: Body) -> Entry {
        Entry { contact, body }
    }

    /// Whose it is.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// What happened.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The contact and what happened, to be taken over.
    #[must_use]
    pub fn into_parts(self) -> (ContactId, Body) {
        (self.contact, self.body)
    }
}

impl Contact {
    /// Makes a contact again from its entries, in order. Replay equals live, byte for byte (SPEC law 7).
    ///
    /// # Errors
    /// [`ReplayError`], with the place of the entry.
    pub fn replay<'e>(
        entries: impl IntoIterator<Item = &'e Entry>,
        vocabulary: &Arc<Vocabulary>,
    ) -> Result<Contact, ReplayError> {
        let mut entries = entries.into_iter();
        let Some(Entry { contact, body: Body::Opened(opened) }) = entries.next() else {
            return Err(ReplayError::NotOpened);
        };
        if !opened.is_of(vocabulary.controller()) {
            return Err(ReplayError::OtherController);
        }
        let mut contact = Contact::open(contact.clone(), opened.identity.clone(), vocabulary);
        for (entry, place) in entries.zip(2..) {
            contact.apply(entry, place)?;
        }
        Ok(contact)
    }

    /// Takes in the next of its entries: a contact that is made again step by step is the same as one that is replayed.
    ///
    /// # Errors
    /// [`ReplayError`]; nothing has changed then.
    pub fn take_in(&mut self, entry: &Entry) -> Result<(), ReplayError> {
        self.apply(entry, self.version.saturating_add(2))
    }

    fn apply(&mut self, entry: &Entry, place: u64) -> Result<(), ReplayError> {
        if entry.contact != *self.id() {
            return Err(ReplayError::OtherContact { place });
        }
        match &entry.body {
            Body::Opened(_) => return Err(ReplayError::OpenedAgain { place }),
            Body::Linked(identity) => drop(self.link(identity.clone())),
            Body::Unlinked(identity) => drop(self.unlink(identity)),
            Body::Act(act) => self.keep(act).map_err(|error| ReplayError::Append { place, error })?,
            Body::Signal(Admitted { signal, .. }) => {
                self.admit(&signal.kind, signal.at);
                self.advance(1);
            }
            // The second follows where the contact is merged, and says what it holds alone; what the person holds is kept
            // beside the entries.
            Body::Transition(moved) | Body::TransitionAlone(moved) => {
                self.hold(moved.to.as_ref());
                self.advance(1);
            }
            Body::Queued(event) => {
                self.queue(event);
                self.advance(1);
            }
            Body::EffectRefused(_) => self.advance(1),
            // That it is one person with another is kept beside the entries; that it is known is told by it (S18).
            Body::Merged { .. } => self.name_it(),
            Body::Unmerged { .. } => {}
            // The outbox's own facts: no decision about the contact depends on them.
            Body::Sent { .. } | Body::Dropped { .. } => {}
        }
        Ok(())
    }
}

impl Opened {
    /// What is stored of a contact that is opened as a controller's.
    #[must_use]
    pub fn new(identity: Identity, controller: Controller) -> Opened {
        Opened { identity, controller: Some(controller) }
    }

    /// The first identity.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The first identity, to be taken over.
    #[must_use]
    pub fn into_identity(self) -> Identity {
        self.identity
    }

    /// Whose contact it is; `None` where that was not written down, as in journals of before it was.
    #[must_use]
    pub fn controller(&self) -> Option<&Controller> {
        self.controller.as_ref()
    }

    /// Whether it can be a contact of this controller.
    pub(crate) fn is_of(&self, controller: &Controller) -> bool {
        self.controller.as_ref().is_none_or(|whose| whose == controller)
    }
}

/// A contact of which nobody wrote down whose it is.
impl From<Identity> for Opened {
    fn from(identity: Identity) -> Opened {
        Opened { identity, controller: None }
    }
}

impl Admitted {
    /// A signal that was handled at the instant `now`, for a history that is put together in code.
    #[must_use]
    pub fn new(signal: SignalSpec, now: Instant) -> Admitted {
        Admitted { signal, now }
    }

    /// The signal.
    #[must_use]
    pub fn signal(&self) -> &SignalSpec {
        &self.signal
    }

    /// The signal itself, to be taken over.
    #[must_use]
    pub fn into_signal(self) -> SignalSpec {
        self.signal
    }

    /// When it was handled.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }
}

impl Moved {
    /// The stage held before.
    #[must_use]
    pub fn from(&self) -> Option<&Stage> {
        self.from.as_ref()
    }

    /// The stage held now.
    #[must_use]
    pub fn to(&self) -> Option<&Stage> {
        self.to.as_ref()
    }

    /// The rule that was taken.
    #[must_use]
    pub fn rule(&self) -> &RuleName {
        &self.rule
    }

    /// The signal that led to it.
    #[must_use]
    pub fn signal(&self) -> &SignalId {
        &self.signal
    }

    /// When it was decided.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }
}

impl RefusedEffect {
    /// What was asked for.
    #[must_use]
    pub fn effect(&self) -> &EffectName {
        &self.effect
    }

    /// The first scope that was refused.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The act that caused it.
    #[must_use]
    pub fn cause(&self) -> Option<&ActId> {
        self.cause.as_ref()
    }
}
