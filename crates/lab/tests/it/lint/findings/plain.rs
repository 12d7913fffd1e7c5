//! What is seen without a search: words that nothing uses, lines that decide nothing, numbers between two rules, minutes.

use placet_lab::lint::Code;
use serde_json::{Value as Json, json};

use super::{all_of, and, clean, effect, finds, n, need, rules};

/// Losing the newsletter made a fan of whoever was nobody.
#[test]
fn a_stage_that_is_lost_upwards() {
    let stages = |otherwise: [&str; 2]| {
        json!([
            { "name": "fan", "sustain": [{ "needs": need("offers"), "else": otherwise[0] }] },
            { "name": "friend", "sustain": [{ "needs": need("newsletter"), "else": otherwise[1] }] }
        ])
    };
    let more = rules(json!([{ "to": "fan" }, { "on": "buy", "to": "friend" }]));
    let sentence = "who loses the consent that holds `fan` up rises to `friend`, which stands above it in `stages`; name a lower stage, or none";
    let up = and(more.clone(), "stages", stages(["friend", "none"]));
    finds(&up, Code::RisesByLoss, "stages[0].sustain[0].else", sentence);
    clean(&and(more, "stages", stages(["none", "fan"])), Code::RisesByLoss);
}

#[test]
fn a_line_that_never_decides() {
    let lines = |second: Json| {
        let of = |needs: Json| json!({ "needs": needs, "else": "none" });
        let both = json!([need("offers")[0].clone(), need("newsletter")[0].clone()]);
        let stages = json!([{ "name": "fan", "sustain": [of(both), of(second)] }]);
        and(rules(json!([{ "to": "fan" }])), "stages", stages)
    };
    let sentence = "this line of `fan` never decides: all that it needs stands in the lines above it, and the first that fails decides; leave it out, or move it up";
    finds(&lines(need("newsletter")), Code::IdleLine, "stages[0].sustain[1]", sentence);
    clean(&lines(need("linking")), Code::IdleLine);
}

#[test]
fn a_kind_that_no_rule_looks_at() {
    let more = rules(json!([{ "to": "fan" }]));
    let sentence =
        "`buy` is kept of everybody, and no rule looks at it; let a rule use it, or leave the kind out";
    finds(&more, Code::UnusedKind, "signals[1]", sentence);
    let counted = json!([{ "when": { "count": { "kind": "buy", "at_least": 1 } }, "to": "fan" }]);
    clean(&rules(counted), Code::UnusedKind);
    let admitted = json!([{ "kind": "signup" }, { "kind": "buy", "admission": need("offers") }]);
    clean(&and(more, "signals", admitted), Code::UnusedKind);
}

#[test]
fn words_that_nothing_asks_for() {
    let more = rules(json!([{ "on": "buy", "effects": effect("offers") }, { "to": "fan" }]));
    let found = all_of(&more, Code::UnusedWord);
    let told: Vec<(&str, &str)> = found.iter().map(|finding| (finding.path(), finding.sentence())).collect();
    let says = |word: &str| format!("`{word}` is declared and nothing asks for it; use it, or leave it out");
    let (newsletter, linking, facebook) = (says("newsletter"), says("linking"), says("social/facebook"));
    assert_eq!(
        told,
        [
            ("catalogue.purposes[1]", newsletter.as_str()),
            ("catalogue.purposes[2]", linking.as_str()),
            ("catalogue.channels[1]", facebook.as_str()),
        ]
    );
    // A need of one's own network uses every network; a guard and a trigger use what they name.
    let needs = json!([{ "name": "mail", "purpose": "offers", "channel": "email",
        "needs": [{ "purpose": "linking", "channel": "social/*" }] }]);
    let fires = json!({ "confirm": { "purpose": "newsletter" } });
    clean(&rules(json!([{ "on": fires, "effects": needs }])), Code::UnusedWord);
    let notices = all_of(&rules(json!([{ "to": "fan" }])), Code::UnusedWord);
    assert!(notices.iter().any(|finding| finding.path() == "catalogue.notices[0]"), "{notices:?}");
}

#[test]
fn a_number_between_two_rules() {
    let split = |small: &str, large: &str| {
        rules(json!([{ "when": n(small, 100), "to": "fan" }, { "when": n(large, 100), "to": "none" }]))
    };
    let sentence = "no rule takes a `signup` whose `n` is 100, and rules take the one below and the one above (rules[0], rules[1]); let one of them include it";
    finds(&split("less", "greater"), Code::Gap, "rules[0].when", sentence);
    clean(&split("less", "at_least"), Code::Gap);
    clean(&split("at_most", "greater"), Code::Gap);
    // Another rule may take it; and a wide gap may well be meant.
    let other = json!([{ "when": n("less", 100), "to": "fan" }, { "when": n("greater", 100), "to": "none" },
        { "to": "fan" }]);
    clean(&rules(other), Code::Gap);
    let wide = json!([{ "when": n("less", 100), "to": "fan" }, { "when": n("greater", 200), "to": "none" }]);
    clean(&rules(wide), Code::Gap);
    // From other stages they are no siblings.
    let apart = json!([{ "from": ["none"], "when": n("less", 100), "to": "fan" },
        { "from": ["fan"], "when": n("greater", 100), "to": "none" }]);
    clean(&rules(apart), Code::Gap);
}

#[test]
fn minutes_where_months_may_be_meant() {
    let recent = |span: &str| {
        rules(json!([{ "when": { "recency": { "kind": "buy", "within": span } }, "to": "fan" }]))
    };
    let sentence = "`6m` is 6 minutes; if months are meant, write `180d`";
    finds(&recent("6m"), Code::Minutes, "rules[0].when.recency.within", sentence);
    finds(
        &recent("1m"),
        Code::Minutes,
        "rules[0].when.recency.within",
        "`1m` is 1 minute; if months are meant, write `30d`",
    );
    for span in ["45m", "6h", "6d", "6s"] {
        clean(&recent(span), Code::Minutes);
    }
    let late = json!([{ "effects": [{ "name": "mail", "purpose": "offers", "channel": "email", "within": "12m" }] }]);
    let sentence = "`12m` is 12 minutes; if months are meant, write `360d`";
    finds(&rules(late), Code::Minutes, "rules[0].effects[0].within", sentence);
}

/// Whatever is found can be allowed, by name or by number, and is listed with its reason.
#[test]
fn what_is_meant_is_allowed_with_a_reason() {
    let allowed = |finding: &str, at: &str| {
        let rule = json!([{ "effects": [{ "name": "mail", "purpose": "offers", "channel": "email", "within": "6m" }] }]);
        let all = json!([{ "finding": finding, "at": at, "because": "a code for the till" }]);
        and(rules(rule), "allowed", all)
    };
    for at in ["rules[r0].effects[mail].within", "rules[0].effects[0].within"] {
        let found = all_of(&allowed("minutes", at), Code::Minutes);
        assert_eq!(found[0].allowed().map(|because| because.as_str()), Some("a code for the till"));
        let words = "allowed minutes at rules[0].effects[0].within: a code for the till";
        assert_eq!(found[0].to_string(), words);
        clean(&allowed("minutes", at), Code::AllowsNothing);
    }
    let elsewhere = allowed("minutes", "rules[r1].effects[mail].within");
    assert_eq!(all_of(&elsewhere, Code::Minutes)[0].allowed(), None);
    let sentence = "`minutes` is not found at `rules[r1].effects[mail].within`; leave this out, or write the place as the finding does";
    finds(&elsewhere, Code::AllowsNothing, "allowed[0]", sentence);
}
