//! A crash before and after every step of a story, and the same again.

use super::alone::story;
use super::scene::{Fresh, Move, No, Sent, alike, terms, view};
use super::{Place, Seen};
use crate::desk::Desk;
use crate::desk::store::{Step, Store, Written};
use crate::name::{ContactId, EventKey};

/// A store whose process dies at one step: nobody hears of it.
struct Dying<S> {
    store: S,
    /// So many steps from now; before it is done, or after.
    steps: usize,
    after: bool,
}

/// The process is dead.
#[derive(Debug)]
enum Lost<E> {
    Crash,
    Store(#[allow(dead_code, reason = "it is shown")] E),
}

impl<S: Store> Store for Dying<S> {
    type Error = Lost<S::Error>;

    fn step(&mut self, step: &mut dyn Step) -> Result<Written, Self::Error> {
        let Some(left) = self.steps.checked_sub(1) else {
            if self.after {
                let _ = self.store.step(step).map_err(Lost::Store)?;
            }
            return Err(Lost::Crash);
        };
        self.steps = left;
        self.store.step(step).map_err(Lost::Store)
    }

    fn waiting(&mut self, most: usize) -> Result<Vec<EventKey>, Self::Error> {
        self.store.waiting(most).map_err(Lost::Store)
    }

    fn contact_of(&mut self, event: EventKey) -> Result<Option<ContactId>, Self::Error> {
        self.store.contact_of(event).map_err(Lost::Store)
    }
}

/// The answers may differ, since what is done again says so; what is left may not.
pub(super) fn crashes<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let mut moves = story();
    moves.push(Move::Stop { id: 30, who: 2, no: No::Withdraw, of: None, at: 30 });
    let undisturbed = {
        // A place may end with its tables: it outlives its stores.
        let there = fresh(&terms);
        let (mut desk, mut sent) = (Desk::new(there.connect(), terms.clone()), Sent::default());
        for done in &moves {
            done.run(&mut desk, &mut sent)?;
        }
        (view(&mut desk)?, sent.keys)
    };
    for after in [false, true] {
        for (place, done) in moves.iter().enumerate() {
            for steps in 0..3 {
                let there = fresh(&terms);
                let mut sent = Sent::default();
                let mut desk = Desk::new(there.connect(), terms.clone());
                for before in moves.iter().take(place) {
                    before.run(&mut desk, &mut sent)?;
                }
                // What this process was told is written.
                drop(desk);
                let dying = Dying { store: there.connect(), steps, after };
                let died = done.run(&mut Desk::new(dying, terms.clone()), &mut sent).is_err();
                // The process begins again, and so does whoever waited for its answer.
                let mut desk = Desk::new(there.connect(), terms.clone());
                for again in moves.iter().skip(place) {
                    again.run(&mut desk, &mut sent)?;
                }
                let when = format!("{done:?}, dead {} step {steps}", if after { "after" } else { "before" });
                alike(&view(&mut desk)?, &undisturbed.0, &when)?;
                if sent.keys != undisturbed.1 {
                    return Err(format!("{when}: other events left"));
                }
                if !died {
                    break;
                }
            }
        }
    }
    Ok(())
}
