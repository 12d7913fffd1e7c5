//! Rights of the person as operations: access, portability, restriction, objection, rectification. Each says, as
//! data, what must be done next and who must be told; nothing here tells anybody.

mod access;
mod exercise;
mod rectify;

use std::collections::BTreeSet;

use serde::Serialize;

pub use access::{Access, AccessedContact, Account, AdmittedKind, Fate, Portable, PortableContact, ToAccess};
pub use exercise::Exercise;
pub(crate) use exercise::Oblige;
pub use rectify::Rectify;

use super::found::Kept;
use super::store::Settled;
use crate::consent::{Act, Citation, Outcome};
use crate::contact::Contact;
use crate::identity::Identity;
use crate::name::{ActId, ContactId, EventKey, Reach, Recipient, SELF, Scope, in_words};

/// A right that obliges to more than recording it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To take consent back (GDPR 7(3)).
    Withdrawal,
    /// To object (GDPR 21).
    Objection,
    /// To have data only stored (GDPR 18).
    Restriction,
    /// To have it put right (GDPR 16).
    Rectification,
    /// To be forgotten (GDPR 17).
    Erasure,
}

/// What must be done because a right was exercised: data for whoever does it.
///
/// Deadlines are a matter of the jurisdiction, and are not named here: the book itself has stopped at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "obligation", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obligation {
    /// Confirm to the person what was done (GDPR 12(3)).
    Confirm {
        /// About whom.
        contact: ContactId,
        /// Which right.
        of: Right,
    },
    /// Tell a recipient who had data of this person, or a grant for it: restriction, rectification and erasure by GDPR
    /// 19, a withdrawal or objection because one at any controller of the chain is enough (CJEU C-129/21).
    Tell {
        /// Whom.
        recipient: Recipient,
        /// About whom.
        contact: ContactId,
        /// Which right.
        of: Right,
    },
    /// A queued event that will be dropped at its release. Where it was handed to a queue of somebody else's, stop it there.
    StopQueued {
        /// Which.
        event: EventKey,
    },
    /// This grant is within the reach of the stop, and later: it still permits, and nothing was confirmed. Find out what
    /// the person means: two clocks can differ by a second, and the last word is a no as often as a yes.
    Outlived {
        /// About whom.
        contact: ContactId,
        /// Which grant.
        grant: ActId,
    },
    /// The stop names what nobody here was ever asked for, or an address that is not the person's: it stops nothing.
    /// Ask what is meant, and append it anew.
    AskWhatIsMeant {
        /// About whom.
        contact: ContactId,
    },
    /// Tell the person before the restriction is lifted (GDPR 18(3)); an unrestrict needs that notice as evidence.
    TellBeforeLifting {
        /// About whom.
        contact: ContactId,
    },
    /// Erase what rested on the consent alone (GDPR 17(1)(b) and (c)); keep the proof and the stop.
    EraseUnlessOtherBasis {
        /// About whom.
        contact: ContactId,
    },
    /// What the identity that was replaced permitted, the new one does not: it has to be permitted anew. Asking is
    /// itself a message; this is no permission to send it.
    AskAnew {
        /// About whom.
        contact: ContactId,
        /// What.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
    },
}

/// A right that was exercised, and what must follow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the obligations are to be met by whoever exercised the right"]
pub struct Exercised {
    /// What the act did. Delivered again, it obliges to the same.
    pub outcome: Outcome,
    /// What must follow, by what the ledger answers after the act: nothing is to be confirmed that did not happen.
    pub obligations: Vec<Obligation>,
}

impl Contact {
    /// The recipients, other than the controller itself, that its grants name within a reach.
    #[must_use]
    pub fn recipients(&self, reach: &Reach) -> BTreeSet<Recipient> {
        let grants = self.ledger().acts();
        let scopes = grants.filter_map(|act| match act {
            Act::Grant(grant) => Some(grant.scope()),
            _ => None,
        });
        outside(scopes.filter(|scope| reach.covers(scope)))
    }

    /// Replaces an identity: the new one is linked, the old one ended. Acts stay with the old one, so that the new
    /// one has no grant; stops hold for the whole contact. False if the old one is not the contact's.
    pub fn rectify(&mut self, old: &Identity, new: Identity) -> bool {
        let had = self.ledger().identities().any(|identity| identity == old);
        if had && *old != new {
            self.link(new);
            self.unlink(old);
        }
        had
    }
}

fn tell(recipients: BTreeSet<Recipient>, contact: &ContactId, of: Right) -> impl Iterator<Item = Obligation> {
    let contact = contact.clone();
    recipients.into_iter().map(move |recipient| Obligation::Tell { recipient, contact: contact.clone(), of })
}

/// The recipients of scopes, without the controller itself.
fn outside(scopes: impl Iterator<Item = Scope>) -> BTreeSet<Recipient> {
    scopes.map(|scope| scope.recipient().clone()).filter(|recipient| *recipient != SELF).collect()
}

/// Events in the order of their keys.
fn in_order<'a>(events: &[Kept<'a>]) -> Vec<Kept<'a>> {
    let mut events = events.to_vec();
    events.sort_by_key(|kept| kept.event.key());
    events
}

/// Recipients of what waits or was sent, by its needs.
fn event_recipients<'a>(events: &[Kept<'a>], which: impl Fn(&Citation) -> bool) -> BTreeSet<Recipient> {
    let kept = events.iter().filter(|kept| matches!(kept.settled, None | Some(Settled::Sent { .. })));
    let needs = kept.flat_map(|kept| kept.event.citations()).filter(|need| which(need));
    outside(needs.map(|need| need.scope().clone()))
}

/// The events that wait and have such a need.
fn waiting<'e, 'a>(
    events: &'e [Kept<'a>],
    which: impl Fn(&Citation) -> bool + 'e,
) -> impl Iterator<Item = &'e Kept<'a>> {
    events.iter().filter(move |kept| kept.settled.is_none() && kept.event.citations().any(&which))
}
