//! Somebody changes what was recorded: an act comes out as a value, never as a place in the ledger.

use placet::{Act, ActId, ConsentLedger};

fn attack<'l>(ledger: &'l mut ConsentLedger, id: &ActId) -> Option<&'l mut Act> {
    ledger.act(id)
}

fn main() {}
