//! `docs/rules.md`: where each rule and each law of `docs/SPEC.md` is kept and tested, read from the comments.
//!
//! After a change: `PLACET_BLESS=1 cargo test -p placet-tests --test it rules`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use placet_tests::{golden, project, sources::sources};
use serde_json::Value;

/// For a rule (`S7`) or a law (`law 7`) and a column of the table: files, and what stands in each.
type Found = BTreeMap<(String, Column), BTreeMap<String, BTreeSet<String>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Code,
    Corpus,
    Tests,
}

/// The number that a text begins with, and the rest.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// What a text cites: `S7 to S11` is five rules, `laws 1, 2 and 5` are three laws.
fn cited(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let starts = text.char_indices().map(|(at, _)| at);
    for at in starts.filter(|at| !text[..*at].ends_with(|c: char| c.is_alphanumeric())) {
        let law =
            ["laws ", "Laws ", "law ", "Law "].into_iter().find_map(|word| text[at..].strip_prefix(word));
        let (name, again, most) = if law.is_some() { ("law ", "", 14) } else { ("S", "S", 32) };
        let mut rest = law.or_else(|| text[at..].strip_prefix('S')).unwrap_or_default();
        let mut first = None;
        while let Some((next, after)) = number(rest) {
            let range = first.unwrap_or(next)..=next;
            all.extend(
                range.filter(|number| (1..=most).contains(number)).map(|number| format!("{name}{number}")),
            );
            let joint = [" to ", ", ", " and "].into_iter().find(|joint| after.starts_with(joint));
            first = (joint == Some(" to ")).then_some(next + 1);
            rest = joint.and_then(|joint| after[joint.len()..].strip_prefix(again)).unwrap_or_default();
        }
    }
    all
}

/// The name that a line of code declares.
fn declared(line: &str) -> Option<&str> {
    const SKIPPED: [&str; 12] =
        ["pub", "crate", "super", "in", "const", "static", "fn", "struct", "enum", "trait", "type", "impl"];
    let line = line.split(" for ").last()?;
    // `impl<'a, T: Trait> Type<T>` declares for `Type`.
    let line = if line.starts_with("impl<") { line.split_once("> ")?.1 } else { line };
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    words.find(|word| !SKIPPED.contains(word))
}

/// The item that a comment belongs to: the next one for a doc comment, the function around it for any other.
fn item(lines: &[&str], at: usize) -> Option<String> {
    let trimmed = |at: usize| lines[at].trim_start();
    let mut place = at;
    if trimmed(at).starts_with("//!") {
        return Some("whole file".to_owned());
    } else if trimmed(at).starts_with("///") {
        while trimmed(place).starts_with("//") || trimmed(place).starts_with("#[") {
            if trimmed(place).starts_with("#[") {
                place += lines[place..].iter().position(|line| line.ends_with(']'))?;
            }
            place += 1;
        }
    } else {
        let is_function = |at: &usize| lines[*at].contains("fn ") && !trimmed(*at).starts_with("//");
        place = (0..=at).rev().find(is_function)?;
    }
    let name = declared(lines[place])?;
    let opens = |line: &&&str| line.starts_with(|c: char| c.is_alphabetic()) && line.ends_with('{');
    let around = lines[..place].iter().rev().find(opens).filter(|_| lines[place].starts_with(' '));
    let around = around.filter(|line| !line.starts_with("macro_rules")).and_then(|line| declared(line));
    Some(around.map_or_else(|| name.to_owned(), |around| format!("{around}::{name}")))
}

fn found() -> Found {
    let mut all = Found::new();
    let mut add = |rule: String, column, file: &str, what| {
        all.entry((rule, column)).or_default().entry(file.to_owned()).or_default().extend(what)
    };
    for folder in ["src", "crates/lab/src", "tests", "crates/lab/tests"] {
        let column = if folder.ends_with("src") { Column::Code } else { Column::Tests };
        for file in sources(folder).iter().filter(|file| !file.path.ends_with("rules.rs")) {
            let lines: Vec<&str> = file.text.lines().collect();
            for (at, line) in lines.iter().enumerate() {
                for rule in line.find("//").map(|at| cited(&line[at..])).unwrap_or_default() {
                    add(rule, column, &format!("{folder}/{}", file.path), item(&lines, at));
                }
            }
        }
    }
    let inside = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_corpus = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("conformance");
    let corpus = inside(project().join("tests")).filter(is_corpus);
    for file in corpus.flat_map(inside).filter(|path| path.extension().is_some_and(|end| end == "jsonl")) {
        for case in std::fs::read_to_string(&file).unwrap().lines() {
            let case: Value = serde_json::from_str(case).unwrap();
            let (name, stem) = (case["name"].as_str(), file.file_stem().unwrap().to_str().unwrap());
            for rule in case["rules"].as_array().unwrap() {
                add(rule.as_str().unwrap().to_owned(), Column::Corpus, stem, name.map(str::to_owned));
            }
        }
    }
    all
}

/// One row: the rule and its title, and a cell for each column.
fn row(rule: &str, title: &str, all: &Found) -> String {
    let cell = |column| {
        let files = all.get(&(rule.to_owned(), column)).into_iter().flatten();
        let lines = files.map(|(file, what)| match column {
            Column::Code => format!("`{file}`: {}", what.iter().cloned().collect::<Vec<_>>().join(", ")),
            Column::Corpus => format!("{file} {}", what.len()),
            Column::Tests => format!("`{file}`"),
        });
        lines.collect::<Vec<_>>().join("<br>")
    };
    let cells = [Column::Code, Column::Corpus, Column::Tests].map(cell).join(" | ");
    format!("| **{rule}** {title} | {cells} |")
}

#[test]
fn the_table_of_rules_is_current() {
    let (all, spec) = (found(), std::fs::read_to_string(project().join("docs/SPEC.md")).unwrap());
    let rules = spec.lines().filter_map(|line| number(line.strip_prefix("**S")?));
    let mut rules: Vec<_> = rules.map(|(rule, rest)| (rule, rest.split("**").next().unwrap())).collect();
    rules.sort();
    let laws = spec.split("## 5. ").nth(1).unwrap().split("## 6. ").next().unwrap();
    let laws: Vec<_> = laws.lines().filter_map(|line| number(line.strip_prefix("| ")?)).collect();
    assert_eq!((rules.len(), laws.len()), (32, 14), "docs/SPEC.md has 32 rules and 14 laws");
    let head = "# Where each rule is kept\n\nThis page is made by a test (`tests/it/rules.rs`) from the comments of the \
        code and from the corpus. The rules are those of\n[SPEC.md](SPEC.md). The number behind a file of the corpus \
        counts its cases about the rule.\n\n| rule | code | corpus | tests |\n|---|---|---|---|";
    let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
    let rules = rules.into_iter().map(|(number, title)| (format!("S{number}"), title));
    let laws = laws.into_iter().map(|(number, title)| (format!("law {number}"), title));
    lines
        .extend(rules.chain(laws).map(|(name, title)| row(&name, title.trim_matches([' ', '.', '|']), &all)));
    golden::compare("docs", "rules.md", &lines);
}
