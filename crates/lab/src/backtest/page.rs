//! The page: a back-test as one HTML file without script, with bars in its tables and the journeys' pictures.

use std::fmt::Write;

use placet::Journey;

use super::Backtest;
use super::sheet::{Cell, Row, Sheet};
use crate::draw::svg;

impl Backtest {
    /// One self-contained HTML page, light or dark as the reader's system is. It loads nothing and runs nothing.
    ///
    /// `journeys` are drawn on it ([`draw::svg`](crate::draw::svg)), each under the name of the one that was tried in
    /// its place; without any there is no picture.
    ///
    /// INVARIANT: every other word on it is a [`Name`](placet::name::Name), an instant, a number or a text of this file; none can
    /// hold a character that HTML reads as markup.
    #[must_use]
    pub fn page(&self, journeys: &[Journey]) -> String {
        let mut page = String::new();
        let heading = self.heading();
        let _ = write!(page, "{HEAD}<title>{heading}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n");
        let _ = write!(page, "<header><h1>{heading}</h1>\n<p>{NOTICE}</p></header>\n<main>\n");
        self.pictures(&mut page, journeys);
        for sheet in self.sheets() {
            sheet.section(&mut page);
        }
        for sentence in self.unchanged() {
            let _ = writeln!(page, "<p>{sentence}</p>");
        }
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    fn pictures(&self, page: &mut String, journeys: &[Journey]) {
        if journeys.is_empty() {
            return;
        }
        page.push_str("<section class=\"pictures\"><h2>the journeys</h2>\n");
        for (place, (tried, journey)) in self.journeys.iter().zip(journeys).enumerate() {
            let (name, picture) = (&tried.name, svg(journey));
            let _ = write!(
                page,
                "<figure>\n<figcaption class=\"c{place}\">{name}</figcaption>\n{picture}\n</figure>\n"
            );
        }
        page.push_str("</section>\n");
    }
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta name=\"color-scheme\" content=\"light dark\">\n";

const NOTICE: &str = "What would have happened, with the consent that was known at each instant. \
    Nothing here was sent, and nothing here can be.";

const STYLE: &str = include_str!("page.css");

impl Sheet {
    fn section(&self, page: &mut String) {
        let _ = write!(page, "<section>\n<table>\n<caption><b>{}</b> {}</caption>\n", self.title, self.about);
        page.push_str("<thead><tr><td></td>");
        for (place, column) in self.columns.iter().enumerate() {
            let _ = write!(page, "<th scope=\"col\" class=\"c{place}\">{column}</th>");
        }
        page.push_str("</tr></thead>\n<tbody>\n");
        let amounts = self.rows.iter().flat_map(|row| row.cells.iter().flatten().map(|cell| cell.amount));
        let most = if self.bars { amounts.max().unwrap_or(0) } else { 0 };
        for row in &self.rows {
            row.lines(page, most);
        }
        page.push_str("</tbody>\n</table>\n</section>\n");
    }
}

impl Row {
    fn lines(&self, page: &mut String, most: u64) {
        let _ = write!(page, "<tr><th scope=\"row\">{}</th>", self.name);
        for (place, cell) in self.cells.iter().enumerate() {
            match cell {
                Some(cell) => cell.write(page, place, most),
                None => page.push_str("<td>-</td>"),
            }
        }
        page.push_str("</tr>\n");
        for note in &self.notes {
            let columns = self.cells.len().saturating_add(1);
            let _ = writeln!(page, "<tr class=\"note\"><td colspan=\"{columns}\">{note}</td></tr>");
        }
    }
}

impl Cell {
    /// The amount in figures, and again as a bar that a reader of the page's text does not meet.
    fn write(&self, page: &mut String, place: usize, most: u64) {
        let _ = write!(page, "<td class=\"c{place}\">");
        if let Some(tenths) = self.amount.saturating_mul(1000).checked_div(most).filter(|_| self.amount > 0) {
            let (whole, part) = (tenths / 10, tenths % 10);
            let _ = write!(page, "<i aria-hidden=\"true\" style=\"width:{whole}.{part}%\"></i>");
        }
        let _ = write!(page, "{}", self.written());
        if !self.more.is_empty() {
            let _ = write!(page, " <small>{}</small>", self.more);
        }
        page.push_str("</td>");
    }
}
