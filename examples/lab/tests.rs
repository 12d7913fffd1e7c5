//! The commands, run in this process: what they say, how they end, and every sentence about bad input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it does not expect")]

use std::path::PathBuf;

use super::answer::{Answer, End};
use super::{help, run};

fn lab(arguments: &[&str]) -> Answer {
    run(arguments.iter().map(std::ffi::OsString::from), &mut |_, _| {})
}

/// What a command says where all is fine.
#[track_caller]
fn fine(arguments: &[&str]) -> String {
    let answer = lab(arguments);
    assert_eq!((answer.end, answer.told.as_str()), (End::Fine, ""));
    answer.said
}

/// What a command says of bad input.
#[track_caller]
fn bad(arguments: &[&str]) -> String {
    let answer = lab(arguments);
    assert_eq!((answer.end, answer.said.as_str()), (End::BadInput, ""));
    answer.told
}

/// A folder of a test's own.
fn folder(test: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("placet-lab-{}-{test}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn help_is_there_in_every_way_it_is_asked_for() {
    let all = fine(&["help"]);
    assert_eq!(all, help::of(None));
    for asked in [["--help"], ["-h"]] {
        assert_eq!(fine(&asked), all);
    }
    for command in super::Command::ALL {
        let word = command.word();
        let one = fine(&["help", word]);
        assert!(one.starts_with(&format!("lab {word} ")), "{one}");
        let example = format!("\n    cargo run --release --example lab -- {word} ");
        assert!(one.contains(&example), "{word} has an example");
        assert!(all.contains(&format!("\n  lab {word} ")), "{word} is in the list");
        assert_eq!(fine(&[word, "--help"]), one);
        assert_eq!(fine(&[word, "reference", "-h"]), one);
    }
    let topics = super::Command::ALL.map(|command| help::of(Some(command)));
    assert!(all.lines().chain(topics.iter().flat_map(|topic| topic.lines())).all(|line| line.len() < 120));
}

#[test]
fn what_is_no_command_is_said() {
    let (commands, explains) = (super::Command::listed(), "`lab help` explains each");
    let none = format!("lab: say what to do: {commands}; {explains}\n");
    assert_eq!(bad(&[]), none);
    assert_eq!(bad(&["--json"]), none);
    let dance = format!("lab: there is no command `dance`; there are {commands}\n");
    assert_eq!(bad(&["dance"]), dance);
    assert_eq!(bad(&["help", "dance"]), dance);
    let drew = format!("lab: there is no command `drew`: did you mean `draw`?; there are {commands}\n");
    assert_eq!(bad(&["drew"]), drew);
}

#[test]
fn what_is_wrong_with_arguments_is_said() {
    let shows = "; `lab help draw` shows an example\n";
    let cases: [(&[&str], &str); 8] = [
        (&["draw"], "lab draw: name one journey: a file, or `reference`"),
        (&["draw", "reference", "reference"], "lab draw: name one journey: a file, or `reference`"),
        (&["draw", "reference", "--loud"], "lab draw: there is no option `--loud` here"),
        (&["draw", "--loud=1"], "lab draw: there is no option `--loud` here"),
        (&["draw", "reference", "-x"], "lab draw: there is no option `-x`"),
        (&["draw", "reference", "--out"], "lab draw: `--out` needs a value after it"),
        (&["draw", "reference", "--as"], "lab draw: `--as` needs a value after it"),
        (&["draw", "reference", "--as", "png"], "lab draw: `--as png` is no form: write svg, mermaid or dot"),
    ];
    for (arguments, said) in cases {
        assert_eq!(bad(arguments), format!("{said}{shows}"));
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    let folder = folder("files");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let gone = path("gone.json");
    assert_eq!(bad(&["draw", &gone]), format!("{gone}: there is no such file\n"));
    let here = path("");
    assert_eq!(bad(&["draw", &here]), format!("{here}: it is a folder, not a file\n"));
    let bytes = path("bytes.json");
    std::fs::write(&bytes, [b'{', 0xff]).unwrap();
    assert_eq!(bad(&["draw", &bytes]), format!("{bytes}: it is not UTF-8 text\n"));
    let nowhere = path("no/where.svg");
    assert_eq!(bad(&["draw", "reference", "--out", &nowhere]), format!("{nowhere}: there is no such file\n"));
}

#[test]
fn what_is_wrong_with_a_journey_is_said_with_its_place() {
    let folder = folder("journeys");
    let file = folder.join("mine.json");
    let mine = file.to_str().unwrap();
    let edited = |from: &str, to: &str| {
        let text = placet::Journey::REFERENCE_JSON;
        assert!(text.contains(from));
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
        bad(&["draw", mine])
    };
    let shape = edited("\"placet\": 1", "\"plaset\": 1");
    let fault = ".: a field that is not known: did you mean `placet`? (line 2, column 10)";
    assert_eq!(shape, format!("{mine}: {fault}\n"));
    let misspelt =
        edited("\"from\": [\"customer\"],", "\"from\": [\"costumer\"], \"when\": {\"stage\": \"fun\"},");
    let faults = [
        "rules[7].from[0]: no stage `costumer` is declared: did you mean `customer`?",
        "rules[7].when.stage: no stage `fun` is declared: did you mean `fan`?",
    ];
    assert_eq!(misspelt, faults.map(|fault| format!("{mine}: {fault}\n")).concat());
}

#[test]
fn draw_follows_the_form_or_the_name_of_the_file() {
    let journey = placet::Journey::reference().unwrap();
    let (svg, mermaid, dot) = (
        placet::lab::draw::svg(&journey),
        placet::lab::draw::mermaid(&journey),
        placet::lab::draw::dot(&journey),
    );
    assert_eq!(fine(&["draw", "reference"]), svg);
    for (form, drawn) in [("svg", &svg), ("mermaid", &mermaid), ("dot", &dot)] {
        assert_eq!(&fine(&["draw", "reference", "--as", form]), drawn);
        assert_eq!(&fine(&["draw", &format!("--as={form}"), "reference"]), drawn);
    }
    let folder = folder("draw");
    for (name, drawn) in [("a.svg", &svg), ("a.mmd", &mermaid), ("a.gv", &dot), ("a.dot", &dot), ("a", &svg)]
    {
        let file = folder.join(name);
        let out = file.to_str().unwrap();
        assert_eq!(fine(&["draw", "reference", "--out", out]), format!("{out}: written\n"));
        assert_eq!(&std::fs::read_to_string(&file).unwrap(), drawn);
    }
}

/// A file of this project.
fn shipped(path: &str) -> String {
    format!("{}/examples/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn backtest_shows_journeys_side_by_side() {
    let (other, history) = (shipped("lab/mail-on-every-like.json"), shipped("record/excerpt.jsonl"));
    let page = folder("backtest").join("page.html");
    let html = page.to_str().unwrap();
    let asked = ["backtest", "reference", &other, "--history", &history, "--html", html];
    let said = fine(&asked);
    assert!(
        said.starts_with("back-test of reference-2013, mail-on-every-like, until 2017-12-30T02:01:09Z\n")
    );
    assert!(said.contains("\n  thanks-for-the-like                 -      3 (2 contacts)\n"), "{said}");
    let page = std::fs::read_to_string(&page).unwrap();
    assert_eq!(page.matches("<svg ").count(), 2, "both pictures are on the page");

    let alone = fine(&["backtest", "--history", &history, "reference", "--json"]);
    let data: serde_json::Value = serde_json::from_str(&alone).unwrap();
    assert_eq!(data.pointer("/journeys/0/name").unwrap(), "reference-2013");
    assert_eq!(data.pointer("/diffs").unwrap(), &serde_json::json!([]));
}

#[test]
fn diff_ends_with_1_where_anything_changes() {
    let history = shipped("record/excerpt.jsonl");
    let same = fine(&["diff", "reference", "reference", "--history", &history]);
    assert!(
        same.ends_with("reference-2013 instead of reference-2013: nothing changes for anybody\n"),
        "{same}"
    );
    for name in ["mail-on-every-like", "second-sign"] {
        let other = shipped(&format!("lab/{name}.json"));
        let answer = lab(&["diff", "reference", &other, "--history", &history, "--json"]);
        assert_eq!((answer.end, answer.told.as_str()), (End::Found, ""), "{name}");
        let data: serde_json::Value = serde_json::from_str(&answer.said).unwrap();
        assert_eq!(data.as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn a_long_run_tells_how_far_it_is() {
    let arguments = ["backtest", "reference", "--history", &shipped("record/excerpt.jsonl")];
    let mut told = Vec::new();
    run(arguments.iter().map(std::ffi::OsString::from), &mut |done, all| told.push((done, all)));
    assert_eq!(told, [(1, 3), (2, 3), (3, 3)]);
}

#[test]
fn what_a_backtest_lacks_is_said() {
    let (history, text) = (shipped("record/excerpt.jsonl"), shipped("lab/main.rs"));
    let of =
        |command: &str, what: &str| format!("lab {command}: {what}; `lab help {command}` shows an example\n");
    let none = "name one journey or several: files, or `reference`";
    assert_eq!(bad(&["backtest", "--history", &history]), of("backtest", none));
    let two = "name two journeys, the one there is and the one to be: files, or `reference`";
    for journeys in [&["reference"][..], &["reference"; 3][..]] {
        let asked = [&["diff", "--history", &history][..], journeys].concat();
        assert_eq!(bad(&asked), of("diff", two));
    }
    let unsaid = "say `--history FILE`: what happened, one entry a line";
    assert_eq!(bad(&["backtest", "reference"]), of("backtest", unsaid));
    assert_eq!(bad(&["diff", "reference", "reference"]), of("diff", unsaid));
    let given = "unexpected argument for option '--json': \"yes\"";
    assert_eq!(bad(&["diff", "--json=yes", "reference"]), of("diff", given));
    let damaged = bad(&["backtest", "reference", "--history", &text]);
    assert!(damaged.starts_with(&format!("{text}: line 1 of the recording: ")), "{damaged}");
    let gone = bad(&["backtest", "gone.json", "--history", &history]);
    assert_eq!(gone, "gone.json: there is no such file\n");
}
