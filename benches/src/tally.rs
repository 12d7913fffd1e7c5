//! What comes out of the work. Whoever does it, in whichever order, comes to the same.

use super::shape::mix;

pub const STAGES: [&str; 6] = ["fan", "subscriber", "prospect", "customer", "regular", "ambassador"];
pub const EFFECTS: [&str; 8] =
    ["welcome", "mailing", "offer", "invite", "thanks", "survey", "reminder", "apology"];

/// Why an effect is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    Restricted,
    Objected,
    Pending,
    Unconfirmed,
    Withdrawn,
    Expired,
    NoGrant,
}

/// Counts, and a hash of every emitted (contact, effect, time): a sum, so that the order does not count.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many contacts hold no stage, and each stage, at the end.
    pub stages: [u64; 1 + STAGES.len()],
    pub emitted: [u64; EFFECTS.len()],
    /// By the place of the reason in its type.
    pub refused: [u64; No::NoGrant as usize + 1],
    pub hash: u64,
}

impl Tally {
    #[inline]
    pub fn emit(&mut self, contact: u32, effect: usize, at: u32) {
        self.emitted[effect] += 1;
        let key = u64::from(contact) << 32 | u64::from(at);
        self.hash = self.hash.wrapping_add(mix(mix(key) ^ effect as u64));
    }

    /// The stage that a contact holds when all is done.
    pub fn holds(&mut self, stage: u8) {
        self.stages[usize::from(stage)] += 1;
    }

    #[inline]
    pub fn refuse(&mut self, reason: No) {
        self.refused[reason as usize] += 1;
    }

    /// What two who shared the work came to together.
    pub fn and(mut self, other: &Tally) -> Tally {
        let add = |ours: &mut [u64], theirs: &[u64]| ours.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
        add(&mut self.stages, &other.stages);
        add(&mut self.emitted, &other.emitted);
        add(&mut self.refused, &other.refused);
        self.hash = self.hash.wrapping_add(other.hash);
        self
    }
}
