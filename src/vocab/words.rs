//! Names as small integers: a `Vocabulary`, shared by a journey and its contacts.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::name::Name;
use super::scope::{Controller, SELF};

/// A name as its place in a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word(u16);

impl Word {
    /// Stands for "any" in a stop, and for "never heard of" in an ask: it equals no word of a grant.
    pub(crate) const NONE: Word = Word(u16::MAX);

    #[inline]
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The word of a place, as long as there are numbers.
    pub(crate) fn at(place: usize) -> Option<Word> {
        u16::try_from(place).ok().map(Word).filter(|word| *word != Word::NONE)
    }
}

/// The words of a catalogue, in order; shared by `Arc` between a journey and its contacts.
///
/// There is no global table: two journeys have two vocabularies, and a contact is asked by name
/// where it was opened with another one than the journey's.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    controller: Controller,
    /// In order.
    names: Box<[Name]>,
}

impl Vocabulary {
    const LARGEST: usize = 65_000;

    /// The words given, in any order. Words beyond 65,000 are left to the contacts that use them.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = Name>) -> Arc<Vocabulary> {
        Arc::new(Vocabulary::of(SELF.name().clone().into(), names))
    }

    /// The words of a controller's journey.
    pub(crate) fn of(controller: Controller, names: impl IntoIterator<Item = Name>) -> Vocabulary {
        let names: BTreeSet<Name> = names.into_iter().collect();
        Vocabulary { controller, names: names.into_iter().take(Vocabulary::LARGEST).collect() }
    }

    /// Who knows the contacts that are opened with it, and sends what is sent to them. A journey's is
    /// the controller of its spec; without a journey it is called `self`.
    #[must_use]
    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    #[inline]
    pub(crate) fn word(&self, name: &Name) -> Option<Word> {
        self.names.binary_search(name).ok().and_then(Word::at)
    }

    #[inline]
    pub(crate) fn name(&self, word: Word) -> Option<&Name> {
        self.names.get(word.index())
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// A scope, or the reach of a stop, as three words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeKey {
    pub(crate) purpose: Word,
    pub(crate) channel: Word,
    pub(crate) recipient: Word,
}

impl ScopeKey {
    /// No scope at all.
    pub(crate) const NOTHING: ScopeKey =
        ScopeKey { purpose: Word::NONE, channel: Word::NONE, recipient: Word::NONE };

    /// Which of its parts name something, as three bits.
    #[inline]
    pub(crate) fn shape(self) -> u8 {
        let named = |word: Word| u8::from(word != Word::NONE);
        named(self.purpose) | named(self.channel) << 1 | named(self.recipient) << 2
    }

    /// The reach over this scope that names the parts of a shape, and leaves the others open.
    #[inline]
    pub(crate) fn shaped(self, shape: u32) -> ScopeKey {
        let part = |bit: u32, word: Word| if shape & bit == 0 { Word::NONE } else { word };
        ScopeKey {
            purpose: part(1, self.purpose),
            channel: part(2, self.channel),
            recipient: part(4, self.recipient),
        }
    }

    /// Whether a stop of this reach matches an asked scope.
    #[inline]
    pub(crate) fn covers(self, asked: ScopeKey) -> bool {
        let part = |stop: Word, asked: Word| stop == Word::NONE || stop == asked;
        part(self.purpose, asked.purpose)
            && part(self.channel, asked.channel)
            && part(self.recipient, asked.recipient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() -> Result<(), Box<dyn std::error::Error>> {
        let text = |number: usize| Name::new(&format!("word-{number}"));
        for count in [0, 1, 2, 3, 100, 3_000] {
            let names = (0..count).map(text).collect::<Result<Vec<_>, _>>()?;
            let vocabulary = Vocabulary::new(names.iter().cloned());
            assert!(
                names
                    .iter()
                    .all(|name| vocabulary.word(name).and_then(|word| vocabulary.name(word)) == Some(name))
            );
            assert_eq!(vocabulary.word(&text(count)?), None);
        }
        Ok(())
    }
}
