//! The kernel of insight: whether a fact stands (I3). Nothing else in this crate says so.
//!
//! A fact that needed consent stands if it was permitted **then**, when it was handled; if nobody said no **since**, at or
//! after the grant that let it stand then; and if it is permitted **now**. So a stop ends it for good, while what fell to
//! an end, a pause or a restriction stands again when it is permitted again (I4).

use placet::consent::Ask;
use placet::entry::Moved;
use placet::journey::plan::Need;
use placet::{Contact, ContactId, Identity, Instant, Journey, QueuedEvent, SignalSpec, Stage};

use crate::left::Left;
use crate::plan::KindPlace;

/// One thing that happened between a person and us, as the journal has it (I2).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fact<'l> {
    pub(crate) what: What<'l>,
    pub(crate) contact: &'l ContactId,
    /// When it happened; facts are ordered by this, then by their place in the history.
    pub(crate) at: Instant,
    /// The kind of a signal in the journey in force, where it declares it.
    pub(crate) kind: Option<KindPlace>,
    /// The stage that was held when it was handled.
    pub(crate) held: Option<&'l Stage>,
    /// What was asked when it was handled, by its place: most facts of a person share a few.
    pub(crate) admitted: usize,
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

/// What an admission was asked for when a signal was handled, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admission<'l> {
    pub(crate) contact: &'l ContactId,
    pub(crate) kind: Option<KindPlace>,
    pub(crate) identity: &'l Identity,
    /// The instants of the grants that let it stand, one for each need; `None` where something was refused.
    then: Option<Vec<Instant>>,
    /// It is answered alike from the first instant on and before the last, as long as nothing else is recorded.
    alike: Option<(Instant, Option<Instant>)>,
}

impl<'l> Admission<'l> {
    /// THEN: what the admission of a signal came to at its handling, by the contacts as they stood there (S17).
    pub(crate) fn then<'c>(
        journey: &Journey,
        contacts: impl Iterator<Item = &'c Contact> + Clone,
        (contact, kind, identity): (&'l ContactId, Option<KindPlace>, &'l Identity),
        handled: Instant,
    ) -> Admission<'l> {
        let mut admission =
            Admission { contact, kind, identity, then: Some(Vec::new()), alike: Some((handled, None)) };
        let needs = needs(journey, kind);
        let holder = if needs.is_empty() { None } else { holder(contacts, contact, identity) };
        for need in needs {
            let granted = holder.and_then(|holder| journey.granted(holder, need, identity, handled).ok());
            let Some(granted) = granted else { return Admission { then: None, alike: None, ..admission } };
            admission.then.iter_mut().for_each(|grants| grants.push(granted.at));
            let until = |(from, end)| (from, earliest(end, granted.until));
            admission.alike = admission.alike.map(until).filter(|_| granted.steady);
        }
        admission
    }

    /// Whether another signal, handled now and with nothing recorded in between, is answered alike.
    pub(crate) fn is_alike(
        &self,
        contact: &ContactId,
        kind: Option<KindPlace>,
        identity: &Identity,
        now: Instant,
    ) -> bool {
        let lasts = |(from, end): (Instant, Option<Instant>)| from <= now && end.is_none_or(|end| now < end);
        self.alike.is_some_and(lasts)
            && self.kind == kind
            && self.contact == contact
            && self.identity == identity
    }
}

/// What the journey in force needs for a signal of a kind to be kept.
fn needs(journey: &Journey, kind: Option<KindPlace>) -> &[Need] {
    kind.and_then(|kind| journey.plan().kind(kind)).map(|kind| kind.admission()).unwrap_or_default()
}

/// Whether a signal is an own dealing: its kind has no admission, and nobody has to be asked.
pub(crate) fn is_own_dealing(journey: &Journey, fact: &Fact<'_>) -> bool {
    fact.kind.is_some() && needs(journey, fact.kind).is_empty()
}

/// A person as they are at the instant of the question: what stands of their facts.
pub(crate) struct Standing {
    /// By the places of admissions.
    answers: Vec<Answer>,
    erased: bool,
}

/// The end of the grant that lets a fact stand now, `None` for no end; or why it is left out.
pub(crate) type Answer = Result<Option<Instant>, Left>;

impl Standing {
    /// Asks once for each admission of the facts.
    pub(crate) fn new(
        journey: &Journey,
        contacts: &[&Contact],
        admissions: &[Admission<'_>],
        now: Instant,
    ) -> Standing {
        let erased = contacts.iter().any(|contact| contact.ledger().erased());
        let answers = admissions.iter().map(|admission| stands(journey, contacts, admission, now));
        Standing { erased, answers: answers.collect() }
    }

    /// Whether a fact stands; until when at least, or why it does not (I3).
    pub(crate) fn of(&self, fact: &Fact<'_>) -> Answer {
        match fact.what {
            _ if self.erased => Err(Left::Erased),
            What::Signal(_) => self.answers.get(fact.admitted).copied().unwrap_or(Err(Left::Undeclared)),
            // Own dealings: nothing has to be asked.
            What::Sent(_) | What::Moved(_) => Ok(None),
        }
    }
}

/// Whether what was admitted stands.
fn stands(journey: &Journey, contacts: &[&Contact], admission: &Admission<'_>, now: Instant) -> Answer {
    let Admission { contact, kind, identity, then, .. } = admission;
    let needs = needs(journey, Some(kind.ok_or(Left::Undeclared)?));
    if needs.is_empty() {
        return Ok(None);
    }
    let holder = holder(contacts.iter().copied(), contact, identity).ok_or(Left::IdentityGone)?;
    let grants = then.as_ref().ok_or(Left::Then)?;
    // SINCE: no stop has an instant at or after the grant of then, whenever it was recorded (S6).
    for (need, grant) in needs.iter().zip(grants) {
        let scope = need.scope_for(journey, identity).ok_or(Left::Then)?;
        if holder.ledger().stopped_since(&Ask::new(scope.clone(), (*identity).clone()), *grant) {
            return Err(Left::Since);
        }
    }
    // NOW: the admission of today is permitted today.
    let mut end = None;
    for need in needs {
        let granted = journey.granted(holder, need, identity, now).map_err(Left::Now)?;
        end = earliest(end, granted.until);
    }
    Ok(end)
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
