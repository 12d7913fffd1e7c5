//! The identities of one contact, in the order they were linked. The first stands in place: most have no other.

use super::Slot;
use crate::identity::Identity;

/// At least one, and at most 65,535. None is removed: acts name them by their slots.
#[derive(Debug, Clone)]
#[repr(C)]
pub(super) struct Identities {
    first: Held,
    others: Option<Box<Others>>,
}

#[derive(Debug, Clone, Default)]
struct Others(Vec<Held>);

/// An identity, and whether it is still the contact's.
#[derive(Debug, Clone)]
struct Held {
    identity: Identity,
    current: bool,
}

impl Identities {
    pub(super) fn new(first: Identity) -> Identities {
        Identities { first: Held { identity: first, current: true }, others: None }
    }

    fn others(&self) -> &[Held] {
        self.others.as_deref().map(|others| others.0.as_slice()).unwrap_or_default()
    }

    fn held(&self) -> impl Iterator<Item = (Slot, &Held)> {
        let held = std::iter::once(&self.first).chain(self.others());
        (0..u16::MAX).map(Slot).zip(held)
    }

    fn held_mut(&mut self) -> impl Iterator<Item = &mut Held> {
        let others = self.others.iter_mut().flat_map(|others| &mut others.0);
        std::iter::once(&mut self.first).chain(others)
    }

    #[inline]
    fn at(&self, slot: Slot) -> Option<&Held> {
        match usize::from(slot.0).checked_sub(1) {
            None => Some(&self.first),
            Some(other) => self.others().get(other),
        }
    }

    /// The identity of a slot, whether it is the contact's now or was once.
    #[inline]
    pub(super) fn get(&self, slot: Slot) -> Option<&Identity> {
        self.at(slot).map(|held| &held.identity)
    }

    /// The identity of a slot, if it is the contact's now.
    #[inline]
    pub(super) fn current(&self, slot: Slot) -> Option<&Identity> {
        self.at(slot).filter(|held| held.current).map(|held| &held.identity)
    }

    /// Those that are the contact's now, or those that were once and are no longer.
    pub(super) fn all(&self, current: bool) -> impl Iterator<Item = (Slot, &Identity)> {
        let held = self.held().filter(move |(_, held)| held.current == current);
        held.map(|(slot, held)| (slot, &held.identity))
    }

    /// The slot of an identity, if it is the contact's now; else [`Slot::NONE`].
    #[inline]
    pub(super) fn slot(&self, identity: &Identity) -> Slot {
        self.all(true).find(|(_, held)| *held == identity).map_or(Slot::NONE, |(slot, _)| slot)
    }

    /// The slot of an identity that is the contact's or was once.
    pub(super) fn slot_ever(&self, identity: &Identity) -> Slot {
        self.held().find(|(_, held)| held.identity == *identity).map_or(Slot::NONE, |(slot, _)| slot)
    }

    /// Adds an identity, or brings one back; false where it was there, or where no place is left.
    pub(super) fn link(&mut self, identity: Identity) -> bool {
        if let Some(held) = self.held_mut().find(|held| held.identity == identity) {
            return !std::mem::replace(&mut held.current, true);
        }
        let room = self.others().len() < usize::from(u16::MAX).saturating_sub(1);
        if room {
            self.others.get_or_insert_default().0.push(Held { identity, current: true });
        }
        room
    }

    /// Ends an identity. False where it was not the contact's.
    pub(super) fn unlink(&mut self, identity: &Identity) -> bool {
        let held = self.held_mut().find(|held| held.identity == *identity);
        held.is_some_and(|held| std::mem::replace(&mut held.current, false))
    }
}
