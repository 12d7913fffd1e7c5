//! The style of messages: lower case, no full stop at the end, no word of Rust.

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
