//! Somebody reads a permit from a text: a proof is never read, only asked for.

use placet::Permit;

fn attack(text: &str) -> serde_json::Result<Permit<'static>> {
    serde_json::from_str(text)
}

fn main() {}
