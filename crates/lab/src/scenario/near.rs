//! Did you mean: the word nearest to a misspelt one.

/// The word nearest to a misspelt one, if one is near: at most a third of its letters differ.
pub(super) fn nearest<'w>(misspelt: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let far = misspelt.len().div_ceil(3);
    let misspelt = misspelt.as_bytes().to_vec();
    words
        .filter(|word| word.len().abs_diff(misspelt.len()) <= far)
        .map(|word| (strsim::generic_levenshtein(&misspelt, &word.as_bytes().to_vec()), word))
        .filter(|(steps, _)| *steps <= far)
        .min()
        .map(|(_, word)| word)
}
