//! What consent is about: purpose x channel x recipient, and how far a stop reaches.

use super::checked::{Name, NameError, name_type};

name_type! {
    /// What somebody may be contacted or their data used *for*.
    Purpose
}
name_type! {
    /// The way a message or a look-up takes: e-mail, telephone, one social network.
    Channel
}
name_type! {
    /// Who may act on it: [`SELF`] is the controller, anybody else is named (SPEC S5).
    Recipient
}
name_type! {
    /// Who acts and answers for it. Every event names its controller; there is no field for a persona.
    Controller
}
name_type! {
    /// A social network, such as `facebook`. Its channel is [`Channel::social`].
    Network
}

/// The controller itself (SPEC S5).
pub const SELF: Recipient = Recipient(Name::known("self"));

/// What stands before the network in the name of a social channel.
const SOCIAL: &str = "social/";

impl Purpose {
    /// This purpose by a channel, to the controller itself.
    ///
    /// ```
    /// use placet::{channel::EMAIL, name::SELF, purpose::NEWSLETTER};
    /// assert_eq!(NEWSLETTER.by(EMAIL).recipient(), &SELF);
    /// ```
    #[must_use]
    pub fn by(self, channel: Channel) -> Scope {
        Scope { purpose: self, channel, recipient: SELF }
    }
}

impl Channel {
    /// The channel of a social network: `social/facebook`.
    ///
    /// # Errors
    /// [`NameError::TooLong`] where the network's name has more than 57 characters.
    ///
    /// ```
    /// use placet::{Channel, name::Network};
    /// let channel = Channel::social(&Network::new("facebook")?)?;
    /// assert_eq!(channel.as_str(), "social/facebook");
    /// assert_eq!(channel.network(), Some(Network::new("facebook")?));
    /// # Ok::<(), placet::name::NameError>(())
    /// ```
    pub fn social(network: &Network) -> Result<Channel, NameError> {
        Channel::new(&format!("{SOCIAL}{network}"))
    }

    /// The network of a social channel; `None` for any other.
    #[must_use]
    pub fn network(&self) -> Option<Network> {
        self.as_str().strip_prefix(SOCIAL).and_then(|text| Network::new(text).ok())
    }
}

/// What one grant permits and one ask asks for: exactly one purpose, channel and recipient (SPEC S4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    purpose: Purpose,
    channel: Channel,
    recipient: Recipient,
}

impl Scope {
    /// A scope of its three parts. `NEWSLETTER.by(EMAIL)` is the short way for the controller itself.
    #[must_use]
    pub fn new(purpose: Purpose, channel: Channel, recipient: Recipient) -> Scope {
        Scope { purpose, channel, recipient }
    }

    /// The same purpose and channel, to somebody else.
    #[must_use]
    pub fn to(self, recipient: Recipient) -> Scope {
        Scope { recipient, ..self }
    }

    /// A scope that no journey asks for.
    pub(crate) fn nothing() -> Scope {
        Scope { purpose: Purpose::known("none"), channel: Channel::known("none"), recipient: SELF }
    }

    pub(crate) fn into_parts(self) -> (Purpose, Channel, Recipient) {
        (self.purpose, self.channel, self.recipient)
    }

    /// What for.
    #[must_use]
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// Which way.
    #[must_use]
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// To whom.
    #[must_use]
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        in_full(f, &self.purpose, &self.channel, &self.recipient)
    }
}

/// `newsletter by email`, and to whom if that is not the controller itself.
pub(crate) fn in_full(
    f: &mut std::fmt::Formatter<'_>,
    purpose: &Purpose,
    way: &dyn std::fmt::Display,
    recipient: &Recipient,
) -> std::fmt::Result {
    write!(f, "{purpose} by {way}")?;
    if *recipient == SELF { Ok(()) } else { write!(f, " to {recipient}") }
}

/// What a stop covers: a part that is left out matches every value (SPEC S4).
///
/// ```
/// use placet::{Reach, channel::{EMAIL, SMS}, purpose::{NEWSLETTER, OFFERS}};
/// let no_mail = Reach::everything().by(EMAIL);
/// assert!(no_mail.covers(&NEWSLETTER.by(EMAIL)) && no_mail.covers(&OFFERS.by(EMAIL)));
/// assert!(!no_mail.covers(&OFFERS.by(SMS)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Reach {
    purpose: Option<Purpose>,
    channel: Option<Channel>,
    recipient: Option<Recipient>,
}

impl Reach {
    /// Every purpose, channel and recipient, those not yet invented included.
    #[must_use]
    pub fn everything() -> Reach {
        Reach::default()
    }

    /// A reach of its parts; `None` for any.
    pub(crate) fn of(
        purpose: Option<Purpose>,
        channel: Option<Channel>,
        recipient: Option<Recipient>,
    ) -> Reach {
        Reach { purpose, channel, recipient }
    }

    /// Narrowed to one purpose.
    #[must_use]
    pub fn purpose(self, purpose: Purpose) -> Reach {
        Reach { purpose: Some(purpose), ..self }
    }

    /// Narrowed to one channel.
    #[must_use]
    pub fn by(self, channel: Channel) -> Reach {
        Reach { channel: Some(channel), ..self }
    }

    /// Narrowed to one recipient.
    #[must_use]
    pub fn to(self, recipient: Recipient) -> Reach {
        Reach { recipient: Some(recipient), ..self }
    }

    /// Whether a stop of this reach matches a scope.
    #[must_use]
    pub fn covers(&self, scope: &Scope) -> bool {
        self.purpose.as_ref().is_none_or(|purpose| *purpose == scope.purpose)
            && self.channel.as_ref().is_none_or(|channel| *channel == scope.channel)
            && self.recipient.as_ref().is_none_or(|recipient| *recipient == scope.recipient)
    }

    /// The one scope that it covers, where it leaves nothing out.
    #[must_use]
    pub fn narrow(&self) -> Option<Scope> {
        let Reach { purpose, channel, recipient } = self.clone();
        Some(Scope::new(purpose?, channel?, recipient?))
    }

    /// The purpose, the channel and the recipient that it is narrowed to; `None` stands for any.
    #[must_use]
    pub fn parts(&self) -> (Option<&Purpose>, Option<&Channel>, Option<&Recipient>) {
        (self.purpose.as_ref(), self.channel.as_ref(), self.recipient.as_ref())
    }
}

impl From<Scope> for Reach {
    fn from(scope: Scope) -> Reach {
        Reach::everything().purpose(scope.purpose).by(scope.channel).to(scope.recipient)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{channel, purpose};

    #[test]
    fn every_constant_is_a_name() {
        let purposes = [
            purpose::NEWSLETTER,
            purpose::OFFERS,
            purpose::PROFILING,
            purpose::SOCIAL_LINKING,
            purpose::REFERRAL,
            purpose::RESEARCH,
            purpose::SHARING,
            purpose::CARE,
        ];
        let channels = [
            channel::EMAIL,
            channel::SMS,
            channel::PHONE,
            channel::POST,
            channel::PUSH,
            channel::IN_PERSON,
            channel::WEB,
        ];
        let names = purposes.iter().map(Purpose::name).chain(channels.iter().map(Channel::name));
        for name in names.chain([SELF.name(), crate::name::NO_STAGE.name()]) {
            assert_eq!(Name::new(name.as_str()).as_ref(), Ok(name));
        }
    }
}
