//! What a ledger says of one scope and one identity at one instant: SPEC S17, and what S7 to S11, S25, S30 and S31
//! make of the acts before. [`Stops`] is all that can only refuse, [`Goes`] is what can permit; they meet in
//! [`Goes::answer`]. Nothing in either depends on the order in which acts came.

use std::cmp::Ordering;

use super::act::{ActKind, Provenance};
use super::reason::Reason;
use crate::name::Instant;

/// An act that counts: its instant, and its place in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub(crate) at: Instant,
    pub(crate) place: u32,
}

/// A stop that ends grants. Of two at one instant the withdrawal names the reason (S17 (7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct No {
    pub(crate) at: Instant,
    /// It is no refuse act.
    pub(crate) withdrawn: bool,
    pub(crate) place: u32,
}

/// A withdrawal that ends by itself (S30).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pause {
    at: Instant,
    until: Instant,
    place: u32,
}

/// All that can only refuse, of one reach or of all that cover a scope. Each field is a maximum, so that the order of
/// the acts does not matter, nor does hearing one twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stops {
    /// The latest withdrawal, refusal, objection or crossed erasure.
    pub(crate) no: Option<No>,
    pub(crate) objected: Option<Mark>,
    pub(crate) restricted: Option<Mark>,
    /// By the instant of the act, none within another: what begins later ends earlier.
    pauses: Vec<Pause>,
}

impl Stops {
    pub(super) const fn none() -> Stops {
        Stops { no: None, objected: None, restricted: None, pauses: Vec::new() }
    }

    /// Takes a stop in; false where all that it says was said. An erasure of the contact itself and a void are no stop of
    /// a scope: the ledger keeps them.
    pub(super) fn absorb(
        &mut self,
        kind: ActKind,
        provenance: Provenance,
        until: Option<Instant>,
        mark: Mark,
    ) -> bool {
        let Mark { at, place } = mark;
        let new = self.says(kind, provenance, until, at).is_none();
        let no = |withdrawn| Some(No { at, withdrawn, place });
        match kind {
            ActKind::Withdraw | ActKind::Erase => self.no = self.no.max(no(true)),
            ActKind::Refuse => self.no = self.no.max(no(false)),
            ActKind::Object => {
                self.no = self.no.max(no(true));
                // S13: an objection that crosses a key ends what was granted before, and bars no new grant.
                if provenance != Provenance::Told {
                    self.objected = self.objected.max(Some(mark));
                }
            }
            ActKind::Restrict => self.restricted = self.restricted.max(Some(mark)),
            ActKind::Pause => {
                if let Some(until) = until {
                    self.pause(Pause { at, until, place });
                }
            }
            ActKind::Void | ActKind::Grant | ActKind::Confirm | ActKind::Unobject | ActKind::Unrestrict => {}
        }
        new
    }

    fn pause(&mut self, new: Pause) {
        let from = self.pauses.partition_point(|pause| pause.at < new.at);
        if let Some(there) = self.pauses.get_mut(from).filter(|there| there.until >= new.until) {
            // Of two that are alike the one on file last is the cause, as of all stops.
            if (there.at, there.until) == (new.at, new.until) {
                there.place = there.place.max(new.place);
            }
            return;
        }
        // Those that begin no later and end no later lie within the new one.
        let before = self.pauses.get(..from).unwrap_or_default();
        let inside = before.iter().rev().take_while(|pause| pause.until <= new.until).count();
        let tied = usize::from(self.pauses.get(from).is_some_and(|pause| pause.at == new.at));
        self.pauses.splice(from.saturating_sub(inside)..from.saturating_add(tied), [new]);
    }

    /// The pause that refuses a grant of this instant, if one that is not earlier is not over.
    pub(super) fn paused(&self, granted: Instant, now: Instant) -> Option<Pause> {
        let first = self.pauses.partition_point(|pause| pause.at < granted);
        self.pauses.get(first).copied().filter(|pause| now < pause.until)
    }

    /// Takes in the stops of another reach.
    pub(super) fn join(&mut self, other: &Stops) {
        self.no = self.no.max(other.no);
        self.objected = self.objected.max(other.objected);
        self.restricted = self.restricted.max(other.restricted);
        other.pauses.iter().for_each(|pause| self.pause(*pause));
    }

    /// The place of a stop that leaves another one of this reach nothing to change, now or ever.
    pub(super) fn says(
        &self,
        kind: ActKind,
        provenance: Provenance,
        until: Option<Instant>,
        at: Instant,
    ) -> Option<u32> {
        match kind {
            ActKind::Object if provenance != Provenance::Told => {
                self.objected.filter(|mark| mark.at >= at).map(|mark| mark.place)
            }
            ActKind::Withdraw | ActKind::Erase | ActKind::Object => {
                self.no.filter(|no| (no.at, no.withdrawn) >= (at, true)).map(|no| no.place)
            }
            ActKind::Refuse => self.no.filter(|no| no.at >= at).map(|no| no.place),
            ActKind::Restrict => self.restricted.filter(|mark| mark.at >= at).map(|mark| mark.place),
            ActKind::Pause => {
                let over = |pause: &&Pause| pause.at >= at && Some(pause.until) >= until;
                self.pauses.iter().find(over).map(|pause| pause.place)
            }
            ActKind::Void | ActKind::Grant | ActKind::Confirm | ActKind::Unobject | ActKind::Unrestrict => {
                None
            }
        }
    }

    /// Whether one of them is a no that is not older than the latest good yes; any is where there is none.
    pub(super) fn outlive(&self, yes: Option<Instant>, now: Instant) -> bool {
        match yes {
            Some(yes) => self.no.is_some_and(|no| no.at >= yes) || self.paused(yes, now).is_some(),
            None => self.no.is_some() || self.latest_pause(now).is_some(),
        }
    }

    /// The instant of the latest pause that is not over: a later grant ends it.
    pub(super) fn latest_pause(&self, now: Instant) -> Option<Instant> {
        let open = self.pauses.partition_point(|pause| now < pause.until);
        self.pauses.get(open.checked_sub(1)?).map(|pause| pause.at)
    }
}

/// What became of the request to confirm a grant (S25, S31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Click {
    /// No confirm came in time.
    Missing,
    /// Only confirms came in time that were void.
    Void,
    /// A confirm came in time; or none is needed.
    Good,
}

/// A grant, as far as its standing depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) place: u32,
    pub(crate) at: Instant,
    pub(crate) until: Option<Instant>,
    /// It is void, or was confirmed by void confirms alone.
    pub(crate) void: bool,
}

/// A grant that is not current yet: it begins later, or it waits for its confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) given: Given,
    pub(super) begins: Instant,
    pub(super) confirm_by: Option<Instant>,
    pub(super) click: Click,
}

/// Decides between two grants at one instant with one end, by their ids (S7): how the id in a place compares to that
/// in another.
pub(super) type Ids<'i> = &'i dyn Fn(u32, u32) -> Ordering;

impl Given {
    /// S7: the latest is preferred; of two at one instant the one that ends first, then the smaller id.
    fn outranks(&self, other: &Given, ids: Ids<'_>) -> bool {
        let end = |given: &Given| (given.until.is_none(), given.until);
        let order = self.at.cmp(&other.at).then_with(|| end(other).cmp(&end(self)));
        order.then_with(|| ids(other.place, self.place)).is_gt()
    }

    pub(crate) fn ends_after(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What can permit, of one scope and one identity, for asks that are not before the latest of its acts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Goes {
    /// The grant that is preferred to all others that count and need no confirm, or have one.
    current: Option<Given>,
    rare: Option<Box<Rare>>,
}

/// What few scopes have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rare {
    /// Grants that begin later, by that instant, each preferred to those before it.
    later: Vec<Waiting>,
    /// Grants that wait for a confirm and are preferred to the current one.
    unconfirmed: Vec<Waiting>,
    unobjected: Option<Mark>,
    unrestricted: Option<Mark>,
}

impl Goes {
    pub(super) const fn nothing() -> Goes {
        Goes { current: None, rare: None }
    }

    pub(super) fn unobject(&mut self, mark: Mark) {
        let rare = self.rare.get_or_insert_default();
        rare.unobjected = rare.unobjected.max(Some(mark));
    }

    pub(super) fn unrestrict(&mut self, mark: Mark) {
        let rare = self.rare.get_or_insert_default();
        rare.unrestricted = rare.unrestricted.max(Some(mark));
    }

    /// The latest unobject or unrestrict, once another one has proven void.
    pub(super) fn lifted_last(&mut self, kind: ActKind, mark: Option<Mark>) {
        let rare = self.rare.get_or_insert_default();
        if kind == ActKind::Unobject { rare.unobjected = mark } else { rare.unrestricted = mark }
    }

    /// Takes a grant in, or what has become of one: it was confirmed, or is void. `upto` is the latest instant of all
    /// goes: who asks later than that will find it begun.
    pub(super) fn grant(&mut self, grant: Waiting, upto: Instant, ids: Ids<'_>) {
        if let Some(rare) = &mut self.rare {
            rare.unconfirmed.retain(|waiting| waiting.given.place != grant.given.place);
            rare.later.retain(|waiting| waiting.given.place != grant.given.place);
        }
        match &mut self.current {
            Some(current) if current.place == grant.given.place => *current = grant.given,
            _ => self.place(grant, upto, ids),
        }
        while let Some(begun) = self.begun(upto) {
            self.place(begun, upto, ids);
        }
    }

    /// Whether there is no grant but the current one, and nothing was lifted.
    pub(super) fn is_plain(&self) -> bool {
        self.rare.is_none()
    }

    /// Whether a grant can still matter.
    pub(super) fn has(&self, place: u32) -> bool {
        let is = |given: &Given| given.place == place;
        let waiting = self.rare.iter().flat_map(|rare| rare.later.iter().chain(&rare.unconfirmed));
        self.current.as_ref().is_some_and(is) || waiting.map(|waiting| &waiting.given).any(is)
    }

    /// The grants that do not permit yet, and will not have been ended by a no of this instant: they begin later, or
    /// wait for a confirm.
    pub(super) fn not_yet(&self, no: Instant, stops: &Stops, now: Instant) -> impl Iterator<Item = u32> {
        let barred = self.restricted(stops).is_some() || self.objected(stops).is_some();
        let rare = self.rare.iter().filter(move |_| !barred);
        let begin_later = rare.clone().flat_map(|rare| &rare.later);
        let open = move |waiting: &&Waiting| waiting.confirm_by.is_some_and(|by| now < by);
        let waiting = begin_later.chain(rare.flat_map(|rare| &rare.unconfirmed).filter(open));
        let lives = move |given: &&Given| given.at > no && !given.void && given.ends_after(now);
        waiting.map(|waiting| &waiting.given).filter(lives).map(|given| given.place)
    }

    /// A grant that has begun by now.
    fn begun(&mut self, upto: Instant) -> Option<Waiting> {
        let rare = self.rare.as_mut()?;
        let begun = rare.later.first().is_some_and(|first| first.begins <= upto);
        begun.then(|| rare.later.remove(0))
    }

    /// An older grant never comes back (S7): what the current one is preferred to is forgotten.
    fn place(&mut self, grant: Waiting, upto: Instant, ids: Ids<'_>) {
        if self.current.is_some_and(|current| current.outranks(&grant.given, ids)) {
            return;
        }
        if grant.click == Click::Missing {
            self.rare.get_or_insert_default().unconfirmed.push(grant);
        } else if grant.begins > upto {
            let later = &mut self.rare.get_or_insert_default().later;
            let at = later.partition_point(|other| other.begins <= grant.begins);
            let beaten = |other: &Waiting| grant.given.outranks(&other.given, ids);
            let earlier = later.get(..at).and_then(<[Waiting]>::last);
            if earlier.is_none_or(beaten) {
                // Those that begin no earlier and are beaten never come up, nor do those that begin with it.
                let same =
                    later.iter().take(at).rev().take_while(|other| other.begins == grant.begins).count();
                let behind = later.iter().skip(at).take_while(|other| beaten(other)).count();
                later.splice(at.saturating_sub(same)..at.saturating_add(behind), [grant]);
            }
        } else {
            self.current = Some(grant.given);
            if let Some(rare) = &mut self.rare {
                rare.later.retain(|other| other.given.outranks(&grant.given, ids));
                rare.unconfirmed.retain(|other| other.given.outranks(&grant.given, ids));
            }
        }
    }

    /// The grant that is preferred at an instant, void or not.
    pub(crate) fn preferred(&self, now: Instant, ids: Ids<'_>) -> Option<Given> {
        let begun = self.rare.as_ref().and_then(|rare| {
            let count = rare.later.partition_point(|waiting| waiting.begins <= now);
            Some(rare.later.get(count.checked_sub(1)?)?.given)
        });
        match (begun, self.current) {
            (Some(begun), Some(current)) if current.outranks(&begun, ids) => Some(current),
            (None, current) => current,
            (begun, _) => begun,
        }
    }

    /// The restriction that refuses, unless it is lifted (S11).
    pub(crate) fn restricted(&self, stops: &Stops) -> Option<Mark> {
        let lifted = self.rare.as_ref().and_then(|rare| rare.unrestricted);
        stops.restricted.filter(|stop| lifted.is_none_or(|lift| stop.at >= lift.at))
    }

    /// The objection that refuses, unless it is lifted (S10).
    pub(crate) fn objected(&self, stops: &Stops) -> Option<Mark> {
        let lifted = self.rare.as_ref().and_then(|rare| rare.unobjected);
        stops.objected.filter(|stop| lifted.is_none_or(|lift| stop.at >= lift.at))
    }

    /// The unconfirmed grants that count and are later than the preferred grant and the last no.
    pub(super) fn waiting(
        &self,
        stops: &Stops,
        preferred: Option<Given>,
        now: Instant,
    ) -> impl Iterator<Item = &Waiting> {
        let after = preferred.map(|given| given.at).max(stops.no.map(|no| no.at));
        let unconfirmed = self.rare.iter().flat_map(|rare| &rare.unconfirmed);
        unconfirmed.filter(move |waiting| {
            !waiting.given.void && waiting.begins <= now && Some(waiting.given.at) > after
        })
    }

    /// SPEC S17 from (3) on, at an instant that is not before the latest of the goes.
    pub(crate) fn answer(&self, stops: &Stops, now: Instant, ids: Ids<'_>) -> Verdict {
        let refused = |reason, place| Verdict::Refused { reason, cause: Some(place) };
        if let Some(stop) = self.restricted(stops) {
            return refused(Reason::Restricted, stop.place); // (3)
        }
        if let Some(stop) = self.objected(stops) {
            return refused(Reason::Objected, stop.place); // (4)
        }
        let preferred = self.preferred(now, ids);
        let ended = |given: &Given| stops.no.is_some_and(|no| no.at >= given.at);
        if let Some(given) = preferred.filter(|given| !given.void && !ended(given) && given.ends_after(now)) {
            return match stops.paused(given.at, now) {
                Some(pause) => refused(Reason::Paused, pause.place),
                None => Verdict::Permitted { grant: given }, // (5)
            };
        }
        let mut latest: Option<(bool, Mark)> = None;
        for waiting in self.waiting(stops, preferred, now) {
            let open = waiting.confirm_by.is_some_and(|by| now < by);
            latest = latest.max(Some((open, Mark { at: waiting.given.at, place: waiting.given.place })));
        }
        if let Some((open, mark)) = latest {
            return refused(if open { Reason::Pending } else { Reason::Unconfirmed }, mark.place); // (6)
        }
        match (stops.no, preferred) {
            (Some(no), given) if given.is_none_or(|given| no.at >= given.at) => {
                refused(if no.withdrawn { Reason::Withdrawn } else { Reason::Refused }, no.place) // (7)
            }
            (_, Some(given)) if given.void => refused(Reason::Void, given.place), // (8)
            (_, Some(given)) => refused(Reason::Expired, given.place),
            (_, None) => Verdict::Refused { reason: Reason::NoGrant, cause: None }, // (9)
        }
    }
}

/// The answer to one ask, in places of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The grant that permits.
    Permitted { grant: Given },
    /// Why not, and the act that is the cause.
    Refused { reason: Reason, cause: Option<u32> },
}
