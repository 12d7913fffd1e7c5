//! Somebody hands a table of the house to whom only what is published may be told.

use placet_insight::{Published, Table};

fn mailhouse(_: &Published) {}

fn attack(table: &Table<'_>) {
    mailhouse(table);
}

fn main() {}
