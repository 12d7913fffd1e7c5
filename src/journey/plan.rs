//! The plan of a journey: what its spec is compiled to, to be read by whoever analyses journeys.
//!
//! Names are places in lists here: stages ([`Place`]), kinds of signals and rules (`u16`, in the order of the spec).
//! [`Journey::plan`](crate::Journey::plan) lends the plan out. Nothing can be changed in it, and nothing runs on a plan
//! of one's own: the engine takes a [`Journey`](crate::Journey).
//!
//! ```
//! use placet::Journey;
//! let journey = Journey::reference()?;
//! let first = journey.plan().rules().iter().find(|rule| rule.name().as_str() == "first-purchase").unwrap();
//! assert_eq!(journey.plan().stage(first.to().unwrap()).map(|stage| stage.as_str()), Some("customer"));
//! # Ok::<(), placet::journey::JourneyError>(())
//! ```

use std::sync::Arc;

use chrono::TimeDelta;

use super::guard::{Comparison, Queued};
use super::spec::{AttributeSpec, JourneySpec, Reaches};
use crate::consent::ActKind;
use crate::identity::{Identity, IdentityKind};
use crate::name::{Channel, EffectName, Name, Network, RuleName, Scope, ScopeKey, Stage, Vocabulary, Word};
use crate::signal::Value;

/// The place of a stage in a plan: 0 for no stage, then the stages in the order of the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub(super) u16);

impl Place {
    /// The place of no stage.
    pub const NONE: Place = Place(0);

    /// The place as an index: 0 for no stage.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A compiled journey: its stages, kinds of signals and rules by their places.
#[derive(Debug)]
pub struct Plan {
    pub(super) spec: JourneySpec,
    pub(super) vocabulary: Arc<Vocabulary>,
    /// By place: first what "no stage" is, then the stages as declared.
    pub(super) stages: Vec<Standing>,
    /// Places of the stages by their words, and no stage for every other word.
    pub(super) places: Vec<Place>,
    pub(super) kinds: Vec<Kind>,
    /// Places of the kinds by their names, in order.
    pub(super) by_name: Vec<(Name, u16)>,
    pub(super) rules: Vec<Rule>,
    /// Places of the rules by their names, in order.
    pub(super) rules_by_name: Vec<(RuleName, u16)>,
    /// The social channels of the catalogue.
    pub(super) networks: Vec<(Network, Channel)>,
}

/// A stage, and what holds it up.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) name: Stage,
    pub(crate) word: Option<Word>,
    pub(crate) sustain: Vec<(Vec<Need>, Place)>,
}

/// A kind of signal: the needs that admit it, and the rules that take it.
#[derive(Debug)]
pub struct Kind {
    pub(crate) name: Name,
    pub(crate) word: Option<Word>,
    pub(crate) admission: Vec<Need>,
    pub(crate) attributes: Vec<AttributeSpec>,
    /// Of which acts its signals tell; `None` for a kind that the spec declares.
    pub(crate) act: Option<ActKind>,
    /// Rules from any stage, in order.
    pub(super) anywhere: Vec<u16>,
    /// Rules from named stages, by place and then in order.
    pub(super) from: Vec<(Place, u16)>,
}

/// A compiled rule.
#[derive(Debug)]
pub struct Rule {
    pub(crate) name: RuleName,
    pub(crate) from: Option<Vec<Place>>,
    pub(crate) when: Option<Check>,
    /// `None`: no move.
    pub(crate) to: Option<Place>,
    pub(crate) effects: Vec<Effect>,
}

/// A compiled effect and its needs.
#[derive(Debug)]
pub struct Effect {
    pub(crate) name: EffectName,
    pub(crate) needs: Vec<Need>,
    pub(crate) when: Option<Check>,
    /// How long after the decision it may leave.
    pub(crate) within: Option<TimeDelta>,
    /// Where the contact must stand for it to leave.
    pub(crate) still: Option<Vec<Place>>,
}

/// One need of consent: the scope that must be permitted, and the identities that are asked for. Many rules share the
/// few needs of a journey.
#[derive(Debug, Clone)]
pub struct Need(pub(super) Arc<Sought>);

/// What is asked for, and of which identities.
#[derive(Debug)]
pub(crate) struct Sought {
    /// What is asked for; for `social/*` on the first network of the catalogue, for a refusal to name.
    pub(super) first: Wanted,
    /// For `social/*`: what is asked for on the other networks, in the order of the catalogue.
    pub(super) elsewhere: Vec<Wanted>,
    pub(crate) target: Target,
}

/// A scope by name and in the words of the journey.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) scope: Scope,
    pub(crate) key: ScopeKey,
}

/// The identities that a need asks for.
#[derive(Debug)]
pub enum Target {
    /// The identities that the channel reaches.
    Reached(Reaches),
    /// The accounts, each on the channel of its own network.
    OwnNetwork,
}

/// A compiled guard: a [`Guard`](crate::journey::Guard) whose names are places.
#[derive(Debug)]
pub enum Check {
    /// All of these hold.
    All(Vec<Check>),
    /// One of these holds at least.
    Any(Vec<Check>),
    /// This does not hold.
    Not(Box<Check>),
    /// The contact stands at this stage.
    Stage(Place),
    /// So many signals of a kind were admitted, the one at hand included.
    Count {
        /// The place of the kind.
        kind: u16,
        /// The smallest number for which it holds.
        at_least: u32,
        /// Signals later than now minus this span count; without it, all signals count.
        within: Option<TimeDelta>,
    },
    /// An earlier signal of a kind was admitted.
    Recency {
        /// The place of the kind.
        kind: u16,
        /// A signal later than now minus this span counts.
        within: TimeDelta,
    },
    /// The latest signal of a kind was answered by none that happened then or later.
    Unanswered {
        /// The place of the kind that asks for an answer.
        kind: u16,
        /// The places of the kinds that are one.
        by: Vec<u16>,
    },
    /// The signal at hand did not happen before the latest admitted signal of a kind.
    NotOlderThan {
        /// The place of the kind.
        kind: u16,
    },
    /// So many events were queued.
    Queued(Queued),
    /// The signal at hand carries an attribute that compares so.
    Attribute {
        /// The name of the attribute.
        name: Name,
        /// How its value compares with the other one.
        is: Comparison,
        /// The other value.
        value: Value,
    },
    /// This need is permitted.
    Consent(Need),
}

impl Check {
    /// The checks directly inside this one.
    #[must_use]
    pub fn parts(&self) -> &[Check] {
        match self {
            Check::All(checks) | Check::Any(checks) => checks,
            Check::Not(check) => std::slice::from_ref(check),
            Check::Stage(_)
            | Check::Count { .. }
            | Check::Recency { .. }
            | Check::Unanswered { .. }
            | Check::NotOlderThan { .. }
            | Check::Queued(_)
            | Check::Attribute { .. }
            | Check::Consent(_) => &[],
        }
    }
}

impl Need {
    /// The scope that is asked for; for `social/*` the scope on the first network of the catalogue.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.0.first.scope
    }

    /// All scopes that may be asked for: one, and for `social/*` one for each network of the catalogue.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope> {
        std::iter::once(&self.0.first).chain(&self.0.elsewhere).map(|wanted| &wanted.scope)
    }

    /// The identities that are asked for.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.0.target
    }

    /// Whether it matters on which identity the signal arrived.
    pub(crate) fn asks_arrival(&self) -> bool {
        matches!(self.0.target, Target::Reached(Reaches::Arrival))
    }

    /// Whether an identity is asked for at all (SPEC S29); `arrived` says that the signal at hand arrived on it. For
    /// `social/*` the answer carries the scope of its own network.
    #[must_use]
    pub fn reaches(&self, identity: &Identity, arrived: bool) -> bool {
        match &self.0.target {
            Target::Reached(Reaches::Kind(kind)) => identity.kind() == kind,
            Target::Reached(Reaches::Any) => true,
            Target::Reached(Reaches::Arrival) => arrived,
            Target::OwnNetwork => matches!(identity.kind(), IdentityKind::Account(_)),
        }
    }

    /// What is asked for one way: way 0 but for `social/*`, where it is the place of the network in the catalogue.
    pub(crate) fn wanted(&self, way: u16) -> &Wanted {
        let elsewhere = usize::from(way).checked_sub(1).and_then(|place| self.0.elsewhere.get(place));
        elsewhere.unwrap_or(&self.0.first)
    }
}

impl Effect {
    /// The name of the effect.
    #[must_use]
    pub fn name(&self) -> &EffectName {
        &self.name
    }

    /// The needs of the effect, the addressing one first.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// The guard of the effect, besides that of its rule.
    #[must_use]
    pub fn when(&self) -> Option<&Check> {
        self.when.as_ref()
    }

    /// How long after the decision the event may leave; `None` for at any time.
    #[must_use]
    pub fn within(&self) -> Option<TimeDelta> {
        self.within
    }

    /// The stages at which the contact must stand for the event to leave; `None` for any.
    #[must_use]
    pub fn still(&self) -> Option<&[Place]> {
        self.still.as_deref()
    }
}

impl Rule {
    /// The name of the rule.
    #[must_use]
    pub fn name(&self) -> &RuleName {
        &self.name
    }

    /// The stages that the rule starts from; `None` for any.
    #[must_use]
    pub fn from(&self) -> Option<&[Place]> {
        self.from.as_deref()
    }

    /// The guard of the rule.
    #[must_use]
    pub fn when(&self) -> Option<&Check> {
        self.when.as_ref()
    }

    /// The stage that the rule moves to; `None` for a rule that moves nobody.
    #[must_use]
    pub fn to(&self) -> Option<Place> {
        self.to
    }

    /// The effects of the rule, in order.
    #[must_use]
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }
}

impl Kind {
    /// The name of the kind.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The needs that must be permitted for a signal of the kind to be admitted.
    #[must_use]
    pub fn admission(&self) -> &[Need] {
        &self.admission
    }

    /// Of which acts the signals of this kind tell; `None` for a kind that the spec declares.
    #[must_use]
    pub fn act(&self) -> Option<ActKind> {
        self.act
    }

    /// The places of the rules on this kind of signal that start from a stage, in order.
    #[inline]
    pub fn rules_at(&self, at: Place) -> impl Iterator<Item = u16> {
        let begin = self.from.partition_point(|(place, _)| *place < at);
        let mut named = self.from.get(begin..).unwrap_or_default();
        let mut anywhere = self.anywhere.as_slice();
        std::iter::from_fn(move || match (named.split_first(), anywhere.split_first()) {
            (Some(((place, rule), rest)), other)
                if *place == at && other.is_none_or(|(other, _)| rule < other) =>
            {
                named = rest;
                Some(*rule)
            }
            (_, Some((rule, rest))) => {
                anywhere = rest;
                Some(*rule)
            }
            (_, None) => None,
        })
    }
}

impl Plan {
    /// The rules, in the order of the spec.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// An effect by the names of its rule and its own.
    pub(crate) fn effect(&self, rule: &RuleName, effect: &EffectName) -> Option<&Effect> {
        let at = self.rules_by_name.binary_search_by(|(name, _)| name.cmp(rule)).ok()?;
        let (_, place) = self.rules_by_name.get(at)?;
        self.rule(*place)?.effects.iter().find(|other| other.name == *effect)
    }

    /// The rule of a place.
    #[must_use]
    #[inline]
    pub fn rule(&self, place: u16) -> Option<&Rule> {
        self.rules.get(usize::from(place))
    }

    pub(crate) fn spec(&self) -> &JourneySpec {
        &self.spec
    }

    pub(crate) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The kind of signal of a place.
    #[must_use]
    #[inline]
    pub fn kind(&self, place: u16) -> Option<&Kind> {
        self.kinds.get(usize::from(place))
    }

    /// The kind of signal of a name, and its place.
    #[must_use]
    pub fn kind_named(&self, name: &Name) -> Option<(u16, &Kind)> {
        let at = self.by_name.binary_search_by(|(other, _)| other.cmp(name)).ok()?;
        let (_, place) = self.by_name.get(at)?;
        Some((*place, self.kind(*place)?))
    }

    #[inline]
    pub(crate) fn standing(&self, place: Place) -> Option<&Standing> {
        self.stages.get(usize::from(place.0))
    }

    /// The needs that hold a stage up, line by line, each with the stage that a contact falls back to where one of them
    /// is lacking (SPEC S27). The first line that lacks something decides.
    #[must_use]
    pub fn sustain(&self, place: Place) -> &[(Vec<Need>, Place)] {
        self.standing(place).map(|standing| standing.sustain.as_slice()).unwrap_or_default()
    }

    /// The place of a stage; [`Place::NONE`] for no stage, and for one that the journey does not declare.
    #[must_use]
    pub fn place(&self, stage: Option<&Stage>) -> Place {
        let word = stage.and_then(|stage| self.vocabulary.word(stage.name()));
        word.and_then(|word| self.place_of_word(word)).unwrap_or(Place::NONE)
    }

    /// The stage of a place; `None` for no stage.
    #[must_use]
    pub fn stage(&self, place: Place) -> Option<&Stage> {
        self.standing(place).filter(|_| place != Place::NONE).map(|standing| &standing.name)
    }

    /// The place of a word of this journey's vocabulary.
    #[inline]
    pub(crate) fn place_of_word(&self, word: Word) -> Option<Place> {
        self.places.get(word.index()).copied().filter(|place| *place != Place::NONE)
    }

    /// Whether a grant under this notice may permit: any may, unless the catalogue says otherwise.
    /// The notice is looked up only then.
    #[inline]
    pub(crate) fn allows_notice<'n>(&self, notice: impl FnOnce() -> Option<(&'n Name, &'n Name)>) -> bool {
        let catalogue = &self.spec.catalogue;
        let is = |(id, version): (&Name, &Name)| {
            catalogue.notices.iter().any(|known| known.id.name() == id && known.version.name() == version)
        };
        !catalogue.known_notices_only || notice().is_some_and(is)
    }

    /// Which way an identity is asked for; `None` where its network is not in the catalogue.
    pub(crate) fn way(&self, need: &Need, identity: &Identity) -> Option<u16> {
        match (need.target(), identity.kind()) {
            (Target::Reached(_), _) => Some(0),
            (Target::OwnNetwork, IdentityKind::Account(network)) => {
                let place = self.networks.iter().position(|(other, _)| other == network)?;
                u16::try_from(place).ok()
            }
            (Target::OwnNetwork, _) => None,
        }
    }
}
