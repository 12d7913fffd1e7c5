//! Every error message, word for word: lower case, no full stop at the end, no word of Rust.

mod errors;
mod imports;
pub mod journeys;
mod shapes;
mod words;

/// Asserts a message, and that it is in the house style.
#[track_caller]
pub fn says(error: &dyn std::fmt::Display, message: &str) {
    assert_eq!(error.to_string(), message);
    message.lines().for_each(in_style);
}

/// Lower case, no full stop, nothing that only a Rust programmer reads.
#[track_caller]
pub fn in_style(message: &str) {
    let first = message.chars().next().expect("a message says something");
    assert!(!first.is_uppercase(), "begins with a capital: {message}");
    assert!(!message.ends_with(['.', '!', ' ']), "ends like a sentence: {message}");
    assert!(!message.contains("::"), "a Rust path: {message}");
    let rust =
        ["struct", "enum", "tuple", "string", "usize", "u8", "u32", "u64", "i64", "Some", "None", "Vec"];
    for word in message.split(|c: char| !c.is_alphanumeric()) {
        let camel = word
            .as_bytes()
            .windows(2)
            .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        assert!(!camel && !rust.contains(&word), "`{word}` is a word of Rust: {message}");
    }
}

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
    for file in crate::architecture::sources() {
        count += file.text.matches("#[error(").count() - file.text.matches("#[error(transparent)]").count();
    }
    // Those of the journal are asserted where it is damaged, in tests/it/journal.rs and tests/it/erasure.
    assert_eq!(count, 131, "messages in src; assert the new one in tests/it/messages/");
}
