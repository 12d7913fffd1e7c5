//! Who plays: one contact by itself, or a book of several that are merged or share an address.

use placet::journey::plan::Place;
use placet::{
    Book, Contact, ContactId, Decision, Instant, Person, Reason, Scope, Signal,
    book::Observed,
    consent::{Remedy, Step as Cure},
    decide::{Answered, Explanation},
    name::EffectName,
};

use crate::recording::{Group, Step, What};

use super::tally::Trial;

/// What was decided of a signal, by its places in the journey.
pub(super) struct Decided {
    pub(super) rule: Option<u16>,
    pub(super) moved: Option<(Place, Place)>,
    pub(super) unadmitted: Option<(Scope, Reason)>,
}

/// What became of an effect.
pub(super) enum Fate {
    Queued,
    /// Its own guard does not hold: it is neither queued nor refused.
    NotAskedFor,
    /// The cure is the one scope of which a grant would have permitted it.
    Refused {
        reason: Reason,
        cure: Option<Cured>,
    },
}

/// The place of a scope that was lacking, and whether the person had said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cured {
    pub(super) scope: usize,
    pub(super) said_no: bool,
}

/// The contacts of a group, as far as they are opened.
#[allow(
    clippy::large_enum_variant,
    reason = "one is held at a time, and a box would be an allocation for each contact"
)]
pub(super) enum Cast {
    /// A contact that has nothing to do with another: it needs no book. The answers are a book's.
    Alone(Option<Contact>),
    Several(Book),
}

impl Cast {
    pub(super) fn of(trial: &Trial<'_>, group: &Group) -> Cast {
        if group.members.len() == 1 && !group.merges && !group.repeats {
            Cast::Alone(None)
        } else {
            Cast::Several(Book::new(trial.journey.clone()))
        }
    }

    /// Takes a step that is no signal; false where a go could not be appended.
    ///
    /// INVARIANT: the recording was checked: every contact is opened first, and a go is refused for want of a place alone.
    pub(super) fn take(&mut self, trial: &Trial<'_>, group: &Group, step: &Step) -> bool {
        let Some(id) = group.members.get(step.member) else { return false };
        match self {
            Cast::Alone(contact) => match (&step.what, contact) {
                (What::Opened(identity), contact) => {
                    let vocabulary = trial.journey.vocabulary();
                    *contact = Some(Contact::open(id.clone(), identity.clone(), vocabulary));
                    true
                }
                (_, None) => false,
                (What::Linked(identity), Some(contact)) => {
                    contact.link(identity.clone());
                    true
                }
                (What::Unlinked(identity), Some(contact)) => {
                    contact.unlink(identity);
                    true
                }
                (What::Act(act), Some(contact)) => contact.append((**act).clone()).is_ok(),
                (What::Signal(_) | What::Merged(_) | What::Unmerged, _) => true,
            },
            Cast::Several(book) => match &step.what {
                What::Opened(identity) => book.open(id.clone(), identity.clone()).is_ok(),
                What::Linked(identity) => book.link(id, identity.clone()).is_ok(),
                What::Unlinked(identity) => book.unlink(id, identity).is_ok(),
                What::Act(act) => book.append(id, (**act).clone()).is_ok(),
                What::Merged(into) => {
                    group.members.get(*into).is_some_and(|into| book.merge(id, into).is_ok())
                }
                What::Unmerged => book.unmerge(id).is_ok(),
                What::Signal(_) => true,
            },
        }
    }

    /// Decides a signal and does it. `fates` has one for each effect of the rule that was taken, then. `None` of a
    /// signal that was delivered again.
    pub(super) fn decide(
        &mut self,
        trial: &Trial<'_>,
        signal: &Signal,
        now: Instant,
        fates: &mut Vec<Fate>,
    ) -> Option<Decided> {
        fates.clear();
        match self {
            Cast::Alone(contact) => {
                let contact = contact.as_mut()?;
                let decision = trial.journey.decide(&*contact, signal, now).ok()?;
                let decided = Decided::of(trial, Person::from(&*contact), &decision, fates);
                // It is fresh, and what was queued goes nowhere.
                decision.commit(contact).ok().map(|_| decided)
            }
            Cast::Several(book) => {
                let decide = |person: Person<'_>| {
                    let decision = trial.journey.decide(person, signal, now).ok()?;
                    Some(Decided::of(trial, person, &decision, fates))
                };
                let decided = book.person(signal.contact(), decide).flatten();
                let observed = book.observe(signal, now).ok()?;
                decided.filter(|_| matches!(observed, Observed::Decided(_)))
            }
        }
    }

    /// Where a contact stands.
    pub(super) fn stands_at(&mut self, trial: &Trial<'_>, id: &ContactId, now: Instant) -> Place {
        let stands =
            |person: Person<'_>| trial.journey.plan().place(trial.journey.stands_at_for(person, None, now));
        let place = match self {
            Cast::Alone(contact) => contact.as_ref().map(|contact| stands(Person::from(contact))),
            Cast::Several(book) => book.person(id, stands),
        };
        place.unwrap_or(Place::NONE)
    }

    /// The contacts that are one person with this one.
    pub(super) fn person_of(&self, id: &ContactId) -> Vec<ContactId> {
        match self {
            Cast::Alone(_) => vec![id.clone()],
            Cast::Several(book) => book.person_of(id),
        }
    }
}

impl Decided {
    fn of(trial: &Trial<'_>, person: Person<'_>, decision: &Decision<'_>, fates: &mut Vec<Fate>) -> Decided {
        let rule = decision.rule().and_then(|rule| trial.rule(rule));
        let unadmitted = decision.unadmitted().map(|no| (no.scope().clone(), no.reason()));
        let mut refusals = decision.refusals().peekable();
        let mut queued = decision.queued().peekable();
        fates.extend(trial.effects(rule).iter().zip(trial.places(rule)).map(|(effect, places)| {
            // Both come in the order of the effects of the rule, of which no two have one name.
            if queued.next_if(|name| *name == effect.name()).is_some() {
                return Fate::Queued;
            }
            let Some((_, no)) = refusals.next_if(|(name, _)| *name == effect.name()) else {
                return Fate::NotAskedFor;
            };
            let cure = match places.scope {
                _ if one_grant(&no.remedy(person)).is_none() => None,
                None if effect.needs().len() > 1 => {
                    // What else is lacking is told only by an explanation.
                    let why = trial.journey.explain(person, decision.signal(), decision.now()).ok();
                    why.and_then(|why| trial.scope(&of_all_needs(&why, effect.name())?))
                }
                only => only.or_else(|| trial.scope(no.scope())),
            };
            let said_no = matches!(no.reason(), Reason::Withdrawn | Reason::Refused);
            Fate::Refused { reason: no.reason(), cure: cure.map(|scope| Cured { scope, said_no }) }
        }));
        let plan = trial.journey.plan();
        let moved = decision.transition().map(|moved| (plan.place(moved.from()), plan.place(moved.to())));
        Decided { rule, moved, unadmitted }
    }
}

/// The scope that all refused needs of an effect have in common, and of which each lacks a grant and nothing else.
fn of_all_needs(why: &Explanation<'_>, effect: &EffectName) -> Option<Scope> {
    let needs = why.effects().filter(|(name, _)| *name == effect);
    let mut refused = needs.filter_map(|(_, asked)| match asked.answer() {
        Answered::Refused { remedy, .. } => Some(one_grant(&remedy).cloned()),
        Answered::Permitted(_) => None,
    });
    let first = refused.next()??;
    refused.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

/// The scope of a remedy that is one grant.
fn one_grant(remedy: &Remedy) -> Option<&Scope> {
    match remedy.steps() {
        [Cure::Grant { scope, .. }] => Some(scope),
        _ => None,
    }
}
