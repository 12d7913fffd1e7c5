//! Names as small integers: a `Vocabulary`, shared by a journey and its contacts.

use std::collections::BTreeSet;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::checked::Name;
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
    places: Places,
    /// Notices by id and version; `None` without a catalogue, where every one is as good.
    notices: Option<Box<[(Word, Word)]>>,
}

/// Where each name stands. Its order shows nowhere.
#[derive(Debug)]
struct Places(HashTable<Word>);

impl PartialEq for Places {
    /// They follow from the names.
    fn eq(&self, _: &Places) -> bool {
        true
    }
}
impl Eq for Places {}

#[inline]
fn hash(name: &Name) -> u64 {
    FixedState::default().hash_one(name)
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
        let names: Box<[Name]> = names.into_iter().take(Vocabulary::LARGEST).collect();
        let mut places = HashTable::with_capacity(names.len());
        for (name, word) in names.iter().zip((0..).map_while(Word::at)) {
            places.insert_unique(hash(name), word, |word| names.get(word.index()).map_or(0, hash));
        }
        Vocabulary { controller, names, places: Places(places), notices: None }
    }

    /// Who knows the contacts that are opened with it, and sends what is sent to them. A journey's is
    /// the controller of its spec; without a journey it is called `self`.
    #[must_use]
    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    /// The same, with the notices of a catalogue.
    pub(crate) fn with_notices<'n>(self, notices: impl Iterator<Item = (&'n Name, &'n Name)>) -> Vocabulary {
        let words = notices.filter_map(|(id, version)| self.word(id).zip(self.word(version))).collect();
        Vocabulary { notices: Some(words), ..self }
    }

    /// Whether a catalogue has a notice in this version.
    pub(crate) fn has_notice(&self, notice: (Word, Word)) -> bool {
        self.notices.as_ref().is_none_or(|notices| notices.contains(&notice))
    }

    #[inline]
    pub(crate) fn word(&self, name: &Name) -> Option<Word> {
        self.places.0.find(hash(name), |word| self.name(*word) == Some(name)).copied()
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

/// A scope, or the reach of a stop, as three words in one number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ScopeKey(u64);

impl ScopeKey {
    /// No scope at all; and the reach that leaves every part open.
    pub(crate) const NOTHING: ScopeKey = ScopeKey(0xffff_ffff_ffff);

    /// For each of the eight shapes of a reach, the parts that it leaves open.
    const OPEN: [u64; 8] = [
        0xffff_ffff_ffff,
        0x0000_ffff_ffff,
        0xffff_0000_ffff,
        0x0000_0000_ffff,
        0xffff_ffff_0000,
        0x0000_ffff_0000,
        0xffff_0000_0000,
        0,
    ];

    #[inline]
    pub(crate) fn new(purpose: Word, channel: Word, recipient: Word) -> ScopeKey {
        ScopeKey(u64::from(purpose.0) << 32 | u64::from(channel.0) << 16 | u64::from(recipient.0))
    }

    /// Purpose, channel and recipient.
    #[inline]
    pub(crate) fn words(self) -> [Word; 3] {
        [32_u32, 16, 0].map(|shift| Word(u16::try_from(self.0 >> shift & 0xffff).unwrap_or(u16::MAX)))
    }

    /// Which of its parts name something, as three bits: one of the eight shapes.
    #[inline]
    pub(crate) fn shape(self) -> u8 {
        let named = self.words().map(|word| u8::from(word != Word::NONE));
        let [purpose, channel, recipient] = named;
        purpose | channel << 1 | recipient << 2
    }

    /// The reach over this scope that names the parts of a shape, and leaves the others open.
    #[inline]
    pub(crate) fn shaped(self, shape: u32) -> ScopeKey {
        let open = usize::try_from(shape).ok().and_then(|shape| ScopeKey::OPEN.get(shape));
        ScopeKey(self.0 | open.copied().unwrap_or_default())
    }

    /// Whether a stop of this reach matches an asked scope.
    #[inline]
    pub(crate) fn covers(self, asked: ScopeKey) -> bool {
        asked.shaped(self.shape().into()) == self
    }

    /// The scope and the place of an identity in one number, ordered by the scope first.
    #[inline]
    pub(crate) fn with(self, slot: u16) -> u64 {
        self.0 << 16 | u64::from(slot)
    }

    /// What [`ScopeKey::with`] put together.
    pub(crate) fn parted(both: u64) -> (ScopeKey, u16) {
        (ScopeKey(both >> 16), u16::try_from(both & 0xffff).unwrap_or(u16::MAX))
    }
}

impl std::fmt::Debug for ScopeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.words()).finish()
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
