//! Where everything stands: boxes that do not overlap, near to what they are tied to, and lines in between.

use super::layers::{Layers, Piece};
use super::ranks::Each;

/// What is left free between two boxes, between two lines, and at the end of a box.
const BESIDE: f64 = 26.0;
const BESIDE_LINE: f64 = 18.0;
const PORTS: f64 = 16.0;
const CORNER: f64 = 16.0;
/// So often the ends of lines are drawn to each other.
const PORT_ROUNDS: usize = 4;

/// So often every row is drawn to its neighbours.
const ROUNDS: usize = 60;

/// A box by its corners.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line from its upper end to its lower: straight down, then for each piece a curve and straight down again.
#[derive(Debug, Clone, Default)]
pub(super) struct Route {
    pub(super) from: (f64, f64),
    pub(super) curves: Vec<Curve>,
    pub(super) to: (f64, f64),
}

/// A curve between two rows, upright at both ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curve {
    pub(super) from: (f64, f64),
    pub(super) to: (f64, f64),
}

/// Everything in its place.
pub(super) struct Placed {
    pub(super) boxes: Vec<Rect>,
    pub(super) routes: Vec<Route>,
    pub(super) width: f64,
    pub(super) bottom: f64,
}

/// Places the layers below a height and right of nothing.
pub(super) fn place(layers: &Layers, top: f64) -> Placed {
    let middles = middles(layers);
    let ports = Ports::new(layers, &middles);
    let (tops, bottoms) = rows(layers, &ports, top);
    let boxes = layers.items.iter().enumerate().take(layers.boxes).map(|(place, item)| {
        let (top, bottom) = (tops.at(item.layer), bottoms.at(item.layer));
        let left = middles.at(place) - item.width / 2.0;
        Rect { left, top: (top + bottom - item.height) / 2.0, width: item.width, height: item.height }
    });
    let boxes: Vec<Rect> = boxes.collect();
    let routes = layers.links.iter().map(|link| {
        let pieces = link.iter().filter_map(|number| Some((*number, *layers.pieces.get(*number)?)));
        let mut route = Route::default();
        for (number, Piece { upper, lower }) in pieces {
            let from = (ports.upper.at(number), bottoms.at(layers.layer(upper)));
            let to = (ports.lower.at(number), tops.at(layers.layer(lower)));
            if let Some(rect) = boxes.get(upper) {
                route.from = (from.0, rect.top + rect.height);
            }
            if let Some(rect) = boxes.get(lower) {
                route.to = (to.0, rect.top);
            }
            route.curves.push(Curve { from, to });
        }
        route
    });
    let routes = routes.collect();
    let right = |place: usize, width: f64| middles.at(place) + width / 2.0;
    let width = layers.items.iter().enumerate().map(|(place, item)| right(place, item.width));
    let width = width.fold(0.0, f64::max);
    Placed { boxes, routes, width, bottom: bottoms.0.last().copied().unwrap_or(top) }
}

/// The middle of each item. Each row in turn comes as near to what it is tied to as its order allows.
fn middles(layers: &Layers) -> Each<f64> {
    let mut middles: Each<f64> = Each::new(layers.items.len());
    let rows = layers.rows.len();
    for round in 0..ROUNDS {
        for step in 0..rows {
            let row = if round % 2 == 0 { step } else { rows.saturating_sub(1).saturating_sub(step) };
            let row = layers.rows.get(row).map(Vec::as_slice).unwrap_or_default();
            let wishes: Vec<Wish> = row.iter().map(|item| wish(layers, *item, &middles)).collect();
            for (item, middle) in row.iter().zip(apart(&wishes)) {
                middles.set(*item, middle);
            }
        }
    }
    let left = layers.items.iter().enumerate().map(|(place, item)| middles.at(place) - item.width / 2.0);
    let left = left.fold(f64::INFINITY, f64::min);
    Each(middles.0.into_iter().map(|middle| (middle - left).round()).collect())
}

/// Where an item wants to be, how much it wants it, and how far it reaches to each side.
#[derive(Debug, Clone, Copy)]
struct Wish {
    at: f64,
    weight: f64,
    reach: f64,
}

fn wish(layers: &Layers, item: usize, middles: &Each<f64>) -> Wish {
    let is_bend = |item: usize| item >= layers.boxes;
    let (mut sum, mut weight) = (0.0, 0.0);
    for piece in layers.above.of(item).iter().chain(layers.below.of(item)) {
        let Some(Piece { upper, lower }) = layers.pieces.get(*piece).copied() else { continue };
        let other = if upper == item { lower } else { upper };
        // Long lines are the straighter.
        let pull = match (is_bend(item), is_bend(other)) {
            (true, true) => 8.0,
            (false, false) => 1.0,
            _ => 2.0,
        };
        sum += pull * middles.at(other);
        weight += pull;
    }
    let between = if is_bend(item) { BESIDE_LINE } else { BESIDE };
    let reach = layers.items.get(item).map_or(0.0, |item| item.width / 2.0) + between / 2.0;
    if weight > 0.0 {
        Wish { at: sum / weight, weight, reach }
    } else {
        Wish { at: middles.at(item), weight: 1.0, reach }
    }
}

/// The places in order, with room for every reach, that are together nearest to what is wished (least squares).
///
/// With the reaches taken off, the places must only not fall: runs that would are pooled at their mean.
fn apart(wishes: &[Wish]) -> Vec<f64> {
    let mut offsets = Vec::with_capacity(wishes.len());
    let mut end = 0.0;
    for wish in wishes {
        offsets.push(end + wish.reach);
        end += 2.0 * wish.reach;
    }
    let mut runs: Vec<(f64, f64, usize)> = Vec::new();
    for (wish, offset) in wishes.iter().zip(&offsets) {
        let mut run = (wish.weight * (wish.at - offset), wish.weight, 1_usize);
        while let Some((sum, weight, count)) = runs.pop() {
            if sum / weight < run.0 / run.1 {
                runs.push((sum, weight, count));
                break;
            }
            run = (run.0 + sum, run.1 + weight, run.2.saturating_add(count));
        }
        runs.push(run);
    }
    let means = runs.into_iter().flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, count));
    means.zip(offsets).map(|(mean, offset)| mean + offset).collect()
}

/// Where the pieces leave their upper items, and reach their lower ones.
struct Ports {
    upper: Each<f64>,
    lower: Each<f64>,
}

impl Ports {
    /// Each end in turn comes as near to the other as its box allows, so that lines are straight where they can be.
    fn new(layers: &Layers, middles: &Each<f64>) -> Ports {
        let ends = |end: fn(&Piece) -> usize| {
            Each(layers.pieces.iter().map(|piece| middles.at(end(piece))).collect::<Vec<f64>>())
        };
        let mut ports = Ports { upper: ends(|piece| piece.upper), lower: ends(|piece| piece.lower) };
        for _ in 0..PORT_ROUNDS {
            for (item, size) in layers.items.iter().enumerate() {
                let edge = (middles.at(item), size.width);
                along(edge, layers.above.of(item), &mut ports.lower, &ports.upper);
                along(edge, layers.below.of(item), &mut ports.upper, &ports.lower);
            }
        }
        ports
    }
}

/// Puts the ends of pieces along an edge of a box, in order, each as near as may be to the other end.
fn along((middle, width): (f64, f64), pieces: &[usize], here: &mut Each<f64>, there: &Each<f64>) {
    let mut pieces: Vec<(f64, usize)> = pieces.iter().map(|piece| (there.at(*piece), *piece)).collect();
    pieces.sort_by(|one, other| one.0.total_cmp(&other.0));
    let count = f64::from(u32::try_from(pieces.len()).unwrap_or(u32::MAX));
    let half = (width / 2.0 - CORNER).max(0.0);
    let between = if count > 1.0 { PORTS.min(2.0 * half / (count - 1.0)) } else { 0.0 };
    let wishes: Vec<Wish> =
        pieces.iter().map(|(at, _)| Wish { at: *at, weight: 1.0, reach: between / 2.0 }).collect();
    for (((_, piece), place), index) in pieces.iter().zip(apart(&wishes)).zip(0_u32..) {
        // Pushed inside where they stick out, from both ends.
        let (before, after) = (between * f64::from(index), between * (count - 1.0 - f64::from(index)));
        here.set(*piece, place.max(middle - half + before).min(middle + half - after));
    }
}

/// The top and the bottom of each row. The wider the lines between two rows swing, the more room they get.
fn rows(layers: &Layers, ports: &Ports, top: f64) -> (Each<f64>, Each<f64>) {
    let mut swings: Each<f64> = Each::new(layers.rows.len());
    for (number, piece) in layers.pieces.iter().enumerate() {
        let row = layers.layer(piece.upper);
        swings.set(row, swings.at(row).max((ports.upper.at(number) - ports.lower.at(number)).abs()));
    }
    let (mut tops, mut bottoms) = (Vec::new(), Vec::new());
    let mut at = top;
    for (row, items) in layers.rows.iter().enumerate() {
        let heights = items.iter().filter_map(|item| layers.items.get(*item)).map(|item| item.height);
        tops.push(at);
        at += heights.fold(0.0, f64::max).ceil();
        bottoms.push(at);
        at += (30.0 + swings.at(row) * 0.08).min(76.0).round();
    }
    (Each(tops), Each(bottoms))
}
