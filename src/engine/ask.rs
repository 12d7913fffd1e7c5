//! How a need is asked of a contact: of the identity a signal arrived on, or of all that its channel reaches (SPEC S29).

use crate::contact::{Contact, Person, Seat};
use crate::identity::Identity;
use crate::journey::{Check, Compiled, Kind, Need, Place};
use crate::ledger::{AskKey, Reason, Slot, Verdict};
use crate::refusal::Refusal;
use crate::signal::Signal;
use crate::vocab::{ActId, Instant, Name, ScopeKey, Word};

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
    /// The member that is erased.
    erased: Option<u16>,
}

/// The answer to one need: a refusal, or a permission.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    /// Of which identity it is the answer.
    pub(super) seat: Seat,
    /// Which scope of the need was asked for.
    pub(super) way: u16,
    pub(super) refusal: Option<Refusal>,
}

impl Answer {
    pub(super) fn is_refused(self) -> bool {
        self.refusal.is_some()
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
        let way = self.person.identity(self.arrived).and_then(|identity| self.journey.way(need, identity));
        way.map_or_else(|| self.ask_nobody(need), |way| self.ask_one(need, way, self.arrived).0)
    }

    /// Asks for every identity that the channel reaches; the latest permitting grant decides, then the exact key.
    /// Where none permits, the refusal is that of the identity furthest down the list of S17.
    pub(super) fn ask(&self, need: &Need) -> Answer {
        let mut best: Option<(Answer, Option<Instant>, &Identity)> = None;
        for (seat, identity) in self.person.seats() {
            if !need.reaches(identity, seat == self.arrived) {
                continue;
            }
            let Some(way) = self.journey.way(need, identity) else {
                continue;
            };
            let (answer, given) = self.ask_one(need, way, seat);
            let better = match &best {
                None => true,
                Some((Answer { refusal: None, .. }, at, other)) => {
                    given.is_some() && given.cmp(at).then_with(|| other.compare_keys(identity)).is_gt()
                }
                Some((Answer { refusal: Some(other), .. }, ..)) => {
                    answer.refusal.is_none_or(|refusal| refusal.reason() > other.reason())
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
        self.ask_one(need, 0, Seat::NOBODY).0
    }

    /// The answer, and when the permitting grant was given.
    fn ask_one(&self, need: &Need, way: u16, seat: Seat) -> (Answer, Option<Instant>) {
        // An erasure of one is an erasure of all (S12, S15), told or not.
        let seat = self.erased.map_or(seat, |member| Seat { member, slot: Slot::NONE });
        let ledger = self.person.member(seat).unwrap_or(self.person.named()).ledger();
        let key = AskKey { scope: self.key(need, way, seat), slot: seat.slot };
        match ledger.tally(key, self.now).known(self.known).verdict(self.now) {
            Verdict::Permitted { grant, .. } => (Answer { seat, way, refusal: None }, ledger.acted_at(grant)),
            Verdict::Refused { reason, .. } => {
                let refusal = Refusal::new(reason, key, ledger.version(), self.now);
                (Answer { seat, way, refusal: Some(refusal) }, None)
            }
        }
    }

    /// Whether a contact's words are the journey's: numbers can be compared in the place of names.
    fn same(&self, contact: &Contact) -> bool {
        let shared = contact.ledger().lexicon().shared();
        std::ptr::eq(&raw const **shared, &raw const **self.journey.vocabulary())
    }

    /// The grant that a permission rests on.
    pub(super) fn grant(&self, need: &Need, answer: Answer) -> Option<&'a ActId> {
        let key = AskKey { scope: self.key(need, answer.way, answer.seat), slot: answer.seat.slot };
        let ledger = self.person.member(answer.seat)?.ledger();
        match ledger.tally(key, self.now).known(self.known).verdict(self.now) {
            Verdict::Permitted { grant, .. } => ledger.act_id(grant),
            Verdict::Refused { .. } => None,
        }
    }

    /// What a need asks for, in the words of the contact that is asked.
    fn key(&self, need: &Need, way: u16, seat: Seat) -> ScopeKey {
        let wanted = need.wanted(way);
        let contact = self.person.member(seat).unwrap_or(self.person.named());
        if self.same(contact) { wanted.key } else { contact.ledger().lexicon().key(&wanted.scope) }
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

    pub(super) fn is_erased(&self) -> bool {
        self.erased.is_some()
    }

    /// Where the contact stands (S27): down from the held stage while something that sustains it is missing.
    pub(super) fn stands_at<T: Trace>(&self, trace: &mut T) -> Place {
        let mut at = self.held();
        if self.is_erased() {
            return Place::NONE;
        }
        // INVARIANT: a journey has no circle of stages and elses, so that this ends.
        while let Some(standing) = self.journey.standing(at) {
            let missing = |need: &&Need| self.ask(need).is_refused();
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
            Check::Consent(need) => !self.ask(need).is_refused(),
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
        answer.refusal.is_some_and(|refusal| refusal.reason() == Reason::Restricted)
    }
}
