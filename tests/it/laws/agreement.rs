//! The crate and the oracle agree on whole histories: verdicts, reasons, proofs, stages. (Which act a refusal names is
//! law 11's: of several equals either may name another.)

use super::{for_all, runner};
use crate::model::adapter::Crate;
use crate::model::fault::Fault;
use crate::model::generate::{acts, everything, persons, whole};
use crate::model::neutral::Line;
use crate::model::oracle::answer_with;
use crate::model::subject::{Oracle, Subject};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

fn agree(histories: &BoxedStrategy<Vec<Line>>, cases: u32, how: Crate) {
    for_all(histories, cases, |history| {
        let (ours, right) = (how.answer_with(history), answer_with(history, Fault::None));
        let differ = ours.0.iter().zip(&right.0).find(|(ours, right)| ours != right);
        match differ {
            Some((ours, right)) => Err(format!("the crate {ours:?}, the oracle {right:?}")),
            None if ours != right => Err(format!("the crate {ours:?}, the oracle {right:?}")),
            None => Ok(()),
        }
    });
}

#[test]
fn on_acts() {
    agree(&acts(), 1_500, Crate::Bare);
}

#[test]
fn on_journeys() {
    agree(&whole(), 1_000, Crate::Bare);
}

#[test]
fn in_a_book() {
    agree(&acts(), 200, Crate::Book);
    agree(&whole(), 300, Crate::Book);
}

#[test]
fn on_persons() {
    agree(&persons(), 500, Crate::Book);
}

#[test]
fn on_everything() {
    agree(&everything(), 500, Crate::Book);
    agree(&everything(), 500, Crate::Forgetful);
}

/// Every seeded fault that one contact can show is seen as a disagreement.
#[test]
fn no_fault_of_one_contact_goes_unseen() {
    let several = [
        Fault::GrantFollowsMerge,
        Fault::LiftElsewhereLifts,
        Fault::GrantCrossesKey,
        Fault::KeyIgnored,
        Fault::KeyIsTransitive,
        Fault::CrossedErasureIsFinal,
        Fault::ErasureStays,
        Fault::MergeIsDirect,
        Fault::StopStaysWithId,
        Fault::MergeTakesStageOfInto,
    ];
    let of_text_or_cause = [Fault::FractionLost, Fault::OffsetIgnored, Fault::BlamesAnother];
    let mut unseen: Vec<Fault> = Fault::ALL.to_vec();
    unseen.retain(|fault| !several.contains(fault) && !of_text_or_cause.contains(fault));
    let (mut runner, histories) = (runner(1), prop_oneof![acts(), whole()]);
    for _ in 0..2_000 {
        let history = histories.new_tree(&mut runner).unwrap().current();
        if unseen.is_empty() {
            break;
        }
        let ours = Crate::Bare.answers(&history);
        unseen.retain(|fault| Oracle(*fault).answers(&history) == ours);
    }
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// A generator whose questions are nearly all refused tests nothing.
#[test]
fn yes_is_answered_in_15_to_30_percent() {
    for (name, histories) in [("acts", acts()), ("whole", whole())] {
        let mut runner = runner(1);
        let (mut yes, mut all) = (0_u32, 0_u32);
        for _ in 0..200 {
            let history = histories.new_tree(&mut runner).unwrap().current();
            for permitted in
                Crate::Bare.answers(&history).iter().filter_map(|answer| answer.decision.permitted())
            {
                all += 1;
                yes += u32::from(permitted);
            }
        }
        assert!((15..=30).contains(&(100 * yes / all)), "{name}: {yes} of {all}");
    }
}
