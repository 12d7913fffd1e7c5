//! Somebody hands a permit to a task that may run when consent has ended: the borrowed ledger cannot go along.

use placet::{Ask, Contact, Instant, Permit, Refusal};

fn spend(_: Permit<'_>) {}

fn attack(ada: &Contact, ask: &Ask, now: Instant) -> Result<(), Refusal> {
    let permit = ada.ledger().permit(ask, now)?;
    std::thread::spawn(move || spend(permit));
    Ok(())
}

fn main() {}
