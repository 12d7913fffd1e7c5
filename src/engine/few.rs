//! A short list whose first items stand in place, so that a decision allocates nothing.

/// How many items stand in place.
const INLINE: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct Few<T> {
    first: [Option<T>; INLINE],
    rest: Vec<T>,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Few { first: [const { None }; INLINE], rest: Vec::new() }
    }
}

impl<T> Few<T> {
    pub(super) fn push(&mut self, item: T) {
        match self.first.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(item),
            None => self.rest.push(item),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().flatten().chain(&self.rest)
    }
}
