//! Somebody reads an event back from what was written out: an event goes out only.

use placet::Event;

fn attack(text: &str) -> serde_json::Result<Event<'static>> {
    serde_json::from_str(text)
}

fn main() {}
