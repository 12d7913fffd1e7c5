//! What the log comes to, up to some message of it: persons in memory, who is held, and who cannot be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use placet::ContactId;
use placet::desk::{Found, Loaded, Memory, Store, Terms, Unread, Want};
use placet::identity::WideKey;
use placet::send::EventKey;

use crate::line::Line;
use crate::{Done, StoreError};

/// How long a person is held for somebody of whom nothing more is heard: after so long a process is taken for dead.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct View {
    memory: Memory,
    terms: Arc<Terms>,
    /// Contacts and keys of which a line cannot be read.
    broken: (BTreeSet<ContactId>, BTreeSet<String>),
    held: BTreeMap<String, (Line, Instant)>,
}

/// Who is meant by a step: the contacts of a person, and their keys.
#[derive(Debug, Default)]
pub(crate) struct Span {
    pub(crate) of: BTreeSet<ContactId>,
    pub(crate) keys: BTreeSet<String>,
}

impl Span {
    fn of(loaded: Option<Loaded<'_>>, terms: &Terms) -> Span {
        let members = || loaded.iter().flat_map(Loaded::members);
        let identities = members().flat_map(|member| member.ledger().identities());
        Span {
            of: members().map(|member| member.id().clone()).collect(),
            keys: identities.map(|identity| terms.key_of(identity).as_str().to_owned()).collect(),
        }
    }
}

impl View {
    /// Nothing yet.
    pub(crate) fn new(terms: Arc<Terms>) -> View {
        let memory = Memory::new(Terms::clone(&terms));
        View { memory, terms, broken: Default::default(), held: BTreeMap::new() }
    }

    /// Takes in the next line.
    pub(crate) fn take(&mut self, line: &Line) {
        if let Some(name) = &line.free {
            self.held.remove(name);
        }
        if let Some(name) = &line.hold {
            self.held.insert(name.clone(), (line.clone(), Instant::now()));
        }
        let Some(wrote) = line.wrote() else {
            self.broken.0.extend(line.of.iter().cloned());
            self.broken.1.extend(line.keys.iter().cloned());
            return;
        };
        self.memory.write(wrote.plan());
    }

    /// Shows what is found for a step.
    pub(crate) fn find(&mut self, want: &Want, mut look: impl FnMut(&Found<'_>)) -> Done<()> {
        let View { memory, terms, broken, .. } = self;
        let mut done = Ok(());
        memory.find(want, |found| {
            let is_broken = |span: &Span, want: &Want| {
                let unknown = span.of.is_empty() && want.ids().any(|id| broken.0.contains(id));
                unknown || !span.of.is_disjoint(&broken.0) || !span.keys.is_disjoint(&broken.1)
            };
            let other = want.other.as_ref();
            let other = other.is_some_and(|want| is_broken(&Span::of(found.other, terms), want));
            let own = Span::of(found.person, terms);
            if !other && !is_broken(&own, want) {
                return look(found);
            }
            if other || !want.unread {
                done = Err(StoreError::Unreadable);
                return;
            }
            // A stop is taken where nothing else can be.
            let contact = found.person.map_or(&want.contact, |loaded| loaded.contact().id());
            let keys: Vec<WideKey> = own.keys.iter().map(|key| WideKey::from_index(key)).collect();
            look(&Found { person: None, unread: Some(Unread { contact, keys: &keys }), ..*found });
        });
        done
    }

    /// The person of a step, to be held.
    pub(crate) fn span(&mut self, want: &Want) -> Done<Span> {
        let (mut span, terms) = (Span::default(), Arc::clone(&self.terms));
        self.find(want, |found| span = Span::of(found.person, &terms))?;
        Ok(span)
    }

    /// Whether somebody has a hold, and whether it still counts.
    pub(crate) fn hold_of(&self, name: &str) -> Option<bool> {
        self.held.get(name).map(|(_, since)| since.elapsed() < PATIENCE)
    }

    /// How long a line of somebody has to wait for whoever holds what it is about; `None` where it need not.
    pub(crate) fn waits(&self, line: &Line, by: &str) -> Option<Duration> {
        let others = self.held.iter().filter(|(name, _)| *name != by);
        let meets = |held: &Line| {
            let shared = !held.of.is_disjoint(&line.of) || !held.keys.is_disjoint(&line.keys);
            shared || held.alone || line.alone
        };
        let left = others
            .filter(|(_, (held, _))| meets(held))
            .map(|(_, (_, since))| PATIENCE.saturating_sub(since.elapsed()));
        left.filter(|left| !left.is_zero()).max()
    }

    pub(crate) fn waiting(&mut self) -> Vec<EventKey> {
        let Ok(waiting) = self.memory.waiting(usize::MAX);
        waiting
    }

    pub(crate) fn contact_of(&mut self, event: EventKey) -> Option<ContactId> {
        let Ok(contact) = self.memory.contact_of(event);
        contact
    }
}
