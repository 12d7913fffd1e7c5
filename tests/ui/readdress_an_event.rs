//! Somebody swaps the permit of an event for another person's: right permit, wrong person cannot be written.

use placet::{Event, Permit};

fn attack<'l>(event: &mut Event<'l>, of_somebody_else: Permit<'l>) {
    event.addressing = of_somebody_else;
}

fn main() {}
