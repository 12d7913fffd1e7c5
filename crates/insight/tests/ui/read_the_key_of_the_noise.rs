//! Somebody takes the key of the noise out of where it is kept, to take the noise off.

use placet_insight::NoiseKey;

fn attack(key: &NoiseKey) -> [u8; 16] {
    key.0
}

fn main() {}
