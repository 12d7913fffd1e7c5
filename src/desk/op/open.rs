//! To open a contact.

use std::sync::Arc;

use super::Pending;
use crate::contact::{Body, Entry, Opened};
use crate::desk::found::Found;
use crate::desk::store::{KeyRow, Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::Identity;
use crate::name::ContactId;

/// Opens a contact under its first identity. What lies under its key holds for it from its first question on.
#[derive(Debug)]
pub struct Open {
    terms: Arc<Terms>,
    contact: ContactId,
    identity: Identity,
    answer: Pending<()>,
}

impl Open {
    /// To open this contact.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, identity: Identity) -> Open {
        Open { terms, contact, identity, answer: Pending::new() }
    }
}

impl Step for Open {
    fn want(&self) -> Want {
        self.terms.want(&self.contact)
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        if found.person.is_some() {
            self.answer.set(Err(DeskError::OpenedAgain));
            return Plan::default();
        }
        self.answer.set(Ok(()));
        let controller = self.terms.journey.spec().controller.clone();
        let opened = Opened::new(self.identity.clone(), controller);
        Plan {
            expect: vec![(self.contact.clone(), 0)],
            entries: vec![Entry::new(self.contact.clone(), Body::Opened(opened))],
            keys: vec![KeyRow {
                key: self.terms.key_of(&self.identity),
                contact: self.contact.clone(),
                has: true,
            }],
            ..Plan::default()
        }
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl Operation for Open {
    type Answer = Result<(), DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Open { terms, contact, identity, answer } = self;
        answer.finish(|answer| Open { terms, contact, identity, answer })
    }
}
