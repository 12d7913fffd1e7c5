//! The line by which a journal says under which key somebody was forgotten in it. It is no entry: it is of no contact.

use crate::name::Fingerprint;

const BEFORE: &str = r#"{"v":1,"type":"suppression_key","check":""#;
const AFTER: &str = r#""}"#;

/// The line, without a line feed.
pub(crate) fn write_key_check(check: Fingerprint) -> String {
    format!("{BEFORE}{check}{AFTER}")
}

/// What such a line says; `None` of any other line.
pub(crate) fn read_key_check(line: &str) -> Option<Fingerprint> {
    line.strip_prefix(BEFORE)?.strip_suffix(AFTER)?.parse().ok()
}
