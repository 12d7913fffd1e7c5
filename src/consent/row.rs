//! Rows: how a ledger keeps its acts. A row is a plain struct of fixed size; what few acts have stands beside the rows.

use super::act::{Act, ActKind, Provenance, Record};
use super::ask::Slot;
use super::evidence::{Actor, Evidence, Method, Notice, NoticeDigest, RoundTrip, Touchpoint};
use super::identities::Identities;
use super::names::Names;
use crate::name::{ActId, Instant, ScopeKey, Word};

/// An act as a ledger keeps it: names as numbers, the identity by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: ActId,
    /// The instant that decides: the earlier of the act's two clocks (S6).
    pub(super) at: Instant,
    /// The end of a grant or a pause.
    pub(super) until: Option<Instant>,
    /// The reach of a stop, the scope of a go.
    pub(super) key: ScopeKey,
    pub(super) slot: Slot,
    pub(super) kind: ActKind,
    pub(super) provenance: Provenance,
    pub(super) only: bool,
    /// Who and how.
    proof: Option<(Actor, Method)>,
    notice: Option<(Word, Word)>,
    touchpoint: Option<Word>,
}

/// What few acts have, by the place of their rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    /// The later clock of an act whose clocks differ.
    clocks: Vec<(u32, Clock)>,
    more: Vec<(u32, More)>,
    /// How many acts name another one.
    named: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// It was recorded later than it was done: the usual order.
    Recorded(Instant),
    /// It claims to have been done after it was recorded.
    Acted(Instant),
}

/// Parts of an act that few have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct More {
    pub(super) begins: Option<Instant>,
    pub(super) confirm_by: Option<Instant>,
    pub(super) names: Option<ActId>,
    digest: Option<NoticeDigest>,
    pub(super) round_trip: Option<RoundTrip>,
}

impl Beside {
    fn clock(&self, place: u32) -> Option<Clock> {
        let at = self.clocks.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.clocks.get(at).map(|(_, clock)| *clock)
    }

    pub(super) fn more(&self, place: u32) -> Option<&More> {
        let at = self.more.binary_search_by_key(&place, |(place, _)| *place).ok()?;
        self.more.get(at).map(|(_, more)| more)
    }

    /// Whether any act names another one.
    #[inline]
    pub(super) fn any_names(&self) -> bool {
        self.named > 0
    }

    /// The places of the acts that name an id.
    pub(super) fn naming<'b>(&'b self, id: &'b ActId) -> impl Iterator<Item = u32> + 'b {
        self.more.iter().filter(|(_, more)| more.names.as_ref() == Some(id)).map(|(place, _)| *place)
    }

    /// The act that a confirm or a void names.
    pub(super) fn names(&self, place: u32) -> Option<&ActId> {
        self.more(place)?.names.as_ref()
    }
}

impl Row {
    /// Keeps an act as the row of a place, the next one. `None` where no number is left for a name of a go; a stop is
    /// always kept.
    pub(super) fn keep(
        record: &Record,
        slot: Slot,
        place: u32,
        names: &mut Names,
        beside: &mut Beside,
        before: Option<&Row>,
    ) -> Option<Row> {
        let is_go = !record.kind.is_stop();
        let key = names.intern_reach(&record.reach, is_go)?;
        let evidence = record.evidence.as_ref();
        let notice = evidence.and_then(Evidence::notice);
        // Most acts of a contact were done under one notice.
        let same = |(id, version): (Word, Word), notice: &Notice| {
            names.name(id) == Some(notice.id().name()) && names.name(version) == Some(notice.version().name())
        };
        let words = match notice {
            None => None,
            Some(notice) => match before.and_then(|row| row.notice) {
                Some(words) if same(words, notice) => Some(words),
                _ => names.intern(notice.id().name()).zip(names.intern(notice.version().name())),
            },
        };
        let label = evidence.and_then(Evidence::touchpoint);
        let touchpoint = label.and_then(|label| names.intern(label.name()));
        if is_go && (words.is_some() != notice.is_some() || touchpoint.is_some() != label.is_some()) {
            return None;
        }
        let Record { acted, recorded, .. } = *record;
        if acted != recorded {
            let clock = if acted < recorded { Clock::Recorded(recorded) } else { Clock::Acted(acted) };
            beside.clocks.push((place, clock));
        }
        let more = More {
            begins: record.begins,
            confirm_by: record.confirm_by,
            names: record.names.clone(),
            digest: notice.and_then(Notice::digest),
            round_trip: evidence.and_then(Evidence::round_trip),
        };
        if more.names.is_some() {
            beside.named = beside.named.saturating_add(1);
        }
        if more != More::default() {
            beside.more.push((place, more));
        }
        Some(Row {
            id: record.id.clone(),
            at: acted.min(recorded),
            until: record.until,
            key,
            slot,
            kind: record.kind,
            provenance: record.provenance,
            only: record.only,
            proof: evidence.map(|evidence| (evidence.actor(), evidence.method())),
            notice: words,
            touchpoint,
        })
    }

    /// The id and the version of the notice that it was done under.
    pub(super) fn notice(&self) -> Option<(Word, Word)> {
        self.notice
    }

    pub(super) fn is_own(&self) -> bool {
        self.provenance == Provenance::Own
    }

    /// Its claimed instant and the one at which it was recorded.
    pub(super) fn clocks(&self, place: u32, beside: &Beside) -> (Instant, Instant) {
        match beside.clock(place) {
            None => (self.at, self.at),
            Some(Clock::Recorded(recorded)) => (self.at, recorded),
            Some(Clock::Acted(acted)) => (acted, self.at),
        }
    }

    /// The act that was kept.
    pub(super) fn act(&self, place: u32, names: &Names, identities: &Identities, beside: &Beside) -> Act {
        let (acted, recorded) = self.clocks(place, beside);
        let more = beside.more(place).cloned().unwrap_or_default();
        Act::of(Record {
            kind: self.kind,
            id: self.id.clone(),
            acted,
            recorded,
            identity: identities.get(self.slot).cloned(),
            evidence: self.evidence(&more, names),
            reach: names.reach(self.key),
            begins: more.begins,
            until: self.until,
            confirm_by: more.confirm_by,
            names: more.names,
            only: self.only,
            provenance: self.provenance,
        })
    }

    fn evidence(&self, more: &More, names: &Names) -> Option<Evidence> {
        let (actor, method) = self.proof?;
        let mut evidence = Evidence::new(actor, method);
        let name = |word| names.name(word).cloned();
        if let Some((id, version)) = self.notice.and_then(|(id, version)| name(id).zip(name(version))) {
            let notice = Notice::new(id.into(), version.into());
            evidence = evidence.shown(match more.digest {
                Some(digest) => notice.with_digest(digest),
                None => notice,
            });
        }
        if let Some(label) = self.touchpoint.and_then(name) {
            evidence = evidence.at(Touchpoint::from(label));
        }
        if let Some(round_trip) = more.round_trip {
            evidence = evidence.bound_by(round_trip);
        }
        Some(evidence)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_row_is_small() {
        assert!(size_of::<super::Row>() <= 80, "{}", size_of::<super::Row>());
    }
}
