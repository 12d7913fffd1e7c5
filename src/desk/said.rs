//! What somebody outside says: a form, an import, another system. It cannot choose who says it, how that is proven, when it was
//! written down, or where it came from: the host adds that.

use serde::{Deserialize, Serialize};

use crate::consent::{Act, ActError, Confirm, Evidence, Grant, Lift, Stop};
use crate::identity::Identity;
use crate::name::{ActId, Channel, Instant, Purpose, Reach, Recipient, SELF, Scope};

/// An act as it comes in from outside. It becomes one with the evidence that the host has of it and the host's clock.
///
/// ```
/// use placet::{Actor, Evidence, Method, Notice, desk::Said};
/// let said: Said = serde_json::from_str(r#"{"say":"grant","id":"a-1","purpose":"newsletter","channel":"email",
///     "identity":"email:ada@example.org"}"#)?;
/// let shown = Notice::new("newsletter-form".parse()?, "2013-01".parse()?);
/// let now = "2013-05-01T10:00:00Z".parse()?;
/// let act = said.act(Evidence::new(Actor::Person, Method::UntickedBox).shown(shown), now)?;
/// assert_eq!((act.acted(), act.recorded()), (now, now));
/// // What else it claims is refused.
/// let forged = r#"{"say":"withdraw","id":"a-1","recorded":"2030-01-01T00:00:00Z"}"#;
/// assert!(serde_json::from_str::<Said>(forged).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Said {
    /// Yes, to one purpose over one channel.
    Grant {
        /// Of the act.
        id: ActId,
        /// What for.
        purpose: Purpose,
        /// How.
        channel: Channel,
        /// To whom; the controller where it is left out.
        #[serde(default = "the_controller")]
        recipient: Recipient,
        /// For which address.
        identity: Identity,
    },
    /// The link in the mail that asked to confirm was followed.
    Confirm {
        /// Of the act.
        id: ActId,
        /// The grant.
        grant: ActId,
        /// The address at which it was asked.
        identity: Identity,
    },
    /// No more.
    Withdraw(No),
    /// No, as the answer to a question.
    Refuse(No),
    /// No, for good, until it is taken back.
    Object(No),
    /// Only store.
    Restrict(No),
    /// An objection is taken back.
    Unobject(Back),
    /// A restriction is taken back.
    Unrestrict(Back),
    /// Forget me.
    Erase {
        /// Of the act.
        id: ActId,
    },
}

/// To what no is said; to everything that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct No {
    /// Of the act.
    pub id: ActId,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// Over which address it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
}

/// What is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Back {
    /// Of the act.
    pub id: ActId,
    /// What for.
    pub purpose: Purpose,
    /// How.
    pub channel: Channel,
    /// To whom; the controller where it is left out.
    #[serde(default = "the_controller")]
    pub recipient: Recipient,
    /// For which address.
    pub identity: Identity,
}

fn the_controller() -> Recipient {
    SELF
}

impl Said {
    /// The act that it is, done and recorded `now`, with the evidence that the host has of it.
    ///
    /// # Errors
    /// [`ActError`] for a go that the evidence does not prove; a no has no errors.
    pub fn act(self, evidence: Evidence, now: Instant) -> Result<Act, ActError> {
        Ok(match self {
            Said::Grant { id, purpose, channel, recipient, identity } => {
                let scope = Scope::new(purpose, channel, recipient);
                Grant::new(id, scope, identity, evidence, now, now)?.into()
            }
            Said::Confirm { id, grant, identity } => {
                Confirm::new(id, grant, identity, evidence, now, now)?.into()
            }
            Said::Withdraw(no) => no.with(Stop::withdraw, evidence, now),
            Said::Refuse(no) => no.with(Stop::refuse, evidence, now),
            Said::Object(no) => no.with(Stop::object, evidence, now),
            Said::Restrict(no) => no.with(Stop::restrict, evidence, now),
            Said::Unobject(Back { id, purpose, channel, recipient, identity }) => {
                let scope = Scope::new(purpose, channel, recipient);
                Lift::unobject(id, scope, identity, evidence, now, now)?.into()
            }
            Said::Unrestrict(Back { id, purpose, channel, recipient, identity }) => {
                let scope = Scope::new(purpose, channel, recipient);
                Lift::unrestrict(id, scope, identity, evidence, now, now)?.into()
            }
            Said::Erase { id } => Stop::erase(id, now, now).with_evidence(evidence).into(),
        })
    }
}

impl No {
    fn with(
        self,
        stop: impl FnOnce(ActId, Reach, Instant, Instant) -> Stop,
        evidence: Evidence,
        now: Instant,
    ) -> Act {
        let No { id, purpose, channel, recipient, identity } = self;
        let stop = stop(id, Reach::of(purpose, channel, recipient), now, now).with_evidence(evidence);
        identity.into_iter().fold(stop, Stop::about).into()
    }
}
