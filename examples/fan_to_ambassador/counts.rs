//! Decisions, counted by effect.

use std::collections::BTreeMap;

use placet::{Decision, Reason, name::EffectName};

/// What was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Signals that were decided.
    pub(crate) signals: u64,
    /// Signals that were not admitted.
    pub(crate) unadmitted: u64,
    pub(crate) effects: BTreeMap<EffectName, EffectCount>,
}

/// What became of an effect, how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EffectCount {
    pub(crate) queued: u64,
    pub(crate) refused: BTreeMap<Reason, u64>,
}

impl Counts {
    pub(crate) fn note(&mut self, decision: &Decision<'_>) {
        self.signals += 1;
        self.unadmitted += u64::from(decision.unadmitted().is_some());
        for effect in decision.queued() {
            self.effects.entry(effect.clone()).or_default().queued += 1;
        }
        for (effect, no) in decision.refusals() {
            let count = self.effects.entry(effect.clone()).or_default();
            *count.refused.entry(no.reason()).or_default() += 1;
        }
    }
}

impl EffectCount {
    /// How often it was asked for.
    pub(crate) fn asked(&self) -> u64 {
        self.queued + self.refused.values().sum::<u64>()
    }
}
