//! Somebody shows the paper trail in the place of the proof: a citation is data, not a permit.

use placet::{Permit, consent::Citation};

fn spend(_: Permit<'_>) {}

fn attack(citation: Citation) {
    spend(citation);
}

fn main() {}
