//! What the generators promise: yes and no in a fair share, every word said, no history rejected, every fault seen.

use std::collections::BTreeMap;

use super::fault::Fault;
use super::generate::{acts, any_history, any_text, everything, persons, spell, spelling, whole};
use super::neutral::Line;
use super::neutral_text::{instant, read_text};
use super::oracle::{answer_text, answer_with, cause};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn sample<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a history").current()).collect()
}

#[test]
fn yes_is_answered_in_15_to_30_percent() {
    for (name, strategy) in
        [("acts", acts()), ("whole", whole()), ("persons", persons()), ("everything", everything())]
    {
        let (mut all, mut of_consent) = (Vec::new(), Vec::new());
        for history in sample(&strategy, 150) {
            let (answers, rejected) = answer_with(&history, Fault::None);
            assert_eq!(rejected, None, "{history:#?}");
            for answer in answers {
                all.push(answer.decision.permitted() == Some(true));
                of_consent.extend(answer.decision.permitted());
            }
        }
        let share =
            |answers: &[bool]| answers.iter().filter(|&&yes| yes).count() as f64 / answers.len() as f64;
        eprintln!(
            "{name}: {:.3} of all answers, {:.3} of those about consent",
            share(&all),
            share(&of_consent)
        );
        assert!((0.15..=0.30).contains(&share(&all)), "{name}: {}", share(&all));
        assert!((0.15..=0.30).contains(&share(&of_consent)), "{name}: {}", share(&of_consent));
    }
}

/// A reason that is never given, or an act that is never done, is not tested.
#[test]
fn every_reason_is_given() {
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    for text in sample(&any_text(), 1_000) {
        for answer in answer_text(text.as_bytes(), Fault::None) {
            let word = answer["reason"].as_str().unwrap_or_default().to_owned();
            *said.entry(word).or_default() += 1;
        }
    }
    let reasons = "unknown_contact erased restricted objected paused pending unconfirmed refused withdrawn void \
        expired no_grant too_late passed confirmed not_answerable not_queued already_sent dropped";
    for reason in reasons.split_whitespace() {
        let times = said.get(reason).copied().unwrap_or_default();
        assert!(times >= 20, "{reason}: {times} of {said:?}");
    }
}

/// Some history answers differently under each fault; the faults of reading need text.
#[test]
fn every_fault_is_seen() {
    let mut unseen = Fault::ALL.to_vec();
    let spellings = vec(spelling(), 7).new_tree(&mut TestRunner::deterministic()).expect("some").current();
    for history in sample(&any_history(), 10_000) {
        let text = spell(&history, &spellings);
        let read = |fault| answer_text(text.as_bytes(), fault);
        let (answers, whole) = (answer_with(&history, Fault::None), read(Fault::None));
        unseen.retain(|&fault| match fault {
            Fault::OffsetIgnored | Fault::FractionLost => read(fault) == whole,
            Fault::BlamesAnother => causes(&history, fault) == causes(&history, Fault::None),
            _ => answer_with(&history, fault) == answers,
        });
        if unseen.is_empty() {
            break;
        }
    }
    assert!(unseen.is_empty(), "{unseen:?}");
    let laws: Vec<u8> = Fault::ALL.iter().filter_map(|fault| fault.law()).collect();
    assert_eq!(laws, [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14]);
}

fn causes(history: &[Line], fault: Fault) -> Vec<Option<String>> {
    let asks = history.iter().filter_map(|line| {
        if let Line::Ask { contact, now, scope, .. } = line { Some((contact, now, scope)) } else { None }
    });
    asks.map(|(contact, now, scope)| cause(history, contact, scope, *now, fault)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The writer against the reader: no spelling changes a line.
    #[test]
    fn what_is_written_is_read(history in any_history(), spellings in vec(spelling(), 1..9)) {
        let text = spell(&history, &spellings);
        let (lines, rejected) = read_text(text.as_bytes(), instant);
        prop_assert_eq!(rejected, None);
        prop_assert_eq!(&lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>(), &history);
    }
}
