//! What must hold of the simulation, whatever its numbers.
#![allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use crate::case::{ARTICLE, Case};
use crate::report;
use crate::weeks::Weeks;

const SMALL: Case = Case { mailed: 4_000, without: 400, leave: 50, ..ARTICLE };

fn simulated(case: Case) -> Weeks {
    let mut weeks = Weeks::new(case, &mut |_, _, _| {}).unwrap();
    weeks.run(&mut |_, _, _| {}).unwrap();
    weeks
}

fn sent(weeks: &Weeks, name: &str) -> u64 {
    weeks.sent.iter().filter(|(effect, _)| effect.as_str().ends_with(name)).map(|(_, count)| count).sum()
}

#[test]
fn nothing_leaves_for_anybody_who_did_not_consent() {
    for seed in [1, 2, 3] {
        assert_eq!(simulated(Case { seed, ..SMALL }).astray, 0);
    }
}

#[test]
fn the_funnel_is_that_of_the_rates() {
    let weeks = simulated(SMALL);
    assert_eq!((weeks.came, weeks.authorised), (600, 300));
    assert_eq!(sent(&weeks, "invitation"), 4_000 - 20, "twenty withdrew before it was sent");
    assert_eq!(sent(&weeks, "thanks"), 300);
    let (least, most) = (300 * 30, 300 * 40);
    assert!((least..most).contains(&weeks.likes_kept), "{}", weeks.likes_kept);
    assert!((1..300).contains(&sent(&weeks, "-mailing")), "{:?}", weeks.sent);
    assert_eq!(weeks.decided.unadmitted, 300, "one like of each who declined");
}

#[test]
fn the_counts_add_up() {
    let weeks = simulated(SMALL);
    assert_eq!(weeks.stages.values().sum::<u64>(), 4_400);
    for (effect, count) in &weeks.decided.effects {
        let dropped = weeks.dropped.iter().filter(|((of, _), _)| of == effect).map(|(_, count)| count);
        let left = weeks.sent.get(effect).copied().unwrap_or_default() + dropped.sum::<u64>();
        assert_eq!(left, count.queued, "{effect}: what was queued was sent or dropped");
    }
    let (_, invitation) =
        weeks.decided.effects.iter().find(|(effect, _)| effect.as_str() == "invitation").unwrap();
    let refused: Vec<u64> = invitation.refused.values().copied().collect();
    assert_eq!(refused, [80; 5], "objected, unconfirmed, withdrawn, expired, never granted");
    assert_eq!(invitation.asked(), 4_400);
}

#[test]
fn one_seed_gives_one_outcome() {
    let told = |case| report::outcome(&simulated(case)).unwrap();
    assert_eq!(told(SMALL), told(SMALL));
    assert_ne!(told(SMALL), told(Case { seed: 7, ..SMALL }));
}

#[test]
fn the_rates_can_be_asked_for() {
    let case = |line: &str| Case::of(line.split(' ').map(str::to_owned));
    assert_eq!(case("--authorise 60").unwrap().unwrap().authorise, 60);
    assert_eq!(case("--help").unwrap(), None);
    for (line, why) in [
        ("--come", "--come needs a number after it"),
        ("--come many", "--come needs a whole number after it"),
        ("--come 101", "--come is at most 100"),
    ] {
        assert_eq!(case(line).unwrap_err().to_string(), why);
    }
    assert!(case("--went 5").unwrap_err().to_string().starts_with("an option is not known"));
}
