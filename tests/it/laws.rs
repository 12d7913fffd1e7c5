//! The laws of SPEC section 5, each a property of any subject: the crate keeps it, the oracle keeps it, and the oracle
//! broken on purpose does not.
//!
//! Law 9 is a matter of types (`tests/ui`). Of law 6, what concerns unmerge is not in the neutral format and not here.

mod agreement;
mod consent;
mod decisions;
mod own_network;
mod persons;
mod record;
mod remedy;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::model::adapter::Crate;
use crate::model::fault::Fault;
use crate::model::generate::{acts, everything, now, persons as several, scope, spelling, stop, whole};
use crate::model::neutral::{Instant, Line, Scope, Spelling};
use crate::model::subject::{Oracle, Subject};

/// A history, and everything that some law does to it.
#[derive(Debug, Clone)]
struct Case {
    history: Vec<Line>,
    stop: Line,
    scope: Scope,
    now: Instant,
    later: i64,
    place: Index,
    which: Index,
    order: u64,
    spellings: Vec<Spelling>,
}

/// What a law says of a subject and a case: nothing, or how it is broken.
type Law = fn(&dyn Subject, &Case) -> Result<(), String>;

fn case(history: BoxedStrategy<Vec<Line>>) -> BoxedStrategy<Case> {
    let more = (any::<Index>(), any::<Index>(), any::<u64>(), vec(spelling(), 1..9));
    (history, stop(1), scope(), now(), 0..12_i64, more)
        .prop_map(|(history, stop, scope, now, later, (place, which, order, spellings))| {
            let stop = stop.with_id("the-stop");
            Case { history, stop, scope, now, later, place, which, order, spellings }
        })
        .boxed()
}

/// One contact with a journey, or without one.
fn one_contact() -> BoxedStrategy<Vec<Line>> {
    prop_oneof![acts(), whole()].boxed()
}

/// The same cases on every run and every machine; `PLACET_TIMES=20` tries twenty times as many.
fn runner(cases: u32) -> TestRunner {
    let times = std::env::var("PLACET_TIMES").ok().and_then(|times| times.parse().ok());
    let cases = cases * times.unwrap_or(1);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

pub fn for_all<T: std::fmt::Debug>(
    strategy: &BoxedStrategy<T>,
    cases: u32,
    holds: impl Fn(&T) -> Result<(), String>,
) {
    let outcome = runner(cases).run(strategy, |case| holds(&case).map_err(TestCaseError::fail));
    outcome.unwrap_or_else(|broken| panic!("{broken}"));
}

/// The crate keeps the law, the oracle keeps it, and a double with the fault seeded for it does not.
fn law(history: BoxedStrategy<Vec<Line>>, fault: Fault, law: Law) {
    let cases = case(history);
    for_all(&cases, 250, |case| law(&Crate::Bare, case));
    for_all(&cases, 60, |case| law(&Crate::Book, case));
    seen_through(&cases, fault, law);
}

/// The same of several contacts, which only a book keeps.
fn law_of_persons(history: BoxedStrategy<Vec<Line>>, fault: Fault, law: Law) {
    let cases = case(history);
    for_all(&cases, 150, |case| law(&Crate::Book, case));
    seen_through(&cases, fault, law);
}

fn seen_through(cases: &BoxedStrategy<Case>, fault: Fault, law: Law) {
    for_all(cases, 30, |case| law(&Oracle(Fault::None), case));
    let (mut runner, double) = (runner(1), Oracle(fault));
    let broken = (0..3_000).any(|_| law(&double, &cases.new_tree(&mut runner).unwrap().current()).is_err());
    assert!(broken, "the law does not see {fault:?}");
}

/// The fault seeded for a law by its number.
fn seeded(number: u8) -> Fault {
    *Fault::ALL.iter().find(|fault| fault.law() == Some(number)).unwrap()
}

#[test]
fn the_promise_what_is_permitted_rests_on_a_grant_of_exactly_that() {
    law(one_contact(), Fault::WideGo, consent::the_promise);
    law(one_contact(), Fault::UntilInclusive, consent::the_promise);
}

#[test]
fn law_01_a_stop_never_turns_deny_into_allow() {
    law(one_contact(), seeded(1), consent::a_stop_permits_nothing);
    law_of_persons(several(), Fault::LastStopLineOnly, consent::a_stop_permits_nothing);
}

#[test]
fn law_02_after_a_withdrawal_of_everything_only_a_later_grant_permits() {
    law(one_contact(), seeded(2), consent::a_withdrawal_of_everything_holds);
}

#[test]
fn law_03_the_order_of_acts_changes_no_verdict() {
    law(one_contact(), seeded(3), consent::order_is_nothing);
    law_of_persons(several(), seeded(3), consent::order_is_nothing);
}

#[test]
fn law_04_a_re_delivery_changes_nothing() {
    law(one_contact(), seeded(4), record::again_is_nothing);
}

#[test]
fn law_05_the_answers_on_a_prefix_are_a_prefix_of_the_answers() {
    law(one_contact(), seeded(5), record::nothing_is_seen_below);
}

#[test]
fn law_06_to_merge_or_to_link_permits_nothing() {
    law_of_persons(several(), seeded(6), persons::to_join_permits_nothing);
    law_of_persons(several(), Fault::GrantCrossesKey, persons::to_join_permits_nothing);
}

#[test]
fn law_06_a_merge_again_or_the_other_way_round_is_the_same() {
    law_of_persons(everything(), Fault::MergeTakesStageOfInto, persons::a_merge_is_one_merge);
}

#[test]
fn law_07_replay_equals_live() {
    law(one_contact(), seeded(7), record::replay_equals_live);
}

/// Nothing in the crate reads a clock, a time zone, a locale or a hash seed; what can be varied here is the spelling.
#[test]
fn law_08_the_spelling_of_an_instant_changes_nothing() {
    law(one_contact(), seeded(8), record::spelling_is_nothing);
}

#[test]
fn law_10_time_alone_permits_nothing() {
    law(one_contact(), seeded(10), consent::time_permits_nothing);
}

#[test]
fn law_11_a_refusal_is_true() {
    law(one_contact(), seeded(11), consent::a_refusal_is_true);
}

#[test]
fn law_12_a_stage_never_implies_permission() {
    law(whole(), seeded(12), record::a_stage_permits_nothing);
}
