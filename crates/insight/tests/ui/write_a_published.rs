//! Somebody writes down what may leave the house, without the noise.

use placet::name::Name;
use placet_insight::{Published, PublishedRow};

fn attack(name: Name, rows: Vec<PublishedRow>) -> Published {
    Published { name, by: vec!["brand"], k: 1, total: None, rows }
}

fn main() {}
