//! A need that was refused: in numbers while it is decided, and with names when it is read.

use super::ask::{Answer, View};
use crate::consent::Refusal;
use crate::consent::{Act, AskKey, Reason, Remedy};
use crate::contact::{Person, Seat};
use crate::journey::Need;
use crate::name::{Instant, Scope, ScopeKey};

/// What was decided about an effect.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Fate {
    /// Its own guard does not hold: it was not asked for.
    #[default]
    NotAsked,
    /// Every need is permitted; so is the addressing one, for this identity by this grant.
    Permitted(Permitting),
    /// This need is refused, the first that is.
    Refused(Refusing),
}

impl Fate {
    pub(super) fn refused(self) -> Option<Refusing> {
        match self {
            Fate::Refused(refusing) => Some(refusing),
            Fate::Permitted(_) | Fate::NotAsked => None,
        }
    }
}

/// On what a permission rests: the identity, the scope of the need, and the place of the grant in its ledger.
#[derive(Debug, Clone, Copy)]
pub(super) struct Permitting {
    pub(super) seat: Seat,
    pub(super) way: u16,
    pub(super) grant: u32,
}

/// A refused need, by its place in the journey, and whose no it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusing {
    seat: Seat,
    way: u16,
    need: u16,
    /// What was asked, in the words of the ledger that refused, and how many acts it held.
    scope: ScopeKey,
    acts: u32,
    reason: Reason,
}

impl Refusing {
    /// What an answer refuses.
    #[inline]
    pub(super) fn of(view: &View<'_>, need: &Need, place: u16, answer: Answer, reason: Reason) -> Refusing {
        let Answer { seat, way, .. } = answer;
        let (ledger, key) = view.asked(need, answer);
        Refusing { seat, way, need: place, scope: key.scope, acts: ledger.version(), reason }
    }

    pub(super) fn among(self, needs: &[Need], at: Instant) -> Option<Refused<'_>> {
        let Refusing { seat, way, need, scope, acts, reason } = self;
        let key = AskKey { scope, slot: seat.slot };
        let scope = &needs.get(usize::from(need))?.wanted(way).scope;
        Some(Refused { scope, seat, refusal: Refusal::new(reason, key, acts, at).of_need(need) })
    }
}

/// A need that was refused: what was asked for, why, and what would cure it.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'d> {
    scope: &'d Scope,
    seat: Seat,
    refusal: Refusal,
}

impl<'d> Refused<'d> {
    /// What was asked for.
    #[must_use]
    pub fn scope(&self) -> &'d Scope {
        self.scope
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.refusal.reason()
    }

    /// The refusal itself.
    #[must_use]
    pub fn refusal(&self) -> Refusal {
        self.refusal
    }

    /// The act that caused it.
    #[must_use]
    pub fn cause<'a>(&self, contact: impl Into<Person<'a>>) -> Option<Act> {
        self.refusal.cause(contact.into().member(self.seat)?.ledger())
    }

    /// The fewest acts that would turn it.
    #[must_use]
    pub fn remedy<'a>(&self, contact: impl Into<Person<'a>>) -> Remedy {
        let person = contact.into();
        let ledger = person.member(self.seat).unwrap_or(person.named()).ledger();
        match self.reason() {
            Reason::UnknownNotice => {
                ledger.remedy_of_notice(self.refusal.key(), self.scope, self.refusal.at())
            }
            _ => ledger.remedy_of(self.refusal.key(), self.scope, self.refusal.at()),
        }
    }
}
