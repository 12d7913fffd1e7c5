//! What a step wants to know, read from the tables.

use placet::desk::{Found, Kept, People, Plan, Rows, Settled, Terms, UnderKey, Unread, Want};
use placet::entry::{ReplayError, read_json};
use placet::identity::WideKey;
use placet::send::QueuedEvent;
use placet::{Act, ContactId, Entry};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Done, StoreError};

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
}

impl Read {
    pub(crate) fn of(database: &Connection, terms: &Terms, want: &Want) -> Done<Read> {
        let digest = "SELECT digest FROM signals WHERE contact = ?1 AND signal = ?2";
        let event = "SELECT line, became FROM outbox WHERE key = ?1";
        let reply = "SELECT became FROM replies WHERE key = ?1";
        let other = want.other.as_ref().map_or(Ok(nobody(want)), |other| person(database, other))?;
        let own = person(database, want).and_then(|rows| Ok(People::read(rows, terms)?));
        // A stop is taken where nothing else can be.
        let (own, unread) = match own {
            Err(_) if want.unread => (People::read(nobody(want), terms)?, unread(database, want)?),
            own => (own?, None),
        };
        let mut read = Read {
            person: own,
            other: People::read(other, terms)?,
            unread,
            signal: None,
            event: None,
            reply: None,
            holders: want.holders.as_ref().map_or(Ok(Vec::new()), |key| holders(database, key))?,
            events: Vec::new(),
        };
        for contact in &want.events {
            let about = "SELECT line, became FROM outbox WHERE contact = ?1";
            for (line, became) in
                all(database, about, [contact.to_string()], |row| Ok((text(row, 0)?, row.get(1)?)))?
            {
                read.events.push(queued(&line, became)?);
            }
        }
        if let (Some(signal), Some((contact, _))) = (&want.signal, standing(database, want)?) {
            let digest = one(database, digest, [contact, signal.to_string()], |row| row.get(0))?;
            read.signal = digest.map(i64::cast_unsigned);
        }
        if let Some(key) = want.event {
            let row = one(database, event, [key.to_string()], |row| Ok((text(row, 0)?, row.get(1)?)))?;
            read.event = row.map(|(line, became)| queued(&line, became)).transpose()?;
        }
        if let Some(key) = want.reply {
            let became = one(database, reply, [key.to_string()], |row| text(row, 0))?;
            read.reply = became.map(|became| read_json(&became)).transpose()?;
        }
        Ok(read)
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

/// The id under which a contact stands, and that of its person.
fn standing(database: &Connection, want: &Want) -> Done<Option<(String, String)>> {
    for id in want.ids() {
        let row = "SELECT id, person FROM contacts WHERE id = ?1";
        let there = one(database, row, [id.to_string()], |row| Ok((text(row, 0)?, text(row, 1)?)))?;
        if there.is_some() {
            return Ok(there);
        }
    }
    Ok(None)
}

/// The rows of a person; nobody's where there is no such contact.
fn person(database: &Connection, want: &Want) -> Done<Rows> {
    let Some((contact, person)) = standing(database, want)? else { return Ok(nobody(want)) };
    let members = "SELECT id FROM contacts WHERE person = ?1 ORDER BY id <> ?2, id";
    let lines = "SELECT line FROM entries WHERE contact = ?1 ORDER BY place";
    let own = "SELECT count, held FROM persons WHERE id = ?1";
    let under = "SELECT key, line FROM under WHERE key IN
        (SELECT key FROM keys JOIN contacts ON contacts.id = keys.contact WHERE contacts.person = ?1) ORDER BY rowid";
    let mut entries = Vec::new();
    for member in all(database, members, [&person, &contact], |row| text(row, 0))? {
        let lines = all(database, lines, [member], |row| text(row, 0))?;
        entries.push(lines.iter().map(|line| Entry::from_json(line)).collect::<Result<_, _>>()?);
    }
    let (count, held): (u64, Option<String>) =
        database.query_row(own, [&person], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let under = all(database, under, [&person], |row| Ok((text(row, 0)?, text(row, 1)?)))?;
    let under = under.iter().map(|(key, line)| under_key(key, line)).collect::<Done<_>>()?;
    Ok(Rows { person: name(person)?, count, entries, held: held.map(name).transpose()?, under })
}

/// A contact that is there, and the keys of its person.
fn unread(database: &Connection, want: &Want) -> Done<Option<(ContactId, Vec<WideKey>)>> {
    let Some((contact, person)) = standing(database, want)? else { return Ok(None) };
    let keys = "SELECT DISTINCT key FROM keys JOIN contacts ON contacts.id = keys.contact WHERE contacts.person = ?1";
    let keys = all(database, keys, [&person], |row| text(row, 0))?;
    Ok(Some((name(contact)?, keys.iter().map(|key| WideKey::from_index(key)).collect())))
}

/// The contacts of those persons who have a key.
fn holders(database: &Connection, key: &WideKey) -> Done<Vec<ContactId>> {
    let rows = "SELECT id FROM contacts WHERE person IN
        (SELECT person FROM contacts JOIN keys ON keys.contact = contacts.id WHERE keys.key = ?1) ORDER BY id";
    all(database, rows, [key.as_str()], |row| text(row, 0))?.into_iter().map(name).collect()
}

/// A queued event, and what became of it.
fn queued(line: &str, became: Option<String>) -> Done<(QueuedEvent, Option<Settled>)> {
    Ok((QueuedEvent::from_json(line)?, became.map(|became| read_json(&became)).transpose()?))
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

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    row.get(column)
}

fn one<T>(
    database: &Connection,
    query: &str,
    of: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Done<Option<T>> {
    Ok(database.prepare_cached(query)?.query_row(of, read).optional()?)
}

/// All rows of a query.
pub(crate) fn all<T>(
    database: &Connection,
    query: &str,
    of: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Done<Vec<T>> {
    let mut query = database.prepare_cached(query)?;
    Ok(query.query_map(of, read)?.collect::<Result<_, _>>()?)
}
