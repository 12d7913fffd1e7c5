//! The kit of placet, on this store: it keeps every promise of the port.
#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::path::PathBuf;

use placet::ContactId;
use placet::desk::{Terms, kit};
use placet_sqlite::Sqlite;
use rusqlite::Connection;
use rusqlite::types::Value;

/// A file, and as many connections to it as are asked for.
struct File(PathBuf, Terms);

impl kit::Place for File {
    type Store = Sqlite;

    fn connect(&self) -> Sqlite {
        Sqlite::open(&self.0, self.1.clone()).unwrap()
    }

    fn damage(&self, contact: &ContactId) -> bool {
        let change = "UPDATE entries SET line = '{}' WHERE contact = ?1";
        Connection::open(&self.0).unwrap().execute(change, [contact.to_string()]).unwrap() > 0
    }

    fn everything(&self) -> Option<String> {
        let database = Connection::open(&self.0).unwrap();
        let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
        let tables: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut all = String::new();
        for table in tables {
            let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let columns = rows.column_count();
            let mut rows = rows.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..columns {
                    if let Value::Text(text) = row.get(column).unwrap() {
                        all.push_str(&text);
                        all.push('\n');
                    }
                }
            }
        }
        Some(all)
    }
}

#[test]
fn it_keeps_what_a_store_promises() -> Result<(), kit::Failed> {
    let (folder, files) = (tempfile::tempdir().unwrap(), Cell::new(0_u32));
    kit::check(|terms| {
        files.set(files.get() + 1);
        File(folder.path().join(format!("{}.db", files.get())), terms.clone())
    })
}
