//! How a need is asked of a contact: of the identity a signal arrived on, or of all that its channel reaches (SPEC S29).

use crate::contact::{Contact, Person, Seat};
use crate::identity::{Identity, IdentityKind};
use crate::journey::{Check, Compiled, Kind, Need, Place, Target};
use crate::ledger::{AskKey, Reason, Verdict};
use crate::refusal::Refusal;
use crate::signal::Signal;
use crate::vocab::{Instant, Name, Scope, ScopeKey, Word};

use super::trace::Trace;

/// A person, seen through a journey at one instant.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) journey: &'a Compiled,
    pub(super) person: Person<'a>,
    /// The identity that the signal arrived on, or that the question is about.
    pub(super) arrived: Seat,
    pub(super) now: Instant,
    /// Something names the contact: a ledger, or the admitted signal at hand (S18).
    pub(super) known: bool,
    erased: bool,
}

/// The answer to one need.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Permitted { seat: Seat, grant: u32 },
    Refused { seat: Seat, refusal: Refusal },
}

impl Answer {
    pub(super) fn refusal(self) -> Option<(Seat, Refusal)> {
        match self {
            Answer::Permitted { .. } => None,
            Answer::Refused { seat, refusal } => Some((seat, refusal)),
        }
    }

    pub(super) fn seat(self) -> Seat {
        match self {
            Answer::Permitted { seat, .. } | Answer::Refused { seat, .. } => seat,
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn new(
        journey: &'a Compiled,
        person: Person<'a>,
        arrived: Option<&Identity>,
        now: Instant,
    ) -> Self {
        let arrived = arrived.map_or(Seat::NOBODY, |identity| person.seat(identity));
        View { journey, person, arrived, now, known: person.known(), erased: person.erased() }
    }

    /// Asks for the identity that the signal arrived on (S26).
    pub(super) fn ask_arrived(&self, need: &Need) -> Answer {
        let contact = self.person.member(self.arrived).unwrap_or(self.person.named());
        let key = self.person.identity(self.arrived).and_then(|identity| self.key(need, contact, identity));
        key.map_or_else(|| self.ask_nobody(need), |key| self.ask_key(key, contact, self.arrived).0)
    }

    /// Asks for every identity that the channel reaches; the latest permitting grant decides, then the exact key.
    /// Where none permits, the refusal is that of the identity furthest down the list of S17.
    pub(super) fn ask(&self, need: &Need) -> Answer {
        let mut best: Option<(Answer, Option<Instant>, &Identity)> = None;
        for (seat, contact, identity) in self.person.seats() {
            if !need.reaches(identity, seat == self.arrived) {
                continue;
            }
            let Some(key) = self.key(need, contact, identity) else {
                continue;
            };
            let (answer, given) = self.ask_key(key, contact, seat);
            let better = match &best {
                None => true,
                Some((Answer::Permitted { .. }, at, other)) => {
                    given.is_some() && given.cmp(at).then_with(|| other.compare_keys(identity)).is_gt()
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
        let contact = self.person.named();
        self.ask_key(contact.ledger().lexicon().key(&need.scope), contact, Seat::NOBODY).0
    }

    /// The answer, and when the permitting grant was given.
    fn ask_key(&self, scope: ScopeKey, contact: &Contact, seat: Seat) -> (Answer, Option<Instant>) {
        // An erasure of one is an erasure of all (S12, S15), told or not.
        let contact =
            if self.erased { self.person.members().find(|contact| contact.ledger().erased()) } else { None }
                .unwrap_or(contact);
        let ledger = contact.ledger();
        let tally = ledger.tally(AskKey { scope, slot: seat.slot }, self.now).known(self.known);
        match tally.verdict(self.now) {
            Verdict::Permitted { grant, .. } => (Answer::Permitted { seat, grant }, ledger.acted_at(grant)),
            Verdict::Refused { reason, cause } => {
                let refusal = Refusal::new(reason, cause, ledger.version(), self.now);
                (Answer::Refused { seat, refusal }, None)
            }
        }
    }

    /// Whether a contact's words are the journey's: numbers can be compared in the place of names.
    fn same(&self, contact: &Contact) -> bool {
        let shared = contact.ledger().lexicon().shared();
        std::ptr::eq(&raw const **shared, &raw const **self.journey.vocabulary())
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

    /// The scope that an answer is about, for a refusal to name.
    pub(super) fn asked_scope(&self, need: &Need, seat: Seat) -> Scope {
        let scope = self.person.identity(seat).and_then(|identity| self.scope(need, identity));
        scope.unwrap_or_else(|| need.scope.clone())
    }

    fn key(&self, need: &Need, contact: &Contact, identity: &Identity) -> Option<ScopeKey> {
        match need.target {
            Target::Reached(_) if self.same(contact) => Some(need.key),
            _ => self.scope(need, identity).map(|scope| contact.ledger().lexicon().key(&scope)),
        }
    }

    /// The word of a kind in a contact's lexicon.
    fn word(&self, kind: &Kind, contact: &Contact) -> Word {
        match kind.word {
            Some(word) if self.same(contact) => word,
            _ => contact.ledger().lexicon().word(&kind.name),
        }
    }

    /// The place of the stage that is held; no stage where the journey has none of that name.
    pub(super) fn held(&self) -> Place {
        let named = |name: &Name| self.journey.place_of_word(self.journey.vocabulary().word(name)?);
        let contact = self.person.named();
        let place = match (self.person.held(), contact.held()) {
            (Some(joint), _) => joint.and_then(|stage| named(stage.name())),
            (None, Some(word)) if self.same(contact) => self.journey.place_of_word(word),
            (None, Some(word)) => contact.ledger().lexicon().name(word).and_then(named),
            (None, None) => None,
        };
        place.unwrap_or(Place::NONE)
    }

    /// Where the contact stands (S27): down from the held stage while something that sustains it is missing.
    pub(super) fn stands_at<T: Trace>(&self, trace: &mut T) -> Place {
        let mut at = self.held();
        if self.person.erased() {
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
                let kind = self.journey.kind(*kind);
                let latest = |contact: &'a Contact| contact.facts().latest(self.word(kind?, contact));
                let latest = self.person.members().filter_map(latest).max();
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
        let sum = |counts: &dyn Fn(&Contact) -> u32| {
            self.person.members().fold(0_u32, |sum, contact| sum.saturating_add(counts(contact)))
        };
        let Some(within) = within else {
            return sum(&|contact| contact.facts().count(self.word(kind, contact))).saturating_add(this);
        };
        let after = self.now.checked_sub(within);
        let this = if after.is_none_or(|after| signal.at() > after) { this } else { 0 };
        let kept =
            |contact: &Contact| contact.facts().count_within(self.word(kind, contact), after, self.now);
        sum(&kept).saturating_add(this)
    }

    /// Whether one of a rule's needs is refused because of a restriction: then the contact does not move (S20).
    pub(super) fn is_restriction(answer: Answer) -> bool {
        answer.refusal().is_some_and(|(_, refusal)| refusal.reason() == Reason::Restricted)
    }
}
