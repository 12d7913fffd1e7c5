//! What can go wrong with the log. No message holds an address.

use std::fmt::{Debug, Display};

use thiserror::Error;

/// What can go wrong with the log.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// JetStream says no, or cannot be reached. Its messages name streams and sequences, never what was to be stored.
    #[error("the broker failed: {0}")]
    Broker(#[from] async_nats::Error),
    /// A line of the log about this person is not what was written.
    #[error("what is stored of this person cannot be read")]
    Unreadable,
    /// A message of the log does not even say whom it is about. It may be anybody's no, so nothing is done until it is mended.
    #[error("message {0} of the log cannot be read, and does not say whom it is about")]
    Log(u64),
    /// A line is longer than the server takes a message: raise its `max_payload`.
    #[error("a line of {0} bytes is longer than the server takes a message")]
    TooLong(usize),
    /// Others were faster, again and again.
    #[error("others kept writing: try again")]
    Busy,
    /// A line cannot be written.
    #[error("a line of the log cannot be written: {0}")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// Whether it would be the same at another try, while others' messages are taken.
    pub(crate) fn is_of_one(&self) -> bool {
        matches!(self, StoreError::Unreadable | StoreError::TooLong(_))
    }
}

impl<K> From<async_nats::error::Error<K>> for StoreError
where
    K: Clone + Debug + Display + PartialEq + Send + Sync + 'static,
{
    fn from(error: async_nats::error::Error<K>) -> StoreError {
        StoreError::Broker(error.into())
    }
}

impl From<tokio::time::error::Elapsed> for StoreError {
    fn from(error: tokio::time::error::Elapsed) -> StoreError {
        StoreError::Broker(error.into())
    }
}
