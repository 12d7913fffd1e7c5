//! What a step planned, written to the tables.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;
use placet::desk::{Forget, KeyRow, PersonRow, Plan, UnderKey, Written};
use placet::entry::{Body, WireError};
use placet::send::EventKey;
use placet::{Act, Entry};
use serde::Serialize;

use crate::Done;
use crate::read::{Param, Read, all, under_key};

/// Writes all of it; nothing where a person has moved on. What goes wrong half way the transaction takes back.
pub(crate) async fn plan(database: &Transaction<'_>, plan: &Plan, read: &Read) -> Done<Written> {
    for (id, expected) in &plan.expect {
        // A person that was found is locked, and has not changed since. One that was not there is made by the unique id of
        // its contact, or not.
        if read.counts.get(&id.to_string()).copied().unwrap_or(0) != *expected {
            return Ok(Written::Conflict);
        }
    }
    append(database, &plan.entries, read).await?;
    for KeyRow { key, contact, has } in &plan.keys {
        let row = match has {
            true => "INSERT INTO keys (key, contact) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            false => "DELETE FROM keys WHERE key = $1 AND contact = $2",
        };
        run(database, row, &[&key.as_str(), &contact.to_string()]).await?;
    }
    if !plan.under.is_empty() {
        // Waits for whoever is sending to somebody with one of these keys.
        let keys: Vec<&str> = plan.under.iter().map(|row| row.key.as_str()).collect();
        let hold = "SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM (
            SELECT DISTINCT key FROM unnest($1::text[]) AS key ORDER BY key) held";
        all(database, hold, &[&keys]).await?;
    }
    for row in &plan.under {
        put_under(database, row).await?;
    }
    for person in &plan.persons {
        regroup(database, person).await?;
    }
    if let Some((person, held)) = &plan.held {
        let held = held.as_ref().map(ToString::to_string);
        run(database, "UPDATE persons SET held = $2 WHERE id = $1", &[&person.to_string(), &held]).await?;
    }
    if let Some((contact, signal, digest)) = &plan.signal {
        let row = "INSERT INTO signals (contact, signal, digest) VALUES ($1, $2, $3)";
        run(database, row, &[&contact.to_string(), &signal.to_string(), &digest.cast_signed()]).await?;
    }
    for event in &plan.queued {
        let row = "INSERT INTO outbox (key, contact, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        run(database, row, &[&event.key().to_string(), &event.contact().to_string(), &line(event)?]).await?;
    }
    if let Some((key, settled)) = &plan.settled {
        let row = "UPDATE outbox SET became = $2 WHERE key = $1";
        run(database, row, &[&key.to_string(), &line(settled)?]).await?;
    }
    if let Some((key, settled)) = &plan.replied {
        let row = "INSERT INTO replies (key, became) VALUES ($1, $2)";
        run(database, row, &[&key.to_string(), &line(settled)?]).await?;
    }
    if let Some(whom) = &plan.forget {
        forget(database, whom).await?;
    }
    Ok(Written::All)
}

/// Appends entries to the journals of their contacts; the first of a contact makes it.
async fn append(database: &Transaction<'_>, entries: &[Entry], read: &Read) -> Done<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut last = read.last.clone();
    let mut grown: BTreeMap<String, i64> = BTreeMap::new();
    let (mut contacts, mut places, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        let contact = entry.contact().to_string();
        if let Body::Opened(_) = entry.body() {
            run(database, "INSERT INTO contacts (id, person) VALUES ($1, $1)", &[&contact]).await?;
            run(database, "INSERT INTO persons (id, count) VALUES ($1, 0)", &[&contact]).await?;
        }
        let place = last.get(&contact).copied().unwrap_or(0).saturating_add(1);
        last.insert(contact.clone(), place);
        let more = grown.entry(contact.clone()).or_default();
        *more = more.saturating_add(1);
        name(database, place, entry).await?;
        contacts.push(contact);
        places.push(place);
        lines.push(line(entry)?);
    }
    let rows = "INSERT INTO entries (contact, place, line) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])";
    run(database, rows, &[&contacts, &places, &lines]).await?;
    let (of, by): (Vec<String>, Vec<i64>) = grown.into_iter().unzip();
    let raise = "UPDATE persons SET count = count + more.by FROM (
            SELECT c.person, sum(grown.by)::bigint AS by FROM unnest($1::text[], $2::bigint[]) AS grown (contact, by)
            JOIN contacts c ON c.id = grown.contact GROUP BY c.person) more
        WHERE persons.id = more.person";
    run(database, raise, &[&of, &by]).await
}

/// Puts an entry in its place again.
async fn put(database: &Transaction<'_>, place: i64, entry: &Entry) -> Done<()> {
    let row = "INSERT INTO entries (contact, place, line) VALUES ($1, $2, $3)
        ON CONFLICT (contact, place) DO UPDATE SET line = excluded.line";
    run(database, row, &[&entry.contact().to_string(), &place, &line(entry)?]).await?;
    name(database, place, entry).await
}

/// Puts whom an entry names into the index.
async fn name(database: &Transaction<'_>, place: i64, entry: &Entry) -> Done<()> {
    let contact = entry.contact().to_string();
    for name in Forget::named_in(entry) {
        let row = "INSERT INTO named (name, contact, place) VALUES ($1, $2, $3)";
        run(database, row, &[&name, &contact, &place]).await?;
    }
    Ok(())
}

async fn put_under(database: &Transaction<'_>, UnderKey { key, stop }: &UnderKey) -> Done<()> {
    let row = "INSERT INTO under (key, act, line) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let line = line(&Act::Stop(stop.clone()))?;
    run(database, row, &[&key.as_str(), &stop.id().to_string(), &line]).await
}

/// Makes one person of contacts, with the counts of those that they were part of.
async fn regroup(database: &Transaction<'_>, row: &PersonRow) -> Done<()> {
    let person = row.person.to_string();
    let members: Vec<String> = row.members.iter().map(ToString::to_string).collect();
    let held = row.held.as_ref().map(ToString::to_string);
    let before = "SELECT DISTINCT person FROM contacts WHERE id = ANY($1)";
    let before = all(database, before, &[&members]).await?;
    let before: Vec<String> = before.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    let made = "INSERT INTO persons (id, held, count)
        SELECT $1::text, $2::text, coalesce(sum(count), 0)::bigint FROM persons WHERE id = ANY($3::text[])
        ON CONFLICT (id) DO UPDATE SET held = excluded.held, count = excluded.count";
    run(database, made, &[&person, &held, &before]).await?;
    run(database, "UPDATE contacts SET person = $1 WHERE id = ANY($2)", &[&person, &members]).await?;
    let left = "DELETE FROM persons WHERE id = ANY($1)
        AND NOT EXISTS (SELECT 1 FROM contacts WHERE contacts.person = persons.id)";
    run(database, left, &[&before]).await
}

/// Keeps of persons what may be kept, under the ids that are left of them; elsewhere nothing names them any more. Nobody
/// else takes a step meanwhile.
async fn forget(database: &Transaction<'_>, forget: &Forget) -> Done<()> {
    let mut scrubber = forget.scrubber();
    for contact in forget.contacts() {
        let (old, left) = (contact.to_string(), forget.left(contact).to_string());
        let entries = entries_where(database, "contact = $1", &old).await?;
        for gone in [
            "DELETE FROM entries WHERE contact = $1",
            "DELETE FROM named WHERE contact = $1",
            "DELETE FROM signals WHERE contact = $1",
        ] {
            run(database, gone, &[&old]).await?;
        }
        for renamed in [
            "UPDATE contacts SET id = $2 WHERE id = $1",
            "UPDATE contacts SET person = $2 WHERE person = $1",
            "UPDATE persons SET id = $2 WHERE id = $1",
            "UPDATE keys SET contact = $2 WHERE contact = $1",
        ] {
            run(database, renamed, &[&old, &left]).await?;
        }
        let held = "UPDATE persons SET held = NULL WHERE id = (SELECT person FROM contacts WHERE id = $1)";
        run(database, held, &[&left]).await?;
        for (place, entry) in entries {
            let entry = entry?;
            let key = queued(&entry);
            if let Some(kept) = scrubber.entry(entry) {
                put(database, place, &kept).await?;
                account(database, key, &kept).await?;
            }
        }
    }
    for name in forget.ids() {
        let naming = "(contact, place) IN (SELECT contact, place FROM named WHERE name = $1)";
        for (place, entry) in entries_where(database, naming, &name).await? {
            // What cannot be read of somebody else keeps nobody from being forgotten.
            let Ok(entry) = entry else { continue };
            if let Some(changed) = forget.elsewhere(&entry) {
                let gone = "DELETE FROM named WHERE contact = $1 AND place = $2";
                run(database, gone, &[&changed.contact().to_string(), &place]).await?;
                put(database, place, &changed).await?;
                account(database, queued(&entry), &changed).await?;
            }
        }
    }
    for act in forget.acts() {
        let rows = "SELECT place, key, line FROM under WHERE act = $1";
        for row in all(database, rows, &[&act.to_string()]).await? {
            let (place, key, text): (i64, String, String) =
                (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            if let Some(changed) = forget.under(&under_key(&key, &text)?) {
                run(database, "DELETE FROM under WHERE place = $1", &[&place]).await?;
                put_under(database, &changed).await?;
            }
        }
    }
    Ok(())
}

/// Entries, each with its place; one that cannot be read with its error.
async fn entries_where(
    database: &Transaction<'_>,
    which: &str,
    of: &str,
) -> Done<Vec<(i64, Result<Entry, WireError>)>> {
    let rows = format!("SELECT place, line FROM entries WHERE {which} ORDER BY contact, place");
    let rows = all(database, &rows, &[&of]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, Entry::from_json(row.try_get(1)?)))).collect()
}

fn queued(entry: &Entry) -> Option<EventKey> {
    if let Body::Queued(event) = entry.body() { Some(event.key()) } else { None }
}

/// The account of a queued event in the outbox is what the entry says, which had this key.
async fn account(database: &Transaction<'_>, key: Option<EventKey>, entry: &Entry) -> Done<()> {
    let (Some(key), Body::Queued(event)) = (key, entry.body()) else { return Ok(()) };
    let row = "UPDATE outbox SET key = $2, contact = $3, line = $4 WHERE key = $1";
    let [old, new] = [key, event.key()].map(|key| key.to_string());
    run(database, row, &[&old, &new, &event.contact().to_string(), &line(event)?]).await
}

fn line(value: &impl Serialize) -> Done<String> {
    Ok(serde_json::to_string(value)?)
}

async fn run(database: &Transaction<'_>, statement: &str, of: &[Param<'_>]) -> Done<()> {
    let statement = database.prepare_cached(statement).await?;
    database.execute(&statement, of).await?;
    Ok(())
}
