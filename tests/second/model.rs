//! A model of the semantics, second edition, that shares no code with the crate: the neutral format of SPEC section 3,
//! an oracle that answers every line anew from the lines above it, seeded faults, and histories to try both on.

pub mod consent;
pub mod fault;
pub mod generate;
pub mod generate_acts;
pub mod generate_journey;
mod generators;
pub mod goes;
pub mod journey;
pub mod leave;
pub mod neutral;
pub mod neutral_text;
pub mod neutral_write;
pub mod oracle;
pub mod persons;
pub mod rough;
pub mod say;
pub mod stops;
pub mod subject;
