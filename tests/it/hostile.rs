//! Hostile JSON: every parser answers with a typed error that names the place, and repeats nothing of the text.

mod everywhere;
mod journeys;
mod texts;

use placet::*;

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

/// A parser, and texts that it reads.
pub struct Reader {
    pub name: &'static str,
    pub reads: Vec<serde_json::Value>,
    pub read: fn(&str) -> Result<(), Told>,
}

pub fn readers() -> Vec<Reader> {
    use crate::wire::samples;
    fn values(all: Vec<impl serde::Serialize>) -> Vec<serde_json::Value> {
        all.iter().map(|one| serde_json::to_value(one).unwrap()).collect()
    }
    fn told(result: Result<(), WireError>) -> Result<(), Told> {
        result.map_err(|error| Told {
            path: error.path().to_owned(),
            what: error.what().to_owned(),
            all: format!("{error} {error:?}"),
        })
    }
    vec![
        Reader {
            name: "act",
            reads: values(samples::acts()),
            read: |text| told(Act::from_json(text).map(drop)),
        },
        Reader {
            name: "entry",
            reads: values(samples::entries()),
            read: |text| told(Entry::from_json(text).map(drop)),
        },
        Reader {
            name: "queued event",
            reads: values(samples::story().1),
            read: |text| told(QueuedEvent::from_json(text).map(drop)),
        },
        Reader {
            name: "signal",
            reads: values(samples::signals()),
            read: |text| told(SignalSpec::from_json(text).map(drop)),
        },
        Reader {
            name: "journey",
            reads: vec![samples::journey()],
            read: |text| match Journey::from_json(text) {
                Ok(_) => Ok(()),
                Err(JourneyError::Shape(fault)) => Err(Told {
                    path: fault.path().to_owned(),
                    what: fault.what().to_owned(),
                    all: format!("{fault} {fault:?}"),
                }),
                Err(JourneyError::Meaning(faults)) => Err(Told {
                    path: faults[0].path().to_owned(),
                    what: faults[0].kind().to_string(),
                    all: format!("{faults:?}"),
                }),
            },
        },
    ]
}

impl Reader {
    /// Reads a text that it must refuse, in the house style and without repeating what was planted.
    #[track_caller]
    pub fn refuses(&self, text: &str) -> Told {
        let shown: String = text.chars().take(300).collect();
        let Err(told) = (self.read)(text) else { panic!("the {} was read: {shown}", self.name) };
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
            (reader.read)(&value.to_string())
                .unwrap_or_else(|told| panic!("{}: {told:?}\n{value}", reader.name));
        }
    }
}
