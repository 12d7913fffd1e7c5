//! One object: what it must and may have, and nothing else.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

/// An object under construction. Fields are named by the type that is read from them.
pub(super) struct Form<'g> {
    generator: &'g mut SchemaGenerator,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
    more: Map<String, Value>,
}

impl<'g> Form<'g> {
    pub(super) fn new(generator: &'g mut SchemaGenerator) -> Form<'g> {
        Form { generator, properties: Map::new(), required: Vec::new(), more: Map::new() }
    }

    /// What it is, for people.
    pub(super) fn told(self, description: &str) -> Form<'g> {
        self.keyword("description", description.into())
    }

    /// A field that is always there.
    pub(super) fn must<T: JsonSchema>(mut self, field: &'static str) -> Form<'g> {
        self.required.push(field);
        self.may::<T>(field)
    }

    /// A field that may be left out, and is never null.
    pub(super) fn may<T: JsonSchema>(mut self, field: &'static str) -> Form<'g> {
        let schema = self.generator.subschema_for::<T>();
        self.properties.insert(field.to_owned(), schema.to_value());
        self
    }

    /// A field that is always there and always the same.
    pub(super) fn fixed(self, field: &'static str, value: impl Into<Value>) -> Form<'g> {
        self.exactly(field, json_schema!({ "const": value.into() }))
    }

    /// A field that is always there, by a schema of its own.
    pub(super) fn exactly(mut self, field: &'static str, schema: Schema) -> Form<'g> {
        self.required.push(field);
        self.properties.insert(field.to_owned(), schema.to_value());
        self
    }

    /// A field that may be left out, by a schema of its own.
    pub(super) fn optionally(mut self, field: &'static str, schema: Schema) -> Form<'g> {
        self.properties.insert(field.to_owned(), schema.to_value());
        self
    }

    /// One more keyword of the object itself.
    pub(super) fn keyword(mut self, keyword: &str, value: Value) -> Form<'g> {
        self.more.insert(keyword.to_owned(), value);
        self
    }

    pub(super) fn done(self) -> Schema {
        let mut schema = json_schema!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        });
        self.more.into_iter().for_each(|(keyword, value)| drop(schema.insert(keyword, value)));
        schema
    }
}
