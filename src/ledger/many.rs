//! Where to find what in a ledger of many acts: by id, and by what they say.

use std::collections::BTreeSet;

use super::index::Index;
use super::row::Row;
use crate::vocab::ActId;

/// Where to find what in a long list of acts.
#[derive(Debug, Default)]
pub(super) struct Many {
    ids: BTreeSet<(ActId, u32)>,
    pub(super) index: Index,
}

impl Many {
    /// Takes note of the act that stands at `place`, after all before it.
    pub(super) fn note(&mut self, rows: &[Row], place: u32) {
        let Some(row) = usize::try_from(place).ok().and_then(|place| rows.get(place)) else {
            return;
        };
        self.ids.insert((row.id().clone(), place));
        let ids = &self.ids;
        self.index.note(rows, place, |id| find(Many::among(ids, id), rows));
    }

    pub(super) fn places<'s>(&'s self, id: &'s ActId) -> impl Iterator<Item = u32> + 's {
        Many::among(&self.ids, id)
    }

    fn among<'s>(ids: &'s BTreeSet<(ActId, u32)>, id: &ActId) -> impl Iterator<Item = u32> + use<'s> {
        ids.range((id.clone(), 0)..=(id.clone(), u32::MAX)).map(|(_, place)| *place)
    }
}

/// Of the acts of one id the earliest that was done here, or else the earliest: a stop that another contact told has
/// that contact's id, and takes none from an act of this one.
pub(super) fn find(places: impl Iterator<Item = u32>, rows: &[Row]) -> Option<u32> {
    let row = |place: u32| usize::try_from(place).ok().and_then(|place| rows.get(place));
    places.min_by_key(|place| (!row(*place).is_some_and(Row::is_own), *place))
}
