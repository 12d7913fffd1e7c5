//! What comes out of the work. Whoever does it, in whichever order, comes to the same.

use placet::{Contact, QueuedEvent, Reason};

use super::shape::{BEGIN, mix};

pub const STAGES: [&str; 6] = ["fan", "subscriber", "prospect", "customer", "regular", "ambassador"];
pub const EFFECTS: [&str; 8] =
    ["welcome", "mailing", "offer", "invite", "thanks", "survey", "reminder", "apology"];

/// Counts, and a hash of every emitted (contact, effect, time): a sum, so that the order does not count.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many contacts hold no stage, and each stage, at the end.
    pub stages: [u64; 1 + STAGES.len()],
    pub emitted: [u64; EFFECTS.len()],
    /// By the place of the reason in its type.
    pub refused: [u64; Reason::NoGrant as usize + 1],
    pub hash: u64,
}

impl Tally {
    #[inline]
    pub fn emit(&mut self, contact: u32, effect: usize, at: u32) {
        self.emitted[effect] += 1;
        let key = u64::from(contact) << 32 | u64::from(at);
        self.hash = self.hash.wrapping_add(mix(mix(key) ^ effect as u64));
    }

    /// The same of an event that `placet` queued: its names stand in the place of numbers.
    pub fn queued(&mut self, event: &QueuedEvent) {
        let contact = event.contact().as_str().strip_prefix("c-").unwrap().parse().unwrap();
        let named = event.effect().as_str();
        let effect = EFFECTS.iter().position(|name| *name == named).unwrap();
        self.emit(contact, effect, (event.decided_at().as_utc().timestamp() - BEGIN) as u32);
    }

    /// The stage that a contact holds when all is done.
    pub fn holds(&mut self, contact: &Contact) {
        let stage = contact.held_stage();
        let place = stage.map(|held| 1 + STAGES.iter().position(|name| *name == held.as_str()).unwrap());
        self.stages[place.unwrap_or_default()] += 1;
    }

    #[inline]
    pub fn refuse(&mut self, reason: Reason) {
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
