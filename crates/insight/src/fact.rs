//! The kernel of insight: whether a fact stands (I3). Nothing else in this crate says so.
//!
//! A fact that needed consent stands if it was permitted **then**, when it was handled; if nobody said no **since**, at or
//! after the grant that let it stand then; and if it is permitted **now**. So a stop ends it for good, while what fell to
//! an end, a pause or a restriction stands again when it is permitted again (I4).

use std::fmt;

use placet::consent::Ask;
use placet::entry::Moved;
use placet::{Contact, ContactId, Identity, Instant, Journey, QueuedEvent, Reason, SignalSpec, Stage};

use crate::plan::KindPlace;

/// One thing that happened between a person and us, as the journal has it (I2).
#[derive(Debug, Clone)]
pub(crate) struct Fact<'l> {
    pub(crate) what: What<'l>,
    pub(crate) contact: &'l ContactId,
    /// When it happened; facts are ordered by this, then by their place in the history.
    pub(crate) at: Instant,
    /// The kind of a signal in the journey in force, where it declares it.
    pub(crate) kind: Option<KindPlace>,
    /// The stage that was held when it was handled.
    pub(crate) held: Option<&'l Stage>,
    pub(crate) then: Then,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum What<'l> {
    /// A signal that was admitted.
    Signal(&'l SignalSpec),
    /// An event that was sent, as it was queued.
    Sent(&'l QueuedEvent),
    /// A transition.
    Moved(&'l Moved),
}

/// What its admission asked for came to when it was handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing was asked for: own dealings of the person with us.
    Own,
    /// The instants of the grants that let it stand, one for each need.
    Granted(Instant, Vec<Instant>),
    /// Something was refused.
    Refused,
}

/// Why a fact is left out: the first of these that holds (I7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Left {
    /// Somebody of the person was erased.
    Erased,
    /// The journey in force does not declare its kind.
    Undeclared,
    /// The identity that it arrived on is no longer the person's.
    IdentityGone,
    /// It was not permitted when it was handled.
    Then,
    /// The person said no since.
    Since,
    /// It is not permitted now.
    Now(Reason),
}

/// THEN: what the admission of a signal came to at its handling, by the contacts as they stood there (S17).
pub(crate) fn then<'c>(
    journey: &Journey,
    contacts: impl Iterator<Item = &'c Contact> + Clone,
    (contact, signal, handled): (&ContactId, &SignalSpec, Instant),
) -> Then {
    let kind = journey.plan().kind_named(signal.kind.name()).map(|(_, kind)| kind.admission());
    let Some((first, further)) = kind.and_then(<[_]>::split_first) else { return Then::Own };
    let Some(holder) = holder(contacts, contact, &signal.identity) else { return Then::Refused };
    let granted = |need| journey.granted(holder, need, &signal.identity, handled).map(|grant| grant.at);
    match (granted(first), further.iter().map(granted).collect()) {
        (Ok(first), Ok(further)) => Then::Granted(first, further),
        _ => Then::Refused,
    }
}

/// A person as they are at the instant of the question: what stands of their facts.
pub(crate) struct Standing<'a> {
    journey: &'a Journey,
    contacts: &'a [&'a Contact],
    erased: bool,
    now: Instant,
    /// Answers for (contact, kind, identity, grants then): most facts of a person share a few.
    seen: Vec<(Asked<'a>, Answer)>,
}

/// What the answer depends on, besides the person and now.
type Asked<'a> = (&'a ContactId, KindPlace, &'a Identity, &'a Then);

/// The end of the grant that lets a fact stand now, `None` for no end; or why it is left out.
pub(crate) type Answer = Result<Option<Instant>, Left>;

impl<'a> Standing<'a> {
    pub(crate) fn new(journey: &'a Journey, contacts: &'a [&'a Contact], now: Instant) -> Self {
        let erased = contacts.iter().any(|contact| contact.ledger().erased());
        Standing { journey, contacts, erased, now, seen: Vec::new() }
    }

    /// Whether a fact stands; until when at least, or why it does not.
    pub(crate) fn of(&mut self, fact: &'a Fact<'_>) -> Answer {
        if self.erased {
            return Err(Left::Erased);
        }
        let What::Signal(signal) = fact.what else { return Ok(None) };
        let kind = fact.kind.ok_or(Left::Undeclared)?;
        let asked = (fact.contact, kind, &signal.identity, &fact.then);
        if let Some((_, answer)) = self.seen.iter().rev().find(|(other, _)| *other == asked) {
            return *answer;
        }
        let answer = self.asked(asked);
        self.seen.push((asked, answer));
        answer
    }

    fn asked(&self, (contact, kind, identity, then): Asked<'_>) -> Answer {
        let needs = self.journey.plan().kind(kind).map(|kind| kind.admission()).unwrap_or_default();
        if needs.is_empty() {
            return Ok(None);
        }
        let contacts = self.contacts.iter().copied();
        let holder = holder(contacts, contact, identity).ok_or(Left::IdentityGone)?;
        let Then::Granted(first, further) = then else { return Err(Left::Then) };
        // SINCE: no stop has an instant at or after the grant of then, whenever it was recorded (S6).
        for (need, grant) in needs.iter().zip(std::iter::once(first).chain(further)) {
            let scope = need.scope_for(self.journey, identity).ok_or(Left::Then)?;
            if holder.ledger().stopped_since(&Ask::new(scope.clone(), identity.clone()), *grant) {
                return Err(Left::Since);
            }
        }
        // NOW: the admission of today is permitted today.
        let mut end = None;
        for need in needs {
            let granted = self.journey.granted(holder, need, identity, self.now).map_err(Left::Now)?;
            end = earliest(end, granted.until);
        }
        Ok(end)
    }
}

/// The contact that has an identity: the one that a fact names, else one merged with it (I5).
fn holder<'c>(
    contacts: impl Iterator<Item = &'c Contact> + Clone,
    named: &ContactId,
    identity: &Identity,
) -> Option<&'c Contact> {
    let has = |contact: &&Contact| contact.ledger().identities().any(|own| own == identity);
    let own = contacts.clone().find(|contact| contact.id() == named).filter(has);
    own.or_else(|| contacts.clone().find(has))
}

/// The earlier of two ends, where no end is later than all.
pub(crate) fn earliest(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Left {
    /// Its word, such as `since` or `expired`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Left::Erased => "erased",
            Left::Undeclared => "undeclared",
            Left::IdentityGone => "identity_gone",
            Left::Then => "then",
            Left::Since => "since",
            Left::Now(reason) => reason.as_str(),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
