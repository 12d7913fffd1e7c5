//! What the counts mean, case by case.

use super::{ada_who_likes, entry, journeys, second, signal};
use crate::support::{email, grant, name, proof};
use placet::{
    Act, Entry, Grant, Identity, Journey, JourneySpec, Reach, Stop,
    channel::EMAIL,
    entry::Body,
    journey::{Guard, NeedSpec},
    name::EffectName,
    purpose::{NEWSLETTER, OFFERS, REFERRAL},
};
use placet_lab::{Backtest, Recording, Rehearsal};

fn run(entries: Vec<Entry>) -> Backtest {
    Backtest::of(&journeys(), &Recording::of(entries).unwrap(), |_| {})
}

fn reference(entries: Vec<Entry>) -> Rehearsal {
    run(entries).journeys.remove(0).rehearsal
}

#[test]
fn the_stages_rise_and_fall_at_the_very_second() {
    // The newsletter ends at 25, and is permitted again at 35: no signal says so.
    let mut lines = ada_who_likes();
    let ending = grant("a-1", NEWSLETTER.by(EMAIL), email(), second(10)).until(second(25)).unwrap();
    lines[2] = entry("ada", Body::Act(ending.into()));
    let again =
        Grant::new(name("a-4"), NEWSLETTER.by(EMAIL), email(), proof(), second(35), second(31)).unwrap();
    lines.push(entry("ada", Body::Act(again.into())));
    let counts = Rehearsal::of(&journeys()[0], &Recording::of(lines).unwrap().looked_at_until(second(50)));
    let seconds = |stage: Option<&str>| counts.stages[&stage.map(name)].seconds;
    // Subscriber from 20 to 25 and, having become a fan at 30 where she stood at nothing, fan; 35 finds her a fan still.
    assert_eq!((seconds(None), seconds(Some("subscriber")), seconds(Some("fan"))), (10 + 5, 5, 20));
    assert_eq!(counts.stages[&Some(name("fan"))].at_end, 1);
    assert_eq!(
        counts.stages.values().map(|stage| stage.seconds).sum::<u64>(),
        40,
        "from 10 to 50, none twice"
    );
}

/// What ends at an instant has ended before anything of that instant is known, as a signal above it would find (S8).
#[test]
fn an_end_comes_before_what_is_known_at_its_instant() {
    let mut lines = ada_who_likes();
    let ending = grant("a-1", NEWSLETTER.by(EMAIL), email(), second(10)).until(second(50)).unwrap();
    lines[2] = entry("ada", Body::Act(ending.into()));
    let again = grant("a-4", NEWSLETTER.by(EMAIL), email(), second(50));
    lines.push(entry("ada", Body::Act(again.into())));
    let counts = reference(lines);
    let fan = &counts.stages[&Some(name("fan"))];
    assert_eq!((fan.reached, fan.seconds, fan.at_end), (1, 0, 0));
    assert_eq!(counts.stages[&Some(name("subscriber+fan"))].at_end, 1);
}

#[test]
fn the_open_end_is_counted_to_the_end_of_the_recording() {
    let lines = ada_who_likes();
    let until = |end| {
        let recording = Recording::of(lines.clone()).unwrap().looked_at_until(second(end));
        Rehearsal::of(&journeys()[0], &recording).stages[&Some(name("subscriber+fan"))].seconds
    };
    assert_eq!([30, 31, 40, 100].map(until), [0, 1, 10, 70]);
    assert_eq!(until(29), 0);
}

/// One grant would have done: then it is lost to that scope. Anything else is lost otherwise.
#[test]
fn reach_is_lost_to_a_scope_only_where_one_grant_would_have_cured_it() {
    let lost = |lines: Vec<Entry>| {
        let counts = reference(lines);
        let not_asked = counts.lost.iter().zip(std::iter::repeat(""));
        let all = not_asked.chain(counts.lost_to_a_no.iter().zip(std::iter::repeat(" to a no")));
        let scopes = all.map(|((scope, lost), no)| format!("{scope} {} {}{no}", lost.effects, lost.contacts));
        (scopes.collect::<Vec<String>>(), counts.lost_otherwise)
    };
    let opened = || vec![entry("ada", Body::Opened(email().into()))];
    let buys = || signal("ada", "s-1", &email(), "purchase", second(20), second(20));
    let with = |act: Act| [opened(), vec![entry("ada", Body::Act(act)), buys()]].concat();
    let offers = || OFFERS.by(EMAIL);
    let granted = |scope| Grant::new(name("a-1"), scope, email(), proof(), second(10), second(10)).unwrap();
    let one = |text: &str| (vec![text.to_owned()], 0);
    let otherwise = (Vec::new(), 1);

    assert_eq!(lost(with(granted(offers()).into())), (vec![], 0), "permitted");
    assert_eq!(lost(with(granted(NEWSLETTER.by(EMAIL)).into())), one("offers by email 1 1"));
    assert_eq!(
        lost(with(granted(offers()).until(second(15)).unwrap().into())),
        one("offers by email 1 1"),
        "ended"
    );
    let withdraw = Stop::withdraw(name("a-1"), Reach::everything(), second(10), second(10));
    assert_eq!(lost(with(withdraw.into())), one("offers by email 1 1 to a no"));
    let refuse = Stop::refuse(name("a-1"), Reach::everything(), second(10), second(10));
    assert_eq!(lost(with(refuse.into())), one("offers by email 1 1 to a no"));
    let object = Stop::object(name("a-1"), Reach::everything(), second(10), second(10));
    assert_eq!(lost(with(object.into())), otherwise, "an unobject is needed first");
    let restrict = Stop::restrict(name("a-1"), Reach::everything(), second(10), second(10));
    assert_eq!(lost(with(restrict.into())), otherwise);
    assert_eq!(lost(with(Stop::erase(name("a-1"), second(10), second(10)).into())), otherwise);
    let waiting = granted(offers()).confirm_by(second(30)).unwrap();
    assert_eq!(lost(with(waiting.into())), otherwise, "a confirm is awaited, no grant");
    let late = granted(offers()).confirm_by(second(15)).unwrap();
    assert_eq!(lost(with(late.into())), one("offers by email 1 1"));
    let card = Identity::of_kind("card", "7").unwrap();
    let buys = signal("ada", "s-1", &card, "purchase", second(20), second(20));
    assert_eq!(lost(vec![entry("ada", Body::Opened(card.into())), buys]), otherwise, "no address");
}

/// An effect with two needs is lost to one of them only where the other was permitted.
#[test]
fn both_needs_are_looked_at() {
    let without = |left_out: &[usize]| {
        let lines = ada_who_likes();
        let kept = lines.iter().enumerate().filter(|(place, _)| !left_out.contains(place));
        let eager = &journeys()[1];
        let counts = Rehearsal::of(eager, &Recording::of(kept.map(|(_, line)| line.clone())).unwrap());
        let lost: Vec<_> =
            counts.lost.iter().map(|(scope, lost)| (scope.to_string(), lost.effects)).collect();
        (lost, counts.lost_otherwise, counts.effects[&name::<EffectName>("best-prospect-mailing")].queued)
    };
    assert_eq!(without(&[]), (vec![], 0, 2));
    assert_eq!(without(&[3]), (vec![("offers by email".to_owned(), 2)], 0, 0));

    // Both are lacking: no one grant would do. The kind that the rule is on is not admitted by one of them.
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    let needs = vec![NeedSpec::from(REFERRAL.by(EMAIL))];
    for rule in spec.rules.iter_mut().filter(|rule| rule.name.as_str() == "first-purchase") {
        rule.effects[0].needs = needs.clone();
    }
    let journey = Journey::compile(spec).unwrap();
    let buys = signal("ada", "s-1", &email(), "purchase", second(20), second(20));
    let opened = entry("ada", Body::Opened(email().into()));
    let lost = |acts: Vec<Act>| {
        let acts = acts.into_iter().map(|act| entry("ada", Body::Act(act)));
        let lines = [opened.clone()].into_iter().chain(acts).chain([buys.clone()]);
        let counts = Rehearsal::of(&journey, &Recording::of(lines).unwrap());
        (counts.lost.keys().map(ToString::to_string).collect::<Vec<_>>(), counts.lost_otherwise)
    };
    let offers = || grant("a-1", OFFERS.by(EMAIL), email(), second(10)).into();
    let referral = || grant("a-2", REFERRAL.by(EMAIL), email(), second(10)).into();
    assert_eq!(lost(vec![]), (vec![], 1));
    assert_eq!(lost(vec![offers()]), (vec!["referral by email".to_owned()], 0));
    assert_eq!(lost(vec![referral()]), (vec!["offers by email".to_owned()], 0));
    assert_eq!(lost(vec![offers(), referral()]), (vec![], 0));
}

/// What is said to be lost is won by that grant.
#[test]
fn the_grant_that_is_lacking_wins_what_was_lost() {
    let mut lines = ada_who_likes();
    lines.remove(3);
    let counts = reference(lines.clone());
    let (scope, lost) = counts.lost.first_key_value().unwrap();
    let refused = counts.effects[&name::<EffectName>("best-prospect-mailing")].refused();
    assert_eq!((lost.effects, refused), (1, 1));
    let given = grant("a-9", scope.clone(), email(), second(10));
    lines.insert(3, entry("ada", Body::Act(given.into())));
    let counts = reference(lines);
    assert_eq!(counts.effects[&name::<EffectName>("best-prospect-mailing")].queued, 1);
    assert!(counts.lost.is_empty());
}

/// Nobody gains and nobody loses where the same person gets the same mail a day later.
#[test]
fn the_same_mail_later_is_later_and_by_how_much() {
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    let rule = |spec: &JourneySpec| spec.rules.iter().position(|rule| rule.name.as_str() == "first-purchase");
    let place = rule(&spec).unwrap();
    spec.rules[place].when = Some(Guard::count(name("purchase"), 2, None));
    let pair = [journeys()[0].clone(), Journey::compile(spec).unwrap()];
    let given = grant("a-1", OFFERS.by(EMAIL), email(), second(10));
    let mut lines = vec![entry("ada", Body::Opened(email().into())), entry("ada", Body::Act(given.into()))];
    for (id, seconds) in [("s-1", 20), ("s-2", 20 + 86_400 * 3)] {
        lines.push(signal("ada", id, &email(), "purchase", second(seconds), second(seconds)));
    }
    let onboarding = name::<EffectName>("onboarding");
    let recording = Recording::of(lines).unwrap();
    let there = Backtest::of(&pair, &recording, |_| {});
    let change = &there.diffs[0].events[&onboarding];
    assert_eq!((change.gains.count, change.loses.count, change.earlier.count), (0, 0, 0));
    let later = &change.later;
    assert_eq!((later.contacts, later.count, later.average(), later.most), (1, 1, 259_200, 259_200));
    let [one, other] = pair;
    let back = Backtest::of(&[other, one], &recording, |_| {});
    let change = &back.diffs[0].events[&onboarding];
    assert_eq!((&change.earlier, change.later.count), (later, 0));
    let shown = there.to_string();
    assert!(shown.contains("1 (1 contact, by 3 days on average, 3 days at most)"), "{shown}");
}

#[test]
fn a_diff_names_who_gains_and_who_loses() {
    let backtest = run(ada_who_likes());
    let [eager, patient] = &backtest.diffs[..] else { panic!() };
    let mailing = &eager.events[&name::<EffectName>("best-prospect-mailing")];
    // Mailed on both likes instead of on the one that moved her.
    assert_eq!((mailing.gains.count, mailing.gains.contacts, mailing.loses.count), (1, 1, 0));
    let example = mailing.gains.examples.first().unwrap();
    assert_eq!(
        (example.contact.clone(), example.signal.clone(), example.at),
        (name("ada"), Some(name("s-3")), Some(second(40)))
    );
    // The rule that mails on every like takes the like from the rule that moves: nobody becomes a fan.
    let stage = Some(name("subscriber+fan"));
    assert_eq!((eager.reached[&stage].loses.count, eager.at_end[&stage].loses.count), (1, 1));
    assert_eq!(eager.at_end[&Some(name("subscriber"))].gains.count, 1);
    // The one that waits mails on the second like instead of the first.
    let mailing = &patient.events[&name::<EffectName>("best-prospect-mailing")];
    assert_eq!((mailing.gains.count, mailing.loses.count), (0, 0));
    assert_eq!((mailing.later.count, mailing.later.seconds), (1, 10), "on s-3 at 40 instead of s-2 at 30");
    assert!(patient.reached.is_empty() && patient.at_end.is_empty());
}

#[test]
fn examples_are_bounded_and_the_first() {
    let mut lines = Vec::new();
    for number in (10..30).rev() {
        let (who, mail) =
            (format!("c-{number}"), Identity::email(&format!("c{number}@example.org")).unwrap());
        lines.push(entry(&who, Body::Opened(mail.clone().into())));
        lines.push(signal(&who, "s-1", &mail, "purchase", second(20), second(20)));
    }
    let mut spec = JourneySpec::from_json(Journey::REFERENCE_JSON).unwrap();
    spec.rules.retain(|rule| rule.name.as_str() != "first-purchase");
    let pair = [journeys()[0].clone(), Journey::compile(spec).unwrap()];
    let recording = Recording::of(lines).unwrap();
    let mut done = Vec::new();
    let backtest = Backtest::of(&pair, &recording, |contacts| done.push(contacts));
    assert_eq!(done, (1..=20).collect::<Vec<_>>(), "progress is told");
    let loses = &backtest.diffs[0].reached[&Some(name("customer"))].loses;
    let shown: Vec<String> = loses.examples.iter().map(|example| example.contact.to_string()).collect();
    let first = ["c-10", "c-11", "c-12", "c-13", "c-14"].map(str::to_owned);
    assert_eq!((loses.contacts, shown), (20, first.to_vec()));
    let halves = recording.parts(2);
    assert_eq!(halves.iter().map(placet_lab::Part::contacts).collect::<Vec<_>>(), [10, 10]);
}

#[test]
fn what_a_journey_does_not_know_is_counted() {
    let lines = [
        ada_who_likes(),
        vec![
            signal("ada", "s-8", &email(), "campaign", second(50), second(50)),
            Entry::from_json(
                r#"{"v":1,"type":"signal","contact":"ada","id":"s-9","identity":"email:ada@example.org","kind":"purchase",
                "at":"2013-05-01T10:00:00Z","now":"2013-05-01T10:00:00Z","attributes":[{"name":"colour","value":{"bool":true}}]}"#,
            )
            .unwrap(),
        ],
    ];
    let counts = reference(lines.concat());
    let unknown: Vec<_> = counts.unknown.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!((unknown, counts.signals), (vec![("campaign", 1), ("purchase", 1)], 3));
}
