//! A short list whose first items stand in place, so that a decision allocates nothing.

/// How many items stand in place.
const INLINE: usize = 2;

#[derive(Debug, Clone)]
pub(super) struct Few<T> {
    length: usize,
    first: [T; INLINE],
    rest: Vec<T>,
}

impl<T: Copy + Default> Default for Few<T> {
    #[inline]
    fn default() -> Self {
        Few { length: 0, first: [T::default(); INLINE], rest: Vec::new() }
    }
}

impl<T> Few<T> {
    #[inline]
    pub(super) fn push(&mut self, item: T) {
        match self.first.get_mut(self.length) {
            Some(place) => *place = item,
            None => self.rest.push(item),
        }
        self.length = self.length.saturating_add(1);
    }

    #[inline]
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().take(self.length).chain(&self.rest)
    }
}
