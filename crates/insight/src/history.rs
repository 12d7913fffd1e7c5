//! Histories: the entries of a person, read again in their order, so that each fact knows what was permitted when it was
//! handled.

use std::collections::BTreeMap;

use placet::consent::ActKind;
use placet::desk::Terms;
use placet::entry::{Body, Entry};
use placet::name::SignalKind;
use placet::{Book, Contact, ContactId, Instant, Journey, Person, QueuedEvent, Stage};

use crate::fact::{Admission, Fact, What};
use crate::held::HeldStages;
use crate::plan::KindPlace;

/// A person and their history: what a profile is made from.
///
/// ```
/// use placet::{Contact, Entry, Journey};
/// use placet_insight::Known;
/// let journey = Journey::reference()?;
/// let line = r#"{"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org"}"#;
/// let entries = [Entry::from_json(line)?];
/// let ada = Contact::replay(&entries, journey.vocabulary())?;
/// let known = Known::new(&ada, &entries);
/// assert_eq!(known.id().to_string(), "c-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Known<'l> {
    /// The one asked about first.
    pub(crate) contacts: Vec<&'l Contact>,
    /// The stage that they hold together; `None` where it is one contact, which holds its own.
    pub(crate) joint: Option<Option<Stage>>,
    entries: Vec<&'l Entry>,
}

impl<'l> Known<'l> {
    /// One contact and all its entries, in the order in which they were stored.
    #[must_use]
    pub fn new(contact: &'l Contact, entries: impl IntoIterator<Item = &'l Entry>) -> Known<'l> {
        Known { contacts: vec![contact], joint: None, entries: entries.into_iter().collect() }
    }

    /// A person of several contacts, with the entries of all of them in the order of the journal. Those of whoever shares
    /// a key with one of them may stand among these: their stops are looked at, and nothing else.
    #[must_use]
    pub fn joined(person: Person<'l>, entries: impl IntoIterator<Item = &'l Entry>) -> Known<'l> {
        let contacts: Vec<&Contact> = person.members().collect();
        let joint = (contacts.len() > 1).then(|| person.held_stage());
        Known { contacts, joint, entries: entries.into_iter().collect() }
    }

    /// The id by which the person is known here: the least of their contacts' ids (I18).
    #[must_use]
    pub fn id(&self) -> &'l ContactId {
        // INVARIANT: a person is made of at least one contact.
        #[allow(clippy::indexing_slicing, reason = "see above")]
        let first = self.contacts[0].id();
        self.contacts.iter().map(|contact| contact.id()).min().unwrap_or(first)
    }

    /// All facts by now of the contacts of the person.
    pub(crate) fn facts(&self, journey: &Journey, now: Instant) -> Facts<'l> {
        let mut past = Past::new(Terms::new(journey.clone()), self.entries.iter().copied());
        let mut held = HeldStages::default();
        let mut facts = read(&mut past, self.entries.iter().copied(), journey, now, &mut held);
        // Among the entries can be those of whoever shares a key.
        let is_own = |id: &ContactId| self.contacts.iter().any(|contact| contact.id() == id);
        match &past.people {
            People::One(Some(contact)) if is_own(contact.id()) => {}
            _ => facts.all.retain(|fact| is_own(fact.contact)),
        }
        facts
    }
}

/// Facts, ordered by instant and by their place in the history, and what was asked when they were handled.
#[derive(Default)]
pub(crate) struct Facts<'e> {
    pub(crate) all: Vec<Fact<'e>>,
    pub(crate) admissions: Vec<Admission<'e>>,
    /// From which place on nothing was recorded that could change an answer.
    fresh: usize,
}

impl<'e> Facts<'e> {
    /// The place of what a signal was asked: the same as of one before it, where that is answered alike.
    fn admitted(
        &mut self,
        past: &mut Past,
        journey: &Journey,
        asked: (&'e ContactId, Option<KindPlace>, &'e placet::Identity),
        handled: Instant,
    ) -> usize {
        let (contact, kind, identity) = asked;
        let fresh = self.admissions.iter().enumerate().skip(self.fresh);
        let mut alike = fresh.filter(|(_, other)| other.is_alike(contact, kind, identity, handled));
        if let Some((place, _)) = alike.next() {
            return place;
        }
        self.admissions.push(past.then(journey, asked, handled));
        self.admissions.len().saturating_sub(1)
    }
}

/// Asks a person, as the engine sees them.
pub(crate) fn with_person<T>(
    contacts: &[&Contact],
    joint: Option<Option<&Stage>>,
    ask: impl FnOnce(Option<Person<'_>>) -> T,
) -> T {
    match (contacts.split_first(), joint) {
        (None, _) => ask(None),
        (Some((named, [])), None) => ask(Some(Person::from(*named))),
        (Some((named, others)), held) => ask(Some(Person::joined(named, others, held.flatten()))),
    }
}

/// Contacts that are made again entry by entry. Voids are there from the beginning: what rested on a void grant never
/// stood (I3).
pub(crate) struct Past {
    voids: Vec<Entry>,
    people: People,
}

#[allow(
    clippy::large_enum_variant,
    reason = "one lives at a time, and most are the large one: a box would be an allocation each"
)]
enum People {
    /// All entries are of one contact.
    One(Option<Contact>),
    /// Of several, who are merged or share keys at some time.
    Many(Box<Book>),
}

impl Past {
    pub(crate) fn new<'e>(terms: Terms, entries: impl Iterator<Item = &'e Entry> + Clone) -> Past {
        let voids = entries.clone().filter(|entry| is_void(entry)).cloned().collect();
        let mut ids = entries.map(Entry::contact);
        let first = ids.next();
        let one = ids.all(|id| Some(id) == first);
        let people = if one {
            People::One(None)
        } else {
            People::Many(Box::new(match terms.key {
                Some(key) => Book::suppressing(terms.journey, key),
                None => Book::new(terms.journey),
            }))
        };
        Past { voids, people }
    }

    /// Takes in what was recorded next. What an entry cannot do was refused when it was stored.
    pub(crate) fn take(&mut self, entry: &Entry, journey: &Journey) {
        let id = entry.contact();
        match (&mut self.people, entry.body()) {
            (People::One(contact), Body::Opened(opened)) => {
                let mut opened = Contact::open(id.clone(), opened.identity().clone(), journey.vocabulary());
                for void in &self.voids {
                    let _ = opened.take_in(void);
                }
                *contact = Some(opened);
            }
            (People::One(Some(contact)), Body::Linked(_) | Body::Unlinked(_) | Body::Act(_)) => {
                if !is_void(entry) {
                    let _ = contact.take_in(entry);
                }
            }
            (People::One(_), _) => {}
            (People::Many(book), body) => match body {
                Body::Opened(opened) => {
                    let _ = book.open(id.clone(), opened.identity().clone());
                    for void in self.voids.iter().filter(|void| void.contact() == id) {
                        if let Body::Act(void) = void.body() {
                            let _ = book.append(id, void.clone());
                        }
                    }
                }
                Body::Linked(identity) => drop(book.link(id, identity.clone())),
                Body::Unlinked(identity) => drop(book.unlink(id, identity)),
                Body::Act(act) if act.kind() != ActKind::Void => drop(book.append(id, act.clone())),
                Body::Merged { into, .. } => drop(book.merge(id, into)),
                Body::Unmerged { .. } => drop(book.unmerge(id)),
                _ => {}
            },
        }
    }

    /// What the admission of a signal comes to, by what has been taken in.
    fn then<'e>(
        &mut self,
        journey: &Journey,
        asked: (&'e ContactId, Option<KindPlace>, &'e placet::Identity),
        handled: Instant,
    ) -> Admission<'e> {
        match &mut self.people {
            People::One(contact) => Admission::then(journey, contact.iter(), asked, handled),
            People::Many(book) => {
                let by = |person: Person<'_>| {
                    let contacts: Vec<&Contact> = person.members().collect();
                    Admission::then(journey, contacts.iter().copied(), asked, handled)
                };
                let nobody = || Admission::then(journey, std::iter::empty(), asked, handled);
                book.person(asked.0, by).unwrap_or_else(nobody)
            }
        }
    }

    /// The people as they are at the end, each as their contacts and the stage that they hold together.
    pub(crate) fn people(
        &mut self,
        held: &HeldStages<'_>,
        mut each: impl FnMut(&[&Contact], Option<&Stage>),
    ) {
        match &mut self.people {
            People::One(contact) => {
                if let Some(contact) = contact {
                    each(&[contact], held.of(contact.id()));
                }
            }
            People::Many(book) => {
                let ids: Vec<ContactId> = book.ids().cloned().collect();
                let persons: Vec<Vec<ContactId>> = ids.iter().map(|id| book.person_of(id)).collect();
                let reading = book.reading();
                // A person is told of at the first of their contacts.
                for (id, members) in
                    ids.iter().zip(&persons).filter(|(id, members)| members.first() == Some(*id))
                {
                    let contacts: Vec<&Contact> =
                        members.iter().filter_map(|id| reading.contact(id)).collect();
                    each(&contacts, held.of(id));
                }
            }
        }
    }
}

fn is_void(entry: &Entry) -> bool {
    matches!(entry.body(), Body::Act(act) if act.kind() == ActKind::Void)
}

/// Reads a history again: its facts by now, ordered by instant and place.
pub(crate) fn read<'e>(
    past: &mut Past,
    entries: impl Iterator<Item = &'e Entry>,
    journey: &Journey,
    now: Instant,
    held: &mut HeldStages<'e>,
) -> Facts<'e> {
    let mut facts = Facts::default();
    let mut queued: BTreeMap<placet::send::EventKey, &QueuedEvent> = BTreeMap::new();
    // Most signals are of the kind of the one before.
    let mut last: Option<(&SignalKind, Option<KindPlace>)> = None;
    for entry in entries {
        let contact = entry.contact();
        let mut own = |what, at| {
            if at <= now {
                let held = held.of(contact);
                facts.all.push(Fact { what, contact, at, kind: None, held, admitted: usize::MAX });
            }
        };
        match entry.body() {
            Body::Signal(admitted) => {
                let (signal, handled) = (admitted.signal(), admitted.now());
                let kind = match last {
                    Some((name, kind)) if *name == signal.kind => kind,
                    _ => journey.plan().kind_named(signal.kind.name()).map(|(place, _)| place),
                };
                last = Some((&signal.kind, kind));
                if signal.at <= now && handled <= now {
                    let asked = (contact, kind, &signal.identity);
                    let admitted = facts.admitted(past, journey, asked, handled);
                    let (what, held) = (What::Signal(signal), held.of(contact));
                    facts.all.push(Fact { what, contact, at: signal.at, kind, held, admitted });
                }
            }
            Body::Queued(event) => drop(queued.insert(event.key(), event)),
            Body::Sent { key, at } => {
                if let Some(event) = queued.get(key) {
                    own(What::Sent(event), *at);
                }
            }
            Body::Transition(moved) => {
                // The stage that was held when it was decided: the one it left.
                own(What::Moved(moved), moved.at());
                held.take(entry);
            }
            _ => {
                past.take(entry, journey);
                held.take(entry);
                facts.fresh = facts.admissions.len();
            }
        }
    }
    if !facts.all.is_sorted_by_key(|fact| fact.at) {
        facts.all.sort_by_key(|fact| fact.at);
    }
    facts
}
