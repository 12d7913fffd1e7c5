//! Access (GDPR 15): everything that is kept of a person, as one value. Portability (GDPR 20): what the person gave
//! and did, and nothing that was derived from it.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::book::{Book, BookError, Outgoing};
use crate::consent::{Act, Actor, Provenance, Reason};
use crate::contact::{Body, Contact, Entry};
use crate::event::QueuedEvent;
use crate::identity::Identity;
use crate::name::{
    ContactId, Controller, Instant, Name, Reach, Recipient, SELF, SignalId, SignalKind, Stage,
};
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
    /// All that this contact keeps (GDPR 15). For a person of several contacts, see [`Book::access`].
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

impl Book {
    /// Everything about a contact and those merged with it (GDPR 15).
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    ///
    /// ```
    /// use placet::{Book, Identity, Journey};
    /// let now = "2013-05-01T10:00:00Z".parse()?;
    /// let mut book = Book::new(Journey::reference()?);
    /// book.open("c-1".parse()?, Identity::email("ada@example.org")?)?;
    /// let access = book.access(&"c-1".parse()?, now)?;
    /// assert!(serde_json::to_string(&access)?.contains("email:ada@example.org"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn access(&mut self, contact: &ContactId, now: Instant) -> Result<Access, BookError> {
        let members = self.members(contact)?;
        let about = |event: &QueuedEvent| {
            members.contains(event.contact())
                || event.citations().any(|need| members.contains(need.contact()))
        };
        let events: Vec<Account> =
            self.outbox().accounts().filter(|(event, _)| about(event)).map(account).collect();
        let everything = Reach::everything();
        let kept = members.iter().filter_map(|member| self.memory.own(member));
        let mut recipients: BTreeSet<Recipient> =
            kept.flat_map(|member| member.recipients(&everything)).collect();
        let needs = events.iter().flat_map(|account| account.event.citations());
        recipients.extend(needs.map(|need| need.scope().recipient().clone()).filter(|to| *to != SELF));
        let spec = self.journey().spec();
        let contacts = members.iter().filter_map(|member| {
            Some(AccessedContact {
                signals: self.memory.signals(member),
                ..self.memory.own(member)?.access()
            })
        });
        let contacts: Vec<AccessedContact> = contacts.collect();
        let (controller, journey) = (spec.controller.clone(), spec.name.clone());
        let stands_at = self.stands_at(contact, None, now);
        Ok(Access {
            controller,
            journey,
            at: now,
            held_stage: self.held_stage(contact),
            stands_at,
            contacts,
            events,
            recipients,
            entries: Vec::new(),
        })
    }

    /// What the person may take along (GDPR 20), of a contact and those merged with it.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn portability(&self, contact: &ContactId) -> Result<Portable, BookError> {
        let members = self.members(contact)?;
        let contacts = members.iter().filter_map(|member| self.memory.own(member));
        Ok(Portable { contacts: contacts.map(Contact::portability).collect() })
    }
}

fn account((event, fate): (&QueuedEvent, &Outgoing)) -> Account {
    let became = match fate {
        Outgoing::Queued { .. } => Fate::Queued,
        Outgoing::Sent { at } => Fate::Sent { at: *at },
        Outgoing::Dropped { reason, at } => Fate::Dropped { reason: *reason, at: *at },
    };
    Account { event: event.clone(), became }
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
