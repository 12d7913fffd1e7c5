//! Somebody lets a stop happen between release and send: while an event is on its way, its contact is borrowed.

use placet::{Contact, Event, Instant, Journey, QueuedEvent, Refusal, Stop};

fn send(_: Event<'_>) {}

fn attack(journey: &Journey, queued: QueuedEvent, mut ada: Contact, now: Instant, stop: Stop) -> Result<(), Refusal> {
    let event = journey.release(queued, &ada, now).into_result()?;
    ada.stop(stop);
    send(event);
    Ok(())
}

fn main() {}
