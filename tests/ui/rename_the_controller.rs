//! Somebody puts another name where the controller's stands, queued or about to leave: neither field is theirs.

use placet::{Controller, Event, QueuedEvent};

fn attack_what_is_queued(queued: &mut QueuedEvent, anna: Controller) {
    queued.controller = anna;
}

fn attack_what_may_leave(event: &mut Event<'_>, anna: Controller) {
    event.controller = anna;
}

fn main() {}
