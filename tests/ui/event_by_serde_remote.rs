//! Somebody lends serde's remote derive the fields of an event: the literal it writes meets private fields.

use placet::{ContactId, Event, Permit, SignalId, name::{Controller, EffectName, RuleName}};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(remote = "Event")]
struct Lookalike<'l> {
    contact: ContactId,
    #[serde(deserialize_with = "from_nothing")]
    controller: &'l Controller,
    signal: SignalId,
    rule: RuleName,
    effect: EffectName,
    #[serde(deserialize_with = "from_nothing")]
    addressing: Permit<'l>,
    #[serde(skip)]
    further: Vec<Permit<'l>>,
}

fn from_nothing<'de, T, D: Deserializer<'de>>(_: D) -> Result<T, D::Error> {
    Err(serde::de::Error::custom("from elsewhere"))
}

fn main() {}
