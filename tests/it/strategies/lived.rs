//! Law 7 for whatever a journey can say: a contact made again from what is stored decides as the one that lived.

use std::collections::BTreeMap;

use placet::testing::{Sizes, histories, journeys};
use placet::{Contact, Entry, Instant, Journey, Signal, entry::Body};
use proptest::prelude::*;

use super::{sample, tells_of_an_act};
use crate::support::name;

/// What the histories show, and how often; one that shows nothing tests nothing.
type Seen = BTreeMap<&'static str, usize>;

/// Lives a history, and compares with what is read from its entries, before every signal and at the end. Entries of the
/// type `lost` are not stored.
fn lived(journey: &Journey, person: &[Entry], seen: &mut Seen, lost: &str) -> Result<(), String> {
    let mut stored: Vec<String> = Vec::new();
    let mut live: Option<Contact> = None;
    let again = |stored: &[String]| {
        let read = stored.iter().map(|line| Entry::from_json(line).unwrap()).collect::<Vec<_>>();
        Contact::replay(&read, journey.vocabulary()).unwrap()
    };
    let store = |stored: &mut Vec<String>, entry: &Entry| {
        if entry.type_name() != lost {
            stored.push(serde_json::to_string(entry).unwrap());
        }
    };
    for entry in person {
        match (&mut live, entry.body()) {
            (None, Body::Opened(_)) => {
                live = Some(Contact::replay([entry], journey.vocabulary()).unwrap());
                store(&mut stored, entry);
            }
            (Some(live), Body::Linked(identity)) => {
                live.link(identity.clone());
                store(&mut stored, entry);
            }
            (Some(live), Body::Act(act)) => {
                let _ = live.append(act.clone()).unwrap();
                store(&mut stored, entry);
            }
            (Some(live), Body::Signal(admitted)) => {
                let signal = journey.signal(admitted.signal().clone()).unwrap();
                let replayed = again(&stored);
                let [ours, theirs] =
                    [&*live, &replayed].map(|contact| told(journey, contact, &signal, admitted.now()));
                if ours != theirs {
                    let of = (spec(journey), stored.join("\n"));
                    return Err(format!("decided {ours}, replayed {theirs}\n{}\n{}", of.0, of.1));
                }
                let decision = journey.decide(&*live, &signal, admitted.now()).unwrap();
                note(journey, &decision, tells_of_an_act(admitted.signal()), seen);
                let entries = decision.parts(&*live).unwrap().entries;
                entries.iter().for_each(|entry| store(&mut stored, entry));
                decision.commit(live).unwrap();
            }
            (_, other) => panic!("{other:?}"),
        }
    }
    let (replayed, live) = (format!("{:?}", again(&stored)), format!("{:?}", live.unwrap()));
    if replayed == live { Ok(()) } else { Err(format!("{replayed} {live}\n{}", stored.join("\n"))) }
}

/// What is decided, or why nothing is.
fn told(journey: &Journey, contact: &Contact, signal: &Signal, now: Instant) -> String {
    let decision = match journey.decide(contact, signal, now) {
        Ok(decision) => decision,
        Err(misfit) => return misfit.to_string(),
    };
    let refused = decision.refusals().map(|(effect, no)| (effect.clone(), no.reason()));
    let refused: Vec<_> =
        refused.chain(decision.unadmitted().map(|no| (name("unadmitted"), no.reason()))).collect();
    let queued: Vec<_> = decision.queued().collect();
    let moved = decision.transition().map(|moved| (moved.from().cloned(), moved.to().cloned()));
    format!("{:?} {moved:?} {queued:?} {refused:?}", decision.rule())
}

fn spec(journey: &Journey) -> String {
    serde_json::to_string(journey.spec()).unwrap()
}

fn note(journey: &Journey, decision: &placet::Decision<'_>, of_act: bool, seen: &mut Seen) {
    let Some(rule) = decision.rule() else { return };
    let rule = journey.spec().rules.iter().find(|of| of.name == *rule).unwrap();
    let text = serde_json::to_string(rule).unwrap();
    let (queued, asked) = (decision.queued().count(), rule.effects.len());
    let mut see = |what, is: bool| *seen.entry(what).or_default() += usize::from(is);
    see("a rule on an act is taken", of_act);
    see("a rule on an act queues", of_act && queued > 0);
    see("an effect is not asked for", queued + decision.refusals().count() < asked);
    see("`queued` is looked at", text.contains(r#""queued""#));
    see("`not_older_than` is looked at", text.contains(r#""not_older_than""#));
}

fn lives() -> Vec<(Journey, Vec<Vec<Entry>>)> {
    let both = journeys(&Sizes::default()).prop_flat_map(|spec| {
        let journey = Journey::compile(spec).unwrap();
        let people = histories(&journey, &Sizes::default());
        (Just(journey), people)
    });
    sample(&both.boxed(), 1_000)
}

#[test]
fn a_contact_read_from_its_entries_decides_as_the_one_that_lived() {
    let mut seen = Seen::new();
    for (journey, people) in lives() {
        for person in people {
            lived(&journey, &person, &mut seen, "").unwrap_or_else(|broken| panic!("{broken}"));
        }
    }
    assert!(seen.len() == 5 && seen.values().all(|count| *count >= 50), "{seen:?}");
}

/// Whoever stores less decides otherwise: every type of entry that a guard or a rule looks at is missed.
#[test]
fn an_entry_that_is_not_stored_is_missed() {
    let lives = lives();
    for lost in ["signal", "queued", "transition", "grant", "confirm", "withdraw", "void"] {
        let mut seen = Seen::new();
        let missed = |person: &Vec<Entry>, journey: &Journey, seen: &mut Seen| {
            lived(journey, person, seen, lost).is_err_and(|broken| broken.starts_with("decided"))
        };
        let missed = lives
            .iter()
            .any(|(journey, people)| people.iter().any(|person| missed(person, journey, &mut seen)));
        assert!(missed, "no decision misses a {lost} that is lost");
    }
}
