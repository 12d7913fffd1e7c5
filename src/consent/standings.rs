//! Where a ledger finds the standing of a scope: one place for each reach that was stopped, one for each scope and
//! identity that something was given for.

use super::ask::{AskKey, Slot};
use super::standing::{Goes, Stops};
use crate::vocab::{Instant, ScopeKey};

/// The accumulated acts of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standings {
    /// By reach, and by the address for what concerns one alone ([`Slot::NONE`] for all).
    stops: Vec<(ScopeKey, Slot, Stops)>,
    /// By scope and identity.
    goes: Vec<(ScopeKey, Slot, Goes)>,
    /// Which of the eight kinds of reach there are stops of.
    shapes: u8,
    /// The latest instant of all goes: an ask before it reads the acts.
    pub(super) upto: Option<Instant>,
    /// The erasure of the contact itself, or of one merged with it.
    pub(super) erased: Option<u32>,
}

/// Nothing was ever given.
static NOTHING: Goes = Goes::nothing();

impl Standings {
    /// The stops of exactly this reach, to add to.
    pub(super) fn stops_mut(&mut self, key: ScopeKey, only: Slot) -> &mut Stops {
        self.shapes |= 1_u8.rotate_left(u32::from(key.shape()));
        let at = self.stops.partition_point(|(other, slot, _)| (*other, *slot) < (key, only));
        if self.stops.get(at).is_none_or(|(other, slot, _)| (*other, *slot) != (key, only)) {
            self.stops.insert(at, (key, only, Stops::default()));
        }
        // INVARIANT: the line above put it there.
        #[allow(clippy::indexing_slicing, reason = "see above")]
        &mut self.stops[at].2
    }

    /// The stops of exactly this reach.
    pub(super) fn stops(&self, key: ScopeKey, only: Slot) -> Option<&Stops> {
        let at = self.stops.binary_search_by(|(other, slot, _)| (*other, *slot).cmp(&(key, only))).ok()?;
        self.stops.get(at).map(|(_, _, stops)| stops)
    }

    /// All stops over a scope. `concerns` says of an address that stops are about whether it is the one asked for.
    #[inline]
    pub(super) fn stops_over(&self, scope: ScopeKey, concerns: impl Fn(Slot) -> bool) -> Stops {
        let mut all = Stops::default();
        let mut shapes = self.shapes;
        while shapes != 0 {
            let shape = shapes.trailing_zeros();
            shapes &= shapes.wrapping_sub(1);
            let key = scope.shaped(shape);
            let begin = self.stops.partition_point(|(other, ..)| *other < key);
            let of_key = self.stops.iter().skip(begin).take_while(|(other, ..)| *other == key);
            for (_, only, stops) in of_key {
                if *only == Slot::NONE || concerns(*only) {
                    all.join(stops);
                }
            }
        }
        all
    }

    /// The goes of a scope and an identity, to add to.
    pub(super) fn goes_mut(&mut self, AskKey { scope, slot }: AskKey) -> &mut Goes {
        let at = self.goes.partition_point(|(other, seat, _)| (*other, *seat) < (scope, slot));
        if self.goes.get(at).is_none_or(|(other, seat, _)| (*other, *seat) != (scope, slot)) {
            self.goes.insert(at, (scope, slot, Goes::default()));
        }
        // INVARIANT: the line above put it there.
        #[allow(clippy::indexing_slicing, reason = "see above")]
        &mut self.goes[at].2
    }

    /// The goes of a scope and an identity.
    #[inline]
    pub(super) fn goes(&self, AskKey { scope, slot }: AskKey) -> &Goes {
        let at = self.goes.binary_search_by(|(other, seat, _)| (*other, *seat).cmp(&(scope, slot)));
        at.ok().and_then(|at| self.goes.get(at)).map_or(&NOTHING, |(_, _, goes)| goes)
    }

    /// The scopes and identities that something was given for.
    pub(super) fn given(&self) -> impl Iterator<Item = AskKey> {
        self.goes.iter().map(|(scope, slot, _)| AskKey { scope: *scope, slot: *slot })
    }
}
