//! Somebody lets a stop happen between the proof and its use: while a permit lives, its ledger is borrowed.

use placet::{Ask, Contact, Instant, Permit, Refusal, Stop};

fn spend(_: Permit<'_>) {}

fn attack(ada: &mut Contact, ask: &Ask, now: Instant, stop: Stop) -> Result<(), Refusal> {
    let permit = ada.ledger().permit(ask, now)?;
    ada.stop(stop);
    spend(permit);
    Ok(())
}

fn main() {}
