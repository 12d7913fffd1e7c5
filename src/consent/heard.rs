//! Stops of others that hold for a contact: they lie under a key that it shares, or with somebody merged with it (SPEC
//! S13, S15). Whoever loads a person hands them in; they are no acts of this ledger, and are not stored with it.

use std::sync::Arc;

use super::act::{Act, ActKind, Provenance, Stop};
use super::ask::Slot;
use super::standing::Mark;
use super::{ConsentLedger, Names};

/// The places of stops that were heard, beyond those of all acts.
const FIRST: u32 = 1 << 31;

/// In the order in which they were heard.
#[derive(Debug, Default)]
pub(super) struct HeardStops(Vec<Heard>);

/// A stop of somebody else.
#[derive(Debug, Clone)]
pub(super) struct Heard {
    stop: Arc<Stop>,
    /// It crossed a key, or came with a merge.
    provenance: Provenance,
    /// The address of this contact that it is about alone.
    only: Slot,
}

impl HeardStops {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn next(&self) -> u32 {
        u32::try_from(self.0.len()).map_or(u32::MAX, |count| FIRST.saturating_add(count))
    }

    fn get(&self, place: u32) -> Option<&Heard> {
        self.0.get(usize::try_from(place.checked_sub(FIRST)?).ok()?)
    }

    /// All of them, each with its place.
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, &Heard)> {
        (FIRST..u32::MAX).zip(&self.0)
    }
}

impl Heard {
    pub(super) fn stop(&self) -> &Stop {
        &self.stop
    }

    pub(super) fn provenance(&self) -> Provenance {
        self.provenance
    }

    pub(super) fn only(&self) -> Slot {
        self.only
    }

    pub(super) fn mark(&self, place: u32) -> Mark {
        Mark { at: self.stop.at(), place }
    }
}

impl ConsentLedger {
    /// Takes in a stop of another contact: one that crossed a key, or one of somebody merged with this contact. One that
    /// says nothing new is left out, so that hearing twice is hearing once. `only` is the address of this contact that it
    /// is about alone.
    pub(crate) fn hear(&mut self, stop: &Arc<Stop>, provenance: Provenance, only: Slot) {
        let (kind, until, at) = (stop.kind(), stop.0.until, stop.at());
        let place = self.heard.next();
        if kind == ActKind::Void {
            return;
        }
        if kind == ActKind::Erase && provenance == Provenance::Joined {
            if self.erased() {
                return;
            }
            self.standings.erased = Some(place);
        } else {
            if self.knows_of(stop, provenance, only) {
                return;
            }
            // INVARIANT: a reach that may come out wider always has a number.
            let Some(reach) = self.names.intern_reach(stop.reach(), false) else { return };
            self.standings.stops_mut(reach, only).absorb(kind, provenance, until, Mark { at, place });
        }
        self.heard.0.push(Heard { stop: Arc::clone(stop), provenance, only });
    }

    /// Whether a stop would change no answer, now or ever.
    pub(super) fn knows_of(&self, stop: &Stop, provenance: Provenance, only: Slot) -> bool {
        let there = |names: &Names| names.knows(stop.reach()).then(|| names.reach_key(stop.reach()));
        let stops = there(&self.names).and_then(|reach| self.standings.stops(reach, only));
        stops.is_some_and(|stops| stops.says(stop.kind(), provenance, stop.0.until, stop.at()).is_some())
    }

    /// The stop that was heard in a place, as an act.
    pub(super) fn heard_at(&self, place: u32) -> Option<Act> {
        let heard = self.heard.get(place)?;
        let stop = Stop::clone(&heard.stop);
        let stop = if heard.provenance == Provenance::Joined { stop.joined() } else { stop.told() };
        let identity = self.identities.get(heard.only).cloned();
        Some(Act::Stop(if heard.only == Slot::NONE { stop } else { stop.with_identity(identity) }))
    }

    /// Gives stops that were heard other ids.
    pub(crate) fn rename_heard(&mut self, rename: impl Fn(&Stop) -> Option<Stop>) {
        for heard in &mut self.heard.0 {
            if let Some(renamed) = rename(&heard.stop) {
                heard.stop = Arc::new(renamed);
            }
        }
    }

    /// Whether the acts on file say as much as a stop that was heard, as it was heard: it need not be kept. What crossed a key
    /// is not passed on, and does not stand for what is.
    pub(crate) fn has_on_file(&self, stop: &Stop) -> bool {
        let told = stop.provenance() == Provenance::Told;
        let says = |own: Stop| match stop.kind() {
            _ if told => own.says(stop),
            _ if own.provenance() == Provenance::Told => false,
            ActKind::Erase => own.kind() == ActKind::Erase,
            ActKind::Object => own.kind() == ActKind::Object && own.says(stop),
            _ => own.says(stop),
        };
        self.stops(true).any(says)
    }

    /// The id of the stop that was heard in a place.
    pub(super) fn heard_id(&self, place: u32) -> Option<&crate::name::ActId> {
        self.heard.get(place).map(|heard| heard.stop.id())
    }
}
