//! A back-test equals the sum of single decisions: one book for everybody, one line after the other, every second
//! looked at. Then: whatever the split, whatever the prefix, whichever way the contacts are run.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Drawn, drawn, history, journeys, second};
use placet::{
    Book, ContactId, Entry, Instant, Journey, Reason, Scope, Stage,
    book::Observed,
    consent::Step,
    decide::{Answered, Explanation},
    entry::{Admitted, Body},
    name::{EffectName, RuleName},
};
use placet_lab::{Backtest, Diff, Recording, Rehearsal};

/// Who did what, as the naive loop finds it. Contacts are put together into persons at the end.
#[derive(Default)]
struct Seen {
    begun: BTreeSet<ContactId>,
    reached: BTreeSet<(ContactId, Option<Stage>)>,
    rules: BTreeSet<(ContactId, RuleName)>,
    effects: BTreeSet<(ContactId, EffectName)>,
    /// Whether the person had said no comes with the scope.
    lost: BTreeSet<(ContactId, (Scope, bool))>,
}

/// The first contact of each person with one that has begun.
fn leaders(book: &mut Book, seen: &Seen) -> Vec<ContactId> {
    let ids: Vec<ContactId> = book.contacts().map(|contact| contact.id().clone()).collect();
    let leads = |id: &ContactId| {
        let person = book.person_of(id);
        person[0] == *id && person.iter().any(|other| seen.begun.contains(other))
    };
    ids.into_iter().filter(leads).collect()
}

fn look(book: &mut Book, seen: &mut Seen, now: Instant) {
    for id in leaders(book, seen) {
        let stage = book.stands_at(&id, None, now);
        seen.reached.insert((id, stage));
    }
}

/// Whether the acts that an explanation asks for are one grant.
fn lost(why: &Explanation<'_>, effect: &EffectName) -> Option<Scope> {
    let mut scopes = BTreeSet::new();
    for (_, asked) in why.effects().filter(|(name, _)| *name == effect) {
        if let Answered::Refused { remedy, .. } = asked.answer() {
            match remedy.steps() {
                [Step::Grant { scope, .. }] => scopes.insert(scope.clone()),
                _ => return None,
            };
        }
    }
    let first = scopes.pop_first();
    first.filter(|_| scopes.is_empty())
}

/// The counts of single decisions, in whole seconds until `end`.
pub fn counted(journey: &Journey, entries: &[Entry], end: u32) -> Rehearsal {
    let mut counts = Rehearsal::of(journey, &Recording::default());
    let mut book = Book::new(journey.clone());
    let mut seen = Seen::default();
    let mut rest = entries.iter().peekable();
    let mut clock = second(0);
    for at in 0..=end {
        let now = second(at);
        look(&mut book, &mut seen, now);
        while let Some(entry) = rest.next_if(|entry| known(entry).is_none_or(|known| known <= now)) {
            clock = known(entry).unwrap_or(clock);
            apply(&mut book, entry, &mut seen, &mut counts);
            look(&mut book, &mut seen, clock);
        }
        if at < end {
            for id in leaders(&mut book, &seen) {
                let stage = book.stands_at(&id, None, now);
                counts.stages.entry(stage).or_default().seconds += 1;
            }
        }
    }
    let ids: Vec<ContactId> = book.contacts().map(|contact| contact.id().clone()).collect();
    for id in &ids {
        let person = book.person_of(id);
        if person[0] != *id {
            continue;
        }
        fn of<T: Ord + Clone>(person: &[ContactId], all: &BTreeSet<(ContactId, T)>) -> BTreeSet<T> {
            all.iter().filter(|(id, _)| person.contains(id)).map(|(_, what)| what.clone()).collect()
        }
        counts.contacts += 1;
        let stage = book.stands_at(id, None, second(end));
        counts.stages.entry(stage).or_default().at_end += 1;
        for stage in of(&person, &seen.reached) {
            counts.stages.entry(stage).or_default().reached += 1;
        }
        for rule in of(&person, &seen.rules) {
            counts.rules.entry(rule).or_default().contacts += 1;
        }
        for effect in of(&person, &seen.effects) {
            counts.effects.entry(effect).or_default().contacts += 1;
        }
        for (scope, said_no) in of(&person, &seen.lost) {
            let lost = if said_no { &mut counts.lost_to_a_no } else { &mut counts.lost };
            lost.entry(scope).or_default().contacts += 1;
        }
    }
    counts
}

fn known(entry: &Entry) -> Option<Instant> {
    match entry.body() {
        Body::Act(act) => Some(act.recorded()),
        Body::Signal(admitted) => Some(admitted.now()),
        _ => None,
    }
}

fn apply(book: &mut Book, entry: &Entry, seen: &mut Seen, counts: &mut Rehearsal) {
    let id = entry.contact();
    if known(entry).is_some() {
        seen.begun.insert(id.clone());
    }
    match entry.body() {
        Body::Opened(opened) => book.open(id.clone(), opened.identity().clone()).unwrap(),
        Body::Linked(identity) => drop(book.link(id, identity.clone()).unwrap()),
        Body::Unlinked(identity) => drop(book.unlink(id, identity).unwrap()),
        Body::Act(act) => drop(book.append(id, act.clone()).unwrap()),
        Body::Merged { into, .. } => drop(book.merge(id, into).unwrap()),
        Body::Unmerged { .. } => drop(book.unmerge(id).unwrap()),
        Body::Signal(admitted) => decide(book, admitted, seen, counts),
        _ => {}
    }
}

fn decide(book: &mut Book, admitted: &Admitted, seen: &mut Seen, counts: &mut Rehearsal) {
    let (spec, now) = (admitted.signal(), admitted.now());
    let id = &spec.contact;
    let Ok(signal) = book.journey().signal(spec.clone()) else {
        *counts.unknown.entry(spec.kind.clone()).or_default() += 1;
        return;
    };
    let journey = book.journey().clone();
    let lost: Vec<_> = book
        .person(id, |person| {
            let why = journey.explain(person, &signal, now).unwrap();
            why.decision().refusals().map(|(effect, _)| lost(&why, effect)).collect()
        })
        .unwrap();
    let Observed::Decided(decision) = book.observe(&signal, now).unwrap() else {
        return;
    };
    counts.signals += 1;
    if let Some(no) = decision.unadmitted() {
        *counts.unadmitted.entry((no.scope().clone(), no.reason())).or_default() += 1;
    }
    if let Some(rule) = decision.rule() {
        counts.rules.entry(rule.clone()).or_default().taken += 1;
        seen.rules.insert((id.clone(), rule.clone()));
    }
    if let Some(moved) = decision.transition() {
        *counts.transitions.entry((moved.from().cloned(), moved.to().cloned())).or_default() += 1;
    }
    for effect in decision.queued() {
        counts.effects.entry(effect.clone()).or_default().queued += 1;
        seen.effects.insert((id.clone(), effect.clone()));
    }
    for ((effect, no), lost) in decision.refusals().zip(lost) {
        *counts.effects.entry(effect.clone()).or_default().refused.entry(no.reason()).or_default() += 1;
        match lost {
            Some(scope) => {
                let said_no = [Reason::Withdrawn, Reason::Refused].contains(&no.reason());
                let lost = if said_no { &mut counts.lost_to_a_no } else { &mut counts.lost };
                lost.entry(scope.clone()).or_default().effects += 1;
                seen.lost.insert((id.clone(), (scope, said_no)));
            }
            None => counts.lost_otherwise += 1,
        }
    }
}

fn last(drawn: &[Drawn]) -> u32 {
    drawn.iter().map(|(_, later, ..)| later).sum()
}

fn recording(entries: &[Entry], end: u32) -> Recording {
    Recording::of(entries.iter().cloned()).unwrap().looked_at_until(second(end))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_back_test_is_the_sum_of_single_decisions(drawn in drawn(60)) {
        let (entries, end) = (history(&drawn), last(&drawn) + 10);
        for journey in journeys() {
            prop_assert_eq!(Rehearsal::of(&journey, &recording(&entries, end)), counted(&journey, &entries, end));
        }
    }

    /// What is recorded later changes nothing that was.
    #[test]
    fn a_back_test_over_a_prefix_is_the_prefix(drawn in drawn(50), cut in 0..100_u32) {
        let entries = history(&drawn);
        let end = last(&drawn) * cut / 100;
        let late = entries.iter().position(|entry| known(entry).is_some_and(|known| known > second(end)));
        let begin = &entries[..late.unwrap_or(entries.len())];
        for journey in journeys() {
            let of_all = Rehearsal::of(&journey, &recording(&entries, end));
            prop_assert_eq!(&of_all, &Rehearsal::of(&journey, &recording(begin, end)));
            prop_assert_eq!(&of_all, &counted(&journey, begin, end));
        }
    }

    #[test]
    fn the_split_does_not_matter_nor_the_order(drawn in drawn(50), most in 1..6_usize, turn in 0..6_usize) {
        let recording = recording(&history(&drawn), last(&drawn) + 3);
        let journeys = journeys();
        let whole = Backtest::of(&journeys, &recording, |_| {});
        let mut parts: Vec<Backtest> =
            recording.parts(most).into_iter().map(|part| Backtest::of(&journeys, part, |_| {})).collect();
        prop_assert!(parts.len() <= most);
        let turn = turn % parts.len();
        parts.rotate_left(turn);
        let left = parts.iter().cloned().try_fold(Backtest::default(), Backtest::and);
        let right = parts.into_iter().rev().try_fold(Backtest::default(), |sum, part| part.and(sum));
        prop_assert_eq!(left.as_ref(), Ok(&whole));
        prop_assert_eq!(right.as_ref(), Ok(&whole));
        for (tried, journey) in whole.journeys.iter().zip(&journeys) {
            prop_assert_eq!(&tried.rehearsal, &Rehearsal::of(journey, &recording));
        }
    }

    #[test]
    fn a_journey_differs_from_itself_in_nothing(drawn in drawn(60)) {
        let recording = recording(&history(&drawn), last(&drawn));
        for journey in journeys() {
            let backtest = Backtest::of(&[journey.clone(), journey], &recording, |_| {});
            prop_assert_eq!(&backtest.diffs, &[Diff::default()]);
            prop_assert!(backtest.diffs[0].is_empty());
        }
    }

    /// What one journey gains on the other, the other loses on the one; and the differences are those of the counts.
    #[test]
    fn a_diff_is_the_difference(drawn in drawn(60)) {
        let recording = recording(&history(&drawn), last(&drawn));
        let [one, other, _] = journeys();
        let there = Backtest::of(&[one.clone(), other.clone()], &recording, |_| {});
        let back = Backtest::of(&[other, one], &recording, |_| {});
        let turned = |change: &placet_lab::Change| placet_lab::Change {
            gains: change.loses.clone(),
            loses: change.gains.clone(),
            later: change.earlier.clone(),
            earlier: change.later.clone(),
        };
        for (ours, theirs) in [
            (&there.diffs[0].reached, &back.diffs[0].reached),
            (&there.diffs[0].at_end, &back.diffs[0].at_end),
        ] {
            let turned: BTreeMap<_, _> = ours.iter().map(|(stage, change)| (stage.clone(), turned(change))).collect();
            prop_assert_eq!(&turned, theirs);
        }
        for (effect, change) in &there.diffs[0].events {
            let queued = |tried: &placet_lab::Tried| tried.rehearsal.effects.get(effect).map_or(0, |count| count.queued);
            let [before, after] = [&there.journeys[0], &there.journeys[1]].map(queued);
            prop_assert_eq!(before + change.gains.count, after + change.loses.count);
            prop_assert!(change.gains.examples.len() <= placet_lab::Side::EXAMPLES);
            prop_assert_eq!(&turned(change), &back.diffs[0].events[effect]);
        }
        for (stage, change) in &there.diffs[0].reached {
            let [before, after] = [0, 1].map(|place| there.journeys[place].rehearsal.stages[stage].reached);
            prop_assert_eq!(before + change.gains.contacts, after + change.loses.contacts);
        }
    }
}

/// The histories above are not all the same: something is queued, refused, lost, unadmitted, merged and differs.
#[test]
fn the_histories_say_something() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut sum, mut differ, mut merged) = (Backtest::default(), 0, 0);
    for _ in 0..300 {
        let drawn = drawn(60).new_tree(&mut runner).unwrap().current();
        let recording = recording(&history(&drawn), last(&drawn));
        let backtest = Backtest::of(&journeys(), &recording, |_| {});
        differ += usize::from(!backtest.diffs.iter().all(Diff::is_empty));
        merged += usize::from(backtest.journeys[0].rehearsal.contacts < 4);
        sum = sum.and(Backtest { until: None, ..backtest }).unwrap();
    }
    let counts = &sum.journeys[0].rehearsal;
    let effects: Vec<_> = counts.effects.values().collect();
    let (queued, refused): (u64, u64) =
        (effects.iter().map(|count| count.queued).sum(), effects.iter().map(|count| count.refused()).sum());
    let allowed = queued * 100 / (queued + refused);
    assert!((15..=40).contains(&allowed), "{allowed} % of the effects are permitted");
    assert!(differ > 40 && merged > 60, "{differ} differ, {merged} merge");
    assert!(
        counts.lost.len() >= 3 && counts.lost_to_a_no.len() >= 2 && counts.lost_otherwise > 20,
        "{:?} {:?} {}",
        counts.lost,
        counts.lost_to_a_no,
        counts.lost_otherwise
    );
    assert!(
        counts.stages.values().all(|stage| stage.reached > 0 && stage.seconds > 0),
        "{:?}",
        counts.stages
    );
    assert!(counts.unadmitted.len() > 4 && counts.unknown.values().sum::<u64>() > 100);
}
