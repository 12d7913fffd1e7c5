//! Floor 4: the written form of acts and entries. One flat object a line; read through checks, nothing guessed.

mod entries;
mod error;
mod key_check;
mod line;
mod queued;
mod types;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use entries::Entries;
pub use error::{LineError, WireError, read_json};
pub(crate) use key_check::{read_key_check, write_key_check};
use line::Line;
pub use queued::QueuedEventError;
use types::{Called, Type};

use crate::consent::{Act, ActKind, Actor, Evidence, Method, Notice, Presence, Provenance, Record, Width};
use crate::contact::{Admitted, Body, Entry, Moved, Opened, RefusedEffect};
use crate::event::QueuedEvent;
use crate::name::{NO_STAGE, Name, Reach, Scope, Stage};
use crate::signal::SignalSpec;

/// "Any" in the reach of a stop. It is no name, so that nothing is taken for it.
const ANY: &str = "*";

impl Act {
    /// Reads an act from JSON.
    ///
    /// # Errors
    /// [`WireError`] with the path to the place; the message repeats nothing of the text.
    ///
    /// ```
    /// use placet::Act;
    /// let text = r#"{"type":"withdraw","id":"a-9","acted":"2013-06-01T10:00:00Z",
    ///   "recorded":"2013-06-01T10:00:00Z","purpose":"*","channel":"email","recipient":"*"}"#;
    /// assert!(Act::from_json(text)?.kind().is_stop());
    /// # Ok::<(), placet::entry::WireError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Act, WireError> {
        read_json(text)
    }
}

impl Entry {
    /// Reads an entry from JSON.
    ///
    /// # Errors
    /// [`WireError`] with the path to the place; the message repeats nothing of the text.
    pub fn from_json(text: &str) -> Result<Entry, WireError> {
        read_json(text)
    }

    /// Its type name on the wire, such as `grant` or `transition`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        let type_of = match &self.body {
            Body::Opened(_) => Type::Opened,
            Body::Linked(_) => Type::Linked,
            Body::Unlinked(_) => Type::Unlinked,
            Body::Act(act) => Type::Act(act.kind()),
            Body::Signal(_) => Type::Signal,
            Body::Transition(_) => Type::Transition,
            Body::TransitionAlone(_) => Type::TransitionAlone,
            Body::Merged { .. } => Type::Merged,
            Body::Unmerged { .. } => Type::Unmerged,
            Body::Queued(_) => Type::Queued,
            Body::EffectRefused(_) => Type::EffectRefused,
            Body::Sent { .. } => Type::Sent,
            Body::Dropped { .. } => Type::Dropped,
        };
        type_of.as_str()
    }
}

impl QueuedEvent {
    /// Reads a queued event from JSON. It can be released, which asks the ledger; it proves nothing.
    ///
    /// # Errors
    /// [`WireError`] with the path to the place; the message repeats nothing of the text.
    pub fn from_json(text: &str) -> Result<QueuedEvent, WireError> {
        read_json(text)
    }
}

impl SignalSpec {
    /// Reads a signal from JSON.
    ///
    /// # Errors
    /// [`WireError`] with the path to the place; the message repeats nothing of the text.
    pub fn from_json(text: &str) -> Result<SignalSpec, WireError> {
        read_json(text)
    }
}

impl Serialize for Act {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", Type::Act(self.kind()).as_str())?;
        write_act(&mut map, self)?;
        map.end()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &Entry::SCHEMA_VERSION)?;
        map.serialize_entry("type", self.type_name())?;
        map.serialize_entry("contact", &self.contact)?;
        match &self.body {
            Body::Opened(opened) => {
                map.serialize_entry("identity", &opened.identity)?;
                if let Some(controller) = &opened.controller {
                    map.serialize_entry("controller", controller)?;
                }
            }
            Body::Linked(identity) | Body::Unlinked(identity) => map.serialize_entry("identity", identity)?,
            Body::Act(act) => write_act(&mut map, act)?,
            Body::Signal(admitted) => write_signal(&mut map, admitted)?,
            Body::Transition(moved) | Body::TransitionAlone(moved) => write_transition(&mut map, moved)?,
            Body::Merged { into, held } => {
                map.serialize_entry("into", into)?;
                map.serialize_entry("held", held.as_ref().unwrap_or(&NO_STAGE))?;
            }
            Body::Unmerged { held } => {
                if let Some(held) = held {
                    map.serialize_entry("held", held.as_ref().unwrap_or(&NO_STAGE))?;
                }
            }
            Body::Queued(event) => map.serialize_entry("event", event)?,
            Body::EffectRefused(refused) => write_refused(&mut map, refused)?,
            Body::Sent { key, at } => {
                map.serialize_entry("key", key)?;
                map.serialize_entry("at", at)?;
            }
            Body::Dropped { key, reason, at } => {
                map.serialize_entry("key", key)?;
                map.serialize_entry("reason", reason)?;
                map.serialize_entry("at", at)?;
            }
        }
        map.end()
    }
}

/// Writes the parts that an act of this kind has, by the table of acts.
fn write_act<M: SerializeMap>(map: &mut M, act: &Act) -> Result<(), M::Error> {
    let (record, shape) = (act.record(), act.kind().shape());
    map.serialize_entry("id", &record.id)?;
    map.serialize_entry("acted", &record.acted)?;
    map.serialize_entry("recorded", &record.recorded)?;
    if let Some(identity) = &record.identity {
        map.serialize_entry("identity", identity)?;
    }
    if shape.scope != Width::Nothing {
        let (purpose, channel, recipient) = record.reach.parts();
        map.serialize_entry("purpose", purpose.map_or(ANY, |part| part.as_str()))?;
        map.serialize_entry("channel", channel.map_or(ANY, |part| part.as_str()))?;
        map.serialize_entry("recipient", recipient.map_or(ANY, |part| part.as_str()))?;
    }
    if let Some(begins) = &record.begins {
        map.serialize_entry("begins", begins)?;
    }
    match &record.until {
        Some(until) => map.serialize_entry("until", until)?,
        None if shape.until == Presence::Maybe => {
            map.serialize_entry("until", crate::name::explicit_end::NEVER)?;
        }
        None => {}
    }
    match &record.confirm_by {
        Some(confirm_by) => map.serialize_entry("confirm_by", confirm_by)?,
        None if shape.waits => map.serialize_entry("confirm_by", line::NOT_NEEDED)?,
        None => {}
    }
    if let Some((field, named)) = shape.names.zip(record.names.as_ref()) {
        map.serialize_entry(field, named)?;
    }
    if record.only {
        map.serialize_entry("only", line::ADDRESS)?;
    }
    if record.provenance != Provenance::Own {
        map.serialize_entry("provenance", &record.provenance)?;
    }
    let Some(evidence) = &record.evidence else {
        return Ok(());
    };
    map.serialize_entry("actor", &evidence.actor())?;
    map.serialize_entry("method", &evidence.method())?;
    if let Some(notice) = evidence.notice() {
        map.serialize_entry("notice", notice.id())?;
        map.serialize_entry("notice_version", notice.version())?;
        notice.digest().map_or(Ok(()), |digest| map.serialize_entry("notice_digest", &digest))?;
    }
    evidence.round_trip().map_or(Ok(()), |trip| map.serialize_entry("round_trip", &trip))?;
    evidence.touchpoint().map_or(Ok(()), |label| map.serialize_entry("touchpoint", label))
}

fn write_scope<M: SerializeMap>(map: &mut M, scope: &Scope) -> Result<(), M::Error> {
    map.serialize_entry("purpose", scope.purpose())?;
    map.serialize_entry("channel", scope.channel())?;
    map.serialize_entry("recipient", scope.recipient())
}

fn write_signal<M: SerializeMap>(map: &mut M, admitted: &Admitted) -> Result<(), M::Error> {
    let signal = &admitted.signal;
    map.serialize_entry("id", &signal.id)?;
    map.serialize_entry("identity", &signal.identity)?;
    map.serialize_entry("kind", &signal.kind)?;
    if let Some(source) = &signal.source {
        map.serialize_entry("source", source)?;
    }
    map.serialize_entry("at", &signal.at)?;
    map.serialize_entry("now", &admitted.now)?;
    if signal.attributes.is_empty() { Ok(()) } else { map.serialize_entry("attributes", &signal.attributes) }
}

fn write_transition<M: SerializeMap>(map: &mut M, moved: &Moved) -> Result<(), M::Error> {
    map.serialize_entry("signal", &moved.signal)?;
    map.serialize_entry("rule", &moved.rule)?;
    map.serialize_entry("from", moved.from.as_ref().unwrap_or(&NO_STAGE))?;
    map.serialize_entry("to", moved.to.as_ref().unwrap_or(&NO_STAGE))?;
    map.serialize_entry("at", &moved.at)
}

fn write_refused<M: SerializeMap>(map: &mut M, refused: &RefusedEffect) -> Result<(), M::Error> {
    map.serialize_entry("signal", &refused.signal)?;
    map.serialize_entry("rule", &refused.rule)?;
    map.serialize_entry("effect", &refused.effect)?;
    write_scope(map, &refused.scope)?;
    map.serialize_entry("reason", &refused.reason)?;
    if let Some(cause) = &refused.cause {
        map.serialize_entry("cause", cause)?;
    }
    map.serialize_entry("at", &refused.at)
}

impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Act, D::Error> {
        let mut line = Line::default();
        line.fill(deserializer)?;
        let act = match line.type_name.take("type") {
            Ok(Called(Some(Type::Act(kind)))) => read_act(kind, &mut line),
            other => Err(other.err().unwrap_or(LineError::Type)),
        };
        let act = act.map_err(serde::de::Error::custom)?;
        line.end().map_err(serde::de::Error::custom)?;
        Ok(act)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Entry, D::Error> {
        let mut line = Line::default();
        line.fill(deserializer)?;
        let entry = read_entry(&mut line).map_err(serde::de::Error::custom)?;
        line.end().map_err(serde::de::Error::custom)?;
        Ok(entry)
    }
}

/// Reads an entry and keeps what is wrong with its fields typed; what is no entry at all is the outer error.
pub(crate) fn read_typed(text: &str) -> Result<Result<Entry, LineError>, WireError> {
    let mut line: Line = read_json(text)?;
    Ok(read_entry(&mut line).and_then(|entry| line.end().map(|()| entry)))
}

fn read_entry(line: &mut Line) -> Result<Entry, LineError> {
    if line.v.take("v")? != Entry::SCHEMA_VERSION {
        return Err(LineError::Version);
    }
    let contact = line.contact.take("contact")?;
    let body = match line.type_name.take("type")?.0.ok_or(LineError::Type)? {
        Type::Opened => Body::Opened(Opened {
            identity: line.identity.take("identity")?,
            controller: line.controller.optional(),
        }),
        Type::Linked => Body::Linked(line.identity.take("identity")?),
        Type::Unlinked => Body::Unlinked(line.identity.take("identity")?),
        Type::Signal => Body::Signal(Admitted {
            signal: SignalSpec {
                id: line.id.take("id")?.into(),
                contact: contact.clone(),
                identity: line.identity.take("identity")?,
                kind: line.kind.take("kind")?,
                source: line.source.optional(),
                at: line.at.take("at")?,
                attributes: line.attributes.optional().unwrap_or_default(),
            },
            now: line.now.take("now")?,
        }),
        Type::Transition => Body::Transition(read_transition(line)?),
        Type::TransitionAlone => Body::TransitionAlone(read_transition(line)?),
        Type::Merged => Body::Merged { into: line.into.take("into")?, held: stage(line.held.take("held")?) },
        Type::Unmerged => Body::Unmerged { held: line.held.optional().map(stage) },
        Type::Queued => match line.event.take("event")? {
            event if *event.contact() == contact => Body::Queued(*event),
            _ => return Err(LineError::OtherContact),
        },
        Type::EffectRefused => Body::EffectRefused(RefusedEffect {
            signal: line.signal.take("signal")?,
            rule: line.rule.take("rule")?,
            effect: line.effect.take("effect")?,
            scope: read_scope(line)?,
            reason: line.reason.take("reason")?,
            cause: line.cause.optional(),
            at: line.at.take("at")?,
        }),
        Type::Sent => Body::Sent { key: line.key.take("key")?, at: line.at.take("at")? },
        Type::Dropped => Body::Dropped {
            key: line.key.take("key")?,
            reason: line.reason.take("reason")?,
            at: line.at.take("at")?,
        },
        Type::Act(kind) => Body::Act(read_act(kind, line)?),
    };
    Ok(Entry { contact, body })
}

fn read_transition(line: &mut Line) -> Result<Moved, LineError> {
    Ok(Moved {
        signal: line.signal.take("signal")?,
        rule: line.rule.take("rule")?,
        from: stage(line.from.take("from")?),
        to: stage(line.to.take("to")?),
        at: line.at.take("at")?,
    })
}

fn stage(stage: Stage) -> Option<Stage> {
    (stage != NO_STAGE).then_some(stage)
}

/// Reads the parts that an act of this kind has, by the table of acts, and checks them.
fn read_act(kind: ActKind, line: &mut Line) -> Result<Act, LineError> {
    let shape = kind.shape();
    let mut record = Record::new(
        kind,
        line.id.take("id")?.into(),
        line.acted.take("acted")?,
        line.recorded.take("recorded")?,
    );
    record.reach = match shape.scope {
        Width::Nothing => Reach::everything(),
        Width::Narrow => read_scope(line)?.into(),
        Width::Wide => read_reach(line)?,
    };
    record.until = match shape.until {
        Presence::No => None,
        Presence::Maybe => line.until.take("until")?.0,
        Presence::Always => Some(line.until.take("until")?.0.ok_or(LineError::Endless)?),
    };
    if shape.waits {
        record.begins = line.begins.optional();
        record.confirm_by = line.confirm_by.take("confirm_by")?.0;
    }
    record.names = match shape.names {
        Some("grant") => Some(line.grant.take("grant")?),
        Some(field) => Some(line.act.take(field)?),
        None => None,
    };
    if shape.is_stop {
        record.only = shape.only && line.only.optional().is_some();
        record.identity =
            if record.only { Some(line.identity.take("identity")?) } else { line.identity.optional() };
        record.evidence = if line.has_proof() { Some(read_proof(line)?) } else { None };
        record.provenance = line.provenance.optional().unwrap_or_default();
    } else {
        record.identity = Some(line.identity.take("identity")?);
        record.evidence = Some(read_proof(line)?);
    }
    record.check()?;
    Ok(Act::of(record))
}

fn read_scope(line: &mut Line) -> Result<Scope, LineError> {
    Ok(Scope::new(
        part(line.purpose.take("purpose")?, "purpose")?.into(),
        part(line.channel.take("channel")?, "channel")?.into(),
        part(line.recipient.take("recipient")?, "recipient")?.into(),
    ))
}

fn part(part: line::Part, field: &'static str) -> Result<Name, LineError> {
    part.0.ok_or(LineError::TooWide { field })
}

fn read_reach(line: &mut Line) -> Result<Reach, LineError> {
    let mut reach = Reach::everything();
    if let Some(name) = line.purpose.take("purpose")?.0 {
        reach = reach.purpose(name.into());
    }
    if let Some(name) = line.channel.take("channel")?.0 {
        reach = reach.by(name.into());
    }
    if let Some(name) = line.recipient.take("recipient")?.0 {
        reach = reach.to(name.into());
    }
    Ok(reach)
}

fn read_proof(line: &mut Line) -> Result<Evidence, LineError> {
    let actor: Actor = line.actor.take("actor")?;
    let method: Method = line.method.take("method")?;
    let mut evidence = Evidence::new(actor, method);
    if line.notice.0.is_some() || line.notice_version.0.is_some() || line.notice_digest.0.is_some() {
        let id = line.notice.take("notice")?;
        let notice = Notice::new(id, line.notice_version.take("notice_version")?);
        evidence = evidence.shown(match line.notice_digest.optional() {
            Some(digest) => notice.with_digest(digest),
            None => notice,
        });
    }
    if let Some(round_trip) = line.round_trip.optional() {
        evidence = evidence.bound_by(round_trip);
    }
    if let Some(touchpoint) = line.touchpoint.optional() {
        evidence = evidence.at(touchpoint);
    }
    Ok(evidence)
}
