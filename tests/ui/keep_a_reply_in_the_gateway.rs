//! Somebody builds a gateway that hoards replies and sends them some day: a reply does not outlive its send.

use placet::{Reply, send::ReplyGateway};

struct Hoard<'l> {
    kept: Vec<Reply<'l>>,
}

impl ReplyGateway for Hoard<'_> {
    type Error = ();

    fn reply(&mut self, reply: Reply<'_>) -> Result<(), ()> {
        self.kept.push(reply);
        Ok(())
    }
}

fn main() {}
