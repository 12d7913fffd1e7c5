//! Where a ledger finds the standing of a scope: one place for each reach that was stopped, one for each scope and
//! identity that something was given for.

use std::borrow::Cow;

use super::ask::{AskKey, Slot};
use super::standing::{Goes, Stops};
use crate::name::{Instant, ScopeKey};

/// The accumulated acts of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standings {
    /// By reach, and by the address for what concerns one alone ([`Slot::NONE`] for all), in order.
    stops: Vec<(u64, Stops)>,
    /// By scope and identity, in order.
    goes: Vec<(u64, Goes)>,
    /// Which of the eight shapes of reach there are stops of.
    shapes: u8,
    /// The latest instant of all goes: an ask before it reads the acts.
    pub(super) upto: Option<Instant>,
    /// The erasure of the contact itself, or of one merged with it.
    pub(super) erased: Option<u32>,
}

/// Nothing was ever given.
static NOTHING: Goes = Goes::nothing();

/// Nothing was ever stopped.
static NO_STOPS: Stops = Stops::none();

impl Standings {
    /// The stops of exactly this reach, to add to.
    pub(super) fn stops_mut(&mut self, key: ScopeKey, only: Slot) -> &mut Stops {
        self.shapes |= 1_u8.rotate_left(u32::from(key.shape()));
        place(&mut self.stops, key.with(only.0))
    }

    /// The stops of exactly this reach.
    pub(super) fn stops(&self, key: ScopeKey, only: Slot) -> Option<&Stops> {
        let at = self.stops.binary_search_by_key(&key.with(only.0), |(key, _)| *key).ok()?;
        self.stops.get(at).map(|(_, stops)| stops)
    }

    /// All stops over a scope. `concerns` says of an address that stops are about whether it is the one asked for.
    #[inline]
    pub(super) fn stops_over(&self, scope: ScopeKey, concerns: impl Fn(Slot) -> bool) -> Cow<'_, Stops> {
        let mut all = Cow::Borrowed(&NO_STOPS);
        let (mut shapes, mut found) = (self.shapes, false);
        while shapes != 0 {
            let reach = scope.shaped(shapes.trailing_zeros());
            shapes &= shapes.wrapping_sub(1);
            // The stops for all addresses come last: no slot is as large.
            let (first, last) = (reach.with(0), reach.with(Slot::NONE.0));
            let begin = self.stops.partition_point(|(key, _)| *key < first);
            for (key, stops) in self.stops.iter().skip(begin).take_while(|(key, _)| *key <= last) {
                let only = Slot(u16::try_from(key & 0xffff).unwrap_or(u16::MAX));
                if only != Slot::NONE && !concerns(only) {
                    continue;
                }
                if found {
                    all.to_mut().join(stops);
                } else {
                    all = Cow::Borrowed(stops);
                }
                found = true;
            }
        }
        all
    }

    /// The goes of a scope and an identity, to add to.
    pub(super) fn goes_mut(&mut self, AskKey { scope, slot }: AskKey) -> &mut Goes {
        place(&mut self.goes, scope.with(slot.0))
    }

    /// The goes of a scope and an identity.
    #[inline]
    pub(super) fn goes(&self, AskKey { scope, slot }: AskKey) -> &Goes {
        let at = self.goes.binary_search_by_key(&scope.with(slot.0), |(key, _)| *key);
        at.ok().and_then(|at| self.goes.get(at)).map_or(&NOTHING, |(_, goes)| goes)
    }
}

/// The value of a key, in order, made if need be.
fn place<T: Default>(all: &mut Vec<(u64, T)>, key: u64) -> &mut T {
    let at = match all.binary_search_by_key(&key, |(key, _)| *key) {
        Ok(at) => at,
        Err(at) => {
            all.insert(at, (key, T::default()));
            at
        }
    };
    // INVARIANT: the lines above found it or put it there.
    #[allow(clippy::indexing_slicing, reason = "see above")]
    &mut all[at].1
}
