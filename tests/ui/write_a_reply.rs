//! Somebody writes a reply down, to answer what nobody asked: its fields are private, only a ledger makes one.

use placet::{ActId, ConsentLedger, Identity, Instant, Reach, Reply, consent::ActKind};

fn attack<'l>(
    (ledger, identity): (&'l ConsentLedger, &'l Identity),
    (act, kind, reach, at): (ActId, ActKind, Reach, Instant),
) -> Reply<'l> {
    Reply { ledger, act, kind, identity, reach, at }
}

fn main() {}
