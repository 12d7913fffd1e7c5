//! Somebody lets serde's derive reach an event through a type of their own: the event in it cannot be read.

use placet::Event;

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Parcel {
    event: Event<'static>,
}

fn main() {}
