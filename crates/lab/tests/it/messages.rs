//! Messages of the lab that no other test asserts, word for word.

use placet::Journey;
use placet_lab::{Backtest, OtherJourneys, Recording};
use placet_tests::sources::sources;
use placet_tests::style::says;

#[test]
fn recordings_and_backtests() {
    says(
        &Recording::read(" \n{}").unwrap_err(),
        "line 2 of the recording: the field `v` is missing (at `.`, line 1, column 2)",
    );
    let journey = Journey::reference().unwrap();
    let alone = Backtest::of(std::slice::from_ref(&journey), &Recording::default(), |_| {});
    let both = Backtest::of(&[journey.clone(), journey], &Recording::default(), |_| {});
    assert_eq!(alone.and(both), Err(OtherJourneys));
    says(
        &OtherJourneys,
        "these back-tests are of different journeys: add up those of the same journeys in the same order",
    );
}

/// Whoever adds a message adds a line to these tests.
#[test]
fn no_message_is_left_out() {
    let library = sources("crates/lab/src").into_iter().filter(|file| !file.path.starts_with("bin/"));
    let count: usize = library
        .map(|file| {
            file.text.matches("#[error(").count() - file.text.matches("#[error(transparent)]").count()
        })
        .sum();
    assert_eq!(count, 32, "messages of the lab; assert the new one");
}
