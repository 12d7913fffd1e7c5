//! A history against contacts and a journey, on the public API only. In the neutral format a contact id is one identity,
//! so that every channel answers where the question came from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use placet::{
    Act, ActId, Actor, Ask, Confirm, ContactId, Event, Evidence, Grant, Instant, Journey, Lift, Method,
    Notice, Person, QueuedEvent, SignalId, SignalSpec, Stop,
    consent::{NoReply, NoticeId, NoticeVersion},
    name::SignalKind,
};
use serde::Serialize;

use super::persons::{Persons, identity};
use super::read::{Id, Line, Says, Why, read};
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
    id: Option<Id>,
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
    /// Whose act each is.
    acts: BTreeMap<ActId, ContactId>,
    /// The acts whose reply was sent, or else refused.
    replies: BTreeMap<ActId, bool>,
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
        let (acts, replies) = (BTreeMap::new(), BTreeMap::new());
        Ok(Runner { bare, line: 0, ids, persons, rules, journey, emissions, acts, replies, notice })
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
                let stop = kind.stop(line.id.clone(), reach.clone(), *at, recorded);
                let stop = stop.ok_or(Why::UntilNotAfterAt)?.about(identity(contact)?);
                let stop = if *only { stop.only(identity(contact)?) } else { stop };
                self.acts.insert(line.id.clone(), contact.clone());
                let contact = self.open(contact)?;
                self.persons.stop(contact, &stop);
            }
            Says::Void { contact, at, act } => {
                let void = Stop::void(line.id.clone(), act.clone(), *at, line.recorded.unwrap_or(*at));
                let contact = self.open(contact)?;
                self.persons.stop(contact, &void);
            }
            Says::Grant { contact, .. } | Says::Confirm { contact, .. } | Says::Lift { contact, .. } => {
                let go = self.go(line)?;
                self.acts.insert(line.id.clone(), contact.clone());
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
            Says::Send { signal, rule, now } => return self.send(signal, rule, *now).map(Some),
            Says::Reply { act, now } => return Ok(Some(self.reply(act, *now))),
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
        let number = self.open(contact)?;
        let held = self.persons.held(number);
        let spec = SignalSpec {
            id: id.with_text(SignalId::new).map_err(|_| Why::BadName)?,
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
        let line = self.rules.line_of(rule).ok_or(Why::BadName)?;
        let emission = format!("{id}#{line}");
        if let Some((_, no)) = decision.refusals().next() {
            return Ok(Answer::plain("refuse").of(emission).because(no.reason().as_str()));
        }
        let mut proof = Vec::new();
        for event in queued {
            proof.extend(event.citations().map(|citation| citation.act().clone()));
            self.emissions.insert(digest(&(id, line)), Emission::Queued(Box::new((number, event))));
        }
        Ok(Answer::plain("emit").of(emission).proven(Proof::Grants(proof)))
    }

    fn reply(&mut self, act: &ActId, now: Instant) -> Answer {
        let deny = |reason| Answer::plain("deny").because(reason);
        let contact = self.acts.get(act).and_then(|contact| self.persons.find(contact));
        let Some(contact) = contact else {
            return deny("not_answerable");
        };
        match self.replies.get(act) {
            Some(true) => return deny("already_sent"),
            Some(false) => return deny("dropped"),
            None => {}
        }
        let act_of = |contact: usize| self.persons.contacts.get(contact)?.ledger().act(act);
        let scope = act_of(contact).and_then(|act| act.reach().and_then(placet::Reach::narrow));
        let Some(contact) = self.persons.told(contact, scope.as_ref()) else {
            return deny("not_answerable");
        };
        match contact.ledger().reply(act, now) {
            Ok(_) => {
                self.replies.insert(act.clone(), true);
                Answer::plain("allow")
            }
            Err(NoReply::Refused(no)) => {
                self.replies.insert(act.clone(), false);
                deny(no.reason().as_str())
            }
            Err(_) => deny("not_answerable"),
        }
    }

    fn send(&mut self, signal: &Id, rule: &Id, now: Instant) -> Result<Answer, Why> {
        self.refresh()?;
        Ok(self.send_by(signal, rule, now))
    }

    fn send_by(&mut self, signal: &Id, rule: &Id, now: Instant) -> Answer {
        let deny = |reason| Answer::plain("deny").because(reason);
        let Some(emission) = self.emissions.get_mut(&digest(&(signal, rule))) else {
            return deny("not_queued");
        };
        let (contact, event) = match emission {
            Emission::Queued(queued) => &**queued,
            Emission::Sent => return deny("already_sent"),
            Emission::Dropped => return deny("dropped"),
        };
        let scopes = event.citations().map(|citation| citation.scope()).chain(self.rules.sustained());
        let held = self.persons.held(*contact);
        let Some(contact) = self.persons.told(*contact, scopes) else {
            return deny("not_queued");
        };
        let gateway = |_: Event<'_>| Emission::Sent;
        let person = Person::joined(contact, &[], held.as_ref());
        let released = self.journey.release(event.clone(), person, now).into_result().map(gateway);
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
