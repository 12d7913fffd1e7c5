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
pub use taking::{Import, ImportRow};

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

impl ImportReport {
    /// Both as one: that of the rows before, and that of the next.
    pub fn add(&mut self, next: ImportReport) {
        let ImportReport { rows, appended, again, opened, silent, taken, refused, doubts } = next;
        let counts = [
            (&mut self.rows, rows),
            (&mut self.appended, appended),
            (&mut self.again, again),
            (&mut self.opened, opened),
            (&mut self.silent, silent),
        ];
        counts.into_iter().for_each(|(sum, count)| *sum = sum.saturating_add(count));
        self.taken.extend(taken);
        self.refused.extend(refused);
        self.doubts.extend(doubts);
    }
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
