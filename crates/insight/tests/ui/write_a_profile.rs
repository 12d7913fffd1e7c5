//! Somebody writes a profile down instead of asking for it: its fields are private.

use placet::{ContactId, Permit};
use placet_insight::Profile;

fn attack<'l>(id: &'l ContactId, permits: Vec<Permit<'l>>, known: Profile<'l>) -> Profile<'l> {
    Profile { id, permits, ..known }
}

fn main() {}
