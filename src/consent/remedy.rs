//! The fewest acts that turn a refusal into a permission, found from what the answer was made of.

use super::reason::{Remedy, Step};
use super::standing::{Goes, Ids, Stops, Waiting};
use crate::name::{ActId, Instant, Scope};

/// What a remedy must know of a grant that waits for its confirm: the id and the claimed instant of the grant.
pub(super) type Waits<'w> = &'w dyn Fn(&Waiting) -> Option<(ActId, Instant)>;

impl Goes {
    /// The fewest acts, in the order in which they must be done; none where it is permitted already.
    pub(super) fn remedy(
        &self,
        stops: &Stops,
        known: bool,
        scope: &Scope,
        now: Instant,
        (ids, waits): (Ids<'_>, Waits<'_>),
    ) -> Remedy {
        let mut steps = Vec::new();
        let (restricted, objected) = (self.restricted(stops), self.objected(stops));
        // A stop may be dated in the future (S6) and is lifted no sooner: a grant must last until then.
        let then = restricted.iter().chain(&objected).fold(now, |then, stop| then.max(stop.at));
        if let Some(stop) = restricted {
            steps.push(Step::Unrestrict { scope: scope.clone(), after: stop.at });
        }
        if let Some(stop) = objected {
            steps.push(Step::Unobject { scope: scope.clone(), after: stop.at });
        }
        let preferred = self.preferred(then, ids);
        let ended = |at: Instant| stops.no.is_some_and(|no| no.at >= at);
        let good = preferred.filter(|given| !given.void && given.ends_after(then) && !ended(given.at));
        if known && good.is_some_and(|given| stops.paused(given.at, then).is_none()) {
            return Remedy::of(steps);
        }
        let open = self.waiting(stops, preferred, now).filter(|waiting| {
            waiting.confirm_by.is_some_and(|by| now < by)
                && waiting.given.ends_after(then)
                && stops.paused(waiting.given.at, then).is_none()
        });
        let latest = open.max_by_key(|waiting| (waiting.given.at, waiting.given.place));
        if let Some((waiting, (grant, from))) = latest.and_then(|waiting| Some((waiting, waits(waiting)?))) {
            if let Some(before) = waiting.confirm_by {
                steps.push(Step::Confirm { grant, from, before });
                return Remedy::of(steps);
            }
        }
        let after =
            stops.no.map(|no| no.at).max(preferred.map(|given| given.at)).max(stops.latest_pause(then));
        steps.push(Step::Grant { scope: scope.clone(), after });
        Remedy::of(steps)
    }
}
