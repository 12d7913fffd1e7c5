//! The kernel: `Permit`, the proof that one ask is permitted at one instant. The only file that makes one.
//!
//! A permit borrows its ledger, so that while it lives nothing can be withdrawn; it cannot be
//! written by hand, copied, stored, or read from anywhere; and it is spent by value.

use super::{Act, Ask, AskKey, Citation, ConsentLedger, Reason, Refusal, Verdict};
use crate::identity::Identity;
use crate::name::{Instant, Name, Scope};

/// Proof that one scope is permitted for one identity at one instant.
///
/// Made by [`ConsentLedger::permit`] alone. It has no serde in either direction, no `Clone`, no
/// `Default`, and it does not outlive the state of the ledger that it was proven from. Each of
/// these is a compile-fail test (`tests/ui`). Its [`Citation`] is the paper trail, and proves nothing.
#[must_use = "a permit proves something only to what spends it"]
pub struct Permit<'l> {
    ledger: &'l ConsentLedger,
    citation: Citation,
}

impl ConsentLedger {
    /// Asks for a permit: the one way to prove a permission.
    ///
    /// # Errors
    /// A [`Refusal`], the typed no of SPEC S17, where no live grant covers exactly this scope and identity.
    ///
    /// ```
    /// use placet::{Ask, Contact, Identity, Reason, Vocabulary, channel::EMAIL, purpose::NEWSLETTER};
    /// let now = "2013-05-01T10:00:00Z".parse()?;
    /// let mail = Identity::email("ada@example.org")?;
    /// let ada = Contact::open("c-1".parse()?, mail.clone(), &Vocabulary::new([]));
    /// let refusal = ada.ledger().permit(&Ask::new(NEWSLETTER.by(EMAIL), mail), now).err();
    /// assert_eq!(refusal.map(|no| no.reason()), Some(Reason::UnknownContact));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn permit(&self, ask: &Ask, now: Instant) -> Result<Permit<'_>, Refusal> {
        self.permit_key(self.key(ask), now)
    }

    /// Asks for a permit in the ledger's own numbers and for one of its own identities: what a permit names is read
    /// from the ledger by the very key that was asked.
    #[inline]
    pub(crate) fn permit_key(&self, key: AskKey, now: Instant) -> Result<Permit<'_>, Refusal> {
        let no = |reason| Err(Refusal::new(reason, key, self.version(), now));
        match self.verdict(key, now) {
            Verdict::Refused { reason, .. } => no(reason),
            Verdict::Permitted { grant } => {
                // INVARIANT: a verdict names an act, a scope and an identity that are there; were they not, the
                // answer is no.
                let Some(citation) = self.cite(key, grant.place, now) else { return no(Reason::NoGrant) };
                Ok(Permit { ledger: self, citation })
            }
        }
    }
}

impl Permit<'_> {
    /// What is permitted.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.citation.scope
    }

    /// For which identity. An event goes here and nowhere else.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.citation.identity
    }

    /// The instant it proves.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.citation.decided_at
    }

    /// The grant it rests on.
    #[must_use]
    pub fn grant(&self) -> Option<Act> {
        self.ledger.act(&self.citation.act)
    }

    /// The id and the version of the notice that the grant was given under.
    pub(crate) fn notice(&self) -> Option<(&Name, &Name)> {
        self.ledger.notice_at(self.ledger.find(&self.citation.act)?)
    }

    /// The paper trail of this proof: plain data, which proves nothing itself.
    #[must_use]
    pub fn cite(&self) -> &Citation {
        &self.citation
    }
}

impl std::fmt::Debug for Permit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Permit").field(&self.citation).finish()
    }
}
