//! Somebody runs a journey as it was written, unchecked: only a compiled `Journey` decides.

use placet::{Contact, Instant, JourneySpec, Signal};

fn attack(spec: &JourneySpec, ada: &Contact, signal: &Signal, now: Instant) {
    let decision = spec.decide(ada, signal, now);
}

fn main() {}
