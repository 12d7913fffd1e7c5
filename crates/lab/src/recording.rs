//! A recording: what happened to contacts, as it was written down; read and checked once, and run many times.

mod group;
mod order;

use placet::{
    Entry, Instant,
    book::BookError,
    entry::{Entries, WireError},
};
use thiserror::Error;

use group::Gathered;
pub(super) use group::{Group, Step, What};

/// A recorded history of contacts: entries in the order in which they are known.
///
/// It is read from JSON lines, one [`Entry`] or a list of entries a line: the journal of a
/// [`Book`](placet::Book) as it is, or what a backend stored. Empty lines are skipped, and so is a line that
/// repeats the one above it.
///
/// # What is used
///
/// `opened`, `linked`, `unlinked`, the acts, `signal`, `merged` and `unmerged` are what happened. What followed
/// from them under the journey of that day (`transition`, `queued`, `effect_refused`, `sent`, `dropped`) is read,
/// checked for its form, and not used. Whoever is merged, or shares an address, is run together, in a
/// [`Book`](placet::Book): stops cross, and a joint person has one stage (SPEC S13 to S16, S23, S28).
///
/// # What is known when
///
/// A signal is decided with what was known when it was handled (SPEC S1): an act is known from the instant at which
/// it was *recorded*, whenever it was done, and a signal from its `now`. Of two lines of one instant the upper one
/// comes first. A line without an instant (`opened`, `linked`, `unlinked`, `merged`, `unmerged`) is known from
/// where it stands: after what is above it, and before whatever is known later of its contact. So the order of a
/// journal is kept as it is, and files that list one contact after the other, or acts before signals, may be
/// put together.
///
/// ```
/// use placet::Journey;
/// use placet_lab::{Recording, Rehearsal};
/// let recording = Recording::read(r#"
///   {"v":1,"type":"opened","contact":"c-1","identity":"card:7-0042"}
///   {"v":1,"type":"signal","contact":"c-1","id":"s-1","identity":"card:7-0042","kind":"purchase","at":"2013-05-01T10:00:00Z","now":"2013-05-01T10:00:00Z"}
/// "#)?;
/// let counts = Rehearsal::of(&Journey::reference()?, &recording);
/// assert_eq!(counts.stages[&Some("customer".parse()?)].reached, 1);
///
/// let error = Recording::read("\n{\"v\":1}").unwrap_err();
/// assert_eq!(error.line(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Recording {
    groups: Vec<Group>,
    until: Option<Instant>,
}

/// Why a recording cannot be used. A damaged line is never skipped.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line} of the recording: {why}")]
pub struct RecordingError {
    line: u64,
    why: Why,
}

impl RecordingError {
    /// Which line, or which entry, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
enum Why {
    #[error(transparent)]
    Wire(WireError),
    #[error(transparent)]
    Book(BookError),
}

impl Recording {
    /// Reads a recording from JSON lines.
    ///
    /// # Errors
    /// [`RecordingError`] with the number of the line: it is no entry, its contact is not opened above it or is
    /// opened twice, a go cannot be appended, a signal is handled before it happened or has the id of another.
    pub fn read(text: &str) -> Result<Recording, RecordingError> {
        let mut gathered = Gathered::default();
        let mut entries = Entries::default();
        let mut last = "";
        for (line, number) in text.lines().map(str::trim_ascii).zip(1..) {
            if line.is_empty() || line == last {
                continue;
            }
            last = line;
            let read = entries.each(line, |entry| gathered.take(entry, number));
            read.map_err(|error| RecordingError { line: number, why: Why::Wire(error) })??;
        }
        gathered.finish()
    }

    /// Takes entries over, in the order in which they were stored.
    ///
    /// # Errors
    /// [`RecordingError`], as [`Recording::read`]; a line is an entry here.
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Result<Recording, RecordingError> {
        let mut gathered = Gathered::default();
        entries.into_iter().zip(1..).try_for_each(|(entry, number)| gathered.take(entry, number))?;
        gathered.finish()
    }

    /// Until when it goes, this instant included; `None` where nothing has an instant.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// The same recording, looked at until another instant: what is known later is left out, and the time that is
    /// spent at stages is counted to there.
    #[must_use]
    pub fn looked_at_until(self, until: Instant) -> Recording {
        Recording { until: Some(until), ..self }
    }

    /// How many contacts it holds.
    #[must_use]
    pub fn contacts(&self) -> usize {
        self.groups.iter().map(|group| group.members.len()).sum()
    }

    /// At most so many parts of about the same work, whose results add up to that of the whole. Contacts that are
    /// run together are in one part.
    ///
    /// ```
    /// use placet::Journey;
    /// use placet_lab::{Recording, Rehearsal};
    /// # let text = r#"{"v":1,"type":"opened","contact":"c-1","identity":"card:7-0042"}"#;
    /// let (journey, recording) = (Journey::reference()?, Recording::read(text)?);
    /// let sum = std::thread::scope(|scope| {
    ///     let rehearse = |part| { let journey = &journey; scope.spawn(move || Rehearsal::of(journey, part)) };
    ///     let threads: Vec<_> = recording.parts(4).into_iter().map(rehearse).collect();
    ///     threads.into_iter().map(|thread| thread.join().unwrap()).fold(Rehearsal::default(), Rehearsal::and)
    /// });
    /// assert_eq!(sum, Rehearsal::of(&journey, &recording));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn parts(&self, most: usize) -> Vec<Part<'_>> {
        let until = self.until;
        let all: usize = self.groups.iter().map(Group::weight).sum();
        let share = all.div_ceil(most.max(1));
        let mut parts = Vec::new();
        let mut rest = self.groups.as_slice();
        while !rest.is_empty() {
            let mut weight = 0_usize;
            let filled = rest.iter().position(|group| {
                weight = weight.saturating_add(group.weight());
                weight >= share
            });
            let size = filled.map_or(rest.len(), |last| last.saturating_add(1));
            let (groups, others) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            parts.push(Part { groups, until });
            rest = others;
        }
        parts
    }
}

/// A part of a recording: some of its contacts, until the end of the whole. It can be handed to a thread.
#[derive(Debug, Clone, Copy)]
pub struct Part<'r> {
    pub(super) groups: &'r [Group],
    pub(super) until: Option<Instant>,
}

impl Part<'_> {
    /// How many contacts it holds.
    #[must_use]
    pub fn contacts(&self) -> usize {
        self.groups.iter().map(|group| group.members.len()).sum()
    }
}

impl<'r> From<&'r Recording> for Part<'r> {
    fn from(recording: &'r Recording) -> Part<'r> {
        Part { groups: &recording.groups, until: recording.until }
    }
}
