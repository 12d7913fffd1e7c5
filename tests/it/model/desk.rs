//! Where contacts are kept while a history is answered: a bare map with a journal, or the crate's own book.

use std::collections::BTreeMap;
use std::convert::Infallible;

use placet::{
    Act, Book, Contact, ContactId, Decision, Entry, Event, Identity, Instant, Journey, QueuedEvent, Signal,
    SignalId, Stage,
    book::{BookError, Dispatched, Fate, Observed, Outgoing},
    consent::Appended,
    decide::Misfit,
    entry::Body,
    identity::SuppressionKey,
    name::{EffectName, RuleName},
    send::EventKey,
};

/// Keeps contacts and what is queued for them.
pub trait Desk {
    fn contact(&self, id: &ContactId) -> Option<&Contact>;
    fn open(&mut self, id: &ContactId, identity: Identity);
    fn append(&mut self, id: &ContactId, act: Act) -> Appended;
    /// Puts a journey in force.
    fn adopt(&mut self, journey: &Journey);
    /// Decides and commits.
    fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Decision<'static>, Misfit>;
    /// A signal that was admitted comes again.
    fn observe_again(&mut self, _signal: &Signal, _now: Instant) {}
    fn queued(&self, key: EventKey) -> Option<QueuedEvent>;
    fn dispatch(&mut self, key: EventKey, now: Instant) -> Dispatched<Infallible>;
    /// Shares a key. Only a book keeps persons.
    fn link(&mut self, _id: &ContactId, _key: Identity) {
        panic!("a history of single contacts");
    }
    fn merge(&mut self, _from: &ContactId, _into: &ContactId) {
        panic!("a history of single contacts");
    }
    fn held_stage(&self, id: &ContactId) -> Option<Stage>;
    fn stands_at(&self, id: &ContactId, identity: &Identity, now: Instant) -> Option<Stage>;
    /// Under which key an effect stands in the outbox.
    fn key_of(
        &self,
        contact: &ContactId,
        signal: &SignalId,
        rule: &RuleName,
        effect: &EffectName,
    ) -> EventKey {
        EventKey::of(contact, signal, rule, effect)
    }
    /// Before a line: a moment to forget and remember.
    fn before(&mut self, _line: usize) {}
}

/// A signal about to be decided, for whoever wants to look.
pub struct Scene<'a> {
    pub journey: &'a Journey,
    pub contact: &'a Contact,
    /// All that was stored of the contact so far.
    pub journal: &'a [Entry],
    pub signal: &'a Signal,
    pub now: Instant,
}

/// What a backend of one's own would do: contacts, a journal each, an outbox.
pub struct Bare<'w> {
    journey: Journey,
    records: BTreeMap<ContactId, Record>,
    outbox: BTreeMap<EventKey, Fate>,
    /// Every so many lines all is written down as JSON and read back.
    replay_every: Option<usize>,
    witness: Option<&'w dyn Fn(&Scene<'_>)>,
}

struct Record {
    contact: Contact,
    journal: Vec<Entry>,
}

enum Fate {
    Queued(Box<QueuedEvent>),
    Sent,
    Dropped,
}

impl<'w> Bare<'w> {
    pub fn replayed_every(self, lines: usize) -> Self {
        Bare { replay_every: Some(lines), ..self }
    }

    pub fn watched_by(self, witness: &'w dyn Fn(&Scene<'_>)) -> Self {
        Bare { witness: Some(witness), ..self }
    }

    pub fn new(journey: Journey) -> Self {
        let (records, outbox) = (BTreeMap::new(), BTreeMap::new());
        Bare { journey, records, outbox, replay_every: None, witness: None }
    }

    /// What was stored of a contact.
    pub fn journal(&self, id: &ContactId) -> &[Entry] {
        self.records.get(id).map_or(&[], |record| &record.journal)
    }

    fn note(&mut self, id: &ContactId, body: Body) {
        self.records.get_mut(id).unwrap().journal.push(Entry::new(id.clone(), body));
    }
}

/// Written as JSON lines and read back.
pub fn read_back(journal: &[Entry]) -> Vec<Entry> {
    let write = |entry: &Entry| serde_json::to_string(entry).unwrap();
    journal.iter().map(|entry| Entry::from_json(&write(entry)).unwrap()).collect()
}

impl Desk for Bare<'_> {
    fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.records.get(id).map(|record| &record.contact)
    }

    fn open(&mut self, id: &ContactId, identity: Identity) {
        let contact = Contact::open(id.clone(), identity.clone(), self.journey.vocabulary());
        let journal = vec![Entry::new(id.clone(), Body::Opened(identity))];
        self.records.insert(id.clone(), Record { contact, journal });
    }

    fn append(&mut self, id: &ContactId, act: Act) -> Appended {
        let appended = self.records.get_mut(id).unwrap().contact.append(act.clone()).unwrap();
        if appended == Appended::New {
            self.note(id, Body::Act(act));
        }
        appended
    }

    fn adopt(&mut self, journey: &Journey) {
        self.journey = journey.clone();
    }

    fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Decision<'static>, Misfit> {
        let Record { contact, journal } = self.records.get_mut(&signal.spec().contact).unwrap();
        if let Some(witness) = self.witness.filter(|_| signal.at() <= now) {
            witness(&Scene { journey: &self.journey, contact, journal, signal, now });
        }
        let decision = self.journey.decide(&*contact, signal, now)?;
        journal.extend(decision.parts(&*contact).unwrap().entries);
        for event in decision.commit(contact).unwrap() {
            self.outbox.entry(event.key()).or_insert(Fate::Queued(Box::new(event)));
        }
        Ok(decision.into_owned())
    }

    fn queued(&self, key: EventKey) -> Option<QueuedEvent> {
        self.outbox
            .get(&key)
            .and_then(|fate| if let Fate::Queued(event) = fate { Some((**event).clone()) } else { None })
    }

    fn dispatch(&mut self, key: EventKey, now: Instant) -> Dispatched<Infallible> {
        let event = match self.outbox.get(&key) {
            None => return Dispatched::NotQueued,
            Some(Fate::Sent) => return Dispatched::AlreadySent,
            Some(Fate::Dropped) => return Dispatched::Dropped,
            Some(Fate::Queued(event)) => (**event).clone(),
        };
        let contact = event.contact().clone();
        let released = event.release(&self.records[&contact].contact, now);
        let (fate, body, answer) = match released {
            Ok(event) => (Fate::Sent, Body::Sent { key, at: event.released_at() }, Dispatched::Sent),
            Err(no) => (
                Fate::Dropped,
                Body::Dropped { key, reason: no.reason(), at: no.at() },
                Dispatched::Refused(no),
            ),
        };
        self.note(&contact, body);
        self.outbox.insert(key, fate);
        answer
    }

    fn held_stage(&self, id: &ContactId) -> Option<Stage> {
        self.contact(id)?.held_stage()
    }

    fn stands_at(&self, id: &ContactId, identity: &Identity, now: Instant) -> Option<Stage> {
        self.journey.stands_at_for(self.contact(id)?, Some(identity), now).cloned()
    }

    fn before(&mut self, line: usize) {
        if self.replay_every.is_none_or(|every| line % every != 0) {
            return;
        }
        for record in self.records.values_mut() {
            record.journal = read_back(&record.journal);
            record.contact = Contact::replay(&record.journal, self.journey.vocabulary()).unwrap();
        }
        for fate in self.outbox.values_mut() {
            if let Fate::Queued(event) = fate {
                **event = QueuedEvent::from_json(&serde_json::to_string(event).unwrap()).unwrap();
            }
        }
    }
}

/// The key of books that forget.
pub fn forgets() -> SuppressionKey {
    SuppressionKey::new([7; 16])
}

impl Desk for Book {
    fn key_of(
        &self,
        contact: &ContactId,
        signal: &SignalId,
        rule: &RuleName,
        effect: &EffectName,
    ) -> EventKey {
        match Book::contact(self, contact) {
            Some(left) if left.id() != contact => {
                EventKey::of(left.id(), &forgets().signal(signal), rule, effect)
            }
            _ => EventKey::of(contact, signal, rule, effect),
        }
    }

    fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.contact(id)
    }

    fn open(&mut self, id: &ContactId, identity: Identity) {
        self.open(id.clone(), identity).unwrap();
    }

    fn append(&mut self, id: &ContactId, act: Act) -> Appended {
        self.append(id, act).unwrap()
    }

    fn adopt(&mut self, journey: &Journey) {
        self.adopt(journey.clone());
    }

    fn observe(&mut self, signal: &Signal, now: Instant) -> Result<Decision<'static>, Misfit> {
        match self.observe(signal, now) {
            Ok(observed) => Ok(observed.decision().expect("a new signal").clone()),
            Err(BookError::Misfit(misfit)) => Err(misfit),
            Err(error) => panic!("{error}"),
        }
    }

    fn observe_again(&mut self, signal: &Signal, now: Instant) {
        let id = &signal.spec().contact;
        // A book that forgot somebody forgot which signals it had; whatever comes again is refused.
        let forgot = Book::contact(self, id).is_some_and(|left| left.id() != id);
        assert!(forgot || matches!(self.observe(signal, now), Ok(Observed::Again)), "S2");
    }

    fn queued(&self, key: EventKey) -> Option<QueuedEvent> {
        match self.outbox().get(key) {
            Some(Outgoing::Queued { event, .. }) => Some(QueuedEvent::clone(event)),
            _ => None,
        }
    }

    fn dispatch(&mut self, key: EventKey, now: Instant) -> Dispatched<Infallible> {
        self.dispatch_one(key, now, &mut |_: Event<'_>| Ok(()))
    }

    fn link(&mut self, id: &ContactId, key: Identity) {
        self.link(id, key).unwrap();
    }

    fn merge(&mut self, from: &ContactId, into: &ContactId) {
        self.merge(from, into).unwrap();
    }

    fn held_stage(&self, id: &ContactId) -> Option<Stage> {
        self.held_stage(id)
    }

    fn stands_at(&self, id: &ContactId, identity: &Identity, now: Instant) -> Option<Stage> {
        self.stands_at(id, Some(identity), now)
    }
}
