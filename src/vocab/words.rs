//! Names as small integers: a `Vocabulary`, shared by a journey and its contacts.

use std::sync::Arc;

use super::name::Name;
use super::scope::{Controller, SELF, Scope};

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

    #[inline]
    pub(crate) fn number(self) -> u16 {
        self.0
    }

    #[inline]
    pub(crate) fn numbered(number: u16) -> Word {
        Word(number)
    }
}

/// The words of a catalogue, in order; shared by `Arc` between a journey and its contacts.
///
/// There is no global table: two journeys have two vocabularies, and a contact is asked by name
/// where it was opened with another one than the journey's.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    controller: Controller,
    names: Box<[Name]>,
    /// Where each of them stands, by [`Name::print`].
    places: Places,
    /// For each name, what a contact keeps of signals of that kind.
    kept: Box<[Keep]>,
    /// The scopes that a journey asks for, as far as contacts hold their standings ready.
    offers: Box<[Offer]>,
    /// For each name, which of these have it as their purpose, as their channel and as their recipient.
    parts: Box<[[u32; 3]]>,
    /// The kinds of identity that reach them, as they are written; `None` for any.
    reached: Box<[Option<Box<str>>]>,
}

/// The places of names by their prints: a table twice as long as they are many, in which a name stands at its print
/// or, where another stands, a few places behind. For a name that finds no room there the names are searched.
#[derive(Debug, PartialEq, Eq)]
struct Places(Box<[Word]>);

/// How many places a name can stand in.
const ROOM: usize = 8;

impl Places {
    fn of(names: &[Name]) -> Places {
        let length = names.len().saturating_mul(2).saturating_add(1).next_power_of_two();
        let mut places = Places(vec![Word::NONE; length].into());
        for (name, place) in names.iter().zip(0..) {
            let free = places.of_name(name).find(|at| places.word(*at) == Word::NONE);
            let room = free.and_then(|at| places.0.get_mut(at));
            room.into_iter().for_each(|room| *room = Word(place));
        }
        places
    }

    /// The places of a name, in order. The upper half of a print is its better one.
    #[inline]
    fn of_name(&self, name: &Name) -> impl Iterator<Item = usize> + use<> {
        let begin = usize::try_from(name.print() >> 32).unwrap_or_default();
        let mask = self.0.len().wrapping_sub(1);
        (begin..begin.saturating_add(ROOM)).map(move |at| at & mask)
    }

    /// The word there; [`Word::NONE`] where none stands.
    #[inline]
    fn word(&self, at: usize) -> Word {
        self.0.get(at).copied().unwrap_or(Word::NONE)
    }
}

/// What a contact keeps of signals of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep {
    /// So many instants, for guards to count within a time.
    pub(crate) most: u8,
    /// Among the first kinds of a journey, which one; contacts count those in place.
    pub(crate) place: Option<u8>,
    /// Where the instants of one of these begin among those of all.
    begin: u16,
}

impl Keep {
    /// Where the instants of a kind that is counted in place are.
    pub(crate) fn recent(self) -> Option<std::ops::Range<usize>> {
        let begin = usize::from(self.begin);
        self.place.map(|_| begin..begin.saturating_add(self.most.into()))
    }
}

/// A scope that a journey asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) key: ScopeKey,
    pub(crate) scope: Offered,
}

/// A scope by its place among those that are offered, and by the kind of identity that its channel reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offered {
    place: u8,
    reached: u8,
}

impl Offered {
    /// Where its three bits begin among those of all.
    #[inline]
    pub(crate) fn shift(self) -> u32 {
        u32::from(self.place).saturating_mul(3)
    }

    /// Where the three bits of its kind of identity begin, after two others.
    #[inline]
    pub(crate) fn reached_shift(self) -> u32 {
        u32::from(self.reached).saturating_mul(3).saturating_add(2)
    }
}

/// So many scopes are held ready: three bits each in 64.
const MOST_OFFERS: usize = 21;

/// So many kinds of identity: three bits each in 16, beside two marks.
const MOST_REACHED: usize = 4;

/// So many kinds of signal are counted in place.
pub(crate) const IN_PLACE: usize = 8;

impl Vocabulary {
    /// The words given, in any order. Words beyond 65,000 are left to the contacts that use them.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = Name>) -> Arc<Vocabulary> {
        let names = names.into_iter().map(|name| (name, 0));
        Arc::new(Vocabulary::keeping(SELF.name().clone().into(), names, &[]))
    }

    /// Who knows the contacts that are opened with it, and sends what is sent to them. A journey's is
    /// the controller of its spec; without a journey it is called `self`.
    #[must_use]
    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    /// Words, each with how many instants of signals of that kind a contact keeps for guards to count; and which
    /// of them are the kinds of signal of a journey.
    pub(crate) fn keeping(
        controller: Controller,
        words: impl IntoIterator<Item = (Name, u8)>,
        kinds: &[&Name],
    ) -> Vocabulary {
        let mut most = std::collections::BTreeMap::<Name, u8>::new();
        for (name, keep) in words {
            let kept = most.entry(name).or_default();
            *kept = keep.max(*kept);
        }
        let most = most.into_iter().take(Vocabulary::LARGEST);
        let plain = |(name, most)| (name, Keep { most, place: None, begin: 0 });
        let (names, mut kept): (Vec<Name>, Vec<Keep>) = most.map(plain).unzip();
        let mut begin = 0_u16;
        for (kind, place) in kinds.iter().zip(0..).take(IN_PLACE) {
            let word = names.binary_search(kind).ok();
            if let Some(keep) = word.and_then(|word| kept.get_mut(word)) {
                *keep = Keep { place: Some(place), begin, ..*keep };
                begin = begin.saturating_add(u16::from(keep.most));
            }
        }
        let (offers, parts, reached) = (Box::default(), Box::default(), Box::default());
        let places = Places::of(&names);
        Vocabulary { controller, names: names.into(), places, kept: kept.into(), offers, parts, reached }
    }

    /// The same words, with the scopes that a journey asks for, each with the kind of identity that its channel
    /// reaches. Those for which no place is left are not held ready.
    pub(crate) fn offering(mut self, asked: impl Iterator<Item = (Scope, Option<String>)>) -> Vocabulary {
        let mut offers: Vec<Offer> = Vec::new();
        let mut reached: Vec<Option<Box<str>>> = Vec::new();
        for (scope, kind) in asked {
            if offers.len() == MOST_OFFERS {
                break;
            }
            let Some(key) = self.scope_key(&scope) else {
                continue;
            };
            if offers.iter().any(|offer| offer.key == key) {
                continue;
            }
            let kind: Option<Box<str>> = kind.map(Into::into);
            if !reached.contains(&kind) {
                reached.push(kind.clone());
            }
            let place = reached.iter().position(|other| *other == kind).filter(|place| *place < MOST_REACHED);
            let places =
                place.and_then(|reached| Some((offers.len().try_into().ok()?, reached.try_into().ok()?)));
            if let Some((place, reached)) = places {
                offers.push(Offer { key, scope: Offered { place, reached } });
            }
        }
        reached.truncate(MOST_REACHED);
        let mut parts = vec![[0; 3]; self.names.len()];
        for (offer, place) in offers.iter().zip(0..) {
            let ScopeKey { purpose, channel, recipient } = offer.key;
            for (word, part) in [purpose, channel, recipient].into_iter().zip(0_usize..) {
                let bits = parts.get_mut(word.index()).and_then(|parts| parts.get_mut(part));
                bits.into_iter().for_each(|bits| *bits |= 1_u32.rotate_left(place));
            }
        }
        (self.offers, self.parts, self.reached) = (offers.into(), parts.into(), reached.into());
        self
    }

    fn scope_key(&self, scope: &Scope) -> Option<ScopeKey> {
        let (purpose, channel, recipient) = (scope.purpose(), scope.channel(), scope.recipient());
        let (purpose, channel) = (self.word(purpose.name())?, self.word(channel.name())?);
        Some(ScopeKey { purpose, channel, recipient: self.word(recipient.name())? })
    }

    /// What a contact keeps of signals of a kind.
    pub(crate) fn keep(&self, word: Word) -> Keep {
        let nothing = Keep { most: 0, place: None, begin: 0 };
        self.kept.get(usize::from(word.0)).copied().unwrap_or(nothing)
    }

    /// How many instants are kept of all kinds that are counted in place.
    pub(crate) fn instants(&self) -> usize {
        self.kept.iter().filter_map(|keep| keep.recent()).map(|recent| recent.end).max().unwrap_or_default()
    }

    /// The kinds that are counted in place.
    pub(crate) fn kinds_in_place(&self) -> impl Iterator<Item = Word> {
        let words = self.kept.iter().enumerate();
        words.filter(|(_, keep)| keep.place.is_some()).filter_map(|(word, _)| Word::at(word))
    }

    #[inline]
    pub(crate) fn offer(&self, place: u32) -> Option<Offer> {
        self.offers.get(usize::try_from(place).ok()?).copied()
    }

    /// The scopes among those offered that a stop of this reach covers, or that are this one, as bits.
    #[inline]
    pub(crate) fn concerned(&self, key: ScopeKey, stop: bool) -> u32 {
        let any = if stop { self.all_offers() } else { 0 };
        let bits = |word: Word, part: fn([u32; 3]) -> u32| match word {
            Word::NONE => any,
            word => self.parts.get(word.index()).map_or(0, |parts| part(*parts)),
        };
        bits(key.purpose, |parts| parts[0])
            & bits(key.channel, |parts| parts[1])
            & bits(key.recipient, |parts| parts[2])
    }

    /// All scopes that are offered, as bits.
    fn all_offers(&self) -> u32 {
        let count = u32::try_from(self.offers.len()).unwrap_or(u32::BITS);
        u32::MAX.checked_shr(u32::BITS.saturating_sub(count)).unwrap_or_default()
    }

    /// Where a scope is held ready.
    pub(crate) fn offered(&self, key: ScopeKey) -> Option<Offered> {
        self.offers.iter().find(|offer| offer.key == key).map(|offer| offer.scope)
    }

    /// The kinds of identity that reach what is offered.
    pub(crate) fn reached(&self) -> impl Iterator<Item = (Option<&str>, Offered)> {
        self.reached.iter().zip(0..).map(|(kind, reached)| (kind.as_deref(), Offered { place: 0, reached }))
    }

    const LARGEST: usize = 65_000;

    #[inline]
    pub(crate) fn word(&self, name: &Name) -> Option<Word> {
        for at in self.places.of_name(name) {
            let word = self.places.word(at);
            // No name stands there, and none behind that would have found room before.
            if self.names.get(word.index())? == name {
                return Some(word);
            }
        }
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

    /// The eight reaches that cover this scope: each part exactly, or any.
    pub(crate) fn reaches(self) -> [ScopeKey; 8] {
        let ScopeKey { purpose, channel, recipient } = self;
        let any = Word::NONE;
        let key = |purpose, channel, recipient| ScopeKey { purpose, channel, recipient };
        [
            key(purpose, channel, recipient),
            key(purpose, channel, any),
            key(purpose, any, recipient),
            key(purpose, any, any),
            key(any, channel, recipient),
            key(any, channel, any),
            key(any, any, recipient),
            key(any, any, any),
        ]
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

    #[test]
    fn names_that_find_no_room_are_searched() -> Result<(), Box<dyn std::error::Error>> {
        let text = |number: usize| Name::new(&format!("word-{number}"));
        let names = (0..40).map(text).collect::<Result<Vec<_>, _>>()?;
        let mut vocabulary =
            Vocabulary::keeping(SELF.name().clone().into(), names.iter().map(|name| (name.clone(), 0)), &[]);
        // As if all prints were taken by the first name.
        vocabulary.places.0.iter_mut().for_each(|room| *room = Word(0));
        assert!(
            names
                .iter()
                .all(|name| vocabulary.word(name).and_then(|word| vocabulary.name(word)) == Some(name))
        );
        assert_eq!(vocabulary.word(&text(40)?), None);
        Ok(())
    }
}
