//! Somebody reads a journey past its checks: a spec can be read, a `Journey` is compiled from it.

use placet::Journey;

fn attack(text: &str) -> serde_json::Result<Journey> {
    serde_json::from_str(text)
}

fn main() {}
