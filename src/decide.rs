//! Floor 6: the engine. A pure function from a contact, a signal and an instant to a decision.

mod ask;
mod decision;
mod engine;
mod explanation;
mod few;
mod grants;
mod refused;
mod release;
mod tell;

pub use decision::{Decision, Parts, Stale, Transition};
pub use engine::Misfit;
#[cfg(feature = "schema")]
pub(crate) use explanation::WrittenExplanation;
pub use explanation::{Asked, Checked, Considered, Explanation};

pub use crate::consent::Answered;
pub use grants::Granted;
pub use refused::Refused;
pub use release::Release;
