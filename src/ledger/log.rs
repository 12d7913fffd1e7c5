//! The records of one ledger, and what its numbers mean: words of the vocabulary, and those that it adds itself.

use std::sync::Arc;

use super::many::Many;
use super::record::{Record, write_word};
use super::row::Row;
use super::rows::{Records, Rows};
use crate::vocab::{Channel, Name, Purpose, Reach, Recipient, Scope, ScopeKey, Vocabulary, Word};

/// Up to this many acts all are read; beyond, they are looked up.
const FEW: u32 = 32;
/// So many bytes of acts and words at the most are read through.
const FEW_BYTES: usize = 4096;

/// Records of acts and words, appended and never rewritten.
#[derive(Default)]
pub(super) struct Log {
    bytes: Vec<u8>,
    /// Once there are too many to read through.
    many: Option<Box<Many>>,
    /// Where the last act begins, while they are few.
    last: u32,
    /// All acts were done before this second since 1970.
    pub(super) latest: u32,
}

impl Log {
    #[inline]
    pub(super) fn rows(&self) -> Rows<'_> {
        let begins = self.many.as_ref().map(|many| many.begins.as_slice());
        Rows { bytes: &self.bytes, begins: begins.unwrap_or_default() }
    }

    #[inline]
    pub(super) fn many(&self) -> Option<&Many> {
        self.many.as_deref()
    }

    /// The act that was appended last.
    pub(super) fn last(&self) -> Option<Row<'_>> {
        let few = || usize::try_from(self.last).ok();
        self.rows().beginning(self.many.as_ref().map_or_else(few, |many| many.begins.last().copied())?)
    }

    /// Appends an act, the one after so many.
    pub(super) fn append(&mut self, record: &Record<'_>, acts: u32) {
        let (begin, after) = (self.bytes.len(), self.last().map(|row| row.recorded()));
        record.write(after, &mut self.bytes);
        self.note(begin);
        self.last = u32::try_from(begin).unwrap_or(u32::MAX);
        self.look_up_where(acts >= FEW);
    }

    /// Takes note of the record that begins there.
    fn note(&mut self, begin: usize) {
        if let Some(many) = &mut self.many {
            many.note(&self.bytes, begin);
        }
    }

    fn look_up_where(&mut self, many: bool) {
        if self.many.is_none() && (many || self.bytes.len() > FEW_BYTES) {
            let mut many = Box::<Many>::default();
            Records(&self.bytes).beginnings().for_each(|(begin, _)| many.note(&self.bytes, begin));
            self.many = Some(many);
        }
    }

    /// Words that are not of the vocabulary, in the order in which they came up.
    pub(super) fn words(&self) -> impl Iterator<Item = Name> {
        let few = self.many.is_none().then(|| Records(&self.bytes).words().map(Name::stored));
        let many = self.many.iter().flat_map(|many| many.words.iter().cloned());
        few.into_iter().flatten().chain(many)
    }

    /// Where a word stands among them, or else how many there are.
    fn place(&self, name: &Name) -> Result<usize, usize> {
        if let Some(many) = &self.many {
            return many.words.iter().position(|word| word == name).ok_or(many.words.len());
        }
        let mut count = 0_usize;
        for word in Records(&self.bytes).words() {
            if word == name.as_bytes() {
                return Ok(count);
            }
            count = count.saturating_add(1);
        }
        Err(count)
    }

    fn word(&self, place: usize) -> Option<Name> {
        match &self.many {
            Some(many) => many.words.get(place).cloned(),
            None => Records(&self.bytes).words().nth(place).map(Name::stored),
        }
    }
}

/// What the numbers of a ledger mean.
#[derive(Clone, Copy)]
pub(crate) struct Lexicon<'l> {
    pub(super) vocabulary: &'l Arc<Vocabulary>,
    pub(super) log: &'l Log,
}

impl<'l> Lexicon<'l> {
    pub(crate) fn shared(self) -> &'l Arc<Vocabulary> {
        self.vocabulary
    }

    /// The word of a name; [`Word::NONE`] if this contact never heard of it.
    pub(crate) fn word(self, name: &Name) -> Word {
        let own = || Word::at(self.log.place(name).ok()?.checked_add(self.vocabulary.len())?);
        self.vocabulary.word(name).or_else(own).unwrap_or(Word::NONE)
    }

    #[inline]
    pub(crate) fn name(self, word: Word) -> Option<Name> {
        match self.vocabulary.name(word) {
            Some(name) => Some(name.clone()),
            None => self.log.word(word.index().checked_sub(self.vocabulary.len())?),
        }
    }

    pub(crate) fn key(self, scope: &Scope) -> ScopeKey {
        ScopeKey {
            purpose: self.word(scope.purpose().name()),
            channel: self.word(scope.channel().name()),
            recipient: self.word(scope.recipient().name()),
        }
    }

    /// A reach as words; `None` where one of its words was never heard of.
    pub(super) fn reach_key(self, reach: &Reach) -> Option<ScopeKey> {
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

    pub(crate) fn scope(self, key: ScopeKey) -> Option<Scope> {
        Some(Scope::new(
            Purpose::from(self.name(key.purpose)?),
            Channel::from(self.name(key.channel)?),
            Recipient::from(self.name(key.recipient)?),
        ))
    }

    pub(super) fn reach(self, key: ScopeKey) -> Reach {
        let mut reach = Reach::everything();
        if let Some(name) = self.name(key.purpose) {
            reach = reach.purpose(Purpose::from(name));
        }
        if let Some(name) = self.name(key.channel) {
            reach = reach.by(Channel::from(name));
        }
        if let Some(name) = self.name(key.recipient) {
            reach = reach.to(Recipient::from(name));
        }
        reach
    }
}

/// The words of a ledger, to which names are added as they come up.
pub(super) struct Words<'l> {
    pub(super) vocabulary: &'l Arc<Vocabulary>,
    pub(super) log: &'l mut Log,
}

impl Words<'_> {
    /// The word of a name, made if need be; `None` once all 65,535 places are taken.
    #[inline]
    pub(super) fn word(&mut self, name: &Name) -> Option<Word> {
        match self.vocabulary.word(name) {
            Some(word) => Some(word),
            None => self.own_word(name),
        }
    }

    #[inline(never)]
    fn own_word(&mut self, name: &Name) -> Option<Word> {
        let place = self.log.place(name);
        let word = Word::at(place.unwrap_or_else(|count| count).checked_add(self.vocabulary.len())?)?;
        if place.is_err() {
            let begin = self.log.bytes.len();
            write_word(name, &mut self.log.bytes);
            self.log.note(begin);
            self.log.look_up_where(false);
        }
        Some(word)
    }

    pub(super) fn scope(&mut self, scope: &Scope) -> Option<ScopeKey> {
        Some(ScopeKey {
            purpose: self.word(scope.purpose().name())?,
            channel: self.word(scope.channel().name())?,
            recipient: self.word(scope.recipient().name())?,
        })
    }

    /// A reach as words. Where no place is left for a word the part becomes "any":
    /// a stop may come out wider, never narrower.
    pub(super) fn reach(&mut self, reach: &Reach) -> ScopeKey {
        let (purpose, channel, recipient) = reach.parts();
        let mut part = |name: Option<&Name>| name.and_then(|name| self.word(name)).unwrap_or(Word::NONE);
        ScopeKey {
            purpose: part(purpose.map(Purpose::name)),
            channel: part(channel.map(Channel::name)),
            recipient: part(recipient.map(Recipient::name)),
        }
    }
}
