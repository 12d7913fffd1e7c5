//! The integration tests of `placet-insight`, in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::print_stderr,
    clippy::string_slice,
    missing_docs,
    reason = "a test may stop at what it does not expect"
)]

mod campaign;
mod campaign_edges;
mod campaign_messages;
mod campaign_stories;
mod cases;
mod compile_fail;
mod credit_model;
mod laws;
mod messages;
mod naive;
mod runner;
mod satire;
mod shared;
mod shared_credits;
mod stories;
mod tables;
mod world;

/// The model of SPEC that shares no code with the crate: see `tests/second/model.rs`.
#[path = "../../../../tests/second/model"]
#[allow(dead_code, unreachable_pub, reason = "shared with the tests of `placet`, which use all of it")]
mod model {
    pub mod consent;
    pub mod fault;
    pub mod generate;
    pub mod generate_acts;
    pub mod generate_journey;
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
}
