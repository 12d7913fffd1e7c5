//! Floor 1: addresses and accounts, each with an exact key (goes live under it) and a wide one (stops cross over it).

mod domain;
mod phone;
mod spelling;
mod suppression;

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "schema")]
pub(crate) use spelling::INVISIBLE;
pub(crate) use spelling::cleaned;
pub use suppression::SuppressionKey;

use thiserror::Error;

use crate::name::channel::{EMAIL, PHONE, SMS};
use crate::name::{Channel, Name, NameError, Network, Text};

/// One address or account of a person, in canonical spelling.
///
/// - *exact key*: what consent is given for, in Unicode's composed form (NFC). The local part of an e-mail address keeps
///   its case; the domain is lower case and ASCII, so that `bücher.example` and `xn--bcher-kva.example` are one.
/// - *wide key*: the whole of it without case and compatibility forms (NFKC; `ß` is `ss`). A stop for `Ada@x.org` binds
///   a later import of `ada@x.org`, or of one in full-width letters.
///
/// Characters that nobody sees or that turn the direction of writing are refused: two addresses that look alike are one.
///
/// Neither `Debug` nor any error shows the address. It is written as one string, kind first:
/// `email:ada@example.org`, `phone:+3225550100`, `account/facebook:ada.l`.
///
/// ```
/// use placet::Identity;
/// let (one, other) = (Identity::email("Ada@Example.org")?, Identity::email("ada@example.org")?);
/// assert_ne!(one, other);
/// assert_eq!(one.wide_key(), other.wide_key());
/// assert_eq!(format!("{one:?}"), "Identity(email)");
/// # Ok::<(), placet::identity::IdentityError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    kind: IdentityKind,
    address: Address,
}

/// Most addresses stand in place.
type Address = Text<30>;

/// What kind of address an identity is; a channel reaches one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IdentityKind {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An account at a social network.
    Account(Network),
    /// What is left of an identity whose contact was erased: a fingerprint. No channel reaches it.
    Erased,
    /// A kind of the integrator's own: a loyalty card, a device, a postal address.
    Other(Name),
}

/// The key over which stops and erasures cross from contact to contact (SPEC S13). Personal data; `Debug` hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WideKey(Arc<str>);

/// Why a text is not an identity. The text itself is never repeated in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// No `@` with something on both sides, or characters that an unquoted address cannot have.
    #[error("an e-mail address is written local@domain, without blanks, quotes or control characters")]
    EmailForm,
    /// Over 254 bytes, or over 64 before the `@`.
    #[error("an e-mail address has at most 254 bytes, 64 of them before the @")]
    EmailTooLong,
    /// A domain with something in it but letters, digits, hyphens and dots, or with a part of none or over 63 of them.
    #[error(
        "the domain of an e-mail address is parts of 1 to 63 letters, digits and hyphens with dots between them, counted as they are written in ASCII, such as xn--caf-dma.example"
    )]
    EmailDomain,
    /// A soft hyphen, a zero-width blank or joiner, a byte order mark, a mark of direction, a variation selector, a
    /// control character.
    #[error(
        "an address has a character that is not seen or that turns the direction of writing, such as a zero-width blank or a soft hyphen: take it out"
    )]
    Invisible,
    /// Not `+` and 7 to 15 digits: letters, an extension, digits of another script, a `tel:` before it.
    #[error(
        "a telephone number is written + and 7 to 15 digits 0-9 that begin with the country code, such as +442079460958; between them only blanks, dots, hyphens, slashes, and brackets around an area code; an extension is left out"
    )]
    Phone,
    /// Without a country code; `011` and other prefixes of one country are not known.
    #[error(
        "a telephone number begins with + and the country code: write +442079460958 for 020 7946 0958 in Britain"
    )]
    PhoneNational,
    /// A 0 that is dialled only within the country: `(0)`, or behind a country code that none follows.
    #[error(
        "a telephone number is written without the 0 that is dialled only within the country: write +442079460958 for +44 (0)20 7946 0958"
    )]
    PhoneTrunkZero,
    /// Empty, over 255 bytes, or with blanks or control characters.
    #[error("a handle or key has 1 to 255 bytes, without blanks or control characters")]
    Handle,
    /// The kind is not a name, is one of the built-in kinds, or has a colon.
    #[error("a kind of identity is a name without a colon, other than email, phone, erased and account/…")]
    Kind,
    /// What follows `erased:` is no fingerprint.
    #[error("an erased identity is written erased: and 32 hex digits, in lower case")]
    Erased,
    /// No `kind:` before the address.
    #[error("an identity is written kind:address, such as email:…, phone:… or account/network:…")]
    NoKind,
}

impl Identity {
    /// An e-mail address. Its domain is lower-cased and written in ASCII; the part before the `@` keeps its case.
    ///
    /// ```
    /// use placet::{Identity, identity::IdentityError};
    /// let (one, two) = (Identity::email("jürgen@bücher.example")?, Identity::email("ju\u{308}rgen@xn--bcher-kva.example")?);
    /// assert_eq!(one, two, "an ü is one character or two");
    /// assert_eq!(Identity::email("ada\u{ad}@example.org"), Err(IdentityError::Invisible), "a soft hyphen");
    /// # Ok::<(), IdentityError>(())
    /// ```
    ///
    /// # Errors
    /// [`IdentityError`] for any other form: quoted local parts are not read.
    pub fn email(text: &str) -> Result<Identity, IdentityError> {
        let text = spelling::spelled(text)?;
        let (local, domain) = text.rsplit_once('@').ok_or(IdentityError::EmailForm)?;
        if text.len() > 254 || local.len() > 64 {
            return Err(IdentityError::EmailTooLong);
        }
        if !is_dotted(local) {
            return Err(IdentityError::EmailForm);
        }
        let ascii = domain::in_ascii(domain)?;
        if local.len().saturating_add(ascii.len()) > 253 {
            return Err(IdentityError::EmailTooLong);
        }
        let address =
            if ascii == domain { (&*text).into() } else { format!("{local}@{ascii}").as_str().into() };
        Ok(Identity { kind: IdentityKind::Email, address })
    }

    /// A telephone number in international form, strictly E.164: `+` or `00`, the country code, the number. Blanks, dots,
    /// hyphens, slashes and brackets around an area code are dropped.
    ///
    /// ```
    /// use placet::{Identity, identity::IdentityError};
    /// assert_eq!(Identity::phone("0044 (20) 7946-0958")?.address(), "+442079460958");
    /// assert_eq!(Identity::phone("+44 (0)20 7946 0958"), Err(IdentityError::PhoneTrunkZero));
    /// # Ok::<(), IdentityError>(())
    /// ```
    ///
    /// # Errors
    /// [`IdentityError::PhoneNational`] without a country code, [`IdentityError::PhoneTrunkZero`] for a `(0)`,
    /// [`IdentityError::Phone`] for anything else, such as an extension. A number is never guessed.
    pub fn phone(text: &str) -> Result<Identity, IdentityError> {
        let number = phone::e164(&spelling::spelled(text)?)?;
        Ok(Identity { kind: IdentityKind::Phone, address: number.as_str().into() })
    }

    /// An account at a social network; leading `@` are dropped.
    ///
    /// # Errors
    /// [`IdentityError::Handle`] where the handle is empty, too long, or has blanks;
    /// [`IdentityError::Kind`] where the network has a colon: two identities would be written alike.
    pub fn account(network: Network, handle: &str) -> Result<Identity, IdentityError> {
        if network.as_str().contains(':') {
            return Err(IdentityError::Kind);
        }
        let handle = handle.trim_start_matches(['@', '\u{ff20}', '\u{fe6b}']);
        Ok(Identity { kind: IdentityKind::Account(network), address: checked_key(handle)? })
    }

    /// An identity of a kind of one's own: `Identity::of_kind("card", "7-0042")`.
    ///
    /// # Errors
    /// [`IdentityError::Kind`] for a built-in kind or no name, [`IdentityError::Handle`] for a bad key.
    pub fn of_kind(kind: &str, key: &str) -> Result<Identity, IdentityError> {
        match IdentityKind::new(kind)? {
            kind @ IdentityKind::Other(_) => Ok(Identity { kind, address: checked_key(key)? }),
            _ => Err(IdentityError::Kind),
        }
    }

    /// Reads the written form, `kind:address`.
    ///
    /// # Errors
    /// [`IdentityError`], as the constructor of that kind.
    pub fn parse(text: &str) -> Result<Identity, IdentityError> {
        let (kind, address) = text.split_once(':').ok_or(IdentityError::NoKind)?;
        match IdentityKind::new(kind)? {
            IdentityKind::Email => Identity::email(address),
            IdentityKind::Phone => Identity::phone(address),
            IdentityKind::Account(network) => Identity::account(network, address),
            IdentityKind::Erased => {
                address.parse().map(Identity::of_print).map_err(|_| IdentityError::Erased)
            }
            kind @ IdentityKind::Other(_) => Ok(Identity { kind, address: checked_key(address)? }),
        }
    }

    /// What kind of address it is.
    #[must_use]
    pub fn kind(&self) -> &IdentityKind {
        &self.kind
    }

    /// The address itself, canonical. Personal data: for a gateway, never for a log.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    /// The written form, which is the exact key as well. Personal data.
    #[must_use]
    pub fn exact_key(&self) -> String {
        format!("{}:{}", self.kind, self.address())
    }

    /// Compares exact keys, as text.
    pub(crate) fn compare_keys(&self, other: &Identity) -> std::cmp::Ordering {
        self.key_bytes().cmp(other.key_bytes())
    }

    fn key_bytes(&self) -> impl Iterator<Item = u8> {
        let (kind, name) = match &self.kind {
            IdentityKind::Email => ("email", ""),
            IdentityKind::Phone => ("phone", ""),
            IdentityKind::Account(network) => ("account/", network.as_str()),
            IdentityKind::Erased => ("erased", ""),
            IdentityKind::Other(name) => ("", name.as_str()),
        };
        [kind, name, ":", self.address()].into_iter().flat_map(str::bytes)
    }

    /// The key over which stops cross: the whole of it without case and compatibility forms.
    #[must_use]
    pub fn wide_key(&self) -> WideKey {
        WideKey(spelling::folded(&self.exact_key()).into())
    }
}

impl IdentityKind {
    /// Reads a kind: `email`, `phone`, `account/network`, `erased`, or a name of one's own.
    ///
    /// # Errors
    /// [`IdentityError::Kind`] where it is not a name or has a colon.
    pub fn new(text: &str) -> Result<IdentityKind, IdentityError> {
        let name = |text: &str| -> Result<Name, NameError> { Name::new(text) };
        match text {
            "email" => Ok(IdentityKind::Email),
            "phone" => Ok(IdentityKind::Phone),
            "erased" => Ok(IdentityKind::Erased),
            _ if text.contains(':') => Err(IdentityError::Kind),
            _ => match text.strip_prefix("account/") {
                Some(network) => name(network).map(|name| IdentityKind::Account(name.into())),
                None => name(text).map(IdentityKind::Other),
            }
            .map_err(|_| IdentityError::Kind),
        }
    }

    /// The kind of address a channel needs where a catalogue says nothing else:
    /// e-mail an address, telephone and SMS a number, a social channel an account there,
    /// any other channel an identity of the channel's own name.
    #[must_use]
    pub fn needed_by(channel: &Channel) -> IdentityKind {
        match channel.network() {
            Some(network) => IdentityKind::Account(network),
            None if *channel == EMAIL => IdentityKind::Email,
            None if *channel == PHONE || *channel == SMS => IdentityKind::Phone,
            None => IdentityKind::Other(channel.name().clone()),
        }
    }
}

fn checked_key(text: &str) -> Result<Address, IdentityError> {
    let bad = |c: char| c.is_whitespace() || c.is_control();
    let text = spelling::spelled(text)?;
    if text.is_empty() || text.len() > 255 || text.contains(bad) {
        return Err(IdentityError::Handle);
    }
    Ok((&*text).into())
}

/// Whether this is a local part without quotes: atoms, with single dots between them.
fn is_dotted(local: &str) -> bool {
    let special = |c: char| {
        let quoted = matches!(c, '"' | '(' | ')' | ',' | ':' | ';' | '<' | '>' | '@' | '[' | '\\' | ']');
        quoted || c.is_whitespace() || c.is_control()
    };
    let mut after_a_dot = true;
    for c in local.chars() {
        if !c.is_ascii_alphanumeric() && (special(c) || (c == '.' && after_a_dot)) {
            return false;
        }
        after_a_dot = c == '.';
    }
    !after_a_dot
}

impl fmt::Display for IdentityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IdentityKind::Email => f.write_str("email"),
            IdentityKind::Phone => f.write_str("phone"),
            IdentityKind::Account(network) => write!(f, "account/{network}"),
            IdentityKind::Erased => f.write_str("erased"),
            IdentityKind::Other(name) => write!(f, "{name}"),
        }
    }
}
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.kind)
    }
}
impl WideKey {
    /// The version of the folding by which wide keys are made. It is raised whenever any address gets another key: an
    /// index or a list that was made under another version must be made again from the addresses.
    pub const FOLDING: u32 = spelling::FOLDING;

    /// The key as text, for an index of one's own. Personal data.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key that was written as [`WideKey::as_str`] gives it, under this [`WideKey::FOLDING`].
    #[must_use]
    pub fn from_index(text: &str) -> WideKey {
        WideKey(text.into())
    }
}
impl fmt::Debug for WideKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WideKey")
    }
}
impl serde::Serialize for Identity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}:{}", self.kind, self.address()))
    }
}
impl<'de> serde::Deserialize<'de> for Identity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Identity, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Identity;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an identity, written kind:address")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Identity, E> {
                Identity::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}
impl serde::Serialize for IdentityKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> serde::Deserialize<'de> for IdentityKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<IdentityKind, D::Error> {
        let name = Name::deserialize(deserializer)?;
        IdentityKind::new(name.as_str()).map_err(serde::de::Error::custom)
    }
}
