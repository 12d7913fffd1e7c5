//! Erasure and suppression: whoever is erased is forgotten, and what they said no to is not (SPEC S12, S13; GDPR 17).
//!
//! A book with a [`SuppressionKey`] keeps of an erased contact its stops and fingerprints, nothing else. That is the
//! suppression entry as well: stops cross over the fingerprint of an address just as they crossed over the address, so
//! that every contact that is opened, linked or imported later is checked by the same way as any other.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Book, BookError};
use crate::consent::{ActKind, Stop};
use crate::contact::Scrubber;
use crate::identity::{Identity, SuppressionKey, WideKey};
use crate::journey::Journey;
use crate::name::{ActId, ContactId, Fingerprint, Instant, object_only};
use crate::signal::{Signal, SignalSpec};

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
        let mut book = Book::new(journey);
        book.persons.records.key = Some(key);
        book
    }

    /// An empty book under the same journey and key.
    pub(super) fn emptied(&self) -> Book {
        let mut book = Book::new(self.journey.clone());
        book.persons.records.key.clone_from(&self.persons.records.key);
        book
    }

    /// All addresses that are suppressed, by fingerprint: to be exported, and to be shown to an authority.
    #[must_use]
    pub fn suppressed(&self) -> BTreeSet<Suppressed> {
        let key = self.persons.records.key.as_ref();
        let erased = self.contacts().filter(|contact| contact.is_scrubbed());
        let entries = erased.flat_map(|contact| {
            let erasures = contact.stops().filter(|stop| stop.kind() == ActKind::Erase);
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
        if self.contact(&id).is_none() {
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
        let key = self.persons.records.key.as_ref().ok_or(BookError::NoSuppressionKey)?;
        if folding != WideKey::FOLDING {
            return Err(BookError::OtherFolding { found: folding });
        }
        let identity = Identity::of_print(fingerprint);
        let mut erased = self.persons.sharers_of_key(&identity).filter(|contact| contact.is_scrubbed());
        let says = |stop: Stop| stop.kind() == ActKind::Erase && stop.0.acted >= acted;
        if erased.any(|contact| contact.stops().any(says)) {
            return Ok(None);
        }
        let id = ContactId::of(key.pseudonym("suppressed", &fingerprint.to_string()));
        let act = ActId::of(key.pseudonym("suppressed", &format!("{fingerprint} {acted}")));
        Ok(Some((id, identity, Stop::erase(act, acted, recorded))))
    }

    /// Whether nothing more is kept of a contact: it was erased.
    pub(super) fn forgets(&self, id: &ContactId) -> bool {
        self.contact(id).is_some_and(crate::contact::Contact::is_scrubbed)
    }

    /// What is kept of a stop on a contact.
    pub(super) fn as_kept(&self, id: &ContactId, stop: Stop) -> Stop {
        match &self.persons.records.key {
            Some(key) if self.forgets(id) => key.stop(stop),
            _ => stop,
        }
    }

    /// What is kept of an identity of a contact.
    pub(super) fn identity_kept(&self, id: &ContactId, identity: Identity) -> Identity {
        match &self.persons.records.key {
            Some(key) if self.forgets(id) => key.erased(&identity),
            _ => identity,
        }
    }

    /// A signal on somebody who was erased, as one on what is left; `None` for any other.
    pub(super) fn signal_kept(&self, signal: &Signal) -> Option<Signal> {
        let spec = signal.spec();
        let contact = self.persons.records.id_of(&spec.contact);
        (contact != spec.contact)
            .then(|| Signal::checked(SignalSpec { contact, ..spec.clone() }, signal.kind_place()))
    }

    /// Forgets a contact and those merged with it, if they were erased and the book has a key.
    pub(super) fn scrub(&mut self, id: &ContactId) {
        let erased = self.contact(id).is_some_and(|contact| contact.ledger().erased());
        let members = if erased { self.persons.members(id) } else { BTreeSet::new() };
        if self.persons.scrub(&members) {
            if let Some(key) = &self.persons.records.key {
                let scrubber = Scrubber::new(key, |contact| members.contains(contact));
                self.outbox.scrub(|event| scrubber.event(event));
            }
            self.unerased = true;
        }
    }
}
