//! Acts: the goes, which need proof and are narrow, and the stops, which need nothing and may be wide (SPEC S4).

use serde::{Deserialize, Serialize};

use super::error::ActError;
use super::evidence::{Deed, Evidence};
use crate::identity::Identity;
use crate::vocab::{ActId, Instant, Reach, Scope, word_only};

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

impl Stamp {
    fn go(
        (id, identity, evidence, acted, recorded): (ActId, Identity, Evidence, Instant, Instant),
        deed: Deed,
    ) -> Result<Stamp, ActError> {
        evidence.proves(deed)?;
        Ok(Stamp { id, acted, recorded, identity: Some(identity), evidence: Some(evidence) })
    }
}

/// A go that permits exactly one scope for exactly one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub(crate) stamp: Stamp,
    pub(crate) scope: Scope,
    pub(crate) until: Option<Instant>,
    pub(crate) confirm_by: Option<Instant>,
}

impl Grant {
    /// A grant without an end, in force at once.
    ///
    /// # Errors
    /// [`ActError::Unproven`] where the evidence does not show the person's own, informed, affirmative act.
    ///
    /// ```
    /// use placet::{Actor, Evidence, Grant, Identity, Method, Notice, EMAIL, NEWSLETTER};
    /// let at = "2013-05-01T10:00:00Z".parse()?;
    /// let notice = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    /// let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice);
    /// let ada = Identity::email("ada@example.org")?;
    /// let grant = Grant::new("a-1".parse()?, NEWSLETTER.by(EMAIL), ada.clone(), evidence, at, at)?;
    /// assert!(grant.until("2013-05-01T10:00:00Z".parse()?).is_err(), "an end lies after the beginning");
    ///
    /// let bought = Evidence::new(Actor::Import, Method::Import);
    /// assert!(Grant::new("a-2".parse()?, NEWSLETTER.by(EMAIL), ada, bought, at, at).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        id: ActId,
        scope: Scope,
        identity: Identity,
        evidence: Evidence,
        acted: Instant,
        recorded: Instant,
    ) -> Result<Grant, ActError> {
        let stamp = Stamp::go((id, identity, evidence, acted, recorded), Deed::Grant)?;
        Ok(Grant { stamp, scope, until: None, confirm_by: None })
    }

    /// Ends it: in force while acted <= now < until (S8).
    ///
    /// # Errors
    /// [`ActError::UntilNotAfterActed`].
    pub fn until(self, until: Instant) -> Result<Grant, ActError> {
        if until <= self.stamp.acted {
            return Err(ActError::UntilNotAfterActed);
        }
        Ok(Grant { until: Some(until), ..self })
    }

    /// Makes it a double opt-in: not given until a confirm with acted <= confirm < this instant (S25).
    ///
    /// # Errors
    /// [`ActError::ConfirmByNotAfterActed`].
    pub fn confirm_by(self, confirm_by: Instant) -> Result<Grant, ActError> {
        if confirm_by <= self.stamp.acted {
            return Err(ActError::ConfirmByNotAfterActed);
        }
        Ok(Grant { confirm_by: Some(confirm_by), ..self })
    }

    /// What it permits.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// A go that completes the double opt-in of a grant, for the identity that the grant was given for (S25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    pub(crate) stamp: Stamp,
    pub(crate) grant: ActId,
}

impl Confirm {
    /// A confirm of the grant of that id. A confirm of anything else has no effect.
    ///
    /// # Errors
    /// [`ActError::Unproven`], for a link that was only fetched, for example.
    pub fn new(
        id: ActId,
        grant: ActId,
        identity: Identity,
        evidence: Evidence,
        acted: Instant,
        recorded: Instant,
    ) -> Result<Confirm, ActError> {
        let stamp = Stamp::go((id, identity, evidence, acted, recorded), Deed::Confirm)?;
        Ok(Confirm { stamp, grant })
    }
}

/// A go that lifts stops of one scope, for one identity: an unobject (S10) or an unrestrict (S11).
///
/// It permits nothing by itself, and lifts only stops with a strictly earlier instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift {
    pub(crate) stamp: Stamp,
    pub(crate) scope: Scope,
    pub(crate) restriction: bool,
}

impl Lift {
    /// The person takes an objection back. A new grant must follow.
    ///
    /// # Errors
    /// [`ActError::Unproven`] where the evidence does not show the person's own act.
    pub fn unobject(
        id: ActId,
        scope: Scope,
        identity: Identity,
        evidence: Evidence,
        acted: Instant,
        recorded: Instant,
    ) -> Result<Lift, ActError> {
        let stamp = Stamp::go((id, identity, evidence, acted, recorded), Deed::Unobject)?;
        Ok(Lift { stamp, scope, restriction: false })
    }

    /// The controller ends a restriction, having told the person. Old grants live again if otherwise valid.
    ///
    /// # Errors
    /// [`ActError::Unproven`] where another than the controller acts, or no notice was given.
    pub fn unrestrict(
        id: ActId,
        scope: Scope,
        identity: Identity,
        evidence: Evidence,
        acted: Instant,
        recorded: Instant,
    ) -> Result<Lift, ActError> {
        let stamp = Stamp::go((id, identity, evidence, acted, recorded), Deed::Unrestrict)?;
        Ok(Lift { stamp, scope, restriction: true })
    }
}

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
