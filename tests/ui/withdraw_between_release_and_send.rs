//! Somebody lets a stop happen between release and send: while an event is on its way, its contact is borrowed.

use placet::{Contact, Event, Instant, QueuedEvent, Refusal, Stop};

fn send(_: Event<'_>) {}

fn attack(queued: QueuedEvent, mut ada: Contact, now: Instant, stop: Stop) -> Result<(), Refusal> {
    let event = queued.release(&ada, now)?;
    ada.stop(stop);
    send(event);
    Ok(())
}

fn main() {}
