//! Short constructors for tests: names as they come, seconds after the beginning of 2024.

use super::neutral::{Act, Deed, Instant, Line, Reach, Scope, StopKind};

/// So many seconds after 2024-01-01T00:00:00Z.
pub fn t(seconds: i64) -> Instant {
    Instant::new(1_704_067_200 + seconds, 0)
}

pub fn scope(purpose: &str, channel: &str) -> Scope {
    Scope::new(purpose, channel, "self")
}

/// An act that was never said to be recorded.
pub fn act(id: &str, contact: &str, at: Instant, deed: Deed) -> Line {
    Line::Act(Act { id: id.into(), contact: contact.into(), at, recorded: None, deed })
}

pub fn grant(id: &str, contact: &str, at: i64, scope: &Scope) -> Line {
    let deed = Deed::Grant { scope: scope.clone(), begins: None, until: None, confirm_by: None };
    act(id, contact, t(at), deed)
}

pub fn stop(id: &str, contact: &str, at: Instant, kind: StopKind, reach: Reach) -> Line {
    act(id, contact, at, Deed::Stop { kind, reach, only: false })
}

pub fn void(id: &str, contact: &str, at: Instant, act: &str) -> Line {
    self::act(id, contact, at, Deed::Void { act: act.into() })
}

pub fn erase(id: &str, contact: &str, at: i64) -> Line {
    act(id, contact, t(at), Deed::Erase)
}

pub fn link(id: &str, contact: &str, key: &str) -> Line {
    Line::Link { id: id.into(), contact: contact.into(), key: key.into() }
}

pub fn merge(id: &str, from: &str, into: &str) -> Line {
    Line::Merge { id: id.into(), from: from.into(), into: into.into() }
}

/// A rule that emits `thanks`, at any time and at any stage.
pub fn rule(id: &str, on: &str, from: Option<&str>, to: Option<&str>, needs: &[Scope]) -> Line {
    Line::Rule {
        id: id.into(),
        on: on.into(),
        needs: needs.to_vec(),
        emit: "thanks".into(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        within: None,
        still: None,
    }
}

pub fn ask(id: &str, contact: &str, now: Instant, scope: &Scope) -> Line {
    Line::Ask { id: id.into(), contact: contact.into(), now, scope: scope.clone() }
}

pub fn send(id: &str, signal: &str, rule: &str, now: Instant) -> Line {
    Line::Send { id: id.into(), signal: signal.into(), rule: rule.into(), now }
}

pub fn reply(id: &str, act: &str, now: Instant) -> Line {
    Line::Reply { id: id.into(), act: act.into(), now }
}
