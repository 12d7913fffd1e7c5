//! Texts that have not the form of a journey, an act, an entry, a signal or a queued event.

use super::{in_style, journeys::broken, says};
use placet::{Journey, SignalSpec, journey::JourneyError};
use serde_json::{Value, json};

/// Where, and what.
fn shape(edit: impl FnOnce(&mut Value)) -> (String, String) {
    let Err(JourneyError::Shape(fault)) = broken(edit) else { panic!("a fault of shape was expected") };
    in_style(fault.what());
    (fault.path().to_owned(), fault.what().to_owned())
}

fn misspell(object: &mut Value, field: &str, misspelt: &str) {
    let object = object.as_object_mut().unwrap();
    let value = object.remove(field).unwrap();
    object.insert(misspelt.to_owned(), value);
}

#[test]
fn misspelt_fields_get_a_suggestion() {
    let found = |edit: fn(&mut Value)| shape(edit);
    let meant = |path: &str, word: &str| {
        (path.to_owned(), format!("a field that is not known: did you mean `{word}`?"))
    };
    assert_eq!(found(|j| misspell(j, "rules", "ruls")), meant(".", "rules"));
    assert_eq!(found(|j| misspell(&mut j["rules"][2], "effects", "efects")), meant("rules[2]", "effects"));
    assert_eq!(
        found(|j| misspell(&mut j["signals"][0], "admission", "admision")),
        meant("signals[0]", "admission")
    );
    let guard = json!({"all": [{"count": {"kind": "like", "atleast": 2}}]});
    let path = "rules[2].when.all[0].count";
    assert_eq!(shape(|j| j["rules"][2]["when"] = guard), meant(path, "at_least"));
    let far = shape(|j| misspell(&mut j["catalogue"]["notices"][0], "version", "edition"));
    let far = (far.0.as_str(), far.1.as_str());
    let expected = "a field that is not known, expected one of `id`, `version`, `digest`";
    assert_eq!(far, ("catalogue.notices[0]", expected));
}

#[test]
fn misspelt_words_get_a_suggestion() {
    let (path, what) = shape(|j| j["rules"][0]["when"] = json!({"any": [{"al": []}]}));
    assert_eq!(path, "rules[0].when.any[0]");
    assert_eq!(what, "a word that is not known: did you mean `all`?");
    let (path, what) = shape(|j| j["signals"][0]["attributes"][0]["type"] = json!("number"));
    assert_eq!(path, "signals[0].attributes[0].type");
    assert_eq!(what, "a word that is not known, expected one of `text`, `integer`, `bool`, `instant`");
}

#[test]
fn other_shapes() {
    let cases: [(super::journeys::Edit, &str, &str); 13] = [
        (|j| *j = json!([]), ".", "expected an object"),
        (|j| *j = json!({}), ".", "the field `placet` is missing"),
        (|j| j["rules"] = json!({}), "rules", "expected a list"),
        (|j| j["rules"][1] = json!(["r", "like"]), "rules[1]", "expected an object"),
        (|j| j["placet"] = json!("1"), "placet", "expected a whole number, not below 0 and not too large"),
        (|j| j["name"] = json!(7), "name", "expected a name: 1 to 64 of a-z 0-9 + . _ : / -"),
        (|j| j["name"] = json!("Journey"), "name", "a name begins with a letter a-z or a digit"),
        (
            |j| j["rules"][0]["to"] = json!(null),
            "rules[0].to",
            "expected a name: 1 to 64 of a-z 0-9 + . _ : / -",
        ),
        (
            |j| j["rules"][0]["when"] = json!({"all": []}),
            "rules[0].when",
            "`all` and `any` need at least one guard inside",
        ),
        (
            |j| j["rules"][0]["when"] = json!({"recency": {"kind": "like", "within": "a month"}}),
            "rules[0].when.recency.within",
            "a span is a whole number from 1 to 999999999 and a unit s, m (minutes), h, d or w, such as 30d; a month is 30d",
        ),
        (
            |j| {
                j["rules"][6]["when"] =
                    json!({"attribute": {"name": "amount", "is": "less", "value": {"integer": 1.5}}})
            },
            "rules[6].when.attribute.value.integer",
            "expected a whole number, not too large",
        ),
        (
            |j| j["rules"][6]["when"] = json!({"attribute": {"name": "amount", "is": "less", "value": 100}}),
            "rules[6].when.attribute.value",
            "expected an object with exactly one field, whose name says what it is, or a known word",
        ),
        (
            |j| j["catalogue"]["channels"][0]["reaches"] = json!({"kind": "a:b"}),
            "catalogue.channels[0].reaches.kind",
            "a kind of identity is a name without a colon, other than email, phone, erased and account/…",
        ),
    ];
    for (edit, path, what) in cases {
        assert_eq!(shape(edit), (path.to_owned(), what.to_owned()));
    }
}

#[test]
fn texts_that_are_no_json() {
    let cases = [
        ("", ".", "the input ends inside a value"),
        ("{", ".", "the input ends inside an object"),
        (r#"{"id":"s"#, "id", "the input ends inside a text"),
        (r#"{"id":"s-1","#, ".", "the input ends inside a value"),
        ("{} {}", ".", "the field `id` is missing"),
        (r#"{"id":nul}"#, "id", "this is not JSON: expected ident"),
        (r#"{"id":"s-1" "at":1}"#, ".", "this is not JSON: expected `,` or `}`"),
        (r#"{"id":"\q"}"#, "id", "this is not JSON: invalid escape"),
        (r#"{"id":"s-1","id":"s-1"}"#, ".", "the field `id` is there twice"),
    ];
    for (text, path, what) in cases {
        let error = SignalSpec::from_json(text).unwrap_err();
        in_style(what);
        assert_eq!((error.path(), error.what()), (path, what), "{text}");
    }
}

#[test]
fn a_whole_message() {
    let error = SignalSpec::from_json("{\n  \"idd\": \"s-1\"}").unwrap_err();
    assert_eq!(error.position(), (2, 7));
    says(&error, "a field that is not known: did you mean `id`? (at `.`, line 2, column 7)");
    let error = Journey::from_json(r#"{"placet":1,"nam":"j"}"#).unwrap_err();
    says(&error, ".: a field that is not known: did you mean `name`? (line 1, column 17)");
}
