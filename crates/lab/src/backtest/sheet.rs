//! Sheets: the tables of a back-test, for the terminal and for the page alike.

use std::collections::BTreeSet;
use std::fmt;

use placet::Stage;

use super::{Backtest, Change, Diff, Example, Shift, Side, Tried};
use crate::rehearse::{LostReach, Rehearsal, written};

/// One table: what it is about, its columns, and a row of cells for each name.
pub(super) struct Sheet {
    pub(super) title: String,
    pub(super) about: &'static str,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
    /// Whether the amounts of different rows can be compared, as bars.
    pub(super) bars: bool,
}

pub(super) struct Row {
    pub(super) name: String,
    /// None where a journey has nothing of that name.
    pub(super) cells: Vec<Option<Cell>>,
    /// What is to be looked at, in whole lines.
    pub(super) notes: Vec<String>,
}

/// An amount, and a second thing to say of it.
pub(super) struct Cell {
    pub(super) amount: u64,
    pub(super) more: String,
}

impl Cell {
    fn of(amount: u64) -> Cell {
        Cell { amount, more: String::new() }
    }

    fn and(amount: u64, more: impl fmt::Display) -> Cell {
        Cell { amount, more: more.to_string() }
    }

    /// The amount as it is written: 1,234,567.
    pub(super) fn written(&self) -> String {
        let digits = self.amount.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && digits.len().saturating_sub(place) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }
}

const SECONDS_OF_A_DAY: u64 = 86_400;

impl Backtest {
    pub(super) fn heading(&self) -> String {
        let journeys: Vec<&str> = self.journeys.iter().map(|tried| tried.name.as_str()).collect();
        let journeys = if journeys.is_empty() { "no journey".to_owned() } else { journeys.join(", ") };
        let until = self.until.map(|until| format!(", until {until}")).unwrap_or_default();
        format!("back-test of {journeys}{until}")
    }

    /// A sentence for each journey that changes nothing.
    pub(super) fn unchanged(&self) -> impl Iterator<Item = String> {
        let others = self.journeys.iter().skip(1).zip(&self.diffs);
        let unchanged = others.filter(|(_, diff)| diff.is_empty());
        unchanged.map(|(other, _)| format!("{} changes nothing for anybody", other.name))
    }

    /// Every table that has something to say.
    pub(super) fn sheets(&self) -> Vec<Sheet> {
        let stage =
            |tried: &Tried| [None].into_iter().chain(tried.stages.iter().cloned().map(Some)).collect();
        let mut sheets = vec![
            self.totals(),
            self.sheet(
                "reached",
                "contacts that ever stood at a stage, and of how many",
                stage,
                of_stage,
                |counts, stage| {
                    let reached = counts.stages.get(stage)?.reached;
                    Some(Cell::and(reached, percent(reached, counts.contacts)))
                },
            ),
            self.sheet(
                "at the end",
                "contacts by where they stand at the end",
                stage,
                of_stage,
                |counts, stage| Some(Cell::of(counts.stages.get(stage)?.at_end)),
            ),
            self.sheet(
                "days",
                "whole days that contacts spent at a stage, together",
                stage,
                of_stage,
                |counts, stage| {
                    let seconds = counts.stages.get(stage)?.seconds;
                    Some(Cell::of(seconds.checked_div(SECONDS_OF_A_DAY).unwrap_or(0)))
                },
            ),
            self.sheet(
                "moves",
                "moves of the held stage",
                |tried| tried.rehearsal.transitions.keys().cloned().collect(),
                |(from, to)| format!("{} to {}", of_stage(from), of_stage(to)),
                |counts, moved| Some(Cell::of(counts.transitions.get(moved).copied().unwrap_or(0))),
            ),
            self.sheet(
                "events",
                "events that would have been queued, and for how many contacts",
                |tried| tried.effects.clone(),
                ToString::to_string,
                |counts, effect| {
                    let count = counts.effects.get(effect)?;
                    Some(Cell::and(count.queued, contacts(count.contacts)))
                },
            ),
            self.sheet(
                "refused",
                "effects that would have been refused, and why",
                |tried| {
                    let reasons = |effect| tried.rehearsal.effects.get(effect).map(|count| &count.refused);
                    let effects = tried.effects.iter();
                    effects
                        .flat_map(|effect| {
                            let reasons = reasons(effect).into_iter().flat_map(|refused| refused.keys());
                            reasons.map(move |reason| (effect.clone(), *reason))
                        })
                        .collect()
                },
                |(effect, reason)| format!("{effect}: {reason}"),
                |counts, (effect, reason)| {
                    let count = counts.effects.get(effect).and_then(|count| count.refused.get(reason));
                    Some(Cell::of(count.copied().unwrap_or(0)))
                },
            ),
            self.sheet(
                "lost",
                "refused effects that one grant would have permitted, of contacts who have not said no",
                |tried| {
                    let scopes = tried.rehearsal.lost.keys().cloned().map(Some);
                    scopes.chain((tried.rehearsal.lost_otherwise > 0).then_some(None)).collect()
                },
                |scope| scope.as_ref().map_or("(no one grant)".to_owned(), ToString::to_string),
                |counts, scope| match scope {
                    Some(scope) => Some(lost(counts.lost.get(scope))),
                    None => Some(Cell::of(counts.lost_otherwise)),
                },
            ),
            self.sheet(
                "lost to a no",
                "the same of contacts who said no: they were asked, and refused or withdrew",
                |tried| tried.rehearsal.lost_to_a_no.keys().cloned().collect(),
                ToString::to_string,
                |counts, scope| Some(lost(counts.lost_to_a_no.get(scope))),
            ),
            self.sheet(
                "rules",
                "how often a rule was taken, and by how many contacts",
                |tried| tried.rules.clone(),
                ToString::to_string,
                |counts, rule| {
                    let count = counts.rules.get(rule)?;
                    Some(Cell::and(count.taken, contacts(count.contacts)))
                },
            ),
            self.sheet(
                "not admitted",
                "signals that left no trace: the consent that was lacking, and why",
                |tried| tried.rehearsal.unadmitted.keys().cloned().collect(),
                |(scope, reason)| format!("{scope}: {reason}"),
                |counts, no| Some(Cell::of(counts.unadmitted.get(no).copied().unwrap_or(0))),
            ),
            self.sheet(
                "not known",
                "signals of a kind, or with an attribute, that the journey does not declare",
                |tried| tried.rehearsal.unknown.keys().cloned().collect(),
                ToString::to_string,
                |counts, kind| Some(Cell::of(counts.unknown.get(kind).copied().unwrap_or(0))),
            ),
        ];
        if let Some(first) = self.journeys.first() {
            let others = self.journeys.iter().skip(1).zip(&self.diffs);
            sheets.extend(others.flat_map(|(other, diff)| diff.sheets(first, other)));
        }
        sheets.retain(|sheet| !sheet.rows.is_empty());
        sheets
    }

    fn totals(&self) -> Sheet {
        let all = |effects: fn(&crate::EffectCount) -> u64| {
            move |counts: &Rehearsal| {
                counts.effects.values().fold(0, |sum: u64, count| sum.saturating_add(effects(count)))
            }
        };
        let sum =
            |counts: &mut dyn Iterator<Item = &u64>| counts.fold(0, |sum: u64, n| sum.saturating_add(*n));
        let row = |name: &str, amount: &dyn Fn(&Rehearsal) -> u64| Row {
            name: name.to_owned(),
            cells: self.journeys.iter().map(|tried| Some(Cell::of(amount(&tried.rehearsal)))).collect(),
            notes: Vec::new(),
        };
        let rows = vec![
            row("contacts", &|counts| counts.contacts),
            row("signals decided", &|counts| counts.signals),
            row("not admitted", &|counts| sum(&mut counts.unadmitted.values())),
            row("not known", &|counts| sum(&mut counts.unknown.values())),
            row("moves", &|counts| sum(&mut counts.transitions.values())),
            row("events queued", &all(|count| count.queued)),
            row("effects refused", &all(crate::EffectCount::refused)),
            row("goes left out", &|counts| counts.left_out),
        ];
        let rows = rows.into_iter().filter(|row| row.cells.iter().flatten().any(|cell| cell.amount > 0));
        Sheet {
            title: "in all".to_owned(),
            about: "what was run",
            columns: self.columns(),
            rows: rows.collect(),
            bars: false,
        }
    }

    fn columns(&self) -> Vec<String> {
        self.journeys.iter().map(|tried| tried.name.to_string()).collect()
    }

    /// A row for each key that a journey has, in the order of the first journey that has it.
    fn sheet<K: Ord + Clone>(
        &self,
        title: &str,
        about: &'static str,
        keys: impl Fn(&Tried) -> Vec<K>,
        name: impl Fn(&K) -> String,
        cell: impl Fn(&Rehearsal, &K) -> Option<Cell>,
    ) -> Sheet {
        let mut seen = BTreeSet::new();
        let keys = self.journeys.iter().flat_map(keys);
        let keys: Vec<K> = keys.filter(|key| seen.insert(key.clone())).collect();
        let rows = keys.iter().map(|key| Row {
            name: name(key),
            cells: self.journeys.iter().map(|tried| cell(&tried.rehearsal, key)).collect(),
            notes: Vec::new(),
        });
        Sheet { title: title.to_owned(), about, columns: self.columns(), rows: rows.collect(), bars: true }
    }
}

impl Diff {
    fn sheets(&self, first: &Tried, other: &Tried) -> Vec<Sheet> {
        let sheet = |what: &str, about, columns: &[&str], rows: Vec<Row>| Sheet {
            title: format!("{what}: {} instead of {}", other.name, first.name),
            about,
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows,
            bars: true,
        };
        let stages = |changes: &std::collections::BTreeMap<Option<Stage>, Change>| {
            changes.iter().map(|(stage, change)| change.row(of_stage(stage), false)).collect()
        };
        let events = self.events.iter().map(|(effect, change)| change.row(effect.to_string(), true));
        let sides = ["gain", "lose"];
        vec![
            sheet(
                "reached",
                "contacts that ever stand at a stage with one journey only",
                &sides,
                stages(&self.reached),
            ),
            sheet("at the end", "contacts that stand elsewhere at the end", &sides, stages(&self.at_end)),
            sheet(
                "events",
                "events of one journey only, and those that the same contact gets at another time",
                &["gain", "lose", "later", "earlier"],
                events.collect(),
            ),
        ]
    }
}

impl Change {
    fn row(&self, name: String, of_events: bool) -> Row {
        let moved = |shift: &Shift| {
            let by = format!(
                "{}, by {} on average, {} at most",
                contacts(shift.contacts),
                length(shift.average()),
                length(shift.most)
            );
            Some(Cell { amount: shift.count, more: if shift.count > 0 { by } else { String::new() } })
        };
        let cell = |side: &Side| {
            let more = if of_events { contacts(side.contacts) } else { String::new() };
            Some(Cell { amount: side.count, more })
        };
        let note = |word: &str, side: &Side| {
            let examples: Vec<String> = side.examples.iter().map(ToString::to_string).collect();
            (!examples.is_empty()).then(|| format!("{word}: {}", examples.join("; ")))
        };
        let notes = [note("gain", &self.gains), note("lose", &self.loses)].into_iter().flatten();
        let mut cells = vec![cell(&self.gains), cell(&self.loses)];
        if of_events {
            cells.extend([moved(&self.later), moved(&self.earlier)]);
        }
        Row { name, cells, notes: notes.collect() }
    }
}

impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.contact)?;
        if let Some(signal) = &self.signal {
            write!(f, " on {signal}")?;
        }
        self.at.map_or(Ok(()), |at| write!(f, " at {at}"))
    }
}

impl fmt::Display for Backtest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading())?;
        for sheet in self.sheets() {
            write!(f, "\n{sheet}")?;
        }
        for sentence in self.unchanged() {
            writeln!(f, "\n{sentence}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Sheet {
    /// Names to the left, amounts to the right, no line longer than its cells.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let long = |text: &str| text.chars().count();
        let names = width(&mut self.rows.iter().map(|row| long(&row.name)));
        writeln!(f, "{}: {}", self.title, self.about)?;
        let texts: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.cells.iter().map(text).collect()).collect();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(column, head)| {
                width(
                    &mut texts
                        .iter()
                        .filter_map(|row| row.get(column))
                        .map(|cell| long(cell))
                        .chain([long(head)]),
                )
            })
            .collect();
        line(f, names, "", &widths, &self.columns)?;
        for (row, cells) in self.rows.iter().zip(&texts) {
            line(f, names, &row.name, &widths, cells)?;
            for note in &row.notes {
                writeln!(f, "      {note}")?;
            }
        }
        Ok(())
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    names: usize,
    name: &str,
    widths: &[usize],
    cells: &[String],
) -> fmt::Result {
    write!(f, "  {name:<names$}")?;
    for (width, cell) in widths.iter().zip(cells) {
        write!(f, "  {cell:>width$}")?;
    }
    writeln!(f)
}

fn text(cell: &Option<Cell>) -> String {
    let Some(cell) = cell else { return "-".to_owned() };
    if cell.more.is_empty() { cell.written() } else { format!("{} ({})", cell.written(), cell.more) }
}

/// A length of time in the largest unit of which there are two at least, rounded.
fn length(seconds: u64) -> String {
    let units = [(SECONDS_OF_A_DAY, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(unit, _)| seconds >= unit.saturating_mul(2));
    let (unit, name) = unit.unwrap_or((1, if seconds == 1 { "second" } else { "seconds" }));
    let rounded = seconds.saturating_add(unit / 2).checked_div(unit).unwrap_or_default();
    format!("{} {name}", Cell::of(rounded).written())
}

fn lost(reach: Option<&LostReach>) -> Cell {
    let reach = reach.cloned().unwrap_or_default();
    Cell::and(reach.effects, contacts(reach.contacts))
}

/// A part of a whole, rounded; what is neither none nor all is told apart from both.
fn percent(part: u64, whole: u64) -> String {
    let rounded = part
        .saturating_mul(200)
        .saturating_add(whole)
        .checked_div(whole.saturating_mul(2))
        .unwrap_or_default();
    match rounded {
        0 if part > 0 => "under 1 %".to_owned(),
        100 if part < whole => "over 99 %".to_owned(),
        rounded => format!("{rounded} %"),
    }
}

fn contacts(count: u64) -> String {
    format!("{} {}", Cell::of(count).written(), if count == 1 { "contact" } else { "contacts" })
}

fn of_stage(stage: &Option<Stage>) -> String {
    written(stage.as_ref()).to_string()
}

#[cfg(test)]
mod tests {
    use super::{length, percent};

    #[test]
    fn percentages_are_rounded_and_never_hide_somebody() {
        for (part, whole, told) in [
            (0, 0, "0 %"),
            (0, 7, "0 %"),
            (19, 1_000, "2 %"),
            (14, 1_000, "1 %"),
            (1, 3, "33 %"),
            (2, 3, "67 %"),
            (1, 1_000, "under 1 %"),
            (999, 1_000, "over 99 %"),
            (7, 7, "100 %"),
        ] {
            assert_eq!(percent(part, whole), told, "{part} of {whole}");
        }
    }

    #[test]
    fn lengths_are_told_in_the_largest_unit_of_which_there_are_two() {
        for (seconds, told) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "120 minutes"),
            (86_400, "24 hours"),
            (172_800, "2 days"),
            (216_000, "3 days"),
        ] {
            assert_eq!(length(seconds), told);
        }
    }
}
