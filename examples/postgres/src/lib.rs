//! placet in a web service on PostgreSQL. Copy it and make it yours.

mod blocking;
mod dispatch;
mod error;
mod link;
mod pages;
mod read;
mod service;
mod store;
mod wire;
mod write;

pub use blocking::Blocking;
pub use error::{Failure, StoreError};
pub use link::{Link, LinkKey};
pub use service::{App, routes};
pub use store::{Postgres, Spent, now};
pub use wire::{HttpWire, Letter, Letterhead, NotTaken, Taken, Wire, request};

type Done<T> = Result<T, StoreError>;
