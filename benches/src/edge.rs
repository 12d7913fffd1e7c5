//! The edge: rows of the work as `placet` takes them. A backend gets them as JSON (`Act::from_json`,
//! `SignalSpec::from_json`); none of this is part of what is measured, but for the check of a signal where it says so.

use placet::*;

use super::shape::{BEGIN, CHANNELS, KINDS, PURPOSES, Pair, Reach, Step, What};

/// The words of the work as `placet`'s, made once.
#[derive(Debug)]
pub struct Edge {
    begin: Instant,
    notice: Notice,
    purposes: Vec<Purpose>,
    channels: Vec<Channel>,
    kinds: Vec<SignalKind>,
}

impl Edge {
    pub fn new() -> Edge {
        Edge {
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

    pub fn id(contact: u32) -> ContactId {
        format!("c-{contact}").parse().unwrap()
    }

    pub fn identity(contact: u32) -> Identity {
        Identity::email(&format!("person-{contact}@example.org")).unwrap()
    }

    pub fn open(&self, contact: u32, journey: &Journey) -> Contact {
        Contact::open(Edge::id(contact), Edge::identity(contact), journey.vocabulary())
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
        let act_id = |number: u32| format!("a-{number}").parse::<ActId>().unwrap();
        let (id, at, identity) = (act_id(step.id), self.at(step.at), Edge::identity(step.contact));
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
                Confirm::new(id, act_id(grant), identity, own(), at, at).unwrap().into()
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
            id: format!("s-{}", step.id).parse().unwrap(),
            contact: Edge::id(step.contact),
            identity: Edge::identity(step.contact),
            kind: self.kinds[usize::from(kind)].clone(),
            source: None,
            at: self.at(step.at),
            attributes: Vec::new(),
        })
    }
}
