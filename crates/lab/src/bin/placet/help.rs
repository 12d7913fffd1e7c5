//! What each command is for, with an example, and how the files are written. The texts are in `help/`.

use crate::arguments::Command;

/// What help is asked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The lab as a whole.
    All,
    /// One command.
    On(Command),
    /// How a journey is written.
    Journey,
    /// How scenarios are written.
    Scenarios,
}

/// The help on a topic.
pub(crate) fn of(topic: Topic) -> &'static str {
    match topic {
        Topic::All => include_str!("help/all.txt"),
        Topic::On(Command::Lint) => include_str!("help/lint.txt"),
        Topic::On(Command::Draw) => include_str!("help/draw.txt"),
        Topic::On(Command::Test) => include_str!("help/test.txt"),
        Topic::On(Command::Coverage) => include_str!("help/coverage.txt"),
        Topic::On(Command::Mutate) => include_str!("help/mutate.txt"),
        Topic::On(Command::Backtest) => include_str!("help/backtest.txt"),
        Topic::On(Command::Diff) => include_str!("help/diff.txt"),
        Topic::On(Command::Insight) => include_str!("help/insight.txt"),
        Topic::Journey => include_str!("help/journey.txt"),
        Topic::Scenarios => include_str!("help/scenarios.txt"),
    }
}
