//! The histories of many: entries put together by who is one person or shares an address, to be looked at in one pass and
//! in parts.

use std::collections::BTreeMap;

use placet::desk::Terms;
use placet::entry::{Body, Entries, Entry, WireError};
use placet::identity::WideKey;
use placet::{ContactId, Journey};
use thiserror::Error;

/// The entries of many contacts, in the order of the journal.
///
/// It is read from JSON lines, one entry or a list of entries a line: the journal of a [`Book`](placet::Book) as it is, or
/// what a backend stored. Contacts that are merged, or share an address at some time, are looked at together (SPEC S13,
/// S14).
///
/// ```
/// use placet::{Journey, desk::Terms};
/// use placet_insight::Histories;
/// let terms = Terms::new(Journey::reference()?);
/// let histories = Histories::read(r#"{"v":1,"type":"opened","contact":"c-1","identity":"card:7-0042"}"#, &terms)?;
/// assert_eq!((histories.contacts(), histories.parts(4).len()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Histories {
    terms: Terms,
    groups: Vec<Vec<Entry>>,
    contacts: usize,
}

/// Why a text is no history: the line, counted from 1, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} of the history: {why}")]
pub struct HistoryError {
    line: u64,
    why: WireError,
}

impl HistoryError {
    /// Which line, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

impl Histories {
    /// Reads JSON lines; empty ones are skipped, and so is a line that repeats the one above it.
    ///
    /// # Errors
    /// [`HistoryError`] with the number of the line that is no entry.
    pub fn read(text: &str, terms: &Terms) -> Result<Histories, HistoryError> {
        let (mut all, mut entries, mut last) = (Vec::new(), Entries::default(), "");
        for (line, number) in text.lines().map(str::trim_ascii).zip(1..) {
            if line.is_empty() || line == last {
                continue;
            }
            last = line;
            let read = entries.each(line, |entry| {
                all.push(entry);
                Ok::<_, std::convert::Infallible>(())
            });
            let Ok(()) = read.map_err(|why| HistoryError { line: number, why })?;
        }
        Ok(Histories::of(all, terms))
    }

    /// Takes entries over, in the order in which they were stored.
    #[must_use]
    pub fn of(entries: impl IntoIterator<Item = Entry>, terms: &Terms) -> Histories {
        let mut gathered = Gathered::default();
        for entry in entries {
            gathered.take(entry, terms);
        }
        let (groups, contacts) = gathered.finish();
        Histories { terms: terms.clone(), groups, contacts }
    }

    /// How many contacts they are of.
    #[must_use]
    pub fn contacts(&self) -> usize {
        self.contacts
    }

    /// At most so many parts of about the same work, whose crowds add up to that of the whole: contacts that are looked at
    /// together are in one part.
    #[must_use]
    pub fn parts(&self, most: usize) -> Vec<HistoriesPart<'_>> {
        let all: usize = self.groups.iter().map(Vec::len).sum();
        let share = all.div_ceil(most.max(1)).max(1);
        let (mut parts, mut rest) = (Vec::new(), self.groups.as_slice());
        while !rest.is_empty() {
            let mut weight = 0_usize;
            let filled = rest.iter().position(|group| {
                weight = weight.saturating_add(group.len());
                weight >= share
            });
            let size = filled.map_or(rest.len(), |last| last.saturating_add(1));
            let (groups, others) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            parts.push(HistoriesPart { terms: &self.terms, groups });
            rest = others;
        }
        parts
    }

    /// The entries by who is looked at together: merged contacts, and those that share an address. Each group is in the order
    /// of the journal.
    pub fn groups(&self) -> impl Iterator<Item = &[Entry]> {
        self.groups.iter().map(Vec::as_slice)
    }

    /// The entries that bear on a contact: its own, and those of whoever is merged with it or shares an address.
    #[must_use]
    pub fn about(&self, contact: &ContactId) -> &[Entry] {
        let has = |group: &&Vec<Entry>| group.iter().any(|entry| entry.contact() == contact);
        self.groups.iter().find(has).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A part of histories, to be handed to a thread.
#[derive(Clone, Copy)]
pub struct HistoriesPart<'h> {
    pub(crate) terms: &'h Terms,
    pub(crate) groups: &'h [Vec<Entry>],
}

impl HistoriesPart<'_> {
    pub(crate) fn journey(&self) -> &Journey {
        &self.terms.journey
    }
}

impl<'h> From<&'h Histories> for HistoriesPart<'h> {
    fn from(histories: &'h Histories) -> HistoriesPart<'h> {
        HistoriesPart { terms: &histories.terms, groups: &histories.groups }
    }
}

/// What has been read: contacts by number, each pointing to another of its group, or to itself.
#[derive(Default)]
struct Gathered {
    numbers: BTreeMap<ContactId, usize>,
    near: Vec<usize>,
    keys: BTreeMap<WideKey, usize>,
    entries: Vec<(usize, Entry)>,
}

impl Gathered {
    fn take(&mut self, entry: Entry, terms: &Terms) {
        let number = self.number(entry.contact());
        match entry.body() {
            Body::Opened(opened) => self.key(number, terms.key_of(opened.identity())),
            Body::Linked(identity) => self.key(number, terms.key_of(identity)),
            Body::Merged { into, .. } => {
                let into = self.number(into);
                self.join(number, into);
            }
            _ => {}
        }
        self.entries.push((number, entry));
    }

    fn number(&mut self, contact: &ContactId) -> usize {
        if let Some(number) = self.numbers.get(contact) {
            return *number;
        }
        let number = self.near.len();
        self.near.push(number);
        self.numbers.insert(contact.clone(), number);
        number
    }

    fn key(&mut self, number: usize, key: WideKey) {
        let sharer = *self.keys.entry(key).or_insert(number);
        self.join(number, sharer);
    }

    /// The contact that stands for a group: its earliest.
    fn head(&mut self, mut number: usize) -> usize {
        while let Some(near) = self.near.get(number).copied().filter(|near| *near != number) {
            let far = self.near.get(near).copied().unwrap_or(near);
            if let Some(place) = self.near.get_mut(number) {
                *place = far; // the way is made shorter for whoever comes next
            }
            number = far;
        }
        number
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.head(one), self.head(other));
        if let Some(later) = self.near.get_mut(one.max(other)) {
            *later = one.min(other);
        }
    }

    fn finish(mut self) -> (Vec<Vec<Entry>>, usize) {
        let contacts = self.near.len();
        let mut groups: Vec<Vec<Entry>> = (0..contacts).map(|_| Vec::new()).collect();
        for (number, entry) in std::mem::take(&mut self.entries) {
            let head = self.head(number);
            if let Some(group) = groups.get_mut(head) {
                group.push(entry);
            }
        }
        groups.retain(|group| !group.is_empty());
        (groups, contacts)
    }
}
