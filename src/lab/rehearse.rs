//! Rehearsal: a recorded history run through a journey. What comes back is queued events and counts, never an event.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::contact::Contact;
use crate::engine::{Decision, Misfit};
use crate::event::QueuedEvent;
use crate::identity::Identity;
use crate::journey::{Journey, SignalFault};
use crate::ledger::{Act, AppendError, Reason};
use crate::signal::SignalSpec;
use crate::vocab::{ContactId, EffectName, Instant, Stage};

/// What happened to one contact, in the order in which it was recorded.
#[derive(Debug, Clone)]
pub struct History {
    /// The contact.
    pub contact: ContactId,
    /// Its identities, the first to begin with.
    pub identities: Vec<Identity>,
    /// What happened.
    pub steps: Vec<Step>,
}

/// One step of a history.
#[derive(Debug, Clone)]
pub enum Step {
    /// An act of consent.
    Act(Act),
    /// A signal, and the instant at which it was handled.
    Signal(SignalSpec, Instant),
}

/// Why a history cannot be rehearsed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RehearsalError {
    /// The history names no identity.
    #[error("a history names at least one identity of its contact")]
    NoIdentity,
    /// An act cannot be appended.
    #[error("step {step}: {error}")]
    Append {
        /// Which step, counted from 1.
        step: usize,
        /// Why.
        error: AppendError,
    },
    /// A signal is not one of the journey's.
    #[error("step {step}: {error}")]
    Signal {
        /// Which step, counted from 1.
        step: usize,
        /// Why.
        error: SignalFault,
    },
    /// A signal does not fit the history.
    #[error("step {step}: {error}")]
    Misfit {
        /// Which step, counted from 1.
        step: usize,
        /// Why.
        error: Misfit,
    },
}

/// What would have happened: counts, and the queued events, which cannot be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// Contacts by the stage at which they stand at the end; `None` for no stage.
    pub stages: BTreeMap<Option<Stage>, u64>,
    /// Moves from stage to stage.
    pub transitions: BTreeMap<(Option<Stage>, Option<Stage>), u64>,
    /// Signals that were decided.
    pub signals: u64,
    /// Signals that were not admitted, by reason.
    pub unadmitted: BTreeMap<Reason, u64>,
    /// Effects, by name.
    pub effects: BTreeMap<EffectName, EffectCount>,
    /// What would have been queued.
    pub queued: Vec<QueuedEvent>,
}

/// What became of an effect, how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EffectCount {
    /// Permitted.
    pub queued: u64,
    /// Refused, by reason.
    pub refused: BTreeMap<Reason, u64>,
}

impl EffectCount {
    /// How often it was asked for.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.refused.values().fold(self.queued, |asked, count| asked.saturating_add(*count))
    }
}

impl Rehearsal {
    /// Runs one contact's history through a journey, each signal with the consent that was recorded before it.
    ///
    /// # Errors
    /// [`RehearsalError`] with the step that cannot be taken.
    pub fn of(journey: &Journey, history: &History) -> Result<Rehearsal, RehearsalError> {
        let mut rehearsal = Rehearsal::default();
        let mut identities = history.identities.iter();
        let first = identities.next().ok_or(RehearsalError::NoIdentity)?;
        let mut contact = Contact::open(history.contact.clone(), first.clone(), journey.vocabulary());
        for identity in identities {
            contact.link(identity.clone());
        }
        let mut last = None;
        for (step, number) in history.steps.iter().zip(1..) {
            match step {
                Step::Act(act) => {
                    let appended = contact.append(act.clone());
                    appended.map_err(|error| RehearsalError::Append { step: number, error })?;
                    last = last.max(Some(act.recorded()));
                }
                Step::Signal(spec, now) => {
                    let signal = journey.signal(spec.clone());
                    let signal = signal.map_err(|error| RehearsalError::Signal { step: number, error })?;
                    let decision = journey.decide(&contact, &signal, *now);
                    let decision =
                        decision.map_err(|error| RehearsalError::Misfit { step: number, error })?;
                    rehearsal.note(&decision);
                    // INVARIANT: decided for this very contact, it is not stale.
                    rehearsal.queued.extend(decision.commit(&mut contact).unwrap_or_default());
                    last = last.max(Some(*now));
                }
            }
        }
        let stage = last.and_then(|last| journey.stands_at(&contact, last)).cloned();
        rehearsal.stages.insert(stage, 1);
        Ok(rehearsal)
    }

    /// Counts one decision.
    pub fn note(&mut self, decision: &Decision<'_>) {
        self.signals = self.signals.saturating_add(1);
        if let Some(no) = decision.unadmitted() {
            count(&mut self.unadmitted, no.reason(), 1);
        }
        if let Some(moved) = decision.transition() {
            count(&mut self.transitions, (moved.from().cloned(), moved.to().cloned()), 1);
        }
        for effect in decision.queued() {
            let effect = self.effects.entry(effect.clone()).or_default();
            effect.queued = effect.queued.saturating_add(1);
        }
        for (effect, no) in decision.refusals() {
            count(&mut self.effects.entry(effect.clone()).or_default().refused, no.reason(), 1);
        }
    }

    /// Adds another contact's rehearsal; the order does not matter but for the order of the queued events.
    pub fn add(&mut self, other: Rehearsal) {
        self.signals = self.signals.saturating_add(other.signals);
        merge(&mut self.stages, other.stages);
        merge(&mut self.transitions, other.transitions);
        merge(&mut self.unadmitted, other.unadmitted);
        for (effect, counts) in other.effects {
            let sum = self.effects.entry(effect).or_default();
            sum.queued = sum.queued.saturating_add(counts.queued);
            merge(&mut sum.refused, counts.refused);
        }
        self.queued.extend(other.queued);
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, more: u64) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(more);
}

fn merge<K: Ord>(counts: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, more) in more {
        count(counts, key, more);
    }
}
