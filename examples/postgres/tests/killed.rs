//! Two services on one database, under load, killed at random. No stop is lost, no event leaves twice under another key, and
//! none leaves after a stop that was acknowledged: not to the one who said it, nor to whoever shares the address.
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
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use house::{Server, Service, Sink, path, post_to};

const JOURNEY: &str = r#"{ "placet": 1, "name": "killed", "controller": "us",
  "catalogue": { "purposes": ["newsletter"], "channels": [{ "name": "email" }],
    "notices": [{ "id": "newsletter-form", "version": "2013-01" }] },
  "stages": [{ "name": "reader" }],
  "signals": [{ "kind": "buy" }],
  "rules": [
    { "name": "buys", "on": "buy", "effects": [{ "name": "thanks", "purpose": "newsletter", "channel": "email" }] }
  ] }"#;

const PAIRS: usize = 12;

/// Where the services are now.
type Where = Arc<Mutex<[String; 2]>>;

/// Asks one of the two until one answers.
async fn surely(places: &Where, dice: &mut Dice, path: &str, body: &str) -> (u16, String) {
    loop {
        let at = places.lock().unwrap()[dice.throw(2)].clone();
        let asked = tokio::time::timeout(Duration::from_secs(20), post_to(&at, path, body)).await;
        match asked {
            Ok(Some((status, answer))) if status != 503 => return (status, answer),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

fn dice(seed: usize) -> Dice {
    Dice((seed as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Opens a contact that gets the newsletter.
async fn signs_up(places: &Where, sink: &Sink, dice: &mut Dice, contact: &str, address: &str) {
    let opened = format!(r#"{{"id":"{contact}","identity":"email:{address}"}}"#);
    surely(places, dice, "/contacts", &opened).await;
    let form = format!(
        r#"{{"say":"grant","id":"g-{contact}","purpose":"newsletter","channel":"email","identity":"email:{address}"}}"#
    );
    loop {
        let (status, body) = surely(places, dice, &format!("/contacts/{contact}/acts"), &form).await;
        assert_eq!(status, 200, "{body}");
        if body.contains("\"asked\":true") {
            break;
        }
    }
    let asked = sink.wait(contact, "please-confirm").await;
    assert_eq!(surely(places, dice, &path(&asked, "confirm"), "").await.0, 200);
}

/// What one contact came to.
#[derive(Default)]
struct Life {
    /// Signals that were acknowledged.
    signals: BTreeSet<String>,
    stopped: Option<Instant>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_services_are_killed_at_random() {
    let Some(server) = Server::start("two_services_are_killed_at_random") else { return };
    let seconds: u64 = std::env::var("PLACET_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let sink = Sink::open().await;
    let home = tempfile::tempdir().unwrap();
    let journey = home.path().join("journey.json");
    std::fs::write(&journey, JOURNEY).unwrap();
    let config = server.config("public");
    let start = || Service::start(&config, &sink, Some(&journey));
    let mut services = [start(), start()];
    let places: Where = Arc::new(Mutex::new([services[0].at.clone(), services[1].at.clone()]));

    let end = Instant::now() + Duration::from_secs(seconds);
    let mut lives = Vec::new();
    for pair in 0..PAIRS {
        // Two contacts share an address in two spellings. Of every other pair one stops, at some time.
        for (side, address) in
            [("a", format!("ada-{pair}@example.org")), ("b", format!("ADA-{pair}@example.org"))]
        {
            let (places, sink) = (places.clone(), sink.clone());
            let mut dice = dice(pair * 2 + usize::from(side == "b"));
            let contact = format!("{side}-{pair}");
            let stops = pair % 2 == 0 && side == "a";
            lives.push((pair, tokio::spawn(async move {
                let mut life = Life::default();
                signs_up(&places, &sink, &mut dice, &contact, &address).await;
                let stop_at = stops.then(|| {
                    let left = end.saturating_duration_since(Instant::now()).as_millis() as usize;
                    Instant::now() + Duration::from_millis(dice.throw(left.max(1)) as u64)
                });
                for number in 0.. {
                    if Instant::now() > end && stops == life.stopped.is_some() {
                        break;
                    }
                    if life.stopped.is_none() && stop_at.is_some_and(|at| Instant::now() > at) {
                        let (status, body) =
                            surely(&places, &mut dice, &format!("/contacts/{contact}/withdraw"), r#"{"id":"w-1"}"#).await;
                        assert_eq!(status, 200, "{body}");
                        life.stopped = Some(Instant::now());
                    }
                    let signal = format!("s-{number}");
                    let body = format!(
                        r#"{{"id":"{signal}","contact":"{contact}","identity":"email:{address}","kind":"buy","at":"2013-05-01T10:00:00Z"}}"#
                    );
                    let (status, answer) = surely(&places, &mut dice, "/signals", &body).await;
                    assert_eq!(status, 200, "{answer}");
                    life.signals.insert(signal);
                    tokio::time::sleep(Duration::from_millis(dice.throw(20) as u64)).await;
                }
                (contact, life)
            })));
        }
    }

    let (mut kills, mut chance) = (0, dice(99));
    while Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(150 + chance.throw(500) as u64)).await;
        let which = chance.throw(2);
        services[which].kill();
        services[which] = start();
        places.lock().unwrap()[which] = services[which].at.clone();
        kills += 1;
    }

    let mut all = BTreeMap::new();
    for (pair, life) in lives {
        let (contact, life) = life.await.unwrap();
        all.insert(contact, (pair, life));
    }
    for _ in 0..600 {
        if server.psql("SELECT count(*) FROM outbox WHERE became IS NULL").unwrap() == "0" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(
        server.psql("SELECT count(*) FROM outbox WHERE became IS NULL").unwrap(),
        "0",
        "all is settled"
    );

    let stops: BTreeMap<usize, Instant> =
        all.values().filter_map(|(pair, life)| Some((*pair, life.stopped?))).collect();
    let (mut keys, mut repeated): (BTreeMap<(String, String), String>, usize) = (BTreeMap::new(), 0);
    for (came, letter) in sink.letters() {
        if letter["what"] != "thanks" {
            continue;
        }
        let [contact, signal, key] =
            ["contact", "signal", "key"].map(|name| letter[name].as_str().unwrap().to_owned());
        let pair = all[&contact].0;
        if let Some(stopped) = stops.get(&pair) {
            assert!(came <= *stopped, "a letter left for {contact} after the stop was acknowledged");
        }
        match keys.get(&(contact.clone(), signal.clone())) {
            Some(there) => {
                assert_eq!(*there, key, "one effect, two keys");
                repeated += 1;
            }
            None => drop(keys.insert((contact, signal), key)),
        }
    }
    let mut signals = 0;
    for (contact, (pair, life)) in &all {
        signals += life.signals.len();
        let (_, body) =
            services[0].get(&format!("/contacts/{contact}/explain?purpose=newsletter&channel=email")).await;
        let withdrawn = body.contains("\"reason\":\"withdrawn\"");
        assert_eq!(withdrawn, stops.contains_key(pair), "{contact}: {body}");
        if !stops.contains_key(pair) {
            for signal in &life.signals {
                assert!(keys.contains_key(&(contact.clone(), signal.clone())), "{contact}: {signal} is lost");
            }
        }
    }
    let counts = "SELECT (SELECT sum(count) FROM persons) = (SELECT count(*) FROM entries)";
    assert_eq!(server.psql(counts).unwrap(), "t");
    assert_eq!(stops.len(), PAIRS / 2);
    eprintln!(
        "{kills} kills in {seconds} s; {signals} signals, {} letters, {repeated} of them twice under one key, {} stops",
        keys.len(),
        stops.len()
    );
}
