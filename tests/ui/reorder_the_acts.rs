//! Somebody puts the records of another day in the place of a ledger's: they are private and append-only.

use placet::ConsentLedger;

fn attack(ledger: &mut ConsentLedger, earlier: &mut ConsentLedger) {
    std::mem::swap(&mut ledger.rows, &mut earlier.rows);
}

fn main() {}
