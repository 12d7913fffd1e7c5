//! The path of the 2013 article, as a marketer tells it.
//!
//! Each test is one story about Ada, under the reference journey (`src/journey/reference.json`). Everything
//! happens on one day, so that a time of the day says when.

mod addresses;
mod article;
mod consent;
mod replay;
mod why;

use placet::{
    ActId, Contact, Decision, Identity, Journey, QueuedEvent, Reach, Scope, Stage, Stop,
    channel::EMAIL,
    purpose::{NEWSLETTER, OFFERS},
};
pub(crate) use placet_tests::support::told;

use crate::support::{at, grant, name, signal};

/// Ada, the journey she is on, and the mail that waits to leave.
pub(crate) struct Story {
    pub(crate) journey: Journey,
    pub(crate) ada: Contact,
    waiting: Vec<QueuedEvent>,
    acts: u32,
    signals: u32,
}

impl Story {
    /// Under the reference journey, with the address or account that we know her by.
    pub(crate) fn begins(known_by: Identity) -> Story {
        Story::under(Journey::reference().unwrap(), known_by)
    }

    pub(crate) fn under(journey: Journey, known_by: Identity) -> Story {
        let ada = Contact::open(name("ada"), known_by, journey.vocabulary());
        Story { journey, ada, waiting: vec![], acts: 0, signals: 0 }
    }

    /// Acts are called act-1, act-2, ... in the order in which the story tells them.
    pub(crate) fn next_act(&mut self) -> ActId {
        self.acts += 1;
        name(&format!("act-{}", self.acts))
    }

    /// She ticks an empty box under a notice; nothing else is permitted by it.
    pub(crate) fn grants(&mut self, scope: Scope, identity: Identity, time: &str) {
        let id = self.next_act();
        let _ = self.ada.grant(grant(&id.to_string(), scope, identity, at(time))).unwrap();
    }

    /// She takes consent back, as far as `reach` says.
    pub(crate) fn withdraws(&mut self, reach: impl Into<Reach>, time: &str) {
        let stop = Stop::withdraw(self.next_act(), reach.into(), at(time), at(time));
        let _ = self.ada.stop(stop);
    }

    /// What would follow if she did this; nothing is changed by asking.
    pub(crate) fn decision(&self, kind: &str, identity: Identity, time: &str) -> Decision<'static> {
        let id = format!("{kind}-{}", self.signals + 1);
        let signal = signal(&self.journey, &id, kind, identity, at(time));
        self.journey.decide(&self.ada, &signal, at(time)).unwrap().into_owned()
    }

    /// She does this, and what follows is told in words.
    pub(crate) fn does(&mut self, kind: &str, identity: Identity, time: &str) -> Vec<String> {
        let decision = self.decision(kind, identity, time);
        self.signals += 1;
        self.waiting.extend(decision.commit(&mut self.ada).unwrap());
        told(&decision)
    }

    /// The stage at which she stands.
    pub(crate) fn stands_at(&self, time: &str) -> &str {
        self.journey.stands_at(&self.ada, at(time)).map_or("none", Stage::as_str)
    }

    /// Lets the waiting mail go, each piece if it still may.
    pub(crate) fn dispatch(&mut self, time: &str) -> Vec<String> {
        let (journey, ada) = (&self.journey, &self.ada);
        let fate = |queued: QueuedEvent| {
            let effect = queued.effect().clone();
            match journey.release(queued, ada, at(time)).into_result() {
                Ok(event) => format!("{effect} leaves for {}", event.identity().address()),
                Err(no) => format!("{effect} is dropped: {}", no.reason()),
            }
        };
        self.waiting.drain(..).map(fate).collect()
    }
}

/// The newsletter by e-mail.
pub(crate) fn newsletter() -> Scope {
    NEWSLETTER.by(EMAIL)
}

/// Offers by e-mail.
pub(crate) fn offers() -> Scope {
    OFFERS.by(EMAIL)
}
