//! Somebody reads a reply back from what was written out: a reply goes out only.

use placet::Reply;

fn attack(text: &str) -> serde_json::Result<Reply<'static>> {
    serde_json::from_str(text)
}

fn main() {}
