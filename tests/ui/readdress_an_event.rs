//! Somebody swaps the permit of an event for that of another person: an event goes where its own permit says.

use placet::{Event, Permit};

fn attack<'l>(event: &mut Event<'l>, of_somebody_else: Permit<'l>) {
    event.addressing = of_somebody_else;
}

fn main() {}
