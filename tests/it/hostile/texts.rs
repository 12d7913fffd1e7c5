//! Texts that attack the reading itself: depth, size, numbers, control characters, spellings of time.

use chrono::Datelike;

use super::{PLANTED, Reader, readers};

/// A text that is read, with one piece of it replaced.
#[track_caller]
fn edited(reader: &Reader, from: &str, to: &str) -> String {
    let with = reader.reads.iter().map(ToString::to_string).find(|text| text.contains(from));
    with.unwrap_or_else(|| panic!("no {} has {from}", reader.name)).replacen(from, to, 1)
}

fn reader(name: &str) -> Reader {
    readers().into_iter().find(|reader| reader.name == name).unwrap()
}

#[test]
fn a_hundred_thousand_deep() {
    for reader in readers() {
        for (open, path) in
            [("[", "."), ("{\"id\":", "id"), ("{\"rules\":[{\"when\":{\"not\":", "rules[0].when.not")]
        {
            let told = reader.refuses(&open.repeat(100_000));
            let known = told.path == path || told.path == ".";
            assert!(known, "{}: {}", reader.name, told.all);
        }
    }
    let guard = format!("{}{}", r#"{"not":"#.repeat(100_000), PLANTED);
    let journey = reader("journey");
    let told = journey.refuses(&edited(&journey, r#"{"any":"#, &guard));
    assert!(told.path.starts_with("rules[6].when.not.not.not"), "{}", told.path);
    assert_eq!(told.what, "lists and objects stand too deep in one another");
}

#[test]
fn huge_numbers() {
    let long = "1".repeat(401);
    for (name, from, path) in [
        ("entry", r#""v":1"#, "v"),
        ("queued event", r#""v":1"#, "v"),
        ("queued event", r#""version":3"#, "needs[0].version"),
        ("signal", r#""integer":-9223372036854775808"#, "attributes[1].value.integer"),
        ("journey", r#""placet":1"#, "placet"),
        ("journey", r#""at_least":2"#, "rules[3].effects[1].when.not.count.at_least"),
    ] {
        let reader = reader(name);
        let field = from.split_once(':').unwrap().0;
        for number in [
            "1e999",
            "-1e999",
            &long,
            "1e2",
            "1.0",
            "4294967296.5",
            "18446744073709551616",
            "00",
            "+1",
            "0x1",
            "NaN",
            "\"1\"",
        ] {
            let told = reader.refuses(&edited(&reader, from, &format!("{field}:{number}")));
            let no_number = (told.path == "." || path.starts_with(&told.path))
                && told.what.starts_with("this is not JSON");
            assert!(told.path == path || no_number, "{number}: {}", told.all);
        }
    }
}

#[test]
fn control_characters_and_broken_escapes() {
    for (name, from, path) in [
        ("entry", r#""contact":""#, "contact"),
        ("act", r#""identity":"email:"#, "identity"),
        ("queued event", r#""effect":""#, "effect"),
        ("signal", r#""identity":"account/facebook:"#, "identity"),
        ("journey", r#""name":"reference"#, "name"),
    ] {
        let reader = reader(name);
        let bad = [
            "\\u0000",
            "\u{0}",
            "\u{1f}",
            "\n",
            "\\n",
            "\\ud800",
            "\\udc00\\ud800",
            "\\ud800x",
            "\\x41",
            "\\u12",
            "\u{202e} ",
            "\u{85}",
        ];
        for character in bad {
            let told = reader.refuses(&edited(&reader, from, &format!("{from}{character}{PLANTED}")));
            assert_eq!(told.path, path, "{character:?}: {}", told.all);
        }
    }
}

#[test]
fn before_and_behind() {
    for reader in readers() {
        let text = reader.reads[0].to_string();
        for begin in ["\u{feff}", "\u{0}", "//", ")]}'\n"] {
            let told = reader.refuses(&format!("{begin}{text}"));
            assert_eq!((told.path.as_str(), told.what.as_str()), (".", "this is not JSON: expected value"));
        }
        for end in [PLANTED, "{}", ",", "\u{0}", "null"] {
            let told = reader.refuses(&format!("{text}{end}"));
            assert_eq!((told.path.as_str(), told.what.as_str()), (".", "something stands after the end"));
        }
        assert!(reader.try_read(&format!(" \n\t{text}\r\n ")).is_ok(), "blanks around it are no harm");
        for cut in 0..text.len() {
            let Some(part) = text.get(..cut) else { continue };
            let told = reader.refuses(part);
            assert!(told.what.starts_with("the input ends inside "), "{part}: {}", told.all);
        }
    }
}

#[test]
fn times_that_do_not_exist() {
    let form = "an instant is written 2013-05-01T12:00:00Z, with a capital T, at most 9 fraction digits, and Z or an offset such as +02:00";
    let no_such = "there is no such day, hour, minute, second or offset (leap seconds are refused)";
    let year = "an instant lies in the years 0001 to 9999, also in UTC";
    for (text, what) in [
        ("0000-01-01T00:00:00Z", year),
        ("10000-01-01T00:00:00Z", form),
        ("0001-01-01T00:00:00+00:01", year),
        ("9999-12-31T23:59:59-00:01", year),
        ("2013-06-30T23:59:60Z", no_such),
        ("2013-05-01T24:00:00Z", no_such),
        ("2013-02-29T00:00:00Z", no_such),
        ("2013-05-01T10:00:00+24:00", no_such),
        ("2013-05-01t10:00:00Z", form),
        ("2013-05-01T10:00:00z", form),
        ("2013-05-01 10:00:00Z", form),
        ("2013-05-01T10:00:00", form),
        ("2013-05-01T10:00:00+0100", form),
        ("2013-05-01T10:00:00.Z", form),
        ("2013-05-01T10:00:00.0000000000Z", form),
        ("+2013-05-01T10:00:00Z", form),
        ("-0001-05-01T10:00:00Z", form),
        ("２013-05-01T10:00:00Z", form),
        ("2013-05-01T10:00:00Z ", form),
        ("Never", form),
        ("", form),
        (PLANTED, form),
    ] {
        for (name, field, path) in [
            ("act", "acted", "acted"),
            ("act", "until", "until"),
            ("act", "confirm_by", "confirm_by"),
            ("entry", "at", "at"),
            ("entry", "now", "now"),
            ("signal", "at", "at"),
            ("signal", "instant", "attributes[3].value.instant"),
            ("queued event", "decided_at", "needs[0].decided_at"),
            ("queued event", "not_after", "needs[0].not_after"),
        ] {
            let reader = reader(name);
            let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            let with = reader.reads.iter().find(|value| value.pointer(&pointer).is_some());
            let mut value = with.unwrap_or_else(|| panic!("no {name} has {field}")).clone();
            *value.pointer_mut(&pointer).unwrap() = text.into();
            let told = reader.refuses(&value.to_string());
            assert_eq!((told.path.as_str(), told.what.as_str()), (path, what), "{name} {text}");
        }
    }
}

/// Our reading of instants beside `chrono`'s: days of all centuries, leap days and their neighbours among them.
#[test]
fn times_that_exist() {
    let day = chrono::NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
    let dates = (0..3_652_059_u64).step_by(61).map(|days| day + chrono::Days::new(days));
    let leaps = [1600, 1700, 1900, 1999, 2000, 2012, 2013, 9996].into_iter();
    let ends =
        leaps.flat_map(|year| [(2, 28), (2, 29), (3, 1), (12, 31)].map(|(month, day)| (year, month, day)));
    let ends = ends.filter_map(|(year, month, day)| chrono::NaiveDate::from_ymd_opt(year, month, day));
    let times = ["00:00:00Z", "23:59:59.999999999Z", "12:30:00.5+23:59", "00:00:01.000000001-14:00"];
    for (date, time) in dates.chain(ends).zip(times.into_iter().cycle()) {
        let text = format!("{:04}-{:02}-{:02}T{time}", date.year(), date.month(), date.day());
        let chrono = chrono::DateTime::parse_from_rfc3339(&text).unwrap().to_utc();
        let ours = placet::Instant::parse(&text);
        assert_eq!(ours.map(placet::Instant::as_utc), Ok(chrono), "{text}");
        assert_eq!(ours, placet::Instant::from_utc(chrono));
    }
}

#[test]
fn addresses_that_are_none() {
    use placet::{Identity, identity::IdentityError as No};
    let long = "a".repeat(64);
    for (text, why) in [
        ("ada".to_owned(), No::EmailForm),
        ("@example.org".to_owned(), No::EmailForm),
        (".ada@example.org".to_owned(), No::EmailForm),
        ("ada.@example.org".to_owned(), No::EmailForm),
        ("ada..l@example.org".to_owned(), No::EmailForm),
        ("ada@l@example.org".to_owned(), No::EmailForm),
        ("ada l@example.org".to_owned(), No::EmailForm),
        ("ada\u{a0}l@example.org".to_owned(), No::EmailForm),
        ("ada\u{7f}@example.org".to_owned(), No::Invisible),
        ("\"ada\"@example.org".to_owned(), No::EmailForm),
        (format!("{long}a@example.org"), No::EmailTooLong),
        ("ada@".to_owned(), No::EmailDomain),
        ("ada@example..org".to_owned(), No::EmailDomain),
        ("ada@example.org.".to_owned(), No::EmailDomain),
        ("ada@-example.org".to_owned(), No::EmailDomain),
        ("ada@example-.org".to_owned(), No::EmailDomain),
        ("ada@exä_mple.org".to_owned(), No::EmailDomain),
        (format!("ada@{long}.org"), No::EmailDomain),
    ] {
        assert_eq!(Identity::email(&text), Err(why), "{text}");
    }
    assert_eq!(Identity::email("ada@exämple.org").unwrap().address(), "ada@xn--exmple-cua.org");
    for text in [format!("{long}@example.org"), "a.d.a+l@xn--exmple-cua.org".to_owned(), "áda@x".to_owned()]
    {
        assert_eq!(Identity::email(&text).unwrap().address(), text);
    }
}

#[test]
fn one_megabyte() {
    let long = format!("{PLANTED}{}", "a".repeat(1 << 20));
    for (name, from, path) in [
        ("entry", r#""contact":""#, "contact"),
        ("entry", r#""identity":"email:"#, "identity"),
        ("act", r#""type":""#, "type"),
        ("act", r#""actor":""#, "actor"),
        ("act", r#""until":""#, "until"),
        ("queued event", r#""key":""#, "key"),
        ("signal", r#""identity":"account/facebook:"#, "identity"),
        ("journey", r#""within":"7d"#, "rules[6].effects[0].when.not.queued.within"),
        ("journey", r#""name":"reference"#, "name"),
    ] {
        let reader = reader(name);
        let told = reader.refuses(&edited(&reader, from, &format!("{from}{long}")));
        assert_eq!(told.path, path);
        let told = reader.refuses(&edited(&reader, "{", &format!("{{\"{long}\":1,")));
        assert_eq!(told.path, ".");
    }
}

#[test]
fn what_would_loosen_a_grant() {
    let act = reader("act");
    let cases = [
        (
            r#""until":"never""#,
            r#""untill":"never""#,
            ".",
            "a field that is not known: did you mean `until`?",
        ),
        (r#","until":"never""#, "", ".", "the field `until` is missing"),
        (r#","confirm_by":"not_needed""#, "", ".", "the field `confirm_by` is missing"),
        (
            r#""until":"never""#,
            r#""until":"2013-05-01T10:00:00Z""#,
            ".",
            "`until` must be after the instant of the act and after `begins`: a grant is in force while acted, begins <= now < until",
        ),
        (
            r#""purpose":"newsletter""#,
            r#""purpose":"*""#,
            ".",
            "`purpose` must name exactly one: only a stop can cover all of them with `*`",
        ),
        (
            r#""recipient":"self""#,
            r#""recipient":"*""#,
            ".",
            "`recipient` must name exactly one: only a stop can cover all of them with `*`",
        ),
        (
            r#""method":"unticked_box""#,
            r#""method":"pre_ticked_box""#,
            ".",
            "the evidence does not prove the act: this method proves no affirmative act: ask the person again with an unticked box, a signature or a round trip",
        ),
        (
            r#""actor":"person""#,
            r#""actor":"Person""#,
            "actor",
            "a word that is not known: did you mean `person`?",
        ),
        (r#""actor":"person""#, r#""actor":{"person":null}"#, "actor", "expected a word"),
        (
            r#""type":"grant""#,
            r#""type":"granted""#,
            ".",
            "this `type` is not known; `grant`, `withdraw` and `signal` are some that are",
        ),
        (r#""type":"grant""#, r#""type":"grant","v":1"#, ".", "the field `v` does not belong to this type"),
        (r#""type":"grant""#, r#""type":"withdraw""#, ".", "the field `until` does not belong to this type"),
    ];
    let plain = act.reads[0].to_string();
    for (from, to, path, what) in cases {
        assert!(plain.contains(from), "{plain} has no {from}");
        let told = act.refuses(&plain.replacen(from, to, 1));
        assert_eq!((told.path.as_str(), told.what.as_str()), (path, what));
    }
}

#[test]
fn versions_keys_and_contacts() {
    let (entry, queued) = (reader("entry"), reader("queued event"));
    for version in ["0", "2", "4294967295"] {
        let told = entry.refuses(&edited(&entry, r#""v":1"#, &format!(r#""v":{version}"#)));
        assert_eq!(
            (told.path.as_str(), told.what.as_str()),
            (".", "this version of an entry is not known; version 1 is")
        );
        let told = queued.refuses(&edited(&queued, r#""v":1"#, &format!(r#""v":{version}"#)));
        assert_eq!(told.what, "this version of a queued event is not known; version 1 is");
    }
    let cases = [
        (
            r#""type":"queued_event""#,
            r#""type":"event""#,
            ".",
            "only a `queued_event` is read: nothing else can be released",
        ),
        (
            r#""signal":"s-1""#,
            r#""signal":"s-9""#,
            ".",
            "the key is not that of the contact, signal, rule and effect that stand beside it",
        ),
    ];
    for (from, to, path, what) in cases {
        let told = queued.refuses(&edited(&queued, from, to));
        assert_eq!((told.path.as_str(), told.what.as_str()), (path, what));
    }
    let mut further =
        queued.reads.iter().find(|value| value["needs"].as_array().unwrap().len() > 1).unwrap().clone();
    further["needs"][1]["decided_at"] = "2013-05-01T10:59:59Z".into();
    assert_eq!(
        queued.refuses(&further.to_string()).what,
        "all needs of a queued event are of one decision: they have one instant"
    );
    further["needs"] = serde_json::json!([]);
    assert_eq!(
        queued.refuses(&further.to_string()).what,
        "a queued event has at least one need, the addressing one"
    );
    let key = queued.reads[0]["key"].as_str().unwrap();
    let spellings =
        [key.to_uppercase(), key.replace('-', ""), format!("urn:uuid:{key}"), format!("{{{key}}}")];
    for spelling in spellings {
        let told = queued.refuses(&queued.reads[0].to_string().replace(key, &spelling));
        assert_eq!(told.path, "key", "{}", told.all);
    }
    let mut entry_of_bob = entry.reads.iter().find(|value| value["type"] == "queued").unwrap().clone();
    entry_of_bob["contact"] = "bob".into();
    assert_eq!(
        entry.refuses(&entry_of_bob.to_string()).what,
        "the queued event is of another contact than the entry that it stands in"
    );
}

#[test]
fn evidence_is_whole_or_not_there() {
    let act = reader("act");
    let stop = act.reads.iter().find(|act| act["type"] == "refuse").unwrap();
    for (field, missing) in
        [("actor", "actor"), ("method", "method"), ("notice", "notice"), ("notice_version", "notice_version")]
    {
        let mut stop = stop.clone();
        stop.as_object_mut().unwrap().remove(field);
        assert_eq!(act.refuses(&stop.to_string()).what, format!("the field `{missing}` is missing"));
    }
}

#[test]
fn what_is_wrong_as_a_whole_is_found_at_the_end() {
    let error = placet::Act::from_json("{\n  \"type\": \"withdraw\"\n}\n").unwrap_err();
    assert_eq!(error.to_string(), "the field `id` is missing (at `.`, line 3, column 1)");
}
