//! Somebody takes the seed out of where it is kept, to know who is held out.

use placet_insight::Seed;

fn attack(seed: &Seed) -> [u8; 16] {
    seed.0
}

fn main() {}
