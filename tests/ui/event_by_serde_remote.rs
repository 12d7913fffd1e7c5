//! Somebody lends serde's remote derive the fields of an event: the literal it writes meets private fields.

use placet::{ContactId, Controller, EffectName, Event, Permit, RuleName, SignalId};
use serde::{Deserialize, Deserializer};

#[derive(Deserialize)]
#[serde(remote = "Event")]
struct Lookalike<'l> {
    contact: ContactId,
    controller: Controller,
    signal: SignalId,
    rule: RuleName,
    effect: EffectName,
    #[serde(deserialize_with = "from_nothing")]
    addressing: Permit<'l>,
    #[serde(skip)]
    further: Vec<Permit<'l>>,
}

fn from_nothing<'de, 'l, D: Deserializer<'de>>(_: D) -> Result<Permit<'l>, D::Error> {
    Err(serde::de::Error::custom("a permit from elsewhere"))
}

fn main() {}
