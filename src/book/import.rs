//! Import: acts of old dates from elsewhere. What cannot be proven can stop and never grants; every row that is
//! refused is reported with its line and reason, and the rest goes on.

mod mapping;
mod row;

use thiserror::Error;

pub use mapping::{Column, Mapped, Mapping, MappingFault, Words};
pub use row::{CellFault, ImportRow, Saying};

use super::journal::{Journal, JournalError, Journaled};
use super::kept::{Keeps, surely};
use super::{Book, BookError};
use crate::consent::{Act, ActError, AppendError, Appended, Unproven};
use crate::contact::Body;
use crate::name::{ContactId, Instant};
use crate::wire::{LineError, WireError, read_typed};

/// What became of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that were read; blank lines are none.
    pub rows: u64,
    /// Acts that stand in a ledger now and did not before.
    pub appended: u64,
    /// Acts that stood there already, with the same content (S2).
    pub again: u64,
    /// Contacts that were opened.
    pub opened: u64,
    /// Rows that said nothing: a do-not-contact mark that is not set, for example.
    pub silent: u64,
    /// What was refused, by line. A row of several acts stands here once for each that was refused.
    pub refused: Vec<RefusedRow>,
    /// Stops that are in force and that somebody should look at all the same.
    pub doubts: Vec<Doubt>,
}

/// A row, or one act of it, that was refused. Nothing of that act was applied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {fault}")]
pub struct RefusedRow {
    /// Which line or row, counted from 1; blank lines count.
    pub line: u64,
    /// Why.
    pub fault: RowFault,
}

/// Why a row is refused. No message repeats a byte of the row.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RowFault {
    /// The line has not the form of an entry: no JSON, an unknown field, a field of a wrong shape.
    #[error(transparent)]
    Shape(#[from] WireError),
    /// The fields do not fit the type of act.
    #[error(transparent)]
    Line(LineError),
    /// A cell of a table cannot be read.
    #[error("column {column}: {fault}")]
    Cell {
        /// Which column, counted from 1.
        column: usize,
        /// Why.
        fault: CellFault,
    },
    /// A row of a table has not one cell for every column.
    #[error("this row has {found} cells, the table has {expected} columns")]
    Cells {
        /// How many columns there are.
        expected: usize,
        /// How many cells the row has.
        found: usize,
    },
    /// An entry of another kind: signals and stages are not imported.
    #[error("only acts are imported: this is an entry of another type")]
    NoAct,
    /// The evidence does not prove a go (a claimed opt-in needs proof, a claimed opt-out does not).
    #[error("this cannot grant: {0}")]
    Unproven(Unproven),
    /// The go cannot be constructed for another reason.
    #[error(transparent)]
    Act(ActError),
    /// A go that is done after the import.
    #[error("a go cannot have been done after its import: look at the date")]
    NotYetDone,
    /// A go names a word that the catalogue of the journey does not have.
    #[error("no {field} of this name is in the catalogue: declare it, or map it to one that is")]
    UnknownWord {
        /// `purpose`, `channel` or `recipient`.
        field: &'static str,
    },
    /// No such contact, and no identity to open one under.
    #[error("no contact of this id is in the book, and the row has no identity to open one under")]
    UnknownContact,
    /// The contact was erased: nothing more is kept of it, and a go has no effect (S12).
    #[error("the contact was erased for good: the person may come back under another id")]
    Forgotten,
    /// The ledger does not take the go.
    #[error(transparent)]
    Append(AppendError),
}

/// A stop that is in force, and what is doubtful about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("line {line}: the stop is in force, but {kind}")]
pub struct Doubt {
    /// Which line or row, counted from 1.
    pub line: u64,
    /// What.
    pub kind: DoubtKind,
}

/// What is doubtful about a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DoubtKind {
    /// Its reach names a word that the catalogue does not have: it may be misspelt, and stop nothing.
    #[error("no {field} of this name is in the catalogue: is it misspelt?")]
    UnknownWord {
        /// `purpose`, `channel` or `recipient`.
        field: &'static str,
    },
    /// It came in over an identity that the contact does not have, so that it does not cross over it.
    #[error("the contact does not have its identity: link it, and the stop crosses to whoever shares it")]
    ForeignIdentity,
    /// Its id names another act already.
    #[error("its id names another act already")]
    IdTaken,
}

impl From<ActError> for RowFault {
    fn from(error: ActError) -> RowFault {
        match error {
            ActError::Unproven(what) => RowFault::Unproven(what),
            other => RowFault::Act(other),
        }
    }
}

impl From<LineError> for RowFault {
    fn from(error: LineError) -> RowFault {
        match error {
            LineError::Act(error) => error.into(),
            other => RowFault::Line(other),
        }
    }
}

impl Book {
    /// Imports acts in their written form, one entry a line (`{"v":1,"type":"grant","contact":"c-1",…}`).
    ///
    /// - A go must be proven as any other: by its evidence, and by a date that is not after `now`. A stop needs no
    ///   proof, and any date.
    /// - `recorded` becomes `now`, whatever the row says: this ledger learns it now. Decisions go by `acted`; an audit
    ///   is not told that something was known before it was.
    /// - A contact that is not in the book is opened under the identity of the row, whose stops it is told; without an
    ///   identity the row is refused. Identities are never linked: that two addresses are one person is no act.
    /// - The words of a go must be in the catalogue. A stop with other words is in force, and is a [`Doubt`].
    /// - A line stands or falls alone, and as a whole; importing it again changes nothing (S2). What was stopped is not
    ///   revived: a grant that is not later than a stop is dead, however late it comes in (S9).
    ///
    /// ```
    /// use placet::{Book, Journey, book::RowFault, consent::Unproven};
    /// let mut book = Book::new(Journey::reference()?);
    /// let report = book.import([
    ///     r#"{"v":1,"type":"grant","contact":"c-1","id":"a-1","acted":"2012-05-01T10:00:00Z","recorded":"2012-05-01T10:00:00Z",
    ///       "identity":"email:ada@example.org","purpose":"newsletter","channel":"email","recipient":"self","until":"never",
    ///       "confirm_by":"not_needed","actor":"import","method":"pre_ticked_box"}"#,
    ///     r#"{"v":1,"type":"object","contact":"c-1","id":"a-2","acted":"2012-06-01T10:00:00Z","recorded":"2012-06-01T10:00:00Z",
    ///       "identity":"email:ada@example.org","purpose":"*","channel":"email","recipient":"*"}"#,
    /// ], "2013-05-01T10:00:00Z".parse()?);
    /// assert_eq!((report.appended, report.opened), (1, 1), "the stop, unproven as it is");
    /// assert_eq!(report.refused[0].line, 1);
    /// assert_eq!(report.refused[0].fault, RowFault::Unproven(Unproven::Actor));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn import<T: AsRef<str>>(
        &mut self,
        lines: impl IntoIterator<Item = T>,
        now: Instant,
    ) -> ImportReport {
        surely(import_lines(self, lines, now))
    }

    /// Imports the rows of a foreign table whose columns were all mapped ([`Mapping::check`]).
    ///
    /// As [`Book::import`]; a row of several consent columns is several acts, the stops first, each standing or
    /// falling alone. A row that is refused for a bad cell grants nothing; the stops that can be read in it are in
    /// force all the same: neither a bad address nor a missing proof loses a do-not-contact.
    pub fn import_table<R, C>(
        &mut self,
        table: &Mapped,
        rows: impl IntoIterator<Item = R>,
        now: Instant,
    ) -> ImportReport
    where
        R: AsRef<[C]>,
        C: AsRef<str>,
    {
        surely(import_rows(self, table, rows, now))
    }

    /// Whether the act may be appended, and whether its contact must be opened first. Nothing is changed before this is known.
    fn may_take(&self, contact: &ContactId, act: &Act, now: Instant) -> Result<bool, RowFault> {
        let go = !act.kind().is_stop();
        if go && act.acted() > now {
            return Err(RowFault::NotYetDone);
        }
        if let Some(reach) = act.reach().filter(|_| go) {
            if let Some(field) = self.journey().spec().catalogue.lacks(reach) {
                return Err(RowFault::UnknownWord { field });
            }
        }
        if self.contact(contact).is_some() {
            return Ok(false);
        }
        let identity = act.identity().ok_or(RowFault::UnknownContact)?;
        if go && self.persons.would_tell(identity, act.id()) {
            return Err(RowFault::Append(AppendError::IdReused));
        }
        Ok(true)
    }

    fn doubts(&self, contact: &ContactId, act: &Act) -> Vec<DoubtKind> {
        let Act::Stop(stop) = act else {
            return Vec::new();
        };
        let unknown =
            self.journey().spec().catalogue.lacks(stop.reach()).map(|field| DoubtKind::UnknownWord { field });
        let ledger = self.contact(contact).map(|contact| contact.ledger());
        let foreign = ledger.zip(act.identity());
        let foreign = foreign.filter(|(ledger, own)| !ledger.identities().any(|identity| identity == *own));
        unknown.into_iter().chain(foreign.map(|_| DoubtKind::ForeignIdentity)).collect()
    }
}

impl<J: Journal> Journaled<J> {
    /// [`Book::import`], act by act through the journal.
    ///
    /// # Errors
    /// What the journal says; the import ends there. Begin it again: what stands in the ledgers already is skipped.
    pub fn import<T: AsRef<str>>(
        &mut self,
        lines: impl IntoIterator<Item = T>,
        now: Instant,
    ) -> Result<ImportReport, JournalError<J::Error>> {
        import_lines(self, lines, now)
    }

    /// [`Book::import_table`], act by act through the journal.
    ///
    /// # Errors
    /// As [`Journaled::import`].
    pub fn import_table<R, C>(
        &mut self,
        table: &Mapped,
        rows: impl IntoIterator<Item = R>,
        now: Instant,
    ) -> Result<ImportReport, JournalError<J::Error>>
    where
        R: AsRef<[C]>,
        C: AsRef<str>,
    {
        import_rows(self, table, rows, now)
    }
}

fn import_lines<K: Keeps, T: AsRef<str>>(
    kept: &mut K,
    lines: impl IntoIterator<Item = T>,
    now: Instant,
) -> Result<ImportReport, K::Error> {
    let mut report = ImportReport::default();
    for (text, line) in lines.into_iter().zip(1..) {
        let text = text.as_ref();
        if text.trim().is_empty() {
            continue;
        }
        report.rows = report.rows.saturating_add(1);
        match act_of(text) {
            Ok((contact, act)) => take(kept, &contact, act, (line, now), &mut report)?,
            Err(fault) => report.refuse(line, fault),
        }
    }
    Ok(report)
}

fn import_rows<K: Keeps, R: AsRef<[C]>, C: AsRef<str>>(
    kept: &mut K,
    table: &Mapped,
    rows: impl IntoIterator<Item = R>,
    now: Instant,
) -> Result<ImportReport, K::Error> {
    let mut report = ImportReport::default();
    for (cells, line) in rows.into_iter().zip(1..) {
        report.rows = report.rows.saturating_add(1);
        let (row, fault) = table.row(cells.as_ref());
        if let Some(fault) = fault {
            report.refuse(line, fault);
        }
        let Some(row) = row else { continue };
        if row.says.is_empty() {
            report.silent = report.silent.saturating_add(1);
        }
        for act in row.acts() {
            match act {
                Ok(act) => take(kept, &row.contact, act, (line, now), &mut report)?,
                Err(fault) => report.refuse(line, fault),
            }
        }
    }
    Ok(report)
}

fn take<K: Keeps>(
    kept: &mut K,
    contact: &ContactId,
    mut act: Act,
    (line, now): (u64, Instant),
    report: &mut ImportReport,
) -> Result<(), K::Error> {
    act.record_mut().recorded = now;
    let doubts = kept.book().doubts(contact, &act);
    let opens = match kept.book().may_take(contact, &act, now) {
        Ok(opens) => opens,
        Err(fault) => {
            report.refuse(line, fault);
            return Ok(());
        }
    };
    if let Some(identity) = act.identity().filter(|_| opens).cloned() {
        // INVARIANT: there is no such contact, so that it can be opened.
        let opened = kept.open(contact.clone(), identity)?.is_ok();
        report.opened = report.opened.saturating_add(u64::from(opened));
    }
    match kept.append(contact, act)?.map(|outcome| outcome.appended()) {
        Ok(Appended::Again) => report.again = report.again.saturating_add(1),
        Ok(Appended::Forgotten) => report.refuse(line, RowFault::Forgotten),
        Ok(appended) => {
            report.appended = report.appended.saturating_add(1);
            let taken = (appended == Appended::IdTaken).then_some(DoubtKind::IdTaken);
            report.doubts.extend(doubts.into_iter().chain(taken).map(|kind| Doubt { line, kind }));
        }
        Err(BookError::Append(error)) => report.refuse(line, RowFault::Append(error)),
        Err(_) => report.refuse(line, RowFault::UnknownContact),
    }
    Ok(())
}

impl ImportReport {
    fn refuse(&mut self, line: u64, fault: RowFault) {
        self.refused.push(RefusedRow { line, fault });
    }
}

fn act_of(text: &str) -> Result<(ContactId, Act), RowFault> {
    let entry = read_typed(text)??;
    match entry.body() {
        Body::Act(act) => Ok((entry.contact().clone(), act.clone())),
        _ => Err(RowFault::NoAct),
    }
}
