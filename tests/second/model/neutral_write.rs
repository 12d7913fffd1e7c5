//! Writing the neutral format, in any spelling that changes nothing (law 8).

use super::neutral::{Act, Deed, Instant, LiftKind, Line, Scope, StopKind};
use chrono::{DateTime, FixedOffset};
use serde_json::{Map, Value, json};

/// How the text of a line is written; none of it changes an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling {
    /// The offset in which instants are written, in minutes; 0 is `Z`.
    pub offset_minutes: i32,
    /// Write what could be left out: `recipient` self, a `now` that is the `at`, all nine fraction digits.
    pub in_full: bool,
}

impl Instant {
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

impl Line {
    /// The line as compact JSON text with sorted keys.
    pub fn to_text(&self, how: Spelling) -> String {
        let fields = self.fields(how).into_iter().filter(|(_, value)| !value.is_null());
        Value::Object(fields.collect()).to_string()
    }

    /// The fields of the line; what is absent is null here.
    fn fields(&self, how: Spelling) -> Map<String, Value> {
        let t = |instant: &Instant| instant.spell(how);
        let list = |needs: &[Scope]| needs.iter().map(|need| need.fields(how)).collect::<Vec<_>>();
        let fields = match self {
            Self::Act(act) => return act.fields(how),
            Self::Link { id, contact, key } => {
                json!({"type": "link", "id": id, "contact": contact, "key": key})
            }
            Self::Merge { id, from, into } => {
                json!({"type": "merge", "id": id, "from": from, "into": into})
            }
            Self::Rule { id, on, needs, emit, from, to, within, still } => {
                json!({"type": "rule", "id": id, "on": on, "needs": list(needs), "emit": emit, "from": from, "to": to,
                    "within": within.as_ref().map(|span| &span.text), "still": still})
            }
            Self::Admission { id, on, needs } => {
                json!({"type": "admission", "id": id, "on": on, "needs": list(needs)})
            }
            Self::Sustain { id, stage, needs, otherwise } => {
                json!({"type": "sustain", "id": id, "stage": stage, "needs": list(needs), "else": otherwise})
            }
            Self::Signal { id, contact, at, kind, now } => {
                let now = (how.in_full || now != at).then(|| t(now));
                json!({"type": "signal", "id": id, "contact": contact, "at": t(at), "kind": kind, "now": now})
            }
            Self::Ask { id, contact, now, scope } => {
                return [
                    scope.fields(how),
                    object(json!({"type": "ask", "id": id, "contact": contact, "now": t(now)})),
                ]
                .into_iter()
                .flatten()
                .collect();
            }
            Self::Send { id, signal, rule, now } => {
                json!({"type": "send", "id": id, "emission": format!("{signal}#{rule}"), "now": t(now)})
            }
            Self::Reply { id, act, now } => json!({"type": "reply", "id": id, "act": act, "now": t(now)}),
            Self::Stage { id, contact, now } => {
                json!({"type": "stage", "id": id, "contact": contact, "now": now.as_ref().map(t)})
            }
        };
        object(fields)
    }
}

impl Act {
    fn fields(&self, how: Spelling) -> Map<String, Value> {
        let t = |instant: &Instant| instant.spell(how);
        let maybe = |instant: &Option<Instant>| instant.as_ref().map(t);
        let Self { id, contact, at, recorded, deed } = self;
        let head = json!({"type": "act", "kind": deed.word(), "id": id, "contact": contact, "at": t(at),
            "recorded": maybe(recorded)});
        let (scope, rest) = match deed {
            Deed::Grant { scope, begins, until, confirm_by } => (
                scope.fields(how),
                json!({"begins": maybe(begins), "until": maybe(until), "confirm_by": maybe(confirm_by)}),
            ),
            Deed::Confirm { grant } => (Map::new(), json!({"grant": grant})),
            Deed::Stop { kind, reach, only } => {
                let until = if let StopKind::Pause { until } = kind { Some(t(until)) } else { None };
                (
                    Map::new(),
                    json!({"purpose": reach.purpose, "channel": reach.channel, "recipient": reach.recipient,
                        "until": until, "only": only.then_some("address")}),
                )
            }
            Deed::Lift { scope, .. } => (scope.fields(how), json!({})),
            Deed::Void { act } => (Map::new(), json!({"act": act})),
            Deed::Erase => (Map::new(), json!({})),
        };
        [object(head), scope, object(rest)].into_iter().flatten().collect()
    }
}

impl Deed {
    /// The `kind` of the act.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Confirm { .. } => "confirm",
            Self::Stop { kind, .. } => match kind {
                StopKind::Withdraw => "withdraw",
                StopKind::Refuse => "refuse",
                StopKind::Object => "object",
                StopKind::Restrict => "restrict",
                StopKind::Pause { .. } => "pause",
            },
            Self::Lift { kind: LiftKind::Unobject, .. } => "unobject",
            Self::Lift { kind: LiftKind::Unrestrict, .. } => "unrestrict",
            Self::Void { .. } => "void",
            Self::Erase => "erase",
        }
    }
}

impl Scope {
    fn fields(&self, how: Spelling) -> Map<String, Value> {
        let recipient = (how.in_full || self.recipient != "self").then_some(&self.recipient);
        let mut fields = object(json!({"purpose": self.purpose, "channel": self.channel}));
        fields.extend(recipient.map(|recipient| ("recipient".to_owned(), json!(recipient))));
        fields
    }
}

/// A whole history as text, every line spelled alike.
pub fn to_text(lines: &[Line], how: Spelling) -> String {
    lines.iter().map(|line| line.to_text(how) + "\n").collect()
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}
