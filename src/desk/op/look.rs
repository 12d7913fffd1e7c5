//! To look at a person, and to write nothing.

use crate::contact::Person;
use crate::desk::found::Found;
use crate::desk::store::{Operation, Plan, Step, Want};

/// Looks at a person; `None` where there is no such contact. It is a reading, and proves nothing once it is over.
#[derive(Debug)]
pub struct Look<F, T> {
    want: Want,
    look: F,
    seen: Option<T>,
}

impl<F, T> Look<F, T> {
    /// To look at the person that is wanted ([`Terms::want`](crate::desk::Terms::want)).
    #[must_use]
    pub fn new(want: Want, look: F) -> Look<F, T> {
        Look { want, look, seen: None }
    }
}

impl<T, F: FnMut(Option<Person<'_>>) -> T> Step for Look<F, T> {
    fn want(&self) -> Want {
        self.want.clone()
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        self.seen = Some((self.look)(found.person.map(|loaded| loaded.person)));
        Plan::default()
    }

    fn written(&mut self, _: &Found<'_>) {}

    fn looks_back(&self) -> bool {
        false
    }
}

impl<T, F: FnMut(Option<Person<'_>>) -> T> Operation for Look<F, T> {
    type Answer = T;

    fn finish(self) -> Result<T, Self> {
        match self {
            Look { seen: Some(seen), .. } => Ok(seen),
            next => Err(next),
        }
    }
}
