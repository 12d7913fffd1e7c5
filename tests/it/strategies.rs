//! What `placet::testing` promises: journeys that compile, histories that are taken, yes and no in a fair share.

mod lived;
mod replies;

use std::collections::BTreeMap;

use placet::testing::{Sizes, asks, histories, journeys, ledgers, scopes_of, signals};
use placet::{
    Act, Ask, Contact, Entry, Identity, Journey, Reason, Scope, SignalSpec, Vocabulary,
    channel::EMAIL,
    consent::{ActKind, Appended, ConsentLedger},
    entry::Body,
    purpose::NEWSLETTER,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestError, TestRunner};

use crate::support::{email, facebook, name, on_facebook};

fn sample<T: std::fmt::Debug>(strategy: &BoxedStrategy<T>, count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// A yes, out of so many.
#[derive(Debug, Default)]
struct Share {
    yes: u64,
    all: u64,
}

impl Share {
    fn note(&mut self, yes: u64, all: u64) {
        self.yes += yes;
        self.all += all;
    }

    #[track_caller]
    fn is_fair(&self, of: &str) {
        let share = self.yes as f64 / self.all as f64;
        assert!(self.all > 300 && (0.15..=0.30).contains(&share), "{of}: {share:.3} of {}", self.all);
    }
}

fn two_scopes() -> (Vec<Scope>, Vec<Identity>) {
    (vec![NEWSLETTER.by(EMAIL), on_facebook()], vec![email(), facebook()])
}

#[test]
fn of_the_asks_15_to_30_percent_are_permitted() {
    let (scopes, identities) = two_scopes();
    let mut share = Share::default();
    let questions = sample(&asks(&scopes, &identities), 2_000);
    for (acts, questions) in
        sample(&ledgers(&scopes, &identities, &Sizes::default()), 500).into_iter().zip(questions.chunks(4))
    {
        let ada = appended(acts, &identities);
        for (ask, now) in questions {
            share.note(u64::from(ada.ledger().permit(ask, *now).is_ok()), 1);
        }
    }
    share.is_fair("ledgers");
}

fn appended(acts: Vec<Act>, identities: &[Identity]) -> Contact {
    let mut ada = Contact::open(name("ada"), identities[0].clone(), &Vocabulary::new([]));
    for identity in &identities[1..] {
        ada.link(identity.clone());
    }
    for act in acts {
        assert_eq!(ada.append(act).unwrap().appended(), Appended::New);
    }
    ada
}

#[test]
fn of_the_effects_15_to_30_percent_are_queued() {
    let reference = Journey::reference().unwrap();
    let mut share = Share::default();
    for people in sample(&histories(&reference, &Sizes::default()), 200) {
        rehearse(&reference, &people, &mut share);
    }
    share.is_fair("the reference journey");
    let mut share = Share::default();
    let both = journeys(&Sizes::default()).prop_flat_map(|spec| {
        let journey = Journey::compile(spec).unwrap();
        let people = histories(&journey, &Sizes::default());
        (Just(journey), people)
    });
    for (journey, people) in sample(&both.boxed(), 500) {
        rehearse(&journey, &people, &mut share);
    }
    share.is_fair("journeys");
}

fn rehearse(journey: &Journey, people: &[Vec<Entry>], share: &mut Share) {
    for person in people {
        let (queued, asked) = effects(journey, person);
        share.note(queued, asked);
    }
}

/// How many effects the signals of a history queue, and how many they ask for.
fn effects(journey: &Journey, person: &[Entry]) -> (u64, u64) {
    let (opened, rest) = person.split_first().unwrap();
    let mut contact = Contact::replay([opened], journey.vocabulary()).unwrap();
    let (mut queued, mut asked) = (0, 0);
    for entry in rest {
        match entry.body() {
            Body::Linked(identity) => drop(contact.link(identity.clone())),
            Body::Act(act) => drop(contact.append(act.clone()).unwrap()),
            Body::Signal(admitted) => {
                let signal = journey.signal(admitted.signal().clone()).unwrap();
                let decision = journey.decide(&contact, &signal, admitted.now()).unwrap();
                let left = decision.commit(&mut contact).unwrap().len();
                queued += u64::try_from(left).unwrap();
                asked += u64::try_from(left + decision.refusals().count()).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
    (queued, asked)
}

#[test]
fn every_kind_of_act_is_there_and_nothing_else_than_was_asked_for() {
    let (scopes, identities) = two_scopes();
    let mut kinds = BTreeMap::<String, usize>::new();
    let mut reasons = BTreeMap::<Reason, usize>::new();
    let mut more = Second::default();
    for acts in sample(&ledgers(&scopes, &identities, &Sizes::default().acts(0..=40)), 300) {
        assert!(acts.len() <= 40);
        assert!(acts.is_sorted_by_key(Act::recorded));
        acts.iter().for_each(|act| *kinds.entry(format!("{:?}", act.kind())).or_default() += 1);
        let ada = appended(acts, &identities);
        more.note(ada.ledger());
        for (ask, now) in sample(&asks(&scopes, &identities), 8) {
            if let Some(reason) = ada.ledger().refuses(&ask, now) {
                *reasons.entry(reason).or_default() += 1;
            }
        }
    }
    more.is_there();
    assert_eq!(kinds.len(), ActKind::ALL.len(), "{kinds:?}");
    assert_eq!(
        reasons.len(),
        11,
        "all but those of release, and of a contact that nothing names: {reasons:?}"
    );
}

/// What the second edition of the SPEC added to acts that there were before.
#[derive(Debug, Default)]
struct Second {
    begins: usize,
    only: usize,
    voids_of_a_go: usize,
}

impl Second {
    fn note(&mut self, ledger: &ConsentLedger) {
        let acts: Vec<Act> = ledger.acts().collect();
        self.begins += acts.iter().filter(|act| act.begins().is_some()).count();
        self.only += acts.iter().filter(|act| act.is_only()).count();
        let voids = acts.iter().filter(|act| act.kind() == ActKind::Void);
        let named = voids
            .filter(|void| acts.iter().any(|act| !act.kind().is_stop() && Some(act.id()) == void.names()));
        self.voids_of_a_go += named.count();
    }

    #[track_caller]
    fn is_there(&self) {
        assert!(self.begins > 50 && self.only > 50 && self.voids_of_a_go > 50, "{self:?}");
    }
}

#[test]
fn more_grants_more_yes() {
    let (scopes, identities) = two_scopes();
    let yes = |grants: u32| {
        let ledgers = sample(&ledgers(&scopes, &identities, &Sizes::default().grants(grants)), 200);
        let now = "2024-01-13T00:00:00Z".parse().unwrap();
        let ask = Ask::new(NEWSLETTER.by(EMAIL), email());
        ledgers
            .into_iter()
            .filter(|acts| appended(acts.clone(), &identities).ledger().permit(&ask, now).is_ok())
            .count()
    };
    assert!(yes(10) < yes(60) && yes(60) < yes(95));
}

#[test]
fn sizes_are_kept() {
    let journey = Journey::reference().unwrap();
    let sizes = Sizes::default().contacts(2..=4).acts(3).signals(0);
    for people in sample(&histories(&journey, &sizes), 100) {
        assert!((2..=4).contains(&people.len()));
        for person in people {
            let bodies = || person.iter().map(Entry::body);
            assert!(bodies().filter(|body| matches!(body, Body::Act(_))).count() <= 3);
            let arrived =
                |body: &Body| matches!(body, Body::Signal(signal) if !tells_of_an_act(signal.signal()));
            assert!(!bodies().any(arrived));
            let identities = bodies().filter(|body| matches!(body, Body::Opened(_) | Body::Linked(_)));
            assert_eq!(identities.count(), 3, "an address, and an account for each network");
        }
    }
    let scopes = scopes_of(&journey).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        scopes,
        [
            "newsletter by email",
            "offers by email",
            "social-linking by social/facebook",
            "social-linking by social/twitter",
            "referral by email",
        ]
    );
}

/// What a journey can say is said by some of them, and none says what cannot be meant.
#[test]
fn journeys_are_varied() {
    let mut seen = BTreeMap::<&str, usize>::new();
    let specs = sample(&journeys(&Sizes::default()), 300);
    for spec in &specs {
        let text = serde_json::to_string(spec).unwrap();
        Journey::compile(spec.clone()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        #[cfg(feature = "schema")]
        crate::schema::fits("journey", spec);
        for word in [
            "all",
            "any",
            "not",
            "stage",
            "count",
            "recency",
            "unanswered",
            "not_older_than",
            "queued",
            "effect",
            "attribute",
            "consent",
            "confirm",
            "grant",
            "admission",
            "sustain",
            "within",
            "still",
            "effects",
            "from",
            "recipients",
            "integer",
            "bool",
            "text",
            "instant",
        ] {
            *seen.entry(word).or_default() += usize::from(text.contains(&format!(r#""{word}""#)));
        }
        *seen.entry("social/*").or_default() += usize::from(text.contains("social/*"));
    }
    for (word, count) in &seen {
        assert!(*count >= 10, "{word} is in {count} of {} journeys", specs.len());
    }
    let effects = || specs.iter().flat_map(|spec| &spec.rules).flat_map(|rule| &rule.effects);
    seen.insert("effect guard", effects().filter(|effect| effect.when.is_some()).count());
    seen.insert("effect within", effects().filter(|effect| effect.within.is_some()).count());
    seen.insert("effect still", effects().filter(|effect| effect.still.is_some()).count());
    assert!(effects().all(|effect| effect.still.as_ref().is_none_or(|still| !still.is_empty())));
    for (word, count) in &seen {
        assert!(*count >= 10, "{word}: {count}");
    }
    assert_eq!(seen.len(), 29);
}

fn tells_of_an_act(signal: &SignalSpec) -> bool {
    signal.kind.as_str().starts_with("act:")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_signal_is_taken_by_its_journey(signal in signals(&Journey::reference().unwrap(), &name("ada"), &[email(), facebook()])) {
        Journey::reference().unwrap().signal(signal).unwrap();
    }
}

/// What is left of a failure is what makes it fail.
#[test]
fn failures_shrink_to_what_matters() {
    let journey = Journey::reference().unwrap();
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let rng = TestRunner::deterministic().new_rng();
    let outcome =
        TestRunner::new_with_rng(config, rng).run(&histories(&journey, &Sizes::default()), |people| {
            for person in &people {
                prop_assert_eq!(effects(&journey, person).0, 0);
            }
            Ok(())
        });
    let Err(TestError::Fail(_, people)) = outcome else { panic!("no history queues anything") };
    let [person] = people.as_slice() else { panic!("{people:#?}") };
    let acts = person.iter().filter(|entry| matches!(entry.body(), Body::Act(_) | Body::Signal(_)));
    assert!(acts.count() <= 3, "a grant or two and the signal: {person:#?}");
}

/// Whatever the engine writes down about random histories is taken by its schema.
#[cfg(feature = "schema")]
#[test]
fn what_is_written_is_taken() {
    use crate::schema::fits;
    let reference = Journey::reference().unwrap();
    let (mut explained, mut left) = (0, 0);
    for person in sample(&histories(&reference, &Sizes::default()), 60).into_iter().flatten() {
        let (opened, rest) = person.split_first().unwrap();
        let mut contact = Contact::replay([opened], reference.vocabulary()).unwrap();
        for entry in rest {
            fits("entry", entry);
            match entry.body() {
                Body::Linked(identity) => drop(contact.link(identity.clone())),
                Body::Act(act) => {
                    fits("act", act);
                    let _ = contact.append(act.clone()).unwrap();
                }
                Body::Signal(admitted) => {
                    fits("signal", admitted.signal());
                    let signal = reference.signal(admitted.signal().clone()).unwrap();
                    let why = reference.explain(&contact, &signal, admitted.now()).unwrap();
                    fits("explanation", &why);
                    for (_, asked) in why.effects() {
                        if let placet::decide::Answered::Refused { remedy, .. } = asked.answer() {
                            fits("remedy", &remedy);
                            explained += 1;
                        }
                    }
                    let parts = why.decision().parts(&contact).unwrap();
                    parts.entries.iter().for_each(|entry| fits("entry", entry));
                    for queued in parts.queued {
                        fits("queued_event", &queued);
                        let event =
                            reference.release(queued, &contact, admitted.now()).into_result().unwrap();
                        fits("event", &event);
                        left += 1;
                    }
                    let _ = reference.decide(&contact, &signal, admitted.now()).unwrap().commit(&mut contact);
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(explained > 50 && left > 20, "{explained} remedies and {left} events");
}
