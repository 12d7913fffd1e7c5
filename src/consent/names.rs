//! The names of one ledger as numbers: the words of its vocabulary, and those that the ledger adds itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::name::{Channel, Name, Purpose, Reach, Recipient, Scope, ScopeKey, Vocabulary, Word};

/// Names by number, in both directions.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    vocabulary: Arc<Vocabulary>,
    /// Names that the vocabulary does not have: few contacts have any.
    own: Option<Box<Own>>,
}

#[derive(Debug, Clone, Default)]
struct Own {
    names: Vec<Name>,
    words: BTreeMap<Name, Word>,
}

impl Names {
    pub(super) fn new(vocabulary: Arc<Vocabulary>) -> Names {
        Names { vocabulary, own: None }
    }

    #[inline]
    pub(crate) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The number of a name; [`Word::NONE`] if this contact never heard of it.
    pub(crate) fn word(&self, name: &Name) -> Word {
        let own = || self.own.as_ref().and_then(|own| own.words.get(name).copied());
        self.vocabulary.word(name).or_else(own).unwrap_or(Word::NONE)
    }

    /// The number of a name, given to it if need be; `None` once all 65,535 are taken.
    pub(crate) fn intern(&mut self, name: &Name) -> Option<Word> {
        let there = self.word(name);
        if there != Word::NONE {
            return Some(there);
        }
        let own = self.own.get_or_insert_default();
        let word = Word::at(self.vocabulary.len().checked_add(own.names.len())?)?;
        own.names.push(name.clone());
        own.words.insert(name.clone(), word);
        Some(word)
    }

    /// The name of a number.
    #[inline]
    pub(crate) fn name(&self, word: Word) -> Option<&Name> {
        self.vocabulary.name(word).or_else(|| {
            let place = word.index().checked_sub(self.vocabulary.len())?;
            self.own.as_ref()?.names.get(place)
        })
    }

    /// A scope as numbers.
    pub(crate) fn key(&self, scope: &Scope) -> ScopeKey {
        let word = |name| self.word(name);
        ScopeKey::new(
            word(scope.purpose().name()),
            word(scope.channel().name()),
            word(scope.recipient().name()),
        )
    }

    /// A reach all of whose names have a number, "any" as [`Word::NONE`].
    pub(super) fn reach_key(&self, reach: &Reach) -> ScopeKey {
        let (purpose, channel, recipient) = reach.parts();
        let part = |name: Option<&Name>| name.map_or(Word::NONE, |name| self.word(name));
        ScopeKey::new(
            part(purpose.map(Purpose::name)),
            part(channel.map(Channel::name)),
            part(recipient.map(Recipient::name)),
        )
    }

    /// Whether every name of a reach has a number.
    pub(super) fn knows(&self, reach: &Reach) -> bool {
        let (purpose, channel, recipient) = reach.parts();
        let names = [purpose.map(Purpose::name), channel.map(Channel::name), recipient.map(Recipient::name)];
        names.into_iter().flatten().all(|name| self.word(name) != Word::NONE)
    }

    /// A reach as numbers, "any" as [`Word::NONE`]. Where no number is left for a name the part becomes "any": a stop
    /// may come out wider, never narrower; `None` for a go, which may not (`narrow`).
    pub(super) fn intern_reach(&mut self, reach: &Reach, narrow: bool) -> Option<ScopeKey> {
        let (purpose, channel, recipient) = reach.parts();
        let mut part = |name: Option<&Name>| match name.map(|name| self.intern(name)) {
            None => Some(Word::NONE),
            Some(None) if narrow => None,
            Some(word) => Some(word.unwrap_or(Word::NONE)),
        };
        Some(ScopeKey::new(
            part(purpose.map(Purpose::name))?,
            part(channel.map(Channel::name))?,
            part(recipient.map(Recipient::name))?,
        ))
    }

    /// A reach by its numbers.
    pub(crate) fn reach(&self, key: ScopeKey) -> Reach {
        let [purpose, channel, recipient] = key.words().map(|word| self.name(word).cloned());
        Reach::of(purpose.map(Purpose::from), channel.map(Channel::from), recipient.map(Recipient::from))
    }

    /// A scope by its numbers; `None` where one of its names is not known.
    pub(super) fn scope(&self, key: ScopeKey) -> Option<Scope> {
        let [purpose, channel, recipient] = key.words().map(|word| self.name(word).cloned());
        Some(Scope::new(purpose?.into(), channel?.into(), recipient?.into()))
    }
}
