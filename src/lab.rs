//! Floor 8: the lab. Rules are tried out and histories audited here; nothing that comes out of it can be sent.

mod audit;
pub mod draw;
mod finding;
mod rehearse;

pub use audit::{Ledgers, audit, audit_book, audit_entries};
pub use finding::{Finding, FindingKind};
pub use rehearse::{EffectCount, History, Rehearsal, RehearsalError, Step};
