//! To append a go, and what one tick of a form proves.

use std::sync::Arc;

use super::Pending;
use crate::consent::{Act, Appended, Forecast, OptIn, Outcome};
use crate::contact::{Body, Entry};
use crate::desk::found::Found;
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::name::{ActId, ContactId};

/// Appends a go; for a stop see [`Halt`](super::Halt).
#[derive(Debug)]
pub struct Append {
    terms: Arc<Terms>,
    contact: ContactId,
    go: Act,
    forecast: Option<Forecast>,
    answer: Pending<Outcome>,
}

impl Append {
    /// To append this go to a contact's ledger.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, go: Act) -> Append {
        Append { terms, contact, go, forecast: None, answer: Pending::new() }
    }

    fn planned(&mut self, found: &Found<'_>) -> Result<Option<Plan>, DeskError> {
        let loaded = found.person.ok_or(DeskError::UnknownContact)?;
        let contact = loaded.contact();
        if contact.is_scrubbed() {
            self.answer.set(Ok(Outcome::forgotten()));
            return Ok(None);
        }
        self.forecast = contact.ledger().forecast(&self.go)?;
        if self.forecast.is_none() {
            self.answer.set(Ok(contact.ledger().on_file(&self.go)));
            return Ok(None);
        }
        Ok(Some(Plan {
            expect: vec![(loaded.id.clone(), loaded.count)],
            entries: vec![Entry::new(contact.id().clone(), Body::Act(self.go.clone()))],
            ..Plan::default()
        }))
    }
}

impl Step for Append {
    fn want(&self) -> Want {
        self.terms.want(&self.contact)
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match self.planned(found) {
            Ok(plan) => plan.unwrap_or_default(),
            Err(no) => {
                self.answer.set(Err(no));
                Plan::default()
            }
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        if let Some((loaded, forecast)) = found.person.zip(self.forecast.take()) {
            self.answer.set(Ok(loaded.contact().ledger().came_to(forecast)));
        }
    }
}

impl Operation for Append {
    type Answer = Result<Outcome, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Append { terms, contact, go, forecast, answer } = self;
        answer.finish(|answer| Append { terms, contact, go, forecast, answer })
    }
}

/// Appends what one tick of a form proves: the go, and in a second step the unobject where an objection bars it. Where the
/// second was not reached, the grant alone is there, and refused: done again, it is completed.
#[derive(Debug)]
pub struct OptingIn {
    unobject: ActId,
    step: Append,
    /// What the go did, and the unobject that is being appended.
    first: Option<(Outcome, crate::consent::Lift)>,
    answer: Pending<OptIn>,
}

impl OptingIn {
    /// To append this go, and an unobject under this id where one is due.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, go: Act, unobject: ActId) -> OptingIn {
        OptingIn { unobject, step: Append::new(terms, contact, go), first: None, answer: Pending::new() }
    }

    fn next(&mut self, found: &Found<'_>) {
        let Some(answer) = self.step.answer.0.take() else { return };
        let (mut outcome, loaded) = match (answer, found.person) {
            (Err(no), _) => return self.answer.set(Err(no)),
            (Ok(outcome), None) => return self.answer.set(Ok(OptIn { outcome, unobject: None })),
            (Ok(outcome), Some(loaded)) => (outcome, loaded),
        };
        if let Some((first, lift)) = self.first.take() {
            return self
                .answer
                .set(Ok(OptIn { outcome: first.with_unobject(&outcome), unobject: Some(lift) }));
        }
        let forgotten = outcome.appended() == Appended::Forgotten;
        let ledger = loaded.contact().ledger();
        let lift = ledger.unobject_with(&self.step.go, &mut outcome, self.unobject.clone());
        match lift.filter(|_| !forgotten) {
            None => self.answer.set(Ok(OptIn { outcome, unobject: None })),
            Some(lift) => {
                let (terms, contact) = (Arc::clone(&self.step.terms), self.step.contact.clone());
                self.step = Append::new(terms, contact, Act::from(lift.clone()));
                self.first = Some((outcome, lift));
            }
        }
    }
}

impl Step for OptingIn {
    fn want(&self) -> Want {
        self.step.want()
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        if let Some(loaded) =
            found.person.filter(|loaded| self.first.is_none() && !loaded.contact().is_scrubbed())
        {
            if let Err(no) = loaded.contact().ledger().may_opt_in(&self.step.go, &self.unobject) {
                self.step.answer.set(Err(no.into()));
                return Plan::default();
            }
        }
        self.step.plan(found)
    }

    fn written(&mut self, found: &Found<'_>) {
        self.step.written(found);
        self.next(found);
    }
}

impl Operation for OptingIn {
    type Answer = Result<OptIn, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let OptingIn { unobject, step, first, answer } = self;
        answer.finish(|answer| OptingIn { unobject, step, first, answer })
    }
}
