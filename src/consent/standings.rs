//! Where a ledger finds the standing of a scope: one place for each reach that was stopped, one for each scope and
//! identity that something was given for.

use std::borrow::Cow;

use super::ask::{AskKey, Slot};
use super::standing::{Goes, Stops};
use crate::name::{Instant, ScopeKey};

/// The accumulated acts of a ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Standings {
    /// By reach, in order.
    stops: Vec<(u64, Stops)>,
    /// By reach and by the one address that they are about, in order.
    only: Vec<(u64, Stops)>,
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
    /// The stops of exactly this reach and of one address, or of all ([`Slot::NONE`]), to add to.
    pub(super) fn stops_mut(&mut self, key: ScopeKey, only: Slot) -> &mut Stops {
        self.shapes |= 1_u8.rotate_left(u32::from(key.shape()));
        place(if only == Slot::NONE { &mut self.stops } else { &mut self.only }, key.with(only.0))
    }

    /// The stops of exactly this reach and of one address, or of all.
    #[inline]
    pub(super) fn stops(&self, key: ScopeKey, only: Slot) -> Option<&Stops> {
        let stops = if only == Slot::NONE { &self.stops } else { &self.only };
        find(stops, key.with(only.0))
    }

    /// All stops over a scope. `concerns` says of an address that stops are about whether it is the one asked for.
    #[inline]
    pub(super) fn stops_over(&self, scope: ScopeKey, concerns: impl Fn(Slot) -> bool) -> Cow<'_, Stops> {
        let mut all: Option<Cow<'_, Stops>> = None;
        let mut join = |stops| match &mut all {
            None => all = Some(Cow::Borrowed(stops)),
            Some(all) => all.to_mut().join(stops),
        };
        let mut shapes = self.shapes;
        while shapes != 0 {
            let reach = scope.shaped(shapes.trailing_zeros());
            shapes &= shapes.wrapping_sub(1);
            self.stops(reach, Slot::NONE).into_iter().for_each(&mut join);
            let begin = self.only.partition_point(|(key, _)| *key < reach.with(0));
            let about = self.only.iter().skip(begin).take_while(|(key, _)| *key <= reach.with(Slot::NONE.0));
            let concerned = about.filter(|(key, _)| concerns(Slot(ScopeKey::parted(*key).1)));
            concerned.for_each(|(_, stops)| join(stops));
        }
        all.unwrap_or(Cow::Borrowed(&NO_STOPS))
    }

    /// The goes of a scope and an identity, to add to.
    pub(super) fn goes_mut(&mut self, AskKey { scope, slot }: AskKey) -> &mut Goes {
        place(&mut self.goes, scope.with(slot.0))
    }

    /// All goes, each with the scope and the identity that they are for.
    pub(super) fn all_goes(&self) -> impl Iterator<Item = (AskKey, &Goes)> {
        self.goes.iter().map(|(key, goes)| {
            let (scope, slot) = ScopeKey::parted(*key);
            (AskKey { scope, slot: Slot(slot) }, goes)
        })
    }

    /// The goes of a scope and an identity.
    #[inline]
    pub(super) fn goes(&self, AskKey { scope, slot }: AskKey) -> &Goes {
        find(&self.goes, scope.with(slot.0)).unwrap_or(&NOTHING)
    }
}

/// The value of a key.
#[inline]
fn find<T>(all: &[(u64, T)], key: u64) -> Option<&T> {
    let at = all.binary_search_by_key(&key, |(key, _)| *key).ok()?;
    all.get(at).map(|(_, value)| value)
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
