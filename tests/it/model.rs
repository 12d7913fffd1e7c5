//! A model of the semantics written in another style, to hold the crate against: the neutral format of SPEC section 3,
//! an oracle that answers every line anew from the lines above it, seeded faults, and histories to try both on.

pub mod adapter;
pub mod consent;
pub mod desk;
pub mod fault;
pub mod generate;
mod generators;
pub mod journey;
pub mod neutral;
pub mod neutral_text;
pub mod oracle;
mod rejections;
pub mod say;
pub mod subject;
