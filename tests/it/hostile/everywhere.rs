//! The same attack at every place of every text: the error names that place.

use super::{PLANTED, Reader, readers};
pub use placet_tests::places::{Place, places};
use serde_json::{Map, Value, json};

/// Runs an attack on every place of every text; where it changes nothing it returns `None`.
fn everywhere(
    attack: impl Fn(&Value) -> Option<Value>,
    check: impl Fn(&Reader, &Place, &Value, super::Told),
) {
    for reader in readers() {
        for base in &reader.reads {
            for place in places(base) {
                let mut text = base.clone();
                let there = text.pointer_mut(&place.pointer).unwrap();
                let before = there.clone();
                if let Some(value) = attack(there) {
                    *there = value;
                    let told = reader.refuses(&text.to_string());
                    check(&reader, &place, &before, told);
                }
            }
        }
    }
}

/// Something of another type stands there.
#[test]
fn another_type() {
    let planted = format!("{PLANTED} @ \u{0} £");
    let wrong =
        [json!(null), json!(true), json!(7), json!(1.5), json!(-1), json!([]), json!({}), json!(planted)];
    for value in wrong {
        let attack = |there: &Value| {
            let same = std::mem::discriminant(there) == std::mem::discriminant(&value);
            (!same || there.is_string()).then(|| value.clone())
        };
        everywhere(attack, |reader, place, before, told| {
            assert_eq!(told.path, place.path, "{} at {before}: {}", reader.name, told.all);
        });
    }
}

/// The person's own words stand where a list or an object is read.
#[test]
fn a_list_of_the_fields_in_the_place_of_an_object() {
    let attack = |there: &Value| {
        there
            .as_object()
            .map(|fields| Value::Array(fields.values().cloned().chain([json!(PLANTED)]).collect()))
    };
    everywhere(attack, |reader, place, before, told| {
        assert_eq!(told.path, place.path, "{} at {before}: {}", reader.name, told.all);
    });
}

#[test]
fn a_field_more() {
    for field in
        [PLANTED.to_owned(), format!("a.{PLANTED}.b@x.org"), format!("`{PLANTED}`, expected `{PLANTED}`")]
    {
        let attack = |there: &Value| {
            let mut fields: Map<String, Value> = there.as_object()?.clone();
            fields.insert(field.clone(), json!(PLANTED));
            Some(Value::Object(fields))
        };
        everywhere(attack, |reader, place, before, told| {
            assert_eq!(told.path, place.path, "{} at {before}: {}", reader.name, told.all);
        });
    }
}

/// Every field, said twice with the same content.
#[test]
fn a_field_twice() {
    fn write(value: &Value, pointer: &str, twice: &str) -> String {
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().flat_map(|(key, value)| {
                    let pointer = format!("{pointer}/{key}");
                    let field = format!("{}:{}", json!(key), write(value, &pointer, twice));
                    std::iter::repeat_n(field, if pointer == twice { 2 } else { 1 })
                });
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }
            Value::Array(list) => {
                let list = list.iter().enumerate();
                let list = list.map(|(at, value)| write(value, &format!("{pointer}/{at}"), twice));
                format!("[{}]", list.collect::<Vec<_>>().join(","))
            }
            other => other.to_string(),
        }
    }
    for reader in readers() {
        for base in &reader.reads {
            for place in places(base) {
                let (holder, field) = place.path.rsplit_once('.').unwrap_or((".", &place.path));
                if place.path == "." || field.ends_with(']') {
                    continue;
                }
                let told = reader.refuses(&write(base, "", &place.pointer));
                assert_eq!(told.path, holder, "{}: {}", reader.name, told.all);
                let one_key = told.what.starts_with("this is not JSON") || told.what.starts_with("expected");
                assert!(
                    one_key || told.what == format!("the field `{field}` is there twice"),
                    "{}",
                    told.all
                );
            }
        }
    }
}

/// Each required field, left out.
#[test]
fn a_field_less() {
    let optional = [
        "identity",
        "notice_digest",
        "round_trip",
        "digest",
        "actor",
        "method",
        "touchpoint",
        "provenance",
        "source",
        "attributes",
        "cause",
        "recipient",
        "recipients",
        "notices",
        "allowed",
        "known_notices_only",
        "reaches",
        "sustain",
        "admission",
        "from",
        "when",
        "to",
        "effects",
        "within",
        "needs",
        "begins",
        "derived",
        "only",
        "still",
        "when",
    ];
    for reader in readers() {
        for base in &reader.reads {
            for place in places(base) {
                let (holder, field) = place.path.rsplit_once('.').unwrap_or((".", &place.path));
                if place.path == "." || field.ends_with(']') {
                    continue;
                }
                let mut text = base.clone();
                let (above, key) = place.pointer.rsplit_once('/').unwrap();
                text.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(key);
                match reader.try_read(&text.to_string()) {
                    // An unmerge of before says nothing of the stage of those who stay.
                    Ok(()) if field == "held" && base["type"] == "unmerged" => {}
                    Ok(()) => assert!(
                        optional.contains(&field) || holder.contains(".on."),
                        "{} was read without `{}`",
                        reader.name,
                        place.path
                    ),
                    Err(told) => {
                        let here = told.path == holder || told.path.starts_with(&format!("{holder}."));
                        assert!(here || optional.contains(&field), "{}: {}", place.path, told.all);
                        let missing = told.what == format!("the field `{field}` is missing");
                        let other = [
                            "expected",
                            "the field",
                            "this is not JSON",
                            "no ",
                            "the evidence",
                            "a rule fires",
                            "`queued`",
                        ];
                        assert!(
                            missing
                                || optional.contains(&field)
                                || other.iter().any(|begin| told.what.starts_with(begin)),
                            "{}",
                            told.all
                        );
                    }
                }
            }
        }
    }
}
