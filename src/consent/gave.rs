//! Goes on file, looked at again: what one gave, which signal tells of it, and which were given under one notice.

use super::act::{ActKind, Stop};
use super::outcome::Idle;
use super::row::Row;
use super::{ConsentLedger, Notice, Slot};
use crate::identity::Identity;
use crate::name::{ActId, Instant, Scope, SignalId, SignalKind};

/// What a go gave.
pub(crate) struct Gave {
    /// The kind of signal that tells of it.
    pub(crate) kind: SignalKind,
    pub(crate) scope: Scope,
    pub(crate) identity: Identity,
    pub(crate) at: Instant,
}

impl ConsentLedger {
    /// What a go that is on file gave: a grant that permits at once, or a confirm that confirmed one, neither of them void.
    pub(crate) fn gave(&self, go: &ActId) -> Option<Gave> {
        let place = self
            .places(go)
            .find(|place| self.row(*place).is_some_and(|row| row.is_own() && !row.kind.is_stop()))?;
        let row = self.row(place).filter(|_| !self.erased() && !self.is_void(place, |_, _| true))?;
        let (kind, grant) = match row.kind {
            ActKind::Grant => (SignalKind::known("act:grant"), row),
            ActKind::Confirm => {
                let grant = self.named_go(place).and_then(|grant| self.row(grant));
                (SignalKind::known("act:confirm"), grant.filter(|_| self.is_good_confirm(place))?)
            }
            _ => return None,
        };
        let waits = || self.beside.more(place).is_some_and(|more| more.confirm_by.is_some());
        if row.kind == ActKind::Grant && waits() {
            return None;
        }
        let identity = self.identities.current(row.slot)?.clone();
        Some(Gave { kind, scope: self.names.scope(grant.key)?, identity, at: row.at })
    }

    fn is_good_confirm(&self, place: u32) -> bool {
        let confirm = self.act_at(place);
        let slot = self.row(place).map_or(Slot::NONE, |row| row.slot);
        confirm.is_some_and(|confirm| self.before_confirm(confirm.record(), slot) == Some(Idle::Covered))
    }

    /// The acts of which the signal of an id can tell.
    pub(crate) fn told_by(&self, signal: &SignalId) -> Vec<ActId> {
        match signal.told_act().filter(|act| self.places(act).next().is_some()) {
            Some(act) => vec![act],
            None => {
                let shortened = self.rows.iter().map(|row| &row.id).filter(|id| SignalId::shortens(id));
                shortened.filter(|id| SignalId::of_act(id) == *signal).cloned().collect()
            }
        }
    }

    /// The voids of all goes that were given under one version of a notice, and are not void yet.
    pub(crate) fn voids_of(&self, notice: &Notice, acted: Instant, recorded: Instant) -> Vec<Stop> {
        let (id, version) = (self.names.word(notice.id().name()), self.names.word(notice.version().name()));
        let shown = |row: &Row| row.is_own() && !row.kind.is_stop() && row.notice() == Some((id, version));
        let goes = (0..u32::MAX)
            .zip(&self.rows)
            .filter(|(place, row)| shown(row) && !self.is_void(*place, |_, _| true));
        let void = |(_, row): (u32, &Row)| {
            let void = ActId::of_void(self.contact(), &row.id);
            Stop::void(void, row.id.clone(), acted, recorded)
        };
        goes.map(void).collect()
    }
}
