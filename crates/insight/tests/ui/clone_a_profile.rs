//! Somebody makes a copy of a profile to keep.

use placet_insight::Profile;

fn attack(profile: Profile<'_>) {
    let _kept = profile.clone();
}

fn main() {}
