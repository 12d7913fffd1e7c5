//! Somebody writes a table of the house out, exact and with whoever is in it.

use placet_insight::Table;

fn attack(table: &Table<'_>) -> String {
    serde_json::to_string(table).unwrap()
}

fn main() {}
