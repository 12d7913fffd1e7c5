//! Journeys that compile: drafts that speak of stages, kinds and scopes by number, made into a spec.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::Sizes;
use crate::journey::{
    AttributeSpec, Catalogue, ChannelSpec, Comparison, EffectSpec, Given, Guard, JourneySpec, NeedSpec,
    RuleSpec, SignalKindSpec, StageSpec, SustainSpec, Trigger, Way,
};
use crate::name::channel::{EMAIL, SMS};
use crate::name::purpose::{NEWSLETTER, OFFERS, PROFILING};
use crate::name::{Channel, EffectName, NO_STAGE, Name, NameError, SELF, Scope, Stage};
use crate::signal::{Value, ValueType};

/// Journeys that compile, and that can be passed through: up to four stages, four kinds of signal, six rules.
///
/// ```
/// use placet::Journey;
/// use placet::testing::{Sizes, journeys};
/// use proptest::prelude::*;
/// use proptest::test_runner::TestRunner;
/// TestRunner::deterministic().run(&journeys(&Sizes::default()), |spec| {
///     prop_assert!(Journey::compile(spec).is_ok());
///     Ok(())
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn journeys(sizes: &Sizes) -> BoxedStrategy<JourneySpec> {
    let scopes = vec(scope(), sizes.scopes.clone());
    let stages = vec(vec((needs(), any::<Index>()), 0..2), 0..=4);
    let kinds = vec((weighted(0.3, needs()), vec(select(TYPES.to_vec()), 0..=2)), 1..=4);
    (scopes, stages, kinds, vec(rule(), 0..=6))
        .prop_filter_map("a journey", |(scopes, stages, kinds, rules)| spec(scopes, stages, kinds, rules))
        .boxed()
}

const TYPES: [ValueType; 4] = [ValueType::Integer, ValueType::Bool, ValueType::Text, ValueType::Instant];

type Needs = Vec<Index>;

/// A rule that may still have to find what it speaks of.
#[derive(Debug, Clone)]
struct Draft {
    on: On,
    from: Option<Vec<Option<Index>>>,
    when: Option<Condition>,
    to: Option<Option<Index>>,
    effects: Vec<DraftEffect>,
}

/// What a rule fires on.
#[derive(Debug, Clone)]
enum On {
    Kind(Index),
    /// A go: a confirm or a grant, of the purpose and the channel of a scope where they are kept.
    Act {
        confirm: bool,
        scope: Index,
        purpose: bool,
        channel: bool,
    },
}

/// An effect: what it needs, when it is asked for, and when its event may leave.
#[derive(Debug, Clone)]
struct DraftEffect {
    needs: Needs,
    when: Option<Condition>,
    within: Option<&'static str>,
    still: Option<Vec<Option<Index>>>,
}

#[derive(Debug, Clone)]
enum Condition {
    Stage(Option<Index>),
    Count(Index, u32, bool),
    Recency(Index),
    Unanswered(Index, Index),
    NotOlderThan(Index),
    Queued { which: Index, by_purpose: bool, at_least: u32, recent: bool },
    Attribute(Index, Comparison, i64),
    Consent(Index),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

fn scope() -> BoxedStrategy<Scope> {
    let channels = [Ok(EMAIL), Ok(SMS), Channel::new("social/facebook")].into_iter().flatten();
    let channels: Vec<Channel> = channels.collect();
    let recipient =
        prop_oneof![9 => Just(SELF), 1 => Just(PARTNER).prop_filter_map("a name", |name| name.parse().ok())];
    (select(vec![NEWSLETTER, OFFERS, PROFILING]), select(channels), recipient)
        .prop_map(|(purpose, channel, recipient)| Scope::new(purpose, channel, recipient))
        .boxed()
}

const PARTNER: &str = "partner";

fn needs() -> BoxedStrategy<Needs> {
    prop_oneof![1 => vec(any::<Index>(), 1), 1 => vec(any::<Index>(), 2)].boxed()
}

fn rule() -> BoxedStrategy<Draft> {
    let stage = || weighted(0.8, any::<Index>());
    let effects = prop_oneof![1 => vec(effect(), 0), 4 => vec(effect(), 1), 1 => vec(effect(), 2)];
    (on(), weighted(0.4, vec(stage(), 1..=2)), weighted(0.3, condition()), weighted(0.8, stage()), effects)
        .prop_map(|(on, from, when, to, effects)| Draft { on, from, when, to, effects })
        .boxed()
}

fn on() -> BoxedStrategy<On> {
    let act = (any::<bool>(), any::<Index>(), any::<bool>(), any::<bool>());
    let act = act.prop_map(|(confirm, scope, purpose, channel)| On::Act { confirm, scope, purpose, channel });
    prop_oneof![5 => any::<Index>().prop_map(On::Kind), 1 => act].boxed()
}

fn effect() -> BoxedStrategy<DraftEffect> {
    let within = select(vec!["1d", "3d", "12h", "4d"]);
    let still = vec(weighted(0.8, any::<Index>()), 1..=3);
    (needs(), weighted(0.2, condition()), weighted(0.25, within), weighted(0.25, still))
        .prop_map(|(needs, when, within, still)| DraftEffect { needs, when, within, still })
        .boxed()
}

fn condition() -> BoxedStrategy<Condition> {
    let index = any::<Index>;
    let compare =
        select(vec![Comparison::AtLeast, Comparison::Less, Comparison::Equal, Comparison::NotEqual]);
    let leaf = prop_oneof![
        weighted(0.8, index()).prop_map(Condition::Stage),
        (index(), 1..=3_u32, any::<bool>())
            .prop_map(|(kind, least, within)| Condition::Count(kind, least, within)),
        index().prop_map(Condition::Recency),
        index().prop_map(Condition::NotOlderThan),
        (index(), index()).prop_map(|(kind, by)| Condition::Unanswered(kind, by)),
        (index(), any::<bool>(), 1..=2_u32, any::<bool>()).prop_map(
            |(which, by_purpose, at_least, recent)| Condition::Queued { which, by_purpose, at_least, recent }
        ),
        (index(), compare, 0..3_i64).prop_map(|(name, is, value)| Condition::Attribute(name, is, value)),
        index().prop_map(Condition::Consent),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Condition::Not(Box::new(inner))),
            vec(inner.clone(), 1..=3).prop_map(Condition::All),
            vec(inner, 1..=3).prop_map(Condition::Any),
        ]
    })
    .boxed()
}

/// What drafts speak of, once it is known how many there are.
struct Known {
    scopes: Vec<Scope>,
    stages: Vec<Stage>,
    kinds: Vec<SignalKindSpec>,
    effects: Vec<EffectName>,
}

type Kinds = Vec<(Option<Needs>, Vec<ValueType>)>;

fn spec(
    scopes: Vec<Scope>,
    stages: Vec<Vec<(Needs, Index)>>,
    kinds: Kinds,
    rules: Vec<Draft>,
) -> Option<JourneySpec> {
    let names = |letter: char| (1..).map(move |number: usize| Name::new(&format!("{letter}-{number}")));
    let stage_names = names('s').zip(&stages).map(|(name, _)| name.map(Stage::from));
    let stage_names = stage_names.collect::<Result<_, NameError>>().ok()?;
    // The names of a rule's effects are numbers, so that those of the longest list are all.
    let most = rules.iter().map(|rule| rule.effects.len()).max().filter(|_| !scopes.is_empty());
    let effects = names('e').take(most.unwrap_or_default()).map(|name| name.map(EffectName::from));
    let effects = effects.collect::<Result<_, NameError>>().ok()?;
    let mut known = Known { scopes, stages: stage_names, kinds: Vec::new(), effects };
    for ((admission, attributes), kind) in kinds.iter().zip(names('k')) {
        let attributes = attributes
            .iter()
            .zip(names('a'))
            .map(|(of, name)| Ok(AttributeSpec { name: name?, value_type: *of }));
        let attributes = attributes.collect::<Result<_, NameError>>().ok()?;
        let admission = admission.as_ref().and_then(|needs| known.needs(needs));
        known.kinds.push(SignalKindSpec { kind: kind.ok()?.into(), admission, derived: false, attributes });
    }
    // A stage falls back on a lower one or none: no circle.
    let sustained = known.stages.iter().zip(&stages).zip(0..).map(|((name, sustain), below)| {
        let lines = sustain.iter().filter_map(|(needs, lower)| {
            let otherwise = lower.index(usize::saturating_add(below, 1)).checked_sub(1);
            let otherwise = otherwise.and_then(|place| known.stages.get(place)).cloned();
            Some(SustainSpec { needs: known.needs(needs)?, otherwise: otherwise.unwrap_or(NO_STAGE) })
        });
        StageSpec { name: name.clone(), sustain: lines.collect() }
    });
    let stages = sustained.collect();
    let rules = rules.iter().zip(names('r')).map(|(draft, name)| known.rule(draft, name.ok()?));
    let rules = rules.collect::<Option<_>>()?;
    Some(JourneySpec {
        placet: 1,
        name: "generated".parse().ok()?,
        controller: "acme".parse().ok()?,
        catalogue: known.catalogue(),
        stages,
        signals: known.kinds,
        rules,
        allowed: Vec::new(),
    })
}

impl Known {
    fn catalogue(&self) -> Catalogue {
        let mut catalogue = Catalogue::default();
        for scope in &self.scopes {
            if !catalogue.purposes.contains(scope.purpose()) {
                catalogue.purposes.push(scope.purpose().clone());
            }
            if !catalogue.channels.iter().any(|channel| channel.name == *scope.channel()) {
                catalogue.channels.push(ChannelSpec { name: scope.channel().clone(), reaches: None });
            }
            if *scope.recipient() != SELF && !catalogue.recipients.contains(scope.recipient()) {
                catalogue.recipients.push(scope.recipient().clone());
            }
        }
        catalogue
    }

    /// `None` where there is no scope to speak of.
    fn need(&self, which: &Index) -> Option<NeedSpec> {
        let need = NeedSpec::from(pick(&self.scopes, which)?.clone());
        let social = matches!(&need.channel, Way::By(channel) if channel.network().is_some());
        Some(if social { NeedSpec { channel: Way::OwnNetwork, ..need } } else { need })
    }

    fn needs(&self, needs: &Needs) -> Option<Vec<NeedSpec>> {
        needs.iter().map(|which| self.need(which)).collect()
    }

    fn stage(&self, which: &Option<Index>) -> Stage {
        which.as_ref().and_then(|which| pick(&self.stages, which)).cloned().unwrap_or(NO_STAGE)
    }

    fn rule(&self, draft: &Draft, name: Name) -> Option<RuleSpec> {
        let (on, kind) = self.on(&draft.on)?;
        let effects = draft.effects.iter().zip(&self.effects).filter_map(|(draft, name)| {
            let mut needs = self.needs(&draft.needs)?.into_iter();
            let NeedSpec { purpose, channel, recipient } = needs.next()?;
            let name = name.clone();
            let when = draft.when.as_ref().and_then(|when| self.guard(when, &kind));
            let within = draft.within.and_then(|within| within.parse().ok());
            let still = draft.still.as_ref().map(|still| {
                let mut stages: Vec<Stage> = still.iter().map(|stage| self.stage(stage)).collect();
                stages.sort();
                stages.dedup();
                stages
            });
            let needs = needs.collect();
            Some(EffectSpec { name, purpose, channel, recipient, needs, when, within, still })
        });
        Some(RuleSpec {
            name: name.into(),
            on,
            from: draft.from.as_ref().map(|from| from.iter().map(|stage| self.stage(stage)).collect()),
            when: draft.when.as_ref().and_then(|when| self.guard(when, &kind)),
            to: draft.to.as_ref().map(|stage| self.stage(stage)),
            effects: effects.collect(),
        })
    }

    /// What a rule fires on, and what the signal that it sees can carry.
    fn on(&self, draft: &On) -> Option<(Trigger, SignalKindSpec)> {
        let (confirm, scope, purpose, channel) = match draft {
            On::Kind(which) => {
                let kind = pick(&self.kinds, which)?;
                return Some((kind.kind.clone().into(), kind.clone()));
            }
            On::Act { confirm, scope, purpose, channel } => (confirm, scope, purpose, channel),
        };
        let scope = pick(&self.scopes, scope)?;
        let given = Given {
            purpose: Some(scope.purpose().clone()).filter(|_| *purpose),
            channel: Some(scope.channel().clone()).filter(|_| *channel),
            recipient: scope.recipient().clone(),
        };
        let on = if *confirm { Trigger::Confirm(given) } else { Trigger::Grant(given) };
        let attributes = ["purpose", "channel", "recipient"].into_iter().map(|name| {
            let name = name.parse().ok()?;
            Some(AttributeSpec { name, value_type: ValueType::Text })
        });
        let (kind, attributes) = (on.kind(), attributes.collect::<Option<_>>()?);
        Some((on, SignalKindSpec { kind, admission: None, derived: false, attributes }))
    }

    /// `None` where there is nothing of what the condition speaks of.
    fn guard(&self, condition: &Condition, on: &SignalKindSpec) -> Option<Guard> {
        let kind = |which| pick(&self.kinds, which).map(|kind| kind.kind.clone());
        let some = |inner: &[Condition]| inner.iter().filter_map(|inner| self.guard(inner, on)).collect();
        match condition {
            Condition::Stage(stage) => Some(Guard::stage(self.stage(stage))),
            Condition::Count(which, at_least, recent) => {
                let within = recent.then(|| "4d".parse().ok()).flatten();
                Some(Guard::count(kind(which)?, *at_least, within))
            }
            Condition::Recency(which) => Some(Guard::recency(kind(which)?, "4d".parse().ok()?)),
            Condition::Unanswered(which, by) => Some(Guard::unanswered(kind(which)?, vec![kind(by)?])),
            Condition::NotOlderThan(which) => Some(Guard::not_older_than(kind(which)?)),
            Condition::Queued { which, by_purpose, at_least, recent } => {
                let within = recent.then(|| "4d".parse().ok()).flatten();
                Some(if *by_purpose {
                    Guard::queued_for(pick(&self.scopes, which)?.purpose().clone(), *at_least, within)
                } else {
                    Guard::queued(pick(&self.effects, which)?.clone(), *at_least, within)
                })
            }
            Condition::Attribute(which, is, value) => {
                let declared = pick(&on.attributes, which)?;
                let is = if declared.value_type == ValueType::Bool { Comparison::Equal } else { *is };
                Some(Guard::attribute(declared.name.clone(), is, value_of(declared.value_type, *value)?))
            }
            Condition::Consent(which) => Some(Guard::consent(self.need(which)?)),
            Condition::Not(inner) => Guard::not(self.guard(inner, on)?).ok(),
            Condition::All(inner) => Guard::all(some(inner)).ok(),
            Condition::Any(inner) => Guard::any(some(inner)).ok(),
        }
    }
}

/// One of few values of a type, by number.
pub(super) fn value_of(of: ValueType, number: i64) -> Option<Value> {
    Some(match of {
        ValueType::Text => Value::Text(Name::new(&format!("t-{number}")).ok()?),
        ValueType::Integer => Value::Integer(number),
        ValueType::Bool => Value::Bool(number > 0),
        ValueType::Instant => Value::Instant(super::history::day(number, 0)?),
    })
}

/// One of several, the first where it shrinks to; `None` of none.
pub(super) fn pick<'t, T>(all: &'t [T], which: &Index) -> Option<&'t T> {
    if all.is_empty() { None } else { all.get(which.index(all.len())) }
}
