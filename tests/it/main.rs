//! The one integration binary: stories, laws, conformance, wire, messages, architecture.
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

mod architecture;
mod compile_fail;
mod contributing;
mod desk;
mod erasure;
mod errors;
mod field;
mod hostile;
mod import;
mod journal;
mod keys;
mod ledger;
mod machine;
mod messages;
mod promises;
mod real_data;
mod records;
mod rights;
mod rules;
mod satire;
#[cfg(feature = "schema")]
mod schema;
mod stories;
#[cfg(feature = "proptest")]
mod strategies;
mod wire;

use placet_tests::support;
