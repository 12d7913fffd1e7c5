//! Somebody puts another name where the controller's stands on an event about to leave: the field is not theirs.

use placet::{Event, name::Controller};

fn attack<'l>(event: &mut Event<'l>, anna: &'l Controller) {
    event.controller = anna;
}

fn main() {}
