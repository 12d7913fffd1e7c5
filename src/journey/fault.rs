//! What can be wrong with a journey: shape faults (the first, with its path) and faults of meaning (all at once).

use std::fmt;

use thiserror::Error;

use crate::name::Name;
use crate::signal::ValueType;
use crate::wire::WireError;

/// Why a text or a spec is not a journey.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JourneyError {
    /// It has not the form of a journey.
    #[error(transparent)]
    Shape(ShapeFault),
    /// It has the form, and says something that cannot be meant.
    #[error("{}", listed(.0))]
    Meaning(Vec<Fault>),
}

fn listed(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The first place that has not the form of a journey.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {} (line {}, column {})", self.path(), self.what(), self.0.position().0, self.0.position().1)]
pub struct ShapeFault(pub(super) WireError);

impl ShapeFault {
    /// The path to the place, such as `rules[2].when.all[0]`; `.` is the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.path()
    }

    /// What is wrong there.
    #[must_use]
    pub fn what(&self) -> &str {
        self.0.what()
    }
}

/// One thing that cannot be meant, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(super) path: String,
    pub(super) kind: FaultKind,
}

impl Fault {
    /// The path to the place, such as `rules[2].effects[0].purpose`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.kind)
    }
}

/// The kinds of names that a journey declares and uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Declared {
    /// A purpose of the catalogue.
    Purpose,
    /// A channel of the catalogue.
    Channel,
    /// A recipient of the catalogue, or `self`.
    Recipient,
    /// A notice and its version.
    Notice,
    /// A stage.
    Stage,
    /// A kind of signal.
    SignalKind,
    /// An attribute of a kind of signal.
    Attribute,
    /// A rule.
    Rule,
    /// An effect of a rule.
    Effect,
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Declared::Purpose => "purpose",
            Declared::Channel => "channel",
            Declared::Recipient => "recipient",
            Declared::Notice => "notice",
            Declared::Stage => "stage",
            Declared::SignalKind => "kind of signal",
            Declared::Attribute => "attribute",
            Declared::Rule => "rule",
            Declared::Effect => "effect",
        })
    }
}

/// What cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// A version of the form that this crate does not know.
    #[error("version {found} of a journey is not known; version 1 is")]
    Version {
        /// The version found.
        found: u32,
    },
    /// A name that is used and not declared.
    #[error("no {what} `{name}` is declared{}", meant(nearest.as_ref()))]
    Unknown {
        /// What it should be.
        what: Declared,
        /// The name used.
        name: Name,
        /// The declared name nearest to it.
        nearest: Option<Name>,
    },
    /// A name that is declared twice.
    #[error("the {what} `{name}` is declared twice")]
    Twice {
        /// What is.
        what: Declared,
        /// The name.
        name: Name,
    },
    /// A name that means something else already.
    #[error("no {what} can be called `{name}`: the word means something else here")]
    Reserved {
        /// What it should name.
        what: Declared,
        /// The name.
        name: Name,
    },
    /// An empty list of needs.
    #[error(
        "an empty list of needs permits nothing and forbids nothing: name a scope, or leave the list out"
    )]
    NoNeeds,
    /// An empty list of stages to come from.
    #[error("an empty `from` matches no contact: name a stage or `none`, or leave it out for any stage")]
    NoFrom,
    /// A question that nothing answers.
    #[error("an empty `by` is never answered: name a kind of signal that is an answer")]
    NoAnswer,
    /// An empty list of stages to stand at still.
    #[error("an empty `still` lets nothing leave: name a stage or `none`, or leave it out for any stage")]
    NoStill,
    /// `social/*`, where the catalogue has no social channel.
    #[error(
        "`social/*` means the network of the identity asked about, and the catalogue has no channel of a network, such as social/facebook"
    )]
    NoNetwork,
    /// Stages that fall back on each other.
    #[error("the stage `{stage}` falls back on itself: let one `else` on the way be `none`")]
    SustainCircle {
        /// One stage of the circle.
        stage: Name,
    },
    /// A value of another type than the attribute's.
    #[error("the attribute `{name}` is declared as {declared}, and compared with a value of type {found}")]
    ValueType {
        /// The attribute.
        name: Name,
        /// Its declared type.
        declared: ValueType,
        /// The type of the value.
        found: ValueType,
    },
    /// A comparison that a bool does not have.
    #[error("a bool is equal or not_equal, nothing else")]
    BoolOrder,
    /// A count of queued events that does not say of which.
    #[error("`queued` counts the events of one `effect` or for one `purpose`: name one of the two")]
    QueuedOfWhat,
    /// A count that always holds.
    #[error("a count of at least 0 always holds: name at least 1")]
    CountZero,
    /// A count within a time that a contact does not keep.
    #[error("a count within a time names at most {most}: a contact keeps no more instants of one kind")]
    CountTooLarge {
        /// The most there is.
        most: u8,
    },
    /// Over 32 attributes for one kind.
    #[error("a kind of signal carries at most 32 attributes")]
    TooManyAttributes,
    /// More than fits.
    #[error("a journey holds at most 65,000 names, stages, kinds, rules, effects and needs each")]
    TooLarge,
}

fn meant(nearest: Option<&Name>) -> String {
    nearest.map(|name| format!(": did you mean `{name}`?")).unwrap_or_default()
}

/// Why a signal is not one of a journey's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignalFault {
    /// The kind or an attribute is not declared.
    #[error("no {what} of this name is declared{}", meant(nearest.as_ref()))]
    Unknown {
        /// What it should be.
        what: Declared,
        /// The declared name nearest to it.
        nearest: Option<Name>,
    },
    /// An attribute is there twice.
    #[error("the attribute `{name}` is there twice")]
    Twice {
        /// Which.
        name: Name,
    },
    /// A value of another type than declared.
    #[error("the attribute `{name}` is declared as {declared}, its value is of type {found}")]
    ValueType {
        /// Which.
        name: Name,
        /// Its declared type.
        declared: ValueType,
        /// The type found.
        found: ValueType,
    },
}

/// The declared name nearest to a misspelt one, if one is near.
pub(super) fn nearest<'n>(name: &Name, declared: impl Iterator<Item = &'n Name>) -> Option<Name> {
    let near = crate::name::nearest(name.as_str(), declared.map(Name::as_str));
    near.and_then(|text| Name::new(text).ok())
}
