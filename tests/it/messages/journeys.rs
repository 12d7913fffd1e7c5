//! Faults of a journey: each made by breaking the reference journey in one place, and found at its path.

use super::{in_style, says};
use placet::{Journey, journey::JourneyError};
use serde_json::{Value, json};

/// The reference journey after an edit, read again.
pub fn broken(edit: impl FnOnce(&mut Value)) -> Result<Journey, JourneyError> {
    let mut journey: Value = serde_json::from_str(Journey::REFERENCE_JSON).unwrap();
    edit(&mut journey);
    Journey::from_json(&journey.to_string())
}

/// All faults of the reference journey after an edit, each as `path: what`.
fn faults(edit: impl FnOnce(&mut Value)) -> Vec<String> {
    match broken(edit) {
        Err(JourneyError::Meaning(faults)) => faults
            .iter()
            .map(|fault| {
                assert_eq!(fault.to_string(), format!("{}: {}", fault.path(), fault.kind()));
                in_style(&fault.kind().to_string());
                fault.to_string()
            })
            .collect(),
        Err(error) => panic!("a fault of meaning was expected, not {error}"),
        Ok(_) => panic!("a fault of meaning was expected"),
    }
}

pub type Edit = fn(&mut Value);

/// One edit a fault, and the fault: the list that `tests/it/golden/faults.txt` is made from, too.
pub const BROKEN: &[(Edit, &str)] = &[
    (|j| j["placet"] = json!(2), "placet: version 2 of a journey is not known; version 1 is"),
    // Names that are not declared.
    (
        |j| j["rules"][2]["when"] = json!({"all": [{"count": {"kind": "likes", "at_least": 2}}]}),
        "rules[2].when.all[0].count.kind: no kind of signal `likes` is declared: did you mean `like`?",
    ),
    (
        |j| {
            j["rules"][2]["when"] =
                json!({"any": [{"stage": "none"}, {"not": {"recency": {"kind": "visit", "within": "1d"}}}]})
        },
        "rules[2].when.any[1].not.recency.kind: no kind of signal `visit` is declared",
    ),
    (
        |j| j["rules"][0]["when"] = json!({"consent": {"purpose": "newsleter", "channel": "email"}}),
        "rules[0].when.consent.purpose: no purpose `newsleter` is declared: did you mean `newsletter`?",
    ),
    (
        |j| j["rules"][6]["when"] = json!({"stage": "fann"}),
        "rules[6].when.stage: no stage `fann` is declared: did you mean `fan`?",
    ),
    (
        |j| {
            j["rules"][6]["when"] =
                json!({"attribute": {"name": "amout", "is": "at_least", "value": {"integer": 1}}})
        },
        "rules[6].when.attribute.name: no attribute `amout` is declared: did you mean `amount`?",
    ),
    (
        |j| j["rules"][1]["on"] = json!("folow"),
        "rules[1].on: no kind of signal `folow` is declared: did you mean `follow`?",
    ),
    (
        |j| {
            j["rules"][8]["on"]["confirm"] =
                json!({"purpose": "newsleter", "channel": "emial", "recipient": "acme"})
        },
        "rules[8].on.purpose: no purpose `newsleter` is declared: did you mean `newsletter`?\n\
         rules[8].on.channel: no channel `emial` is declared: did you mean `email`?\n\
         rules[8].on.recipient: no recipient `acme` is declared",
    ),
    (
        |j| j["signals"][3]["kind"] = json!("act:confirm"),
        "signals[3].kind: no kind of signal can be called `act:confirm`: the word means something else here",
    ),
    (
        |j| j["rules"][6]["when"] = json!({"not_older_than": "lik"}),
        "rules[6].when.not_older_than: no kind of signal `lik` is declared: did you mean `like`?",
    ),
    (
        |j| j["rules"][6]["when"] = json!({"queued": {"purpose": "ofers", "at_least": 1}}),
        "rules[6].when.queued.purpose: no purpose `ofers` is declared: did you mean `offers`?",
    ),
    (
        |j| j["rules"][6]["when"] = json!({"queued": {"effect": "welcome-male", "at_least": 1}}),
        "rules[6].when.queued.effect: no effect `welcome-male` is declared: did you mean `welcome-mail`?",
    ),
    (
        |j| j["rules"][6]["when"] = json!({"queued": {"at_least": 33, "within": "7d"}}),
        "rules[6].when.queued: `queued` counts the events of one `effect` or for one `purpose`: name one of the two\n\
         rules[6].when.queued.at_least: a count within a time names at most 32: a contact keeps no more instants of one kind",
    ),
    (
        |j| j["rules"][6]["when"] = json!({"unanswered": {"kind": "refund", "by": []}}),
        "rules[6].when.unanswered.by: an empty `by` is never answered: name a kind of signal that is an answer",
    ),
    (
        |j| j["rules"][6]["effects"][0]["still"] = json!([]),
        "rules[6].effects[0].still: an empty `still` lets nothing leave: name a stage or `none`, or leave it out for any stage",
    ),
    (
        |j| j["rules"][6]["from"][1] = json!("fun"),
        "rules[6].from[1]: no stage `fun` is declared: did you mean `fan`?",
    ),
    (
        |j| j["rules"][6]["to"] = json!("custmer"),
        "rules[6].to: no stage `custmer` is declared: did you mean `customer`?",
    ),
    (
        |j| j["rules"][2]["effects"][0]["channel"] = json!("emial"),
        "rules[2].effects[0].channel: no channel `emial` is declared: did you mean `email`?",
    ),
    (
        |j| j["rules"][3]["effects"][1]["needs"][0]["recipient"] = json!("acme"),
        "rules[3].effects[1].needs[0].recipient: no recipient `acme` is declared",
    ),
    (
        |j| j["signals"][0]["admission"][0]["purpose"] = json!("social-link"),
        "signals[0].admission[0].purpose: no purpose `social-link` is declared: did you mean `social-linking`?",
    ),
    (
        |j| j["stages"][1]["sustain"][0]["else"] = json!("fam"),
        "stages[1].sustain[0].else: no stage `fam` is declared: did you mean `fan`?",
    ),
    (
        |j| j["stages"][1]["sustain"][0]["needs"][0]["channel"] = json!("post"),
        "stages[1].sustain[0].needs[0].channel: no channel `post` is declared",
    ),
    // Names that stand twice.
    (
        |j| j["catalogue"]["purposes"][1] = json!("newsletter"),
        "catalogue.purposes[1]: the purpose `newsletter` is declared twice\n\
         rules[3].effects[1].purpose: no purpose `offers` is declared\n\
         rules[4].effects[0].purpose: no purpose `offers` is declared\n\
         rules[5].effects[0].purpose: no purpose `offers` is declared\n\
         rules[6].effects[0].purpose: no purpose `offers` is declared",
    ),
    (
        |j| j["catalogue"]["channels"].as_array_mut().unwrap().push(json!({"name": "email"})),
        "catalogue.channels[3].name: the channel `email` is declared twice",
    ),
    (
        |j| j["catalogue"]["recipients"] = json!(["acme", "acme"]),
        "catalogue.recipients[1]: the recipient `acme` is declared twice",
    ),
    (
        |j| j["catalogue"]["notices"][1] = j["catalogue"]["notices"][0].clone(),
        "catalogue.notices[1]: the notice `newsletter-form` is declared twice",
    ),
    (
        |j| j["stages"].as_array_mut().unwrap().push(json!({"name": "fan"})),
        "stages[5].name: the stage `fan` is declared twice",
    ),
    (
        |j| j["signals"].as_array_mut().unwrap().push(json!({"kind": "like"})),
        "signals[7].kind: the kind of signal `like` is declared twice",
    ),
    (
        |j| j["signals"][4]["attributes"][1]["name"] = json!("amount"),
        "signals[4].attributes[1].name: the attribute `amount` is declared twice",
    ),
    (
        |j| j["rules"][1]["name"] = json!("like-makes-fan"),
        "rules[1].name: the rule `like-makes-fan` is declared twice",
    ),
    (
        |j| j["rules"][3]["effects"][1]["name"] = json!("welcome-mail"),
        "rules[3].effects[1].name: the effect `welcome-mail` is declared twice",
    ),
    // Words that mean something else.
    (
        |j| j["catalogue"]["recipients"] = json!(["self"]),
        "catalogue.recipients[0]: no recipient can be called `self`: the word means something else here",
    ),
    // Lists of nothing.
    (
        |j| j["signals"][0]["admission"] = json!([]),
        "signals[0].admission: an empty list of needs permits nothing and forbids nothing: name a scope, or leave the list out",
    ),
    (
        |j| j["stages"][0]["sustain"][0]["needs"] = json!([]),
        "stages[0].sustain[0].needs: an empty list of needs permits nothing and forbids nothing: name a scope, or leave the list out",
    ),
    (
        |j| j["rules"][0]["from"] = json!([]),
        "rules[0].from: an empty `from` matches no contact: name a stage or `none`, or leave it out for any stage",
    ),
    // What compares with what.
    (
        |j| {
            j["rules"][6]["when"] =
                json!({"attribute": {"name": "amount", "is": "equal", "value": {"text": "much"}}})
        },
        "rules[6].when.attribute.value: the attribute `amount` is declared as integer, and compared with a value of type text",
    ),
    (
        |j| {
            j["signals"][4]["attributes"][0]["type"] = json!("bool");
            j["rules"][6]["when"] =
                json!({"attribute": {"name": "amount", "is": "less", "value": {"bool": true}}});
        },
        "rules[6].when.attribute.is: a bool is equal or not_equal, nothing else",
    ),
    (
        |j| j["rules"][0]["when"] = json!({"count": {"kind": "like", "at_least": 0}}),
        "rules[0].when.count.at_least: a count of at least 0 always holds: name at least 1",
    ),
    (
        |j| j["rules"][0]["when"] = json!({"count": {"kind": "like", "at_least": 33, "within": "30d"}}),
        "rules[0].when.count.at_least: a count within a time names at most 32: a contact keeps no more instants of one kind",
    ),
    (
        |j| {
            let attribute = |at| json!({"name": format!("a{at}"), "type": "bool"});
            j["signals"][3]["attributes"] = (0..33).map(attribute).collect();
        },
        "signals[3].attributes: a kind of signal carries at most 32 attributes",
    ),
    // Stages that fall back on each other.
    (
        |j| j["stages"][0]["sustain"][0]["else"] = json!("fan"),
        "stages[0].sustain: the stage `fan` falls back on itself: let one `else` on the way be `none`",
    ),
    (
        |j| j["stages"][0]["sustain"][0]["else"] = json!("subscriber+fan"),
        "stages[0].sustain: the stage `fan` falls back on itself: let one `else` on the way be `none`",
    ),
    (
        |j| {
            let needs = json!([{"purpose": "offers", "channel": "email"}]);
            j["stages"]
                .as_array_mut()
                .unwrap()
                .push(json!({"name": "none", "sustain": [{"needs": needs, "else": "fan"}]}));
        },
        "stages[5].sustain: the stage `none` falls back on itself: let one `else` on the way be `none`",
    ),
    (
        |j| j["rules"] = (0..65_001).map(|at| json!({"name": format!("r{at}"), "on": "like"})).collect(),
        ".: a journey holds at most 65,000 names, stages, kinds, rules, effects and needs each",
    ),
];

#[test]
fn each_is_found_at_its_path() {
    for (edit, said) in BROKEN {
        assert_eq!(faults(edit).join("\n"), *said);
    }
}

/// Every need of the reference journey that means the network of the person asks for one.
#[test]
fn social_needs_a_social_channel() {
    let faults = faults(|journey| journey["catalogue"]["channels"] = json!([{"name": "email"}]));
    let no_network = ": `social/*` means the network of the identity asked about, and the catalogue has no channel of a network, such as social/facebook";
    assert_eq!(faults.len(), 7);
    assert_eq!(faults[0], format!("stages[0].sustain[0].needs[0].channel{no_network}"));
    assert!(faults.iter().all(|fault| fault.ends_with(no_network)));
}

#[test]
fn several_at_once_are_all_told() {
    let error = broken(|journey| {
        journey["stages"][1]["sustain"][0]["else"] = json!("fam");
        journey["signals"][0]["admission"] = json!([]);
        journey["rules"][1]["on"] = json!("folow");
        journey["rules"][6]["to"] = json!("custmer");
    });
    says(
        &error.unwrap_err(),
        "stages[1].sustain[0].else: no stage `fam` is declared: did you mean `fan`?\n\
         signals[0].admission: an empty list of needs permits nothing and forbids nothing: name a scope, or leave the list out\n\
         rules[1].on: no kind of signal `folow` is declared: did you mean `follow`?\n\
         rules[6].to: no stage `custmer` is declared: did you mean `customer`?",
    );
}
