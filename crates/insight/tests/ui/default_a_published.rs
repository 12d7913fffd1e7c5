//! Somebody takes something that may leave the house without a table.

use placet_insight::Published;

fn attack() -> Published {
    std::default::Default::default()
}

fn main() {}
