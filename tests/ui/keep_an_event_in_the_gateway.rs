//! Somebody builds a gateway that hoards events and sends them some day: an event does not outlive its send.

use placet::{Event, Gateway};

struct Hoard<'l> {
    kept: Vec<Event<'l>>,
}

impl Gateway for Hoard<'_> {
    type Error = ();

    fn send(&mut self, event: Event<'_>) -> Result<(), ()> {
        self.kept.push(event);
        Ok(())
    }
}

fn main() {}
