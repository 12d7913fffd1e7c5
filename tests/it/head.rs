//! The head of a contact is a cache of its acts: a contact whose head answers and one whose acts are read, because
//! it was opened with other words, decide alike, at every instant before, at and after each edge.

use placet::{
    ActId, Actor, Ask, Confirm, Contact, Evidence, Grant, Identity, Instant, Journey, Lift, Method, Notice,
    QueuedEvent, Reach, Reason, Scope, Signal, Stop, Vocabulary,
    channel::{EMAIL, POST, SMS},
    decide::Refused,
    journey::Fault,
    name::TimeDelta,
    purpose::{NEWSLETTER, OFFERS, PROFILING},
    signal::Value,
};
use proptest::bool::weighted;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::support::name;

/// What the channels reach: the usual, any identity on a network's own channel, and where the signal came from.
const CHANNELS: [&str; 3] = [
    r#"[{"name":"email"},{"name":"post","reaches":"any"},{"name":"sms"},{"name":"social/facebook"}]"#,
    r#"[{"name":"email"},{"name":"post","reaches":"any"},{"name":"sms"},{"name":"social/facebook","reaches":"any"}]"#,
    r#"[{"name":"email","reaches":"arrival"},{"name":"post","reaches":"any"},{"name":"sms"},{"name":"social/facebook","reaches":"arrival"}]"#,
];

const JOURNEY: &str = r#"{"placet":1,"name":"j","controller":"acme",
  "catalogue":{"purposes":["newsletter","offers","profiling"],
    "channels":CHANNELS},
  "stages":[{"name":"fan","sustain":[{"needs":[{"purpose":"profiling","channel":"post"}],"else":"none"}]},{"name":"customer"}],
  "signals":[{"kind":"like","admission":[{"purpose":"profiling","channel":"email"}]},{"kind":"visit"},{"kind":"purchase"},{"kind":"comment"}],
  "rules":[
    {"name":"r1","on":"like","to":"fan","effects":[{"name":"a","purpose":"newsletter","channel":"email"},{"name":"b","purpose":"offers","channel":"social/*"}]},
    {"name":"r2","on":"visit","from":["fan"],"effects":[{"name":"c","purpose":"offers","channel":"post","needs":[{"purpose":"offers","channel":"email"}]}]},
    {"name":"r3","on":"visit","when":{"consent":{"purpose":"offers","channel":"email"}},"to":"customer"},
    {"name":"r4","on":"purchase","to":"fan","effects":[{"name":"d","purpose":"offers","channel":"email"},{"name":"e","purpose":"newsletter","channel":"sms"},
      {"name":"f","purpose":"newsletter","channel":"post"}]},
    {"name":"r5","on":"comment","effects":[{"name":"g","purpose":"offers","channel":"social/*"},{"name":"h","purpose":"offers","channel":"social/facebook"}]}]}"#;

const KINDS: [&str; 4] = ["like", "visit", "purchase", "comment"];

/// One step of a history; instants are half seconds, so that some lie within a second.
#[derive(Debug, Clone)]
enum Move {
    Grant { scope: Scope, to: usize, at: i64, until: Option<i64>, confirm_by: Option<i64> },
    Confirm { grant: usize, to: usize, at: i64 },
    Lift { restriction: bool, scope: Scope, to: usize, at: i64 },
    Stop { kind: usize, reach: Reach, at: i64, told: bool },
    Link(usize),
    Unlink(usize),
    Signal { kind: &'static str, on: usize, now: i64 },
}

fn instant(half: i64) -> Instant {
    let begin: Instant = "2013-05-01T10:00:00Z".parse().unwrap();
    begin.checked_add(TimeDelta::milliseconds(half * 500)).unwrap()
}

fn identity(place: usize) -> Identity {
    let written = ["email:ada@example.org", "email:lovelace@example.org", "account/facebook:ada"];
    Identity::parse(written[place % 3]).unwrap()
}

fn moves() -> impl Strategy<Value = Vec<Move>> + Clone {
    let purpose = select(vec![NEWSLETTER, OFFERS, PROFILING]);
    let channel = select(vec![EMAIL, POST, SMS, name("social/facebook")]);
    let scope = (purpose, channel).prop_map(|(purpose, channel)| purpose.by(channel)).boxed();
    let (at, to) = (0..24_i64, prop_oneof![4 => Just(0_usize), 1 => 1..3_usize]);
    let reach = (scope.clone(), any::<(bool, bool)>()).prop_map(|(scope, (purpose, channel))| {
        let reach = Reach::everything();
        let reach = if purpose { reach.purpose(scope.purpose().clone()) } else { reach };
        if channel { reach.by(scope.channel().clone()) } else { reach }
    });
    let later = |share| proptest::option::weighted(share, 1..12_i64);
    let grant = (scope.clone(), to.clone(), at.clone(), later(0.5), later(0.3));
    let grant = grant.prop_map(|(scope, to, at, until, confirm)| Move::Grant {
        scope,
        to,
        at,
        until: until.map(|until| at + until),
        confirm_by: confirm.map(|confirm| at + confirm),
    });
    let one = prop_oneof![
        6 => grant,
        2 => (0..8_usize, to.clone(), at.clone()).prop_map(|(grant, to, at)| Move::Confirm { grant, to, at }),
        2 => (any::<bool>(), scope, to.clone(), at.clone())
            .prop_map(|(restriction, scope, to, at)| Move::Lift { restriction, scope, to, at }),
        3 => (0..60_usize, reach, at.clone(), any::<bool>())
            .prop_map(|(kind, reach, at, told)| Move::Stop { kind, reach, at, told }),
        1 => (1..3_usize).prop_map(Move::Link),
        1 => (0..3_usize).prop_map(Move::Unlink),
        4 => (select(KINDS.to_vec()), to, at)
            .prop_map(|(kind, on, now)| Move::Signal { kind, on, now }),
    ];
    // Some are so many that a ledger looks its acts up; most come in the order in which they were done.
    let moves = prop_oneof![6 => vec(one.clone(), 1..14), 1 => vec(one, 50..70)];
    (moves, weighted(0.6)).prop_map(|(moves, ordered)| if ordered { in_order(moves) } else { moves })
}

/// The same moves at the same instants, the earliest first; what ends, ends as long after its beginning as before.
fn in_order(mut moves: Vec<Move>) -> Vec<Move> {
    let mut times: Vec<i64> = moves.iter_mut().filter_map(|one| one.time().copied()).collect();
    times.sort_unstable();
    let mut times = times.into_iter();
    for one in &mut moves {
        let Some(time) = one.time() else { continue };
        let shift = times.next().unwrap() - *time;
        *time += shift;
        if let Move::Grant { until, confirm_by, .. } = one {
            [until, confirm_by].into_iter().flatten().for_each(|end| *end += shift);
        }
    }
    moves
}

impl Move {
    fn time(&mut self) -> Option<&mut i64> {
        match self {
            Move::Grant { at, .. }
            | Move::Confirm { at, .. }
            | Move::Lift { at, .. }
            | Move::Stop { at, .. } => Some(at),
            Move::Signal { now, .. } => Some(now),
            Move::Link(_) | Move::Unlink(_) => None,
        }
    }
}

/// What is broken on purpose in the twin, so that the property shows that it would see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// It is asked half a second late: an edge is missed by one step.
    AskedLate,
    /// It hears no stop.
    Deaf,
    /// It takes every go to be given for the first identity.
    OneIdentity,
    /// It knows no end.
    Endless,
    /// It confirms nothing.
    Unconfirmed,
    /// It lifts nothing.
    Unlifted,
    /// It keeps identities for good.
    Unlinked,
}

/// A contact with what was done to it.
struct Twin {
    journey: Journey,
    contact: Contact,
    fault: Fault,
    grants: Vec<ActId>,
    acts: usize,
    decided: Vec<String>,
}

impl Twin {
    fn open(vocabulary: &std::sync::Arc<Vocabulary>, journey: &Journey, fault: Fault) -> Twin {
        let contact = Contact::open(name("ada"), identity(0), vocabulary);
        Twin { journey: journey.clone(), contact, fault, grants: vec![], acts: 0, decided: vec![] }
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn whose(&self, to: usize) -> Identity {
        identity(if self.is(Fault::OneIdentity) { 0 } else { to })
    }

    /// What an id names need not be there, and not every identity is linked: a refused go changes nothing.
    fn make(&mut self, one: &Move) {
        self.acts += 1;
        let id: ActId = name(&format!("act-{}", self.acts));
        let notice = Notice::new(name("form"), name("1"));
        let proof = Evidence::new(Actor::Person, Method::UntickedBox).shown(notice.clone());
        match one {
            Move::Grant { scope, to, at, until, confirm_by } => {
                let at = instant(*at);
                // Most are recorded when they are done; some clocks run ahead.
                let recorded = if self.acts % 3 == 0 { instant(12) } else { at };
                let mut grant =
                    Grant::new(id.clone(), scope.clone(), self.whose(*to), proof, at, recorded).unwrap();
                if let Some(until) = until.filter(|_| !self.is(Fault::Endless)) {
                    grant = grant.until(instant(until)).unwrap();
                }
                if let Some(before) = confirm_by {
                    grant = grant.confirm_by(instant(*before)).unwrap();
                }
                self.grants.push(id);
                let _ = self.contact.grant(grant);
            }
            Move::Confirm { grant, to, at } if !self.is(Fault::Unconfirmed) => {
                // The last grants are there, and the next one is still to come.
                let next = || name(&format!("act-{}", self.acts + 1));
                let grant = self.grants.iter().rev().nth(*grant).cloned().unwrap_or_else(next);
                let at = instant(*at);
                let _ =
                    self.contact.confirm(Confirm::new(id, grant, self.whose(*to), proof, at, at).unwrap());
            }
            Move::Lift { restriction, scope, to, at } if !self.is(Fault::Unlifted) => {
                let (at, to) = (instant(*at), self.whose(*to));
                let lift = if *restriction {
                    let told = Evidence::new(Actor::Controller, Method::Paper).shown(notice);
                    Lift::unrestrict(id, scope.clone(), to, told, at, at)
                } else {
                    Lift::unobject(id, scope.clone(), to, proof, at, at)
                };
                let _ = self.contact.lift(lift.unwrap());
            }
            Move::Stop { kind, reach, at, told } if !self.is(Fault::Deaf) => {
                let (reach, at) = (reach.clone(), instant(*at));
                let stop = match kind {
                    0 => Stop::erase(id, at, at),
                    1..20 => Stop::withdraw(id, reach, at, at),
                    20..35 => Stop::refuse(id, reach, at, at),
                    35..48 => Stop::object(id, reach, at, at),
                    _ => Stop::restrict(id, reach, at, at),
                };
                self.contact.stop(if *told { stop.told() } else { stop });
            }
            Move::Link(place) => drop(self.contact.link(identity(*place))),
            Move::Unlink(place) if !self.is(Fault::Unlinked) => drop(self.contact.unlink(&identity(*place))),
            Move::Signal { kind, on, now } => self.decide(kind, *on, *now, true),
            _ => {}
        }
    }

    /// All that a decision tells, in words.
    fn decide(&mut self, kind: &str, on: usize, now: i64, commit: bool) {
        let now = instant(now + i64::from(self.is(Fault::AskedLate)));
        let signal = crate::support::signal(&self.journey, "s", kind, identity(on), instant(0).min(now));
        let decision = self.journey.decide(&self.contact, &signal, now).unwrap();
        let no = |no: Refused<'_>| {
            let cause = no.cause(&self.contact).map(|act| act.id().clone());
            let need = no.refusal().need();
            format!("{need} {} {} {cause:?} {}", no.scope(), no.reason(), no.remedy(&self.contact))
        };
        let refused = decision.refusals().map(|(effect, refused)| format!("{effect}: {}", no(refused)));
        let told = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            decision.unadmitted().map(no),
            decision.rule(),
            decision.transition(),
            decision.queued().collect::<Vec<_>>(),
            refused.collect::<Vec<_>>(),
        );
        self.decided.push(told);
        if commit {
            let queued = decision.commit(&mut self.contact).unwrap();
            self.decided
                .push(format!("{:?}", queued.iter().flat_map(QueuedEvent::citations).collect::<Vec<_>>()));
        }
    }

    /// What is decided after a history, at every instant from before its first edge to after its last.
    fn lives(mut self, history: &[Move]) -> Vec<String> {
        history.iter().for_each(|one| self.make(one));
        for now in -1..38 {
            for kind in KINDS {
                self.decide(kind, usize::from(now % 5 == 0), now, false);
            }
        }
        self.decided
    }
}

fn twins(channels: &str, history: &[Move], fault: Fault) -> (Vec<String>, Vec<String>) {
    let journey = Journey::from_json(&JOURNEY.replace("CHANNELS", channels)).unwrap();
    let (same, other) = (journey.vocabulary(), Vocabulary::new([]));
    let near = Twin::open(same, &journey, Fault::None).lives(history);
    (near, Twin::open(&other, &journey, fault).lives(history))
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn the_head_says_what_the_acts_say() {
    for channels in CHANNELS {
        let outcome = runner(1_000).run(&moves(), |history| {
            let (near, far) = twins(channels, &history, Fault::None);
            prop_assert_eq!(near, far);
            Ok(())
        });
        outcome.unwrap_or_else(|broken| panic!("{channels}: {broken}"));
    }
}

#[test]
fn a_broken_twin_is_seen() {
    let faults = [
        Fault::AskedLate,
        Fault::Deaf,
        Fault::OneIdentity,
        Fault::Endless,
        Fault::Unconfirmed,
        Fault::Unlifted,
        Fault::Unlinked,
    ];
    for (fault, channels) in faults.into_iter().zip(CHANNELS.into_iter().cycle()) {
        let mut runner = runner(1);
        let seen = (0..400).any(|_| {
            let (near, far) = twins(channels, &moves().new_tree(&mut runner).unwrap().current(), fault);
            near != far
        });
        assert!(seen, "the property does not see {fault:?} with {channels}");
    }
}

/// The last second that a head can tell, and what lies beyond it.
#[test]
fn an_act_at_the_end_of_what_a_head_can_tell_is_not_taken_for_the_latest() {
    let journey = Journey::from_json(&JOURNEY.replace("CHANNELS", CHANNELS[0])).unwrap();
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let mut ada = Contact::open(name("ada"), identity(0), journey.vocabulary());
    let beyond = at("3000-01-01T00:00:00Z");
    ada.stop(Stop::withdraw(name("act-1"), Reach::everything(), beyond, beyond));
    let last = at("2106-02-07T06:28:15Z");
    ada.stop(Stop::refuse(name("act-2"), Reach::everything(), last, last));
    let purchase = crate::support::signal(&journey, "s", "purchase", identity(0), instant(0));
    let decision = journey.decide(&ada, &purchase, purchase.at()).unwrap();
    let reasons: Vec<_> = decision.refusals().map(|(_, no)| no.reason()).collect();
    assert_eq!(reasons, [Reason::Withdrawn; 3]);
    assert_eq!(
        ada.ledger().refuses(&Ask::new(OFFERS.by(EMAIL), identity(0)), purchase.at()),
        Some(Reason::Withdrawn)
    );
}
