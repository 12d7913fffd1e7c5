//! Lines of a journal as flat structs: what people write to read them, with texts and chrono's instants, and no check.

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// One line; what does not belong to its type is absent.
#[derive(Debug, Deserialize)]
pub struct Flat {
    pub v: u32,
    #[serde(rename = "type")]
    pub type_name: String,
    pub contact: String,
    pub id: Option<String>,
    pub identity: Option<String>,
    pub kind: Option<String>,
    pub at: Option<DateTime<Utc>>,
    pub now: Option<DateTime<Utc>>,
    pub acted: Option<DateTime<Utc>>,
    pub recorded: Option<DateTime<Utc>>,
    pub purpose: Option<String>,
    pub channel: Option<String>,
    pub recipient: Option<String>,
    pub until: Option<String>,
    pub confirm_by: Option<String>,
    pub grant: Option<String>,
    pub actor: Option<String>,
    pub method: Option<String>,
    pub notice: Option<String>,
    pub notice_version: Option<String>,
    pub signal: Option<String>,
    pub rule: Option<String>,
    pub effect: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub reason: Option<String>,
    pub cause: Option<String>,
    pub key: Option<String>,
    pub event: Option<Event>,
}

#[derive(Debug, Deserialize)]
pub struct Event {
    pub key: String,
    pub contact: String,
    pub signal: String,
    pub rule: String,
    pub effect: String,
    pub needs: Vec<Need>,
}

#[derive(Debug, Deserialize)]
pub struct Need {
    pub contact: String,
    pub act: String,
    pub identity: String,
    pub purpose: String,
    pub channel: String,
    pub recipient: String,
    pub decided_at: DateTime<Utc>,
    pub not_after: String,
}

/// A line holds one, or a list of those that belong together.
pub fn read(line: &str) -> Vec<Flat> {
    if line.starts_with('[') {
        serde_json::from_str(line).unwrap()
    } else {
        vec![serde_json::from_str(line).unwrap()]
    }
}
