//! Asymmetric evidence: what is not proven to be the person's own act can stop, and can never permit.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::vocab::{Name, name_type, word_only};

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// A link was fetched: mail scanners do that too.
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

/// The text that was shown, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Notice {
    id: NoticeId,
    version: NoticeVersion,
}

impl Notice {
    /// A notice and its version.
    #[must_use]
    pub fn new(id: NoticeId, version: NoticeVersion) -> Notice {
        Notice { id, version }
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
}

/// What is on file for an act: who, how, what text, where.
///
/// # What proves an act
///
/// | act | actor | method | notice |
/// |---|---|---|---|
/// | grant, unobject | person, guardian | unticked box, account setting, signed form, oral and recorded, paper, double opt-in | given |
/// | confirm | person, guardian | the same six | that of its grant |
/// | unrestrict | controller | any | given (GDPR 18(3): told before it is lifted) |
/// | any stop | anybody | any | none needed |
///
/// Pre-ticked boxes, scrolling, terms acceptance, fetched links and imports prove nothing (GDPR 4(11), 7(1), 7(2)).
///
/// ```
/// use placet::{Actor, Deed, Evidence, Method, Unproven};
/// let scanner = Evidence::new(Actor::Person, Method::LinkFetched);
/// assert_eq!(scanner.proves(Deed::Confirm), Err(Unproven::Method));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Evidence {
    actor: Actor,
    method: Method,
    notice: Option<Notice>,
    touchpoint: Option<Touchpoint>,
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
    /// Only the controller lifts a restriction.
    #[error("only the controller lifts a restriction, and tells the person before")]
    NotTheController,
}

impl Evidence {
    /// Who and how; notice and touchpoint are added by the methods below.
    #[must_use]
    pub fn new(actor: Actor, method: Method) -> Evidence {
        Evidence { actor, method, notice: None, touchpoint: None }
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
        match deed {
            Deed::Unrestrict if self.actor != Actor::Controller => Err(Unproven::NotTheController),
            Deed::Grant | Deed::Confirm | Deed::Unobject if !own => Err(Unproven::Actor),
            Deed::Grant | Deed::Confirm | Deed::Unobject if !affirmative => Err(Unproven::Method),
            Deed::Grant | Deed::Unobject | Deed::Unrestrict if !informed => Err(Unproven::Notice),
            Deed::Grant | Deed::Confirm | Deed::Unobject | Deed::Unrestrict => Ok(()),
        }
    }
}

/// Evidence as a ledger keeps it: names are words of the ledger's lexicon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packed {
    pub(super) actor: Actor,
    pub(super) method: Method,
    pub(super) notice: Option<(crate::vocab::Word, crate::vocab::Word)>,
    pub(super) touchpoint: Option<crate::vocab::Word>,
}

impl Evidence {
    pub(super) fn pack(&self, lexicon: &mut crate::vocab::Lexicon) -> Packed {
        let notice = self.notice.as_ref().and_then(|notice| {
            Some((lexicon.intern(notice.id.name())?, lexicon.intern(notice.version.name())?))
        });
        let touchpoint = self.touchpoint.as_ref().and_then(|label| lexicon.intern(label.name()));
        Packed { actor: self.actor, method: self.method, notice, touchpoint }
    }

    pub(super) fn unpack(packed: Packed, lexicon: &crate::vocab::Lexicon) -> Evidence {
        let name = |word| -> Option<Name> { lexicon.name(word).cloned() };
        let notice = packed
            .notice
            .and_then(|(id, version)| Some(Notice::new(name(id)?.into(), name(version)?.into())));
        let touchpoint = packed.touchpoint.and_then(name).map(Touchpoint::from);
        Evidence { actor: packed.actor, method: packed.method, notice, touchpoint }
    }
}
