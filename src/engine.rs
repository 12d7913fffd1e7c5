//! Floor 6: the engine. A pure function from a contact, a signal and an instant to a decision.

mod ask;
mod decide;
mod decision;
mod few;
mod trace;

pub use decide::Misfit;
pub use decision::{Decision, Parts, Refused, Stale, Transition};
pub use trace::{Answered, Asked, Checked, Considered, Explanation};
