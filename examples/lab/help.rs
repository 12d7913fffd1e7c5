//! What each command is for, with an example.

use crate::arguments::Command;

/// The help on one command, or on all.
pub(crate) fn of(topic: Option<Command>) -> &'static str {
    match topic {
        None => ALL,
        Some(Command::Draw) => DRAW,
    }
}

const ALL: &str = "\
lab: try the rules of a journey out before they meet anybody

  A journey is a file of stages and rules: what happens when somebody likes, signs up, buys. The lab reads it,
  draws it and tries it. Nothing that it makes can be sent to anybody.

  lab draw JOURNEY        a picture of it, for a page or a printer
  lab help COMMAND        what the command does, with an example

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
