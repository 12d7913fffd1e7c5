//! The neutral format: one JSON object a line, nothing guessed. What a line says is checked here, as far as it can be
//! without the lines above it.

use std::borrow::Cow;

use placet::{
    ActId, Channel, ContactId, Instant, Purpose, Reach, Recipient, Scope, Stage,
    journey::Span,
    name::{EffectName, NO_STAGE, Name, SELF, SignalKind},
};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// The longest line, in bytes without its newline.
pub(crate) const LONGEST_LINE: usize = 65_536;

/// Why a line is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    BadJson,
    LineTooLong,
    DuplicateKey,
    Number,
    BadType,
    BadKind,
    BadFields,
    BadName,
    BadInstant,
    RuleWithoutNeeds,
    BeginsBeforeAt,
    UntilNotAfterAt,
    ConfirmByNotAfterAt,
    NowBeforeAt,
    IdReused,
    SustainCircle,
}

impl Why {
    /// The word for it in an answer.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Why::BadJson => "bad_json",
            Why::LineTooLong => "line_too_long",
            Why::DuplicateKey => "duplicate_key",
            Why::Number => "number",
            Why::BadType => "bad_type",
            Why::BadKind => "bad_kind",
            Why::BadFields => "bad_fields",
            Why::BadName => "bad_name",
            Why::BadInstant => "bad_instant",
            Why::RuleWithoutNeeds => "rule_without_needs",
            Why::BeginsBeforeAt => "begins_before_at",
            Why::UntilNotAfterAt => "until_not_after_at",
            Why::ConfirmByNotAfterAt => "confirm_by_not_after_at",
            Why::NowBeforeAt => "now_before_at",
            Why::IdReused => "id_reused",
            Why::SustainCircle => "sustain_circle",
        }
    }
}

/// A line, with what it leaves out filled in. Two lines of one content hash alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Line {
    pub(crate) id: Id,
    pub(crate) says: Says,
    /// When an act was written down; no part of its content (S2).
    pub(crate) recorded: Option<Instant>,
}

/// An id as the line writes it; [`ActId`] holds any of them.
pub(crate) type Id = ActId;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Says {
    Grant {
        contact: ContactId,
        at: Instant,
        scope: Scope,
        begins: Option<Instant>,
        until: Option<Instant>,
        confirm_by: Option<Instant>,
    },
    Void {
        contact: ContactId,
        at: Instant,
        act: ActId,
    },
    Confirm {
        contact: ContactId,
        at: Instant,
        grant: ActId,
    },
    Stop {
        contact: ContactId,
        at: Instant,
        kind: StopKind,
        reach: Reach,
        /// It concerns the address of the contact alone.
        only: bool,
    },
    Lift {
        contact: ContactId,
        at: Instant,
        restriction: bool,
        scope: Scope,
    },
    Link {
        contact: ContactId,
        key: Id,
    },
    Merge {
        from: ContactId,
        into: ContactId,
    },
    Rule {
        on: SignalKind,
        needs: Vec<Scope>,
        emit: EffectName,
        from: Option<Stage>,
        to: Option<Stage>,
        within: Option<Span>,
        still: Option<Vec<Stage>>,
    },
    Admission {
        on: SignalKind,
        needs: Vec<Scope>,
    },
    Sustain {
        stage: Stage,
        needs: Vec<Scope>,
        otherwise: Stage,
    },
    Signal {
        contact: ContactId,
        at: Instant,
        kind: SignalKind,
        now: Instant,
    },
    Ask {
        contact: ContactId,
        scope: Scope,
        now: Instant,
    },
    Send {
        signal: Id,
        rule: Id,
        now: Instant,
    },
    Reply {
        act: ActId,
        now: Instant,
    },
    Stage {
        contact: ContactId,
        now: Option<Instant>,
    },
    Profile {
        contact: ContactId,
        now: Instant,
        needs: Vec<Scope>,
    },
    Table {
        kind: SignalKind,
        now: Instant,
        needs: Vec<Scope>,
        k: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StopKind {
    Withdraw,
    Refuse,
    Object,
    Restrict,
    /// Until when.
    Pause(Instant),
    Erase,
}

/// Reads a line; `None` where there is nothing but white space.
pub(crate) fn read(line: &[u8]) -> Result<Option<Line>, Why> {
    if line.len() > LONGEST_LINE {
        return Err(Why::LineTooLong);
    }
    let text = std::str::from_utf8(line).map_err(|_| Why::BadJson)?;
    if text.trim().is_empty() {
        return Ok(None);
    }
    let json: Json<'_> = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        if message.starts_with("number out of range") {
            Why::Number
        } else if message.starts_with("recursion limit") {
            Why::BadFields
        } else {
            Why::BadJson
        }
    })?;
    let mut seen = Seen::default();
    seen.look(&json);
    if seen.duplicate {
        return Err(Why::DuplicateKey);
    }
    if seen.number {
        return Err(Why::Number);
    }
    match json {
        Json::Object(fields) => Fields(fields).line().map(Some),
        _ => Err(Why::BadFields),
    }
}

struct Fields<'t>(Vec<(Cow<'t, str>, Json<'t>)>);

impl<'t> Fields<'t> {
    fn line(mut self) -> Result<Line, Why> {
        let says = match self.text("type")?.as_ref() {
            "act" => self.act()?,
            "link" => Says::Link { contact: self.contact("contact")?, key: self.id("key")? },
            "merge" => Says::Merge { from: self.contact("from")?, into: self.contact("into")? },
            "rule" => Says::Rule {
                on: self.name("on")?,
                needs: self.needs()?,
                emit: self.name("emit")?,
                from: self.optional("from", name)?,
                to: self.optional("to", name)?,
                within: self.optional("within", span)?,
                still: self.stages("still")?,
            },
            "admission" => Says::Admission { on: self.name("on")?, needs: self.needs()? },
            "sustain" => {
                let stage = self.name("stage")?;
                if stage == NO_STAGE {
                    return Err(Why::BadName);
                }
                Says::Sustain { stage, needs: self.needs()?, otherwise: self.name("else")? }
            }
            "signal" => {
                let at = self.instant("at")?;
                let now = self.optional("now", instant)?.unwrap_or(at);
                Says::Signal { contact: self.contact("contact")?, at, kind: self.name("kind")?, now }
            }
            "ask" => Says::Ask {
                contact: self.contact("contact")?,
                scope: self.scope()?,
                now: self.instant("now")?,
            },
            "send" => {
                let emission = self.text("emission")?;
                let (signal, rule) = emission.split_once('#').ok_or(Why::BadName)?;
                Says::Send { signal: id(signal)?, rule: id(rule)?, now: self.instant("now")? }
            }
            "reply" => Says::Reply { act: self.id("act")?, now: self.instant("now")? },
            "stage" => Says::Stage { contact: self.contact("contact")?, now: self.optional("now", instant)? },
            "profile" => Says::Profile {
                contact: self.contact("contact")?,
                now: self.instant("now")?,
                needs: self.needs()?,
            },
            "table" => Says::Table {
                kind: self.name("kind")?,
                now: self.instant("now")?,
                needs: self.needs()?,
                k: self.k()?,
            },
            _ => return Err(Why::BadType),
        };
        let recorded = match &says {
            Says::Grant { .. }
            | Says::Void { .. }
            | Says::Confirm { .. }
            | Says::Stop { .. }
            | Says::Lift { .. } => self.optional("recorded", instant)?,
            _ => None,
        };
        let line = Line { id: self.id("id")?, says, recorded };
        if self.0.is_empty() { Ok(line) } else { Err(Why::BadFields) }
    }

    fn act(&mut self) -> Result<Says, Why> {
        let kind = self.text("kind")?;
        let stop = match kind.as_ref() {
            "grant" => {
                let (contact, at, scope) = (self.contact("contact")?, self.instant("at")?, self.scope()?);
                let begins = self.optional("begins", instant)?;
                let until = self.optional("until", instant)?;
                let confirm_by = self.optional("confirm_by", instant)?;
                if begins.is_some_and(|begins| begins < at) {
                    return Err(Why::BeginsBeforeAt);
                }
                if until.is_some_and(|until| until <= at.max(begins.unwrap_or(at))) {
                    return Err(Why::UntilNotAfterAt);
                }
                if confirm_by.is_some_and(|confirm_by| confirm_by <= at) {
                    return Err(Why::ConfirmByNotAfterAt);
                }
                return Ok(Says::Grant { contact, at, scope, begins, until, confirm_by });
            }
            "confirm" => {
                let (contact, at) = (self.contact("contact")?, self.instant("at")?);
                return Ok(Says::Confirm { contact, at, grant: self.id("grant")? });
            }
            "void" => {
                let (contact, at) = (self.contact("contact")?, self.instant("at")?);
                return Ok(Says::Void { contact, at, act: self.id("act")? });
            }
            "unobject" | "unrestrict" => {
                let restriction = kind.as_ref() == "unrestrict";
                let (contact, at) = (self.contact("contact")?, self.instant("at")?);
                return Ok(Says::Lift { contact, at, restriction, scope: self.scope()? });
            }
            "withdraw" => StopKind::Withdraw,
            "refuse" => StopKind::Refuse,
            "object" => StopKind::Object,
            "restrict" => StopKind::Restrict,
            "pause" => StopKind::Pause(self.instant("until")?),
            "erase" => StopKind::Erase,
            _ => return Err(Why::BadKind),
        };
        let (mut reach, mut only) = (Reach::everything(), false);
        if stop != StopKind::Erase {
            only = self.optional("only", address)?.is_some();
            if let Some(purpose) = self.optional("purpose", name::<Purpose>)? {
                reach = reach.purpose(purpose);
            }
            if let Some(channel) = self.optional("channel", name::<Channel>)? {
                reach = reach.by(channel);
            }
            if let Some(recipient) = self.optional("recipient", name::<Recipient>)? {
                reach = reach.to(recipient);
            }
        }
        let at = self.instant("at")?;
        if matches!(stop, StopKind::Pause(until) if until <= at) {
            return Err(Why::UntilNotAfterAt);
        }
        Ok(Says::Stop { contact: self.contact("contact")?, at, kind: stop, reach, only })
    }

    fn scope(&mut self) -> Result<Scope, Why> {
        let (purpose, channel) = (self.name("purpose")?, self.name("channel")?);
        Ok(Scope::new(purpose, channel, self.optional("recipient", name)?.unwrap_or(SELF)))
    }

    fn needs(&mut self) -> Result<Vec<Scope>, Why> {
        let Some(Json::List(needs)) = self.take("needs") else {
            return Err(Why::BadFields);
        };
        if needs.is_empty() {
            return Err(Why::RuleWithoutNeeds);
        }
        let need = |need| {
            let Json::Object(fields) = need else {
                return Err(Why::BadFields);
            };
            let mut fields = Fields(fields);
            let scope = fields.scope()?;
            if fields.0.is_empty() { Ok(scope) } else { Err(Why::BadFields) }
        };
        needs.into_iter().map(need).collect()
    }

    fn take(&mut self, field: &str) -> Option<Json<'t>> {
        let place = self.0.iter().position(|(name, _)| name == field)?;
        Some(self.0.swap_remove(place).1)
    }

    fn text(&mut self, field: &str) -> Result<Cow<'t, str>, Why> {
        match self.take(field) {
            Some(Json::Text(text)) => Ok(text),
            _ => Err(Why::BadFields),
        }
    }

    fn name<T: From<Name>>(&mut self, field: &str) -> Result<T, Why> {
        name(&self.text(field)?)
    }

    fn id(&mut self, field: &str) -> Result<Id, Why> {
        id(&self.text(field)?)
    }

    fn contact(&mut self, field: &str) -> Result<ContactId, Why> {
        ContactId::new(&self.text(field)?).map_err(|_| Why::BadName)
    }

    /// How many people make a cell: decimal digits, 10 or more (I19).
    fn k(&mut self) -> Result<u32, Why> {
        let text = self.text("k")?;
        let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|k| plain && *k >= 10).ok_or(Why::BadFields)
    }

    fn stages(&mut self, field: &str) -> Result<Option<Vec<Stage>>, Why> {
        let stage = |stage: &Json<'t>| match stage {
            Json::Text(text) => name(text),
            _ => Err(Why::BadFields),
        };
        match self.take(field) {
            None => Ok(None),
            Some(Json::List(stages)) if !stages.is_empty() => {
                stages.iter().map(stage).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(Why::BadFields),
        }
    }

    fn instant(&mut self, field: &str) -> Result<Instant, Why> {
        instant(&self.text(field)?)
    }

    fn optional<T>(&mut self, field: &str, read: impl Fn(&str) -> Result<T, Why>) -> Result<Option<T>, Why> {
        match self.take(field) {
            None => Ok(None),
            Some(Json::Text(text)) => read(&text).map(Some),
            Some(_) => Err(Why::BadFields),
        }
    }
}

fn name<T: From<Name>>(text: &str) -> Result<T, Why> {
    Name::new(text).map(T::from).map_err(|_| Why::BadName)
}

fn id(text: &str) -> Result<Id, Why> {
    ActId::new(text).map_err(|_| Why::BadName)
}

fn address(text: &str) -> Result<(), Why> {
    if text == "address" { Ok(()) } else { Err(Why::BadFields) }
}

/// A span of at most four digits, the first not 0, and one of the units that the format has.
fn span(text: &str) -> Result<Span, Why> {
    let fits = text.len() <= 5 && !text.starts_with('0') && !text.ends_with('w');
    text.parse().ok().filter(|_| fits).ok_or(Why::BadFields)
}

fn instant(text: &str) -> Result<Instant, Why> {
    Instant::parse(text).map_err(|_| Why::BadInstant)
}

/// JSON as it stands, repeated keys included.
enum Json<'t> {
    Text(Cow<'t, str>),
    Number,
    Other,
    List(Vec<Json<'t>>),
    Object(Vec<(Cow<'t, str>, Json<'t>)>),
}

/// What no line may have, anywhere.
#[derive(Default)]
struct Seen {
    duplicate: bool,
    number: bool,
}

impl Seen {
    fn look(&mut self, json: &Json<'_>) {
        match json {
            Json::Text(_) | Json::Other => {}
            Json::Number => self.number = true,
            Json::List(items) => items.iter().for_each(|item| self.look(item)),
            Json::Object(fields) => {
                let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_ref()).collect();
                let before = names.len();
                names.sort_unstable();
                names.dedup();
                self.duplicate |= names.len() < before;
                fields.iter().for_each(|(_, value)| self.look(value));
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json<'de>, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Json<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Json<'de>, E> {
                Ok(Json::Number)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Json<'de>, E> {
                Ok(Json::Number)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
                Ok(Json::Number)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
                Ok(Json::Other)
            }
            fn visit_unit<E>(self) -> Result<Json<'de>, E> {
                Ok(Json::Other)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(Json::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
                let mut fields = Vec::with_capacity(8);
                while let Some((Key(name), value)) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Json::Object(fields))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

struct Key<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key<'de>, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Text)
    }
}
