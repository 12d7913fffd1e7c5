//! Acts: the goes, which need proof and are narrow, and the stops, which need nothing and may be wide (SPEC S4).

mod go;
mod stop;

use serde::{Deserialize, Serialize};

pub use go::{Confirm, Grant, Lift};
pub use stop::Stop;
pub(super) use stop::StopKind;

use super::evidence::Evidence;
use crate::identity::Identity;
use crate::vocab::{ActId, Instant, word_only};

/// One entry of a consent ledger: what the person, the controller or an authority did about consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Permits one scope for one identity.
    Grant(Grant),
    /// Completes a double opt-in.
    Confirm(Confirm),
    /// Takes an objection back, or ends a restriction.
    Lift(Lift),
    /// Anything that can only refuse.
    Stop(Stop),
}

/// The kinds of act, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "snake_case")]
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
    /// Stop: final (S12).
    Erase,
}

impl ActKind {
    /// Whether it can only refuse.
    #[must_use]
    #[inline]
    pub fn is_stop(self) -> bool {
        match self {
            ActKind::Grant | ActKind::Confirm | ActKind::Unobject | ActKind::Unrestrict => false,
            ActKind::Withdraw | ActKind::Refuse | ActKind::Object | ActKind::Restrict | ActKind::Erase => {
                true
            }
        }
    }
}

/// Whether an act was done at this contact, or told to it from another one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Provenance {
    /// Done at this contact.
    #[default]
    Own,
    /// A stop that crossed a shared key (SPEC S13). It is never told on; an erasure that
    /// crossed works as a withdrawal of everything.
    Told,
    /// A stop that came with a merge (SPEC S15): it holds as if it were the contact's own.
    Joined,
}

word_only!(ActKind, Provenance);

/// What every act has: its id, its two clocks, and what is on file for it.
///
/// *Acted* is when the person did it, *recorded* when the ledger learned it (lifted to the ledger's
/// last one if earlier). Decisions go by the first, audits ask for both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) id: ActId,
    pub(crate) acted: Instant,
    pub(crate) recorded: Instant,
    pub(crate) identity: Option<Identity>,
    pub(crate) evidence: Option<Evidence>,
}

impl Act {
    fn stamp(&self) -> &Stamp {
        match self {
            Act::Grant(Grant { stamp, .. })
            | Act::Confirm(Confirm { stamp, .. })
            | Act::Lift(Lift { stamp, .. })
            | Act::Stop(Stop { stamp, .. }) => stamp,
        }
    }

    pub(crate) fn set_id(&mut self, id: ActId) {
        match self {
            Act::Grant(Grant { stamp, .. })
            | Act::Confirm(Confirm { stamp, .. })
            | Act::Lift(Lift { stamp, .. })
            | Act::Stop(Stop { stamp, .. }) => stamp.id = id,
        }
    }

    pub(crate) fn set_recorded(&mut self, recorded: Instant) {
        match self {
            Act::Grant(Grant { stamp, .. })
            | Act::Confirm(Confirm { stamp, .. })
            | Act::Lift(Lift { stamp, .. })
            | Act::Stop(Stop { stamp, .. }) => stamp.recorded = recorded,
        }
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        match self {
            Act::Grant(_) => ActKind::Grant,
            Act::Confirm(_) => ActKind::Confirm,
            Act::Lift(Lift { restriction: false, .. }) => ActKind::Unobject,
            Act::Lift(Lift { restriction: true, .. }) => ActKind::Unrestrict,
            Act::Stop(stop) => stop.kind(),
        }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &ActId {
        &self.stamp().id
    }

    /// When it was done.
    #[must_use]
    pub fn acted(&self) -> Instant {
        self.stamp().acted
    }

    /// When the ledger learned of it.
    #[must_use]
    pub fn recorded(&self) -> Instant {
        self.stamp().recorded
    }

    /// For which identity; a go always names one.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.stamp().identity.as_ref()
    }

    /// What is on file for it; a go always has some.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.stamp().evidence.as_ref()
    }

    /// Done here, told over a shared key, or come with a merge.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        match self {
            Act::Stop(stop) => stop.provenance,
            _ => Provenance::Own,
        }
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
