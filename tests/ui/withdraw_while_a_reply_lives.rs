//! Somebody lets the confirmation mail go out that was asked for before the person said no: the ledger is borrowed.

use placet::{ActId, Contact, Instant, Stop, send::ReplyGateway};

fn attack<G: ReplyGateway>(ada: &mut Contact, grant: &ActId, no: Stop, now: Instant, gateway: &mut G) {
    let Ok(reply) = ada.ledger().reply(grant, now) else { return };
    ada.stop(no);
    let _ = gateway.reply(reply);
}

fn main() {}
