//! Somebody reads a signal past the journey's check: a `SignalSpec` can be read, a `Signal` cannot.

use placet::Signal;

fn attack(text: &str) -> serde_json::Result<Signal> {
    serde_json::from_str(text)
}

fn main() {}
