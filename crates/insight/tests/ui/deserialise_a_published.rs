//! Somebody reads figures from elsewhere and hands them out as published.

use placet_insight::Published;

fn attack(text: &str) -> Published {
    serde_json::from_str(text).unwrap()
}

fn main() {}
