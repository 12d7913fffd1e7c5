//! placet in a web service on PostgreSQL. Copy it and make it yours.

mod blocking;
mod error;
mod read;
mod store;
mod write;

pub use blocking::Blocking;
pub use error::{Failure, StoreError};
pub use store::{Postgres, Spent, now};

type Done<T> = Result<T, StoreError>;
