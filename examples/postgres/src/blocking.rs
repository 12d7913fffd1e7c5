//! The port of placet, for whoever has threads: every step is carried out on a runtime, and waited for.

use placet::ContactId;
use placet::desk::{Step, Store, Written};
use placet::send::EventKey;
use tokio::runtime::Handle;

use crate::{Done, Postgres, StoreError};

/// A store that waits. Not to be used on a thread of the runtime itself.
#[derive(Debug, Clone)]
pub struct Blocking {
    store: Postgres,
    runtime: Handle,
}

impl Blocking {
    /// Waits for this store on that runtime.
    #[must_use]
    pub fn new(store: Postgres, runtime: Handle) -> Blocking {
        Blocking { store, runtime }
    }
}

impl Store for Blocking {
    type Error = StoreError;

    fn step(&mut self, step: &mut dyn Step) -> Done<Written> {
        self.runtime.block_on(self.store.step(step))
    }

    fn waiting(&mut self, most: usize) -> Done<Vec<EventKey>> {
        self.runtime.block_on(self.store.waiting(most))
    }

    fn contact_of(&mut self, event: EventKey) -> Done<Option<ContactId>> {
        self.runtime.block_on(self.store.contact_of(event))
    }
}
