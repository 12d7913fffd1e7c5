//! Somebody passes off unchecked data as a signal: only a journey that declares its kind makes one.

use placet::{Signal, SignalSpec};

fn attack(spec: SignalSpec) -> Signal {
    Signal { spec, kind: 0 }
}

fn main() {}
