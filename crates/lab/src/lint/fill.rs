//! Earlier signals: what a guard asks about the past is made to have happened, at the right times, on the way to the
//! stage that is held.

use placet::journey::plan::Place;
use placet::name::TimeDelta;

use super::ages::Ages;
use super::explore::Explorer;
use super::finding::Undecided;
use super::solve::{Choice, pasts};
use super::walk::{MINUTE, Walk};

/// A signal that is played again costs as much as so many steps of search.
pub(super) const PLAY: usize = 32;

/// No history is longer.
const MOST_SIGNALS: u32 = 2_000;

/// A walk that holds the stage and has the past that was chosen, and how late the signal at hand is handled.
///
/// What lies further back than every window happens first, at the stage or on the way to it; then a time passes that
/// is longer than every window; then the rest happens, each signal in its window, while the contact stays where it is.
pub(super) fn fill<'j>(
    explorer: &mut Explorer<'j>,
    walk: &Walk<'j>,
    choice: &Choice<'j>,
    on: u16,
    held: Place,
) -> Result<(Walk<'j>, TimeDelta), Undecided> {
    explorer.budget.spend(walk.length().saturating_mul(PLAY));
    let past = pasts(choice, on, |kind| walk.admitted(kind)).ok_or(Undecided::Past)?;
    if past.iter().any(|(_, ages)| ages.ahead) {
        return Err(Undecided::ClockBack);
    }
    let sums =
        past.iter().map(|(_, ages)| ages.counts.iter().fold(0_u32, |sum, count| sum.saturating_add(*count)));
    if sums.clone().any(|sum| sum > MOST_SIGNALS) {
        return Err(Undecided::Signals { most: MOST_SIGNALS });
    }
    if past.is_empty() {
        return walk.again().map(|walk| (walk, TimeDelta::zero())).ok_or(Undecided::Elsewhere);
    }
    let walk = [true, false].into_iter().find_map(|stays| {
        let filled = with_old(explorer, walk, &past, stays)?;
        (explorer.place_of(filled.held().as_ref()) == held).then_some(filled)
    });
    let walk = walk.ok_or(Undecided::Elsewhere)?;
    recent(explorer, walk, &past, on, held).ok_or(Undecided::Elsewhere)
}

/// A walk with what lies further back than every window: at the stage, where the contact stays, or before it sets out.
fn with_old<'j>(
    explorer: &mut Explorer<'j>,
    walk: &Walk<'j>,
    past: &[(u16, Ages)],
    stays: bool,
) -> Option<Walk<'j>> {
    let mut filled = if stays { walk.again()? } else { explorer.fresh()? };
    for (kind, ages) in past {
        for _ in 0..ages.old(walk.admitted(*kind)) {
            explorer.budget.spend(PLAY);
            explorer.pass(&mut filled, *kind, stays)?;
        }
    }
    if !stays {
        filled.now = filled.now.checked_add(MINUTE)?;
        filled.follow(walk)?;
    }
    Some(filled)
}

/// What happened within windows, after a time that is longer than all of them.
fn recent<'j>(
    explorer: &mut Explorer<'j>,
    mut walk: Walk<'j>,
    past: &[(u16, Ages)],
    on: u16,
    held: Place,
) -> Option<(Walk<'j>, TimeDelta)> {
    let windows = || past.iter().flat_map(|(_, ages)| ages.windows.iter().copied());
    let Some(longest) = windows().max() else {
        return Some((walk, TimeDelta::zero()));
    };
    let mut due: Vec<(TimeDelta, u16)> = Vec::new();
    let mut shortest = longest;
    let mut late = TimeDelta::zero();
    for (kind, ages) in past {
        let mut before = TimeDelta::zero();
        for ((place, window), count) in ages.windows.iter().enumerate().zip(&ages.counts) {
            let half = window.checked_sub(&before)?.checked_div(2)?;
            let age = before.checked_add(&half)?;
            due.extend((0..*count).map(|_| (age, *kind)));
            shortest = shortest.min(half);
            before = *window;
            if *kind == on && ages.late > place {
                late = *window;
            }
        }
    }
    due.sort_by(|one, other| other.cmp(one));
    let parts = i32::try_from(due.len()).ok()?.checked_add(2)?.checked_mul(16)?;
    let tick = MINUTE.min(shortest.checked_div(parts)?);
    let end = walk.now.checked_add(longest)?.checked_add(MINUTE)?;
    walk.tick = tick;
    let before = tick.checked_mul(3)?;
    for (age, kind) in due {
        walk.now = walk.now.max(end.checked_sub(age)?.checked_sub(before)?);
        explorer.pass(&mut walk, kind, true)?;
    }
    walk.now = walk.now.max(end.checked_sub(before)?);
    (explorer.place_of(walk.held().as_ref()) == held).then_some((walk, late))
}
