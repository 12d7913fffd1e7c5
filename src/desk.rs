//! Floor 6: the desk. What a backend does with persons that are kept in a store: every operation as steps without I/O, the
//! port to the store, and the driver.
//!
//! A store keeps two kinds of rows: the entries of a contact, and the stops that lie under a key. Whoever loads a person
//! loads the stops under their keys with them, so that a no is there before the contact is, and nobody has to be told.
//!
//! ```text
//!   operation ──want──▶ store reads a person ──found──▶ operation plans ──plan──▶ store writes ──written──▶ next step, or answer
//!                          ▲                                                          │ conflict
//!                          └──────────────────────────────────────────────────────────┘
//! ```

mod found;
mod import;
#[cfg(feature = "kit")]
pub mod kit;
mod memory;
mod op;
mod outbox;
mod over;
mod persons;
mod records;
mod rights;
mod said;
mod store;
mod under;

use thiserror::Error;

pub(crate) use found::Under;
pub use found::{Found, Kept, Loaded, People, Rows, Unread};
pub use import::{
    CellFault, Column, Dated, Doubt, DoubtKind, Import, ImportReport, ImportRow, Mapped, Mapping,
    MappingFault, RefusedRow, RowFault, Taken, Words,
};
pub use memory::Memory;
pub(crate) use memory::always;
pub(crate) use op::digest;
pub use op::{
    Append, Dispatch, Dispatched, Forget, Halt, HaltFor, Link, Look, Merge, Observe, Observed, Open,
    OptingIn, Replied, ReplyTo, Take, Took, Unlink, Unmerge,
};
pub use outbox::{Outbox, Outgoing, Report};
pub use over::{Desk, Done};
pub(crate) use rights::Oblige;
pub use rights::{
    Access, AccessedContact, Account, AdmittedKind, Exercise, Exercised, Fate, Obligation, Portable,
    PortableContact, Rectify, Right, ToAccess,
};
pub use said::{Back, No, Said};
pub use store::{
    DriveError, KeyRow, Operation, PersonRow, Plan, Settled, Step, Store, UnderKey, Want, Written, drive,
};

use crate::consent::{AppendError, Stop};
use crate::contact::Contact;
use crate::decide::Misfit;
use crate::identity::{Identity, SuppressionKey, WideKey};
use crate::journey::Journey;

/// By what a desk judges: the journey in force, and the key under which it forgets.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The journey in force.
    pub journey: Journey,
    /// With a key, whoever is erased is forgotten, and their no is still found. Without one an erased contact answers no for
    /// good, and its data stay.
    pub key: Option<SuppressionKey>,
}

impl Terms {
    /// Under a journey, and without a suppression key.
    #[must_use]
    pub fn new(journey: Journey) -> Terms {
        Terms { journey, key: None }
    }

    /// The same terms, with a suppression key.
    #[must_use]
    pub fn suppressing(self, key: SuppressionKey) -> Terms {
        Terms { key: Some(key), ..self }
    }

    /// The key under which an identity is found: its wide key, or with a suppression key what an erasure leaves of it.
    #[must_use]
    pub fn key_of(&self, identity: &Identity) -> WideKey {
        match &self.key {
            Some(key) => key.erased(identity).wide_key(),
            None => identity.wide_key(),
        }
    }

    /// What is kept of an identity of a contact.
    fn identity_kept(&self, contact: &Contact, identity: Identity) -> Identity {
        match &self.key {
            Some(key) if contact.is_scrubbed() => key.erased(&identity),
            _ => identity,
        }
    }

    /// A stop as it lies under a key. With a suppression key no address lies there.
    fn as_crossing(&self, stop: Stop) -> Stop {
        match (&self.key, stop.about_alone()) {
            (Some(key), Some(identity)) => {
                let erased = key.erased(identity);
                stop.with_identity(Some(erased))
            }
            _ => stop,
        }
    }
}

/// Why a desk does not do what it was asked. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DeskError {
    /// No contact of this id was opened.
    #[error("no contact of this id is in the book: open it first")]
    UnknownContact,
    /// A contact of this id is there.
    #[error("a contact of this id is in the book already")]
    OpenedAgain,
    /// The contact does not have this identity, nor has one that is merged with it.
    #[error("the contact has no such identity: there is nothing to rectify")]
    UnknownIdentity,
    /// Nothing can be suppressed without a key.
    #[error("this book has no suppression key: make it with one")]
    NoSuppressionKey,
    /// A suppression list that was made by another version of the folding of addresses.
    #[error(
        "this fingerprint is of version {found} of the folding of addresses, and no address would be found by it: make the list again from the addresses, with this version of the library"
    )]
    OtherFolding {
        /// The version of the entry.
        found: u32,
    },
    /// The signal id names another signal of this contact (S2).
    #[error("this signal id names another signal of the contact already: give the new one an id of its own")]
    SignalIdReused,
    /// What became of an event that was never queued.
    #[error("it sends or drops an event that no line before it queued")]
    NotQueued,
    /// The go cannot be appended.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The signal does not fit.
    #[error(transparent)]
    Misfit(#[from] Misfit),
}
