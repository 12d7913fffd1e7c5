//! CONTRIBUTING.md names every source file that a change of a kind must touch, and no other; and the documents name
//! no file that is not there.

use std::collections::BTreeSet;

use placet_tests::{project, sources::sources};

/// Each kind of change: how many files it should need, and how many it needs today. The second number may only fall.
const KINDS: [(&str, usize, usize); 8] = [
    ("Stop kind", 7, 9),
    ("Act in scenarios", 4, 4),
    ("Guard", 6, 16),
    ("Stored entry", 4, 7),
    ("Signal field", 4, 10),
    ("Reason", 4, 2),
    ("Export format", 2, 3),
    ("Lint", 3, 3),
];

/// The documents whose paths must lead somewhere.
const DOCUMENTS: [&str; 5] =
    ["ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "README.md", "tests/README.md"];

/// One list of CONTRIBUTING.md.
struct List {
    heading: String,
    examples: Vec<String>,
    files: BTreeSet<String>,
}

fn read(document: &str) -> String {
    std::fs::read_to_string(project().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The lists: a heading, a line of examples, and a point for each file.
fn lists(text: &str) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            lists.push(List { heading: heading.to_owned(), examples: Vec::new(), files: BTreeSet::new() });
        } else if line.starts_with("## ") && !lists.is_empty() {
            break;
        }
        let Some(list) = lists.last_mut() else { continue };
        if line.starts_with("Example: ") {
            list.examples.extend(quoted(line).map(str::to_owned));
        } else if line.starts_with("- `") {
            list.files.extend(quoted(line).next().map(str::to_owned));
        }
    }
    lists
}

/// The code of a file: no comments, and nothing from its unit tests on.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    code.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// Whether a text contains words that are not part of longer ones.
fn contains(text: &str, words: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(words)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + words.len()..].starts_with(part))
}

#[test]
fn every_place_is_listed_and_every_listed_place_is_one() {
    let mut all = Vec::new();
    for folder in ["src", "crates/lab/src"] {
        let files = sources(folder).into_iter().filter(|file| !file.path.ends_with("tests.rs"));
        all.extend(files.map(|file| (format!("{folder}/{}", file.path), code(&file.text))));
    }
    let lists = lists(&read("CONTRIBUTING.md"));
    assert_eq!(lists.len(), KINDS.len());
    for (list, (kind, aim, today)) in lists.iter().zip(KINDS) {
        assert_eq!(list.heading, format!("{kind}: {today} files (aim {aim})"));
        assert!(!list.examples.is_empty(), "{kind}: name an example");
        let has = |code: &str| list.examples.iter().any(|example| contains(code, example));
        let found = all.iter().filter(|(_, code)| has(code)).map(|(path, _)| path.clone());
        let found: BTreeSet<String> = found.collect();
        let forgotten: Vec<_> = found.difference(&list.files).collect();
        let idle: Vec<_> = list.files.difference(&found).collect();
        assert!(forgotten.is_empty(), "{kind}: CONTRIBUTING.md does not list {forgotten:?}");
        assert!(idle.is_empty(), "{kind}: CONTRIBUTING.md lists {idle:?}, which do not hold the example");
        assert_eq!(list.files.len(), today, "{kind}: correct the number in CONTRIBUTING.md and in this test");
    }
}

#[test]
fn a_word_inside_a_word_a_comment_or_a_unit_test_does_not_count() {
    assert!(contains("ActKind::Pause => 1", "Pause"));
    assert!(!contains("Paused latest_Pause", "Pause"));
    assert_eq!(code("let a; // Pause\n#[cfg(test)]\nmod tests { Pause }"), "let a; ");
}

#[test]
fn the_documents_name_files_that_are_there() {
    let top = |path: &str| {
        ["src/", "crates/", "tests/", "benches/", "examples/", "docs/", ".ci/"]
            .iter()
            .any(|top| path.starts_with(top))
    };
    for document in DOCUMENTS {
        let text = read(document);
        let folder = project().join(document).parent().unwrap().to_owned();
        for path in quoted(&text).filter(|path| top(path) && !path.contains([' ', '*', '{', '…'])) {
            assert!(project().join(path).exists(), "{document} names `{path}`, which is not there");
        }
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap();
            if !path.is_empty() && !path.contains(':') {
                assert!(folder.join(path).exists(), "{document} links to {path}, which is not there");
            }
        }
    }
}
