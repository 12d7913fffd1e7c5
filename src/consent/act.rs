//! Acts: what somebody did about consent. One table says which parts each kind has; everything else reads it.
//!
//! *Goes* (permissive acts) need proof and are narrow; *stops* need nothing and may be wide (SPEC S4).

mod go;
mod stop;

use serde::{Deserialize, Serialize};

pub use go::{Confirm, Grant, Lift};
pub use stop::Stop;

use super::evidence::Evidence;
use crate::identity::Identity;
use crate::name::{ActId, Instant, Reach, word_only};

/// One entry of a consent ledger: what the person, the controller or an authority did about consent.
///
/// Every kind is the same plain data, told apart by its constructor: read an act by its accessors, or match on it to
/// know what may fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A go: permits one scope for one identity.
    Grant(Grant),
    /// A go: completes a double opt-in.
    Confirm(Confirm),
    /// A go: takes an objection back, or ends a restriction.
    Lift(Lift),
    /// Anything that can only refuse.
    Stop(Stop),
}

/// The kinds of act, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ActKind {
    /// Go: permits one scope (S6 to S8, S25).
    Grant,
    /// Go: confirms a grant that waits for it (S25).
    Confirm,
    /// Go: lifts an objection (S10).
    Unobject,
    /// Go: lifts a restriction (S11).
    Unrestrict,
    /// Stop: ends earlier grants (S9).
    Withdraw,
    /// Stop: no was the answer (S9).
    Refuse,
    /// Stop: ends earlier grants and blocks later ones (S10).
    Object,
    /// Stop: suspends (S11).
    Restrict,
    /// Stop: refuses until an instant (S30).
    Pause,
    /// Stop: says that a go was never good (S31).
    Void,
    /// Stop: final (S12).
    Erase,
}

/// Which parts an act of a kind has. The written form, its schema and the strategies for tests are made from this.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// The kind on the wire and in messages.
    pub(crate) word: &'static str,
    /// What it does, for the schema.
    #[cfg_attr(not(feature = "schema"), allow(dead_code, reason = "read by the schema"))]
    pub(crate) told: &'static str,
    /// Whether it can only refuse.
    pub(crate) is_stop: bool,
    /// How many purposes, channels and recipients it names.
    pub(crate) scope: Width,
    /// When it ends.
    pub(crate) until: Presence,
    /// Whether it may have `begins` and `confirm_by`.
    pub(crate) waits: bool,
    /// Under which name it names another act.
    pub(crate) names: Option<&'static str>,
    /// Whether it may hold for one address only.
    pub(crate) only: bool,
}

/// How many purposes, channels and recipients an act names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// It has no scope.
    Nothing,
    /// Exactly one of each.
    Narrow,
    /// One of each, or any.
    Wide,
}

/// Whether an act has a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It has none.
    No,
    /// It may have one, and says so if it has none.
    Maybe,
    /// It always has one.
    Always,
}

const GO: Shape = Shape {
    word: "",
    told: "",
    is_stop: false,
    scope: Width::Narrow,
    until: Presence::No,
    waits: false,
    names: None,
    only: false,
};
const STOP: Shape = Shape { is_stop: true, scope: Width::Wide, only: true, ..GO };

impl ActKind {
    /// All kinds of act, goes first.
    pub const ALL: [ActKind; 11] = [
        ActKind::Grant,
        ActKind::Confirm,
        ActKind::Unobject,
        ActKind::Unrestrict,
        ActKind::Withdraw,
        ActKind::Refuse,
        ActKind::Object,
        ActKind::Restrict,
        ActKind::Pause,
        ActKind::Void,
        ActKind::Erase,
    ];

    /// The table of acts.
    pub(crate) const fn shape(self) -> Shape {
        match self {
            ActKind::Grant => Shape {
                word: "grant",
                told: "permits one scope for one identity",
                until: Presence::Maybe,
                waits: true,
                ..GO
            },
            ActKind::Confirm => Shape {
                word: "confirm",
                told: "completes a double opt-in",
                scope: Width::Nothing,
                names: Some("grant"),
                ..GO
            },
            ActKind::Unobject => Shape { word: "unobject", told: "takes an objection back", ..GO },
            ActKind::Unrestrict => Shape {
                word: "unrestrict",
                told: "ends a restriction: the controller has told the person",
                ..GO
            },
            ActKind::Withdraw => {
                Shape { word: "withdraw", told: "ends the grants it reaches that are not later", ..STOP }
            }
            ActKind::Refuse => Shape { word: "refuse", told: "no was the answer", ..STOP },
            ActKind::Object => {
                Shape { word: "object", told: "ends, and blocks later grants until an unobject", ..STOP }
            }
            ActKind::Restrict => Shape { word: "restrict", told: "suspends until an unrestrict", ..STOP },
            ActKind::Pause => Shape {
                word: "pause",
                told: "refuses what it reaches until an instant",
                until: Presence::Always,
                ..STOP
            },
            ActKind::Void => Shape {
                word: "void",
                told: "says that a go was never good",
                scope: Width::Nothing,
                names: Some("act"),
                only: false,
                ..STOP
            },
            ActKind::Erase => Shape {
                word: "erase",
                told: "final, whatever its date",
                scope: Width::Nothing,
                only: false,
                ..STOP
            },
        }
    }

    /// The kind on the wire and in messages, such as `grant`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.shape().word
    }

    /// Whether an act of this kind can only refuse.
    #[must_use]
    #[inline]
    pub const fn is_stop(self) -> bool {
        self.shape().is_stop
    }
}

impl std::fmt::Display for ActKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether an act was done at this contact, or came from another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Provenance {
    /// Done at this contact.
    #[default]
    Own,
    /// A stop that crossed a shared key (SPEC S13). It is never passed on; an erasure that crossed works as a
    /// withdrawal of everything, an objection as a withdrawal.
    Told,
    /// A stop that came with a merge (SPEC S15): it holds as if it were the contact's own.
    Joined,
}

word_only!(ActKind, Provenance);

/// An act as plain data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) kind: ActKind,
    pub(crate) id: ActId,
    pub(crate) acted: Instant,
    pub(crate) recorded: Instant,
    pub(crate) identity: Option<Identity>,
    pub(crate) evidence: Option<Evidence>,
    /// Everything, where the kind has no scope.
    pub(crate) reach: Reach,
    pub(crate) begins: Option<Instant>,
    pub(crate) until: Option<Instant>,
    pub(crate) confirm_by: Option<Instant>,
    /// The act that this one names.
    pub(crate) names: Option<ActId>,
    /// It concerns its identity alone.
    pub(crate) only: bool,
    pub(crate) provenance: Provenance,
}

impl Record {
    pub(crate) fn new(kind: ActKind, id: ActId, acted: Instant, recorded: Instant) -> Record {
        Record {
            kind,
            id,
            acted,
            recorded,
            identity: None,
            evidence: None,
            reach: Reach::everything(),
            begins: None,
            until: None,
            confirm_by: None,
            names: None,
            only: false,
            provenance: Provenance::Own,
        }
    }
}

impl Act {
    pub(crate) fn record(&self) -> &Record {
        match self {
            Act::Grant(Grant(record))
            | Act::Confirm(Confirm(record))
            | Act::Lift(Lift(record))
            | Act::Stop(Stop(record)) => record,
        }
    }

    /// The same act, recorded at this instant: what a caller says of it does not count.
    #[must_use]
    pub fn recorded_at(mut self, recorded: Instant) -> Act {
        self.record_mut().recorded = recorded;
        self
    }

    pub(crate) fn record_mut(&mut self) -> &mut Record {
        match self {
            Act::Grant(Grant(record))
            | Act::Confirm(Confirm(record))
            | Act::Lift(Lift(record))
            | Act::Stop(Stop(record)) => record,
        }
    }

    /// An act that was checked before. INVARIANT: its parts are those of its kind.
    pub(crate) fn of(record: Record) -> Act {
        match record.kind {
            ActKind::Grant => Act::Grant(Grant(record)),
            ActKind::Confirm => Act::Confirm(Confirm(record)),
            ActKind::Unobject | ActKind::Unrestrict => Act::Lift(Lift(record)),
            ActKind::Withdraw
            | ActKind::Refuse
            | ActKind::Object
            | ActKind::Restrict
            | ActKind::Pause
            | ActKind::Void
            | ActKind::Erase => Act::Stop(Stop(record)),
        }
    }

    /// The kind of the act.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        self.record().kind
    }

    /// The id of the act.
    #[must_use]
    pub fn id(&self) -> &ActId {
        &self.record().id
    }

    /// When it was done, as was claimed.
    #[must_use]
    pub fn acted(&self) -> Instant {
        self.record().acted
    }

    /// When the ledger learned of it.
    #[must_use]
    pub fn recorded(&self) -> Instant {
        self.record().recorded
    }

    /// The instant that decides: the earlier of the two clocks, since nothing was done after it was written down
    /// (SPEC S6).
    #[must_use]
    pub fn effective(&self) -> Instant {
        self.acted().min(self.recorded())
    }

    /// The identity that the act is for or came in over; a go always names one.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.record().identity.as_ref()
    }

    /// The evidence on file; a go always has some.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.record().evidence.as_ref()
    }

    /// The purposes, channels and recipients that the act covers; a grant and a lift name exactly one of each. `None`
    /// for a confirm and a void, which name another act instead.
    #[must_use]
    pub fn reach(&self) -> Option<&Reach> {
        match self.kind().shape().names {
            Some(_) => None,
            None => Some(&self.record().reach),
        }
    }

    /// The act that a confirm or a void names.
    #[must_use]
    pub fn names(&self) -> Option<&ActId> {
        self.record().names.as_ref()
    }

    /// The first instant at which a grant permits, where that is later than the act itself.
    #[must_use]
    pub fn begins(&self) -> Option<Instant> {
        self.record().begins
    }

    /// The end of a grant or a pause, exclusive (SPEC S8, S30).
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.record().until
    }

    /// The instant before which a double opt-in must be confirmed (SPEC S25).
    #[must_use]
    pub fn confirm_by(&self) -> Option<Instant> {
        self.record().confirm_by
    }

    /// Whether a stop concerns its own address and no other of the person (SPEC S4).
    #[must_use]
    pub fn is_only(&self) -> bool {
        self.record().only
    }

    /// Whether the act was done at this contact, crossed a shared key, or came with a merge.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.record().provenance
    }
}

impl From<Grant> for Act {
    fn from(grant: Grant) -> Act {
        Act::Grant(grant)
    }
}
impl From<Confirm> for Act {
    fn from(confirm: Confirm) -> Act {
        Act::Confirm(confirm)
    }
}
impl From<Lift> for Act {
    fn from(lift: Lift) -> Act {
        Act::Lift(lift)
    }
}
impl From<Stop> for Act {
    fn from(stop: Stop) -> Act {
        Act::Stop(stop)
    }
}
