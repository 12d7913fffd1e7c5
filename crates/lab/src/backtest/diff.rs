//! The diff of two journeys: who gains or loses which stage and which event.

use std::collections::{BTreeMap, BTreeSet};

use placet::{ContactId, Instant, SignalId, Stage, name::EffectName};
use serde::{Serialize, Serializer};

use crate::recording::{Group, Step, What};
use crate::rehearse::{Course, add, of_name, written};

/// What changes for contacts when a journey takes the place of another. Whoever is merged counts as one contact.
///
/// It adds up over contacts in any order, examples included: they are the first by contact, then by instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Stages that a contact ever stood at, `None` for no stage.
    #[serde(serialize_with = "by_stage")]
    pub reached: BTreeMap<Option<Stage>, Change>,
    /// Stages at which a contact stands at the end, `None` for no stage.
    #[serde(serialize_with = "by_stage")]
    pub at_end: BTreeMap<Option<Stage>, Change>,
    /// Events that would have been queued, by effect. Two are the same if they are of one signal and one effect.
    pub events: BTreeMap<EffectName, Change>,
}

/// Who gains something, and who loses it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// With the other journey, and not with the first.
    pub gains: Side,
    /// With the first journey, and not with the other.
    pub loses: Side,
}

/// One side of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// How many contacts.
    pub contacts: u64,
    /// How many events; of a stage, as many as contacts.
    pub count: u64,
    /// Some of them, the first by contact: at most [`Side::EXAMPLES`].
    pub examples: BTreeSet<Example>,
}

/// One example: whose, and what to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Example {
    /// The contact that the signal named; of a stage, the person's first.
    pub contact: ContactId,
    /// When the event would have been queued, or the stage was reached first; none for a stage at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The signal that leads to the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<SignalId>,
}

impl Side {
    /// The most examples that are kept.
    pub const EXAMPLES: usize = 5;

    fn note(&mut self, example: Example) {
        add(&mut self.count, 1);
        self.show(example);
    }

    fn show(&mut self, example: Example) {
        self.examples.insert(example);
        if self.examples.len() > Side::EXAMPLES {
            self.examples.pop_last();
        }
    }

    fn and(mut self, other: Side) -> Side {
        add(&mut self.contacts, other.contacts);
        add(&mut self.count, other.count);
        other.examples.into_iter().for_each(|example| self.show(example));
        self
    }
}

impl Change {
    fn and(self, other: Change) -> Change {
        Change { gains: self.gains.and(other.gains), loses: self.loses.and(other.loses) }
    }
}

impl Diff {
    /// Whether nothing changes for anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Diff::default()
    }

    /// With another diff, of other contacts between the same journeys.
    #[must_use]
    pub fn and(mut self, other: Diff) -> Diff {
        self.reached = both(self.reached, other.reached);
        self.at_end = both(self.at_end, other.at_end);
        self.events = both(self.events, other.events);
        self
    }

    /// Notes what changes for one group. The persons are the same under both journeys: merges are facts.
    pub(super) fn note(&mut self, group: &Group, first: &[Course<'_>], other: &[Course<'_>]) {
        for (first, other) in first.iter().zip(other) {
            let Some(contact) = group.members.get(first.member) else { continue };
            let stage = |at| Example { contact: contact.clone(), at, signal: None };
            for (stands, at) in missing(&other.reached, &first.reached) {
                of_name(&mut self.reached, &stands.cloned()).gains.note_contact(stage(Some(*at)));
            }
            for (stands, at) in missing(&first.reached, &other.reached) {
                of_name(&mut self.reached, &stands.cloned()).loses.note_contact(stage(Some(*at)));
            }
            if first.at_end != other.at_end {
                of_name(&mut self.at_end, &other.at_end.cloned()).gains.note_contact(stage(None));
                of_name(&mut self.at_end, &first.at_end.cloned()).loses.note_contact(stage(None));
            }
            if first.queued != other.queued {
                self.events(group, &other.queued, &first.queued, |change| &mut change.gains);
                self.events(group, &first.queued, &other.queued, |change| &mut change.loses);
            }
        }
    }

    /// Notes the events of one person that are there and not there.
    fn events(
        &mut self,
        group: &Group,
        there: &[(usize, &EffectName)],
        not_there: &[(usize, &EffectName)],
        side: impl Fn(&mut Change) -> &mut Side,
    ) {
        let known: BTreeSet<_> = not_there.iter().collect();
        let mut effects = BTreeSet::new();
        for event in there.iter().filter(|event| !known.contains(event)) {
            let (place, effect) = event;
            let Some((contact, step)) = group.steps.get(*place).and_then(|step| named(group, step)) else {
                continue;
            };
            let change = of_name(&mut self.events, effect);
            let signal = match &step.what {
                What::Signal(signal) => Some(signal.id.clone()),
                _ => None,
            };
            side(change).note(Example { contact: contact.clone(), at: step.known, signal });
            effects.insert(effect);
        }
        for effect in effects {
            add(&mut side(of_name(&mut self.events, effect)).contacts, 1);
        }
    }
}

impl Side {
    fn note_contact(&mut self, example: Example) {
        add(&mut self.contacts, 1);
        self.note(example);
    }
}

fn named<'g>(group: &'g Group, step: &'g Step) -> Option<(&'g ContactId, &'g Step)> {
    Some((group.members.get(step.member)?, step))
}

/// The stages that are there and not there.
fn missing<'s>(
    there: &'s [(Option<&Stage>, Instant)],
    not_there: &'s [(Option<&Stage>, Instant)],
) -> impl Iterator<Item = &'s (Option<&'s Stage>, Instant)> {
    there.iter().filter(move |(stage, _)| !not_there.iter().any(|(other, _)| other == stage))
}

fn both<K: Ord>(mut sum: BTreeMap<K, Change>, more: BTreeMap<K, Change>) -> BTreeMap<K, Change> {
    for (key, change) in more {
        let before = sum.remove(&key).unwrap_or_default();
        sum.insert(key, before.and(change));
    }
    sum
}

fn by_stage<S: Serializer>(
    changes: &BTreeMap<Option<Stage>, Change>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(changes.iter().map(|(stage, change)| (written(stage.as_ref()), change)))
}
