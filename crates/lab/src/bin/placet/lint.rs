//! `placet lint`: what a journey says and can hardly mean.

use std::fmt::Write;

use placet_lab::lint::Severity;

use crate::answer::{Answer, Problem, as_json, at_file};
use crate::arguments::Request;
use crate::files;

pub(crate) fn run(request: &Request) -> Result<Answer, Problem> {
    let [file] = request.files.as_slice() else {
        return Err(request.fault("name one journey: a file, or `reference`"));
    };
    let findings = placet_lab::lint(&files::journey(file)?);
    let of = |severity| findings.iter().filter(|finding| finding.severity() == severity).count();
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let found = errors > 0 || warnings > 0;
    if request.json {
        return Ok(Answer::found(as_json(&findings)?, found));
    }
    let mut said = String::new();
    for finding in &findings {
        // Writing to a string cannot fail.
        let _ = writeln!(said, "{}", at_file(file, &finding.to_string()));
    }
    let of = |count, one| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let (errors, warnings, notes) = (of(errors, "error"), of(warnings, "warning"), of(notes, "note"));
    let _ = writeln!(said, "{errors}, {warnings}, {notes}");
    Ok(Answer::found(said, found))
}
