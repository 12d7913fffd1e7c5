//! Somebody writes a crowd out: the ids of all who are in it.

use placet_insight::Crowd;

fn attack(crowd: &Crowd) -> String {
    serde_json::to_string(crowd).unwrap()
}

fn main() {}
