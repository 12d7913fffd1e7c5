//! JSON Schema: the file in `docs/schema` is current, and takes and refuses what the reader does.
//!
//! After a change that is meant, write the file anew with
//! `PLACET_BLESS=1 cargo test -p placet-lab --all-features --test it schema`.

use placet_lab::scenario::Scenarios;
use placet_lab::schema;
use placet_tests::golden;
use placet_tests::places::places;
use serde_json::{Value, json};

use crate::scenario::REFERENCE;

#[test]
fn the_file_is_current_and_a_schema() {
    for (name, schema) in schema::all() {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        let lines = text.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
        golden::compare("docs/schema", &format!("{name}.json"), &lines);
        jsonschema::draft202012::meta::validate(schema.as_value())
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        for line in text.lines().filter(|line| line.contains("\"description\"")) {
            assert!(!line.contains("](") && !line.contains("crate::"), "a description has a link: {line}");
        }
    }
}

/// Scenarios have a reader of their own, whose texts are attacked here: each place by another type, a field more, a
/// field less.
#[test]
fn scenarios_are_taken_or_refused_alike() {
    let validator = jsonschema::draft202012::new(schema::scenario().as_value()).unwrap();
    let is_read = |value: &Value| {
        let read = Scenarios::from_json(&value.to_string()).is_ok_and(|scenarios| scenarios.placet == 1);
        assert_eq!(validator.is_valid(value), read, "the reader and the schema do not agree: {value}");
        read
    };
    let whole = serde_json::to_value(Scenarios::read(REFERENCE).unwrap()).unwrap();
    let everything = json!({"placet": 1, "day_1": "2012-02-29", "scenarios": [{"name": "s",
        "identities": [{"name": "mail", "identity": "email:ada@example.org"}],
        "steps": [
            {"given": {"at": "2013-05-01T10:00:00Z", "what": {"grant": {"scope": {"purpose": "offers", "channel": "email",
                "recipient": "acme"}, "identity": "mail", "until": "2013-05-02T10:00:00Z",
                "confirm_by": "2013-05-02T10:00:00Z", "id": "g"}}}},
            {"given": {"at": "2013-05-01T10:00:00Z", "what": {"withdraw": {"reach": {"purpose": "offers",
                "channel": "email", "recipient": "acme"}}}}},
            {"given": {"at": "2013-05-01T10:00:00Z", "what": {"unobject": {"scope": {"purpose": "offers",
                "channel": "email"}, "identity": "mail"}}}},
            {"given": {"at": "2013-05-01T10:00:00Z", "what": {"confirm": {"grant": "g"}}}},
            {"given": {"at": "2013-05-01T10:00:00Z", "what": {"merge": {"with": "none"}}}},
            {"given": {"at": "2013-05-01T10:00:00Z", "what": {"wait": {}}}},
            {"when": {"at": "2013-05-01T10:00:00Z", "what": {"signal": {"kind": "like", "identity": "mail",
                "source": "web", "attributes": [{"name": "a", "value": {"integer": 1}}],
                "handled": "2013-05-01T11:00:00Z"}},
                "then": {"not_admitted": {"because": "expired", "scope": {"purpose": "offers", "channel": "email"}},
                    "moves_to": "fan", "queues": [{"effect": "e", "to": "mail"}], "refuses": [{"effect": "e",
                    "because": "expired", "scope": {"purpose": "offers", "channel": "email"}}],
                    "sends": [{"effect": "e"}], "drops": [{"effect": "e", "because": "erased"}], "stands_at": "none"}}}]}]});
    assert!(is_read(&whole) && is_read(&everything));
    let base = &everything;
    let (mut taken, mut refused) = (0, 0);
    for place in places(base) {
        let there = base.pointer(&place.pointer).unwrap();
        let mut attacks: Vec<Value> = vec![
            json!(null),
            json!(7),
            json!(-1),
            json!(1.5),
            json!("£ @"),
            json!("2013-02-29"),
            json!([]),
            json!({}),
        ];
        if let Some(fields) = there.as_object() {
            for field in fields.keys() {
                let less = fields.iter().filter(|(key, _)| *key != field);
                attacks.push(less.map(|(key, value)| (key.clone(), value.clone())).collect());
            }
            let more = fields.iter().map(|(key, value)| (key.clone(), value.clone()));
            attacks.push(more.chain([("more".to_owned(), json!(1))]).collect());
        }
        for attack in attacks {
            let mut text = base.clone();
            *text.pointer_mut(&place.pointer).unwrap() = attack;
            match is_read(&text) {
                true => taken += 1,
                false => refused += 1,
            }
        }
    }
    assert!(taken > 40 && refused > 400, "{taken} {refused}");
}
