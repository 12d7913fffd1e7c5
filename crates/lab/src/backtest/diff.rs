//! The diff of two journeys: who gains or loses which stage and which event.

use std::collections::{BTreeMap, BTreeSet};

use placet::{ContactId, Instant, SignalId, Stage, name::EffectName};
use serde::{Serialize, Serializer};

use crate::recording::{Group, What};
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
    /// Events that would have been queued, by effect. Two are the same if they are of one signal and one effect. Where a
    /// person gets an effect with both journeys, but on other signals, the first is held beside the first, the second
    /// beside the second and so on: such an event is later or earlier, and neither gained nor lost.
    pub events: BTreeMap<EffectName, Change>,
}

/// Who gains something, and who loses it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// With the other journey, and not with the first.
    pub gains: Side,
    /// With the first journey, and not with the other.
    pub loses: Side,
    /// With both, with the other journey later; events only.
    pub later: Shift,
    /// With both, with the other journey earlier; events only.
    pub earlier: Shift,
}

/// Events that the same people get at another time, and by how much.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// How many contacts.
    pub contacts: u64,
    /// How many events.
    pub count: u64,
    /// By how many seconds, all events together.
    pub seconds: u64,
    /// By how many seconds at most.
    pub most: u64,
}

impl Shift {
    /// By how many seconds an event moves on average, rounded down.
    #[must_use]
    pub fn average(&self) -> u64 {
        self.seconds.checked_div(self.count).unwrap_or_default()
    }

    fn note(&mut self, seconds: u64) {
        add(&mut self.count, 1);
        add(&mut self.seconds, seconds);
        self.most = self.most.max(seconds);
    }

    fn and(mut self, other: &Shift) -> Shift {
        add(&mut self.contacts, other.contacts);
        add(&mut self.count, other.count);
        add(&mut self.seconds, other.seconds);
        self.most = self.most.max(other.most);
        self
    }
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
        Change {
            gains: self.gains.and(other.gains),
            loses: self.loses.and(other.loses),
            later: self.later.and(&other.later),
            earlier: self.earlier.and(&other.earlier),
        }
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
                self.events(group, &first.queued, &other.queued);
            }
        }
    }

    /// Notes the events of one person that only one journey queues, effect by effect.
    fn events(&mut self, group: &Group, first: &[Queued<'_>], other: &[Queued<'_>]) {
        let (lost, gained) = (only(first, other), only(other, first));
        let effects: BTreeSet<&EffectName> = lost.iter().chain(&gained).map(|(_, effect)| *effect).collect();
        for effect in effects {
            let examples = |queued: &[Queued<'_>]| -> Vec<Example> {
                let of_effect = queued.iter().filter(|(_, name)| *name == effect);
                of_effect.filter_map(|(place, _)| example(group, *place)).collect()
            };
            let (lost, gained) = (examples(&lost), examples(&gained));
            let mut of_person = Change::default();
            for place in 0..lost.len().max(gained.len()) {
                let (before, after) = (lost.get(place), gained.get(place));
                match before.and_then(|before| before.at).zip(after.and_then(|after| after.at)) {
                    Some((before, after)) if before != after => {
                        let shift =
                            if after > before { &mut of_person.later } else { &mut of_person.earlier };
                        shift.note(after.since(before).num_seconds().unsigned_abs());
                    }
                    _ => {
                        before.into_iter().for_each(|lost| of_person.loses.note(lost.clone()));
                        after.into_iter().for_each(|gained| of_person.gains.note(gained.clone()));
                    }
                }
            }
            let counts = [
                (&mut of_person.gains.contacts, of_person.gains.count),
                (&mut of_person.loses.contacts, of_person.loses.count),
                (&mut of_person.later.contacts, of_person.later.count),
                (&mut of_person.earlier.contacts, of_person.earlier.count),
            ];
            counts.into_iter().for_each(|(contacts, count)| *contacts = count.min(1));
            let sum = of_name(&mut self.events, effect);
            *sum = std::mem::take(sum).and(of_person);
        }
    }
}

/// An event that was queued: on which step of the group, and of which effect.
type Queued<'j> = (usize, &'j EffectName);

/// The events that are there and not there, in the order in which they were queued.
fn only<'j>(there: &[Queued<'j>], not_there: &[Queued<'j>]) -> Vec<Queued<'j>> {
    let known: BTreeSet<&Queued<'j>> = not_there.iter().collect();
    there.iter().filter(|event| !known.contains(event)).copied().collect()
}

fn example(group: &Group, place: usize) -> Option<Example> {
    let step = group.steps.get(place)?;
    let signal = match &step.what {
        What::Signal(signal) => Some(signal.id.clone()),
        _ => None,
    };
    Some(Example { contact: group.members.get(step.member)?.clone(), at: step.known, signal })
}

impl Side {
    fn note_contact(&mut self, example: Example) {
        add(&mut self.contacts, 1);
        self.note(example);
    }
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
