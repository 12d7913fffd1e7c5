//! What is written down of a journey: plain data, in lists rather than maps, so that nothing is lost silently.

use serde::{Deserialize, Serialize};

use super::allowed::AllowedSpec;
use super::guard::{Guard, Span};
use super::trigger::Trigger;
use crate::consent::{NoticeDigest, NoticeId, NoticeVersion};
use crate::identity::IdentityKind;
use crate::name::{
    Channel, Controller, EffectName, Name, Purpose, Reach, Recipient, RuleName, SELF, Scope, SignalKind,
    Stage, in_full, never_null, object_only, read_or,
};
use crate::signal::ValueType;

/// A journey as data: what [`Journey::compile`](super::Journey::compile) checks and makes a `Journey`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct JourneySpec {
    /// The version of this form: 1.
    #[cfg_attr(feature = "schema", schemars(extend("const" = 1)))]
    pub placet: u32,
    /// The name of the journey.
    pub name: Name,
    /// Who acts: every event names it.
    pub controller: Controller,
    /// The words that the rest uses.
    pub catalogue: Catalogue,
    /// The stages, lowest first.
    pub stages: Vec<StageSpec>,
    /// The kinds of signal that count.
    pub signals: Vec<SignalKindSpec>,
    /// The rules, tried in this order.
    pub rules: Vec<RuleSpec>,
    /// What the lab finds and is meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<AllowedSpec>,
}

/// The purposes, channels, recipients and notices of a controller.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Catalogue {
    /// What consent is asked for.
    pub purposes: Vec<Purpose>,
    /// By which ways.
    pub channels: Vec<ChannelSpec>,
    /// To whom, besides the controller itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<Recipient>,
    /// The texts that are shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<NoticeSpec>,
    /// Whether a grant under a notice that is not among these permits nothing; absent: it permits, and
    /// [`Outcome::unknown_notice`](crate::consent::Outcome::unknown_notice) tells.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known_notices_only: bool,
}

impl Catalogue {
    /// The first part of a reach that names a word of none of its lists: `purpose`, `channel` or `recipient`.
    ///
    /// A stop is appended whatever it names, since nothing may keep it from being heard. One for a misspelt purpose stops
    /// nothing: ask here before, and ask the person again.
    ///
    /// ```
    /// # use placet::{Journey, Reach, purpose::NEWSLETTER};
    /// let journey = Journey::reference()?;
    /// let catalogue = &journey.spec().catalogue;
    /// assert_eq!(catalogue.lacks(&Reach::everything().purpose(NEWSLETTER)), None);
    /// assert_eq!(catalogue.lacks(&Reach::everything().purpose("newsleter".parse()?)), Some("purpose"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn lacks(&self, reach: &Reach) -> Option<&'static str> {
        let (purpose, channel, recipient) = reach.parts();
        let known = |channel: &Channel| self.channels.iter().any(|known| known.name == *channel);
        if purpose.is_some_and(|purpose| !self.purposes.contains(purpose)) {
            Some("purpose")
        } else if channel.is_some_and(|channel| !known(channel)) {
            Some("channel")
        } else if recipient.is_some_and(|to| *to != SELF && !self.recipients.contains(to)) {
            Some("recipient")
        } else {
            None
        }
    }
}

/// A channel, and the kind of identity it reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct ChannelSpec {
    /// Its name.
    pub name: Channel,
    /// What it reaches; absent: [`IdentityKind::needed_by`] its name.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub reaches: Option<Reaches>,
}

/// Which identities of a contact a channel reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reaches {
    /// Those of one kind.
    Kind(IdentityKind),
    /// Any.
    Any,
    /// The one that the signal arrived on, and no other: an answer goes where the question came from.
    Arrival,
}

/// A text that is shown, by id and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NoticeSpec {
    /// Which text.
    pub id: NoticeId,
    /// Which version of it.
    pub version: NoticeVersion,
    /// The SHA-256 of its text.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub digest: Option<NoticeDigest>,
}

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct StageSpec {
    /// Its name.
    pub name: Stage,
    /// What holds it up (SPEC S27), in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sustain: Vec<SustainSpec>,
}

/// A stage stands only while all these needs are permitted; otherwise the contact stands at `else`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SustainSpec {
    /// What must be permitted, for any identity of the contact.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub needs: Vec<NeedSpec>,
    /// Where the contact stands otherwise; `none` for no stage.
    #[serde(rename = "else")]
    pub otherwise: Stage,
}

/// A kind of signal: what admits it, and what it carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct SignalKindSpec {
    /// Its name.
    pub kind: SignalKind,
    /// What must be permitted, for the identity it arrives on, before anything of it is kept (SPEC S26).
    /// Absent: the contact's own dealings with the controller.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub admission: Option<Vec<NeedSpec>>,
    /// Whether signals of the kind are conclusions of our own about a person, such as that somebody is in a segment, and no
    /// message of theirs. A segment makes signals of such kinds alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub derived: bool,
    /// The attributes it may carry; at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(length(max = 32)))]
    pub attributes: Vec<AttributeSpec>,
}

/// A declared attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AttributeSpec {
    /// Its name.
    pub name: Name,
    /// The type of its values.
    #[serde(rename = "type")]
    pub value_type: ValueType,
}

/// One scope that must be permitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NeedSpec {
    /// What for.
    pub purpose: Purpose,
    /// Which way.
    pub channel: Way,
    /// To whom; absent: the controller itself.
    #[serde(default = "to_self", skip_serializing_if = "is_self")]
    pub recipient: Recipient,
}

/// One rule: on a signal, from a stage, when a guard holds: move, and ask for effects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct RuleSpec {
    /// Its name.
    pub name: RuleName,
    /// What it fires on.
    pub on: Trigger,
    /// The stages at which the contact may stand; `none` for no stage. Absent: anywhere.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub from: Option<Vec<Stage>>,
    /// What must hold besides.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
    /// The stage held from now on; `none` for no stage. Absent: no move.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub to: Option<Stage>,
    /// What is asked for. Without a permit for every need of an effect it is refused; the move stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<EffectSpec>,
}

/// One effect. Without a purpose and a channel it cannot be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct EffectSpec {
    /// Its name, unique in its rule.
    pub name: EffectName,
    /// What for.
    pub purpose: Purpose,
    /// Which way.
    pub channel: Way,
    /// To whom; absent: the controller itself.
    #[serde(default = "to_self", skip_serializing_if = "is_self")]
    pub recipient: Recipient,
    /// What else must be permitted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<NeedSpec>,
    /// What must hold for this effect, besides the guard of the rule: where it does not, the effect is neither queued
    /// nor refused, and the move stays.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
    /// How long after the decision the event may leave (SPEC S22); absent: at any time.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
    /// The stages at which the contact must stand for the event to leave (SPEC S22); `none` for no stage. Absent: any.
    #[serde(default, deserialize_with = "never_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub still: Option<Vec<Stage>>,
}

object_only!(
    JourneySpec,
    Catalogue,
    ChannelSpec,
    NoticeSpec,
    StageSpec,
    SustainSpec,
    SignalKindSpec,
    AttributeSpec,
    NeedSpec,
    RuleSpec,
    EffectSpec,
);

pub(super) fn to_self() -> Recipient {
    SELF
}

pub(super) fn is_self(recipient: &Recipient) -> bool {
    *recipient == SELF
}

/// The way that an effect or a need names: one channel, or the social channel of whichever network the
/// identity asked about belongs to, written `social/*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Way {
    /// One channel.
    By(Channel),
    /// The channel of the identity's own network.
    OwnNetwork,
}

impl Way {
    const OWN_NETWORK: &'static str = "social/*";
}

impl From<Channel> for Way {
    fn from(channel: Channel) -> Way {
        Way::By(channel)
    }
}
impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Way::By(channel) => write!(f, "{channel}"),
            Way::OwnNetwork => f.write_str(Way::OWN_NETWORK),
        }
    }
}
impl Serialize for Way {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Way {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Way, D::Error> {
        let channel = read_or(deserializer, Way::OWN_NETWORK, Channel::new)?;
        Ok(channel.map_or(Way::OwnNetwork, Way::By))
    }
}

impl From<Scope> for NeedSpec {
    fn from(scope: Scope) -> NeedSpec {
        let (purpose, channel, recipient) = scope.into_parts();
        NeedSpec { purpose, channel: channel.into(), recipient }
    }
}

impl std::fmt::Display for NeedSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        in_full(f, &self.purpose, &self.channel, &self.recipient)
    }
}

/// What a need asks for: purpose, way and recipient.
pub(super) type Parts<'s> = (&'s Purpose, &'s Way, &'s Recipient);

impl NeedSpec {
    pub(super) fn parts(&self) -> Parts<'_> {
        (&self.purpose, &self.channel, &self.recipient)
    }
}

impl EffectSpec {
    /// What its addressing scope asks for.
    pub(super) fn parts(&self) -> Parts<'_> {
        (&self.purpose, &self.channel, &self.recipient)
    }

    /// The addressing scope as a need, in the form of the further needs.
    #[must_use]
    pub fn addressing(&self) -> NeedSpec {
        NeedSpec {
            purpose: self.purpose.clone(),
            channel: self.channel.clone(),
            recipient: self.recipient.clone(),
        }
    }
}
