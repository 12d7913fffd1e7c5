//! A history against contacts and a journey, on the public API only. In the neutral format a contact id is one identity,
//! so that every channel answers where the question came from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use placet::{
    Act, ActId, Actor, Ask, Confirm, ContactId, Event, Evidence, Grant, Instant, Journey, Lift, Method, Name,
    Notice, NoticeId, NoticeVersion, Person, QueuedEvent, RuleName, Scope, SignalId, SignalKind, SignalSpec,
};
use serde::Serialize;

use super::persons::{Persons, identity};
use super::read::{Line, Says, Why, read};
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
    id: Option<Name>,
    line: u64,
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

/// What became of an emission.
enum Emission {
    Queued(Box<(usize, QueuedEvent)>),
    Sent,
    Dropped,
}

/// A history on its way.
pub(crate) struct Runner {
    bare: bool,
    line: u64,
    /// Ids of lines, as digests, each with a digest of its content (S2).
    ids: BTreeMap<Digest, u64>,
    persons: Persons,
    rules: Rules,
    journey: Journey,
    emissions: BTreeMap<Digest, Emission>,
    notice: Notice,
}

/// What stands for a name, or for two. Of a million names two have one digest less often than once in 10^26 histories.
type Digest = [u64; 2];

impl Runner {
    /// A runner that has read nothing; `bare` leaves out reasons and proofs.
    pub(crate) fn new(bare: bool) -> Result<Runner, Box<dyn std::error::Error>> {
        let mut rules = Rules::new()?;
        let (journey, persons) = (rules.journey()?, Persons::default());
        let notice = Notice::new(NoticeId::new("notice")?, NoticeVersion::new("1")?);
        let (ids, emissions) = (BTreeMap::new(), BTreeMap::new());
        Ok(Runner { bare, line: 0, ids, persons, rules, journey, emissions, notice })
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
        let (id, [content, _]) = (digest(&line.id), digest(line));
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
            Says::Stop { contact, at, kind, reach } => {
                let contact = self.open(contact)?;
                self.persons.stop(contact, *kind, line.id.clone().into(), reach, *at);
            }
            Says::Grant { contact, .. } | Says::Confirm { contact, .. } | Says::Lift { contact, .. } => {
                let go = self.go(line)?;
                let contact = self.open(contact)?;
                self.persons.append(contact, go).map_err(|_| Why::IdReused)?;
            }
            Says::Link { contact, key } => {
                let contact = self.open(contact)?;
                self.persons.link(contact, key);
            }
            Says::Merge { from, into } => {
                let (from, into) = (self.open(from)?, self.open(into)?);
                self.persons.merge(from, into, |stage| self.rules.rank(stage));
            }
            Says::Rule { .. } | Says::Admission { .. } | Says::Sustain { .. } => self.rules.add(line)?,
            Says::Signal { contact, at, kind, now } => {
                return self.signal(&line.id, contact, kind, *at, *now).map(Some);
            }
            Says::Ask { contact, scope, now } => {
                let ask = Ask::new(scope.clone(), identity(contact)?);
                let contact = self.persons.find(contact);
                let contact = contact.and_then(|contact| self.persons.told(contact, [scope]));
                let Some(contact) = contact else {
                    return Ok(Some(Answer::plain("deny").because("unknown_contact")));
                };
                return Ok(Some(match contact.ledger().permit(&ask, *now) {
                    Ok(permit) => Answer::plain("allow").proven(Proof::Grant(permit.cite().act().clone())),
                    Err(no) => Answer::plain("deny").because(no.reason().as_str()),
                }));
            }
            Says::Send { signal, rule, now } => return Ok(Some(self.send(signal, rule, *now))),
            Says::Stage { contact, now } => {
                let number = self.open(contact)?;
                let held = self.persons.held(number);
                let stage = match now {
                    None => held,
                    Some(now) => {
                        self.refresh()?;
                        let told = self.persons.told(number, self.rules.sustained());
                        let person = told.map(|contact| Person::joined(contact, &[], held.as_ref()));
                        let own = identity(contact)?;
                        let stands = |person| self.journey.stands_at_for(person, Some(&own), *now);
                        person.and_then(stands).cloned()
                    }
                };
                return Ok(Some(Answer::plain(stage.map_or("none".to_owned(), |stage| stage.to_string()))));
            }
        }
        Ok(None)
    }

    /// A line that can permit, as an act.
    fn go(&self, line: &Line) -> Result<Act, Why> {
        let id = ActId::from(line.id.clone());
        let own = || Evidence::new(Actor::Person, Method::AccountSetting).shown(self.notice.clone());
        // When the line was written down is not said; the ledger lifts it to the line above.
        match &line.says {
            Says::Grant { contact, at, scope, until, confirm_by } => {
                let grant = Grant::new(id, scope.clone(), identity(contact)?, own(), *at, *at);
                let mut grant = grant.map_err(|_| Why::BadFields)?;
                if let Some(until) = until {
                    grant = grant.until(*until).map_err(|_| Why::UntilNotAfterAt)?;
                }
                if let Some(before) = confirm_by {
                    grant = grant.confirm_by(*before).map_err(|_| Why::ConfirmByNotAfterAt)?;
                }
                Ok(grant.into())
            }
            Says::Confirm { contact, at, grant } => {
                let confirm = Confirm::new(id, grant.clone(), identity(contact)?, own(), *at, *at);
                confirm.map(Act::from).map_err(|_| Why::BadFields)
            }
            Says::Lift { contact, at, restriction: true, scope } => {
                let told = Evidence::new(Actor::Controller, Method::Paper).shown(self.notice.clone());
                let lift = Lift::unrestrict(id, scope.clone(), identity(contact)?, told, *at, *at);
                lift.map(Act::from).map_err(|_| Why::BadFields)
            }
            Says::Lift { contact, at, restriction: false, scope } => {
                let lift = Lift::unobject(id, scope.clone(), identity(contact)?, own(), *at, *at);
                lift.map(Act::from).map_err(|_| Why::BadFields)
            }
            _ => Err(Why::BadKind),
        }
    }

    fn signal(
        &mut self,
        id: &Name,
        contact: &ContactId,
        kind: &SignalKind,
        at: Instant,
        now: Instant,
    ) -> Result<Answer, Why> {
        if now < at {
            return Err(Why::NowBeforeAt);
        }
        self.refresh()?;
        let number = self.open(contact)?;
        let held = self.persons.held(number);
        let spec = SignalSpec {
            id: SignalId::from(id.clone()),
            contact: contact.clone(),
            identity: identity(contact)?,
            kind: self.rules.kind(kind),
            source: None,
            at,
            attributes: Vec::new(),
        };
        let signal = self.journey.signal(spec).map_err(|_| Why::BadName)?;
        let told = self.persons.told(number, self.rules.asked(kind)).ok_or(Why::BadName)?;
        let person = Person::joined(told, &[], held.as_ref());
        let decision = self.journey.decide(person, &signal, now).map_err(|_| Why::NowBeforeAt)?;
        let queued = decision.commit(told).map_err(|_| Why::IdReused)?;
        if let Some(moved) = decision.transition() {
            self.persons.hold(number, moved.to().cloned());
        }
        if let Some(no) = decision.unadmitted() {
            return Ok(Answer::plain("unadmitted").because(no.reason().as_str()));
        }
        let Some(rule) = decision.rule() else {
            return Ok(Answer::plain("none"));
        };
        let emission = format!("{id}#{rule}");
        if let Some((_, no)) = decision.refusals().next() {
            return Ok(Answer::plain("refuse").of(emission).because(no.reason().as_str()));
        }
        let mut proof = Vec::new();
        for event in queued {
            proof.extend(event.citations().map(|citation| citation.act().clone()));
            self.emissions.insert(digest(&(id, rule.name())), Emission::Queued(Box::new((number, event))));
        }
        Ok(Answer::plain("emit").of(emission).proven(Proof::Grants(proof)))
    }

    fn send(&mut self, signal: &SignalId, rule: &RuleName, now: Instant) -> Answer {
        let deny = |reason| Answer::plain("deny").because(reason);
        let Some(emission) = self.emissions.get_mut(&digest(&(signal.name(), rule.name()))) else {
            return deny("not_queued");
        };
        let (contact, event) = match emission {
            Emission::Queued(queued) => &**queued,
            Emission::Sent => return deny("already_sent"),
            Emission::Dropped => return deny("dropped"),
        };
        let scopes: Vec<&Scope> = event.citations().map(|citation| citation.scope()).collect();
        let Some(contact) = self.persons.told(*contact, scopes) else {
            return deny("not_queued");
        };
        let gateway = |_: Event<'_>| Emission::Sent;
        let released = event.clone().release(&*contact, now).map(gateway);
        match released {
            Ok(sent) => {
                *emission = sent;
                Answer::plain("allow")
            }
            Err(no) => {
                *emission = Emission::Dropped;
                deny(no.reason().as_str())
            }
        }
    }

    /// Rules that came in since the last signal take effect.
    fn refresh(&mut self) -> Result<(), Why> {
        if self.rules.changed() {
            self.journey = self.rules.journey().map_err(|_| Why::SustainCircle)?;
        }
        Ok(())
    }

    fn open(&mut self, contact: &ContactId) -> Result<usize, Why> {
        self.persons.open(contact, self.journey.vocabulary())
    }
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
