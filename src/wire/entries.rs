//! The entries of a line, one after the other: how journals and recordings are read.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, SeqAccess, Visitor};

use super::error::{WireError, why_not};
use super::key_check::read_key_check;
use super::line::Line;
use super::read_entry;
use crate::contact::Entry;

/// A reader of lines that hold one entry, or a list of entries that belong together: how journals and recordings are
/// written.
///
/// ```
/// use placet::entry::Entries;
/// let journal = concat!(
///     r#"{"v":1,"type":"opened","contact":"c-1","identity":"email:ada@example.org"}"#, "\n",
///     r#"[{"v":1,"type":"linked","contact":"c-1","identity":"card:7-0042"},{"v":1,"type":"unmerged","contact":"c-1"}]"#,
/// );
/// let (mut reader, mut all) = (Entries::default(), Vec::new());
/// for line in journal.lines() {
///     reader.each(line, |entry| Ok::<(), String>(all.push(entry)))??;
/// }
/// assert_eq!(all.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Entries {
    /// Where the fields of an entry are gathered. It is large, and empty again after every entry.
    room: Line,
}

impl Entries {
    /// Hands on the entries of a line as they are read, until one is refused: that refusal is the inner error. Of a
    /// line that is damaged, the entries before the damage have been handed on. The line by which a journal says under
    /// which key somebody was forgotten holds none.
    ///
    /// # Errors
    /// [`WireError`] where the line is damaged, with the path to the place.
    pub fn each<E>(
        &mut self,
        line: &str,
        take: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<Result<(), E>, WireError> {
        if read_key_check(line).is_some() {
            return Ok(Ok(()));
        }
        let mut reader = serde_json::Deserializer::from_str(line);
        let mut each = Each { room: &mut self.room, take, refused: None };
        let list = line.starts_with('[');
        let done = if list { reader.deserialize_seq(&mut each) } else { each.deserialize(&mut reader) };
        match (each.refused, done.and_then(|()| reader.end())) {
            (None, Ok(())) => Ok(Ok(())),
            (Some(refused), _) => Ok(Err(refused)),
            (None, Err(error)) => {
                self.room = Line::default();
                let why_not = if list { why_not::<Vec<Entry>> } else { why_not::<Entry> };
                Err(why_not(line, &error))
            }
        }
    }
}

struct Each<'l, T, E> {
    room: &'l mut Line,
    take: T,
    refused: Option<E>,
}

impl<'de, E, T: FnMut(Entry) -> Result<(), E>> DeserializeSeed<'de> for &mut Each<'_, T, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.room.fill(deserializer)?;
        let entry = read_entry(self.room).map_err(D::Error::custom)?;
        self.room.end().map_err(D::Error::custom)?;
        (self.take)(entry).map_err(|refused| {
            self.refused = Some(refused);
            D::Error::custom("refused")
        })
    }
}

impl<'de, E, T: FnMut(Entry) -> Result<(), E>> Visitor<'de> for &mut Each<'_, T, E> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }
}
