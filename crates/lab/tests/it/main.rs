//! The one integration binary of the lab: audits, back-tests, coverage, lints, mutants, pictures, scenarios.
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

mod audit;
mod backtest;
mod compile_fail;
mod coverage;
mod draw;
mod guarded;
mod lint;
mod messages;
mod mutation;
mod promises;
pub mod scenario;
#[cfg(feature = "schema")]
mod schema;

use placet_tests::support;
