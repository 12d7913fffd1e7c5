//! A history against a `Book`, on the public API only. In the neutral format a contact id is one identity, so
//! that every channel answers where the question came from.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use placet::{
    Act, ActId, Actor, Ask, Book, Confirm, ContactId, Dispatched, Event, EventKey, Evidence, Grant, Identity,
    Instant, Lift, Method, Name, Notice, NoticeId, NoticeVersion, Observed, RuleName, SignalId, SignalKind,
    SignalSpec, Stage, Stop,
};
use serde_json::{Value, json};

use super::read::{Line, Says, StopKind, Why, read};
use super::rules::Rules;

/// The answer to one line.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// What to write, if the line asks or is rejected.
    pub(crate) answer: Option<Value>,
    /// Why the run ends here.
    pub(crate) rejected: Option<Why>,
}

/// A history on its way.
pub(crate) struct Runner {
    bare: bool,
    line: u64,
    /// Ids of lines, each with a digest of its content (S2).
    ids: HashMap<Name, u64>,
    book: Book,
    rules: Rules,
    queued: HashMap<(SignalId, RuleName), EventKey>,
    notice: Notice,
}

/// What is said to a line that asks.
struct Said {
    decision: Cow<'static, str>,
    emission: Option<String>,
    detail: Option<(&'static str, Value)>,
}

impl Said {
    fn plain(decision: impl Into<Cow<'static, str>>) -> Said {
        Said { decision: decision.into(), emission: None, detail: None }
    }

    fn because(self, reason: &str) -> Said {
        Said { detail: Some(("reason", reason.into())), ..self }
    }

    fn proven(self, proof: Value) -> Said {
        Said { detail: Some(("proof", proof)), ..self }
    }

    fn of(self, emission: String) -> Said {
        Said { emission: Some(emission), ..self }
    }
}

impl Runner {
    /// A runner that has read nothing; `bare` leaves out reasons and proofs.
    pub(crate) fn new(bare: bool) -> Result<Runner, Box<dyn std::error::Error>> {
        let mut rules = Rules::new()?;
        let book = Book::new(rules.journey()?);
        let notice = Notice::new(NoticeId::new("notice")?, NoticeVersion::new("1")?);
        Ok(Runner { bare, line: 0, ids: HashMap::new(), book, rules, queued: HashMap::new(), notice })
    }

    /// Answers the next line.
    pub(crate) fn line(&mut self, text: &[u8]) -> Answered {
        self.line = self.line.saturating_add(1);
        match read(text).and_then(|line| line.map_or(Ok(None), |line| self.take(&line))) {
            Ok(answer) => Answered { answer, rejected: None },
            Err(why) => {
                let answer = Some(json!({"line": self.line, "rejected": why.as_str()}));
                Answered { answer, rejected: Some(why) }
            }
        }
    }

    fn take(&mut self, line: &Line) -> Result<Option<Value>, Why> {
        let mut hasher = DefaultHasher::new();
        line.hash(&mut hasher);
        let digest = hasher.finish();
        match self.ids.get(&line.id) {
            Some(there) if *there == digest => return Ok(None),
            Some(_) => return Err(Why::IdReused),
            None => {}
        }
        let said = self.say(line)?;
        // An unadmitted signal leaves no trace, not even its id (S26).
        if said.as_ref().is_none_or(|said| said.decision != "unadmitted" || !is_signal(line)) {
            self.ids.insert(line.id.clone(), digest);
        }
        Ok(said.map(|said| {
            let mut answer = json!({"line": self.line, "id": line.id, "decision": said.decision});
            if let Value::Object(fields) = &mut answer {
                fields.extend(said.emission.map(|emission| ("emission".to_owned(), emission.into())));
                let detail = said.detail.filter(|_| !self.bare);
                fields.extend(detail.map(|(name, value)| (name.to_owned(), value)));
            }
            answer
        }))
    }

    fn say(&mut self, line: &Line) -> Result<Option<Said>, Why> {
        match &line.says {
            Says::Grant { .. } | Says::Confirm { .. } | Says::Stop { .. } | Says::Lift { .. } => {
                self.act(line)?
            }
            Says::Link { contact, key } => {
                self.known(contact)?;
                let key = Identity::of_kind("key", key.as_str()).map_err(|_| Why::BadName)?;
                self.book.link(contact, key).map_err(|_| Why::BadName)?;
            }
            Says::Merge { from, into } => {
                self.known(from)?;
                self.known(into)?;
                self.book.merge(from, into).map_err(|_| Why::BadName)?;
            }
            Says::Rule { .. } | Says::Admission { .. } => self.rules.add(line),
            Says::Sustain { .. } => {
                self.rules.add(line);
                self.book.adopt(self.rules.journey().map_err(|_| Why::SustainCircle)?);
            }
            Says::Signal { contact, at, kind, now } => {
                return self.signal(&line.id, contact, kind, *at, *now).map(Some);
            }
            Says::Ask { contact, scope, now } => {
                let Some(held) = self.book.contact(contact) else {
                    return Ok(Some(Said::plain("deny").because("unknown_contact")));
                };
                let ask = Ask::new(scope.clone(), identity(contact)?);
                return Ok(Some(match held.ledger().permit(&ask, *now) {
                    Ok(permit) => Said::plain("allow").proven(permit.cite().act().as_str().into()),
                    Err(no) => Said::plain("deny").because(no.reason().as_str()),
                }));
            }
            Says::Send { signal, rule, now } => return Ok(Some(self.send(signal, rule, *now))),
            Says::Stage { contact, now } => {
                self.known(contact)?;
                let stage = match now {
                    None => self.book.held_stage(contact),
                    Some(now) => {
                        self.refresh()?;
                        self.book.stands_at(contact, Some(&identity(contact)?), *now)
                    }
                };
                let stage = stage.as_ref().map_or("none", Stage::as_str);
                return Ok(Some(Said::plain(stage.to_owned())));
            }
        }
        Ok(None)
    }

    fn act(&mut self, line: &Line) -> Result<(), Why> {
        let id = ActId::from(line.id.clone());
        let own = || Evidence::new(Actor::Person, Method::AccountSetting).shown(self.notice.clone());
        // When the line was written down is not said; the ledger lifts it to the line above.
        let (contact, act): (&ContactId, Act) = match &line.says {
            Says::Grant { contact, at, scope, until, confirm_by } => {
                let grant = Grant::new(id, scope.clone(), identity(contact)?, own(), *at, *at);
                let grant = grant.map_err(|_| Why::BadFields)?;
                let grant = until.map_or(Ok(grant.clone()), |until| grant.until(until));
                let grant = grant.map_err(|_| Why::UntilNotAfterAt)?;
                let grant = confirm_by.map_or(Ok(grant.clone()), |before| grant.confirm_by(before));
                (contact, grant.map_err(|_| Why::ConfirmByNotAfterAt)?.into())
            }
            Says::Confirm { contact, at, grant } => {
                let confirm = Confirm::new(id, grant.clone(), identity(contact)?, own(), *at, *at);
                (contact, confirm.map_err(|_| Why::BadFields)?.into())
            }
            Says::Lift { contact, at, restriction, scope } => {
                let (scope, identity) = (scope.clone(), identity(contact)?);
                let lift = if *restriction {
                    let told = Evidence::new(Actor::Controller, Method::Paper).shown(self.notice.clone());
                    Lift::unrestrict(id, scope, identity, told, *at, *at)
                } else {
                    Lift::unobject(id, scope, identity, own(), *at, *at)
                };
                (contact, lift.map_err(|_| Why::BadFields)?.into())
            }
            Says::Stop { contact, at, kind, reach } => {
                let (at, reach) = (*at, reach.clone());
                let stop = match kind {
                    StopKind::Withdraw => Stop::withdraw(id, reach, at, at),
                    StopKind::Refuse => Stop::refuse(id, reach, at, at),
                    StopKind::Object => Stop::object(id, reach, at, at),
                    StopKind::Restrict => Stop::restrict(id, reach, at, at),
                    StopKind::Erase => Stop::erase(id, at, at),
                };
                (contact, stop.into())
            }
            _ => return Ok(()),
        };
        self.known(contact)?;
        self.book.append(contact, act).map(drop).map_err(|_| Why::IdReused)
    }

    fn signal(
        &mut self,
        id: &Name,
        contact: &ContactId,
        kind: &SignalKind,
        at: Instant,
        now: Instant,
    ) -> Result<Said, Why> {
        if now < at {
            return Err(Why::NowBeforeAt);
        }
        self.known(contact)?;
        self.refresh()?;
        let kind = self.rules.kind(kind);
        let (identity, source, attributes) = (identity(contact)?, None, Vec::new());
        let id = SignalId::from(id.clone());
        let spec =
            SignalSpec { id: id.clone(), contact: contact.clone(), identity, kind, source, at, attributes };
        let signal = self.book.journey().signal(spec).map_err(|_| Why::BadName)?;
        let observed = self.book.observe(&signal, now).map_err(|_| Why::IdReused)?;
        let Observed::Decided(decision) = observed else {
            return Err(Why::IdReused);
        };
        if let Some(no) = decision.unadmitted() {
            return Ok(Said::plain("unadmitted").because(no.reason().as_str()));
        }
        let Some(rule) = decision.rule() else {
            return Ok(Said::plain("none"));
        };
        let emission = format!("{id}#{rule}");
        if let Some((_, no)) = decision.refusals().next() {
            return Ok(Said::plain("refuse").of(emission).because(no.reason().as_str()));
        }
        let effect = decision.queued().next();
        let key = effect.map(|effect| EventKey::of(contact, &id, rule, effect));
        let queued = key.and_then(|key| self.book.outbox().get(key));
        let proof = queued.and_then(|queued| queued.event()).map(|event| {
            let acts = event.citations().map(|citation| citation.act().as_str());
            Value::from(acts.collect::<Vec<_>>())
        });
        self.queued.extend(key.map(|key| ((id, rule.clone()), key)));
        Ok(Said::plain("emit").of(emission).proven(proof.unwrap_or_default()))
    }

    fn send(&mut self, signal: &SignalId, rule: &RuleName, now: Instant) -> Said {
        let Some(key) = self.queued.get(&(signal.clone(), rule.clone())) else {
            return Said::plain("deny").because("not_queued");
        };
        let mut take = |_: Event<'_>| Ok::<(), std::convert::Infallible>(());
        let reason = match self.book.dispatch_one(*key, now, &mut take) {
            Dispatched::Sent => return Said::plain("allow"),
            Dispatched::Refused(no) => no.reason().as_str(),
            Dispatched::AlreadySent => "already_sent",
            Dispatched::Dropped => "dropped",
            Dispatched::NotQueued | Dispatched::Failed(_) => "not_queued",
        };
        Said::plain("deny").because(reason)
    }

    /// Rules that came in since the last signal take effect.
    fn refresh(&mut self) -> Result<(), Why> {
        if self.rules.changed() {
            self.book.adopt(self.rules.journey().map_err(|_| Why::SustainCircle)?);
        }
        Ok(())
    }

    /// Opens a contact where it is named first; that alone makes nothing known (S18).
    fn known(&mut self, contact: &ContactId) -> Result<(), Why> {
        if self.book.contact(contact).is_none() {
            self.book.open(contact.clone(), identity(contact)?).map_err(|_| Why::BadName)?;
        }
        Ok(())
    }
}

fn is_signal(line: &Line) -> bool {
    matches!(line.says, Says::Signal { .. })
}

/// The identity that a contact id stands for.
fn identity(contact: &ContactId) -> Result<Identity, Why> {
    Identity::of_kind("id", contact.as_str()).map_err(|_| Why::BadName)
}
