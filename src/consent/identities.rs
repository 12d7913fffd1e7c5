//! The identities of one contact, in the order they were linked. The first stands in place: most have no other.

use super::ask::Slot;
use crate::identity::Identity;

/// At least one, and at most 65,535. None is removed: acts name them by their slots.
#[derive(Debug, Clone)]
pub(super) struct Identities {
    first: Held,
    others: Vec<Held>,
}

/// An identity, and what it is to the contact.
#[derive(Debug, Clone)]
struct Held {
    identity: Identity,
    tie: Tie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// It is the contact's.
    Current,
    /// It was the contact's once, and acts were done for it.
    Past,
    /// It never was: a stop is about it alone, and holds should it be linked.
    Named,
}

impl Identities {
    pub(super) fn new(first: Identity) -> Identities {
        Identities { first: Held { identity: first, tie: Tie::Current }, others: Vec::new() }
    }

    fn held(&self) -> impl Iterator<Item = (Slot, &Held)> {
        let held = std::iter::once(&self.first).chain(&self.others);
        (0..u16::MAX).map(Slot).zip(held)
    }

    fn held_mut(&mut self) -> impl Iterator<Item = &mut Held> {
        std::iter::once(&mut self.first).chain(&mut self.others)
    }

    #[inline]
    fn at(&self, slot: Slot) -> Option<&Held> {
        match usize::from(slot.0).checked_sub(1) {
            None => Some(&self.first),
            Some(other) => self.others.get(other),
        }
    }

    /// The identity of a slot, whatever it is to the contact.
    #[inline]
    pub(super) fn get(&self, slot: Slot) -> Option<&Identity> {
        self.at(slot).map(|held| &held.identity)
    }

    /// The identity of a slot, if it is the contact's now.
    #[inline]
    pub(super) fn current(&self, slot: Slot) -> Option<&Identity> {
        self.at(slot).filter(|held| held.tie == Tie::Current).map(|held| &held.identity)
    }

    /// The identities that are the contact's now.
    #[inline]
    pub(super) fn all_current(&self) -> impl Iterator<Item = (Slot, &Identity)> {
        self.tied(Tie::Current)
    }

    /// The identities that were the contact's once and are no longer.
    pub(super) fn all_past(&self) -> impl Iterator<Item = &Identity> {
        self.tied(Tie::Past).map(|(_, identity)| identity)
    }

    #[inline]
    fn tied(&self, tie: Tie) -> impl Iterator<Item = (Slot, &Identity)> {
        let held = self.held().filter(move |(_, held)| held.tie == tie);
        held.map(|(slot, held)| (slot, &held.identity))
    }

    /// The slot of an identity, if it is the contact's now; else [`Slot::NONE`].
    #[inline]
    pub(super) fn slot(&self, identity: &Identity) -> Slot {
        self.all_current().find(|(_, held)| *held == identity).map_or(Slot::NONE, |(slot, _)| slot)
    }

    /// The slot of an identity that is the contact's, was once, or that a stop is about.
    pub(super) fn slot_ever(&self, identity: &Identity) -> Slot {
        self.held().find(|(_, held)| held.identity == *identity).map_or(Slot::NONE, |(slot, _)| slot)
    }

    /// Whether an identity is, in one spelling or another, the address of a slot.
    pub(super) fn same_address(&self, slot: Slot, identity: Option<&Identity>) -> bool {
        match (self.get(slot), identity) {
            (Some(one), Some(other)) => one == other || one.wide_key() == other.wide_key(),
            _ => false,
        }
    }

    /// Adds an identity, or brings one back; false where it was there, or where no place is left.
    pub(super) fn link(&mut self, identity: Identity) -> bool {
        if let Some(held) = self.held_mut().find(|held| held.identity == identity) {
            return std::mem::replace(&mut held.tie, Tie::Current) != Tie::Current;
        }
        self.push(Held { identity, tie: Tie::Current })
    }

    /// Keeps an address that a stop is about; [`Slot::NONE`] where no place is left.
    pub(super) fn name(&mut self, identity: &Identity) -> Slot {
        if self.slot_ever(identity) == Slot::NONE {
            self.push(Held { identity: identity.clone(), tie: Tie::Named });
        }
        self.slot_ever(identity)
    }

    fn push(&mut self, held: Held) -> bool {
        let room = self.others.len() < usize::from(u16::MAX).saturating_sub(1);
        if room {
            self.others.push(held);
        }
        room
    }

    /// Ends an identity. False where it was not the contact's.
    pub(super) fn unlink(&mut self, identity: &Identity) -> bool {
        let held = self.held_mut().find(|held| held.identity == *identity && held.tie == Tie::Current);
        held.is_some_and(|held| std::mem::replace(&mut held.tie, Tie::Past) == Tie::Current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_slots_can_name_and_each_keeps_its_own() -> Result<(), Box<dyn std::error::Error>> {
        let card = |number: u32| Identity::of_kind("card", &number.to_string());
        let held = |identity| Held { identity, tie: Tie::Current };
        let others = (1..65_534).map(|number| card(number).map(held)).collect::<Result<_, _>>()?;
        let mut identities = Identities { others, ..Identities::new(card(0)?) };
        let (last, at) = (card(65_534)?, Slot(65_534));
        assert!(identities.link(last.clone()) && !identities.link(last.clone()));
        assert!(!identities.link(card(65_535)?), "no place is left");
        assert_eq!(identities.name(&card(65_535)?), Slot::NONE);
        assert!(identities.all_current().map(|(slot, _)| slot).eq((0..u16::MAX).map(Slot)));
        for slot in [0, 1, 2, 65_533, 65_534] {
            let (there, slot) = (card(slot.into())?, Slot(slot));
            assert_eq!((identities.get(slot), identities.slot(&there)), (Some(&there), slot));
        }
        assert_eq!((identities.get(Slot::NONE), identities.current(Slot::NONE)), (None, None));

        // One that has ended is named by its acts still, makes room for no other, and comes back where it was.
        assert!(identities.unlink(&last) && !identities.unlink(&last));
        assert_eq!((identities.slot(&last), identities.slot_ever(&last)), (Slot::NONE, at));
        assert_eq!((identities.get(at), identities.current(at)), (Some(&last), None));
        assert!(identities.all_past().eq([&last]) && !identities.link(card(65_535)?));
        assert!(identities.link(last.clone()));
        assert_eq!((identities.slot(&last), identities.current(at)), (at, Some(&last)));
        Ok(())
    }

    #[test]
    fn an_address_that_a_stop_is_about_is_not_the_contacts() -> Result<(), Box<dyn std::error::Error>> {
        let (one, other) = (Identity::email("ada@example.org")?, Identity::email("Ada@example.org")?);
        let mut identities = Identities::new(Identity::email("bob@example.org")?);
        let named = identities.name(&one);
        assert_eq!((identities.slot(&one), identities.current(named)), (Slot::NONE, None));
        assert!(identities.same_address(named, Some(&other)) && identities.all_past().next().is_none());
        assert!(identities.link(one.clone()));
        assert_eq!(identities.slot(&one), named);
        Ok(())
    }
}
