//! The journey of the machine, twice: as plain tables for the model, and as the spec that the book compiles from them.

use placet::{
    Journey, JourneySpec, Purpose, Scope,
    channel::EMAIL,
    journey::{
        Catalogue, ChannelSpec, EffectSpec, Guard, NeedSpec, RuleSpec, SignalKindSpec, StageSpec, SustainSpec,
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

pub struct Rule {
    pub on: &'static str,
    pub from: Option<&'static [Stage]>,
    /// From so many signals of this kind on.
    pub from_the: u32,
    pub to: Stage,
    /// Effects by name, each with its scopes.
    pub effects: &'static [(&'static str, &'static [usize])],
}

const fn rule(on: &'static str, from: Option<&'static [Stage]>, to: Stage) -> Rule {
    Rule { on, from, from_the: 1, to, effects: &[] }
}

pub const RULES: [Rule; 7] = [
    Rule { effects: &[("welcome", &[0])], ..rule("signup", Some(&[NONE]), READER) },
    Rule { effects: &[("welcome", &[0]), ("deal", &[1, 0])], ..rule("signup", Some(&[SHOPPER]), FRIEND) },
    Rule { from_the: 3, effects: &[("deal", &[1])], ..rule("visit", None, SHOPPER) },
    Rule { effects: &[("deal", &[1])], ..rule("buy", Some(&[READER]), FRIEND) },
    rule("buy", None, SHOPPER),
    rule("leave", None, NONE),
    rule("like", Some(&[NONE]), READER),
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
        on: name(rule.on),
        from: rule.from.map(|from| from.iter().map(|stage| stage_name(*stage)).collect()),
        when: (rule.from_the > 1).then(|| Guard::count(name(rule.on), rule.from_the, None)),
        to: Some(stage_name(rule.to)),
        effects: rule.effects.iter().map(effect).collect(),
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
            .map(|kind| SignalKindSpec { kind: name(kind), admission: admission(kind), attributes: vec![] })
            .collect(),
        rules: rules.collect(),
    };
    Journey::compile(spec).unwrap()
}

fn effect((label, purposes): &(&str, &[usize])) -> EffectSpec {
    let (first, further) = purposes.split_first().unwrap();
    EffectSpec {
        name: name(label),
        purpose: PURPOSES[*first].clone(),
        channel: EMAIL.into(),
        recipient: SELF,
        needs: needs(further),
        when: None,
        within: None,
        still: None,
    }
}
