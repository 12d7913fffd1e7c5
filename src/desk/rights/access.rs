//! Access (GDPR 15): everything that is kept of a person, as one value. Portability (GDPR 20): what the person gave
//! and did, and nothing that was derived from it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::consent::{Act, Actor, Provenance, Reason};
use crate::contact::{Body, Contact, Entry, Person};
use crate::desk::found::{Found, Kept, Loaded};
use crate::desk::store::{Operation, Plan, Settled, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::event::QueuedEvent;
use crate::identity::Identity;
use crate::name::{ContactId, Controller, Instant, Name, Reach, Recipient, SignalId, SignalKind, Stage};
use crate::signal::SignalSpec;

/// All that a book keeps of one person: the contact asked for and those merged with it.
///
/// It is written for the person, addresses included; `Debug` hides them. A signal that was not admitted is not in
/// it: nothing of it was ever kept (SPEC S26). Contacts that only share a key are not in it either: they may be
/// somebody else. Who asks must have been identified before (GDPR 12(6)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Who answers for it.
    pub controller: Controller,
    /// The journey that judges, by name: its spec is the logic involved (GDPR 15(1)(h)).
    pub journey: Name,
    /// When it was asked.
    pub at: Instant,
    /// The stage that is held.
    pub held_stage: Option<Stage>,
    /// The stage at which the person stands at that instant.
    pub stands_at: Option<Stage>,
    /// Contact by contact.
    pub contacts: Vec<AccessedContact>,
    /// What was queued, sent and dropped.
    pub events: Vec<Account>,
    /// Whom grants and events name besides the controller (GDPR 15(1)(c), C-154/21).
    pub recipients: BTreeSet<Recipient>,
    /// What the journal has beyond that, if it was asked: signals, transitions, refusals.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
}

/// All that one contact keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessedContact {
    /// Its id.
    pub contact: ContactId,
    /// Its addresses and accounts.
    pub identities: Vec<Identity>,
    /// Those that it had once; acts are still with them.
    pub past_identities: Vec<Identity>,
    /// All acts with their evidence, oldest record first.
    pub acts: Vec<Act>,
    /// The stage it would hold alone.
    pub held_stage: Option<Stage>,
    /// What was admitted of its signals.
    pub admitted: Vec<AdmittedKind>,
    /// Ids of admitted signals, where a book keeps them.
    pub signals: Vec<SignalId>,
}

/// Admitted signals of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdmittedKind {
    /// Which kind.
    pub kind: SignalKind,
    /// How many.
    pub count: u32,
    /// When the latest happened.
    pub latest: Instant,
}

/// A queued event, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The event.
    pub event: QueuedEvent,
    /// What became of it.
    pub became: Fate,
}

/// What became of a queued event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It waits.
    Queued,
    /// It was sent.
    Sent {
        /// When.
        at: Instant,
    },
    /// It was refused at its release.
    Dropped {
        /// Why.
        reason: Reason,
        /// When.
        at: Instant,
    },
}

/// What a person may take along: given by the person, or observed of what the person did. No stage, no count, nothing
/// that was told by another contact or done by anybody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Portable {
    /// Contact by contact.
    pub contacts: Vec<PortableContact>,
}

/// What a person may take along of one contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortableContact {
    /// Its id.
    pub contact: ContactId,
    /// Its addresses and accounts.
    pub identities: Vec<Identity>,
    /// The person's own acts.
    pub acts: Vec<Act>,
    /// Admitted signals, where the journal was asked.
    pub signals: Vec<SignalSpec>,
}

impl Contact {
    /// All that this contact keeps (GDPR 15). For a person of several contacts, see [`Book::access`](crate::Book::access).
    #[must_use]
    pub fn access(&self) -> AccessedContact {
        let admitted = self.admitted_kinds();
        AccessedContact {
            contact: self.id().clone(),
            identities: self.ledger().identities().cloned().collect(),
            past_identities: self.ledger().past_identities().cloned().collect(),
            acts: self.ledger().acts().collect(),
            held_stage: self.held_stage(),
            admitted: admitted.map(|(kind, count, latest)| AdmittedKind { kind, count, latest }).collect(),
            signals: Vec::new(),
        }
    }

    /// What the person may take along of this contact (GDPR 20).
    #[must_use]
    pub fn portability(&self) -> PortableContact {
        PortableContact {
            contact: self.id().clone(),
            identities: self.ledger().identities().cloned().collect(),
            acts: self.ledger().acts().filter(given_by_the_person).collect(),
            signals: Vec::new(),
        }
    }
}

/// Own, and not by the controller, an import or somebody else. A stop without evidence is taken for the person's.
fn given_by_the_person(act: &Act) -> bool {
    let actor = act.evidence().map(crate::consent::Evidence::actor);
    act.provenance() == Provenance::Own && matches!(actor, None | Some(Actor::Person | Actor::Guardian))
}

/// Collects everything about a contact and those merged with it. Ids of signals are not among it: a store keeps them to know
/// them again, and for nothing else.
#[derive(Debug)]
pub struct ToAccess {
    terms: Arc<Terms>,
    contact: ContactId,
    now: Instant,
    members: Option<Vec<ContactId>>,
    access: Option<Result<Access, DeskError>>,
}

impl ToAccess {
    /// What is kept of a contact, asked at this instant.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, now: Instant) -> ToAccess {
        ToAccess { terms, contact, now, members: None, access: None }
    }

    fn access(&self, loaded: &Loaded<'_>, events: &[Kept<'_>]) -> Access {
        let (journey, spec) = (&self.terms.journey, self.terms.journey.spec());
        let person = loaded.person;
        let events = super::in_order(events);
        let everything = Reach::everything();
        let mut recipients: BTreeSet<Recipient> =
            loaded.members().flat_map(|member| member.recipients(&everything)).collect();
        let needs = events.iter().flat_map(|kept| kept.event.citations());
        recipients.extend(super::outside(needs.map(|need| need.scope().clone())));
        let mut contacts: Vec<AccessedContact> = loaded.members().map(Contact::access).collect();
        contacts.sort_by(|one, other| one.contact.cmp(&other.contact));
        Access {
            controller: spec.controller.clone(),
            journey: spec.name.clone(),
            at: self.now,
            held_stage: person.held_stage(),
            stands_at: journey.stands_at_for(person, None, self.now).cloned(),
            contacts,
            events: events.iter().map(account).collect(),
            recipients,
            entries: Vec::new(),
        }
    }
}

impl Step for ToAccess {
    fn want(&self) -> Want {
        let events = self.members.clone().unwrap_or_default();
        Want { events, ..self.terms.want(&self.contact) }
    }

    fn plan(&mut self, _: &Found<'_>) -> Plan {
        Plan::default()
    }

    fn written(&mut self, found: &Found<'_>) {
        match (found.person, &self.members) {
            (None, _) => self.access = Some(Err(DeskError::UnknownContact)),
            (Some(loaded), None) => {
                self.members = Some(loaded.members().map(|member| member.id().clone()).collect());
            }
            (Some(loaded), Some(_)) => self.access = Some(Ok(self.access(&loaded, found.events))),
        }
    }
}

impl Operation for ToAccess {
    type Answer = Result<Access, DeskError>;

    fn finish(self) -> Result<Self::Answer, ToAccess> {
        match self {
            ToAccess { access: Some(access), .. } => Ok(access),
            next => Err(next),
        }
    }
}

fn account(kept: &Kept<'_>) -> Account {
    let became = match kept.settled {
        None => Fate::Queued,
        Some(Settled::Sent { at }) => Fate::Sent { at },
        Some(Settled::Dropped { reason, at }) => Fate::Dropped { reason, at },
    };
    Account { event: kept.event.clone(), became }
}

impl Access {
    /// With what a journal has of these contacts: signals with their attributes, transitions, refused effects.
    #[must_use]
    pub fn with_entries<'e>(mut self, entries: impl IntoIterator<Item = &'e Entry>) -> Access {
        let ours: BTreeSet<&ContactId> = self.contacts.iter().map(|contact| &contact.contact).collect();
        let ours = entries.into_iter().filter(|entry| ours.contains(entry.contact()));
        let ours: Vec<Entry> = ours.cloned().collect();
        self.entries.extend(ours);
        self
    }
}

impl Portable {
    /// What a person may take along, of all its contacts.
    #[must_use]
    pub fn of(person: Person<'_>) -> Portable {
        let mut contacts: Vec<PortableContact> = person.members().map(Contact::portability).collect();
        contacts.sort_by(|one, other| one.contact.cmp(&other.contact));
        Portable { contacts }
    }

    /// With the admitted signals that a journal has of these contacts.
    #[must_use]
    pub fn with_entries<'e>(mut self, entries: impl IntoIterator<Item = &'e Entry>) -> Portable {
        for entry in entries {
            let contact = self.contacts.iter_mut().find(|contact| contact.contact == *entry.contact());
            if let (Some(contact), Body::Signal(admitted)) = (contact, entry.body()) {
                contact.signals.push(admitted.signal().clone());
            }
        }
        self
    }
}
