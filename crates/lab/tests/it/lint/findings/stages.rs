//! Stages that nobody reaches, that no rule leaves, and that outlast what they rest on.

use placet::{Act, entry::Body};
use placet_lab::lint::Code;
use serde_json::{Value as Json, json};

use super::{all_of, and, clean, consent, effect, finds, n, need, rehearsed, rules, sustained};
use crate::lint::sound::ends_at;
use crate::support::name;

#[test]
fn a_stage_that_nobody_reaches() {
    let stages = json!([{ "name": "fan" }, { "name": "friend" }]);
    let more = and(rules(json!([{ "to": "fan" }])), "stages", stages);
    let sentence = "no contact ever stands at `friend`: no rule that can fire leads there, and no stage falls back on it; add a rule, or leave the stage out";
    finds(&more, Code::UnreachableStage, "stages[1]", sentence);
    clean(
        &and(
            more,
            "rules",
            json!([{ "name": "a", "on": "buy", "to": "fan" }, { "name": "b", "on": "signup", "to": "friend" }]),
        ),
        Code::UnreachableStage,
    );

    let post = |reaches: &str| {
        json!({
            "purposes": ["offers"], "notices": [{ "id": "form", "version": "1" }],
            "channels": [{ "name": "post:box", "reaches": { "kind": reaches } }]
        })
    };
    let rests = json!([{ "name": "fan", "sustain": [{ "needs": [{ "purpose": "offers", "channel": "post:box" }], "else": "none" }] }]);
    let more = and(rules(json!([{ "to": "fan" }])), "stages", rests);
    clean(&and(more.clone(), "catalogue", post("address")), Code::UnreachableStage);
    let mut nowhere = post("address");
    nowhere["channels"] = json!([{ "name": "post:box" }]);
    let sentence = "`fan` can be held, and no contact ever stands there: what sustains it is never permitted; change its `sustain`";
    finds(&and(more, "catalogue", nowhere), Code::UnreachableStage, "stages[0]", sentence);
}

#[test]
fn a_stage_from_which_no_rule_leads_on() {
    let more = rules(json!([{ "to": "fan" }]));
    let sentence = "no rule leads on from `fan`; let one start there, if it is not meant to be the last";
    let finding = finds(&more, Code::FinalStage, "stages[0]", sentence);
    assert!(ends_at(&rehearsed(&more, &finding), Some(name("fan"))));
    clean(
        &rules(json!([{ "from": ["none"], "to": "fan" }, { "on": "buy", "from": ["fan"], "to": "none" }])),
        Code::FinalStage,
    );
    let dead = rules(json!([{ "to": "fan" }, { "from": ["fan"], "to": "none" }]));
    finds(&dead, Code::FinalStage, "stages[0]", sentence);
}

#[test]
fn a_stage_that_rests_on_an_arrival() {
    let with = |reaches: Json| {
        json!({
            "purposes": ["offers"], "channels": [{ "name": "chat", "reaches": reaches }], "notices": [{ "id": "form", "version": "1" }]
        })
    };
    let rests = json!([{ "name": "fan", "sustain": [{ "needs": [{ "purpose": "offers", "channel": "chat" }], "else": "none" }] }]);
    let more = and(rules(json!([{ "to": "fan" }])), "stages", rests);
    let sentence = "`fan` rests on offers by chat, a channel that reaches only where a signal has just arrived: between signals nobody stands there; name a channel that reaches a kind of identity";
    finds(
        &and(more.clone(), "catalogue", with(json!("arrival"))),
        Code::SustainByArrival,
        "stages[0].sustain[0].needs[0]",
        sentence,
    );
    clean(&and(more, "catalogue", with(json!("any"))), Code::SustainByArrival);
}

#[test]
fn a_stage_that_outlasts_the_consent_it_came_with() {
    let buy = json!([{ "kind": "signup" }, { "kind": "buy", "admission": need("offers") }]);
    let admitted = and(rules(json!([{ "on": "buy", "to": "fan" }])), "signals", buy);
    let sentence = "`fan` is entered by consent to offers by email (signals[1].admission[0]), and stays when that ends; name it in the `sustain` of the stage";
    let finding = finds(&admitted, Code::SurvivesConsent, "rules[0].to", sentence);
    let history = finding.witness().unwrap();
    assert!(matches!(history.last().unwrap().body(), Body::Act(Act::Stop(_))));
    assert!(ends_at(&rehearsed(&admitted, &finding), Some(name("fan"))));
    clean(&and(admitted.clone(), "stages", sustained("offers")), Code::SurvivesConsent);
    let other = all_of(&and(admitted, "stages", sustained("newsletter")), Code::SurvivesConsent);
    assert_eq!(other.len(), 1, "resting on another consent is not enough");

    let guarded = |guard: Json| rules(json!([{ "when": guard, "to": "fan" }]));
    let sentence = "`fan` is entered by consent to offers by email (rules[0].when.all[1].consent), and stays when that ends; name it in the `sustain` of the stage";
    let more = guarded(json!({ "all": [n("equal", 1), consent("offers")] }));
    finds(&more, Code::SurvivesConsent, "rules[0].to", sentence);
    clean(&and(more, "stages", sustained("offers")), Code::SurvivesConsent);
    clean(&guarded(json!({ "any": [n("equal", 1), consent("offers")] })), Code::SurvivesConsent); // not needed
    clean(&guarded(json!({ "not": consent("offers") })), Code::SurvivesConsent);
    clean(&rules(json!([{ "to": "fan", "effects": effect("offers") }])), Code::SurvivesConsent);
}
