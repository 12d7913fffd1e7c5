//! Somebody writes an event down, even with a true permit in hand: its fields are private, only `release` makes one.

use placet::{ContactId, Event, Permit, SignalId, name::{Controller, EffectName, RuleName}};

fn attack<'l>(
    (contact, controller, signal): (ContactId, &'l Controller, SignalId),
    (rule, effect): (RuleName, EffectName),
    addressing: Permit<'l>,
) -> Event<'l> {
    Event { contact, controller, signal, rule, effect, addressing, further: vec![] }
}

fn main() {}
