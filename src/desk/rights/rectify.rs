//! To put an address right.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Obligation, Right, event_recipients, in_order, outside, tell, waiting};
use crate::consent::{Act, Ask, Citation};
use crate::contact::Contact;
use crate::desk::found::{Found, Loaded};
use crate::desk::op::{Link, Unlink};
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::Identity;
use crate::name::{ContactId, Instant, Scope};

/// Replaces an identity (GDPR 16), for the contact, or the one merged with it, that has it: the new one is linked, then the
/// old one is ended, so that at no time the contact is without. Done again after a crash it completes what is missing.
#[derive(Debug)]
pub struct Rectify {
    terms: Arc<Terms>,
    contact: ContactId,
    old: Identity,
    new: Identity,
    now: Instant,
    holder: ContactId,
    members: Vec<ContactId>,
    /// What was ever granted for the old one, and what of it was alive.
    given: BTreeSet<Scope>,
    alive: Vec<Scope>,
    obligations: Vec<Obligation>,
    at: At,
}

#[derive(Debug)]
enum At {
    Person,
    Events,
    Link(Link),
    Unlink(Unlink),
    Lost,
    Done(Result<Vec<Obligation>, DeskError>),
}

impl Rectify {
    /// To put the new identity in the place of the old one; `now` says which permissions of the old one were alive.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, old: Identity, new: Identity, now: Instant) -> Rectify {
        let (holder, members, given) = (contact.clone(), Vec::new(), BTreeSet::new());
        let (alive, obligations, at) = (Vec::new(), Vec::new(), At::Person);
        Rectify { terms, contact, old, new, now, holder, members, given, alive, obligations, at }
    }

    fn person(&mut self, loaded: &Loaded<'_>) -> At {
        self.contact = loaded.contact().id().clone();
        let has = |member: &&Contact| member.ledger().identities().any(|own| *own == self.old);
        let Some(holder) = loaded.members().find(has) else {
            return At::Done(Err(DeskError::UnknownIdentity));
        };
        let (contact, of) = (self.contact.clone(), Right::Rectification);
        self.obligations.push(Obligation::Confirm { contact, of });
        if self.old == self.new {
            return At::Done(Ok(std::mem::take(&mut self.obligations)));
        }
        let granted = holder.ledger().acts().filter(|act| act.identity() == Some(&self.old));
        self.given = granted
            .filter_map(|act| match act {
                Act::Grant(grant) => Some(grant.scope()),
                _ => None,
            })
            .collect();
        self.alive =
            self.given.iter().filter(|scope| self.permits(holder, scope, &self.old)).cloned().collect();
        self.holder = holder.id().clone();
        self.members = loaded.members().map(|member| member.id().clone()).collect();
        At::Events
    }

    fn permits(&self, contact: &Contact, scope: &Scope, identity: &Identity) -> bool {
        contact.ledger().refuses(&Ask::new(scope.clone(), identity.clone()), self.now).is_none()
    }

    fn events(&mut self, found: &Found<'_>) -> At {
        let Rectify { contact, old, holder, given, obligations, .. } = self;
        let concerned = |need: &Citation| need.contact() == holder && need.identity() == old;
        let mut recipients = outside(given.iter().cloned());
        recipients.extend(event_recipients(found.events, concerned));
        obligations.extend(tell(recipients, contact, Right::Rectification));
        let events = in_order(found.events);
        let waits = waiting(&events, concerned).map(|kept| kept.event.key());
        obligations.extend(waits.map(|event| Obligation::StopQueued { event }));
        At::Link(Link::new(Arc::clone(&self.terms), self.holder.clone(), self.new.clone()))
    }

    fn lost(&mut self, loaded: &Loaded<'_>) -> At {
        let holder = loaded.members().find(|member| *member.id() == self.holder);
        let alive = std::mem::take(&mut self.alive).into_iter();
        let lost = alive
            .filter(|scope| !holder.is_some_and(|holder| self.permits(holder, scope, &self.new)))
            .map(|scope| Obligation::AskAnew { contact: self.contact.clone(), scope });
        let lost: Vec<_> = lost.collect();
        self.obligations.extend(lost);
        At::Done(Ok(std::mem::take(&mut self.obligations)))
    }
}

impl Step for Rectify {
    fn want(&self) -> Want {
        match &self.at {
            At::Person => self.terms.want(&self.contact),
            At::Events => Want { events: self.members.clone(), ..self.terms.want(&self.contact) },
            At::Link(link) => link.want(),
            At::Unlink(unlink) => unlink.want(),
            At::Lost => self.terms.want(&self.holder),
            At::Done(_) => Want::nobody(),
        }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match &mut self.at {
            At::Link(link) => link.plan(found),
            At::Unlink(unlink) => unlink.plan(found),
            At::Person | At::Events | At::Lost | At::Done(_) => Plan::default(),
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        let unknown = || At::Done(Err(DeskError::UnknownContact));
        self.at = match (std::mem::replace(&mut self.at, unknown()), found.person) {
            (At::Person, Some(loaded)) => self.person(&loaded),
            (At::Events, Some(_)) => self.events(found),
            (At::Lost, Some(loaded)) => self.lost(&loaded),
            (At::Person | At::Events | At::Lost, None) => unknown(),
            (At::Link(mut link), _) => {
                link.written(found);
                match link.finish() {
                    Ok(Ok(_)) => {
                        let (terms, holder) = (Arc::clone(&self.terms), self.holder.clone());
                        At::Unlink(Unlink::new(terms, holder, self.old.clone()))
                    }
                    Ok(Err(no)) => At::Done(Err(no)),
                    Err(link) => At::Link(link),
                }
            }
            (At::Unlink(mut unlink), _) => {
                unlink.written(found);
                match unlink.finish() {
                    Ok(Ok(_)) => At::Lost,
                    Ok(Err(no)) => At::Done(Err(no)),
                    Err(unlink) => At::Unlink(unlink),
                }
            }
            (done @ At::Done(_), _) => done,
        };
    }
}

impl Operation for Rectify {
    type Answer = Result<Vec<Obligation>, DeskError>;

    fn finish(self) -> Result<Self::Answer, Rectify> {
        match self {
            Rectify { at: At::Done(answer), .. } => Ok(answer),
            next => Err(next),
        }
    }
}
