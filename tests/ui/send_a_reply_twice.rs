//! Somebody hands one reply to the gateway two times: the first takes it.

use placet::{Reply, send::ReplyGateway};

fn attack<G: ReplyGateway>(reply: Reply<'_>, gateway: &mut G) -> Result<(), G::Error> {
    gateway.reply(reply)?;
    gateway.reply(reply)
}

fn main() {}
