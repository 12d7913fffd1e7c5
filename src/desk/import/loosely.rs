//! Reading for a no: from what is not written as it should be, what can be understood of who said no, and to what.
//! Nothing that is read here can permit.

use crate::identity::{Identity, IdentityKind, cleaned};
use crate::name::Name;

/// How "any" is written in a part of a scope.
pub(super) const ANY: &str = "*";

/// What is taken for yes in a do-not-contact mark, whatever the words of the table are.
pub(super) const YES: [&str; 6] = ["yes", "true", "1", "y", "x", "on"];

/// What is taken for no.
pub(super) const NO: [&str; 4] = ["no", "false", "0", "n"];

/// A word without case, blanks around it, and characters that nobody sees.
pub(super) fn word(text: &str) -> String {
    cleaned(text).to_lowercase()
}

/// The name that is meant, such as `newsletter` for `Newsletter `; `None` for any, and where none can be read: a no
/// about something unknown is about all.
pub(super) fn name(text: &str) -> Option<Name> {
    Name::new(&text.trim().to_ascii_lowercase()).ok()
}

/// The addresses of a kind in a text: with blanks or brackets around them, with `mailto:` or `tel:` before them, or
/// several in one cell.
pub(super) fn addresses(kind: &IdentityKind, text: &str) -> Vec<Identity> {
    let text = cleaned(text);
    match kind {
        IdentityKind::Email => {
            let around = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | ':' | '"' | '|');
            let mut found = Vec::new();
            // An apostrophe stands inside an address, as that of o'brien, and around one: a no is for either reading.
            for part in text.split(around) {
                for reading in [part, part.trim_matches('\'')] {
                    found.extend(Identity::email(reading).ok().filter(|address| !found.contains(address)));
                }
            }
            found
        }
        IdentityKind::Phone => {
            let number = |part: &str| {
                // A 0 in brackets is never dialled from abroad.
                let part = part.trim().trim_start_matches("tel:").replace("(0)", "");
                Identity::phone(part.trim()).ok()
            };
            text.split([';', ',', '|']).filter_map(number).collect()
        }
        kind => Identity::parse(&format!("{kind}:{text}")).into_iter().collect(),
    }
}

/// The addresses in the written form of an identity, with its kind before it or without.
pub(super) fn identities(text: &str) -> Vec<Identity> {
    let text = cleaned(text);
    match Identity::parse(&text) {
        Ok(identity) => vec![identity],
        Err(_) => {
            let bare = text.strip_prefix("phone:").unwrap_or(&text);
            let mails = addresses(&IdentityKind::Email, &text).into_iter();
            mails.chain(addresses(&IdentityKind::Phone, bare)).collect()
        }
    }
}
