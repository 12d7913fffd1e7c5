//! The oracle's first half: is a scope permitted for an id? (S4 to S18, S25)
//!
//! Nothing is remembered between two questions. [`Above`] is the list of lines above the question; each clause is a set
//! over that whole list, in the words of SPEC, with its number.

use super::fault::Fault;
use super::neutral::{Instant, LiftKind, Line, Scope, StopKind};
use super::oracle::{Reason, Verdict};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The lines above a question that left a trace (no re-deliveries, no unadmitted signals).
#[derive(Clone, Copy)]
pub struct Above<'a> {
    pub lines: &'a [&'a Line],
    pub fault: Fault,
}

/// A set of contact ids.
type Ids<'a> = BTreeSet<&'a str>;

/// A stop that reaches the contact for the scope in question; `kind` is absent for an erasure that crossed (S13).
#[derive(Clone, Copy)]
struct Reaching<'a> {
    id: &'a str,
    at: Instant,
    kind: Option<StopKind>,
}

/// A grant whose instant is not after `now`.
#[derive(Clone, Copy)]
struct Given<'a> {
    id: &'a str,
    at: Instant,
    until: Option<Instant>,
    confirm_by: Option<Instant>,
    confirmed: bool,
}

impl<'a> Above<'a> {
    pub fn has(self, fault: Fault) -> bool {
        self.fault == fault
    }

    /// S17, with the act that a refusal names (law 11).
    pub fn judge(self, contact: &'a str, scope: &Scope, now: Instant) -> (Verdict, Option<&'a str>) {
        let deny = |reason, act: &'a str| {
            let first_act = || self.lines.iter().find(|line| line.is_act()).map_or(act, |line| line.id());
            let act = if self.has(Fault::BlamesAnother) { first_act() } else { act };
            (Verdict::Deny(reason), Some(act))
        };
        // (1) no line above names the contact
        if !self.knows(contact) {
            return (Verdict::Deny(Reason::UnknownContact), None);
        }
        // (2) it or a merged id is erased
        if let Some(erasure) = self.erasure(contact, now) {
            return deny(Reason::Erased, erasure);
        }
        let stops = self.stops(contact, scope, now);
        let blocking = |kind, lift, reason| {
            let standing = |stop: &&Reaching<'a>| {
                stop.kind == Some(kind) && !self.is_lifted(stop.at, lift, contact, scope, now)
            };
            stops.iter().find(standing).map(|stop| deny(reason, stop.id))
        };
        // (3) a matching restrict is not lifted (S11)
        let restricted = blocking(StopKind::Restrict, LiftKind::Unrestrict, Reason::Restricted)
            .filter(|_| !self.has(Fault::RestrictIgnored));
        // (4) a matching object is not lifted (S10)
        let objected = blocking(StopKind::Object, LiftKind::Unobject, Reason::Objected)
            .filter(|_| !self.has(Fault::ObjectDoesNotBlock));
        let in_order =
            if self.has(Fault::ObjectedFirst) { [objected, restricted] } else { [restricted, objected] };
        if let Some(blocked) = in_order.into_iter().flatten().next() {
            return blocked;
        }
        // (5) the current confirmed grant G against F, the latest matching withdraw, refuse, object or crossed erasure
        let given = self.given(contact, scope, now);
        let g = self.current(&given, now);
        let ending: Vec<_> =
            stops.iter().filter(|stop| self.ends_a_grant(stop, contact, scope, now)).collect();
        let f_at = if self.has(Fault::LastStopLineOnly) {
            ending.last().map(|stop| stop.at)
        } else {
            ending.iter().map(|stop| stop.at).max()
        };
        let killed = |at: Instant| {
            f_at.is_some_and(|f_at| if self.has(Fault::GoBeatsStopOnTie) { f_at > at } else { f_at >= at })
        };
        let live = |until: Option<Instant>| {
            until.is_none_or(|until| now < until || self.has(Fault::UntilInclusive) && now == until)
        };
        if let Some(g) = g.filter(|g| g.confirmed && !killed(g.at) && live(g.until)) {
            return (Verdict::Allow(g.id.to_owned()), None);
        }
        // (6) an unconfirmed grant later than both
        let waiting: Vec<_> = given
            .iter()
            .filter(|grant| {
                !grant.confirmed
                    && g.is_none_or(|g| grant.at > g.at || !g.confirmed)
                    && f_at.is_none_or(|f_at| grant.at > f_at)
            })
            .collect();
        if let Some(pending) = waiting.iter().find(|grant| grant.confirm_by.is_some_and(|by| now < by)) {
            return deny(Reason::Pending, pending.id);
        }
        if let Some(unconfirmed) = waiting.first() {
            return deny(Reason::Unconfirmed, unconfirmed.id);
        }
        // (7) F, unless G is later
        if let Some(f_at) = f_at.filter(|_| g.is_none_or(|g| killed(g.at))) {
            let at_f = || ending.iter().filter(|stop| stop.at == f_at);
            let not_refuse = at_f().find(|stop| stop.kind != Some(StopKind::Refuse));
            return match (not_refuse, at_f().next()) {
                (None, Some(refuse)) if !self.has(Fault::RefusedIsWithdrawn) => {
                    deny(Reason::Refused, refuse.id)
                }
                (stop, other) => deny(Reason::Withdrawn, stop.or(other).map_or("", |stop| stop.id)),
            };
        }
        // (8), (9)
        g.map_or((Verdict::Deny(Reason::NoGrant), None), |g| deny(Reason::Expired, g.id))
    }

    pub fn permits(self, contact: &'a str, scope: &Scope, now: Instant) -> bool {
        matches!(self.judge(contact, scope, now).0, Verdict::Allow(_))
    }

    /// S18: an act, a link, a merge or an admitted signal names the contact.
    fn knows(self, contact: &'a str) -> bool {
        self.lines.iter().any(|line| match line {
            Line::Link { contact: named, .. } => named == contact,
            Line::Signal { contact: named, .. } => named == contact && !self.has(Fault::SignalMakesUnknown),
            Line::Merge { from, into, .. } => from == contact || into == contact,
            _ => act_of(line).is_some_and(|(named, _)| named == contact),
        })
    }

    /// S14: the ids that are one person with `contact`: the smallest set with it that no merge leaves.
    pub fn joint(self, contact: &'a str) -> Ids<'a> {
        let step = |ids: &Ids<'a>| -> Ids<'a> {
            let pairs = self.lines.iter().filter_map(|line| {
                if let Line::Merge { from, into, .. } = line { Some([from.as_str(), into]) } else { None }
            });
            ids.iter()
                .copied()
                .chain(pairs.filter(|pair| pair.iter().any(|id| ids.contains(id))).flatten())
                .collect()
        };
        let start = Ids::from([contact]);
        if self.has(Fault::MergeIsDirect) { step(&start) } else { closure(start, step) }
    }

    /// S13: the ids whose stops cross a shared key: everybody merged with an id linked to a key of the joint contact.
    fn sharers(self, joint: &Ids<'a>) -> Ids<'a> {
        let links = || {
            self.lines.iter().filter_map(|line| {
                if let Line::Link { contact, key, .. } = line { Some((contact.as_str(), key)) } else { None }
            })
        };
        let step = |ids: &Ids<'a>| -> Ids<'a> {
            let keys: BTreeSet<_> = links().filter(|(id, _)| ids.contains(id)).map(|(_, key)| key).collect();
            links()
                .filter(|(_, key)| keys.contains(key))
                .flat_map(|(id, _)| self.joint(id))
                .chain(ids.iter().copied())
                .collect()
        };
        let with_sharers = match self.fault {
            Fault::KeyIgnored => joint.clone(),
            Fault::KeyIsTransitive => closure(joint.clone(), step),
            _ => step(joint),
        };
        with_sharers.difference(joint).copied().collect()
    }

    /// S12: an erase of the contact or of an id merged with it, whatever its date.
    pub fn erasure(self, contact: &'a str, now: Instant) -> Option<&'a str> {
        let joint = self.joint(contact);
        let crossed = if self.has(Fault::CrossedErasureIsFinal) { self.sharers(&joint) } else { Ids::new() };
        self.lines.iter().find_map(|line| match line {
            Line::Erase { id, contact, at }
                if joint.contains(contact.as_str()) || crossed.contains(contact.as_str()) =>
            {
                (!self.has(Fault::ErasureWaits) || *at <= now).then_some(id.as_str())
            }
            _ => None,
        })
    }

    /// S4, S6, S13, S15: the stops on the joint contact and on those who share a key, if their reach covers the scope.
    fn stops(self, contact: &'a str, scope: &Scope, now: Instant) -> Vec<Reaching<'a>> {
        let joint = self.joint(contact);
        let sharers = self.sharers(&joint);
        let counts = |at: Instant| match self.fault {
            Fault::FutureStopWaits => at <= now,
            Fault::StopFades => now.seconds < at.seconds + 5,
            _ => true,
        };
        self.lines
            .iter()
            .filter_map(|line| match line {
                Line::Stop { id, contact: of, at, kind, reach }
                    if joint.contains(of.as_str()) || sharers.contains(of.as_str()) =>
                {
                    let wide =
                        reach.purpose.is_none() || reach.channel.is_none() || reach.recipient.is_none();
                    let stays = of != contact && self.has(Fault::StopStaysWithId)
                        || wide && self.has(Fault::WideStopIsNarrow);
                    (reach.covers(scope) && !stays).then_some(Reaching { id, at: *at, kind: Some(*kind) })
                }
                Line::Erase { id, contact: of, at }
                    if sharers.contains(of.as_str()) && !self.has(Fault::ErasureStays) =>
                {
                    Some(Reaching { id, at: *at, kind: None })
                }
                _ => None,
            })
            .filter(|stop| counts(stop.at))
            .collect()
    }

    /// S9: a withdraw, a refuse, an object or a crossed erasure ends the grants that are not later.
    fn ends_a_grant(self, stop: &Reaching<'_>, contact: &'a str, scope: &Scope, now: Instant) -> bool {
        let undone = self.has(Fault::UnobjectPermits)
            && stop.kind == Some(StopKind::Object)
            && self.is_lifted(stop.at, LiftKind::Unobject, contact, scope, now);
        stop.kind != Some(StopKind::Restrict) && !undone
    }

    /// S6, S10, S11: this id gave a lift of exactly this scope, strictly later than the stop and not after `now`.
    fn is_lifted(
        self,
        stop_at: Instant,
        lift: LiftKind,
        contact: &'a str,
        scope: &Scope,
        now: Instant,
    ) -> bool {
        let joint = self.joint(contact);
        self.lines.iter().any(|line| match line {
            Line::Lift { contact: by, at, kind, scope: lifted, .. } => {
                let by_this_id =
                    by == contact || self.has(Fault::LiftElsewhereLifts) && joint.contains(by.as_str());
                let later = *at > stop_at || self.has(Fault::LiftOnTie) && *at == stop_at;
                let this_scope = lifted == scope || self.has(Fault::WideLift);
                *kind == lift && by_this_id && this_scope && later && *at <= now
            }
            _ => false,
        })
    }

    /// S20: is a restriction that matches the scope not lifted?
    pub fn is_restricted(self, contact: &'a str, scope: &Scope, now: Instant) -> bool {
        let restrict = |stop: &Reaching<'_>| stop.kind == Some(StopKind::Restrict);
        self.stops(contact, scope, now)
            .iter()
            .any(|stop| restrict(stop) && !self.is_lifted(stop.at, LiftKind::Unrestrict, contact, scope, now))
    }

    /// S4, S5, S6, S15: the grants of exactly this scope, given under this id, not after `now`; S25: confirmed or not.
    fn given(self, contact: &'a str, scope: &Scope, now: Instant) -> Vec<Given<'a>> {
        let joint = self.joint(contact);
        let also = match self.fault {
            Fault::GrantFollowsMerge => joint,
            Fault::GrantCrossesKey => self.sharers(&joint),
            _ => Ids::new(),
        };
        let grants = self.lines.iter().filter_map(|line| match line {
            Line::Grant { id, contact: by, at, scope: given, until, confirm_by } => {
                let wide = self.has(Fault::WideGo)
                    && given.recipient == "self"
                    && (&given.purpose, &given.channel) == (&scope.purpose, &scope.channel);
                let counts = *at <= now || self.has(Fault::FutureGrantCounts);
                let clicked = confirm_by.map(|by_when| self.confirm(id, by, *at, by_when, now));
                let at = match clicked {
                    Some(Some(clicked)) if self.has(Fault::LateConfirmRevives) => clicked,
                    _ => *at,
                };
                let confirmed =
                    clicked.is_none_or(|clicked| clicked.is_some()) || self.has(Fault::ConfirmIgnored);
                ((by == contact || also.contains(by.as_str())) && (given == scope || wide) && counts)
                    .then_some(Given { id, at, until: *until, confirm_by: *confirm_by, confirmed })
            }
            _ => None,
        });
        grants.collect()
    }

    /// S25: a confirm of the same id names the grant, with grant.at <= confirm.at < confirm_by and confirm.at <= now.
    fn confirm(
        self,
        grant: &str,
        given_by: &str,
        grant_at: Instant,
        confirm_by: Instant,
        now: Instant,
    ) -> Option<Instant> {
        let confirms = self.lines.iter().filter_map(|line| match line {
            Line::Confirm { contact, at, grant: named, .. } => {
                let by_same_id = contact == given_by || self.has(Fault::ConfirmedByAnybody);
                let in_time = grant_at <= *at
                    && (*at < confirm_by || self.has(Fault::ConfirmByInclusive) && *at == confirm_by);
                (named == grant && by_same_id && in_time && *at <= now).then_some(*at)
            }
            _ => None,
        });
        confirms.min()
    }

    /// S7: the latest `at` of those that count (S25: the confirmed); at one instant, the first to end, then the smaller id.
    fn current(self, given: &[Given<'a>], now: Instant) -> Option<Given<'a>> {
        let mut counting = given.iter().filter(|grant| grant.confirmed || self.has(Fault::PendingDisplaces));
        let never = Instant::new(i64::MAX, 0);
        let ends = |grant: &Given<'_>| grant.until.unwrap_or(never);
        match self.fault {
            Fault::LineOrderDecides => counting.next_back(),
            Fault::LongerGrantWins => counting.max_by_key(|grant| (grant.at, ends(grant), Reverse(grant.id))),
            Fault::OlderGrantReturns => counting
                .max_by_key(|grant| (now < ends(grant), grant.at, Reverse(ends(grant)), Reverse(grant.id))),
            _ => counting.max_by_key(|grant| (grant.at, Reverse(ends(grant)), Reverse(grant.id))),
        }
        .copied()
    }
}

/// Whose act a line is, and when.
fn act_of(line: &Line) -> Option<(&str, Instant)> {
    match line {
        Line::Grant { contact, at, .. }
        | Line::Confirm { contact, at, .. }
        | Line::Stop { contact, at, .. } => Some((contact, *at)),
        Line::Lift { contact, at, .. } | Line::Erase { contact, at, .. } => Some((contact, *at)),
        _ => None,
    }
}

/// The smallest set that holds `start` and that `step` does not widen.
fn closure<'a>(start: Ids<'a>, step: impl Fn(&Ids<'a>) -> Ids<'a>) -> Ids<'a> {
    let wider = step(&start);
    if wider == start { start } else { closure(wider, step) }
}
