//! Somebody turns a queued event into an event without asking the ledger: there is no such conversion.

use placet::{Event, QueuedEvent};

fn attack(queued: QueuedEvent) -> Event<'static> {
    queued.into()
}

fn main() {}
