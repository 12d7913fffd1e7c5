//! What a step wants to know, locked and read from the tables.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use deadpool_postgres::Transaction;
use placet::desk::{Found, Kept, People, Plan, Rows, Settled, Terms, UnderKey, Unread, Want};
use placet::entry::{ReplayError, read_json};
use placet::identity::WideKey;
use placet::send::QueuedEvent;
use placet::{Act, ContactId, Entry};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::{Done, StoreError};

pub(crate) type Param<'p> = &'p (dyn ToSql + Sync);

/// The persons of these contacts, in one order, so that two who lock two do not wait for each other.
const LOCK: &str =
    "SELECT id, count, held FROM persons WHERE id IN (SELECT person FROM contacts WHERE id = ANY($1))
    ORDER BY id FOR UPDATE";

/// Every entry of the person of the first of these contacts that is there; that contact first.
const ENTRIES: &str = "SELECT c.id, c.person, e.place, e.line
    FROM contacts me JOIN contacts c ON c.person = me.person LEFT JOIN entries e ON e.contact = c.id
    WHERE me.id = (SELECT id FROM contacts WHERE id = ANY($1) ORDER BY id <> $2 LIMIT 1)
    ORDER BY c.id <> me.id, c.id, e.place";

const UNDER: &str = "SELECT key, line FROM under WHERE key IN (
        SELECT k.key FROM contacts me JOIN contacts c ON c.person = me.person JOIN keys k ON k.contact = c.id
        WHERE me.id = (SELECT id FROM contacts WHERE id = ANY($1) ORDER BY id <> $2 LIMIT 1))
    ORDER BY place";

/// The keys of a person whose event is being sent are locked with the person, so that a stop of somebody who shares one
/// waits as well.
const HOLD_KEYS: &str = "SELECT pg_advisory_xact_lock_shared(hashtextextended(key, 0)) FROM (
        SELECT DISTINCT k.key FROM contacts me JOIN contacts c ON c.person = me.person JOIN keys k ON k.contact = c.id
        WHERE me.id = ANY($1) ORDER BY k.key) held";

/// Whose persons are locked, and what they were then.
#[derive(Debug)]
pub(crate) struct Locked {
    /// By person: the count of entries, and the stage held.
    persons: BTreeMap<String, (u64, Option<String>)>,
}

/// All of it, as it is in one transaction.
pub(crate) struct Read {
    person: People,
    other: People,
    signal: Option<u64>,
    event: Option<(QueuedEvent, Option<Settled>)>,
    reply: Option<Settled>,
    /// The contact that is there and cannot be read, and the keys of its person.
    unread: Option<(ContactId, Vec<WideKey>)>,
    holders: Vec<ContactId>,
    events: Vec<(QueuedEvent, Option<Settled>)>,
    /// By contact: the place of its last entry.
    pub(crate) last: BTreeMap<String, i64>,
    /// By person: the count of entries.
    pub(crate) counts: BTreeMap<String, u64>,
    /// How long placet took to make persons of rows.
    pub(crate) took: Duration,
}

impl Locked {
    /// Locks the persons that a step is about. Until the transaction ends nobody else reads them to change them.
    pub(crate) async fn of(database: &Transaction<'_>, want: &Want) -> Done<Locked> {
        let ids: Vec<String> = want
            .ids()
            .chain(want.other.iter().flat_map(|other| other.ids()))
            .map(ToString::to_string)
            .collect();
        let mut persons = BTreeMap::new();
        for row in all(database, LOCK, &[&ids]).await? {
            let count: i64 = row.try_get(1)?;
            persons.insert(row.try_get(0)?, (count.cast_unsigned(), row.try_get(2)?));
        }
        Ok(Locked { persons })
    }
}

impl Read {
    /// Reads what was asked for; `None` where the persons are no longer those that were locked.
    pub(crate) async fn of(
        database: &Transaction<'_>,
        terms: &Terms,
        want: &Want,
        locked: &Locked,
    ) -> Done<Option<Read>> {
        if want.event.is_some() {
            let ids: Vec<String> = want.ids().map(ToString::to_string).collect();
            all(database, HOLD_KEYS, &[&ids]).await?;
        }
        let mut last = BTreeMap::new();
        let mut took = Duration::ZERO;
        let own = person(database, want, locked, &mut last, &mut took).await;
        let own = own.and_then(|found| {
            let Some((standing, rows)) = found else { return Ok(None) };
            let begun = Instant::now();
            let people = People::read(rows, terms)?;
            took = took.saturating_add(begun.elapsed());
            Ok(Some((standing, people)))
        });
        // A stop is taken where nothing else can be.
        let (own, unread) = match own {
            Err(error) if want.unread && !matches!(error, StoreError::Database(_)) => {
                (Some((None, People::read(nobody(want), terms)?)), unread(database, want).await?)
            }
            own => (own?, None),
        };
        let Some((standing, person)) = own else { return Ok(None) };
        let other = match &want.other {
            None => nobody(want),
            Some(other) => match self::person(database, other, locked, &mut last, &mut took).await? {
                None => return Ok(None),
                Some((_, other)) => other,
            },
        };
        let other = People::read(other, terms)?;
        let counts = locked.persons.iter().map(|(id, (count, _))| (id.clone(), *count)).collect();
        let (holders, events) = (holders(database, want).await?, events(database, want).await?);
        let (signal, event, reply) = (None, None, None);
        let mut read =
            Read { person, other, signal, event, reply, unread, holders, events, last, counts, took };
        if let (Some(signal), Some(contact)) = (&want.signal, standing) {
            let digest = "SELECT digest FROM signals WHERE contact = $1 AND signal = $2";
            let digest: Option<i64> = one(database, digest, &[&contact, &signal.to_string()]).await?;
            read.signal = digest.map(i64::cast_unsigned);
        }
        if let Some(key) = want.event {
            let event = "SELECT line, became FROM outbox WHERE key = $1 FOR UPDATE";
            let rows = all(database, event, &[&key.to_string()]).await?;
            read.event = rows.first().map(queued).transpose()?;
        }
        if let Some(key) = want.reply {
            let became = "SELECT became FROM replies WHERE key = $1";
            let became: Option<String> = one(database, became, &[&key.to_string()]).await?;
            read.reply = became.map(|became| read_json(&became)).transpose()?;
        }
        Ok(Some(read))
    }

    /// Hands out what was found.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Found<'_>) -> T) -> T {
        let (signal, reply) = (self.signal, self.reply);
        let event = self.event.as_ref().map(|(event, settled)| Kept { event, settled: *settled });
        let unread = self.unread.as_ref().map(|(contact, keys)| Unread { contact, keys });
        let events: Vec<Kept<'_>> =
            self.events.iter().map(|(event, settled)| Kept { event, settled: *settled }).collect();
        let (holders, events) = (&self.holders[..], &events[..]);
        self.person.with(|person| {
            self.other
                .with(|other| look(&Found { person, other, signal, event, reply, unread, holders, events }))
        })
    }

    /// Takes in what was written of persons who are the same as before.
    pub(crate) fn take(&mut self, plan: &Plan) -> Result<(), ReplayError> {
        self.person.take(plan)?;
        self.other.take(plan)
    }
}

/// The contact as it stands, and the rows of its person; nobody's where there is no such contact. `None` where the person is
/// none of those that are locked: it was merged, parted, opened or forgotten between the lock and this.
async fn person(
    database: &Transaction<'_>,
    want: &Want,
    locked: &Locked,
    last: &mut BTreeMap<String, i64>,
    took: &mut Duration,
) -> Done<Option<(Option<String>, Rows)>> {
    let ids: Vec<String> = want.ids().map(ToString::to_string).collect();
    let contact = want.contact.to_string();
    let of: [Param<'_>; 2] = [&ids, &contact];
    let (entries, under) = (database.prepare_cached(ENTRIES).await?, database.prepare_cached(UNDER).await?);
    let (rows, under) = tokio::try_join!(database.query(&entries, &of), database.query(&under, &of))?;
    let Some(first) = rows.first() else { return Ok(Some((None, nobody(want)))) };
    let (standing, person): (String, String) = (first.try_get(0)?, first.try_get(1)?);
    let Some((count, held)) = locked.persons.get(&person) else { return Ok(None) };
    let begun = Instant::now();
    let mut entries: Vec<Vec<String>> = Vec::new();
    let mut member: Option<String> = None;
    for row in &rows {
        let id: String = row.try_get(0)?;
        if member.as_ref() != Some(&id) {
            entries.push(Vec::new());
        }
        let (place, line): (Option<i64>, Option<String>) = (row.try_get(2)?, row.try_get(3)?);
        if let (Some(place), Some(line), Some(entries)) = (place, line, entries.last_mut()) {
            entries.push(line);
            last.insert(id.clone(), place);
        }
        member = Some(id);
    }
    let read = |lines: Vec<String>| lines.iter().map(|line| Entry::from_json(line)).collect::<Result<_, _>>();
    let entries: Vec<Vec<Entry>> = entries.into_iter().map(read).collect::<Result<_, _>>()?;
    let under = under.iter().map(|row| under_key(row.try_get(0)?, row.try_get(1)?)).collect::<Done<_>>()?;
    *took = took.saturating_add(begun.elapsed());
    let held = held.clone().map(name).transpose()?;
    Ok(Some((Some(standing), Rows { person: name(person)?, count: *count, entries, held, under })))
}

/// A contact that is there, and the keys of its person.
async fn unread(database: &Transaction<'_>, want: &Want) -> Done<Option<(ContactId, Vec<WideKey>)>> {
    let contact = "SELECT id FROM contacts WHERE id = ANY($1) ORDER BY id <> $2 LIMIT 1";
    let keys = "SELECT DISTINCT k.key FROM contacts me JOIN contacts c ON c.person = me.person
        JOIN keys k ON k.contact = c.id WHERE me.id = $1";
    let ids: Vec<String> = want.ids().map(ToString::to_string).collect();
    let Some(contact): Option<String> = one(database, contact, &[&ids, &want.contact.to_string()]).await?
    else {
        return Ok(None);
    };
    let keys = all(database, keys, &[&contact]).await?;
    let keys = keys.iter().map(|row| Ok(WideKey::from_index(row.try_get(0)?))).collect::<Done<_>>()?;
    Ok(Some((name(contact)?, keys)))
}

/// The contacts of those persons who have a key.
async fn holders(database: &Transaction<'_>, want: &Want) -> Done<Vec<ContactId>> {
    let Some(key) = &want.holders else { return Ok(Vec::new()) };
    let holders = "SELECT id FROM contacts WHERE person IN
        (SELECT c.person FROM contacts c JOIN keys k ON k.contact = c.id WHERE k.key = $1) ORDER BY id COLLATE \"C\"";
    ids(&all(database, holders, &[&key.as_str()]).await?)
}

/// All events about some contacts.
async fn events(database: &Transaction<'_>, want: &Want) -> Done<Vec<(QueuedEvent, Option<Settled>)>> {
    if want.events.is_empty() {
        return Ok(Vec::new());
    }
    let contacts: Vec<String> = want.events.iter().map(ToString::to_string).collect();
    let events = "SELECT line, became FROM outbox WHERE contact = ANY($1)";
    all(database, events, &[&contacts]).await?.iter().map(queued).collect()
}

/// A queued event, and what became of it.
fn queued(row: &Row) -> Done<(QueuedEvent, Option<Settled>)> {
    let (line, became): (String, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok((QueuedEvent::from_json(&line)?, became.map(|became| read_json(&became)).transpose()?))
}

fn nobody(want: &Want) -> Rows {
    Rows { person: want.contact.clone(), count: 0, entries: Vec::new(), held: None, under: Vec::new() }
}

/// A row of what lies under keys.
pub(crate) fn under_key(key: &str, line: &str) -> Done<UnderKey> {
    match Act::from_json(line)? {
        Act::Stop(stop) => Ok(UnderKey { key: WideKey::from_index(key), stop }),
        _ => Err(StoreError::NoStop),
    }
}

/// An id, a key, a name or an instant, from its text.
pub(crate) fn name<T: DeserializeOwned>(text: String) -> Done<T> {
    Ok(serde_json::from_value(Value::String(text))?)
}

/// Ids, from the first column.
pub(crate) fn ids(rows: &[Row]) -> Done<Vec<ContactId>> {
    rows.iter().map(|row| name(row.try_get(0)?)).collect()
}

/// All rows of a query.
pub(crate) async fn all(database: &Transaction<'_>, query: &str, of: &[Param<'_>]) -> Done<Vec<Row>> {
    let query = database.prepare_cached(query).await?;
    Ok(database.query(&query, of).await?)
}

/// The first column of the only row, where there is one.
async fn one<T>(database: &Transaction<'_>, query: &str, of: &[Param<'_>]) -> Done<Option<T>>
where
    T: for<'r> tokio_postgres::types::FromSql<'r>,
{
    Ok(all(database, query, of).await?.first().map(|row| row.try_get(0)).transpose()?)
}
