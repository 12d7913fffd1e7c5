//! Somebody asks for a reply out of thin air: there is no default reply.

use placet::Reply;

fn attack() -> Reply<'static> {
    Default::default()
}

fn main() {}
