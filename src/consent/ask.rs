//! What a ledger is asked: by name from outside, and in its own numbers inside.

use crate::identity::Identity;
use crate::name::{Scope, ScopeKey};

/// What is asked of a ledger: one scope, for one identity (SPEC S29).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ask {
    pub(super) scope: Scope,
    pub(super) identity: Identity,
}

impl Ask {
    /// May this be done for this identity?
    #[must_use]
    pub fn new(scope: Scope, identity: Identity) -> Ask {
        Ask { scope, identity }
    }

    /// The scope asked for.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The identity asked for.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

/// The place of an identity in a contact's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot(pub(super) u16);

impl Slot {
    /// An identity that this contact does not have: no go is given for it.
    pub(crate) const NONE: Slot = Slot(u16::MAX);
}

/// An ask in the ledger's own small integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AskKey {
    pub(crate) scope: ScopeKey,
    pub(crate) slot: Slot,
}

impl AskKey {
    /// Nothing in particular.
    pub(crate) const NOTHING: AskKey = AskKey { scope: ScopeKey::NOTHING, slot: Slot::NONE };
}
