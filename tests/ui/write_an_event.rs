//! Somebody writes an event down, even with a true permit in hand: its fields are private, only `release` makes one.

use placet::{Controller, EffectName, Event, Permit, RuleName, SignalId};

fn attack(
    (controller, signal, rule, effect): (Controller, SignalId, RuleName, EffectName),
    addressing: Permit<'_>,
) -> Event<'_> {
    Event { controller, signal, rule, effect, addressing, further: Vec::new() }
}

fn main() {}
