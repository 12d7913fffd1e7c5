//! `Citation`, the paper trail of a permit. Plain data, both ways through serde, and never a proof.

use serde::{Deserialize, Serialize};

use super::{AskKey, ConsentLedger};
use crate::identity::Identity;
use crate::name::{ActId, Channel, ContactId, Instant, Purpose, Recipient, Scope, explicit_end, object_only};

/// Which act permitted what, for which identity, by which version of which ledger, and until when.
///
/// On the wire it is one flat object; `not_after` is always written, `"never"` where there is no end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "CitationLine")]
pub struct Citation {
    pub(crate) contact: ContactId,
    pub(crate) act: ActId,
    pub(crate) scope: Scope,
    pub(crate) identity: Identity,
    pub(crate) version: u32,
    pub(crate) decided_at: Instant,
    pub(crate) not_after: Option<Instant>,
}

impl ConsentLedger {
    /// That a grant permits what was asked, of one of the contact's identities as it is now.
    pub(crate) fn cite(&self, key: AskKey, grant: u32, now: Instant) -> Option<Citation> {
        let grant = self.row(grant)?;
        Some(Citation {
            contact: self.contact().clone(),
            act: grant.id.clone(),
            scope: self.names.scope(key.scope)?,
            identity: self.identities.current(key.slot)?.clone(),
            version: self.version(),
            decided_at: now,
            not_after: grant.until,
        })
    }
}

impl Citation {
    /// Whose ledger.
    #[must_use]
    pub fn contact(&self) -> &ContactId {
        &self.contact
    }

    /// The grant.
    #[must_use]
    pub fn act(&self) -> &ActId {
        &self.act
    }

    /// What it permitted.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// For which identity.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How many acts the ledger held then.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The instant at which it was asked.
    #[must_use]
    pub fn decided_at(&self) -> Instant {
        self.decided_at
    }

    /// The end of the grant (exclusive), as far as was known; `None` if it has no end.
    #[must_use]
    pub fn not_after(&self) -> Option<Instant> {
        self.not_after
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
struct CitationLine {
    contact: ContactId,
    act: ActId,
    purpose: Purpose,
    channel: Channel,
    recipient: Recipient,
    identity: Identity,
    version: u32,
    decided_at: Instant,
    #[serde(with = "explicit_end")]
    not_after: Option<Instant>,
}

object_only!(CitationLine);

impl From<Citation> for CitationLine {
    fn from(citation: Citation) -> CitationLine {
        let Citation { contact, act, scope, identity, version, decided_at, not_after } = citation;
        let (purpose, channel, recipient) = scope.into_parts();
        CitationLine { contact, act, purpose, channel, recipient, identity, version, decided_at, not_after }
    }
}
impl<'de> Deserialize<'de> for Citation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Citation, D::Error> {
        let line: CitationLine = Deserialize::deserialize(deserializer)?;
        let CitationLine { contact, act, identity, version, decided_at, not_after, .. } = line;
        let scope = Scope::new(line.purpose, line.channel, line.recipient);
        Ok(Citation { contact, act, scope, identity, version, decided_at, not_after })
    }
}
