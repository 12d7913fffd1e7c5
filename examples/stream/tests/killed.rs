//! Two workers on one server, under load, killed at random. No stop is lost, no event goes out twice, and none goes out after a
//! stop that was answered: not to the one who said it, nor to whoever shares the address.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    reason = "tests"
)]

mod house;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use house::{Client, Process, SECRET, Server, names, sequence};
use placet::desk::{Look, Terms};
use placet::identity::SuppressionKey;
use placet::{Ask, Journey, Person, Reason, channel::EMAIL, purpose::NEWSLETTER};
use serde_json::Value;

const JOURNEY: &str = r#"{ "placet": 1, "name": "killed", "controller": "us",
  "catalogue": { "purposes": ["newsletter"], "channels": [{ "name": "email" }],
    "notices": [{ "id": "newsletter-form", "version": "2013-01" }] },
  "stages": [{ "name": "reader" }],
  "signals": [{ "kind": "buy" }],
  "rules": [
    { "name": "buys", "on": "buy", "effects": [{ "name": "thanks", "purpose": "newsletter", "channel": "email" }] }
  ] }"#;

const PAIRS: usize = 12;

struct Dice(u64);

impl Dice {
    fn new(seed: usize) -> Dice {
        Dice((seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

/// What one contact came to.
#[derive(Default)]
struct Life {
    /// Signals that were answered.
    signals: BTreeSet<String>,
    /// The last message of the log when the stop had been answered.
    stopped: Option<u64>,
}

/// Of those who stop some want to be forgotten.
fn erases(pair: usize) -> bool {
    pair.is_multiple_of(6)
}

/// Of every other pair one stops, at some time.
async fn live(client: Client, pair: usize, side: &str, end: Instant) -> (String, usize, Life) {
    // Two contacts share an address in two spellings, and are handled by two consumers as it falls out.
    let name = if side == "a" { "ada" } else { "ADA" };
    let (contact, address) = (format!("{side}-{pair}"), format!("email:{name}-{pair}@example.org"));
    let mut dice = Dice::new(pair * 2 + usize::from(side == "b"));
    let mut life = Life::default();
    client.does("open", &format!(r#"{{"contact":"{contact}","identity":"{address}"}}"#)).await;
    let grant = format!(
        r#"{{"contact":"{contact}","act":{{"say":"grant","id":"g-1","purpose":"newsletter","channel":"email","identity":"{address}"}}}}"#
    );
    client.does("act", &grant).await;
    let stops = (pair.is_multiple_of(2) && side == "a").then(|| {
        let left = end.saturating_duration_since(Instant::now()).as_millis() as usize;
        Instant::now() + Duration::from_millis(dice.throw(left.max(1)) as u64)
    });
    for number in 0.. {
        if Instant::now() > end && stops.is_some() == life.stopped.is_some() {
            break;
        }
        if life.stopped.is_none() && stops.is_some_and(|at| Instant::now() > at) {
            let say = if erases(pair) { "erase" } else { "withdraw" };
            let stop = format!(r#"{{"contact":"{contact}","act":{{"say":"{say}","id":"w-1"}}}}"#);
            client.does("stop", &stop).await;
            let log = client.jetstream.get_stream(names().log()).await.unwrap();
            life.stopped = Some(log.cached_info().state.last_sequence);
        }
        let signal = format!("s-{number}");
        let body = format!(
            r#"{{"id":"{signal}","contact":"{contact}","identity":"{address}","kind":"buy","at":"2013-05-01T10:00:00Z"}}"#
        );
        client.does("signal", &body).await;
        life.signals.insert(signal);
        tokio::time::sleep(Duration::from_millis(dice.throw(20) as u64)).await;
    }
    (contact, pair, life)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_are_killed_at_random() {
    let Some(server) = Server::start("two_workers_are_killed_at_random") else { return };
    let seconds: u64 = std::env::var("PLACET_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let home = tempfile::tempdir().unwrap();
    let journey = home.path().join("journey.json");
    std::fs::write(&journey, JOURNEY).unwrap();
    let client = Client::new(&server).await;
    let start = || Process::start(&server, Some(&journey));
    let mut workers = [start(), start()];

    let end = Instant::now() + Duration::from_secs(seconds);
    let lives: Vec<_> = (0..PAIRS)
        .flat_map(|pair| ["a", "b"].map(|side| tokio::spawn(live(client.clone(), pair, side, end))))
        .collect();
    let (mut kills, mut dice) = (0, Dice::new(99));
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(150 + dice.throw(500) as u64)).await;
        let which = dice.throw(2);
        workers[which].kill();
        workers[which] = start();
        kills += 1;
    }
    let mut all = BTreeMap::new();
    for life in lives {
        let (contact, pair, life) = life.await.unwrap();
        all.insert(contact, (pair, life));
    }
    let terms = Terms::new(Journey::from_json(JOURNEY).unwrap()).suppressing(SuppressionKey::new(*SECRET));
    let mut log = client.log(terms.clone()).await;
    client.settled(&mut log).await;

    let stops: BTreeMap<usize, u64> =
        all.values().filter_map(|(pair, life)| Some((*pair, life.stopped?))).collect();
    assert_eq!(stops.len(), PAIRS / 2);
    let (mut ids, mut effects) = (BTreeSet::new(), BTreeSet::new());
    for message in client.events().await {
        let event: Value = serde_json::from_slice(&message.payload).unwrap();
        let contact = event["subject"].as_str().unwrap();
        assert!(ids.insert(event["id"].as_str().unwrap().to_owned()), "an event went out twice");
        let effect = (contact.to_owned(), event["data"]["signal"].as_str().unwrap().to_owned());
        assert!(effects.insert(effect), "one effect, two keys");
        if let Some(stopped) = stops.get(&all[contact].0) {
            assert!(sequence(&message) <= *stopped, "an event about {contact} went out after the stop");
        }
    }

    // Nothing is left of whoever wanted to be forgotten, and what they were sent before is gone with them.
    for message in client.all(&names().log(), ">").await {
        let text = String::from_utf8_lossy(&message.payload);
        for pair in (0..PAIRS).filter(|pair| erases(*pair)) {
            assert!(
                !text.contains(&format!("\"a-{pair}\"")) && !text.contains(&format!("ada-{pair}@")),
                "{text}"
            );
        }
    }
    let mut signals = 0;
    for (contact, (pair, life)) in &all {
        signals += life.signals.len();
        let look = |person: Option<Person<'_>>| {
            let person = person.unwrap();
            let mail = person.ledger().identities().next().unwrap().clone();
            person.ledger().refuses(&Ask::new(NEWSLETTER.by(EMAIL), mail), placet_stream::now())
        };
        let refused = log.drive(Look::new(terms.want(&contact.parse().unwrap()), look)).await.unwrap();
        let forgotten = erases(*pair) && contact.starts_with('a');
        let reason = if forgotten { Reason::Erased } else { Reason::Withdrawn };
        assert_eq!(refused, stops.contains_key(pair).then_some(reason), "{contact}");
        if !stops.contains_key(pair) {
            for signal in &life.signals {
                assert!(effects.contains(&(contact.clone(), signal.clone())), "{contact}: {signal} is lost");
            }
        }
    }
    eprintln!(
        "{kills} kills in {seconds} s; {signals} signals, {} events, none of them twice, {} stops",
        ids.len(),
        stops.len()
    );
}
