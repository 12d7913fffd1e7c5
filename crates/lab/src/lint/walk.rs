//! A history as it is being made up: one contact, what it consents to, and the signals it gives, run by the engine.

use std::collections::{BTreeMap, BTreeSet};

use placet::journey::plan::Check;
use placet::{
    Act, Actor, Channel, Confirm, Contact, ContactId, Decision, Entry, Evidence, Grant, Identity, Instant,
    Journey, Method, Notice, Purpose, Reach, Recipient, Scope, Signal, SignalSpec, Stage, Stop,
    consent::ActKind,
    entry::{Admitted, Body},
    identity::IdentityKind,
    journey::guard::Queued,
    name::{EffectName, SELF, TimeDelta},
    signal::{Attribute, Value},
};

use super::solve::Choice;
use super::value::Carried;
use super::world::Whose;

/// What is granted: of each scope, for which identities.
pub(super) type Granted = BTreeMap<Scope, BTreeSet<Identity>>;

/// Between an act and the next, and before the signal that follows; shorter where a window is short.
pub(super) const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// A signal, and what is permitted when it arrives.
#[derive(Debug, Clone)]
pub(super) struct Play {
    pub(super) kind: u16,
    pub(super) arrival: Identity,
    pub(super) granted: Granted,
    pub(super) attributes: Vec<Attribute>,
    /// How long after it happened it is handled.
    pub(super) late: TimeDelta,
}

/// A made-up history, and the contact as the engine left it.
#[derive(Debug)]
pub(super) struct Walk<'j> {
    journey: &'j Journey,
    contact: Contact,
    history: Vec<Entry>,
    start: Instant,
    pub(super) now: Instant,
    pub(super) tick: TimeDelta,
    granted: Granted,
    /// When the admitted signals of each kind happened.
    past: BTreeMap<u16, Vec<Instant>>,
    /// What was queued, for which purpose and when.
    queued: Vec<(EffectName, Purpose, Instant)>,
    /// What was played, each from when on.
    plays: Vec<(Instant, TimeDelta, Play)>,
    /// Something was tried that led to nothing.
    strayed: bool,
}

impl<'j> Walk<'j> {
    /// Somebody of whom nothing is known, at an instant.
    pub(super) fn new(journey: &'j Journey, start: Instant) -> Option<Walk<'j>> {
        let contact = ContactId::new("c-1").ok()?;
        let first = sample(&IdentityKind::Email, 0)?;
        let history = vec![Entry::new(contact.clone(), Body::Opened(first.clone().into()))];
        let contact = Contact::open(contact, first, journey.vocabulary());
        Some(Walk {
            journey,
            contact,
            history,
            start,
            now: start,
            tick: MINUTE,
            granted: Granted::new(),
            past: BTreeMap::new(),
            queued: Vec::new(),
            plays: Vec::new(),
            strayed: false,
        })
    }

    /// How many signals it has.
    pub(super) fn length(&self) -> usize {
        self.plays.len()
    }

    /// Without what was tried in between and led to nothing.
    pub(super) fn straightened(self) -> Option<Walk<'j>> {
        if self.strayed { self.again() } else { Some(self) }
    }

    /// The same again.
    pub(super) fn again(&self) -> Option<Walk<'j>> {
        let mut walk = Walk::new(self.journey, self.start)?;
        walk.follow(self)?;
        Some(walk)
    }

    /// Plays what another walk did, from now on.
    pub(super) fn follow(&mut self, other: &Walk<'j>) -> Option<()> {
        let shift = self.now.since(other.start);
        for (now, tick, play) in &other.plays {
            self.now = now.checked_add(shift)?;
            self.tick = *tick;
            let decision = self.decide(play)?;
            self.take(play, &decision)?;
        }
        self.tick = MINUTE;
        Some(())
    }

    pub(super) fn history(&self) -> Vec<Entry> {
        self.history.clone()
    }

    pub(super) fn granted(&self) -> &Granted {
        &self.granted
    }

    pub(super) fn held(&self) -> Option<Stage> {
        self.contact.held_stage()
    }

    /// How many signals of a kind were admitted.
    pub(super) fn admitted(&self, kind: u16) -> u32 {
        self.past.get(&kind).map_or(0, |past| u32::try_from(past.len()).unwrap_or(u32::MAX))
    }

    /// When the next signal would be handled: after a minute for what is withdrawn, one for what is granted.
    pub(super) fn moment(&self) -> Option<Instant> {
        self.now.checked_add(self.tick)?.checked_add(self.tick)?.checked_add(self.tick)
    }

    /// Whether a count or recency holds for a signal that is handled next.
    pub(super) fn settles(&self, check: &Check, on: u16, late: TimeDelta) -> bool {
        let Some(now) = self.moment() else {
            return false;
        };
        if let Check::Queued(queued) = check {
            return self.queued(queued, now) >= queued.at_least;
        }
        if let Check::Unanswered { kind, by } = check {
            let latest = |kind: &u16| self.past.get(kind).and_then(|past| past.iter().max());
            let answered = by.iter().filter_map(latest).max();
            return latest(kind).is_some_and(|asked| answered.is_none_or(|answered| answered < asked));
        }
        let (Check::Count { kind, .. } | Check::Recency { kind, .. } | Check::NotOlderThan { kind }) = check
        else {
            return false;
        };
        let past = self.past.get(kind).map(Vec::as_slice).unwrap_or_default();
        let after = |within: TimeDelta| now.checked_sub(within);
        match check {
            Check::Count { at_least, within: None, .. } => {
                self.admitted(*kind).saturating_add(u32::from(*kind == on)) >= *at_least
            }
            Check::Count { at_least, within: Some(within), .. } => {
                let after = after(*within);
                let this = (*kind == on).then(|| now.checked_sub(late)).flatten();
                let inside = |at: &&Instant| **at <= now && after.is_none_or(|after| **at > after);
                let count = past.iter().chain(&this).filter(inside).count();
                u32::try_from(count).unwrap_or(u32::MAX) >= *at_least
            }
            Check::Recency { within, .. } => {
                let after = after(*within);
                past.iter().any(|at| after.is_none_or(|after| *at > after))
            }
            Check::NotOlderThan { .. } => {
                let this = now.checked_sub(late);
                past.iter().max().is_none_or(|latest| this.is_some_and(|this| this >= *latest))
            }
            _ => false,
        }
    }

    /// How many events were queued by now.
    fn queued(&self, of: &Queued, now: Instant) -> u32 {
        let after = of.within.and_then(|within| now.checked_sub(within.as_delta()));
        let counts = |(effect, purpose, at): &&(EffectName, Purpose, Instant)| {
            of.effect.as_ref().is_none_or(|counted| counted == effect)
                && of.purpose.as_ref().is_none_or(|counted| counted == purpose)
                && (of.within.is_none() || *at <= now && after.is_none_or(|after| *at > after))
        };
        u32::try_from(self.queued.iter().filter(counts).count()).unwrap_or(u32::MAX)
    }

    /// Grants this and nothing else: what is not in it is withdrawn.
    pub(super) fn permit(&mut self, wanted: &Granted) -> Option<()> {
        let first = self.now.checked_add(self.tick)?;
        let then = first.checked_add(self.tick)?;
        let none = BTreeSet::new();
        let mut granted = std::mem::take(&mut self.granted);
        granted.retain(|scope, identities| {
            let stays = identities.is_subset(wanted.get(scope).unwrap_or(&none));
            if !stays {
                let stop = Stop::withdraw(self.act_id(), Reach::from(scope.clone()), first, first);
                self.act(stop.into());
            }
            stays
        });
        self.granted = granted;
        for (scope, identities) in wanted {
            for identity in identities {
                if !self.granted.get(scope).is_some_and(|there| there.contains(identity)) {
                    self.link(identity);
                    let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(self.notice()?);
                    let id = self.act_id();
                    let grant = Grant::new(id, scope.clone(), identity.clone(), evidence, then, then).ok()?;
                    self.act(grant.into());
                    self.granted.entry(scope.clone()).or_default().insert(identity.clone());
                }
            }
        }
        Some(())
    }

    /// The contact is erased.
    pub(super) fn erase(&mut self) -> Option<()> {
        let at = self.now.checked_add(self.tick)?;
        let stop = Stop::erase(self.act_id(), at, at);
        self.act(stop.into());
        self.now = at;
        Some(())
    }

    /// What the engine decides about a signal, once what it is to find permitted is. Nothing of the signal is kept yet.
    pub(super) fn decide(&mut self, play: &Play) -> Option<Decision<'static>> {
        self.link(&play.arrival);
        self.permit(&play.granted)?;
        let signal = match self.journey.plan().kind(play.kind)?.act() {
            Some(act) => self.does(act, play)?,
            None => self.journey.signal(self.spec(play)?).ok()?,
        };
        Some(self.journey.decide(&self.contact, &signal, self.moment()?).ok()?.into_owned())
    }

    /// Keeps what was decided last.
    pub(super) fn take(&mut self, play: &Play, decision: &Decision<'_>) -> Option<()> {
        let spec = decision.signal().spec().clone();
        let (at, now) = (spec.at, decision.now());
        for event in decision.commit(&mut self.contact).ok()? {
            let purpose = event.citations().next()?.scope().purpose().clone();
            self.queued.push((event.effect().clone(), purpose, now));
        }
        if decision.unadmitted().is_none() {
            self.past.entry(play.kind).or_default().push(at);
        }
        self.note(Body::Signal(Admitted::new(spec, now)));
        self.plays.push((self.now, self.tick, play.clone()));
        self.now = now;
        Some(())
    }

    /// Gives up what was decided last; what was permitted for it is as it is.
    pub(super) fn leave(&mut self) -> Option<()> {
        self.now = self.now.checked_add(self.tick)?.checked_add(self.tick)?;
        self.strayed = true;
        Some(())
    }

    fn spec(&self, play: &Play) -> Option<SignalSpec> {
        let kind = self.journey.plan().kind(play.kind)?;
        let id = format!("s-{}", self.plays.len().saturating_add(1));
        Some(SignalSpec {
            id: id.parse().ok()?,
            contact: self.contact.id().clone(),
            identity: play.arrival.clone(),
            kind: kind.name().clone().into(),
            source: None,
            at: self.moment()?.checked_sub(play.late)?,
            attributes: play.attributes.clone(),
        })
    }

    /// The act that a rule fires on, for the scope that was chosen, and the signal that tells of it.
    fn does(&mut self, act: ActKind, play: &Play) -> Option<Signal> {
        let scope = self.scope(play)?;
        let at = self.moment()?.checked_sub(play.late)?;
        let evidence = Evidence::new(Actor::Person, Method::UntickedBox).shown(self.notice()?);
        let (id, whose) = (self.act_id(), play.arrival.clone());
        let grant = Grant::new(id.clone(), scope.clone(), whose.clone(), evidence.clone(), at, at).ok()?;
        let done = if act == ActKind::Confirm {
            self.act(grant.confirm_by(at.checked_add(TimeDelta::days(1))?).ok()?.into());
            let confirm = self.act_id();
            self.act(Confirm::new(confirm.clone(), id, whose, evidence, at, at).ok()?.into());
            confirm
        } else {
            self.act(grant.into());
            id
        };
        self.granted.entry(scope).or_default().insert(play.arrival.clone());
        self.journey.signal_of(&self.contact, &done)
    }

    /// What is given: what was chosen, and the first of the catalogue for what was not.
    fn scope(&self, play: &Play) -> Option<Scope> {
        let catalogue = &self.journey.spec().catalogue;
        let chosen = |part: &str| {
            let carried = play.attributes.iter().find(|carried| carried.name.as_str() == part);
            carried.and_then(|carried| match &carried.value {
                Value::Text(name) => Some(name.clone()),
                _ => None,
            })
        };
        let purpose = chosen("purpose").map(Purpose::from).or_else(|| catalogue.purposes.first().cloned())?;
        let channel = chosen("channel").map(Channel::from);
        let channel = channel.or_else(|| Some(catalogue.channels.first()?.name.clone()))?;
        Some(Scope::new(purpose, channel, chosen("recipient").map_or(SELF, Recipient::from)))
    }

    fn note(&mut self, body: Body) {
        self.history.push(Entry::new(self.contact.id().clone(), body));
    }

    fn act(&mut self, act: Act) {
        if self.contact.append(act.clone()).is_ok() {
            self.note(Body::Act(act));
        }
    }

    fn act_id(&self) -> placet::ActId {
        let number = self.contact.ledger().version().saturating_add(1);
        placet::name::Name::new(&format!("a-{number}")).unwrap_or(placet::name::SELF.name().clone()).into()
    }

    /// The first notice of the catalogue; one that is made up where it has none.
    fn notice(&self) -> Option<Notice> {
        match self.journey.spec().catalogue.notices.first() {
            Some(notice) => Some(Notice::new(notice.id.clone(), notice.version.clone())),
            None => Some(Notice::new("notice".parse().ok()?, "1".parse().ok()?)),
        }
    }

    fn link(&mut self, identity: &Identity) {
        if self.contact.link(identity.clone()) {
            self.note(Body::Linked(identity.clone()));
        }
    }
}

/// A made-up identity of a kind: the first, the second.
pub(super) fn sample(kind: &IdentityKind, nth: usize) -> Option<Identity> {
    let of = |first: &'static str, second: &'static str| if nth == 0 { first } else { second };
    let identity = match kind {
        IdentityKind::Email => Identity::email(of("ada@example.org", "ada@example.net")),
        IdentityKind::Phone => Identity::phone(of("+3225550100", "+3225550101")),
        IdentityKind::Account(network) => Identity::account(network.clone(), of("ada", "ada.two")),
        IdentityKind::Erased => Identity::parse(&format!("erased:{}", of("0", "1").repeat(32))),
        IdentityKind::Other(name) => Identity::of_kind(name.as_str(), of("0001", "0002")),
        _ => return None,
    };
    identity.ok()
}

/// What is permitted, and on which identity the signal arrives, so that consents are as they were chosen.
pub(super) fn granted(
    choice: &Choice<'_>,
    arrived: Option<&IdentityKind>,
    stranger: &IdentityKind,
) -> Option<(Identity, Granted)> {
    let named = |whose: &Whose| matches!(whose, Whose::Arrived);
    let decisive = choice.consents().any(|(_, consents)| consents.iter().any(|(whose, _)| named(whose)));
    let natural = choice.consents().flat_map(|(_, consents)| consents).find_map(|consent| match consent {
        (Whose::Kind(kind), true) => Some(kind),
        _ => None,
    });
    let kind = match arrived {
        Some(kind) => kind,
        None if decisive => stranger,
        None => natural.unwrap_or(&IdentityKind::Email),
    };
    let arrival = sample(kind, 0)?;
    let mut granted = Granted::new();
    for (scope, consents) in choice.consents() {
        let mut given: Vec<&Whose> =
            consents.iter().filter(|(_, given)| *given).map(|(whose, _)| whose).collect();
        given.sort_unstable();
        let refused = |whose: &Whose| consents.contains(&(whose.clone(), false));
        let free = !refused(&Whose::Arrived);
        let mut identities = BTreeSet::new();
        for whose in given {
            identities.insert(match whose {
                Whose::Arrived => arrival.clone(),
                Whose::Kind(of) if of == kind && free => arrival.clone(),
                Whose::Kind(of) => sample(of, usize::from(of == kind))?,
                Whose::Any if !identities.is_empty() => continue,
                Whose::Any if free && !refused(&Whose::Kind(kind.clone())) => arrival.clone(),
                Whose::Any => sample(stranger, 1)?,
            });
        }
        if !identities.is_empty() {
            granted.insert(scope.clone(), identities);
        }
    }
    Some((arrival, granted))
}

/// The attributes of a signal, as they were chosen.
pub(super) fn attributes(choice: &Choice<'_>) -> Vec<Attribute> {
    let carried = choice.attributes().filter_map(|(name, carried)| match carried {
        Carried::Absent => None,
        Carried::Value(value) => Some(Attribute { name: name.clone(), value }),
    });
    carried.collect()
}
