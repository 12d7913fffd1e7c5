//! Somebody stores a profile and reads it back, to have it when the consent is gone.

use placet_insight::Profile;

fn attack(stored: &str) -> Profile<'static> {
    serde_json::from_str(stored).unwrap()
}

fn main() {}
