//! A history against contacts and a journey, on the public API only. In the neutral format a contact id is one identity,
//! so that every channel answers where the question came from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use placet::{
    Act, ActId, Actor, Ask, Confirm, ContactId, Event, Evidence, Grant, Identity, Instant, Lift, Method,
    Notice, Person, Reach, Reply, Scope, SignalId, SignalSpec, Stop,
    consent::{NoticeId, NoticeVersion},
    desk::{Desk, Dispatched, Memory, Replied, Terms},
    entry::Body,
    name::SignalKind,
    send::EventKey,
};
use serde::Serialize;

use super::insight::Noted;
use super::read::{Id, Line, Says, StopKind, Why, read};
use super::rules::Rules;

/// What is said to one line.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// What to write, if the line asks or is rejected.
    pub(crate) answer: Option<Answer>,
    /// Why the run ends here.
    pub(crate) rejected: Option<Why>,
}

/// An answer as it is written, keys sorted.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    emission: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<Facts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<Proof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<&'static str>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Proof {
    Grant(ActId),
    Grants(Vec<ActId>),
}

/// The facts that stand, by their ids, or how many of them are counted.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Facts {
    Ids(Vec<String>),
    Count(u64),
}

impl Answer {
    fn plain(decision: impl Into<Cow<'static, str>>) -> Answer {
        Answer { decision: Some(decision.into()), ..Answer::default() }
    }

    fn because(self, reason: &'static str) -> Answer {
        Answer { reason: Some(reason), ..self }
    }

    fn proven(self, proof: Proof) -> Answer {
        Answer { proof: Some(proof), ..self }
    }

    fn of(self, emission: String) -> Answer {
        Answer { emission: Some(emission), ..self }
    }
}

/// A history on its way.
pub(crate) struct Runner {
    bare: bool,
    line: u64,
    /// Ids of lines, as digests, each with a digest of its content (S2).
    ids: BTreeMap<Digest, u64>,
    rules: Rules,
    desk: Desk<Memory>,
    emissions: BTreeMap<Digest, EventKey>,
    /// Whose act each is.
    acts: BTreeMap<ActId, ContactId>,
    notice: Notice,
    /// For the lines that ask of many signals at once.
    noted: Noted,
}

/// What stands for a name, or for two. Of a million names two have one digest less often than once in 10^26 histories.
type Digest = [u64; 2];

impl Runner {
    /// A runner that has read nothing; `bare` leaves out reasons and proofs.
    pub(crate) fn new(bare: bool) -> Result<Runner, Box<dyn std::error::Error>> {
        let mut rules = Rules::new()?;
        let terms = Terms::new(rules.journey()?);
        let desk = Desk::new(Memory::new(terms.clone()), terms);
        let notice = Notice::new(NoticeId::new("notice")?, NoticeVersion::new("1")?);
        let (ids, emissions) = (BTreeMap::new(), BTreeMap::new());
        Ok(Runner {
            bare,
            line: 0,
            ids,
            rules,
            desk,
            emissions,
            acts: BTreeMap::new(),
            notice,
            noted: Noted::default(),
        })
    }

    /// Answers the next line.
    pub(crate) fn line(&mut self, text: &[u8]) -> Answered {
        self.line = self.line.saturating_add(1);
        match read(text).and_then(|line| line.map_or(Ok(None), |line| self.take(&line))) {
            Ok(answer) => Answered { answer, rejected: None },
            Err(why) => {
                let rejected = Some(why.as_str());
                let answer = Some(Answer { line: self.line, rejected, ..Answer::default() });
                Answered { answer, rejected: Some(why) }
            }
        }
    }

    fn take(&mut self, line: &Line) -> Result<Option<Answer>, Why> {
        let (id, [content, _]) = (digest(&line.id), digest(&line.says));
        match self.ids.get(&id) {
            Some(there) if *there == content => return Ok(None),
            Some(_) => return Err(Why::IdReused),
            None => {}
        }
        let said = self.say(line)?;
        // An unadmitted signal leaves no trace, not even its id (S26).
        let unadmitted = said.as_ref().and_then(|said| said.decision.as_deref()) == Some("unadmitted");
        if !(unadmitted && is_signal(line)) {
            self.ids.insert(id, content);
        }
        Ok(said.map(|said| {
            let answer = Answer { line: self.line, id: Some(line.id.clone()), ..said };
            if self.bare { Answer { proof: None, reason: None, ..answer } } else { answer }
        }))
    }

    fn say(&mut self, line: &Line) -> Result<Option<Answer>, Why> {
        match &line.says {
            Says::Stop { contact, at, kind, reach, only } => {
                let recorded = line.recorded.unwrap_or(*at);
                let stop = stop_of(*kind, line.id.clone(), reach.clone(), *at, recorded);
                let stop = stop.ok_or(Why::UntilNotAfterAt)?.about(identity(contact)?);
                let stop = if *only { stop.only(identity(contact)?) } else { stop };
                self.acts.insert(line.id.clone(), contact.clone());
                self.open(contact)?;
                self.noted.note(contact, Body::Act(stop.clone().into()));
                let _ = self.desk.stop(contact, stop, recorded).map_err(|_| Why::BadName)?;
            }
            Says::Void { contact, at, act } => {
                let recorded = line.recorded.unwrap_or(*at);
                let void = Stop::void(line.id.clone(), act.clone(), *at, recorded);
                self.open(contact)?;
                self.noted.note(contact, Body::Act(void.clone().into()));
                let _ = self.desk.stop(contact, void, recorded).map_err(|_| Why::BadName)?;
            }
            Says::Grant { contact, at, .. }
            | Says::Confirm { contact, at, .. }
            | Says::Lift { contact, at, .. } => {
                let go = self.go(line)?;
                self.acts.insert(line.id.clone(), contact.clone());
                self.open(contact)?;
                let recorded = line.recorded.unwrap_or(*at);
                self.noted.note(contact, Body::Act(go.clone()));
                let _ = self.desk.append(contact, go, recorded).map_err(|_| Why::IdReused)?;
            }
            Says::Link { contact, key } => {
                self.open(contact)?;
                self.noted.note(contact, Body::Linked(spelled("key", key)?));
                self.desk.link(contact, spelled("key", key)?).map_err(|_| Why::BadName)?;
            }
            Says::Merge { from, into } => {
                self.refresh()?;
                self.open(from)?;
                self.open(into)?;
                self.noted.note(from, Body::Merged { into: into.clone(), held: None });
                self.desk.merge(from, into).map_err(|_| Why::BadName)?;
            }
            Says::Rule { .. } | Says::Admission { .. } | Says::Sustain { .. } => self.rules.add(line)?,
            Says::Signal { contact, at, kind, now } => {
                return self.signal(&line.id, contact, kind, *at, *now).map(Some);
            }
            Says::Ask { contact, scope, now } => {
                let ask = Ask::new(scope.clone(), identity(contact)?);
                let look = |person: Option<Person<'_>>| {
                    let Some(person) = person else {
                        return Answer::plain("deny").because("unknown_contact");
                    };
                    match person.ledger().permit(&ask, *now) {
                        Ok(permit) => {
                            Answer::plain("allow").proven(Proof::Grant(permit.cite().act().clone()))
                        }
                        Err(no) => Answer::plain("deny").because(no.reason().as_str()),
                    }
                };
                return self.desk.person(contact, look).map(Some).map_err(|_| Why::BadName);
            }
            Says::Send { signal, rule, now } => return self.send(signal, rule, *now).map(Some),
            Says::Reply { act, now } => return self.reply(act, *now).map(Some),
            Says::Stage { contact, now } => {
                self.open(contact)?;
                self.refresh()?;
                let (journey, own) = (self.desk.journey().clone(), identity(contact)?);
                let look = |person: Option<Person<'_>>| {
                    let person = person?;
                    match now {
                        None => person.held_stage(),
                        Some(now) => journey.stands_at_for(person, Some(&own), *now).cloned(),
                    }
                };
                let stage = self.desk.person(contact, look).map_err(|_| Why::BadName)?;
                return Ok(Some(Answer::plain(stage.map_or("none".to_owned(), |stage| stage.to_string()))));
            }
            Says::Profile { contact, now, needs } => return self.profile(contact, needs, *now).map(Some),
            Says::Table { kind, now, needs, k } => {
                let shown = self.noted.table(self.rules.spec(), (kind, needs, *k), *now)?;
                let Some((people, facts)) = shown else { return Ok(Some(Answer::plain("hidden"))) };
                let (people, facts) = (Some(people), Some(Facts::Count(facts)));
                return Ok(Some(Answer { people, facts, ..Answer::plain("shown") }));
            }
        }
        Ok(None)
    }

    fn profile(&mut self, contact: &ContactId, needs: &[Scope], now: Instant) -> Result<Answer, Why> {
        let (noted, journey) = (&self.noted, self.rules.spec());
        let look = |person: Option<Person<'_>>| match person {
            None => Ok(Err("unknown_contact")),
            Some(person) => noted.profile(person, journey, needs, now),
        };
        Ok(match self.desk.person(contact, look).map_err(|_| Why::BadName)?? {
            Ok(ids) => Answer { facts: Some(Facts::Ids(ids)), ..Answer::plain("allow") },
            Err(reason) => Answer::plain("deny").because(reason),
        })
    }

    /// A line that can permit, as an act.
    fn go(&self, line: &Line) -> Result<Act, Why> {
        let id = line.id.clone();
        let recorded = |at: &Instant| line.recorded.unwrap_or(*at);
        let own = || Evidence::new(Actor::Person, Method::AccountSetting).shown(self.notice.clone());
        match &line.says {
            Says::Grant { contact, at, scope, begins, until, confirm_by } => {
                let grant = Grant::new(id, scope.clone(), identity(contact)?, own(), *at, recorded(at));
                let mut grant = grant.map_err(|_| Why::BadFields)?;
                if let Some(begins) = begins {
                    grant = grant.begins(*begins).map_err(|_| Why::BeginsBeforeAt)?;
                }
                if let Some(until) = until {
                    grant = grant.until(*until).map_err(|_| Why::UntilNotAfterAt)?;
                }
                if let Some(before) = confirm_by {
                    grant = grant.confirm_by(*before).map_err(|_| Why::ConfirmByNotAfterAt)?;
                }
                Ok(grant.into())
            }
            Says::Confirm { contact, at, grant } => {
                let confirm = Confirm::new(id, grant.clone(), identity(contact)?, own(), *at, recorded(at));
                confirm.map(Act::from).map_err(|_| Why::BadFields)
            }
            Says::Lift { contact, at, restriction: true, scope } => {
                let told = Evidence::new(Actor::Controller, Method::Paper).shown(self.notice.clone());
                let lift = Lift::unrestrict(id, scope.clone(), identity(contact)?, told, *at, recorded(at));
                lift.map(Act::from).map_err(|_| Why::BadFields)
            }
            Says::Lift { contact, at, restriction: false, scope } => {
                let lift = Lift::unobject(id, scope.clone(), identity(contact)?, own(), *at, recorded(at));
                lift.map(Act::from).map_err(|_| Why::BadFields)
            }
            _ => Err(Why::BadKind),
        }
    }

    fn signal(
        &mut self,
        id: &Id,
        contact: &ContactId,
        kind: &SignalKind,
        at: Instant,
        now: Instant,
    ) -> Result<Answer, Why> {
        if now < at {
            return Err(Why::NowBeforeAt);
        }
        self.refresh()?;
        self.open(contact)?;
        let spec = SignalSpec {
            id: id.with_text(SignalId::new).map_err(|_| Why::BadName)?,
            contact: contact.clone(),
            identity: identity(contact)?,
            kind: self.rules.kind(kind),
            source: None,
            at,
            attributes: Vec::new(),
        };
        let noted = SignalSpec { kind: kind.clone(), ..spec.clone() };
        let signal = self.desk.journey().signal(spec).map_err(|_| Why::BadName)?;
        let observed = self.desk.observe(&signal, now).map_err(|_| Why::IdReused)?;
        let decision = observed.decision().ok_or(Why::IdReused)?;
        if let Some(no) = decision.unadmitted() {
            return Ok(Answer::plain("unadmitted").because(no.reason().as_str()));
        }
        self.noted.admitted(contact, noted, now);
        let Some(rule) = decision.rule() else {
            return Ok(Answer::plain("none"));
        };
        let line = self.rules.line_of(rule).ok_or(Why::BadName)?;
        let emission = format!("{id}#{line}");
        if let Some((_, no)) = decision.refusals().next() {
            return Ok(Answer::plain("refuse").of(emission).because(no.reason().as_str()));
        }
        let mut proof = Vec::new();
        for effect in decision.queued() {
            let key = EventKey::of(contact, signal.id(), rule, effect);
            let event = self.desk.store().outbox().get(key).and_then(|queued| queued.event());
            let cited = event.into_iter().flat_map(|event| event.citations());
            proof.extend(cited.map(|citation| citation.act().clone()));
            self.emissions.insert(digest(&(id, line)), key);
        }
        Ok(Answer::plain("emit").of(emission).proven(Proof::Grants(proof)))
    }

    fn reply(&mut self, act: &ActId, now: Instant) -> Result<Answer, Why> {
        let deny = |reason| Ok(Answer::plain("deny").because(reason));
        let Some(contact) = self.acts.get(act) else {
            return deny("not_answerable");
        };
        let mut gateway = |_: Reply<'_>| Ok::<_, ()>(());
        match self.desk.reply(contact, act, now, &mut gateway).map_err(|_| Why::BadName)? {
            Replied::Sent => Ok(Answer::plain("allow")),
            Replied::AlreadySent => deny("already_sent"),
            Replied::Dropped => deny("dropped"),
            Replied::Refused(no) => deny(no.reason().as_str()),
            Replied::NotAnswerable | Replied::Failed(()) => deny("not_answerable"),
        }
    }

    fn send(&mut self, signal: &Id, rule: &Id, now: Instant) -> Result<Answer, Why> {
        self.refresh()?;
        let deny = |reason| Ok(Answer::plain("deny").because(reason));
        let Some(key) = self.emissions.get(&digest(&(signal, rule))) else {
            return deny("not_queued");
        };
        let mut gateway = |_: Event<'_>| Ok::<_, ()>(());
        match self.desk.dispatch_one(*key, now, &mut gateway).map_err(|_| Why::BadName)? {
            Dispatched::Sent => Ok(Answer::plain("allow")),
            Dispatched::AlreadySent => deny("already_sent"),
            Dispatched::Dropped => deny("dropped"),
            Dispatched::Refused(no) => deny(no.reason().as_str()),
            Dispatched::NotQueued | Dispatched::Failed(()) => deny("not_queued"),
        }
    }

    /// Rules that came in since the last signal take effect.
    fn refresh(&mut self) -> Result<(), Why> {
        if self.rules.changed() {
            let journey = self.rules.journey().map_err(|_| Why::SustainCircle)?;
            self.desk.adopt(journey);
        }
        Ok(())
    }

    /// Opens a contact where it is named first; that alone makes nothing known (S18).
    fn open(&mut self, contact: &ContactId) -> Result<(), Why> {
        let there = self.desk.store().has(contact);
        if there {
            return Ok(());
        }
        self.noted.opened(contact, identity(contact)?);
        self.desk.open(contact.clone(), identity(contact)?).map_err(|_| Why::BadName)
    }
}

/// A stop of a kind; `None` for a pause that would end before it begins.
fn stop_of(kind: StopKind, id: ActId, reach: Reach, at: Instant, recorded: Instant) -> Option<Stop> {
    Some(match kind {
        StopKind::Withdraw => Stop::withdraw(id, reach, at, recorded),
        StopKind::Refuse => Stop::refuse(id, reach, at, recorded),
        StopKind::Object => Stop::object(id, reach, at, recorded),
        StopKind::Restrict => Stop::restrict(id, reach, at, recorded),
        StopKind::Pause(until) => Stop::pause(id, reach, until, at, recorded).ok()?,
        StopKind::Erase => Stop::erase(id, at, recorded),
    })
}

/// The identity that a contact id stands for. Case counts in an id, and not in the wide key of an address: so it is a digest.
fn identity(contact: &ContactId) -> Result<Identity, Why> {
    spelled("id", &contact)
}

fn spelled(kind: &str, id: &impl Hash) -> Result<Identity, Why> {
    let [one, other] = digest(id);
    Identity::of_kind(kind, &format!("{one:016x}{other:016x}")).map_err(|_| Why::BadName)
}

fn is_signal(line: &Line) -> bool {
    matches!(line.says, Says::Signal { .. })
}

/// The same in every run.
fn digest(value: &impl Hash) -> Digest {
    [0_u8, 1].map(|half| {
        let mut hasher = DefaultHasher::new();
        half.hash(&mut hasher);
        value.hash(&mut hasher);
        hasher.finish()
    })
}
