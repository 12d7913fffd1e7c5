//! How a need is asked of a contact: of the identity a signal arrived on, or of all that its channel reaches (SPEC S29).

use crate::contact::Contact;
use crate::identity::{Identity, IdentityKind};
use crate::journey::{Check, Compiled, Kind, Need, Place, Target};
use crate::ledger::{AskKey, Reason, Slot, Verdict};
use crate::refusal::Refusal;
use crate::signal::Signal;
use crate::vocab::{Instant, Name, Scope, ScopeKey, Word};

use super::trace::Trace;

/// A contact, seen through a journey at one instant.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) journey: &'a Compiled,
    pub(super) contact: &'a Contact,
    /// The contact's words are the journey's: numbers can be compared in the place of names.
    same: bool,
    pub(super) arrived: Slot,
    pub(super) now: Instant,
    /// Something names the contact: its ledger, or the admitted signal at hand (S18).
    pub(super) known: bool,
}

/// The answer to one need.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Permitted { slot: Slot, grant: u32 },
    Refused { slot: Slot, refusal: Refusal },
}

impl Answer {
    pub(super) fn refusal(self) -> Option<(Slot, Refusal)> {
        match self {
            Answer::Permitted { .. } => None,
            Answer::Refused { slot, refusal } => Some((slot, refusal)),
        }
    }

    pub(super) fn slot(self) -> Slot {
        match self {
            Answer::Permitted { slot, .. } | Answer::Refused { slot, .. } => slot,
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn new(
        journey: &'a Compiled,
        contact: &'a Contact,
        arrived: Option<&Identity>,
        now: Instant,
    ) -> Self {
        let ledger = contact.ledger();
        let shared = ledger.lexicon().shared();
        let same = std::ptr::eq(&raw const **shared, &raw const **journey.vocabulary());
        let arrived = arrived.map_or(Slot::NONE, |identity| ledger.slot(identity));
        View { journey, contact, same, arrived, now, known: ledger.is_known() }
    }

    /// Asks for the identity that the signal arrived on (S26).
    pub(super) fn ask_arrived(&self, need: &Need) -> Answer {
        let identity = self.contact.ledger().identity(self.arrived);
        match identity.and_then(|identity| self.key(need, identity)) {
            Some(key) => self.ask_key(key, self.arrived).0,
            None => self.ask_nobody(need),
        }
    }

    /// Asks for every identity that the channel reaches; the latest permitting grant decides, then the exact key.
    /// Where none permits, the refusal is that of the identity furthest down the list of S17.
    pub(super) fn ask(&self, need: &Need) -> Answer {
        let ledger = self.contact.ledger();
        let mut best: Option<(Answer, Option<Instant>, &Identity)> = None;
        for (slot, identity) in ledger.slots() {
            if !need.reaches(identity, slot == self.arrived) {
                continue;
            }
            let Some(key) = self.key(need, identity) else {
                continue;
            };
            let (answer, given) = self.ask_key(key, slot);
            let better = match &best {
                None => true,
                Some((Answer::Permitted { .. }, at, other)) => {
                    given.is_some() && (given.cmp(at)).then_with(|| other.compare_keys(identity)).is_gt()
                }
                Some((Answer::Refused { refusal: other, .. }, ..)) => {
                    answer.refusal().is_none_or(|(_, refusal)| refusal.reason() > other.reason())
                }
            };
            if better {
                best = Some((answer, given, identity));
            }
        }
        best.map_or_else(|| self.ask_nobody(need), |(answer, ..)| answer)
    }

    /// No identity is reached: no grant can cover it, and every stop still does.
    fn ask_nobody(&self, need: &Need) -> Answer {
        self.ask_key(self.contact.ledger().lexicon().key(&need.scope), Slot::NONE).0
    }

    /// The answer, and when the permitting grant was given.
    fn ask_key(&self, scope: ScopeKey, slot: Slot) -> (Answer, Option<Instant>) {
        let ledger = self.contact.ledger();
        match ledger.tally(AskKey { scope, slot }, self.now).known(self.known).verdict(self.now) {
            Verdict::Permitted { grant, .. } => (Answer::Permitted { slot, grant }, ledger.acted_at(grant)),
            Verdict::Refused { reason, cause } => {
                let refusal = Refusal::new(reason, cause, ledger.version(), self.now);
                (Answer::Refused { slot, refusal }, None)
            }
        }
    }

    /// The scope that is asked for an identity; `None` where its network is not in the catalogue.
    pub(super) fn scope(&self, need: &Need, identity: &Identity) -> Option<Scope> {
        match (&need.target, identity.kind()) {
            (Target::Reached(_), _) => Some(need.scope.clone()),
            (Target::OwnNetwork(purpose, recipient), IdentityKind::Account(network)) => {
                let channel = self.journey.channel_of(network)?;
                Some(Scope::new(purpose.clone(), channel.clone(), recipient.clone()))
            }
            (Target::OwnNetwork(..), _) => None,
        }
    }

    fn key(&self, need: &Need, identity: &Identity) -> Option<ScopeKey> {
        match need.target {
            Target::Reached(_) if self.same => Some(need.key),
            _ => self.scope(need, identity).map(|scope| self.contact.ledger().lexicon().key(&scope)),
        }
    }

    /// The word of a kind in the contact's lexicon.
    fn word(&self, kind: &Kind) -> Word {
        match kind.word {
            Some(word) if self.same => word,
            _ => self.contact.ledger().lexicon().word(&kind.name),
        }
    }

    /// The place of the stage the contact holds; no stage where the journey has none of that name.
    pub(super) fn held(&self) -> Place {
        let held = self.contact.held();
        let place = if self.same {
            held.and_then(|word| self.journey.place_of_word(word))
        } else {
            let name = held.and_then(|word| self.contact.ledger().lexicon().name(word));
            name.and_then(|name: &Name| self.journey.place_of_word(self.journey.vocabulary().word(name)?))
        };
        place.unwrap_or(Place::NONE)
    }

    /// Where the contact stands (S27): down from the held stage while something that sustains it is missing.
    pub(super) fn stands_at<T: Trace>(&self, trace: &mut T) -> Place {
        let mut at = self.held();
        if self.contact.ledger().erased() {
            return Place::NONE;
        }
        // INVARIANT: a journey has no circle of stages and elses, so that this ends.
        while let Some(standing) = self.journey.standing(at) {
            let missing = |need: &&Need| self.ask(need).refusal().is_some();
            let mut lines = standing.sustain.iter();
            let fallen = lines.find_map(|(needs, below)| Some((needs.iter().find(missing)?, *below)));
            let Some((need, below)) = fallen else {
                break;
            };
            trace.fell(self, at, need);
            at = below;
        }
        at
    }

    /// Whether a guard holds. With a trace every part is looked at, otherwise no more than is needed.
    pub(super) fn holds<T: Trace>(&self, check: &Check, signal: &Signal, at: Place, trace: &mut T) -> bool {
        let step = trace.enter();
        let mut part = |check: &Check| self.holds(check, signal, at, &mut *trace);
        let holds = match check {
            Check::All(checks) if T::EVERY => checks.iter().fold(true, |all, check| part(check) & all),
            Check::Any(checks) if T::EVERY => checks.iter().fold(false, |any, check| part(check) | any),
            Check::All(checks) => checks.iter().all(part),
            Check::Any(checks) => checks.iter().any(part),
            Check::Not(check) => !part(check),
            Check::Stage(place) => *place == at,
            Check::Count { kind, at_least, within } => self.count(*kind, signal, *within) >= *at_least,
            Check::Recency { kind, within } => {
                let latest =
                    self.journey.kind(*kind).and_then(|kind| self.contact.facts().latest(self.word(kind)));
                let after = self.now.checked_sub(*within);
                latest.is_some_and(|latest| after.is_none_or(|after| latest > after))
            }
            Check::Attribute { name, is, value } => {
                signal.attribute(name).is_some_and(|found| is.holds(found, value))
            }
            Check::Consent(need) => self.ask(need).refusal().is_none(),
        };
        trace.leave(self, step, check, signal, holds);
        holds
    }

    /// How many signals of a kind, the one at hand included.
    pub(super) fn count(&self, kind: u16, signal: &Signal, within: Option<chrono::TimeDelta>) -> u32 {
        let this = u32::from(kind == signal.kind_place());
        let Some(kind) = self.journey.kind(kind) else {
            return 0;
        };
        let word = self.word(kind);
        let Some(within) = within else {
            return self.contact.facts().count(word).saturating_add(this);
        };
        let after = self.now.checked_sub(within);
        let this = if after.is_none_or(|after| signal.at() > after) { this } else { 0 };
        self.contact.facts().count_within(word, after, self.now).saturating_add(this)
    }

    /// Whether one of a rule's needs is refused because of a restriction: then the contact does not move (S20).
    pub(super) fn is_restriction(answer: Answer) -> bool {
        answer.refusal().is_some_and(|(_, refusal)| refusal.reason() == Reason::Restricted)
    }
}
