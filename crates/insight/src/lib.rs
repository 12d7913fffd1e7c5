//! What may be concluded about a person, and what may be said of many.

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
