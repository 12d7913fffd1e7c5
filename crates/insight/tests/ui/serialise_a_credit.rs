//! Somebody writes a credit out, and with it what few people bought.

use placet_insight::Credit;

fn attack(credit: &Credit<'_>) -> String {
    serde_json::to_string(credit).unwrap()
}

fn main() {}
