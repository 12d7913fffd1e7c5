//! Somebody writes the tallies of a trial out, which no least number of people protects.

use placet_insight::Tallies;

fn attack(tallies: &Tallies) -> String {
    serde_json::to_string(tallies).unwrap()
}

fn main() {}
