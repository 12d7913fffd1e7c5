//! Somebody makes two permits of one: a permit has no `Clone`.

use placet::Permit;

fn attack(permit: Permit<'_>) {
    let again = permit.clone();
}

fn main() {}
