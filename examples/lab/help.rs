//! What each command is for, with an example.

use crate::arguments::Command;

/// The help on one command, or on all.
pub(crate) fn of(topic: Option<Command>) -> &'static str {
    match topic {
        None => ALL,
        Some(Command::Draw) => DRAW,
        Some(Command::Backtest) => BACKTEST,
        Some(Command::Diff) => DIFF,
    }
}

const ALL: &str = "\
lab: try the rules of a journey out before they meet anybody

  A journey is a file of stages and rules: what happens when somebody likes, signs up, buys. The lab reads it,
  draws it and tries it. Nothing that it makes can be sent to anybody.

  lab draw JOURNEY                            a picture of it, for a page or a printer
  lab backtest JOURNEY ... --history FILE     what it would have done last year, with the consent known at each instant
  lab diff OLD NEW --history FILE             who would gain or lose what if NEW took the place of OLD
  lab help COMMAND                            what the command does, with an example

  JOURNEY is a file, or the word `reference`: the journey that is built in. From this folder, run a command so:

    cargo run --release --example lab -- draw reference --out reference.svg

  The lab ends with 0 where all is fine, 1 where it found something to look at, and 2 where it cannot read what it
  was given, so that a script can tell them apart.
";

const DRAW: &str = "\
lab draw JOURNEY [--as svg|mermaid|dot] [--out FILE]: a picture of a journey

  Blue boxes are stages; the green dots in them are the consents that hold them up. The cards between are rules:
  the number, the signal, the consent without which the signal is not even kept, when the rule applies, and what
  it asks for (orange), each with the consent it needs. Of two rules that apply, the lower number is taken.
  Dashed red lines say where somebody stands when a consent ends.

  --out FILE    write it to a file; without this it goes to the screen
  --as FORM     svg (a picture for browsers, pages and printers), mermaid (text that wikis and README pages draw),
                or dot (text for Graphviz); without this it follows the name of the file: .svg, .mmd or .dot

  Example: draw the journey that is built in, then open the file in a browser.

    cargo run --release --example lab -- draw reference --out reference.svg
";

const BACKTEST: &str = "\
lab backtest JOURNEY ... --history FILE [--json] [--html FILE]: what a journey would have done

  Runs all that was recorded of each contact through the journey, each signal with the consent that was known when it
  was handled, and counts: who reached which stage and stayed how long, what would have been queued, what would have
  been refused and why, and whom a missing consent kept out. Several journeys stand side by side, and each is
  compared with the first. Nothing is sent, and nothing that comes out of it can be.

  --history FILE    what happened, one entry a line, as a journal of placet is written
  --json            the same as data
  --html FILE       one page with bars and the pictures of the journeys, besides what goes to the screen

  Example: make a history of a year (purchases of real households, consents that are simulated and labelled so), and
  compare the journey that is built in with one that mails on every like.

    cargo run --release --example record > history.jsonl
    cargo run --release --example lab -- backtest reference examples/lab/mail-on-every-like.json \
      --history history.jsonl --html backtest.html

  To try your own rules, copy examples/lab/second-sign.json, change it, and name your file in its place.
";

const DIFF: &str = "\
lab diff OLD NEW --history FILE [--json] [--html FILE]: what changes if NEW takes the place of OLD

  A back-test of both, with who gains or loses which stage and which event, and examples to look at. It ends with 1
  where anything changes for anybody, and with 0 where nothing does: so CI can hold a change of words to be no more.

  --history FILE    what happened, one entry a line, as a journal of placet is written
  --json            the changes only, as data
  --html FILE       one page with bars and the pictures of both journeys, besides what goes to the screen

  Example: what does it cost to wait for a second sign of interest?

    cargo run --release --example record > history.jsonl
    cargo run --release --example lab -- diff reference examples/lab/second-sign.json --history history.jsonl
";
