//! Somebody asks for an effect under an invented name: no effect has a field for a sender, the controller acts.

use placet::{channel::EMAIL, journey::EffectSpec, name::{Controller, EffectName, SELF}, purpose::NEWSLETTER};

fn attack(name: EffectName, anna: Controller) -> EffectSpec {
    EffectSpec { name, purpose: NEWSLETTER, channel: EMAIL.into(), recipient: SELF, needs: vec![], sender: anna }
}

fn main() {}
