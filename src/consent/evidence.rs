//! Asymmetric evidence: what is not proven to be the person's own act can stop, and can never permit.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::identity::Identity;
use crate::name::{ActId, Fingerprint, Hex, HexError, name_type, word_only};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Actor {
    /// The person.
    Person,
    /// Whoever holds parental responsibility or guardianship.
    Guardian,
    /// Somebody else: a friend, a colleague, a partner.
    SomebodyElse,
    /// A list that was imported; who acted is not known.
    Import,
    /// The controller itself.
    Controller,
}

/// How it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "snake_case")]
pub enum Method {
    /// A box that was empty and that the person ticked.
    UntickedBox,
    /// A setting in the person's own account.
    AccountSetting,
    /// A form with a signature.
    SignedForm,
    /// Said, and recorded.
    OralRecorded,
    /// On paper, without a signature.
    Paper,
    /// The round trip of a double opt-in.
    DoubleOptIn,
    /// A box that was ticked beforehand (CJEU C-673/17: no consent).
    PreTickedBox,
    /// Going on scrolling or browsing (EDPB 05/2020: no consent).
    Scrolling,
    /// Accepting terms that mention it (GDPR 7(2): not distinguishable).
    TermsAcceptance,
    /// A link was fetched: mail scanners do that too. A stop by it is honoured, and labelled
    /// ([`Evidence::is_automatic`]); a go is not.
    LinkFetched,
    /// A row of an imported list.
    Import,
}

word_only!(Actor, Method);

name_type! {
    /// Names a notice: the text a person was shown.
    NoticeId
}
name_type! {
    /// The version of a notice.
    NoticeVersion
}
name_type! {
    /// Where it happened: a form, a counter, a page. A label, never free text.
    Touchpoint
}

/// The SHA-256 of a notice's text, as 64 hex digits in lower case: it shows that the text on file is the one that was
/// shown. Whoever stores the text makes it; here it is kept and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct NoticeDigest(Hex<32>);

impl std::str::FromStr for NoticeDigest {
    type Err = HexError;
    fn from_str(text: &str) -> Result<NoticeDigest, HexError> {
        Hex::parse(text).map(NoticeDigest)
    }
}
impl std::fmt::Display for NoticeDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The text that was shown, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Notice {
    id: NoticeId,
    version: NoticeVersion,
    digest: Option<NoticeDigest>,
}

impl Notice {
    /// A notice and its version.
    #[must_use]
    pub fn new(id: NoticeId, version: NoticeVersion) -> Notice {
        Notice { id, version, digest: None }
    }

    /// With the digest of its text.
    #[must_use]
    pub fn with_digest(self, digest: NoticeDigest) -> Notice {
        Notice { digest: Some(digest), ..self }
    }

    /// Which notice.
    #[must_use]
    pub fn id(&self) -> &NoticeId {
        &self.id
    }

    /// Which version of it.
    #[must_use]
    pub fn version(&self) -> &NoticeVersion {
        &self.version
    }

    /// The digest of its text, if it is on file.
    #[must_use]
    pub fn digest(&self) -> Option<NoticeDigest> {
        self.digest
    }
}

/// What a double opt-in leaves on file: the fingerprint of a secret, bound to one grant and one identity.
///
/// The host makes a random secret for each grant that waits for its confirm, and sends it to the identity of that
/// grant and nowhere else. The grant keeps the fingerprint ([`Evidence::bound_by`]); a confirm is made of the secret
/// that came back, and counts only if its fingerprint is the grant's. The secret itself is kept nowhere: it cannot
/// be found from the ledger, and the one that went to another address, or for another grant, gives another fingerprint.
///
/// ```
/// use placet::{Actor, Evidence, Identity, Method, consent::{Deed, RoundTrip, Unproven}};
/// let (ada, bob) = (Identity::email("ada@example.org")?, Identity::email("bob@example.org")?);
/// let secret = *b"sixteen random b"; // from the host's random source
/// let sent = RoundTrip::of(&secret, &"a-1".parse()?, &ada);
/// assert_eq!(sent, RoundTrip::of(&secret, &"a-1".parse()?, &ada));
/// assert_ne!(sent, RoundTrip::of(&secret, &"a-2".parse()?, &ada), "for another grant");
/// assert_ne!(sent, RoundTrip::of(&secret, &"a-1".parse()?, &bob), "to another address");
///
/// let claimed = Evidence::new(Actor::Person, Method::DoubleOptIn);
/// assert_eq!(claimed.proves(Deed::Confirm), Err(Unproven::RoundTrip));
/// assert_eq!(claimed.bound_by(sent).proves(Deed::Confirm), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct RoundTrip(Fingerprint);

impl RoundTrip {
    /// What a secret leaves for a grant and the identity that it is given for.
    #[must_use]
    pub fn of(secret: &[u8; 16], grant: &ActId, identity: &Identity) -> RoundTrip {
        grant.with_text(|grant| {
            RoundTrip(Fingerprint::of(secret, &["round trip", grant, &identity.exact_key()]))
        })
    }
}

/// What is on file for an act: who, how, what text, where, and what came back.
///
/// # What proves an act
///
/// | act | actor | method | notice |
/// |---|---|---|---|
/// | grant, unobject | person, guardian | unticked box, account setting, signed form, oral and recorded, paper, double opt-in | given |
/// | confirm | person, guardian | the same six; for a double opt-in its [`RoundTrip`] | that of its grant |
/// | unrestrict | controller | any | given (GDPR 18(3): told before it is lifted) |
/// | any stop | anybody | any | none needed |
///
/// Pre-ticked boxes, scrolling, terms acceptance, fetched links and imports prove nothing (GDPR 4(11), 7(1), 7(2)).
///
/// ```
/// use placet::{Actor, Evidence, Method, consent::{Deed, Unproven}};
/// let scanner = Evidence::new(Actor::Person, Method::LinkFetched);
/// assert_eq!(scanner.proves(Deed::Confirm), Err(Unproven::Method));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence {
    actor: Actor,
    method: Method,
    notice: Option<Notice>,
    touchpoint: Option<Touchpoint>,
    round_trip: Option<RoundTrip>,
}

/// The acts that need proof: all goes. Stops need none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// To permit one scope.
    Grant,
    /// To complete a double opt-in.
    Confirm,
    /// To take an objection back.
    Unobject,
    /// To end a restriction.
    Unrestrict,
}

/// What the evidence lacks to prove a go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unproven {
    /// Not an act of the person or a guardian.
    #[error("only the person or a guardian can do this: record a stop, or ask the person")]
    Actor,
    /// Not a clear affirmative act.
    #[error(
        "this method proves no affirmative act: ask the person again with an unticked box, a signature or a round trip"
    )]
    Method,
    /// No notice is on file.
    #[error("the notice that was shown is missing: name its id and version")]
    Notice,
    /// A double opt-in is confirmed by what came back from the address.
    #[error("a double opt-in is proven by the secret that came back: put its round trip on file")]
    RoundTrip,
    /// Only the controller lifts a restriction.
    #[error("only the controller lifts a restriction, and tells the person before")]
    NotTheController,
}

impl Evidence {
    /// Who and how; notice and touchpoint are added by the methods below.
    #[must_use]
    pub fn new(actor: Actor, method: Method) -> Evidence {
        Evidence { actor, method, notice: None, touchpoint: None, round_trip: None }
    }

    /// With the notice that was shown.
    #[must_use]
    pub fn shown(self, notice: Notice) -> Evidence {
        Evidence { notice: Some(notice), ..self }
    }

    /// With the place where it happened.
    #[must_use]
    pub fn at(self, touchpoint: Touchpoint) -> Evidence {
        Evidence { touchpoint: Some(touchpoint), ..self }
    }

    /// With the round trip that a confirm must complete, or that it completes.
    #[must_use]
    pub fn bound_by(self, round_trip: RoundTrip) -> Evidence {
        Evidence { round_trip: Some(round_trip), ..self }
    }

    /// Who did it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// How it was done.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// What was shown.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Where it happened.
    #[must_use]
    pub fn touchpoint(&self) -> Option<&Touchpoint> {
        self.touchpoint.as_ref()
    }

    /// What went out, or what came back.
    #[must_use]
    pub fn round_trip(&self) -> Option<RoundTrip> {
        self.round_trip
    }

    /// Whether a machine may have done it: a link was fetched. Mail scanners fetch every link of a mail, those that
    /// unsubscribe too; such a stop is in force, and somebody may want to ask the person again.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.method == Method::LinkFetched
    }

    /// Whether this proves an act of that kind: the table above, in code.
    ///
    /// # Errors
    /// [`Unproven`]: what is missing first.
    pub fn proves(&self, deed: Deed) -> Result<(), Unproven> {
        let own = matches!(self.actor, Actor::Person | Actor::Guardian);
        let affirmative = match self.method {
            Method::UntickedBox
            | Method::AccountSetting
            | Method::SignedForm
            | Method::OralRecorded
            | Method::Paper
            | Method::DoubleOptIn => true,
            Method::PreTickedBox
            | Method::Scrolling
            | Method::TermsAcceptance
            | Method::LinkFetched
            | Method::Import => false,
        };
        let informed = self.notice.is_some();
        let went_round = self.method != Method::DoubleOptIn || self.round_trip.is_some();
        match deed {
            Deed::Unrestrict if self.actor != Actor::Controller => Err(Unproven::NotTheController),
            Deed::Grant | Deed::Confirm | Deed::Unobject if !own => Err(Unproven::Actor),
            Deed::Grant | Deed::Confirm | Deed::Unobject if !affirmative => Err(Unproven::Method),
            Deed::Confirm if !went_round => Err(Unproven::RoundTrip),
            Deed::Grant | Deed::Unobject | Deed::Unrestrict if !informed => Err(Unproven::Notice),
            Deed::Grant | Deed::Confirm | Deed::Unobject | Deed::Unrestrict => Ok(()),
        }
    }
}
