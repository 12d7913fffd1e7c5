//! What the generators promise: yes and no in a fair share, no history rejected, and every seeded fault seen.
use super::fault::Fault;
use super::generate::{acts, any_history, everything, persons, spell, spelling, whole};
use super::neutral::Line;
use super::neutral_text::{instant, read_text};
use super::oracle::{Reason, answer_text, answer_with, cause};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn sample(strategy: &BoxedStrategy<Vec<Line>>, count: usize) -> Vec<Vec<Line>> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).expect("a history").current()).collect()
}

#[test]
fn yes_is_answered_in_15_to_30_percent() {
    for (name, strategy) in
        [("acts", acts()), ("whole", whole()), ("persons", persons()), ("everything", everything())]
    {
        let mut all = Vec::new();
        for history in sample(&strategy, 150) {
            let (answers, rejected) = answer_with(&history, Fault::None);
            assert_eq!(rejected, None, "{history:#?}");
            for answer in answers {
                all.extend(answer.decision.permitted());
            }
        }
        let share = all.iter().filter(|&&yes| yes).count() as f64 / all.len() as f64;
        assert!((0.15..=0.30).contains(&share), "{name}: {share}");
    }
}

/// Some history answers differently under each fault; the faults of reading need text.
#[test]
fn every_fault_is_seen() {
    let mut unseen = Fault::ALL.to_vec();
    let spellings = sample_spellings();
    for history in sample(&any_history(), 1_500) {
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
    assert_eq!(laws, [1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12]);
}

fn sample_spellings() -> Vec<super::neutral::Spelling> {
    vec(spelling(), 7).new_tree(&mut TestRunner::deterministic()).expect("spellings").current()
}

fn causes(history: &[Line], fault: Fault) -> Vec<Option<String>> {
    let asks = history.iter().filter_map(|line| {
        if let Line::Ask { contact, now, scope, .. } = line { Some((contact, now, scope)) } else { None }
    });
    asks.map(|(contact, now, scope)| cause(history, contact, scope, *now, fault)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Law 8, and the writer against the reader: no spelling changes a line or an answer.
    #[test]
    fn spelling_changes_nothing(history in any_history(), spellings in vec(spelling(), 1..9)) {
        let text = spell(&history, &spellings);
        let (lines, rejected) = read_text(text.as_bytes(), instant);
        prop_assert_eq!(rejected, None);
        prop_assert_eq!(&lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>(), &history);
    }

    /// Law 5 holds for the oracle.
    #[test]
    fn a_prefix_answers_a_prefix(history in any_history(), cut in any::<prop::sample::Index>()) {
        let (all, _) = answer_with(&history, Fault::None);
        let (some, _) = answer_with(&history[..cut.index(history.len() + 1)], Fault::None);
        prop_assert_eq!(&all[..some.len()], &some[..]);
    }

    /// Law 11 holds for the oracle: without the act it names, a refusal is another.
    #[test]
    fn a_refusal_is_true(history in persons()) {
        let asks: Vec<_> = history.iter().filter_map(|line| if let Line::Ask { contact, now, scope, .. } = line { Some((contact, now, scope)) } else { None }).collect();
        for (contact, now, scope) in asks {
            let told = |lines: &[Line]| (super::oracle::verdict(lines, contact, scope, *now), cause(lines, contact, scope, *now, Fault::None));
            let before = told(&history);
            let Some(act) = before.1.clone() else {
                prop_assert!(!matches!(before.0, super::oracle::Verdict::Deny(reason) if reason != Reason::NoGrant && reason != Reason::UnknownContact));
                continue;
            };
            let without: Vec<Line> = history.iter().filter(|line| line.id() != act).cloned().collect();
            prop_assert_ne!(before, told(&without));
        }
    }
}
