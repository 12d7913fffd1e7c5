//! What a step planned, written to the tables.

use placet::desk::{Forget, KeyRow, PersonRow, Plan, UnderKey, Written};
use placet::entry::{Body, WireError};
use placet::send::EventKey;
use placet::{Act, Entry};
use rusqlite::{Connection, OptionalExtension, Params, Row, params};
use serde::Serialize;

use crate::Done;
use crate::read::{all, under_key};

/// Writes all of it; nothing where a person has moved on. What goes wrong half way the transaction takes back.
pub(crate) fn plan(database: &Connection, plan: &Plan) -> Done<Written> {
    for (id, expected) in &plan.expect {
        let row =
            "SELECT count FROM persons JOIN contacts ON contacts.person = persons.id WHERE contacts.id = ?1";
        let count = database.query_row(row, [id.to_string()], |row| row.get(0)).optional()?;
        if count.unwrap_or(0_u64) != *expected {
            return Ok(Written::Conflict);
        }
    }
    for entry in &plan.entries {
        append(database, entry)?;
    }
    for KeyRow { key, contact, has } in &plan.keys {
        let row = match has {
            true => "INSERT OR IGNORE INTO keys (key, contact) VALUES (?1, ?2)",
            false => "DELETE FROM keys WHERE key = ?1 AND contact = ?2",
        };
        run(database, row, [key.as_str(), &contact.to_string()])?;
    }
    for UnderKey { key, stop } in &plan.under {
        let row = "INSERT OR IGNORE INTO under (key, act, line) VALUES (?1, ?2, ?3)";
        run(database, row, [key.as_str(), &stop.id().to_string(), &line(&Act::Stop(stop.clone()))?])?;
    }
    for person in &plan.persons {
        regroup(database, person)?;
    }
    if let Some((person, held)) = &plan.held {
        let held = held.as_ref().map(ToString::to_string);
        run(database, "UPDATE persons SET held = ?2 WHERE id = ?1", params![person.to_string(), held])?;
    }
    if let Some((contact, signal, digest)) = &plan.signal {
        let row = "INSERT INTO signals (contact, signal, digest) VALUES (?1, ?2, ?3)";
        run(database, row, params![contact.to_string(), signal.to_string(), digest.cast_signed()])?;
    }
    for event in &plan.queued {
        let row = "INSERT OR IGNORE INTO outbox (key, contact, line) VALUES (?1, ?2, ?3)";
        run(database, row, [event.key().to_string(), event.contact().to_string(), line(event)?])?;
    }
    if let Some((key, settled)) = &plan.settled {
        run(database, "UPDATE outbox SET became = ?2 WHERE key = ?1", [key.to_string(), line(settled)?])?;
    }
    if let Some((key, settled)) = &plan.replied {
        run(
            database,
            "INSERT INTO replies (key, became) VALUES (?1, ?2)",
            [key.to_string(), line(settled)?],
        )?;
    }
    plan.forget.iter().try_for_each(|whom| forget(database, whom))?;
    Ok(Written::All)
}

/// Appends an entry to the journal of its contact; the first makes the contact.
fn append(database: &Connection, entry: &Entry) -> Done<()> {
    let contact = entry.contact().to_string();
    if let Body::Opened(_) = entry.body() {
        run(database, "INSERT INTO contacts (id, person) VALUES (?1, ?1)", [&contact])?;
        run(database, "INSERT INTO persons (id, count) VALUES (?1, 0)", [&contact])?;
    }
    let last = "SELECT coalesce(max(place), 0) FROM entries WHERE contact = ?1";
    let last: i64 = database.query_row(last, [&contact], |row| row.get(0))?;
    put(database, last.saturating_add(1), entry)?;
    let raise = "UPDATE persons SET count = count + 1 WHERE id = (SELECT person FROM contacts WHERE id = ?1)";
    run(database, raise, [contact])
}

/// Puts an entry in its place, and whom it names into the index.
fn put(database: &Connection, place: i64, entry: &Entry) -> Done<()> {
    let contact = entry.contact().to_string();
    let row = "INSERT OR REPLACE INTO entries (contact, place, line) VALUES (?1, ?2, ?3)";
    run(database, row, params![contact, place, line(entry)?])?;
    for name in Forget::named_in(entry) {
        let row = "INSERT INTO named (name, contact, place) VALUES (?1, ?2, ?3)";
        run(database, row, params![name, contact, place])?;
    }
    Ok(())
}

/// Makes one person of contacts, with the counts of those that they were part of.
fn regroup(database: &Connection, row: &PersonRow) -> Done<()> {
    let (person, members) = (row.person.to_string(), line(&row.members)?);
    let before = "SELECT DISTINCT person FROM contacts WHERE id IN (SELECT value FROM json_each(?1))";
    let before = line(&all(database, before, [&members], |row| row.get::<_, String>(0))?)?;
    let made = "INSERT OR REPLACE INTO persons (id, held, count)
        SELECT ?1, ?2, sum(count) FROM persons WHERE id IN (SELECT value FROM json_each(?3))";
    run(database, made, params![person, row.held.as_ref().map(ToString::to_string), before])?;
    let moved = "UPDATE contacts SET person = ?1 WHERE id IN (SELECT value FROM json_each(?2))";
    run(database, moved, [&person, &members])?;
    let left = "DELETE FROM persons WHERE id IN (SELECT value FROM json_each(?1))
        AND NOT EXISTS (SELECT 1 FROM contacts WHERE contacts.person = persons.id)";
    run(database, left, [&before])
}

/// Keeps of persons what may be kept, under the ids that are left of them; elsewhere nothing names them any more.
fn forget(database: &Connection, forget: &Forget) -> Done<()> {
    let mut scrubber = forget.scrubber();
    for contact in forget.contacts() {
        let (old, left) = (contact.to_string(), forget.left(contact).to_string());
        let entries = entries_where(database, "contact = ?1", &old)?;
        for gone in ["entries", "named", "signals"] {
            run(database, &format!("DELETE FROM {gone} WHERE contact = ?1"), [&old])?;
        }
        for renamed in [
            "UPDATE contacts SET id = ?2 WHERE id = ?1",
            "UPDATE contacts SET person = ?2 WHERE person = ?1",
            "UPDATE persons SET id = ?2 WHERE id = ?1",
            "UPDATE keys SET contact = ?2 WHERE contact = ?1",
        ] {
            run(database, renamed, [&old, &left])?;
        }
        let held = "UPDATE persons SET held = NULL WHERE id = (SELECT person FROM contacts WHERE id = ?1)";
        run(database, held, [&left])?;
        for (place, entry) in entries {
            let entry = entry?;
            let key = queued(&entry);
            if let Some(kept) = scrubber.entry(entry) {
                put(database, place, &kept)?;
                account(database, key, &kept)?;
            }
        }
    }
    for name in forget.ids() {
        let naming = "(contact, place) IN (SELECT contact, place FROM named WHERE name = ?1)";
        for (place, entry) in entries_where(database, naming, &name)? {
            // What cannot be read of somebody else keeps nobody from being forgotten.
            let Ok(entry) = entry else { continue };
            if let Some(changed) = forget.elsewhere(&entry) {
                let contact = changed.contact().to_string();
                run(
                    database,
                    "DELETE FROM named WHERE contact = ?1 AND place = ?2",
                    params![contact, place],
                )?;
                put(database, place, &changed)?;
                account(database, queued(&entry), &changed)?;
            }
        }
    }
    for act in forget.acts() {
        let rows = "SELECT rowid, key, line FROM under WHERE act = ?1";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let rows: Vec<(i64, String, String)> = all(database, rows, [act.to_string()], read)?;
        for (row, key, text) in rows {
            if let Some(UnderKey { stop, .. }) = forget.under(&under_key(&key, &text)?) {
                let changed = "UPDATE OR REPLACE under SET act = ?2, line = ?3 WHERE rowid = ?1";
                run(database, changed, params![row, stop.id().to_string(), line(&Act::Stop(stop))?])?;
            }
        }
    }
    Ok(())
}

/// Entries, each with its place; one that cannot be read with its error.
fn entries_where(database: &Connection, which: &str, of: &str) -> Done<Vec<(i64, Result<Entry, WireError>)>> {
    let rows = format!("SELECT place, line FROM entries WHERE {which} ORDER BY contact, place");
    all(database, &rows, [of], |row| Ok((row.get(0)?, Entry::from_json(&row.get::<_, String>(1)?))))
}

fn queued(entry: &Entry) -> Option<EventKey> {
    if let Body::Queued(event) = entry.body() { Some(event.key()) } else { None }
}

/// The account of a queued event in the outbox is what the entry says, which had this key.
fn account(database: &Connection, key: Option<EventKey>, entry: &Entry) -> Done<()> {
    let (Some(key), Body::Queued(event)) = (key, entry.body()) else { return Ok(()) };
    let row = "UPDATE outbox SET key = ?2, contact = ?3, line = ?4 WHERE key = ?1";
    let [old, new] = [key, event.key()].map(|key| key.to_string());
    run(database, row, [old, new, event.contact().to_string(), line(event)?])
}

fn line(value: &impl Serialize) -> Done<String> {
    Ok(serde_json::to_string(value)?)
}

fn run(database: &Connection, statement: &str, of: impl Params) -> Done<()> {
    database.prepare_cached(statement)?.execute(of)?;
    Ok(())
}
