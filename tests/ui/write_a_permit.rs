//! Somebody writes a permit down instead of asking the ledger: its fields are private to the kernel.

use placet::{Citation, ConsentLedger, Permit};

fn attack(ledger: &ConsentLedger, citation: Citation) -> Permit<'_> {
    Permit { ledger, citation }
}

fn main() {}
