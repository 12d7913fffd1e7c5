//! The oracle's first third: is a scope permitted for an id? (S17, S18)
//!
//! Nothing is remembered between two questions. [`Above`] is the list of lines above the question; each clause is a set
//! over that whole list, in the words of SPEC, with its number. `persons.rs` says who is who, `stops.rs` and `goes.rs`
//! which acts bear on a scope.

use super::fault::Fault;
use super::neutral::{Act, Instant, LiftKind, Line, Scope, StopKind};
use super::oracle::{Reason, Verdict};
use super::stops::Reaching;

/// The lines above a question that left a trace (no re-deliveries, no unadmitted signals).
#[derive(Clone, Copy)]
pub struct Above<'a> {
    pub lines: &'a [&'a Line],
    pub fault: Fault,
}

impl<'a> Above<'a> {
    pub fn has(self, fault: Fault) -> bool {
        self.fault == fault
    }

    pub fn acts(self) -> impl Iterator<Item = &'a Act> {
        self.lines.iter().filter_map(|line| line.act())
    }

    /// S6: the instant of an act, in every rule.
    pub fn instant(self, act: &Act) -> Instant {
        if self.has(Fault::RecordIgnored) { act.at } else { act.instant() }
    }

    /// S17, with the act that a refusal names (law 11).
    pub fn judge(self, contact: &'a str, scope: &Scope, now: Instant) -> (Verdict, Option<&'a str>) {
        let deny = |reason, act: &'a str| {
            let first_act = || self.acts().next().map_or(act, |first| &first.id);
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
        // (3), (4) a matching restrict, a matching object is not lifted
        if let Some((reason, stop)) = self.blocked(contact, scope, now) {
            return deny(reason, stop);
        }
        // (5) the current grant G against F, the latest matching withdraw, refuse, object or crossed erasure
        let given = self.given(contact, scope, now);
        let g = self.current(&given, now);
        let ending = self.ending(contact, scope, now);
        let f_at = self.latest(&ending);
        let killed = |at: Instant| {
            f_at.is_some_and(|f_at| if self.has(Fault::GoBeatsStopOnTie) { f_at > at } else { f_at >= at })
        };
        let live = |until: Option<Instant>| {
            until.is_none_or(|until| now < until || self.has(Fault::UntilInclusive) && now == until)
        };
        if let Some(g) = g.filter(|g| g.confirmed && g.void.is_none() && !killed(g.at)) {
            let pause = self.pause(contact, scope, g.at, now);
            if let Some(pause) = pause.filter(|_| live(g.until) || self.has(Fault::PausedNotExpired)) {
                return deny(Reason::Paused, pause);
            }
            if live(g.until) {
                return (Verdict::Allow(g.id.to_owned()), None);
            }
        }
        // (6) an unconfirmed grant later than both
        let waiting = || {
            given.iter().filter(|grant| {
                !grant.confirmed
                    && g.is_none_or(|g| grant.at > g.at || !g.confirmed)
                    && f_at.is_none_or(|f_at| grant.at > f_at)
            })
        };
        if let Some(pending) = waiting().find(|grant| grant.confirm_by.is_some_and(|by| now < by)) {
            return deny(Reason::Pending, pending.id);
        }
        if let Some(unconfirmed) = waiting().next() {
            return deny(Reason::Unconfirmed, unconfirmed.id);
        }
        // (7) F, unless G is later
        if let Some(f_at) = f_at.filter(|_| g.is_none_or(|g| killed(g.at))) {
            let (reason, stop) = self.word_of(&ending, f_at);
            return deny(reason, stop);
        }
        // (8), (9)
        match g {
            None => (Verdict::Deny(Reason::NoGrant), None),
            Some(g) => match g.void {
                Some(void) if !self.has(Fault::VoidIsExpired) => deny(Reason::Void, void),
                _ => deny(Reason::Expired, g.id),
            },
        }
    }

    pub fn permits(self, contact: &'a str, scope: &Scope, now: Instant) -> bool {
        matches!(self.judge(contact, scope, now).0, Verdict::Allow(_))
    }

    /// S17 (3) and (4): the restriction or the objection that blocks the scope.
    pub fn blocked(self, contact: &'a str, scope: &Scope, now: Instant) -> Option<(Reason, &'a str)> {
        let stops = self.stops(contact, scope, now);
        let blocking = |kind, lift, reason| {
            let stands = |stop: &&Reaching<'a>| {
                stop.kind == kind && !self.is_lifted(stop.at, lift, contact, scope, now)
            };
            stops.iter().find(stands).map(|stop| (reason, stop.id))
        };
        let restricted = blocking(StopKind::Restrict, LiftKind::Unrestrict, Reason::Restricted)
            .filter(|_| !self.has(Fault::RestrictIgnored));
        let objected = blocking(StopKind::Object, LiftKind::Unobject, Reason::Objected)
            .filter(|_| !self.has(Fault::ObjectDoesNotBlock));
        if self.has(Fault::ObjectedFirst) { objected.or(restricted) } else { restricted.or(objected) }
    }

    /// S17 (7): what is told of the stops that end grants at F's instant, and one of them.
    pub fn word_of(self, ending: &[Reaching<'a>], f_at: Instant) -> (Reason, &'a str) {
        let at_f = || ending.iter().filter(|stop| stop.at == f_at);
        let not_refuse = at_f().find(|stop| stop.kind != StopKind::Refuse);
        match (not_refuse, at_f().next()) {
            (None, Some(refuse)) if !self.has(Fault::RefusedIsWithdrawn) => (Reason::Refused, refuse.id),
            (stop, other) => (Reason::Withdrawn, stop.or(other).map_or("", |stop| stop.id)),
        }
    }

    /// S18: an act, a link, a merge or an admitted signal names the contact.
    fn knows(self, contact: &'a str) -> bool {
        self.lines.iter().any(|line| match line {
            Line::Act(act) => act.contact == contact,
            Line::Link { contact: named, .. } => named == contact,
            Line::Signal { contact: named, .. } => named == contact && !self.has(Fault::SignalMakesUnknown),
            Line::Merge { from, into, .. } => from == contact || into == contact,
            _ => false,
        })
    }
}
