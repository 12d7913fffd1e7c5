//! What can go wrong with the store. No message holds an address.

use std::fmt;

use placet::entry::{ReplayError, WireError};
use thiserror::Error;
use tokio_postgres::error::SqlState;

/// What can go wrong with the store.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// PostgreSQL says no, or cannot be reached.
    #[error("the database failed: {0}")]
    Database(Failure),
    /// A stored line of this person is not what was written.
    #[error("what is stored cannot be read: {0}")]
    Unreadable(#[from] WireError),
    /// A stored id or name of this person is not what was written, or a line cannot be written.
    #[error("a stored name cannot be read, or a line not written: {0}")]
    Json(#[from] serde_json::Error),
    /// What lies under a key of this person is no stop.
    #[error("what lies under a key is no stop")]
    NoStop,
    /// The entries of a contact of this person do not make one.
    #[error("the contact cannot be made of its entries: {0}")]
    Replay(#[from] ReplayError),
}

/// What PostgreSQL said, without its words: their details hold the values of the row, and so addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    code: Option<SqlState>,
}

impl Failure {
    /// Whether another transaction was faster: what was tried is not there, and may be tried again.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let again = [
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::UNIQUE_VIOLATION,
        ];
        self.code.as_ref().is_some_and(|code| again.contains(code))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "SQLSTATE {}", code.code()),
            None => f.write_str("no connection, or it broke"),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> StoreError {
        StoreError::Database(Failure { code: error.code().cloned() })
    }
}

impl From<deadpool_postgres::PoolError> for StoreError {
    fn from(error: deadpool_postgres::PoolError) -> StoreError {
        match error {
            deadpool_postgres::PoolError::Backend(error) => error.into(),
            _ => StoreError::Database(Failure { code: None }),
        }
    }
}

impl From<deadpool_postgres::BuildError> for StoreError {
    fn from(_: deadpool_postgres::BuildError) -> StoreError {
        StoreError::Database(Failure { code: None })
    }
}

impl StoreError {
    /// Whether another transaction was faster.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, StoreError::Database(failure) if failure.is_conflict())
    }
}
