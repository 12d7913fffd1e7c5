//! Groups: contacts that have to be run together, because they are merged or share an address.

use std::collections::BTreeMap;
use std::sync::Arc;

use placet::{
    Act, ContactId, Entry, Identity, Instant, SignalSpec, book::BookError, decide::Misfit, entry::Body,
    identity::WideKey,
};

use super::order::in_order;
use super::{Recording, RecordingError, Why};

/// Contacts that are run together, most often one, and what happened to them in the order in which it is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) members: Vec<ContactId>,
    pub(crate) steps: Vec<Step>,
    /// Instants at which a stage may rise or fall although nothing is recorded: goes end, or begin later.
    pub(crate) marks: Vec<Instant>,
    /// Some are merged at some time.
    pub(crate) merges: bool,
    /// A signal is there more than once.
    pub(crate) repeats: bool,
}

/// One thing that happened to one member of a group.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) line: u64,
    pub(crate) member: usize,
    /// When it was known; `None` before everything that has an instant.
    pub(crate) known: Option<Instant>,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Opened(Identity),
    Linked(Identity),
    Unlinked(Identity),
    Act(Box<Act>),
    /// It was handled when it was known.
    Signal(Arc<SignalSpec>),
    /// With which member.
    Merged(usize),
    Unmerged,
}

impl What {
    pub(crate) fn is_dated(&self) -> bool {
        matches!(self, What::Act(_) | What::Signal(_))
    }
}

impl Group {
    /// About how much work it is.
    pub(crate) fn weight(&self) -> usize {
        self.steps.len().saturating_mul(self.members.len())
    }
}

/// What has been read, contact by contact.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    places: BTreeMap<ContactId, usize>,
    contacts: Vec<Opened>,
    /// A contact of each wide key.
    keys: BTreeMap<WideKey, usize>,
    until: Option<Instant>,
}

#[derive(Debug)]
struct Opened {
    id: ContactId,
    /// Another contact of its group; itself for the one that stands for the group.
    near: usize,
    steps: Vec<Step>,
}

impl Gathered {
    pub(super) fn take(&mut self, entry: Entry, line: u64) -> Result<(), RecordingError> {
        let wrong = |error| RecordingError { line, why: Why::Book(error) };
        let (contact, body) = entry.into_parts();
        let place = self.places.get(&contact).copied();
        let (known, what) = match body {
            Body::Opened(opened) => {
                if place.is_some() {
                    return Err(wrong(BookError::OpenedAgain));
                }
                let near = self.contacts.len();
                self.places.insert(contact.clone(), near);
                self.contacts.push(Opened { id: contact.clone(), near, steps: Vec::new() });
                (None, What::Opened(opened.into_identity()))
            }
            Body::Linked(identity) => (None, What::Linked(identity)),
            Body::Unlinked(identity) => (None, What::Unlinked(identity)),
            Body::Act(act) => (Some(act.recorded()), What::Act(Box::new(act))),
            Body::Signal(admitted) => {
                let now = admitted.now();
                if now < admitted.signal().at {
                    return Err(wrong(Misfit::NowBeforeAt.into()));
                }
                (Some(now), What::Signal(Arc::new(admitted.into_signal())))
            }
            Body::Merged { into, .. } => {
                let into = self.places.get(&into).copied().ok_or(wrong(BookError::UnknownContact))?;
                (None, What::Merged(into))
            }
            Body::Unmerged { .. } => (None, What::Unmerged),
            // What followed, under the journey of that day: moves, and what became of effects.
            _ => return Ok(()),
        };
        let member = self.places.get(&contact).copied().ok_or(wrong(BookError::UnknownContact))?;
        match &what {
            What::Opened(identity) | What::Linked(identity) => {
                let sharer = *self.keys.entry(identity.wide_key()).or_insert(member);
                self.join(member, sharer);
            }
            What::Merged(into) => self.join(member, *into),
            _ => {}
        }
        self.until = self.until.max(known);
        if let Some(opened) = self.contacts.get_mut(member) {
            opened.steps.push(Step { line, member, known, what });
        }
        Ok(())
    }

    /// The contact that stands for the group of another: its earliest.
    fn head(&mut self, mut member: usize) -> usize {
        while let Some(near) = self.near(member).filter(|near| *near != member) {
            // The way is made shorter for whoever comes next.
            let far = self.near(near).unwrap_or(near);
            if let Some(opened) = self.contacts.get_mut(member) {
                opened.near = far;
            }
            member = far;
        }
        member
    }

    fn near(&self, member: usize) -> Option<usize> {
        self.contacts.get(member).map(|opened| opened.near)
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.head(one), self.head(other));
        if let Some(later) = self.contacts.get_mut(one.max(other)) {
            later.near = one.min(other);
        }
    }

    /// Puts every group in order, and checks that each step can be taken.
    pub(super) fn finish(mut self) -> Result<Recording, RecordingError> {
        let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for member in 0..self.contacts.len() {
            places.entry(self.head(member)).or_default().push(member);
        }
        let (mut groups, mut first): (Vec<Group>, Option<RecordingError>) = (Vec::new(), None);
        for places in places.into_values() {
            let mut group = Group::default();
            for (place, member) in places.iter().zip(0..) {
                let Some(opened) = self.contacts.get_mut(*place) else { continue };
                group.members.push(opened.id.clone());
                let steps = std::mem::take(&mut opened.steps).into_iter();
                group.steps.extend(steps.map(|step| step.of(member, &places)));
            }
            match in_order(group) {
                Ok(group) => groups.push(group),
                Err(error) if first.as_ref().is_none_or(|first| error.line < first.line) => {
                    first = Some(error)
                }
                Err(_) => {}
            }
        }
        first.map_or(Ok(Recording { groups, until: self.until }), Err)
    }
}

impl Step {
    /// With the numbers of a group's members in the place of those of all contacts.
    fn of(mut self, member: usize, places: &[usize]) -> Step {
        self.member = member;
        if let What::Merged(into) = &mut self.what {
            *into = places.binary_search(into).unwrap_or(member);
        }
        self
    }
}
