//! `placet insight`: what it shows of tables, of one person and of a ranking, and what it says of bad input.
#![allow(clippy::indexing_slicing, reason = "a place of JSON that is not there fails the test")]

use serde_json::{Value, json};

use super::{End, bad, fine, folder, placet, shipped};

const NOW: &str = "2013-06-01T10:00:00Z";

/// An act for offers by email.
fn act(who: &str, kind: &str, id: &str, at: &str) -> Value {
    let mut act = json!({"v": 1, "type": kind, "contact": who, "id": id, "acted": at, "recorded": at,
        "purpose": "offers", "channel": "email", "recipient": "self", "actor": "person", "method": "unticked_box"});
    if kind == "grant" {
        act["identity"] = json!(format!("email:{who}@example.org"));
        act["notice"] = json!("form");
        act["notice_version"] = json!("1");
        act["until"] = json!("never");
        act["confirm_by"] = json!("not_needed");
    }
    act
}

/// 15 people permit that they are looked at. 12 of them buy at ten, the last of those twice, and three at eleven. c-50 buys at
/// ten and withdraws; c-60 buys at ten and said nothing.
fn history() -> String {
    let mut lines = Vec::new();
    let buys = |who: &str, id: &str, at: &str, lines: &mut Vec<Value>| {
        lines.push(json!({"v": 1, "type": "signal", "contact": who, "id": id,
            "identity": format!("email:{who}@example.org"), "kind": "purchase", "at": at, "now": at}));
    };
    let open = |who: &str| json!({"v": 1, "type": "opened", "contact": who, "identity": format!("email:{who}@example.org")});
    for number in 10..25 {
        let who = format!("c-{number}");
        lines.push(open(&who));
        lines.push(act(&who, "grant", "a-1", "2013-05-01T09:00:00Z"));
        let at = if number < 22 { "2013-05-02T10:00:00Z" } else { "2013-05-02T11:00:00Z" };
        buys(&who, "s-1", at, &mut lines);
    }
    buys("c-21", "s-2", "2013-05-02T10:30:00Z", &mut lines);
    lines.push(open("c-50"));
    lines.push(act("c-50", "grant", "a-1", "2013-05-01T09:00:00Z"));
    buys("c-50", "s-1", "2013-05-02T10:00:00Z", &mut lines);
    lines.push(act("c-50", "withdraw", "a-2", "2013-05-03T09:00:00Z"));
    lines.push(open("c-60"));
    buys("c-60", "s-1", "2013-05-02T10:00:00Z", &mut lines);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn spec() -> Value {
    json!({"placet": 1, "name": "fans",
        "views": [{"name": "interest", "needs": [{"purpose": "offers", "channel": "email"}]},
            {"name": "linked", "needs": [{"purpose": "social-linking", "channel": "social/*"}]}],
        "scores": [{"name": "heat", "view": "interest", "most": 15, "terms": [
            {"name": "bought", "each": {"kind": "purchase"}, "points": 20, "half_life": "30d"},
            {"name": "recommends", "when": {"count": {"kind": "recommendation", "at_least": 1}}, "points": 5}]}],
        "segments": [{"name": "buyer", "view": "interest", "when": {"count": {"kind": "purchase", "at_least": 1}}}],
        "tables": [{"name": "hours", "view": "interest", "count": {"kind": "purchase"}, "by": ["hour"], "k": 10, "most": 2},
            {"name": "again", "view": "interest", "count": {"kind": "purchase"}, "k": 10, "until": {"by": "purchase"}},
            {"name": "all", "view": "interest", "count": {"people": true}}]})
}

/// The arguments of a question about the spec and the history above, with more of them.
fn asked(test: &str, more: &[&str]) -> Vec<String> {
    let folder = folder(test);
    let (insight, history_file) = (folder.join("fans.json"), folder.join("history.jsonl"));
    std::fs::write(&insight, spec().to_string()).unwrap();
    std::fs::write(&history_file, history()).unwrap();
    let [insight, history_file] = [insight, history_file].map(|file| file.to_str().unwrap().to_owned());
    let words = ["insight", "reference", &insight, "--history", &history_file];
    words.into_iter().chain(more.iter().copied()).map(str::to_owned).collect()
}

fn words(asked: &[String]) -> Vec<&str> {
    asked.iter().map(String::as_str).collect()
}

#[test]
fn tables_show_what_enough_people_are_in() {
    let said = fine(&words(&asked("insight-tables", &["--now", NOW])));
    let expected = "\
tables of fans at 2013-06-01T10:00:00Z, 0 minutes east of UTC, over 17 contacts

hours: by hour
                   10:00       13 people         14 facts
                     all       16 people         17 facts
1 cells of fewer than 10 people are hidden; 0 facts lack a key

again: by nothing
                     all       16 people         16 facts
0 cells of fewer than 10 people are hidden; 0 facts lack a key
                     all middle time -; 16 have not ended

all: by nothing
0 cells of fewer than 20 people are hidden; 0 facts lack a key
";
    assert_eq!(said, expected);
}

#[test]
fn hours_are_those_of_the_zone() {
    let said = fine(&words(&asked("insight-zone", &["--now", NOW, "--zone", "-90"])));
    assert!(said.contains("\n                   08:00       13 people         13 facts\n"), "{said}");
    assert!(said.contains(", -90 minutes east of UTC, "), "{said}");
}

#[test]
fn tables_as_data_hold_what_is_shown_and_nothing_else() {
    let said = fine(&words(&asked("insight-data", &["--json"])));
    let data: Value = serde_json::from_str(&said).unwrap();
    // Without an instant it is asked at the last one that was recorded.
    assert_eq!(data["now"], json!("2013-05-03T09:00:00Z"));
    let hours = json!({"name": "hours", "by": ["hour"], "k": 10,
        "rows": [{"key": [10], "people": 13, "facts": 14}],
        "total": {"key": [], "people": 16, "facts": 17}, "hidden": 1, "without": 0});
    assert_eq!(data["tables"][0], hours);
    let times = json!({"median": null, "not_ended": 16});
    assert_eq!(data["tables"][1]["total"]["times"], times);
    assert_eq!(data["tables"][2]["total"], Value::Null, "16 people are fewer than 20");
    assert!(!said.contains("c-10") && !said.contains("example.org"), "{said}");
}

#[test]
fn a_person_is_explained_term_by_term() {
    let question = ["--person", "c-21", "--view", "interest", "--now", NOW];
    let said = fine(&words(&asked("insight-person", &question)));
    let expected = "\
c-21 under interest of fans at 2013-06-01T10:00:00Z
  rests on: a-1
  ask again by: no end
  stage: none
  facts that stand: 2
  segments: buyer
  score heat: 15
        20 bought: done, 2 facts from 2013-05-02T10:00:00Z to 2013-05-02T10:30:00Z, 40 before decay
         0 recommends: stated, does not hold
        20 sum
        15 within the bounds of heat
";
    assert_eq!(said, expected);
    let more = [&question[..], &["--json"]].concat();
    let said = fine(&words(&asked("insight-person", &more)));
    let data: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&data["person"], &data["facts"], &data["not_after"]),
        (&json!("c-21"), &json!(2), &Value::Null)
    );
    assert_eq!(data["scores"][0]["terms"][0]["points"], json!(20));
    assert!(!said.contains("example.org"), "no address: {said}");
}

#[test]
fn what_is_left_out_of_a_profile_is_counted() {
    let (history, insight) = (shipped("record/excerpt.jsonl"), shipped("fans.json"));
    let common = ["insight", "reference", &insight, "--history", &history, "--person", "household-1344"];
    let under = |more: &[&str]| fine(&[&common[..], &["--view"], more].concat());
    let said = under(&["offers"]);
    assert!(said.contains("\n  left out: 3 of campaign, undeclared\n  segments: buys-often\n"), "{said}");
    // Under a view without scores and segments of its own, nothing of the other is told.
    let linked = under(&["linked", "--json"]);
    let data: Value = serde_json::from_str(&linked).unwrap();
    assert_eq!((&data["scores"], &data["segments"]), (&json!([]), &json!([])));
    assert_eq!(data["left_out"][0], json!({"kind": "campaign", "facts": 3, "why": "undeclared"}));
}

#[test]
fn who_permits_no_profile_gets_the_reason_and_what_would_cure_it() {
    let refused = |who: &str, view: &str| {
        let answer = placet(&words(&asked("insight-no", &["--person", who, "--view", view, "--now", NOW])));
        assert_eq!((answer.end, answer.told.as_str()), (End::Found, ""));
        assert!(!answer.said.contains("heat") && !answer.said.contains("example.org"), "{}", answer.said);
        answer.said
    };
    assert_eq!(
        refused("c-50", "interest"),
        "c-50 under interest of fans at 2013-06-01T10:00:00Z\n  no profile: withdrawn\n  needed: offers by email\n  \
         cause: withdraw a-2, recorded 2013-05-03T09:00:00Z\n  \
         cure: a new grant of offers by email by the person, later than 2013-05-03T09:00:00Z\n"
    );
    let never = refused("c-60", "interest");
    assert!(
        never.starts_with("c-60 under interest of fans at 2013-06-01T10:00:00Z\n  no profile: "),
        "{never}"
    );
    assert!(never.ends_with("\n  cure: a grant of offers by email by the person\n"), "{never}");
    let nowhere = refused("c-10", "linked");
    assert!(
        nowhere.ends_with("\n  cure: an address that the view reaches, and a grant for it\n"),
        "{nowhere}"
    );

    let json = ["--person", "c-50", "--view", "interest", "--now", NOW, "--json"];
    let answer = placet(&words(&asked("insight-no", &json)));
    let data: Value = serde_json::from_str(&answer.said).unwrap();
    assert_eq!((answer.end, &data["refused"]), (End::Found, &json!("withdrawn")));
    let cause = json!({"act": "a-2", "kind": "withdraw", "recorded": "2013-05-03T09:00:00Z"});
    assert_eq!(data["cause"], cause);
    assert_eq!(data["scores"], Value::Null);
}

#[test]
fn a_ranking_holds_whoever_permits_it() {
    let question = ["--rank", "heat", "--view", "interest", "--now", "2013-06-11T10:00:00Z"];
    let said = fine(&words(&asked("insight-rank", &question)));
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.first(), Some(&"heat under interest of fans at 2013-06-11T10:00:00Z"));
    assert_eq!(lines.get(1), Some(&"      15 c-21"), "two purchases are warmer than one");
    assert_eq!(lines.get(2), Some(&"       8 c-10"));
    assert_eq!(lines.last(), Some(&"with a profile: 15; without: 2"));
    assert!(!said.contains("c-50") && !said.contains("c-60"), "{said}");
    let data = fine(&words(&asked("insight-rank", &[&question[..], &["--json"]].concat())));
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["rows"].as_array().map(Vec::len), Some(15));
    assert_eq!((&data["rows"][0]["person"], &data["without"]), (&json!("c-21"), &json!(2)));
}

/// Who is merged is one person, and a no of one of them is a no of both.
#[test]
fn merged_contacts_are_one_person() {
    let folder = folder("insight-merged");
    let (insight, file) = (folder.join("fans.json"), folder.join("history.jsonl"));
    std::fs::write(&insight, spec().to_string()).unwrap();
    let merged = json!({"v": 1, "type": "merged", "contact": "c-22", "into": "c-10", "held": "none"});
    // Empty lines, and a last line without an end, are no damage.
    std::fs::write(&file, format!("\n{}\n\n{merged}", history())).unwrap();
    let (insight, file) = (insight.to_str().unwrap(), file.to_str().unwrap());
    let of = |more: &[&str]| {
        let common = ["insight", "reference", insight, "--history", file, "--view", "interest", "--now", NOW];
        placet(&[&common[..], more].concat())
    };
    let ranked = of(&["--rank", "heat"]);
    assert!(ranked.said.ends_with("\nwith a profile: 14; without: 2\n"), "{ranked:?}");
    let person = of(&["--person", "c-22"]);
    assert!(person.said.starts_with("c-10 under interest"), "{person:?}");
    assert!(person.said.contains("\n  rests on: a-1, a-1\n"), "{person:?}");
    let stop = act("c-10", "withdraw", "a-9", "2013-05-04T09:00:00Z");
    std::fs::write(file, format!("{}{merged}\n{stop}\n", history())).unwrap();
    let person = of(&["--person", "c-22"]);
    assert!(person.said.contains("\n  no profile: withdrawn\n"), "{person:?}");
    assert!(person.said.contains("\n  cause: withdraw a-9, "), "{person:?}");
}

#[test]
fn what_is_wrong_with_a_question_is_said() {
    let shows = |what: &str| format!("placet insight: {what}; `placet help insight` shows an example\n");
    let cases: [(&[&str], &str); 13] = [
        (&["--person", "c-21", "--rank", "heat"], "ask for one of `--person` and `--rank`"),
        (&["--view", "interest"], "`--view` belongs to `--person` or `--rank`"),
        (&["--person", "c-21"], "say `--view NAME`: under which view people are looked at"),
        (&["--rank", "heat"], "say `--view NAME`: under which view people are looked at"),
        (&["--person", "", "--view", "interest"], "`--person` is no id: an id needs at least one character"),
        (&["--person", "c-99", "--view", "interest"], "no contact of this id is in the history"),
        (
            &["--person", "c-21", "--view", "intrest"],
            "no view of this name is in the insight: did you mean `interest`?",
        ),
        (
            &["--rank", "heet", "--view", "interest"],
            "no score of this name is in the insight: did you mean `heat`?",
        ),
        (
            &["--rank", "heat", "--view", "linked"],
            "the score belongs to another view than this profile: ask under that one",
        ),
        (
            &["--now", "2013-02-30T10:00:00Z"],
            "`--now`: there is no such day, hour, minute, second or offset (leap seconds are refused)",
        ),
        (&["--zone", "1441"], "`--zone` is a whole number of minutes east of UTC, from -1440 to 1440"),
        (&["--zone", "cet"], "`--zone` is a whole number of minutes east of UTC, from -1440 to 1440"),
        (&["--html", "page.html"], "there is no option `--html` here"),
    ];
    for (more, what) in cases {
        assert_eq!(bad(&words(&asked("insight-faults", more))), shows(what));
    }
    let two = shows("name a journey (a file, or `reference`) and a file of an insight");
    assert_eq!(bad(&["insight", "reference"]), two);
    let unsaid = shows("say `--history FILE`: what happened, one entry a line");
    assert_eq!(bad(&["insight", "reference", "fans.json"]), unsaid);
}

#[test]
fn what_is_wrong_with_the_files_of_a_question_is_said_with_its_place() {
    let folder = folder("insight-files");
    let path = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let (good, history) = (path("fans.json", &spec().to_string()), path("history.jsonl", &history()));
    let misspelt = path("misspelt.json", &spec().to_string().replacen("\"offers\"", "\"ofers\"", 1));
    assert_eq!(
        bad(&["insight", "reference", &misspelt, "--history", &history]),
        format!(
            "{misspelt}: views[0].needs[0].purpose: no purpose `ofers` is declared: did you mean `offers`?\n"
        )
    );
    let damaged = path("damaged.jsonl", "\n{\"v\":1}\n");
    let said = bad(&["insight", "reference", &good, "--history", &damaged]);
    assert!(said.starts_with(&format!("{damaged}: line 2 of the history: ")), "{said}");
    // What no journal has: an act of somebody who was never opened.
    let unknown = path("unknown.jsonl", &format!("\n\n{}\n", act("c-1", "withdraw", "a-1", NOW)));
    let said = bad(&["insight", "reference", &good, "--history", &unknown]);
    assert!(said.starts_with(&format!("{unknown}: line ")) && said.contains(" of the journal: "), "{said}");
    let empty = path("empty.jsonl", "");
    assert_eq!(
        bad(&["insight", "reference", &good, "--history", &empty]),
        "placet insight: nothing in the history has an instant: say `--now INSTANT`, when the question is asked; \
         `placet help insight` shows an example\n"
    );
    let bare = path("bare.json", r#"{"placet":1,"name":"bare","views":[]}"#);
    assert_eq!(
        fine(&["insight", "reference", &bare, "--history", &empty, "--now", NOW]),
        "tables of bare at 2013-06-01T10:00:00Z, 0 minutes east of UTC, over 0 contacts\n\n\
         this insight has no tables: ask with `--person` or `--rank`\n"
    );
}
