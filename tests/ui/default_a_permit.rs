//! Somebody begins with an empty permit: there is none, a permit always proves something.

use placet::Permit;

fn attack() -> Permit<'static> {
    Default::default()
}

fn main() {}
