//! What may be concluded about a person, and what may be said of many.

#![forbid(unsafe_code)]

mod advocacy;
mod cell;
mod compile;
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
mod zone;

pub use advocacy::Advocacy;
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
    AdvocacySpec, CodeSpec, EachSpec, InsightSpec, Later, LoyaltySpec, PhaseSpec, ScoreSpec, SegmentSpec,
    TermSpec, ViewSpec,
};
pub use table::{Medians, Row, Table};
pub use table_spec::{CountedSpec, KeySpec, LatestKeySpec, SaidSpec, TableSpec, UntilSpec, Which};
pub use zone::{Minutes, Zone};
