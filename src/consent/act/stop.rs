//! The stops: acts that can only refuse, that nothing can keep from being appended, and that may be wide
//! (SPEC S9 to S12, S30, S31).

use super::{ActKind, Provenance, Record};
use crate::consent::error::ActError;
use crate::consent::evidence::Evidence;
use crate::identity::Identity;
use crate::name::{ActId, Instant, Reach};

/// An act that can only refuse. Once constructed it cannot fail to be appended: a stop is never behind a `?`.
///
/// It needs no evidence and names no identity unless one is known; it holds for the whole contact.
///
/// ```
/// use placet::{Reach, Stop, channel::EMAIL};
/// let at = "2013-06-01T10:00:00Z".parse()?;
/// let no_more_mail = Stop::withdraw("a-9".parse()?, Reach::everything().by(EMAIL), at, at);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop(pub(crate) Record);

impl Stop {
    fn new(kind: ActKind, id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop(Record { reach, ..Record::new(kind, id, acted, recorded) })
    }

    /// Ends every grant it reaches that is not later (S9).
    #[must_use]
    pub fn withdraw(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(ActKind::Withdraw, id, reach, acted, recorded)
    }

    /// No was the answer to a question; ends like a withdrawal (S9).
    #[must_use]
    pub fn refuse(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(ActKind::Refuse, id, reach, acted, recorded)
    }

    /// Ends, and blocks later grants until an unobject (S10; GDPR 21).
    #[must_use]
    pub fn object(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(ActKind::Object, id, reach, acted, recorded)
    }

    /// Suspends until an unrestrict (S11; GDPR 18).
    #[must_use]
    pub fn restrict(id: ActId, reach: Reach, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(ActKind::Restrict, id, reach, acted, recorded)
    }

    /// Refuses what it reaches until an instant, and ends by itself (S30). A later grant ends it sooner.
    ///
    /// # Errors
    /// [`ActError::UntilNotAfterActed`]: such a pause would stop nothing.
    pub fn pause(
        id: ActId,
        reach: Reach,
        until: Instant,
        acted: Instant,
        recorded: Instant,
    ) -> Result<Stop, ActError> {
        if until <= acted {
            return Err(ActError::UntilNotAfterActed);
        }
        let Stop(record) = Stop::new(ActKind::Pause, id, reach, acted, recorded);
        Ok(Stop(Record { until: Some(until), ..record }))
    }

    /// Says that a go of this contact was never good: a faulty form, an act booked on the wrong person (S31). It bears
    /// on nothing but a go, and opens nothing: a void grant still displaces older ones.
    #[must_use]
    pub fn void(id: ActId, act: ActId, acted: Instant, recorded: Instant) -> Stop {
        Stop(Record { names: Some(act), ..Record::new(ActKind::Void, id, acted, recorded) })
    }

    /// Final for this contact, whatever its date (S12; GDPR 17).
    #[must_use]
    pub fn erase(id: ActId, acted: Instant, recorded: Instant) -> Stop {
        Stop::new(ActKind::Erase, id, Reach::everything(), acted, recorded)
    }

    /// The same stop, with the identity over which it came in. It still holds for the whole contact.
    #[must_use]
    pub fn about(self, identity: Identity) -> Stop {
        Stop(Record { identity: Some(identity), ..self.0 })
    }

    /// The same stop for one address alone (S4): mail there bounced, or the mailbox went to somebody else. It holds for
    /// that address, in whatever spelling and whichever contact has it, and for no other address of the person. An
    /// erasure and a void are never about an address alone and stay as they are.
    #[must_use]
    pub fn only(self, identity: Identity) -> Stop {
        let only = self.0.kind.shape().only;
        Stop(Record { only, ..self.about(identity).0 })
    }

    /// The same stop with evidence on file.
    #[must_use]
    pub fn with_evidence(self, evidence: Evidence) -> Stop {
        Stop(Record { evidence: Some(evidence), ..self.0 })
    }

    /// The same stop as it crosses to another contact that shares a key with this one (S13).
    #[must_use]
    pub fn told(self) -> Stop {
        self.of_another(Provenance::Told)
    }

    /// The same stop as it comes to another contact with a merge (S15). What crossed a key before stays so.
    #[must_use]
    pub fn joined(self) -> Stop {
        let told = self.0.provenance == Provenance::Told;
        self.of_another(if told { Provenance::Told } else { Provenance::Joined })
    }

    /// The same stop, recorded at this instant.
    #[must_use]
    pub fn recorded_at(self, recorded: Instant) -> Stop {
        Stop(Record { recorded, ..self.0 })
    }

    /// The same stop as one of this contact's own.
    pub(crate) fn done_here(self) -> Stop {
        Stop(Record { provenance: Provenance::Own, ..self.0 })
    }

    fn of_another(self, provenance: Provenance) -> Stop {
        // The evidence stays with the contact that it was done at, and so does the identity, unless the stop is about it.
        let identity = self.0.identity.filter(|_| self.0.only);
        Stop(Record { provenance, identity, evidence: None, ..self.0 })
    }

    /// The instant that decides: the earlier of its two clocks (S6).
    pub(crate) fn at(&self) -> Instant {
        self.0.acted.min(self.0.recorded)
    }

    /// The address that it is about alone.
    pub(crate) fn about_alone(&self) -> Option<&Identity> {
        self.0.identity.as_ref().filter(|_| self.0.only)
    }

    /// The same stop under another id.
    pub(crate) fn with_id(self, id: ActId) -> Stop {
        Stop(Record { id, ..self.0 })
    }

    /// Whether it makes a go void, and so concerns nobody else.
    pub(crate) fn is_void(&self) -> bool {
        self.0.kind == ActKind::Void
    }

    /// Whether it is about an address alone.
    pub(crate) fn is_only(&self) -> bool {
        self.0.only
    }

    /// Whether it leaves another one, that lies under the same key, nothing to change, now or ever.
    pub(crate) fn says(&self, other: &Stop) -> bool {
        let ends = |kind: ActKind| {
            matches!(kind, ActKind::Withdraw | ActKind::Refuse | ActKind::Object | ActKind::Erase)
        };
        let rank = |stop: &Stop| (stop.at(), stop.kind() != ActKind::Refuse);
        let as_late = match (self.kind(), other.kind()) {
            (ActKind::Restrict, ActKind::Restrict) => self.at() >= other.at(),
            (ActKind::Pause, ActKind::Pause) => self.at() >= other.at() && self.0.until >= other.0.until,
            (one, two) => ends(one) && ends(two) && rank(self) >= rank(other),
        };
        as_late && self.0.only == other.0.only && self.reach() == other.reach()
    }

    /// The same stop, about an address in the spelling of whoever heard of it.
    pub(crate) fn with_identity(self, identity: Option<Identity>) -> Stop {
        Stop(Record { identity, ..self.0 })
    }

    /// As what it comes to whoever is merged with its contact.
    pub(crate) fn of_member(&self) -> Provenance {
        if self.0.provenance == Provenance::Told { Provenance::Told } else { Provenance::Joined }
    }

    /// Whether it was done at this contact, crossed a shared key, or came with a merge.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        self.0.provenance
    }

    /// The id of the stop.
    #[must_use]
    pub fn id(&self) -> &ActId {
        &self.0.id
    }

    /// The kind of the stop.
    #[must_use]
    pub fn kind(&self) -> ActKind {
        self.0.kind
    }

    /// The purposes, channels and recipients that it covers; those of a void are none, and this says everything.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.0.reach
    }
}
