//! The second edition of the semantics: an independent model of it, generated histories, the corpus, the laws, and the
//! crate beside them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::string_slice,
    clippy::unreachable,
    clippy::print_stderr,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a test may stop at what it does not expect"
)]

mod agreement;
mod conformance;
mod laws;
mod model;
mod runner;
