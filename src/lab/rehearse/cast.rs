//! Who plays: one contact by itself, or a book of several that are merged or share an address.

use crate::book::{Book, Observed};
use crate::contact::{Contact, Person};
use crate::engine::{Answered, Decision, Explanation};
use crate::lab::recording::{Group, Step, What};
use crate::ledger::{Remedy, Step as Cure};
use crate::signal::Signal;
use crate::vocab::{ContactId, EffectName, Instant, Scope, Stage};

use super::run::Trial;

/// The contacts of a group, as far as they are opened.
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

    /// Decides a signal, tells what was decided and what would have cured each refusal, and does it. Nothing is
    /// told of a signal that was delivered again.
    pub(super) fn decide(
        &mut self,
        trial: &Trial<'_>,
        signal: &Signal,
        now: Instant,
        tell: impl FnOnce(&Decision<'_>, Vec<Option<Scope>>),
    ) {
        match self {
            Cast::Alone(contact) => {
                let Some(contact) = contact else { return };
                let Ok(decision) = trial.journey.decide(&*contact, signal, now) else { return };
                tell(&decision, cures(trial, Person::from(&*contact), signal, &decision));
                // INVARIANT: decided for this very contact, it is not stale.
                drop(decision.commit(contact));
            }
            Cast::Several(book) => {
                let id = &signal.spec().contact;
                let cured = with_person(book, id, |person| {
                    let decision = trial.journey.decide(person, signal, now).ok()?;
                    Some(cures(trial, person, signal, &decision))
                });
                if let Ok(Observed::Decided(decision)) = book.observe(signal, now) {
                    tell(&decision, cured.flatten().unwrap_or_default());
                }
            }
        }
    }

    /// Where a contact stands.
    pub(super) fn stands_at(&self, trial: &Trial<'_>, id: &ContactId, now: Instant) -> Option<Stage> {
        match self {
            Cast::Alone(contact) => trial.journey.stands_at(contact.as_ref()?, now).cloned(),
            Cast::Several(book) => book.stands_at(id, None, now),
        }
    }

    /// The contacts that are one person with this one.
    pub(super) fn person_of(&self, id: &ContactId) -> Vec<ContactId> {
        match self {
            Cast::Alone(_) => vec![id.clone()],
            Cast::Several(book) => book.person_of(id),
        }
    }
}

/// The person that a contact belongs to, as the book sees it.
fn with_person<T>(book: &Book, id: &ContactId, look: impl FnOnce(Person<'_>) -> T) -> Option<T> {
    let named = book.contact(id)?;
    let members = book.person_of(id);
    let others = members.iter().filter(|member| *member != id);
    let others: Vec<&Contact> = others.filter_map(|other| book.contact(other)).collect();
    let held = book.held_stage(id);
    if others.is_empty() {
        return Some(look(Person::from(named)));
    }
    Some(look(Person::joined(named, &others, held.as_ref())))
}

/// For each effect that was refused: the one scope of which a grant would have permitted it.
fn cures(
    trial: &Trial<'_>,
    person: Person<'_>,
    signal: &Signal,
    decision: &Decision<'_>,
) -> Vec<Option<Scope>> {
    let mut why: Option<Option<Explanation<'_>>> = None;
    let mut cures = Vec::new();
    for (effect, no) in decision.refusals() {
        let remedy = no.remedy(person);
        let first = one_grant(&remedy);
        let further = decision.rule().is_some_and(|rule| trial.has_further_needs(rule, effect));
        // What else is lacking is told only by an explanation.
        cures.push(if first.is_some() && further {
            let why = why.get_or_insert_with(|| trial.journey.explain(person, signal, decision.now()).ok());
            why.as_ref().and_then(|why| of_all_needs(why, effect))
        } else {
            first.cloned()
        });
    }
    cures
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
