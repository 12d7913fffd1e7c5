//! Floor 8: the lab. Rules are tried out and histories audited here; nothing that comes out of it can be sent.

mod audit;
mod backtest;
pub mod coverage;
pub mod draw;
mod finding;
mod guards;
pub mod lint;
pub mod mutation;
mod recording;
mod rehearse;
pub mod scenario;

pub use audit::{Ledgers, audit, audit_book, audit_entries};
pub use backtest::{Backtest, Change, Diff, Example, OtherJourneys, Side, Tried};
pub use finding::{Finding, FindingKind};
pub use lint::lint;
pub use recording::{Part, Recording, RecordingError};
pub use rehearse::{EffectCount, LostReach, Rehearsal, RuleCount, StageCount};
