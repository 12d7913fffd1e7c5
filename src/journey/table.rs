//! A journey as it runs: names as small integers, rules by the kind of signal and the stage they start from.

use std::ops::Deref;
use std::sync::Arc;

use chrono::TimeDelta;

use super::guard::Comparison;
use super::spec::{AttributeSpec, JourneySpec, Reaches};
use crate::identity::{Identity, IdentityKind};
use crate::signal::Value;
use crate::vocab::{Channel, EffectName, Name, Network, RuleName, Scope, ScopeKey, Stage, Vocabulary, Word};

/// A stage by its place in the journey, or no stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place(pub(super) u16);

impl Place {
    pub(crate) const NONE: Place = Place(0);

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

#[derive(Debug)]
pub(crate) struct Compiled {
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

/// A kind of signal, and what admits it.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: Name,
    pub(crate) word: Option<Word>,
    pub(crate) admission: Vec<Need>,
    pub(crate) attributes: Vec<AttributeSpec>,
    /// Rules from any stage, in order.
    pub(super) anywhere: Vec<u16>,
    /// Rules from named stages, by place and then in order.
    pub(super) from: Vec<(Place, u16)>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: RuleName,
    pub(crate) from: Option<Vec<Place>>,
    pub(crate) when: Option<Check>,
    /// `None`: no move.
    pub(crate) to: Option<Place>,
    pub(crate) effects: Vec<Effect>,
}

/// An effect and its needs, the addressing one first.
#[derive(Debug)]
pub(crate) struct Effect {
    pub(crate) name: EffectName,
    pub(crate) needs: Vec<Need>,
    pub(crate) when: Option<Check>,
    /// How long after the decision it may leave.
    pub(crate) within: Option<TimeDelta>,
    /// Where the contact must stand for it to leave.
    pub(crate) still: Option<Vec<Place>>,
}

/// One scope that must be permitted. Many rules share the few that a journey asks for.
#[derive(Debug, Clone)]
pub(crate) struct Need(pub(super) Arc<Sought>);

/// What is asked for, and of which identities.
#[derive(Debug)]
pub(crate) struct Sought {
    /// What is asked for; for `social/*` on the first network of the catalogue, for a refusal to name.
    pub(super) first: Wanted,
    /// For `social/*`: what is asked for on the other networks, in the order of the catalogue.
    pub(super) elsewhere: Vec<Wanted>,
    pub(crate) target: Target,
}

impl Deref for Need {
    type Target = Sought;

    fn deref(&self) -> &Sought {
        &self.0
    }
}

/// A scope by name and in the words of the journey.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) scope: Scope,
    pub(crate) key: ScopeKey,
}

/// Which identities are asked for.
#[derive(Debug)]
pub(crate) enum Target {
    /// Those that the channel reaches.
    Reached(Reaches),
    /// The accounts, each on the channel of its own network.
    OwnNetwork,
}

/// A compiled guard.
#[derive(Debug)]
pub(crate) enum Check {
    All(Vec<Check>),
    Any(Vec<Check>),
    Not(Box<Check>),
    Stage(Place),
    Count { kind: u16, at_least: u32, within: Option<TimeDelta> },
    Recency { kind: u16, within: TimeDelta },
    Attribute { name: Name, is: Comparison, value: Value },
    Consent(Need),
}

impl Check {
    /// What is directly inside it.
    pub(crate) fn parts(&self) -> &[Check] {
        match self {
            Check::All(checks) | Check::Any(checks) => checks,
            Check::Not(check) => std::slice::from_ref(check),
            Check::Stage(_)
            | Check::Count { .. }
            | Check::Recency { .. }
            | Check::Attribute { .. }
            | Check::Consent(_) => &[],
        }
    }
}

impl Sought {
    /// Whether an identity is asked for at all. For `social/*` the answer carries the scope of its own network.
    pub(crate) fn reaches(&self, identity: &Identity, arrived: bool) -> bool {
        match &self.target {
            Target::Reached(Reaches::Kind(kind)) => identity.kind() == kind,
            Target::Reached(Reaches::Any) => true,
            Target::Reached(Reaches::Arrival) => arrived,
            Target::OwnNetwork => matches!(identity.kind(), IdentityKind::Account(_)),
        }
    }

    /// What is asked for; for `social/*` on the first network of the catalogue.
    pub(crate) fn scope(&self) -> &Scope {
        &self.first.scope
    }

    /// All that may be asked for.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = &Scope> {
        std::iter::once(&self.first).chain(&self.elsewhere).map(|wanted| &wanted.scope)
    }

    /// What is asked for one way: way 0 but for `social/*`, where it is the place of the network in the catalogue.
    pub(crate) fn wanted(&self, way: u16) -> &Wanted {
        let elsewhere = usize::from(way).checked_sub(1).and_then(|place| self.elsewhere.get(place));
        elsewhere.unwrap_or(&self.first)
    }
}

impl Kind {
    /// The rules on this kind of signal that start from a place, in order.
    #[inline]
    pub(crate) fn rules_at(&self, at: Place) -> impl Iterator<Item = u16> {
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

impl Compiled {
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// An effect by the names of its rule and its own.
    pub(crate) fn effect(&self, rule: &RuleName, effect: &EffectName) -> Option<&Effect> {
        let at = self.rules_by_name.binary_search_by(|(name, _)| name.cmp(rule)).ok()?;
        let (_, place) = self.rules_by_name.get(at)?;
        self.rule(*place)?.effects.iter().find(|other| other.name == *effect)
    }

    #[inline]
    pub(crate) fn rule(&self, place: u16) -> Option<&Rule> {
        self.rules.get(usize::from(place))
    }

    pub(crate) fn spec(&self) -> &JourneySpec {
        &self.spec
    }

    pub(crate) fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    #[inline]
    pub(crate) fn kind(&self, place: u16) -> Option<&Kind> {
        self.kinds.get(usize::from(place))
    }

    pub(crate) fn kind_named(&self, name: &Name) -> Option<(u16, &Kind)> {
        let at = self.by_name.binary_search_by(|(other, _)| other.cmp(name)).ok()?;
        let (_, place) = self.by_name.get(at)?;
        Some((*place, self.kind(*place)?))
    }

    #[inline]
    pub(crate) fn standing(&self, place: Place) -> Option<&Standing> {
        self.stages.get(usize::from(place.0))
    }

    /// The stage of a place; `None` for no stage.
    pub(crate) fn stage(&self, place: Place) -> Option<&Stage> {
        self.standing(place).filter(|_| place != Place::NONE).map(|standing| &standing.name)
    }

    /// The place of a word of this journey's vocabulary.
    #[inline]
    pub(crate) fn place_of_word(&self, word: Word) -> Option<Place> {
        self.places.get(word.index()).copied().filter(|place| *place != Place::NONE)
    }

    /// Which way an identity is asked for; `None` where its network is not in the catalogue.
    pub(crate) fn way(&self, need: &Need, identity: &Identity) -> Option<u16> {
        match (&need.target, identity.kind()) {
            (Target::Reached(_), _) => Some(0),
            (Target::OwnNetwork, IdentityKind::Account(network)) => {
                let place = self.networks.iter().position(|(other, _)| other == network)?;
                u16::try_from(place).ok()
            }
            (Target::OwnNetwork, _) => None,
        }
    }
}
