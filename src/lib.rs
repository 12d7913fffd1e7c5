//! **placet**: a consent-based social CRM domain model.
//!
//! # The promise
//!
//! An event is emitted only if, at the instant of the decision, a live consent grant covers exactly its
//! purpose, channel, recipient and identity; and it may leave only if that still holds at the instant it
//! is sent. This is a fact about types, not a check that somebody must remember:
//!
//! | rung | type | made by | serde | means |
//! |---|---|---|---|---|
//! | 1 | [`Act`] in a [`ConsentLedger`] | append or replay, both checked | both ways | what the person said |
//! | 2 | [`QueuedEvent`] | a committed [`Decision`], or read back | both ways | an inert account: it cannot be sent |
//! | 3 | [`Permit`] | [`ConsentLedger::permit`] alone | neither way | proof at one instant; the ledger is borrowed |
//! | 4 | [`Event`] | [`QueuedEvent::release`] alone | out only | may leave, now |
//!
//! # The floors
//!
//! A file imports lower floors, never a higher one (`tests/it/architecture.rs` reads the files).
//!
//! | floor | where | what is there |
//! |---|---|---|
//! | 0 words | `vocab/` | [`Name`], ids, [`Scope`] and [`Reach`], [`Instant`], [`Stage`], [`Vocabulary`] |
//! | 1 identity | `identity.rs` | [`Identity`]: an exact key for goes, a wide one for stops |
//! | 2 ledger | `ledger/` | [`Act`], [`Evidence`], [`Ask`], [`Reason`], [`Remedy`] |
//! | 3 kernel | `permit.rs`, `citation.rs`, `refusal.rs` | [`Permit`], [`Citation`], [`Refusal`] |
//! | 4 domain | `contact/`, `signal.rs`, `event.rs`, `wire/` | [`Contact`], [`Entry`], [`SignalSpec`], [`QueuedEvent`], [`Event`], and how they are written |
//! | 5 journey | `journey/` | [`JourneySpec`] checked into a [`Journey`], [`Guard`], [`Fault`] |
//! | 6 engine | `engine/` | [`Journey::decide`], [`Journey::explain`], [`Decision`] |
//! | 7 book | `book/` | [`Book`]: contacts, signal ids and outbox in memory; [`Book::import`] of old acts, rights ([`Book::access`] and others) |
//! | 8 edge | `interop/`, `testing/` | JSON Schema (feature `schema`), strategies for property tests (feature `proptest`) |
//!
//! Journeys are looked over, drawn, tested and tried on a recorded history by another package, `placet-lab`, which
//! knows this one by its public API alone.
//!
//! # What it refuses to be
//!
//! No clock, no randomness, no I/O, no async: `now` is an argument. No profile is kept of anybody who
//! did not permit it, no event exists without a permit, no persona has a field. What types cannot hold:
//! false data in the ledger, a stale copy of a ledger, what the wire does after the gateway took the
//! event, a backend that mails without asking.

#![forbid(unsafe_code)]

mod book;
mod citation;
mod contact;
mod engine;
mod event;
mod identity;
mod interop;
mod journey;
mod ledger;
mod permit;
mod refusal;
mod signal;
#[cfg(feature = "proptest")]
pub mod testing;
mod vocab;
mod wire;

pub use book::{
    Access, AccessedContact, Account, AdmittedKind, Book, BookError, CellFault, Column, DamagedJournal,
    Dispatched, Doubt, DoubtKind, Exercised, Fate, ImportReport, ImportRow, Journal, JournalError, Journaled,
    Mapped, Mapping, MappingFault, Obligation, Observed, Outbox, Outgoing, Portable, PortableContact,
    RefusedRow, Replayed, Report, Right, RowFault, Saying, Suppressed, Words,
};
pub use citation::Citation;
pub use contact::{Admitted, Body, Contact, Entry, Moved, Person, RefusedEffect, ReplayError, Scrubber};
pub use engine::{
    Answered, Asked, Checked, Considered, Decision, Explanation, Misfit, Parts, Refused, Stale, Transition,
};
pub use event::{Event, EventKey, Gateway, QueuedEvent};
pub use identity::{Identity, IdentityError, IdentityKind, SuppressionKey, WideKey};
pub use journey::{
    AttributeSpec, Catalogue, ChannelSpec, Comparison, Declared, EffectSpec, Fault, FaultKind, Guard,
    GuardError, Journey, JourneyError, JourneySpec, NeedSpec, NoticeSpec, Reaches, RuleSpec, ShapeFault,
    SignalFault, SignalKindSpec, Span, SpanError, StageSpec, SustainSpec, Way,
};
pub use journey::{guard, plan};
pub use ledger::{
    Act, ActError, ActKind, Actor, AppendError, Appended, AsOf, Ask, Confirm, ConsentLedger, Deed, Evidence,
    Grant, Lift, Method, Notice, NoticeDigest, NoticeId, NoticeVersion, Provenance, Reason, Remedy,
    RoundTrip, Step, Stop, Touchpoint, Unproven,
};
pub use permit::Permit;
pub use refusal::Refusal;
pub use signal::{Attribute, Signal, SignalSpec, Source, Value, ValueType};
pub use vocab::{
    ActId, CARE, Channel, ContactId, Controller, EMAIL, EffectName, Fingerprint, HexError, IN_PERSON,
    Instant, InstantError, NEWSLETTER, NO_STAGE, Name, NameError, Network, OFFERS, PHONE, POST, PROFILING,
    PUSH, Purpose, REFERRAL, RESEARCH, Reach, Recipient, RuleName, SELF, SHARING, SMS, SOCIAL_LINKING, Scope,
    SignalId, SignalKind, Stage, Vocabulary, WEB,
};
pub use wire::{Entries, LineError, QueuedEventError, WireError, read_json};

/// Spans of time, as [`Instant`] takes and gives them: `chrono`'s, so that no second copy of it is needed.
pub use chrono::TimeDelta;

#[cfg(feature = "schema")]
pub use interop::schema;

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
