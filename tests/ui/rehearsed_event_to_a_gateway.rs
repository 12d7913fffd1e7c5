//! Somebody sends what a rehearsal of old history would have queued: none of it is an event.

use placet::Gateway;
use placet::lab::Rehearsal;

fn attack<G: Gateway>(gateway: &mut G, rehearsal: Rehearsal) -> Result<(), G::Error> {
    for queued in rehearsal.queued {
        gateway.send(queued)?;
    }
    Ok(())
}

fn main() {}
