//! Telephone numbers: E.164, read strictly. A number that could be another one is refused.

use super::IdentityError;

/// `+` and the digits, from a number in international form.
pub(super) fn e164(text: &str) -> Result<String, IdentityError> {
    let after =
        text.strip_prefix('+').or_else(|| text.strip_prefix("00")).ok_or_else(|| not_international(text))?;
    let digits = digits(after)?;
    // No number of North America goes on with 1: that is the `0011` of other countries, read as `00`.
    if !(7..=15).contains(&digits.len()) || digits.starts_with('0') || digits.starts_with("11") {
        return Err(IdentityError::Phone);
    }
    if has_trunk_zero(&digits) {
        return Err(IdentityError::PhoneTrunkZero);
    }
    Ok(format!("+{digits}"))
}

/// What is wrong with a number that begins with neither `+` nor `00`.
fn not_international(text: &str) -> IdentityError {
    let written = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '.' | '-' | '/' | '(' | ')');
    if text.chars().all(written) { IdentityError::PhoneNational } else { IdentityError::Phone }
}

/// The digits, without what stands between them for the eye: blanks, dots, hyphens, slashes, and brackets around an
/// area code.
fn digits(text: &str) -> Result<String, IdentityError> {
    let mut digits = String::with_capacity(text.len());
    let mut opened_at = None;
    for c in text.chars() {
        match c {
            // What is in brackets and begins with 0 is dialled within the country, and not from abroad.
            '0' if opened_at == Some(digits.len()) => return Err(IdentityError::PhoneTrunkZero),
            '0'..='9' => digits.push(c),
            ' ' => {}
            '.' | '-' | '/' if opened_at.is_none() => {}
            '(' if opened_at.is_none() => opened_at = Some(digits.len()),
            ')' if opened_at.is_some_and(|at| at < digits.len()) => opened_at = None,
            _ => return Err(IdentityError::Phone),
        }
    }
    if opened_at.is_some() { Err(IdentityError::Phone) } else { Ok(digits) }
}

/// Whether a 0 follows the country code of a country whose numbers never have one there when called from abroad
/// (`+44 020 …`). Elsewhere, as in Italy, it may be part of the number.
fn has_trunk_zero(digits: &str) -> bool {
    let code = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        // San Marino and the Vatican write their numbers as Italy does.
        [b'3', b'7', b'8' | b'9', ..] => return false,
        [b'3', b'5' | b'7' | b'8', ..] | [b'4', b'2', ..] => 3,
        _ => return false,
    };
    digits.as_bytes().get(code) == Some(&b'0')
}
