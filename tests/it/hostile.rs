//! Hostile JSON: every parser answers with a typed error that names the place, and repeats nothing of the text.

pub mod everywhere;
mod journeys;
mod texts;

use placet::{Act, Entry, Journey, QueuedEvent, SignalSpec, entry::WireError, journey::JourneyError};

/// What is planted: it must not come back in any message.
pub const PLANTED: &str = "zz9plural";

/// What an error tells.
#[derive(Debug)]
pub struct Told {
    pub path: String,
    pub what: String,
    /// All that it can be made to say.
    pub all: String,
}

type Read = fn(&str) -> Result<(), Told>;

/// A parser, and texts that it reads.
pub struct Reader {
    pub name: &'static str,
    pub reads: Vec<serde_json::Value>,
    pub read: Read,
}

fn told(result: Result<(), WireError>) -> Result<(), Told> {
    result.map_err(|error| Told {
        path: error.path().to_owned(),
        what: error.what().to_owned(),
        all: format!("{error} {error:?}"),
    })
}

fn read_journey(text: &str) -> Result<(), Told> {
    let (path, what, all) = match Journey::from_json(text) {
        Ok(_) => return Ok(()),
        Err(JourneyError::Shape(fault)) => {
            (fault.path().to_owned(), fault.what().to_owned(), format!("{fault} {fault:?}"))
        }
        Err(JourneyError::Meaning(faults)) => {
            (faults[0].path().to_owned(), faults[0].kind().to_string(), format!("{faults:?}"))
        }
    };
    Err(Told { path, what, all })
}

/// The parsers alone.
pub fn readers_only() -> [Read; 5] {
    [
        |text| told(Act::from_json(text).map(drop)),
        |text| told(Entry::from_json(text).map(drop)),
        |text| told(QueuedEvent::from_json(text).map(drop)),
        |text| told(SignalSpec::from_json(text).map(drop)),
        read_journey,
    ]
}

pub fn readers() -> Vec<Reader> {
    use crate::wire::samples;
    fn values(all: &[impl serde::Serialize]) -> Vec<serde_json::Value> {
        all.iter().map(|one| serde_json::to_value(one).unwrap()).collect()
    }
    let reads = [
        ("act", values(&samples::acts())),
        ("entry", values(&samples::entries())),
        ("queued event", values(&samples::story().1)),
        ("signal", values(&samples::signals())),
        ("journey", vec![samples::journey()]),
    ];
    let readers = reads.into_iter().zip(readers_only());
    readers.map(|((name, reads), read)| Reader { name, reads, read }).collect()
}

impl Reader {
    /// Reads a text, and holds the answer against the schema where there is one.
    #[track_caller]
    pub fn try_read(&self, text: &str) -> Result<(), Told> {
        let answer = (self.read)(text);
        #[cfg(feature = "schema")]
        crate::schema::agrees(self, text, answer.is_ok());
        answer
    }

    /// Reads a text that it must refuse, in the house style and without repeating what was planted.
    #[track_caller]
    pub fn refuses(&self, text: &str) -> Told {
        let shown: String = text.chars().take(300).collect();
        let Err(told) = self.try_read(text) else { panic!("the {} was read: {shown}", self.name) };
        assert!(!told.all.contains(PLANTED), "{} repeats what was planted: {}", self.name, told.all);
        assert!(told.all.len() < 20_000, "a message of {} bytes", told.all.len());
        crate::messages::in_style(&told.what);
        told
    }
}

#[test]
fn what_they_read_is_read() {
    for reader in readers() {
        for value in &reader.reads {
            reader
                .try_read(&value.to_string())
                .unwrap_or_else(|told| panic!("{}: {told:?}\n{value}", reader.name));
        }
    }
}
