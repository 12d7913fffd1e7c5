//! Somebody does two things on one permit: it is spent by value, once.

use placet::Permit;

fn spend(_: Permit<'_>) {}

fn attack(permit: Permit<'_>) {
    spend(permit);
    spend(permit);
}

fn main() {}
