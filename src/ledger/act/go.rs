//! The goes: grants, confirms and lifts, each with its proof (SPEC S4).

use super::Stamp;
use crate::identity::Identity;
use crate::ledger::error::ActError;
use crate::ledger::evidence::{Deed, Evidence};
use crate::vocab::{ActId, Instant, Scope};

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

    /// The instant at which it ends; `None` for a grant without an end.
    #[must_use]
    pub fn ends(&self) -> Option<Instant> {
        self.until
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
