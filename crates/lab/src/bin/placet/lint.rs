//! `placet lint`: what a journey says and can hardly mean.

use std::fmt::Write;

use placet_lab::lint::Severity;

use crate::answer::{Answer, Problem, as_json, at_file};
use crate::arguments::Request;
use crate::files;

/// The longest scenario that is shown.
const LONGEST: usize = 40;

pub(crate) fn run(request: &Request) -> Result<Answer, Problem> {
    let [file] = request.files.as_slice() else {
        return Err(request.fault("name one journey: a file, or `reference`"));
    };
    let journey = files::journey(file)?;
    let findings = placet_lab::lint(&journey);
    let counts = |finding: &&placet_lab::lint::Finding| finding.allowed().is_none();
    let of =
        |severity| findings.iter().filter(counts).filter(|finding| finding.severity() == severity).count();
    let allowed = findings.iter().filter(|finding| finding.allowed().is_some()).count();
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let found = errors > 0 || warnings > 0;
    if request.json {
        return Ok(Answer::found(as_json(&findings)?, found));
    }
    let mut said = String::new();
    for finding in &findings {
        // Writing to a string cannot fail.
        let _ = writeln!(said, "{}", at_file(file, &finding.to_string()));
        let shown = finding.scenario(&journey).filter(|_| finding.allowed().is_none());
        let shown = shown.map(|scenario| scenario.to_string()).unwrap_or_default();
        // Without the heading of a file of scenarios, so that it can be pasted into one.
        let shown = shown.split_once("\n\n").map(|(_, scenario)| scenario).unwrap_or_default();
        match shown.lines().count() {
            0 => {}
            1..=LONGEST => {
                let _ = writeln!(said, "\n{shown}");
            }
            lines => {
                let _ = writeln!(said, "  shown by a history of {lines} lines: it comes with --json");
            }
        }
    }
    let of = |count, one| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let (errors, warnings, notes) = (of(errors, "error"), of(warnings, "warning"), of(notes, "note"));
    let allowed = if allowed > 0 { format!(", {allowed} allowed") } else { String::new() };
    let _ = writeln!(said, "{errors}, {warnings}, {notes}{allowed}");
    Ok(Answer::found(said, found))
}
