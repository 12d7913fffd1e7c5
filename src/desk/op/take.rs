//! To take an act that comes from elsewhere: its contact is opened if it is not there.

use std::sync::Arc;

use super::{Append, Halt, Link, Open};
use crate::consent::{Act, Outcome};
use crate::contact::Contact;
use crate::desk::found::Found;
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::Identity;
use crate::name::ContactId;

/// Appends an act to a contact that may not be there yet: it is opened then, under the identity of the act.
#[derive(Debug)]
pub struct Take {
    terms: Arc<Terms>,
    contact: ContactId,
    act: Act,
    /// It is for whoever has the identity of the act, and for this contact only as far as it is one of them.
    holder: bool,
    opened: bool,
    foreign: bool,
    at: At,
}

/// An act that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// To whose ledger.
    pub contact: ContactId,
    /// The act, as it was appended.
    pub act: Act,
    /// What it did.
    pub outcome: Outcome,
    /// Whether the contact was opened for it.
    pub opened: bool,
    /// Whether the contact is another's, as far as anybody knows: it was there, and has not the identity of the act.
    pub foreign: bool,
}

#[derive(Debug)]
enum At {
    Look,
    Open(Open),
    Link(Link),
    Append(Append),
    Halt(Halt),
    Done(Result<Option<Took>, DeskError>),
}

impl Take {
    /// To append this act.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, act: Act) -> Take {
        Take { terms, contact, act, holder: false, opened: false, foreign: false, at: At::Look }
    }

    /// The same for somebody of whom nothing is known but that the person has the address. Whoever was opened for the address
    /// alone and has lost it gets it back: the no must be found under it.
    pub(super) fn for_holder(self) -> Take {
        Take { holder: true, ..self }
    }

    fn look(&mut self, found: &Found<'_>) -> At {
        let Some(there) = found.person.map(|loaded| loaded.contact()) else {
            return match self.act.identity() {
                _ if found.unread.is_some() => self.append(),
                Some(identity) => {
                    self.opened = true;
                    At::Open(Open::new(Arc::clone(&self.terms), self.contact.clone(), identity.clone()))
                }
                None => At::Done(Err(DeskError::UnknownContact)),
            };
        };
        let Some(identity) = self.act.identity().cloned() else { return self.append() };
        let own = self.terms.spelled_by(there, &identity);
        match own {
            Some(own) if self.holder => self.act.record_mut().identity = Some(own),
            Some(_) => {}
            None if !self.holder => self.foreign = true,
            None if self.terms.id_for(&identity) == self.contact => {
                return At::Link(Link::new(Arc::clone(&self.terms), self.contact.clone(), identity));
            }
            None => return At::Done(Ok(None)),
        }
        self.append()
    }

    fn append(&self) -> At {
        let (terms, contact) = (Arc::clone(&self.terms), self.contact.clone());
        match self.act.clone() {
            Act::Stop(stop) => At::Halt(Halt::new(terms, contact, stop)),
            go => At::Append(Append::new(terms, contact, go)),
        }
    }

    fn took(&self, outcome: Outcome) -> Option<Took> {
        let Take { contact, act, opened, foreign, .. } = self;
        Some(Took { contact: contact.clone(), act: act.clone(), outcome, opened: *opened, foreign: *foreign })
    }
}

impl Terms {
    /// An address as a contact has it, if it has it in any spelling.
    pub(super) fn spelled_by(&self, contact: &Contact, address: &Identity) -> Option<Identity> {
        let key = self.key_of(address);
        contact.ledger().identities().find(|own| self.key_of(own) == key).cloned()
    }
}

impl Step for Take {
    fn want(&self) -> Want {
        match &self.at {
            At::Look => Want { unread: self.act.kind().is_stop(), ..self.terms.want(&self.contact) },
            At::Open(open) => open.want(),
            At::Link(link) => link.want(),
            At::Append(append) => append.want(),
            At::Halt(halt) => halt.want(),
            At::Done(_) => Want::nobody(),
        }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match &mut self.at {
            At::Look | At::Done(_) => Plan::default(),
            At::Open(open) => open.plan(found),
            At::Link(link) => link.plan(found),
            At::Append(append) => append.plan(found),
            At::Halt(halt) => halt.plan(found),
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        self.at = match std::mem::replace(&mut self.at, At::Look) {
            At::Look => self.look(found),
            At::Open(mut open) => {
                open.written(found);
                match open.finish() {
                    // Whoever was faster has opened it.
                    Ok(opened) => {
                        self.opened = opened.is_ok();
                        self.append()
                    }
                    Err(open) => At::Open(open),
                }
            }
            At::Link(mut link) => {
                link.written(found);
                match link.finish() {
                    Ok(_) => self.append(),
                    Err(link) => At::Link(link),
                }
            }
            At::Append(mut append) => {
                append.written(found);
                match append.finish() {
                    Ok(outcome) => At::Done(outcome.map(|outcome| self.took(outcome))),
                    Err(append) => At::Append(append),
                }
            }
            At::Halt(mut halt) => {
                halt.written(found);
                match halt.finish() {
                    Ok(outcome) => At::Done(outcome.map(|outcome| self.took(outcome))),
                    Err(halt) => At::Halt(halt),
                }
            }
            done @ At::Done(_) => done,
        };
    }
}

impl Operation for Take {
    /// What was taken; `None` where the contact is none of those whom it is for.
    type Answer = Result<Option<Took>, DeskError>;

    fn finish(self) -> Result<Self::Answer, Take> {
        match self {
            Take { at: At::Done(answer), .. } => Ok(answer),
            next => Err(next),
        }
    }
}
