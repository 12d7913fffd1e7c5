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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_slots_can_name_and_each_keeps_its_own() -> Result<(), Box<dyn std::error::Error>> {
        let card = |number: u32| Identity::of_kind("card", &number.to_string());
        let held = |identity| Held { identity, current: true };
        let others = (1..65_534).map(|number| card(number).map(held)).collect::<Result<_, _>>()?;
        let mut identities =
            Identities { others: Some(Box::new(Others(others))), ..Identities::new(card(0)?) };
        let (last, at) = (card(65_534)?, Slot(65_534));
        assert!(identities.link(last.clone()) && !identities.link(last.clone()));
        assert!(!identities.link(card(65_535)?), "no place is left");
        assert!(identities.all(true).map(|(slot, _)| slot).eq((0..u16::MAX).map(Slot)));
        for slot in [0, 1, 2, 65_533, 65_534] {
            let (there, slot) = (card(slot.into())?, Slot(slot));
            assert_eq!((identities.get(slot), identities.slot(&there)), (Some(&there), slot));
        }
        assert_eq!((identities.get(Slot::NONE), identities.current(Slot::NONE)), (None, None));

        // One that has ended is named by its acts still, makes room for no other, and comes back where it was.
        assert!(identities.unlink(&last) && !identities.unlink(&last));
        assert_eq!((identities.slot(&last), identities.slot_ever(&last)), (Slot::NONE, at));
        assert_eq!((identities.get(at), identities.current(at)), (Some(&last), None));
        assert!(identities.all(false).eq([(at, &last)]) && !identities.link(card(65_535)?));
        assert!(identities.link(last.clone()));
        assert_eq!((identities.slot(&last), identities.current(at)), (at, Some(&last)));
        Ok(())
    }
}
