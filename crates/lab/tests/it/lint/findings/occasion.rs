//! Effects with a guard of their own, and where their events may leave: guards that decide nothing, stages that do not fit.

use placet_lab::lint::Code;
use placet_lab::scenario::check;
use serde_json::{Value as Json, json};

use super::{and, clean, consent, effect, finds, journey, n, need, rules, sustained};

/// One effect with more said of it.
fn mail(more: Json) -> Json {
    let mut mail = effect("offers");
    for (key, value) in more.as_object().unwrap() {
        mail[0][key] = value.clone();
    }
    mail
}

#[test]
fn a_guard_of_an_effect_that_decides_nothing() {
    let more = |guard: Json| {
        rules(json!([{ "when": n("at_least", 5), "to": "fan", "effects": mail(json!({ "when": guard })) }]))
    };
    let at = "rules[0].effects[0].when";
    finds(
        &more(n("at_least", 3)),
        Code::AlwaysTrue,
        at,
        "the guard of the effect `mail` of `r0` always holds where the rule fires; leave it out, or ask for something else",
    );
    finds(
        &more(n("less", 3)),
        Code::NeverTrue,
        at,
        "the guard of the effect `mail` of `r0` never holds where the rule fires: the effect is never asked for; leave the effect out, or ask for something else",
    );
    clean(&more(n("less", 3)), Code::NeverQueued);
    finds(
        &more(json!({ "all": [n("at_least", 7), n("at_least", 6)] })),
        Code::AlwaysTrue,
        "rules[0].effects[0].when.all[1]",
        "this part of the guard of the effect `mail` of `r0` holds whenever the parts beside it do; leave it out, or ask for something else",
    );
    for code in [Code::AlwaysTrue, Code::NeverTrue, Code::NeverQueued] {
        clean(&more(n("at_least", 7)), code);
        clean(&more(consent("newsletter")), code);
    }
}

#[test]
fn an_effect_that_is_refused_whenever_its_guard_holds() {
    let more = |purpose: &str| {
        rules(json!([{ "to": "fan", "effects": mail(json!({ "when": { "not": consent(purpose) } })) }]))
    };
    let sentence = "`mail` is refused whenever `r0` fires and its own guard holds: that is so only where a consent is missing that the effect needs; change its guard, or the effect";
    finds(&more("offers"), Code::NeverQueued, "rules[0].effects[0]", sentence);
    clean(&more("newsletter"), Code::NeverQueued);
}

/// A guard of the effect ends what a guard of the rule would end.
#[test]
fn an_effect_whose_own_guard_ends_it() {
    let more = |guard: Json| rules(json!([{ "effects": mail(json!({ "when": guard })) }]));
    let endless = |guard: Json| {
        super::all_of(&more(guard), Code::EndlessEvents)
            .iter()
            .map(|found| found.path().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(endless(n("at_least", 5)), ["rules[0].effects[0]"]);
    assert_eq!(
        endless(json!({ "count": { "kind": "signup", "at_least": 20 } })),
        ["rules[0].effects[0]"],
        "the witness goes on until the guard holds"
    );
    assert!(endless(json!({ "not": { "recency": { "kind": "signup", "within": "1d" } } })).is_empty());
    assert!(endless(json!({ "not": { "count": { "kind": "signup", "at_least": 2 } } })).is_empty());
}

const STILL: &str = "rules[0].effects[0].still";

#[test]
fn an_event_that_never_leaves() {
    let stages = json!([{ "name": "fan" }, { "name": "ghost" }]);
    let more = |still: Json| {
        and(
            rules(json!([{ "to": "fan", "effects": mail(json!({ "still": still })) }])),
            "stages",
            stages.clone(),
        )
    };
    let sentence =
        "`mail` is queued and never leaves: no contact ever stands at `ghost`; name another stage in `still`";
    finds(&more(json!(["ghost"])), Code::NeverLeaves, STILL, sentence);
    clean(&more(json!(["ghost"])), Code::MovedAway);
    clean(&more(json!(["fan", "ghost"])), Code::NeverLeaves);
}

#[test]
fn an_event_whose_contact_was_just_moved_away() {
    let stages = json!([{ "name": "fan" }, { "name": "friend" }]);
    let with = |still: &str| {
        let rule = json!([
            { "from": ["none"], "to": "fan", "effects": mail(json!({ "still": [still] })) },
            { "on": "buy", "from": ["fan"], "to": "friend" }
        ]);
        and(rules(rule), "stages", stages.clone())
    };
    let sentence = "`mail` may leave at `friend` only, and `r0` leaves the contact at `fan`: unless something moves it before the event leaves, the event is dropped as `passed`; name the stage in `still`, or leave it out";
    finds(&with("friend"), Code::MovedAway, STILL, sentence);
    clean(&with("fan"), Code::MovedAway);
    // What lint says, and what would make it leave all the same.
    let story = |more: &str, then: &str| {
        let text = format!(
            "placet scenarios 1\nscenario s\nidentity mail email:ada@example.org\ngiven 2013-05-01 10:00 grants offers by email\ngiven 2013-05-01 10:00 signal signup\n{more}when 2013-05-02 10:00 releases\nthen {then}"
        );
        check(&journey(&with("friend")), &text).unwrap_or_else(|error| panic!("{error}"));
    };
    story("", "drops mail because passed");
    story("given 2013-05-01 11:00 signal buy\n", "sends mail");
    // A rule that moves nobody leaves the contact where it was held, or where that falls to.
    let stays = |sustained: Json| {
        let rule = json!([
            { "from": ["fan"], "effects": mail(json!({ "still": ["none"] })) },
            { "on": "buy", "from": ["none"], "to": "fan" }
        ]);
        and(rules(rule), "stages", sustained)
    };
    let sentence = "`mail` may leave at no stage only, and `r0` leaves the contact at `fan`: unless something moves it before the event leaves, the event is dropped as `passed`; name the stage in `still`, or leave it out";
    finds(&stays(json!([{ "name": "fan" }])), Code::MovedAway, STILL, sentence);
    clean(&stays(sustained("offers")), Code::MovedAway);
}

#[test]
fn a_still_that_names_every_stage() {
    let more = |still: Json| rules(json!([{ "to": "fan", "effects": mail(json!({ "still": still })) }]));
    let sentence = "`still` of `mail` names every stage, and decides nothing; leave it out";
    finds(&more(json!(["fan", "none"])), Code::AlwaysTrue, STILL, sentence);
    clean(&more(json!(["fan"])), Code::AlwaysTrue);
    let both = json!([{ "name": "fan" }, { "name": "friend", "sustain": [{ "needs": need("offers"), "else": "none" }] }]);
    clean(&and(more(json!(["fan", "none"])), "stages", both), Code::AlwaysTrue);
}
