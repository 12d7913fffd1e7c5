//! Reads the crate's own paths out of Rust source: `use` trees, `super`, inline paths. No parser, only what is needed.

/// A path of the crate, without its `crate::`, and the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub line: usize,
    pub path: String,
}

/// The source with comments, strings and character literals blanked out, line by line as before.
pub fn without_comments(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_literal(&chars, at);
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

/// Where the comment, string or character that begins here ends; the same place where none begins.
fn end_of_literal(chars: &[char], at: usize) -> usize {
    let next = |ahead: usize| chars.get(at + ahead).copied();
    let begins_word = at == 0 || !(chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match (chars[at], next(1)) {
        ('/', Some('/')) => (at..chars.len()).find(|&i| chars[i] == '\n').unwrap_or(chars.len()),
        ('/', Some('*')) => {
            let (mut i, mut depth) = (at + 2, 1);
            while i < chars.len() && depth > 0 {
                match (chars[i], chars.get(i + 1)) {
                    ('/', Some('*')) => (i, depth) = (i + 2, depth + 1),
                    ('*', Some('/')) => (i, depth) = (i + 2, depth - 1),
                    _ => i += 1,
                }
            }
            i
        }
        ('r', Some('"' | '#')) if begins_word => raw_string(chars, at, at + 1),
        ('b', Some('r')) if begins_word => raw_string(chars, at, at + 2),
        ('"', _) => {
            let mut i = at + 1;
            while i < chars.len() && chars[i] != '"' {
                i += if chars[i] == '\\' { 2 } else { 1 };
            }
            i + 1
        }
        // A character, not a lifetime.
        ('\'', Some('\\')) => (at + 3..chars.len()).find(|&i| chars[i] == '\'').unwrap_or(at) + 1,
        ('\'', Some(_)) if next(2) == Some('\'') => at + 3,
        _ => at,
    }
}

fn raw_string(chars: &[char], at: usize, mut i: usize) -> usize {
    let hashes = chars[i..].iter().take_while(|c| **c == '#').count();
    i += hashes;
    if chars.get(i) != Some(&'"') {
        return at; // a raw identifier
    }
    let closes = |i: usize| {
        chars[i] == '"' && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    (i + 1..chars.len()).find(|&i| closes(i)).map_or(chars.len(), |i| i + 1 + hashes)
}

/// Every path of the crate that a file names; `file` is its place below `src`.
pub fn imports(file: &str, text: &str) -> Vec<Import> {
    let tokens = tokens(&without_comments(text));
    let mut found = Vec::new();
    let mut at = 0;
    // Inline modules that are open, as the brace depth each began at.
    let (mut depth, mut inner) = (0_usize, Vec::new());
    while at < tokens.len() {
        let (line, token) = &tokens[at];
        let follows = tokens.get(at + 1).is_some_and(|(_, next)| next == "::");
        let after_path = at > 0 && tokens[at - 1].1 == "::";
        match token.as_str() {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inner.retain(|began| *began < depth);
            }
            "mod" if tokens.get(at + 2).is_some_and(|(_, brace)| brace == "{") => inner.push(depth),
            "crate" if follows && !after_path => {
                tree(&tokens, &mut (at + 2), &[], *line, &mut found);
            }
            "super" if follows && !after_path => {
                let mut base = module_of(file);
                base.extend(inner.iter().map(|_| "inner".to_owned()));
                let mut next = at;
                while tokens.get(next).is_some_and(|(_, word)| word == "super") {
                    base.pop();
                    next += 2;
                }
                tree(&tokens, &mut next, &base, *line, &mut found);
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Reads a tree of paths, `a::{b, c::d as e}`, from the place behind a `::`.
fn tree(tokens: &[(usize, String)], at: &mut usize, base: &[String], line: usize, found: &mut Vec<Import>) {
    let mut path = base.to_vec();
    loop {
        match tokens.get(*at).map(|(_, token)| token.as_str()) {
            Some("{") => {
                *at += 1;
                while tokens.get(*at).is_some_and(|(_, token)| token != "}") {
                    tree(tokens, at, &path, line, found);
                    while tokens.get(*at).is_some_and(|(_, token)| token != "," && token != "}") {
                        *at += 1; // `as` and a name
                    }
                    *at += usize::from(tokens.get(*at).is_some_and(|(_, token)| token == ","));
                }
                *at += 1;
                return;
            }
            Some("self") => *at += 1,
            Some(word) => {
                path.push(word.to_owned());
                *at += 1;
            }
            None => {}
        }
        if tokens.get(*at).is_some_and(|(_, token)| token == "::") {
            *at += 1;
        } else {
            break;
        }
    }
    if !path.is_empty() {
        found.push(Import { line, path: path.join("::") });
    }
}

/// The module that a file holds: `ledger/row.rs` is `ledger::row`.
fn module_of(file: &str) -> Vec<String> {
    let file = file.trim_end_matches(".rs");
    file.split('/').filter(|part| *part != "mod" && *part != "lib").map(ToOwned::to_owned).collect()
}

/// Words, `::` and single marks, each with its line. `$crate` is a word of its own.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    for (line, text) in text.lines().zip(1..).map(|(text, line)| (line, text)) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            let length = if first.is_whitespace() {
                rest = &rest[first.len_utf8()..];
                continue;
            } else if rest.starts_with("::") {
                2
            } else if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            tokens.push((line, rest[..length].to_owned()));
            rest = &rest[length..];
        }
    }
    tokens
}
