//! Why an ask is refused, and the fewest acts that would cure it.

use serde::{Deserialize, Serialize};

use crate::name::{ActId, Channel, Instant, Scope, in_words, word_only};

/// Why an ask is refused. The order is that of SPEC S17: of two identities, the one whose reason
/// stands further down is the nearer to a permission (S29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The event names another contact than the one that was asked. Only `release` answers this.
    OtherContact,
    /// The identity is no longer the contact's (S29). Only `release` answers this.
    IdentityGone,
    /// The grant that a reply would ask to confirm is confirmed. Only `reply` answers this.
    Confirmed,
    /// The contact is another controller's than the journey is. Only `release` answers this.
    OtherController,
    /// The journey in force no longer has this rule, or this effect of it. Only `release` answers this.
    RuleGone,
    /// The time within which the event might leave is over (S22). Only `release` answers this.
    TooLate,
    /// The contact no longer stands where the event still makes sense (S22). Only `release` answers this.
    Passed,
    /// Nothing has named this contact yet (S18).
    UnknownContact,
    /// Erased for good (S12).
    Erased,
    /// A restriction is not lifted (S11).
    Restricted,
    /// An objection is not lifted (S10).
    Objected,
    /// The person asked for a pause, and it is not over (S30).
    Paused,
    /// A double opt-in waits for its confirm (S25).
    Pending,
    /// A double opt-in was not confirmed in time (S25).
    Unconfirmed,
    /// The answer was no (S9).
    Refused,
    /// Withdrawn (S9).
    Withdrawn,
    /// The latest grant was never good (S31).
    Void,
    /// The latest grant was given under a notice that the catalogue of the journey does not have. Only a journey that
    /// says so in its catalogue (`known_notices_only`) answers this.
    UnknownNotice,
    /// The latest grant has ended (S8).
    Expired,
    /// Nobody ever permitted this (S17).
    NoGrant,
}

word_only!(Reason);

impl Reason {
    /// All reasons, in their order.
    pub const ALL: [Reason; 20] = [
        Reason::OtherContact,
        Reason::IdentityGone,
        Reason::Confirmed,
        Reason::OtherController,
        Reason::RuleGone,
        Reason::TooLate,
        Reason::Passed,
        Reason::UnknownContact,
        Reason::Erased,
        Reason::Restricted,
        Reason::Objected,
        Reason::Paused,
        Reason::Pending,
        Reason::Unconfirmed,
        Reason::Refused,
        Reason::Withdrawn,
        Reason::Void,
        Reason::UnknownNotice,
        Reason::Expired,
        Reason::NoGrant,
    ];

    /// Whether a release refuses for another cause than the consent ledger.
    #[must_use]
    pub fn is_of_release(self) -> bool {
        self < Reason::UnknownContact
    }

    /// Its name on the wire, such as `no_grant`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::OtherContact => "other_contact",
            Reason::IdentityGone => "identity_gone",
            Reason::Confirmed => "confirmed",
            Reason::OtherController => "other_controller",
            Reason::RuleGone => "rule_gone",
            Reason::TooLate => "too_late",
            Reason::Passed => "passed",
            Reason::UnknownContact => "unknown_contact",
            Reason::Erased => "erased",
            Reason::Restricted => "restricted",
            Reason::Objected => "objected",
            Reason::Paused => "paused",
            Reason::Pending => "pending",
            Reason::Unconfirmed => "unconfirmed",
            Reason::Refused => "refused",
            Reason::Withdrawn => "withdrawn",
            Reason::Void => "void",
            Reason::UnknownNotice => "unknown_notice",
            Reason::Expired => "expired",
            Reason::NoGrant => "no_grant",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The fewest acts that would turn a refusal into a permission, in the order in which they must be done.
///
/// Empty where nothing ever can: an erasure is final (S12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Remedy {
    steps: Vec<Step>,
}

/// One act of a remedy. Every instant named is exclusive at its lower end, unless it says `from`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Step {
    /// An address or account that the channel reaches, linked to the contact: it has none yet.
    Link {
        /// The channel.
        channel: Channel,
    },
    /// A grant of this scope by the person, for the identity asked for.
    Grant {
        /// What to ask the person for.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
        /// Later than this; `None` at any time.
        after: Option<Instant>,
    },
    /// A confirm of the grant that waits for it.
    Confirm {
        /// The grant to confirm.
        grant: ActId,
        /// Not before this.
        from: Instant,
        /// Before this.
        before: Instant,
    },
    /// The person takes the objection back.
    Unobject {
        /// For this scope.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
        /// Later than this.
        after: Instant,
    },
    /// The controller ends the restriction, having told the person.
    Unrestrict {
        /// For this scope.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
        /// Later than this.
        after: Instant,
    },
}

impl Remedy {
    pub(super) fn of(steps: Vec<Step>) -> Remedy {
        Remedy { steps }
    }

    /// Where no identity is reached, one must be linked before anything can be given for it.
    pub(super) fn with_address(mut self, channel: Channel) -> Remedy {
        if !self.steps.is_empty() {
            self.steps.insert(0, Step::Link { channel });
        }
        self
    }

    /// What to do, first things first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Step::Link { channel } => write!(f, "an address that {channel} reaches"),
            Step::Grant { scope, after: None } => write!(f, "a grant of {scope} by the person"),
            Step::Grant { scope, after: Some(after) } => {
                write!(f, "a new grant of {scope} by the person, later than {after}")
            }
            Step::Confirm { grant, before, .. } => write!(f, "a confirm of grant {grant} before {before}"),
            Step::Unobject { scope, after } => {
                write!(f, "an unobject of {scope} by the person, later than {after}")
            }
            Step::Unrestrict { scope, after } => {
                write!(f, "an unrestrict of {scope} by the controller, later than {after}")
            }
        }
    }
}

impl std::fmt::Display for Remedy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.steps.is_empty() {
            return f.write_str("nothing can cure this");
        }
        for (place, step) in self.steps.iter().enumerate() {
            if place > 0 {
                f.write_str(", then ")?;
            }
            write!(f, "{step}")?;
        }
        Ok(())
    }
}
