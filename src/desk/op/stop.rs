//! To stop: the one operation that must never fail, nor be late.

use std::sync::Arc;

use super::Pending;
use super::forget::Forget;
use crate::consent::{Act, Forecast, Outcome, Provenance, Stop};
use crate::contact::{Body, Entry};
use crate::desk::found::{Found, Loaded, Unread};
use crate::desk::store::{Operation, Plan, Step, UnderKey, Want};
use crate::desk::{DeskError, Terms};
use crate::name::ContactId;

/// Appends a stop, and puts it under every key of the person: first its own entry, which expects nothing; then, with the
/// keys read anew, a row under each; then, where it erased somebody, what may not be kept is forgotten. It is in force for
/// the person with the first step, and for whoever shares a key when the operation is over. Done again after a crash it
/// completes what is missing.
#[derive(Debug)]
pub struct Halt {
    terms: Arc<Terms>,
    contact: ContactId,
    stop: Stop,
    at: At,
    forecast: Option<Forecast>,
    outcome: Option<Outcome>,
    answer: Pending<Outcome>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Entry,
    Keys,
    Forget,
}

impl Halt {
    /// To append this stop to a contact's ledger. It is done here, whatever it says of where it came from.
    #[must_use]
    pub fn new(terms: Arc<Terms>, contact: ContactId, stop: Stop) -> Halt {
        let stop = stop.done_here();
        Halt { terms, contact, stop, at: At::Entry, forecast: None, outcome: None, answer: Pending::new() }
    }

    /// To go on with a stop that is on file.
    pub(in crate::desk) fn again(terms: Arc<Terms>, contact: ContactId, stop: Stop) -> Halt {
        let provenance = stop.provenance();
        let mut halt =
            Halt { at: At::Keys, outcome: Some(Outcome::again()), ..Halt::new(terms, contact, stop) };
        // What stays of others after an unmerge is on file as theirs, and does not cross again.
        halt.stop.0.provenance = provenance;
        halt
    }

    /// The stop itself.
    fn entry(&mut self, loaded: &Loaded<'_>) -> Plan {
        let contact = loaded.contact();
        // Of somebody who was erased nothing else is kept.
        if let Some(key) = self.terms.key.as_ref().filter(|_| contact.is_scrubbed()) {
            self.stop = key.stop(self.stop.clone());
        }
        let act = Act::Stop(self.stop.clone());
        // INVARIANT: a stop is never refused.
        self.forecast = contact.ledger().forecast(&act).ok().flatten();
        if self.forecast.is_none() {
            self.outcome = Some(contact.ledger().on_file(&act));
            return Plan::default();
        }
        Plan { entries: vec![Entry::new(contact.id().clone(), Body::Act(act))], ..Plan::default() }
    }

    fn nobody(&mut self) -> Plan {
        self.answer.set(Err(DeskError::UnknownContact));
        Plan::default()
    }

    /// A stop on somebody whose rows cannot be read is written all the same: it lies there when they can be, and under the
    /// keys at once.
    fn unread(&self, unread: Unread<'_>) -> Plan {
        if self.at == At::Entry {
            let act = Body::Act(Act::Stop(self.stop.clone()));
            return Plan { entries: vec![Entry::new(unread.contact.clone(), act)], ..Plan::default() };
        }
        if !crosses(&self.stop) {
            return Plan::default();
        }
        let told = self.stop.clone().told();
        let keys =
            told.about_alone().map_or_else(|| unread.keys.to_vec(), |about| vec![self.terms.key_of(about)]);
        let stop = self.terms.as_crossing(told);
        Plan {
            under: keys.into_iter().map(|key| UnderKey { key, stop: stop.clone() }).collect(),
            ..Plan::default()
        }
    }

    /// What it came to, for the person as a whole.
    fn note(&mut self, loaded: &Loaded<'_>) {
        if let Some(forecast) = self.forecast.take() {
            self.outcome = Some(loaded.contact().ledger().came_to(forecast));
        }
        let others = loaded.members().skip(1);
        let outlived: Vec<_> = others.flat_map(|other| other.ledger().outlived(&self.stop)).collect();
        if let Some(outcome) = &mut self.outcome {
            outcome.also_outlived(outlived);
        }
    }
}

/// A stop under the keys of a person, where nothing there says as much.
fn under_keys(terms: &Terms, loaded: &Loaded<'_>, stop: &Stop) -> Vec<UnderKey> {
    if !crosses(stop) {
        return Vec::new();
    }
    let told = stop.clone().told();
    let keys: Vec<_> = match told.about_alone() {
        Some(identity) => vec![terms.key_of(identity)],
        None => loaded.keys_of(terms, |_| true),
    };
    let told = terms.as_crossing(told);
    let missing = keys.into_iter().filter(|key| !loaded.under.says(key, &told));
    missing.map(|key| UnderKey { key, stop: told.clone() }).collect()
}

/// A void is about one act of one contact, and what was heard from elsewhere is not passed on.
fn crosses(stop: &Stop) -> bool {
    !stop.is_void() && stop.provenance() != Provenance::Told
}

impl Step for Halt {
    fn want(&self) -> Want {
        Want { unread: true, ..self.terms.want(&self.contact) }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        let Some(loaded) = found.person else {
            return match found.unread {
                Some(unread) => self.unread(unread),
                None => self.nobody(),
            };
        };
        match self.at {
            At::Entry => self.entry(&loaded),
            At::Keys => Plan { under: under_keys(&self.terms, &loaded, &self.stop), ..Plan::default() },
            At::Forget => Plan { forget: Forget::of(&self.terms, &loaded), ..Plan::default() },
        }
    }

    fn written(&mut self, found: &Found<'_>) {
        let Some(loaded) = found.person else {
            if found.unread.is_some() && self.at == At::Entry {
                (self.at, self.outcome) = (At::Keys, Some(Outcome::unread()));
                return;
            }
            // Forgotten meanwhile, or never there.
            if let Some(outcome) = self.outcome.take().filter(|_| !self.answer.is_set()) {
                self.answer.set(Ok(outcome));
            }
            return;
        };
        match self.at {
            At::Entry => {
                self.note(&loaded);
                self.at = At::Keys;
            }
            At::Keys if self.terms.key.is_some() && loaded.person.erased().is_some() => self.at = At::Forget,
            At::Keys | At::Forget => self.answer.set(self.outcome.take().ok_or(DeskError::UnknownContact)),
        }
    }
}

impl Operation for Halt {
    type Answer = Result<Outcome, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Halt { terms, contact, stop, at, forecast, outcome, answer } = self;
        answer.finish(|answer| Halt { terms, contact, stop, at, forecast, outcome, answer })
    }
}
