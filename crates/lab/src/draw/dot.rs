//! The picture in the DOT language.

use std::fmt::Write as _;

use super::picture::{Card, Picture};
use super::text::wrapped;

const HEAD: &str = "  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];
  edge [color=\"#57708a\"];
";

pub(super) fn write(picture: &Picture<'_>) -> String {
    let mut text = format!("digraph {} {{\n{HEAD}", quoted(std::iter::once(picture.name.to_string())));
    // Writing to a string cannot fail.
    for (place, stage) in picture.stages.iter().enumerate() {
        let looks = match stage.declared {
            true => "fillcolor=\"#1f4e79\", fontcolor=\"#ffffff\"",
            false => "fillcolor=\"#ffffff\", color=\"#1f4e79\", fontcolor=\"#1f4e79\"",
        };
        let _ = writeln!(text, "  s{place} [label={}, {looks}];", quoted(stage.lines()));
    }
    for (place, Card { from, to, falls_back, lines }) in picture.cards.iter().enumerate() {
        let (looks, line) = match falls_back {
            true => (
                "style=dashed, color=\"#c2495d\", fontcolor=\"#a3243b\"",
                ", style=dashed, color=\"#c2495d\"",
            ),
            false => ("fillcolor=\"#f6f8fa\", color=\"#c4ccd4\"", ""),
        };
        let lines = lines.iter().map(ToString::to_string);
        let _ = writeln!(text, "  c{place} [label={}, {looks}];", quoted(lines));
        // Where nothing leaves the card, the arrow points to it.
        let end = if to.is_none() { "normal" } else { "none" };
        for from in from {
            let _ = writeln!(text, "  s{from} -> c{place} [arrowhead={end}{line}];");
        }
        if let Some(to) = to {
            let _ = writeln!(text, "  c{place} -> s{to} [arrowhead=normal{line}];");
        }
    }
    text.push_str("}\n");
    text
}

/// Lines as one quoted string.
fn quoted(lines: impl Iterator<Item = String>) -> String {
    let lines = lines.flat_map(|line| wrapped(&line));
    let escaped = lines.map(|line| line.replace('\\', "\\\\").replace('"', "\\\""));
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}
