//! Domains of e-mail addresses: one form for each, in ASCII. `bücher.example` is `xn--bcher-kva.example`.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::IdentityError;

/// A domain in lower case, its parts beyond ASCII as A-labels (RFC 5890). These are mapped as IDNA does it (UTS 46:
/// compatibility forms and case folded away, `ß` kept); whether a registry would register them is not asked.
pub(super) fn in_ascii(domain: &str) -> Result<Cow<'_, str>, IdentityError> {
    if domain.is_ascii() {
        if !domain.as_bytes().split(|byte| *byte == b'.').all(is_label) {
            return Err(IdentityError::EmailDomain);
        }
        let upper = domain.bytes().any(|byte| byte.is_ascii_uppercase());
        return Ok(if upper { Cow::Owned(domain.to_ascii_lowercase()) } else { Cow::Borrowed(domain) });
    }
    let mapped: String = domain.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    // The full stop of Chinese and Japanese separates, too.
    let labels = mapped.split(['.', '\u{3002}']).map(|label| {
        let label = if label.is_ascii() { Some(label.to_owned()) } else { a_label(label) };
        label.filter(|label| is_label(label.as_bytes())).ok_or(IdentityError::EmailDomain)
    });
    Ok(Cow::Owned(labels.collect::<Result<Vec<_>, _>>()?.join(".")))
}

fn is_label(label: &[u8]) -> bool {
    (1..=63).contains(&label.len())
        && label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && !label.starts_with(b"-")
        && !label.ends_with(b"-")
}

/// A label of letters, digits, marks and hyphens in ASCII.
fn a_label(label: &str) -> Option<String> {
    let good = |c: char| c.is_alphanumeric() || is_combining_mark(c) || c == '-';
    let fine = label.chars().all(good) && !label.starts_with(is_combining_mark);
    let fine = fine && !label.starts_with('-') && !label.ends_with('-');
    if fine && label.chars().count() <= 63 { Some(format!("xn--{}", punycode(label)?)) } else { None }
}

/// Punycode (RFC 3492, section 6.3), with the parameters of its section 5.
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const FIRST: u32 = 26;
    let mut written: String = label.chars().filter(char::is_ascii).collect();
    let plain = u32::try_from(written.len()).ok()?;
    if plain > 0 {
        written.push('-');
    }
    let all = u32::try_from(label.chars().count()).ok()?;
    let (mut code, mut delta, mut bias, mut handled) = (0x80_u32, 0_u32, 72_u32, plain);
    while handled < all {
        let next = label.chars().map(u32::from).filter(|c| *c >= code).min()?;
        let steps = next.checked_sub(code)?.checked_mul(handled.checked_add(1)?)?;
        delta = delta.checked_add(steps)?;
        code = next;
        for c in label.chars().map(u32::from) {
            if c < code {
                delta = delta.checked_add(1)?;
            }
            if c != code {
                continue;
            }
            let (mut rest, mut k) = (delta, BASE);
            loop {
                let threshold = k.saturating_sub(bias).clamp(1, FIRST);
                let range = BASE.saturating_sub(threshold);
                let Some(over) = rest.checked_sub(threshold) else { break };
                written.push(digit(threshold.saturating_add(over.checked_rem(range)?))?);
                rest = over.checked_div(range)?;
                k = k.saturating_add(BASE);
            }
            written.push(digit(rest)?);
            bias = adapted(delta, handled.saturating_add(1), handled == plain)?;
            delta = 0;
            handled = handled.saturating_add(1);
        }
        delta = delta.checked_add(1)?;
        code = code.checked_add(1)?;
    }
    Some(written)
}

/// The bias for the next character (RFC 3492, section 6.1).
fn adapted(delta: u32, handled: u32, first: bool) -> Option<u32> {
    let damped = if first { delta.checked_div(700)? } else { delta.checked_div(2)? };
    let mut delta = damped.checked_add(damped.checked_div(handled)?)?;
    let mut k = 0_u32;
    while delta > 455 {
        delta = delta.checked_div(35)?;
        k = k.checked_add(36)?;
    }
    let more = 36_u32.checked_mul(delta)?.checked_div(delta.checked_add(38)?)?;
    k.checked_add(more)
}

/// `a` to `z`, then `0` to `9`.
fn digit(value: u32) -> Option<char> {
    char::from_digit(value.checked_add(10)?.checked_rem(36)?, 36)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        for (label, written) in [
            ("bücher", "bcher-kva"),
            ("münchen", "mnchen-3ya"),
            ("faß", "fa-hia"),
            ("βόλος", "nxasmm1c"),
            ("例え", "r8jz45g"),
            // RFC 3492, section 7.1: (A), (B), (L).
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
        ] {
            assert_eq!(punycode(label).as_deref(), Some(written), "{label}");
        }
    }
}
