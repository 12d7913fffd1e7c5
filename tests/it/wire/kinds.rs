//! Every kind has a golden line: what the schemas list stands in the golden files, so that a new kind without one fails.

use std::collections::BTreeSet;

use placet::consent::ActKind;
use serde_json::Value;

type Words = BTreeSet<String>;

fn read(file: &str) -> String {
    std::fs::read_to_string(placet_tests::project().join(file)).unwrap()
}

fn schema(of: &str) -> Value {
    serde_json::from_str(&read(&format!("docs/schema/{of}.json"))).unwrap()
}

fn word(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The types that the schema of a line has, one of which each line is.
fn types(of: &str) -> Words {
    let schema = schema(of);
    let whole = |one: &Value| match one["$ref"].as_str() {
        Some(pointer) => schema.pointer(pointer.trim_start_matches('#')).unwrap().clone(),
        None => one.clone(),
    };
    let all = schema["oneOf"].as_array().unwrap();
    all.iter().map(|one| word(&whole(one)["properties"]["type"]["const"])).collect()
}

fn golden_types(file: &str) -> Words {
    let lines = read(&format!("tests/it/golden/{file}"));
    lines.lines().map(|line| word(&serde_json::from_str::<Value>(line).unwrap()["type"])).collect()
}

/// The keys of all objects below a value.
fn keys(value: &Value) -> Words {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(key, value)| keys(value).into_iter().chain([key.clone()])).collect()
        }
        Value::Array(items) => items.iter().flat_map(keys).collect(),
        _ => Words::new(),
    }
}

fn golden_journey() -> Value {
    serde_json::from_str(&read("tests/it/golden/journey.json")).unwrap()
}

/// The words of a definition, one of which each value is: the one key of an object, or a text.
fn words(definition: &str) -> Words {
    let schema = schema("journey");
    let all = schema["$defs"][definition]["oneOf"].as_array().unwrap();
    all.iter().map(|one| word(one.get("const").unwrap_or(&one["required"][0]))).collect()
}

/// All values under a key, wherever it stands.
fn under<'v>(value: &'v Value, key: &str) -> Vec<&'v Value> {
    match value {
        Value::Object(fields) => {
            fields.get(key).into_iter().chain(fields.values().flat_map(|value| under(value, key))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|value| under(value, key)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_kind_of_act_has_a_golden_line() {
    assert_eq!(types("act").len(), ActKind::ALL.len());
    assert_eq!(golden_types("acts.jsonl"), types("act"));
}

#[test]
fn every_type_of_entry_has_a_golden_line() {
    assert_eq!(golden_types("entries.jsonl"), types("entry"));
}

#[test]
fn every_guard_is_in_the_golden_journey() {
    let journey = golden_journey();
    let guards: Words = under(&journey, "when").into_iter().flat_map(keys).collect();
    let missing: Vec<String> = words("Test").difference(&guards).cloned().collect();
    assert!(missing.is_empty(), "no golden guard: {missing:?}");
    let queued: Words = under(&journey, "queued").into_iter().flat_map(keys).collect();
    assert!(["effect", "purpose", "within"].iter().all(|of| queued.contains(*of)), "{queued:?}");
}

#[test]
fn every_trigger_is_in_the_golden_journey() {
    let journey = golden_journey();
    let on = || under(&journey, "on").into_iter();
    let acts: Words = on().flat_map(keys).collect();
    let missing: Vec<String> = words("ActTrigger").difference(&acts).cloned().collect();
    assert!(missing.is_empty(), "no golden rule on {missing:?}");
    assert!(on().any(Value::is_string), "and one on a kind of signal");
}

#[test]
fn every_field_of_a_journey_is_in_the_golden_one() {
    let (journey, schema) = (golden_journey(), schema("journey"));
    let fields: Words = under(&schema, "properties")
        .into_iter()
        .flat_map(Value::as_object)
        .flat_map(|fields| fields.keys().cloned())
        .collect();
    // One value has one type; those of a signal are in `signals.jsonl`.
    let values = ["text", "bool", "instant"].map(ToOwned::to_owned);
    let missing: Vec<String> =
        fields.difference(&keys(&journey)).filter(|field| !values.contains(field)).cloned().collect();
    assert!(missing.is_empty(), "no golden {missing:?}");
    let reaches = under(&journey, "reaches");
    let word_of =
        |reach: &&Value| reach.as_str().map_or_else(|| keys(reach), |word| [word.to_owned()].into());
    let reaches: Words = reaches.iter().flat_map(word_of).collect();
    assert_eq!(reaches, words("Reaches"));
}
