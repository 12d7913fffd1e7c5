//! Messages in: what each kind holds, and what is made of one that cannot be read.

use placet::desk::Said;
use placet::entry::{WireError, read_json};
use placet::name::Reach;
use placet::{ActId, ContactId, Identity, SignalSpec, Stop};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::now;

/// What a message asks for.
#[derive(Debug)]
pub enum Order {
    /// Open a contact.
    Open(Opening),
    /// Add an identity to a contact.
    Link(Opening),
    /// Take what somebody says.
    Act(Acting),
    /// Take a no of whoever has an address.
    Address(Addressing),
    /// Take what happened.
    Signal(SignalSpec),
    /// Make one person of two contacts.
    Merge(Merging),
    /// Take a contact out of its person.
    Unmerge(Parting),
}

/// A contact and an identity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    pub(crate) contact: ContactId,
    pub(crate) identity: Identity,
}

/// What a contact says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acting {
    pub(crate) contact: ContactId,
    pub(crate) act: Said,
    /// Whether a grant waits until it is confirmed.
    #[serde(default)]
    pub(crate) to_confirm: bool,
}

/// What somebody says of whom only an address is known.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addressing {
    pub(crate) identity: Identity,
    pub(crate) act: Said,
}

/// Two contacts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merging {
    pub(crate) contact: ContactId,
    pub(crate) into: ContactId,
}

/// A contact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parting {
    pub(crate) contact: ContactId,
}

/// Why a message was not taken, without a word of it: it may be an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// One word: `unreadable`, `unknown_kind`, `declined` or `not_stored`.
    pub reason: &'static str,
    /// Where in the message, such as `act.purpose`; `.` is the whole.
    pub path: String,
    /// What is wrong.
    pub what: String,
}

impl Bad {
    pub(crate) fn whole(reason: &'static str, what: impl ToString) -> Bad {
        Bad { reason, path: ".".to_owned(), what: what.to_string() }
    }
}

impl From<WireError> for Bad {
    fn from(error: WireError) -> Bad {
        Bad { reason: "unreadable", path: error.path().to_owned(), what: error.what().to_owned() }
    }
}

impl Order {
    /// Reads a message of a kind, the last word of its subject.
    ///
    /// # Errors
    /// [`Bad`].
    pub fn read(kind: &str, payload: &[u8]) -> Result<Order, Bad> {
        let text = std::str::from_utf8(payload).map_err(|_| Bad::whole("unreadable", "this is not UTF-8"))?;
        Ok(match kind {
            "open" => Order::Open(read_json(text)?),
            "link" => Order::Link(read_json(text)?),
            "act" | "stop" => Order::Act(read_json(text)?),
            "address" => Order::Address(read_json(text)?),
            "signal" => Order::Signal(SignalSpec::from_json(text)?),
            "merge" => Order::Merge(read_json(text)?),
            "unmerge" => Order::Unmerge(read_json(text)?),
            _ => return Err(Bad::whole("unknown_kind", "no kind of message has this name")),
        })
    }
}

/// What is left of a stop that cannot be read: whom it is about, and a stop of everything.
#[derive(Debug)]
pub(crate) struct Rescued {
    pub(crate) contact: Option<ContactId>,
    pub(crate) identity: Option<Identity>,
    pub(crate) stop: Stop,
}

/// Takes what can be read of a stop: a message of the kind `stop`, or one that says one of the words for it. The contact may
/// stand in a header, for a body of which nothing is left. How far it reached is not believed: it reaches everything, and a
/// person looks at it in DEAD. Nobody is erased by a message that cannot be read; a `restrict` and an `object` stay what they are.
pub(crate) fn rescue(kind: &str, payload: &[u8], header: Option<&str>, number: u64) -> Option<Rescued> {
    let body: Value = serde_json::from_slice(payload).unwrap_or_default();
    let said = body.get("act").unwrap_or(&body);
    // Of what is cut off the words are read.
    let (cut, text) = (body.is_null(), String::from_utf8_lossy(payload));
    let says = |word: &str| match cut {
        true => text.contains(&format!("\"{word}\"")),
        false => said.get("say").and_then(Value::as_str) == Some(word),
    };
    let stop = match kind {
        _ if says("object") => Stop::object,
        _ if says("restrict") => Stop::restrict,
        _ if says("refuse") => Stop::refuse,
        kind if kind == "stop" || says("withdraw") || says("erase") => Stop::withdraw,
        _ => return None,
    };
    let id: Option<ActId> = part(said.get("id")).or_else(|| format!("unread-{number}").parse().ok());
    let contact = part(body.get("contact")).or_else(|| header?.parse().ok());
    let identity = part(said.get("identity")).or_else(|| part(body.get("identity")));
    let now = now();
    Some(Rescued { contact, identity, stop: stop(id?, Reach::everything(), now, now) })
}

fn part<T: DeserializeOwned>(value: Option<&Value>) -> Option<T> {
    serde_json::from_value(value?.clone()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_by_its_place_and_without_its_words() {
        let body = br#"{"contact":"c-1","act":{"say":"grant","id":"a-1","purpose":"newsletter",
            "channel":"email","identity":"email:ada"}}"#;
        let bad = Order::read("act", body).unwrap_err();
        assert_eq!(bad.reason, "unreadable");
        assert!(bad.path.starts_with("act"), "{bad:?}");
        assert!(!bad.what.contains("ada"), "{bad:?}");
        assert_eq!(Order::read("dance", b"{}").unwrap_err().reason, "unknown_kind");
    }

    #[test]
    fn of_a_stop_is_taken_what_can_be_read() {
        let all = |kind, body: &str, header| rescue(kind, body.as_bytes(), header, 7);
        let cut = all("stop", r#"{"contact":"c-1","act":{"say":"withdr"#, Some("c-1")).unwrap();
        assert_eq!(
            (cut.contact, cut.stop.id().to_string().as_str()),
            (Some("c-1".parse().unwrap()), "unread-7")
        );
        let odd = r#"{"contact":"c-1","act":{"say":"object","id":"a-1","purpose":7}}"#;
        let odd = all("act", odd, None).unwrap();
        assert_eq!((odd.stop.kind().as_str(), odd.stop.id().to_string().as_str()), ("object", "a-1"));
        let cut =
            all("act", r#"{"contact":"c-1","act":{"say":"object","id":"a-1","purp"#, Some("c-1")).unwrap();
        assert_eq!((cut.contact.is_some(), cut.stop.kind().as_str()), (true, "object"));
        assert!(all("act", r#"{"contact":"c-1","act":{"say":"grant"}}"#, None).is_none());
        assert!(all("act", r#"{"contact":"c-1","act":{"say":"gra"#, None).is_none());
        let whose = r#"{"identity":"email:ada@example.org"}"#;
        assert!(all("stop", whose, None).unwrap().identity.is_some());
    }
}
