//! Somebody sends what is queued without releasing it: a gateway takes events only.

use placet::{Gateway, QueuedEvent};

fn attack<G: Gateway>(gateway: &mut G, queued: QueuedEvent) -> Result<(), G::Error> {
    gateway.send(queued)
}

fn main() {}
