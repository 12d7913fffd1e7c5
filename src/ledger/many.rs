//! Where to find what in a ledger of many acts: by place, by id, and by what they say.

use std::collections::BTreeSet;

use super::index::Index;
use super::rows::{Records, Rows, is_word};
use crate::vocab::{ActId, Name};

/// Where to find what in a long list of acts.
#[derive(Debug, Default)]
pub(super) struct Many {
    /// Where each act begins.
    pub(super) begins: Vec<usize>,
    /// The words, in their order.
    pub(super) words: Vec<Name>,
    ids: BTreeSet<(ActId, u32)>,
    pub(super) index: Index,
}

impl Many {
    /// Takes note of the record that begins there, after all before it.
    pub(super) fn note(&mut self, bytes: &[u8], begin: usize) {
        let record = bytes.get(begin..).and_then(|rest| Records(rest).next());
        if let Some(word) = record.filter(|record| is_word(record)).and_then(|record| record.get(2..)) {
            return self.words.push(Name::stored(word));
        }
        let Ok(place) = u32::try_from(self.begins.len()) else {
            return;
        };
        self.begins.push(begin);
        let rows = Rows { bytes, begins: &self.begins };
        let Some(row) = rows.at(place) else {
            return;
        };
        self.ids.insert((row.id(), place));
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
pub(super) fn find(places: impl Iterator<Item = u32>, rows: Rows<'_>) -> Option<u32> {
    places.min_by_key(|place| (!rows.at(*place).is_some_and(|row| row.is_own()), *place))
}
