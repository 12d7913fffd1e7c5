//! Somebody stores a permit for later: a proof of one instant has no written form.

use placet::Permit;

fn attack(permit: &Permit<'_>) -> serde_json::Result<String> {
    serde_json::to_string(permit)
}

fn main() {}
