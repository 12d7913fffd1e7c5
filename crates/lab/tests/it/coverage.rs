//! Coverage: what the scenes exercise, place by place, and that the whole is the sum of its parts.

use placet::Journey;
use placet_lab::coverage::{Coverage, Exercise, OtherJourney};
use placet_lab::scenario::{Scenarios, Suite};
use proptest::prelude::*;

use super::guarded;
use super::scenario::{REFERENCE, reference, with_an_occasion};
use placet_tests::style::says;

fn suite(journey: &Journey, text: &str) -> Suite {
    Scenarios::read(text).unwrap().compile(journey).unwrap()
}

fn met(coverage: &Coverage) -> Vec<String> {
    let met = coverage.points().iter().filter(|point| point.times > 0);
    met.map(|point| format!("{point} x{}", point.times)).collect()
}

#[test]
fn the_shipped_scenes_exercise_every_place() {
    let coverage = suite(&reference(), REFERENCE).coverage();
    assert_eq!(coverage.missing().map(ToString::to_string).collect::<Vec<_>>(), Vec::<String>::new());
    assert_eq!(coverage.points().len(), 41);
    let onboarding = coverage
        .points()
        .iter()
        .find(|point| point.name == "first-purchase: onboarding" && point.what == Exercise::Refused);
    let reasons: Vec<_> = onboarding.unwrap().reasons.keys().map(|reason| reason.as_str()).collect();
    assert_eq!(reasons, ["erased", "refused", "no_grant"]);
}

#[test]
fn every_part_of_a_guard_is_seen_true_and_false() {
    let journey = guarded::journey();
    let coverage = suite(&journey, guarded::ONE_PURCHASE).coverage();
    assert_eq!(
        met(&coverage),
        [
            r#"rules[0] (second-like): taken x1"#,
            r#"rules[0].when (at least 2 of like within 30 days and not stands at customer): held x1"#,
            r#"rules[0].when (at least 2 of like within 30 days and not stands at customer): did not hold x1"#,
            r#"rules[0].when.all[0] (at least 2 of like within 30 days): held x1"#,
            r#"rules[0].when.all[0] (at least 2 of like within 30 days): did not hold x1"#,
            r#"rules[0].when.all[1] (not stands at customer): held x2"#,
            r#"rules[0].when.all[1].not (stands at customer): did not hold x2"#,
            "rules[0].effects[0] (second-like: mailing): refused x1",
        ]
    );
    let missing: Vec<_> = coverage.missing().map(|point| point.path.as_str()).collect();
    assert!(missing.contains(&"rules[1]") && missing.contains(&"rules[1].when.any[1]"), "{missing:?}");
}

/// A stage with two ways down: the line by which it fell is the one that is counted.
/// The guard of an effect, and what becomes of its event at a release.
#[test]
fn the_occasion_of_an_effect() {
    let journey = with_an_occasion(
        r#""when": { "count": { "kind": "newsletter-signup", "at_least": 1 } }, "within": "24h", "still": ["subscriber"]"#,
    );
    let ends = |between: &str, at: &str, then: &str| {
        let text = format!(
            "placet scenarios 1\nscenario s\nidentity mail email:ada@example.org\ngiven 2013-05-01 10:00 grants newsletter by email\ngiven 2013-05-01 10:00 signal newsletter-signup\n{between}when {at} releases\nthen {then}"
        );
        let suite = suite(&journey, &text);
        assert!(suite.run().is_fine(), "{}", suite.run());
        met(&suite.coverage())
            .into_iter()
            .filter_map(|point| point.strip_prefix("rules[2].effects[0]").map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let name = "signup-makes-subscriber: welcome-mail";
    let queued = format!(" ({name}): queued x1");
    let found = ends("", "2013-05-02 09:00", "sends welcome-mail");
    assert_eq!(
        found[1..],
        [queued.clone(), format!(".within ({name}): in time x1"), format!(".still ({name}): still there x1")]
    );
    assert!(found[0].starts_with(".when (") && found[0].ends_with("): held x1"), "{found:?}");
    let found = ends("", "2013-05-02 10:00", "drops welcome-mail because too_late");
    assert_eq!(found[1..], [queued.clone(), format!(".within ({name}): too late x1")]);
    let found = ends(
        "given 2013-05-01 11:00 signal purchase\n",
        "2013-05-01 12:00",
        "drops welcome-mail because passed",
    );
    assert_eq!(
        found[1..],
        [queued.clone(), format!(".within ({name}): in time x1"), format!(".still ({name}): passed by x1")]
    );
    let found = ends(
        "given 2013-05-01 11:00 withdraws everything\n",
        "2013-05-01 12:00",
        "drops welcome-mail because withdrawn",
    );
    assert_eq!(found[1..], [queued], "a refusal for want of consent says nothing of the occasion");

    let never = with_an_occasion(r#""when": { "count": { "kind": "purchase", "at_least": 1 } }"#);
    let text = "placet scenarios 1\nscenario s\nidentity mail email:ada@example.org\nwhen 2013-05-01 10:00 signal newsletter-signup\nthen moves to subscriber";
    let coverage = suite(&never, text).coverage();
    let of_effect = met(&coverage).into_iter().filter(|point| point.starts_with("rules[2].effects[0]"));
    let of_effect: Vec<String> = of_effect.collect();
    assert_eq!(of_effect.len(), 1, "neither queued nor refused: {of_effect:?}");
    assert!(of_effect[0].ends_with("did not hold x1"), "{of_effect:?}");
}

#[test]
fn the_line_by_which_a_stage_fell() {
    let text = "placet scenarios 1
scenario s
identity mail email:ada@example.org
identity facebook account/facebook:ada.l
given 2013-05-01 10:00 grants newsletter by email for mail
given 2013-05-01 10:00 grants social-linking by social/facebook for facebook
given 2013-05-01 10:00 signal like on facebook
given 2013-05-01 10:00 signal newsletter-signup on mail
";
    let fell = |stop: &str| {
        let text = format!(
            "{text}when 2013-05-02 10:00 withdraws {stop}\nwhen 2013-05-03 10:00 signal shop-visit on mail"
        );
        let text = text.replace("\nwhen 2013-05-03", "\nthen stands at none\nwhen 2013-05-03");
        let coverage = suite(&reference(), &text).coverage();
        let fell =
            coverage.points().iter().filter(|point| point.what == Exercise::FellBack && point.times > 0);
        fell.map(|point| format!("{} {} x{}", point.path, point.name, point.times)).collect::<Vec<_>>()
    };
    // Once when it is asked where she stands, and once by the signal.
    assert_eq!(fell("newsletter"), ["stages[2].sustain[0] subscriber+fan to fan x2"]);
    assert_eq!(fell("social-linking"), ["stages[2].sustain[1] subscriber+fan to subscriber x2"]);
    let both = ["stages[0].sustain[0] fan to none x2", "stages[2].sustain[0] subscriber+fan to fan x2"];
    assert_eq!(fell("everything"), both);
}

/// Two lines whose scopes read alike: where it came to tells them apart. Here an address has leave for a network, which
/// sustains the first line and not the second, that asks accounts.
#[test]
fn two_lines_that_lack_the_same_scope() {
    let text = Journey::REFERENCE_JSON
        .replace(r#"{ "name": "social/facebook" }"#, r#"{ "name": "social/facebook", "reaches": "any" }"#)
        .replace(
            r#"{ "name": "customer" }"#,
            r#"{ "name": "customer", "sustain": [
                { "needs": [{ "purpose": "social-linking", "channel": "social/facebook" }], "else": "ambassador" },
                { "needs": [{ "purpose": "social-linking", "channel": "social/*" }], "else": "none" }] }"#,
        );
    let journey = Journey::from_json(&text).unwrap();
    let fell = |grant: &str, at: &str| {
        let text = format!(
            "placet scenarios 1\nscenario s\nidentity mail email:a@b.c\n{grant}given 2013-05-01 10:00 signal purchase\nwhen 2013-05-02 10:00 waits\nthen stands at {at}"
        );
        let suite = suite(&journey, &text);
        assert!(suite.run().is_fine(), "{}", suite.run());
        let coverage = suite.coverage();
        let fell = coverage.points().iter().find(|point| point.what == Exercise::FellBack && point.times > 0);
        fell.unwrap().name.clone()
    };
    let granted = "given 2013-05-01 09:00 grants social-linking by social/facebook\n";
    assert_eq!(fell("", "ambassador"), "customer to ambassador");
    assert_eq!(fell(granted, "none"), "customer to none");
}

#[test]
fn the_table_for_a_terminal() {
    let text = "placet scenarios 1
scenario s
identity card card:7
when 2013-05-01 10:00 signal purchase
then moves to customer
then refuses onboarding because no_grant
when 2013-05-01 11:00 signal like
then not admitted because no_grant
";
    let expected = "\
coverage of reference-2013: 3 of 41 points
  fall-backs                  0 of 4
  admissions permitted        0 of 2
  admissions refused          1 of 2
  rules taken                 1 of 9
  guard parts that held       0 of 4
  guard parts that did not    0 of 4
  effects queued              0 of 8
  effects refused             1 of 8
refusals met, by reason
  like                        no_grant 1
  first-purchase: onboarding  no_grant 1
never met
  stages[0].sustain[0] (fan to none): fell back
";
    let table = suite(&reference(), text).coverage().to_string();
    assert!(table.starts_with(expected), "{table}");
    assert_eq!(table.lines().count(), 13 + 38);
}

#[test]
fn coverages_of_two_journeys_do_not_add() {
    let mut one = Coverage::none_of(reference().spec());
    assert_eq!(one.add(&Coverage::none_of(guarded::journey().spec())), Err(OtherJourney));
    assert_eq!(one, Coverage::none_of(reference().spec()));
    says(&OtherJourney, "the two coverages are of different journeys: add those of one journey");
}

proptest! {
    /// The coverage of a set is that of its scenarios one by one, in whatever order and grouping they are added.
    #[test]
    fn the_whole_is_the_sum_of_its_parts(order in Just((0..18_usize).collect::<Vec<_>>()).prop_shuffle(), take in 0..=18_usize, cut in 0..=18_usize) {
        let all = Scenarios::from_text(REFERENCE).unwrap().scenarios;
        let journey = reference();
        let coverage = |places: &[usize]| {
            let some = places.iter().map(|place| all[*place].clone()).collect();
            match places {
                [] => Coverage::none_of(journey.spec()),
                _ => Scenarios::of(some).compile(&journey).unwrap().coverage(),
            }
        };
        let chosen = &order[..take];
        let whole = coverage(chosen);
        let mut sum = Coverage::none_of(journey.spec());
        for place in chosen.iter().rev() {
            sum.add(&coverage(&[*place])).unwrap();
        }
        prop_assert_eq!(&sum, &whole);
        let (left, right) = chosen.split_at(cut.min(take));
        let mut halves = coverage(right);
        halves.add(&coverage(left)).unwrap();
        prop_assert_eq!(halves, whole);
    }
}
