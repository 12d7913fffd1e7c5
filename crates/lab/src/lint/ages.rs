//! When earlier signals of one kind happened, so that counts and recencies come out as they should.

use placet::journey::plan::Check;
use placet::name::TimeDelta;

/// No two instants lie further apart: a longer window is for ever.
const FARTHEST: Option<TimeDelta> = TimeDelta::try_days(3_652_060);

/// What a guard asks about the admitted signals of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Past {
    asks: Asks,
    /// `None`: ever.
    within: Option<TimeDelta>,
    holds: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// So many, the one at hand included.
    Count(u32),
    /// One before the one at hand.
    Recency,
}

/// Earlier signals of one kind by age, and how late the one at hand is handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ages {
    /// The windows that are asked about, shortest first.
    pub(super) windows: Vec<TimeDelta>,
    /// How many are in each window and not in the one before, then those older than all.
    pub(super) counts: Vec<u32>,
    /// The signal at hand is older than the windows before this place.
    pub(super) late: usize,
    /// One is dated later than the one at hand is handled.
    pub(super) ahead: bool,
}

impl Ages {
    /// How many are to happen before all windows, where so many have happened already.
    pub(super) fn old(&self, there: u32) -> u32 {
        self.counts.last().map_or(0, |old| old.saturating_sub(there))
    }
}

impl Past {
    /// The kind that a count or recency asks about, and what it asks.
    pub(super) fn of(check: &Check, holds: bool) -> Option<(u16, Past)> {
        let (kind, asks, within) = match check {
            Check::Count { kind, at_least, within } => (*kind, Asks::Count(*at_least), *within),
            Check::Recency { kind, within } => (*kind, Asks::Recency, Some(*within)),
            _ => return None,
        };
        let within = within.filter(|within| FARTHEST.is_none_or(|farthest| *within <= farthest));
        Some((kind, Past { asks, within, holds }))
    }
}

/// How the past can be so; `None` where it cannot. `this`: the signal at hand is of the kind. At least `there` have
/// happened already, and are older than all windows.
///
/// How many lie in a window grows with its length. So the fewest that fulfil all lower bounds, window by window, are
/// no more than the upper bounds, or nothing fulfils all.
pub(super) fn ages(asked: &[Past], this: bool, there: u32) -> Option<Ages> {
    let mut windows: Vec<TimeDelta> = asked.iter().filter_map(|past| past.within).collect();
    windows.sort_unstable();
    windows.dedup();
    let latest = if this { windows.len() } else { 0 };
    let choices = [false, true].into_iter().flat_map(|ahead| (0..=latest).map(move |late| (ahead, late)));
    for (ahead, late) in choices {
        if let Some(counts) = counts(asked, &windows, this.then_some(late), ahead, there) {
            return Some(Ages { windows, counts, late, ahead });
        }
    }
    None
}

fn counts(
    asked: &[Past],
    windows: &[TimeDelta],
    late: Option<usize>,
    ahead: bool,
    there: u32,
) -> Option<Vec<u32>> {
    let mut bounds = vec![(0_u32, u32::MAX); windows.len().saturating_add(1)];
    for Past { asks, within, holds } in asked {
        let place = within.map_or(windows.len(), |within| windows.partition_point(|window| *window < within));
        let (least, most) = bounds.get_mut(place)?;
        let without = match asks {
            Asks::Count(at_least) => {
                let this = u32::from(late.is_some_and(|late| late <= place));
                // One ahead of its time is in no window, and is counted without one.
                let ahead = u32::from(ahead && within.is_none());
                at_least.saturating_sub(this).saturating_sub(ahead)
            }
            Asks::Recency => u32::from(!ahead),
        };
        if *holds {
            *least = without.max(*least);
        } else {
            *most = without.checked_sub(1)?.min(*most);
        }
    }
    let mut sum = 0_u32;
    let mut counts = Vec::with_capacity(bounds.len());
    for (place, (least, most)) in bounds.into_iter().enumerate() {
        let older = if place == windows.len() { there } else { 0 };
        let here = least.max(sum.saturating_add(older));
        if here > most {
            return None;
        }
        counts.push(here.saturating_sub(sum));
        sum = here;
    }
    Some(counts)
}
