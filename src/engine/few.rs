//! A short list whose first items stand in place, so that a decision allocates nothing.

/// How many items stand in place.
const INLINE: usize = 2;

#[derive(Debug, Clone, Default)]
pub(super) struct Few<T> {
    length: usize,
    first: [T; INLINE],
    rest: Vec<T>,
}

impl<T: Copy> Few<T> {
    #[inline]
    pub(super) fn push(&mut self, item: T) {
        match self.first.get_mut(self.length) {
            Some(place) => *place = item,
            None => self.rest.push(item),
        }
        self.length = self.length.saturating_add(1);
    }

    #[inline]
    pub(super) fn get(&self, place: usize) -> Option<T> {
        let first = self.first.get(place).filter(|_| place < self.length);
        first.or_else(|| self.rest.get(place.checked_sub(INLINE)?)).copied()
    }
}
