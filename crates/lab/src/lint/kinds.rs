//! Findings about kinds of signal: those that tell of a person and are kept without admission.

use std::collections::BTreeMap;

use placet::journey::guard::Test;
use placet::journey::plan::Check;
use placet::journey::{Guard, Span};
use placet::name::SignalKind;

use super::explore::Explorer;
use super::finding::{Code, Finding};

/// Words by which the signals of social networks are called.
const SOCIAL: [&str; 20] = [
    "like",
    "follow",
    "mention",
    "share",
    "comment",
    "reply",
    "retweet",
    "repost",
    "reaction",
    "react",
    "pin",
    "tag",
    "friend",
    "fan",
    "favourite",
    "favorite",
    "post",
    "tweet",
    "checkin",
    "view",
];

/// Kinds without admission that are called like signals of a social network, or that guards count when something else
/// arrives. A purchase that is looked at as it arrives is the contact's own dealing with the controller.
pub(super) fn unadmitted(explorer: &mut Explorer<'_>, findings: &mut Vec<Finding>) {
    let mut used = BTreeMap::new();
    for rule in explorer.all_rules() {
        if let (Some(guard), Some(kind)) = (explorer.guard(rule), explorer.kind_of(rule)) {
            uses(guard, kind, &format!("rules[{rule}].when"), &mut used);
        }
        let effects = explorer.rule(rule).map(|rule| rule.effects()).unwrap_or_default();
        for (at, effect) in effects.iter().enumerate() {
            if let (Some(guard), Some(kind)) = (effect.when(), explorer.kind_of(rule)) {
                uses(guard, kind, &format!("rules[{rule}].effects[{at}].when"), &mut used);
            }
        }
    }
    for (spec, kind) in explorer.journey.spec().signals.iter().zip(0_u16..) {
        if spec.admission.is_some() {
            continue;
        }
        let social = social_word(spec.kind.as_str());
        let why = match (social, used.get(&kind)) {
            (Some(word), _) => format!("by its name (`{word}`) it is a signal of a social network"),
            (None, Some(path)) => format!("a guard looks at it ({path})"),
            (None, None) => continue,
        };
        let sentence = format!(
            "`{}` is kept of everybody, and {why}: to keep it is to profile; name in `admission` the consent that it needs, unless it is the contact's own dealing with the controller",
            spec.kind
        );
        let shown = explorer.fresh().and_then(|mut walk| {
            explorer.pass(&mut walk, kind, false)?;
            Some(walk.history())
        });
        let path = format!("signals[{kind}]");
        findings.push(Finding::new(Code::NoAdmission, path, sentence).shown_by(shown));
    }
}

/// The part of a name by which it is social: `facebook-like`, `likes`.
fn social_word(name: &str) -> Option<&'static str> {
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.find_map(|part| {
        let same = |word: &&&str| part == **word || part.strip_suffix('s') == Some(**word);
        SOCIAL.iter().find(same).copied()
    })
}

/// The first place where a guard counts another kind than that of the signal at hand.
fn uses(check: &Check, on: u16, path: &str, used: &mut BTreeMap<u16, String>) {
    match check {
        Check::All(checks) | Check::Any(checks) => {
            let list = if matches!(check, Check::All(_)) { "all" } else { "any" };
            for (at, check) in checks.iter().enumerate() {
                uses(check, on, &format!("{path}.{list}[{at}]"), used);
            }
        }
        Check::Not(check) => uses(check, on, &format!("{path}.not"), used),
        // Its own dealing, looked at as it arrives: what such signals came before, and what this one carries.
        Check::Count { kind, .. } | Check::Recency { kind, .. } if *kind == on => {}
        Check::Count { kind, .. } => drop(used.entry(*kind).or_insert_with(|| format!("{path}.count"))),
        Check::Recency { kind, .. } => drop(used.entry(*kind).or_insert_with(|| format!("{path}.recency"))),
        Check::Unanswered { kind, by } => {
            used.entry(*kind).or_insert_with(|| format!("{path}.unanswered.kind"));
            for (at, by) in by.iter().enumerate() {
                used.entry(*by).or_insert_with(|| format!("{path}.unanswered.by[{at}]"));
            }
        }
        Check::NotOlderThan { kind } => {
            used.entry(*kind).or_insert_with(|| format!("{path}.not_older_than"));
        }
        Check::Attribute { .. } | Check::Stage(_) | Check::Queued(_) | Check::Consent(_) => {}
    }
}

/// The kind of signal that a condition names.
pub(super) fn named(guard: &Guard) -> Option<&SignalKind> {
    match guard.test() {
        Test::Count(count) => Some(&count.kind),
        Test::Recency(recency) => Some(&recency.kind),
        Test::Unanswered(open) => Some(&open.kind),
        Test::NotOlderThan(kind) => Some(kind),
        _ => None,
    }
}

/// The span of a condition, after the word of the condition.
pub(super) fn within(guard: &Guard) -> Option<(&'static str, Span)> {
    match guard.test() {
        Test::Count(count) => Some(("count", count.within?)),
        Test::Recency(recency) => Some(("recency", recency.within)),
        Test::Queued(queued) => Some(("queued", queued.within?)),
        _ => None,
    }
}
