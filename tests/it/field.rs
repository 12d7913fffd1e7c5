//! The failures of the field, one story each: how mail went to people who had said no, and what happens here instead.
//!
//! Everything happens on one day under the reference journey, in a book: contacts, and what waits to be sent.

mod follow_up;
mod imports;
mod outcomes;
mod persons;
mod sending;
mod stops;

use std::convert::Infallible;

use placet::{
    ActId, Ask, Book, Contact, Event, Identity, Journey, Reach, Reason, Scope, Signal, SignalSpec, Stop,
    book::Dispatched,
    channel::EMAIL,
    consent::Appended,
    purpose::{NEWSLETTER, OFFERS},
};

use crate::stories::told;
use crate::support::{at, grant, name};

/// A marketing department with its book.
pub(crate) struct Office {
    pub(crate) book: Book,
    acts: u32,
    signals: u32,
}

/// What the gateway takes, and what is dropped.
type Fate = String;

impl Office {
    pub(crate) fn opens() -> Office {
        Office { book: Book::new(Journey::reference().unwrap()), acts: 0, signals: 0 }
    }

    /// Somebody, known by an address.
    pub(crate) fn knows(&mut self, who: &str, address: &str) {
        self.book.open(name(who), mail(address)).unwrap();
    }

    /// Somebody who is known by an address and permitted the newsletter to it.
    pub(crate) fn has_subscriber(&mut self, who: &str, address: &str, time: &str) {
        self.knows(who, address);
        self.grants(who, newsletter(), address, time);
    }

    /// The person ticks an empty box under a notice.
    pub(crate) fn grants(&mut self, who: &str, scope: Scope, address: &str, time: &str) {
        let id = self.next_act();
        let grant = grant(&id.to_string(), scope, mail(address), at(time));
        assert_eq!(self.book.append(&name(who), grant).map(|done| done.appended()), Ok(Appended::New));
    }

    pub(crate) fn withdraws(&mut self, who: &str, reach: impl Into<Reach>, time: &str) {
        let stop = Stop::withdraw(self.next_act(), reach.into(), at(time), at(time));
        let _ = self.book.stop(&name(who), stop).unwrap();
    }

    pub(crate) fn objects(&mut self, who: &str, reach: impl Into<Reach>, time: &str) {
        let stop = Stop::object(self.next_act(), reach.into(), at(time), at(time));
        let _ = self.book.stop(&name(who), stop).unwrap();
    }

    pub(crate) fn is_erased(&mut self, who: &str, time: &str) {
        let stop = Stop::erase(self.next_act(), at(time), at(time));
        let _ = self.book.stop(&name(who), stop).unwrap();
    }

    /// An id that no act has yet.
    pub(crate) fn next_act(&mut self) -> ActId {
        self.acts += 1;
        name(&format!("act-{}", self.acts))
    }

    /// May this be sent to this address of theirs? `permitted`, or why not.
    pub(crate) fn asked(&mut self, who: &str, scope: Scope, address: &str, time: &str) -> &'static str {
        let ledger = self.contact(who).ledger();
        ledger.refuses(&Ask::new(scope, mail(address)), at(time)).map_or("permitted", Reason::as_str)
    }

    /// Somebody does something, and what follows is told in words.
    pub(crate) fn sees(&mut self, who: &str, kind: &str, address: &str, time: &str) -> Vec<String> {
        self.signals += 1;
        let signal = self.signal(&format!("signal-{}", self.signals), who, kind, address, time);
        told(self.book.observe(&signal, at(time)).unwrap().decision().unwrap())
    }

    pub(crate) fn signal(&self, id: &str, who: &str, kind: &str, address: &str, time: &str) -> Signal {
        let (id, contact, kind) = (name(id), name(who), name(kind));
        let (identity, at, source) = (mail(address), at(time), None);
        let spec = SignalSpec { id, contact, identity, kind, source, at, attributes: vec![] };
        self.book.journey().signal(spec).unwrap()
    }

    /// All that waits is asked for again, and what may leave leaves.
    pub(crate) fn posts(&mut self, time: &str) -> Vec<Fate> {
        let waiting: Vec<_> =
            self.book.outbox().queued().map(|event| (event.key(), event.effect().clone())).collect();
        let mut fates = Vec::new();
        for (key, effect) in waiting {
            let mut gateway = |event: Event<'_>| -> Result<(), Infallible> {
                fates.push(format!("{} leaves for {}", event.effect(), event.identity().address()));
                Ok(())
            };
            if let Dispatched::Refused(no) = self.book.dispatch_one(key, at(time), &mut gateway) {
                fates.push(format!("{effect} is dropped: {}", no.reason()));
            }
        }
        fates
    }

    pub(crate) fn contact(&mut self, who: &str) -> &Contact {
        self.book.contact(&name(who)).unwrap()
    }

    /// The stage that somebody holds, with those merged with them.
    pub(crate) fn stage(&self, who: &str) -> String {
        self.book.held_stage(&name(who)).map_or("none".to_owned(), |stage| stage.to_string())
    }

    pub(crate) fn merges(&mut self, from: &str, into: &str) {
        self.book.merge(&name(from), &name(into)).unwrap();
    }

    pub(crate) fn unmerges(&mut self, who: &str) {
        self.book.unmerge(&name(who)).unwrap();
    }

    pub(crate) fn links(&mut self, who: &str, address: &str) {
        self.book.link(&name(who), mail(address)).unwrap();
    }
}

pub(crate) fn mail(address: &str) -> Identity {
    Identity::email(address).unwrap()
}

/// The newsletter by e-mail.
pub(crate) fn newsletter() -> Scope {
    NEWSLETTER.by(EMAIL)
}

/// Offers by e-mail.
pub(crate) fn offers() -> Scope {
    OFFERS.by(EMAIL)
}

pub(crate) const ADA: &str = "ada@example.org";
pub(crate) const BOB: &str = "bob@example.org";
