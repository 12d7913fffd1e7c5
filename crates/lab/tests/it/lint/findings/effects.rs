//! Effects that are always refused, have no end, or are several for one signal; kinds kept of everybody.

use placet::{entry::Body, name::EffectName};
use placet_lab::lint::{Code, Finding};
use serde_json::{Value as Json, json};

use super::{all_of, and, clean, consent, effect, finds, journey, n, need, rehearsed, rules, sustained};
use crate::lint::sound::{fired, queued, rehearsed as run};
use crate::support::name;

#[test]
fn a_rule_for_the_erased_alone() {
    let none = json!([{ "name": "fan" }, { "name": "none", "sustain": [{ "needs": need("offers"), "else": "fan" }] }]);
    let more = rules(json!([{ "from": ["none"], "when": { "not": consent("offers") }, "to": "fan" }]));
    let sentence = "`r0` fires for erased contacts alone, who do not move and are sent nothing; change its guard, or `from`";
    let finding = finds(&and(more.clone(), "stages", none.clone()), Code::ErasedOnly, "rules[0]", sentence);
    let journey = journey(&and(more.clone(), "stages", none));
    assert_eq!(fired(&journey, finding.witness().unwrap()), Some(name("r0")));
    clean(&more, Code::ErasedOnly);
}

#[test]
fn an_effect_that_is_always_refused() {
    let more = |effects: Json| {
        rules(json!([{ "when": { "not": consent("offers") }, "to": "fan", "effects": effects }]))
    };
    let sentence = "`mail` is refused whenever `r0` fires: the rule fires only where a consent is missing that the effect needs; change its guard, or the effect";
    let finding = finds(&more(effect("offers")), Code::NeverQueued, "rules[0].effects[0]", sentence);
    let refused = &rehearsed(&more(effect("offers")), &finding).effects[&name::<EffectName>("mail")];
    assert_eq!((refused.queued, refused.refused.len()), (0, 1));
    clean(&more(effect("newsletter")), Code::NeverQueued);

    // From where a fan falls to, the consent is missing that holds a fan up.
    let falls = json!([{ "name": "fan", "sustain": [{ "needs": need("offers"), "else": "friend" }] }, { "name": "friend" }]);
    let rule = |to: &str| {
        rules(
            json!([{ "from": ["none"], "to": to }, { "on": "buy", "from": ["friend"], "to": "none", "effects": effect("offers") }]),
        )
    };
    let sentence = "`mail` is refused whenever `r1` fires: the rule fires only where a consent is missing that the effect needs; change its guard, or the effect";
    finds(&and(rule("fan"), "stages", falls.clone()), Code::NeverQueued, "rules[1].effects[0]", sentence);
    clean(&and(rule("friend"), "stages", falls), Code::NeverQueued);
}

#[test]
fn what_no_grant_can_cover() {
    let with = |channels: Json| {
        json!({
            "purposes": ["offers"], "channels": channels, "notices": [{ "id": "form", "version": "1" }]
        })
    };
    let by = |channel: &str| {
        rules(
            json!([{ "to": "fan", "effects": [{ "name": "mail", "purpose": "offers", "channel": channel }] }]),
        )
    };
    let more = and(by("post:box"), "catalogue", with(json!([{ "name": "post:box" }])));
    let sentence = "the channel `post:box` reaches identities of the kind `post:box`, and no address is ever read as one; name another kind in `reaches`";
    let finding = finds(&more, Code::NoIdentity, "catalogue.channels[0]", sentence);
    assert_eq!(rehearsed(&more, &finding).effects[&name::<EffectName>("mail")].queued, 0);
    clean(&more, Code::NeverQueued);
    let account = and(by("account/x"), "catalogue", with(json!([{ "name": "account/x" }])));
    assert_eq!(all_of(&account, Code::NoIdentity).len(), 1, "read as an account at x, which is another kind");
    clean(&and(by("post"), "catalogue", with(json!([{ "name": "post" }]))), Code::NoIdentity);
    clean(
        &and(by("post:box"), "catalogue", with(json!([{ "name": "post:box", "reaches": "any" }]))),
        Code::NoIdentity,
    );

    let sentence = "consents are asked for, and the catalogue names no notice: a grant is proven by the text that was shown; name the texts";
    let mut bare = with(json!([{ "name": "email" }]));
    bare["notices"] = json!([]);
    finds(&and(by("email"), "catalogue", bare.clone()), Code::NoNotice, "catalogue.notices", sentence);
    clean(&by("email"), Code::NoNotice);
    clean(&and(rules(json!([{ "to": "fan" }])), "catalogue", bare.clone()), Code::NoNotice);
    let asks =
        rules(json!([{ "when": { "not": { "any": [consent("offers"), n("equal", 1)] } }, "to": "fan" }]));
    finds(&and(asks, "catalogue", bare), Code::NoNotice, "catalogue.notices", sentence);
}

#[test]
fn an_effect_without_end() {
    let mailed =
        |more: &Json, finding: &Finding| rehearsed(more, finding).effects[&name::<EffectName>("mail")].queued;
    let more = rules(json!([{ "effects": effect("offers") }]));
    let sentence = "the same person can be sent `mail` again and again, 3 times within hours in the witness, by giving `signup`; add a guard, such as `not` a `recency`, or let the rule lead on";
    let finding = finds(&more, Code::EndlessEvents, "rules[0].effects[0]", sentence);
    assert_eq!(mailed(&more, &finding), 3);

    let round = rules(json!([
        { "from": ["none"], "to": "fan", "effects": effect("offers") },
        { "on": "buy", "from": ["fan"], "to": "none" }
    ]));
    let sentence = "the same person can be sent `mail` again and again, 3 times within hours in the witness, by giving `buy`, then `signup`; add a guard, such as `not` a `recency`, or let the rule lead on";
    let finding = finds(&round, Code::EndlessEvents, "rules[0].effects[0]", sentence);
    assert_eq!(mailed(&round, &finding), 3);

    let guarded = |guard: Json| rules(json!([{ "when": guard, "effects": effect("offers") }]));
    clean(
        &rules(json!([{ "from": ["none"], "to": "fan", "effects": effect("offers") }])),
        Code::EndlessEvents,
    );
    clean(
        &guarded(json!({ "not": { "recency": { "kind": "signup", "within": "1d" } } })),
        Code::EndlessEvents,
    );
    clean(&guarded(json!({ "not": { "count": { "kind": "signup", "at_least": 20 } } })), Code::EndlessEvents);
    let many = guarded(json!({ "count": { "kind": "signup", "at_least": 20 } }));
    assert_eq!(mailed(&many, &all_of(&many, Code::EndlessEvents)[0]), 22, "more often than any guard counts");
    // To fall back and to climb again takes a withdrawal and a new grant, which asks for it anew.
    let climbs =
        |purpose: &str| rules(json!([{ "from": ["none"], "to": "fan", "effects": effect(purpose) }]));
    clean(&and(climbs("newsletter"), "stages", sustained("newsletter")), Code::EndlessEvents);
    // Whoever never permitted the newsletter stands nowhere, and signs up for the first time again.
    assert_eq!(
        all_of(&and(climbs("offers"), "stages", sustained("newsletter")), Code::EndlessEvents).len(),
        1
    );
}

#[test]
fn several_events_for_one_signal() {
    let effects = |purposes: &[&str]| -> Json {
        let each = purposes.iter().enumerate();
        each.map(
            |(at, purpose)| json!({ "name": format!("mail-{at}"), "purpose": purpose, "channel": "email" }),
        )
        .collect()
    };
    let more = |guard: Json| {
        rules(json!([
            { "from": ["none"], "to": "fan", "effects": effects(&["offers"]) },
            { "from": ["fan"], "when": guard, "to": "none", "effects": effects(&["offers", "newsletter", "linking"]) }
        ]))
    };
    let says = |number: &str| {
        format!(
            "one person can receive {number} events for one signal, which is the most in this journey, when `r1` fires; spread them, if that is too many"
        )
    };
    let three = more(n("equal", 1));
    let finding = finds(&three, Code::SeveralEvents, "rules[1].effects", &says("3"));
    assert_eq!(queued(&rehearsed(&three, &finding)) - count_before_last(&three, &finding), 3);
    finds(&more(json!({ "not": consent("linking") })), Code::SeveralEvents, "rules[1].effects", &says("2"));
    let either = json!({ "not": { "all": [consent("linking"), consent("offers")] } });
    finds(&more(either), Code::SeveralEvents, "rules[1].effects", &says("2 to 3"));
    clean(
        &more(json!({ "not": { "any": [consent("linking"), consent("newsletter")] } })),
        Code::SeveralEvents,
    );
}

/// The events before the last signal of a witness.
fn count_before_last(more: &Json, finding: &Finding) -> u64 {
    let (_, before) = finding.witness().unwrap().split_last().unwrap();
    queued(&run(&journey(more), before))
}

#[test]
fn a_kind_that_tells_of_a_person_and_is_kept_of_everybody() {
    let kinds = |kind: &str, admitted: bool| {
        let mut kind = json!({ "kind": kind, "attributes": [{ "name": "n", "type": "integer" }] });
        if admitted {
            kind["admission"] = need("offers");
        }
        json!([{ "kind": "signup" }, kind])
    };
    let rule = |kind: &str, guard: Option<Json>| {
        let mut rule = json!({ "on": kind, "to": "fan" });
        if let Some(guard) = guard {
            rule["when"] = guard;
        }
        rules(json!([rule]))
    };
    let ending = "to keep it is to profile; name in `admission` the consent that it needs, unless it is the contact's own dealing with the controller";
    let liked = and(rule("page/likes", None), "signals", kinds("page/likes", false));
    let sentence = format!(
        "`page/likes` is kept of everybody, and by its name (`like`) it is a signal of a social network: {ending}"
    );
    let finding = finds(&liked, Code::NoAdmission, "signals[1]", &sentence);
    let rehearsal = rehearsed(&liked, &finding);
    assert_eq!((rehearsal.signals, rehearsal.unadmitted.len()), (1, 0));
    assert!(finding.witness().unwrap().iter().all(|entry| !matches!(entry.body(), Body::Act(_))));
    clean(&and(rule("page/likes", None), "signals", kinds("page/likes", true)), Code::NoAdmission);
    clean(&and(rule("dislike", None), "signals", kinds("dislike", false)), Code::NoAdmission);

    let count = json!({ "any": [{ "count": { "kind": "visit", "at_least": 2 } }, consent("offers")] });
    let recency = json!({ "not": { "recency": { "kind": "visit", "within": "1d" } } });
    for (guard, place) in [(&count, "when.any[0].count"), (&recency, "when.not.recency")] {
        let sentence = |at: &str| {
            format!("`visit` is kept of everybody, and a guard looks at it (rules[0].{at}{place}): {ending}")
        };
        let more = and(rule("signup", Some(guard.clone())), "signals", kinds("visit", false));
        finds(&more, Code::NoAdmission, "signals[1]", &sentence(""));
        clean(&and(more, "signals", kinds("visit", true)), Code::NoAdmission);
        let of_an_effect = json!([{ "to": "fan", "effects": [
            { "name": "mail", "purpose": "offers", "channel": "email", "when": guard }
        ] }]);
        let more = and(rules(of_an_effect), "signals", kinds("visit", false));
        finds(&more, Code::NoAdmission, "signals[1]", &sentence("effects[0]."));
    }
    // Its own dealings, looked at as they arrive.
    for guard in [n("equal", 1), count, recency] {
        clean(&and(rule("visit", Some(guard)), "signals", kinds("visit", false)), Code::NoAdmission);
    }
    clean(&and(rule("visit", None), "signals", kinds("visit", false)), Code::NoAdmission);
}
