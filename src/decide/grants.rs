//! What a need comes to for one contact, or for one identity: for whoever concludes something of a person, outside a
//! decision.

use super::ask::View;
use crate::consent::{Permit, Reason, Refusal};
use crate::contact::{Contact, Person};
use crate::identity::Identity;
use crate::journey::{Journey, Need};
use crate::name::{Instant, Scope};

/// The span of the grant by which something is permitted. It tells, and proves nothing: only a ledger makes a
/// [`Permit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Granted {
    /// The instant of the grant (SPEC S6).
    pub at: Instant,
    /// The end of the grant, exclusive; `None` where it has none.
    pub until: Option<Instant>,
    /// Whether a later ask is answered alike up to that end, as long as nothing is appended: no other grant begins later, and
    /// none waits.
    pub steady: bool,
}

impl Journey {
    /// A permit for every need, in their order, each for an identity of this very contact that the need reaches (SPEC
    /// S29): the contact stands for itself, whoever it is merged with.
    ///
    /// ```
    /// use placet::{Contact, Identity, Journey, Reason, channel::EMAIL, journey::NeedSpec, purpose::OFFERS};
    /// let journey = Journey::reference()?;
    /// let need = journey.need(&NeedSpec::from(OFFERS.by(EMAIL)), ".")?;
    /// let ada = Contact::open("c-1".parse()?, Identity::email("ada@example.org")?, journey.vocabulary());
    /// let refused = journey.permits_of(&ada, &[need], "2013-05-01T10:00:00Z".parse()?).err();
    /// assert_eq!(refused.map(|no| no.reason()), Some(Reason::UnknownContact));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The [`Refusal`] of the first need that is refused, that of the identity furthest down the list of SPEC S17.
    pub fn permits_of<'l>(
        &self,
        contact: &'l Contact,
        needs: &[Need],
        now: Instant,
    ) -> Result<Vec<Permit<'l>>, Refusal> {
        let person = Person::from(contact);
        let view = View::new(self.plan(), &person, None, now);
        let mut permits = Vec::with_capacity(needs.len());
        for (need, place) in needs.iter().zip(0..) {
            let answer = view.ask(need);
            if let Some(refusal) = view.refusal(need, answer) {
                return Err(refusal.of_need(place));
            }
            let (_, key) = view.asked(need, answer);
            permits.push(contact.ledger().permit_key(key, now).map_err(|no| no.of_need(place))?);
        }
        Ok(permits)
    }

    /// The grant by which a need is permitted for one identity of a person, as an admission asks (SPEC S26): of the contact
    /// that the person is asked as, else of whoever is merged with it.
    ///
    /// # Errors
    /// The [`Reason`] of the refusal; an identity that is nobody's of them was granted nothing.
    pub fn granted<'p>(
        &self,
        person: impl Into<Person<'p>>,
        need: &Need,
        identity: &Identity,
        now: Instant,
    ) -> Result<Granted, Reason> {
        let person = person.into();
        let view = View::new(self.plan(), &person, Some(identity), now);
        let answer = view.ask_arrived(need);
        let given = answer.outcome?;
        let (ledger, key) = view.asked(need, answer);
        Ok(Granted { at: given.at, until: given.until, steady: ledger.is_steady(key, now) })
    }
}

impl Need {
    /// The scope that is asked where a signal arrived on an identity (SPEC S26). For `social/*` it is the scope on the
    /// identity's own network; `None` where that is not in the catalogue.
    #[must_use]
    pub fn scope_for(&self, journey: &Journey, identity: &Identity) -> Option<&Scope> {
        Some(&self.wanted(journey.plan().way(self, identity)?).scope)
    }
}
