//! Where acts of an id stand, and where acts that name it do.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::row::{Beside, Row};
use crate::name::ActId;

/// Ledgers above this many acts are indexed; in shorter ones all acts are read.
const READ_THROUGH: usize = 16;

/// The places of acts by the ids that they have, and by those that they name, once there are many.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids(Option<Box<Index>>);

#[derive(Debug, Clone, Default)]
struct Index {
    own: HashTable<u32>,
    named: HashTable<u32>,
}

/// Equal input, equal bytes: no random seed. Whoever makes ids collide slows down the one ledger that they are in.
fn hash(id: &ActId) -> u64 {
    FixedState::default().hash_one(id)
}

impl Ids {
    /// Takes note of the last of these rows.
    pub(super) fn note(&mut self, rows: &[Row], beside: &Beside) {
        let from = match &mut self.0 {
            Some(_) => rows.len().saturating_sub(1),
            None if rows.len() > READ_THROUGH => 0,
            None => return,
        };
        let Index { own, named } = &mut **self.0.get_or_insert_default();
        let id = |place: u32| row(rows, place).map_or(0, |row| hash(&row.id));
        let name = |place: u32| beside.names(place).map_or(0, hash);
        for place in (0..u32::MAX).take(rows.len()).skip(from) {
            own.insert_unique(id(place), place, |place| id(*place));
            if beside.names(place).is_some() {
                named.insert_unique(name(place), place, |place| name(*place));
            }
        }
    }

    /// The places of the acts of an id, in no order.
    pub(super) fn of<'i>(&'i self, rows: &'i [Row], id: &'i ActId) -> impl Iterator<Item = u32> + 'i {
        let (read, found) = match &self.0 {
            None => (rows, None),
            Some(index) => (&[][..], Some(index.own.iter_hash(hash(id)).copied())),
        };
        let read = (0..u32::MAX).zip(read).filter(|(_, row)| row.id == *id).map(|(place, _)| place);
        let is = |place: &u32| row(rows, *place).is_some_and(|row| row.id == *id);
        read.chain(found.into_iter().flatten().filter(is))
    }

    /// The places of the acts that name an id, in no order.
    pub(super) fn naming<'i>(&'i self, beside: &'i Beside, id: &'i ActId) -> impl Iterator<Item = u32> + 'i {
        let (read, found) = match &self.0 {
            None => (Some(beside.naming(id)), None),
            Some(index) => (None, Some(index.named.iter_hash(hash(id)).copied())),
        };
        let is = |place: &u32| beside.names(*place) == Some(id);
        read.into_iter().flatten().chain(found.into_iter().flatten().filter(is))
    }
}

fn row(rows: &[Row], place: u32) -> Option<&Row> {
    rows.get(usize::try_from(place).ok()?)
}
