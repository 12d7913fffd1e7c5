//! The latest stops of a person or over a key. Of stops that are alike only the latest can matter (S9 to S11).

use std::collections::HashMap;

use placet::{Act, ActId, Instant, Reach, Scope, Stop, consent::ActKind};

use super::read::StopKind;

/// What a stop says, but when: the number of its reach, and its kind.
pub(crate) type Like = (u32, StopKind);

/// When it was said last, under which id, and of which contact.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) at: Instant,
    pub(crate) act: ActId,
    pub(crate) by: usize,
}

/// Of stops that are alike the latest, in order.
#[derive(Debug, Default)]
pub(crate) struct Stops(Vec<(Like, Said)>);

impl Stops {
    /// Takes note of a stop; false where one that is no earlier says the same.
    pub(crate) fn put(&mut self, like: Like, said: &Said) -> bool {
        match self.0.binary_search_by_key(&like, |(like, _)| *like) {
            Ok(place) => {
                let later = self.0.get_mut(place).filter(|(_, there)| there.at < said.at);
                later.map(|(_, there)| *there = said.clone()).is_some()
            }
            Err(place) => {
                self.0.insert(place, (like, said.clone()));
                true
            }
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (Like, &Said)> {
        self.0.iter().map(|(like, said)| (*like, said))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Those of one reach.
    pub(crate) fn of(&self, reach: u32) -> impl Iterator<Item = (Like, &Said)> {
        let first = self.0.partition_point(|((other, _), _)| *other < reach);
        let of = self.0.get(first..).into_iter().flatten();
        of.take_while(move |((other, _), _)| *other == reach).map(|(like, said)| (*like, said))
    }
}

/// Every reach that a stop had so far, under a number.
#[derive(Debug, Default)]
pub(crate) struct Reaches {
    numbers: HashMap<Reach, u32>,
    all: Vec<Reach>,
}

impl Reaches {
    pub(crate) fn number(&mut self, reach: &Reach) -> u32 {
        let next = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        *self.numbers.entry(reach.clone()).or_insert_with(|| {
            self.all.push(reach.clone());
            next
        })
    }

    pub(crate) fn find(&self, reach: &Reach) -> Option<u32> {
        self.numbers.get(reach).copied()
    }

    /// The reaches that cover a scope: each of its parts is named or left out (S4).
    pub(crate) fn covering(&self, scope: &Scope) -> impl Iterator<Item = u32> {
        let or_any = |reaches: Vec<Reach>, named: &dyn Fn(Reach) -> Reach| -> Vec<Reach> {
            reaches.into_iter().flat_map(|reach| [named(reach.clone()), reach]).collect()
        };
        let reaches = or_any(vec![Reach::everything()], &|reach| reach.purpose(scope.purpose().clone()));
        let reaches = or_any(reaches, &|reach| reach.by(scope.channel().clone()));
        let reaches = or_any(reaches, &|reach| reach.to(scope.recipient().clone()));
        reaches.into_iter().filter_map(|reach| self.find(&reach))
    }

    /// The stop itself, to be told.
    pub(crate) fn stop(&self, (reach, kind): Like, said: &Said) -> Option<Stop> {
        let reach = self.all.get(usize::try_from(reach).ok()?)?.clone();
        kind.stop(said.act.clone(), reach, said.at, said.at)
    }
}

impl StopKind {
    /// The kind of a stop that crosses to others.
    pub(crate) fn of(act: &Act) -> Option<StopKind> {
        match act.kind() {
            _ if act.is_only() => None,
            ActKind::Withdraw => Some(StopKind::Withdraw),
            ActKind::Refuse => Some(StopKind::Refuse),
            ActKind::Object => Some(StopKind::Object),
            ActKind::Restrict => Some(StopKind::Restrict),
            ActKind::Pause => act.until().map(StopKind::Pause),
            ActKind::Erase => Some(StopKind::Erase),
            _ => None,
        }
    }

    /// A stop of this kind.
    pub(crate) fn stop(self, act: ActId, reach: Reach, at: Instant, recorded: Instant) -> Option<Stop> {
        Some(match self {
            StopKind::Withdraw => Stop::withdraw(act, reach, at, recorded),
            StopKind::Refuse => Stop::refuse(act, reach, at, recorded),
            StopKind::Object => Stop::object(act, reach, at, recorded),
            StopKind::Restrict => Stop::restrict(act, reach, at, recorded),
            StopKind::Pause(until) => Stop::pause(act, reach, until, at, recorded).ok()?,
            StopKind::Erase => Stop::erase(act, at, recorded),
        })
    }
}
