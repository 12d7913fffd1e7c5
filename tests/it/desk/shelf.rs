//! A store of rows, as a database has them, that locks nothing while it plans: what has changed meanwhile is a conflict.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};

use placet::{
    Act, ContactId, Entry, QueuedEvent, Stage,
    desk::{
        Found, Kept, People, Plan, Rows, Settled, Step, Store, Terms, UnderKey, Unread, Want, Written,
        kit::Place,
    },
    entry::Body,
    identity::WideKey,
    name::SignalId,
    send::{EventKey, ReplyKey},
};

/// What can be wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Signals are not remembered.
    ForgetsSignals,
    /// What lies under keys is not written.
    KeepsNoStopsUnderKeys,
    /// The stage of a joint person is the furthest of its contacts, every time.
    RecomputesTheStage,
    /// A pause is not stored.
    LosesPauses,
    /// What was written last is lost with the connection that wrote it.
    AcknowledgesEarly,
    /// Whatever has changed meanwhile, it writes.
    ExpectsNothing,
    /// Stops are copied to whoever has a key, and to whoever is opened under it, by what was read before.
    ReadsKeysEarly,
    /// A stop that finds that somebody wrote meanwhile is dropped.
    StopsConflict,
    /// A person is not held while the gateway takes an event.
    LetsGoWhileSending,
    /// Two can send one event.
    LetsTwoDispatch,
    /// Replies are not remembered.
    ForgetsReplies,
    /// Whoever is erased stays.
    ForgetsNobody,
    /// What waits is read with all persons, and one that cannot be read ends it.
    OneBadRowBlocksAll,
    /// By a key only the contact that has it is found, and not those merged with it.
    FindsHoldersAlone,
    /// What was sent is not kept.
    ForgetsWhatWasSent,
    /// Whoever only looks sees what there was when this connection wrote last.
    LooksBehind,
}

/// Rows by key: what would be tables.
#[derive(Debug, Clone, Default)]
struct Tables {
    entries: BTreeMap<ContactId, Vec<String>>,
    person: BTreeMap<ContactId, ContactId>,
    count: BTreeMap<ContactId, u64>,
    held: BTreeMap<ContactId, Option<Stage>>,
    keys: BTreeSet<(WideKey, ContactId)>,
    under: BTreeMap<WideKey, Vec<UnderKey>>,
    signals: BTreeMap<(ContactId, SignalId), u64>,
    outbox: BTreeMap<EventKey, (u64, QueuedEvent, Option<Settled>)>,
    replies: BTreeMap<ReplyKey, Settled>,
    /// Persons that are held while one of their events is being sent.
    sending: BTreeSet<ContactId>,
    /// Contacts that were opened when nothing lay under their key, for [`Fault::ReadsKeysEarly`].
    early: BTreeMap<ContactId, Vec<UnderKey>>,
    writes: u64,
}

/// The store: one connection to it.
#[derive(Debug)]
pub struct Shelf {
    terms: Terms,
    tables: Arc<(Mutex<Tables>, Condvar)>,
    fault: Option<Fault>,
    /// What there was before this connection wrote, for [`Fault::AcknowledgesEarly`].
    before: Option<Tables>,
    /// What there was when a step was read, for [`Fault::ReadsKeysEarly`].
    read: Tables,
}

/// A row that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable;

impl Shelf {
    pub fn new(terms: &Terms, fault: Option<Fault>) -> Shelf {
        Shelf { terms: terms.clone(), tables: Arc::default(), fault, before: None, read: Tables::default() }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn locked<T>(&self, does: impl FnOnce(&mut Tables) -> T) -> T {
        let done = does(&mut self.tables.0.lock().unwrap());
        self.tables.1.notify_all();
        done
    }

    fn people(&self, tables: &Tables, want: &Want) -> Result<Option<People>, Unreadable> {
        let Some(contact) = want.ids().find(|id| tables.person.contains_key(id)) else { return Ok(None) };
        let person = &tables.person[contact];
        let others = tables.person.iter().filter(|(other, of)| *of == person && *other != contact);
        let members: Vec<&ContactId> =
            std::iter::once(contact).chain(others.map(|(other, _)| other)).collect();
        let read = |line: &String| Entry::from_json(line).map_err(|_| Unreadable);
        let entries = members.iter().map(|member| tables.entries[*member].iter().map(read).collect());
        let entries: Vec<Vec<Entry>> = entries.collect::<Result<_, _>>()?;
        let under: Vec<UnderKey> = if self.has(Fault::ReadsKeysEarly) {
            members.iter().flat_map(|member| tables.early.get(*member).cloned().unwrap_or_default()).collect()
        } else {
            let keys = tables.keys.iter().filter(|(_, holder)| members.contains(&holder));
            keys.flat_map(|(key, _)| tables.under.get(key).cloned().unwrap_or_default()).collect()
        };
        let held = tables.held.get(person).cloned().flatten();
        let held = if self.has(Fault::RecomputesTheStage) && members.len() > 1 {
            let stages = entries.iter().flatten().filter_map(|entry| match entry.body() {
                Body::TransitionAlone(moved) | Body::Transition(moved) => Some(moved.to().cloned()),
                _ => None,
            });
            stages.max_by_key(|stage| self.terms.journey.how_far(stage.as_ref())).flatten()
        } else {
            held
        };
        let rows = Rows { person: person.clone(), count: tables.count[person], entries, held, under };
        People::read(rows, &self.terms).map(Some).map_err(|_| Unreadable)
    }

    fn found<T>(
        &self,
        want: &Want,
        (person, other): (&Option<People>, &Option<People>),
        unread: Option<(&ContactId, &[WideKey])>,
        look: impl FnOnce(&Found<'_>) -> T,
    ) -> T {
        let (signal, event, reply, holders, events) = self.locked(|tables| {
            let contact = want.ids().find(|id| tables.person.contains_key(id));
            let signal = want.signal.as_ref().zip(contact);
            (
                signal.and_then(|(id, of)| tables.signals.get(&(of.clone(), id.clone())).copied()),
                want.event.and_then(|key| tables.outbox.get(&key).cloned()),
                want.reply.and_then(|key| tables.replies.get(&key).copied()),
                want.holders.as_ref().map_or_else(Vec::new, |key| self.holders(tables, key)),
                self.events(tables, &want.events),
            )
        });
        let events: Vec<Kept<'_>> =
            events.iter().map(|(event, settled)| Kept { event, settled: *settled }).collect();
        let (holders, events) = (&holders[..], &events[..]);
        let event = event.as_ref().map(|(_, event, settled)| Kept { event, settled: *settled });
        let unread = unread.map(|(contact, keys)| Unread { contact, keys });
        let found = Found { person: None, other: None, signal, event, reply, unread, holders, events };
        match (person, other) {
            (None, _) => look(&found),
            (Some(person), None) => person.with(|person| look(&Found { person, ..found })),
            (Some(person), Some(other)) => {
                person.with(|person| other.with(|other| look(&Found { person, other, ..found })))
            }
        }
    }

    /// The contacts of those persons who have a key.
    fn holders(&self, tables: &Tables, key: &WideKey) -> Vec<ContactId> {
        let holders = tables.keys.iter().filter(|(of, _)| of == key).map(|(_, holder)| holder);
        if self.has(Fault::FindsHoldersAlone) {
            return holders.cloned().collect();
        }
        let persons: BTreeSet<&ContactId> = holders.filter_map(|holder| tables.person.get(holder)).collect();
        let all = tables.person.iter().filter(|(_, person)| persons.contains(person));
        all.map(|(contact, _)| contact.clone()).collect()
    }

    fn events(&self, tables: &Tables, contacts: &[ContactId]) -> Vec<(QueuedEvent, Option<Settled>)> {
        let about = tables.outbox.values().filter(|(_, event, _)| contacts.contains(event.contact()));
        let kept = about.filter(|(.., settled)| settled.is_none() || !self.has(Fault::ForgetsWhatWasSent));
        kept.map(|(_, event, settled)| (event.clone(), *settled)).collect()
    }

    fn read(&self, want: &Want) -> Result<(Option<People>, Option<People>), Unreadable> {
        let looks = want.signal.is_none() && want.event.is_none();
        if self.has(Fault::LooksBehind) && looks && !self.read.person.is_empty() {
            return Ok((self.people(&self.read, want)?, None));
        }
        self.locked(|tables| {
            let other = want.other.as_ref().map(|other| self.people(tables, other)).transpose()?.flatten();
            Ok((self.people(tables, want)?, other))
        })
    }

    /// A contact that is there, and the keys of its person.
    fn keys_of(&self, want: &Want) -> Option<(ContactId, Vec<WideKey>)> {
        self.locked(|tables| {
            let contact = want.ids().find(|id| tables.person.contains_key(id))?;
            let person = &tables.person[contact];
            let own = tables.keys.iter().filter(|(_, holder)| tables.person.get(holder) == Some(person));
            Some((contact.clone(), own.map(|(key, _)| key.clone()).collect()))
        })
    }

    fn write(&self, plan: &Plan) -> Written {
        self.locked(|tables| {
            let moved = |(person, count): &(ContactId, u64)| {
                tables.count.get(person).copied().unwrap_or(0) != *count
                    || (*count > 0 && tables.person.get(person) != Some(person))
            };
            if plan.expect.iter().any(moved) && !self.has(Fault::ExpectsNothing) {
                return Written::Conflict;
            }
            if let Some((contact, signal, _)) = &plan.signal {
                if tables.signals.contains_key(&(contact.clone(), signal.clone()))
                    && !self.has(Fault::ExpectsNothing)
                {
                    return Written::Conflict;
                }
            }
            for entry in &plan.entries {
                let pause =
                    matches!(entry.body(), Body::Act(act) if act.kind() == placet::consent::ActKind::Pause);
                if !(pause && self.has(Fault::LosesPauses)) {
                    self.append(tables, entry);
                }
            }
            for row in &plan.keys {
                let at = (row.key.clone(), row.contact.clone());
                if row.has {
                    let early = self.read.under.get(&row.key).cloned().unwrap_or_default();
                    tables.early.entry(row.contact.clone()).or_default().extend(early);
                    tables.keys.insert(at);
                } else {
                    tables.keys.remove(&at);
                }
            }
            for row in plan.under.iter().filter(|_| !self.has(Fault::KeepsNoStopsUnderKeys)) {
                let rows = tables.under.entry(row.key.clone()).or_default();
                if !rows.iter().any(|there| there.stop.id() == row.stop.id() && there.stop == row.stop) {
                    rows.push(row.clone());
                }
                if self.has(Fault::ReadsKeysEarly) {
                    let holders = self.read.keys.iter().filter(|(key, _)| *key == row.key);
                    for (_, holder) in holders {
                        tables.early.entry(holder.clone()).or_default().push(row.clone());
                    }
                }
            }
            for row in &plan.persons {
                let before: BTreeSet<ContactId> =
                    row.members.iter().map(|member| tables.person[member].clone()).collect();
                let count = before.iter().map(|person| tables.count[person]).sum();
                for member in &row.members {
                    tables.person.insert(member.clone(), row.person.clone());
                }
                tables.count.insert(row.person.clone(), count);
                tables.held.insert(row.person.clone(), row.held.clone());
            }
            if let Some((person, held)) = &plan.held {
                tables.held.insert(person.clone(), held.clone());
            }
            if let Some((contact, signal, digest)) =
                plan.signal.clone().filter(|_| !self.has(Fault::ForgetsSignals))
            {
                tables.signals.insert((contact, signal), digest);
            }
            for event in &plan.queued {
                let place = u64::try_from(tables.outbox.len()).unwrap();
                tables.outbox.entry(event.key()).or_insert((place, event.clone(), None));
            }
            if let Some((key, settled)) = plan.settled {
                if let Some((_, _, there)) = tables.outbox.get_mut(&key) {
                    *there = Some(settled);
                }
            }
            if let Some((key, settled)) = plan.replied.filter(|_| !self.has(Fault::ForgetsReplies)) {
                tables.replies.insert(key, settled);
            }
            if let Some(forget) = plan.forget.as_ref().filter(|_| !self.has(Fault::ForgetsNobody)) {
                Self::forget(tables, forget);
            }
            tables.writes += 1;
            Written::All
        })
    }

    fn append(&self, tables: &mut Tables, entry: &Entry) {
        let contact = entry.contact();
        tables.entries.entry(contact.clone()).or_default().push(serde_json::to_string(entry).unwrap());
        let person = tables.person.entry(contact.clone()).or_insert_with(|| contact.clone()).clone();
        *tables.count.entry(person).or_default() += 1;
    }

    fn forget(tables: &mut Tables, forget: &placet::desk::Forget) {
        let mut scrubber = forget.scrubber();
        let read = |line: &String| Entry::from_json(line).unwrap();
        let theirs: Vec<ContactId> = forget.contacts().cloned().collect();
        for contact in &theirs {
            let left = forget.left(contact);
            let entries = tables.entries.remove(contact).unwrap();
            let kept = entries.iter().map(read).filter_map(|entry| scrubber.entry(entry));
            let kept = kept.map(|entry| serde_json::to_string(&entry).unwrap()).collect();
            tables.entries.insert(left.clone(), kept);
            let person = tables.person.remove(contact).unwrap();
            tables.person.insert(left.clone(), person);
            let keys: Vec<_> = tables.keys.iter().filter(|(_, holder)| holder == contact).cloned().collect();
            for (key, holder) in keys {
                tables.keys.remove(&(key.clone(), holder));
                tables.keys.insert((key, left.clone()));
            }
            tables.signals.retain(|(of, _), _| of != contact);
        }
        // A person is named by one of its contacts.
        let persons: BTreeSet<ContactId> =
            tables.person.values().filter(|person| forget.is_of(person)).cloned().collect();
        for person in persons {
            let left = forget.left(&person);
            let count = tables.count.remove(&person).unwrap();
            tables.count.insert(left.clone(), count);
            tables.held.remove(&person);
            tables.held.insert(left.clone(), None);
            tables.person.values_mut().filter(|of| **of == person).for_each(|of| *of = left.clone());
        }
        for entries in tables.entries.values_mut() {
            for line in entries {
                if let Some(renamed) = forget.elsewhere(&read(line)) {
                    *line = serde_json::to_string(&renamed).unwrap();
                }
            }
        }
        for row in tables.under.values_mut().flatten() {
            if let Some(renamed) = forget.under(row) {
                *row = renamed;
            }
        }
        let outbox = std::mem::take(&mut tables.outbox);
        tables.outbox = outbox
            .into_values()
            .map(|(place, event, settled)| (place, scrubber.event(event), settled))
            .map(|(place, event, settled)| (event.key(), (place, event, settled)))
            .collect();
    }

    /// Waits until nobody sends an event of this person, and holds it.
    fn hold(&self, want: &Want) -> Option<ContactId> {
        let mut tables = self.tables.0.lock().unwrap();
        loop {
            let contact = want.ids().find(|id| tables.person.contains_key(id))?;
            let person = tables.person[contact].clone();
            if self.has(Fault::LetsGoWhileSending) || self.has(Fault::LetsTwoDispatch) {
                return None;
            }
            if tables.sending.insert(person.clone()) {
                return Some(person);
            }
            tables = self.tables.1.wait(tables).unwrap();
        }
    }
}

impl Store for Shelf {
    type Error = Unreadable;

    fn step(&mut self, step: &mut dyn Step) -> Result<Written, Unreadable> {
        let want = step.want();
        // Whoever sends holds the person; whoever writes about it waits until that is over.
        let sends = want.event.is_some() || want.reply.is_some();
        let held = if sends { self.hold(&want) } else { None };
        let done = self.take(step, &want, sends);
        if let Some(person) = held {
            self.locked(|tables| tables.sending.remove(&person));
        }
        done
    }

    fn waiting(&mut self, most: usize) -> Result<Vec<EventKey>, Unreadable> {
        self.locked(|tables| {
            let mut waiting: Vec<(u64, EventKey, ContactId)> = Vec::new();
            for (key, (place, event, settled)) in &tables.outbox {
                if settled.is_none() {
                    waiting.push((*place, *key, event.contact().clone()));
                }
            }
            waiting.sort();
            if self.has(Fault::OneBadRowBlocksAll) {
                for (_, _, contact) in &waiting {
                    self.people(tables, &Want::person(contact.clone()))?;
                }
            }
            Ok(waiting.into_iter().take(most).map(|(_, key, _)| key).collect())
        })
    }

    fn contact_of(&mut self, event: EventKey) -> Result<Option<ContactId>, Unreadable> {
        Ok(self.locked(|tables| tables.outbox.get(&event).map(|(_, event, _)| event.contact().clone())))
    }
}

impl Shelf {
    fn take(&mut self, step: &mut dyn Step, want: &Want, sends: bool) -> Result<Written, Unreadable> {
        if self.has(Fault::ReadsKeysEarly) {
            self.read = self.locked(|tables| tables.clone());
        }
        let (keys, read) = (self.keys_of(want), self.read(want));
        // A stop is taken where nothing else can be.
        let unread = match &keys {
            Some((contact, keys)) if read.is_err() && want.unread => Some((contact, &keys[..])),
            _ => None,
        };
        let (mut person, mut other) = if unread.is_some() { (None, None) } else { read? };
        let writes = self.locked(|tables| tables.writes);
        let plan = self.found(want, (&person, &other), unread, |found| step.plan(found));
        if self.has(Fault::StopsConflict)
            && plan.expect.is_empty()
            && self.locked(|tables| tables.writes) != writes
        {
            self.found(want, (&person, &other), unread, |found| step.written(found));
            return Ok(Written::All);
        }
        if !sends && !self.has(Fault::LetsGoWhileSending) && !self.has(Fault::LetsTwoDispatch) {
            // What is written about a person waits while an event of theirs is being sent.
            let mut tables = self.tables.0.lock().unwrap();
            let being_sent = |tables: &Tables| {
                let contact = want.ids().find(|id| tables.person.contains_key(id));
                let is_sent_to = |contact| tables.sending.contains(&tables.person[contact]);
                // A stop under a key is for whoever has it.
                let mut holders =
                    tables.keys.iter().filter(|(key, _)| plan.under.iter().any(|row| row.key == *key));
                contact.is_some_and(is_sent_to) || holders.any(|(_, holder)| is_sent_to(holder))
            };
            while being_sent(&tables) {
                tables = self.tables.1.wait(tables).unwrap();
            }
        }
        if self.has(Fault::AcknowledgesEarly) {
            self.before = Some(self.locked(|tables| tables.clone()));
        }
        let written = self.write(&plan);
        let wrote = !plan.entries.is_empty();
        if self.has(Fault::LooksBehind) && (wrote || self.read.person.is_empty()) {
            self.read = self.locked(|tables| tables.clone());
        }
        if written == Written::All {
            if unread.is_none() {
                (person, other) = self.read(want)?;
            }
            self.found(want, (&person, &other), unread, |found| step.written(found));
        }
        Ok(written)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            // Nobody holds anything for a process that is gone.
            self.locked(|tables| *tables = Tables { sending: BTreeSet::new(), ..before });
        }
    }
}

impl Place for Shelf {
    type Store = Shelf;

    fn connect(&self) -> Shelf {
        let Shelf { terms, tables, fault, .. } = self;
        Shelf {
            terms: terms.clone(),
            tables: Arc::clone(tables),
            fault: *fault,
            before: None,
            read: Tables::default(),
        }
    }

    fn damage(&self, contact: &ContactId) -> bool {
        self.locked(|tables| tables.entries.get_mut(contact).unwrap().push("{}".to_owned()));
        true
    }

    fn everything(&self) -> Option<String> {
        Some(self.locked(|tables| {
            let under: Vec<String> = tables.under.values().flatten().map(|row| act(&row.stop)).collect();
            let outbox: Vec<String> =
                tables.outbox.values().map(|(_, event, _)| serde_json::to_string(event).unwrap()).collect();
            let (entries, keys) = (&tables.entries, &tables.keys);
            format!("{entries:?} {keys:?} {under:?} {outbox:?} {:?}", tables.signals)
        }))
    }
}

fn act(stop: &placet::Stop) -> String {
    serde_json::to_string(&Act::from(stop.clone())).unwrap()
}
