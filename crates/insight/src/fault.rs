//! What can be wrong with an insight spec: its shape (the first place), or its meaning (all places at once); and names
//! that are asked for and not there.

use std::fmt;

use placet::entry::WireError;
use placet::journey::FaultKind;
use placet::name::Name;
use placet::signal::ValueType;
use thiserror::Error;

/// Why a text or a spec is no insight.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpecError {
    /// It has not the form of an insight spec.
    #[error("{}: {} (line {}, column {})", .0.path(), .0.what(), .0.position().0, .0.position().1)]
    Shape(WireError),
    /// It has the form, and says something that cannot be meant.
    #[error("{}", listed(.0))]
    Meaning(Vec<InsightFault>),
}

fn listed(faults: &[InsightFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// One thing that cannot be meant, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsightFault {
    pub(crate) path: String,
    pub(crate) kind: InsightFaultKind,
}

impl InsightFault {
    /// The path to the place, such as `scores[0].terms[2].each.kind`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn kind(&self) -> &InsightFaultKind {
        &self.kind
    }
}

impl fmt::Display for InsightFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)
    }
}

/// What cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InsightFaultKind {
    /// A version of the form that this crate does not know.
    #[error("version {found} of an insight is not known; version 1 is")]
    Version {
        /// The version found.
        found: u32,
    },
    /// What the journey's own check says of a need.
    #[error(transparent)]
    Journey(FaultKind),
    /// A name that is used and not declared.
    #[error("no {what} `{name}` is declared{}", meant(nearest.as_ref()))]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// The name used.
        name: Name,
        /// The declared name nearest to it.
        nearest: Option<Name>,
    },
    /// A name that is declared twice.
    #[error("the {what} `{name}` is declared twice")]
    Twice {
        /// What is.
        what: &'static str,
        /// The name.
        name: Name,
    },
    /// A list that is too long.
    #[error("a list holds at most {most} here")]
    TooMany {
        /// The most there may be.
        most: usize,
    },
    /// A list that must hold something.
    #[error("an empty list says nothing here: name at least one, or leave it out where that is allowed")]
    Empty,
    /// A need that reaches only where a signal arrived.
    #[error(
        "this channel answers where a question came from, and nobody asked: name a channel that reaches an address"
    )]
    Arrival,
    /// A value of another type than the attribute's.
    #[error("the attribute `{name}` is declared as {declared}, and {found} is needed or named here")]
    ValueType {
        /// The attribute.
        name: Name,
        /// Its declared type.
        declared: ValueType,
        /// The other type.
        found: ValueType,
    },
    /// A comparison that a bool does not have.
    #[error("a bool is equal or not_equal, nothing else")]
    BoolOrder,
    /// A count that always holds.
    #[error("a count of at least 0 always holds: name at least 1")]
    CountZero,
    /// A score that asks for a score.
    #[error("a score cannot ask for a score: ask for both in a segment")]
    ScoreInScore,
    /// Something of another view.
    #[error("the {what} `{name}` belongs to another view: name one of the same view")]
    OtherView {
        /// What it is.
        what: &'static str,
        /// Its name.
        name: Name,
    },
    /// Points out of range.
    #[error("points are from -1000000 to 1000000, and not 0")]
    Points,
    /// A term that is both or neither of stated and done.
    #[error("a term has either `when`, for what is stated, or `each`, for what is done")]
    WhenOrEach,
    /// A half-life of what is stated.
    #[error("a `half_life` belongs to `each`: what is stated holds or does not")]
    HalfLife,
    /// A bound that is not above 0.
    #[error("this is a size: name at least 1")]
    NotPositive,
    /// A least above the most.
    #[error("`least` is above `most`: no score lies between")]
    LeastAboveMost,
    /// A signal of a segment whose kind is not derived.
    #[error(
        "the kind `{kind}` is not `derived` in the journey: a conclusion of ours must not pass for a message of theirs"
    )]
    NotDerived {
        /// The kind.
        kind: Name,
    },
    /// A derived kind that the need of the view does not admit.
    #[error(
        "the admission of `{kind}` does not name the need of the view: what may not be concluded must not be kept"
    )]
    NotAdmitted {
        /// The kind.
        kind: Name,
    },
    /// A derived signal of a view with several needs.
    #[error(
        "a view of several needs has no identity that answers for all: name a signal only where the view has one need"
    )]
    SeveralNeeds,
    /// A score without a signal to fill.
    #[error(
        "a score fills the attribute `score` of a signal, an integer: name a signal whose kind declares it"
    )]
    NoScoreAttribute,
    /// A table that counts nothing or several things.
    #[error("a table counts one of `kind`, `sent`, `moved`, `people` and `said`")]
    CountedWhat,
    /// A table without a view, or one of acts with a view or a segment.
    #[error(
        "a table names a `view`, but one of acts (`said`), which names neither `view`, `segment` nor `stages`"
    )]
    TableView,
    /// An act that is not for a purpose of its own.
    #[error(
        "only grants, lifts, withdrawals, refusals, objections, restrictions and pauses are for a purpose"
    )]
    SaidKind,
    /// A part that does not belong to what is counted.
    #[error("this does not belong to what the table counts")]
    Misfit,
    /// A k that hides too little.
    #[error("a cell is of at least 10 people: name a `k` of 10 or more")]
    K,
    /// A bound of facts a person that is out of range.
    #[error("`most` is from 1 to 1048576")]
    Most,
    /// One of `amount` and `clamp` without the other.
    #[error("an `amount` needs a `clamp`, so that one person cannot carry a cell, and a `clamp` an `amount`")]
    Clamp,
    /// An end of a time that is not one.
    #[error("`until` names one of `by` and `moved`; `same` belongs to `by`")]
    Until,
    /// A touch that is nothing or both.
    #[error("a touch is one of `kind` and `sent`")]
    TouchWhat,
    /// A touch with no channel, or with two.
    #[error("a touch names its channel by one of `channel` and `by`")]
    TouchChannel,
    /// A part that does not belong to such a touch.
    #[error("`where` and `attribute` belong to a touch of a `kind`, and `effect` to what was `sent`")]
    TouchMisfit,
    /// An arm that is called as those who get none.
    #[error("no arm is called `holdout`: those are called so who get none")]
    ArmHoldout,
    /// A holdout of everybody.
    #[error("`holdout` is of a thousand people: name at most 999, so that somebody gets an arm")]
    Holdout,
    /// More than everybody for the arms.
    #[error("`least` is of a thousand people for each arm: `least` times the arms is at most 1000")]
    Least,
    /// A chance to be wrong that is none, or too great.
    #[error("`alpha` is of a million verdicts those that may be wrong: name 1 to 500000")]
    Alpha,
    /// A horizon that is no number of days.
    #[error("a horizon is a whole number of days, such as 90d")]
    Horizon,
}

pub(crate) fn meant(nearest: Option<&Name>) -> String {
    nearest.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}

/// The declared name nearest to another, if one is near.
pub(crate) fn nearest<'n>(name: &str, declared: impl Iterator<Item = &'n Name>) -> Option<Name> {
    let near = placet::name::nearest(name, declared.map(Name::as_str));
    near.and_then(|text| Name::new(text).ok())
}

/// Why a question cannot be asked: a name that the spec does not have, or parts that do not belong together. It says
/// nothing of any person.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InsightError {
    /// A name that the spec does not have.
    #[error("no {what} of this name is in the insight{}", meant(nearest.as_ref()))]
    Unknown {
        /// What it should be.
        what: &'static str,
        /// The name nearest to it.
        nearest: Option<Name>,
    },
    /// Something that belongs to another view than the profile does.
    #[error("the {what} belongs to another view than this profile: ask under that one")]
    OtherView {
        /// What does.
        what: &'static str,
    },
    /// A segment that makes no signal.
    #[error("this segment names no signal")]
    NoSignal,
    /// Crowds, tables or parts that were not asked alike.
    #[error(
        "these were asked by another insight, at another instant or of another shape: they do not belong together"
    )]
    NotAlike,
    /// A table that has no such figure.
    #[error("this table has no such figure")]
    NoFigure,
}
