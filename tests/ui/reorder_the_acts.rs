//! Somebody puts a later stop before an earlier grant: the rows of a ledger are private and append-only.

use placet::ConsentLedger;

fn attack(ledger: &mut ConsentLedger) {
    ledger.rows.swap(0, 1);
}

fn main() {}
