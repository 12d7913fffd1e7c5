//! The operations of the desk, each as steps without I/O.

mod act;
mod dispatch;
mod forget;
mod identity;
mod look;
mod merge;
mod open;
mod signal;
mod stop;
mod take;
mod whoever;

pub use act::{Append, OptingIn};
pub use dispatch::{Dispatch, Dispatched, Replied, ReplyTo};
pub use forget::Forget;
pub use identity::{Link, Unlink};
pub use look::Look;
pub use merge::{Merge, Unmerge};
pub use open::Open;
pub(crate) use signal::digest;
pub use signal::{Observe, Observed};
pub use stop::Halt;
pub use take::{Take, Took};
pub use whoever::HaltFor;
pub(in crate::desk) use whoever::{Concerned, Make};

use super::store::{Operation, Want};
use super::{DeskError, Terms};
use crate::name::ContactId;

/// An answer that is not there yet, or is.
#[derive(Debug)]
pub(super) struct Pending<T>(Option<Result<T, DeskError>>);

impl<T> Pending<T> {
    pub(super) const fn new() -> Pending<T> {
        Pending(None)
    }

    pub(super) fn set(&mut self, answer: Result<T, DeskError>) {
        self.0 = Some(answer);
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The answer, or the operation itself.
    pub(super) fn finish<O>(self, next: impl FnOnce(Pending<T>) -> O) -> Result<Result<T, DeskError>, O>
    where
        O: Operation<Answer = Result<T, DeskError>>,
    {
        match self.0 {
            Some(answer) => Ok(answer),
            None => Err(next(Pending(None))),
        }
    }
}

impl Terms {
    /// What a step of one's own wants that is about the person of a contact, or of what is left of it.
    #[must_use]
    pub fn want(&self, contact: &ContactId) -> Want {
        let left = self.key.as_ref().map(|key| key.contact(contact));
        Want { left, ..Want::person(contact.clone()) }
    }
}
