//! Somebody sends the answer to another address than the one the act came from: a reply goes where its act was done.

use placet::{Identity, Reply};

fn attack<'l>(reply: &mut Reply<'l>, elsewhere: &'l Identity) {
    reply.identity = elsewhere;
}

fn main() {}
