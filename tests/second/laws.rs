//! The laws of SPEC section 5, each a property of any subject: the oracle keeps it, and the oracle broken on purpose does
//! not.
//!
//! Law 9 is a matter of types (`laws/types.rs`, `tests/ui`). What the neutral format cannot say is elsewhere, with faults of its
//! own: of law 6, what concerns unmerge (`tests/it/machine.rs`); of law 13, at which address a reply leaves
//! (`tests/it/strategies/replies.rs`).

mod consent;
mod persons;
mod record;
mod truth;
mod types;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::model::fault::Fault;
use crate::model::generate::{acts, any_stop, everything, now, persons as several, scope, spelling, whole};
use crate::model::neutral::{Instant, Line, Scope};
use crate::model::neutral_write::Spelling;
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

impl Case {
    /// The history cut in two.
    fn halves(&self) -> (&[Line], &[Line]) {
        self.history.split_at(self.place.index(self.history.len() + 1))
    }

    /// The history with these lines in the cut.
    fn with(&self, lines: &[Line]) -> Vec<Line> {
        let (above, below) = self.halves();
        [above, lines, below].concat()
    }
}

/// What a law says of a subject and a case: nothing, or how it is broken.
type Law = fn(&dyn Subject, &Case) -> Result<(), String>;

fn case(history: BoxedStrategy<Vec<Line>>) -> BoxedStrategy<Case> {
    let more = (any::<Index>(), any::<Index>(), any::<u64>(), vec(spelling(), 1..9));
    (history, any_stop(1), scope(), now(), 0..12_i64, more)
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

/// The oracle keeps the law, and doubles with these faults do not.
fn law(history: BoxedStrategy<Vec<Line>>, faults: &[Fault], law: Law) {
    let cases = case(history);
    let keeps = runner(250).run(&cases, |case| law(&Oracle(Fault::None), &case).map_err(TestCaseError::fail));
    keeps.unwrap_or_else(|broken| panic!("{broken}"));
    for fault in faults {
        let (mut runner, double) = (runner(1), Oracle(*fault));
        let broken =
            (0..6_000).any(|_| law(&double, &cases.new_tree(&mut runner).unwrap().current()).is_err());
        assert!(broken, "the law does not see {fault:?}");
    }
}

/// The fault seeded for a law by its number.
fn seeded(number: u8) -> Fault {
    *Fault::ALL.iter().find(|fault| fault.law() == Some(number)).unwrap()
}

/// A law without a test, or without a fault that its test must see, is a sentence.
#[test]
fn every_law_has_a_test_and_a_seeded_fault() {
    let tests = [include_str!("laws.rs"), include_str!("laws/types.rs")].concat();
    for number in 1..=14 {
        assert!(tests.contains(&format!("fn law_{number:02}_")), "law {number} has no test");
        let of_types = tests.contains(&format!("fn law_{number:02}_sees_its_seeded_faults"));
        let seeded = Fault::ALL.iter().filter(|fault| fault.law() == Some(number)).count();
        let used = tests.contains(&format!("seeded({number})"));
        assert!(of_types || (seeded == 1 && used), "law {number} sees no fault");
    }
}

#[test]
fn the_promise_what_is_permitted_rests_on_a_grant_of_exactly_that() {
    let faults = [Fault::WideGo, Fault::UntilInclusive, Fault::BeginsIgnored, Fault::VoidIgnored];
    law(one_contact(), &faults, consent::the_promise);
}

#[test]
fn law_01_a_stop_never_turns_deny_into_allow() {
    law(one_contact(), &[seeded(1), Fault::VoidReopens], consent::a_stop_permits_nothing);
    law(several(), &[seeded(1)], consent::a_stop_permits_nothing);
}

#[test]
fn law_02_after_a_withdrawal_of_everything_only_a_later_grant_permits() {
    law(one_contact(), &[seeded(2), Fault::LateConfirmRevives], consent::a_withdrawal_of_everything_holds);
}

#[test]
fn law_03_the_order_of_acts_changes_no_verdict() {
    law(one_contact(), &[seeded(3)], consent::order_is_nothing);
    law(several(), &[seeded(3)], consent::order_is_nothing);
}

#[test]
fn law_04_a_re_delivery_changes_nothing() {
    law(
        one_contact(),
        &[seeded(4), Fault::RecordIsContent, Fault::LastRecordStands],
        record::again_is_nothing,
    );
}

#[test]
fn law_05_the_answers_on_a_prefix_are_a_prefix_of_the_answers() {
    law(one_contact(), &[seeded(5)], record::nothing_is_seen_below);
}

#[test]
fn law_06_to_merge_or_to_link_permits_nothing() {
    law(several(), &[seeded(6), Fault::GrantCrossesKey], persons::to_join_permits_nothing);
}

#[test]
fn law_06_merges_are_repeated_swapped_and_regrouped() {
    law(everything(), &[Fault::MergeTakesStageOfInto], persons::a_merge_is_one_merge);
}

#[test]
fn law_07_replay_equals_live() {
    law(one_contact(), &[seeded(7)], record::replay_equals_live);
}

/// Nothing in the model reads a clock, a time zone, a locale or a hash seed; what can be varied here is the spelling.
#[test]
fn law_08_the_spelling_of_an_instant_changes_nothing() {
    law(one_contact(), &[seeded(8)], record::spelling_is_nothing);
}

#[test]
fn law_10_time_alone_permits_nothing() {
    law(one_contact(), &[seeded(10)], consent::time_permits_nothing);
}

#[test]
fn law_11_a_refusal_is_true() {
    law(one_contact(), &[seeded(11)], truth::a_refusal_is_true);
}

#[test]
fn law_12_a_stage_never_implies_permission() {
    law(whole(), &[seeded(12)], record::a_stage_permits_nothing);
}

#[test]
fn law_13_an_act_is_answered_once_and_never_after_an_erasure() {
    law(one_contact(), &[seeded(13), Fault::ReplyAfterErasure], truth::a_reply_is_one);
    law(several(), &[seeded(13), Fault::ReplyAfterErasure, Fault::ReplyAgain], truth::a_reply_is_one);
}

#[test]
fn law_14_what_was_recorded_before_a_withdrawal_of_everything_is_over() {
    law(one_contact(), &[seeded(14)], consent::nothing_recorded_before_permits);
}
