//! The store of a desk in one SQLite file: placet's port [`Store`], and nothing else. Copy it and make it yours.
//!
//! A step is one transaction under the one write lock (`BEGIN IMMEDIATE`): nobody writes between its reading and its
//! writing, nor while a gateway takes an event. A database with many writers locks the rows of the person instead.

mod read;
mod write;

use std::path::Path;
use std::time::Duration;

use placet::desk::{Step, Store, Terms, Want, Written};
use placet::entry::{ReplayError, WireError};
use placet::send::EventKey;
use placet::{ContactId, Journey};
use rusqlite::{Connection, TransactionBehavior};
use thiserror::Error;

use read::{Read, all, name};

/// Everything here can hold addresses: protect the file as such. With `secure_delete` SQLite overwrites what an erasure
/// takes out of it.
///
/// `persons.count` grows with every entry, and is what a plan expects. `named` finds the entries of others that name a
/// contact or an act, once that is to be forgotten. `outbox.became` is empty as long as an event waits.
const TABLES: &str = "
    PRAGMA secure_delete = ON;
    CREATE TABLE IF NOT EXISTS persons (id TEXT PRIMARY KEY, count INTEGER NOT NULL, held TEXT) STRICT;
    CREATE TABLE IF NOT EXISTS contacts (id TEXT PRIMARY KEY, person TEXT NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS contacts_of_person ON contacts (person);
    CREATE TABLE IF NOT EXISTS entries (
        contact TEXT NOT NULL, place INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (contact, place)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS named (name TEXT NOT NULL, contact TEXT NOT NULL, place INTEGER NOT NULL) STRICT;
    CREATE INDEX IF NOT EXISTS named_by_name ON named (name);
    CREATE INDEX IF NOT EXISTS named_by_entry ON named (contact, place);
    CREATE TABLE IF NOT EXISTS keys (key TEXT NOT NULL, contact TEXT NOT NULL, PRIMARY KEY (key, contact)) STRICT;
    CREATE INDEX IF NOT EXISTS keys_of_contact ON keys (contact);
    CREATE TABLE IF NOT EXISTS under (
        key TEXT NOT NULL, act TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (key, act, line)
    ) STRICT;
    CREATE INDEX IF NOT EXISTS under_by_act ON under (act);
    CREATE TABLE IF NOT EXISTS signals (
        contact TEXT NOT NULL, signal TEXT NOT NULL, digest INTEGER NOT NULL, PRIMARY KEY (contact, signal)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS outbox (
        place INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, contact TEXT NOT NULL, line TEXT NOT NULL,
        became TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (place) WHERE became IS NULL;
    CREATE INDEX IF NOT EXISTS outbox_of_contact ON outbox (contact);
    CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, became TEXT NOT NULL) STRICT;";

/// How long to wait for somebody else's transaction, and so for a gateway.
const PATIENCE: Duration = Duration::from_secs(30);

/// What can go wrong. No message holds an address.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite says no. Its messages name tables and columns, never what was to be stored.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// A stored line of this person is not what was written.
    #[error("what is stored cannot be read: {0}")]
    Unreadable(#[from] WireError),
    /// A stored id or name of this person is not what was written, or a line cannot be written.
    #[error("a stored name cannot be read, or a line not written: {0}")]
    Json(#[from] serde_json::Error),
    /// What lies under a key of this person is no stop.
    #[error("what lies under a key is no stop")]
    NoStop,
    /// The entries of a contact of this person do not make one.
    #[error("the contact cannot be made of its entries: {0}")]
    Replay(#[from] ReplayError),
}

type Done<T> = Result<T, StoreError>;

/// Persons in one database file.
#[derive(Debug)]
pub struct Sqlite {
    database: Connection,
    terms: Terms,
}

impl Sqlite {
    /// Opens the file, or makes it. Give the desk the same terms.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn open(file: impl AsRef<Path>, terms: Terms) -> Done<Sqlite> {
        let database = Connection::open(file)?;
        database.busy_timeout(PATIENCE)?;
        database.execute_batch(TABLES)?;
        Ok(Sqlite { database, terms })
    }

    /// Puts another journey in force here, as [`Desk::adopt`](placet::desk::Desk::adopt) does for the desk.
    pub fn adopt(&mut self, journey: Journey) {
        self.terms.journey = journey;
    }

    /// One transaction: read, plan, write. Dropped before its end, it has done nothing.
    fn whole(&mut self, want: &Want, step: &mut dyn Step) -> Done<Written> {
        let transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut read = Read::of(&transaction, &self.terms, want)?;
        let plan = read.with(|found| step.plan(found));
        if write::plan(&transaction, &plan)? == Written::Conflict {
            return Ok(Written::Conflict);
        }
        if plan.persons.is_empty() && plan.forget.is_none() {
            read.take(&plan)?;
        } else {
            read = Read::of(&transaction, &self.terms, want)?;
        }
        transaction.commit()?;
        read.with(|found| step.written(found));
        Ok(Written::All)
    }
}

impl Store for Sqlite {
    type Error = StoreError;

    fn step(&mut self, step: &mut dyn Step) -> Done<Written> {
        let want = step.want();
        let written = self.whole(&want, step);
        if let Some(event) = want.event {
            // What waits still goes to the end, and keeps nothing back. It is no more than an order: it may fail.
            let last = "UPDATE outbox SET place = (SELECT max(place) + 1 FROM outbox)
                WHERE key = ?1 AND became IS NULL";
            let _ = self.database.execute(last, [event.to_string()]);
        }
        written
    }

    fn waiting(&mut self, most: usize) -> Done<Vec<EventKey>> {
        let mut rows =
            self.database.prepare_cached("SELECT key FROM outbox WHERE became IS NULL ORDER BY place")?;
        // What is no key names no event, and keeps nothing back.
        let keys = rows.query_map([], |row| Ok(name(row.get(0)?).ok()))?;
        Ok(keys.filter_map(Result::transpose).take(most).collect::<Result<_, _>>()?)
    }

    fn contact_of(&mut self, event: EventKey) -> Done<Option<ContactId>> {
        let rows = "SELECT contact FROM outbox WHERE key = ?1";
        let ids = all(&self.database, rows, [event.to_string()], |row| row.get(0))?;
        ids.into_iter().map(name).next().transpose()
    }
}
