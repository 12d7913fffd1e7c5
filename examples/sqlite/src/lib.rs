//! A backend with a database of its own: the recipe of placet's README, section "Embedding", on SQLite.
//!
//! Whatever is written is written under the one write lock (`BEGIN IMMEDIATE`), so that whom a stop must be told is read
//! in the transaction that tells it. A database with many writers needs serialisable transactions for that.

use std::path::Path;
use std::time::Duration;

use placet::{
    Act, Contact, ContactId, Entry, Gateway, Identity, Instant, Journey, QueuedEvent, Signal, SignalSpec,
    Stop,
    book::Report,
    consent::{AppendError, Appended},
    decide::{Misfit, Parts, Stale},
    entry::{Body, Opened, ReplayError, WireError},
    journey::SignalFault,
};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use thiserror::Error;

/// `contacts.version` is how many entries are stored for the contact: the host's own count, which also counts what
/// changes nothing. [`Contact::version`] does not, and only says for which state a decision was made.
///
/// The keys, the entries and the outbox hold addresses: protect the file as such.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS contacts (id TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS entries (
        contact TEXT NOT NULL, number INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (contact, number)
    ) STRICT;
    CREATE TABLE IF NOT EXISTS keys (key TEXT NOT NULL, contact TEXT NOT NULL, PRIMARY KEY (key, contact)) STRICT;
    CREATE INDEX IF NOT EXISTS keys_of_contact ON keys (contact);
    CREATE TABLE IF NOT EXISTS signals (contact TEXT NOT NULL, signal TEXT NOT NULL, UNIQUE (contact, signal)) STRICT;
    CREATE TABLE IF NOT EXISTS outbox (
        key TEXT PRIMARY KEY, contact TEXT NOT NULL, line TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'refused'))
    ) STRICT;";

/// How often something is decided while others keep changing the contact.
const TRIES: u32 = 8;

/// How long to wait for somebody else's transaction.
const PATIENCE: Duration = Duration::from_secs(5);

/// What can go wrong. No message holds an address.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite says no. Its messages name tables and columns, never what was to be stored.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// Nothing is stored of this contact.
    #[error("no contact of this id is stored: open it first")]
    UnknownContact,
    /// It was opened before.
    #[error("a contact of this id is stored already")]
    AlreadyOpened,
    /// A stored text is not what was written.
    #[error("what is stored cannot be read: {0}")]
    Unreadable(#[from] WireError),
    /// The entries make no contact.
    #[error("the contact cannot be replayed: {0}")]
    Replay(#[from] ReplayError),
    /// The ledger does not take this go; nothing was stored.
    #[error(transparent)]
    Refused(#[from] AppendError),
    /// The journey does not know such a signal.
    #[error(transparent)]
    Signal(#[from] SignalFault),
    /// The signal cannot be decided.
    #[error(transparent)]
    Misfit(#[from] Misfit),
    /// The decision is of another state of the contact.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// Others changed the contact each time before this could be stored.
    #[error("the contact kept changing: hand it in again")]
    Contended,
    /// Something could not be written as JSON.
    #[error("an entry cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

type Done<T> = Result<T, StoreError>;

/// A contact as it was when it was loaded.
#[derive(Debug)]
pub struct Loaded {
    /// Made of the entries.
    pub contact: Contact,
    /// How many entries there were: what a conditional write expects.
    pub version: i64,
}

/// What became of a signal.
#[derive(Debug)]
pub enum Handled {
    /// It was handled before, and nothing happened.
    Again,
    /// It leaves no trace: its admission was refused, or the contact was erased.
    NoTrace,
    /// It was decided, and this was stored.
    Stored(Parts),
}

/// The states of an outbox row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits to be released.
    Queued,
    /// The gateway took it.
    Sent,
    /// It was refused at release, for good.
    Refused,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sent => "sent",
            State::Refused => "refused",
        }
    }
}

/// Contacts, signals and the outbox in one database file.
#[derive(Debug)]
pub struct Store {
    database: Connection,
    journey: Journey,
}

impl Store {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub fn open(file: impl AsRef<Path>, journey: Journey) -> Done<Store> {
        let database = Connection::open(file)?;
        database.busy_timeout(PATIENCE)?;
        database.execute_batch(TABLES)?;
        Ok(Store { database, journey })
    }

    /// The journey by which signals are decided.
    #[must_use]
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// Step 1: makes the contact of its entries.
    ///
    /// # Errors
    /// [`StoreError`]: it is not there, or cannot be read.
    pub fn load(&self, contact: &ContactId) -> Done<Loaded> {
        load(&self.database, &self.journey, contact)
    }

    /// Steps 1 and 5: opens a contact. The stops of whoever shares its address cross to it in the same transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored then.
    pub fn open_contact(&mut self, contact: &ContactId, identity: &Identity) -> Done<()> {
        let write = begin(&mut self.database)?;
        let row = "INSERT INTO contacts (id, version) VALUES (?1, 0) ON CONFLICT DO NOTHING";
        if write.execute(row, [contact.to_string()])? == 0 {
            return Err(StoreError::AlreadyOpened);
        }
        let opened = Opened::new(identity.clone(), self.journey.spec().controller.clone());
        append_always(&write, contact, Body::Opened(opened))?;
        share(&write, &self.journey, contact, identity)?;
        Ok(write.commit()?)
    }

    /// Step 5: adds an identity; false if it was there. Stops cross both ways in the same transaction.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored then.
    pub fn link(&mut self, contact: &ContactId, identity: &Identity) -> Done<bool> {
        let write = begin(&mut self.database)?;
        if !load(&write, &self.journey, contact)?.contact.link(identity.clone()) {
            return Ok(false);
        }
        append_always(&write, contact, Body::Linked(identity.clone()))?;
        share(&write, &self.journey, contact, identity)?;
        write.commit()?;
        Ok(true)
    }

    /// Step 5: stores a stop, whatever the version is, and tells it to whoever shares a key, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::UnknownContact`] or what the database says: nothing about the stop itself can be wrong.
    pub fn stop(&mut self, contact: &ContactId, stop: Stop) -> Done<Appended> {
        let write = begin(&mut self.database)?;
        let appended = append_stop(&write, &self.journey, contact, stop.clone())?;
        for other in sharers(&write, contact)? {
            append_stop(&write, &self.journey, &other, stop.clone().told())?;
        }
        write.commit()?;
        Ok(appended)
    }

    /// Stores an act: a stop as [`Store::stop`] does, a go if the contact takes it as it is now.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a go that is not taken, and others; nothing was stored then.
    pub fn append(&mut self, contact: &ContactId, act: impl Into<Act>) -> Done<Appended> {
        let go = match act.into() {
            Act::Stop(stop) => return self.stop(contact, stop),
            go => go,
        };
        for _ in 0..TRIES {
            let mut loaded = self.load(contact)?;
            let appended = loaded.contact.append(go.clone())?.appended();
            if appended != Appended::New {
                return Ok(appended);
            }
            let write = begin(&mut self.database)?;
            let entry = Entry::new(contact.clone(), Body::Act(go.clone()));
            if append(&write, &entry, Some(loaded.version))?.is_some() {
                write.commit()?;
                return Ok(appended);
            }
        }
        Err(StoreError::Contended)
    }

    /// Steps 2 to 4: decides a signal and stores what was decided; on a conflict once more from the start.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored then.
    pub fn handle(&mut self, signal: SignalSpec, now: Instant) -> Done<Handled> {
        let signal = self.journey.signal(signal)?;
        for _ in 0..TRIES {
            if self.knows(&signal)? {
                return Ok(Handled::Again);
            }
            let Loaded { contact, version } = self.load(signal.contact())?;
            let parts = self.journey.decide(&contact, &signal, now)?.parts(&contact)?;
            if parts.entries.is_empty() {
                return Ok(Handled::NoTrace);
            }
            if self.keep(&signal, &parts, version)? {
                return Ok(Handled::Stored(parts));
            }
        }
        Err(StoreError::Contended)
    }

    /// Step 3: stores the parts of a decision in one transaction; false, and nothing is stored, if the contact has
    /// another version than it was loaded with.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was stored then.
    pub fn keep(&mut self, signal: &Signal, parts: &Parts, version: i64) -> Done<bool> {
        let write = begin(&mut self.database)?;
        let mut expected = version;
        for entry in &parts.entries {
            let Some(raised) = append(&write, entry, Some(expected))? else {
                return Ok(false);
            };
            expected = raised;
        }
        for event in &parts.queued {
            // A key that is there names the same effect: it is queued once.
            let row = "INSERT INTO outbox (key, contact, line, state) VALUES (?1, ?2, ?3, 'queued')
                ON CONFLICT DO NOTHING";
            let line = serde_json::to_string(event)?;
            write.execute(row, params![event.key().to_string(), event.contact().to_string(), line])?;
        }
        if !parts.entries.is_empty() {
            let row = "INSERT INTO signals (contact, signal) VALUES (?1, ?2)";
            write.execute(row, [signal.contact().to_string(), signal.id().to_string()])?;
        }
        write.commit()?;
        Ok(true)
    }

    /// Step 6: hands over whatever is queued and may still leave, oldest first. It ends at what cannot be read.
    ///
    /// What the gateway did not take stays queued under its key. So does what it took, where this ends before the
    /// row is marked: the gateway sees that key once more.
    ///
    /// # Errors
    /// [`StoreError`]; what was marked before stays marked.
    pub fn dispatch<G: Gateway>(&mut self, now: Instant, gateway: &mut G) -> Done<Report> {
        let mut report = Report::default();
        for queued in self.outbox(State::Queued)? {
            let key = queued.key().to_string();
            let contact = self.load(queued.contact())?.contact;
            match self.journey.release(queued, &contact, now).into_result() {
                Ok(event) => {
                    if gateway.send(event).is_err() {
                        report.failed = report.failed.saturating_add(1);
                        continue;
                    }
                    // Even if another dispatcher was refused meanwhile: this one has left.
                    self.database.execute("UPDATE outbox SET state = 'sent' WHERE key = ?1", [key])?;
                    report.sent = report.sent.saturating_add(1);
                }
                Err(no) => {
                    let row = "UPDATE outbox SET state = 'refused' WHERE key = ?1 AND state = 'queued'";
                    self.database.execute(row, [key])?;
                    let count = report.refused.entry(no.reason()).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        Ok(report)
    }

    /// The accounts of all events in a state, oldest first. None of them can be sent as it is.
    ///
    /// # Errors
    /// [`StoreError`]: one cannot be read.
    pub fn outbox(&self, state: State) -> Done<Vec<QueuedEvent>> {
        let rows = "SELECT line FROM outbox WHERE state = ?1 ORDER BY rowid";
        let mut rows = self.database.prepare_cached(rows)?;
        let lines = rows.query_map([state.as_str()], |row| row.get::<_, String>(0))?;
        lines.map(|line| Ok(QueuedEvent::from_json(&line?)?)).collect()
    }

    fn knows(&self, signal: &Signal) -> Done<bool> {
        let row = "SELECT EXISTS (SELECT 1 FROM signals WHERE contact = ?1 AND signal = ?2)";
        let names = [signal.contact().to_string(), signal.id().to_string()];
        Ok(self.database.query_row(row, names, |row| row.get(0))?)
    }
}

/// A transaction that is the only one to write. Dropped, it has done nothing.
fn begin(database: &mut Connection) -> Done<Transaction<'_>> {
    Ok(database.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// One statement reads entries and version together: nobody writes in between.
fn load(database: &Connection, journey: &Journey, contact: &ContactId) -> Done<Loaded> {
    let rows = "SELECT number, line FROM entries WHERE contact = ?1 ORDER BY number";
    let mut rows = database.prepare_cached(rows)?;
    let mut rows = rows.query([contact.to_string()])?;
    let (mut entries, mut version) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        version = row.get(0)?;
        entries.push(Entry::from_json(&row.get::<_, String>(1)?)?);
    }
    if entries.is_empty() {
        return Err(StoreError::UnknownContact);
    }
    Ok(Loaded { contact: Contact::replay(&entries, journey.vocabulary())?, version })
}

/// Appends one entry and raises the version to its number; `None` if the version is not the one expected.
fn append(write: &Transaction<'_>, entry: &Entry, expected: Option<i64>) -> Done<Option<i64>> {
    let raise = "UPDATE contacts SET version = version + 1
        WHERE id = ?1 AND version = coalesce(?2, version) RETURNING version";
    let contact = entry.contact().to_string();
    let raised = write.query_row(raise, params![contact, expected], |row| row.get::<_, i64>(0)).optional()?;
    if let Some(number) = raised {
        let row = "INSERT INTO entries (contact, number, line) VALUES (?1, ?2, ?3)";
        write.execute(row, params![contact, number, serde_json::to_string(entry)?])?;
    }
    Ok(raised)
}

/// Appends one entry, whatever the version is.
fn append_always(write: &Transaction<'_>, contact: &ContactId, body: Body) -> Done<()> {
    let raised = append(write, &Entry::new(contact.clone(), body), None)?;
    raised.map(drop).ok_or(StoreError::UnknownContact)
}

/// Appends a stop, unless it is there. A contact that cannot be loaded any more is stopped all the same.
fn append_stop(
    write: &Transaction<'_>,
    journey: &Journey,
    contact: &ContactId,
    stop: Stop,
) -> Done<Appended> {
    let loaded = load(write, journey, contact);
    let appended = loaded.map_or(Appended::New, |mut loaded| loaded.contact.stop(stop.clone()).appended());
    if appended != Appended::Again {
        append_always(write, contact, Body::Act(Act::Stop(stop)))?;
    }
    Ok(appended)
}

/// The other contacts that share a key with this one.
fn sharers(write: &Transaction<'_>, contact: &ContactId) -> Done<Vec<ContactId>> {
    let rows = "SELECT DISTINCT other.contact FROM keys AS own JOIN keys AS other ON other.key = own.key
        WHERE own.contact = ?1 AND other.contact <> ?1 ORDER BY other.contact";
    let mut rows = write.prepare_cached(rows)?;
    let ids = rows.query_map([contact.to_string()], |row| row.get::<_, String>(0))?;
    // INVARIANT: an id is stored by `open_contact` alone, from a `ContactId`.
    ids.map(|id| id?.parse().map_err(|_| StoreError::UnknownContact)).collect()
}

/// Takes note of an identity's key; the stops of everybody who shares one cross, both ways.
fn share(write: &Transaction<'_>, journey: &Journey, contact: &ContactId, identity: &Identity) -> Done<()> {
    let row = "INSERT INTO keys (key, contact) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    write.execute(row, [identity.wide_key().as_str(), &contact.to_string()])?;
    for other in sharers(write, contact)? {
        for (from, to) in [(&other, contact), (contact, &other)] {
            for stop in load(write, journey, from)?.contact.stops() {
                append_stop(write, journey, to, stop.told())?;
            }
        }
    }
    Ok(())
}
