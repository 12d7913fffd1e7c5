//! placet on NATS JetStream, without a database. Copy it and make it yours.
//!
//! ```text
//! placet.in.P.KIND  ──one consumer a partition──▶  worker  ──▶  placet.log: what each step wrote ┐ one stream,
//!                                                     │    └──▶  placet.out.*: events, going out  ┘ one order
//!                                                     └──▶  placet.dead.P: what could not be taken, and why
//! ```

mod blocking;
mod error;
mod inbox;
mod line;
mod log;
mod names;
mod out;
mod view;
mod worker;

pub use blocking::Blocking;
pub use error::StoreError;
pub use inbox::{Bad, Order};
pub use log::Log;
pub use names::{Names, partition};
pub use out::CloudEvent;
pub use worker::{ANSWER, CONTACT, Worker};

type Done<T> = Result<T, StoreError>;

/// Now, as placet takes it: the library has no clock.
#[must_use]
pub fn now() -> placet::Instant {
    placet::Instant::from(std::time::SystemTime::now())
}
