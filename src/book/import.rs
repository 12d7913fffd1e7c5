//! Import: acts of old dates from elsewhere. What cannot be proven can stop and never grants. A no is never behind a
//! parse: what can be read of it is taken, and what cannot be read is reported beside it, with its line and reason.

mod damaged;
mod loosely;
mod mapping;
mod row;
mod taking;

use thiserror::Error;

pub use mapping::{Column, Mapped, Mapping, MappingFault, Words};
pub use row::CellFault;
use taking::Import;

use super::Book;
use super::journal::{Journal, JournalError, Journaled};
use super::kept::surely;
use crate::consent::{ActError, ActKind, AppendError, Outcome, Unproven};
use crate::name::{ActId, ContactId, Instant};
use crate::wire::{LineError, WireError};

/// What became of an import: what was taken of which row, and what not. No part of it shows what stands in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "it tells which rows could not be read, and which noes were taken at an instant that was assumed"]
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
    /// The acts that stand in a ledger now, by line. A no stands here once for each contact that it is for.
    pub taken: Vec<Taken>,
    /// What was refused or could not be read, by line, once for each cell and act. A no of the same line may have been
    /// taken all the same: see `taken`.
    pub refused: Vec<RefusedRow>,
    /// Stops that are in force and that somebody should look at all the same.
    pub doubts: Vec<Doubt>,
}

/// An act of a row that stands in a ledger now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which line or row, counted from 1; blank lines count.
    pub line: u64,
    /// In whose ledger.
    pub contact: ContactId,
    /// Its id there.
    pub act: ActId,
    /// The kind of the act.
    pub kind: ActKind,
    /// When it was done.
    pub acted: Instant,
    /// Where that instant is from.
    pub dated: Dated,
    /// What it did: nothing, where it stood there before; for a no, which grants outlive it.
    pub outcome: Outcome,
}

/// Where the instant of an act is from. That of a go is always read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dated {
    /// Read from the row.
    Row,
    /// Assumed: the row has none that can be read, and the mapping says which ([`Mapping::undated`]).
    Mapping,
    /// Assumed: the instant of the import.
    Import,
}

/// A row, or a part of it, that was refused or cannot be read. It grants nothing.
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
    #[error("column {column} ({name}): {fault}")]
    Cell {
        /// Which column, counted from 1.
        column: usize,
        /// What the mapping calls it; `always` for a fixed value.
        name: String,
        /// Why.
        fault: CellFault,
    },
    /// A row of a table has not one cell for every column. It grants nothing; whatever could be a no in it is one.
    #[error(
        "this row has {found} cells, the table has {expected} columns: it grants nothing, and a do-not-contact mark in it counts unless it surely is not set"
    )]
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
    /// A yes that could be for several addresses of the row.
    #[error("several addresses of this row are of the kind that the yes is for: map one of them")]
    SeveralAddresses,
    /// No address of the row is of the kind that the channel of a yes needs.
    #[error("no address of this row is of the kind that the yes is for")]
    NoAddress,
    /// A yes of a table without ids, for an address that several contacts have.
    #[error(
        "several contacts have this address, and the table does not say which one is meant: map a column of ids"
    )]
    SeveralContacts,
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
    /// - A go stands or falls alone, and as a whole; importing it again changes nothing (S2). What was stopped is not
    ///   revived: a grant that is not later than a stop is dead, however late it comes in (S9).
    /// - Of a stop in a line that is refused, what can be read is taken: for its contact, and for whoever has its address; to
    ///   all of a part of its reach that cannot be read; at `now` where it has no date.
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
        surely(Import::new(self, now).lines(lines))
    }

    /// Imports the rows of a foreign table whose columns were all mapped ([`Mapping::check`]).
    ///
    /// As [`Book::import`]; a row of several consent columns is several acts, each standing or falling alone.
    ///
    /// *A yes* is read to the letter. Of a row in which anything cannot be read, none is taken.
    ///
    /// *A no* is taken as far as it can be read, whatever else is wrong with its row:
    ///
    /// - It is for the contact that the row names, and for whoever has one of its addresses, in any spelling. For an
    ///   address that nobody has a contact is opened, whose id is a UUID made from the wide key: always the same, and without
    ///   the address in it. Identities are never linked.
    /// - It is dated by its row. A date alone is the last second of that day in UTC. Where no date can be read it is dated by the
    ///   mapping ([`Mapping::undated`]), or at `now`; such a no counts anew with every later import.
    /// - A mark that is neither yes nor no counts as set, and so does one in a row with cells too many or too few, unless
    ///   every cell that it can be says no.
    ///
    /// ```
    /// use placet::{Book, Journey, Reach, book::{Column, Dated, Mapping}, identity::IdentityKind};
    /// // A list of addresses and nothing else.
    /// let table = Mapping::default()
    ///     .column("address", Column::Identity(IdentityKind::Email))
    ///     .always(Column::DoNot(Reach::everything()), "yes")
    ///     .check(["address"]).unwrap();
    /// let mut book = Book::new(Journey::reference()?);
    /// let report = book.import_table(&table, [["ada@example.org"], ["<Bob@Example.org>"], ["cy"]], "2013-05-01T10:00:00Z".parse()?);
    /// assert_eq!((report.appended, report.opened), (2, 2));
    /// assert_eq!(report.taken[0].dated, Dated::Import, "the list has no dates");
    /// let lines: Vec<u64> = report.refused.iter().map(|row| row.line).collect();
    /// assert_eq!(lines, [2, 3, 3], "brackets around an address; no address; nobody whom the no could be for");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        surely(Import::new(self, now).rows(table, rows))
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
        Import::new(self, now).lines(lines)
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
        Import::new(self, now).rows(table, rows)
    }
}
