//! All tables of an insight: what is shown of them, as text and as data.

use std::fmt;

use placet::Instant;
use placet::name::Name;
use placet_insight::{KeySpec, Label, Row, Table, TableSpec};
use serde::Serialize;

use super::Question;

/// All tables at one instant.
#[derive(Serialize)]
pub(super) struct Tables {
    insight: Name,
    now: Instant,
    zone: i32,
    contacts: usize,
    tables: Vec<Shown>,
}

/// What is shown of one table: the text as the crate writes it, and the same as data.
#[derive(Serialize)]
struct Shown {
    name: Name,
    by: Vec<KeySpec>,
    k: usize,
    rows: Vec<ShownCell>,
    /// All that is counted; `None` where too few people are in it.
    total: Option<ShownCell>,
    /// How many cells are hidden.
    hidden: usize,
    /// How many facts lack a key.
    without: u64,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
struct ShownCell {
    key: Vec<Label>,
    people: u64,
    facts: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<Times>,
}

/// How long it took, in whole seconds.
#[derive(Serialize)]
struct Times {
    median: Option<i64>,
    not_ended: u64,
}

impl Tables {
    pub(super) fn of(question: &Question) -> Tables {
        let Question { insight, histories, now, zone, .. } = question;
        let crowd = insight.crowd(histories, *now, *zone);
        let specs = &insight.spec().tables;
        let tables = crowd.tables().zip(specs).map(|((_, table), spec)| Shown::of(&table, spec));
        Tables {
            insight: insight.spec().name.clone(),
            now: *now,
            zone: zone.0,
            contacts: histories.contacts(),
            tables: tables.collect(),
        }
    }
}

impl Shown {
    fn of(table: &Table<'_>, spec: &TableSpec) -> Shown {
        let cell = |row: Row<'_>| ShownCell::of(&row, spec);
        Shown {
            name: table.name().clone(),
            by: spec.by.clone(),
            k: table.k(),
            rows: table.rows().map(cell).collect(),
            total: table.total().map(cell),
            hidden: table.hidden(),
            without: table.without(),
            text: table.to_string(),
        }
    }
}

impl ShownCell {
    fn of(row: &Row<'_>, spec: &TableSpec) -> ShownCell {
        let times = || {
            let (median, not_ended) = row.median();
            Times { median, not_ended }
        };
        ShownCell {
            key: row.key().to_vec(),
            people: row.people(),
            facts: row.facts(),
            amount: spec.amount.is_some().then(|| row.amount()),
            times: spec.until.is_some().then(times),
        }
    }

    fn name(&self) -> String {
        match self.key.as_slice() {
            [] => "all".to_owned(),
            key => key.iter().map(Label::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

impl fmt::Display for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tables { insight, now, zone, contacts, tables } = self;
        writeln!(f, "tables of {insight} at {now}, {zone} minutes east of UTC, over {contacts} contacts")?;
        if tables.is_empty() {
            return writeln!(f, "\nthis insight has no tables: ask with `--person` or `--rank`");
        }
        tables.iter().try_for_each(|table| write!(f, "\n{table}"))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        for cell in self.rows.iter().chain(&self.total) {
            let Some(Times { median, not_ended }) = &cell.times else { continue };
            let median = median.map_or("-".to_owned(), |seconds| format!("{seconds} s"));
            writeln!(f, "{:>24} middle time {median}; {not_ended} have not ended", cell.name())?;
        }
        Ok(())
    }
}
