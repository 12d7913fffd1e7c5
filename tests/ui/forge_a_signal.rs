//! Somebody passes off unchecked data as a signal: only a journey that declares its kind makes one.

use placet::{Signal, SignalSpec};

fn attack(spec: SignalSpec) -> Signal {
    let (contact, id) = (spec.contact.clone(), spec.id.clone());
    Signal { contact, id, kind: 0, at: spec.at, spec: spec.into() }
}

fn main() {}
