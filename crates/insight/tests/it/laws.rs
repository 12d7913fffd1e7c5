//! The laws of SPEC-INSIGHT section 5 that speak of facts and counts, each a property of any subject: the crate keeps it,
//! and the model broken on purpose does not.
//!
//! Law 5 speaks of credit and is in `credit_model.rs`; law 10 of trials, in `src/trial/tests.rs`; law 9 of paces, which are
//! not built yet. Law 6 is in `tables.rs` with the other figures, and so is what law 7 says of published ones; law 11 is in
//! `compile_fail.rs` and `stories.rs`.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;

use crate::model::generate::{any_stop, everything, spelling};
use crate::model::neutral::{Instant, Line, Reach, StopKind};
use crate::model::neutral_write::Spelling;
use crate::model::say;
use crate::naive::{Crate, Question, Seed, Slow, Subject, question, told, tried};
use crate::runner;

/// A history, a question, and everything that some law does to it.
#[derive(Debug, Clone)]
struct Case {
    history: Vec<Line>,
    ask: Question,
    stop: Line,
    place: Index,
    which: Index,
    order: u64,
    spelling: Spelling,
}

impl Case {
    fn cut(&self) -> (&[Line], &[Line]) {
        self.history.split_at(self.place.index(self.history.len() + 1))
    }

    fn with(&self, lines: &[Line]) -> Vec<Line> {
        let (above, below) = self.cut();
        [above, lines, below].concat()
    }
}

/// What a law says of a subject and a case: nothing, or how it is broken.
type Law = fn(&dyn Subject, &Case) -> Result<(), String>;

const KINDS: [&str; 4] = ["like", "buy", "praise", "quit"];

fn cases() -> impl Strategy<Value = Case> {
    let more = (any::<Index>(), any::<Index>(), any::<u64>(), spelling());
    (everything().prop_map(told), question(), any_stop(3), more).prop_map(
        |(history, ask, stop, (place, which, order, spelling))| {
            let stop = stop.with_id("the-stop");
            Case { history, ask, stop, place, which, order, spelling }
        },
    )
}

/// The crate keeps the law, and the model with this fault does not.
fn law(seed: Seed, law: Law) {
    let cases = cases();
    let mut runner = tried(300);
    for _ in 0..runner.config().cases {
        let case = cases.new_tree(&mut runner).unwrap().current();
        law(&Crate, &case).unwrap_or_else(|broken| panic!("{broken}: {case:#?}"));
    }
    let (mut runner, double) = (tried(1), Slow(seed));
    let seen = (0..20_000).any(|_| law(&double, &cases.new_tree(&mut runner).unwrap().current()).is_err());
    assert!(seen, "the law does not see {seed:?}");
}

fn standing(subject: &dyn Subject, lines: &[Line], ask: &Question) -> Vec<String> {
    subject.profile(lines, ask).unwrap_or_default()
}

#[test]
fn law_01_a_stop_makes_no_fact_stand_and_no_count_greater() {
    law(Seed::LastStopOnly, |subject, case| {
        let more = case.with(std::slice::from_ref(&case.stop));
        let (before, after) = (subject.profile(&case.history, &case.ask), subject.profile(&more, &case.ask));
        if before.is_err() && after.is_ok() {
            return Err("a stop made a profile exist".into());
        }
        // A signal that the stop kept out of the journal is no fact, and its id may be taken by a later one.
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        if let Some(id) = after.iter().find(|id| !before.contains(id)) {
            return Err(format!("a stop made {id} stand"));
        }
        for kind in KINDS {
            let (before, after) =
                (subject.table(&case.history, &case.ask, kind), subject.table(&more, &case.ask, kind));
            if after.0 > before.0 || after.1 > before.1 {
                return Err(format!("a stop made the count of {kind} greater: {before:?} {after:?}"));
            }
        }
        Ok(())
    });
}

/// Everything is withdrawn at an instant, and everything is granted again; nothing that was kept with consent by then
/// stands.
fn nothing_comes_back(subject: &dyn Subject, case: &Case) -> Result<(), String> {
    let at = say::t(8);
    let (above, below) = case.cut();
    let withdraw = say::stop("the-end", &case.ask.contact, at, StopKind::Withdraw, Reach::default());
    let grants = ["news", "offers"]
        .into_iter()
        .flat_map(|purpose| ["email", "sms"].map(|channel| say::scope(purpose, channel)));
    let again =
        grants.enumerate().map(|(n, scope)| say::grant(&format!("again-{n}"), &case.ask.contact, 9, &scope));
    let lines = [above, &[withdraw], below, &again.collect::<Vec<_>>()].concat();
    let asked = Question { now: say::t(90), ..case.ask.clone() };
    let admitted: Vec<&str> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Admission { on, .. } => Some(on.as_str()),
            _ => None,
        })
        .collect();
    for id in standing(subject, &lines, &asked) {
        let old = lines.iter().any(|line| match line {
            Line::Signal { id: of, contact, kind, now, .. } => {
                *of == id && *contact == asked.contact && *now <= at && admitted.contains(&kind.as_str())
            }
            _ => false,
        });
        if old {
            return Err(format!("{id} stands again"));
        }
    }
    Ok(())
}

#[test]
fn law_02_what_a_withdrawal_ended_never_stands_again() {
    law(Seed::NewGrantCures, nothing_comes_back);
    law(Seed::SinceIgnored, nothing_comes_back);
}

/// Acts, links and merges between two signals, in any order.
fn shuffled(history: &[Line], mut order: u64) -> Vec<Line> {
    let mut lines = history.to_vec();
    let still = |line: &Line| matches!(line, Line::Signal { .. });
    for run in lines.split_mut(still) {
        for place in (1..run.len()).rev() {
            order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            run.swap(place, usize::try_from(order >> 33).unwrap() % (place + 1));
        }
    }
    lines
}

#[test]
fn law_03_the_order_of_acts_between_two_signals_changes_nothing() {
    law(Seed::LastWordIsAYes, |subject, case| {
        // A line that is there twice stands where it stood first: that is an order of signals too.
        let mut lines = case.history.clone();
        let mut seen = std::collections::BTreeSet::new();
        lines.retain(|line| seen.insert(line.id().to_owned()));
        let other = shuffled(&lines, case.order);
        if subject.profile(&lines, &case.ask) != subject.profile(&other, &case.ask) {
            return Err("another order, another profile".into());
        }
        let differs = KINDS
            .iter()
            .find(|kind| subject.table(&lines, &case.ask, kind) != subject.table(&other, &case.ask, kind));
        differs.map_or(Ok(()), |kind| Err(format!("another order, another count of {kind}")))
    });
}

#[test]
fn law_04_a_line_that_is_delivered_again_changes_nothing() {
    law(Seed::CountsTwice, |subject, case| {
        let kept: Vec<&Line> = case.history.iter().collect();
        // A signal that was not admitted left no trace: delivered again, it is judged anew.
        let again = case.which.get(&kept);
        if matches!(again, Line::Signal { .. })
            && !standing(subject, &case.history, &case.ask).contains(&again.id().to_owned())
        {
            return Ok(());
        }
        let more = [case.history.as_slice(), std::slice::from_ref(*again)].concat();
        if subject.profile(&case.history, &case.ask) != subject.profile(&more, &case.ask) {
            return Err("delivered again, another profile".into());
        }
        Ok(())
    });
}

#[test]
fn law_08_a_merge_makes_no_fact_stand_that_neither_had() {
    law(Seed::MergeWidens, |subject, case| {
        // Both permit to be looked at; one of them takes back what the other still permits to be kept.
        let (kept, seen) = (say::scope("news", "email"), say::scope("offers", "email"));
        let both = |id: &str, scope| ["c1", "C1"].map(|of| say::grant(&format!("{id}-{of}"), of, 0, scope));
        let (id, on, needs) = ("the-admission".into(), "like".into(), vec![kept.clone()]);
        let like = |of: &str| Line::Signal {
            id: format!("like-{of}"),
            contact: of.into(),
            at: say::t(1),
            kind: "like".into(),
            now: say::t(1),
        };
        let no = say::stop("a-no", "c1", say::t(2), StopKind::Withdraw, Reach::only(&kept));
        let first = [
            vec![Line::Admission { id, on, needs }],
            both("kept", &kept).to_vec(),
            both("seen", &seen).to_vec(),
            vec![like("c1"), like("C1"), no],
        ];
        let history = [first.concat(), case.history.clone()].concat();
        let merge = say::merge("the-merge", "c1", "C1");
        let more = [history.as_slice(), &[merge]].concat();
        let of = |contact: &str| Question {
            contact: contact.into(),
            needs: vec![seen.clone()],
            ..case.ask.clone()
        };
        let before =
            [standing(subject, &history, &of("c1")), standing(subject, &history, &of("C1"))].concat();
        let after = standing(subject, &more, &of("c1"));
        let joined: Vec<&Line> = history.iter().filter(|line| matches!(line, Line::Merge { .. })).collect();
        let new = after.iter().find(|id| !before.contains(id));
        // Those who were merged with one of the two before come along.
        match new {
            Some(id) if joined.is_empty() => Err(format!("merged, {id} stands")),
            _ => Ok(()),
        }
    });
}

#[test]
fn law_12_the_spelling_of_instants_changes_no_byte() {
    let cases = cases();
    let mut runner = tried(300);
    for _ in 0..runner.config().cases {
        let case = cases.new_tree(&mut runner).unwrap().current();
        let text = |spelling| crate::model::neutral_write::to_text(&case.history, spelling);
        let ask = serde_json::json!({"type": "profile", "id": "the-question", "contact": case.ask.contact,
            "now": case.ask.now.spell(case.spelling), "needs": [{"purpose": "news", "channel": "email"}]});
        let plain = format!("{}{ask}\n", text(Spelling::default()));
        let other = format!("{}{ask}\n", text(case.spelling));
        assert_eq!(runner::answers(&plain), runner::answers(&other));
    }
    let cut = |subject: &dyn Subject, case: &Case| {
        // Facts within one second stand in the order of their instants: a reader who cuts them sees another one.
        let exact = Slow(Seed::None).profile(&case.history, &case.ask);
        if subject.profile(&case.history, &case.ask) == exact {
            Ok(())
        } else {
            Err("another order".to_owned())
        }
    };
    law(Seed::FractionLost, cut);
}

#[test]
fn law_13_after_an_erasure_a_person_was_never_there() {
    law(Seed::EraseIsNarrow, |subject, case| {
        let erase = say::erase("the-erasure", &case.ask.contact, 7);
        let more = [case.history.as_slice(), &[erase]].concat();
        let after = subject.profile(&more, &case.ask);
        if after != Err("erased".to_owned()) {
            return Err(format!("an erased person has a profile: {after:?}"));
        }
        // Nothing of theirs is counted: as if none of their signals had come.
        let joint = joint(&case.history, &case.ask.contact);
        let gone = |line: &Line| matches!(line, Line::Signal { contact, .. } if joint.contains(contact));
        let without: Vec<Line> = more.iter().filter(|line| !gone(line)).cloned().collect();
        for kind in KINDS {
            let (left, never) =
                (subject.table(&more, &case.ask, kind), subject.table(&without, &case.ask, kind));
            if left != never {
                return Err(format!("{kind} still counts who was erased: {left:?} {never:?}"));
            }
        }
        Ok(())
    });
}

/// The contacts that are one person with another.
fn joint(history: &[Line], contact: &str) -> std::collections::BTreeSet<String> {
    let mut joint = std::collections::BTreeSet::from([contact.to_owned()]);
    loop {
        let before = joint.len();
        for line in history {
            if let Line::Merge { from, into, .. } = line {
                if joint.contains(from) || joint.contains(into) {
                    joint.extend([from.clone(), into.clone()]);
                }
            }
        }
        if joint.len() == before {
            return joint;
        }
    }
}

#[test]
fn what_is_dated_ahead_is_no_fact_yet() {
    let early = |now: i64| Question {
        contact: "c1".into(),
        needs: vec![say::scope("news", "email")],
        now: say::t(now),
    };
    let signal = |id: &str, at: i64, now: i64| Line::Signal {
        id: id.into(),
        contact: "c1".into(),
        at: say::t(at),
        kind: "buy".into(),
        now: Instant::new(say::t(now).seconds, 0),
    };
    let lines =
        [say::grant("g", "c1", 1, &say::scope("news", "email")), signal("s1", 2, 5), signal("s2", 3, 3)];
    for subject in [&Crate as &dyn Subject, &Slow(Seed::None)] {
        assert_eq!(
            subject.profile(&lines, &early(4)),
            Ok(vec!["s2".into()]),
            "handled later, s1 is no fact yet"
        );
        assert_eq!(subject.profile(&lines, &early(5)), Ok(vec!["s1".into(), "s2".into()]));
    }
}
