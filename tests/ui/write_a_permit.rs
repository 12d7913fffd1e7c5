//! Somebody writes a permit down instead of asking the ledger: its fields are private to the kernel.

use placet::{ConsentLedger, Permit, consent::Citation};

fn attack(ledger: &ConsentLedger, citation: Citation) -> Permit<'_> {
    Permit { ledger, citation }
}

fn main() {}
