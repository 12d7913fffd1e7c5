//! The goes (permissive acts): grants, confirms and lifts, each with its proof (SPEC S4).

use super::{ActKind, Record};
use crate::consent::error::ActError;
use crate::consent::evidence::{Deed, Evidence, Method, RoundTrip, Unproven};
use crate::identity::Identity;
use crate::name::{ActId, Instant, Scope};

impl Record {
    fn go(
        kind: ActKind,
        (id, identity, evidence): (ActId, Identity, Evidence),
        (acted, recorded): (Instant, Instant),
    ) -> Result<Record, ActError> {
        let record = Record::new(kind, id, acted, recorded);
        let record = Record { identity: Some(identity), evidence: Some(evidence), ..record };
        // The double opt-in of a grant is checked once its deadline is known.
        if kind == ActKind::Grant {
            record.prove(Deed::Grant)?
        } else {
            record.check()?
        }
        Ok(record)
    }

    /// Checks an act that was put together from its parts: what its constructor would have refused.
    pub(crate) fn check(&self) -> Result<(), ActError> {
        let deed = match self.kind {
            ActKind::Grant => Deed::Grant,
            ActKind::Confirm => Deed::Confirm,
            ActKind::Unobject => Deed::Unobject,
            ActKind::Unrestrict => Deed::Unrestrict,
            ActKind::Pause if self.until.is_none_or(|until| until <= self.acted) => {
                return Err(ActError::UntilNotAfterActed);
            }
            _ => return Ok(()),
        };
        self.prove(deed)?;
        if self.kind == ActKind::Grant { self.check_grant() } else { Ok(()) }
    }

    fn prove(&self, deed: Deed) -> Result<(), Unproven> {
        self.evidence.as_ref().map_or(Err(Unproven::Method), |evidence| evidence.proves(deed))
    }

    /// What is wrong with the instants of a grant, or with its double opt-in.
    fn check_grant(&self) -> Result<(), ActError> {
        let Record { acted, begins, until, confirm_by, .. } = *self;
        if begins.is_some_and(|begins| begins < acted) {
            return Err(ActError::BeginsBeforeActed);
        }
        if until.is_some_and(|until| until <= acted.max(begins.unwrap_or(acted))) {
            return Err(ActError::UntilNotAfterActed);
        }
        if confirm_by.is_some_and(|confirm_by| confirm_by <= acted) {
            return Err(ActError::ConfirmByNotAfterActed);
        }
        let asks_back =
            |evidence: &Evidence| evidence.method() == Method::DoubleOptIn || evidence.round_trip().is_some();
        if confirm_by.is_none() && self.evidence.as_ref().is_some_and(asks_back) {
            return Err(ActError::NoConfirmBy);
        }
        Ok(())
    }
}

/// A go that permits exactly one scope for exactly one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant(pub(crate) Record);

impl Grant {
    /// A grant without an end, in force at once.
    ///
    /// # Errors
    /// [`ActError::Unproven`] where the evidence does not show the person's own, informed, affirmative act;
    /// [`ActError::NoConfirmBy`] where it is that of a double opt-in ([`Grant::double_opt_in`] makes one).
    ///
    /// ```
    /// use placet::{Actor, Evidence, Grant, Identity, Method, Notice, channel::EMAIL, purpose::NEWSLETTER};
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
        let record = Record::go(ActKind::Grant, (id, identity, evidence), (acted, recorded))?;
        Grant(Record { reach: scope.into(), ..record }).checked()
    }

    /// A grant that waits for what was sent to its address to come back (SPEC S25): the binding of the secret and the
    /// deadline in one. Until it is confirmed it permits nothing.
    ///
    /// # Errors
    /// [`ActError`] as [`Grant::new`], and [`ActError::ConfirmByNotAfterActed`].
    ///
    /// ```
    /// use placet::{
    ///     Actor, Confirm, Evidence, Grant, Identity, Method, Notice, channel::EMAIL, consent::RoundTrip,
    ///     purpose::NEWSLETTER,
    /// };
    /// let (at, tomorrow) = ("2013-05-01T10:00:00Z".parse()?, "2013-05-02T10:00:00Z".parse()?);
    /// let ada = Identity::email("ada@example.org")?;
    /// let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
    /// let evidence = Evidence::new(Actor::Person, Method::DoubleOptIn).shown(shown);
    /// let secret = *b"sixteen random b"; // from the host's random source; it goes into the mail that asks
    /// let grant =
    ///     Grant::double_opt_in("a-1".parse()?, NEWSLETTER.by(EMAIL), ada.clone(), evidence, at, at, &secret, tomorrow)?;
    ///
    /// // The link comes back with the secret.
    /// let back = RoundTrip::of(&secret, &"a-1".parse()?, &ada);
    /// let evidence = Evidence::new(Actor::Person, Method::DoubleOptIn).bound_by(back);
    /// Confirm::new("a-2".parse()?, "a-1".parse()?, ada, evidence, at, at)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[allow(clippy::too_many_arguments, reason = "a grant has these, and a double opt-in two more")]
    pub fn double_opt_in(
        id: ActId,
        scope: Scope,
        identity: Identity,
        evidence: Evidence,
        acted: Instant,
        recorded: Instant,
        secret: &[u8; 16],
        confirm_by: Instant,
    ) -> Result<Grant, ActError> {
        let evidence = evidence.bound_by(RoundTrip::of(secret, &id, &identity));
        let record = Record::go(ActKind::Grant, (id, identity, evidence), (acted, recorded))?;
        Grant(Record { reach: scope.into(), confirm_by: Some(confirm_by), ..record }).checked()
    }

    /// The same grant, permitting from a later instant on (SPEC S6).
    ///
    /// # Errors
    /// [`ActError::BeginsBeforeActed`], and [`ActError::UntilNotAfterActed`] where the end is not after it.
    pub fn begins(self, begins: Instant) -> Result<Grant, ActError> {
        Grant(Record { begins: Some(begins), ..self.0 }).checked()
    }

    /// The same grant with an end: it permits while acted, begins <= now < until (SPEC S8).
    ///
    /// # Errors
    /// [`ActError::UntilNotAfterActed`].
    pub fn until(self, until: Instant) -> Result<Grant, ActError> {
        Grant(Record { until: Some(until), ..self.0 }).checked()
    }

    /// The same grant as a double opt-in that no secret binds: not given until a confirm with
    /// acted <= confirm < this instant (SPEC S25).
    ///
    /// # Errors
    /// [`ActError::ConfirmByNotAfterActed`].
    pub fn confirm_by(self, confirm_by: Instant) -> Result<Grant, ActError> {
        Grant(Record { confirm_by: Some(confirm_by), ..self.0 }).checked()
    }

    fn checked(self) -> Result<Grant, ActError> {
        self.0.check_grant().map(|()| self)
    }

    /// The scope that the grant permits.
    #[must_use]
    pub fn scope(&self) -> Scope {
        // INVARIANT: a grant is made of a scope, so that no part is missing.
        self.0.reach.narrow().unwrap_or_else(Scope::nothing)
    }
}

/// A go that completes the double opt-in of a grant, for the identity that the grant was given for (S25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm(pub(crate) Record);

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
        let record = Record::go(ActKind::Confirm, (id, identity, evidence), (acted, recorded))?;
        Ok(Confirm(Record { names: Some(grant), ..record }))
    }
}

/// A go that lifts stops of one scope, for one identity: an unobject (S10) or an unrestrict (S11).
///
/// It permits nothing by itself, and lifts only stops with a strictly earlier instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lift(pub(crate) Record);

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
        let record = Record::go(ActKind::Unobject, (id, identity, evidence), (acted, recorded))?;
        Ok(Lift(Record { reach: scope.into(), ..record }))
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
        let record = Record::go(ActKind::Unrestrict, (id, identity, evidence), (acted, recorded))?;
        Ok(Lift(Record { reach: scope.into(), ..record }))
    }

    /// The scope in which stops are lifted.
    #[must_use]
    pub fn scope(&self) -> Scope {
        // INVARIANT: a lift is made of a scope, so that no part is missing.
        self.0.reach.narrow().unwrap_or_else(Scope::nothing)
    }
}
