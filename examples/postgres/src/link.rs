//! Links that only we can have made: what they are for, and an HMAC-SHA-256 of it. No link holds an address.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use placet::send::EventKey;
use placet::{ActId, Channel, ContactId, Purpose};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case", deny_unknown_fields)]
pub enum Link {
    /// To have no more of what one mail was about.
    Unsubscribe {
        /// Who.
        contact: ContactId,
        /// What for.
        purpose: Purpose,
        /// How.
        channel: Channel,
        /// The mail.
        mail: EventKey,
    },
    /// To confirm a grant.
    Confirm {
        /// Who.
        contact: ContactId,
        /// The grant.
        grant: ActId,
        /// What went to the address and nowhere else.
        secret: [u8; 16],
    },
    /// To see and change everything.
    Preferences {
        /// Who.
        contact: ContactId,
    },
}

/// The secret that links are signed with. Whoever has it can unsubscribe everybody.
#[derive(Clone)]
pub struct LinkKey(Hmac<Sha256>);

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey")
    }
}

impl LinkKey {
    /// A key of 32 bytes from a random source.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> LinkKey {
        LinkKey(Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::from({
            let mut block = [0_u8; 64];
            for (to, from) in block.iter_mut().zip(secret) {
                *to = from;
            }
            block
        })))
    }

    fn mac(&self, domain: &str, of: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(of);
        mac
    }

    /// The link as the last part of an address.
    ///
    /// # Errors
    /// None that is known: what is in a link can be written.
    pub fn sign(&self, link: &Link) -> Result<String, serde_json::Error> {
        let said = serde_json::to_vec(link)?;
        let tag = self.mac("link", &said).finalize().into_bytes();
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(said), URL_SAFE_NO_PAD.encode(tag)))
    }

    /// What a link is for; `None` where we have not made it.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<Link> {
        let (said, tag) = token.split_once('.')?;
        let (said, tag) = (URL_SAFE_NO_PAD.decode(said).ok()?, URL_SAFE_NO_PAD.decode(tag).ok()?);
        self.mac("link", &said).verify_slice(&tag).ok()?;
        serde_json::from_slice(&said).ok()
    }

    /// Sixteen bytes that nobody can guess and that are the same for the same text: the secret of a double opt-in, so that a
    /// form that is delivered twice asks for the same thing.
    #[must_use]
    pub fn secret(&self, of: &str) -> [u8; 16] {
        let all = self.mac("secret", of.as_bytes()).finalize().into_bytes();
        let mut secret = [0; 16];
        for (to, from) in secret.iter_mut().zip(all) {
            *to = from;
        }
        secret
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_by_its_key_alone() {
        let link = Link::Preferences { contact: "c-1".parse().unwrap() };
        let (ours, theirs) = (LinkKey::new([1; 32]), LinkKey::new([2; 32]));
        let token = ours.sign(&link).unwrap();
        assert_eq!(ours.read(&token), Some(link.clone()));
        assert_eq!(theirs.read(&token), None);
        let other = theirs.sign(&Link::Preferences { contact: "c-2".parse().unwrap() }).unwrap();
        let forged = format!("{}.{}", other.split_once('.').unwrap().0, token.split_once('.').unwrap().1);
        assert_eq!((ours.read(&forged), ours.read("a.b"), ours.read("")), (None, None, None));
        assert_eq!(ours.secret("a"), ours.secret("a"));
        assert_ne!(ours.secret("a"), theirs.secret("a"));
    }
}
