//! How a need is asked of a contact: of the identity a signal arrived on, or of all that its channel reaches (SPEC S29).

use crate::consent::Refusal;
use crate::consent::{AskKey, Citation, ConsentLedger, Given, Reason, Slot, Verdict};
use crate::contact::{Contact, Person, Seat};
use crate::identity::Identity;
use crate::journey::guard::Queued;
use crate::journey::{Check, Kind, Need, Place, Plan};
use crate::name::{ActId, Instant, Name, Scope, ScopeKey, Stage, Word};
use crate::signal::Signal;

/// A person, seen through a journey at one instant.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) journey: &'a Plan,
    pub(super) person: &'a Person<'a>,
    /// The identity that the signal arrived on, or that the question is about.
    arrived: Option<&'a Identity>,
    pub(super) now: Instant,
    /// Something names the contact: a ledger, or the admitted signal at hand (S18).
    pub(super) known: bool,
    /// The member that is erased. Looked for once: members can be many.
    erased: Option<(u16, &'a Contact)>,
}

/// The answer to one need.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    /// Of which identity it is the answer.
    pub(super) seat: Seat,
    /// Which scope of the need was asked for.
    pub(super) way: u16,
    /// The grant that permits, or why not.
    pub(super) outcome: Result<Given, Reason>,
}

impl Answer {
    /// Why it is refused; `None` where it is permitted.
    #[inline]
    pub(super) fn reason(&self) -> Option<Reason> {
        self.outcome.err()
    }
}

impl<'a> View<'a> {
    #[inline]
    pub(super) fn new(
        journey: &'a Plan,
        person: &'a Person<'a>,
        arrived: Option<&'a Identity>,
        now: Instant,
    ) -> Self {
        View { journey, person, arrived, now, known: person.known(), erased: person.erased() }
    }

    /// Where the identity is that the signal arrived on.
    fn arrived(&self) -> Seat {
        self.arrived.map_or(Seat::NOBODY, |identity| self.person.seat(identity))
    }

    /// Asks for the identity that the signal arrived on (S26).
    pub(super) fn ask_arrived(&self, need: &Need) -> Answer {
        let arrived = self.arrived();
        let way = self.person.identity(arrived).and_then(|identity| self.journey.way(need, identity));
        way.map_or_else(|| self.ask_nobody(need), |way| self.ask_one(need, way, arrived))
    }

    /// Asks for every identity that the channel reaches; the latest permitting grant decides, then the exact key.
    /// Where none permits, the refusal is that of the identity furthest down the list of S17.
    pub(super) fn ask(&self, need: &Need) -> Answer {
        let arrived = if need.asks_arrival() { self.arrived() } else { Seat::NOBODY };
        let mut best: Option<(Answer, &Identity)> = None;
        for (member, contact) in (0..=u16::MAX).zip(self.person.members()) {
            for (slot, identity) in contact.ledger().slots() {
                let seat = Seat { member, slot };
                let way = if need.reaches(identity, seat == arrived) {
                    self.journey.way(need, identity)
                } else {
                    None
                };
                let Some(way) = way else { continue };
                let answer = self.ask_of(need, way, seat, contact);
                let better = best.is_none_or(|(other, of)| match (answer.outcome, other.outcome) {
                    (Ok(given), Ok(before)) => {
                        given.at.cmp(&before.at).then_with(|| of.compare_keys(identity)).is_gt()
                    }
                    (Err(_), Ok(_)) => false,
                    (Ok(_), Err(_)) => true,
                    (Err(reason), Err(before)) => reason > before,
                });
                if better {
                    best = Some((answer, identity));
                }
            }
        }
        best.map_or_else(|| self.ask_nobody(need), |(answer, _)| answer)
    }

    /// No identity is reached: no grant can cover it, and every stop still does.
    fn ask_nobody(&self, need: &Need) -> Answer {
        self.ask_one(need, 0, Seat::NOBODY)
    }

    fn ask_one(&self, need: &Need, way: u16, seat: Seat) -> Answer {
        self.ask_of(need, way, seat, self.person.member(seat).unwrap_or(self.person.named()))
    }

    /// Asks one member for one identity. An erasure of one is an erasure of all (S12, S15), told or not.
    #[inline]
    fn ask_of(&self, need: &Need, way: u16, seat: Seat, contact: &Contact) -> Answer {
        let erased = |(member, contact)| (Seat { member, slot: Slot::NONE }, contact);
        let (seat, contact) = self.erased.map_or((seat, contact), erased);
        let key = AskKey { scope: self.key(need, way, contact), slot: seat.slot };
        let outcome = match contact.ledger().verdict_for(key, self.now, self.known) {
            Verdict::Permitted { grant }
                if !self.journey.allows_notice(|| contact.ledger().notice_at(grant.place)) =>
            {
                Err(Reason::UnknownNotice)
            }
            Verdict::Permitted { grant } => Ok(grant),
            Verdict::Refused { reason, .. } => Err(reason),
        };
        Answer { seat, way, outcome }
    }

    /// The ledger that gave an answer, and what it was asked in its own words.
    #[inline]
    pub(super) fn asked(&self, need: &Need, answer: Answer) -> (&'a ConsentLedger, AskKey) {
        let contact = self.person.member(answer.seat).unwrap_or(self.person.named());
        let scope = self.key(need, answer.way, contact);
        (contact.ledger(), AskKey { scope, slot: answer.seat.slot })
    }

    /// The paper trail of a permission, by the places that an answer named.
    pub(super) fn cite(&self, need: &Need, seat: Seat, way: u16, grant: u32) -> Option<Citation> {
        let contact = self.person.member(seat)?;
        let key = AskKey { scope: self.key(need, way, contact), slot: seat.slot };
        contact.ledger().cite(key, grant, self.now)
    }

    /// The refusal of an answer; `None` where it is permitted.
    pub(super) fn refusal(&self, need: &Need, answer: Answer) -> Option<Refusal> {
        let (ledger, key) = self.asked(need, answer);
        answer.reason().map(|reason| Refusal::new(reason, key, ledger.version(), self.now))
    }

    /// Whether a contact's words are the journey's: numbers can be compared in the place of names.
    #[inline]
    fn same(&self, contact: &Contact) -> bool {
        contact.ledger().speaks(self.journey.vocabulary())
    }

    /// The grant that a permission rests on.
    pub(super) fn grant(&self, need: &Need, answer: Answer) -> Option<ActId> {
        let (ledger, _) = self.asked(need, answer);
        ledger.id_at(answer.outcome.ok()?.place).cloned()
    }

    /// What a need asks for, in the words of the contact that is asked.
    #[inline]
    fn key(&self, need: &Need, way: u16, contact: &Contact) -> ScopeKey {
        let wanted = need.wanted(way);
        if self.same(contact) { wanted.key } else { contact.ledger().names().key(&wanted.scope) }
    }

    /// A kind in the words of a contact.
    fn word(&self, kind: &Kind, contact: &Contact) -> Word {
        match kind.word {
            Some(word) if self.same(contact) => word,
            _ => contact.ledger().names().word(&kind.name),
        }
    }

    /// The place of the stage that is held; no stage where the journey has none of that name.
    #[inline]
    pub(super) fn held(&self) -> Place {
        let named = |name: &Name| self.journey.place_of_word(self.journey.vocabulary().word(name)?);
        let contact = self.person.named();
        let place = match (self.person.held(), contact.held_word()) {
            (Some(joint), _) => joint.and_then(|stage| named(stage.name())),
            (None, Some(word)) if self.same(contact) => self.journey.place_of_word(word),
            (None, Some(word)) => contact.ledger().names().name(word).and_then(named),
            (None, None) => None,
        };
        place.unwrap_or(Place::NONE)
    }

    #[inline]
    pub(super) fn is_erased(&self) -> bool {
        self.erased.is_some()
    }

    /// Where the contact stands (S27): down from the held stage while something that sustains it is missing.
    #[inline]
    pub(super) fn stands_at(&self) -> Place {
        let held = self.held();
        if self.is_erased() {
            Place::NONE
        } else if self.journey.standing(held).is_none_or(|standing| standing.sustain.is_empty()) {
            held
        } else {
            self.falls_from(held)
        }
    }

    fn falls_from(&self, held: Place) -> Place {
        let mut at = held;
        // INVARIANT: a journey has no circle of stages and elses, so that this ends.
        while let Some((_, below)) = self.lacks(at) {
            at = below;
        }
        at
    }

    /// The stages that the contact falls back from, each with the scope that it lacks.
    pub(super) fn fell_back(self) -> impl Iterator<Item = (&'a Stage, &'a Scope)> {
        let mut next = Some(self.held()).filter(|_| !self.is_erased());
        std::iter::from_fn(move || {
            let at = next?;
            let (need, below) = self.lacks(at)?;
            next = Some(below);
            Some((&self.journey.standing(at)?.name, &need.wanted(self.ask(need).way).scope))
        })
    }

    /// The first need that a place lacks, and where a contact stands without it.
    fn lacks(&self, at: Place) -> Option<(&'a Need, Place)> {
        let missing = |need: &&Need| self.ask(need).outcome.is_err();
        let mut lines = self.journey.standing(at)?.sustain.iter();
        lines.find_map(|(needs, below)| Some((needs.iter().find(missing)?, *below)))
    }

    /// The contacts whose past a guard looks at: nothing of the past of whoever was erased counts (S12), whichever member
    /// the erasure was said for.
    fn past(&self) -> impl Iterator<Item = &'a Contact> + use<'a> {
        let left = self.erased.is_none();
        self.person.members().filter(move |_| left)
    }

    /// Whether a guard holds, looking at no more of it than is needed.
    pub(super) fn holds(&self, check: &Check, signal: &Signal, at: Place) -> bool {
        match check {
            Check::All(checks) => checks.iter().all(|check| self.holds(check, signal, at)),
            Check::Any(checks) => checks.iter().any(|check| self.holds(check, signal, at)),
            Check::Not(check) => !self.holds(check, signal, at),
            Check::Stage(place) => *place == at,
            Check::Count { kind, at_least, within } => self.count(*kind, signal, *within) >= *at_least,
            Check::Recency { kind, within } => {
                let kind = self.journey.kind(*kind);
                let latest = |contact: &'a Contact| contact.facts().latest(self.word(kind?, contact));
                let latest = self.past().filter_map(latest).max();
                let after = self.now.checked_sub(*within);
                latest.is_some_and(|latest| after.is_none_or(|after| latest > after))
            }
            Check::Unanswered { kind, by } => {
                let latest = |kind: u16| {
                    let kind = self.journey.kind(kind);
                    let latest = |contact: &'a Contact| contact.facts().latest(self.word(kind?, contact));
                    self.past().filter_map(latest).max()
                };
                let answered = by.iter().filter_map(|kind| latest(*kind)).max();
                latest(*kind).is_some_and(|asked| answered.is_none_or(|answered| answered < asked))
            }
            Check::NotOlderThan { kind } => {
                let kind = self.journey.kind(*kind);
                let latest = |contact: &'a Contact| contact.facts().latest(self.word(kind?, contact));
                self.past().filter_map(latest).max().is_none_or(|latest| signal.at() >= latest)
            }
            Check::Queued(queued) => self.queued(queued) >= queued.at_least,
            Check::Attribute { name, is, value } => {
                signal.attribute(name).is_some_and(|found| is.holds(found, value))
            }
            Check::Consent(need) => self.ask(need).outcome.is_ok(),
        }
    }

    /// How many signals of a kind, the one at hand included.
    pub(super) fn count(&self, kind: u16, signal: &Signal, within: Option<chrono::TimeDelta>) -> u32 {
        let this = u32::from(kind == signal.kind_place());
        let Some(kind) = self.journey.kind(kind) else {
            return 0;
        };
        let Some(within) = within else {
            let counts = self.past().map(|contact| contact.facts().count(self.word(kind, contact)));
            return counts.fold(this, u32::saturating_add);
        };
        let after = self.now.checked_sub(within);
        let this = if after.is_none_or(|after| signal.at() > after) { this } else { 0 };
        let counts = self
            .past()
            .map(|contact| contact.facts().count_within(self.word(kind, contact), after, self.now));
        counts.fold(this, u32::saturating_add)
    }

    /// How many events of an effect, or for a purpose, were queued.
    pub(super) fn queued(&self, of: &Queued) -> u32 {
        let (name, by_purpose) = match (&of.effect, &of.purpose) {
            (Some(effect), _) => (effect.name(), false),
            (None, Some(purpose)) => (purpose.name(), true),
            (None, None) => return 0,
        };
        let after = of.within.map(|within| self.now.checked_sub(within.as_delta()));
        let count = |contact: &'a Contact| {
            let (word, queued) = (contact.ledger().names().word(name), contact.queued(by_purpose));
            match after {
                None => queued.count(word),
                Some(after) => queued.count_within(word, after, self.now),
            }
        };
        self.past().map(count).fold(0, u32::saturating_add)
    }

    /// Whether one of a rule's needs is refused because of a restriction: then the contact does not move (S20).
    pub(super) fn is_restriction(answer: Answer) -> bool {
        answer.outcome == Err(Reason::Restricted)
    }
}
