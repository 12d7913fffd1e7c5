//! The port of placet, for whoever has threads: every step is carried out on a runtime, and waited for.

use placet::ContactId;
use placet::desk::{Step, Store, Written};
use placet::send::EventKey;
use tokio::runtime::Handle;

use crate::{Done, Log, StoreError};

/// A store that waits. Not to be used on a thread of the runtime itself.
#[derive(Debug)]
pub struct Blocking {
    log: Log,
    runtime: Handle,
}

impl Blocking {
    /// Waits for this store on that runtime.
    #[must_use]
    pub fn new(log: Log, runtime: Handle) -> Blocking {
        Blocking { log, runtime }
    }
}

impl Drop for Blocking {
    /// The client gives up its subscription on a runtime, too.
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        self.log.tail = None;
    }
}

impl Store for Blocking {
    type Error = StoreError;

    fn step(&mut self, step: &mut dyn Step) -> Done<Written> {
        let event = step.want().event;
        let written = self.runtime.block_on(self.log.step(step));
        if let (Some(event), Err(_)) = (event, &written) {
            self.log.behind.insert(event);
        }
        written
    }

    fn waiting(&mut self, most: usize) -> Done<Vec<EventKey>> {
        let mut waiting = self.runtime.block_on(self.log.waiting())?;
        waiting.truncate(most);
        Ok(waiting)
    }

    fn contact_of(&mut self, event: EventKey) -> Done<Option<ContactId>> {
        self.runtime.block_on(self.log.contact_of(event))
    }
}
