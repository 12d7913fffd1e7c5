//! To forget somebody who was erased: what a store replaces, and with what.

use std::collections::{BTreeMap, BTreeSet};

use crate::consent::{Act, Provenance, Stop};
use crate::contact::{Body, Entry, Scrubber};
use crate::desk::Terms;
use crate::desk::found::Loaded;
use crate::desk::store::UnderKey;
use crate::identity::SuppressionKey;
use crate::name::{ActId, ContactId};

/// Persons of whom nothing may be kept but their stops and fingerprints. The store hands everything that it has of them to
/// [`Forget::scrubber`], keeps what that gives, under the id that it gives, and forgets the ids of their signals; whatever
/// names them or one of their acts elsewhere it hands to [`Forget::elsewhere`] and [`Forget::under`].
#[derive(Debug, Clone)]
pub struct Forget {
    key: SuppressionKey,
    contacts: BTreeSet<ContactId>,
    /// Their stops: these cross to others.
    acts: BTreeMap<ActId, ActId>,
    /// All their acts: they can be the cause of a refusal.
    causes: BTreeMap<ActId, ActId>,
}

impl Forget {
    /// The members of an erased person that are not forgotten yet; `None` where all are.
    pub(super) fn of(terms: &Terms, loaded: &Loaded<'_>) -> Option<Forget> {
        let key = terms.key.clone()?;
        let whole = loaded.members().filter(|member| !member.is_scrubbed());
        let contacts: BTreeSet<ContactId> = whole.map(|member| member.id().clone()).collect();
        let all = loaded.members().flat_map(|member| member.ledger().acts().collect::<Vec<_>>());
        let (mut acts, mut causes) = (BTreeMap::new(), BTreeMap::new());
        for act in all.filter(|act| act.provenance() == Provenance::Own) {
            let (id, left) = (act.id().clone(), key.act(act.id()));
            if act.kind().is_stop() {
                acts.insert(id.clone(), left.clone());
            }
            causes.insert(id, left);
        }
        (!contacts.is_empty()).then_some(Forget { key, contacts, acts, causes })
    }

    /// The contacts that are forgotten, by the ids that they had.
    pub fn contacts(&self) -> impl Iterator<Item = &ContactId> {
        self.contacts.iter()
    }

    /// Whether a contact is one of them.
    #[must_use]
    pub fn is_of(&self, contact: &ContactId) -> bool {
        self.contacts.contains(contact)
    }

    /// The id that is left of a contact.
    #[must_use]
    pub fn left(&self, contact: &ContactId) -> ContactId {
        self.key.contact(contact)
    }

    /// Rewrites their entries and queued events.
    #[must_use]
    pub fn scrubber(&self) -> Scrubber<'_, impl Fn(&ContactId) -> bool> {
        Scrubber::new(&self.key, |contact| self.contacts.contains(contact))
    }

    /// The ids of their acts, which must stand nowhere else.
    pub fn acts(&self) -> impl Iterator<Item = &ActId> {
        self.acts.keys()
    }

    /// The same row with another id, where it holds one of their stops.
    #[must_use]
    pub fn under(&self, row: &UnderKey) -> Option<UnderKey> {
        self.stop(&row.stop).map(|stop| UnderKey { key: row.key.clone(), stop })
    }

    pub(crate) fn stop(&self, stop: &Stop) -> Option<Stop> {
        self.acts.get(stop.id()).map(|id| stop.clone().with_id(id.clone()))
    }

    pub(crate) fn key(&self) -> &SuppressionKey {
        &self.key
    }

    /// The ids by which an entry may name another contact or an act of theirs. An index by them finds what
    /// [`Forget::elsewhere`] changes: look there for [`Forget::ids`].
    #[must_use]
    pub fn named_in(entry: &Entry) -> Vec<String> {
        match entry.body() {
            Body::Act(Act::Stop(stop)) if stop.provenance() != Provenance::Own => vec![stop.id().to_string()],
            Body::EffectRefused(refused) => refused.cause().map(ToString::to_string).into_iter().collect(),
            Body::Merged { into, .. } => vec![into.to_string()],
            Body::Queued(event) => {
                let others = event.citations().map(|need| need.contact());
                others.filter(|contact| *contact != entry.contact()).map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Their ids and those of their acts, as [`Forget::named_in`] gives them.
    pub fn ids(&self) -> impl Iterator<Item = String> {
        let contacts = self.contacts.iter().map(ToString::to_string);
        contacts.chain(self.causes.keys().map(ToString::to_string))
    }

    /// The same entry of somebody else, where it names one of them or of their acts; `None` where it does not. A queued event
    /// keeps its key then; the outbox holds the same account of it.
    #[must_use]
    pub fn elsewhere(&self, entry: &Entry) -> Option<Entry> {
        let mut scrubber = self.scrubber().knowing(&self.acts, &self.causes);
        scrubber.entry(entry.clone()).filter(|left| left != entry)
    }
}
