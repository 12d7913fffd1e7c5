//! Rules that never fire, and rules of which the order decides.

use placet_lab::lint::{Code, Finding};
use serde_json::{Value as Json, json};

use super::{DEAD, all_of, and, clean, consent, finds, journey, n, need, rules, sustained};
use crate::lint::sound::{fired, fired_in, moved_up};
use crate::support::name;

#[test]
fn a_rule_that_an_earlier_one_shadows() {
    let shadowed = "`r1` never fires: every signal that it could take is taken by the earlier rule `r0`; move it up, or narrow that one";
    finds(&rules(json!([{ "to": "fan" }, { "from": ["fan"], "to": "none" }])), DEAD, "rules[1]", shadowed);
    clean(&rules(json!([{ "from": ["none"], "to": "fan" }, { "from": ["fan"], "to": "none" }])), DEAD);
    clean(&rules(json!([{ "on": "buy", "to": "fan" }, { "from": ["fan"], "to": "none" }])), DEAD);
}

#[test]
fn a_rule_that_several_earlier_ones_shadow_together() {
    let three = json!([
        { "when": n("less", 0), "to": "fan" },
        { "when": n("at_least", 0), "to": "fan" },
        { "when": { "not": { "any": [n("at_most", 5), n("greater", 5)] } } },
        { "from": ["none"], "to": "fan" }
    ]);
    let sentence = "`r3` never fires: every signal that it could take is taken by the earlier rules `r0`, `r1`, `r2`; move it up, or narrow those";
    finds(&rules(three), DEAD, "rules[3]", sentence);
    let absent = json!([{ "when": n("less", 0), "to": "fan" }, { "when": n("at_least", 0) }, { "from": ["none"], "to": "fan" }]);
    clean(&rules(absent), DEAD); // no `n` at all: neither holds
    let edges = json!([
        { "when": n("less", i64::MAX) },
        { "when": { "not": n("equal", i64::MAX) } },
        { "when": n("equal", i64::MAX) },
        { "to": "fan" }
    ]);
    let found = all_of(&rules(edges), DEAD);
    assert_eq!(found.iter().map(Finding::path).collect::<Vec<_>>(), ["rules[3]"]);
}

#[test]
fn a_guard_that_contradicts_itself() {
    let sentence =
        "`r0` never fires: its guard contradicts itself, or what admits the signal; change one of its parts";
    for guard in [
        json!({ "all": [n("less", 3), n("greater", 2)] }),
        json!({ "all": [n("greater", i64::MAX)] }),
        n("less", i64::MIN),
        json!({ "all": [{ "any": [n("equal", 1), n("equal", 2)] }, { "not": n("at_least", 1) }] }),
        json!({ "all": [consent("offers"), { "not": { "all": [consent("offers"), consent("offers")] } }] }),
        json!({ "not": { "count": { "kind": "signup", "at_least": 1 } } }),
        json!({ "all": [{ "count": { "kind": "buy", "at_least": 3, "within": "1d" } }, { "not": { "count": { "kind": "buy", "at_least": 2, "within": "2d" } } }] }),
        json!({ "all": [{ "recency": { "kind": "buy", "within": "1d" } }, { "not": { "count": { "kind": "buy", "at_least": 1 } } }] }),
        json!({ "all": [{ "count": { "kind": "signup", "at_least": 2, "within": "3d" } }, { "not": { "recency": { "kind": "signup", "within": "3d" } } }] }),
    ] {
        finds(&rules(json!([{ "when": guard, "to": "fan" }])), DEAD, "rules[0]", sentence);
    }
    for guard in [
        json!({ "all": [n("less", 4), n("greater", 2)] }),
        n("at_least", i64::MAX),
        n("at_most", i64::MIN),
        json!({ "all": [{ "any": [n("equal", 1), n("equal", 0)] }, { "not": n("at_least", 1) }] }),
        json!({ "all": [consent("offers"), { "not": { "all": [consent("offers"), consent("newsletter")] } }] }),
        json!({ "not": { "count": { "kind": "signup", "at_least": 2 } } }),
        json!({ "all": [{ "count": { "kind": "buy", "at_least": 3, "within": "2d" } }, { "not": { "count": { "kind": "buy", "at_least": 2, "within": "1d" } } }] }),
        json!({ "all": [{ "count": { "kind": "buy", "at_least": 32, "within": "2d" } }, { "not": { "recency": { "kind": "buy", "within": "1s" } } }] }),
        json!({ "not": { "count": { "kind": "signup", "at_least": 1, "within": "3d" } } }), // handled late
        json!({ "all": [{ "count": { "kind": "buy", "at_least": 40 } }, { "recency": { "kind": "signup", "within": "1m" } }] }),
    ] {
        let more = rules(json!([{ "when": guard, "to": "fan" }]));
        clean(&more, DEAD);
        clean(&more, Code::UndecidedRule);
    }
}

#[test]
fn a_rule_from_where_nobody_stands() {
    let stages = json!([{ "name": "fan" }, { "name": "friend" }]);
    let sentence =
        "`r1` never fires: no contact ever stands where it starts; let a rule lead there, or change `from`";
    let more = and(
        rules(json!([{ "from": ["none"], "to": "fan" }, { "on": "buy", "from": ["friend"], "to": "none" }])),
        "stages",
        stages,
    );
    finds(&more, DEAD, "rules[1]", sentence);
    // Nobody moves to `friend`, and whoever is a fan falls back on it.
    let falls = json!([{ "name": "fan", "sustain": [{ "needs": need("offers"), "else": "friend" }] }, { "name": "friend" }]);
    clean(&and(more.clone(), "stages", falls), DEAD);
    // A circle of stages that nobody enters.
    let circle = json!([
        { "from": ["fan"], "to": "friend" },
        { "on": "buy", "from": ["friend"], "to": "fan" }
    ]);
    let stages = json!([{ "name": "fan" }, { "name": "friend" }]);
    assert_eq!(all_of(&and(rules(circle), "stages", stages), DEAD).len(), 2);
}

#[test]
fn a_guard_that_contradicts_what_is_so_where_the_rule_starts() {
    let sentence = "`r1` never fires: no contact stands where it starts and fulfils its guard; change the guard, or `from`";
    let more = rules(
        json!([{ "to": "fan", "from": ["none"] }, { "on": "buy", "from": ["fan"], "when": { "not": consent("offers") }, "to": "none" }]),
    );
    finds(&and(more.clone(), "stages", sustained("offers")), DEAD, "rules[1]", sentence);
    clean(&and(more.clone(), "stages", sustained("newsletter")), DEAD);
    clean(&more, DEAD);
    let stage = rules(
        json!([{ "to": "fan", "from": ["none"] }, { "on": "buy", "from": ["fan"], "when": { "stage": "none" } }]),
    );
    finds(&stage, DEAD, "rules[1]", sentence);
}

#[test]
fn a_guard_that_contradicts_admission() {
    let buy = json!([{ "kind": "signup" }, { "kind": "buy", "admission": need("offers") }]);
    let more = rules(json!([{ "on": "buy", "when": { "not": consent("offers") }, "to": "fan" }]));
    let sentence =
        "`r0` never fires: its guard contradicts itself, or what admits the signal; change one of its parts";
    // Admitted on a card, say, the contact may still have no address for which offers are permitted.
    clean(&and(more, "signals", buy), DEAD);
    let social = json!([{ "kind": "signup" }, { "kind": "buy", "admission": [{ "purpose": "linking", "channel": "social/*" }] }]);
    let not_linked =
        |channel: &str| json!({ "not": { "consent": { "purpose": "linking", "channel": channel } } });
    let more = |channel: &str| {
        and(
            rules(json!([{ "on": "buy", "when": not_linked(channel), "to": "fan" }])),
            "signals",
            social.clone(),
        )
    };
    finds(&more("social/*"), DEAD, "rules[0]", sentence);
    finds(&more("social/facebook"), DEAD, "rules[0]", sentence); // the only network there is
    let two = json!({
        "purposes": ["linking"], "notices": [{ "id": "form", "version": "1" }],
        "channels": [{ "name": "social/facebook" }, { "name": "social/twitter" }]
    });
    finds(&and(more("social/*"), "catalogue", two.clone()), DEAD, "rules[0]", sentence);
    clean(&and(more("social/facebook"), "catalogue", two), DEAD);
}

#[test]
fn two_rules_of_which_order_decides() {
    let more = |one: Json, other: Json| {
        rules(json!([{ "when": one, "to": "fan" }, { "when": other, "to": "none" }]))
    };
    let sentence = "`r0` and `r1` can both take the same `signup`, and the one that stands first does; let their guards exclude each other, or make sure that this order is meant";
    let pair = more(n("at_least", 3), consent("offers"));
    let finding = finds(&pair, Code::OrderDecides, "rules[1]", sentence);
    let history = finding.witness().unwrap();
    assert_eq!(fired(&journey(&pair), history), Some(name("r0")));
    assert_eq!(fired_in(&journey(&pair), &moved_up(&journey(&pair), 1, 0), history), Some(name("r1")));
    clean(&more(n("at_least", 3), n("less", 3)), Code::OrderDecides);
    clean(&more(n("at_least", 3), n("at_least", 2)), Code::OrderDecides); // the special one first
    let same =
        rules(json!([{ "when": n("at_least", 3), "to": "fan" }, { "when": consent("offers"), "to": "fan" }]));
    clean(&same, Code::OrderDecides);
    let apart = rules(
        json!([{ "from": ["none", "fan"], "to": "none" }, { "from": ["fan"], "to": "none", "on": "buy" }]),
    );
    clean(&apart, Code::OrderDecides);
}
