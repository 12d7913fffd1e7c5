//! Reading the neutral format from text, and refusing what is not it (SPEC section 3, S24).
//!
//! Order of the checks, where several apply: length, JSON, repeated keys, numbers, type, kind, fields, names, instants, and
//! then what a line says about itself. Re-used ids, circles and a `now` before its `at` are the oracle's to find.

use super::neutral::{Act, Deed, Instant, LiftKind, Line, Reach, Scope, Span, StopKind, Why};
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
    let mut pieces = text.split(|&byte| byte == b'\n').peekable();
    let mut number = 0;
    while let Some(piece) = pieces.next() {
        number += 1;
        // A carriage return that belongs to the newline is no part of the line; behind the last newline there is none.
        let line = if pieces.peek().is_some() { piece.strip_suffix(b"\r").unwrap_or(piece) } else { piece };
        match read_line(line, instants) {
            Ok(None) => {}
            Ok(Some(line)) => lines.push((number, line)),
            Err(why) => return (lines, Some((number, why))),
        }
    }
    (lines, None)
}

/// One line without its newline, or nothing where it is empty: spaces, tabs and carriage returns, however many.
pub fn read_line(line: &[u8], instants: ReadInstant) -> Result<Option<Line>, Why> {
    if line.iter().all(|byte| b" \t\r".contains(byte)) {
        return Ok(None);
    }
    if line.len() > LONGEST_LINE {
        return Err(Why::LineTooLong);
    }
    let text = std::str::from_utf8(line).map_err(|_| Why::BadJson)?;
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

/// Names: 1 to 64 of `a-z 0-9 + . _ : / -`, beginning with a letter or digit.
pub fn is_name(text: &str) -> bool {
    let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=64).contains(&text.len())
        && text.bytes().next().is_some_and(first)
        && text.bytes().all(|byte| first(byte) || b"+._:/-".contains(&byte))
}

/// Ids and keys, which other systems gave: 1 to 128 of `!` to `~` but `"`, `#`, `@` and the backslash.
pub fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|byte| (b'!'..=b'~').contains(&byte) && !b"\"#@\\".contains(&byte))
}

/// A span: 1 to 4 digits, the first not 0, and one of `s m h d`.
pub fn span(text: &str) -> Option<Span> {
    let number = text.get(..text.len().checked_sub(1)?)?;
    let unit = match text.get(number.len()..)? {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let in_form = (1..=4).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with('0');
    let seconds = number.parse::<i64>().ok().filter(|_| in_form)? * unit;
    Some(Span { text: text.to_owned(), seconds })
}

/// The fields of one line, all text but `needs` and `still`.
struct Fields {
    fields: Vec<(String, Node)>,
    instants: ReadInstant,
}

impl Fields {
    fn line(&self) -> Result<Line, Why> {
        match self.text("type")? {
            "act" => self.act().map(Line::Act),
            "link" => {
                self.only(&["contact", "key"])?;
                Ok(Line::Link { id: self.id("id")?, contact: self.id("contact")?, key: self.id("key")? })
            }
            "merge" => {
                self.only(&["from", "into"])?;
                Ok(Line::Merge { id: self.id("id")?, from: self.id("from")?, into: self.id("into")? })
            }
            "rule" => {
                self.only(&["on", "needs", "emit", "from?", "to?", "within?", "still?"])?;
                Ok(Line::Rule {
                    id: self.id("id")?,
                    on: self.name("on")?,
                    needs: self.needs()?,
                    emit: self.name("emit")?,
                    from: self.maybe_name("from")?,
                    to: self.maybe_name("to")?,
                    within: self.maybe("within", |text| span(text).ok_or(Why::BadFields))?,
                    still: self.still()?,
                })
            }
            "admission" => {
                self.only(&["on", "needs"])?;
                Ok(Line::Admission { id: self.id("id")?, on: self.name("on")?, needs: self.needs()? })
            }
            "sustain" => {
                self.only(&["stage", "needs", "else"])?;
                let (stage, otherwise) = (self.name("stage")?, self.name("else")?);
                if stage == "none" {
                    return Err(Why::BadName);
                }
                Ok(Line::Sustain { id: self.id("id")?, stage, needs: self.needs()?, otherwise })
            }
            "signal" => {
                self.only(&["contact", "at", "kind", "now?"])?;
                let (kind, at, now) =
                    (self.name("kind")?, self.instant("at")?, self.maybe("now", self.instants)?);
                let (id, contact) = (self.id("id")?, self.id("contact")?);
                Ok(Line::Signal { id, contact, at, kind, now: now.unwrap_or(at) })
            }
            "ask" => {
                self.only(&["contact", "now", "purpose", "channel", "recipient?"])?;
                Ok(Line::Ask {
                    id: self.id("id")?,
                    contact: self.id("contact")?,
                    scope: self.scope()?,
                    now: self.instant("now")?,
                })
            }
            "send" => {
                self.only(&["emission", "now"])?;
                let emission = self.text("emission")?.split_once('#');
                let (signal, rule) =
                    emission.filter(|(signal, rule)| is_id(signal) && is_id(rule)).ok_or(Why::BadName)?;
                let (signal, rule) = (signal.to_owned(), rule.to_owned());
                Ok(Line::Send { id: self.id("id")?, signal, rule, now: self.instant("now")? })
            }
            "reply" => {
                self.only(&["act", "now"])?;
                Ok(Line::Reply { id: self.id("id")?, act: self.id("act")?, now: self.instant("now")? })
            }
            "stage" => {
                self.only(&["contact", "now?"])?;
                Ok(Line::Stage {
                    id: self.id("id")?,
                    contact: self.id("contact")?,
                    now: self.maybe("now", self.instants)?,
                })
            }
            _ => Err(Why::BadType),
        }
    }

    fn act(&self) -> Result<Act, Why> {
        let fields =
            |more: &[&'static str]| self.only(&[&["contact", "at", "kind", "recorded?"], more].concat());
        let stop = ["purpose?", "channel?", "recipient?", "only?"];
        let kind = self.text("kind")?;
        match kind {
            "grant" => fields(&["purpose", "channel", "recipient?", "begins?", "until?", "confirm_by?"])?,
            "confirm" => fields(&["grant"])?,
            "withdraw" | "refuse" | "object" | "restrict" => fields(&stop)?,
            "pause" => fields(&[&stop[..], &["until"]].concat())?,
            "unobject" | "unrestrict" => fields(&["purpose", "channel", "recipient?"])?,
            "void" => fields(&["act"])?,
            "erase" => fields(&[])?,
            _ => return Err(Why::BadKind),
        }
        let (id, contact, at) = (self.id("id")?, self.id("contact")?, self.instant("at")?);
        let recorded = self.maybe("recorded", self.instants)?;
        let lift = |kind| Ok(Deed::Lift { kind, scope: self.scope()? });
        let deed = match kind {
            "grant" => self.grant(at),
            "confirm" => Ok(Deed::Confirm { grant: self.id("grant")? }),
            "withdraw" => self.stop(StopKind::Withdraw),
            "refuse" => self.stop(StopKind::Refuse),
            "object" => self.stop(StopKind::Object),
            "restrict" => self.stop(StopKind::Restrict),
            "pause" => match self.instant("until")? {
                until if until <= at => Err(Why::UntilNotAfterAt),
                until => self.stop(StopKind::Pause { until }),
            },
            "unobject" => lift(LiftKind::Unobject),
            "unrestrict" => lift(LiftKind::Unrestrict),
            "void" => Ok(Deed::Void { act: self.id("act")? }),
            _ => Ok(Deed::Erase),
        };
        Ok(Act { id, contact, at, recorded, deed: deed? })
    }

    /// What a grant says about instants is compared with its `at` as it stands, whenever it was recorded.
    fn grant(&self, at: Instant) -> Result<Deed, Why> {
        let [begins, until, confirm_by] =
            ["begins", "until", "confirm_by"].map(|field| self.maybe(field, self.instants));
        let (scope, begins, until, confirm_by) = (self.scope()?, begins?, until?, confirm_by?);
        if begins.is_some_and(|begins| begins < at) {
            return Err(Why::BeginsBeforeAt);
        }
        if until.is_some_and(|until| until <= begins.unwrap_or(at)) {
            return Err(Why::UntilNotAfterAt);
        }
        if confirm_by.is_some_and(|confirm_by| confirm_by <= at) {
            return Err(Why::ConfirmByNotAfterAt);
        }
        Ok(Deed::Grant { scope, begins, until, confirm_by })
    }

    fn stop(&self, kind: StopKind) -> Result<Deed, Why> {
        let only = self.maybe("only", |text| (text == "address").then_some(()).ok_or(Why::BadFields))?;
        let part = |name| self.maybe_name(name);
        let reach =
            Reach { purpose: part("purpose")?, channel: part("channel")?, recipient: part("recipient")? };
        Ok(Deed::Stop { kind, reach, only: only.is_some() })
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

    fn still(&self) -> Result<Option<Vec<String>>, Why> {
        let stages = match self.get("still") {
            None => return Ok(None),
            Some(Node::List(stages)) if !stages.is_empty() => stages,
            Some(_) => return Err(Why::BadFields),
        };
        let stage = |stage: &Node| match stage {
            Node::Text(stage) if is_name(stage) => Ok(stage.clone()),
            _ => Err(Why::BadFields),
        };
        stages.iter().map(stage).collect::<Result<_, _>>().map(Some)
    }

    /// `type`, `id`, these and no others; those with a question mark may be absent.
    fn only(&self, names: &[&str]) -> Result<(), Why> {
        self.exactly(&[&["type", "id"], names].concat())
    }

    fn exactly(&self, names: &[&str]) -> Result<(), Why> {
        let known = |field: &str| names.iter().any(|name| name.trim_end_matches('?') == field);
        let missing = names.iter().any(|name| !name.ends_with('?') && self.get(name).is_none());
        let shaped = |(field, node): &(String, Node)| {
            let list = matches!(field.as_str(), "needs" | "still");
            known(field) && matches!((list, node), (true, Node::List(_)) | (false, Node::Text(_)))
        };
        if missing || !self.fields.iter().all(shaped) { Err(Why::BadFields) } else { Ok(()) }
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, node)| node)
    }

    fn text(&self, name: &str) -> Result<&str, Why> {
        if let Some(Node::Text(text)) = self.get(name) { Ok(text) } else { Err(Why::BadFields) }
    }

    fn id(&self, field: &str) -> Result<String, Why> {
        self.text(field).and_then(|text| if is_id(text) { Ok(text.to_owned()) } else { Err(Why::BadName) })
    }

    fn name(&self, field: &str) -> Result<String, Why> {
        self.text(field).and_then(|text| if is_name(text) { Ok(text.to_owned()) } else { Err(Why::BadName) })
    }

    fn instant(&self, field: &str) -> Result<Instant, Why> {
        self.text(field).and_then(self.instants)
    }

    fn maybe<T>(&self, field: &str, read: impl Fn(&str) -> Result<T, Why>) -> Result<Option<T>, Why> {
        self.get(field).map(|_| self.text(field).and_then(read)).transpose()
    }

    fn maybe_name(&self, field: &str) -> Result<Option<String>, Why> {
        self.get(field).map(|_| self.name(field)).transpose()
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
