//! Which stage each contact of a history holds, entry by entry (SPEC S20, S23, S28).

use std::collections::BTreeMap;

use placet::entry::{Body, Entry};
use placet::{ContactId, Stage};

/// The stages that are held, by contact.
#[derive(Debug, Default)]
pub(crate) struct HeldStages<'e>(BTreeMap<&'e ContactId, Held<'e>>);

#[derive(Debug, Clone, Copy, Default)]
struct Held<'e> {
    /// What it would hold by itself.
    alone: Option<&'e Stage>,
    /// What the person holds.
    now: Option<&'e Stage>,
    /// Which person it is of, by number: 0 for its own.
    person: u32,
}

impl<'e> HeldStages<'e> {
    /// The stage that a contact holds with those merged with it.
    pub(crate) fn of(&self, contact: &ContactId) -> Option<&'e Stage> {
        self.0.get(contact).and_then(|held| held.now)
    }

    /// Takes in an entry.
    pub(crate) fn take(&mut self, entry: &'e Entry) {
        let contact = entry.contact();
        match entry.body() {
            Body::Transition(moved) => {
                let held = self.0.entry(contact).or_default();
                if held.person == 0 {
                    held.alone = moved.to();
                }
                self.hold(contact, moved.to());
            }
            Body::TransitionAlone(moved) => self.0.entry(contact).or_default().alone = moved.to(),
            Body::Merged { into, held } => {
                let next =
                    self.0.values().map(|held| held.person).max().unwrap_or_default().saturating_add(1);
                let [one, other] = [contact, into].map(|id| self.0.entry(id).or_default().person);
                let theirs = |(id, held): &(&&'e ContactId, &mut Held<'e>)| {
                    **id == contact || **id == into || held.person != 0 && [one, other].contains(&held.person)
                };
                for (_, member) in self.0.iter_mut().filter(theirs) {
                    (member.person, member.now) = (next, held.as_ref());
                }
            }
            Body::Unmerged { held } => {
                let left = self.0.entry(contact).or_default();
                let person = std::mem::take(&mut left.person);
                left.now = left.alone;
                if let Some(held) = held {
                    let stay = self.0.values_mut().filter(|other| person != 0 && other.person == person);
                    stay.for_each(|other| other.now = held.as_ref());
                }
            }
            _ => {}
        }
    }

    /// The whole person holds a stage.
    fn hold(&mut self, contact: &'e ContactId, stage: Option<&'e Stage>) {
        let held = self.0.entry(contact).or_default();
        held.now = stage;
        let person = held.person;
        for other in self.0.values_mut().filter(|other| person != 0 && other.person == person) {
            other.now = stage;
        }
    }
}
