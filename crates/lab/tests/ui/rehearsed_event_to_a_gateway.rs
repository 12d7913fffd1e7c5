//! Somebody sends what a rehearsal of old history counted: there is no event in it, nor an account of one.

use placet::Gateway;
use placet_lab::Rehearsal;

fn attack<G: Gateway>(gateway: &mut G, rehearsal: Rehearsal) -> Result<(), G::Error> {
    for (_, queued) in rehearsal.effects {
        gateway.send(queued)?;
    }
    Ok(())
}

fn main() {}
