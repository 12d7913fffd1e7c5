//! The whole answer to one ask, in ids and words: for people, reports and logs.

use std::fmt;

use serde::Serialize;

use super::{Ask, ConsentLedger, Reason, Remedy, Verdict};
use crate::name::{ActId, Instant};

/// Why an ask is permitted or refused. It tells, and proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Permitted by this grant.
    Permitted(Option<ActId>),
    /// Refused.
    Refused {
        /// Why.
        reason: Reason,
        /// The act that caused it.
        cause: Option<ActId>,
        /// The fewest acts that would turn it.
        remedy: Remedy,
    },
}

impl ConsentLedger {
    /// May this be done, and why not: the grant that permits it, or the reason, the act that is the cause, and the fewest
    /// acts that would turn it. The same for a signal and all that follows from it is
    /// [`Journey::explain`](crate::Journey::explain).
    ///
    /// ```
    /// use placet::{Ask, Contact, Identity, Journey, Reach, Stop, channel::EMAIL, purpose::NEWSLETTER};
    /// let at = "2013-06-01T10:00:00Z".parse()?;
    /// let mail = Identity::email("ada@example.org")?;
    /// let mut ada = Contact::open("c-1".parse()?, mail.clone(), Journey::reference()?.vocabulary());
    /// let _ = ada.stop(Stop::withdraw("a-7".parse()?, Reach::everything(), at, at));
    /// assert_eq!(
    ///     ada.ledger().explain(&Ask::new(NEWSLETTER.by(EMAIL), mail), at).to_string(),
    ///     "refused, withdrawn because of a-7; cure: a new grant of newsletter by email by the person, later than 2013-06-01T10:00:00Z",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, ask: &Ask, now: Instant) -> Answered {
        match self.verdict(self.key(ask), now) {
            Verdict::Permitted { grant } => Answered::Permitted(self.id_at(grant.place).cloned()),
            Verdict::Refused { reason, cause } => Answered::Refused {
                reason,
                cause: cause.and_then(|cause| self.id_at(cause)).cloned(),
                remedy: self.remedy(ask, now),
            },
        }
    }
}

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answered::Permitted(act) => match act {
                Some(act) => write!(f, "permitted by {act}"),
                None => f.write_str("permitted"),
            },
            Answered::Refused { reason, cause, remedy } => {
                write!(f, "refused, {reason}")?;
                if let Some(cause) = cause {
                    write!(f, " because of {cause}")?;
                }
                write!(f, "; cure: {remedy}")
            }
        }
    }
}
