//! Imports, over memory and over a journal: each row is an operation of the desk.

use super::Book;
use super::journal::{Journal, JournalError, Journaled};
use crate::consent::Stop;
use crate::desk::{HaltFor, Import, ImportReport, Mapped, Took, always};
use crate::identity::Identity;
use crate::name::Instant;

impl Book {
    /// Imports acts in their written form, one entry a line (`{"v":1,"type":"grant","contact":"c-1",…}`).
    ///
    /// - A go must be proven as any other: by its evidence, and by a date that is not after `now`. A stop needs no
    ///   proof, and any date.
    /// - `recorded` becomes `now`, whatever the row says: this ledger learns it now. Decisions go by `acted`; an audit
    ///   is not told that something was known before it was.
    /// - A contact that is not in the book is opened under the identity of the row, whose stops it is told; without an
    ///   identity the row is refused. Identities are never linked: that two addresses are one person is no act.
    /// - The words of a go must be in the catalogue. A stop with other words is in force, and is a [`Doubt`](super::Doubt).
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
        let mut import = Import::new(self.terms(), now);
        let mut report = ImportReport::default();
        for row in lines.into_iter().filter_map(|text| import.line(text.as_ref())) {
            report.add(always(&mut self.memory, row));
        }
        report
    }

    /// Imports the rows of a foreign table whose columns were all mapped ([`Mapping::check`](super::Mapping::check)).
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
    ///   mapping ([`Mapping::undated`](super::Mapping::undated)), or at `now`; such a no counts anew with every later import.
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
        let mut import = Import::new(self.terms(), now);
        let mut report = ImportReport::default();
        for cells in rows {
            report.add(always(&mut self.memory, import.row(table, cells.as_ref())));
        }
        report
    }

    /// [`Desk::stop_for`](crate::desk::Desk::stop_for), recorded as the stop says.
    pub fn stop_for(&mut self, address: Identity, stop: Stop) -> Vec<Took> {
        let halt = HaltFor::new(self.terms(), address, stop);
        always(&mut self.memory, halt).unwrap_or_default()
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
        let mut import = Import::new(self.terms(), now);
        let mut report = ImportReport::default();
        for row in lines.into_iter().filter_map(|text| import.line(text.as_ref())) {
            report.add(self.always(row)?);
        }
        Ok(report)
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
        let mut import = Import::new(self.terms(), now);
        let mut report = ImportReport::default();
        for cells in rows {
            report.add(self.always(import.row(table, cells.as_ref()))?);
        }
        Ok(report)
    }

    /// [`Book::stop_for`]. In force when this returns, whatever it returns; on `Ok` it is written as well.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn stop_for(&mut self, address: Identity, stop: Stop) -> Result<Vec<Took>, JournalError<J::Error>> {
        Ok(self.always(HaltFor::new(self.terms(), address, stop))?.unwrap_or_default())
    }
}
