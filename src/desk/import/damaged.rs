//! Lines that are not read as a whole: what can be read of a stop in them. A line that is cut short, that lacks a date
//! or has a field too many still says who said no.

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::loosely;
use super::row::day;
use crate::consent::{ActKind, Presence, Record, Stop, Width};
use crate::identity::{Identity, cleaned};
use crate::name::{ActId, Channel, ContactId, Instant, Purpose, Reach, Recipient};

/// A stop as far as it can be read.
#[derive(Debug)]
pub(super) struct DamagedStop {
    kind: ActKind,
    pub(super) id: Option<ActId>,
    pub(super) contact: Option<ContactId>,
    pub(super) addresses: Vec<Identity>,
    pub(super) acted: Option<Instant>,
    /// The reach of the stop; a part of it that cannot be read is any.
    pub(super) reach: Reach,
    until: Option<Instant>,
    /// The go that a void names.
    names: Option<ActId>,
    only: bool,
}

/// The stops in a line that is refused as a whole.
pub(super) fn stops(text: &str) -> Vec<DamagedStop> {
    let mut objects = Objects::default();
    let text = text.trim_start_matches('\u{feff}');
    // What was read before the line could be read no further is kept.
    drop((&mut objects).deserialize(&mut serde_json::Deserializer::from_str(text)));
    objects.0.iter().filter_map(DamagedStop::of).collect()
}

impl DamagedStop {
    fn of(fields: &Fields) -> Option<DamagedStop> {
        let all = |field: &'static str| {
            let named = fields.iter().filter(move |(name, _)| name == field);
            named.map(|(_, text)| text.as_str())
        };
        let stops = ActKind::ALL.into_iter().filter(|kind| kind.is_stop());
        let kind = all("type").find_map(|word| {
            let word = loosely::word(word);
            stops.clone().find(|kind| kind.as_str() == word)
        })?;
        let first = |field| all(field).next();
        let id = |field| first(field).and_then(|text| ActId::new(&cleaned(text)).ok());
        let instant =
            |field| first(field).and_then(|text| Instant::parse(text.trim()).ok().or_else(|| day(text)));
        let part = |field| first(field).and_then(loosely::name);
        let reach = part("purpose").map(Purpose::from).into_iter().fold(Reach::everything(), Reach::purpose);
        let reach = part("channel").map(Channel::from).into_iter().fold(reach, Reach::by);
        let reach = part("recipient").map(Recipient::from).into_iter().fold(reach, Reach::to);
        let stop = DamagedStop {
            kind,
            id: id("id"),
            contact: first("contact").and_then(|text| ContactId::new(&cleaned(text)).ok()),
            addresses: all("identity").flat_map(loosely::identities).collect(),
            acted: instant("acted"),
            reach,
            until: instant("until"),
            names: id("act"),
            only: first("only").is_some(),
        };
        // A void that does not say what is void says nothing.
        Some(stop).filter(|stop| stop.kind != ActKind::Void || stop.names.is_some())
    }

    /// The stop for one contact. `named` says whether the line names this contact, and not only an address of it.
    pub(super) fn stop(
        &self,
        id: ActId,
        identity: Option<&Identity>,
        named: bool,
        acted: Instant,
    ) -> Option<Stop> {
        let shape = self.kind.shape();
        if shape.names.is_some() && !named {
            return None;
        }
        let mut stop = Record::new(self.kind, id, acted, acted);
        if shape.scope == Width::Wide {
            stop.reach = self.reach.clone();
        } else if !named {
            // Nobody is erased whom the line does not name.
            stop.kind = ActKind::Object;
        }
        stop.names = self.names.clone().filter(|_| shape.names.is_some());
        stop.until = self.until.filter(|_| shape.until == Presence::Always);
        stop.identity = identity.cloned();
        stop.only = self.only && shape.only && identity.is_some();
        if stop.check().is_err() {
            // It ends by itself, and when cannot be read: as a withdrawal a later grant ends it.
            stop.kind = ActKind::Withdraw;
            stop.until = None;
        }
        Some(Stop(stop))
    }

    /// The word of its kind, such as `object`.
    pub(super) fn word(&self) -> &'static str {
        self.kind.as_str()
    }
}

/// The texts and numbers of an object, by field; a field that stands there twice is kept twice.
type Fields = Vec<(String, String)>;

/// The objects of a line: one, or a list of them.
#[derive(Default)]
struct Objects(Vec<Fields>);

impl<'de> DeserializeSeed<'de> for &mut Objects {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Objects {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object, or a list of objects")
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        self.0.push(Fields::new());
        while let Some(name) = map.next_key()? {
            let value = map.next_value()?;
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if let Some(fields) = self.0.last_mut() {
                fields.push((name, text));
            }
        }
        Ok(())
    }
    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while list.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }
}
