//! The stops: acts that can only refuse, that nothing can keep from being appended, and that may be wide (SPEC S9 to S12).

use super::{ActKind, Provenance, Stamp};
use crate::identity::Identity;
use crate::ledger::evidence::Evidence;
use crate::vocab::{ActId, Instant, Reach};

/// An act that can only refuse. Once constructed it cannot fail to be appended: a stop is never behind a `?`.
///
/// It needs no evidence and names no identity unless one is known; it holds for the whole contact.
///
/// ```
/// use placet::{EMAIL, Reach, Stop};
/// let at = "2013-06-01T10:00:00Z".parse()?;
/// let no_more_mail = Stop::withdraw("a-9".parse()?, Reach::everything().by(EMAIL), at, at);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub(crate) stamp: Stamp,
    pub(crate) kind: StopKind,
    pub(crate) reach: Reach,
    pub(crate) provenance: Provenance,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopKind {
    Withdraw,
    Refuse,
    Object,
    Restrict,
    Erase,
}

impl Stop {
    fn new(kind: StopKind, id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        let stamp = Stamp { id, acted, recorded, identity: None, evidence: None };
        Stop { stamp, kind, reach, provenance: Provenance::Own }
    }

    /// Ends every grant it reaches that is not later (S9).
    #[must_use]
    pub fn withdraw(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(StopKind::Withdraw, id, reach, acted, recorded)
    }

    /// No was the answer to a question; ends like a withdrawal (S9).
    #[must_use]
    pub fn refuse(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(StopKind::Refuse, id, reach, acted, recorded)
    }

    /// Ends, and blocks later grants until an unobject (S10; GDPR 21).
    #[must_use]
    pub fn object(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(StopKind::Object, id, reach, acted, recorded)
    }

    /// Suspends until an unrestrict (S11; GDPR 18).
    #[must_use]
    pub fn restrict(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(StopKind::Restrict, id, reach, acted, recorded)
    }

    /// Final for this contact, whatever its date (S12; GDPR 17).
    #[must_use]
    pub fn erase(id: ActId, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(StopKind::Erase, id, Reach::everything(), acted, recorded)
    }

    /// With the identity over which it came in.
    #[must_use]
    pub fn about(mut self, identity: Identity) -> Stop {
        self.stamp.identity = Some(identity);
        self
    }

    /// With what is on file for it.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Stop {
        self.stamp.evidence = Some(evidence);
        self
    }

    /// The same stop as it is told to another contact that shares a key with this one (S13).
    #[must_use]
    pub fn told(self) -> Stop {
        self.of_another(Provenance::Told)
    }

    /// The same stop as it comes to another contact with a merge (S15). What was told stays told.
    #[must_use]
    pub fn joined(self) -> Stop {
        let told = self.provenance == Provenance::Told;
        self.of_another(if told { Provenance::Told } else { Provenance::Joined })
    }

    fn of_another(mut self, provenance: Provenance) -> Stop {
        self.provenance = provenance;
        // What is on file for it stays with the contact that it was done at.
        (self.stamp.identity, self.stamp.evidence) = (None, None);
        self
    }

    /// Own, told, or come with a merge.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.provenance
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        match self.kind {
            StopKind::Withdraw => ActKind::Withdraw,
            StopKind::Refuse => ActKind::Refuse,
            StopKind::Object => ActKind::Object,
            StopKind::Restrict => ActKind::Restrict,
            StopKind::Erase => ActKind::Erase,
        }
    }

    /// What it covers.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.reach
    }
}
