//! Did you mean: the word nearest to a misspelt one.

/// The word nearest to a misspelt one, if one is near: at most a third of its letters differ.
///
/// ```
/// assert_eq!(placet::name::nearest("custmer", ["fan", "customer"].into_iter()), Some("customer"));
/// ```
#[must_use]
pub fn nearest<'w>(misspelt: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let far = misspelt.len().div_ceil(3);
    words
        .filter(|word| word.len().abs_diff(misspelt.len()) <= far)
        .map(|word| (distance(misspelt, word), word))
        .filter(|(steps, _)| *steps <= far)
        .min()
        .map(|(_, word)| word)
}

/// How many letters must be put in, left out or changed to make one text of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, a) in one.bytes().enumerate() {
        let mut left = above.saturating_add(1);
        let mut corner = above;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, b) in row.iter_mut().skip(1).zip(other.bytes()) {
            let change = corner.saturating_add(usize::from(a != b));
            corner = *cell;
            left = change.min(left.saturating_add(1)).min(cell.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}
