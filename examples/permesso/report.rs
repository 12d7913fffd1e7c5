//! The funnel, the stages and the effects, as tables.

use std::fmt::Write;
use std::time::Duration;

use placet::Stage;

use crate::weeks::Weeks;

/// All that came of it; the same for the same numbers and seed.
pub(crate) fn outcome(weeks: &Weeks) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    let case = weeks.case();
    let invited =
        weeks.sent.iter().find(|(effect, _)| effect.as_str() == "invitation").map_or(0, |(_, n)| *n);
    let chosen: u64 =
        weeks.sent.iter().filter(|(effect, _)| effect.as_str().ends_with("-mailing")).map(|(_, n)| n).sum();
    let unadmitted: u64 = weeks.decided.unadmitted;
    writeln!(text, "the funnel")?;
    for (what, count) in [
        ("in the base", u64::from(case.mailed) + u64::from(case.without)),
        ("the first mailing left for", invited),
        ("came in the first week", weeks.came),
        ("authorised the application", weeks.authorised),
        ("likes kept", weeks.likes_kept),
        ("likes that leave no trace", unadmitted),
        ("mailings chosen by likes", chosen),
    ] {
        writeln!(text, "  {what:32}{:>12}", grouped(count))?;
    }
    writeln!(text, "\nstages at the end")?;
    for (stage, count) in &weeks.stages {
        let stage = stage.as_ref().map_or("no stage", Stage::as_str);
        writeln!(text, "  {stage:32}{:>12}", grouped(*count))?;
    }
    writeln!(text, "\n{:34}{:>12}{:>12}{:>12}{:>12}", "effects", "asked", "refused", "queued", "sent")?;
    for (effect, count) in &weeks.decided.effects {
        let refused: u64 = count.refused.values().sum();
        let sent = weeks.sent.get(effect).copied().unwrap_or_default();
        let numbers = [count.asked(), refused, count.queued, sent].map(grouped);
        let [asked, refused, queued, sent] = numbers;
        writeln!(text, "  {:32}{asked:>12}{refused:>12}{queued:>12}{sent:>12}", effect.as_str())?;
        for (reason, count) in &count.refused {
            writeln!(text, "    {:42}{:>12}", reason.as_str(), grouped(*count))?;
        }
        for ((_, reason), count) in weeks.dropped.iter().filter(|((dropped, _), _)| dropped == effect) {
            writeln!(text, "    {:66}{:>12}", format!("{reason} when it was to be sent"), grouped(*count))?;
        }
    }
    writeln!(text, "\nsent to somebody who had not consented: {}", weeks.astray)?;
    Ok(text)
}

/// What it took on this machine.
pub(crate) fn cost(weeks: &Weeks, time: Duration) -> String {
    let steps = weeks.acts() + weeks.decided.signals;
    let a_second = u128::from(steps) * 1_000 / time.as_millis().max(1);
    let a_second = grouped(u64::try_from(a_second).unwrap_or(u64::MAX));
    let memory = match peak() {
        Some(kilobytes) => format!("{} MB at the most", grouped(kilobytes / 1_024)),
        None => "memory is told on Linux only".to_owned(),
    };
    let (acts, signals) = (grouped(weeks.acts()), grouped(weeks.decided.signals));
    format!("{acts} acts and {signals} signals in {:.1} s: {a_second} a second; {memory}", time.as_secs_f64())
}

/// The most memory that this process has held, in kilobytes, as Linux tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Three digits and a comma.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
