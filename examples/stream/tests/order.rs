//! In whatever order messages about different persons come, and however often each comes: the same is stored and sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests"
)]

mod house;

use std::collections::BTreeSet;
use std::time::Duration;

use house::{Client, PARTITIONS, Process, SECRET, Server, names};
use placet::desk::{Look, Terms};
use placet::identity::SuppressionKey;
use placet::{Ask, Identity, Journey, Person, channel::EMAIL, purpose::NEWSLETTER, purpose::OFFERS};
use placet_stream::partition;
use serde_json::Value;

const CONTACTS: usize = 8;

struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

/// What is said by and about one contact, in order. Every other one withdraws, some before the last purchase.
fn life(number: usize) -> Vec<(&'static str, String)> {
    let (contact, mail) = (format!("c-{number}"), format!("email:ada-{number}@example.org"));
    let acts = |act: &str| format!(r#"{{"contact":"{contact}","act":{act}}}"#);
    let grant = |purpose: &str| {
        acts(&format!(
            r#"{{"say":"grant","id":"g-{purpose}","purpose":"{purpose}","channel":"email","identity":"{mail}"}}"#
        ))
    };
    let signal = |id: &str, kind: &str| {
        format!(
            r#"{{"id":"{id}","contact":"{contact}","identity":"{mail}","kind":"{kind}","at":"2013-05-01T10:00:00Z"}}"#
        )
    };
    let mut life = vec![
        ("open", format!(r#"{{"contact":"{contact}","identity":"{mail}"}}"#)),
        ("act", grant("newsletter")),
        ("signal", signal("s-1", "newsletter-signup")),
        ("act", grant("offers")),
        ("signal", signal("s-2", "shop-visit")),
    ];
    // Before anything can be sent by what follows, or after nothing follows.
    if number.is_multiple_of(2) {
        life.insert(3, ("stop", acts(r#"{"say":"object","id":"w-1","purpose":"offers"}"#)));
    }
    life.push(("signal", signal("s-3", "purchase")));
    life
}

/// Shuffles lives, keeps the order within each, and delivers some of it again later.
fn mixed(dice: &mut Dice) -> Vec<(usize, &'static str, String)> {
    let mut lives: Vec<Vec<(&str, String)>> = (0..CONTACTS).map(life).collect();
    let mut all: Vec<(usize, &str, String)> = Vec::new();
    while lives.iter().any(|life| !life.is_empty()) {
        let who = dice.throw(CONTACTS);
        if !lives[who].is_empty() {
            let (kind, body) = lives[who].remove(0);
            all.push((who, kind, body));
        }
        if !all.is_empty() && dice.throw(3) == 0 {
            all.push(all[dice.throw(all.len())].clone());
        }
    }
    all
}

/// What came of messages: the keys of the events, and what every contact permits.
async fn outcome(messages: Vec<(usize, &str, String)>) -> Option<(BTreeSet<String>, usize, Vec<String>)> {
    let server = Server::start("the_order_between_persons_does_not_matter")?;
    let client = Client::new(&server).await;
    let workers = [Process::start(&server, None), Process::start(&server, None)];
    for (who, kind, body) in messages {
        let subject = names().subject_in(partition(&format!("c-{who}"), PARTITIONS), kind);
        client.jetstream.publish(subject, body.into()).await.unwrap().await.unwrap();
    }
    let mut inbox = client.jetstream.get_stream(names().inbox()).await.unwrap();
    while inbox.info().await.unwrap().state.messages > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let terms = Terms::new(Journey::reference().unwrap()).suppressing(SuppressionKey::new(*SECRET));
    let mut log = client.log(terms.clone()).await;
    client.settled(&mut log).await;
    drop(workers);
    assert!(client.all(&names().dead(), ">").await.is_empty());
    let (mut keys, mut count) = (BTreeSet::new(), 0);
    for message in client.events().await {
        let event: Value = serde_json::from_slice(&message.payload).unwrap();
        keys.insert(event["id"].as_str().unwrap().to_owned());
        count += 1;
    }
    let mut seen = Vec::new();
    for who in 0..CONTACTS {
        let look = |person: Option<Person<'_>>| {
            let person = person.unwrap();
            let mail = Identity::email(&format!("ada-{who}@example.org")).unwrap();
            let now = placet_stream::now();
            let refused = [NEWSLETTER, OFFERS]
                .map(|purpose| person.ledger().refuses(&Ask::new(purpose.by(EMAIL), mail.clone()), now));
            format!("{refused:?} {:?} {}", person.held_stage(), person.ledger().acts().count())
        };
        let look = Look::new(terms.want(&format!("c-{who}").parse().unwrap()), look);
        seen.push(log.drive(look).await.unwrap());
    }
    Some((keys, count, seen))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_order_between_persons_does_not_matter() {
    let one_by_one =
        (0..CONTACTS).flat_map(|who| life(who).into_iter().map(move |(kind, body)| (who, kind, body)));
    let Some(expected) = outcome(one_by_one.collect()).await else { return };
    assert_eq!(expected.0.len(), expected.1);
    assert_eq!(expected.1, CONTACTS + CONTACTS / 2, "{expected:?}");
    for seed in 1..5_u64 {
        let seen = outcome(mixed(&mut Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)))).await.unwrap();
        assert_eq!(seen, expected, "seed {seed}");
    }
}
