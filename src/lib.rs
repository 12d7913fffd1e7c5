//! A consent-based social CRM domain model: contacts, consent grants and engagement stages, with a transition engine
//! that emits an event only where consent exists.
//!
//! **The promise.** An event is emitted only if, at the instant of the decision, a live consent grant covers exactly its
//! purpose, channel, recipient and identity; and it may leave only if that still holds at the instant it is sent. This
//! is a fact about types: only a [`Permit`] makes an [`Event`], only a [`ConsentLedger`] makes a permit, and nothing
//! read from JSON makes either.
//!
//! ```
//! use placet::{Contact, Evidence, Grant, Identity, Journey, Reach, Release, SignalSpec, Stop};
//! use placet::{Actor, Method, Notice, channel::EMAIL, purpose::NEWSLETTER};
//!
//! let (journey, at) = (Journey::reference()?, "2013-05-01T10:00:00Z".parse()?);
//! let mail = Identity::email("ada@example.org")?;
//! let mut ada = Contact::open("c-1".parse()?, mail.clone(), journey.vocabulary());
//!
//! let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
//! let proof = Evidence::new(Actor::Person, Method::UntickedBox).shown(shown);
//! let done = ada.grant(Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), mail, proof, at, at)?)?;
//! assert!(done.refused().is_none(), "nothing stands against it");
//!
//! let signup = journey.signal(SignalSpec::from_json(r#"{"id":"s-1","contact":"c-1","kind":"newsletter-signup",
//!     "identity":"email:ada@example.org","at":"2013-05-01T10:00:00Z"}"#)?)?;
//! let queued = journey.decide(&ada, &signup, at)?.commit(&mut ada)?; // the welcome mail, inert
//!
//! let done = ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything(), at, at)); // a stop cannot fail
//! assert!(done.changed() && done.outlived().is_empty());
//! for event in queued {
//!     let Release::Refused(no) = journey.release(event, &ada, at) else { panic!("she said no") };
//!     assert_eq!(no.reason().as_str(), "withdrawn");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to look
//!
//! | module | when you need it |
//! |---|---|
//! | [`consent`] | acts, evidence, what a ledger answers, permits and refusals |
//! | [`journey`] | stages and rules as data, checked and compiled |
//! | [`signal`] | what arrived about a contact |
//! | [`decide`] | decisions, explanations, release |
//! | [`send`] | queued events, events, replies, gateways |
//! | [`entry`] | what is stored of a contact, and how it is read |
//! | [`desk`] | every operation of a backend with a database of its own: plans without I/O, the port to a store, the kit |
//! | [`book`] | the desk in memory, with imports, rights and erasure, for whoever has no database yet |
//! | [`identity`], [`name`] | addresses and their keys; names, ids, scopes, instants |
//! | [`purpose`], [`channel`] | constants that most journeys use |
//!
//! # From rung to rung
//!
//! | rung | type | made by | serde | means |
//! |---|---|---|---|---|
//! | 1 | [`Act`] in a [`ConsentLedger`] | append or replay, both checked | both ways | what the person said |
//! | 2 | [`QueuedEvent`] | a committed [`Decision`], or read back | both ways | an inert account: it cannot be sent |
//! | 3 | [`Permit`] | [`ConsentLedger::permit`] alone | neither way | proof at one instant; the ledger is borrowed |
//! | 4 | [`Event`] | [`Journey::release`] alone | out only | may leave, now |
//! | 4 | [`Reply`] | [`ConsentLedger::reply`] alone | out only | may leave once, to where the act came from |
//!
//! # What types cannot hold
//!
//! False data in the ledger, a stale copy of a person (load the contact again before you release), what the wire does
//! after the gateway took the event, a backend that mails without asking. There is no clock, no randomness, no I/O and
//! no async here: `now` is an argument.

#![forbid(unsafe_code)]

pub mod book;
pub mod consent;
mod contact;
pub mod decide;
pub mod desk;
mod event;
pub mod identity;
mod interop;
pub mod journey;
pub mod name;
pub mod signal;
#[cfg(feature = "proptest")]
pub mod testing;
mod wire;

/// Entries: what is stored of a contact, how it is written and read, and what may be kept of somebody who was erased.
pub mod entry {
    pub use crate::contact::{Admitted, Body, Entry, Moved, Opened, RefusedEffect, ReplayError, Scrubber};
    pub use crate::wire::{Entries, LineError, QueuedEventError, WireError, read_json};
}

/// Sending: queued events (inert), events and replies (may leave), and the gateways that take them.
pub mod send {
    pub use crate::consent::{NoReply, Reply, ReplyGateway};
    pub use crate::decide::Release;
    pub use crate::event::{Event, Gateway, QueuedEvent};
    pub use crate::name::{EventKey, ReplyKey};
}

pub use book::Book;
pub use consent::{
    Act, Actor, Ask, Confirm, ConsentLedger, Evidence, Grant, Lift, Method, Notice, Outcome, Permit, Reason,
    Refusal, Reply, Stop,
};
pub use contact::{Contact, Person};
pub use decide::{Decision, Release};
pub use entry::Entry;
pub use event::{Event, Gateway, QueuedEvent};
pub use identity::Identity;
pub use journey::{Journey, JourneySpec};
pub use name::{
    ActId, Channel, ContactId, Instant, Purpose, Reach, Recipient, Scope, SignalId, Stage, Vocabulary,
    channel, purpose,
};
pub use signal::{Signal, SignalSpec};

#[cfg(feature = "schema")]
pub use interop::schema;

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
