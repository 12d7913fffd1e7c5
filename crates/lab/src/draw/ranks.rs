//! How far down each stage is drawn: below every stage that leads to it, circles aside.

use super::picture::Picture;

/// Numbers or lists by place. What is not there reads as nothing.
///
/// INVARIANT: it is made for every place there is, so that nothing is lost.
#[derive(Debug, Clone, Default)]
pub(super) struct Each<T>(pub(super) Vec<T>);

impl<T: Clone + Default> Each<T> {
    pub(super) fn new(size: usize) -> Each<T> {
        Each(vec![T::default(); size])
    }

    pub(super) fn at(&self, place: usize) -> T {
        self.0.get(place).cloned().unwrap_or_default()
    }

    pub(super) fn set(&mut self, place: usize, value: T) {
        if let Some(old) = self.0.get_mut(place) {
            *old = value;
        }
    }
}

impl<T> Each<Vec<T>> {
    pub(super) fn of(&self, place: usize) -> &[T] {
        self.0.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn push(&mut self, place: usize, value: T) {
        if let Some(list) = self.0.get_mut(place) {
            list.push(value);
        }
    }
}

/// The rank of each stage: the longest way to it by rules. Fall-backs do not count: they lead back.
///
/// A rule that leads to a stage from which one came is left out, so that circles have a beginning; where two
/// could be left out, the rule that stands first leads down.
pub(super) fn ranks(picture: &Picture<'_>) -> Each<usize> {
    let mut next: Each<Vec<usize>> = Each::new(picture.stages.len());
    for card in picture.cards.iter().filter(|card| !card.falls_back) {
        for from in &card.from {
            card.to.into_iter().for_each(|to| next.push(*from, to));
        }
    }
    let order = leading_on(&next);
    let mut place = Each::new(picture.stages.len());
    order.iter().zip(0..).for_each(|(stage, at)| place.set(*stage, at));
    let mut ranks: Each<usize> = Each::new(picture.stages.len());
    for (stage, drawn) in picture.stages.iter().enumerate() {
        ranks.set(stage, usize::from(drawn.declared));
    }
    for stage in order {
        let below = ranks.at(stage).saturating_add(1);
        for to in next.of(stage).iter().filter(|to| place.at(**to) > place.at(stage)) {
            // No stage stays on top, whatever leads back to it.
            if *to != 0 && ranks.at(*to) < below {
                ranks.set(*to, below);
            }
        }
    }
    ranks
}

/// The stages in an order in which every rule leads on, but for those that close a circle: depth first from no
/// stage, and what was left last comes first.
fn leading_on(next: &Each<Vec<usize>>) -> Vec<usize> {
    enum Step {
        Enter(usize),
        Leave(usize),
    }
    let mut seen: Each<bool> = Each::new(next.0.len());
    let mut left = Vec::new();
    for root in 0..next.0.len() {
        let mut steps = vec![Step::Enter(root)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(stage) if !seen.at(stage) => {
                    seen.set(stage, true);
                    steps.push(Step::Leave(stage));
                    steps.extend(next.of(stage).iter().rev().map(|to| Step::Enter(*to)));
                }
                Step::Enter(_) => {}
                Step::Leave(stage) => left.push(stage),
            }
        }
    }
    left.reverse();
    left
}
