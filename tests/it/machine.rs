//! A book as a state machine: whatever happens to it, in whatever order, it answers as a naive model does.
//!
//! The neutral format has no unlink, no unmerge, and one identity for each contact; here all of them are.

mod answers;
mod command;
mod forgetful;
mod journey;
mod model;
mod replayed;

use std::convert::Infallible;
use std::sync::atomic::Ordering;

use placet::{
    Act, ActId, Actor, Ask, Book, Confirm, ContactId, Event, Evidence, Grant, Identity, Instant, Journey,
    Lift, Method, Permit, Reach, Reason, Signal, SignalId, SignalSpec, Stop,
    book::{BookError, Dispatched, Observed, Outgoing},
    send::EventKey,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

use crate::support::{name, notice, proof};
use answers::TOLD;
use command::{Command, Commands, Kind};
use journey::{ADDRESSES, STAGES, compiled, rule_name, scope};
use model::{Answer, Fate, Fault, Model, Outcome, Queued};

/// The same commands on every run and every machine; `PLACET_TIMES=20` tries twenty times as many.
fn runner() -> TestRunner {
    runner_of(1_000)
}

fn runner_of(cases: u32) -> TestRunner {
    let times: u32 = std::env::var("PLACET_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let config = Config { cases: cases * times, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn a_book_answers_as_the_list_of_all_that_happened() {
    let commands = Commands::sequential_strategy(1..60);
    let outcome = runner().run(&commands, |(_, commands, seen)| {
        let progress = || seen.as_ref().map_or(0, |seen| seen.fetch_add(1, Ordering::SeqCst));
        played(&commands, Fault::None, progress).map_err(TestCaseError::fail)
    });
    outcome.unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn a_person_of_many_answers_as_the_list_of_all_that_happened() {
    let outcome = runner_of(40)
        .run(&command::storm(), |commands| played(&commands, Fault::None, || 0).map_err(TestCaseError::fail));
    outcome.unwrap_or_else(|broken| panic!("{broken}"));
}

#[test]
fn a_model_that_is_wrong_on_purpose_is_seen_through() {
    for fault in [
        Fault::UnmergeTakesStopsAway,
        Fault::UnmergeLeavesStages,
        Fault::UnlinkedAddressIsAsked,
        Fault::UnlinkForgetsStops,
        Fault::GrantsAreJoined,
        Fault::QueueIsTrusted,
        Fault::QueueIsForgotten,
        Fault::QueueIsEver,
        Fault::LateIsTaken,
        Fault::WaitingIsTold,
        Fault::EmptyConfirmIsTold,
    ] {
        let (commands, mut runner) = (Commands::sequential_strategy(30..60), runner());
        let broken = (0..1_000).any(|_| {
            let (_, commands, _) = commands.new_tree(&mut runner).unwrap().current();
            played(&commands, fault, || 0).is_err()
        });
        assert!(broken, "nobody sees {fault:?}");
    }
}

#[test]
fn the_commands_are_worth_trying() {
    let (commands, mut runner) = (Commands::sequential_strategy(30..60), runner());
    let (mut yes, mut no, mut sent, mut dropped, mut joint) = (0, 0, 0, 0, 0);
    let (mut told, mut unasked) = (0, 0);
    for _ in 0..300 {
        let (mut model, commands, _) = commands.new_tree(&mut runner).unwrap().current();
        for command in &commands {
            let answer = model.apply(command);
            if let Answer::Decided(Outcome::Taken { effects, .. }) = &answer {
                told += usize::from(matches!(command, Command::Tell { .. }));
                unasked += effects.iter().filter(|effect| effect.is_none()).count();
            }
            match answer {
                Answer::Asked(Ok(_)) => yes += 1,
                Answer::Asked(Err(_)) => no += 1,
                Answer::Dispatched(Ok(())) => sent += 1,
                Answer::Dispatched(Err(_)) => dropped += 1,
                Answer::Decided(Outcome::Taken { .. }) if is_joint(&model, command) => joint += 1,
                _ => {}
            }
        }
    }
    let tally = format!("yes {yes}, no {no}, sent {sent}, dropped {dropped}, rules taken together {joint}");
    let tally = format!("{tally}, by a go {told}, effects not asked for {unasked}");
    assert!(yes * 100 >= (yes + no) * 15, "{tally}");
    assert!(told >= 100 && unasked >= 5, "{tally}");
    assert!(sent >= 60 && dropped >= 10 && joint >= 200, "{tally}");
}

fn is_joint(model: &Model, command: &Command) -> bool {
    command.who().iter().any(|who| model.person(*who).members.len() > 1)
}

/// Does the commands to a book and to a model, and compares all that can be asked after each.
fn played(commands: &[Command], fault: Fault, mut progress: impl FnMut() -> usize) -> Result<(), String> {
    let (mut book, mut model) = (Book::new(compiled()), Model::with(fault));
    for (step, command) in commands.iter().enumerate() {
        progress();
        if matches!(command, Command::Dispatch { which, .. } if *which >= model.queue.len()) {
            return Err("a broken model queues less".into());
        }
        let queued =
            if let Command::Dispatch { which, .. } = command { model.queue.get(*which) } else { None };
        let told = done(&mut book, command, queued.cloned().as_ref());
        let expected = model.apply(command);
        if told != expected {
            return Err(format!("step {step}, {command:?}: the book says {told:?}, the model {expected:?}"));
        }
        let now = [3, 9, 15, 30][step % 4];
        compared(&mut book, &model, now)
            .map_err(|other| format!("after step {step}, {command:?}: {other}"))?;
    }
    Ok(())
}

/// Asks both for every contact, address and scope, for stages, and for what became of all that was queued.
fn compared(book: &mut Book, model: &Model, now: i64) -> Result<(), String> {
    let stage = |stage: journey::Stage| stage.map(|stage| name::<placet::Stage>(STAGES[stage]));
    for who in model.opened() {
        let id = contact(who);
        let together: Vec<ContactId> = model.person(who).members.iter().map(|who| contact(*who)).collect();
        same("person", who, &book.person_of(&id), &together)?;
        for (address, written) in ADDRESSES.iter().enumerate() {
            for scope in 0..2 {
                let answers = (asked(book, who, address, scope, now), model.asked(who, address, scope, now));
                same(&format!("{written} for {scope} at {now}"), who, &answers.0, &answers.1)?;
            }
        }
        same("held stage", who, &book.held_stage(&id), &stage(model.held(who)))?;
        let stands = book.stands_at(&id, None, instant(now));
        same(&format!("stage at {now}"), who, &stands, &stage(model.stands(who, now)))?;
    }
    for queued in &model.queue {
        let fate = match book.outbox().get(key(queued)) {
            Some(Outgoing::Queued { event, .. }) => {
                let cited =
                    event.citations().map(|citation| (citation.identity().clone(), citation.act().clone()));
                let needs = queued.needs.iter().map(|need| (mail(need.address), act(need.grant)));
                same("citations", queued.who, &cited.collect::<Vec<_>>(), &needs.collect())?;
                Fate::Waits
            }
            Some(Outgoing::Sent { .. }) => Fate::Sent,
            Some(Outgoing::Dropped { reason, .. }) => Fate::Dropped(*reason),
            None => return Err(format!("not in the outbox: {queued:?}")),
        };
        same("fate", queued.who, &fate, &queued.fate)?;
    }
    same("waiting", 0, &book.outbox().len(), &model.waiting().len())
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, who: usize, book: &T, model: &T) -> Result<(), String> {
    if book == model {
        return Ok(());
    }
    Err(format!("{what} of {}: the book says {book:?}, the model {model:?}", contact(who)))
}

fn asked(book: &mut Book, who: usize, address: usize, of: usize, now: i64) -> Result<usize, Reason> {
    let ask = Ask::new(scope(of), mail(address));
    let permit = book.contact(&contact(who)).unwrap().ledger().permit(&ask, instant(now));
    let number =
        |permit: Permit<'_>| permit.cite().act().to_string().trim_start_matches("a-").parse().unwrap();
    permit.map(number).map_err(|no| no.reason())
}

/// The command, done to a book.
fn done(book: &mut Book, command: &Command, queued: Option<&Queued>) -> Answer {
    match command {
        Command::Open { who, address } => {
            book.open(contact(*who), mail(*address)).unwrap();
            Answer::Done
        }
        Command::Link { who, address } => Answer::Changed(book.link(&contact(*who), mail(*address)).unwrap()),
        Command::Unlink { who, address } => {
            Answer::Changed(book.unlink(&contact(*who), &mail(*address)).unwrap())
        }
        Command::Merge { from, into } => {
            Answer::Changed(book.merge(&contact(*from), &contact(*into)).unwrap())
        }
        Command::Unmerge { who } => Answer::Changed(book.unmerge(&contact(*who)).unwrap()),
        Command::Grant { who, .. }
        | Command::Confirm { who, .. }
        | Command::Lift { who, .. }
        | Command::Stop { who, .. } => {
            let done = book.append(&contact(*who), act_of(command));
            Answer::Appended(done.map(|done| done.appended()))
        }
        Command::Observe { now, .. } | Command::Tell { now, .. } => match signal_of(book, command) {
            Some(signal) => observed(book, &signal, *now),
            None => Answer::NothingToTell,
        },
        Command::Dispatch { now, .. } => dispatched(book, queued.unwrap(), *now),
        Command::Ask { who, address, scope, now } => Answer::Asked(asked(book, *who, *address, *scope, *now)),
    }
}

/// The act that a command appends.
fn act_of(command: &Command) -> Act {
    match command {
        Command::Grant { id, address, scope: of, at, until, confirm_by, .. } => {
            let at = instant(*at);
            let mut grant = Grant::new(act(*id), scope(*of), mail(*address), proof(), at, at).unwrap();
            if let Some(until) = until {
                grant = grant.until(instant(*until)).unwrap();
            }
            if let Some(confirm_by) = confirm_by {
                grant = grant.confirm_by(instant(*confirm_by)).unwrap();
            }
            grant.into()
        }
        Command::Confirm { id, address, at, grant, .. } => {
            let at = instant(*at);
            Confirm::new(act(*id), act(*grant), mail(*address), proof(), at, at).unwrap().into()
        }
        Command::Lift { id, address, scope: of, at, restriction, .. } => {
            let (at, told) = (instant(*at), Evidence::new(Actor::Controller, Method::Paper).shown(notice()));
            let lift = if *restriction {
                Lift::unrestrict(act(*id), scope(*of), mail(*address), told, at, at)
            } else {
                Lift::unobject(act(*id), scope(*of), mail(*address), proof(), at, at)
            };
            lift.unwrap().into()
        }
        Command::Stop { id, kind, reach, at, .. } => stop(*id, *kind, *reach, *at).into(),
        other => panic!("{other:?} appends nothing"),
    }
}

fn stop(id: usize, kind: Kind, reach: Option<usize>, at: i64) -> Stop {
    let reach =
        reach.map_or(Reach::everything(), |of| Reach::everything().purpose(scope(of).purpose().clone()));
    let of = match kind {
        Kind::Withdraw => Stop::withdraw,
        Kind::Refuse => Stop::refuse,
        Kind::Object => Stop::object,
        Kind::Restrict => Stop::restrict,
        Kind::Erase => return Stop::erase(act(id), instant(at), instant(at)),
    };
    of(act(id), reach, instant(at), instant(at))
}

/// The signal that arrives; `None` of a go that gave nothing.
fn signal_of(book: &mut Book, command: &Command) -> Option<Signal> {
    match command {
        Command::Tell { who, act: told, .. } => book.signal_of(&contact(*who), &act(*told)),
        _ => Some(arrived(book.journey(), command)),
    }
}

fn arrived(journey: &Journey, command: &Command) -> Signal {
    let Command::Observe { id, who, address, kind, at, .. } = command else { panic!("a signal") };
    let spec = SignalSpec {
        id: signal(*id),
        contact: contact(*who),
        identity: mail(*address),
        kind: name(kind),
        source: None,
        at: instant(*at),
        attributes: vec![],
    };
    journey.signal(spec).unwrap()
}

fn observed(book: &mut Book, signal: &Signal, now: i64) -> Answer {
    let decision = match book.observe(signal, instant(now)) {
        Ok(Observed::Decided(decision)) => decision,
        Ok(Observed::Again) => return Answer::Again,
        Err(BookError::SignalIdReused) => return Answer::IdReused,
        Err(error) => panic!("{error}"),
    };
    if let Some(no) = decision.unadmitted() {
        return Answer::Decided(Outcome::Unadmitted(no.reason()));
    }
    let Some(rule) = decision.rule() else {
        return Answer::Decided(Outcome::NoRule);
    };
    let rule = (0..journey::RULES.len()).find(|place| rule_name(*place) == rule.as_str()).unwrap();
    let effects = journey::RULES[rule].effects.iter().map(|effect| {
        let mut refused = decision.refusals().filter(|(refused, _)| refused.as_str() == effect.name);
        let queued = decision.queued().any(|queued| queued.as_str() == effect.name);
        match refused.next() {
            Some((_, no)) => Some(Err(no.reason())),
            None => queued.then_some(Ok(())),
        }
    });
    Answer::Decided(Outcome::Taken { rule, effects: effects.collect() })
}

fn dispatched(book: &mut Book, queued: &Queued, now: i64) -> Answer {
    let address = mail(queued.needs[0].address);
    let mut gateway = |event: Event<'_>| -> Result<(), Infallible> {
        assert_eq!(event.identity(), &address, "to whom");
        Ok(())
    };
    match book.dispatch_one(key(queued), instant(now), &mut gateway) {
        Dispatched::Sent => Answer::Dispatched(Ok(())),
        Dispatched::Refused(no) => Answer::Dispatched(Err(no.reason())),
        Dispatched::AlreadySent => Answer::Settled(Fate::Sent),
        // Why it was dropped is compared with the outbox.
        Dispatched::Dropped => Answer::Settled(queued.fate),
        Dispatched::NotQueued => panic!("queued by both"),
        Dispatched::Failed(never) => match never {},
    }
}

fn contact(who: usize) -> ContactId {
    name(&format!("c-{who}"))
}

fn mail(address: usize) -> Identity {
    Identity::email(ADDRESSES[address]).unwrap()
}

/// Of equal length, so that they are ordered as their numbers are (S7).
fn act(id: usize) -> ActId {
    name(&format!("a-{id:03}"))
}

fn instant(seconds: i64) -> Instant {
    crate::support::at(&format!("10:00:{seconds:02}"))
}

/// Of a signal that tells of an act the id is made of the act's.
fn signal(id: usize) -> SignalId {
    match id.checked_sub(TOLD) {
        Some(told) => name(&format!("act:{}", act(told))),
        None => name(&format!("s-{id}")),
    }
}

fn key(queued: &Queued) -> EventKey {
    EventKey::of(
        &contact(queued.who),
        &signal(queued.signal),
        &name(&rule_name(queued.rule)),
        &name(queued.effect),
    )
}
