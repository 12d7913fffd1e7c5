//! The outbox of a memory: what is queued under its key, and what became of it. A no at release is final (SPEC S22).

use std::collections::{BTreeMap, BTreeSet};

use super::{Dispatched, Kept, Settled};
use crate::consent::Reason;
use crate::event::QueuedEvent;
use crate::name::{ContactId, EventKey, Instant};

/// Queued events, in the order in which they came in.
#[derive(Debug, Default)]
pub struct Outbox {
    all: BTreeMap<EventKey, Outgoing>,
    /// The accounts of what was sent or dropped: for the right of access, and for an audit.
    settled: BTreeMap<EventKey, Box<QueuedEvent>>,
    /// Keys of what is still queued, oldest first.
    waiting: BTreeMap<u64, EventKey>,
    next: u64,
}

/// What became of a queued event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// It waits to be released.
    Queued {
        /// The account of it.
        event: Box<QueuedEvent>,
        /// Its place in the queue.
        place: u64,
    },
    /// The gateway took it.
    Sent {
        /// When.
        at: Instant,
    },
    /// It was refused at release, for good.
    Dropped {
        /// Why.
        reason: Reason,
        /// When.
        at: Instant,
    },
}

impl Outgoing {
    /// The event, as long as it waits.
    #[must_use]
    pub fn event(&self) -> Option<&QueuedEvent> {
        match self {
            Outgoing::Queued { event, .. } => Some(event),
            Outgoing::Sent { .. } | Outgoing::Dropped { .. } => None,
        }
    }

    /// When the gateway took it, if it did.
    #[must_use]
    pub fn sent_at(&self) -> Option<Instant> {
        match self {
            Outgoing::Sent { at } => Some(*at),
            Outgoing::Queued { .. } | Outgoing::Dropped { .. } => None,
        }
    }
}

/// What became of all that was queued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many the gateway took.
    pub sent: u64,
    /// How many were refused, by reason.
    pub refused: BTreeMap<Reason, u64>,
    /// How many the gateway could not take.
    pub failed: u64,
}

impl Report {
    pub(crate) fn note<E>(&mut self, dispatched: &Dispatched<E>) {
        match dispatched {
            Dispatched::Sent => self.sent = self.sent.saturating_add(1),
            Dispatched::Failed(_) => self.failed = self.failed.saturating_add(1),
            Dispatched::Refused(refusal) => {
                let count = self.refused.entry(refusal.reason()).or_default();
                *count = count.saturating_add(1);
            }
            Dispatched::AlreadySent | Dispatched::Dropped | Dispatched::NotQueued => {}
        }
    }
}

impl Outbox {
    /// What became of the event of a key; `None` where none was queued.
    #[must_use]
    pub fn get(&self, key: EventKey) -> Option<&Outgoing> {
        self.all.get(&key)
    }

    /// How many wait to be released.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What waits to be released, oldest first.
    pub fn queued(&self) -> impl Iterator<Item = &QueuedEvent> {
        self.waiting.values().filter_map(|key| match self.all.get(key) {
            Some(Outgoing::Queued { event, .. }) => Some(&**event),
            _ => None,
        })
    }

    /// Every event that was ever queued, by key, and what became of it.
    pub fn accounts(&self) -> impl Iterator<Item = (&QueuedEvent, &Outgoing)> {
        self.all.iter().filter_map(|(key, fate)| {
            let event = fate.event().or_else(|| self.settled.get(key).map(|event| &**event))?;
            Some((event, fate))
        })
    }

    /// The events about some contacts.
    pub(super) fn of(&self, contacts: &[ContactId]) -> Vec<Kept<'_>> {
        if contacts.is_empty() {
            return Vec::new();
        }
        let contacts: BTreeSet<&ContactId> = contacts.iter().collect();
        let kept = self.all.keys().filter_map(|key| self.kept(*key));
        kept.filter(|kept| contacts.contains(kept.event.contact())).collect()
    }

    pub(crate) fn waiting(&self) -> Vec<EventKey> {
        self.waiting.values().copied().collect()
    }

    /// Puts an event in; one whose key is known is a re-delivery and changes nothing.
    pub(super) fn put(&mut self, event: QueuedEvent) {
        let (key, place) = (event.key(), self.next);
        if self.all.contains_key(&key) {
            return;
        }
        self.next = self.next.saturating_add(1);
        self.waiting.insert(place, key);
        self.all.insert(key, Outgoing::Queued { event: Box::new(event), place });
    }

    /// About whom an event is.
    pub(crate) fn about(&self, key: EventKey) -> Option<&ContactId> {
        self.kept(key).map(|kept| kept.event.contact())
    }

    /// The event of a key, and what became of it.
    pub(super) fn kept(&self, key: EventKey) -> Option<Kept<'_>> {
        let settled = match self.all.get(&key)? {
            Outgoing::Queued { event, .. } => return Some(Kept { event, settled: None }),
            Outgoing::Sent { at } => Settled::Sent { at: *at },
            Outgoing::Dropped { reason, at } => Settled::Dropped { reason: *reason, at: *at },
        };
        Some(Kept { event: self.settled.get(&key)?, settled: Some(settled) })
    }

    /// Puts other accounts in the place of those that hold something of whoever was erased. Their keys change with them.
    pub(super) fn scrub(&mut self, scrub: impl Fn(QueuedEvent) -> QueuedEvent) {
        let accounts = self.accounts().map(|(event, _)| event.clone());
        let scrubbed = accounts.map(|event| (event.key(), event.clone(), scrub(event)));
        let changed: Vec<_> = scrubbed.filter(|(_, before, after)| before != after).collect();
        for (before, _, after) in changed {
            let key = after.key();
            let Some(mut fate) = self.all.remove(&before) else {
                continue;
            };
            if let Outgoing::Queued { event, place } = &mut fate {
                **event = after;
                self.waiting.insert(*place, key);
            } else if self.settled.remove(&before).is_some() {
                self.settled.insert(key, Box::new(after));
            }
            self.all.insert(key, fate);
        }
    }

    /// Notes what became of an event; `None` where none was queued under this key.
    pub(super) fn settle(&mut self, key: EventKey, fate: Settled) -> Option<()> {
        let settled = self.all.get_mut(&key)?;
        if let Outgoing::Queued { place, .. } = settled {
            self.waiting.remove(place);
            let fate = match fate {
                Settled::Sent { at } => Outgoing::Sent { at },
                Settled::Dropped { reason, at } => Outgoing::Dropped { reason, at },
            };
            if let Outgoing::Queued { event, .. } = std::mem::replace(settled, fate) {
                self.settled.insert(key, event);
            }
        }
        Some(())
    }
}
