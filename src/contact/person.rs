//! A person: one contact, or several that a merge joined (SPEC S14, S15, S23). Each keeps its own ledger.

use super::Contact;
use crate::consent::{ConsentLedger, Slot};
use crate::identity::Identity;
use crate::name::{ContactId, Stage};

/// One person as the engine sees them: the contact that is asked about, and those merged with it.
///
/// Every grant stays in the ledger and under the identity it was given for; stops reached every one of
/// the ledgers when they were told ([`Stop::joined`](crate::Stop::joined)). A single contact is a person by itself:
/// `journey.decide(&ada, …)`.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    named: &'a Contact,
    others: &'a [&'a Contact],
    /// The stage that they hold together; each contact's own where it stands alone.
    held: Option<Option<&'a Stage>>,
}

/// An identity of a person: whose, and in which place of the ledger. Of 65,536 contacts: no grant is looked for beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) member: u16,
    pub(crate) slot: Slot,
}

impl Seat {
    /// No identity of the contact that is asked about.
    pub(crate) const NOBODY: Seat = Seat { member: 0, slot: Slot::NONE };
}

impl<'a> Person<'a> {
    /// The contact that a signal names or a question is about, the contacts merged with it, and the
    /// stage that they hold together.
    #[must_use]
    pub fn joined(named: &'a Contact, others: &'a [&'a Contact], held: Option<&'a Stage>) -> Person<'a> {
        Person { named, others, held: Some(held) }
    }

    /// The stage that it holds (S23); `None` for no stage.
    #[must_use]
    pub fn held_stage(&self) -> Option<Stage> {
        match self.held {
            Some(_) if self.erased().is_some() => None,
            Some(joint) => joint.cloned(),
            None => self.named.held_stage(),
        }
    }

    /// The ledger of the contact that is asked about.
    #[must_use]
    pub fn ledger(&self) -> &'a ConsentLedger {
        self.named.ledger()
    }

    pub(crate) fn named(&self) -> &'a Contact {
        self.named
    }

    pub(crate) fn held(&self) -> Option<Option<&'a Stage>> {
        self.held
    }

    /// The contacts that it is made of, the one that is asked about first.
    pub fn members(&self) -> impl Iterator<Item = &'a Contact> + use<'a> {
        std::iter::once(self.named).chain(self.others.iter().copied())
    }

    /// The one contact that it is made of; `None` where it is several.
    #[inline]
    pub(crate) fn alone(&self) -> Option<&'a Contact> {
        Some(self.named).filter(|_| self.others.is_empty())
    }

    pub(crate) fn member(&self, seat: Seat) -> Option<&'a Contact> {
        match usize::from(seat.member).checked_sub(1) {
            None => Some(self.named),
            Some(other) => self.others.get(other).copied(),
        }
    }

    pub(crate) fn identity(&self, seat: Seat) -> Option<&'a Identity> {
        self.member(seat)?.ledger().identity(seat.slot)
    }

    /// Where an identity is, at the named contact first.
    pub(crate) fn seat(&self, identity: &Identity) -> Seat {
        let members = self.members().zip(0..=u16::MAX);
        let mut seats =
            members.map(|(contact, member)| Seat { member, slot: contact.ledger().slot(identity) });
        seats.find(|seat| seat.slot != Slot::NONE).unwrap_or(Seat::NOBODY)
    }

    /// The first of its members that is erased. One beyond those that a seat can number is erased all the same.
    #[inline]
    pub(crate) fn erased(&self) -> Option<(u16, &'a Contact)> {
        if let Some(alone) = self.alone() {
            return alone.ledger().erased().then_some((0, alone));
        }
        let members = self.members().zip((0..=u16::MAX).chain(std::iter::repeat(u16::MAX)));
        members.map(|(contact, member)| (member, contact)).find(|(_, contact)| contact.ledger().erased())
    }

    #[inline]
    pub(crate) fn known(&self) -> bool {
        if let Some(alone) = self.alone() {
            return alone.ledger().known();
        }
        self.members().any(|contact| contact.ledger().known())
    }

    /// Grows with every entry of every member.
    #[inline]
    pub(crate) fn version(&self) -> u64 {
        if let Some(alone) = self.alone() {
            return alone.version();
        }
        self.members().fold(0, |sum, contact| sum.saturating_add(contact.version()))
    }

    /// How many contacts it is made of.
    #[inline]
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.others.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub(crate) fn id(&self) -> &'a ContactId {
        self.named.id()
    }
}

impl<'a> From<&'a Contact> for Person<'a> {
    #[inline]
    fn from(contact: &'a Contact) -> Person<'a> {
        Person { named: contact, others: &[], held: None }
    }
}
