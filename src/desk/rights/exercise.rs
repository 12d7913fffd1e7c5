//! To exercise the right that a stop stands for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Exercised, Obligation, Right, event_recipients, in_order, tell, waiting};
use crate::consent::{ActKind, Ask, Citation, Outcome, Stop};
use crate::desk::found::{Found, Loaded};
use crate::desk::op::Halt;
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::identity::WideKey;
use crate::name::{ContactId, EventKey, Instant, Reach, Recipient};

/// What a right obliges to, as far as a reach goes, and the needs of the events that wait within it.
///
/// Recipients are those that a grant of the person names, and those that an event went to or waits for. Events that wait are
/// those about the person and about whoever shares a key, since stops cross it.
#[derive(Debug)]
pub(crate) struct Oblige {
    terms: Arc<Terms>,
    contact: ContactId,
    of: Right,
    reach: Reach,
    members: BTreeSet<ContactId>,
    /// The members, and whoever is reached over one of their keys.
    reached: BTreeSet<ContactId>,
    keys: Vec<WideKey>,
    recipients: BTreeSet<Recipient>,
    at: At,
}

#[derive(Debug)]
enum At {
    Person,
    Key(WideKey),
    Events,
    Done(Result<Obliged, DeskError>),
}

/// What [`Oblige`] found.
#[derive(Debug, Default)]
pub(crate) struct Obliged {
    pub(crate) obligations: Vec<Obligation>,
    /// The needs, within the reach, of each event that waits.
    needs: BTreeMap<EventKey, Vec<Citation>>,
}

impl Oblige {
    pub(crate) fn new(terms: Arc<Terms>, contact: ContactId, of: Right, reach: Reach) -> Oblige {
        let (members, reached, recipients) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Oblige { terms, contact, of, reach, members, reached, keys: Vec::new(), recipients, at: At::Person }
    }

    fn person(&mut self, loaded: &Loaded<'_>) {
        self.contact = loaded.contact().id().clone();
        self.members = loaded.members().map(|member| member.id().clone()).collect();
        self.reached.clone_from(&self.members);
        self.recipients = loaded.members().flat_map(|member| member.recipients(&self.reach)).collect();
        self.keys = loaded.keys_of(&self.terms, |_| true);
    }

    fn events(&mut self, found: &Found<'_>) -> Obliged {
        let Oblige { contact, of, reach, members, reached, .. } = self;
        let covers = |need: &Citation| reach.covers(need.scope());
        let ours = |need: &Citation| members.contains(need.contact()) && covers(need);
        let of_reached = |need: &Citation| reached.contains(need.contact()) && covers(need);
        let mut recipients = std::mem::take(&mut self.recipients);
        recipients.extend(event_recipients(found.events, ours));
        let mut obligations = vec![Obligation::Confirm { contact: contact.clone(), of: *of }];
        obligations.extend(tell(recipients, contact, *of));
        let mut needs = BTreeMap::new();
        for kept in waiting(&in_order(found.events), of_reached) {
            obligations.push(Obligation::StopQueued { event: kept.event.key() });
            needs.insert(
                kept.event.key(),
                kept.event.citations().filter(|need| covers(need)).cloned().collect(),
            );
        }
        match of {
            Right::Restriction => {
                obligations.push(Obligation::TellBeforeLifting { contact: contact.clone() })
            }
            Right::Withdrawal | Right::Objection => {
                obligations.push(Obligation::EraseUnlessOtherBasis { contact: contact.clone() });
            }
            Right::Rectification | Right::Erasure => {}
        }
        Obliged { obligations, needs }
    }
}

impl Step for Oblige {
    fn want(&self) -> Want {
        let person = self.terms.want(&self.contact);
        match &self.at {
            At::Person | At::Done(_) => person,
            At::Key(key) => Want { holders: Some(key.clone()), ..person },
            At::Events => Want { events: self.reached.iter().cloned().collect(), ..person },
        }
    }

    fn plan(&mut self, _: &Found<'_>) -> Plan {
        Plan::default()
    }

    fn written(&mut self, found: &Found<'_>) {
        match (&self.at, found.person) {
            (_, None) => {
                self.at = At::Done(Err(DeskError::UnknownContact));
                return;
            }
            (At::Person, Some(loaded)) => self.person(&loaded),
            (At::Key(_), _) => self.reached.extend(found.holders.iter().cloned()),
            (At::Events, _) => {
                self.at = At::Done(Ok(self.events(found)));
                return;
            }
            (At::Done(_), _) => return,
        }
        self.at = self.keys.pop().map_or(At::Events, At::Key);
    }
}

impl Operation for Oblige {
    type Answer = Result<Obliged, DeskError>;

    fn finish(self) -> Result<Self::Answer, Oblige> {
        match self {
            Oblige { at: At::Done(answer), .. } => Ok(answer),
            next => Err(next),
        }
    }
}

/// Exercises the right that a stop stands for: a withdrawal, an objection, a restriction, an erasure. What it obliges to is
/// asked before, for an erasure leaves nobody to ask, and held against what the ledgers answer after it: nothing is to be
/// confirmed that did not happen.
#[derive(Debug)]
pub struct Exercise {
    terms: Arc<Terms>,
    contact: ContactId,
    stop: Stop,
    now: Instant,
    obliged: Obliged,
    outcome: Option<Outcome>,
    /// Whose needs are still to be asked, and which events are refused now.
    asking: BTreeSet<ContactId>,
    refused: BTreeSet<EventKey>,
    doing: Doing,
}

#[derive(Debug)]
enum Doing {
    Oblige(Box<Oblige>),
    Halt(Box<Halt>),
    Ask(ContactId),
    Done(Result<Exercised, DeskError>),
}

impl Exercise {
    /// To exercise the right of a contact that this stop stands for.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, stop: Stop) -> Exercise {
        let of = match stop.kind() {
            ActKind::Object => Right::Objection,
            ActKind::Restrict => Right::Restriction,
            ActKind::Erase => Right::Erasure,
            _ => Right::Withdrawal,
        };
        let now = stop.0.acted.max(stop.0.recorded);
        let oblige = Oblige::new(Arc::clone(&terms), contact.clone(), of, stop.reach().clone());
        let (obliged, asking, refused) = (Obliged::default(), BTreeSet::new(), BTreeSet::new());
        let doing = Doing::Oblige(Box::new(oblige));
        Exercise { terms, contact, stop, now, obliged, outcome: None, asking, refused, doing }
    }

    fn halted(&mut self, outcome: Outcome) -> Doing {
        self.asking = self.obliged.needs.values().flatten().map(|need| need.contact().clone()).collect();
        self.outcome = Some(outcome);
        self.next()
    }

    /// Which events that wait are refused now, for a need of this contact.
    fn asked(&mut self, contact: &ContactId, found: &Found<'_>) {
        let ledger = found.person.map(|loaded| loaded.contact().ledger());
        let refuses = |need: &Citation| {
            let ask = Ask::new(need.scope().clone(), need.identity().clone());
            need.contact() == contact && ledger.is_none_or(|ledger| ledger.refuses(&ask, self.now).is_some())
        };
        let refused = self.obliged.needs.iter().filter(|(_, needs)| needs.iter().any(refuses));
        let refused: Vec<EventKey> = refused.map(|(event, _)| *event).collect();
        self.refused.extend(refused);
    }

    fn next(&mut self) -> Doing {
        match (self.asking.pop_first(), self.outcome.take()) {
            (Some(contact), outcome) => {
                self.outcome = outcome;
                Doing::Ask(contact)
            }
            (None, Some(outcome)) => Doing::Done(Ok(self.exercised(outcome))),
            (None, None) => Doing::Done(Err(DeskError::UnknownContact)),
        }
    }

    /// What is left of the obligations once the stop has done what it did.
    fn exercised(&mut self, outcome: Outcome) -> Exercised {
        let contact = || self.contact.clone();
        if outcome.bears_on_nothing() {
            return Exercised {
                outcome,
                obligations: vec![Obligation::AskWhatIsMeant { contact: contact() }],
            };
        }
        let whole = outcome.outlived().is_empty();
        let holds = |obligation: &Obligation| match obligation {
            Obligation::Confirm { .. } => whole,
            Obligation::StopQueued { event } => self.refused.contains(event),
            _ => true,
        };
        let outlived = outcome.outlived().iter();
        let outlived =
            outlived.map(|grant| Obligation::Outlived { contact: contact(), grant: grant.clone() });
        let obligations = std::mem::take(&mut self.obliged.obligations).into_iter().filter(holds);
        let obligations = obligations.chain(outlived).collect();
        Exercised { outcome, obligations }
    }
}

impl Step for Exercise {
    fn want(&self) -> Want {
        match &self.doing {
            Doing::Oblige(oblige) => oblige.want(),
            Doing::Halt(halt) => halt.want(),
            Doing::Ask(contact) => self.terms.want(contact),
            Doing::Done(_) => Want::nobody(),
        }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match &mut self.doing {
            Doing::Halt(halt) => halt.plan(found),
            Doing::Oblige(_) | Doing::Ask(_) | Doing::Done(_) => Plan::default(),
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        let done = Doing::Done(Err(DeskError::UnknownContact));
        self.doing = match std::mem::replace(&mut self.doing, done) {
            Doing::Oblige(mut oblige) => {
                oblige.written(found);
                match oblige.finish() {
                    Ok(Ok(obliged)) => {
                        self.obliged = obliged;
                        let (terms, contact) = (Arc::clone(&self.terms), self.contact.clone());
                        Doing::Halt(Box::new(Halt::new(terms, contact, self.stop.clone())))
                    }
                    Ok(Err(no)) => Doing::Done(Err(no)),
                    Err(oblige) => Doing::Oblige(Box::new(oblige)),
                }
            }
            Doing::Halt(mut halt) => {
                halt.written(found);
                match halt.finish() {
                    Ok(Ok(outcome)) => self.halted(outcome),
                    Ok(Err(no)) => Doing::Done(Err(no)),
                    Err(halt) => Doing::Halt(Box::new(halt)),
                }
            }
            Doing::Ask(contact) => {
                self.asked(&contact, found);
                self.next()
            }
            done @ Doing::Done(_) => done,
        };
    }
}

impl Operation for Exercise {
    type Answer = Result<Exercised, DeskError>;

    fn finish(self) -> Result<Self::Answer, Exercise> {
        match self {
            Exercise { doing: Doing::Done(answer), .. } => Ok(answer),
            next => Err(next),
        }
    }
}
