//! A short list whose first items stand in place, so that a decision allocates nothing.

/// Up to two items, and others behind. It is built in one go, and not moved about item by item.
#[derive(Debug, Clone, Default)]
pub(super) struct Few<T> {
    first: T,
    second: T,
    rest: Vec<T>,
}

impl<T: Copy + Default> Few<T> {
    /// What is made of each of some parts. Most often there is one.
    #[inline]
    pub(super) fn each<P>(parts: &[P], mut item: impl FnMut(&P) -> T) -> Few<T> {
        match parts {
            [] => Few::default(),
            [one] => Few::one(item(one)),
            [one, other, rest @ ..] => {
                let (first, second) = (item(one), item(other));
                Few { first, second, rest: rest.iter().map(item).collect() }
            }
        }
    }

    #[inline]
    pub(super) fn one(first: T) -> Few<T> {
        Few { first, second: T::default(), rest: Vec::new() }
    }

    /// The item of a place; the default where there is none.
    #[inline]
    pub(super) fn get(&self, place: usize) -> T {
        match place {
            0 => self.first,
            1 => self.second,
            _ => place.checked_sub(2).and_then(|place| self.rest.get(place)).copied().unwrap_or_default(),
        }
    }
}
