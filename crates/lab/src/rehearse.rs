//! Rehearsal: a recording run through a journey. What comes back is counts, and nothing that could be sent.

mod cast;
mod run;
mod tally;

use std::collections::BTreeMap;

use placet::{
    Decision, Journey, Reason, Scope, Stage,
    name::{EffectName, NO_STAGE, RuleName, SignalKind},
};
use serde::{Serialize, Serializer};

use super::recording::Part;

pub(super) use run::{Course, run};
pub(super) use tally::Tally;

/// What would have happened under a journey: counts, which add up over contacts in any order.
///
/// Whoever is merged at the end counts as one contact.
///
/// A stage is counted where a contact *stands* (SPEC S27): who lacks the consent that holds a stage up stands
/// lower, from the instant at which it ends. What is asked for the address that a signal arrived on
/// ([`Reaches::Arrival`](placet::journey::Reaches::Arrival)) holds nothing up between signals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// Contacts.
    pub contacts: u64,
    /// Signals that were decided.
    pub signals: u64,
    /// Signals of which the journey does not know the kind or an attribute, by kind: not decided.
    pub unknown: BTreeMap<SignalKind, u64>,
    /// Goes for which a ledger had no place left: not appended.
    pub left_out: u64,
    /// Signals that were not admitted, by the first scope that was refused, and why.
    #[serde(serialize_with = "unadmitted")]
    pub unadmitted: BTreeMap<(Scope, Reason), u64>,
    /// The stages, `None` for no stage.
    #[serde(serialize_with = "stages")]
    pub stages: BTreeMap<Option<Stage>, StageCount>,
    /// Moves from held stage to held stage.
    #[serde(serialize_with = "transitions")]
    pub transitions: BTreeMap<(Option<Stage>, Option<Stage>), u64>,
    /// The rules.
    pub rules: BTreeMap<RuleName, RuleCount>,
    /// The effects, by name.
    pub effects: BTreeMap<EffectName, EffectCount>,
    /// Reach lost to missing consent: refused effects that one grant of this scope would have permitted there and
    /// then, everything else as it was. The refusal's [`Remedy`](placet::consent::Remedy) says so, and that nothing else
    /// was lacking. Nobody here has said no: they were not asked, or what they gave has ended.
    #[serde(serialize_with = "lost")]
    pub lost: BTreeMap<Scope, LostReach>,
    /// Reach lost to a no: refused effects of people who withdrew or refused, where one grant of this scope would have
    /// permitted them. Asking is not the way to win it back.
    #[serde(serialize_with = "lost")]
    pub lost_to_a_no: BTreeMap<Scope, LostReach>,
    /// Refused effects that no one grant would have permitted: after an objection, a restriction or an erasure,
    /// without an address, while a confirm is awaited, or where two scopes were lacking.
    pub lost_otherwise: u64,
}

/// A stage, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StageCount {
    /// Contacts that ever stood there.
    pub reached: u64,
    /// Contacts that stand there at the end of the recording.
    pub at_end: u64,
    /// Seconds that were spent there, from a contact's first act or signal on. Whoever stands there at the end of
    /// the recording is counted to that end and no further. An instant counts as the second it lies in, so that
    /// the sums are exact.
    pub seconds: u64,
}

/// A rule, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RuleCount {
    /// How often it was taken.
    pub taken: u64,
    /// By how many contacts.
    pub contacts: u64,
}

/// What became of an effect, how often.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EffectCount {
    /// Permitted.
    pub queued: u64,
    /// Contacts for which it was permitted at least once.
    pub contacts: u64,
    /// Refused, by reason.
    pub refused: BTreeMap<Reason, u64>,
}

/// What one missing consent cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LostReach {
    /// Refused effects.
    pub effects: u64,
    /// Contacts that they were for.
    pub contacts: u64,
}

impl EffectCount {
    /// How often it was asked for.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.refused().saturating_add(self.queued)
    }

    /// How often it was refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.values().fold(0, |sum, count| sum.saturating_add(*count))
    }
}

impl Rehearsal {
    /// Runs a recording, or a part of one, through a journey: each signal with the consent that was known when it
    /// was handled. Every stage, rule and effect of the journey is there, with nothing counted if need be.
    ///
    /// ```
    /// use placet::{Journey, Reason};
    /// use placet_lab::{Recording, Rehearsal};
    /// let recording = Recording::read(r#"
    /// {"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org"}
    /// {"v":1,"type":"signal","contact":"c-1","id":"s-1","identity":"email:ada@example.org","kind":"purchase","at":"2013-05-01T10:00:00Z","now":"2013-05-01T10:00:00Z"}
    /// "#)?;
    /// let counts = Rehearsal::of(&Journey::reference()?, &recording);
    /// let onboarding = &counts.effects[&"onboarding".parse()?];
    /// assert_eq!((onboarding.queued, onboarding.refused[&Reason::NoGrant]), (0, 1));
    /// let lost = counts.lost.iter().map(|(scope, lost)| (scope.to_string(), lost.effects));
    /// assert_eq!(lost.collect::<Vec<_>>(), [("offers by email".to_owned(), 1)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of<'r>(journey: &Journey, recording: impl Into<Part<'r>>) -> Rehearsal {
        let (mut tally, part) = (Tally::of(journey), recording.into());
        for group in part.groups {
            run::run(&mut tally, group, part.until);
        }
        tally.by_name()
    }

    /// Counts one decision: what can be told of it without its contact.
    pub fn note(&mut self, decision: &Decision<'_>) {
        add(&mut self.signals, 1);
        if let Some(no) = decision.unadmitted() {
            count(&mut self.unadmitted, (no.scope().clone(), no.reason()), 1);
        }
        if let Some(rule) = decision.rule() {
            add(&mut of_name(&mut self.rules, rule).taken, 1);
        }
        if let Some(moved) = decision.transition() {
            count(&mut self.transitions, (moved.from().cloned(), moved.to().cloned()), 1);
        }
        for effect in decision.queued() {
            add(&mut of_name(&mut self.effects, effect).queued, 1);
        }
        for (effect, no) in decision.refusals() {
            count(&mut of_name(&mut self.effects, effect).refused, no.reason(), 1);
        }
    }

    /// With another rehearsal's counts, of other contacts under the same journey. The order does not matter.
    #[must_use]
    pub fn and(mut self, other: Rehearsal) -> Rehearsal {
        add(&mut self.contacts, other.contacts);
        add(&mut self.signals, other.signals);
        add(&mut self.left_out, other.left_out);
        add(&mut self.lost_otherwise, other.lost_otherwise);
        merge(&mut self.unknown, other.unknown);
        merge(&mut self.unadmitted, other.unadmitted);
        merge(&mut self.transitions, other.transitions);
        for (stage, more) in other.stages {
            let sum = self.stages.entry(stage).or_default();
            add(&mut sum.reached, more.reached);
            add(&mut sum.at_end, more.at_end);
            add(&mut sum.seconds, more.seconds);
        }
        for (rule, more) in other.rules {
            let sum = self.rules.entry(rule).or_default();
            add(&mut sum.taken, more.taken);
            add(&mut sum.contacts, more.contacts);
        }
        for (effect, more) in other.effects {
            let sum = self.effects.entry(effect).or_default();
            add(&mut sum.queued, more.queued);
            add(&mut sum.contacts, more.contacts);
            merge(&mut sum.refused, more.refused);
        }
        for (lost, more) in [(&mut self.lost, other.lost), (&mut self.lost_to_a_no, other.lost_to_a_no)] {
            for (scope, more) in more {
                let sum = lost.entry(scope).or_default();
                add(&mut sum.effects, more.effects);
                add(&mut sum.contacts, more.contacts);
            }
        }
        self
    }
}

pub(super) fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}

pub(super) fn count<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K, more: u64) {
    add(counts.entry(key).or_default(), more);
}

fn merge<K: Ord>(counts: &mut BTreeMap<K, u64>, more: BTreeMap<K, u64>) {
    for (key, more) in more {
        count(counts, key, more);
    }
}

/// The counts of a name. Cloning one never allocates.
pub(super) fn of_name<'c, K: Ord + Clone, V: Default>(counts: &'c mut BTreeMap<K, V>, name: &K) -> &'c mut V {
    counts.entry(name.clone()).or_default()
}

/// A stage as it is written, `none` for no stage.
pub(super) fn written(stage: Option<&Stage>) -> Stage {
    stage.cloned().unwrap_or(NO_STAGE)
}

fn stages<S: Serializer>(
    counts: &BTreeMap<Option<Stage>, StageCount>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(stage, count)| (written(stage.as_ref()), count)))
}

fn lost<S: Serializer>(counts: &BTreeMap<Scope, LostReach>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(scope, lost)| (scope.to_string(), lost)))
}

fn transitions<S: Serializer>(
    counts: &BTreeMap<(Option<Stage>, Option<Stage>), u64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Moves {
        from: Stage,
        to: Stage,
        count: u64,
    }
    serializer.collect_seq(counts.iter().map(|((from, to), count)| Moves {
        from: written(from.as_ref()),
        to: written(to.as_ref()),
        count: *count,
    }))
}

fn unadmitted<S: Serializer>(
    counts: &BTreeMap<(Scope, Reason), u64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Refused {
        scope: String,
        reason: Reason,
        count: u64,
    }
    serializer.collect_seq(counts.iter().map(|((scope, reason), count)| Refused {
        scope: scope.to_string(),
        reason: *reason,
        count: *count,
    }))
}
