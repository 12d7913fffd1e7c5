//! The commands, run in this process: what they say, how they end, and every sentence about bad input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it does not expect")]

mod insight;

use std::path::PathBuf;

use super::answer::{Answer, End};
use super::arguments::Command;
use super::help::{self, Topic};
use super::run;

fn placet(arguments: &[&str]) -> Answer {
    run(arguments.iter().map(std::ffi::OsString::from), &mut |_, _| {})
}

/// What a command says where all is fine.
#[track_caller]
fn fine(arguments: &[&str]) -> String {
    let answer = placet(arguments);
    assert_eq!((answer.end, answer.told.as_str()), (End::Fine, ""));
    answer.said
}

/// What a command says of bad input.
#[track_caller]
fn bad(arguments: &[&str]) -> String {
    let answer = placet(arguments);
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
    assert_eq!(all, help::of(Topic::All));
    for asked in [["--help"], ["-h"]] {
        assert_eq!(fine(&asked), all);
    }
    for command in Command::ALL {
        let word = command.word();
        let one = fine(&["help", word]);
        assert!(one.starts_with(&format!("placet {word} ")), "{one}");
        let example = format!("\n    placet {word} ");
        assert!(one.contains(&example), "{word} has an example");
        assert!(all.contains(&format!("\n  placet {word} ")), "{word} is in the list");
        assert_eq!(fine(&[word, "--help"]), one);
        assert_eq!(fine(&[word, "reference", "-h"]), one);
    }
    let files = [fine(&["help", "journey"]), fine(&["help", "scenarios"])];
    let topics = Command::ALL.map(|command| help::of(Topic::On(command)).to_owned());
    for text in topics.iter().chain(&files).chain([&all]) {
        assert!(text.lines().all(|line| line.len() < 120), "{text}");
    }
}

/// Every example of a command, as it stands in the help, on the files that it names.
#[test]
fn the_examples_in_the_help_run() {
    let folder = folder("examples");
    let own = |word: &str| folder.join(word).to_str().unwrap().to_owned();
    let history = own("history.jsonl");
    std::fs::copy(shipped("record/excerpt.jsonl"), &history).unwrap();
    let mut ends = Vec::new();
    for command in Command::ALL {
        let text = help::of(Topic::On(command)).replace("\\\n", "");
        for line in text.lines().filter_map(|line| line.strip_prefix("    placet ")) {
            let words = line.split_whitespace().map(|word| match word.strip_prefix("crates/lab/examples/") {
                Some(path) => shipped(path),
                None if word.contains('.') => own(word),
                None => word.to_owned(),
            });
            let words: Vec<String> = words.collect();
            let answer = placet(&words.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(answer.told, "", "{words:?}");
            ends.push((command.word(), answer.end));
        }
    }
    let expected = [
        ("lint", End::Found),
        ("draw", End::Fine),
        ("test", End::Fine),
        ("coverage", End::Found),
        ("mutate", End::Fine),
        ("backtest", End::Fine),
        ("diff", End::Found),
        ("insight", End::Fine),
        ("insight", End::Fine),
        ("insight", End::Fine),
    ];
    assert_eq!(ends, expected);
}

#[test]
fn the_files_in_the_help_are_read() {
    let folder = folder("help");
    let journey = folder.join("journey.json");
    let block = help::of(Topic::Journey).split("\n  }\n").next().unwrap();
    let (_, block) = block.split_once("\n  {\n").unwrap();
    let bare = block.lines().map(|line| line.trim_start().split("  ").next().unwrap());
    std::fs::write(&journey, format!("{{{}}}", bare.collect::<Vec<_>>().join("\n"))).unwrap();
    fine(&["draw", journey.to_str().unwrap()]);

    let scenarios = folder.join("scenarios");
    let (_, block) = help::of(Topic::Scenarios).split_once("copy.\n").unwrap();
    let (block, _) = block.split_once("\n  One line").unwrap();
    std::fs::write(&scenarios, block).unwrap();
    let said = fine(&["test", "reference", scenarios.to_str().unwrap()]);
    assert_eq!(said, "1 of 1 scenarios of reference-2013 end as they say\n");
}

#[test]
fn what_is_no_command_is_said() {
    let (commands, explains) = (Command::listed(), "`placet help` explains each");
    let none = format!("placet: say what to do: {commands}; {explains}\n");
    assert_eq!(bad(&[]), none);
    assert_eq!(bad(&["--json"]), none);
    let dance = format!("placet: there is no command `dance`; there are {commands}\n");
    assert_eq!(bad(&["dance"]), dance);
    assert_eq!(bad(&["help", "dance"]), dance);
    for (word, meant) in
        [("drew", "draw"), ("muatte", "mutate"), ("coverige", "coverage"), ("linter", "lint")]
    {
        let said =
            format!("placet: there is no command `{word}`: did you mean `{meant}`?; there are {commands}\n");
        assert_eq!(bad(&[word]), said);
    }
}

#[test]
fn what_is_wrong_with_arguments_is_said() {
    let shows = "; `placet help draw` shows an example\n";
    let cases: [(&[&str], &str); 8] = [
        (&["draw"], "placet draw: name one journey: a file, or `reference`"),
        (&["draw", "reference", "reference"], "placet draw: name one journey: a file, or `reference`"),
        (&["draw", "reference", "--loud"], "placet draw: there is no option `--loud` here"),
        (&["draw", "--loud=1"], "placet draw: there is no option `--loud` here"),
        (&["draw", "reference", "-x"], "placet draw: there is no option `-x`"),
        (&["draw", "reference", "--out"], "placet draw: `--out` needs a value after it"),
        (&["draw", "reference", "--as"], "placet draw: `--as` needs a value after it"),
        (
            &["draw", "reference", "--as", "png"],
            "placet draw: `--as png` is no form: write svg, mermaid or dot",
        ),
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
    // What Windows editors put before a text.
    let marked = path("marked.json");
    std::fs::write(&marked, [b"\xEF\xBB\xBF", placet::Journey::REFERENCE_JSON.as_bytes()].concat()).unwrap();
    assert_eq!(
        bad(&["lint", &marked]),
        format!(
            "{marked}: it begins with a byte order mark, which is no part of the text: save it as UTF-8 without one \
             (editors say `UTF-8`, not `UTF-8 with BOM`)\n"
        )
    );
    let wide = path("wide.json");
    std::fs::write(&wide, [0xff, 0xfe, b'{', 0]).unwrap();
    assert_eq!(bad(&["draw", &wide]), format!("{wide}: it is UTF-16 text: save it as UTF-8\n"));
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
        placet_lab::draw::svg(&journey),
        placet_lab::draw::mermaid(&journey),
        placet_lab::draw::dot(&journey),
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

/// An SVG under another name would open nowhere.
#[test]
fn a_picture_is_not_written_under_a_name_that_says_otherwise() {
    let out = folder("png").join("journey.png");
    let out = out.to_str().unwrap();
    let said = bad(&["draw", "reference", "--out", out]);
    assert_eq!(
        said,
        "placet draw: a picture is not written as `.png`: name the file .svg, .mmd or .dot, or say what it is with \
         `--as svg`; `placet help draw` shows an example\n"
    );
    assert!(!std::path::Path::new(out).exists());
    assert_eq!(fine(&["draw", "reference", "--as", "svg", "--out", out]), format!("{out}: written\n"));
}

/// A file of this project.
fn shipped(path: &str) -> String {
    format!("{}/examples/{path}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn backtest_shows_journeys_side_by_side() {
    let (other, history) = (shipped("mail-on-every-like.json"), shipped("record/excerpt.jsonl"));
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
    assert!(same.trim_end().ends_with("\nreference-2013 changes nothing for anybody"), "{same}");
    for name in ["mail-on-every-like", "second-sign"] {
        let other = shipped(&format!("{name}.json"));
        let answer = placet(&["diff", "reference", &other, "--history", &history, "--json"]);
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
    let (history, text) = (shipped("record/excerpt.jsonl"), shipped("../README.md"));
    let of = |command: &str, what: &str| {
        format!("placet {command}: {what}; `placet help {command}` shows an example\n")
    };
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

#[test]
fn lint_names_the_file_and_ends_by_how_bad_it_is() {
    let file = shipped("mail-on-every-like.json");
    let answer = placet(&["lint", &file]);
    assert_eq!((answer.end, answer.told.as_str()), (End::Found, ""));
    let (findings, sum) = answer.said.trim_end().rsplit_once('\n').unwrap();
    let of_file = |line: &&str| line.starts_with(&format!("{file}: "));
    // Below a finding stands what shows it, as a scenario that can be pasted into a file and holds.
    let scenario = |line: &&str| line.is_empty() || line.starts_with("scenario ") || line.starts_with("  ");
    assert!(findings.lines().all(|line| of_file(&line) || scenario(&line)), "{findings}");
    let shown: Vec<&str> = findings.lines().filter(|line| !of_file(line)).collect();
    let pasted = folder("pasted").join("shown.scenarios");
    std::fs::write(&pasted, format!("placet scenarios 1\n{}\n", shown.join("\n"))).unwrap();
    let tested = placet(&["test", &file, pasted.to_str().unwrap()]);
    assert_eq!(tested.end, End::Fine, "{tested:?}");
    assert!(shown.iter().any(|line| line.starts_with("scenario endless-events-at-rules-")), "{shown:?}");
    assert!(findings.contains(" endless-events at rules["), "{findings}");
    assert_eq!(sum, "0 errors, 2 warnings, 4 notes");
    let json = placet(&["lint", &file, "--json"]);
    assert_eq!(json.end, End::Found);
    let data: serde_json::Value = serde_json::from_str(&json.said).unwrap();
    assert_eq!(data.as_array().map(Vec::len), Some(findings.lines().filter(of_file).count()));
}

#[test]
fn lint_is_fine_where_there_are_notes_only() {
    let file = folder("lint").join("notes.json");
    let text = r#"{"placet":1,"name":"j","controller":"acme","catalogue":{"purposes":[],"channels":[]},
        "stages":[{"name":"customer"}],"signals":[{"kind":"purchase"}],
        "rules":[{"name":"buys","on":"purchase","from":["none"],"to":"customer"}]}"#;
    std::fs::write(&file, text).unwrap();
    let said = fine(&["lint", file.to_str().unwrap()]);
    assert!(said.ends_with("\n0 errors, 0 warnings, 1 note\n"), "{said}");
    // What is meant says so in the file, and shows as allowed.
    let with = |finding: &str, at: &str| {
        let allowed = serde_json::json!([{ "finding": finding, "at": at, "because": "it is the last" }]);
        let spec = format!("{},\"allowed\":{allowed}}}", text.strip_suffix('}').unwrap());
        std::fs::write(&file, spec).unwrap();
        placet(&["lint", file.to_str().unwrap()])
    };
    let answer = with("final-stage", "stages[customer]");
    let told = format!(
        "{0}: allowed final-stage at stages[0]: it is the last\n0 errors, 0 warnings, 0 notes, 1 allowed\n",
        file.display()
    );
    assert_eq!((answer.end, answer.said), (End::Fine, told));
    let answer = with("final-stage", "stages[custmer]");
    assert!(
        answer.said.contains(
            "warning allows-nothing at allowed[0]: `final-stage` is not found at `stages[custmer]`"
        )
    );
    assert_eq!(answer.end, End::Found);
}

#[test]
fn scenarios_that_fail_are_found() {
    let folder = folder("scenarios");
    let text = std::fs::read_to_string(shipped("reference.scenarios")).unwrap();
    let wrong = folder.join("wrong.scenarios");
    std::fs::write(&wrong, text.replacen("moves to fan", "moves to subscriber", 1)).unwrap();
    let (good, wrong) = (shipped("reference.scenarios"), wrong.to_str().unwrap());
    for command in ["test", "mutate"] {
        let answer = placet(&[command, "reference", wrong]);
        assert_eq!((answer.end, answer.told.as_str()), (End::Found, ""));
        assert!(answer.said.contains("\n  ! moves to subscriber"), "{}", answer.said);
        let json = placet(&[command, "reference", wrong, "--json"]);
        let data: serde_json::Value = serde_json::from_str(&json.said).unwrap();
        assert_eq!(data.pointer("/failed").and_then(|failed| failed.as_array()).map(Vec::len), Some(1));
    }
    let covered = fine(&["coverage", "reference", &good]);
    assert!(covered.starts_with("coverage of reference-2013: "), "{covered}");
    let few = folder.join("few.scenarios");
    std::fs::write(&few, text.split("scenario a-like").next().unwrap()).unwrap();
    for command in ["coverage", "mutate"] {
        let answer = placet(&[command, "reference", few.to_str().unwrap()]);
        assert_eq!((answer.end, answer.told.as_str()), (End::Found, ""));
    }
}

#[test]
fn what_is_wrong_with_scenarios_is_said_with_its_line() {
    let folder = folder("faults");
    let file = folder.join("mine.scenarios");
    let mine = file.to_str().unwrap();
    let of = |text: &str| {
        std::fs::write(&file, text).unwrap();
        bad(&["test", "reference", mine])
    };
    let misspelt = of(
        "placet scenarios 1\nscenario one\nidentity mail email:a@b.c\n when 2013-05-01 10:00 signal purchse",
    );
    let said = "line 4, column 31: no kind of signal of this name is declared: did you mean `purchase`?";
    assert_eq!(misspelt, format!("{mine}: {said}\n"));
    assert!(of("scenario one").starts_with(&format!("{mine}: line 1, column 1: ")));
    let both = "name a journey (a file, or `reference`) and a file of scenarios";
    for command in ["test", "coverage", "mutate"] {
        let said = format!("placet {command}: {both}; `placet help {command}` shows an example\n");
        assert_eq!(bad(&[command, "reference"]), said);
    }
    let one = "placet lint: name one journey: a file, or `reference`; `placet help lint` shows an example\n";
    assert_eq!(bad(&["lint"]), one);
}

#[test]
fn what_cannot_be_json_is_said() {
    let keys = std::collections::BTreeMap::from([([1, 2], 3)]);
    let error = super::answer::as_json(&keys).unwrap_err();
    assert_eq!(error.to_string(), "placet: this cannot be written as JSON: key must be a string");
}
