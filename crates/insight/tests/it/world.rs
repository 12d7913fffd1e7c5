//! A brand of cars, its journey, and the people who deal with it: short words for the other tests.

use placet::consent::{Grant, Stop};
use placet::entry::{Admitted, Body, Opened};
use placet::name::{Name, Purpose, SignalKind};
use placet::signal::{Attribute, Source, Value};
use placet::{
    Act, Book, Channel, ContactId, Entry, Identity, Instant, Journey, Reach, Scope, SignalSpec, desk::Terms,
};
use placet_insight::{Histories, Insight, Known};
use placet_tests::support::{name, proof};

/// What the brand knows how to say.
pub(crate) const CARS: &str = include_str!("cars.json");

/// What it asks of the people who let it.
pub(crate) const QUESTIONS: &str = include_str!("questions.json");

pub(crate) fn journey() -> Journey {
    Journey::from_json(CARS).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn insight() -> Insight {
    Insight::from_json(QUESTIONS, &journey()).unwrap_or_else(|error| panic!("{error}"))
}

/// An instant in 2013: `at("06-01 10:00")`.
pub(crate) fn at(text: &str) -> Instant {
    let (day, time) = text.split_once(' ').unwrap_or((text, "00:00"));
    let seconds = if time.len() > 5 { "" } else { ":00" };
    format!("2013-{day}T{time}{seconds}Z").parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// `profiling/email` and the like.
pub(crate) fn scope(text: &str) -> Scope {
    let (purpose, channel) = text.split_once('/').unwrap();
    name::<Purpose>(purpose).by(name::<Channel>(channel))
}

pub(crate) fn text(value: &str) -> Value {
    Value::Text(name(value))
}

/// Attributes: `[("brand", text("vw"))]`.
pub(crate) type Carried<'a> = &'a [(&'a str, Value)];

/// Everything that was recorded, in its order.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) journey: Journey,
    pub(crate) entries: Vec<Entry>,
    pub(crate) next: u64,
}

impl World {
    pub(crate) fn new() -> World {
        World::of(journey())
    }

    pub(crate) fn of(journey: Journey) -> World {
        World { journey, entries: Vec::new(), next: 0 }
    }

    fn id(&mut self) -> String {
        self.next += 1;
        format!("n-{}", self.next)
    }

    pub(crate) fn note(&mut self, who: &str, body: Body) {
        self.entries.push(Entry::new(name(who), body));
    }

    pub(crate) fn open(&mut self, who: &str, identity: &str) {
        self.note(who, Body::Opened(Opened::from(Identity::parse(identity).unwrap())));
    }

    pub(crate) fn link(&mut self, who: &str, identity: &str) {
        self.note(who, Body::Linked(Identity::parse(identity).unwrap()));
    }

    pub(crate) fn act(&mut self, who: &str, act: impl Into<Act>) {
        self.note(who, Body::Act(act.into()));
    }

    pub(crate) fn grant(&mut self, who: &str, identity: &str, asked: &str, when: Instant) {
        self.grant_until(who, identity, asked, when, None);
    }

    pub(crate) fn grant_until(
        &mut self,
        who: &str,
        identity: &str,
        asked: &str,
        when: Instant,
        until: Option<Instant>,
    ) {
        let (id, identity) = (self.id(), Identity::parse(identity).unwrap());
        let grant = Grant::new(name(&id), scope(asked), identity, proof(), when, when).unwrap();
        let grant = until.map_or(Ok(grant.clone()), |until| grant.until(until)).unwrap();
        self.act(who, grant);
    }

    pub(crate) fn withdraw(&mut self, who: &str, reach: Reach, when: Instant) {
        let id = self.id();
        self.act(who, Stop::withdraw(name(&id), reach, when, when));
    }

    pub(crate) fn erase(&mut self, who: &str, when: Instant) {
        let id = self.id();
        self.act(who, Stop::erase(name(&id), when, when));
    }

    /// A signal that was handled when it happened.
    pub(crate) fn signal(
        &mut self,
        who: &str,
        identity: &str,
        kind: &str,
        when: Instant,
        carried: Carried<'_>,
    ) -> String {
        let id = self.id();
        let attribute =
            |(named, value): &(&str, Value)| Attribute { name: name::<Name>(named), value: value.clone() };
        let signal = SignalSpec {
            id: name(&id),
            contact: name(who),
            identity: Identity::parse(identity).unwrap(),
            kind: name::<SignalKind>(kind),
            source: Some(Source::Web),
            at: when,
            attributes: carried.iter().map(attribute).collect(),
        };
        self.note(who, Body::Signal(Admitted::new(signal, when)));
        id
    }

    pub(crate) fn terms(&self) -> Terms {
        Terms::new(self.journey.clone())
    }

    pub(crate) fn histories(&self) -> Histories {
        Histories::of(self.entries.iter().cloned(), &self.terms())
    }

    /// A book to which all this happened.
    pub(crate) fn book(&self) -> Book {
        let mut book = Book::new(self.journey.clone());
        for entry in &self.entries {
            let who = entry.contact();
            match entry.body() {
                Body::Opened(opened) => book.open(who.clone(), opened.identity().clone()).unwrap(),
                Body::Linked(identity) => drop(book.link(who, identity.clone()).unwrap()),
                Body::Unlinked(identity) => drop(book.unlink(who, identity).unwrap()),
                Body::Act(act) => drop(book.append(who, act.clone()).unwrap()),
                Body::Signal(admitted) => {
                    let signal = self.journey.signal(admitted.signal().clone()).unwrap();
                    drop(book.observe(&signal, admitted.now()).unwrap());
                }
                Body::Merged { into, .. } => drop(book.merge(who, into).unwrap()),
                Body::Unmerged { .. } => drop(book.unmerge(who).unwrap()),
                _ => {}
            }
        }
        book
    }

    /// Asks a person, as they are after all this.
    pub(crate) fn ask<T>(&self, who: &str, ask: impl FnOnce(&Known<'_>) -> T) -> T {
        let (mut book, who) = (self.book(), name::<ContactId>(who));
        let known = |person: placet::Person<'_>| {
            let entries = self.entries.iter();
            ask(&Known::joined(person, entries))
        };
        book.person(&who, known).unwrap()
    }
}
