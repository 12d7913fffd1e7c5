//! JSON Schema (draft 2020-12) of what the lab reads: feature `schema`. The files stand in the folder `docs/schema` of the
//! project, beside those of [`placet::schema`], which also says what a schema cannot say.

use std::borrow::Cow;

use placet::schema::{date, read};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::scenario::{Day, Scenarios};

/// What [`Scenarios::from_json`] takes, in version 1 of the form. What the names in it mean is for a journey to say.
#[must_use]
pub fn scenario() -> Schema {
    read::<Scenarios>()
}

/// All schemas of the lab, by the names of their files in `docs/schema`.
#[must_use]
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![("scenario", scenario())]
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Day")
    }

    fn json_schema(_generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a day that exists, such as 2013-05-01",
            "type": "string",
            "pattern": format!("^{}$", date()),
        })
    }
}
