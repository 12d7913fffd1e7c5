//! Rows of foreign tables: read cell by cell, and made into acts.

use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use thiserror::Error;
use uuid::Uuid;

use super::RowFault;
use super::mapping::{Column, Mapped, Words};
use crate::consent::{
    Act, Actor, Evidence, Grant, Method, Notice, NoticeId, NoticeVersion, Stop, Touchpoint,
};
use crate::identity::{Identity, IdentityError};
use crate::name::{
    ActId, Channel, ContactId, Id, IdError, Instant, InstantError, Name, NameError, Purpose, Reach,
    Recipient, Scope,
};

/// Why a cell cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CellFault {
    /// No name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No id.
    #[error(transparent)]
    Id(#[from] IdError),
    /// No address of that kind.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// No instant.
    #[error(transparent)]
    Instant(#[from] InstantError),
    /// No word for yes, no or nothing said: unknown is not no, and never yes.
    #[error("this is none of the words for yes and no: it is not guessed")]
    NotYesOrNo,
    /// No actor or method of that name.
    #[error("no actor or method of this name is known")]
    Word,
    /// A yes is narrow (SPEC S4).
    #[error("a yes names exactly one: only a no can cover all of them with `*`")]
    TooWide,
}

/// A row of a foreign table, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The id of its act, if the table has one.
    pub act: Option<ActId>,
    /// Whose row it is.
    pub contact: ContactId,
    /// The address or account. A yes needs it.
    pub identity: Option<Identity>,
    /// What was said, the stops first.
    pub says: Vec<Saying>,
    /// When it was said.
    pub acted: Instant,
    /// The end of a yes; `None` for never.
    pub until: Option<Instant>,
    /// What is on file.
    pub evidence: Evidence,
}

/// One answer of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saying {
    /// Never again: an objection.
    Never(Reach),
    /// No: a withdrawal.
    No(Reach),
    /// Yes: a grant, if it is proven.
    Yes(Scope),
}

const CELL_ANY: &str = "*";

/// The cells of a row that give its fields.
#[derive(Default)]
pub(super) struct Cells {
    act: Option<ActId>,
    contact: Option<ContactId>,
    identity: Option<Identity>,
    acted: Option<Instant>,
    until: Option<Instant>,
    actor: Option<Actor>,
    method: Option<Method>,
    notice: Option<NoticeId>,
    notice_version: Option<NoticeVersion>,
    touchpoint: Option<Touchpoint>,
    purpose: Option<Name>,
    channel: Option<Name>,
    recipient: Option<Name>,
    /// The row's own answer, and the column that it stands in.
    answer: Option<(bool, usize)>,
    says: Vec<Saying>,
    /// A part of the row's scope cannot be read: its own answer is not known to be about anything.
    unclear: bool,
}

impl Mapped {
    /// A row as far as it can be read, and the first cell that cannot. Of a row with such a cell only the stops
    /// are left: a bad address must not lose a do-not-contact.
    pub(super) fn row<C: AsRef<str>>(&self, cells: &[C]) -> (Option<ImportRow>, Option<RowFault>) {
        let (expected, found) = (self.columns.len(), cells.len());
        if expected != found {
            return (None, Some(RowFault::Cells { expected, found }));
        }
        let mut row = Cells::default();
        let fixed = self.always.iter().map(|(means, text)| (means, text.as_str()));
        let given = self.columns.iter().zip(cells.iter().map(AsRef::as_ref));
        let mut first = None;
        for ((means, text), column) in given.chain(fixed).zip(1..) {
            if let Err(fault) = row.read(means, text, &self.words, column) {
                first = first.or(Some(RowFault::Cell { column, fault }));
                row.unclear |= matches!(means, Column::Purpose | Column::Channel | Column::Recipient);
            }
        }
        match row.own_answer() {
            Ok(own) => row.says.extend(own),
            Err(fault) => first = first.or(Some(fault)),
        }
        if first.is_some() {
            row.says.retain(|saying| !matches!(saying, Saying::Yes(_)));
        }
        let empty = first.is_some() && row.says.is_empty();
        (row.end().filter(|_| !empty), first)
    }
}

impl Words {
    /// Yes, no, or nothing said.
    fn read(&self, text: &str) -> Result<Option<bool>, CellFault> {
        let among = |words: &[String]| words.iter().any(|word| word == text);
        if among(&self.yes) {
            Ok(Some(true))
        } else if among(&self.no) {
            Ok(Some(false))
        } else if among(&self.silent) {
            Ok(None)
        } else {
            Err(CellFault::NotYesOrNo)
        }
    }
}

impl Cells {
    pub(super) fn read(
        &mut self,
        means: &Column,
        text: &str,
        words: &Words,
        column: usize,
    ) -> Result<(), CellFault> {
        let part = |text: &str| if text == CELL_ANY { Ok(None) } else { Name::new(text).map(Some) };
        match means {
            Column::Irrelevant => {}
            Column::Contact => self.contact = Some(ContactId::new(text)?),
            Column::Identity(kind) => self.identity = Some(Identity::parse(&format!("{kind}:{text}"))?),
            Column::Acted => self.acted = Some(Instant::parse(text)?),
            Column::Act => self.act = Some(ActId::new(text)?),
            Column::Says => self.answer = words.read(text)?.map(|answer| (answer, column)),
            Column::Purpose => self.purpose = part(text)?,
            Column::Channel => self.channel = part(text)?,
            Column::Recipient => self.recipient = part(text)?,
            Column::SaysOf(scope) => self.says.extend(words.read(text)?.map(|answer| match answer {
                true => Saying::Yes(scope.clone()),
                false => Saying::No(scope.clone().into()),
            })),
            Column::DoNot(reach) => {
                let never = words.read(text)?.filter(|answer| *answer);
                self.says.extend(never.map(|_| Saying::Never(reach.clone())));
            }
            Column::Until if text == crate::name::explicit_end::NEVER => self.until = None,
            Column::Until => self.until = Some(Instant::parse(text)?),
            Column::Actor => self.actor = Some(word(text)?),
            Column::Method => self.method = Some(word(text)?),
            Column::Notice => self.notice = Some(NoticeId::new(text)?),
            Column::NoticeVersion => self.notice_version = Some(NoticeVersion::new(text)?),
            Column::Touchpoint => self.touchpoint = Some(Touchpoint::new(text)?),
        }
        Ok(())
    }

    /// `None` where it is not known whose row it is, or of when.
    fn end(mut self) -> Option<ImportRow> {
        let (actor, method) = (self.actor.unwrap_or(Actor::Import), self.method.unwrap_or(Method::Import));
        let mut evidence = Evidence::new(actor, method);
        if let Some((id, version)) = self.notice.zip(self.notice_version) {
            evidence = evidence.shown(Notice::new(id, version));
        }
        if let Some(touchpoint) = self.touchpoint {
            evidence = evidence.at(touchpoint);
        }
        self.says.sort_by_key(|saying| matches!(saying, Saying::Yes(_)));
        Some(ImportRow {
            act: self.act,
            contact: self.contact?,
            acted: self.acted?,
            identity: self.identity,
            says: self.says,
            until: self.until,
            evidence,
        })
    }

    fn own_answer(&self) -> Result<Option<Saying>, RowFault> {
        let Some((yes, column)) = self.answer.filter(|_| !self.unclear) else {
            return Ok(None);
        };
        let purpose = self.purpose.clone().map(Purpose::from);
        let channel = self.channel.clone().map(Channel::from);
        let recipient = self.recipient.clone().map(Recipient::from);
        if !yes {
            let reach = purpose.into_iter().fold(Reach::everything(), Reach::purpose);
            let reach = channel.into_iter().fold(reach, Reach::by);
            return Ok(Some(Saying::No(recipient.into_iter().fold(reach, Reach::to))));
        }
        match (purpose, channel, recipient) {
            (Some(purpose), Some(channel), Some(recipient)) => {
                Ok(Some(Saying::Yes(Scope::new(purpose, channel, recipient))))
            }
            _ => Err(RowFault::Cell { column, fault: CellFault::TooWide }),
        }
    }
}

/// Reads one of the known words of an enum.
fn word<T: for<'de> serde::Deserialize<'de>>(text: &str) -> Result<T, CellFault> {
    let text: StrDeserializer<'_, ValueError> = text.into_deserializer();
    T::deserialize(text).map_err(|_| CellFault::Word)
}

impl ImportRow {
    const NAMESPACE: Uuid = Uuid::from_u128(0x1b6f_83c4_2d0e_5a17_8c55_706c_6163_6574);

    /// The acts of the row, the stops first. Their `recorded` is their `acted` until a ledger learns them.
    ///
    /// # Errors
    /// Of each: [`RowFault::Unproven`], [`RowFault::Act`] for a yes, [`RowFault::UnknownContact`] for one without identity.
    pub fn acts(&self) -> impl Iterator<Item = Result<Act, RowFault>> {
        self.says.iter().map(|saying| self.act_of(saying))
    }

    fn act_of(&self, saying: &Saying) -> Result<Act, RowFault> {
        let stop = |make: fn(ActId, Reach, Instant, Instant) -> Stop, word, reach: &Reach| {
            let stop = make(self.id(word, reach), reach.clone(), self.acted, self.acted);
            let stop = stop.with_evidence(self.evidence.clone());
            Ok(Act::Stop(match &self.identity {
                Some(identity) => stop.about(identity.clone()),
                None => stop,
            }))
        };
        match saying {
            Saying::Never(reach) => stop(Stop::object, "never", reach),
            Saying::No(reach) => stop(Stop::withdraw, "no", reach),
            Saying::Yes(scope) => {
                let identity = self.identity.clone().ok_or(RowFault::UnknownContact)?;
                let id = self.id("yes", &scope.clone().into());
                let evidence = self.evidence.clone();
                let grant = Grant::new(id, scope.clone(), identity, evidence, self.acted, self.acted)?;
                let grant = self.until.map_or(Ok(grant.clone()), |until| grant.until(until))?;
                Ok(grant.into())
            }
        }
    }

    /// The id of the table, or one that the same row always has. It holds nothing of the address.
    fn id(&self, word: &str, reach: &Reach) -> ActId {
        if let Some(id) = &self.act {
            return id.clone();
        }
        let (purpose, channel, recipient) = reach.parts();
        let purpose = purpose.map_or(CELL_ANY, Purpose::as_str);
        let channel = channel.map_or(CELL_ANY, Channel::as_str);
        let recipient = recipient.map_or(CELL_ANY, Recipient::as_str);
        let text = format!("{}\n{word}\n{purpose}\n{channel}\n{recipient}\n{}", self.contact, self.acted);
        let id = Uuid::new_v5(&ImportRow::NAMESPACE, text.as_bytes()).to_string();
        // INVARIANT: the text of a UUID is an id.
        ActId::new(&id).unwrap_or_else(|_| ActId::of(Id::ERASED))
    }
}
