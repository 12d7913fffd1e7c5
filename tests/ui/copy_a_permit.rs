//! Somebody spends a permit out of a reference and keeps the original: a permit is not `Copy`.

use placet::Permit;

fn spend(_: Permit<'_>) {}

fn attack(kept: &Permit<'_>) {
    spend(*kept);
}

fn main() {}
