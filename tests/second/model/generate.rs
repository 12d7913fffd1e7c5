//! Histories to try an engine and the oracle on, as lines and as text.
//!
//! Few names and few instants, so that ties, crossings and re-deliveries are frequent. A generator whose questions are
//! all answered no tests nothing: the weights below keep the share of yes between 15 and 30 % (held by `generators.rs`).
//! No history made here is rejected: ids differ, a sustain falls only to a lower stage, and ends come after beginnings.
//! (A re-delivery of a signal that was not admitted, below a line that took its id, does not happen: ids are by place.)

use super::fault::Fault;
use super::generate_acts::{act, grant_of_old, stop};
use super::generate_journey::{journey, journey_line};
use super::neutral::{Deed, Instant, Line, Reach, Scope};
use super::neutral_text::span;
use super::neutral_write::Spelling;
use super::oracle::{Decision, answer_with};
use super::say;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// The contacts of a history. Two differ in nothing but case; one has the characters that only ids may have.
pub const CONTACTS: [&str; 4] = ["c1", "C1", "<c>!$%&'()*,;=?[]^`{|}~/A", "~"];

/// (a) One contact: acts, re-deliveries, asks and replies.
pub fn acts() -> BoxedStrategy<Vec<Line>> {
    let line = prop_oneof![24 => act(1), 18 => ask(1), 3 => reply(), 2 => again()];
    history(Just(Vec::new()).boxed(), line.boxed())
}

/// (b) One contact: rules, admissions, sustains, signals, sends and stage questions as well.
pub fn whole() -> BoxedStrategy<Vec<Line>> {
    let line = prop_oneof![16 => act(1), 8 => ask(1), 12 => journey_line(1), 1 => reply(), 2 => again()];
    history(journey(), line.boxed())
}

/// (c) Several contacts: acts, links, merges, asks and replies.
pub fn persons() -> BoxedStrategy<Vec<Line>> {
    let line = prop_oneof![24 => act(3), 17 => ask(3), 7 => person_line(4), 2 => reply(), 1 => again()];
    history(Just(Vec::new()).boxed(), line.boxed())
}

/// (d) Several contacts and a journey: everything at once.
pub fn everything() -> BoxedStrategy<Vec<Line>> {
    let line = prop_oneof![
        22 => act(3), 16 => ask(3), 6 => person_line(4), 16 => journey_line(3), 2 => reply(), 1 => again()
    ];
    let first = (journey(), vec(grant_of_old(3), 0..3)).prop_map(|(journey, old)| [journey, old].concat());
    history(first.boxed(), line.boxed())
}

/// Any of the four.
pub fn any_history() -> BoxedStrategy<Vec<Line>> {
    prop_oneof![acts(), whole(), persons(), everything()].boxed()
}

/// Any of the four as text, each line spelled in its own way: what a runner reads.
pub fn any_text() -> BoxedStrategy<String> {
    (any_history(), vec(spelling(), 1..9)).prop_map(|(lines, spellings)| spell(&lines, &spellings)).boxed()
}

/// A contact of the histories above, or (rarely) one that no line names.
pub fn contact(of: usize) -> BoxedStrategy<String> {
    prop_oneof![
        30 => (0..of).prop_map(|place| CONTACTS[place].to_owned()), 1 => Just("c9".to_owned())
    ]
    .boxed()
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
    during(0..12)
}

/// An instant at which questions are put: later than most acts.
pub fn now() -> BoxedStrategy<Instant> {
    during(3..16)
}

/// A stop on one scope, or a wide one; or a void of some act.
pub fn any_stop(of: usize) -> BoxedStrategy<Line> {
    let void = (contact(of), instant(), 0..36_usize)
        .prop_map(|(contact, at, place)| say::void("", &contact, at, &id(place)));
    let erase = contact(of).prop_map(|contact| say::erase("", &contact, 9));
    prop_oneof![12 => stop(of), 4 => void, 1 => erase].boxed()
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
pub enum Draft {
    Line(Line),
    /// Confirms a grant that asked for it, above or below, usually by the one who gave it.
    Confirm {
        by: Option<String>,
        at: Instant,
        recorded: Option<Instant>,
        which: Index,
    },
    /// Says of an act above or below that it was never good, usually by the one who did it.
    Void {
        by: Option<String>,
        at: Instant,
        recorded: Option<Instant>,
        which: Index,
    },
    /// Sends what a signal above has queued, or (astray) may have queued under some rule for its kind.
    Send {
        now: Instant,
        which: Index,
        astray: Option<Index>,
    },
    /// Answers an act, mostly one above that may be answered.
    Reply {
        now: Instant,
        which: Index,
        any: bool,
    },
    /// The same line once more, an act perhaps with another record.
    Again {
        which: Index,
        recorded: Option<Instant>,
    },
}

fn ask(of: usize) -> BoxedStrategy<Draft> {
    (contact(of), now(), scope())
        .prop_map(|(contact, now, scope)| Draft::Line(say::ask("", &contact, now, &scope)))
        .boxed()
}

fn reply() -> BoxedStrategy<Draft> {
    let soon = now();
    let late = (30 * 86_400 - 2..30 * 86_400 + 14_i64).prop_map(say::t);
    (prop_oneof![4 => soon, 1 => late], any::<Index>(), prop::bool::weighted(0.15))
        .prop_map(|(now, which, any)| Draft::Reply { now, which, any })
        .boxed()
}

fn again() -> BoxedStrategy<Draft> {
    (any::<Index>(), weighted(0.5, instant()))
        .prop_map(|(which, recorded)| Draft::Again { which, recorded })
        .boxed()
}

fn person_line(of: usize) -> BoxedStrategy<Draft> {
    let link =
        (contact(of), select(vec!["k1", "K1"])).prop_map(|(contact, key)| say::link("", &contact, key));
    let merge = (contact(of), contact(of)).prop_map(|(from, into)| say::merge("", &from, &into));
    prop_oneof![5 => link, 2 => merge].prop_map(Draft::Line).boxed()
}

/// What a stop covers: mostly one scope, sometimes all.
pub fn reach() -> BoxedStrategy<Reach> {
    let part = |name: String, keep: bool| keep.then_some(name);
    let some = (scope(), any::<[bool; 3]>()).prop_map(move |(scope, [purpose, channel, recipient])| Reach {
        purpose: part(scope.purpose, purpose),
        channel: part(scope.channel, channel),
        recipient: part(scope.recipient, recipient),
    });
    prop_oneof![5 => scope().prop_map(|scope| Reach::only(&scope)), 2 => some, 1 => Just(Reach::default())]
        .boxed()
}

fn during(usual: std::ops::Range<i64>) -> BoxedStrategy<Instant> {
    let nanos = prop_oneof![12 => Just(0), 1 => select(vec![1, 500_000_000, 999_999_999])];
    (prop_oneof![15 => usual, 1 => 0..60_i64], nanos)
        .prop_map(|(seconds, nanos)| Instant { nanos, ..say::t(seconds) })
        .boxed()
}

/// A span that some sends are within and some are not.
pub fn within() -> BoxedStrategy<super::neutral::Span> {
    select(vec!["2s", "3s", "4s", "6s", "9s", "1m", "60s", "24h", "9999d"])
        .prop_map(|text| span(text).expect("a span"))
        .boxed()
}

fn history(first: BoxedStrategy<Vec<Draft>>, line: BoxedStrategy<Draft>) -> BoxedStrategy<Vec<Line>> {
    (first, vec(line, 4..72)).prop_map(|(first, rest)| finish(&[first, rest].concat())).boxed()
}

/// The id of the line at a place: two neighbours differ in case only, every seventh id is no name.
fn id(place: usize) -> String {
    match place {
        _ if place % 7 == 6 => format!("<{place}>!$%&'()*,;=?[]^`{{|}}~/A"),
        _ => format!("{}{}", if place % 2 == 1 { 'X' } else { 'x' }, place / 2),
    }
}

/// The drafts as lines. Sends come last, for they are about what the others have queued; a send queues nothing.
fn finish(drafts: &[Draft]) -> Vec<Line> {
    let unsent = placed(drafts, &[]);
    let (places, lines): (Vec<usize>, Vec<Line>) = unsent.into_iter().unzip();
    let emissions =
        answer_with(&lines, Fault::None).0.into_iter().filter_map(|answer| match answer.decision {
            Decision::Emit { emission, .. } => Some((places[answer.line - 1], emission)),
            _ => None,
        });
    let emissions: Vec<(usize, String)> = emissions.collect();
    placed(drafts, &emissions).into_iter().map(|(_, line)| line).collect()
}

/// Ids by place, and for each reference the line it speaks of; a draft that finds none becomes no line.
fn placed(drafts: &[Draft], emissions: &[(usize, String)]) -> Vec<(usize, Line)> {
    let line_at = |place: usize| {
        if let Draft::Line(line) = &drafts[place] { Some(line) } else { None }
    };
    let find = |limit: usize, which: &Index, fits: &dyn Fn(&Line) -> bool| -> Option<usize> {
        let fitting: Vec<usize> = (0..limit).filter(|&place| line_at(place).is_some_and(fits)).collect();
        (!fitting.is_empty()).then(|| *which.get(&fitting))
    };
    let deed = |line: &Line, fits: &dyn Fn(&Deed) -> bool| line.act().is_some_and(|act| fits(&act.deed));
    // Of a confirm, by the one who should: which contact it names, and which grant.
    let confirms = |by: &Option<String>, which: &Index| -> Option<(String, String)> {
        let waits = |deed: &Deed| matches!(deed, Deed::Grant { confirm_by: Some(_), .. });
        let grant = find(drafts.len(), which, &|line| deed(line, &waits))?;
        let giver = line_at(grant)?.act()?.contact.clone();
        Some((by.clone().unwrap_or(giver), id(grant)))
    };
    let finished = |(place, draft): (usize, &Draft)| match draft {
        Draft::Line(line) => Some(line.clone().with_id(&id(place))),
        Draft::Confirm { by, at, recorded, which } => {
            let (by, grant) = confirms(by, which)?;
            Some(say::act(&id(place), &by, *at, Deed::Confirm { grant }).recorded_at(*recorded))
        }
        Draft::Void { by, at, recorded, which } => {
            let is_act = |place: &usize| match &drafts[*place] {
                Draft::Line(line) => line.is_act(),
                Draft::Confirm { .. } => true,
                _ => false,
            };
            let acts: Vec<usize> = (0..drafts.len()).filter(is_act).collect();
            let named = *which.get(acts.get(..).filter(|acts| !acts.is_empty())?);
            let doer = match &drafts[named] {
                Draft::Line(line) => line.act()?.contact.clone(),
                Draft::Confirm { by, which, .. } => confirms(by, which)?.0,
                _ => return None,
            };
            let by = by.clone().unwrap_or(doer);
            Some(say::void(&id(place), &by, *at, &id(named)).recorded_at(*recorded))
        }
        Draft::Send { now, which, astray: Some(rule) } => {
            let signal = find(place, which, &|line| matches!(line, Line::Signal { .. }))?;
            let Some(Line::Signal { kind, .. }) = line_at(signal) else {
                return None;
            };
            let for_kind = |line: &Line| matches!(line, Line::Rule { on, .. } if on == kind);
            Some(say::send(&id(place), &id(signal), &id(find(place, rule, &for_kind)?), *now))
        }
        Draft::Send { now, which, astray: None } => {
            let queued = |(at, _): &&(usize, String)| *at < place;
            let above: Vec<&String> = emissions.iter().filter(queued).map(|(_, emission)| emission).collect();
            let (signal, rule) =
                which.get(above.get(..).filter(|above| !above.is_empty())?).split_once('#')?;
            Some(say::send(&id(place), signal, rule, *now))
        }
        Draft::Reply { now, which, any } => {
            let may_be = |deed: &Deed| match deed {
                Deed::Grant { confirm_by, .. } => confirm_by.is_some(),
                Deed::Stop { .. } => true,
                _ => false,
            };
            let named = if *any {
                find(drafts.len(), which, &|_| true)?
            } else {
                find(place, which, &|line| deed(line, &may_be))?
            };
            Some(say::reply(&id(place), &id(named), *now))
        }
        Draft::Again { which, recorded } => {
            let again = find(place, which, &|_| true)?;
            let line = line_at(again)?.clone().with_id(&id(again));
            Some(if recorded.is_some() { line.recorded_at(*recorded) } else { line })
        }
    };
    (0..).zip(drafts).filter_map(|(place, draft)| Some((place, finished((place, draft))?))).collect()
}
