//! Short words for tests: instants, identities, evidence, acts.

pub mod journal;

use placet::{
    Actor, Channel, Decision, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Scope, Signal,
    SignalSpec, Stage, purpose::SOCIAL_LINKING,
};

/// An instant on the day everything happens: `at("10:00:00")`.
pub fn at(time: &str) -> Instant {
    format!("2013-05-01T{time}Z").parse().unwrap()
}

pub fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// What proves a grant: the person ticked an empty box under a notice.
pub fn proof() -> Evidence {
    Evidence::new(Actor::Person, Method::UntickedBox).shown(notice())
}

pub fn notice() -> Notice {
    Notice::new(name("newsletter-form"), name("2013-01"))
}

pub fn email() -> Identity {
    Identity::email("ada@example.org").unwrap()
}

pub fn facebook() -> Identity {
    Identity::parse("account/facebook:ada.l").unwrap()
}

/// A proven grant of a scope for an identity.
pub fn grant(id: &str, scope: Scope, identity: Identity, when: Instant) -> Grant {
    Grant::new(name(id), scope, identity, proof(), when, when).unwrap()
}

pub fn on_facebook() -> Scope {
    SOCIAL_LINKING.by(Channel::social(&name("facebook")).unwrap())
}

/// A signal of the reference journey.
pub fn signal(journey: &Journey, id: &str, kind: &str, identity: Identity, when: Instant) -> Signal {
    let (contact, source) = (name("ada"), None);
    let spec = SignalSpec {
        id: name(id),
        contact,
        identity,
        kind: name(kind),
        source,
        at: when,
        attributes: vec![],
    };
    journey.signal(spec).unwrap()
}

/// A decision in words.
pub fn told(decision: &Decision<'_>) -> Vec<String> {
    let mut words = Vec::new();
    words.extend(decision.unadmitted().map(|no| format!("not admitted: {}", no.reason())));
    let moved = decision.transition().map(|moved| moved.to().map_or("none", Stage::as_str));
    words.extend(moved.map(|stage| format!("moves to {stage}")));
    words.extend(decision.queued().map(|effect| format!("queues {effect}")));
    words.extend(decision.refusals().map(|(effect, no)| format!("refuses {effect}: {}", no.reason())));
    words
}

/// A folder beside the project that is not part of it; `None`, with a message, where it is absent.
pub fn beside(folder: &str) -> Option<std::path::PathBuf> {
    let path = crate::project().join("../shared").join(folder);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {folder} is not beside the project");
    None
}
