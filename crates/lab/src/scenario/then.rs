//! What must follow: all of it. What is not said must not happen.

use placet::{
    Reason, Scope, Stage,
    name::{EffectName, NO_STAGE, Name},
};
use serde::{Deserialize, Serialize};

use super::parts;
use super::strict::{never_null, object_only};

/// What follows when something happens. The default is that nothing does.
///
/// **What is not said fails**: a mail that nobody expected, a refusal, a move. Only the stage at which the contact
/// stands afterwards is not looked at where [`Then::stands_at`] is absent.
///
/// ```
/// use placet::Reason;
/// use placet_lab::scenario::Then;
/// let then = Then::nothing()
///     .moves_to("customer".parse()?)
///     .refuses("onboarding".parse()?, Reason::NoGrant);
/// assert_eq!(serde_json::to_string(&then)?,
///     r#"{"moves_to":"customer","refuses":[{"effect":"onboarding","because":"no_grant"}]}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Then {
    /// The signal is not admitted; absent: it is.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub not_admitted: Option<Unadmitted>,
    /// The stage held from now on, `none` for no stage; absent: the contact does not move.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub moves_to: Option<Stage>,
    /// The effects that are permitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<Permitted>,
    /// The effects that are refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuses: Vec<Refused>,
    /// What leaves at a release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<Permitted>,
    /// What is dropped for good at a release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drops: Vec<Refused>,
    /// The stage at which the contact stands afterwards, `none` for no stage; absent: not looked at.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub stands_at: Option<Stage>,
}

/// Why a signal is not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Unadmitted {
    /// Why.
    pub because: Reason,
    /// The scope that was refused; absent: whichever.
    #[serde(default, with = "parts::of_any_scope", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<parts::ScopeParts>"))]
    pub scope: Option<Scope>,
}

/// An effect that is queued or sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Permitted {
    /// Which.
    pub effect: EffectName,
    /// To which of the identities, by its name here; absent: whichever.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub to: Option<Name>,
}

/// An effect that is refused or dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Refused {
    /// Which.
    pub effect: EffectName,
    /// Why.
    pub because: Reason,
    /// The scope that was refused first; absent: whichever.
    #[serde(default, with = "parts::of_any_scope", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<parts::ScopeParts>"))]
    pub scope: Option<Scope>,
}

object_only!(Then, Unadmitted, Permitted, Refused);

impl Then {
    /// Nothing follows: what arrived is admitted, and that is all.
    #[must_use]
    pub fn nothing() -> Then {
        Then::default()
    }

    /// The signal is not admitted.
    #[must_use]
    pub fn not_admitted(self, because: Reason) -> Then {
        Then { not_admitted: Some(Unadmitted { because, scope: None }), ..self }
    }

    /// The held stage moves.
    #[must_use]
    pub fn moves_to(self, stage: Stage) -> Then {
        Then { moves_to: Some(stage), ..self }
    }

    /// An effect is permitted.
    #[must_use]
    pub fn queues(mut self, effect: EffectName) -> Then {
        self.queues.push(Permitted { effect, to: None });
        self
    }

    /// An effect is refused.
    #[must_use]
    pub fn refuses(mut self, effect: EffectName, because: Reason) -> Then {
        self.refuses.push(Refused { effect, because, scope: None });
        self
    }

    /// An event leaves.
    #[must_use]
    pub fn sends(mut self, effect: EffectName) -> Then {
        self.sends.push(Permitted { effect, to: None });
        self
    }

    /// A queued event is dropped for good.
    #[must_use]
    pub fn drops(mut self, effect: EffectName, because: Reason) -> Then {
        self.drops.push(Refused { effect, because, scope: None });
        self
    }

    /// The contact stands there afterwards.
    #[must_use]
    pub fn stands_at(self, stage: Stage) -> Then {
        Then { stands_at: Some(stage), ..self }
    }

    /// Whether nothing but the stage is said.
    pub(super) fn is_quiet(&self) -> bool {
        Then { stands_at: None, ..self.clone() } == Then::default()
    }

    /// Each thing said, with what it is about, in the order in which it is written.
    pub(super) fn sayings(&self) -> Vec<(About<'_>, String)> {
        let mut all = Vec::new();
        if let Some(no) = &self.not_admitted {
            all.push((About::Move, format!("not admitted{}", because(no.because, no.scope.as_ref()))));
        }
        if let Some(stage) = &self.moves_to {
            all.push((About::Move, format!("moves to {stage}")));
        }
        let permitted = |verb: &str, Permitted { effect, to }: &Permitted| match to {
            Some(to) => format!("{verb} {effect} to {to}"),
            None => format!("{verb} {effect}"),
        };
        let refused = |verb: &str, no: &Refused| {
            format!("{verb} {}{}", no.effect, because(no.because, no.scope.as_ref()))
        };
        all.extend(self.queues.iter().map(|yes| (About::Effect(&yes.effect), permitted("queues", yes))));
        all.extend(self.refuses.iter().map(|no| (About::Effect(&no.effect), refused("refuses", no))));
        all.extend(self.sends.iter().map(|yes| (About::Sending(&yes.effect), permitted("sends", yes))));
        all.extend(self.drops.iter().map(|no| (About::Sending(&no.effect), refused("drops", no))));
        all.extend(self.stands_at.iter().map(|stage| (About::Stage, format!("stands at {stage}"))));
        all
    }

    /// What was got, with no more detail than what was expected names.
    pub(super) fn as_told_by(&self, expected: &Then) -> Then {
        let mut got = self.clone();
        let said = |scope: &mut Option<Scope>, expected: Option<&Option<Scope>>| {
            if expected.is_some_and(Option::is_none) {
                *scope = None;
            }
        };
        if let Some(no) = &mut got.not_admitted {
            let like = expected.not_admitted.as_ref().filter(|other| other.because == no.because);
            said(&mut no.scope, like.map(|like| &like.scope));
        }
        let pairs = [(&mut got.refuses, &expected.refuses), (&mut got.drops, &expected.drops)];
        for (no, expected) in
            pairs.into_iter().flat_map(|(got, expected)| got.iter_mut().zip(std::iter::repeat(expected)))
        {
            let like =
                expected.iter().find(|other| (&other.effect, other.because) == (&no.effect, no.because));
            said(&mut no.scope, like.map(|like| &like.scope));
        }
        let pairs = [(&mut got.queues, &expected.queues), (&mut got.sends, &expected.sends)];
        for (yes, expected) in
            pairs.into_iter().flat_map(|(got, expected)| got.iter_mut().zip(std::iter::repeat(expected)))
        {
            if expected.iter().any(|other| other.effect == yes.effect && other.to.is_none()) {
                yes.to = None;
            }
        }
        if expected.stands_at.is_none() {
            got.stands_at = None;
        }
        got
    }
}

/// What a saying is about: of two that are about the same, one stands beside the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About<'t> {
    Move,
    Effect(&'t EffectName),
    Sending(&'t EffectName),
    Stage,
}

/// Whether a refusal for this reason is that of a need: what a release asks besides is about the event as a whole.
pub(super) fn speaks_of_a_scope(reason: Reason) -> bool {
    !reason.is_of_release() || reason == Reason::IdentityGone
}

fn because(reason: Reason, scope: Option<&Scope>) -> String {
    let scope = scope.map(|scope| format!(" for {scope}")).unwrap_or_default();
    format!(" because {reason}{scope}")
}

/// The stage as it is written, `none` for no stage.
pub(super) fn named(stage: Option<&Stage>) -> Stage {
    stage.cloned().unwrap_or(NO_STAGE)
}
