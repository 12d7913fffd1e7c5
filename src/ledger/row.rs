//! How a ledger stores an act: names as words, the identity as a slot. Read back as an `Act` value.

use std::sync::Arc;

use super::act::{Act, ActKind, Confirm, Grant, Lift, Provenance, Stamp, Stop, StopKind};
use super::evidence::{Evidence, Packed, RoundTrip};
use super::{AskKey, Held, Slot};
use crate::vocab::{ActId, Instant, Lexicon, ScopeKey};

#[derive(Debug)]
pub(super) struct Row {
    id: ActId,
    kind: ActKind,
    provenance: Provenance,
    slot: Slot,
    /// Of a go: the scope. Of a stop: the reach, `Word::NONE` for any. Of a confirm: nothing.
    key: ScopeKey,
    acted: Instant,
    until: Option<Instant>,
    /// Acts of one contact with the same evidence share it.
    evidence: Option<Arc<Packed>>,
    rare: Option<Box<Rare>>,
}

/// What few acts have.
#[derive(Debug, Default)]
struct Rare {
    /// Where it is not the instant of the act.
    recorded: Option<Instant>,
    confirm_by: Option<Instant>,
    /// Of a confirm: the grant it names.
    confirms: Option<ActId>,
}

impl Row {
    pub(super) fn id(&self) -> &ActId {
        &self.id
    }
    pub(super) fn kind(&self) -> ActKind {
        self.kind
    }
    pub(super) fn acted(&self) -> Instant {
        self.acted
    }
    pub(super) fn slot(&self) -> Slot {
        self.slot
    }
    pub(super) fn key(&self) -> ScopeKey {
        self.key
    }
    /// Of a confirm: the grant it names.
    pub(super) fn target(&self) -> Option<&ActId> {
        self.rare.as_ref()?.confirms.as_ref()
    }
    pub(super) fn recorded(&self) -> Instant {
        self.rare.as_ref().and_then(|rare| rare.recorded).unwrap_or(self.acted)
    }
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }
    pub(super) fn confirm_by(&self) -> Option<Instant> {
        self.rare.as_ref()?.confirm_by
    }

    /// An erasure of the contact itself; one that was told works as a withdrawal (S13).
    pub(super) fn erases(&self) -> bool {
        self.kind == ActKind::Erase && self.provenance != Provenance::Told
    }

    /// A stop that crossed a shared key; it is never told on (S13).
    pub(super) fn is_own(&self) -> bool {
        self.provenance == Provenance::Own
    }

    pub(super) fn was_told(&self) -> bool {
        self.provenance == Provenance::Told
    }

    /// A stop matches every value of a part it leaves out; a go matches its scope and identity (S4).
    pub(super) fn matches(&self, ask: AskKey) -> bool {
        if self.kind.is_stop() {
            self.key.covers(ask.scope)
        } else {
            self.slot == ask.slot && self.key == ask.scope
        }
    }

    /// Whether this is a confirm that completes `grant`, from its own instant on (S25), by the round trip that
    /// the grant began, if it began one.
    pub(super) fn confirms(&self, grant: &Row) -> bool {
        self.kind == ActKind::Confirm
            && self.slot == grant.slot
            && self.target() == Some(&grant.id)
            && self.acted >= grant.acted
            && grant.confirm_by().is_some_and(|before| self.acted < before)
            && self.round_trip() == grant.round_trip()
    }

    fn round_trip(&self) -> Option<RoundTrip> {
        self.evidence.as_ref().and_then(|evidence| evidence.round_trip)
    }

    /// S7: whether another grant is preferred to this one: the latest, of two at one instant the one that
    /// ends first, then the smaller id.
    pub(super) fn is_before(&self, other: &Row) -> bool {
        let end = |row: &Row| (row.until.is_none(), row.until);
        let order = self.acted.cmp(&other.acted);
        let order = order.then_with(|| end(other).cmp(&end(self)));
        order.then_with(|| other.id.cmp(&self.id)).is_lt()
    }

    /// Whether it could have the content of an act: enough to tell most others from it.
    pub(super) fn is_like(&self, act: &Act) -> bool {
        self.kind == act.kind() && self.acted == act.acted() && self.provenance == act.provenance()
    }

    /// Recording never runs backwards.
    pub(super) fn lift_recorded(&mut self, last: Option<&Row>) {
        if let Some(last) = last.map(Row::recorded).filter(|last| *last > self.recorded()) {
            self.rare.get_or_insert_default().recorded = Some(last);
        }
    }

    /// Takes the evidence of an earlier act over where it is the same: a contact says most things the same way.
    pub(super) fn share_evidence(&mut self, earlier: &[Row]) {
        let mut earlier = earlier.iter().rev().take(super::FEW);
        if let Some(same) = earlier.find(|row| row.evidence.is_some() && row.evidence == self.evidence) {
            self.evidence.clone_from(&same.evidence);
        }
    }

    /// `None` where the lexicon is full.
    pub(super) fn of_go(go: &Act, slot: Slot, lexicon: &mut Lexicon) -> Option<Row> {
        let key = match go {
            Act::Grant(Grant { scope, .. }) | Act::Lift(Lift { scope, .. }) => lexicon.intern_scope(scope)?,
            Act::Confirm(_) | Act::Stop(_) => ScopeKey::NOTHING,
        };
        let (row, whole) = Row::new(go, slot, key, lexicon);
        whole.then_some(row)
    }

    pub(super) fn of_stop(stop: &Act, slot: Slot, lexicon: &mut Lexicon) -> Row {
        let key = match stop {
            Act::Stop(stop) => lexicon.intern_reach(stop.reach()),
            _ => ScopeKey::NOTHING,
        };
        Row::new(stop, slot, key, lexicon).0
    }

    /// The row of an act, and whether all of its evidence found a place in the lexicon.
    fn new(act: &Act, slot: Slot, key: ScopeKey, lexicon: &mut Lexicon) -> (Row, bool) {
        let (until, confirm_by, confirms) = match act {
            Act::Grant(grant) => (grant.until, grant.confirm_by, None),
            Act::Confirm(confirm) => (None, None, Some(confirm.grant.clone())),
            Act::Lift(_) | Act::Stop(_) => (None, None, None),
        };
        let recorded = Some(act.recorded()).filter(|recorded| *recorded != act.acted());
        let rare = recorded.is_some() || confirm_by.is_some() || confirms.is_some();
        let (evidence, whole) = match act.evidence().map(|evidence| evidence.pack(lexicon)) {
            Some((packed, whole)) => (Some(Arc::new(packed)), whole),
            None => (None, true),
        };
        let row = Row {
            id: act.id().clone(),
            kind: act.kind(),
            provenance: act.provenance(),
            slot,
            key,
            acted: act.acted(),
            until,
            evidence,
            rare: rare.then(|| Box::new(Rare { recorded, confirm_by, confirms })),
        };
        (row, whole)
    }

    pub(super) fn act(&self, lexicon: &Lexicon, identities: &[Held]) -> Act {
        let held = identities.get(usize::from(self.slot.0));
        let stamp = Stamp {
            id: self.id.clone(),
            acted: self.acted,
            recorded: self.recorded(),
            identity: held.map(|held| held.identity.clone()),
            evidence: self.evidence.as_deref().map(|packed| Evidence::unpack(*packed, lexicon)),
        };
        let lift = |stamp, scope, restriction| Act::Lift(Lift { stamp, scope, restriction });
        let stop = |kind| (kind, lexicon.reach(self.key));
        let (kind, reach) = match (self.kind, self.target(), lexicon.scope(self.key)) {
            (ActKind::Grant, _, Some(scope)) => {
                let (until, confirm_by) = (self.until, self.confirm_by());
                return Act::Grant(Grant { stamp, scope, until, confirm_by });
            }
            (ActKind::Confirm, Some(grant), _) => {
                return Act::Confirm(Confirm { stamp, grant: grant.clone() });
            }
            (ActKind::Unobject, _, Some(scope)) => return lift(stamp, scope, false),
            (ActKind::Unrestrict, _, Some(scope)) => return lift(stamp, scope, true),
            (ActKind::Withdraw, ..) => stop(StopKind::Withdraw),
            (ActKind::Refuse, ..) => stop(StopKind::Refuse),
            (ActKind::Object, ..) => stop(StopKind::Object),
            (ActKind::Restrict, ..) => stop(StopKind::Restrict),
            // INVARIANT: the scope of a go and the target of a confirm are there since `of_go`,
            // so that only erasures come here; the strictest reading is the default.
            (
                ActKind::Erase | ActKind::Grant | ActKind::Confirm | ActKind::Unobject | ActKind::Unrestrict,
                ..,
            ) => stop(StopKind::Erase),
        };
        Act::Stop(Stop { stamp, kind, reach, provenance: self.provenance })
    }
}
