//! The neutral format of SPEC section 3 as plain data: one [`Line`] per line of a history.
//!
//! What is left open in the text is settled here once: a missing `recipient` is `self`, a missing `now` of a signal is
//! its `at`, and an instant is a point on the UTC line. Two lines with the same content are therefore equal values (S2, S3).
//! Reading text is `neutral_text.rs`.

use chrono::{DateTime, FixedOffset};
use serde_json::{Map, Value, json};

/// A point on the UTC line: whole seconds since 1970 and nanoseconds within the second (S3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    pub seconds: i64,
    pub nanos: u32,
}

/// How the text of a line is written; none of it changes an answer (law 8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// The offset in which instants are written, in minutes; 0 is `Z`.
    pub offset_minutes: i32,
    /// Write what could be left out: `recipient` self, a `now` that is the `at`, all nine fraction digits.
    pub in_full: bool,
}

/// Purpose x channel x recipient, each named (S4).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    pub purpose: String,
    pub channel: String,
    pub recipient: String,
}

/// What a stop covers; an absent part matches every value (S4).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reach {
    pub purpose: Option<String>,
    pub channel: Option<String>,
    pub recipient: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StopKind {
    Withdraw,
    Refuse,
    Object,
    Restrict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiftKind {
    Unobject,
    Unrestrict,
}

/// One line of a history.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    Grant {
        id: String,
        contact: String,
        at: Instant,
        scope: Scope,
        until: Option<Instant>,
        confirm_by: Option<Instant>,
    },
    Confirm {
        id: String,
        contact: String,
        at: Instant,
        grant: String,
    },
    Stop {
        id: String,
        contact: String,
        at: Instant,
        kind: StopKind,
        reach: Reach,
    },
    Lift {
        id: String,
        contact: String,
        at: Instant,
        kind: LiftKind,
        scope: Scope,
    },
    Erase {
        id: String,
        contact: String,
        at: Instant,
    },
    Link {
        id: String,
        contact: String,
        key: String,
    },
    Merge {
        id: String,
        from: String,
        into: String,
    },
    Rule {
        id: String,
        on: String,
        needs: Vec<Scope>,
        emit: String,
        from: Option<String>,
        to: Option<String>,
    },
    Admission {
        id: String,
        on: String,
        needs: Vec<Scope>,
    },
    Sustain {
        id: String,
        stage: String,
        needs: Vec<Scope>,
        otherwise: String,
    },
    Signal {
        id: String,
        contact: String,
        at: Instant,
        kind: String,
        now: Instant,
    },
    Ask {
        id: String,
        contact: String,
        now: Instant,
        scope: Scope,
    },
    /// `signal` and `rule` are the two halves of the emission id `SIGNAL#RULE` (S22).
    Send {
        id: String,
        signal: String,
        rule: String,
        now: Instant,
    },
    Stage {
        id: String,
        contact: String,
        now: Option<Instant>,
    },
}

/// Why a line is rejected (section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
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
    UntilNotAfterAt,
    ConfirmByNotAfterAt,
    NowBeforeAt,
    IdReused,
    SustainCircle,
}

impl Why {
    /// The word the runner prints.
    pub fn word(self) -> &'static str {
        match self {
            Self::BadJson => "bad_json",
            Self::LineTooLong => "line_too_long",
            Self::DuplicateKey => "duplicate_key",
            Self::Number => "number",
            Self::BadType => "bad_type",
            Self::BadKind => "bad_kind",
            Self::BadFields => "bad_fields",
            Self::BadName => "bad_name",
            Self::BadInstant => "bad_instant",
            Self::RuleWithoutNeeds => "rule_without_needs",
            Self::UntilNotAfterAt => "until_not_after_at",
            Self::ConfirmByNotAfterAt => "confirm_by_not_after_at",
            Self::NowBeforeAt => "now_before_at",
            Self::IdReused => "id_reused",
            Self::SustainCircle => "sustain_circle",
        }
    }
}

impl Instant {
    pub const fn new(seconds: i64, nanos: u32) -> Self {
        Self { seconds, nanos }
    }

    /// The instant as RFC 3339; an offset that would leave the years 0001 to 9999 is written as `Z` instead.
    pub fn spell(self, how: Spelling) -> String {
        let utc = DateTime::from_timestamp(self.seconds, self.nanos).expect("years 0001 to 9999").naive_utc();
        let local = FixedOffset::east_opt(how.offset_minutes * 60)
            .and_then(|offset| utc.checked_add_offset(offset))
            .filter(|local| ("0001".."9999\u{7f}").contains(&local.format("%Y").to_string().as_str()));
        let (local, offset) = local.map_or((utc, 0), |local| (local, how.offset_minutes));
        let fraction = match format!("{:09}", self.nanos) {
            digits if how.in_full => format!(".{digits}"),
            _ if self.nanos == 0 => String::new(),
            digits => format!(".{}", digits.trim_end_matches('0')),
        };
        let sign = if offset < 0 { '-' } else { '+' };
        let zone = match offset.abs() {
            0 => "Z".to_owned(),
            minutes => format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
        };
        format!("{}{fraction}{zone}", local.format("%Y-%m-%dT%H:%M:%S"))
    }
}

impl Scope {
    pub fn new(purpose: &str, channel: &str, recipient: &str) -> Self {
        Self { purpose: purpose.into(), channel: channel.into(), recipient: recipient.into() }
    }

    fn fields(&self, how: Spelling) -> Map<String, Value> {
        let recipient = (how.in_full || self.recipient != "self").then_some(&self.recipient);
        keep(json!({"purpose": self.purpose, "channel": self.channel, "recipient": recipient}))
    }
}

impl Reach {
    /// The reach of exactly one scope.
    pub fn only(scope: &Scope) -> Self {
        let Scope { purpose, channel, recipient } = scope.clone();
        Self { purpose: Some(purpose), channel: Some(channel), recipient: Some(recipient) }
    }

    /// S4: a part left out matches every value; names match by equality only.
    pub fn covers(&self, scope: &Scope) -> bool {
        [
            (&self.purpose, &scope.purpose),
            (&self.channel, &scope.channel),
            (&self.recipient, &scope.recipient),
        ]
        .into_iter()
        .all(|(part, name)| part.as_ref().is_none_or(|part| part == name))
    }
}

impl Line {
    pub fn id(&self) -> &str {
        match self {
            Self::Grant { id, .. }
            | Self::Confirm { id, .. }
            | Self::Stop { id, .. }
            | Self::Lift { id, .. } => id,
            Self::Erase { id, .. }
            | Self::Link { id, .. }
            | Self::Merge { id, .. }
            | Self::Rule { id, .. } => id,
            Self::Admission { id, .. } | Self::Sustain { id, .. } | Self::Signal { id, .. } => id,
            Self::Ask { id, .. } | Self::Send { id, .. } | Self::Stage { id, .. } => id,
        }
    }

    /// The same line under another id.
    #[must_use]
    pub fn with_id(mut self, new: &str) -> Self {
        match &mut self {
            Self::Grant { id, .. }
            | Self::Confirm { id, .. }
            | Self::Stop { id, .. }
            | Self::Lift { id, .. } => new.clone_into(id),
            Self::Erase { id, .. }
            | Self::Link { id, .. }
            | Self::Merge { id, .. }
            | Self::Rule { id, .. } => new.clone_into(id),
            Self::Admission { id, .. } | Self::Sustain { id, .. } | Self::Signal { id, .. } => {
                new.clone_into(id)
            }
            Self::Ask { id, .. } | Self::Send { id, .. } | Self::Stage { id, .. } => new.clone_into(id),
        }
        self
    }

    /// An act: what a contact's ledger holds.
    pub fn is_act(&self) -> bool {
        matches!(
            self,
            Self::Grant { .. }
                | Self::Confirm { .. }
                | Self::Stop { .. }
                | Self::Lift { .. }
                | Self::Erase { .. }
        )
    }

    /// The line as compact JSON text with sorted keys.
    pub fn to_text(&self, how: Spelling) -> String {
        Value::Object(self.fields(how)).to_string()
    }

    fn fields(&self, how: Spelling) -> Map<String, Value> {
        let t = |instant: &Instant| instant.spell(how);
        let t_opt = |instant: &Option<Instant>| instant.as_ref().map(t);
        let list =
            |needs: &[Scope]| needs.iter().map(|need| Value::Object(need.fields(how))).collect::<Vec<_>>();
        let with = |fields: Value, more: Map<String, Value>| keep(fields).into_iter().chain(more).collect();
        match self {
            Self::Grant { id, contact, at, scope, until, confirm_by } => with(
                json!({"type": "act", "kind": "grant", "id": id, "contact": contact, "at": t(at),
                    "until": t_opt(until), "confirm_by": t_opt(confirm_by)}),
                scope.fields(how),
            ),
            Self::Confirm { id, contact, at, grant } => keep(
                json!({"type": "act", "kind": "confirm", "id": id, "contact": contact, "at": t(at), "grant": grant}),
            ),
            Self::Stop { id, contact, at, kind, reach } => keep(
                json!({"type": "act", "kind": stop_word(*kind), "id": id, "contact": contact, "at": t(at),
                    "purpose": reach.purpose, "channel": reach.channel, "recipient": reach.recipient}),
            ),
            Self::Lift { id, contact, at, kind, scope } => with(
                json!({"type": "act", "kind": lift_word(*kind), "id": id, "contact": contact, "at": t(at)}),
                scope.fields(how),
            ),
            Self::Erase { id, contact, at } => {
                keep(json!({"type": "act", "kind": "erase", "id": id, "contact": contact, "at": t(at)}))
            }
            Self::Link { id, contact, key } => {
                keep(json!({"type": "link", "id": id, "contact": contact, "key": key}))
            }
            Self::Merge { id, from, into } => {
                keep(json!({"type": "merge", "id": id, "from": from, "into": into}))
            }
            Self::Rule { id, on, needs, emit, from, to } => keep(
                json!({"type": "rule", "id": id, "on": on, "needs": list(needs), "emit": emit, "from": from, "to": to}),
            ),
            Self::Admission { id, on, needs } => {
                keep(json!({"type": "admission", "id": id, "on": on, "needs": list(needs)}))
            }
            Self::Sustain { id, stage, needs, otherwise } => keep(
                json!({"type": "sustain", "id": id, "stage": stage, "needs": list(needs), "else": otherwise}),
            ),
            Self::Signal { id, contact, at, kind, now } => {
                let now = (how.in_full || now != at).then(|| t(now));
                keep(
                    json!({"type": "signal", "id": id, "contact": contact, "at": t(at), "kind": kind, "now": now}),
                )
            }
            Self::Ask { id, contact, now, scope } => {
                with(json!({"type": "ask", "id": id, "contact": contact, "now": t(now)}), scope.fields(how))
            }
            Self::Send { id, signal, rule, now } => {
                keep(json!({"type": "send", "id": id, "emission": format!("{signal}#{rule}"), "now": t(now)}))
            }
            Self::Stage { id, contact, now } => {
                keep(json!({"type": "stage", "id": id, "contact": contact, "now": t_opt(now)}))
            }
        }
    }
}

/// A whole history as text, every line spelled alike.
pub fn to_text(lines: &[Line], how: Spelling) -> String {
    lines.iter().map(|line| line.to_text(how) + "\n").collect()
}

/// An absent field is absent, never null.
fn keep(fields: Value) -> Map<String, Value> {
    let Value::Object(fields) = fields else {
        return Map::new();
    };
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn stop_word(kind: StopKind) -> &'static str {
    match kind {
        StopKind::Withdraw => "withdraw",
        StopKind::Refuse => "refuse",
        StopKind::Object => "object",
        StopKind::Restrict => "restrict",
    }
}

fn lift_word(kind: LiftKind) -> &'static str {
    match kind {
        LiftKind::Unobject => "unobject",
        LiftKind::Unrestrict => "unrestrict",
    }
}
