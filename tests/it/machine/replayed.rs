//! A book that writes a journal: whatever happens to it, the book replayed from the journal is the one that lived (law 7),
//! and goes on like it.

use std::convert::Infallible;

use placet::{Book, Event, Signal, book::Journaled};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest_state_machine::ReferenceStateMachine;
use serde_json::Value;

use super::command::{Command, Commands};
use super::forgetful::answers;
use super::journey::compiled;
use super::model::{Model, Queued};
use super::{act, act_of, arrived, contact, instant, key, mail, runner};

type Kept = Journaled<String>;

/// The command, done to a book with a journal. What a book refuses is not written.
fn kept(kept: &mut Kept, command: &Command, queued: Option<&Queued>) {
    match command {
        Command::Open { who, address } => kept.open(contact(*who), mail(*address)).unwrap(),
        Command::Link { who, address } => drop(kept.link(&contact(*who), mail(*address)).unwrap()),
        Command::Unlink { who, address } => drop(kept.unlink(&contact(*who), &mail(*address)).unwrap()),
        Command::Merge { from, into } => drop(kept.merge(&contact(*from), &contact(*into)).unwrap()),
        Command::Unmerge { who } => drop(kept.unmerge(&contact(*who)).unwrap()),
        Command::Grant { who, .. }
        | Command::Confirm { who, .. }
        | Command::Lift { who, .. }
        | Command::Stop { who, .. } => drop(kept.append(&contact(*who), act_of(command))),
        Command::Observe { now, .. } | Command::Tell { now, .. } => {
            if let Some(signal) = arriving(kept, command) {
                drop(kept.observe(&signal, instant(*now)));
            }
        }
        Command::Dispatch { now, .. } => {
            let mut gateway = |_: Event<'_>| Ok::<(), Infallible>(());
            let _ = kept.dispatch_one(key(queued.unwrap()), instant(*now), &mut gateway).unwrap();
        }
        Command::Ask { .. } => {}
    }
}

fn arriving(kept: &mut Kept, command: &Command) -> Option<Signal> {
    let journey = kept.book().journey().clone();
    match command {
        Command::Tell { who, act: told, .. } => journey.signal_of(kept.contact(&contact(*who))?, &act(*told)),
        _ => Some(arrived(&journey, command)),
    }
}

fn again(journal: &str) -> Book {
    Book::replay(compiled(), journal).unwrap().book
}

fn played(
    commands: &[Command],
    restart: usize,
    mut progress: impl FnMut(),
) -> Result<(Book, String), TestCaseError> {
    let empty = || Kept::new(Book::new(compiled()), String::new());
    let (mut model, mut lived, mut restarted) = (Model::default(), empty(), empty());
    for (step, command) in commands.iter().enumerate() {
        progress();
        if step == restart {
            let (_, journal) = restarted.into_parts().unwrap();
            restarted = Kept::new(again(&journal), journal);
        }
        // A book without a key keeps the id of a signal about somebody erased in memory, and its journal does not.
        let erased = |who: &usize| model.erased(&model.person(*who).members);
        let arrives = matches!(command, Command::Observe { .. } | Command::Tell { .. });
        if arrives && command.who().iter().any(erased) {
            continue;
        }
        let queued = match command {
            Command::Dispatch { which, .. } => model.queue.get(*which).cloned(),
            _ => None,
        };
        kept(&mut lived, command, queued.as_ref());
        kept(&mut restarted, command, queued.as_ref());
        model.apply(command);
    }
    let (mut lived, journal) = lived.into_parts().unwrap();
    let (mut restarted, _) = restarted.into_parts().unwrap();
    let mut replayed = again(&journal);
    let now = [3, 9, 15, 30][commands.len() % 4];
    let opened = model.opened();
    let live = answers(&mut lived, &opened, now);
    prop_assert_eq!(&live, &answers(&mut restarted, &opened, now));
    prop_assert_eq!(&live, &answers(&mut replayed, &opened, now));
    // Of somebody erased a book may keep more in memory than can be asked for.
    if !lived.contacts().any(|contact| contact.ledger().erased()) {
        prop_assert_eq!(format!("{lived:?}"), format!("{replayed:?}"));
    }
    Ok((lived, journal))
}

#[test]
fn a_book_replayed_is_the_book_that_lived_and_goes_on_like_it() {
    let commands = (Commands::sequential_strategy(1..60), 0..60_usize);
    let outcome = runner().run(&commands, |((_, commands, seen), restart)| {
        let progress = || {
            if let Some(seen) = &seen {
                seen.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
        };
        played(&commands, restart, progress).map(drop)
    });
    outcome.unwrap_or_else(|broken| panic!("{broken}"));
}

/// A journal that lost its entries of one type.
fn without(word: &str, journal: &str) -> String {
    let keeps = |entry: &Value| entry["type"] != word;
    let line = |line: &str| {
        let left = match serde_json::from_str(line).unwrap() {
            Value::Array(entries) => Value::Array(entries.into_iter().filter(keeps).collect()),
            entry => Value::Array(Some(entry).into_iter().filter(keeps).collect()),
        };
        let empty = left.as_array().is_some_and(Vec::is_empty);
        if empty { String::new() } else { format!("{left}\n") }
    };
    journal.lines().map(line).collect()
}

#[test]
fn a_journal_that_forgets_is_seen_through() {
    let (commands, mut runner) = (Commands::sequential_strategy(30..60), runner());
    let words = ["signal", "transition", "transition_alone", "unlinked", "unmerged", "sent"];
    let mut missed = Vec::from(words);
    for _ in 0..1_000 {
        let (_, commands, _) = commands.new_tree(&mut runner).unwrap().current();
        let (lived, journal) = played(&commands, 0, || {}).unwrap();
        let live = format!("{lived:?}");
        missed.retain(|word| format!("{:?}", again(&without(word, &journal))) == live);
        if missed.is_empty() {
            break;
        }
    }
    assert!(missed.is_empty(), "nobody sees that {missed:?} is lost");
}
