//! Somebody passes off unchecked data as a signal: only a journey that declares its kind makes one.

use std::sync::Arc;

use placet::{Signal, SignalSpec};

fn attack(spec: SignalSpec) -> Signal {
    Signal { spec: Arc::new(spec), kind: 0 }
}

fn main() {}
