//! The parts of one connection.

use super::dice::Dice;
use super::scene::{
    CONTACTS, Fresh, Move, No, Sent, TRACES, address, alike, at, contact, forgetful, scope, terms, view,
};
use super::{Place, Seen, memory};
use crate::consent::{Ask, Reason};
use crate::desk::{Desk, Terms};

/// Plays a history on a place and in memory, and compares every answer and what is left.
fn compared<P: Place>(place: &P, terms: &Terms, moves: &[Move], every: bool) -> Seen {
    let mut desk = Desk::new(place.connect(), terms.clone());
    let mut model = Desk::new(memory(terms), terms.clone());
    let (mut sent, mut expected) = (Sent::default(), Sent::default());
    for (step, done) in moves.iter().enumerate() {
        let (answer, other) = (done.run(&mut desk, &mut sent)?, done.run(&mut model, &mut expected)?);
        if answer != other {
            return Err(format!("step {step}, {done:?}: the store answers `{answer}`, and should `{other}`"));
        }
        if every {
            alike(&view(&mut desk)?, &view(&mut model)?, &format!("after step {step}, {done:?}"))?;
        }
    }
    if sent != expected {
        return Err("other events left than should".to_owned());
    }
    alike(&view(&mut desk)?, &view(&mut model)?, "in the end")
}

/// One life with a bit of everything.
pub(super) fn story() -> Vec<Move> {
    vec![
        Move::Open(0, 0),
        Move::Open(1, 2),
        Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: false },
        Move::Grant { id: 2, who: 0, address: 0, of: 1, at: 1, waits: true },
        Move::Confirm { id: 3, who: 0, address: 0, grant: 2, at: 3 },
        Move::Signal { id: 4, who: 0, address: 0, kind: 0, at: 4 },
        Move::Signal { id: 5, who: 0, address: 0, kind: 1, at: 5 },
        Move::Link(0, 3),
        Move::Merge(1, 0),
        Move::Stop { id: 6, who: 1, no: No::Withdraw, of: Some(1), at: 6 },
        Move::Dispatch(7),
        Move::Open(2, 1),
        Move::Stop { id: 7, who: 0, no: No::Object, of: Some(0), at: 8 },
        Move::Unlink(0, 3),
        Move::Unmerge(1),
        Move::Reply { who: 0, act: 7, at: 9 },
        Move::Dispatch(10),
    ]
}

/// What is delivered again changes nothing, and says so.
pub(super) fn again<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let place = fresh(&terms);
    let twice: Vec<Move> = story().into_iter().flat_map(|done| [done.clone(), done]).collect();
    compared(&place, &terms, &twice, true)?;
    // And once more, from the beginning.
    let mut desk = Desk::new(place.connect(), terms);
    let (before, mut sent) = (view(&mut desk)?, Sent::default());
    let lasting = |done: &&Move| {
        !matches!(done, Move::Merge(..) | Move::Unmerge(_) | Move::Link(..) | Move::Unlink(..))
    };
    for done in story().iter().filter(lasting) {
        done.run(&mut desk, &mut sent)?;
    }
    if !sent.keys.is_empty() {
        return Err("an event left again".to_owned());
    }
    alike(&view(&mut desk)?, &before, "delivered once more")
}

/// A no of one who shares an address, by every way in which the two can come to share it.
pub(super) fn keys<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let stops = [No::Withdraw, No::Refuse, No::Object, No::Restrict, No::Pause, No::Erase, No::Bounced(1)];
    for no in stops {
        let stop = Move::Stop { id: 1, who: 0, no, of: None, at: 10 };
        let grant = Move::Grant { id: 2, who: 1, address: 1, of: 0, at: 5, waits: false };
        let opened = [Move::Open(0, 0), Move::Open(1, 1), grant.clone()];
        let linked = [Move::Open(0, 0), Move::Open(1, 3), Move::Link(1, 1), grant.clone()];
        let merged = [
            Move::Open(0, 2),
            Move::Open(1, 3),
            Move::Open(2, 1),
            Move::Merge(2, 0),
            Move::Link(1, 1),
            grant,
        ];
        for way in [&opened[..], &linked, &merged] {
            // The stop at every place from the first at which there is somebody to say it.
            for place in 1..=way.len() {
                let mut moves = way.to_vec();
                moves.insert(place, stop.clone());
                compared(&fresh(&terms), &terms, &moves, false)
                    .map_err(|seen| format!("{moves:?}: {seen}"))?;
            }
        }
    }
    Ok(())
}

/// The stage that persons hold, forward and back, and what is left of it when they part.
pub(super) fn persons<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let buys = |id, who, address| Move::Signal { id, who, address, kind: 1, at: 10 };
    let leaves = |id, who, address| Move::Signal { id, who, address, kind: 2, at: 12 };
    let moves = [
        Move::Open(0, 0),
        Move::Open(1, 2),
        Move::Open(2, 3),
        buys(1, 0, 0),
        Move::Merge(1, 0),
        Move::Merge(2, 1),
        // A move back stays: the furthest stage is not found again by every signal.
        leaves(2, 1, 2),
        Move::Signal { id: 3, who: 2, address: 3, kind: 3, at: 13 },
        Move::Signal { id: 4, who: 2, address: 3, kind: 0, at: 13 },
        Move::Stop { id: 5, who: 2, no: No::Restrict, of: None, at: 14 },
        Move::Unmerge(2),
        buys(6, 2, 3),
        Move::Merge(2, 0),
        Move::Merge(2, 0),
        Move::Unmerge(0),
        Move::Unmerge(0),
    ];
    compared(&fresh(&terms), &terms, &moves, true)
}

/// Random histories, some under terms that forget.
pub(super) fn histories<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    for seed in 0..40_u64 {
        let terms = if seed.checked_rem(4) == Some(0) { forgetful()? } else { terms()? };
        let moves = Dice::new(seed).history(40);
        compared(&fresh(&terms), &terms, &moves, false).map_err(|seen| format!("history {seed}: {seen}"))?;
    }
    Ok(())
}

/// Keys and ids are taken once.
pub(super) fn once<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let place = fresh(&terms);
    let moves = [
        Move::Open(0, 0),
        Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: true },
        Move::Reply { who: 0, act: 1, at: 2 },
        Move::Reply { who: 0, act: 1, at: 3 },
        Move::Confirm { id: 2, who: 0, address: 0, grant: 1, at: 4 },
        Move::Signal { id: 3, who: 0, address: 0, kind: 0, at: 5 },
        // Another signal under the same id.
        Move::Signal { id: 3, who: 0, address: 0, kind: 1, at: 5 },
        Move::Signal { id: 4, who: 0, address: 0, kind: 3, at: 5 },
        Move::Stop { id: 5, who: 0, no: No::Withdraw, of: None, at: 6 },
        // Refused for good: a later yes brings nothing back.
        Move::Dispatch(7),
        Move::Grant { id: 6, who: 0, address: 0, of: 0, at: 8, waits: false },
        Move::Dispatch(9),
        Move::Signal { id: 7, who: 0, address: 0, kind: 3, at: 9 },
        Move::Dispatch(10),
        Move::Dispatch(11),
    ];
    compared(&place, &terms, &moves, true)?;
    // Another connection does not send what was sent.
    let (mut desk, mut sent) = (Desk::new(place.connect(), terms), Sent::default());
    Move::Dispatch(12).run(&mut desk, &mut sent)?;
    if sent.keys.is_empty() { Ok(()) } else { Err("another connection sent it again".to_owned()) }
}

/// Whoever is erased is forgotten; the no is found under the address by whoever comes later.
pub(super) fn erasure<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = forgetful()?;
    let place = fresh(&terms);
    let mut moves = story();
    moves.extend([
        Move::Stop { id: 50, who: 0, no: No::Erase, of: None, at: 20 },
        Move::Stop { id: 50, who: 0, no: No::Erase, of: None, at: 20 },
        Move::Signal { id: 51, who: 0, address: 0, kind: 1, at: 21 },
        Move::Grant { id: 52, who: 0, address: 0, of: 0, at: 21, waits: false },
        Move::Open(3, 1),
        Move::Grant { id: 53, who: 3, address: 1, of: 0, at: 15, waits: false },
        Move::Open(4, 3),
        Move::Link(4, 0),
        Move::Grant { id: 54, who: 4, address: 0, of: 0, at: 25, waits: false },
        Move::Dispatch(30),
    ]);
    compared(&fresh(&terms), &terms, &moves, true)?;
    // What must not be there is looked for before somebody else comes under the same address.
    moves.truncate(moves.len().saturating_sub(6));
    compared(&place, &terms, &moves, false)?;
    let Some(everything) = place.everything() else { return Ok(()) };
    // The one who shares the address has it in another spelling; ids of the acts of others end alike.
    let found: Vec<&str> = TRACES.into_iter().filter(|trace| everything.contains(trace)).collect();
    let ids = ["a-1-erasable", "a-2-erasable", "a-7-erasable", "a-50-erasable", "s-4-erasable"];
    let ids: Vec<&str> = ids.into_iter().filter(|id| everything.contains(id)).collect();
    if found.is_empty() && ids.is_empty() {
        Ok(())
    } else {
        Err(format!("something is left of who was erased: {found:?} {ids:?}"))
    }
}

/// A connection that has looked sees what another one wrote since.
pub(super) fn behind<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let place = fresh(&terms);
    let mut sent = Sent::default();
    let [mut one, mut other] = [(); 2].map(|()| Desk::new(place.connect(), terms.clone()));
    let moves = [
        Move::Open(0, 0),
        Move::Open(1, 1),
        Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: false },
        Move::Signal { id: 2, who: 0, address: 0, kind: 0, at: 2 },
        Move::Stop { id: 3, who: 1, no: No::Withdraw, of: None, at: 3 },
        Move::Merge(1, 0),
        Move::Link(0, 2),
        Move::Unmerge(1),
    ];
    for done in moves {
        done.run(&mut one, &mut sent)?;
        alike(&view(&mut other)?, &view(&mut one)?, &format!("on another connection, after {done:?}"))?;
    }
    Move::Dispatch(4).run(&mut other, &mut sent)?;
    if sent.keys.is_empty() { Ok(()) } else { Err("mail left after a stop on another connection".to_owned()) }
}

/// A no for an address finds whoever has it, those merged with them, and whoever comes later; a yes finds its one holder.
pub(super) fn strangers<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    for terms in [terms()?, forgetful()?] {
        let moves = [
            Move::Open(0, 0),
            Move::Open(1, 2),
            Move::Open(2, 3),
            Move::Grant { id: 1, who: 0, address: 0, of: 0, at: 1, waits: false },
            Move::Grant { id: 2, who: 1, address: 2, of: 0, at: 1, waits: false },
            Move::Merge(2, 1),
            Move::Row { address: 0, of: 1, at: 2 },
            Move::Row { address: 3, of: 1, at: 2 },
            Move::StopFor { id: 3, address: 1, no: No::Object, at: 3 },
            Move::StopFor { id: 3, address: 1, no: No::Object, at: 3 },
            Move::StopFor { id: 4, address: 3, no: No::Withdraw, at: 3 },
            Move::StopFor { id: 5, address: 4, no: No::Object, at: 3 },
            Move::Open(3, 4),
            Move::Grant { id: 6, who: 3, address: 4, of: 0, at: 2, waits: false },
            // The contact that the list made shares the address now.
            Move::Row { address: 4, of: 1, at: 5 },
            Move::StopFor { id: 7, address: 4, no: No::Withdraw, at: 6 },
        ];
        compared(&fresh(&terms), &terms, &moves, true)?;
    }
    Ok(())
}

/// What a right obliges to: whom to tell, what waits within its reach, for the person and for those who share a key.
pub(super) fn rights<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    for terms in [terms()?, forgetful()?] {
        let mut moves =
            vec![Move::Open(0, 0), Move::Open(1, 1), Move::Open(2, 2), Move::Access { who: 0, at: 1 }];
        for (who, address) in [(0, 0), (1, 1), (2, 2)] {
            moves.extend([
                Move::Grant { id: who, who, address, of: 0, at: 1, waits: false },
                Move::Signal { id: who, who, address, kind: 0, at: 2 },
            ]);
            // The first one is sent, the others wait.
            moves.extend((who == 0).then_some(Move::Dispatch(2)));
        }
        moves.extend([
            Move::Merge(2, 0),
            Move::Access { who: 2, at: 3 },
            // What waits for the contact merged with the one who shares the address is stopped as well.
            Move::Exercise { id: 11, who: 1, no: No::Withdraw, of: Some(0), at: 4 },
            Move::Exercise { id: 11, who: 1, no: No::Withdraw, of: Some(0), at: 4 },
            Move::Rectify { who: 0, old: 2, new: 3, at: 5 },
            Move::Rectify { who: 0, old: 2, new: 3, at: 5 },
            Move::Dispatch(6),
            Move::Exercise { id: 10, who: 2, no: No::Restrict, of: None, at: 7 },
            Move::Access { who: 1, at: 7 },
            Move::Exercise { id: 12, who: 0, no: No::Erase, of: None, at: 8 },
            Move::Access { who: 0, at: 9 },
            Move::Exercise { id: 13, who: 5, no: No::Erase, of: None, at: 8 },
        ]);
        compared(&fresh(&terms), &terms, &moves, true)?;
    }
    Ok(())
}

/// A person whose rows cannot be read keeps nobody else's mail back.
pub(super) fn unreadable<P: Place>(fresh: Fresh<'_, P>) -> Seen {
    let terms = terms()?;
    let place = fresh(&terms);
    let (mut desk, mut sent) = (Desk::new(place.connect(), terms), Sent::default());
    for (who, address) in [(0, 0), (1, 2), (2, 3)] {
        Move::Open(who, address).run(&mut desk, &mut sent)?;
        Move::Grant { id: who, who, address, of: 0, at: 1, waits: false }.run(&mut desk, &mut sent)?;
        Move::Signal { id: who, who, address, kind: 0, at: 2 }.run(&mut desk, &mut sent)?;
    }
    if !place.damage(&contact(1)?) {
        return Ok(());
    }
    Move::Dispatch(3).run(&mut desk, &mut sent)?;
    if sent.keys.len() != 2 {
        return Err(format!("{} of 2 mails left", sent.keys.len()));
    }
    let whole = (0..CONTACTS).filter(|who| *who == 0 || *who == 2);
    for who in whole {
        let there = desk.person(&contact(who)?, |person| person.is_some());
        if !matches!(there, Ok(true)) {
            return Err(format!("c-{who} cannot be read either"));
        }
    }
    if let Ok(there) = desk.person(&contact(1)?, |person| person.is_some()) {
        return Err(format!("what cannot be read is read all the same: {there}"));
    }
    // A no is taken all the same, and lies under the address for whoever shares it.
    Move::Open(3, 2).run(&mut desk, &mut sent)?;
    Move::Grant { id: 3, who: 3, address: 2, of: 0, at: 1, waits: false }.run(&mut desk, &mut sent)?;
    Move::Stop { id: 4, who: 1, no: No::Withdraw, of: None, at: 5 }.run(&mut desk, &mut sent)?;
    let ask = Ask::new(scope(0), address(2)?);
    let refused =
        desk.person(&contact(3)?, |person| person.and_then(|person| person.ledger().refuses(&ask, at(6))));
    match refused {
        Ok(Some(Reason::Withdrawn)) => Ok(()),
        other => Err(format!(
            "a no on somebody who cannot be read is lost for those who share the address: {other:?}"
        )),
    }
}
