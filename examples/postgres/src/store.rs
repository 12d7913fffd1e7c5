//! A step as one transaction, and the driver that carries out operations with it.
//!
//! Locks are taken in one order, so that nobody waits in a circle: the right to write beside an erasure, the rows of the
//! persons by id, the event, the keys. The isolation is `READ COMMITTED`: each query sees what was committed before it, and
//! what was read of a person stays true because everybody locks the person first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Transaction};
use placet::desk::{DriveError, Look, Operation, Step, Terms, Want, Written};
use placet::send::EventKey;
use placet::{ContactId, Instant as At, Person};
use tokio_postgres::{Config, NoTls};

use crate::read::{Locked, Read, all, ids, name};
use crate::{Done, write};

/// How often a step is tried again where somebody else was faster.
const TRIES: u32 = 32;
/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);
const TABLES: &str = include_str!("tables.sql");

/// Everybody who takes a step; whoever forgets somebody waits until no one does, and keeps others waiting.
pub(crate) const BESIDE: &str = "SELECT pg_advisory_xact_lock_shared(7366, 1)";
const ALONE: &str = "SELECT pg_advisory_xact_lock(7366, 1)";

/// Persons in one PostgreSQL database.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: Pool,
    terms: Arc<Terms>,
    spent: Arc<Spent>,
}

/// Where the time went, in nanoseconds.
#[derive(Debug, Default)]
pub struct Spent {
    placet: AtomicU64,
    whole: AtomicU64,
    steps: AtomicU64,
}

impl Spent {
    fn note(&self, placet: Duration, whole: Duration) {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.placet.fetch_add(nanos(placet), Ordering::Relaxed);
        self.whole.fetch_add(nanos(whole), Ordering::Relaxed);
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// How many steps were taken, how long placet took for them, and how long they took in all, waiting included.
    #[must_use]
    pub fn so_far(&self) -> (u64, Duration, Duration) {
        let time = |nanos: &AtomicU64| Duration::from_nanos(nanos.load(Ordering::Relaxed));
        (self.steps.load(Ordering::Relaxed), time(&self.placet), time(&self.whole))
    }
}

/// What happens between the plan of a step and its writing, while its persons are locked: an event goes out.
pub(crate) trait Handing: Send {
    /// Whether it is done: if not, nothing of the step is written.
    fn hand(&mut self) -> impl Future<Output = bool> + Send;
}

/// Nothing happens.
struct Nothing;

impl Handing for Nothing {
    async fn hand(&mut self) -> bool {
        true
    }
}

/// How a try ended.
pub(crate) enum Ended {
    /// It is written; the step may be told once it is committed.
    Written(Box<Read>),
    /// It must be tried again: others were faster.
    Again,
    /// It forgets somebody, and must be tried again with nobody else at work.
    NeedsToBeAlone,
    /// The plan expects what is not so: plan again.
    Conflict,
    /// What was to happen in between did not.
    NotHanded,
}

impl Postgres {
    /// A pool of at most so many connections to a database, such as `host=/run/postgresql user=placet dbname=placet`.
    ///
    /// # Errors
    /// [`StoreError::Database`](crate::StoreError::Database) where this is no configuration. Nothing is connected yet.
    pub fn new(config: &str, most: usize, terms: Terms) -> Done<Postgres> {
        let config: Config = config.parse()?;
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(most)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .build()?;
        Ok(Postgres { pool, terms: Arc::new(terms), spent: Arc::default() })
    }

    /// Makes the tables that are missing. Any number of processes may do so at once, beside others that are at work.
    ///
    /// # Errors
    /// [`StoreError::Database`](crate::StoreError::Database).
    pub async fn migrate(&self) -> Done<()> {
        let mut database = self.pool.get().await?;
        let transaction = database.transaction().await?;
        let begin = "SELECT pg_advisory_xact_lock(7366, 2);
            CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY)";
        transaction.batch_execute(begin).await?;
        let done: i64 = transaction.query_one("SELECT count(*) FROM migrations", &[]).await?.try_get(0)?;
        for (number, migration) in (1_i64..).zip(TABLES.split("\n-- migration ").skip(1)) {
            if number > done {
                transaction.batch_execute(&format!("-- {migration}")).await?;
                transaction.execute("INSERT INTO migrations (number) VALUES ($1)", &[&number]).await?;
            }
        }
        Ok(transaction.commit().await?)
    }

    /// By what is judged.
    #[must_use]
    pub fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    /// Where the time went.
    #[must_use]
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Runs statements of one's own, such as a migration.
    ///
    /// # Errors
    /// [`StoreError::Database`](crate::StoreError::Database).
    pub async fn execute(&self, statements: &str) -> Done<()> {
        Ok(self.pool.get().await?.batch_execute(statements).await?)
    }

    /// Carries out an operation.
    ///
    /// # Errors
    /// [`DriveError`]. Where it is one of the store, nobody knows whether it was done: do it again, with the same ids.
    pub async fn drive<O: Operation + Send>(
        &self,
        operation: O,
    ) -> Result<O::Answer, DriveError<crate::StoreError>> {
        let driven = self.drive_handing(operation, &mut Nothing).await?;
        driven.ok_or(DriveError::Busy)
    }

    /// Looks at a person. It is a reading, and proves nothing once it is over.
    ///
    /// # Errors
    /// [`DriveError::Store`].
    pub async fn person<T: Send>(
        &self,
        contact: &ContactId,
        look: impl FnMut(Option<Person<'_>>) -> T + Send,
    ) -> Result<T, DriveError<crate::StoreError>> {
        self.drive(Look::new(self.terms.want(contact), look)).await
    }

    /// Takes one step; tried again as often as makes sense.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError).
    pub async fn step<S: Step + ?Sized>(&self, step: &mut S) -> Done<Written> {
        match self.step_handing(step, &mut Nothing).await? {
            Ended::Written(_) => Ok(Written::All),
            _ => Ok(Written::Conflict),
        }
    }

    /// Takes one step, with something that happens between its plan and its writing.
    pub(crate) async fn step_handing<S: Step + ?Sized, H: Handing>(
        &self,
        step: &mut S,
        handing: &mut H,
    ) -> Done<Ended> {
        let want = step.want();
        let mut alone = false;
        for _ in 0..TRIES {
            match self.attempt(step, &want, handing, alone).await {
                Ok(Ended::Again) => {}
                Ok(Ended::NeedsToBeAlone) => alone = true,
                Ok(ended) => return Ok(ended),
                Err(error) if error.is_conflict() => {}
                Err(error) => {
                    if let Some(event) = want.event {
                        self.put_behind(&event.to_string()).await;
                    }
                    return Err(error);
                }
            }
        }
        Ok(Ended::Conflict)
    }

    /// Carries out an operation whose gateway only writes a letter, which then goes out while the person is locked. `None`
    /// where it did not go out: nothing is written then.
    pub(crate) async fn drive_handing<O: Operation + Send, H: Handing>(
        &self,
        mut operation: O,
        handing: &mut H,
    ) -> Result<Option<O::Answer>, DriveError<crate::StoreError>> {
        let mut conflicts = 0_u32;
        loop {
            match self.step_handing(&mut operation, handing).await.map_err(DriveError::Store)? {
                Ended::NotHanded => return Ok(None),
                Ended::Written(_) => match operation.finish() {
                    Ok(answer) => return Ok(Some(answer)),
                    Err(next) => operation = next,
                },
                _ if conflicts < TRIES => conflicts = conflicts.saturating_add(1),
                _ => return Err(DriveError::Busy),
            }
        }
    }

    /// One transaction: lock, read, plan, write. Dropped before its end, it has done nothing.
    async fn attempt<S: Step + ?Sized, H: Handing>(
        &self,
        step: &mut S,
        want: &Want,
        handing: &mut H,
        alone: bool,
    ) -> Done<Ended> {
        let begun = Instant::now();
        let mut database = self.pool.get().await?;
        let transaction = database.transaction().await?;
        let ended = self.within(&transaction, step, want, handing, alone).await?;
        if let Ended::Written(read) = &ended {
            transaction.commit().await?;
            read.with(|found| step.written(found));
            self.spent.note(read.took, begun.elapsed());
        } else {
            transaction.rollback().await?;
        }
        Ok(ended)
    }

    /// All of a step but its end.
    pub(crate) async fn within<S: Step + ?Sized, H: Handing>(
        &self,
        database: &Transaction<'_>,
        step: &mut S,
        want: &Want,
        handing: &mut H,
        alone: bool,
    ) -> Done<Ended> {
        all(database, if alone { ALONE } else { BESIDE }, &[]).await?;
        let locked = Locked::of(database, want).await?;
        let Some(mut read) = Read::of(database, &self.terms, want, &locked).await? else {
            return Ok(Ended::Again);
        };
        let planning = Instant::now();
        let plan = read.with(|found| step.plan(found));
        let mut placet = read.took.saturating_add(planning.elapsed());
        if plan.forget.is_some() && !alone {
            return Ok(Ended::NeedsToBeAlone);
        }
        if !handing.hand().await {
            return Ok(Ended::NotHanded);
        }
        if write::plan(database, &plan, &read).await? == Written::Conflict {
            return Ok(Ended::Conflict);
        }
        if plan.persons.is_empty() && plan.forget.is_none() {
            let taking = Instant::now();
            read.take(&plan)?;
            placet = placet.saturating_add(taking.elapsed());
        } else {
            let locked = Locked::of(database, want).await?;
            match Read::of(database, &self.terms, want, &locked).await? {
                Some(now) => read = now,
                None => return Ok(Ended::Again),
            }
        }
        read.took = placet;
        Ok(Ended::Written(Box::new(read)))
    }

    /// What waits still goes to the end, and keeps nothing back. It is no more than an order: it may fail.
    pub(crate) async fn put_behind(&self, key: &str) {
        let last = "UPDATE outbox SET place = nextval(pg_get_serial_sequence('outbox', 'place'))
            WHERE key = $1 AND became IS NULL";
        if let Ok(database) = self.pool.get().await {
            let _ = database.execute(last, &[&key]).await;
        }
    }

    /// The keys of events that wait, oldest first, at most so many.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError).
    pub async fn waiting(&self, most: usize) -> Done<Vec<EventKey>> {
        let database = self.pool.get().await?;
        let keys = "SELECT key FROM outbox WHERE became IS NULL ORDER BY place";
        let rows = database.query(keys, &[]).await?;
        // What is no key names no event, and keeps nothing back.
        Ok(rows.iter().filter_map(|row| name(row.try_get(0).ok()?).ok()).take(most).collect())
    }

    /// About whom a queued event is.
    ///
    /// # Errors
    /// [`StoreError`](crate::StoreError).
    pub async fn contact_of(&self, event: EventKey) -> Done<Option<ContactId>> {
        let database = self.pool.get().await?;
        let rows = database.query("SELECT contact FROM outbox WHERE key = $1", &[&event.to_string()]).await?;
        Ok(ids(&rows)?.into_iter().next())
    }
}

/// Now, as placet takes it: the library has no clock.
#[must_use]
pub fn now() -> At {
    At::from(std::time::SystemTime::now())
}
