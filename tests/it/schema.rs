//! JSON Schema: the files in `docs/schema` are current, and take and refuse what the readers do.
//!
//! After a change that is meant, write the files anew with
//! `PLACET_BLESS=1 cargo test -p placet-tests --all-features --test it schema`.

mod limits;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use placet::schema;
use serde_json::{Value, json};

use crate::hostile::{Reader, readers};
use crate::wire::golden_in;

static VALIDATORS: LazyLock<BTreeMap<&str, jsonschema::Validator>> = LazyLock::new(|| {
    let all = schema::all().into_iter();
    all.map(|(name, schema)| (name, jsonschema::draft202012::new(schema.as_value()).unwrap())).collect()
});

/// Whether a schema takes a value.
pub fn takes(schema: &str, value: &Value) -> bool {
    VALIDATORS[schema].is_valid(value)
}

/// Holds what the crate wrote against its schema.
#[track_caller]
pub fn fits(schema: &str, written: &impl serde::Serialize) {
    let value = serde_json::to_value(written).unwrap();
    let faults: Vec<_> = VALIDATORS[schema].iter_errors(&value).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "the schema {schema} refuses {value}: {faults:#?}");
}

/// Holds a schema against what a reader answered: it takes what is read, and refuses what is not but for what no
/// schema can say.
#[track_caller]
pub fn agrees(reader: &Reader, text: &str, read: bool) {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return assert!(!read, "no JSON was read");
    };
    let taken = takes(&reader.name.replace(' ', "_"), &value);
    let shown: String = text.chars().take(2_000).collect();
    if read {
        assert!(taken, "the {} was read, and its schema refuses it: {shown}", reader.name);
    } else {
        let beyond = limits::is_beyond(reader, value);
        assert_eq!(taken, beyond, "the {} was refused, and its schema takes it or not: {shown}", reader.name);
    }
}

#[test]
fn the_files_are_current() {
    for (name, schema) in schema::all() {
        let text = serde_json::to_string_pretty(&schema).unwrap();
        golden_in(
            "docs/schema",
            &format!("{name}.json"),
            &text.lines().map(ToOwned::to_owned).collect::<Vec<_>>(),
        );
    }
    let files = std::fs::read_dir(placet_tests::project().join("docs/schema")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    // That of scenarios is the lab's, which holds it against its own.
    let known = |name: &String| schema::all().iter().any(|(own, _)| format!("{own}.json") == *name);
    assert_eq!(names.filter(|name| !known(name)).collect::<Vec<_>>(), ["scenario.json"]);
}

#[test]
fn they_are_schemas() {
    for (name, schema) in schema::all() {
        assert_eq!(
            schema.get("$schema"),
            Some(&json!("https://json-schema.org/draft/2020-12/schema")),
            "{name}"
        );
        jsonschema::draft202012::meta::validate(schema.as_value())
            .unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }
}

#[test]
fn no_description_has_a_link() {
    fn descriptions(value: &Value, all: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                all.extend(fields.get("description").and_then(Value::as_str).map(ToOwned::to_owned));
                fields.values().for_each(|value| descriptions(value, all));
            }
            Value::Array(list) => list.iter().for_each(|value| descriptions(value, all)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    schema::all().iter().for_each(|(_, schema)| descriptions(schema.as_value(), &mut all));
    assert!(all.len() > 100);
    for text in all {
        assert!(!text.contains("](") && !text.contains("crate::"), "{text}");
    }
}

/// Every line and every file under `golden`, each by the schema of its name.
#[test]
fn every_golden_file_is_taken() {
    let file = |name: &str| {
        std::fs::read_to_string(placet_tests::project().join("tests/it/golden").join(name)).unwrap()
    };
    let mut seen = 0;
    for (name, schema, indent) in [
        ("acts.jsonl", "act", "{"),
        ("entries.jsonl", "entry", "{"),
        ("queued_events.jsonl", "queued_event", "{"),
        ("events.jsonl", "event", "{"),
        ("signals.jsonl", "signal", "{"),
        ("citations.jsonl", "citation", "{"),
        ("explanations.txt", "explanation", "{"),
        ("remedies.txt", "remedy", "  {"),
    ] {
        let text = file(name);
        let lines: Vec<&str> = text.lines().filter(|line| line.starts_with(indent)).collect();
        assert!(lines.len() > 1, "{name}");
        for line in lines {
            let value: Value = serde_json::from_str(line).unwrap();
            fits(schema, &value);
            assert_eq!(takes("refusal", &value), value["type"] == "effect_refused");
            seen += 1;
        }
    }
    fits("journey", &serde_json::from_str::<Value>(&file("journey.json")).unwrap());
    assert!(seen > 50, "{seen}");
}

/// All journeys that stand in the project as files.
#[test]
fn every_shipped_journey_is_taken() {
    fn walk(folder: &std::path::Path, found: &mut usize) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("target") {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "json") {
                let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                if value.get("placet").is_some() && value.get("controller").is_some() {
                    fits("journey", &value);
                    *found += 1;
                }
            }
        }
    }
    let mut found = 0;
    for folder in ["src", "crates", "examples", "benches", "tests"] {
        walk(&placet_tests::project().join(folder), &mut found);
    }
    assert!(found >= 3, "{found}");
}

/// Words of a definition: those of an enum without content.
fn words(schema: &str, of: &str) -> Vec<Value> {
    let all = schema::all().into_iter().find(|(name, _)| *name == schema).unwrap().1;
    let words = all.as_value()["$defs"][of]["oneOf"].as_array().unwrap().clone();
    words
        .iter()
        .flat_map(|one| {
            one.get("const")
                .map_or_else(|| one["enum"].as_array().unwrap().clone(), |word| vec![word.clone()])
        })
        .collect()
}

/// The table of what proves an act, cell by cell.
#[test]
fn evidence_that_proves_nothing_is_refused() {
    let act = readers().into_iter().find(|reader| reader.name == "act").unwrap();
    let (actors, methods) = (words("act", "Actor"), words("act", "Method"));
    assert_eq!((actors.len(), methods.len()), (5, 11));
    let (mut taken, mut refused) = (0, 0);
    for base in &act.reads {
        for (actor, method) in
            actors.iter().flat_map(|actor| methods.iter().map(move |method| (actor, method)))
        {
            for (notice, trip) in [(true, false), (false, false), (true, true), (false, true)] {
                let mut text = base.clone();
                let fields = text.as_object_mut().unwrap();
                fields.insert("actor".to_owned(), actor.clone());
                fields.insert("method".to_owned(), method.clone());
                for field in ["notice", "notice_version", "notice_digest", "round_trip"] {
                    fields.remove(field);
                }
                if notice {
                    fields.insert("notice".to_owned(), json!("n"));
                    fields.insert("notice_version".to_owned(), json!("1"));
                }
                if trip {
                    fields.insert("round_trip".to_owned(), json!("0".repeat(32)));
                }
                match act.try_read(&text.to_string()) {
                    Ok(()) => taken += 1,
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(taken > 500 && refused > 500, "{taken} {refused}");
}

/// Identities, instants and names as somebody might misspell them: the schema and the reader answer alike.
#[test]
fn misspelt_words_are_taken_or_refused_alike() {
    let signal = readers().into_iter().find(|reader| reader.name == "signal").unwrap();
    let identity = r#"(email|phone|account/|account/x|erased|card|Email)?:?(\+|@)?[a@.+0-9 \-é"_()\u{85}\u{a0}\u{3000}]{0,12}(\.example)?"#;
    let instant = "(000[01]|20[12][0-9]|9999)-(0[0-9]|1[0-3])-([0-2][0-9]|3[0-2])T(0|1|2)[0-9]:[0-6][0-9]:(00|59|60)(\\.[0-9]{0,10})?(Z|z|[+-][0-2][0-9]:?[0-5][0-9])";
    let (mut taken, mut refused) = (0, 0);
    let name = "[a-z0-9][a-z0-9+._:/-]{61,65}|[a-zA-Z+ ]{0,4}";
    for (pointer, words) in [("/identity", identity), ("/at", instant), ("/kind", name)] {
        let words = proptest::string::string_regex(words).unwrap();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for _ in 0..3_000 {
            let word = proptest::strategy::Strategy::new_tree(&words, &mut runner).unwrap();
            let mut text = signal.reads[1].clone();
            *text.pointer_mut(pointer).unwrap() = proptest::strategy::ValueTree::current(&word).into();
            match signal.try_read(&text.to_string()) {
                Ok(()) => taken += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(taken > 300 && refused > 300, "{taken} {refused}");
}
