//! Rows of foreign tables: read cell by cell. What a cell says of a stop is read as far as it can be; a yes is read to
//! the letter.

use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use thiserror::Error;

use super::RowFault;
use super::loosely;
use super::mapping::{Column, Mapped, Words};
use crate::consent::{Actor, Evidence, Method, Notice, NoticeId, NoticeVersion, Touchpoint};
use crate::identity::{Identity, IdentityError, IdentityKind, cleaned};
use crate::name::{
    ActId, Channel, ContactId, IdError, Instant, InstantError, Name, NameError, Purpose, Reach, Recipient,
    Scope,
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
    /// No word for yes or no in a do-not-contact mark: it counts as set.
    #[error("this is none of the words for yes and no: the do-not-contact mark is taken as set")]
    TakenAsSet,
    /// No actor or method of that name.
    #[error("no actor or method of this name is known")]
    Word,
    /// A yes is narrow (SPEC S4).
    #[error("a yes names exactly one: only a no can cover all of them with `*`")]
    TooWide,
}

/// A no of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum No {
    /// Never again: an objection.
    Never(Reach),
    /// No: a withdrawal.
    Withdrawn(Reach),
}

/// A row of a foreign table as far as it can be read.
#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) act: Option<ActId>,
    pub(super) contact: Option<ContactId>,
    /// Who may be meant, where it is not known which cell is the id.
    pub(super) perhaps: Vec<ContactId>,
    /// All addresses, those included that are not written as they should be: for a no.
    pub(super) addresses: Vec<Identity>,
    /// The addresses that a yes can be for.
    pub(super) exact: Vec<Identity>,
    pub(super) acted: Option<Instant>,
    /// The end of a yes; `None` for never.
    pub(super) until: Option<Instant>,
    pub(super) noes: Vec<No>,
    /// Empty where anything of the row cannot be read.
    pub(super) yeses: Vec<Scope>,
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
    /// What cannot be read, and what a yes cannot be read with.
    pub(super) faults: Vec<RowFault>,
    unfit_for_yes: Vec<(usize, CellFault)>,
}

impl Mapped {
    pub(super) fn row<C: AsRef<str>>(&self, cells: &[C]) -> Row {
        let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
        let (expected, found) = (self.columns.len(), cells.len());
        let mut row = Row::default();
        if expected == found {
            for ((_, means), (text, column)) in self.columns.iter().zip(cells.iter().zip(1..)) {
                row.cell(self, means, text, column);
            }
        } else {
            row.faults.push(RowFault::Cells { expected, found });
            row.torn(self, &cells);
        }
        for ((means, text), column) in self.always.iter().zip(expected.saturating_add(1)..) {
            row.cell(self, means, text, column);
        }
        row.own_answer(self);
        row.judge_yeses(self);
        row
    }

    /// Whether the value that a mapping fixes for a column can be read.
    pub(super) fn fixed(&self, means: &Column, text: &str) -> Result<(), CellFault> {
        match means {
            Column::DoNot(_) => self.words.mark(text).1.map_or(Ok(()), Err),
            _ => Row::default().read(&self.words, means, text, 0),
        }
    }

    fn fault(&self, column: usize, fault: CellFault) -> RowFault {
        let name = column.checked_sub(1).and_then(|place| self.columns.get(place));
        let name = name.map_or("always", |(name, _)| name.as_str());
        RowFault::Cell { column, name: name.to_owned(), fault }
    }
}

impl Row {
    /// Reads a cell. What is not written as it should be is a fault, and still read for a no.
    fn cell(&mut self, table: &Mapped, means: &Column, text: &str, column: usize) {
        let fault = match means {
            Column::Identity(kind) if text.trim().is_empty() && table.addresses() > 1 => {
                let fault = Identity::parse(&format!("{kind}:{text}")).err();
                self.unfit_for_yes.extend(fault.map(|fault| (column, fault.into())));
                return;
            }
            Column::DoNot(reach) => {
                let (set, fault) = table.words.mark(text);
                if set {
                    self.noes.push(No::Never(reach.clone()));
                }
                fault
            }
            _ => match self.read(&table.words, means, text, column) {
                Ok(()) => None,
                // The last second of that day, in UTC: enough for a no.
                Err(fault) if *means == Column::Acted && day(text).is_some() => {
                    self.acted = day(text);
                    self.unfit_for_yes.push((column, fault));
                    None
                }
                Err(fault) => {
                    self.read_loosely(means, text);
                    Some(fault)
                }
            },
        };
        self.faults.extend(fault.map(|fault| table.fault(column, fault)));
    }

    /// Reads a cell to the letter.
    fn read(&mut self, words: &Words, means: &Column, text: &str, column: usize) -> Result<(), CellFault> {
        match means {
            Column::Irrelevant | Column::DoNot(_) => {}
            Column::Contact => self.contact = Some(ContactId::new(text)?),
            Column::Identity(kind) => {
                let identity = Identity::parse(&format!("{kind}:{text}"))?;
                self.exact.push(identity.clone());
                self.addresses.push(identity);
            }
            Column::Acted => self.acted = Some(Instant::parse(text)?),
            Column::Act => self.act = Some(ActId::new(text)?),
            Column::Says => self.answer = words.answer(text)?.map(|answer| (answer, column)),
            Column::Purpose => self.purpose = part(text)?,
            Column::Channel => self.channel = part(text)?,
            Column::Recipient => self.recipient = part(text)?,
            Column::SaysOf(scope) => match words.answer(text)? {
                Some(true) => self.yeses.push(scope.clone()),
                Some(false) => self.noes.push(No::Withdrawn(scope.clone().into())),
                None => {}
            },
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

    /// What a cell that is not written as it should be says all the same, of whom a no is from and what it is about.
    fn read_loosely(&mut self, means: &Column, text: &str) {
        match means {
            Column::Contact => self.contact = ContactId::new(&cleaned(text)).ok(),
            Column::Identity(kind) => self.addresses.extend(loosely::addresses(kind, text)),
            Column::Purpose => self.purpose = loosely::name(text),
            Column::Channel => self.channel = loosely::name(text),
            Column::Recipient => self.recipient = loosely::name(text),
            _ => {}
        }
    }

    /// Reads a row that has not one cell for every column. Which cell belongs to which column is not known, nor which id
    /// or date is the row's: every cell in which a column's own can stand is looked at, and what can be a no is one.
    fn torn(&mut self, table: &Mapped, cells: &[&str]) {
        let missing = table.columns.len().saturating_sub(cells.len());
        let beyond = cells.len().saturating_sub(table.columns.len());
        for (place, (_, means)) in table.columns.iter().enumerate() {
            let first = place.saturating_sub(missing);
            let count = place.saturating_add(beyond).saturating_add(1).saturating_sub(first);
            let candidates = || cells.iter().skip(first).take(count);
            match means {
                Column::Contact => {
                    self.perhaps.extend(candidates().filter_map(|text| ContactId::new(&cleaned(text)).ok()));
                }
                Column::Identity(kind) => {
                    self.addresses.extend(candidates().flat_map(|text| loosely::addresses(kind, text)));
                }
                Column::DoNot(reach) if candidates().any(|text| table.words.mark(text).0) => {
                    self.noes.push(No::Never(reach.clone()));
                }
                Column::SaysOf(scope) if candidates().any(|text| table.words.says_no(text)) => {
                    self.noes.push(No::Withdrawn(scope.clone().into()));
                }
                Column::Says if candidates().any(|text| table.words.says_no(text)) => {
                    self.answer = Some((false, place.saturating_add(1)));
                }
                _ => {}
            }
        }
    }

    /// The row's own answer becomes a yes or a no. A no covers all of what its row does not name.
    fn own_answer(&mut self, table: &Mapped) {
        let Some((yes, column)) = self.answer else { return };
        let purpose = self.purpose.take().map(Purpose::from);
        let channel = self.channel.take().map(Channel::from);
        let recipient = self.recipient.take().map(Recipient::from);
        if !yes {
            let reach = purpose.into_iter().fold(Reach::everything(), Reach::purpose);
            let reach = channel.into_iter().fold(reach, Reach::by);
            self.noes.push(No::Withdrawn(recipient.into_iter().fold(reach, Reach::to)));
            return;
        }
        match (purpose, channel, recipient) {
            (Some(purpose), Some(channel), Some(recipient)) => {
                self.yeses.push(Scope::new(purpose, channel, recipient));
            }
            // A part that cannot be read is a fault already.
            _ if self.faults.is_empty() => self.faults.push(table.fault(column, CellFault::TooWide)),
            _ => {}
        }
    }

    /// A row of which anything cannot be read grants nothing.
    fn judge_yeses(&mut self, table: &Mapped) {
        if !self.yeses.is_empty() {
            // An empty cell among several addresses is no fault while another one is there.
            let spare = |fault: &CellFault| matches!(fault, CellFault::Identity(_)) && !self.exact.is_empty();
            let unfit = self.unfit_for_yes.iter().filter(|(_, fault)| !spare(fault));
            self.faults.extend(unfit.map(|(column, fault)| table.fault(*column, *fault)));
        }
        if !self.faults.is_empty() {
            self.yeses.clear();
        }
    }

    /// What is on file for the acts of the row.
    pub(super) fn evidence(&self) -> Evidence {
        let (actor, method) = (self.actor.unwrap_or(Actor::Import), self.method.unwrap_or(Method::Import));
        let mut evidence = Evidence::new(actor, method);
        if let Some((id, version)) = self.notice.clone().zip(self.notice_version.clone()) {
            evidence = evidence.shown(Notice::new(id, version));
        }
        match &self.touchpoint {
            Some(touchpoint) => evidence.at(touchpoint.clone()),
            None => evidence,
        }
    }

    /// The address that a yes to this scope is for: the only one, or the only one of the kind that its channel needs.
    pub(super) fn address_for(&self, table: &Mapped, scope: &Scope) -> Result<&Identity, RowFault> {
        let needed = IdentityKind::needed_by(scope.channel());
        let fits = |identity: &&Identity| table.addresses() == 1 || *identity.kind() == needed;
        let mut fitting = self.exact.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(RowFault::SeveralAddresses),
            (None, _) => Err(RowFault::NoAddress),
        }
    }
}

/// A part of a scope, or any.
fn part(text: &str) -> Result<Option<Name>, NameError> {
    if text == loosely::ANY { Ok(None) } else { Name::new(text).map(Some) }
}

/// A date alone, as the last second of that day in UTC: a no of the day is later than a yes of the day.
pub(super) fn day(text: &str) -> Option<Instant> {
    let text = text.trim();
    if text.len() == "2013-05-01".len() { Instant::parse(&format!("{text}T23:59:59Z")).ok() } else { None }
}

/// Reads one of the known words of an enum.
fn word<T: for<'de> serde::Deserialize<'de>>(text: &str) -> Result<T, CellFault> {
    let text: StrDeserializer<'_, ValueError> = text.into_deserializer();
    T::deserialize(text).map_err(|_| CellFault::Word)
}
