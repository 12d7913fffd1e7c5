//! Foreign tables: every column is mapped, or declared irrelevant, before the first row is read.

use std::collections::BTreeSet;

use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use thiserror::Error;
use uuid::Uuid;

use super::RowFault;
use crate::identity::{Identity, IdentityError, IdentityKind};
use crate::ledger::{Act, Actor, Evidence, Grant, Method, Notice, NoticeId, NoticeVersion, Stop, Touchpoint};
use crate::vocab::{
    ActId, Channel, ContactId, Instant, InstantError, Name, NameError, Purpose, Reach, Recipient, Scope,
};

/// What one column of a foreign table means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Column {
    /// Says nothing about consent, and is left out on purpose. Say it of no column that could be a no.
    Irrelevant,
    /// The contact's id. Needed.
    Contact,
    /// An address or account of this kind, without the kind before it.
    Identity(IdentityKind),
    /// When the person said it, RFC 3339. Needed: when the table was written is something else.
    Acted,
    /// The id of the act. Without it the id comes from contact, scope, answer and date, so that a row imported again
    /// is the same act.
    Act,
    /// Yes or no to the purpose, channel and recipient of the row.
    Says,
    /// What the row's answer is about; `*` is any, in a no.
    Purpose,
    /// By which channel; `*` is any, in a no.
    Channel,
    /// To whom; `*` is any, in a no.
    Recipient,
    /// Yes or no to this scope: a column such as `newsletter_ok`.
    SaysOf(Scope),
    /// A do-not-contact mark: yes is an objection as far as this reaches, no says nothing.
    DoNot(Reach),
    /// The end of a yes, RFC 3339, or `never`.
    Until,
    /// Who did it, such as `person`; without it `import`, which proves nothing.
    Actor,
    /// How, such as `unticked_box`; without it `import`, which proves nothing.
    Method,
    /// The notice that was shown.
    Notice,
    /// Its version.
    NoticeVersion,
    /// Where it happened.
    Touchpoint,
}

/// The words of a table for yes, for no and for "nothing was said". Whatever else stands there refuses the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Yes.
    pub yes: Vec<String>,
    /// No.
    pub no: Vec<String>,
    /// Nothing was said: neither yes nor no. Empty by default, so that a cell left out is an error.
    pub silent: Vec<String>,
}

impl Default for Words {
    fn default() -> Words {
        Words { yes: vec!["yes".to_owned()], no: vec!["no".to_owned()], silent: Vec::new() }
    }
}

/// What is meant by the columns of a foreign table.
///
/// ```
/// use placet::*;
/// let header = ["id", "mail", "newsletter_ok", "do_not_contact", "since", "shoe_size"];
/// let mapping = Mapping::default()
///     .column("id", Column::Contact)
///     .column("mail", Column::Identity(IdentityKind::Email))
///     .column("newsletter_ok", Column::SaysOf(NEWSLETTER.by(EMAIL)))
///     .column("since", Column::Acted)
///     .column("shoe_size", Column::Irrelevant);
/// let faults = mapping.clone().check(header).unwrap_err();
/// assert_eq!(faults[0].to_string(), "column 4 is neither mapped nor declared irrelevant");
///
/// let table = mapping.column("do_not_contact", Column::DoNot(Reach::everything())).check(header).unwrap();
/// let mut book = Book::new(Journey::reference()?);
/// let rows = [["c-1", "ada@example.org", "yes", "yes", "2012-05-01T10:00:00Z", "38"]];
/// let report = book.import_table(&table, rows, "2013-05-01T10:00:00Z".parse()?);
/// assert_eq!((report.appended, report.refused.len()), (1, 1), "the objection; the yes is not proven");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    columns: Vec<(String, Column)>,
    always: Vec<(Column, String)>,
    words: Words,
}

/// A mapping that covers every column of one table, and lacks nothing.
#[derive(Debug, Clone)]
pub struct Mapped {
    columns: Vec<Column>,
    always: Vec<(Column, String)>,
    words: Words,
}

/// Why a mapping does not fit a table. Columns are counted from 1, since a table without a header shows data there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MappingFault {
    /// A column of the table is not mapped.
    #[error("column {column} is neither mapped nor declared irrelevant")]
    Unmapped {
        /// Which.
        column: usize,
    },
    /// Two columns of the table have one name.
    #[error("column {column} has the name of an earlier one")]
    SameName {
        /// Which.
        column: usize,
    },
    /// The mapping names a column that is not there.
    #[error("the table has no column of the name that stands in place {place} of the mapping")]
    NoSuchColumn {
        /// Which of the mapping's columns.
        place: usize,
    },
    /// The mapping says two things of one column, or gives one field twice.
    #[error("place {place} of the mapping repeats an earlier one")]
    Twice {
        /// Which of the mapping's columns and fixed values, the columns first.
        place: usize,
    },
    /// A field is needed, and no column or fixed value gives it.
    #[error("no column and no fixed value gives the {field}")]
    Missing {
        /// Which.
        field: &'static str,
    },
    /// A fixed value cannot be read.
    #[error("the fixed value in place {place} of the mapping: {fault}")]
    Value {
        /// Which of the mapping's columns and fixed values, the columns first.
        place: usize,
        /// Why.
        fault: CellFault,
    },
    /// One act id for several acts.
    #[error("a column of act ids goes with one column of answers: several answers are several acts")]
    OneId,
    /// One word means two things.
    #[error("one word stands for two of yes, no and nothing said")]
    Words,
}

/// Why a cell cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CellFault {
    /// No name.
    #[error(transparent)]
    Name(#[from] NameError),
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

impl Mapping {
    /// What a column means. Every column of the table needs this once.
    #[must_use]
    pub fn column(mut self, name: &str, means: Column) -> Mapping {
        self.columns.push((name.to_owned(), means));
        self
    }

    /// A value that all rows have, where the table has no column of it.
    #[must_use]
    pub fn always(mut self, means: Column, value: &str) -> Mapping {
        self.always.push((means, value.to_owned()));
        self
    }

    /// The words for yes and no.
    #[must_use]
    pub fn words(self, words: Words) -> Mapping {
        Mapping { words, ..self }
    }

    /// Checks it against the columns of a table: before the first row.
    ///
    /// # Errors
    /// All [`MappingFault`]s at once: a column that is neither mapped nor declared irrelevant, among others.
    pub fn check<C: AsRef<str>>(
        self,
        header: impl IntoIterator<Item = C>,
    ) -> Result<Mapped, Vec<MappingFault>> {
        let mut faults = Vec::new();
        let mut named = BTreeSet::new();
        let mut columns = Vec::new();
        for (name, column) in header.into_iter().zip(1..) {
            let name = name.as_ref();
            if !named.insert(name.to_owned()) {
                faults.push(MappingFault::SameName { column });
            }
            match self.columns.iter().find(|(mapped, _)| mapped == name) {
                Some((_, means)) => columns.push(means.clone()),
                None => faults.push(MappingFault::Unmapped { column }),
            }
        }
        let places = self.columns.iter().zip(1..);
        let absent = places.filter(|((name, _), _)| !named.contains(name));
        faults.extend(absent.map(|(_, place)| MappingFault::NoSuchColumn { place }));
        faults.extend(self.repeated().map(|place| MappingFault::Twice { place }));
        faults.extend(self.missing().map(|field| MappingFault::Missing { field }));
        let fixed = self.always.iter().zip(self.columns.len().saturating_add(1)..);
        faults.extend(fixed.filter_map(|((means, text), place)| {
            let fault = Cells::default().read(means, text, &self.words, place).err()?;
            Some(MappingFault::Value { place, fault })
        }));
        let answers = self.means().filter(|means| means.answers()).count();
        if answers != 1 && self.means().any(|means| *means == Column::Act) {
            faults.push(MappingFault::OneId);
        }
        let Words { yes, no, silent } = &self.words;
        if yes.iter().any(|word| no.contains(word) || silent.contains(word))
            || no.iter().any(|word| silent.contains(word))
        {
            faults.push(MappingFault::Words);
        }
        let Mapping { always, words, .. } = self;
        if faults.is_empty() { Ok(Mapped { columns, always, words }) } else { Err(faults) }
    }

    fn means(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().map(|(_, means)| means).chain(self.always.iter().map(|(means, _)| means))
    }

    /// Places that say something again of a column or a field.
    fn repeated(&self) -> impl Iterator<Item = usize> {
        let names = self.columns.iter().map(|(name, _)| Some(name)).chain(self.always.iter().map(|_| None));
        let places: Vec<_> = names.zip(self.means()).collect();
        let again = move |place: usize| {
            let (name, means) = places.get(place)?;
            let same = |(other, field): &(Option<&String>, &Column)| {
                (name.is_some() && other == name)
                    || (**means != Column::Irrelevant && means.same_field(field))
            };
            places.iter().take(place).any(same).then(|| place.saturating_add(1))
        };
        let count = self.columns.len().saturating_add(self.always.len());
        (0..count).filter_map(again).collect::<Vec<_>>().into_iter()
    }

    /// Fields that are needed and that nothing gives.
    fn missing(&self) -> impl Iterator<Item = &'static str> {
        let gives = |wanted: Column| self.means().any(|means| means.same_field(&wanted));
        let says = gives(Column::Says);
        let proof = gives(Column::Notice) || gives(Column::NoticeVersion);
        let identity = self.means().any(|means| matches!(means, Column::Identity(_)));
        let needed = [
            ("contact", gives(Column::Contact)),
            ("instant of the act", gives(Column::Acted)),
            ("identity", identity || !self.means().any(|means| means.can_say_yes())),
            ("answer", self.means().any(Column::answers)),
            ("purpose", !says || gives(Column::Purpose)),
            ("channel", !says || gives(Column::Channel)),
            ("recipient", !says || gives(Column::Recipient)),
            ("notice", !proof || gives(Column::Notice)),
            ("version of the notice", !proof || gives(Column::NoticeVersion)),
        ];
        needed.into_iter().filter(|(_, there)| !there).map(|(field, _)| field)
    }
}

impl Column {
    fn answers(&self) -> bool {
        self.can_say_yes() || matches!(self, Column::DoNot(_))
    }

    fn can_say_yes(&self) -> bool {
        matches!(self, Column::Says | Column::SaysOf(_))
    }

    /// Whether two columns give one field; an answer to another scope is another field.
    fn same_field(&self, other: &Column) -> bool {
        match (self, other) {
            (Column::Identity(_), Column::Identity(_)) => true,
            _ => self == other,
        }
    }
}

/// The cells of a row that give its fields.
#[derive(Default)]
struct Cells {
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
    fn read(&mut self, means: &Column, text: &str, words: &Words, column: usize) -> Result<(), CellFault> {
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
            Column::Until if text == crate::vocab::explicit_end::NEVER => self.until = None,
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
        // INVARIANT: the text of a UUID is a name.
        ActId::new(&id).unwrap_or_else(|_| ActId::from(Name::known("import")))
    }
}
