//! Somebody takes a profile of nobody in particular: there is none.

use placet_insight::Profile;

fn attack() -> Profile<'static> {
    std::default::Default::default()
}

fn main() {}
