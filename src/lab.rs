//! Floor 8: the lab. Rules are tried out here; nothing that comes out of it can be sent.

mod rehearse;

pub use rehearse::{EffectCount, History, Rehearsal, RehearsalError, Step};
