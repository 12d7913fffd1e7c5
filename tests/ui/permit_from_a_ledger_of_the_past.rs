//! Somebody asks the ledger of yesterday, before the stop was known: it answers, and makes no permit.

use placet::{Ask, ConsentLedger, Instant};

fn attack(ledger: &ConsentLedger, ask: &Ask, yesterday: Instant, now: Instant) {
    let permit = ledger.as_of(yesterday).permit(ask, now);
}

fn main() {}
