//! Histories to try the engine and the oracle on.
//!
//! Few names and few instants, so that ties, crossings and re-deliveries are frequent. A generator whose questions are all
//! answered no tests nothing: the weights below keep the share of yes between 15 and 30 % (held by `generators.rs`).
//! No history made here is rejected: ids differ, a sustain falls only to a lower stage, and ends come after beginnings.

use super::neutral::{Instant, LiftKind, Line, Reach, Scope, Spelling, StopKind};
use super::say;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Stages from low to high; the `else` of a sustain line is lower than its stage, so there is no circle.
const STAGES: [&str; 5] = ["lost", "none", "fan", "customer", "ambassador"];
const KINDS: [&str; 4] = ["like", "buy", "praise", "quit"];

/// (a) One contact: acts, re-deliveries and asks.
pub fn acts() -> BoxedStrategy<Vec<Line>> {
    let alone = 1;
    history(Just(Vec::new()).boxed(), prop_oneof![24 => act(alone), 20 => ask(alone), 2 => again()].boxed())
}

/// (b) One contact: rules, admissions, sustains, signals, sends and stage questions as well.
pub fn whole() -> BoxedStrategy<Vec<Line>> {
    let alone = 1;
    let line = prop_oneof![16 => act(alone), 8 => ask(alone), 12 => journey_line(alone), 2 => again()];
    history(journey(), line.boxed())
}

/// (c) Several contacts: acts, links, merges and asks.
pub fn persons() -> BoxedStrategy<Vec<Line>> {
    history(
        Just(Vec::new()).boxed(),
        prop_oneof![24 => act(3), 18 => ask(3), 7 => person_line(4), 1 => again()].boxed(),
    )
}

/// (d) Several contacts and a journey: everything at once.
pub fn everything() -> BoxedStrategy<Vec<Line>> {
    let line =
        prop_oneof![20 => act(3), 8 => ask(3), 5 => person_line(4), 12 => journey_line(3), 1 => again()];
    history(journey(), line.boxed())
}

/// Any of the four.
pub fn any_history() -> BoxedStrategy<Vec<Line>> {
    prop_oneof![acts(), whole(), persons(), everything()].boxed()
}

/// A contact of the histories above, or (rarely) one that no line names.
pub fn contact(of: usize) -> BoxedStrategy<String> {
    prop_oneof![30 => (1..=of).prop_map(|n| format!("c{n}")), 1 => Just("c9".to_owned())].boxed()
}

/// One of 2 x 2 x 2 scopes, two of them more often than the rest.
pub fn scope() -> BoxedStrategy<Scope> {
    let of = |purpose, channel, recipient| Just(Scope::new(purpose, channel, recipient));
    let any = (select(vec!["news", "offers"]), select(vec!["email", "sms"]), select(vec!["self", "partner"]));
    let any = any.prop_map(|(purpose, channel, recipient)| Scope::new(purpose, channel, recipient));
    prop_oneof![12 => of("news", "email", "self"), 4 => of("offers", "email", "self"), 3 => any].boxed()
}

/// An instant within the first minute of 2024: mostly whole seconds, some between them.
pub fn instant() -> BoxedStrategy<Instant> {
    within(0..12)
}

/// An instant at which questions are put: later than most acts.
pub fn now() -> BoxedStrategy<Instant> {
    within(3..16)
}

/// A stop on one scope, or a wide one.
pub fn stop(of: usize) -> BoxedStrategy<Line> {
    let kind = prop_oneof![
        4 => Just(StopKind::Withdraw), 3 => Just(StopKind::Refuse), 2 => Just(StopKind::Object), 2 => Just(StopKind::Restrict)
    ];
    (contact(of), instant(), kind, reach())
        .prop_map(|(contact, at, kind, reach)| Line::Stop { id: String::new(), contact, at, kind, reach })
        .boxed()
}

/// A grant with or without an end, a few of them to be confirmed.
pub fn grant(of: usize) -> BoxedStrategy<Line> {
    let later = || 1..10_i64;
    (contact(of), instant(), scope(), weighted(0.4, later()), weighted(0.2, later()))
        .prop_map(|(contact, at, scope, until, confirm_by)| {
            let after =
                |seconds: Option<i64>| seconds.map(|seconds| Instant { seconds: at.seconds + seconds, ..at });
            Line::Grant {
                id: String::new(),
                contact,
                at,
                scope,
                until: after(until),
                confirm_by: after(confirm_by),
            }
        })
        .boxed()
}

/// How a line may be spelled without a change of its content.
pub fn spelling() -> BoxedStrategy<Spelling> {
    let offset_minutes = select(vec![0, 60, 330, 345, 840, 1439, -210, -720, -1439]);
    (offset_minutes, any::<bool>())
        .prop_map(|(offset_minutes, in_full)| Spelling { offset_minutes, in_full })
        .boxed()
}

/// A history as text, each line spelled in its own way (the spellings are used in turn).
pub fn spell(lines: &[Line], spellings: &[Spelling]) -> String {
    let mut spellings = spellings.iter().cycle();
    lines.iter().map(|line| line.to_text(spellings.next().copied().unwrap_or_default()) + "\n").collect()
}

/// A line that may still have to find the line it speaks of.
#[derive(Clone, Debug)]
enum Draft {
    Line(Line),
    /// Confirms a grant that asked for it, above or below, usually by the one who gave it.
    Confirm {
        by: Option<String>,
        at: Instant,
        which: Index,
    },
    /// Sends what a signal above may have queued, under the first rule for its kind or another.
    Send {
        now: Instant,
        which: Index,
        rule: Option<Index>,
    },
    /// The same line once more.
    Again(Index),
}

fn act(of: usize) -> BoxedStrategy<Draft> {
    let lift = (contact(of), instant(), select(vec![LiftKind::Unobject, LiftKind::Unrestrict]), scope());
    let lift = lift.prop_map(|(contact, at, kind, scope)| Line::Lift {
        id: String::new(),
        contact,
        at,
        kind,
        scope,
    });
    let erase =
        (contact(of), instant()).prop_map(|(contact, at)| Line::Erase { id: String::new(), contact, at });
    let confirm = (weighted(0.2, contact(of)), instant(), any::<Index>())
        .prop_map(|(by, at, which)| Draft::Confirm { by, at, which });
    prop_oneof![
        120 => grant(of).prop_map(Draft::Line), 26 => stop(of).prop_map(Draft::Line), 24 => lift.prop_map(Draft::Line),
        1 => erase.prop_map(Draft::Line), 20 => confirm
    ]
    .boxed()
}

fn ask(of: usize) -> BoxedStrategy<Draft> {
    (contact(of), now(), scope())
        .prop_map(|(contact, now, scope)| Draft::Line(Line::Ask { id: String::new(), contact, now, scope }))
        .boxed()
}

fn again() -> BoxedStrategy<Draft> {
    any::<Index>().prop_map(Draft::Again).boxed()
}

fn person_line(of: usize) -> BoxedStrategy<Draft> {
    let link =
        (contact(of), select(vec!["k1", "k2"])).prop_map(|(contact, key)| say::link("", &contact, key));
    let merge = (contact(of), contact(of)).prop_map(|(from, into)| say::merge("", &from, &into));
    prop_oneof![5 => link, 2 => merge].prop_map(Draft::Line).boxed()
}

fn journey_line(of: usize) -> BoxedStrategy<Draft> {
    let signal =
        (contact(of), instant(), select(KINDS.to_vec()), 0..8_i64).prop_map(|(contact, at, kind, late)| {
            let now = Instant { seconds: at.seconds + late, ..at };
            Draft::Line(Line::Signal { id: String::new(), contact, at, kind: kind.into(), now })
        });
    let send = (now(), any::<Index>(), weighted(0.3, any::<Index>()))
        .prop_map(|(now, which, rule)| Draft::Send { now, which, rule });
    let stage = (contact(of), weighted(0.6, now()))
        .prop_map(|(contact, now)| Draft::Line(Line::Stage { id: String::new(), contact, now }));
    prop_oneof![8 => signal, 5 => send, 4 => stage, 1 => journey_part().prop_map(Draft::Line)].boxed()
}

/// Rules first, then what admits and sustains.
fn journey() -> BoxedStrategy<Vec<Draft>> {
    (vec(rule(), 3..7), vec(journey_part(), 0..6))
        .prop_map(|(rules, parts)| rules.into_iter().chain(parts).map(Draft::Line).collect())
        .boxed()
}

fn journey_part() -> BoxedStrategy<Line> {
    let admission = (select(KINDS.to_vec()), vec(scope(), 1..3)).prop_map(|(on, needs)| Line::Admission {
        id: String::new(),
        on: on.into(),
        needs,
    });
    let sustain = (1..STAGES.len(), any::<Index>(), vec(scope(), 1..3)).prop_map(|(stage, lower, needs)| {
        let otherwise = STAGES[lower.index(stage)].into();
        Line::Sustain { id: String::new(), stage: STAGES[stage].into(), needs, otherwise }
    });
    prop_oneof![2 => rule(), 1 => admission, 4 => sustain].boxed()
}

fn rule() -> BoxedStrategy<Line> {
    let stage = || select(STAGES.to_vec());
    (select(KINDS.to_vec()), weighted(0.4, stage()), weighted(0.9, stage()), vec(scope(), 1..3))
        .prop_map(|(on, from, to, needs)| say::rule("", on, from, to, &needs))
        .boxed()
}

fn reach() -> BoxedStrategy<Reach> {
    let part = |name: String, keep: bool| keep.then_some(name);
    let some = (scope(), any::<[bool; 3]>()).prop_map(move |(scope, [purpose, channel, recipient])| Reach {
        purpose: part(scope.purpose, purpose),
        channel: part(scope.channel, channel),
        recipient: part(scope.recipient, recipient),
    });
    prop_oneof![5 => scope().prop_map(|scope| Reach::only(&scope)), 2 => some, 1 => Just(Reach::default())]
        .boxed()
}

fn within(usual: std::ops::Range<i64>) -> BoxedStrategy<Instant> {
    let nanos = prop_oneof![12 => Just(0), 1 => select(vec![1, 500_000_000, 999_999_999])];
    (prop_oneof![15 => usual, 1 => 0..60_i64], nanos)
        .prop_map(|(seconds, nanos)| Instant { nanos, ..say::t(seconds) })
        .boxed()
}

fn history(first: BoxedStrategy<Vec<Draft>>, line: BoxedStrategy<Draft>) -> BoxedStrategy<Vec<Line>> {
    (first, vec(line, 4..72)).prop_map(|(first, rest)| finish(&[first, rest].concat())).boxed()
}

/// Ids by position, and for each reference the line it speaks of; a draft that finds none becomes no line.
fn finish(drafts: &[Draft]) -> Vec<Line> {
    let id = |place: usize| format!("x{place}");
    let find = |limit: usize, which: &Index, fits: &dyn Fn(&Line) -> bool| -> Option<usize> {
        let fitting: Vec<usize> =
            (0..limit).filter(|&place| matches!(&drafts[place], Draft::Line(line) if fits(line))).collect();
        (!fitting.is_empty()).then(|| *which.get(&fitting))
    };
    let line_at = |place: usize| {
        if let Draft::Line(line) = &drafts[place] { Some(line) } else { None }
    };
    let finished = |(place, draft): (usize, &Draft)| match draft {
        Draft::Line(line) => Some(line.clone().with_id(&id(place))),
        Draft::Confirm { by, at, which } => {
            let grant =
                find(drafts.len(), which, &|line| matches!(line, Line::Grant { confirm_by: Some(_), .. }))?;
            let Some(Line::Grant { contact, .. }) = line_at(grant) else {
                return None;
            };
            Some(Line::Confirm {
                id: id(place),
                contact: by.clone().unwrap_or_else(|| contact.clone()),
                at: *at,
                grant: id(grant),
            })
        }
        Draft::Send { now, which, rule } => {
            let signal = find(place, which, &|line| matches!(line, Line::Signal { .. }))?;
            let Some(Line::Signal { kind, .. }) = line_at(signal) else {
                return None;
            };
            let for_kind = |line: &Line| matches!(line, Line::Rule { on, .. } if on == kind);
            let first = || (0..place).find(|&place| line_at(place).is_some_and(for_kind));
            let rule = rule.as_ref().map_or_else(first, |rule| find(place, rule, &for_kind))?;
            Some(Line::Send { id: id(place), signal: id(signal), rule: id(rule), now: *now })
        }
        Draft::Again(which) => {
            let again = find(place, which, &|_| true)?;
            line_at(again).map(|line| line.clone().with_id(&id(again)))
        }
    };
    drafts.iter().enumerate().filter_map(finished).collect()
}
