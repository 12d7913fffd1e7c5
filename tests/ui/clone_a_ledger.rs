//! Somebody keeps a copy of a ledger, which no later stop would reach: a ledger has no `Clone`.

use placet::{ConsentLedger, Contact};

fn attack(ada: &Contact) -> ConsentLedger {
    ConsentLedger::clone(ada.ledger())
}

fn main() {}
