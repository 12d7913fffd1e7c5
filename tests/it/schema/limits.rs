//! What no schema can say, exactly: what stands on the list below is taken by the schema and refused by the reader;
//! anything else that the reader refuses is refused by the schema, too (`super::agrees` holds every hostile text to it).

use serde_json::{Value, json};

use crate::hostile::{Reader, readers};
use crate::messages::journeys::BROKEN;

/// What a refusal says, and why a schema cannot say it.
const BEYOND: &[(&str, &str)] = &[
    ("`until` must be after", "two fields compared"),
    ("`confirm_by` must be after", "two fields compared"),
    ("all needs of a queued event are of one decision", "two fields compared"),
    ("the queued event is of another contact", "two fields compared"),
    ("a bool is equal or not_equal", "two fields compared"),
    ("a count within a time names at most", "two fields compared"),
    ("name one of the two", "exactly one of two fields"),
    ("the key is not that of", "a function of four fields"),
    ("guards nest at most 16 deep", "a schema that names itself has no depth"),
    ("` is declared", "a name declared elsewhere, or not"),
    (" can be called `", "a list without some of its words"),
    ("`social/*` means the network", "a name declared elsewhere"),
    ("falls back on itself", "names that lead to one another"),
    ("a journey holds at most 65,000", "lengths of several lists, summed up"),
];

/// Whether only what no schema can say is wrong with a text: something of the list, or what a schema does not see.
pub fn is_beyond(reader: &Reader, value: Value) -> bool {
    match (reader.read)(&unseen(value).to_string()) {
        Ok(()) => true,
        Err(told) => BEYOND.iter().any(|(said, _)| told.what.contains(said)),
    }
}

/// The same value without what a schema does not see: a field twice (gone already), `1.0` in the place of `1`, the
/// bytes of a character, the year of an instant in UTC.
fn unseen(value: Value) -> Value {
    match value {
        Value::Number(number) => {
            match number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 1e15) {
                Some(float) => json!(float as i64),
                None => Value::Number(number),
            }
        }
        Value::String(text) if text.len() > 64 => text
            .chars()
            .map(|c| if c.is_alphanumeric() && !c.is_ascii() { 'x' } else { c })
            .collect::<String>()
            .into(),
        Value::String(text) if text.starts_with("0001-01-01T") || text.starts_with("9999-12-31T") => {
            let local =
                text.trim_end_matches(|c: char| c.is_ascii_digit() || c == ':').trim_end_matches(['+', '-']);
            if local.len() < text.len() { json!(format!("{local}Z")) } else { json!(text) }
        }
        Value::Array(list) => list.into_iter().map(unseen).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, unseen(value))).collect(),
        other => other,
    }
}

/// Every fault of a journey that the messages know, and one text for each line of the list besides: none on the list
/// without need.
#[test]
fn the_list_is_no_longer_than_it_must_be() {
    let readers = readers();
    let reader = |name: &str| readers.iter().find(|reader| reader.name == name).unwrap();
    let mut beyond = Vec::new();
    let mut met = |name: &str, text: Value| {
        let told = reader(name).try_read(&text.to_string()).unwrap_err();
        if super::takes(&name.replace(' ', "_"), &text) {
            beyond.push(told.what);
        }
    };
    for (edit, _) in BROKEN {
        let mut broken: Value = serde_json::from_str(placet::Journey::REFERENCE_JSON).unwrap();
        edit(&mut broken);
        met("journey", broken);
    }
    let mut queued = reader("entry").reads.iter().find(|entry| entry["type"] == "queued").unwrap().clone();
    queued["contact"] = json!("bob");
    met("entry", queued);
    let mut edited = |name: &str, pointer: &str, value: Value| {
        let with = reader(name).reads.iter().find(|text| text.pointer(pointer).is_some());
        let mut text = with.unwrap_or_else(|| panic!("no {name} has {pointer}")).clone();
        *text.pointer_mut(pointer).unwrap() = value;
        met(name, text);
    };
    edited("journey", "/catalogue/channels", json!([{"name": "email"}]));
    edited("act", "/until", json!("2013-05-01T10:00:00Z"));
    edited("act", "/confirm_by", json!("2013-05-01T10:00:00Z"));
    edited("queued event", "/needs/1/decided_at", json!("2013-05-01T10:59:59Z"));
    edited("queued event", "/signal", json!("s-9"));
    let deep = (0..20).fold(json!({"stage": "fan"}), |guard, _| json!({"not": guard}));
    edited("journey", "/rules/0", json!({"name": "r", "on": "like", "when": deep}));
    let rules: Value = (0..70_000).map(|at| json!({"name": format!("r{at}"), "on": "like"})).collect();
    edited("journey", "/rules", rules);
    for (said, why) in BEYOND {
        assert!(beyond.iter().any(|what| what.contains(said)), "nothing is refused because of {why}: {said}");
    }
}

/// What a schema does not see, seen by the reader alone.
#[test]
fn bytes_years_and_spellings() {
    let readers = readers();
    let signal = readers.iter().find(|reader| reader.name == "signal").unwrap();
    for (pointer, refused, read) in [
        (
            "/identity",
            json!(format!("account/facebook:{}", "é".repeat(200))),
            json!(format!("account/facebook:{}", "é".repeat(127))),
        ),
        (
            "/identity",
            json!(format!("email:{}@x.example", "é".repeat(40))),
            json!(format!("email:{}@x.example", "é".repeat(32))),
        ),
        ("/at", json!("0001-01-01T00:00:00+00:01"), json!("0001-01-01T00:00:00-00:01")),
        ("/at", json!("9999-12-31T23:59:59-00:01"), json!("9999-12-31T23:59:59+00:01")),
        ("/attributes/1/value/integer", json!(1.0), json!(1)),
    ] {
        for (value, fine) in [(refused, false), (read, true)] {
            let mut text = signal.reads[0].clone();
            *text.pointer_mut(pointer).unwrap() = value;
            assert_eq!(signal.try_read(&text.to_string()).is_ok(), fine, "{text}");
            assert!(super::takes("signal", &text), "{text}");
        }
    }
}
