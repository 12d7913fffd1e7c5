//! What stands in a box: lines of text with their looks, and the room they take.

use super::picture::{Card, Drawn, Ink};
use super::text::{width, wrapped};

/// What is left free inside a box.
pub(super) const PADDING: f64 = 12.0;
const ABOVE: f64 = 4.0;
const BELOW: f64 = 11.0;
/// How far a text with a mark before it is set in.
const INDENT: f64 = 14.0;

/// A small sign before a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Effect,
    Consent,
}

/// A line of text, and how it looks.
pub(super) struct Row {
    pub(super) class: &'static str,
    pub(super) text: String,
    pub(super) mark: Option<Mark>,
    pub(super) look: Look,
    /// It begins another part of its card: a line is drawn above it.
    pub(super) begins: bool,
}

/// How high a line is, how large its letters are, whether they are bold, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Look {
    pub(super) high: f64,
    size: f64,
    bold: bool,
    pub(super) indent: f64,
    pub(super) centred: bool,
}

const PLAIN: Look = Look { high: 15.0, size: 11.5, bold: false, indent: 0.0, centred: false };
const SET_IN: Look = Look { indent: INDENT, ..PLAIN };
const NUMBER: Look = Look { size: 10.0, ..PLAIN };
const SIGNAL: Look = Look { high: 17.0, size: 13.0, bold: true, ..PLAIN };
const EFFECT: Look = Look { high: 18.0, size: 12.0, bold: true, ..SET_IN };
const CENTRED: Look = Look { centred: true, ..PLAIN };
const NAME: Look = Look { high: 18.0, size: 15.0, bold: true, ..CENTRED };
const ON_STAGE: Look = Look { high: 17.0, ..SET_IN };

/// The rows of a card.
pub(super) fn of_card(card: &Card) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in &card.lines {
        let begins = line.ink == Ink::Rules && !rows.is_empty();
        let (class, look, mark) = match line.ink {
            Ink::Rules => ("number", NUMBER, None),
            Ink::Signal => ("signal", SIGNAL, None),
            Ink::Admission => ("admission", SET_IN, Some(Mark::Consent)),
            Ink::Guard => ("guard", PLAIN, None),
            Ink::Effect => ("effect-name", EFFECT, Some(Mark::Effect)),
            Ink::Scope => ("scope", SET_IN, None),
            Ink::Occasion => ("guard", SET_IN, None),
            Ink::Stays => ("stays", PLAIN, None),
            Ink::Missing => ("missing", CENTRED, None),
        };
        let text = match line.ink {
            Ink::Guard => line.to_string(),
            _ => line.text.clone(),
        };
        if line.ink == Ink::Missing {
            let without = if rows.is_empty() { "without" } else { "or without" };
            rows.push(Row { class, text: without.to_owned(), mark, look, begins });
        }
        rows.extend(broken(class, &text, mark, look, begins));
    }
    rows
}

/// The rows of a stage.
pub(super) fn of_stage(stage: &Drawn) -> Vec<Row> {
    let class = if stage.declared { "name" } else { "start-name" };
    let mut rows = broken(class, &stage.name, None, NAME, false);
    let on_stage = if stage.declared { "on-stage" } else { "admission" };
    let scopes = stage.rests_on.iter();
    rows.extend(scopes.flat_map(|scope| broken(on_stage, scope, Some(Mark::Consent), ON_STAGE, false)));
    rows
}

/// The rows of one text; the mark and the line above belong to the first.
fn broken(class: &'static str, text: &str, mark: Option<Mark>, look: Look, begins: bool) -> Vec<Row> {
    let rows = wrapped(text).into_iter().enumerate().map(|(place, text)| {
        let first = place == 0;
        let look = if first { look } else { Look { high: PLAIN.high, ..look } };
        Row { class, text, mark: mark.filter(|_| first), look, begins: begins && first }
    });
    rows.collect()
}

/// Where the text of each row stands, from the top of its box.
pub(super) fn baselines(rows: &[Row]) -> impl Iterator<Item = (&Row, f64)> {
    rows.iter().scan(ABOVE, |y, row| {
        *y += row.look.high + if row.begins { 9.0 } else { 0.0 };
        Some((row, *y))
    })
}

/// How wide and how high the box of some rows is.
pub(super) fn room(rows: &[Row]) -> (f64, f64) {
    let widths = rows.iter().map(|row| width(&row.text, row.look.size, row.look.bold) + row.look.indent);
    let bottom = baselines(rows).map(|(_, y)| y).fold(ABOVE, f64::max);
    ((widths.fold(64.0, f64::max) + 2.0 * PADDING).ceil(), (bottom + BELOW).ceil())
}
