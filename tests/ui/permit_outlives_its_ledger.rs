//! Somebody keeps a permit when the contact is gone: it borrows the ledger it was proven from.

use placet::{Ask, Contact, Instant, Permit, Refusal};

fn spend(_: Permit<'_>) {}

fn attack(load: fn() -> Contact, ask: &Ask, now: Instant) -> Result<(), Refusal> {
    let permit;
    {
        let ada = load();
        permit = ada.ledger().permit(ask, now)?;
    }
    spend(permit);
    Ok(())
}

fn main() {}
