//! To take a signal in.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use siphasher::sip::SipHasher13;

use super::Pending;
use crate::contact::{Body, Entry, Moved};
use crate::decide::Decision;
use crate::desk::found::{Found, Loaded};
use crate::desk::store::{Operation, Plan, Step, Want};
use crate::desk::{DeskError, Terms};
use crate::name::Instant;
use crate::signal::{Signal, SignalSpec};

/// Decides a signal, and writes all that follows from it: entries, what is queued, and its id. Idempotent by that id; the
/// id of a signal that leaves no trace is not kept (S26).
#[derive(Debug)]
pub struct Observe<'s> {
    terms: Arc<Terms>,
    signal: &'s Signal,
    now: Instant,
    answer: Pending<Observed>,
}

/// What became of a signal.
#[derive(Debug, Clone)]
pub enum Observed {
    /// It was decided and committed; an unadmitted one left no trace.
    Decided(Box<Decision<'static>>),
    /// It was delivered again: no effect (S2).
    Again,
}

impl Observed {
    /// The decision, unless the signal was delivered again.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision<'static>> {
        match self {
            Observed::Decided(decision) => Some(decision),
            Observed::Again => None,
        }
    }
}

impl<'s> Observe<'s> {
    /// To take this signal in, handled at `now`.
    #[must_use]
    pub fn new(terms: Arc<Terms>, signal: &'s Signal, now: Instant) -> Observe<'s> {
        Observe { terms, signal, now, answer: Pending::new() }
    }

    fn decide(&self, found: &Found<'_>) -> Result<(Observed, Plan), DeskError> {
        let loaded = found.person.ok_or(DeskError::UnknownContact)?;
        // A signal on somebody who was erased is one on what is left of them.
        let spec = self.signal.spec();
        let kept = (*loaded.contact().id() != spec.contact).then(|| {
            let contact = loaded.contact().id().clone();
            Signal::checked(SignalSpec { contact, ..spec.clone() }, self.signal.kind_place())
        });
        let signal = kept.as_ref().unwrap_or(self.signal);
        let digest = digest(signal.spec());
        match found.signal {
            Some(there) if there == digest => return Ok((Observed::Again, Plan::default())),
            Some(_) => return Err(DeskError::SignalIdReused),
            None => {}
        }
        let journey = &self.terms.journey;
        let decision = journey.decide(loaded.person, signal, self.now)?;
        let plan = match decision.leaves_a_trace(loaded.person) {
            true => plan(&decision, &loaded, digest, self.alone(&loaded, signal, &decision)),
            false => Plan::default(),
        };
        Ok((Observed::Decided(Box::new(decision.into_owned())), plan))
    }

    /// A contact that is merged also moves as it would alone, for an unmerge to find (S28). Where only the person moves, it
    /// says that the contact stays: read by itself, it would move with the person.
    fn alone(&self, loaded: &Loaded<'_>, signal: &Signal, joint: &Decision<'_>) -> Option<Moved> {
        if !loaded.is_joint() {
            return None;
        }
        let contact = loaded.contact();
        let alone = self.terms.journey.decide(contact, signal, self.now).ok();
        let moves = alone.as_ref().and_then(|alone| Some((alone.rule()?, alone.transition()?)));
        let (rule, from, to) = match moves {
            Some((rule, moved)) => (rule, moved.from().cloned(), moved.to().cloned()),
            None => {
                let _ = joint.transition()?;
                (joint.rule()?, contact.held_stage(), contact.held_stage())
            }
        };
        Some(Moved { signal: signal.id().clone(), rule: rule.clone(), from, to, at: self.now })
    }
}

fn plan(decision: &Decision<'_>, loaded: &Loaded<'_>, digest: u64, alone: Option<Moved>) -> Plan {
    let contact = loaded.contact().id();
    let queued = decision.events(loaded.person);
    let mut entries = decision.entries(loaded.person, &queued);
    entries.extend(alone.map(|moved| Entry::new(contact.clone(), Body::TransitionAlone(moved))));
    let held = decision.transition().filter(|_| loaded.is_joint());
    Plan {
        expect: vec![(loaded.id.clone(), loaded.count)],
        entries,
        held: held.map(|moved| (loaded.id.clone(), moved.to().cloned())),
        signal: Some((contact.clone(), decision.signal().id().clone(), digest)),
        queued,
        ..Plan::default()
    }
}

impl Step for Observe<'_> {
    fn want(&self) -> Want {
        Want { signal: Some(self.signal.id().clone()), ..self.terms.want(self.signal.contact()) }
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        match self.decide(found) {
            Ok((observed, plan)) => {
                self.answer.set(Ok(observed));
                plan
            }
            Err(no) => {
                self.answer.set(Err(no));
                Plan::default()
            }
        }
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl Operation for Observe<'_> {
    type Answer = Result<Observed, DeskError>;

    fn finish(self) -> Result<Self::Answer, Self> {
        let Observe { terms, signal, now, answer } = self;
        answer.finish(|answer| Observe { terms, signal, now, answer })
    }
}

/// A number for all of a signal: it tells one delivered again from another one under its id. Two signals hardly ever have
/// the same one. No adversary is kept out by it, and none gains by it: a signal that is taken for another delivery of the
/// first has no effect, as a refused one has none. It is the same on every machine.
#[must_use]
pub(crate) fn digest(signal: &SignalSpec) -> u64 {
    let mut bytes = Bytes(Vec::with_capacity(256));
    signal.hash(&mut bytes);
    bytes.finish()
}

/// All that is to be hashed, in one piece: many small pieces take longer. Numbers as every machine has them.
struct Bytes(Vec<u8>);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn write_u32(&mut self, number: u32) {
        self.write(&number.to_le_bytes());
    }

    fn write_u64(&mut self, number: u64) {
        self.write(&number.to_le_bytes());
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(u64::try_from(number).unwrap_or(u64::MAX));
    }

    fn write_isize(&mut self, number: isize) {
        self.write(&i64::try_from(number).unwrap_or(i64::MAX).to_le_bytes());
    }

    fn finish(&self) -> u64 {
        SipHasher13::new().hash(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_a_signal_stays() {
        let text = r#"{"id":"s-1","contact":"c-1","identity":"email:ada@example.org","kind":"purchase",
            "at":"2013-05-01T10:00:00.123Z","source":"shop","attributes":[{"name":"amount",
            "value":{"integer":12}},{"name":"brand","value":{"text":"vw"}}]}"#;
        // Stores keep digests: a changed one takes every signal for another.
        let digest = SignalSpec::from_json(text).map(|signal| digest(&signal));
        assert_eq!(digest.ok(), Some(14_779_269_354_735_467_107));
    }
}
