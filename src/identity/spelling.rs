//! Spelling: which characters an address may have, the one form it is kept in, and what is folded in its wide key.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::IdentityError;

/// The version of the folding below. Raise it with every change of what [`folded`] gives for any text, one that comes
/// with newer Unicode data included: fingerprints of before are not found under the new folding.
pub(super) const FOLDING: u32 = 2;

/// Characters that nobody sees, or that change the direction of what is seen: the general category Cf, the property
/// `Default_Ignorable_Code_Point` (variation selectors, fillers, tags), and the blank of Braille.
pub(crate) const INVISIBLE: [(char, char); 26] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || (!c.is_ascii() && INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&c)))
}

/// A text in the one form it is kept in: composed (NFC), so that `ü` as one character and as two is one address.
pub(super) fn spelled(text: &str) -> Result<Cow<'_, str>, IdentityError> {
    if text.contains(is_invisible) {
        return Err(IdentityError::Invisible);
    }
    let kept = text.is_ascii() || is_nfc(text);
    Ok(if kept { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) })
}

/// What is left of an address that was copied with blanks around it, invisible characters in it, or full-width signs:
/// enough to find who said no, never enough to permit.
pub(crate) fn cleaned(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
    seen.trim().to_owned()
}

/// A text with all that does not tell two mailboxes apart folded away: case, compatibility forms such as full-width
/// letters and ligatures (NFKC), `ß` and `ss`, the two small sigmas.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let once = |text: &str| -> String {
        let upper = text.nfkc().flat_map(char::to_lowercase).flat_map(char::to_uppercase);
        upper.flat_map(char::to_lowercase).nfkc().collect()
    };
    // Twice is enough for all but a few characters; the rest settle soon.
    let mut folded = once(text);
    for _ in 0..4 {
        let again = once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unicode_data_are_those_that_the_folding_was_made_with() {
        // Newer data give newly assigned characters another fold: look whether FOLDING must be raised, then correct this.
        assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
    }

    #[test]
    fn every_character_is_folded_for_good_and_as_widely_as_its_forms() {
        // Beyond are no letters.
        for c in '\u{80}'..'\u{34000}' {
            let fold = folded(c.encode_utf8(&mut [0; 4]));
            assert_eq!(folded(&fold), fold, "{c:?}");
            for form in [
                c.to_lowercase().to_string(),
                c.to_uppercase().to_string(),
                std::iter::once(c).nfd().collect(),
                std::iter::once(c).nfkc().collect(),
            ] {
                assert_eq!(folded(&form), fold, "{c:?}");
            }
        }
    }
}
