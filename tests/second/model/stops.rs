//! The stops that bear on a scope, and what lifts them (S4, S6, S9 to S11, S13, S15, S30).

use super::consent::Above;
use super::fault::Fault;
use super::neutral::{Act, Deed, Instant, LiftKind, Scope, StopKind};

/// A stop that reaches the contact for the scope in question, as what it works there: what crossed may work as another.
#[derive(Clone, Copy)]
pub struct Reaching<'a> {
    pub id: &'a str,
    pub at: Instant,
    pub kind: StopKind,
}

impl<'a> Above<'a> {
    /// S4, S6, S13, S15: the stops on the joint contact and on those who share a key, if their reach covers the scope.
    pub fn stops(self, contact: &'a str, scope: &Scope, now: Instant) -> Vec<Reaching<'a>> {
        let joint = self.joint(contact);
        let sharers = self.sharers(&joint);
        let works_as = |act: &Act| -> Option<StopKind> {
            let (same, own, crossed) = (
                act.contact == contact,
                joint.contains(act.contact.as_str()),
                sharers.contains(act.contact.as_str()),
            );
            match &act.deed {
                Deed::Stop { kind, reach, only } => {
                    let concerns = match self.fault {
                        Fault::OnlyIgnored => own || crossed,
                        Fault::OnlyFollowsMerge if *only => own,
                        Fault::OnlyCrosses if *only => same || crossed,
                        Fault::StopStaysWithId => same,
                        _ if *only => same,
                        _ => own || crossed,
                    };
                    let narrowed = self.has(Fault::WideStopIsNarrow) && reach.is_wide();
                    let undone = self.has(Fault::StopMadeVoid) && self.void_naming(act, now).is_some();
                    match kind {
                        _ if !concerns || !reach.covers(scope) || narrowed || undone => None,
                        StopKind::Object if crossed && self.has(Fault::ObjectionStays) => None,
                        StopKind::Object if crossed && !self.has(Fault::ObjectionCrosses) => {
                            Some(StopKind::Withdraw)
                        }
                        _ => Some(*kind),
                    }
                }
                Deed::Erase if crossed && !self.has(Fault::ErasureStays) => Some(StopKind::Withdraw),
                _ => None,
            }
        };
        let counts = |at: Instant| match self.fault {
            Fault::FutureStopWaits => at <= now,
            Fault::StopFades => now.seconds < at.seconds + 5,
            _ => true,
        };
        let reaching = self
            .acts()
            .filter_map(|act| Some(Reaching { id: &act.id, at: self.instant(act), kind: works_as(act)? }));
        reaching.filter(|stop| counts(stop.at)).collect()
    }

    /// S9, S13, S17: the stops that end the grants which are not later: withdrawals, refusals, objections, lifted or
    /// not, and erasures that crossed.
    pub fn ending(self, contact: &'a str, scope: &Scope, now: Instant) -> Vec<Reaching<'a>> {
        let mut stops = self.stops(contact, scope, now);
        stops.retain(|stop| match stop.kind {
            StopKind::Withdraw | StopKind::Refuse => true,
            StopKind::Object => {
                !(self.has(Fault::UnobjectPermits)
                    && self.is_lifted(stop.at, LiftKind::Unobject, contact, scope, now))
            }
            StopKind::Restrict => false,
            StopKind::Pause { until } => self.has(Fault::PauseIsWithdraw) && now < until,
        });
        stops
    }

    /// The instant of F.
    pub fn latest(self, ending: &[Reaching<'a>]) -> Option<Instant> {
        if self.has(Fault::LastStopLineOnly) {
            return ending.last().map(|stop| stop.at);
        }
        ending.iter().map(|stop| stop.at).max()
    }

    /// S30: a pause that holds back a grant of this instant.
    pub fn pause(self, contact: &'a str, scope: &Scope, grant_at: Instant, now: Instant) -> Option<&'a str> {
        let holds_back = |stop: &Reaching<'a>| match stop.kind {
            StopKind::Pause { until } => {
                let not_earlier = match self.fault {
                    Fault::PauseLosesTie => stop.at > grant_at,
                    Fault::PauseOutlivesGrant => true,
                    _ => stop.at >= grant_at,
                };
                let lasts = match self.fault {
                    Fault::PauseForever => true,
                    Fault::PauseInclusive => now <= until,
                    _ => now < until,
                };
                not_earlier && lasts && !self.has(Fault::PauseIgnored)
            }
            _ => false,
        };
        self.stops(contact, scope, now).into_iter().find(holds_back).map(|stop| stop.id)
    }

    /// S6, S10, S11, S31: this id gave a lift of exactly this scope, strictly later than the stop, not after `now` and
    /// not void.
    pub fn is_lifted(
        self,
        stop_at: Instant,
        lift: LiftKind,
        contact: &'a str,
        scope: &Scope,
        now: Instant,
    ) -> bool {
        let joint = self.joint(contact);
        self.acts().any(|act| match &act.deed {
            Deed::Lift { kind, scope: lifted } => {
                let by = act.contact.as_str();
                let at = self.instant(act);
                let by_this_id = by == contact || self.has(Fault::LiftElsewhereLifts) && joint.contains(by);
                let later = at > stop_at || self.has(Fault::LiftOnTie) && at == stop_at;
                let this_scope = lifted == scope || self.has(Fault::WideLift);
                let good = self.void_of(act, now).is_none() || self.has(Fault::VoidLiftCounts);
                *kind == lift && by_this_id && this_scope && later && at <= now && good
            }
            _ => false,
        })
    }

    /// S20: is a restriction that matches the scope not lifted?
    pub fn is_restricted(self, contact: &'a str, scope: &Scope, now: Instant) -> bool {
        self.stops(contact, scope, now).iter().any(|stop| {
            stop.kind == StopKind::Restrict
                && !self.is_lifted(stop.at, LiftKind::Unrestrict, contact, scope, now)
        })
    }
}
