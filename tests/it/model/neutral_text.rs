//! Reading the neutral format from text, and refusing what is not it (SPEC section 3, S24).
//!
//! Order of the checks, where several apply: length, JSON, repeated keys, numbers, type, kind, fields, names, instants, and
//! then what a line says about itself. Re-used ids, circles and a `now` before its `at` are the oracle's to find.

use super::neutral::{Instant, LiftKind, Line, Reach, Scope, StopKind, Why};
use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The longest line, in bytes without its newline.
pub const LONGEST_LINE: usize = 65_536;

/// What reads an instant; the oracle's seeded faults put a broken one in its place.
pub type ReadInstant = fn(&str) -> Result<Instant, Why>;

/// Where a history is broken, and why.
pub type Rejected = Option<(usize, Why)>;

/// The lines of a text with their numbers (from 1, empty lines counted), up to the first that is rejected.
pub fn read_text(text: &[u8], instants: ReadInstant) -> (Vec<(usize, Line)>, Rejected) {
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        match read_line(line, instants) {
            Ok(None) => {}
            Ok(Some(line)) => lines.push((number, line)),
            Err(why) => return (lines, Some((number, why))),
        }
    }
    (lines, None)
}

/// One line, or nothing where it is nothing but white space.
pub fn read_line(line: &[u8], instants: ReadInstant) -> Result<Option<Line>, Why> {
    if line.len() > LONGEST_LINE {
        return Err(Why::LineTooLong);
    }
    let text = std::str::from_utf8(line).map_err(|_| Why::BadJson)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    // Syntax first, without recursion and whatever the size of a number: what is left to fail then is a matter of meaning.
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| Why::BadJson)?;
    let node: Node = serde_json::from_str(text).map_err(|error| match error.to_string() {
        message if message.starts_with("number out of range") => Why::Number,
        message if message.starts_with("recursion limit") => Why::BadFields,
        _ => Why::BadJson,
    })?;
    node.refuse_repeated_keys()?;
    node.refuse_numbers()?;
    let Node::Object(fields) = node else {
        return Err(Why::BadFields);
    };
    Fields { fields, instants }.line().map(Some)
}

/// RFC 3339 as section 3 has it: capital `T` and `Z`, seconds to 59, years 0001 to 9999 here and in UTC.
pub fn instant(text: &str) -> Result<Instant, Why> {
    let digits = |range: std::ops::Range<usize>| -> Option<u32> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let parts = || -> Option<Instant> {
        let separators = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
        if separators.iter().any(|&(place, mark)| text.get(place..place + 1) != Some(mark)) {
            return None;
        }
        let year = digits(0..4).filter(|&year| year >= 1)?;
        let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(5..7)?, digits(8..10)?)?;
        let time = day.and_hms_opt(digits(11..13)?, digits(14..16)?, digits(17..19)?)?;
        let (fraction, zone) = text.get(19..)?.split_at(text.get(19..)?.find(['Z', '+', '-'])?);
        let nanos = match fraction.strip_prefix('.') {
            None if fraction.is_empty() => 0,
            Some(part) if (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                format!("{part:0<9}").parse().ok()?
            }
            _ => return None,
        };
        let east = match zone {
            "Z" => 0,
            _ if zone.len() == 6 && zone.starts_with(['+', '-']) && zone.get(3..4) == Some(":") => {
                let (hours, minutes) =
                    (digits(text.len() - 5..text.len() - 3)?, digits(text.len() - 2..text.len())?);
                let seconds = i64::from((hours < 24 && minutes < 60).then_some(hours * 3600 + minutes * 60)?);
                if zone.starts_with('-') { -seconds } else { seconds }
            }
            _ => return None,
        };
        let seconds = time.and_utc().timestamp().checked_sub(east)?;
        // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, after conversion.
        (-62_135_596_800..=253_402_300_799).contains(&seconds).then_some(Instant { seconds, nanos })
    };
    parts().ok_or(Why::BadInstant)
}

/// Ids and names: 1 to 64 of `a-z 0-9 + . _ : / -`, beginning with a letter or digit.
pub fn is_name(text: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=64).contains(&text.len())
        && text.bytes().next().is_some_and(first)
        && text.bytes().all(|byte| first(byte) || b"+._:/-".contains(&byte))
}

/// The fields of one line, all text but `needs`.
struct Fields {
    fields: Vec<(String, Node)>,
    instants: ReadInstant,
}

impl Fields {
    fn line(&self) -> Result<Line, Why> {
        let act = |more: &[&'static str]| [&["contact", "at", "kind"], more].concat();
        let narrow = ["purpose", "channel", "recipient?"];
        match self.text("type")? {
            "act" => match self.text("kind")? {
                "grant" => {
                    self.only(&[act(&narrow), vec!["until?", "confirm_by?"]].concat())?;
                    let (scope, until, confirm_by) =
                        (self.scope()?, self.maybe_instant("until")?, self.maybe_instant("confirm_by")?);
                    let (id, contact, at) = self.head()?;
                    match (until, confirm_by) {
                        (Some(until), _) if until <= at => Err(Why::UntilNotAfterAt),
                        (_, Some(confirm_by)) if confirm_by <= at => Err(Why::ConfirmByNotAfterAt),
                        _ => Ok(Line::Grant { id, contact, at, scope, until, confirm_by }),
                    }
                }
                "confirm" => {
                    self.only(&act(&["grant"]))?;
                    let (id, contact, at) = self.head()?;
                    Ok(Line::Confirm { id, contact, at, grant: self.name("grant")? })
                }
                "withdraw" => self.stop(StopKind::Withdraw),
                "refuse" => self.stop(StopKind::Refuse),
                "object" => self.stop(StopKind::Object),
                "restrict" => self.stop(StopKind::Restrict),
                "unobject" => self.lift(LiftKind::Unobject),
                "unrestrict" => self.lift(LiftKind::Unrestrict),
                "erase" => {
                    self.only(&act(&[]))?;
                    let (id, contact, at) = self.head()?;
                    Ok(Line::Erase { id, contact, at })
                }
                _ => Err(Why::BadKind),
            },
            "link" => {
                self.only(&["contact", "key"])?;
                Ok(Line::Link {
                    id: self.name("id")?,
                    contact: self.name("contact")?,
                    key: self.name("key")?,
                })
            }
            "merge" => {
                self.only(&["from", "into"])?;
                Ok(Line::Merge { id: self.name("id")?, from: self.name("from")?, into: self.name("into")? })
            }
            "rule" => {
                self.only(&["on", "needs", "emit", "from?", "to?"])?;
                let (from, to) = (self.maybe_name("from")?, self.maybe_name("to")?);
                Ok(Line::Rule {
                    id: self.name("id")?,
                    on: self.name("on")?,
                    needs: self.needs()?,
                    emit: self.name("emit")?,
                    from,
                    to,
                })
            }
            "admission" => {
                self.only(&["on", "needs"])?;
                Ok(Line::Admission { id: self.name("id")?, on: self.name("on")?, needs: self.needs()? })
            }
            "sustain" => {
                self.only(&["stage", "needs", "else"])?;
                let (stage, otherwise) = (self.name("stage")?, self.name("else")?);
                Ok(Line::Sustain { id: self.name("id")?, stage, needs: self.needs()?, otherwise })
            }
            "signal" => {
                self.only(&["contact", "at", "kind", "now?"])?;
                let (kind, now) = (self.name("kind")?, self.maybe_instant("now")?);
                let (id, contact, at) = self.head()?;
                Ok(Line::Signal { id, contact, at, kind, now: now.unwrap_or(at) })
            }
            "ask" => {
                self.only(&[&["contact", "now"], &narrow[..]].concat())?;
                Ok(Line::Ask {
                    id: self.name("id")?,
                    contact: self.name("contact")?,
                    scope: self.scope()?,
                    now: self.instant("now")?,
                })
            }
            "send" => {
                self.only(&["emission", "now"])?;
                let emission = self.text("emission")?.split_once('#');
                let (signal, rule) =
                    emission.filter(|(signal, rule)| is_name(signal) && is_name(rule)).ok_or(Why::BadName)?;
                let (signal, rule) = (signal.to_owned(), rule.to_owned());
                Ok(Line::Send { id: self.name("id")?, signal, rule, now: self.instant("now")? })
            }
            "stage" => {
                self.only(&["contact", "now?"])?;
                Ok(Line::Stage {
                    id: self.name("id")?,
                    contact: self.name("contact")?,
                    now: self.maybe_instant("now")?,
                })
            }
            _ => Err(Why::BadType),
        }
    }

    fn stop(&self, kind: StopKind) -> Result<Line, Why> {
        self.only(&["contact", "at", "kind", "purpose?", "channel?", "recipient?"])?;
        let part = |name| self.maybe_name(name);
        let reach =
            Reach { purpose: part("purpose")?, channel: part("channel")?, recipient: part("recipient")? };
        let (id, contact, at) = self.head()?;
        Ok(Line::Stop { id, contact, at, kind, reach })
    }

    fn lift(&self, kind: LiftKind) -> Result<Line, Why> {
        self.only(&["contact", "at", "kind", "purpose", "channel", "recipient?"])?;
        let scope = self.scope()?;
        let (id, contact, at) = self.head()?;
        Ok(Line::Lift { id, contact, at, kind, scope })
    }

    fn head(&self) -> Result<(String, String, Instant), Why> {
        Ok((self.name("id")?, self.name("contact")?, self.instant("at")?))
    }

    fn scope(&self) -> Result<Scope, Why> {
        let recipient = self.maybe_name("recipient")?.unwrap_or_else(|| "self".into());
        Ok(Scope { purpose: self.name("purpose")?, channel: self.name("channel")?, recipient })
    }

    fn needs(&self) -> Result<Vec<Scope>, Why> {
        let Some(Node::List(needs)) = self.get("needs") else {
            return Err(Why::BadFields);
        };
        let need = |need: &Node| {
            let Node::Object(fields) = need else {
                return Err(Why::BadFields);
            };
            let need = Fields { fields: fields.clone(), instants: self.instants };
            need.exactly(&["purpose", "channel", "recipient?"])?;
            need.scope()
        };
        if needs.is_empty() { Err(Why::RuleWithoutNeeds) } else { needs.iter().map(need).collect() }
    }

    /// `type`, `id`, these and no others; those with a question mark may be absent.
    fn only(&self, names: &[&str]) -> Result<(), Why> {
        self.exactly(&[&["type", "id"], names].concat())
    }

    fn exactly(&self, names: &[&str]) -> Result<(), Why> {
        let known = |field: &str| names.iter().any(|name| name.trim_end_matches('?') == field);
        let missing = names.iter().any(|name| !name.ends_with('?') && self.get(name).is_none());
        let shaped = |(field, node): &(String, Node)| {
            known(field) && matches!((field.as_str(), node), ("needs", Node::List(_)) | (_, Node::Text(_)))
        };
        if missing || !self.fields.iter().all(shaped) { Err(Why::BadFields) } else { Ok(()) }
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, node)| node)
    }

    fn text(&self, name: &str) -> Result<&str, Why> {
        if let Some(Node::Text(text)) = self.get(name) { Ok(text) } else { Err(Why::BadFields) }
    }

    fn name(&self, name: &str) -> Result<String, Why> {
        self.text(name).and_then(|text| if is_name(text) { Ok(text.to_owned()) } else { Err(Why::BadName) })
    }

    fn maybe_name(&self, name: &str) -> Result<Option<String>, Why> {
        self.get(name).map(|_| self.name(name)).transpose()
    }

    fn instant(&self, name: &str) -> Result<Instant, Why> {
        self.text(name).and_then(self.instants)
    }

    fn maybe_instant(&self, name: &str) -> Result<Option<Instant>, Why> {
        self.get(name).map(|_| self.instant(name)).transpose()
    }
}

/// JSON with every key of an object kept, so that a repeated one can be seen.
#[derive(Clone, Debug)]
enum Node {
    Text(String),
    Number,
    /// true, false or null.
    Other,
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    fn refuse_repeated_keys(&self) -> Result<(), Why> {
        match self {
            Self::List(nodes) => nodes.iter().try_for_each(Self::refuse_repeated_keys),
            Self::Object(fields) => {
                let mut keys: Vec<&str> = fields.iter().map(|(key, _)| key.as_str()).collect();
                keys.sort_unstable();
                if keys.windows(2).any(|pair| pair[0] == pair[1]) {
                    return Err(Why::DuplicateKey);
                }
                fields.iter().try_for_each(|(_, node)| node.refuse_repeated_keys())
            }
            _ => Ok(()),
        }
    }

    fn refuse_numbers(&self) -> Result<(), Why> {
        match self {
            Self::Number => Err(Why::Number),
            Self::List(nodes) => nodes.iter().try_for_each(Self::refuse_numbers),
            Self::Object(fields) => fields.iter().try_for_each(|(_, node)| node.refuse_numbers()),
            Self::Text(_) | Self::Other => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Node;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("any JSON")
            }
            fn visit_str<E>(self, text: &str) -> Result<Node, E> {
                Ok(Node::Text(text.to_owned()))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
                Ok(Node::Number)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
                Ok(Node::Number)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
                Ok(Node::Number)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
                Ok(Node::Other)
            }
            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
                std::iter::from_fn(|| list.next_element().transpose())
                    .collect::<Result<_, _>>()
                    .map(Node::List)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
                std::iter::from_fn(|| map.next_entry().transpose())
                    .collect::<Result<_, _>>()
                    .map(Node::Object)
            }
        }
        from.deserialize_any(Any)
    }
}
