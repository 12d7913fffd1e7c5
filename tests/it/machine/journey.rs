//! The journey of the machine, twice: as plain tables for the model, and as the spec that the book compiles from them.

use placet::{
    Journey, JourneySpec, Purpose, Scope,
    channel::EMAIL,
    journey::{
        Catalogue, ChannelSpec, EffectSpec, Given, Guard, NeedSpec, RuleSpec, SignalKindSpec, StageSpec,
        SustainSpec, Trigger,
    },
    name::{NO_STAGE, SELF},
    purpose::{NEWSLETTER, OFFERS},
};

use crate::support::name;

/// Addresses; the first two share a wide key.
pub const ADDRESSES: [&str; 4] = ["ada@x.example", "Ada@x.example", "bob@x.example", "carl@x.example"];
pub const PURPOSES: [Purpose; 2] = [NEWSLETTER, OFFERS];
/// In the order of their first mention as a target: the last is furthest along (S23).
pub const STAGES: [&str; 3] = ["reader", "friend", "shopper"];
pub const KINDS: [&str; 5] = ["signup", "visit", "buy", "leave", "like"];

pub type Stage = Option<usize>;

const NONE: Stage = None;
const READER: Stage = Some(0);
const FRIEND: Stage = Some(1);
const SHOPPER: Stage = Some(2);

/// Of a kind: the scopes without which it leaves no trace (S26).
pub const ADMISSION: [(&str, usize); 1] = [("like", 0)];

/// Of a stage: the scope without which the person stands at another (S27).
pub const SUSTAIN: [(Stage, usize, Stage); 3] =
    [(READER, 0, NONE), (FRIEND, 0, SHOPPER), (FRIEND, 1, READER)];

/// The kinds of signal that tell of a go.
pub const GRANT: &str = "act:grant";
pub const CONFIRM: &str = "act:confirm";

pub struct Rule {
    pub on: &'static str,
    /// The purpose of the go that it fires on.
    pub given: Option<usize>,
    pub from: Option<&'static [Stage]>,
    /// From so many signals of this kind on.
    pub from_the: u32,
    /// Not where the signal happened before the latest of this kind.
    pub not_older_than: Option<&'static str>,
    /// Not before so many events were queued.
    pub queued: Option<Events>,
    pub to: Stage,
    pub effects: &'static [Effect],
}

pub struct Effect {
    pub name: &'static str,
    pub scopes: &'static [usize],
    /// Not asked for once so many events were queued.
    pub unless: Option<Events>,
}

/// So many events, of an effect or for a purpose, within so many seconds or ever.
#[derive(Clone, Copy)]
pub struct Events {
    pub at_least: u32,
    pub of: Of,
    pub within: Option<i64>,
}

#[derive(Clone, Copy)]
pub enum Of {
    Effect(&'static str),
    Purpose(usize),
}

const fn rule(on: &'static str, from: Option<&'static [Stage]>, to: Stage) -> Rule {
    Rule { on, given: None, from, from_the: 1, not_older_than: None, queued: None, to, effects: &[] }
}

const fn effect(name: &'static str, scopes: &'static [usize]) -> Effect {
    Effect { name, scopes, unless: None }
}

const A_DEAL_OF_LATE: Events = Events { at_least: 1, of: Of::Purpose(1), within: Some(12) };
const TWO_WELCOMES: Events = Events { at_least: 2, of: Of::Effect("welcome"), within: None };
const ONE_WELCOME: Events = Events { at_least: 1, of: Of::Effect("welcome"), within: None };

pub const RULES: [Rule; 10] = [
    Rule {
        effects: &[Effect { unless: Some(TWO_WELCOMES), ..effect("welcome", &[0]) }],
        ..rule("signup", Some(&[NONE]), READER)
    },
    Rule {
        effects: &[effect("welcome", &[0]), effect("deal", &[1, 0])],
        ..rule("signup", Some(&[SHOPPER]), FRIEND)
    },
    Rule {
        from_the: 3,
        effects: &[Effect { unless: Some(A_DEAL_OF_LATE), ..effect("deal", &[1]) }],
        ..rule("visit", None, SHOPPER)
    },
    Rule {
        effects: &[Effect { unless: Some(A_DEAL_OF_LATE), ..effect("deal", &[1]) }],
        ..rule("buy", Some(&[READER]), FRIEND)
    },
    Rule { not_older_than: Some("leave"), ..rule("buy", None, SHOPPER) },
    rule("leave", None, NONE),
    rule("like", Some(&[NONE]), READER),
    Rule { queued: Some(ONE_WELCOME), ..rule("visit", Some(&[SHOPPER]), READER) },
    Rule {
        given: Some(0),
        effects: &[Effect { unless: Some(ONE_WELCOME), ..effect("welcome", &[0]) }],
        ..rule(CONFIRM, None, READER)
    },
    Rule {
        effects: &[Effect { unless: Some(A_DEAL_OF_LATE), ..effect("deal", &[1]) }],
        ..rule(GRANT, Some(&[READER, SHOPPER]), FRIEND)
    },
];

pub fn rule_name(place: usize) -> String {
    format!("r{place}")
}

pub fn scope(purpose: usize) -> Scope {
    PURPOSES[purpose].clone().by(EMAIL)
}

fn stage_name(stage: Stage) -> placet::Stage {
    stage.map_or(NO_STAGE, |stage| name(STAGES[stage]))
}

fn needs(purposes: &[usize]) -> Vec<NeedSpec> {
    purposes.iter().map(|purpose| NeedSpec::from(scope(*purpose))).collect()
}

/// The tables as a journey.
pub fn compiled() -> Journey {
    let sustain = |stage: usize| {
        let lines = SUSTAIN.iter().filter(|(of, ..)| *of == Some(stage));
        lines
            .map(|(_, purpose, otherwise)| SustainSpec {
                needs: needs(&[*purpose]),
                otherwise: stage_name(*otherwise),
            })
            .collect()
    };
    let admission = |kind: &str| {
        let needed: Vec<_> = ADMISSION.iter().filter(|(of, _)| *of == kind).map(|(_, need)| *need).collect();
        (!needed.is_empty()).then(|| needs(&needed))
    };
    let rules = RULES.iter().enumerate().map(|(place, rule)| RuleSpec {
        name: name(&rule_name(place)),
        on: on(rule),
        from: rule.from.map(|from| from.iter().map(|stage| stage_name(*stage)).collect()),
        when: when(rule),
        to: Some(stage_name(rule.to)),
        effects: rule.effects.iter().map(effect_spec).collect(),
    });
    let spec = JourneySpec {
        placet: 1,
        name: name("machine"),
        controller: name("acme"),
        catalogue: Catalogue {
            purposes: PURPOSES.to_vec(),
            channels: vec![ChannelSpec { name: EMAIL, reaches: None }],
            recipients: vec![],
            notices: vec![],
            known_notices_only: false,
        },
        stages: (0..STAGES.len())
            .map(|stage| StageSpec { name: name(STAGES[stage]), sustain: sustain(stage) })
            .collect(),
        signals: KINDS
            .iter()
            .map(|kind| SignalKindSpec {
                kind: name(kind),
                admission: admission(kind),
                derived: false,
                attributes: vec![],
            })
            .collect(),
        rules: rules.collect(),
        allowed: vec![],
    };
    Journey::compile(spec).unwrap()
}

fn on(rule: &Rule) -> Trigger {
    let given = Given { purpose: rule.given.map(|of| PURPOSES[of].clone()), channel: None, recipient: SELF };
    match rule.on {
        GRANT => Trigger::Grant(given),
        CONFIRM => Trigger::Confirm(given),
        kind => name(kind),
    }
}

/// All that a rule asks of the past, as one guard.
fn when(rule: &Rule) -> Option<Guard> {
    let count = (rule.from_the > 1).then(|| Guard::count(name(rule.on), rule.from_the, None));
    let late = rule.not_older_than.map(|kind| Guard::not_older_than(name(kind)));
    let all: Vec<Guard> = count.into_iter().chain(late).chain(rule.queued.map(queued)).collect();
    Guard::all(all).ok()
}

fn queued(events: Events) -> Guard {
    let within = events.within.map(|seconds| format!("{seconds}s").parse().unwrap());
    match events.of {
        Of::Effect(of) => Guard::queued(name(of), events.at_least, within),
        Of::Purpose(of) => Guard::queued_for(PURPOSES[of].clone(), events.at_least, within),
    }
}

fn effect_spec(effect: &Effect) -> EffectSpec {
    let (first, further) = effect.scopes.split_first().unwrap();
    EffectSpec {
        name: name(effect.name),
        purpose: PURPOSES[*first].clone(),
        channel: EMAIL.into(),
        recipient: SELF,
        needs: needs(further),
        when: effect.unless.map(|events| Guard::not(queued(events)).unwrap()),
        within: None,
        still: None,
    }
}
