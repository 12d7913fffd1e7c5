//! The grants that bear on a scope: which count, which wait, which are void, which is current (S4 to S7, S25, S31).

use super::consent::Above;
use super::fault::Fault;
use super::neutral::{Act, Deed, Instant, Scope};
use super::persons::Ids;
use std::cmp::Reverse;

/// A grant that counts at `now`.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    pub id: &'a str,
    pub at: Instant,
    pub until: Option<Instant>,
    pub confirm_by: Option<Instant>,
    /// It needs no confirm, or has one, be it void.
    pub confirmed: bool,
    /// What made it void.
    pub void: Option<&'a str>,
}

impl<'a> Above<'a> {
    /// S4, S5, S6, S15: the grants of exactly this scope, given under this id, begun at `now`.
    pub fn given(self, contact: &'a str, scope: &Scope, now: Instant) -> Vec<Given<'a>> {
        let joint = self.joint(contact);
        let also = match self.fault {
            Fault::GrantFollowsMerge => joint,
            Fault::GrantCrossesKey => self.sharers(&joint),
            _ => Ids::new(),
        };
        let counting = |act: &'a Act| {
            let Deed::Grant { scope: given, begins, until, confirm_by } = &act.deed else {
                return None;
            };
            let by = act.contact.as_str();
            let wide = self.has(Fault::WideGo)
                && given.recipient == "self"
                && (&given.purpose, &given.channel) == (&scope.purpose, &scope.channel);
            let begun = self.instant(act) <= now || self.has(Fault::FutureGrantCounts);
            let begun = begun && begins.is_none_or(|begins| begins <= now || self.has(Fault::BeginsIgnored));
            if !((by == contact || also.contains(by)) && (*given == *scope || wide) && begun) {
                return None;
            }
            let confirms = self.confirms(act, now);
            let first = confirms.iter().map(|confirm| self.instant(confirm)).min();
            let at = match (begins, first) {
                (_, Some(clicked)) if self.has(Fault::LateConfirmRevives) => clicked,
                (Some(begins), _) if self.has(Fault::BeginsRanks) => *begins,
                _ => self.instant(act),
            };
            let confirmed = confirm_by.is_none() || first.is_some() || self.has(Fault::ConfirmIgnored);
            let void = self.is_void(act, now);
            // S31: what is void and was never confirmed is nothing at all.
            let nothing = void.is_some() && !confirmed && !self.has(Fault::VoidPends);
            if nothing || void.is_some() && self.has(Fault::VoidReopens) {
                return None;
            }
            Some(Given { id: &act.id, at, until: *until, confirm_by: *confirm_by, confirmed, void })
        };
        self.acts().filter_map(counting).collect()
    }

    /// S25: the confirms by which this grant counts as given: of the same id, naming it, in time and not after `now`.
    pub fn confirms(self, grant: &'a Act, now: Instant) -> Vec<&'a Act> {
        let Deed::Grant { confirm_by: Some(confirm_by), .. } = &grant.deed else {
            return Vec::new();
        };
        let confirms = |act: &&'a Act| {
            let at = self.instant(act);
            let names_it = matches!(&act.deed, Deed::Confirm { grant: named } if *named == grant.id);
            let by_same_id = act.contact == grant.contact || self.has(Fault::ConfirmedByAnybody);
            let in_time = self.instant(grant) <= at
                && (at < *confirm_by || self.has(Fault::ConfirmByInclusive) && at == *confirm_by);
            names_it && by_same_id && in_time && at <= now
        };
        self.acts().filter(confirms).collect()
    }

    /// S31: what makes this grant void: an act that names it, or one that names the confirm, where no good one is left.
    pub fn is_void(self, grant: &'a Act, now: Instant) -> Option<&'a str> {
        let by_confirm = || {
            let voids: Option<Vec<&str>> =
                self.confirms(grant, now).into_iter().map(|confirm| self.void_of(confirm, now)).collect();
            voids.and_then(|voids| voids.first().copied()).filter(|_| !self.has(Fault::VoidConfirmCounts))
        };
        self.void_of(grant, now).or_else(by_confirm)
    }

    /// S31: the act that says this go was never good; stops are nobody's to undo but the person's.
    pub fn void_of(self, act: &Act, now: Instant) -> Option<&'a str> {
        self.void_naming(act, now).filter(|_| act.is_go() && !self.has(Fault::VoidIgnored))
    }

    /// A void of the same id that names the act.
    pub fn void_naming(self, act: &Act, now: Instant) -> Option<&'a str> {
        let names_it = |void: &&'a Act| {
            let by_this_id = void.contact == act.contact || self.has(Fault::VoidByAnybody);
            let waits = self.has(Fault::VoidWaits) && self.instant(void) > now;
            matches!(&void.deed, Deed::Void { act: named } if *named == act.id) && by_this_id && !waits
        };
        self.acts().find(names_it).map(|void| void.id.as_str())
    }

    /// S7: the latest instant of those that count (S25: the confirmed; S31: void or not); at one instant, the first to
    /// end, then the smaller id.
    pub fn current(self, given: &[Given<'a>], now: Instant) -> Option<Given<'a>> {
        let mut counting = given.iter().filter(|grant| grant.confirmed || self.has(Fault::PendingDisplaces));
        let never = Instant::new(i64::MAX, 0);
        let ends = |grant: &Given<'_>| grant.until.unwrap_or(never);
        let found = match self.fault {
            Fault::LineOrderDecides => counting.next_back(),
            Fault::LongerGrantWins => counting.max_by_key(|grant| (grant.at, ends(grant), Reverse(grant.id))),
            Fault::GreaterIdWins => counting.max_by_key(|grant| (grant.at, Reverse(ends(grant)), grant.id)),
            Fault::LettersNotBytes => counting
                .max_by_key(|grant| (grant.at, Reverse(ends(grant)), Reverse(grant.id.to_ascii_lowercase()))),
            Fault::OlderGrantReturns => counting
                .max_by_key(|grant| (now < ends(grant), grant.at, Reverse(ends(grant)), Reverse(grant.id))),
            _ => counting.max_by_key(|grant| (grant.at, Reverse(ends(grant)), Reverse(grant.id))),
        };
        found.copied()
    }
}
