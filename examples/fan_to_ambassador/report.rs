//! What is printed: words, tables and bars, 80 columns wide.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use placet::{Instant, Reason, Stage};

use crate::counts::EffectCount;
use crate::data::History;
use crate::replay::{HOURS_TO_SEND, Pass};
use crate::simulate::{
    COME_PER_100, CONSENT_PER_100, DAYS_OF_GRANT, Deed, HOURS_TO_WITHDRAW, SEED, Simulation, WITHDRAW_PER_100,
};

/// As wide as a terminal.
const WIDTH: usize = 80;

/// The words that are used below.
pub(crate) const WORDS: &str = "\
FROM FAN TO AMBASSADOR
A mailing leaves only where the person said yes, and only while the yes stands.

  contact   one person, or here one household, as one company knows them
  signal    something that arrived: a like, a sign-up, a purchase
  stage     where a contact stands: fan, subscriber, customer, ambassador
  grant     the person's yes to one purpose by one way: `offers by email`
  effect    what a rule asks for when a signal arrives, such as a welcome mail
  queued    permitted when asked; asked once more before it leaves
  refused   not permitted; the answer says why, and what would cure it
";

/// The title of the first pass.
pub(crate) const AS_IT_IS: &str = "FIRST PASS: the data as it is";
/// The title of the second pass.
pub(crate) const SIMULATED: &str = "SECOND PASS: the same data, with the simulated consent";

/// A reason in words.
pub(crate) fn in_words(reason: Reason) -> &'static str {
    match reason {
        Reason::OtherContact => "it was meant for somebody else",
        Reason::IdentityGone => "the address is no longer this contact's",
        Reason::UnknownContact => "the contact has told us nothing yet",
        Reason::Erased => "the contact asked to be forgotten",
        Reason::Restricted => "the contact asked us to keep the data and not use it",
        Reason::Paused => "the contact asked for a pause",
        Reason::Objected => "the contact objected",
        Reason::Pending => "the yes waits to be confirmed",
        Reason::Unconfirmed => "the yes was not confirmed in time",
        Reason::Refused => "asked, and the answer was no",
        Reason::Withdrawn => "the yes was taken back",
        Reason::UnknownNotice => "nobody knows what was shown",
        Reason::Void => "the yes was never good",
        Reason::Expired => "the yes has ended",
        Reason::NoGrant => "nobody ever said yes to this",
        _ => "another reason, which no decision of this story gives",
    }
}

/// A stage in words.
pub(crate) fn stage_name(stage: Option<&Stage>) -> &str {
    stage.map_or("no stage", Stage::as_str)
}

/// A day, as people write it.
pub(crate) fn day(at: Instant) -> String {
    at.as_utc().format("%-d %B %Y").to_string()
}

/// Breaks a sentence into lines; the first begins with `first`, the others with as many blanks.
pub(crate) fn wrap(first: &str, sentence: &str) -> String {
    let indent = first.chars().count();
    let mut text = first.to_owned();
    let mut column = indent;
    for word in sentence.split_whitespace() {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            let _ = write!(text, "\n{:indent$}", "");
            column = indent;
        }
        if column > indent {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
    text
}

/// What was read.
pub(crate) fn history(history: &History) -> String {
    let listed: std::collections::BTreeSet<u32> = history.contacts.iter().map(|row| row.household).collect();
    let mut text = "A YEAR OF THE COMPLETE JOURNEY DATA\n".to_owned();
    text.push_str(&wrap(
        "",
        &format!(
            "{} baskets of {} households. {} campaigns, which had households on their lists {} times: {} \
             households, the others never. Every basket is a signal `purchase`. Every household on a list is \
             a signal `campaign`, and a rule asks for a `campaign-mailing` then: offers by post. The first \
             purchase asks for an `onboarding` mail: offers by email. The data records no consent, and no \
             e-mail address. (This data is about households; it may itself be simulated.)",
            history.baskets.len(),
            history.households().len(),
            history.campaigns.len(),
            history.contacts.len(),
            listed.len(),
        ),
    ));
    text
}

/// What the simulation assumes, and what it made.
pub(crate) fn simulation(simulation: &Simulation) -> String {
    let mut text = "SIMULATED CONSENT: nobody in the data did any of this\n".to_owned();
    let mut point = |sentence: String| text.push_str(&wrap("  - ", &sentence));
    point(format!(
        "A household on a campaign's list is asked at the counter, at its next visit. {COME_PER_100} of 100 \
         come and listen, and {CONSENT_PER_100} of 100 of these say yes to offers by post: the rates of the 2013 \
         article (60,000 came of 400,000 mailed; 30,000 of them authorised). The others say no."
    ));
    point(format!("A yes ends after {DAYS_OF_GRANT} days (invented)."));
    point(format!(
        "When a mailing is due to a household that said yes, {WITHDRAW_PER_100} of 100 take it back, within \
         {HOURS_TO_WITHDRAW} hours (invented, and high, so that it is seen)."
    ));
    point(format!(
        "A mailing is queued at 9 on the day its campaign begins, and leaves {HOURS_TO_SEND} hours later."
    ));
    let granted = simulation.count(|deed| matches!(deed, Deed::Grant { .. }));
    let refused = simulation.count(|deed| *deed == Deed::Refuse);
    let withdrawn = simulation.count(|deed| *deed == Deed::Withdraw);
    point(format!(
        "Drawn with seed {SEED}: {} times asked, {} came, {granted} said yes, {refused} said no; {withdrawn} \
         took it back.",
        simulation.asked,
        granted + refused,
    ));
    text
}

/// One pass: stages, effects, reasons.
pub(crate) fn pass(title: &str, pass: &Pass) -> String {
    let mut text = format!("{title}\n\n  contacts by stage, at the end\n");
    text.push_str(&stages(&pass.journey, &pass.stages));
    text.push('\n');
    line(&mut text, ["effect", "asked", "refused", "queued", "sent", "stopped"]);
    for (name, effect) in &pass.counts.effects {
        let sent = pass.sent.iter().filter(|sent| sent.effect == *name).count();
        let sent = u64::try_from(sent).unwrap_or(u64::MAX);
        let numbers =
            [effect.asked(), effect.asked() - effect.queued, effect.queued, sent, effect.queued - sent];
        let [asked, refused, queued, sent, stopped] = numbers.map(|number| number.to_string());
        line(&mut text, [name.as_str(), &asked, &refused, &queued, &sent, &stopped]);
    }
    text.push_str("  (asked = refused + queued; queued = sent + stopped)\n");
    for (name, effect) in &pass.counts.effects {
        reasons(&mut text, &format!("{name}: refused when asked"), &effect.refused);
    }
    reasons(&mut text, "stopped before it left", &pass.dispatched.refused);
    if pass.waiting > 0 {
        let _ = writeln!(text, "\n  still queued at the end: {}", pass.waiting);
    }
    text
}

fn line(text: &mut String, [name, numbers @ ..]: [&str; 6]) {
    let _ = write!(text, "  {name:<18}");
    for number in numbers {
        let _ = write!(text, "{number:>11}");
    }
    text.push('\n');
}

fn reasons(text: &mut String, title: &str, reasons: &BTreeMap<Reason, u64>) {
    if reasons.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n  {title}");
    for (reason, count) in reasons {
        let _ = writeln!(text, "    {count:>5}  {:<16} {}", reason.as_str(), in_words(*reason));
    }
}

/// A bar for each stage of the journey, empty ones included.
fn stages(journey: &[Stage], stages: &BTreeMap<Option<Stage>, u64>) -> String {
    let most = stages.values().copied().max().unwrap_or(0).max(1);
    let mut text = String::new();
    for stage in std::iter::once(None).chain(journey.iter().cloned().map(Some)) {
        let count = stages.get(&stage).copied().unwrap_or(0);
        let length = usize::try_from((count * 44).div_ceil(most)).unwrap_or_default();
        let name = stage_name(stage.as_ref());
        let _ = writeln!(text, "{}", format!("    {name:<16}{count:>6}  {}", "#".repeat(length)).trim_end());
    }
    text
}

/// The two passes side by side.
pub(crate) fn compared(before: &Pass, after: &Pass) -> String {
    let lists = |pass: &Pass| pass.counts.effects.values().map(EffectCount::asked).sum::<u64>();
    let stages = if before.stages == after.stages {
        "The stages are the same in both: what somebody buys is a fact, and permits nothing."
    } else {
        "The stages differ between the two."
    };
    let (asked, first, second) = (lists(after), before.sent.len(), after.sent.len());
    wrap(
        "",
        &format!(
            "Of {asked} mailings asked for, {first} left in the first pass and {second} in the second, each on a \
             yes that stood when it left. {stages}"
        ),
    )
}

/// How long a pass took here.
pub(crate) fn time(pass: &Pass, time: Duration) -> String {
    let signals = u128::from(pass.counts.signals);
    let each = time.as_nanos().checked_div(signals).unwrap_or_default();
    format!(
        "  time: {signals} signals in {} ms, {}.{} microseconds each (on this machine)",
        time.as_millis(),
        each / 1_000,
        each % 1_000 / 100,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay;

    #[test]
    fn the_whole_output_fits_a_terminal_and_is_the_same_in_every_run()
    -> Result<(), Box<dyn std::error::Error>> {
        let whole = || -> Result<String, Box<dyn std::error::Error>> {
            let history = History::read(&crate::excerpt())?;
            let drawn = Simulation::of(&history, SEED)?;
            let (first, second) =
                (replay::run(&history, &Simulation::default())?, replay::run(&history, &drawn)?);
            Ok([
                WORDS.to_owned(),
                crate::story::tell()?,
                super::history(&history),
                pass(AS_IT_IS, &first),
                simulation(&drawn),
                pass(SIMULATED, &second),
                compared(&first, &second),
                time(&second, Duration::from_millis(12_345)),
            ]
            .concat())
        };
        let text = whole()?;
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(text, whole()?);
        assert!(
            text.contains("Of 431 mailings asked for, 0 left in the first pass and 27 in the second"),
            "{text}"
        );
        Ok(())
    }

    #[test]
    fn sentences_break_between_words() {
        assert_eq!(wrap("- ", "a b"), "- a b\n");
        let text = wrap("- ", &"word ".repeat(20));
        assert_eq!(text.lines().map(str::len).collect::<Vec<_>>(), [76, 26]);
        assert!(text.lines().skip(1).all(|line| line.starts_with("  word")));
    }
}
