//! Findings that the journey itself says are meant.

use placet::JourneySpec;

use super::finding::{Code, Finding};

/// Marks what is allowed, and finds what allows nothing.
pub(super) fn apply(spec: &JourneySpec, findings: &mut Vec<Finding>) {
    let mut idle = Vec::new();
    for (place, allowed) in spec.allowed.iter().enumerate() {
        let mut met = false;
        for finding in findings.iter_mut().filter(|of| of.code().as_str() == allowed.finding.as_str()) {
            let at = allowed.at.as_str();
            if at == finding.path() || at == by_name(spec, finding.path()) {
                finding.allow(&allowed.because);
                met = true;
            }
        }
        if !met {
            let sentence = format!(
                "`{}` is not found at `{}`; leave this out, or write the place as the finding does",
                allowed.finding, allowed.at
            );
            idle.push(Finding::new(Code::AllowsNothing, format!("allowed[{place}]"), sentence));
        }
    }
    findings.extend(idle);
}

/// A path with the names of stages, signals, rules and effects in the place of their numbers.
fn by_name(spec: &JourneySpec, path: &str) -> String {
    let (mut named, mut rest, mut rule) = (String::new(), path, None);
    while let Some((before, after)) = rest.split_once('[') {
        let Some((number, left)) = after.split_once(']') else { break };
        let place: Option<usize> = number.parse().ok();
        let name = place.and_then(|place| match before.trim_start_matches('.') {
            "stages" => Some(spec.stages.get(place)?.name.to_string()),
            "signals" => Some(spec.signals.get(place)?.kind.to_string()),
            "rules" => {
                rule = spec.rules.get(place);
                Some(rule?.name.to_string())
            }
            "effects" => Some(rule?.effects.get(place)?.name.to_string()),
            _ => None,
        });
        named.push_str(before);
        named.push('[');
        named.push_str(name.as_deref().unwrap_or(number));
        named.push(']');
        rest = left;
    }
    named + rest
}
