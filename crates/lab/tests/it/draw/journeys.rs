//! Any journey of a few stages and rules, circles, loops and unreachable stages included.

use placet::Journey;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

const STAGES: [&str; 9] = [
    "fan",
    "subscriber+fan",
    "customer",
    "member",
    "ambassador",
    "lapsed",
    "vip-of-the-year",
    "w",
    "partner",
];
const KINDS: [&str; 4] = ["like", "newsletter-signup", "purchase", "refund"];
const PURPOSES: [&str; 3] = ["newsletter", "offers", "social-linking"];

/// A rule: kind, from (none of it: anywhere; 0 is no stage), to, guard, effects.
type Rule = (usize, Option<Vec<usize>>, Option<usize>, Option<usize>, Vec<usize>);

#[derive(Debug, Clone)]
pub struct Plan {
    stages: usize,
    rules: Vec<Rule>,
    /// Which stage rests on which purpose; it falls back to a lower one, or to no stage.
    sustains: Vec<(usize, usize, usize)>,
}

pub fn any_journey() -> impl Strategy<Value = Plan> {
    let rule = (
        0..KINDS.len(),
        prop_oneof![6 => vec(0..10_usize, 1..4).prop_map(Some), 1 => Just(None)],
        prop_oneof![6 => (0..10_usize).prop_map(Some), 1 => Just(None)],
        prop_oneof![2 => Just(None), 1 => (0..4_usize).prop_map(Some)],
        vec(0..PURPOSES.len(), 0..3),
    );
    let sustain = (0..10_usize, 0..PURPOSES.len(), 0..10_usize);
    (0..=STAGES.len(), vec(rule, 0..25), vec(sustain, 0..8)).prop_map(|(stages, rules, sustains)| Plan {
        stages,
        rules,
        sustains,
    })
}

impl Plan {
    /// Only with the rules that lead from lower stages to a higher one.
    pub fn without_circles(mut self) -> Plan {
        let size = self.stages + 1;
        self.rules.retain(|(_, from, to, ..)| {
            let below = |to: &usize| from.iter().flatten().all(|from| from % size < to % size);
            to.as_ref().is_some_and(|to| to % size > 0 && below(to))
        });
        self
    }
}

pub fn journey(plan: &Plan) -> Journey {
    let stage = |at: usize| match at % (plan.stages + 1) {
        0 => "none",
        at => STAGES[at - 1],
    };
    let need = |at: usize| json!({"purpose": PURPOSES[at], "channel": "email"});
    let stages = (1..=plan.stages).map(|at| {
        let of_stage = plan.sustains.iter().filter(|(own, ..)| *own == at);
        let sustain = of_stage
            .map(|(own, purpose, lower)| json!({"needs": [need(*purpose)], "else": stage(lower % own)}));
        json!({"name": STAGES[at - 1], "sustain": sustain.collect::<Vec<Value>>()})
    });
    let rules = plan.rules.iter().enumerate().map(|(at, (kind, from, to, guard, effects))| {
        let mut rule = json!({"name": format!("r{at}"), "on": KINDS[*kind]});
        if let Some(from) = from {
            rule["from"] = from.iter().map(|at| stage(*at)).collect();
        }
        if let Some(to) = to {
            rule["to"] = stage(*to).into();
        }
        if let Some(depth) = guard {
            rule["when"] = (0..*depth).fold(json!({"consent": need(0)}), |inner, _| {
                json!({"any": [inner, {"count": {"kind": "like", "at_least": 2, "within": "30d"}}]})
            });
        }
        let effects = effects.iter().enumerate().map(|(at, purpose)| {
            json!({"name": format!("effect-{at}"), "purpose": PURPOSES[*purpose], "channel": "email"})
        });
        rule["effects"] = effects.collect();
        rule
    });
    let spec = json!({"placet": 1, "name": "any", "controller": "acme",
        "catalogue": {"purposes": PURPOSES, "channels": [{"name": "email"}]},
        "stages": stages.collect::<Vec<Value>>(),
        "signals": KINDS.map(|kind| match kind {
            "like" => json!({"kind": kind, "admission": [need(2)]}),
            _ => json!({"kind": kind}),
        }),
        "rules": rules.collect::<Vec<Value>>()});
    Journey::from_json(&spec.to_string()).unwrap_or_else(|error| panic!("{error}\n{spec}"))
}
