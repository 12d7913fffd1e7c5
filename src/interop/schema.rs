//! JSON Schema (draft 2020-12) of all that is written and read: feature `schema`.
//!
//! A schema says what a reader takes, type by type: which fields there must be, which there may be, that there are
//! no others, and how names, instants, identities and the words `never`, `not_needed`, `*` and `none` are spelled.
//! The same files stand in the folder `docs/schema` of the project; an editor that knows one completes and checks a
//! journey while it is written.
//!
//! ```
//! let schema = placet::schema::journey();
//! assert_eq!(schema.get("title").and_then(|title| title.as_str()), Some("JourneySpec"));
//! std::io::Write::write_all(&mut std::io::sink(), serde_json::to_string_pretty(&schema)?.as_bytes())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a schema cannot say
//!
//! A text that a schema takes can still be refused by its reader, never the other way round:
//!
//! - **before and after**: `until` and `confirm_by` lie after `acted`; all needs of a queued event have one
//!   `decided_at`; an instant of the years 0001 to 9999 lies there in UTC, too;
//! - **one thing and another**: the `key` of a queued event is that of its names; a queued event is of the contact of
//!   its entry; names that a journey uses are declared, once, and values have the declared type; stages do not fall
//!   back in a circle; guards nest at most 16 deep; a count within a time asks for no more than is kept;
//! - **bytes**: lengths of addresses are checked in bytes, a schema counts characters;
//! - **spelling of JSON**: a field twice, and `1.0` in the place of `1`.
//!
//! A [`Decision`](crate::Decision) has no form of its own: it is written as its entries and queued events. A refusal is
//! written in three places: as an entry ([`refusal`]), in an explanation ([`explanation`]), and as what would cure it
//! ([`remedy`]).

mod form;
mod lines;
mod words;

pub use words::date;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use crate::consent::Citation;
use crate::consent::{Act, Remedy};
use crate::contact::{Entry, RefusedEffect};
use crate::decide::WrittenExplanation;
use crate::event::{Event, QueuedEvent};
use crate::journey::JourneySpec;
use crate::signal::SignalSpec;

/// What [`JourneySpec::from_json`] takes, and as much as can be said of what [`Journey::compile`](crate::Journey::compile) does.
#[must_use]
pub fn journey() -> Schema {
    read::<JourneySpec>()
}

/// What [`SignalSpec::from_json`] takes.
#[must_use]
pub fn signal() -> Schema {
    read::<SignalSpec>()
}

/// What [`Act::from_json`] takes.
#[must_use]
pub fn act() -> Schema {
    read::<Act>()
}

/// What [`Entry::from_json`] takes.
#[must_use]
pub fn entry() -> Schema {
    read::<Entry>()
}

/// An entry of type `effect_refused`: the engine's no, as it is stored.
#[must_use]
pub fn refusal() -> Schema {
    read::<RefusedEffect>()
}

/// What [`QueuedEvent::from_json`] takes.
#[must_use]
pub fn queued_event() -> Schema {
    read::<QueuedEvent>()
}

/// How an [`Event`] is written for a gateway. Nothing reads it.
#[must_use]
pub fn event() -> Schema {
    written::<Event<'_>>()
}

/// What a [`Citation`] is read from, and written as.
#[must_use]
pub fn citation() -> Schema {
    read::<Citation>()
}

/// How an [`Explanation`](crate::decide::Explanation) is written. Nothing reads it.
#[must_use]
pub fn explanation() -> Schema {
    written::<WrittenExplanation<'_>>()
}

/// How a [`Remedy`] is written. Nothing reads it.
#[must_use]
pub fn remedy() -> Schema {
    written::<Remedy>()
}

/// All of them, by the names of their files in `docs/schema`.
#[must_use]
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![
        ("journey", journey()),
        ("signal", signal()),
        ("act", act()),
        ("entry", entry()),
        ("refusal", refusal()),
        ("queued_event", queued_event()),
        ("event", event()),
        ("citation", citation()),
        ("explanation", explanation()),
        ("remedy", remedy()),
    ]
}

/// What a type is read from, in the form of the schemas here: for types that are made of those of this crate.
#[must_use]
pub fn read<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(plain_words));
    settings.with_transform(never_null).into_generator().into_root_schema_for::<T>()
}

fn written<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.with_transform(RecursiveTransform(plain_words)).into_generator().into_root_schema_for::<T>()
}

/// A field that may be left out is never null, whatever the type of its place in memory.
fn never_null(schema: &mut Schema) {
    let null = Value::from("null");
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|of| *of != null);
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(any)) = schema.get_mut("anyOf") {
        any.retain(|one| one.get("type") != Some(&null));
        if let [Value::Object(only)] = any.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            only.into_iter().for_each(|(keyword, value)| drop(schema.insert(keyword, value)));
        }
    }
    transform_subschemas(&mut never_null, schema);
}

/// Descriptions are the docs of the types, without the links that only rustdoc follows.
fn plain_words(schema: &mut Schema) {
    let Some(Value::String(text)) = schema.get_mut("description") else {
        return;
    };
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((shown, after)) = after.split_once(']') else {
            plain.push('[');
            rest = after;
            break;
        };
        plain.push_str(shown);
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain.push_str(rest);
    *text = plain;
}
