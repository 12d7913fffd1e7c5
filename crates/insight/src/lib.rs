//! What may be concluded about a person, and what may be said of many, on top of [`placet`].
//!
//! **The promise.** What is concluded about a person exists only while that person permits it, rests only on facts that
//! the person let us keep and has not taken back, and is worked out anew each time it is asked. What is said of many is
//! said of enough of them. Nothing concluded is kept: a withdrawal needs no clean-up.
//!
//! ```
//! use placet::{Contact, Entry, Journey, Stop, Reach};
//! use placet_insight::{Insight, Known};
//!
//! let journey = Journey::reference()?;
//! let insight = Insight::from_json(r#"{"placet":1,"name":"fans",
//!     "views":[{"name":"interest","needs":[{"purpose":"offers","channel":"email"}]}],
//!     "scores":[{"name":"heat","view":"interest","terms":[
//!         {"name":"bought","each":{"kind":"purchase"},"points":10,"half_life":"30d"}]}]}"#, &journey)?;
//!
//! // What a backend stores of Ada: she permits that she is looked at, and buys.
//! let entries: Vec<Entry> = placet::entry::read_json(r#"[
//!     {"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org"},
//!     {"v":1,"type":"grant","contact":"c-1","id":"a-1","acted":"2013-05-01T10:00:00Z","recorded":"2013-05-01T10:00:00Z",
//!      "identity":"email:ada@example.org","actor":"person","method":"unticked_box","notice":"form","notice_version":"1",
//!      "purpose":"offers","channel":"email","recipient":"self","until":"never","confirm_by":"not_needed"},
//!     {"v":1,"type":"signal","contact":"c-1","id":"s-1","identity":"email:ada@example.org","kind":"purchase",
//!      "at":"2013-05-02T10:00:00Z","now":"2013-05-02T10:00:00Z"}]"#)?;
//! let mut ada = Contact::replay(&entries, journey.vocabulary())?;
//!
//! let june = "2013-06-01T10:00:00Z".parse()?; // 30 days later
//! let known = Known::new(&ada, &entries);
//! let profile = insight.view("interest")?.profile(&known, june).map_err(|no| no.reason().to_string())?;
//! assert_eq!(profile.score("heat")?.points(), 5);
//!
//! // She withdraws: from the next question on there is no profile. (While one lives, this would not compile.)
//! let _ = ada.stop(Stop::withdraw("a-2".parse()?, Reach::everything(), june, june));
//! let known = Known::new(&ada, &entries);
//! assert_eq!(insight.view("interest")?.profile(&known, june).unwrap_err().reason().as_str(), "withdrawn");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to look
//!
//! | you want | you get | made from | what it takes |
//! |---|---|---|---|
//! | to know one person | [`Profile`] | a permit for each need of a [`View`] | a live consent; the ledgers are borrowed |
//! | to know why | [`Scored`], [`LeftOut`] | the facts of a profile | the same |
//! | to know many | [`Crowd`], [`Table`], [`Life`], [`Edges`] | standing facts of [`Histories`] | k people a cell; whoever said no is not in it |
//! | to tell somebody outside | [`Published`] | a table or a [`Likeness`], and a [`NoiseKey`] | the only one that can be written out; no ids by type |
//!
//! # Why a crate of its own
//!
//! What must be right to keep the promise of `placet` is small enough to be read in a day, and stays so. Insight needs
//! nothing of it but its public API, and siphasher for the noise. Its own kernel is one file, `fact.rs`: the only place
//! that says whether a fact stands.
//!
//! # What it is not
//!
//! The noise of what is published is the cell-key method of official statistics with a binomial table: asking again
//! averages nothing out, and one person more or less gets fresh noise. It is not differential privacy. There are no floats,
//! no clock, no randomness and no I/O; time zones are an argument ([`Zone`]).

#![forbid(unsafe_code)]

mod advocacy;
mod apportion;
mod cell;
mod compile;
mod credit;
mod credit_spec;
mod crowd;
mod fact;
mod fault;
mod figure;
mod guard;
mod held;
mod histories;
mod history;
mod hours;
mod insight;
mod interval;
mod label;
mod left;
mod likeness;
mod loyalty;
mod plan;
mod profile;
mod publish;
mod query;
mod score;
mod spec;
mod strict;
mod table;
mod table_spec;
mod trial;
mod trial_spec;
mod word;
mod zone;

pub use advocacy::Advocacy;
pub use apportion::apportion;
pub use credit::{Credit, CreditRow, CreditShare};
pub use credit_spec::{CreditSpec, Model, OutcomeSpec, TouchKey, TouchSpec};
pub use crowd::Crowd;
pub use fault::{InsightError, InsightFault, InsightFaultKind, SpecError};
pub use figure::{awake, growth, median, outside, rate};
pub use guard::{DistinctTest, FactCount, FactGuard, FactTest, LatestTest, ScoreTest};
pub use histories::{Histories, HistoriesPart, HistoryError};
pub use history::Known;
pub use hours::{Awake, Hours, Window};
pub use insight::{Insight, View};
pub use interval::interval;
pub use label::Label;
pub use left::Left;
pub use likeness::{Alike, Likeness};
pub use loyalty::{Edges, Leaving, Life, Rfm};
pub use profile::{LeftOut, Profile};
pub use publish::{NoiseKey, Published, PublishedRow};
pub use score::{Basis, Ranking, Scored, Term};
pub use spec::{
    AdvocacySpec, CodeSpec, EachSpec, InsightSpec, LoyaltySpec, PhaseSpec, ScoreSpec, SegmentSpec, TermSpec,
    ViewSpec,
};
pub use table::{Medians, Row, Table};
pub use table_spec::{CountedSpec, KeySpec, LatestKeySpec, SaidSpec, TableSpec, UntilSpec, Which};
pub use trial::{ArmTally, Assigned, Seed, Tallies, Uplift};
pub use trial_spec::{ArmSpec, PolicySpec, TrialSpec, WinSpec};
pub use zone::{Minutes, Zone};

/// The README's examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
