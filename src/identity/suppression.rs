//! What is left of an address after an erasure: a keyed fingerprint, by which a stop is still found and nothing is read.

use std::fmt;

use super::{Identity, IdentityKind};
use crate::name::{Fingerprint, Id};

/// The host's secret, under which fingerprints of addresses and ids are made.
///
/// A book that has one forgets whoever is erased, and still knows the address when it comes in again (GDPR 17 and 21:
/// the stop must survive what it stops). Keep it apart from the data and keep it for good: under another key the
/// suppressed addresses are not known again. A fingerprint is made of the wide key, so that the version of its folding
/// goes with every list of them ([`WideKey::FOLDING`](super::WideKey::FOLDING)). The key is never written anywhere by this crate, and `Debug` hides it.
///
/// ```
/// use placet::{Identity, identity::SuppressionKey};
/// let key = SuppressionKey::new(*b"sixteen random b"); // from the host's secret store
/// let (one, other) = (Identity::email("Ada@example.org")?, Identity::email("ada@example.org")?);
/// assert_eq!(key.fingerprint(&one), key.fingerprint(&other), "as wide as stops cross (SPEC S13)");
/// assert_eq!(format!("{key:?}"), "SuppressionKey");
/// # Ok::<(), placet::identity::IdentityError>(())
/// ```
#[derive(Clone)]
pub struct SuppressionKey([u8; 16]);

/// How the ids begin that stand for ids of whoever was erased.
const ERASED: &str = "erased-";

impl SuppressionKey {
    /// A secret of 128 random bits.
    #[must_use]
    pub fn new(secret: [u8; 16]) -> SuppressionKey {
        SuppressionKey(secret)
    }

    /// What is left of an identity: equal for all that stops cross between. That of an erased one is its own.
    #[must_use]
    pub fn fingerprint(&self, identity: &Identity) -> Fingerprint {
        let erased = identity.erased_print();
        erased.unwrap_or_else(|| Fingerprint::of(&self.0, &["identity", identity.wide_key().as_str()]))
    }

    /// The identity that stands for one that was erased. No channel reaches it.
    #[must_use]
    pub fn erased(&self, identity: &Identity) -> Identity {
        Identity::of_print(self.fingerprint(identity))
    }

    /// A keyed hash of a fixed text, by which the key is known again; it tells nothing of the key.
    pub(crate) fn check(&self) -> Fingerprint {
        Fingerprint::of(&self.0, &["check", "the key of a journal"])
    }

    /// The id that stands for one of whoever was erased; such an id stands for itself.
    pub(crate) fn pseudonym(&self, of: &str, id: &str) -> Id {
        let stands = id.strip_prefix(ERASED).is_some_and(|print| print.parse::<Fingerprint>().is_ok());
        let made = || format!("{ERASED}{}", Fingerprint::of(&self.0, &[of, id]));
        // INVARIANT: the word and 32 hex digits are an id.
        Id::new(&if stands { id.to_owned() } else { made() }).unwrap_or(Id::ERASED)
    }
}

impl Identity {
    pub(crate) fn of_print(print: Fingerprint) -> Identity {
        Identity { kind: IdentityKind::Erased, address: print.to_string().as_str().into() }
    }

    /// What is left of it, if it was erased.
    fn erased_print(&self) -> Option<Fingerprint> {
        if self.is_erased() { self.address().parse().ok() } else { None }
    }

    /// Whether it stands for an identity that was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.kind == IdentityKind::Erased
    }
}

impl fmt::Debug for SuppressionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SuppressionKey")
    }
}
