//! Short words for benches.

use placet::{
    Actor, Contact, Evidence, Grant, Identity, Instant, Journey, Method, Notice, Purpose, Scope, Signal,
    SignalSpec, Stop, channel::EMAIL,
};

/// An instant so many minutes after the beginning.
pub fn at(minute: i64) -> Instant {
    let begin: Instant = "2013-05-01T10:00:00Z".parse().unwrap();
    begin.checked_add(chrono::TimeDelta::minutes(minute)).unwrap()
}

pub fn mail() -> Identity {
    Identity::email("ada@example.org").unwrap()
}

pub fn by_mail(purpose: Purpose) -> Scope {
    purpose.by(EMAIL)
}

pub fn contact(journey: &Journey) -> Contact {
    Contact::open("ada".parse().unwrap(), mail(), journey.vocabulary())
}

pub fn grant(number: usize, scope: Scope, when: Instant) -> Grant {
    let notice = Notice::new("newsletter-form".parse().unwrap(), "2013-01".parse().unwrap());
    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
    Grant::new(format!("grant-{number}").parse().unwrap(), scope, mail(), evidence, when, when).unwrap()
}

pub fn withdraw(number: usize, scope: Scope, when: Instant) -> Stop {
    Stop::withdraw(format!("stop-{number}").parse().unwrap(), scope.into(), when, when)
}

pub fn signal(journey: &Journey, number: usize, kind: &str, when: Instant) -> Signal {
    let spec = SignalSpec {
        id: format!("signal-{number}").parse().unwrap(),
        contact: "ada".parse().unwrap(),
        identity: if kind == "like" { Identity::parse("account/facebook:ada").unwrap() } else { mail() },
        kind: kind.parse().unwrap(),
        source: None,
        at: when,
        attributes: vec![],
    };
    journey.signal(spec).unwrap()
}
