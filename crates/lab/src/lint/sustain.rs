//! Findings about what holds a stage up: where a contact stands without it, and lines that never decide.

use placet::journey::NeedSpec;
use placet::name::{NO_STAGE, Stage};

use super::explore::Explorer;
use super::finding::{Code, Finding};

/// Stages that a contact rises from by losing a consent, and lines of `sustain` that never decide.
pub(super) fn lines(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let stages = &explorer.journey.spec().stages;
    let height = |stage: &Stage| stages.iter().position(|other| other.name == *stage);
    for (at, stage) in stages.iter().enumerate() {
        let mut above: Vec<&NeedSpec> = Vec::new();
        for (place, line) in stage.sustain.iter().enumerate() {
            let path = format!("stages[{at}].sustain[{place}]");
            let falls_to = Some(&line.otherwise).filter(|below| **below != NO_STAGE).and_then(height);
            if falls_to.is_some_and(|below| below > at) {
                let sentence = format!(
                    "who loses the consent that holds `{}` up rises to `{}`, which stands above it in `stages`; name a lower stage, or none",
                    stage.name, line.otherwise
                );
                findings.push(Finding::new(Code::RisesByLoss, format!("{path}.else"), sentence));
            }
            if !above.is_empty() && line.needs.iter().all(|need| above.contains(&need)) {
                let sentence = format!(
                    "this line of `{}` never decides: all that it needs stands in the lines above it, and the first that fails decides; leave it out, or move it up",
                    stage.name
                );
                findings.push(Finding::new(Code::IdleLine, path, sentence));
            }
            above.extend(&line.needs);
        }
    }
}
