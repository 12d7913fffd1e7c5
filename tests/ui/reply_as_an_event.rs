//! Somebody lets an advertisement travel as an answer: the gateway of events takes no reply.

use placet::{Gateway, Reply};

fn attack<G: Gateway>(reply: Reply<'_>, gateway: &mut G) -> Result<(), G::Error> {
    gateway.send(reply)
}

fn main() {}
