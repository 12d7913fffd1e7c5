//! Foreign tables: every column is mapped, or declared irrelevant, before the first row is read.

use std::collections::BTreeSet;

use thiserror::Error;

use super::loosely;
use super::row::CellFault;
use crate::identity::IdentityKind;
use crate::name::{Instant, Reach, Scope};

/// What one column of a foreign table means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Column {
    /// Says nothing about consent, and is left out on purpose. Say it of no column that could be a no.
    Irrelevant,
    /// The contact's id. A table without it is about whoever has its addresses ([`Book::import_table`](crate::Book::import_table)).
    Contact,
    /// An address or account of this kind, without the kind before it. A table can have several such columns.
    Identity(IdentityKind),
    /// When the person said it, RFC 3339; when the table was written is something else. A yes needs it. For a no a date
    /// such as `2013-05-01` is enough, which is the last second of that day in UTC; for one without a date that can be read see
    /// [`Mapping::undated`].
    Acted,
    /// The id of the act. Without it the id comes from contact, scope, answer and date, so that a row imported again
    /// is the same act.
    Act,
    /// Yes or no to the purpose, channel and recipient of the row. A no covers all of a part that cannot be read.
    Says,
    /// What the row's answer is about; `*` is any, in a no.
    Purpose,
    /// By which channel; `*` is any, in a no.
    Channel,
    /// To whom; `*` is any, in a no.
    Recipient,
    /// Yes or no to this scope: a column such as `newsletter_ok`.
    SaysOf(Scope),
    /// A do-not-contact mark: an objection as far as this reaches, unless the cell is empty or says no. Text that is
    /// neither a yes nor a no counts as set, and is reported.
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

/// The words of a table for yes, for no and for "nothing was said".
///
/// Where a cell can permit, a yes is one of these words to the letter. A no and a do-not-contact mark are read more
/// widely: in any case, with blanks around it, and in the words `yes true 1 y x on` and `no false 0 n` besides. Whatever
/// else stands in a cell grants nothing, and sets a do-not-contact mark.
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
/// use placet::{
///     Book, Journey, Reach, book::{Column, Mapping}, channel::EMAIL, identity::IdentityKind,
///     purpose::NEWSLETTER,
/// };
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
    undated: Option<Instant>,
}

/// A mapping that covers every column of one table, and lacks nothing.
#[derive(Debug, Clone)]
pub struct Mapped {
    pub(super) columns: Vec<(String, Column)>,
    pub(super) always: Vec<(Column, String)>,
    pub(super) words: Words,
    pub(super) undated: Option<Instant>,
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

    /// When a no was said whose row gives no date, or none that can be read: the day on which the table was written, for
    /// example. Without this it is dated at the import.
    #[must_use]
    pub fn undated(self, at: Instant) -> Mapping {
        Mapping { undated: Some(at), ..self }
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
                Some(column) => columns.push(column.clone()),
                None => faults.push(MappingFault::Unmapped { column }),
            }
        }
        let places = self.columns.iter().zip(1..);
        let absent = places.filter(|((name, _), _)| !named.contains(name));
        faults.extend(absent.map(|(_, place)| MappingFault::NoSuchColumn { place }));
        faults.extend(self.repeated().map(|place| MappingFault::Twice { place }));
        faults.extend(self.missing().map(|field| MappingFault::Missing { field }));
        let places = self.columns.len().saturating_add(1)..;
        let mapped =
            Mapped { columns, always: self.always.clone(), words: self.words.clone(), undated: self.undated };
        faults.extend(self.always.iter().zip(places).filter_map(|((means, text), place)| {
            let fault = mapped.fixed(means, text).err()?;
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
        if faults.is_empty() { Ok(mapped) } else { Err(faults) }
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
            ("contact or an address", gives(Column::Contact) || identity),
            ("instant of the act", gives(Column::Acted) || !self.means().any(Column::can_say_yes)),
            ("identity", identity || !self.means().any(Column::can_say_yes)),
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

    /// Whether two columns give one field; an answer to another scope is another field. There can be several addresses
    /// and several marks.
    fn same_field(&self, other: &Column) -> bool {
        self == other && !matches!(self, Column::Identity(_) | Column::DoNot(_))
    }
}

impl Mapped {
    /// How many addresses a row can have.
    pub(super) fn addresses(&self) -> usize {
        self.means().filter(|means| matches!(means, Column::Identity(_))).count()
    }

    /// Whether the rows of the table name their contacts.
    pub(super) fn names_contacts(&self) -> bool {
        self.means().any(|means| *means == Column::Contact)
    }

    fn means(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().map(|(_, means)| means).chain(self.always.iter().map(|(means, _)| means))
    }
}

impl Words {
    /// Yes, no, or nothing said. A yes is one of the words to the letter.
    pub(super) fn answer(&self, text: &str) -> Result<Option<bool>, CellFault> {
        let among = |words: &[String]| words.iter().any(|word| word == text);
        if among(&self.yes) {
            Ok(Some(true))
        } else if among(&self.silent) {
            Ok(None)
        } else if among(&self.no) || self.says_no(text) {
            Ok(Some(false))
        } else {
            Err(CellFault::NotYesOrNo)
        }
    }

    /// Whether a cell that could permit says no, in whatever case.
    pub(super) fn says_no(&self, text: &str) -> bool {
        let word = loosely::word(text);
        let known = |words: &[String]| words.iter().any(|known| loosely::word(known) == word);
        known(&self.no) || (loosely::NO.contains(&word.as_str()) && !known(&self.yes) && !known(&self.silent))
    }

    /// Whether a do-not-contact mark is set, and what is wrong with it.
    pub(super) fn mark(&self, text: &str) -> (bool, Option<CellFault>) {
        let word = loosely::word(text);
        let known = |words: &[String]| words.iter().any(|known| loosely::word(known) == word);
        if known(&self.yes) {
            (true, None)
        } else if known(&self.no) || known(&self.silent) || word.is_empty() {
            (false, None)
        } else if loosely::YES.contains(&word.as_str()) {
            (true, None)
        } else if loosely::NO.contains(&word.as_str()) {
            (false, None)
        } else {
            (true, Some(CellFault::TakenAsSet))
        }
    }
}
