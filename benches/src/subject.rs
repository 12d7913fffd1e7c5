//! The work on `placet`: the one file that names its API, but for the benches of single parts (`ratios`, `decide`).
//!
//! First what a user of it writes, with `journey.json` beside it; then the edge, where rows of the work become acts and
//! signals. A backend gets them as JSON, and making them is not part of what is measured.

use std::time::Duration;

use cpu_time::ThreadTime;
use placet::{
    Act, ActId, Actor, Ask, Book, Channel, Confirm, Contact, ContactId, Evidence, Grant, Identity, Instant,
    Journey, Lift, Method, Notice, Purpose, QueuedEvent, Reason, Scope, Signal, SignalSpec, Stage, Stop,
    book::Journaled,
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

/// Acts that are hard on accumulators: what of them must be kept grows with them.
#[derive(Debug, Clone, Copy)]
pub enum Hard {
    /// Grants, then each of them voided.
    Voids,
    /// Pauses, each within the one before.
    NestedPauses,
    /// Grants that each begin later than the one before.
    LaterGrants,
}

/// Appends such acts to one contact. Gives how long an append of the last thousand took, and an ask after each.
pub fn hard(hard: Hard, many: u32) -> (Duration, Duration) {
    let edge = Edge::new(Ids::Uuid);
    let journey = journey().unwrap();
    let mut contact = edge.open(0, &journey);
    let ask = Ask::new(edge.scope(0), Edge::identity(0));
    let shown = || Evidence::new(Actor::Person, Method::UntickedBox).shown(edge.notice.clone());
    let grant =
        |id, at| Grant::new(edge.act_id(id), edge.scope(0), Edge::identity(0), shown(), at, at).unwrap();
    let everything = placet::Reach::everything;
    let acts: Vec<Act> = match hard {
        Hard::Voids => {
            let grants = (0..many).map(|place| grant(place, edge.at(place)).into());
            grants.for_each(|grant: Act| drop(contact.append(grant).unwrap()));
            let voids = (0..many).map(|place| {
                let at = edge.at(many + place);
                Stop::void(edge.act_id(many + place), edge.act_id(place), at, at).into()
            });
            voids.collect()
        }
        Hard::NestedPauses => {
            let pause = |place: u32| {
                let (at, until) = (edge.at(place), edge.at(3 * many - place));
                Stop::pause(edge.act_id(place), everything(), until, at, at).unwrap().into()
            };
            (0..many).map(pause).collect()
        }
        Hard::LaterGrants => {
            let later = |place: u32| {
                let grant = grant(place, edge.at(place));
                grant.begins(edge.at(2 * many + place)).unwrap().into()
            };
            (0..many).map(later).collect()
        }
    };
    let last = acts.len().saturating_sub(1_000);
    let (mut appending, mut asking) = (Duration::ZERO, Duration::ZERO);
    for (place, act) in acts.into_iter().enumerate() {
        let now = act.recorded();
        let begin = ThreadTime::now();
        drop(contact.append(act).unwrap());
        let appended = begin.elapsed();
        let begin = ThreadTime::now();
        std::hint::black_box(contact.ledger().refuses(&ask, now));
        if place >= last {
            appending += appended;
            asking += begin.elapsed();
        }
    }
    (appending / 1_000, asking / 1_000)
}

/// Opens contacts who all share one address, and lets a hundred of them stop. Gives how long one stop took.
pub fn shared(contacts: u32) -> Duration {
    let edge = Edge::new(Ids::Uuid);
    let mut book = Book::new(journey().unwrap());
    for contact in 0..contacts {
        book.open(edge.id(contact), Edge::identity(0)).unwrap();
    }
    let begin = ThreadTime::now();
    for place in 0..100 {
        let at = edge.at(place);
        let stop = Stop::withdraw(edge.act_id(place), placet::Reach::everything(), at, at);
        drop(book.stop(&edge.id(place), stop).unwrap());
    }
    begin.elapsed() / 100
}

/// Makes a book of contacts, of which 2 % are merged with another and five addresses are shared by a hundredth, written
/// to a journal and made again of it. Gives how long that took.
pub fn replayed(contacts: u32) -> Duration {
    let edge = Edge::new(Ids::Uuid);
    let mut kept = Journaled::new(Book::new(journey().unwrap()), String::new());
    for contact in 0..contacts {
        let address = if contact % 100 == 0 { contact / 100 % 5 } else { contact };
        kept.open(edge.id(contact), Edge::identity(address)).unwrap();
        let at = edge.at(contact);
        if contact % 10 == 0 {
            let stop = Stop::withdraw(edge.act_id(contact), placet::Reach::everything(), at, at);
            drop(kept.stop(&edge.id(contact), stop).unwrap());
        }
        if contact % 50 == 1 {
            kept.merge(&edge.id(contact), &edge.id(contact - 1)).unwrap();
        }
    }
    let Ok((_, text)) = kept.into_parts() else { panic!("a string takes everything") };
    let begin = ThreadTime::now();
    std::hint::black_box(Book::replay(journey().unwrap(), &text).unwrap());
    begin.elapsed()
}

/// Contacts merged one by one into the first, a key and a stop each; then a decision that asks each key of the person. Gives
/// how long the merges took, and how long the ask of a key.
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
    (merging, begin.elapsed() / contacts / contacts)
}
