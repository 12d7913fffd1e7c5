//! The work on `placet`: the one file that names its API, but for the benches of single parts (`ratios`, `decide`).
//!
//! First what a user of it writes, with `journey.json` beside it; then the edge, where rows of the work become acts and
//! signals. A backend gets them as JSON, and making them is not part of what is measured.

use std::time::Duration;

use cpu_time::ThreadTime;
use placet::{
    Act, ActId, Actor, Book, Channel, Confirm, Contact, ContactId, Evidence, Grant, Identity, Instant,
    Journey, Lift, Method, Notice, Purpose, QueuedEvent, Reason, Scope, Signal, SignalSpec, Stage, Stop,
    journey::JourneyError,
    name::{SignalKind, TimeDelta},
};

use super::shape::{BEGIN, CHANNELS, Ids, KINDS, Of, PURPOSES, Pair, Reach, Step, What, address};
use super::tally::{EFFECTS, No, STAGES, Tally};

type Done = Result<(), Box<dyn std::error::Error>>;

pub fn journey() -> Result<Journey, JourneyError> {
    Journey::from_json(include_str!("journey.json"))
}

/// A person says something about consent.
#[inline]
pub fn says(contact: &mut Contact, act: Act) -> Done {
    let _ = contact.append(act)?;
    Ok(())
}

/// A person does something: it is decided when it happens, and committed.
#[inline]
pub fn does(contact: &mut Contact, signal: &Signal, journey: &Journey, out: &mut Out<'_>) -> Done {
    let decision = journey.decide(&*contact, signal, signal.at())?;
    decision.refusals().for_each(|(_, no)| out.refused(no.reason()));
    decision.commit(contact)?.iter().for_each(|event| out.queued(event));
    Ok(())
}

// The edge, from here on.

/// What comes out of a row, on its way to the tally.
#[derive(Debug)]
pub struct Out<'t> {
    pub tally: &'t mut Tally,
    pub contact: u32,
    pub at: u32,
}

impl Out<'_> {
    #[inline]
    fn refused(&mut self, reason: Reason) {
        self.tally.refuse(match reason {
            Reason::Restricted => No::Restricted,
            Reason::Objected => No::Objected,
            Reason::Pending => No::Pending,
            Reason::Unconfirmed => No::Unconfirmed,
            Reason::Withdrawn => No::Withdrawn,
            Reason::Expired => No::Expired,
            Reason::NoGrant => No::NoGrant,
            _ => panic!("nothing of the work is refused for this: {reason}"),
        });
    }

    #[inline]
    fn queued(&mut self, event: &QueuedEvent) {
        self.effect(event.effect().as_str());
    }

    #[inline]
    fn effect(&mut self, named: &str) {
        let effect = EFFECTS.iter().position(|name| *name == named).unwrap();
        self.tally.emit(self.contact, effect, self.at);
    }
}

/// A person does something, through a book, which keeps the ids of signals and the queued events, too.
#[inline]
pub fn observed(book: &mut Book, signal: &Signal, out: &mut Out<'_>) -> Done {
    let observed = book.observe(signal, signal.at())?;
    if let Some(decision) = observed.decision() {
        decision.refusals().for_each(|(_, no)| out.refused(no.reason()));
        decision.queued().for_each(|effect| out.effect(effect.as_str()));
    }
    Ok(())
}

/// The stage that a contact holds, by its number.
pub fn stage(contact: &Contact) -> u8 {
    let place = |held: Stage| STAGES.iter().position(|name| *name == held.as_str()).unwrap() as u8;
    contact.held_stage().map_or(0, |held| 1 + place(held))
}

/// The words of the work as `placet`'s, made once.
#[derive(Debug)]
pub struct Edge {
    pub ids: Ids,
    begin: Instant,
    notice: Notice,
    purposes: Vec<Purpose>,
    channels: Vec<Channel>,
    kinds: Vec<SignalKind>,
}

impl Edge {
    pub fn new(ids: Ids) -> Edge {
        Edge {
            ids,
            begin: "1970-01-01T00:00:00Z".parse().unwrap(),
            notice: Notice::new("form".parse().unwrap(), "2013-01".parse().unwrap()),
            purposes: PURPOSES.iter().map(|name| name.parse().unwrap()).collect(),
            channels: CHANNELS.iter().map(|name| name.parse().unwrap()).collect(),
            kinds: KINDS.iter().map(|name| name.parse().unwrap()).collect(),
        }
    }

    pub fn at(&self, seconds: u32) -> Instant {
        self.begin.checked_add(TimeDelta::seconds(BEGIN + i64::from(seconds))).unwrap()
    }

    pub fn id(&self, contact: u32) -> ContactId {
        self.ids.text(Of::Contact, contact).parse().unwrap()
    }

    fn act_id(&self, number: u32) -> ActId {
        self.ids.text(Of::Act, number).parse().unwrap()
    }

    pub fn identity(contact: u32) -> Identity {
        Identity::email(&address(contact)).unwrap()
    }

    pub fn open(&self, contact: u32, journey: &Journey) -> Contact {
        Contact::open(self.id(contact), Edge::identity(contact), journey.vocabulary())
    }

    fn scope(&self, pair: Pair) -> Scope {
        let (purpose, channel) = (usize::from(pair) / CHANNELS.len(), usize::from(pair) % CHANNELS.len());
        self.purposes[purpose].clone().by(self.channels[channel].clone())
    }

    fn reach(&self, reach: Reach) -> placet::Reach {
        let mut wide = placet::Reach::everything();
        if let Some(purpose) = reach.purpose {
            wide = wide.purpose(self.purposes[usize::from(purpose)].clone());
        }
        if let Some(channel) = reach.channel {
            wide = wide.by(self.channels[usize::from(channel)].clone());
        }
        wide
    }

    /// `None` for a signal.
    pub fn act(&self, step: &Step) -> Option<Act> {
        let (id, at, identity) = (self.act_id(step.id), self.at(step.at), Edge::identity(step.contact));
        let own = || Evidence::new(Actor::Person, Method::UntickedBox).shown(self.notice.clone());
        Some(match step.what {
            What::Signal(_) => return None,
            What::Grant { pair, until } => {
                let grant = Grant::new(id, self.scope(pair), identity, own(), at, at).unwrap();
                match until {
                    Some(until) => grant.until(self.at(until.get())).unwrap().into(),
                    None => grant.into(),
                }
            }
            What::DoubleOptIn { pair, confirm_by } => {
                let grant = Grant::new(id, self.scope(pair), identity, own(), at, at).unwrap();
                grant.confirm_by(self.at(confirm_by)).unwrap().into()
            }
            What::Confirm { grant, .. } => {
                Confirm::new(id, self.act_id(grant), identity, own(), at, at).unwrap().into()
            }
            What::Withdraw(reach) => Stop::withdraw(id, self.reach(reach), at, at).into(),
            What::Object(reach) => Stop::object(id, self.reach(reach), at, at).into(),
            What::Restrict(reach) => Stop::restrict(id, self.reach(reach), at, at).into(),
            What::Unobject(pair) => {
                Lift::unobject(id, self.scope(pair), identity, own(), at, at).unwrap().into()
            }
            What::Unrestrict(pair) => {
                let told = Evidence::new(Actor::Controller, Method::Paper).shown(self.notice.clone());
                Lift::unrestrict(id, self.scope(pair), identity, told, at, at).unwrap().into()
            }
        })
    }

    /// `None` for an act.
    pub fn signal(&self, step: &Step) -> Option<SignalSpec> {
        let What::Signal(kind) = step.what else {
            return None;
        };
        Some(SignalSpec {
            id: self.ids.text(Of::Signal, step.id).parse().unwrap(),
            contact: self.id(step.contact),
            identity: Edge::identity(step.contact),
            kind: self.kinds[usize::from(kind)].clone(),
            source: None,
            at: self.at(step.at),
            attributes: Vec::new(),
        })
    }
}

/// Contacts merged one by one into the first, a key and a stop each; then a decision that asks, for each key of the
/// person. Gives how long the merges took, and how long a decision.
pub fn merged(contacts: u32) -> (Duration, Duration) {
    let edge = Edge::new(Ids::Uuid);
    let journey = journey().unwrap();
    let mut book = Book::new(journey.clone());
    let step = |contact, at, what| Step { contact, id: 3 * contact + at, at, what };
    for contact in 0..contacts {
        book.open(edge.id(contact), Edge::identity(contact)).unwrap();
        let stop = What::Withdraw(super::shape::Reach { purpose: Some(0), channel: Some(0) });
        let _ = book.append(&edge.id(contact), edge.act(&step(contact, 1, stop)).unwrap()).unwrap();
    }
    // A complaint asks for care by SMS, whatever the stage.
    let first = edge.id(0);
    let ask = |contact| {
        let arrived = edge.signal(&step(contact, 2, What::Signal(7))).unwrap();
        journey.signal(SignalSpec { contact: first.clone(), ..arrived }).unwrap()
    };
    let asks: Vec<Signal> = (0..contacts).map(ask).collect();
    let begin = ThreadTime::now();
    for contact in 1..contacts {
        assert!(book.merge(&edge.id(contact), &first).unwrap());
    }
    let merging = begin.elapsed();
    // The book asks while it observes, which does more; a decision alone is the least of the API that asks a person.
    let begin = ThreadTime::now();
    let decided = book.person(&first, |person| {
        let refused = |ask: &Signal| journey.decide(person, ask, ask.at()).unwrap().refusals().count();
        asks.iter().map(refused).sum::<usize>()
    });
    assert_eq!(decided, Some(asks.len()));
    (merging, begin.elapsed() / contacts)
}
