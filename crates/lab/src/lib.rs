//! The rule lab of [`placet`]: journeys are looked over, drawn, tested and tried on a recorded history before they meet
//! anybody, and histories are audited afterwards.
//!
//! Nothing that comes out of the lab can be sent: a [`Rehearsal`] is counts, a scenario drops what it releases.
//! The lab knows `placet` by its public API alone.
//!
//! | question | answer |
//! |---|---|
//! | What can hardly be meant in a journey? | [`lint()`], [`lint::liveness`] |
//! | How does a journey look? | [`draw`] |
//! | Does it do what a scene says, given, when, then? | [`scenario`] |
//! | What do the scenes exercise, and which changes of the journey do they not notice? | [`coverage`], [`mutation`] |
//! | What would have happened last year? | [`Recording`], [`Rehearsal`], [`Backtest`] |
//! | Was what was sent lawful, and did we know? | [`audit()`] |
//! | Which goes were given under a text that nobody declared? | [`unknown_notices()`] |
//!
//! The command `placet` of this package does the same at a terminal: `placet help`.

#![forbid(unsafe_code)]

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
#[cfg(feature = "schema")]
pub mod schema;

pub use audit::{Ledgers, UnknownNotice, audit, audit_book, audit_entries, unknown_notices};
pub use backtest::{Backtest, Change, Diff, Example, OtherJourneys, Shift, Side, Tried};
pub use finding::{Finding, FindingKind};
pub use lint::lint;
pub use recording::{Part, Recording, RecordingError};
pub use rehearse::{EffectCount, LostReach, Rehearsal, RuleCount, StageCount};

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
