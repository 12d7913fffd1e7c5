//! The picture as a Mermaid flowchart.

use std::fmt::Write as _;

use super::picture::{Card, Picture};

/// The looks of the nodes; text stays readable on a light and a dark page, since each node has its own ground.
const CLASSES: &str = "  classDef stage fill:#1f4e79,stroke:#1f4e79,color:#ffffff
  classDef start fill:#ffffff,stroke:#1f4e79,color:#1f4e79
  classDef card fill:#f6f8fa,stroke:#c4ccd4,color:#24292f
  classDef back fill:#ffffff,stroke:#c2495d,color:#a3243b,stroke-dasharray:4 3
";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let mut text = "flowchart TD\n".to_owned();
    // Writing to a string cannot fail.
    for (place, stage) in picture.stages.iter().enumerate() {
        let label = label(stage.lines());
        let _ = match stage.declared {
            true => writeln!(text, "  s{place}[\"{label}\"]:::stage"),
            false => writeln!(text, "  s{place}([\"{label}\"]):::start"),
        };
    }
    for (place, Card { from, to, falls_back, lines }) in picture.cards.iter().enumerate() {
        let (class, line, arrow) = match falls_back {
            true => ("back", "-.-", "-.->"),
            false => ("card", "---", "-->"),
        };
        let label = label(lines.iter().map(ToString::to_string));
        let _ = writeln!(text, "  c{place}[\"{label}\"]:::{class}");
        // Where nothing leaves the card, the arrow points to it.
        let line = if to.is_none() { arrow } else { line };
        for from in from {
            let _ = writeln!(text, "  s{from} {line} c{place}");
        }
        if let Some(to) = to {
            let _ = writeln!(text, "  c{place} {arrow} s{to}");
        }
    }
    text.push_str(CLASSES);
    text
}

/// Lines as one label. Whatever Mermaid, its Markdown or HTML would read as a sign of their own is written by number.
fn label(lines: impl Iterator<Item = String>) -> String {
    let mut label = String::new();
    for line in lines {
        if !label.is_empty() {
            label.push_str("<br>");
        }
        for letter in line.chars() {
            match letter {
                'a'..='z' | '0'..='9' | ' ' | ',' | '.' | '-' | '(' | ')' | '+' | '/' => label.push(letter),
                _ => {
                    let _ = write!(label, "#{};", u32::from(letter));
                }
            }
        }
    }
    label
}
