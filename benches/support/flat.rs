//! Lines of a journal as flat structs: what people write to read them, with texts and chrono's instants, and no check.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// One line; what does not belong to its type is absent.
#[derive(Debug, Deserialize)]
pub(crate) struct Flat {
    pub(crate) v: u32,
    #[serde(rename = "type")]
    pub(crate) type_name: String,
    pub(crate) contact: String,
    pub(crate) id: Option<String>,
    pub(crate) identity: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) at: Option<DateTime<Utc>>,
    pub(crate) now: Option<DateTime<Utc>>,
    pub(crate) acted: Option<DateTime<Utc>>,
    pub(crate) recorded: Option<DateTime<Utc>>,
    pub(crate) purpose: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) confirm_by: Option<String>,
    pub(crate) grant: Option<String>,
    pub(crate) actor: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) notice: Option<String>,
    pub(crate) notice_version: Option<String>,
    pub(crate) signal: Option<String>,
    pub(crate) rule: Option<String>,
    pub(crate) effect: Option<String>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) event: Option<Event>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    pub(crate) key: String,
    pub(crate) contact: String,
    pub(crate) signal: String,
    pub(crate) rule: String,
    pub(crate) effect: String,
    pub(crate) needs: Vec<Need>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Need {
    pub(crate) contact: String,
    pub(crate) act: String,
    pub(crate) identity: String,
    pub(crate) purpose: String,
    pub(crate) channel: String,
    pub(crate) recipient: String,
    pub(crate) decided_at: DateTime<Utc>,
    pub(crate) not_after: String,
}

/// A line holds one, or a list of those that belong together.
pub(crate) fn read(line: &str) -> Vec<Flat> {
    if line.starts_with('[') {
        serde_json::from_str(line).unwrap()
    } else {
        vec![serde_json::from_str(line).unwrap()]
    }
}
