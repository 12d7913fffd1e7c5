//! Somebody makes two replies of one, to send it to two gateways: a reply has no `Clone`.

use placet::Reply;

fn attack(reply: Reply<'_>) {
    let again = reply.clone();
}

fn main() {}
