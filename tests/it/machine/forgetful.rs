//! A book that forgets whoever is erased, beside one that does not: whatever happens, both answer alike.

use placet::{Book, Contact, Identity, identity::SuppressionKey};
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::command::{Command, Commands};
use super::journey::{ADDRESSES, compiled};
use super::{asked, contact, done, instant, runner};

/// What both are asked after each command: every contact, address and scope, and the stages.
pub fn answers(book: &mut Book, opened: &[usize], now: i64) -> Vec<String> {
    let mut answers = Vec::new();
    for who in opened {
        let id = contact(*who);
        for address in 0..ADDRESSES.len() {
            for scope in 0..2 {
                answers
                    .push(format!("{who} {address} {scope}: {:?}", asked(book, *who, address, scope, now)));
            }
        }
        let stands = book.stands_at(&id, None, instant(now));
        answers.push(format!("{who} holds {:?}, stands at {stands:?}", book.held_stage(&id)));
        answers.push(format!("{who} is {} contacts", book.person_of(&id).len()));
    }
    answers
}

/// How many erasures of contacts with something to forget it saw.
fn played(commands: &[Command]) -> Result<usize, TestCaseError> {
    let key = SuppressionKey::new([7; 16]);
    let (mut plain, mut forgets) = (Book::new(compiled()), Book::suppressing(compiled(), key));
    let mut opened = Vec::new();
    for (step, command) in commands.iter().enumerate() {
        match command {
            // What becomes of what is queued is a matter of the keys it has: tests/it/erasure.
            Command::Dispatch { .. } => continue,
            Command::Open { who, .. } => opened.push(*who),
            _ => {}
        }
        done(&mut plain, command, None);
        done(&mut forgets, command, None);
        let now = [3, 9, 15, 30][step % 4];
        let (remembering, forgetting) =
            (answers(&mut plain, &opened, now), answers(&mut forgets, &opened, now));
        prop_assert_eq!(remembering, forgetting, "after step {}, {:?}", step, command);
    }
    let forgotten: Vec<&Contact> = forgets.contacts().filter(|left| left.ledger().erased()).collect();
    prop_assert!(forgotten.iter().all(|left| left.ledger().identities().all(Identity::is_erased)));
    Ok(forgotten.len())
}

#[test]
fn forgetting_changes_no_answer() {
    let forgotten = std::cell::Cell::new(0);
    let commands = Commands::sequential_strategy(20..60);
    let outcome = runner().run(&commands, |(_, commands, seen)| {
        if let Some(seen) = seen {
            seen.store(commands.len(), std::sync::atomic::Ordering::SeqCst);
        }
        forgotten.set(forgotten.get() + played(&commands)?);
        Ok(())
    });
    outcome.unwrap_or_else(|broken| panic!("{broken}"));
    assert!(forgotten.get() > 100, "only {} contacts were forgotten", forgotten.get());
}
