//! Rights of the person as operations: access, portability, restriction, objection, rectification. Each says, as
//! data, what must be done next and who must be told; nothing here tells anybody.

mod access;

use std::collections::BTreeSet;

use serde::Serialize;

pub use access::{Access, AccessedContact, Account, AdmittedKind, Fate, Portable, PortableContact};

use super::journal::{Journal, JournalError, Journaled};
use super::kept::{Keeps, Kept, surely, together};
use super::{Book, BookError, Outgoing};
use crate::consent::Citation;
use crate::consent::{Act, ActKind, Ask, Outcome, Stop};
use crate::contact::Contact;
use crate::event::QueuedEvent;
use crate::identity::Identity;
use crate::name::EventKey;
use crate::name::{ActId, ContactId, Instant, Reach, Recipient, SELF, Scope, in_words};

/// A right that obliges to more than recording it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// To take consent back (GDPR 7(3)).
    Withdrawal,
    /// To object (GDPR 21).
    Objection,
    /// To have data only stored (GDPR 18).
    Restriction,
    /// To have it put right (GDPR 16).
    Rectification,
    /// To be forgotten (GDPR 17).
    Erasure,
}

/// What must be done because a right was exercised: data for whoever does it.
///
/// Deadlines are a matter of the jurisdiction, and are not named here: the book itself has stopped at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "obligation", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Obligation {
    /// Confirm to the person what was done (GDPR 12(3)).
    Confirm {
        /// About whom.
        contact: ContactId,
        /// Which right.
        of: Right,
    },
    /// Tell a recipient who had data of this person, or a grant for it: restriction, rectification and erasure by GDPR
    /// 19, a withdrawal or objection because one at any controller of the chain is enough (CJEU C-129/21).
    Tell {
        /// Whom.
        recipient: Recipient,
        /// About whom.
        contact: ContactId,
        /// Which right.
        of: Right,
    },
    /// A queued event that will be dropped at its release. Where it was handed to a queue of somebody else's, stop it there.
    StopQueued {
        /// Which.
        event: EventKey,
    },
    /// This grant is within the reach of the stop, and later: it still permits, and nothing was confirmed. Find out what
    /// the person means: two clocks can differ by a second, and the last word is a no as often as a yes.
    Outlived {
        /// About whom.
        contact: ContactId,
        /// Which grant.
        grant: ActId,
    },
    /// The stop names what nobody here was ever asked for, or an address that is not the person's: it stops nothing.
    /// Ask what is meant, and append it anew.
    AskWhatIsMeant {
        /// About whom.
        contact: ContactId,
    },
    /// Tell the person before the restriction is lifted (GDPR 18(3)); an unrestrict needs that notice as evidence.
    TellBeforeLifting {
        /// About whom.
        contact: ContactId,
    },
    /// Erase what rested on the consent alone (GDPR 17(1)(b) and (c)); keep the proof and the stop.
    EraseUnlessOtherBasis {
        /// About whom.
        contact: ContactId,
    },
    /// What the identity that was replaced permitted, the new one does not: it has to be permitted anew. Asking is
    /// itself a message; this is no permission to send it.
    AskAnew {
        /// About whom.
        contact: ContactId,
        /// What.
        #[serde(serialize_with = "in_words")]
        scope: Scope,
    },
}

/// A right that was exercised, and what must follow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the obligations are to be met by whoever exercised the right"]
pub struct Exercised {
    /// What the act did. Delivered again, it obliges to the same.
    pub outcome: Outcome,
    /// What must follow, by what the ledger answers after the act: nothing is to be confirmed that did not happen.
    pub obligations: Vec<Obligation>,
}

impl Contact {
    /// The recipients, other than the controller itself, that its grants name within a reach.
    #[must_use]
    pub fn recipients(&self, reach: &Reach) -> BTreeSet<Recipient> {
        let grants = self.ledger().acts();
        let scopes = grants.filter_map(|act| match act {
            Act::Grant(grant) => Some(grant.scope()),
            _ => None,
        });
        outside(scopes.filter(|scope| reach.covers(scope)))
    }

    /// Replaces an identity: the new one is linked, the old one ended. Acts stay with the old one, so that the new
    /// one has no grant; stops hold for the whole contact. False if the old one is not the contact's.
    pub fn rectify(&mut self, old: &Identity, new: Identity) -> bool {
        let had = self.ledger().identities().any(|identity| identity == old);
        if had && *old != new {
            self.link(new);
            self.unlink(old);
        }
        had
    }
}

impl Book {
    /// Exercises the right that a stop stands for: a withdrawal, an objection, a restriction, an erasure. It is in
    /// force when this returns, for the contact and those merged with it, and told to whoever shares a key.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], nothing else.
    ///
    /// ```
    /// use placet::{Book, ContactId, Identity, Journey, Reach, Stop, book::{Obligation, Right}};
    /// let at = "2013-05-01T10:00:00Z".parse()?;
    /// let mut book = Book::new(Journey::reference()?);
    /// let ada: ContactId = "c-1".parse()?;
    /// book.open(ada.clone(), Identity::email("ada@example.org")?)?;
    /// let done = book.exercise(&ada, Stop::restrict("a-1".parse()?, Reach::everything(), at, at))?;
    /// assert_eq!(done.obligations, [
    ///     Obligation::Confirm { contact: ada.clone(), of: Right::Restriction },
    ///     Obligation::TellBeforeLifting { contact: ada },
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn exercise(&mut self, contact: &ContactId, stop: Stop) -> Result<Exercised, BookError> {
        surely(exercise(self, contact, stop))
    }

    /// What a right obliges to, as far as the reach goes. Nothing is changed.
    ///
    /// Recipients are those that a grant of the person names, and those that an event went to or waits for. Queued
    /// events are those of the person and of whoever shares a key, since stops cross it.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`].
    pub fn obligations(
        &self,
        contact: &ContactId,
        of: Right,
        reach: &Reach,
    ) -> Result<Vec<Obligation>, BookError> {
        let members = self.members(contact)?;
        let near = self.memory.sharing(&members.iter().cloned().collect::<Vec<_>>());
        let reached = near.iter().flat_map(|other| self.memory.members(other)).chain(members.clone());
        let reached: BTreeSet<ContactId> = reached.collect();
        let grants = members.iter().filter_map(|member| self.memory.own(member));
        let mut recipients: BTreeSet<Recipient> =
            grants.flat_map(|member| member.recipients(reach)).collect();
        let covered = |need: &&Citation| reach.covers(need.scope());
        recipients.extend(self.event_recipients(|need| members.contains(need.contact()) && covered(&need)));
        let mut all = vec![Obligation::Confirm { contact: contact.clone(), of }];
        all.extend(tell(recipients, contact, of));
        all.extend(self.stop_queued(|need| reached.contains(need.contact()) && covered(&need)));
        match of {
            Right::Restriction => all.push(Obligation::TellBeforeLifting { contact: contact.clone() }),
            Right::Withdrawal | Right::Objection => {
                all.push(Obligation::EraseUnlessOtherBasis { contact: contact.clone() });
            }
            Right::Rectification | Right::Erasure => {}
        }
        Ok(all)
    }

    /// Replaces an identity (GDPR 16): [`Contact::rectify`] for the contact, or the one merged with it, that has it.
    /// Stops cross the new one as with any link; `now` says which permissions of the old one were alive.
    ///
    /// # Errors
    /// [`BookError::UnknownContact`], [`BookError::UnknownIdentity`].
    ///
    /// ```
    /// use placet::{Book, Identity, Journey, book::{BookError, Obligation, Right}};
    /// let at = "2013-05-01T10:00:00Z".parse()?;
    /// let (old, new) = (Identity::email("ada@exmaple.org")?, Identity::email("ada@example.org")?);
    /// let mut book = Book::new(Journey::reference()?);
    /// book.open("c-1".parse()?, old.clone())?;
    /// let todo = book.rectify(&"c-1".parse()?, &old, new.clone(), at)?;
    /// assert_eq!(todo, [Obligation::Confirm { contact: "c-1".parse()?, of: Right::Rectification }]);
    /// assert_eq!(book.rectify(&"c-1".parse()?, &old, new, at), Err(BookError::UnknownIdentity));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rectify(
        &mut self,
        contact: &ContactId,
        old: &Identity,
        new: Identity,
        now: Instant,
    ) -> Result<Vec<Obligation>, BookError> {
        surely(rectify(self, contact, old, new, now))
    }

    /// The contact that has an identity: this one, or one that is merged with it.
    fn holder(&self, contact: &ContactId, identity: &Identity) -> Result<ContactId, BookError> {
        let members = self.members(contact)?;
        let has = |id: &&ContactId| {
            let ledger = self.memory.own(id).map(Contact::ledger);
            ledger.is_some_and(|ledger| ledger.identities().any(|own| own == identity))
        };
        let holder = std::iter::once(contact).chain(&members).find(has);
        holder.cloned().ok_or(BookError::UnknownIdentity)
    }

    /// What a rectification obliges to, the scopes to ask anew apart.
    fn rectification(&self, contact: &ContactId, holder: &ContactId, old: &Identity) -> Vec<Obligation> {
        let of = Right::Rectification;
        let mut all = vec![Obligation::Confirm { contact: contact.clone(), of }];
        let mut recipients = outside(self.scopes_of(holder, old).into_iter());
        recipients.extend(self.event_recipients(|need| need.contact() == holder && need.identity() == old));
        all.extend(tell(recipients, contact, of));
        all.extend(self.stop_queued(|need| need.contact() == holder && need.identity() == old));
        all
    }

    /// The scopes that were ever granted for an identity.
    fn scopes_of(&self, contact: &ContactId, identity: &Identity) -> BTreeSet<Scope> {
        let acts = self.memory.own(contact).into_iter().flat_map(|contact| contact.ledger().acts());
        let scopes = acts.filter(|act| act.identity() == Some(identity)).filter_map(|act| match act {
            Act::Grant(grant) => Some(grant.scope()),
            _ => None,
        });
        scopes.collect()
    }

    /// A contact and those merged with it.
    fn members(&self, contact: &ContactId) -> Result<BTreeSet<ContactId>, BookError> {
        self.memory.own(contact).ok_or(BookError::UnknownContact)?;
        Ok(self.memory.members(contact).into_iter().collect())
    }

    /// Recipients of what is queued or was sent, by its needs.
    fn event_recipients(&self, which: impl Fn(&Citation) -> bool) -> BTreeSet<Recipient> {
        let accounts = self.outbox().accounts();
        let kept = accounts.filter(|(_, fate)| fate.event().is_some() || fate.sent_at().is_some());
        let needs = kept.flat_map(|(event, _)| event.citations()).filter(|need| which(need));
        outside(needs.map(|need| need.scope().clone()))
    }

    fn stop_queued(&self, which: impl Fn(&Citation) -> bool) -> impl Iterator<Item = Obligation> {
        let waits = self.outbox().queued().filter(move |event| event.citations().any(&which));
        waits.map(|event: &QueuedEvent| Obligation::StopQueued { event: event.key() })
    }
}

impl<J: Journal> Journaled<J> {
    /// [`Book::exercise`] through the journal. The right is exercised even where the journal could not be written;
    /// [`Book::obligations`] tells what it obliges to.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn exercise(&mut self, contact: &ContactId, stop: Stop) -> Result<Exercised, JournalError<J::Error>> {
        together(exercise(self, contact, stop))
    }

    /// [`Book::rectify`] through the journal. Where it could not be written between the two identities, the contact
    /// has both: rectify again.
    ///
    /// # Errors
    /// [`JournalError`].
    pub fn rectify(
        &mut self,
        contact: &ContactId,
        old: &Identity,
        new: Identity,
        now: Instant,
    ) -> Result<Vec<Obligation>, JournalError<J::Error>> {
        together(rectify(self, contact, old, new, now))
    }
}

fn exercise<K: Keeps>(kept: &mut K, contact: &ContactId, stop: Stop) -> Kept<Exercised, K::Error> {
    let reach = stop.reach().clone();
    let act = Act::Stop(stop);
    let of = match act.kind() {
        ActKind::Object => Right::Objection,
        ActKind::Restrict => Right::Restriction,
        ActKind::Erase => Right::Erasure,
        _ => Right::Withdrawal,
    };
    // Whom it concerns is asked before: an erasure leaves nobody to ask.
    let obligations = match kept.book().obligations(contact, of, &reach) {
        Ok(obligations) => obligations,
        Err(no) => return Ok(Err(no)),
    };
    let now = act.acted().max(act.recorded());
    let outcome = kept.append(contact, act)?;
    Ok(outcome.map(|outcome| {
        let obligations = met_by(kept, &outcome, contact, obligations, (&reach, now));
        Exercised { outcome, obligations }
    }))
}

/// What is left of the obligations once a stop has done what it did.
fn met_by<K: Keeps>(
    kept: &mut K,
    outcome: &Outcome,
    contact: &ContactId,
    obligations: Vec<Obligation>,
    (reach, now): (&Reach, Instant),
) -> Vec<Obligation> {
    let contact = || contact.clone();
    if outcome.bears_on_nothing() {
        return vec![Obligation::AskWhatIsMeant { contact: contact() }];
    }
    let whole = outcome.outlived().is_empty();
    let holds = |obligation: &Obligation| match obligation {
        Obligation::Confirm { .. } => whole,
        Obligation::StopQueued { event } => is_stopped(kept, *event, reach, now),
        _ => true,
    };
    let outlived = outcome.outlived().iter();
    let outlived = outlived.map(|grant| Obligation::Outlived { contact: contact(), grant: grant.clone() });
    obligations.into_iter().filter(holds).chain(outlived).collect()
}

/// Whether a need of a queued event, within a reach, is refused.
fn is_stopped<K: Keeps>(kept: &mut K, event: EventKey, reach: &Reach, now: Instant) -> bool {
    let queued = kept.book().outbox().get(event).and_then(Outgoing::event);
    let needs: Vec<Citation> = queued.into_iter().flat_map(QueuedEvent::citations).cloned().collect();
    let stopped = |need: &Citation| !permits(kept, need.contact(), need.scope(), need.identity(), now);
    needs.iter().filter(|need| reach.covers(need.scope())).any(stopped)
}

fn permits<K: Keeps>(
    kept: &mut K,
    contact: &ContactId,
    scope: &Scope,
    identity: &Identity,
    now: Instant,
) -> bool {
    let ask = Ask::new(scope.clone(), identity.clone());
    kept.contact(contact).is_some_and(|contact| contact.ledger().refuses(&ask, now).is_none())
}

fn rectify<K: Keeps>(
    kept: &mut K,
    contact: &ContactId,
    old: &Identity,
    new: Identity,
    now: Instant,
) -> Kept<Vec<Obligation>, K::Error> {
    let holder = match kept.book().holder(contact, old) {
        Ok(holder) => holder,
        Err(no) => return Ok(Err(no)),
    };
    if *old == new {
        return Ok(Ok(vec![Obligation::Confirm { contact: contact.clone(), of: Right::Rectification }]));
    }
    let mut all = kept.book().rectification(contact, &holder, old);
    let given = kept.book().scopes_of(&holder, old);
    let alive: Vec<Scope> =
        given.into_iter().filter(|scope| permits(kept, &holder, scope, old, now)).collect();
    // The new one first: at no time is the contact without an identity.
    for linked in [kept.link(&holder, new.clone())?, kept.unlink(&holder, old)?] {
        if let Err(no) = linked {
            return Ok(Err(no));
        }
    }
    let lost = alive.into_iter().filter(|scope| !permits(kept, &holder, scope, &new, now));
    all.extend(lost.map(|scope| Obligation::AskAnew { contact: contact.clone(), scope }));
    Ok(Ok(all))
}

fn tell(recipients: BTreeSet<Recipient>, contact: &ContactId, of: Right) -> impl Iterator<Item = Obligation> {
    let contact = contact.clone();
    recipients.into_iter().map(move |recipient| Obligation::Tell { recipient, contact: contact.clone(), of })
}

/// The recipients of scopes, without the controller itself.
fn outside(scopes: impl Iterator<Item = Scope>) -> BTreeSet<Recipient> {
    scopes.map(|scope| scope.recipient().clone()).filter(|recipient| *recipient != SELF).collect()
}
