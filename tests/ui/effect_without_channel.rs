//! Somebody asks for an effect without saying which way: an effect without a channel cannot be written down.

use placet::{journey::EffectSpec, name::{EffectName, SELF}, purpose::NEWSLETTER};

fn attack(name: EffectName) -> EffectSpec {
    EffectSpec { name, purpose: NEWSLETTER, recipient: SELF, needs: vec![], when: None, within: None, still: None }
}

fn main() {}
