//! Erasure and suppression: whoever is erased is forgotten, and what they said no to is not (SPEC S12, S13; GDPR 17).
//!
//! A book with a [`SuppressionKey`] keeps of an erased contact its stops and fingerprints, nothing else. That is the
//! suppression entry as well: stops cross over the fingerprint of an address just as they crossed over the address, so
//! that every contact that is opened, linked or imported later is checked by the same way as any other.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Book, BookError};
use crate::consent::{ActKind, Stop};
use crate::desk::{Memory, Terms};
use crate::identity::{Identity, SuppressionKey, WideKey};
use crate::journey::Journey;
use crate::name::{ActId, ContactId, Fingerprint, Instant, object_only};

/// An address that must not be used as if nothing had been said: its fingerprint, and since when.
///
/// A contact that is opened, linked or imported under such an address works as if it had withdrawn everything at
/// that instant (S13): a grant that is later permits again. It is written as one flat object, to be handed to another
/// book that has the same key and folds addresses in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Suppressed {
    /// What is left of the address ([`SuppressionKey::fingerprint`]).
    pub fingerprint: Fingerprint,
    /// By which folding of addresses it was made ([`WideKey::FOLDING`]). An entry that was written without it is of the
    /// first.
    #[serde(default = "first_folding")]
    pub folding: u32,
    /// When the person was erased.
    pub acted: Instant,
    /// When that was recorded.
    pub recorded: Instant,
}

object_only!(Suppressed);

fn first_folding() -> u32 {
    1
}

impl Book {
    /// An empty book that forgets whoever is erased. Without a key an erased contact answers no for good, and its
    /// data stay: a book that forgot the address without a fingerprint would forget the stop with it.
    ///
    /// ```
    /// use placet::{
    ///     Ask, Book, ContactId, Identity, Instant, Journey, Reason, Stop, channel::EMAIL, identity::SuppressionKey,
    ///     purpose::NEWSLETTER,
    /// };
    /// let at: Instant = "2013-05-01T10:00:00Z".parse()?;
    /// let (ada, mail) = (ContactId::new("c-1")?, Identity::email("ada@example.org")?);
    /// let mut book = Book::suppressing(Journey::reference()?, SuppressionKey::new(*b"sixteen random b"));
    /// book.open(ada.clone(), mail.clone())?;
    /// let _ = book.stop(&ada, Stop::erase("a-1".parse()?, at, at))?;
    /// assert!(book.contact(&ada).is_some_and(|left| left.ledger().identities().all(Identity::is_erased)));
    /// assert_eq!(book.suppressed().len(), 1);
    ///
    /// // The same address, bought with a list under another id: it was said no to.
    /// book.open("c-2".parse()?, mail.clone())?;
    /// let ask = Ask::new(NEWSLETTER.by(EMAIL), mail);
    /// let no = book.contact(&"c-2".parse()?).and_then(|bought| bought.ledger().refuses(&ask, at));
    /// assert_eq!(no, Some(Reason::Withdrawn));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn suppressing(journey: Journey, key: SuppressionKey) -> Book {
        Book { memory: Memory::new(Terms::new(journey).suppressing(key)) }
    }

    /// An empty book under the same journey and key.
    pub(super) fn emptied(&self) -> Book {
        Book { memory: Memory::new(Terms::clone(self.memory.terms())) }
    }

    /// All addresses that are suppressed, by fingerprint: to be exported, and to be shown to an authority.
    #[must_use]
    pub fn suppressed(&self) -> BTreeSet<Suppressed> {
        let key = self.memory.terms().key.as_ref();
        let erased = self.memory.all().filter(|contact| contact.is_scrubbed());
        let entries = erased.flat_map(|contact| {
            // Whoever is merged with somebody who was erased is erased by their act.
            let members = self.memory.members(contact.id());
            let stops = members.into_iter().filter_map(|member| self.memory.own(&member));
            let stops = stops.flat_map(|member| member.stops().collect::<Vec<_>>());
            let erasures = stops.filter(|stop| stop.kind() == ActKind::Erase);
            let erase = erasures.max_by_key(|stop| stop.0.acted);
            let prints = contact.ledger().identities().filter_map(move |print| Some(key?.fingerprint(print)));
            prints.zip(std::iter::repeat(erase)).filter_map(|(fingerprint, erase)| {
                let erase = erase?.0;
                Some(Suppressed {
                    fingerprint,
                    folding: WideKey::FOLDING,
                    acted: erase.acted,
                    recorded: erase.recorded,
                })
            })
        });
        entries.collect()
    }

    /// Takes over an entry of another suppression list, made under the same key; false if it adds nothing.
    ///
    /// # Errors
    /// [`BookError::NoSuppressionKey`]; [`BookError::OtherFolding`] for an entry whose fingerprint would not be found
    /// again.
    pub fn suppress(&mut self, entry: Suppressed) -> Result<bool, BookError> {
        let Some((id, identity, erase)) = self.suppression(entry)? else {
            return Ok(false);
        };
        if self.memory.own(&id).is_none() {
            self.open(id.clone(), identity)?;
        }
        let _ = self.stop(&id, erase)?;
        Ok(true)
    }

    /// The contact that stands for an entry of another list, its identity and its erasure; `None` if it adds nothing.
    pub(super) fn suppression(
        &self,
        entry: Suppressed,
    ) -> Result<Option<(ContactId, Identity, Stop)>, BookError> {
        let Suppressed { fingerprint, folding, acted, recorded } = entry;
        let key = self.memory.terms().key.as_ref().ok_or(BookError::NoSuppressionKey)?;
        if folding != WideKey::FOLDING {
            return Err(BookError::OtherFolding { found: folding });
        }
        let identity = Identity::of_print(fingerprint);
        let mut erased = self.memory.sharers(&identity).filter(|contact| contact.is_scrubbed());
        let says = |stop: Stop| stop.kind() == ActKind::Erase && stop.0.acted >= acted;
        if erased.any(|contact| contact.stops().any(says)) {
            return Ok(None);
        }
        let id = ContactId::of(key.pseudonym("suppressed", &fingerprint.to_string()));
        let act = ActId::of(key.pseudonym("suppressed", &format!("{fingerprint} {acted}")));
        Ok(Some((id, identity, Stop::erase(act, acted, recorded))))
    }
}
