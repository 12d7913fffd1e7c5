//! Stages that fall back on each other: a circle that S27 forbids.

use super::plan::Standing;

/// A stage that falls back on itself, over others or at once; `None` where no stage does.
///
/// Stages all of whose elses lead to an end are taken away until none is left that could be. From any that
/// remain, a walk from else to else among them comes onto a circle within as many steps as there are stages.
pub(super) fn on_a_circle(stages: &[Standing]) -> Option<&Standing> {
    let mut left = vec![true; stages.len()];
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); stages.len()];
    let mut open: Vec<usize> = stages.iter().map(|stage| stage.sustain.len()).collect();
    for (at, stage) in stages.iter().enumerate() {
        for (_, otherwise) in &stage.sustain {
            if let Some(above) = above.get_mut(otherwise.index()) {
                above.push(at);
            }
        }
    }
    let ends = open.iter().enumerate().filter(|(_, open)| **open == 0);
    let mut ready: Vec<usize> = ends.map(|(at, _)| at).collect();
    while let Some(at) = ready.pop() {
        if let Some(left) = left.get_mut(at) {
            *left = false;
        }
        for place in above.get_mut(at).map(std::mem::take).unwrap_or_default() {
            if let Some(open) = open.get_mut(place) {
                *open = open.saturating_sub(1);
                if *open == 0 {
                    ready.push(place);
                }
            }
        }
    }
    let is_left = |at: &usize| left.get(*at).copied().unwrap_or_default();
    let mut on = (0..stages.len()).find(is_left)?;
    for _ in stages {
        let below = stages.get(on)?.sustain.iter().map(|(_, below)| below.index());
        on = below.into_iter().find(is_left).unwrap_or(on);
    }
    stages.get(on)
}
