//! Somebody makes two events of one, to send it twice: an event has no `Clone`.

use placet::Event;

fn attack(event: Event<'_>) {
    let again = event.clone();
}

fn main() {}
