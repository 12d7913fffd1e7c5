//! A short list that stands in place up to two items, so that most decisions allocate nothing.

/// Up to two items in place, or more behind. It is built in one go, and not moved about item by item.
#[derive(Debug, Clone, Default)]
pub(super) enum Few<T> {
    #[default]
    None,
    One(T),
    Two([T; 2]),
    More(Vec<T>),
}

impl<T: Copy + Default> Few<T> {
    /// What is made of each of some parts. Most often there is one.
    #[inline]
    pub(super) fn each<P>(parts: &[P], mut item: impl FnMut(&P) -> T) -> Few<T> {
        match parts {
            [] => Few::None,
            [one] => Few::One(item(one)),
            [one, other] => Few::Two([item(one), item(other)]),
            parts => Few::More(parts.iter().map(item).collect()),
        }
    }

    /// The item of a place; the default where there is none.
    #[inline]
    pub(super) fn get(&self, place: usize) -> T {
        let items = match self {
            Few::None => &[],
            Few::One(one) => std::slice::from_ref(one),
            Few::Two(two) => two.as_slice(),
            Few::More(more) => more,
        };
        items.get(place).copied().unwrap_or_default()
    }
}
