//! The rows of a ledger, one behind the other: all, the first of them, or the one of a place or an id.

use super::form::WORD;
use super::row::Row;
use crate::vocab::ActId;

/// All rows of a ledger, or the first of them.
#[derive(Clone, Copy)]
pub(super) struct Rows<'l> {
    pub(super) bytes: &'l [u8],
    /// Where each begins, once there are too many to count through.
    pub(super) begins: &'l [usize],
}

impl<'l> Rows<'l> {
    /// With their places, the earliest first.
    #[inline]
    pub(super) fn iter(self) -> impl Iterator<Item = (u32, Row<'l>)> + Clone {
        Placed { records: Records(self.bytes), place: 0 }
    }

    #[inline]
    pub(super) fn at(self, place: u32) -> Option<Row<'l>> {
        let place = usize::try_from(place).ok()?;
        match self.begins.get(place) {
            Some(begin) => self.beginning(*begin),
            None => self.iter().nth(place).map(|(_, row)| row),
        }
    }

    /// The row of the record that begins there.
    #[inline]
    pub(super) fn beginning(self, begin: usize) -> Option<Row<'l>> {
        Records(self.bytes.get(begin..)?).next().and_then(Row::read)
    }

    /// Where acts of an id stand, the earliest first.
    #[inline]
    pub(super) fn places(self, id: &ActId) -> impl Iterator<Item = u32> {
        let id = id.name().as_bytes();
        self.iter().filter(move |(_, row)| row.is_named(id)).map(|(place, _)| place)
    }

    /// The first so many.
    pub(super) fn first(self, count: u32) -> Rows<'l> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let begins = || Records(self.bytes).beginnings().filter(|(_, record)| !is_word(record));
        let end = self.begins.get(count).copied().or_else(|| begins().nth(count).map(|(begin, _)| begin));
        Rows { bytes: end.and_then(|end| self.bytes.get(..end)).unwrap_or(self.bytes), begins: self.begins }
    }
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter().map(|(_, row)| row)).finish()
    }
}

/// The rows among records, with their places.
#[derive(Clone)]
struct Placed<'l> {
    records: Records<'l>,
    place: u32,
}

impl<'l> Iterator for Placed<'l> {
    type Item = (u32, Row<'l>);

    #[inline]
    fn next(&mut self) -> Option<(u32, Row<'l>)> {
        loop {
            // A word is no row.
            if let Some(row) = Row::read(self.records.next()?) {
                let place = self.place;
                self.place = place.saturating_add(1);
                return Some((place, row));
            }
        }
    }
}

/// Records, one behind the other: acts and words.
#[derive(Clone, Copy)]
pub(super) struct Records<'l>(pub(super) &'l [u8]);

impl<'l> Records<'l> {
    /// Each with where it begins.
    pub(super) fn beginnings(self) -> impl Iterator<Item = (usize, &'l [u8])> {
        self.scan(0_usize, |end, record| {
            let begin = *end;
            *end = end.saturating_add(record.len());
            Some((begin, record))
        })
    }

    /// The names of the words among them.
    #[inline]
    pub(super) fn words(self) -> impl Iterator<Item = &'l [u8]> {
        self.filter(|record| is_word(record)).filter_map(|record| record.get(2..))
    }
}

#[inline]
pub(super) fn is_word(record: &[u8]) -> bool {
    record.get(1) == Some(&WORD)
}

impl<'l> Iterator for Records<'l> {
    type Item = &'l [u8];

    #[inline]
    fn next(&mut self) -> Option<&'l [u8]> {
        let length = self.0.first()?;
        let (record, rest) = self.0.split_at_checked(usize::from(*length))?;
        self.0 = rest;
        Some(record)
    }
}

/// What is read of rows one after the other, and how many are left.
pub(super) struct Counted<I> {
    pub(super) rows: I,
    pub(super) left: usize,
}

impl<I: Iterator> Iterator for Counted<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.saturating_sub(1);
        self.rows.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<I: Iterator> ExactSizeIterator for Counted<I> {}
