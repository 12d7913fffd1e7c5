//! Every error message, word for word: lower case, no full stop at the end, no word of Rust.

mod errors;
mod imports;
pub mod journeys;
mod shapes;
mod words;

pub use placet_tests::style::{in_style, says};

#[test]
fn the_style_is_looked_at() {
    let bad =
        ["An error", "an error.", "expected struct RuleSpec", "a JourneySpec", "serde::de", "expected u32"];
    for message in bad {
        assert!(std::panic::catch_unwind(|| in_style(message)).is_err(), "{message}");
    }
    in_style("an instant is written 2013-05-01T12:00:00Z, this is not JSON");
}

/// Whoever adds a message adds a line to these tests.
#[test]
fn no_message_is_left_out() {
    let mut count = 0;
    for file in placet_tests::sources::sources("src") {
        count += file.text.matches("#[error(").count() - file.text.matches("#[error(transparent)]").count();
    }
    // Those of the journal are asserted where it is damaged, in tests/it/journal.rs and tests/it/erasure.
    assert_eq!(count, 130, "messages in src; assert the new one in tests/it/messages/");
}
