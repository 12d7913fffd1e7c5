//! The parts of two connections at once. What comes in between begins while the first has read and has not written: a store
//! that locks lets it wait, one that does not finds a conflict.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use super::scene::{Fresh, Move, No, Sent, alike, at, terms, view};
use super::{Place, Seen};
use crate::desk::store::{Operation, Plan, Step, Want, drive};
use crate::desk::{
    Append, Desk, Dispatch, Dispatched, Found, Halt, Link, Merge, Observe, Open, Store, Terms,
};
use crate::event::Event;

/// How long to wait for what comes in between: a store that locks makes it wait longer than that.
const PATIENCE: Duration = Duration::from_millis(200);

/// An operation with something that happens between its reading and its writing, at one of its steps.
struct Between<O, F> {
    operation: O,
    /// So many steps from now.
    steps: usize,
    happens: Option<F>,
}

impl<O: Operation, F: FnOnce()> Step for Between<O, F> {
    fn want(&self) -> Want {
        self.operation.want()
    }

    fn plan(&mut self, found: &Found<'_>) -> Plan {
        let plan = self.operation.plan(found);
        if self.steps == 0 {
            if let Some(happens) = self.happens.take() {
                happens();
            }
        }
        plan
    }

    fn written(&mut self, found: &Found<'_>) {
        self.steps = self.steps.saturating_sub(1);
        self.operation.written(found);
    }
}

impl<O: Operation, F: FnOnce()> Operation for Between<O, F> {
    type Answer = O::Answer;

    fn finish(self) -> Result<O::Answer, Self> {
        let Between { operation, steps, happens } = self;
        operation.finish().map_err(|operation| Between { operation, steps, happens })
    }
}

/// Carries out a move with others in between, on a connection of their own. All of them must succeed in the end.
fn race<P: Place>(place: &P, terms: &Terms, first: &Move, steps: usize, others: &[Move]) -> Seen {
    let failed = Mutex::new(Vec::new());
    let note = |error: String| {
        if let Ok(mut failed) = failed.lock() {
            failed.push(error);
        }
    };
    let play = || {
        let (mut desk, mut sent) = (Desk::new(place.connect(), terms.clone()), Sent::default());
        others.iter().for_each(|other| other.run(&mut desk, &mut sent).map(drop).unwrap_or_else(note));
    };
    let begun = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let begin = || {
            begun.store(true, Ordering::SeqCst);
            let (done, wait) = mpsc::channel();
            scope.spawn(move || {
                play();
                let _ = done.send(());
            });
            let _ = wait.recv_timeout(PATIENCE);
        };
        between(&mut place.connect(), terms, first, steps, begin).unwrap_or_else(note);
    });
    if !begun.load(Ordering::SeqCst) {
        // It has not so many steps: one after the other.
        play();
    }
    let failed = failed.into_inner().unwrap_or_default();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

fn between<S: Store<Error: std::fmt::Debug>>(
    store: &mut S,
    terms: &Terms,
    first: &Move,
    steps: usize,
    happens: impl FnOnce(),
) -> Seen {
    use super::scene::{address, contact};
    let terms = || std::sync::Arc::new(terms.clone());
    let happens = Some(happens);
    macro_rules! carried {
        ($operation:expr) => {{
            let operation = $operation;
            drive(store, Between { operation, steps, happens })
                .map_err(|error| format!("{first:?}: {error:?}"))?
                .map(drop)
                .map_err(|no| format!("{first:?}: {no}"))
        }};
    }
    match first {
        Move::Open(who, of) => carried!(Open::new(terms(), contact(*who)?, address(*of)?)),
        Move::Link(who, of) => carried!(Link::new(terms(), contact(*who)?, address(*of)?)),
        Move::Merge(from, into) => carried!(Merge::new(terms(), contact(*from)?, contact(*into)?)),
        Move::Stop { .. } => {
            let (who, stop, _) = first.as_stop()?;
            carried!(Halt::new(terms(), who, stop))
        }
        Move::Signal { at: minute, .. } => {
            let signal = first.signal(&terms().journey).map_err(|error| error.to_string())?;
            carried!(Observe::new(terms(), &signal, at(*minute)))
        }
        Move::Grant { .. } => {
            let (who, go) = first.as_go()?;
            carried!(Append::new(terms(), who, go))
        }
        other => Err(format!("{other:?} is not raced")),
    }
}

fn prepared<P: Place>(place: &P, terms: &Terms, moves: &[Move]) -> Seen {
    let (mut desk, mut sent) = (Desk::new(place.connect(), terms.clone()), Sent::default());
    moves.iter().try_for_each(|done| done.run(&mut desk, &mut sent).map(drop))
}

/// The same, one after the other, in both orders: the answers that the race may lead to.
fn one_of_both<P: Place>(
    fresh: Fresh<'_, P>,
    before: &[Move],
    first: &Move,
    others: &[Move],
    after: &[Move],
) -> Seen {
    let terms = terms()?;
    let alone = |moves: &[&[Move]]| -> Result<(Vec<String>, Sent), String> {
        let (mut desk, mut sent) = (Desk::new(super::memory(&terms), terms.clone()), Sent::default());
        for done in moves.iter().copied().flatten() {
            done.run(&mut desk, &mut sent)?;
        }
        Ok((view(&mut desk)?, sent))
    };
    let first_of_all = std::slice::from_ref(first);
    let expected =
        [alone(&[before, first_of_all, others, after])?, alone(&[before, others, first_of_all, after])?];
    for steps in 0..2 {
        let place = fresh(&terms);
        prepared(&place, &terms, before)?;
        race(&place, &terms, first, steps, others)?;
        let (mut desk, mut sent) = (Desk::new(place.connect(), terms.clone()), Sent::default());
        for done in after {
            done.run(&mut desk, &mut sent)?;
        }
        let left = (view(&mut desk)?, sent);
        if !expected.contains(&left) {
            let [(one, _), _] = &expected;
            alike(&left.0, one, &format!("{others:?} while step {steps} of {first:?} was written"))?;
            return Err(format!("{others:?} while step {steps} of {first:?} was written: other events left"));
        }
    }
    Ok(())
}

/// Signals and a stop of one contact.
pub(super) fn signals<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let before = [Move::Open(0, 0), Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: false }];
    let signup = |id| Move::Signal { id, who: 0, address: 0, kind: 0, at: 10 };
    let stop = Move::Stop { id: 2, who: 0, no: No::Withdraw, of: None, at: 11 };
    let grant = Move::Grant { id: 4, who: 0, address: 0, of: 1, at: 12, waits: false };
    // Two sign-ups welcome once.
    one_of_both(fresh, &before, &signup(10), &[signup(11)], &[Move::Dispatch(20), signup(10), signup(11)])?;
    one_of_both(fresh, &before, &signup(10), &[signup(10)], &[Move::Dispatch(20)])?;
    one_of_both(fresh, &before, &signup(10), &[signup(11), stop.clone()], &[Move::Dispatch(20)])?;
    one_of_both(fresh, &before, &stop, &[signup(10)], &[Move::Dispatch(20)])?;
    one_of_both(fresh, &before, &grant, &[stop, signup(10)], &[Move::Dispatch(20)])
}

/// A stop beside whoever comes to share its key.
pub(super) fn newcomers<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let stop = |who| Move::Stop { id: 1, who, no: No::Withdraw, of: None, at: 10 };
    let grant = |who, address| Move::Grant { id: 5, who, address, of: 0, at: 5, waits: false };
    let one = [Move::Open(0, 0)];
    one_of_both(fresh, &one, &stop(0), &[Move::Open(1, 1)], &[grant(1, 1)])?;
    one_of_both(fresh, &one, &Move::Open(1, 1), &[stop(0)], &[grant(1, 1)])?;
    let two = [Move::Open(0, 0), Move::Open(1, 2), grant(1, 2)];
    one_of_both(fresh, &two, &stop(0), &[Move::Link(1, 1)], &[])?;
    one_of_both(fresh, &two, &Move::Link(1, 1), &[stop(0)], &[])?;
    one_of_both(fresh, &two, &Move::Link(0, 2), &[stop(0)], &[])?;
    let three = [Move::Open(0, 0), Move::Open(1, 2), Move::Open(2, 2), grant(2, 2)];
    one_of_both(fresh, &three, &stop(0), &[Move::Merge(0, 1)], &[])?;
    one_of_both(fresh, &three, &Move::Merge(0, 1), &[stop(0)], &[])?;
    let four = [Move::Open(0, 0), Move::Open(1, 2), Move::Open(2, 3), grant(0, 0)];
    one_of_both(fresh, &four, &Move::Merge(0, 1), &[Move::Merge(1, 2)], &[stop(2)])
}

/// Two who share a key stop at once.
pub(super) fn sharers<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let grant = |id, who, of| Move::Grant { id, who, address: who, of, at: 1, waits: false };
    let before =
        [Move::Open(0, 0), Move::Open(1, 1), grant(1, 0, 0), grant(2, 0, 1), grant(3, 1, 0), grant(4, 1, 1)];
    let stop = |id, who, of| Move::Stop { id, who, no: No::Withdraw, of: Some(of), at: 10 };
    one_of_both(fresh, &before, &stop(5, 0, 0), &[stop(6, 1, 1)], &[])?;
    one_of_both(fresh, &before, &stop(5, 0, 0), &[stop(6, 1, 0)], &[])
}

fn one_mail<P: Place>(place: &P, terms: &Terms) -> Result<crate::name::EventKey, String> {
    let moves = [
        Move::Open(0, 0),
        Move::Open(1, 2),
        Move::Merge(1, 0),
        // Somebody else, under the same address in another spelling.
        Move::Open(2, 1),
        Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: false },
        Move::Signal { id: 2, who: 0, address: 0, kind: 0, at: 2 },
    ];
    prepared(place, terms, &moves)?;
    let waiting = place.connect().waiting(10).map_err(|error| format!("{error:?}"))?;
    waiting.first().copied().ok_or_else(|| "nothing waits to be sent".to_owned())
}

/// While the gateway takes an event, a stop of the person is not acknowledged.
pub(super) fn sending<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    // The contact itself, one that is merged with it, and one that shares an address.
    for who in [0, 1, 2] {
        let place = fresh(&terms);
        let key = one_mail(&place, &terms)?;
        let (stopped, early) = (AtomicBool::new(false), AtomicBool::new(false));
        let stop = Move::Stop { id: 9, who, no: No::Withdraw, of: None, at: 3 };
        let dispatched = std::thread::scope(|scope| {
            let mut gateway = |_: Event<'_>| {
                let (done, wait) = mpsc::channel();
                let (place, terms, stopped, stop) = (&place, &terms, &stopped, &stop);
                scope.spawn(move || {
                    let mut desk = Desk::new(place.connect(), terms.clone());
                    if stop.run(&mut desk, &mut Sent::default()).is_ok() {
                        stopped.store(true, Ordering::SeqCst);
                    }
                    let _ = done.send(());
                });
                let _ = wait.recv_timeout(PATIENCE);
                early.store(stopped.load(Ordering::SeqCst), Ordering::SeqCst);
                Ok::<_, ()>(())
            };
            Desk::new(place.connect(), terms.clone()).dispatch_one(key, at(5), &mut gateway)
        });
        if !matches!(dispatched, Ok(Dispatched::Sent)) {
            return Err(format!("the event was not sent: {dispatched:?}"));
        }
        if early.load(Ordering::SeqCst) {
            return Err(format!(
                "a stop of c-{who} was acknowledged, and the gateway took the mail after that"
            ));
        }
        if !stopped.load(Ordering::SeqCst) {
            return Err("the stop was lost".to_owned());
        }
    }
    Ok(())
}

fn repliers<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let place = fresh(&terms);
    let moves = [Move::Open(0, 0), Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: true }];
    let (mut desk, mut sent) = (Desk::new(place.connect(), terms.clone()), Sent::default());
    moves.iter().try_for_each(|done| done.run(&mut desk, &mut sent).map(drop))?;
    drop(desk);
    let (contact, act) = (super::scene::contact(0)?, super::scene::act_id(1)?);
    let answered = AtomicUsize::new(0);
    let first = std::thread::scope(|scope| {
        let mut gateway = |_: crate::consent::Reply<'_>| {
            answered.fetch_add(1, Ordering::SeqCst);
            let (done, wait) = mpsc::channel();
            let (place, terms, answered) = (&place, &terms, &answered);
            scope.spawn(move || {
                let mut desk = Desk::new(place.connect(), terms.clone());
                let mut sent = Sent::default();
                let _ = Move::Reply { who: 0, act: 1, at: 2 }.run(&mut desk, &mut sent);
                answered.fetch_add(sent.replies.len(), Ordering::SeqCst);
                let _ = done.send(());
            });
            let _ = wait.recv_timeout(PATIENCE);
            Ok::<_, ()>(())
        };
        let mut desk = Desk::new(place.connect(), terms.clone());
        let replied = desk.reply(&contact, &act, at(2), &mut gateway);
        replied.map(|replied| format!("{replied:?}")).map_err(|error| format!("{error:?}"))
    });
    match answered.load(Ordering::SeqCst) {
        1 => first.map(drop),
        count => Err(format!("one act was answered {count} times: {first:?}")),
    }
}

/// One event, two who want to send it; one act, two who want to answer it.
pub(super) fn dispatchers<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    repliers(fresh)?;
    let terms = terms()?;
    let place = fresh(&terms);
    let key = one_mail(&place, &terms)?;
    let sent = AtomicUsize::new(0);
    let second = Mutex::new(None);
    let first = std::thread::scope(|scope| {
        let mut gateway = |_: Event<'_>| {
            sent.fetch_add(1, Ordering::SeqCst);
            let (done, wait) = mpsc::channel();
            let (place, terms, sent, second) = (&place, &terms, &sent, &second);
            scope.spawn(move || {
                let mut gateway = |_: Event<'_>| {
                    sent.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, ()>(())
                };
                let dispatched =
                    Desk::new(place.connect(), terms.clone()).dispatch_one(key, at(5), &mut gateway);
                if let Ok(mut second) = second.lock() {
                    *second = Some(format!("{dispatched:?}"));
                }
                let _ = done.send(());
            });
            let _ = wait.recv_timeout(PATIENCE);
            Ok::<_, ()>(())
        };
        let terms = std::sync::Arc::new(terms.clone());
        let contact = super::scene::contact(0);
        contact.map(|contact| {
            drive(&mut place.connect(), Dispatch::new(terms, key, contact, at(5), &mut gateway))
        })
    })?;
    match (first, sent.load(Ordering::SeqCst)) {
        (Ok(Dispatched::Sent), 1) => Ok(()),
        (first, sent) => {
            let second = second.into_inner().unwrap_or_default();
            Err(format!("the gateway took one event {sent} times: {first:?}, {second:?}"))
        }
    }
}
