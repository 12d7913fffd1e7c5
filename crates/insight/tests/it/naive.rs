//! SPEC-INSIGHT I3, I8 and I17 read aloud, as slow and as plain as can be, on top of the model of SPEC: nothing is
//! remembered, every answer is computed anew from the list of lines. It shares no code with the crate.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use crate::model::consent::Above;
use crate::model::fault::Fault;
use crate::model::generate::{any_history, everything, now, scope};
use crate::model::neutral::{Act, Deed, Instant, Line, Scope, StopKind};
use crate::model::neutral_write::{Spelling, to_text};
use crate::model::oracle::{Reason, Verdict};
use crate::runner;

/// A clause broken on purpose, so that a law can show that it would see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    None,
    /// What was permitted when it was kept stands, whatever was said since.
    SinceIgnored,
    /// A later grant cures what an earlier withdrawal ended.
    NewGrantCures,
    /// The acts below a signal are heard when it is handled.
    ThenSeesBelow,
    /// A line that is delivered again counts again.
    CountsTwice,
    /// A fact of a merged contact is asked under any of the person's ids.
    MergeWidens,
    /// Who said no is counted, if the grant comes later in the history.
    LastWordIsAYes,
    /// Of several stops only the one recorded last is looked at.
    LastStopOnly,
    /// Instants are cut to their seconds.
    FractionLost,
    /// An erasure of one contact leaves the others of the person.
    EraseIsNarrow,
}

/// Whoever answers questions about facts: the crate, or this model, whole or broken.
pub(crate) trait Subject {
    /// The ids of the facts that stand, in order; or why there is no profile.
    fn profile(&self, lines: &[Line], ask: &Question) -> Result<Vec<String>, String>;

    /// How many people, and how many facts of a kind, are counted: before anything is hidden.
    fn table(&self, lines: &[Line], ask: &Question, kind: &str) -> (u64, u64);
}

/// Of whom, under which needs, when.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) contact: String,
    pub(crate) needs: Vec<Scope>,
    pub(crate) now: Instant,
}

pub(crate) struct Slow(pub(crate) Seed);

impl Slow {
    /// The lines that left a trace: no re-deliveries, no signals that were not admitted.
    fn kept<'a>(&self, lines: &'a [Line]) -> Vec<&'a Line> {
        let mut kept: Vec<&Line> = Vec::new();
        for line in lines {
            let again = kept.iter().any(|other| other.id() == line.id());
            let admitted = match line {
                Line::Signal { contact, kind, now, .. } => {
                    Above { lines: &kept, fault: Fault::None }.unadmitted(contact, kind, *now).is_none()
                }
                _ => true,
            };
            if admitted && (!again || self.0 == Seed::CountsTwice) {
                kept.push(line);
            }
        }
        kept
    }

    /// I3, of the fact in a place.
    fn stands(&self, kept: &[&Line], place: usize, asked: Instant) -> bool {
        let Line::Signal { contact, at, kind, now, .. } = kept[place] else { return false };
        let all = Above { lines: kept, fault: Fault::None };
        if *at > asked || *now > asked {
            return false;
        }
        if self.0 == Seed::EraseIsNarrow {
            let own = |act: &Act| act.deed == Deed::Erase && act.contact == *contact;
            if all.acts().any(own) {
                return false;
            }
        } else if all.erasure(contact, asked).is_some() {
            return false;
        }
        let admissions = kept.iter().filter_map(|line| match line {
            Line::Admission { on, needs, .. } if on == kind => Some(needs),
            _ => None,
        });
        let needs: Vec<&Scope> = admissions.flatten().collect();
        let is_void = |line: &&&Line| matches!(line.act(), Some(Act { deed: Deed::Void { .. }, .. }));
        let cut = if self.0 == Seed::ThenSeesBelow { kept.len() } else { place };
        let mut before: Vec<&Line> = kept[..cut].to_vec();
        before.extend(kept[cut..].iter().filter(is_void));
        let then = Above { lines: &before, fault: Fault::None };
        let ids: Vec<&str> = match self.0 {
            Seed::MergeWidens => all.joint(contact).into_iter().collect(),
            _ => vec![contact],
        };
        needs.iter().all(|need| {
            ids.iter().any(|id| {
                let Verdict::Allow(grant) = then.judge(id, need, *now).0 else { return false };
                let grant = then.acts().find(|act| act.id == grant).unwrap();
                let no = self.latest(all.ending(id, need, asked).into_iter().map(|stop| stop.at));
                let ended = no.is_some_and(|no| no >= grant.instant());
                let cured = self.0 == Seed::NewGrantCures && all.permits(id, need, asked);
                (self.0 == Seed::SinceIgnored || !ended || cured)
                    && (self.0 == Seed::SinceIgnored || all.permits(id, need, asked))
            })
        })
    }

    fn latest(&self, instants: impl Iterator<Item = Instant>) -> Option<Instant> {
        if self.0 == Seed::LastStopOnly { instants.last() } else { instants.max() }
    }

    /// The contacts of a person that permit all needs, or the refusal.
    fn permitting<'a>(&self, all: Above<'a>, ask: &'a Question) -> Result<Vec<&'a str>, Reason> {
        let mut refusals = Vec::new();
        let mut permitting = Vec::new();
        for id in all.joint(&ask.contact) {
            let refused = ask.needs.iter().find_map(|need| match all.judge(id, need, ask.now).0 {
                Verdict::Deny(reason) => Some(reason),
                Verdict::Allow(_) => None,
            });
            match refused {
                None => permitting.push(id),
                Some(reason) => refusals.push(reason),
            }
        }
        if permitting.is_empty() { Err(refusals.into_iter().max().unwrap()) } else { Ok(permitting) }
    }

    /// I17, of one contact and one need.
    fn says_no(&self, all: Above<'_>, id: &str, need: &Scope, now: Instant) -> bool {
        if self.0 == Seed::LastWordIsAYes {
            let acts = all.acts().filter(|act| act.contact == *id);
            return acts.last().is_some_and(|act| !act.is_go());
        }
        if all.blocked(id, need, now).is_some() {
            return true;
        }
        let given = all.given(id, need, now);
        let yes =
            given.iter().filter(|grant| grant.confirmed && grant.void.is_none()).map(|grant| grant.at).max();
        let no = |at: Instant| yes.is_none_or(|yes| at >= yes);
        let ended = self.latest(all.ending(id, need, now).into_iter().map(|stop| stop.at)).is_some_and(no);
        let runs = |kind: StopKind| matches!(kind, StopKind::Pause { until } if now < until);
        let stops = all.stops(id, need, now);
        ended || stops.iter().any(|stop| runs(stop.kind) && no(stop.at))
    }
}

impl Subject for Slow {
    fn profile(&self, lines: &[Line], ask: &Question) -> Result<Vec<String>, String> {
        let kept = self.kept(lines);
        let all = Above { lines: &kept, fault: Fault::None };
        let permitting = self.permitting(all, ask).map_err(|reason| reason.word().to_owned())?;
        let mut facts: Vec<(Instant, usize, String)> = Vec::new();
        for (place, line) in kept.iter().enumerate() {
            if let Line::Signal { id, contact, at, .. } = line {
                if permitting.contains(&contact.as_str()) && self.stands(&kept, place, ask.now) {
                    let at = if self.0 == Seed::FractionLost { Instant::new(at.seconds, 0) } else { *at };
                    facts.push((at, place, id.clone()));
                }
            }
        }
        facts.sort();
        Ok(facts.into_iter().map(|(_, _, id)| id).collect())
    }

    fn table(&self, lines: &[Line], ask: &Question, kind: &str) -> (u64, u64) {
        let kept = self.kept(lines);
        let all = Above { lines: &kept, fault: Fault::None };
        let (mut people, mut facts) = (BTreeSet::new(), 0);
        for (place, line) in kept.iter().enumerate() {
            let Line::Signal { contact, kind: of, .. } = line else { continue };
            let joint = all.joint(contact);
            let no = |need: &Scope| joint.iter().any(|id| self.says_no(all, id, need, ask.now));
            if of == kind && self.stands(&kept, place, ask.now) && !ask.needs.iter().any(no) {
                people.insert(joint.first().copied().unwrap_or_default());
                facts += 1;
            }
        }
        (u64::try_from(people.len()).unwrap(), facts)
    }
}

/// The crate, as the conformance runner asks it. So that no cell is hidden, a table is asked of ten copies of everybody.
pub(crate) struct Crate;

/// The fewest people that make a cell.
const K: u64 = 10;

impl Crate {
    fn asked(lines: &[Line], question: &Value) -> Value {
        let text = to_text(lines, Spelling::default());
        runner::answers(&format!("{text}{question}\n")).pop().unwrap()
    }
}

fn needs(needs: &[Scope]) -> Value {
    let need =
        |need: &Scope| json!({"purpose": need.purpose, "channel": need.channel, "recipient": need.recipient});
    needs.iter().map(need).collect()
}

impl Subject for Crate {
    fn profile(&self, lines: &[Line], ask: &Question) -> Result<Vec<String>, String> {
        let now = ask.now.spell(Spelling::default());
        let (contact, needs) = (&ask.contact, needs(&ask.needs));
        let question =
            json!({"type": "profile", "id": "the-question", "contact": contact, "now": now, "needs": needs});
        let answer = Crate::asked(lines, &question);
        match answer["decision"].as_str().unwrap() {
            "allow" => Ok(answer["facts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_str().unwrap().to_owned())
                .collect()),
            _ => Err(answer["reason"].as_str().unwrap().to_owned()),
        }
    }

    fn table(&self, lines: &[Line], ask: &Question, kind: &str) -> (u64, u64) {
        let copies: Vec<Line> =
            (0..K).flat_map(|copy| lines.iter().map(move |line| copied(line, copy))).collect();
        let now = ask.now.spell(Spelling::default());
        let question = json!({"type": "table", "id": "the-question", "kind": kind, "now": now,
            "needs": needs(&ask.needs), "k": K.to_string()});
        let answer = Crate::asked(&copies, &question);
        let figure = |name: &str| answer[name].as_u64().unwrap_or_default();
        assert_eq!((figure("people") % K, figure("facts") % K), (0, 0), "{answer}");
        (figure("people") / K, figure("facts") / K)
    }
}

/// The same line about other contacts: ids and keys get a mark. What the journey says is said again, word for word.
fn copied(line: &Line, copy: u64) -> Line {
    let mark = |text: &str| format!("{text}={copy}");
    let mut line = line.clone().with_id(&mark(line.id()));
    match &mut line {
        Line::Act(act) => {
            act.contact = mark(&act.contact);
            match &mut act.deed {
                Deed::Confirm { grant } => *grant = mark(grant),
                Deed::Void { act } => *act = mark(act),
                _ => {}
            }
        }
        Line::Link { contact, key, .. } => (*contact, *key) = (mark(contact), mark(key)),
        Line::Merge { from, into, .. } => (*from, *into) = (mark(from), mark(into)),
        Line::Signal { contact, .. } | Line::Ask { contact, .. } | Line::Stage { contact, .. } => {
            *contact = mark(contact)
        }
        Line::Send { signal, rule, .. } => (*signal, *rule) = (mark(signal), mark(rule)),
        Line::Reply { act, .. } => *act = mark(act),
        Line::Rule { .. } | Line::Admission { .. } | Line::Sustain { .. } => {}
    }
    line
}

/// Lines that say something of facts: questions of other kinds are left out.
pub(crate) fn told(lines: Vec<Line>) -> Vec<Line> {
    let keeps = |line: &Line| {
        !matches!(
            line,
            Line::Ask { .. }
                | Line::Send { .. }
                | Line::Reply { .. }
                | Line::Stage { .. }
                | Line::Rule { .. }
        )
    };
    lines.into_iter().filter(keeps).collect()
}

pub(crate) fn question() -> BoxedStrategy<Question> {
    let needs = proptest::collection::vec(scope(), 1..=2);
    (prop_oneof![Just("c1"), Just("C1"), Just("<c>!$%&'()*,;=?[]^`{|}~/A")], needs, now())
        .prop_map(|(contact, needs, now)| Question { contact: contact.to_owned(), needs, now })
        .boxed()
}

/// The same cases on every run; `PLACET_TIMES=20` tries twenty times as many.
pub(crate) fn tried(cases: u32) -> TestRunner {
    let times: u32 = std::env::var("PLACET_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let config = Config { cases: cases * times, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

const KINDS: [&str; 4] = ["like", "buy", "praise", "quit"];

#[test]
fn profiles_are_as_the_model_says() {
    let cases = (any_history().prop_map(told), proptest::collection::vec(question(), 4));
    let (mut asked, mut allowed, mut standing) = (0, 0, 0);
    let mut runner = tried(3_000);
    for _ in 0..runner.config().cases {
        let (lines, questions) = cases.new_tree(&mut runner).unwrap().current();
        for ask in &questions {
            let ours = Crate.profile(&lines, ask);
            assert_eq!(ours, Slow(Seed::None).profile(&lines, ask), "{ask:?} of {lines:#?}");
            asked += 1;
            allowed += usize::from(ours.is_ok());
            standing += ours.map_or(0, |facts| facts.len());
        }
    }
    eprintln!("{asked} profiles asked, {allowed} are there, {standing} facts stand in them");
    assert!(allowed * 100 >= asked * 10, "only {allowed} of {asked} are there");
    assert!(standing * 4 > allowed, "only {standing} facts stand");
}

#[test]
fn tables_are_as_the_model_says() {
    let cases = (everything().prop_map(told), question());
    let (mut people, mut facts) = (0, 0);
    let mut runner = tried(200);
    for _ in 0..runner.config().cases {
        let (lines, ask) = cases.new_tree(&mut runner).unwrap().current();
        for kind in KINDS {
            let ours = Crate.table(&lines, &ask, kind);
            assert_eq!(ours, Slow(Seed::None).table(&lines, &ask, kind), "{kind} {ask:?} of {lines:#?}");
            (people, facts) = (people + ours.0, facts + ours.1);
        }
    }
    eprintln!("{people} people and {facts} facts counted");
    assert!(people > 20 && facts > people, "{people} people, {facts} facts");
}
