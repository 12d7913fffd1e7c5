//! The oracle: SPEC S1 to S32 read aloud, as slow and as plain as can be, to hold the engine against.
//!
//! Every answer is computed anew from the list of lines above it: `consent.rs` says what is permitted, `journey.rs` what
//! a signal does, `leave.rs` what may be sent, this file what a history is and how it is answered.

use super::consent::Above;
use super::fault::Fault;
use super::neutral::{Instant, Line, Scope, Why};
use super::neutral_text::{ReadInstant, Rejected, instant, read_text};
use serde_json::{Value, json};

/// Why an ask, a need, a send or a reply is answered no (S17, S22, S32).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    UnknownContact,
    Erased,
    Restricted,
    Objected,
    Paused,
    Pending,
    Unconfirmed,
    Refused,
    Withdrawn,
    Void,
    Expired,
    NoGrant,
    TooLate,
    Passed,
    Confirmed,
    NotAnswerable,
    NotQueued,
    AlreadySent,
    Dropped,
}

/// The answer to an ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Permitted; the grant is the proof.
    Allow(String),
    Deny(Reason),
}

/// The answer to one asking line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub line: usize,
    pub id: String,
    pub decision: Decision,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// An ask, with the grant that is its proof.
    Allow(String),
    /// A send or a reply.
    Sent,
    /// An ask, a send or a reply.
    Deny(Reason),
    /// A signal whose rule's effect is permitted, with one proof per need.
    Emit {
        emission: String,
        proof: Vec<String>,
    },
    Refuse {
        emission: String,
        reason: Reason,
    },
    Unadmitted(Reason),
    /// A signal that no rule is for.
    NoRule,
    Stage(Option<String>),
}

/// The answers above the first rejected line, and that line; with a fault on purpose.
pub fn answer_with(lines: &[Line], fault: Fault) -> (Vec<Answer>, Rejected) {
    let read = Reading::of((1..).zip(lines), fault);
    (read.answers, read.rejected)
}

/// What the conformance runner prints for a text, as JSON values.
pub fn answer_text(text: &[u8], fault: Fault) -> Vec<Value> {
    let instants: ReadInstant = match fault {
        Fault::OffsetIgnored => |text| {
            let local = text.get(..text.len().saturating_sub(6)).filter(|_| !text.ends_with('Z'));
            local.map_or_else(|| instant(text), |local| instant(&format!("{local}Z")))
        },
        Fault::FractionLost => |text| instant(text).map(|instant| Instant::new(instant.seconds, 0)),
        _ => instant,
    };
    let (lines, unread) = read_text(text, instants);
    let read = Reading::of(lines.iter().map(|(number, line)| (*number, line)), fault);
    let rejected = read.rejected.or(unread).map(|(line, why)| json!({"line": line, "rejected": why.word()}));
    read.answers.iter().map(Answer::to_value).chain(rejected).collect()
}

/// The id of the act that a refusal names (law 11); of several that would do, one.
pub fn cause(lines: &[Line], contact: &str, scope: &Scope, now: Instant, fault: Fault) -> Option<String> {
    Reading::of((1..).zip(lines), fault).above().judge(contact, scope, now).1.map(str::to_owned)
}

/// A history read from top to bottom: the lines that left a trace, and the answers on the way.
struct Reading<'a> {
    kept: Vec<&'a Line>,
    fault: Fault,
    answers: Vec<Answer>,
    rejected: Rejected,
}

impl<'a> Reading<'a> {
    fn of(lines: impl IntoIterator<Item = (usize, &'a Line)>, fault: Fault) -> Self {
        let lines: Vec<_> = lines.into_iter().collect();
        let start = Self { kept: Vec::new(), fault, answers: Vec::new(), rejected: None };
        lines.iter().fold(
            start,
            |read, &(number, line)| {
                if read.rejected.is_some() { read } else { read.then(number, line, &lines) }
            },
        )
    }

    fn above(&self) -> Above<'_> {
        Above { lines: &self.kept, fault: self.fault }
    }

    /// S1: one line more; `all` is there for the fault that looks ahead.
    fn then(mut self, number: usize, line: &'a Line, all: &[(usize, &'a Line)]) -> Self {
        // S2
        let same_id = |kept: &&&Line| match self.fault {
            Fault::IdsFolded => kept.id().eq_ignore_ascii_case(line.id()),
            _ => kept.id() == line.id(),
        };
        let says_what = |kept: &Line| match self.fault {
            Fault::RecordIsContent => kept == line,
            _ => kept.says_what(line),
        };
        match self.kept.iter().find(same_id) {
            Some(kept) if says_what(kept) && self.fault == Fault::ReDeliveryActs => {}
            Some(kept) if says_what(kept) && self.fault == Fault::LastRecordStands => {
                let id = line.id();
                let kept = self.kept.iter().map(|kept| if kept.id() == id { line } else { *kept }).collect();
                return Self { kept, ..self };
            }
            Some(kept) if says_what(kept) => return self,
            Some(_) => {
                return Self { rejected: Some((number, Why::IdReused)), ..self };
            }
            None => {}
        }
        if let Some(why) = self.above().rejects(line) {
            return Self { rejected: Some((number, why)), ..self };
        }
        // S26: an unadmitted signal leaves no trace, not even its id.
        let unadmitted = match line {
            Line::Signal { contact, kind, now, .. } => self.above().unadmitted(contact, kind, *now),
            _ => None,
        };
        if unadmitted.is_none() || self.fault == Fault::UnadmittedLeavesTrace {
            self.kept.push(line);
        }
        let decision = unadmitted.map(Decision::Unadmitted).or_else(|| self.answer(line, all));
        self.answers.extend(decision.map(|decision| Answer {
            line: number,
            id: line.id().to_owned(),
            decision,
        }));
        self
    }

    /// The answer to the line that was kept last, if it asks.
    fn answer(&self, line: &Line, all: &[(usize, &Line)]) -> Option<Decision> {
        let (above, place) = (self.above(), self.kept.len() - 1);
        match line {
            Line::Signal { .. } => Some(above.decide(place)),
            Line::Send { .. } => Some(above.release(place)),
            Line::Reply { .. } => Some(above.reply(place)),
            Line::Stage { contact, now, .. } => {
                let stage = now.map_or_else(|| above.held(contact), |now| above.standing(contact, now));
                Some(Decision::Stage(stage.map(str::to_owned)))
            }
            Line::Ask { contact, now, scope, .. } => {
                let below = all.iter().map(|(_, line)| *line).filter(|line| {
                    line.is_act() && self.fault == Fault::SeesBelow && !self.kept.contains(line)
                });
                let lines: Vec<_> = self.kept.iter().copied().chain(below).collect();
                let above = Above { lines: &lines, fault: self.fault };
                Some(match above.judge(contact, scope, *now).0 {
                    Verdict::Deny(_)
                        if self.fault == Fault::StageImpliesPermission && above.held(contact).is_some() =>
                    {
                        Decision::Allow("stage".into())
                    }
                    Verdict::Allow(proof) => Decision::Allow(proof),
                    Verdict::Deny(reason) => Decision::Deny(reason),
                })
            }
            _ => None,
        }
    }
}

impl Decision {
    /// A signal's answer that put this emission into the queue.
    pub fn queues(&self, wanted: &str) -> bool {
        matches!(self, Self::Emit { emission, .. } if emission == wanted)
    }

    /// Was a question of consent put, and was the answer yes? (The measure of a generator.)
    pub fn permitted(&self) -> Option<bool> {
        match self {
            Self::Allow(_) | Self::Emit { .. } | Self::Sent => Some(true),
            Self::Refuse { .. } => Some(false),
            Self::Deny(Reason::NotQueued | Reason::AlreadySent | Reason::Dropped | Reason::NotAnswerable) => {
                None
            }
            Self::Deny(_) => Some(false),
            Self::Unadmitted(_) | Self::NoRule | Self::Stage(_) => None,
        }
    }
}

impl Answer {
    /// The answer as section 3 writes it.
    pub fn to_value(&self) -> Value {
        let (line, id) = (self.line, &self.id);
        match &self.decision {
            Decision::Allow(proof) => {
                json!({"line": line, "id": id, "decision": "allow", "proof": proof})
            }
            Decision::Sent => json!({"line": line, "id": id, "decision": "allow"}),
            Decision::Deny(reason) => {
                json!({"line": line, "id": id, "decision": "deny", "reason": reason.word()})
            }
            Decision::Emit { emission, proof } => {
                json!({"line": line, "id": id, "decision": "emit", "emission": emission, "proof": proof})
            }
            Decision::Refuse { emission, reason } => {
                json!({"line": line, "id": id, "decision": "refuse", "emission": emission, "reason": reason.word()})
            }
            Decision::Unadmitted(reason) => {
                json!({"line": line, "id": id, "decision": "unadmitted", "reason": reason.word()})
            }
            Decision::NoRule => json!({"line": line, "id": id, "decision": "none"}),
            Decision::Stage(stage) => {
                json!({"line": line, "id": id, "decision": stage.as_deref().unwrap_or("none")})
            }
        }
    }
}

impl Reason {
    pub fn word(self) -> &'static str {
        match self {
            Self::UnknownContact => "unknown_contact",
            Self::Erased => "erased",
            Self::Restricted => "restricted",
            Self::Objected => "objected",
            Self::Paused => "paused",
            Self::Pending => "pending",
            Self::Unconfirmed => "unconfirmed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Void => "void",
            Self::Expired => "expired",
            Self::NoGrant => "no_grant",
            Self::TooLate => "too_late",
            Self::Passed => "passed",
            Self::Confirmed => "confirmed",
            Self::NotAnswerable => "not_answerable",
            Self::NotQueued => "not_queued",
            Self::AlreadySent => "already_sent",
            Self::Dropped => "dropped",
        }
    }
}
