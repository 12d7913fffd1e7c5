//! The crate as a subject: a history in the neutral format, answered through the public API.
//!
//! A neutral contact id is one identity, so that each contact is opened under `id:<its id>` and every channel answers
//! where the question came from. Links and merges are for a book; bare contacts are single. What the neutral format asks of *all* lines together (one
//! name space of ids, S2) is kept here; for acts and signals the crate is held to it as well.

use std::collections::BTreeSet;

use placet::{
    Act, ActId, Actor, Ask, Book, Confirm, ContactId, Evidence, Grant, Identity, Instant, Journey,
    JourneySpec, Lift, Method, Reach, Reason, Scope, Signal, SignalSpec, Stop,
    book::Dispatched,
    consent::Appended,
    decide::Misfit,
    journey::{
        Catalogue, ChannelSpec, EffectSpec, FaultKind, JourneyError, NeedSpec, Reaches, RuleSpec,
        SignalKindSpec, StageSpec, SustainSpec,
    },
    name::NameError,
    send::EventKey,
    signal::Value,
};
use serde_json::Value;

use super::desk::{Bare, Desk};
use super::neutral::{self, LiftKind, Line, Spelling, StopKind, Why};
use super::neutral_text::Rejected;
use super::oracle::{self, Answer};
use super::subject::Subject;

/// The crate, with contacts in a bare map or in a book.
#[derive(Debug, Clone, Copy)]
pub enum Crate {
    Bare,
    Book,
    /// A book that scrubs whoever is erased: that changes no answer.
    Forgetful,
}

impl Subject for Crate {
    fn answers(&self, lines: &[Line]) -> Vec<Answer> {
        self.answer_with(lines).0
    }

    fn spelled(&self, lines: &[Line], spellings: &[Spelling]) -> Vec<Value> {
        Reading::new(Bare::new(no_rules()), spellings)
            .read(lines)
            .answers
            .iter()
            .map(Answer::to_value)
            .collect()
    }

    fn replayed(&self, lines: &[Line]) -> Vec<Value> {
        let bare = Bare::new(no_rules()).replayed_every(7);
        Reading::new(bare, &[]).read(lines).answers.iter().map(Answer::to_value).collect()
    }

    fn cause(
        &self,
        lines: &[Line],
        contact: &str,
        scope: &neutral::Scope,
        now: neutral::Instant,
    ) -> Option<String> {
        let desk = kept(lines);
        let ledger = desk.contact(&name(contact))?.ledger();
        let ask = Ask::new(scope_of(scope), identity_of(contact));
        let no = ledger.permit(&ask, instant(now)).err()?;
        no.cause(ledger).map(|act| act.id().to_string())
    }
}

impl Crate {
    /// The answers above the first line that is rejected, and that line.
    pub fn answer_with(self, lines: &[Line]) -> (Vec<Answer>, Rejected) {
        match self {
            Crate::Bare => {
                let read = Reading::new(Bare::new(no_rules()), &[]).read(lines);
                (read.answers, read.rejected)
            }
            Crate::Book => {
                let read = Reading::new(Book::new(no_rules()), &[]).read(lines);
                (read.answers, read.rejected)
            }
            Crate::Forgetful => {
                let book = Book::suppressing(no_rules(), super::desk::forgets());
                let read = Reading::new(book, &[]).read(lines);
                (read.answers, read.rejected)
            }
        }
    }
}

/// The contacts as a history leaves them.
pub fn kept(lines: &[Line]) -> Bare<'static> {
    Reading::new(Bare::new(no_rules()), &[]).read(lines).desk
}

/// Reads a history, and shows every signal that is about to be decided.
pub fn watch(lines: &[Line], witness: &dyn Fn(&super::desk::Scene<'_>)) {
    Reading::new(Bare::new(no_rules()).watched_by(witness), &[]).read(lines);
}

/// A history on its way through the crate.
struct Reading<'a, D> {
    desk: D,
    spellings: &'a [Spelling],
    spelling: Spelling,
    /// Lines that left a trace.
    lines: Vec<&'a Line>,
    kinds: BTreeSet<&'a str>,
    /// The journey of the lines so far, unless one of them is newer.
    journey: Option<Journey>,
    answers: Vec<Answer>,
    rejected: Rejected,
}

impl<'a, D: Desk> Reading<'a, D> {
    fn new(desk: D, spellings: &'a [Spelling]) -> Self {
        let (lines, kinds, answers) = (Vec::new(), BTreeSet::new(), Vec::new());
        let spelling = Spelling::default();
        Reading { desk, spellings, spelling, lines, kinds, journey: None, answers, rejected: None }
    }

    fn read(mut self, lines: &'a [Line]) -> Self {
        let mut spellings = self.spellings.iter().cycle();
        for (number, line) in (1..).zip(lines) {
            self.spelling = spellings.next().copied().unwrap_or_default();
            self.desk.before(number);
            let there = self.lines.iter().find(|there| there.id() == line.id());
            let decision = match there {
                Some(there) if *there == line => {
                    self.again(line);
                    continue;
                }
                Some(_) => Err(Why::IdReused),
                None => self.line(line),
            };
            match decision {
                Ok(decision) => self.answers.extend(decision.map(|decision| {
                    let id = line.id().to_owned();
                    Answer { line: number, id, decision }
                })),
                Err(why) => {
                    self.rejected = Some((number, why));
                    break;
                }
            }
        }
        self
    }

    /// S2: a re-delivery; the crate says so itself for what it keeps.
    fn again(&mut self, line: &'a Line) {
        if line.is_act() {
            assert!(matches!(self.act(line), Appended::Again | Appended::Forgotten), "S2");
        }
        if let Line::Signal { now, .. } = line {
            let signal = self.signal(line);
            self.desk.observe_again(&signal, self.when(*now));
        }
    }

    fn line(&mut self, line: &'a Line) -> Result<Option<oracle::Decision>, Why> {
        self.lines.push(line);
        match line {
            Line::Link { contact, key, .. } => {
                let contact = self.open(contact);
                self.desk.link(&contact, Identity::of_kind("key", key).unwrap());
                Ok(None)
            }
            Line::Merge { from, into, .. } => {
                let (from, into) = (self.open(from), self.open(into));
                self.journey()?;
                self.desk.merge(&from, &into);
                Ok(None)
            }
            Line::Rule { .. } | Line::Admission { .. } => {
                self.journey = None;
                Ok(None)
            }
            Line::Sustain { .. } => {
                self.journey = None;
                self.journey().map(|_| None)
            }
            Line::Signal { .. } => self.decide(line).map(Some),
            Line::Send { signal, rule, now, .. } => Ok(Some(self.send(signal, rule, *now))),
            Line::Ask { contact, now, scope, .. } => {
                let ask = Ask::new(scope_of(scope), identity_of(contact));
                let (contact, now) = (self.open(contact), self.when(*now));
                let ledger = self.desk.contact(&contact).unwrap().ledger();
                let decision = match ledger.permit(&ask, now) {
                    Ok(permit) => oracle::Decision::Allow(permit.cite().act().to_string()),
                    Err(no) => oracle::Decision::Deny(reason(no.reason())),
                };
                assert_eq!(ledger.refuses(&ask, now), ledger.permit(&ask, now).err().map(|no| no.reason()));
                Ok(Some(decision))
            }
            Line::Stage { contact, now, .. } => {
                let (id, now) = (self.open(contact), now.map(|now| self.when(now)));
                self.journey()?;
                let stage = match now {
                    None => self.desk.held_stage(&id),
                    Some(now) => self.desk.stands_at(&id, &identity_of(contact), now),
                };
                Ok(Some(oracle::Decision::Stage(stage.map(|stage| stage.to_string()))))
            }
            _ => {
                assert!(matches!(self.act(line), Appended::New | Appended::Forgotten));
                Ok(None)
            }
        }
    }

    fn decide(&mut self, line: &'a Line) -> Result<oracle::Decision, Why> {
        let Line::Signal { id, now, .. } = line else { panic!("a signal") };
        let signal = self.signal(line);
        let decision = match self.desk.observe(&signal, self.when(*now)) {
            Ok(decision) => decision,
            Err(Misfit::NowBeforeAt) => return Err(Why::NowBeforeAt),
            Err(misfit) => panic!("{misfit}"),
        };
        if let Some(refused) = decision.unadmitted() {
            self.lines.pop(); // S26: no trace, not even its id
            return Ok(oracle::Decision::Unadmitted(reason(refused.reason())));
        }
        let Some(rule) = decision.rule() else {
            return Ok(oracle::Decision::NoRule);
        };
        let emission = format!("{id}#{rule}");
        if let Some((_, refused)) = decision.refusals().next() {
            return Ok(oracle::Decision::Refuse { emission, reason: reason(refused.reason()) });
        }
        let effect = decision.queued().next().expect("one effect a rule");
        let key = EventKey::of(&signal.spec().contact, signal.id(), rule, effect);
        let queued = self.desk.queued(key).expect("what was permitted is queued");
        let proof = queued.citations().map(|citation| citation.act().to_string()).collect();
        Ok(oracle::Decision::Emit { emission, proof })
    }

    fn send(&mut self, signal: &str, rule: &str, now: neutral::Instant) -> oracle::Decision {
        let find = |id: &str| self.lines.iter().find(|line| line.id() == id);
        let (Some(Line::Signal { contact, .. }), Some(Line::Rule { emit, .. })) = (find(signal), find(rule))
        else {
            return oracle::Decision::Deny(oracle::Reason::NotQueued);
        };
        let key = self.desk.key_of(&name(contact), &name(signal), &name(rule), &name(emit));
        match self.desk.dispatch(key, self.when(now)) {
            Dispatched::Sent => oracle::Decision::Sent,
            Dispatched::Refused(no) => oracle::Decision::Deny(reason(no.reason())),
            Dispatched::AlreadySent => oracle::Decision::Deny(oracle::Reason::AlreadySent),
            Dispatched::Dropped => oracle::Decision::Deny(oracle::Reason::Dropped),
            Dispatched::NotQueued => oracle::Decision::Deny(oracle::Reason::NotQueued),
            Dispatched::Failed(never) => match never {},
        }
    }

    fn signal(&mut self, line: &'a Line) -> Signal {
        let Line::Signal { id, contact, at, kind, .. } = line else { panic!("a signal") };
        if self.kinds.insert(kind) {
            self.journey = None;
        }
        self.open(contact);
        let spec = SignalSpec {
            id: name(id),
            contact: name(contact),
            identity: identity_of(contact),
            kind: name(kind),
            source: None,
            at: self.when(*at),
            attributes: Vec::new(),
        };
        self.journey().expect("no circle").signal(spec).unwrap()
    }

    fn act(&mut self, line: &'a Line) -> Appended {
        let act = act_of(line, &|instant| self.when(instant));
        let contact = match line {
            Line::Grant { contact, .. } | Line::Confirm { contact, .. } | Line::Stop { contact, .. } => {
                contact
            }
            Line::Lift { contact, .. } | Line::Erase { contact, .. } => contact,
            _ => panic!("an act"),
        };
        let contact = self.open(contact);
        self.desk.append(&contact, act)
    }

    /// Opened when it is named first; to be known takes an act or an admitted signal (S18).
    fn open(&mut self, contact: &str) -> ContactId {
        let id = name(contact);
        if self.desk.contact(&id).is_none() {
            self.desk.open(&id, identity_of(contact));
        }
        id
    }

    /// The journey of the lines so far, compiled when it is needed.
    fn journey(&mut self) -> Result<Journey, Why> {
        if let Some(journey) = &self.journey {
            return Ok(journey.clone());
        }
        let journey = journey_of(&self.lines, &self.kinds)?;
        self.desk.adopt(&journey);
        Ok(self.journey.insert(journey).clone())
    }

    fn when(&self, instant: neutral::Instant) -> Instant {
        instant.spell(self.spelling).parse().unwrap()
    }
}

/// The journey before the first line.
fn no_rules() -> Journey {
    journey_of(&[], &BTreeSet::new()).expect("nothing to fall back on")
}

/// The journey that rule, admission and sustain lines make.
fn journey_of(lines: &[&Line], kinds: &BTreeSet<&str>) -> Result<Journey, Why> {
    let mut kinds = kinds.clone();
    let (mut scopes, mut stages, mut sustained) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for line in lines {
        match line {
            Line::Rule { on, needs, from, to, .. } => {
                kinds.insert(on);
                scopes.extend(needs);
                stages.extend([from, to].into_iter().flatten().map(String::as_str));
            }
            Line::Admission { on, needs, .. } => {
                kinds.insert(on);
                scopes.extend(needs);
            }
            Line::Sustain { stage, needs, otherwise, .. } => {
                scopes.extend(needs);
                stages.extend([stage.as_str(), otherwise]);
                sustained.insert(stage.as_str());
            }
            _ => {}
        }
    }
    // `none` is no stage; it is declared only where something sustains it.
    let stages = stages.into_iter().filter(|stage| *stage != "none" || sustained.contains(stage));
    let part = |part: fn(&neutral::Scope) -> &String| {
        scopes.iter().map(|scope| part(scope)).collect::<BTreeSet<_>>()
    };
    let channel = |channel: &String| ChannelSpec { name: name(channel), reaches: Some(Reaches::Arrival) };
    let spec = JourneySpec {
        placet: 1,
        name: name("neutral"),
        controller: name("acme"),
        catalogue: Catalogue {
            purposes: part(|scope| &scope.purpose).into_iter().map(|purpose| name(purpose)).collect(),
            channels: part(|scope| &scope.channel).into_iter().map(channel).collect(),
            recipients: part(|scope| &scope.recipient)
                .into_iter()
                .filter(|recipient| *recipient != "self")
                .map(|recipient| name(recipient))
                .collect(),
            notices: Vec::new(),
        },
        stages: stages
            .map(|stage| StageSpec { name: name(stage), sustain: sustain_of(lines, stage) })
            .collect(),
        signals: kinds.into_iter().map(|kind| kind_of(lines, kind)).collect(),
        rules: lines.iter().filter_map(|line| rule_of(line)).collect(),
    };
    Journey::compile(spec).map_err(|error| match &error {
        JourneyError::Meaning(faults)
            if faults.iter().all(|fault| matches!(fault.kind(), FaultKind::SustainCircle { .. })) =>
        {
            Why::SustainCircle
        }
        error => panic!("{error}"),
    })
}

fn sustain_of(lines: &[&Line], stage: &str) -> Vec<SustainSpec> {
    let sustain = lines.iter().filter_map(|line| match line {
        Line::Sustain { stage: of, needs, otherwise, .. } if of == stage => {
            Some(SustainSpec { needs: needs_of(needs), otherwise: name(otherwise) })
        }
        _ => None,
    });
    sustain.collect()
}

/// S26: all admission lines of a kind count.
fn kind_of(lines: &[&Line], kind: &str) -> SignalKindSpec {
    let needs = lines.iter().filter_map(|line| match line {
        Line::Admission { on, needs, .. } if on == kind => Some(needs_of(needs)),
        _ => None,
    });
    let needs: Vec<NeedSpec> = needs.flatten().collect();
    let admission = (!needs.is_empty()).then_some(needs);
    SignalKindSpec { kind: name(kind), admission, attributes: Vec::new() }
}

/// One effect a rule: its first need is the addressing one.
fn rule_of(line: &Line) -> Option<RuleSpec> {
    let Line::Rule { id, on, needs, emit, from, to } = line else { return None };
    let (first, others) = needs.split_first()?;
    let NeedSpec { purpose, channel, recipient } = NeedSpec::from(scope_of(first));
    let effect = EffectSpec { name: name(emit), purpose, channel, recipient, needs: needs_of(others) };
    Some(RuleSpec {
        name: name(id),
        on: name(on),
        from: from.as_ref().map(|stage| vec![name(stage)]),
        when: None,
        to: to.as_ref().map(|stage| name(stage)),
        effects: vec![effect],
    })
}

fn needs_of(needs: &[neutral::Scope]) -> Vec<NeedSpec> {
    needs.iter().map(|need| NeedSpec::from(scope_of(need))).collect()
}

/// An act with evidence that proves it. All are recorded at one instant: the order of the lines is the order of the ledger.
fn act_of(line: &Line, when: &dyn Fn(neutral::Instant) -> Instant) -> Act {
    let recorded = instant(super::say::t(0));
    match line {
        Line::Grant { id, contact, at, scope, until, confirm_by } => {
            let identity = identity_of(contact);
            let mut grant =
                Grant::new(name(id), scope_of(scope), identity, own(), when(*at), recorded).unwrap();
            if let Some(until) = until {
                grant = grant.until(when(*until)).unwrap();
            }
            if let Some(confirm_by) = confirm_by {
                grant = grant.confirm_by(when(*confirm_by)).unwrap();
            }
            grant.into()
        }
        Line::Confirm { id, contact, at, grant } => {
            let identity = identity_of(contact);
            Confirm::new(name(id), name(grant), identity, own(), when(*at), recorded).unwrap().into()
        }
        Line::Lift { id, contact, at, kind, scope } => {
            let (id, scope, identity) = (name(id), scope_of(scope), identity_of(contact));
            lift(*kind, id, scope, identity, when(*at)).into()
        }
        Line::Stop { id, at, kind, reach, .. } => {
            let stop = match kind {
                StopKind::Withdraw => Stop::withdraw,
                StopKind::Refuse => Stop::refuse,
                StopKind::Object => Stop::object,
                StopKind::Restrict => Stop::restrict,
            };
            stop(name(id), reach_of(reach), when(*at), recorded).into()
        }
        Line::Erase { id, at, .. } => Stop::erase(name(id), when(*at), recorded).into(),
        _ => panic!("an act"),
    }
}

/// A lift with evidence that proves it.
pub fn lift(kind: LiftKind, id: ActId, scope: Scope, identity: Identity, at: Instant) -> Lift {
    let told = || Evidence::new(Actor::Controller, Method::Paper).shown(crate::support::notice());
    match kind {
        LiftKind::Unobject => Lift::unobject(id, scope, identity, own(), at, at),
        LiftKind::Unrestrict => Lift::unrestrict(id, scope, identity, told(), at, at),
    }
    .unwrap()
}

fn own() -> Evidence {
    crate::support::proof()
}

fn reach_of(reach: &neutral::Reach) -> Reach {
    let mut wide = Reach::everything();
    if let Some(purpose) = &reach.purpose {
        wide = wide.purpose(name(purpose));
    }
    if let Some(channel) = &reach.channel {
        wide = wide.by(name(channel));
    }
    if let Some(recipient) = &reach.recipient {
        wide = wide.to(name(recipient));
    }
    wide
}

pub fn scope_of(scope: &neutral::Scope) -> Scope {
    Scope::new(name(&scope.purpose), name(&scope.channel), name(&scope.recipient))
}

/// A neutral contact id is one identity.
pub fn identity_of(contact: &str) -> Identity {
    Identity::of_kind("id", contact).unwrap()
}

pub fn instant(instant: neutral::Instant) -> Instant {
    instant.spell(Spelling::default()).parse().unwrap()
}

pub fn name<T: std::str::FromStr<Err = NameError>>(text: &str) -> T {
    crate::support::name(text)
}

fn reason(reason: Reason) -> oracle::Reason {
    match reason {
        Reason::UnknownContact => oracle::Reason::UnknownContact,
        Reason::Erased => oracle::Reason::Erased,
        Reason::Restricted => oracle::Reason::Restricted,
        Reason::Objected => oracle::Reason::Objected,
        Reason::Pending => oracle::Reason::Pending,
        Reason::Unconfirmed => oracle::Reason::Unconfirmed,
        Reason::Refused => oracle::Reason::Refused,
        Reason::Withdrawn => oracle::Reason::Withdrawn,
        Reason::Expired => oracle::Reason::Expired,
        Reason::NoGrant => oracle::Reason::NoGrant,
        Reason::OtherContact | Reason::IdentityGone => panic!("of one contact with one identity"),
    }
}
