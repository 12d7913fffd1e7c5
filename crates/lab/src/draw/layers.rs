//! Which box stands beside which: boxes in layers, long lines with a bend in each layer they pass, few crossings.

use super::ranks::Each;

/// So often the layers are gone through, down and up.
const ROUNDS: usize = 24;

/// A box to be placed.
pub(super) struct Item {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) layer: usize,
}

/// A piece of a line, from one layer to the next.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) upper: usize,
    pub(super) lower: usize,
}

/// Boxes and bends, layer by layer, each from left to right.
pub(super) struct Layers {
    /// The boxes by place, and then the bends.
    pub(super) items: Vec<Item>,
    /// So many of the items are boxes.
    pub(super) boxes: usize,
    pub(super) rows: Vec<Vec<usize>>,
    pub(super) pieces: Vec<Piece>,
    /// The pieces of each link, from its upper end to its lower.
    pub(super) links: Vec<Vec<usize>>,
    /// The pieces that end at an item from above, and from below.
    pub(super) above: Each<Vec<usize>>,
    pub(super) below: Each<Vec<usize>>,
}

impl Layers {
    /// Puts a bend into every layer that a link passes, and orders the layers.
    pub(super) fn new(items: Vec<Item>, links: &[(usize, usize)]) -> Layers {
        let boxes = items.len();
        let mut layers = Layers {
            items,
            boxes,
            rows: Vec::new(),
            pieces: Vec::new(),
            links: Vec::new(),
            above: Each::default(),
            below: Each::default(),
        };
        for (one, other) in links {
            layers.link(*one, *other);
        }
        layers.above = Each::new(layers.items.len());
        layers.below = Each::new(layers.items.len());
        for (number, Piece { upper, lower }) in layers.pieces.iter().enumerate() {
            layers.below.push(*upper, number);
            layers.above.push(*lower, number);
        }
        let deepest = layers.items.iter().map(|item| item.layer).max().unwrap_or_default();
        let mut rows = Each(vec![Vec::new(); deepest.saturating_add(1)]);
        for (place, item) in layers.items.iter().enumerate() {
            rows.push(item.layer, place);
        }
        layers.rows = rows.0;
        layers.order();
        layers
    }

    pub(super) fn layer(&self, place: usize) -> usize {
        self.items.get(place).map_or(0, |item| item.layer)
    }

    fn link(&mut self, one: usize, other: usize) {
        let down = self.layer(one) <= self.layer(other);
        let (mut upper, lower) = if down { (one, other) } else { (other, one) };
        let first = self.pieces.len();
        for layer in self.layer(upper).saturating_add(1)..self.layer(lower) {
            let bend = self.items.len();
            self.items.push(Item { width: 2.0, height: 0.0, layer });
            self.pieces.push(Piece { upper, lower: bend });
            upper = bend;
        }
        self.pieces.push(Piece { upper, lower });
        self.links.push((first..self.pieces.len()).collect());
    }

    /// The items that pieces lead to from one item, upwards or downwards.
    fn neighbours(&self, place: usize, up: bool) -> impl Iterator<Item = usize> {
        let pieces = if up { self.above.of(place) } else { self.below.of(place) };
        let pieces = pieces.iter().filter_map(|piece| self.pieces.get(*piece));
        pieces.map(move |piece| if up { piece.upper } else { piece.lower })
    }

    /// Each item is moved to the mean of what it is tied to, again and again; the best order found is kept.
    fn order(&mut self) {
        let mut best = (self.crossings(), self.rows.clone());
        for round in 0..ROUNDS {
            let up = round % 2 == 1;
            let mut at = self.places();
            let rows = self.rows.len();
            for step in 0..rows {
                let row = if up { rows.saturating_sub(1).saturating_sub(step) } else { step };
                let items = self.rows.get(row).cloned().unwrap_or_default();
                let mut keyed: Vec<(f64, usize)> =
                    items.iter().map(|item| (self.mean(*item, !up, &at), *item)).collect();
                keyed.sort_by(|one, other| one.0.total_cmp(&other.0));
                let items: Vec<usize> = keyed.into_iter().map(|(_, item)| item).collect();
                items.iter().zip(0_u32..).for_each(|(item, place)| at.set(*item, f64::from(place)));
                if let Some(row) = self.rows.get_mut(row) {
                    *row = items;
                }
            }
            self.swap_neighbours();
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.rows.clone());
            }
        }
        self.rows = best.1;
    }

    /// The place of each item in its row.
    fn places(&self) -> Each<f64> {
        let mut places = Each::new(self.items.len());
        for row in &self.rows {
            row.iter().zip(0_u32..).for_each(|(item, place)| places.set(*item, f64::from(place)));
        }
        places
    }

    fn mean(&self, place: usize, up: bool, at: &Each<f64>) -> f64 {
        let (sum, count) = self
            .neighbours(place, up)
            .fold((0.0, 0.0), |(sum, count), other| (sum + at.at(other), count + 1.0));
        if count > 0.0 { sum / count } else { at.at(place) }
    }

    /// Swaps what stands side by side wherever that takes crossings away.
    fn swap_neighbours(&mut self) {
        let at = self.places();
        for row in 0..self.rows.len() {
            let mut items = self.rows.get(row).cloned().unwrap_or_default();
            for right in 1..items.len() {
                let left = right.saturating_sub(1);
                let (Some(one), Some(other)) = (items.get(left), items.get(right)) else { continue };
                if self.crossed(*other, *one, &at) < self.crossed(*one, *other, &at) {
                    items.swap(left, right);
                }
            }
            if let Some(row) = self.rows.get_mut(row) {
                *row = items;
            }
        }
    }

    /// How often the pieces of two items cross, where the first stands left of the second.
    fn crossed(&self, left: usize, right: usize, at: &Each<f64>) -> usize {
        let one_way = |up: bool| {
            let of_left = self.neighbours(left, up);
            let crossed = of_left
                .map(|one| self.neighbours(right, up).filter(|other| at.at(*other) < at.at(one)).count());
            crossed.fold(0, usize::saturating_add)
        };
        one_way(true).saturating_add(one_way(false))
    }

    /// How many pairs of pieces cross, in all.
    fn crossings(&self) -> usize {
        let at = self.places();
        let mut crossings: usize = 0;
        for row in &self.rows {
            let mut seen: Vec<f64> = Vec::new();
            for item in row {
                let mut ends: Vec<f64> = self.neighbours(*item, false).map(|lower| at.at(lower)).collect();
                ends.sort_by(f64::total_cmp);
                for end in &ends {
                    let before = seen.partition_point(|other| other <= end);
                    crossings = crossings.saturating_add(seen.len().saturating_sub(before));
                }
                seen.extend(ends);
                seen.sort_by(f64::total_cmp);
            }
        }
        crossings
    }
}
