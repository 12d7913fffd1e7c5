//! `docs/errors.md`: every message of the library and the lab, read from the source.
//!
//! After a change: `PLACET_BLESS=1 cargo test -p placet-tests --test it errors`.

use placet_tests::{golden, project, sources::sources};

/// One message: the text, whose it is, and what the doc comment says of it.
struct Message {
    text: String,
    of: String,
    told: String,
}

/// The first string literal of an attribute, as it is shown.
fn literal(attribute: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = attribute.split_once('"')?.1.chars();
    while let Some(next) = chars.next() {
        match next {
            '"' => return Some(text),
            '\\' => text.extend(chars.next().filter(|c| *c != '\n')),
            other => text.push(other),
        }
    }
    None
}

/// The name that a line declares, behind a keyword.
fn name(line: &str, keywords: &[&str]) -> Option<String> {
    let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    if !keywords.is_empty() {
        words.find(|word| keywords.contains(word))?;
    }
    words.next().map(str::to_owned)
}

/// The doc comment that ends before a line, as one text without links.
fn told(lines: &[&str], at: usize) -> String {
    let above = lines[..at].iter().rev().map(|line| line.trim());
    let mut told: Vec<&str> = above
        .skip_while(|line| line.starts_with("#["))
        .map_while(|line| line.strip_prefix("///"))
        .map(str::trim)
        .collect();
    told.reverse();
    let told = told.join(" ");
    let told = told.split("  ").next().unwrap();
    told.replace("[`", "`").replace("`]", "`")
}

fn messages(folder: &str) -> Vec<Message> {
    let mut all = Vec::new();
    for file in sources(folder) {
        let lines: Vec<&str> = file.text.split("#[cfg(test)]\nmod ").next().unwrap().lines().collect();
        let mut type_name = String::new();
        for (at, line) in lines.iter().enumerate() {
            if !line.starts_with(' ') {
                type_name = name(line, &["enum", "struct"]).unwrap_or(type_name);
            }
            if !line.trim().starts_with("#[error(") {
                continue;
            }
            let last = (at..lines.len()).find(|at| lines[*at].trim_end().ends_with(")]")).unwrap();
            let Some(text) = literal(&lines[at..=last].join("\n"))
                .filter(|text| text.contains(char::is_alphabetic) && !text.starts_with("{}"))
            else {
                continue; // the message of what is inside
            };
            let next = lines[last + 1..].iter().find(|line| !line.trim().starts_with("#[")).unwrap();
            let of = match name(next, &["struct", "enum"]) {
                Some(whole) if !next.starts_with(' ') => whole,
                _ => format!("{type_name}::{}", name(next, &[]).unwrap()),
            };
            all.push(Message { text, of, told: told(&lines, at) });
        }
    }
    all.sort_by(|one, other| one.of.cmp(&other.of));
    all
}

/// The reasons of a refusal, in their order: the word, and what it means.
fn reasons() -> Vec<String> {
    let text = std::fs::read_to_string(project().join("src/consent/reason.rs")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let words = lines.iter().filter_map(|line| line.trim().strip_prefix("Reason::")?.split_once(" => "));
    words
        .map(|(variant, word)| {
            let at = lines.iter().position(|line| line.trim() == format!("{variant},")).unwrap();
            format!("| `{}` | {} |", word.trim_matches(['"', ',']), told(&lines, at))
        })
        .collect()
}

#[test]
fn the_list_of_messages_is_current() {
    let mut lines: Vec<String> = [
        "# Messages", "",
        "This page is made by a test (`tests/it/errors.rs`) from the source. A message says what is wrong and, after a colon or a",
        "semicolon, what to do. No message repeats an address or a text from outside.", "",
        "## Reasons of a refusal", "",
        "A refusal is an answer, not an error. `Refusal::remedy` tells the fewest acts that would turn it.", "",
        "| word | meaning |", "|---|---|",
    ].map(str::to_owned).to_vec();
    lines.extend(reasons());
    for (folder, title) in [("src", "## Errors of `placet`"), ("crates/lab/src", "## Errors of `placet-lab`")]
    {
        lines.extend(
            ["", title, "", "| message | type | when, and what to do |", "|---|---|---|"].map(str::to_owned),
        );
        let messages = messages(folder);
        assert!(
            messages.len() > 10,
            "only {} messages in {folder}: does the reader still read?",
            messages.len()
        );
        lines.extend(messages.iter().map(|Message { text, of, told }| {
            format!("| {} | `{of}` | {} |", text.replace('|', "\\|"), told.replace('|', "\\|"))
        }));
    }
    lines.extend(["", "What can be wrong with the meaning of a journey is listed in `tests/it/golden/faults.txt`, with an example each."].map(str::to_owned));
    golden::compare("docs", "errors.md", &lines);
}
