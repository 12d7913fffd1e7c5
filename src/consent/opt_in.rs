//! What one tick of a form proves: a go, and where an objection bars it the unobject.

use super::act::{Act, ActKind, Lift, Record};
use super::ask::AskKey;
use super::error::{AppendError, Appended};
use super::outcome::{Idle, Outcome};
use super::row::Row;
use super::{ConsentLedger, Reason, Slot};
use crate::name::ActId;

/// What the acts of one tick of a form did: the go, and the unobject that it was proof of as well.
#[must_use = "the grant can be refused all the same: `outcome.refused` tells"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptIn {
    /// What the go did, with the objection taken back where one was.
    pub outcome: Outcome,
    /// The unobject that was appended with it; `None` where none was needed, or the evidence does not prove one.
    pub unobject: Option<Lift>,
}

impl ConsentLedger {
    /// Whether a go and an unobject of this id can both be appended.
    pub(crate) fn may_opt_in(&self, go: &Act, unobject: &ActId) -> Result<(), AppendError> {
        let taken = *go.id() == *unobject
            || self.places(unobject).any(|place| self.row(place).is_some_and(Row::is_own));
        if self.would_append(go)? == Appended::New && taken { Err(AppendError::IdReused) } else { Ok(()) }
    }

    /// The unobject that a grant, or the confirm of one, is proof of as well: whoever objected once and ticks a box today
    /// takes the objection back for what the box says. `None` where no objection bars it, where the grant still waits for
    /// its confirm, or where the evidence does not prove an unobject.
    pub(crate) fn unobject_with(&self, go: &Act, outcome: &mut Outcome, id: ActId) -> Option<Lift> {
        if outcome.appended() == Appended::Again {
            *outcome = self.outcome_again(go);
        }
        let record = go.record();
        let proven = match record.kind {
            ActKind::Grant => record.confirm_by.is_none(),
            // It is on file by now, so that a good one has nothing left to confirm.
            ActKind::Confirm => {
                let slot = record.identity.as_ref().map_or(Slot::NONE, |identity| self.slot(identity));
                self.before_confirm(record, slot) == Some(Idle::Covered)
            }
            _ => false,
        };
        let barred = proven && outcome.refused() == Some(Reason::Objected);
        let Record { acted, recorded, .. } = *record;
        let scope = match record.kind {
            ActKind::Grant => record.reach.narrow(),
            _ => self.act(record.names.as_ref()?).and_then(|grant| grant.record().reach.narrow()),
        };
        let parts = (scope?, record.identity.clone()?, record.evidence.clone()?);
        let (scope, identity, evidence) = Some(parts).filter(|_| barred)?;
        Lift::unobject(id, scope, identity, evidence, acted, recorded).ok()
    }

    /// The outcome of a go that is on file already: what stands against it today.
    fn outcome_again(&self, go: &Act) -> Outcome {
        let mut outcome = Outcome::again();
        let there = self
            .places(go.id())
            .find_map(|place| self.row(place).filter(|row| row.is_own()).zip(Some(place)));
        let Some((row, place)) = there else { return outcome };
        let about = if row.kind == ActKind::Confirm {
            self.named_go(place).and_then(|go| self.row(go))
        } else {
            Some(row)
        };
        if let Some(about) = about {
            let key = AskKey { scope: about.key, slot: about.slot };
            self.note_refusal(&mut outcome, key, row.clocks(place, &self.beside));
        }
        outcome
    }
}
