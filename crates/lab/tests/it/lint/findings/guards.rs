//! Parts of guards that decide nothing.

use placet_lab::lint::Code;
use serde_json::{Value as Json, json};

use super::{and, clean, consent, finds, n, rules, sustained};

#[test]
fn parts_of_guards_that_decide_nothing() {
    let one = |guard: Json| rules(json!([{ "when": guard, "to": "fan" }]));
    let always = "this part of the guard of `r0` holds whenever the parts beside it do; leave it out, or ask for something else";
    finds(
        &one(json!({ "all": [n("at_least", 3), n("at_least", 2)] })),
        Code::AlwaysTrue,
        "rules[0].when.all[1]",
        always,
    );
    finds(
        &one(json!({ "all": [n("at_least", 2), n("at_least", 3)] })),
        Code::AlwaysTrue,
        "rules[0].when.all[0]",
        always,
    );
    finds(
        &one(json!({ "all": [n("at_least", 2), n("at_least", 2)] })),
        Code::AlwaysTrue,
        "rules[0].when.all[1]",
        always,
    );
    clean(&one(json!({ "all": [n("at_least", 2), n("at_most", 3)] })), Code::AlwaysTrue);

    let whole =
        "the guard of `r0` always holds where the rule starts; leave it out, or ask for something else";
    let counted = json!({ "count": { "kind": "signup", "at_least": 1 } });
    finds(&one(counted), Code::AlwaysTrue, "rules[0].when", whole);
    finds(
        &one(json!({ "any": [n("less", 2), { "not": n("less", 2) }] })),
        Code::AlwaysTrue,
        "rules[0].when",
        whole,
    );
    clean(&one(json!({ "any": [n("less", 2), n("at_least", 2)] })), Code::AlwaysTrue); // or there is no `n`

    let never = "this part of the guard of `r0` never holds unless one beside it does; leave it out, or ask for something else";
    finds(
        &one(json!({ "any": [n("at_least", 2), n("at_least", 3)] })),
        Code::NeverTrue,
        "rules[0].when.any[1]",
        never,
    );
    finds(
        &one(json!({ "any": [n("at_least", 2), { "all": [n("less", 1), n("greater", 0)] }] })),
        Code::NeverTrue,
        "rules[0].when.any[1]",
        never,
    );
    clean(&one(json!({ "any": [n("at_least", 2), n("less", 1)] })), Code::NeverTrue);

    let only = json!({ "not": { "any": [n("less", i64::MIN), n("equal", 3)] } });
    finds(&one(only), Code::NeverTrue, "rules[0].when.not.any[0]", never);

    // Where the rule starts, what sustains the stage is permitted; somebody erased stands nowhere.
    let more = rules(
        json!([{ "from": ["none"], "to": "fan" }, { "on": "buy", "from": ["fan"], "when": consent("offers"), "to": "none" }]),
    );
    let sustained_whole =
        "the guard of `r1` always holds where the rule starts; leave it out, or ask for something else";
    finds(
        &and(more.clone(), "stages", sustained("offers")),
        Code::AlwaysTrue,
        "rules[1].when",
        sustained_whole,
    );
    clean(&more, Code::AlwaysTrue);
}
