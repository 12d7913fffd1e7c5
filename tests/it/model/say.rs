//! Short constructors for stories in tests: names as they come, seconds after the beginning of 2024.

use super::neutral::{Instant, Line, Reach, Scope, StopKind};

/// So many seconds after 2024-01-01T00:00:00Z.
pub fn t(seconds: i64) -> Instant {
    Instant::new(1_704_067_200 + seconds, 0)
}

pub fn scope(purpose: &str, channel: &str) -> Scope {
    Scope::new(purpose, channel, "self")
}

pub fn grant(id: &str, contact: &str, at: i64, scope: &Scope) -> Line {
    Line::Grant {
        id: id.into(),
        contact: contact.into(),
        at: t(at),
        scope: scope.clone(),
        until: None,
        confirm_by: None,
    }
}

pub fn confirm(id: &str, contact: &str, at: i64, grant: &str) -> Line {
    Line::Confirm { id: id.into(), contact: contact.into(), at: t(at), grant: grant.into() }
}

pub fn stop(id: &str, contact: &str, at: i64, kind: StopKind, reach: Reach) -> Line {
    Line::Stop { id: id.into(), contact: contact.into(), at: t(at), kind, reach }
}

pub fn erase(id: &str, contact: &str, at: i64) -> Line {
    Line::Erase { id: id.into(), contact: contact.into(), at: t(at) }
}

pub fn link(id: &str, contact: &str, key: &str) -> Line {
    Line::Link { id: id.into(), contact: contact.into(), key: key.into() }
}

pub fn merge(id: &str, from: &str, into: &str) -> Line {
    Line::Merge { id: id.into(), from: from.into(), into: into.into() }
}

pub fn rule(id: &str, on: &str, from: Option<&str>, to: Option<&str>, needs: &[Scope]) -> Line {
    let (from, to) = (from.map(str::to_owned), to.map(str::to_owned));
    Line::Rule { id: id.into(), on: on.into(), needs: needs.to_vec(), emit: "thanks".into(), from, to }
}

pub fn signal(id: &str, contact: &str, at: i64, kind: &str) -> Line {
    Line::Signal { id: id.into(), contact: contact.into(), at: t(at), kind: kind.into(), now: t(at) }
}

pub fn ask(id: &str, contact: &str, now: i64, scope: &Scope) -> Line {
    Line::Ask { id: id.into(), contact: contact.into(), now: t(now), scope: scope.clone() }
}

pub fn send(id: &str, signal: &str, rule: &str, now: i64) -> Line {
    Line::Send { id: id.into(), signal: signal.into(), rule: rule.into(), now: t(now) }
}
