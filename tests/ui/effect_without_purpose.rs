//! Somebody asks for an effect without saying what for: an effect without a purpose cannot be written down.

use placet::{channel::EMAIL, journey::EffectSpec, name::{EffectName, SELF}};

fn attack(name: EffectName) -> EffectSpec {
    EffectSpec { name, channel: EMAIL.into(), recipient: SELF, needs: vec![], when: None, within: None, still: None }
}

fn main() {}
