//! The kit: it passes what keeps the promises of a store, and fails a wrong store in the part that is about its fault.

mod shelf;

use placet::{
    Book,
    book::Journaled,
    desk::{
        Memory, Terms,
        kit::{Part, Shared, check, check_part},
    },
};

use shelf::{Fault, Shelf};

#[test]
fn the_store_in_memory_passes() {
    check(|terms| Shared::new(Memory::new(terms.clone()))).unwrap();
}

#[test]
fn the_store_in_a_journal_passes() {
    let book = |terms: &Terms| match terms.key.clone() {
        Some(key) => Book::suppressing(terms.journey.clone(), key),
        None => Book::new(terms.journey.clone()),
    };
    check(|terms| Shared::new(Journaled::new(book(terms), String::new()))).unwrap();
}

#[test]
fn a_store_of_rows_that_finds_conflicts_passes() {
    check(|terms| Shelf::new(terms, None)).unwrap();
}

/// Each fault that backends really had, with the parts that catch it.
#[test]
fn a_wrong_store_fails() {
    let faults = [
        (Fault::ForgetsSignals, Part::Again),
        (Fault::KeepsNoStopsUnderKeys, Part::Keys),
        (Fault::RecomputesTheStage, Part::Persons),
        (Fault::LosesPauses, Part::Histories),
        (Fault::AcknowledgesEarly, Part::Crashes),
        (Fault::ExpectsNothing, Part::Signals),
        (Fault::ReadsKeysEarly, Part::Newcomers),
        (Fault::StopsConflict, Part::Sharers),
        (Fault::LetsGoWhileSending, Part::Sending),
        (Fault::LetsTwoDispatch, Part::Dispatchers),
        (Fault::ForgetsReplies, Part::Once),
        (Fault::ForgetsNobody, Part::Erasure),
        (Fault::OneBadRowBlocksAll, Part::Unreadable),
        (Fault::FindsHoldersAlone, Part::Rights),
        (Fault::ForgetsWhatWasSent, Part::Rights),
        (Fault::LooksBehind, Part::Behind),
    ];
    for (fault, part) in faults {
        assert_eq!(check_part(part, |terms| Shelf::new(terms, None)), Ok(()), "{part:?} of a good store");
        let seen = check_part(part, |terms| Shelf::new(terms, Some(fault)));
        assert!(seen.is_err(), "{part:?} does not see {fault:?}");
    }
}
