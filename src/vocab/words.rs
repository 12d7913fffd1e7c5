//! Names as small integers: a `Vocabulary` shared by a journey and its contacts, and what one contact adds to it.

use std::sync::Arc;

use super::name::Name;
use super::scope::{Channel, Controller, Purpose, Reach, Recipient, SELF, Scope};

/// A name as its place in a vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word(u16);

impl Word {
    /// Stands for "any" in a stop, and for "never heard of" in an ask: it equals no word of a grant.
    pub(crate) const NONE: Word = Word(u16::MAX);
}

/// The words of a catalogue, in order; shared by `Arc` between a journey and its contacts.
///
/// There is no global table: two journeys have two vocabularies, and a contact is asked by name
/// where it was opened with another one than the journey's.
#[derive(Debug, PartialEq, Eq)]
pub struct Vocabulary {
    controller: Controller,
    names: Box<[Name]>,
    /// For each name, how many instants of signals of that kind a contact keeps.
    kept: Box<[u8]>,
}

impl Vocabulary {
    /// The words given, in any order. Words beyond 65,000 are left to the contacts that use them.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = Name>) -> Arc<Vocabulary> {
        Vocabulary::keeping(SELF.name().clone().into(), names.into_iter().map(|name| (name, 0)))
    }

    /// Who knows the contacts that are opened with it, and sends what is sent to them. A journey's is
    /// the controller of its spec; without a journey it is called `self`.
    #[must_use]
    pub fn controller(&self) -> &Controller {
        &self.controller
    }

    /// Words, each with how many instants of signals of that kind a contact keeps for guards to count.
    pub(crate) fn keeping(
        controller: Controller,
        words: impl IntoIterator<Item = (Name, u8)>,
    ) -> Arc<Vocabulary> {
        let mut most = std::collections::BTreeMap::<Name, u8>::new();
        for (name, keep) in words {
            let kept = most.entry(name).or_default();
            *kept = keep.max(*kept);
        }
        let (names, kept): (Vec<Name>, Vec<u8>) = most.into_iter().take(Vocabulary::LARGEST).unzip();
        Arc::new(Vocabulary { controller, names: names.into(), kept: kept.into() })
    }

    pub(crate) fn kept(&self, word: Word) -> u8 {
        self.kept.get(usize::from(word.0)).copied().unwrap_or(0)
    }

    const LARGEST: usize = 65_000;

    pub(crate) fn word(&self, name: &Name) -> Option<Word> {
        self.names.binary_search(name).ok().and_then(word_at)
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

fn word_at(place: usize) -> Option<Word> {
    u16::try_from(place).ok().map(Word).filter(|word| *word != Word::NONE)
}

/// A vocabulary and the words one contact used beyond it.
#[derive(Debug, Clone)]
pub(crate) struct Lexicon {
    shared: Arc<Vocabulary>,
    own: Vec<Name>,
}

impl Lexicon {
    pub(crate) fn new(shared: Arc<Vocabulary>) -> Lexicon {
        Lexicon { shared, own: Vec::new() }
    }

    pub(crate) fn shared(&self) -> &Arc<Vocabulary> {
        &self.shared
    }

    /// The word of a name; [`Word::NONE`] if this contact never heard of it.
    pub(crate) fn word(&self, name: &Name) -> Word {
        let own = || self.own.iter().position(|own| own == name);
        self.shared
            .word(name)
            .or_else(|| own().and_then(|place| word_at(place.checked_add(self.shared.len())?)))
            .unwrap_or(Word::NONE)
    }

    /// The word of a name, made if need be; `None` once all 65,535 places are taken.
    pub(crate) fn intern(&mut self, name: &Name) -> Option<Word> {
        let word = self.word(name);
        if word != Word::NONE {
            return Some(word);
        }
        let word = word_at(self.shared.len().checked_add(self.own.len())?)?;
        self.own.push(name.clone());
        Some(word)
    }

    pub(crate) fn name(&self, word: Word) -> Option<&Name> {
        let place = usize::from(word.0);
        self.shared.names.get(place).or_else(|| self.own.get(place.checked_sub(self.shared.len())?))
    }

    pub(crate) fn key(&self, scope: &Scope) -> ScopeKey {
        ScopeKey {
            purpose: self.word(scope.purpose().name()),
            channel: self.word(scope.channel().name()),
            recipient: self.word(scope.recipient().name()),
        }
    }

    pub(crate) fn intern_scope(&mut self, scope: &Scope) -> Option<ScopeKey> {
        Some(ScopeKey {
            purpose: self.intern(scope.purpose().name())?,
            channel: self.intern(scope.channel().name())?,
            recipient: self.intern(scope.recipient().name())?,
        })
    }

    /// A reach as words. Where no place is left for a word the part becomes "any":
    /// a stop may come out wider, never narrower.
    pub(crate) fn intern_reach(&mut self, reach: &Reach) -> ScopeKey {
        let (purpose, channel, recipient) = reach.parts();
        let mut part = |name: Option<&Name>| name.and_then(|name| self.intern(name)).unwrap_or(Word::NONE);
        ScopeKey {
            purpose: part(purpose.map(Purpose::name)),
            channel: part(channel.map(Channel::name)),
            recipient: part(recipient.map(Recipient::name)),
        }
    }

    /// A reach as words; `None` where one of its words was never heard of.
    pub(crate) fn reach_key(&self, reach: &Reach) -> Option<ScopeKey> {
        let (purpose, channel, recipient) = reach.parts();
        let part = |name: Option<&Name>| match name {
            None => Some(Word::NONE),
            Some(name) => Some(self.word(name)).filter(|word| *word != Word::NONE),
        };
        Some(ScopeKey {
            purpose: part(purpose.map(Purpose::name))?,
            channel: part(channel.map(Channel::name))?,
            recipient: part(recipient.map(Recipient::name))?,
        })
    }

    pub(crate) fn scope(&self, key: ScopeKey) -> Option<Scope> {
        Some(Scope::new(
            Purpose::from(self.name(key.purpose)?.clone()),
            Channel::from(self.name(key.channel)?.clone()),
            Recipient::from(self.name(key.recipient)?.clone()),
        ))
    }

    pub(crate) fn reach(&self, key: ScopeKey) -> Reach {
        let mut reach = Reach::everything();
        if let Some(name) = self.name(key.purpose) {
            reach = reach.purpose(Purpose::from(name.clone()));
        }
        if let Some(name) = self.name(key.channel) {
            reach = reach.by(Channel::from(name.clone()));
        }
        if let Some(name) = self.name(key.recipient) {
            reach = reach.to(Recipient::from(name.clone()));
        }
        reach
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
    pub(crate) fn covers(self, asked: ScopeKey) -> bool {
        let part = |stop: Word, asked: Word| stop == Word::NONE || stop == asked;
        part(self.purpose, asked.purpose)
            && part(self.channel, asked.channel)
            && part(self.recipient, asked.recipient)
    }
}
